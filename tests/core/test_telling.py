"""What is said of posts in words."""

from dataclasses import replace

import pytest

from tests.posted import ADA, GRACE, NEWEST, posted
from veille import i18n
from veille.core import telling
from veille.model import Hit, Item, Mark, Snippet
from veille.posts import Fate, Figures, Media, Network, Person, Poll, Referred, Relation


def hit(one: Item, source: str = "A list") -> Hit:
    return Hit(one, Mark(one.id), source, Snippet(one.title), Snippet(one.summary))


def test_numbers_have_their_plurals() -> None:
    assert telling.figures(Figures(1, 1, 1, 1, 1)) == "1 reply · 1 repost · 1 quote · 1 like · 1 view"
    assert telling.figures(Figures(0, 2, 1204, 3, 10**9)) == (
        "2 reposts · 3 quotes · 1,204 likes · 1,000,000,000 views"
    )
    assert telling.figures(Figures()) == ""


def test_every_network_kind_and_fate_has_its_words() -> None:
    assert set(telling.NAMES) == set(Network)
    for fate in Fate:
        one = posted("x", fate=fate, fated=NEWEST)
        assert one.post is not None
        there = fate is Fate.THERE
        assert telling.is_there(one) is there
        assert bool(telling.fate(one.post)) is bool(telling.shortly(one.post)) is not there
        assert telling.fate_of(Referred(Relation.QUOTED, fate=fate))
    assert telling.fate_of(Referred(Relation.QUOTED, html="<p>x</p>")) == ""
    undated = posted("x", fate=Fate.DELETED).post
    assert undated is not None
    assert telling.fate(undated) == "This post was deleted at its network."


@pytest.mark.parametrize(
    ("votes", "total", "shares"),
    [
        ((2, 1, 0), 3, [67, 33, 0]), ((2, 1, 0), None, [67, 33, 0]), ((5, 5), 5, [100, 100]), ((0, 0), 0, [None, None]),
        ((None, None), 9, [None, None]), ((-4, 9), 5, [0, 100]), ((3,), -1, [None]),
    ],
)  # fmt: skip
def test_shares_of_a_poll(votes: tuple[int | None, ...], total: int | None, shares: list[int | None]) -> None:
    poll = Poll(tuple((f"Option {at}", each) for at, each in enumerate(votes)), total)
    assert [each.share for each in telling.choices(poll)] == shares


@pytest.mark.parametrize(
    ("source", "stands"),
    [
        ("Ada Lovelace", True), ("ADA LOVELACE", True), ("@ada", True), ("Ada Lovelace (@ada)", True),
        ("@ada on X", True), ("Nitter: Ada Lovelace", True), ("Adam's list", False), ("@adamant", False),
        ("Hydrogen people", False), ("", False),
    ],
)  # fmt: skip
def test_whether_a_source_is_the_author(source: str, stands: bool) -> None:
    assert telling.stands_for(hit(posted("x"), source)) is stands
    assert telling.stands_for(hit(posted("x", GRACE, reposted_by=ADA), source)) is stands
    assert not telling.stands_for(hit(posted("x", Person("", "")), source))


def test_a_row_without_words_says_what_is_there() -> None:
    quoted = Referred(Relation.QUOTED, "q", GRACE, html="<p>Her <b>words</b></p>")
    gone = Referred(Relation.QUOTED, "q", fate=Fate.DELETED)
    poll = Poll((("Yes", 1), ("No", None)))
    for one, words in (
        (posted("", media=[Media("image", "https://x.example/p.png", "A plant")]), "Picture: A plant"),
        (posted("", media=[Media("hologram", "https://x.example/p")]), "File without a description"),
        (posted("", poll=poll), "Poll: Yes / No"), (posted("", referred=(quoted,)), "Grace Hopper: Her words"),
        (posted("", referred=(gone,)), "This post was deleted."), (posted(""), ""),
    ):  # fmt: skip
        assert telling.shown(hit(one)).text == words


def test_a_warning_moves_the_marks_with_the_words() -> None:
    one = replace(hit(posted("x", warning="Spoiler")), excerpt=Snippet("alpha beta", ((6, 10),)))
    shown = telling.shown(one)
    assert [shown.text[start:end] for start, end in shown.marks] == ["beta"]
    assert shown.text.startswith("⚠ Spoiler")


def test_only_what_is_written_from_the_right_is_isolated() -> None:
    assert telling.isolated("Ada 🚀 123 電力") == "Ada 🚀 123 電力"
    assert telling.isolated("أخبار") == "\u2068أخبار\u2069"
    assert telling.isolated("עברית x") == "\u2068עברית x\u2069"


def test_words_follow_the_language() -> None:
    i18n.use("fr")
    assert telling.figures(Figures(views=1204)).startswith("1\u202f204 ")
