"""Where sources say that they moved to: believed when told twice, and never unasked when it looks personal."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.core.conftest import FakeFetcher, add_source, give, titles
from tests.fakes import FakeProgress
from veille.core.watching.refresh import Refresher
from veille.errors import Gone
from veille.model import Deed, Fetched, Source, SourceState
from veille.store import Store

NEW = "https://new.example/feed"
PERSONAL = "https://a.example/feed?token=4f9d2c81a7e6b3f05d1c8e9a"


def moved_to(address: str) -> Callable[[Source], Fetched]:
    return lambda source: Fetched(source.id, SourceState(source.id), moved=address)


@pytest.fixture
def source(store: Store) -> Source:
    return add_source(store, "A")


def test_a_move_is_believed_when_it_is_told_twice(store: Store, web: FakeFetcher, refresher: Refresher, source: Source):
    web.feeds[source.address] = moved_to(NEW)
    assert not refresher.run(FakeProgress()).changes.outline
    assert (store.sources.get(source.id).address, store.sources.state(source.id).moved) == (source.address, NEW)
    assert refresher.run(FakeProgress()).changes.outline
    moved = store.sources.get(source.id)
    assert (moved.address, moved.key, store.sources.state(source.id).moved) == (NEW, f"feed:{NEW}", "")


def test_two_different_moves_or_a_move_and_none_are_not_believed(
    store: Store, web: FakeFetcher, refresher: Refresher, source: Source
):
    for address in (NEW, "https://other.example/feed", NEW, "", NEW):
        web.feeds[source.address] = moved_to(address)
        refresher.run(FakeProgress())
        assert store.sources.state(source.id).moved == address
    assert store.sources.get(source.id).address == source.address


def test_a_failure_in_between_takes_nothing_back(store: Store, web: FakeFetcher, refresher: Refresher, source: Source):
    for answer in (moved_to(NEW), Gone(host="a.example", status=404), moved_to(NEW)):
        web.feeds[source.address] = answer
        refresher.run(FakeProgress())
    assert store.sources.get(source.id).address == NEW


def test_an_address_that_looks_personal_waits_for_the_person(
    store: Store, web: FakeFetcher, refresher: Refresher, source: Source
):
    web.feeds[source.address] = moved_to(PERSONAL)
    for _pass in range(3):
        refresher.run(FakeProgress())
    assert (store.sources.get(source.id).address, store.sources.state(source.id).moved) == (source.address, PERSONAL)
    store.sources.replace(replace(source, allowed=frozenset({Deed.PERSONAL})))
    refresher.run(FakeProgress())
    assert (store.sources.get(source.id).address, store.sources.state(source.id).moved) == (PERSONAL, "")


def test_what_the_person_decided_during_a_pass_stays(
    store: Store, web: FakeFetcher, refresher: Refresher, source: Source
):
    web.feeds[source.address] = moved_to(PERSONAL)
    refresher.run(FakeProgress())

    def followed_meanwhile(asked: Source) -> Fetched:
        store.sources.replace(replace(asked, address=PERSONAL, key=f"feed:{PERSONAL}"))
        return moved_to(PERSONAL)(asked)

    web.feeds[source.address] = followed_meanwhile
    refresher.run(FakeProgress())
    assert (store.sources.get(source.id).address, store.sources.state(source.id).moved) == (PERSONAL, "")


def test_a_move_to_where_another_source_is_leaves_both(
    store: Store, web: FakeFetcher, refresher: Refresher, source: Source
):
    other = add_source(store, "B")
    for each in (source, other):
        web.feeds[each.address] = moved_to(NEW)
    for each in (source, other, source, other, other):
        refresher.run(FakeProgress(), [each.id])
    assert store.sources.get(source.id).address == NEW
    assert store.sources.get(other.id).address == other.address


def test_a_move_to_an_impossible_address_is_not_followed(
    store: Store, web: FakeFetcher, refresher: Refresher, source: Source
):
    give(web, add_source(store, "B"), "1")
    web.feeds[source.address] = moved_to("https://-.example/feed")
    for _pass in range(2):
        assert refresher.run(FakeProgress()).failed == ()
    assert store.sources.get(source.id).address == source.address
    assert titles(store) == {"Title 1"}


def test_a_move_to_another_host_takes_back_what_was_allowed(
    store: Store, web: FakeFetcher, refresher: Refresher, source: Source
):
    other = add_source(store, "B")
    for each in (source, other):
        store.sources.replace(replace(each, allow_private=True))
    web.feeds[source.address] = moved_to("https://elsewhere.example/feed")
    web.feeds[other.address] = moved_to("https://b.example/other")
    for _pass in range(2):
        refresher.run(FakeProgress())
    assert not store.sources.get(source.id).allow_private
    assert store.sources.get(other.id).allow_private
