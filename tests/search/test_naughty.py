"""Whatever is typed, a question comes of it: quickly, small, as simple as can be, and of words that were typed."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.corpora import corpus
from tests.search.trees import leaves, words
from veille.content.text import plain
from veille.search.query.joining import either, every, opposite
from veille.search.query.leaves import MOST_NAMES, MOST_NOTES, MOST_PHRASES, MOST_WORDS
from veille.search.query.parsing import DEEPEST, parse
from veille.search.query.question import (
    EVERYTHING,
    All,
    Any,
    Beginning,
    InSector,
    Node,
    Not,
    Part,
    Phrase,
    Question,
    Tagged,
    Word,
)
from veille.search.words.analysis import asked, row

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONGEST = 1.0  # seconds: many times what a text may take, for slow machines; what is quadratic takes minutes


def read(text: str, typing: bool = False) -> Question:
    return parse(text, NOW, typing=typing)


def check(text: str, typing: bool) -> None:
    """What holds for any text."""
    question = read(text, typing)
    found = words(question.root)
    assert sum(not isinstance(each, Phrase) for each in found) <= 2 * MOST_WORDS
    assert sum(isinstance(each, Phrase) for each in found) <= MOST_PHRASES + MOST_WORDS
    assert all(len(each.words) <= MOST_WORDS for each in found if isinstance(each, Phrase))
    assert len(leaves(question.root)) - len(found) <= MOST_NAMES
    assert len(question.notes) <= MOST_NOTES
    assert all(note and note == plain(note) for note in question.notes)
    simple(question.root)
    for each in found:
        start, end = each.at
        assert 0 <= start < end <= len(text)
        stretch = text[start:end]
        forms = asked(stretch)
        if isinstance(each, Phrase):
            inside = each.words if len(each.words) < MOST_WORDS else ()
            assert inside in {
                *(form.parts for form in forms),
                tuple(row(stretch)),
                *((form.whole,) for form in forms),
                (),
            }
        else:
            assert each.text in {word for form in forms for word in (form.whole, *form.parts)}


def simple(node: Node, depth: int = 0) -> None:
    """That a tree is no deeper and no less simple than it needs to be."""
    assert depth <= 3 * (DEEPEST + 2)
    if isinstance(node, All | Any):
        assert len(node.nodes) > 1 or node == EVERYTHING
        assert len(set(node.nodes)) == len(node.nodes)
        assert depth == 0 or node != EVERYTHING
        for each in node.nodes:
            assert type(each) is not type(node)
            simple(each, depth + 1)
    elif isinstance(node, Not):
        assert not isinstance(node.node, Not)
        simple(node.node, depth + 1)


def hostile() -> list[str]:
    naughty: list[str] = json.loads(corpus("E_hostile", "naughty-strings", "blns.json").read_text(encoding="utf-8"))
    return [
        *naughty, "mot " * 2000, "(" * 100_000, "((a)) " * 900, "* OR * " * 600, "NOT * " * 600, '"' * 5000, "-" * 5000,
        ":" * 5000, "a:" * 2000, "é" * 5000, '"a ' * 2000, "l'" * 2500, " ".join(f"w{n}" for n in range(2000)),
        '"' + "mot " * 2000 + '"', " ".join(f'"a{n} b{n}"' for n in range(600)), "since:2026-01-01 " * 300,
        " ".join(f"sector:{n}" for n in range(600)), "e\u0301" * 2500, "-" + "a-" * 2500, "\0" * 5000, "\ud800 a",
        "(" * 2000 + "a" + ")" * 2000, "(a OR " * 800, "-(a OR -(b " * 400, "title:(" * 800, "title:((" + "a* " * 2000,
        "NOT " * 1000, "OR " * 1500, "東京都" * 1500, "東 " * 2000, "#VilleVerte" * 400, "a-b-c-d " * 500,
        "👍🏽" * 2000, "ﷺ" * 4000, "½" * 4000, "x:y " * 1000, "since:x " * 500, "like:1 " * 600, "@a@b" * 1000,
        '-"a b" ' * 600,
    ]  # fmt: skip


@pytest.mark.parametrize("typing", [True, False])
def test_nothing_hostile_fails_or_takes_long(typing: bool) -> None:
    read("warm up")
    for text in hostile():
        start = perf_counter()
        read(text, typing)
        taken = perf_counter() - start
        assert taken <= LONGEST, text[:80]
        check(text, typing)


PIECES = st.sampled_from(
    [
        *"""ab"-*()|:' \n""", "OR ", "OU ", " AND ", "NOT ", "SAUF ", "title:", "par:", "title:(", "since:", "until:",
        "is:", "kind:", "sector:", "tag:", "lang:", "like:", "a:", "x:", "https://", "2026-1", "-7d", "hier", "post",
        "note", "read", "#", "@", "é", "l'", "e-c", "Ab", "東京", "👍", "\u200d", "\ufe0f", "\u20e3", "\u0301",
    ]
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join)), st.booleans())
@example("since:-99999y", False)
@example("until:9999", False)
@example("since:0001-01-01", False)
def test_nothing_at_all_fails(text: str, typing: bool) -> None:
    check(text, typing)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_after_a_blank_it_is_as_if_no_longer_typing(text: str) -> None:
    closed = text.replace('"', "") + " "
    assert read(closed, typing=True).root == read(closed).root


def _both(ways: st.SearchStrategy[list[tuple[str, Node]]]) -> st.SearchStrategy[tuple[str, Node]]:
    together = ways.map(
        lambda some: (" ".join(f"({text})" for text, _node in some), every(node for _text, node in some))
    )
    apart = ways.map(lambda some: (" OR ".join(text for text, _node in some), either(node for _text, node in some)))
    without = ways.map(lambda some: (f"-({some[0][0]})", opposite(some[0][1])))
    return together | apart | without


LEAVES: list[tuple[str, Node]] = [
    ("a", Word("a")), ("B", Word("b")), ("c*", Beginning("c")), ('"d e"', Phrase(("d", "e"))),
    ("title:f", Word("f", Part.TITLE)), ("secteur:g", InSector("g")), ("-h", Not(Word("h"))), ("tag:i", Tagged("i")),
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(st.sampled_from(LEAVES), lambda inner: _both(st.lists(inner, min_size=1, max_size=3)), max_leaves=12)
)
def test_what_is_said_is_what_is_meant(pair: tuple[str, Node]) -> None:
    text, node = pair
    assert read(text).root == node
    assert read(text).notes == ()


def test_it_does_without_whoosh_and_numpy() -> None:
    code = "import sys, veille.search.query.parsing; sys.exit('whoosh' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
