"""The parser: what it understands, in both languages, and that nothing typed ever fails or takes long."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.corpora import corpus
from veille import i18n
from veille.model import ItemKind
from veille.search.query import MOST_NOTES, MOST_WORDS, Question, parse

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONGEST = 0.5  # seconds: ten times what a text may take, for slow machines; what is quadratic takes minutes


def read(text: str) -> Question:
    return parse(text, NOW)


def day(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("   ", {}),
        ("énergie ", {"words": ("energie",)}),
        ("énergie", {"words": ("energie",), "last_is_prefix": True}),
        ("e\u0301", {"words": ("e",), "last_is_prefix": True}),
        ("Œuvres d’art ", {"words": ("oeuvres", "art")}),
        ("e-commerce ", {"words": ("e", "commerce")}),
        ("@Nasa #IA ", {"words": ("nasa", "ia")}),
        ("#VilleVerte ", {"words": ("villeverte",)}),
        ("#villeV", {"words": ("villev",), "last_is_prefix": True}),
        ("@jean_dupont", {"words": ("jean", "dupont"), "last_is_prefix": True}),
        ("@jean@mastodon.example ", {"words": ("jean", "mastodon", "example")}),
        ("jean.bsky.social ", {"words": ("jean", "bsky", "social")}),
        ("@", {}),
        ("#", {}),
        ("👍🏽", {"words": ("👍",)}),
        ("🇫🇷 👩‍🔬 ", {"words": ("🇫🇷", "👩", "🔬")}),
        ("vert🔋", {"words": ("vert", "🔋")}),
        ("-🔋 -#VilleVerte", {"without": (("🔋",), ("villeverte",))}),
        ("👍* vill*", {"prefixes": ("👍", "vill")}),
        ('"#VilleVerte"', {"phrases": (("villeverte",),)}),
        ('"la #VilleVerte 🌳"', {"phrases": (("la", "ville", "verte", "🌳"),)}),
        ('"exact phrase"', {"phrases": (("exact", "phrase"),)}),
        ("« l'énergie verte »", {"phrases": (("energie", "verte"),)}),
        ("-pluie", {"without": (("pluie",),)}),
        ('-"mauvais temps"', {"without": (("mauvais", "temps"),)}),
        ("-e-commerce", {"without": (("e", "commerce"),)}),
        ("ener*", {"prefixes": ("ener",)}),
        ('sector:"Énergie & batteries"', {"sectors": ("Énergie & batteries",)}),
        ("secteur:énergie sector:health", {"sectors": ("énergie", "health")}),
        ("source:lemonde.fr", {"sources": ("lemonde.fr",)}),
        ("kind:post", {"kind": ItemKind.POST}),
        ("type:articles", {"kind": ItemKind.ARTICLE}),
        ("is:saved", {"saved": True}),
        ("est:enregistré", {"saved": True}),
        ("is:unread", {"unread": True}),
        ("est:non-lu", {"unread": True}),
        ("est:lu", {"unread": False}),
        ("since:2026-02-01", {"since": day(2026, 2, 1)}),
        ("depuis:2026-02", {"since": day(2026, 2, 1)}),
        ("until:2026-02-01", {"until": day(2026, 2, 2)}),
        ("jusqu'à:2025", {"until": day(2026, 1, 1)}),
        ("jusqu’à:hier", {"until": day(2026, 3, 2)}),
        ("jusqua:yesterday", {"until": day(2026, 3, 2)}),
        ("since:aujourd'hui", {"since": day(2026, 3, 2)}),
        ("since:-7d", {"since": day(2026, 2, 23)}),
        ("depuis:7j", {"since": day(2026, 2, 23)}),
        ("since:-2w since:-1d", {"since": day(2026, 3, 1)}),
        ("SINCE:today", {"since": day(2026, 3, 2)}),
        ("is:", {}),  # about to be typed
        ("-", {}),
        ("a & b ", {"words": ("a", "b")}),
        ("https://example.org/x ", {"words": ("https", "example", "org", "x")}),
    ],
)
def test_it_understands(text: str, expected: dict[str, object]) -> None:
    assert read(text) == Question(**expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("a OR b ", "OR is not understood: all words must match."),
        ("(a) ", "Parentheses were ignored."),
        ("*é* ", "A * is understood only at the end of a word."),
        ("* ", "A * is understood only at the end of a word."),
        ("→→→→ ", "There is nothing to search for in “→→→→”."),
        ('"..." ', "There is nothing to search for in “...”."),
        ("since:2026-02-31", "“since:2026-02-31” is not understood and was ignored."),
        ("since:99999999d", "“since:99999999d” is not understood and was ignored."),
        ("until:0000", "“until:0000” is not understood and was ignored."),
        ("kind:film", "“kind:film” is not understood and was ignored."),
        ("is:blue", "“is:blue” is not understood and was ignored."),
        ("-sector:health", "“-sector:health” is not understood and was ignored."),
        ("title:energy ", "“title:” is not understood; its words were searched."),
        ('"open words', "A quotation mark is missing: the words were searched one by one."),
        ("since:today until:2020", "The dates leave nothing: “since” is after “until”."),
        ("w " * 40, "Only the first 32 words were searched."),
        ("x" * 5000, "Only the first 4000 characters were read."),
    ],
)
def test_what_is_not_understood_is_said(text: str, note: str) -> None:
    assert note in read(text).notes


def test_the_rest_still_works() -> None:
    question = read('(solar OR wind) since:nonsense "open sea" -storm kind:post ')
    assert (question.words, question.phrases, question.without) == (
        ("solar", "wind"),
        (("open", "sea"),),
        (("storm",),),
    )
    assert question.kind is ItemKind.POST
    assert question.since is None
    assert len(question.notes) == 3


def test_notes_are_in_the_persons_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n._catalogue, "gettext", lambda message: f"fr:{message}")
    assert read("(a) ").notes == ("fr:Parentheses were ignored.",)


def test_a_note_shows_nothing_that_could_mislead() -> None:
    (note,) = read("since:\u202e" + "x" * 200).notes
    assert "\u202e" not in note
    assert len(note) < 100


def hostile() -> list[str]:
    naughty: list[str] = json.loads(corpus("E_hostile", "naughty-strings", "blns.json").read_text(encoding="utf-8"))
    return [
        *naughty, "mot " * 2000, "(" * 100_000, "((a)) " * 900, "* OR * " * 600, "NOT * " * 600, '"' * 5000, "-" * 5000,
        ":" * 5000, "a:" * 2000, "é" * 5000, '"a ' * 2000, "l'" * 2500, " ".join(f"w{n}" for n in range(2000)),
        '"' + "mot " * 2000 + '"', " ".join(f'"a{n} b{n}"' for n in range(600)), "since:2026-01-01 " * 300,
        " ".join(f"sector:{n}" for n in range(600)), "e\u0301" * 2500, "-" + "a-" * 2500, "\0" * 5000, "\ud800 a",
    ]  # fmt: skip


def test_nothing_hostile_fails_or_takes_long() -> None:
    read("warm up")
    for text in hostile():
        start = perf_counter()
        question = read(text)
        taken = perf_counter() - start
        assert taken <= LONGEST, text[:80]
        assert len(question.words) + len(question.prefixes) + len(question.without) <= MOST_WORDS
        assert len(question.notes) <= MOST_NOTES


PIECES = st.sampled_from(
    [
        "a",
        "b",
        '"',
        "-",
        "*",
        "(",
        ")",
        ":",
        " ",
        "'",
        "OR",
        "since:",
        "until:",
        "is:",
        "kind:",
        "sector:",
        "2026-1",
        "-7d",
        "#",
        "@",
        "👍",
        "\u200d",
        "\ufe0f",
        "\u20e3",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join)))
@example("since:-99999y")
@example("until:9999")
@example("since:0001-01-01")
def test_nothing_at_all_fails(text: str) -> None:
    question = read(text)
    assert all(word and word == word.strip() for word in (*question.words, *question.prefixes))
    assert question.typed == "" or not text[-1:].isspace()


def test_it_does_without_whoosh() -> None:
    code = "import sys, veille.search.query; sys.exit('whoosh' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
