"""The marked stretches of a result."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veille.model import Snippet
from veille.search.query import parse
from veille.search.snippets import excerpt, mark, words_of

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def marked(snippet: Snippet) -> list[str]:
    return [snippet.text[start:end] for start, end in snippet.marks]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("L’Énergie et les énergies", "énergie ", ["Énergie", "énergies"]),
        ("Des œuvres, un cœur", "oeuvre ", ["œuvres"]),
        ("Investors were buying", "buy ", ["buying"]),
        ("énergétique", "éner", ["énergétique"]),
        ("énergétique", "éner ", []),
        ("la batterie verte, la verte batterie", '"batterie verte"', ["batterie", "verte"]),
        ("@Nasa #nasa", "@nasa ", ["Nasa", "nasa"]),
        ("pluie et vent", "vent -pluie ", ["vent"]),
        ("la #VilleVerte, YouTube", "verte ", ["Verte"]),
        ("la #VilleVerte, YouTube", "villeverte tube ", ["VilleVerte"]),
        ("la #VilleVerte", "verte #villeverte ", ["VilleVerte"]),
        ("la #VilleVerte la", '"la ville verte"', ["la", "Ville", "Verte"]),
        ("#COP30Belem", "cop30 ", ["COP30"]),
        ("par @Jean_Dupont", "@jean_dup", ["Jean", "Dupont"]),
        ("oui 👍🏽👍 🤷🏽‍♀️", "👍 ", ["👍🏽", "👍"]),
        ("oui 👍🏽👍 🤷🏽‍♀️", "🤷", ["🤷🏽‍♀️"]),
        ("un 👩🏾‍🔬 🔬", "🔬", ["👩🏾‍🔬", "🔬"]),
        ("1️⃣ drapeau 🇫🇷🇪🇺", "1 🇪🇺", ["1️⃣", "🇪🇺"]),
        ("any text", "", []),
    ],
)
def test_marks(text: str, query: str, expected: list[str]) -> None:
    snippet = mark(text, words_of(parse(query, NOW)))
    assert snippet.text == text
    assert marked(snippet) == expected


def test_the_excerpt_is_where_most_words_are() -> None:
    text = "solar " + "filler " * 100 + "a solar wind park " + "filler " * 100
    found = excerpt(text, ("solar", "wind"), 120)
    assert marked(found) == ["solar", "wind"]
    assert found.text.startswith("…filler")
    assert found.text.endswith("filler…")
    assert len(found.text) <= 122


def test_an_excerpt_without_matches_is_the_beginning() -> None:
    assert excerpt("un\n deux  trois", ("quatre",)) == Snippet("un deux trois")


@given(st.text(max_size=400), st.lists(st.text(max_size=8), max_size=3), st.integers(20, 100))
def test_marks_lie_in_the_text(text: str, words: list[str], length: int) -> None:
    for found in (mark(text, tuple(words)), excerpt(text, tuple(words), length)):
        assert all(0 <= start < end <= len(found.text) for start, end in found.marks)
        assert list(found.marks) == sorted(set(found.marks))
        assert all(before[1] <= after[0] for before, after in pairwise(found.marks))
