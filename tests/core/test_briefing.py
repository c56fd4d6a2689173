from datetime import timedelta

import pytest

from tests.core.conftest import add_source, put_items
from tests.fakes import FakeClock
from veille.core.briefing import Briefings
from veille.core.curating.curation import Curation
from veille.core.library import Library
from veille.store import Store


def no_index():
    raise AssertionError("a briefing needs no index")


@pytest.fixture
def briefings(store: Store, clock: FakeClock) -> Briefings:
    return Briefings(store, Library(store, no_index, clock), clock)


@pytest.fixture
def curation(store: Store, clock: FakeClock) -> Curation:
    return Curation(store, clock)


def test_what_is_new_by_sector_newest_first(store: Store, clock: FakeClock, briefings: Briefings, curation: Curation):
    for title in ("One", "Empty", "Two"):
        curation.add_sector(title)
    a, b, c = (add_source(store, name) for name in ("A", "B", "C"))
    curation.move(a.id, "one")
    curation.move(a.id, "two")
    curation.move(b.id, "two")
    put_items(store, b.id, clock, *"1234")
    put_items(store, a.id, clock, "x", "y")
    put_items(store, c.id, clock, "z")
    one, two, loose = briefings.brief()
    assert (one.title, two.title, loose.title) == ("One", "Two", "In no sector")
    assert loose.sector is None
    assert [hit.item.uid for hit in one.hits] == ["x", "y"]
    assert sorted(hit.item.uid for hit in two.hits) == ["1", "2", "3", "4", "x", "y"]
    assert [hit.item.at for hit in two.hits] == sorted((hit.item.at for hit in two.hits), reverse=True)
    assert two.total == 6
    assert [hit.source for hit in loose.hits] == ["C"]


def test_a_section_shows_the_newest_and_counts_all(store: Store, clock: FakeClock, briefings: Briefings):
    source = add_source(store, "A")
    put_items(store, source.id, clock, *"abcdef")
    (section,) = briefings.brief(limit=2)
    assert [hit.item.uid for hit in section.hits] == ["a", "b"]
    assert section.total == 6


def test_it_begins_at_the_last_visit(store: Store, clock: FakeClock, briefings: Briefings):
    source = add_source(store, "A")
    assert briefings.last_visit == clock.now() - timedelta(hours=24)
    put_items(store, source.id, clock, "old")
    clock.advance(minutes=10)
    briefings.visited()
    assert briefings.last_visit == clock.now()
    assert briefings.brief() == []
    clock.advance(hours=5)
    published = clock.now() - timedelta(hours=6)  # before the visit, but it came after
    put_items(store, source.id, clock, "late", published=published, at=published)
    put_items(store, source.id, clock, "archive", at=clock.now() - timedelta(days=300))
    (section,) = briefings.brief()
    assert [hit.item.uid for hit in section.hits] == ["late"]
    (section,) = briefings.brief(clock.now() - timedelta(hours=12))
    assert [hit.item.uid for hit in section.hits] == ["old", "late"]


def test_a_visit_that_makes_no_sense_counts_as_none(store: Store, clock: FakeClock, briefings: Briefings):
    store.values.put("last_visit", "yesterday")
    assert briefings.last_visit == clock.now() - timedelta(hours=24)


def test_a_clock_that_was_ahead_neither_silences_nor_repeats_the_briefing(
    store: Store, clock: FakeClock, briefings: Briefings
):
    source = add_source(store, "A")
    clock.advance(days=365)
    put_items(store, source.id, clock, "ahead")
    briefings.visited()
    clock.advance(days=-365)
    assert briefings.brief() == []
    put_items(store, source.id, clock, "now")
    assert [hit.item.uid for hit in briefings.brief()[0].hits] == ["now"]
