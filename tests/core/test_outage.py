"""When nobody can be reached, no source is blamed."""

from datetime import timedelta

import pytest

from tests.core.conftest import FakeFetcher, add_source, give
from tests.fakes import FakeClock, FakeProgress
from veille.core.watching.refresh import Refresher
from veille.errors import BadStatus, ProxyFailed, SourceError, Unreachable, describe
from veille.model import Source
from veille.store import Store

SOON = timedelta(minutes=10)
NO_NETWORK = Unreachable(host="x.example", detail="no network")
NO_PROXY = ProxyFailed(proxy="socks5://127.0.0.1:9050", detail="refused")


@pytest.fixture
def sources(store: Store) -> list[Source]:
    return [add_source(store, name) for name in "ABC"]


def break_all(web: FakeFetcher, sources: list[Source], error: SourceError) -> None:
    web.feeds |= {source.address: error for source in sources}


@pytest.mark.parametrize("error", [NO_NETWORK, NO_PROXY])
def test_without_a_connection_no_source_is_blamed(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock, sources: list[Source], error: SourceError
):
    break_all(web, sources, error)
    assert len(refresher.run(FakeProgress()).failed) == 3
    for source in sources:
        state = store.sources.state(source.id)
        assert (state.failures, state.next_due) == (0, clock.now() + SOON)
        assert describe(state.error) == str(error)


def test_passes_of_one_source_find_it_out_together(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock, sources: list[Source]
):
    a, b, c = sources
    break_all(web, sources, NO_NETWORK)
    refresher.run(FakeProgress(), [a.id])
    assert store.sources.state(a.id).failures == 1
    clock.advance(minutes=1)
    refresher.run(FakeProgress(), [b.id])
    for source in (a, b):
        assert (store.sources.state(source.id).failures, store.sources.state(source.id).next_due) == (
            0,
            clock.now() + SOON,
        )
    first = store.sources.state(a.id)
    clock.advance(minutes=1)
    refresher.run(FakeProgress(), [c.id])
    assert store.sources.state(c.id).failures == 0
    assert store.sources.state(a.id) == first  # not put off by those that come after


def test_one_that_is_reached_proves_that_there_is_a_connection(
    store: Store, web: FakeFetcher, refresher: Refresher, sources: list[Source]
):
    a, b, c = sources
    break_all(web, sources, NO_NETWORK)
    refresher.run(FakeProgress(), [a.id])
    web.feeds[b.address] = BadStatus(host="b.example", status=500)
    refresher.run(FakeProgress(), [b.id])
    refresher.run(FakeProgress(), [c.id])
    assert [store.sources.state(source.id).failures for source in sources] == [1, 1, 1]


def test_one_host_alone_is_to_blame_itself(store: Store, web: FakeFetcher, refresher: Refresher, sources: list[Source]):
    a, b, _c = sources
    give(web, b, "1")
    web.feeds[a.address] = NO_NETWORK
    for expected in (1, 2, 3):
        refresher.run(FakeProgress(), [a.id])
        assert store.sources.state(a.id).failures == expected


def test_what_was_counted_before_the_outage_stays(
    store: Store, web: FakeFetcher, refresher: Refresher, sources: list[Source]
):
    web.feeds[sources[0].address] = BadStatus(host="a.example", status=500)
    refresher.run(FakeProgress())
    break_all(web, sources, NO_NETWORK)
    refresher.run(FakeProgress())
    assert [store.sources.state(source.id).failures for source in sources] == [1, 0, 0]
