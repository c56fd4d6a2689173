"""The strict level: fixed windows only, and what is asked by hand waits for the next."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tests.core.conftest import FakeDiscretion, FakeFetcher, add_source, refresher_of
from tests.fakes import FakeClock, FakeProgress
from veille.contacts import Reason
from veille.core.curating.curation import Curation
from veille.core.watching.refresh import Refresher
from veille.core.watching.schedule import WINDOW
from veille.errors import Busy, NoProxy, ProxyFailed
from veille.model import Fetched, Mode, Source, SourceKind, SourceState
from veille.settings import Settings
from veille.store import Store

STRICT = FakeDiscretion(Mode.STRICT)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


@pytest.fixture
def discretion() -> FakeDiscretion:
    return FakeDiscretion(Mode.STRICT)


def live(refresher: Refresher, clock: FakeClock, until: datetime) -> dict[int, list[datetime]]:
    """Ask by schedule, a look every half minute: who was asked when."""
    log: dict[int, list[datetime]] = {}
    while clock.now() < until:
        if due := refresher.due():
            refresher.run(FakeProgress(), due, reason=Reason.SCHEDULED)
            for source in due:
                log.setdefault(source, []).append(clock.now())
        clock.advance(seconds=30)
    return log


def test_by_hand_nobody_is_asked_before_the_next_window(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    a, b = add_source(store, "A"), add_source(store, "B")
    clock.advance(minutes=20)
    report = refresher.run(FakeProgress(), [a.id])
    assert (report.later, report.asked, report.failed, web.asked) == (at(10), 0, (), [])
    log = live(refresher, clock, at(11))
    assert web.asked[0] == a.address  # in a profile that asked nobody so far; from then on the schedule
    assert at(10) <= log[a.id][0] < at(10) + WINDOW
    assert web.purposes[a.address].reason is Reason.BY_HAND
    assert live(refresher, clock, at(12)).keys() == {a.id, b.id}
    assert web.purposes[a.address].reason is Reason.SCHEDULED


def test_a_wish_within_a_window_waits_for_the_next(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    a = add_source(store, "A")
    refresher.due()
    clock.time = at(10, 1)
    assert refresher.run(FakeProgress(), [a.id]).later == at(11)
    (asked,) = live(refresher, clock, at(12))[a.id]
    assert at(11) <= asked < at(11) + WINDOW


def test_a_wish_outlives_veille_and_is_forgotten_once_it_is_done(store: Store, web: FakeFetcher, clock: FakeClock):
    a = add_source(store, "A")
    settings = Settings(refresh_minutes=0)
    refresher_of(store, clock, web, STRICT, settings).run(FakeProgress())  # by a command
    clock.advance(minutes=30)
    window = refresher_of(store, clock, web, STRICT, settings)
    assert [len(times) for times in live(window, clock, at(14)).values()] == [1]
    assert web.asked == [a.address]


def test_a_paused_source_is_asked_when_it_was_named(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    curation, a = Curation(store, clock), add_source(store, "A")
    curation.add_sector("One")
    curation.move(a.id, "one")
    curation.pause(a.id)
    refresher.run(FakeProgress(), [a.id])
    assert [len(times) for times in live(refresher, clock, at(12)).values()] == [1]


def test_patience_that_a_server_asked_for_counts_in_a_window_too(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    a = add_source(store, "A")
    web.feeds[a.address] = Busy(host="a.example", status=429, retry_after=2 * 3600)
    refresher.run(FakeProgress())
    live(refresher, clock, at(11))
    assert len(web.asked) == 1
    refresher.run(FakeProgress())
    live(refresher, clock, at(12))
    assert len(web.asked) == 1
    live(refresher, clock, at(13, 30))
    assert len(web.asked) == 2


def test_without_a_way_out_nobody_is_asked_and_nothing_is_noted(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock, discretion: FakeDiscretion
):
    a, b = add_source(store, "A"), add_source(store, "B")
    discretion.barred[a.id] = NoProxy()
    report = refresher.run(FakeProgress())
    assert [(source.id, why) for source, why in report.failed] == [
        (a.id, "Strict level: no proxy is set, so nothing is asked.")
    ]
    assert report.later == at(10)
    assert live(refresher, clock, at(12)).keys() == {b.id}
    discretion.barred[b.id] = NoProxy()
    assert refresher.run(FakeProgress()).later is None
    assert live(refresher, clock, at(14)) == {}


def test_a_source_without_a_way_out_takes_no_turn_of_its_host(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock, discretion: FakeDiscretion
):
    first = add_source(store, "A")
    for number in range(3):
        store.sources.add(f"feed:{number}", SourceKind.FEED, f"https://a.example/{number}", "")
    discretion.barred[first.id] = NoProxy()
    refresher.run(FakeProgress())
    assert len(live(refresher, clock, at(11))) == 3


def test_a_way_out_that_is_lost_leaves_the_state_untouched(
    store: Store, web: FakeFetcher, refresher: Refresher, discretion: FakeDiscretion
):
    discretion.mode = Mode.DISCREET
    a, b = add_source(store, "A"), add_source(store, "B")
    refresher.run(FakeProgress())
    before = store.sources.state(a.id)
    discretion.barred[a.id] = ProxyFailed(proxy="nonsense", detail="its address makes no sense")
    progress = FakeProgress()
    report = refresher.run(progress)
    assert (report.asked, report.cancelled, web.asked.count(a.address), web.asked.count(b.address)) == (1, False, 1, 2)
    assert [why for _source, why in report.failed] == [
        "The proxy nonsense does not do its work (its address makes no sense)."
    ]
    assert store.sources.state(a.id) == before
    assert progress.steps[-1][:2] == (2, 2)


def test_a_scheduled_pass_outside_a_window_asks_nobody(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    a = add_source(store, "A")
    clock.time = at(10, 30)
    report = refresher.run(FakeProgress(), [a.id], reason=Reason.SCHEDULED)
    assert (report.asked, web.asked, store.sources.state(a.id)) == (0, [], SourceState(a.id))


def test_going_over_to_strict_stops_a_pass(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock, discretion: FakeDiscretion
):
    discretion.mode = Mode.DISCREET
    clock.time = at(10, 30)

    def becomes_strict(asked: Source) -> Fetched:
        discretion.mode = Mode.STRICT
        return Fetched(asked.id, SourceState(asked.id))

    for number in range(100):
        web.feeds[add_source(store, f"S{number}").address] = becomes_strict
    report = refresher.run(FakeProgress())
    assert report.asked == len(web.asked) < 30


def test_a_command_keeps_to_the_windows(store: Store, web: FakeFetcher, clock: FakeClock):
    a = add_source(store, "A")
    refresher_of(store, clock, web).run(FakeProgress())
    clock.time = at(12, 30)
    assert refresher_of(store, clock, web, STRICT).due(once=True) == ()
    clock.time = at(13, 5)
    assert refresher_of(store, clock, web, STRICT).due() == ()
    assert refresher_of(store, clock, web, STRICT).due(once=True) == (a.id,)


def test_days_in_strict(store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock):
    sources = [add_source(store, name) for name in "ABCDE"]
    refresher.run(FakeProgress())
    log = live(refresher, clock, at(9) + timedelta(days=1))
    assert log.keys() == {source.id for source in sources}
    for times in log.values():
        assert all(time.minute < 10 for time in times)
        assert 18 <= len(times) <= 24
        assert all(later - earlier >= timedelta(hours=1) for earlier, later in pairwise(times))
