"""The marked stretches of a result."""

from datetime import UTC, datetime
from itertools import pairwise
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.search.written import TEXTS
from veille.content.text import plain
from veille.model import Snippet
from veille.search.marking import Marker
from veille.search.query.parsing import parse
from veille.search.query.question import All, Any, Beginning, Not, Part, Phrase, Tagged, Word
from veille.search.snippets import LEAD, excerpt, mark, words_of
from veille.search.words import stemming
from veille.search.words.analysis import row, spans, stems, tokens

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def marked(snippet: Snippet) -> list[str]:
    return [snippet.text[start:end] for start, end in snippet.marks]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("L’Énergie et les énergies", "énergie ", ["Énergie", "énergies"]),
        ("Des œuvres, un cœur", "oeuvre ", ["œuvres"]),
        ("Des oeuvres, un œuf", "œuvre œu", ["oeuvres", "œuf"]),
        ("Die Straße, ßtrange", "strasse ss", ["Straße", "ßtrange"]),
        ("Investors were buying", "buy ", ["buying"]),
        ("énergétique", "éner", ["énergétique"]),
        ("énergétique", "éner ", []),
        ("Ça a l’air qu’il n'a qu’une aile", "a l", ["a", "a"]),
        ("la batterie verte, la verte batterie", '"batterie verte"', ["batterie", "verte"]),
        ("l'une\nl'autre, l'une l'autre", '"une autre"', ["une", "autre"]),
        ("@Nasa #nasa", "@nasa ", ["Nasa", "nasa"]),
        ("pluie et vent", "vent -pluie ", ["vent"]),
        ("pluie et vent", "title:pluie author:vent ", ["pluie", "vent"]),
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
        ("l’e-commerce, e commerce, ecommerce", "e-commerce ", ["e-commerce", "e", "commerce", "ecommerce"]),
        ("l’e-commerce, le e commerce", "ecommerce ", ["e-commerce"]),
        ("un porte‑avions, un porte-clés", "porte-avion ", ["porte‑avions"]),
        ("un porte‑avions, un porte-clés", "avion ", ["avions"]),
        ("#Covid-19 et 19", "covid-19 ", ["Covid-19"]),
        ("東京都知事、京都", "京都 ", ["京都", "京都"]),
        ("東京都知事、京都", "東京都", ["東京都"]),
        ("東京都知事、京都", "都", ["都", "都"]),
        ("日本Sony株式", '"日本sony"', ["日本", "Sony"]),
        ("ﾄﾞｲﾂ", "ドイツ", ["ﾄﾞｲﾂ"]),
        ("any text", "", []),
    ],
)  # fmt: skip
def test_marks(text: str, query: str, expected: list[str]) -> None:
    snippet = mark(text, words_of(parse(query, NOW).root))
    assert snippet.text == text
    assert marked(snippet) == expected


def test_the_words_of_a_question() -> None:
    root = All((
        Word("vent"), Any((Word("mer"), Beginning("mer"))), Phrase(("la", "mer")), Not(Word("pluie")), Tagged("eau"),
        Word("ami", Part.AUTHOR), Word("vent"),
    ))  # fmt: skip
    assert words_of(root) == ("vent", "mer", "mer*", "la mer", "ami")


def test_the_excerpt_is_where_most_words_are() -> None:
    text = "solar " + "filler " * 100 + "a solar wind park " + "filler " * 100
    found = excerpt(text, ("solar", "wind"), 120)
    assert marked(found) == ["solar", "wind"]
    assert found.text.startswith("…filler")
    assert found.text.endswith("filler…")
    assert len(found.text) <= 122


def test_an_excerpt_without_matches_is_the_beginning() -> None:
    assert excerpt("un\n deux  trois", ("quatre",)) == Snippet("un deux trois")


WORDS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            "l eau",
            "a b",
            "o e",
            "ss ss",
            "e",
            "*",
            "a*",
            "œ*",
            "qu*",
            "l",
            "s",
            "19",
            "e commerce",
            "ville verte",
            "c d",
            "京*",
            "東京 京都",
        ]
    ),
)


@given(TEXTS, st.lists(WORDS, max_size=3), st.integers(20, 100))
def test_marks_lie_in_the_text(text: str, words: list[str], length: int) -> None:
    for found in (mark(text, tuple(words)), excerpt(text, tuple(words), length)):
        assert all(0 <= start < end <= len(found.text) for start, end in found.marks)
        assert list(found.marks) == sorted(set(found.marks))
        assert all(before[1] <= after[0] for before, after in pairwise(found.marks))


@given(TEXTS, st.lists(WORDS, max_size=3), st.data())
def test_the_quick_way_marks_what_the_plain_way_marks(text: str, words: list[str], data: st.DataObject) -> None:
    here, inside = tokens(text), row(text)
    if here:
        words.append(data.draw(st.sampled_from(here)))
        words.append(data.draw(st.sampled_from(here))[: data.draw(st.integers(1, 3))] + "*")
        start = data.draw(st.integers(0, len(inside)))
        words.append(" ".join(inside[start : start + data.draw(st.integers(1, 3))]))
    marker = Marker(data.draw(st.permutations(words)))
    for each in (text, text.lower(), f"l'{text}"):
        assert marker.marks(each) == marker.plainly(each)


@given(st.text(alphabet="abcdeghilmnoprstuvy0123é中'", min_size=1, max_size=12))
def test_inflections_begin_with_the_same_letter(text: str) -> None:
    for word in (*tokens(text), *stemming._FRENCH, *stemming._ENGLISH):
        assert {stem[0] for stem in stems(word)} == {word[0]}


@pytest.mark.parametrize(
    "piece", ["a-", "ab-cd ", "l'a", "s's", "#aB-", "→a", "a\n", "東", "é\u0301", "👨‍👩‍👧", "x\u00ad", "œ"]
)
def test_long_texts_are_read_in_no_time(piece: str) -> None:
    text = piece * (50_000 // len(piece))
    start = perf_counter()
    assert spans(text)
    excerpt(text, ("a", "b*", "a b", "ab cd", "abcd", "東*", "東東 東東"))
    assert perf_counter() - start < 5


@given(st.lists(st.sampled_from(["a", "b", "Bb", "élan", "ELAN", "vent " * 20]), max_size=120), st.integers(60, 90))
def test_the_window_has_the_most_different_words(pieces: list[str], length: int) -> None:
    line = plain(" ".join(pieces))
    marks = mark(line, ("a", "b", "bb", "elan")).marks
    room = length - LEAD
    most = max(
        (
            len({line[a:b].casefold() for a, b in marks if a >= start and b <= start + room})
            for start, _end in marks[:length]
        ),
        default=0,
    )
    found = excerpt(line, ("a", "b", "bb", "elan"), length)
    assert len({each.casefold() for each in marked(found)}) >= most
