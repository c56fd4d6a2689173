"""Posts in the terminal: author, text, what is inside, threads as one; and as objects."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.fakes import FakeClock
from tests.posted import ADA, GRACE, NEWEST, posted
from veille.model import SourceKind
from veille.posts import Fate, Figures, Media, Person, Poll, Referred, Relation
from veille.store import open_store

EVIL = "\x1b]0;owned\x07\u202e<b>"
QUOTED = Referred(
    Relation.QUOTED, "q1", GRACE, "https://x.com/grace/status/1", "<p>What she said<br>yesterday</p>",
    NEWEST - timedelta(days=1), (Media("image", "https://cdn.example.org/p.png", "A curve"),))  # fmt: skip
POLL = Poll((("Lithium", 2), ("Sodium", 1)), 3, NEWEST)


@pytest.fixture
def told(program: Program, tmp_path: Path) -> Program:
    """The program on a profile of posts, whose numbers are in the order given here."""
    store = open_store(tmp_path / "profile", write=True, clock=FakeClock())
    x = store.sources.add("x:https://x.com/ada", SourceKind.X, "https://x.com/ada", "Ada Lovelace").id
    evil = replace(posted("Evil", id="e", source=x, minutes=9), author=EVIL)
    assert evil.post is not None
    evil = replace(evil, post=replace(
        evil.post, author=Person(EVIL, EVIL), warning=EVIL, poll=Poll(((EVIL, 1),)), withheld=(EVIL,),
        referred=(replace(QUOTED, author=Person(EVIL, EVIL)),)))  # fmt: skip
    store.items.apply([
        posted("Which one?\n– cheap\n– safe\n\nTell me.", id="a", source=x, referred=(QUOTED,), poll=POLL, minutes=1,
               figures=Figures(replies=1, likes=1204), warning="Numbers", withheld=("DE",)),
        posted("Passed on", GRACE, id="b", source=x, reposted_by=ADA, minutes=2),
        *(posted(f"Part {at}", id=f"t{at}", source=x, minutes=8 - at, continues=f"t{at - 1}" if at else "")
          for at in range(3)),
        posted("", id="d", source=x, minutes=20, fate=Fate.DELETED, fated=NEWEST),
        evil,
    ], [])  # fmt: skip
    edited = store.items.by_uids(x, ["b"])["b"]
    store.items.apply([], [replace(edited, content="<p>Passed on, corrected</p>", updated=NEWEST, hash="new")])
    store.close()
    return program


def test_a_list_has_the_author_the_text_and_the_thread_under_its_beginning(told: Program) -> None:
    out = told("list").out
    assert "⚠ Numbers · Which one? – cheap – safe Tell me." in out
    assert "Ada Lovelace @ada · on X · 01 Mar 2026, 11:59" in out
    assert "Grace Hopper @grace · reposted by Ada Lovelace · on X" in out
    assert "Part 0\n         Ada Lovelace @ada · on X · 01 Mar 2026, 11:52 · + 2 posts of this thread" in out
    assert "Part 1" not in out
    assert "Deleted at its network" in out
    assert "\n         Ada Lovelace · " not in out, "the source is not repeated"


def test_a_post_is_read_whole_with_what_is_inside(told: Program) -> None:
    out = told("read", "1").out
    assert "Which one?\n         – cheap\n         – safe\n\n         Tell me.\n" in out
    assert "Quoting Grace Hopper @grace · 28 Feb 2026, 12:00\n             https://x.com/grace/status/1" in out
    assert "             What she said\n             yesterday\n             [Picture: A curve] https://cdn" in out
    assert "○   Lithium (2 votes · 67 %)" in out
    assert "3 voted · until 01 Mar 2026, 12:00" in out
    assert "1 reply · 1,204 likes" in out
    assert out.index("Content warning by the author: Numbers") < out.index("Which one?")
    assert "does not show it in: DE" in out


def test_what_it_said_before_is_said_and_what_was_deleted(told: Program) -> None:
    out = told("read", "2").out
    assert out.index("Passed on, corrected") < out.index("it said:") < out.rindex("Passed on\n")
    assert "edited 01 Mar 2026, 12:00" in out
    assert "This post was deleted at its network. Veille learnt of it on 01 Mar 2026, 12:00." in told("read", "6").out


def test_a_thread_is_read_as_one_and_counts_as_read(told: Program) -> None:
    out = told("read", "3").out
    assert [out.index(f"{at + 1} · 01 Mar") < out.index(f"Part {at}") for at in range(3)] == [True] * 3
    assert out.count("Ada Lovelace") == 1
    unread = {each["id"] for each in told("list", "--unread", "--json").objects}
    assert not unread & {3, 4, 5}


def test_nothing_reaches_the_terminal_unwashed(told: Program) -> None:
    for arguments in (["list"], ["read", "7"], ["search", "evil"]):
        out = told(*arguments).out
        assert "<b>" in out
        assert not set(out) & set("\x1b\x07\u202e")


def test_objects_hold_all_that_was_told(told: Program) -> None:
    one = told("read", "1", "--json").objects[0]
    post = one["post"]
    assert (post["network"], post["id"], post["fate"], post["fated"]) == ("x", "a", "there", None)
    assert post["author"] == {"handle": "@ada", "name": "Ada Lovelace", "url": "https://x.com/ada", "id": "1"}
    assert post["figures"] == {"replies": 1, "reposts": None, "likes": 1204, "quotes": None, "views": None}
    assert post["poll"] == {
        "options": [{"text": "Lithium", "votes": 2}, {"text": "Sodium", "votes": 1}], "votes": 3,
        "ends": "2026-03-01T12:00:00Z"}  # fmt: skip
    assert post["referred"][0]["author"]["handle"] == "@grace"
    assert post["referred"][0]["published"] == "2026-02-28T12:00:00Z"
    assert (post["warning"], post["withheld"], one["thread"], one["more"]) == ("Numbers", ["DE"], [1], 0)
    passed_on, begun, gone = (told("read", each, "--json").objects[0] for each in ("2", "3", "6"))
    assert passed_on["post"]["reposted_by"]["handle"] == "@ada"
    assert passed_on["versions"][0]["content"] == "<p>Passed on</p>"
    assert (begun["thread"], begun["more"]) == ([3, 4, 5], 2)
    assert (gone["post"]["fate"], gone["post"]["fated"]) == ("deleted", "2026-03-01T12:00:00Z")
