"""The account book and the address book of networks that bill what is read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.store.build import START, feed, item
from veille.model import SourceState
from veille.posts import Account, Fate
from veille.store import Store, open_store
from veille.store.people import LOST, NAMED
from veille.store.spending import Cost

TODAY, TOMORROW = date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    opened = open_store(tmp_path, write=True, clock=clock)
    yield opened
    opened.close()


def test_what_is_set_aside_gives_way_to_what_it_cost(store: Store) -> None:
    spending = store.spending
    number = spending.set_aside(TODAY, "poll", 510)
    assert spending.total(TODAY, TODAY) == 510
    assert spending.spent(TODAY, TODAY) == 0
    spending.settle(number, TODAY, [Cost(1, 2, 0, 10), Cost(2, 0, 1, 7)])
    assert spending.total(TODAY, TODAY) == spending.spent(TODAY, TODAY) == 17
    assert spending.by_source(TODAY, TODAY) == {1: (2, 10), 2: (0, 7)}
    assert spending.by_use(TODAY, TODAY) == {"poll": 17}
    assert spending.total(TOMORROW, TOMORROW) == 0


def test_an_answer_that_comes_twice_is_written_once(store: Store) -> None:
    number = store.spending.set_aside(TODAY, "poll", 5)
    for _time in range(2):
        store.spending.settle(number, TODAY, [Cost(1, 1, 0, 5)])
    store.spending.release(number)
    assert store.spending.total(TODAY, TODAY) == 5


def test_what_was_released_is_gone_and_numbers_are_not_given_again(store: Store) -> None:
    first = store.spending.set_aside(TODAY, "poll", 5)
    store.spending.release(first)
    assert store.spending.total(TODAY, TODAY) == 0
    assert store.spending.set_aside(TODAY, "poll", 5) > first


def test_uses_are_told_apart(store: Store) -> None:
    store.spending.set_aside(TODAY, "poll", 5)
    store.spending.set_aside(TODAY, "recheck", 3)
    assert store.spending.total(TODAY, TODAY, "recheck") == 3


def test_what_is_set_aside_counts_from_a_number_on_whatever_its_day(store: Store) -> None:
    first, second = (store.spending.set_aside(TODAY, "poll", price) for price in (5, 7))
    assert store.spending.total(TOMORROW, TOMORROW) == 0
    assert store.spending.total(TOMORROW, TOMORROW, since=second) == 7
    assert store.spending.total(TOMORROW, TOMORROW, since=first) == 12
    assert store.spending.total(TODAY, TODAY, since=first) == 12
    assert store.spending.newest() == second
    store.spending.release(second)
    assert store.spending.newest() == first


def test_a_pace_is_of_whole_days_without_the_first(store: Store) -> None:
    for after, source, posts in ((0, 1, 50), (2, 1, 4), (3, 1, 5), (4, 1, 99), (0, 2, 50), (4, 2, 9)):
        number = store.spending.set_aside(TODAY, "poll", 5)
        store.spending.settle(number, TODAY + timedelta(days=after), [Cost(source, posts, 0, 5)])
    assert store.spending.paces(TODAY, TODAY + timedelta(days=4)) == {1: 3}


def test_how_often_a_source_publishes(store: Store) -> None:
    source, unread = feed(store, "one"), feed(store, "two")
    day = timedelta(days=1)
    store.items.apply([item(source.id, str(age), at=START - age * day) for age in (1, 2, 5, 20)], [])
    read = SourceState(source.id, checked=START + day, cursor="1")
    store.sources.put_states([read, SourceState(unread.id, checked=START)])
    posts, spread, _watched = store.spending.published(14 * day)[source.id]
    assert (posts, spread) == (3, 6)
    assert unread.id not in store.spending.published(14 * day)
    store.sources.put_states([replace(read, checked=START + 30 * day)])
    assert store.spending.published(14 * day)[source.id][:2] == (0, 0)
    store.sources.put_states([replace(read, checked=START + 30 * day, changed=START, error='{"code": "budgetkept"}')])
    assert store.spending.published(14 * day)[source.id][:2] == (3, 5)


def test_what_was_paid_is_known_for_its_day(store: Store) -> None:
    store.spending.note_paid(TODAY, "post", ["1", "2"], TODAY)
    assert store.spending.paid(TODAY, "post", ["2", "3"]) == {"2"}
    assert store.spending.paid(TODAY, "user", ["2"]) == set()
    assert store.spending.paid(TOMORROW, "post", ["2"]) == set()
    store.spending.note_paid(TOMORROW, "post", ["4"], TOMORROW)
    assert store.spending.paid(TODAY, "post", ["2"]) == set()


def test_what_sources_brought(store: Store) -> None:
    source = feed(store).id
    new = store.items.apply([item(source, name) for name in "abc"], [])
    store.items.apply([item(source, "old", seen=START - timedelta(days=40))], [])
    store.marks.set_read(new[:2])
    store.marks.set_saved(new[:1], START)
    assert store.spending.brought(START - timedelta(days=1)) == {source: (3, 2, 1)}


def test_accounts_are_found_by_handle_in_any_case_and_by_id(store: Store) -> None:
    jane = Account("7", "JaneDoe", "Jane Doe", START, Fate.PROTECTED, 120, START - timedelta(days=900))
    store.people.put([jane])
    assert store.people.by_handle(["janedoe", "nobody"]) == {"janedoe": jane}
    assert store.people.by_id(["7", "8"]) == {"7": jane}


def test_a_handle_that_went_to_another_account_is_theirs(store: Store) -> None:
    store.people.put([Account("7", "jane", "Jane", START)])
    store.people.put([Account("8", "Jane", "Another Jane", START)])
    assert store.people.by_handle(["JANE"])["jane"].id == "8"
    assert store.people.by_id(["7"]) == {}


def test_an_account_is_renamed(store: Store) -> None:
    store.people.put([Account("7", "jane", "Jane", START)])
    store.people.put([Account("7", "jane_doe", "Jane", START)])
    assert store.people.by_handle(["jane"]) == {}
    assert store.people.by_id(["7"])["7"].handle == "jane_doe"


@pytest.mark.parametrize("sql", [f"SELECT * FROM person WHERE {NAMED}", LOST])
def test_a_handle_is_found_by_an_index(store: Store, sql: str) -> None:
    """Lists and searches bring a great many people: none of them is looked through for each that is met."""
    plan = store.db.query(f"EXPLAIN QUERY PLAN {sql}", ("[]", "1")[: sql.count("?")])
    assert "SEARCH person USING" in plan[0][3]
    assert "person_handle" in plan[0][3]
