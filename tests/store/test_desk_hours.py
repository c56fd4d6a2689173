"""When sources gave items, and what they gave last."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.core.conftest import add_source, an_item
from tests.fakes import FakeClock
from veille.model import Source
from veille.store import Store
from veille.store.desk import Given

BEGIN = datetime(2026, 2, 1, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def source(store: Store) -> Source:
    """One with an item each hour of half a day, the newest first."""
    one = add_source(store, "Alpha")
    store.items.apply([an_item(one.id, str(at), BEGIN + at * HOUR) for at in reversed(range(12))], [])
    return one


def hour(moment: datetime) -> int:
    return int(moment.timestamp()) // 3600


def test_hours_and_moments(store: Store, source: Source) -> None:
    other = add_source(store, "Beta")
    assert store.desk.hours(BEGIN) == {source.id: [hour(BEGIN) + at for at in range(12)]}
    assert store.desk.moments(source.id, BEGIN) == [BEGIN + at * HOUR for at in range(12)]
    assert store.desk.hours(BEGIN + 10 * HOUR) == {source.id: [hour(BEGIN) + 10, hour(BEGIN) + 11]}
    assert store.desk.moments(source.id, BEGIN + 10 * HOUR) == [BEGIN + 10 * HOUR, BEGIN + 11 * HOUR]
    assert store.desk.hours(BEGIN + 30 * HOUR) == {}
    assert store.desk.moments(other.id, BEGIN) == []


def test_two_of_one_hour_are_two(store: Store, source: Source) -> None:
    store.items.apply([an_item(source.id, "more", BEGIN + timedelta(minutes=5))], [])
    assert store.desk.hours(BEGIN)[source.id][:3] == [hour(BEGIN), hour(BEGIN), hour(BEGIN) + 1]


def test_what_is_gone_counts(store: Store, source: Source) -> None:
    before = store.desk.hours(BEGIN), store.desk.moments(source.id, BEGIN)
    store.items.remove([1, 5, 7])
    assert (store.desk.hours(BEGIN), store.desk.moments(source.id, BEGIN)) == before


def test_sources_that_were_set_aside_are_left_out(store: Store, source: Source) -> None:
    store.sources.remove(source.id)
    assert store.desk.hours(BEGIN) == {}


def test_what_arrived_last(store: Store, source: Source) -> None:
    assert store.desk.arrived([source.id, 99]) == {source.id: BEGIN}  # it was stored last, though its date is the first
    late = an_item(source.id, "late", BEGIN - 9 * HOUR, seen=BEGIN + 50 * HOUR)
    number = store.desk.newest()
    store.items.apply([late], [])
    assert store.desk.arrived([source.id]) == {source.id: BEGIN + 50 * HOUR}
    assert store.desk.newest() > number


def test_what_is_given(store: Store, clock: FakeClock, source: Source) -> None:
    text = "<p>" + "x" * 1000 + "</p>"
    store.items.apply([an_item(source.id, "new", BEGIN + 20 * HOUR, content=text)], [])
    first, second = store.desk.given(source.id, 2)
    assert first == Given("https://news.example/new", "Title new", "Summary new", 1007, text[-600:])
    assert second.url == "https://news.example/11"
    assert store.desk.given(99, 2) == []
