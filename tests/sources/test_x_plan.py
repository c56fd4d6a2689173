"""Cursors and groups: what was read, what is left, and who is asked together."""

from datetime import UTC, datetime, timedelta

import pytest

from veille.contacts import Purpose, Reason
from veille.content.xposts import first_of, made
from veille.model import Source, SourceKind, SourceState
from veille.posts import Account
from veille.sources.base import Wanted
from veille.sources.x.plan import LONGEST_QUERY, Cursor, Member, groups, query, searchable, settled

NOW = datetime(2026, 3, 9, 12, 34, 56, tzinfo=UTC)


@pytest.mark.parametrize("text", ["5", "5:7:9", "2029134756049846272:2029134756049846273:2029134756049846280"])
def test_a_cursor_is_what_it_is_written_as(text: str) -> None:
    assert str(Cursor.parse(text)) == text


@pytest.mark.parametrize("text", ["", "x", "5:", "5:7", "-5", "5 ", "٥", "9" * 20, "5:7:9:11"])
def test_what_is_no_cursor_begins_anew(text: str) -> None:
    assert Cursor.parse(text) is None


def test_a_reading_that_broke_off_leaves_a_gap_that_gets_smaller() -> None:
    broken = Cursor(10).broken(oldest=80, newest=100)
    assert str(broken) == "10:80:100"
    again = broken.broken(oldest=40, newest=100)
    assert str(again) == "10:40:100"
    assert again.filled == Cursor(100)


def test_a_cursor_moves_on_with_time_and_never_back() -> None:
    old = Cursor(first_of(NOW - timedelta(days=3)))
    moved = old.read(0, NOW)
    assert made(str(moved.since)) == datetime(2026, 3, 9, 11, tzinfo=UTC)
    assert moved.read(0, NOW) == moved
    newest = first_of(NOW - timedelta(minutes=1))
    assert old.read(newest, NOW) == Cursor(newest)
    assert Cursor(newest).read(5, NOW - timedelta(days=1)) == Cursor(newest)
    assert old.read(0, None) == old
    assert settled(None) == 0


def test_how_far_search_goes_back() -> None:
    assert searchable(first_of(NOW - timedelta(days=6, hours=23)), NOW)
    assert not searchable(first_of(NOW - timedelta(days=7)), NOW)
    assert not searchable(0, NOW)
    week = first_of(NOW - timedelta(days=7))
    old, newest = first_of(NOW - timedelta(days=20)), first_of(NOW - timedelta(days=1))
    assert week < Cursor(old).within_reach(NOW).since < week + (10**12 << 22)
    part = Cursor(old, newest - 5, newest).within_reach(NOW)
    assert (part.until, part.newest) == (newest - 5, newest)
    assert part.since > week
    assert Cursor(old, old + 5, newest).within_reach(NOW) == Cursor(newest)
    assert Cursor(newest).within_reach(NOW) == Cursor(newest)


def member(rank: int, cursor: Cursor, name: str = "") -> Member:
    name = name or f"person{rank:04d}"
    source = Source(rank, f"x:{name}", SourceKind.X, f"https://x.com/{name}", "", NOW)
    wanted = Wanted(source, SourceState(rank), dict, Purpose(Reason.SCHEDULED, rank))
    return Member(wanted, Account(str(rank), name, "", NOW), cursor, rank)


def ranks(found: list[list[Member]]) -> list[list[int]]:
    return [[each.rank for each in group] for group in found]


def test_those_that_were_read_together_stay_together() -> None:
    first, second = Cursor(10), Cursor(20)
    members = [member(rank, first if rank < 30 else second) for rank in range(60)]
    before = ranks(groups(members))
    assert ranks(groups([member(99, Cursor(15)), *members]))[0][:3] == before[0][:3]
    assert sorted(rank for group in before for rank in group) == list(range(60))
    for group in groups(members):
        assert len(query(group)) <= LONGEST_QUERY


def test_a_group_with_room_takes_others_in() -> None:
    members = [*(member(rank, Cursor(10)) for rank in range(5)), member(5, Cursor(7)), member(6, Cursor(12))]
    assert ranks(groups(members)) == [[0, 1, 2, 3, 4, 5, 6]]


def test_one_with_a_gap_is_read_apart() -> None:
    gap = Cursor(5, 8, 10)
    members = [member(0, Cursor(10)), member(1, gap), member(2, gap), member(3, Cursor(9))]
    assert ranks(groups(members)) == [[0, 3], [1, 2]]


def test_the_longest_name_fits() -> None:
    assert groups([member(0, Cursor(1), "a" * 15)])[0][0].term == "from:" + "a" * 15
    assert groups([]) == []
