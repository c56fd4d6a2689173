"""No alarm where nothing is wrong but the circumstances: a machine that was off, a clock, a portal, a budget."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tests.core.conftest import FakeDiscretion, FakeFetcher, add_source, an_item
from tests.core.histories import WEEKDAYS, Make, at
from tests.core.test_health import fill, ills, put
from tests.fakes import FakeClock, FakeProgress
from veille.contacts import Reason
from veille.core.curating.curation import Curation
from veille.core.curating.findings import Ill
from veille.core.curating.health import Health
from veille.core.history import History
from veille.core.watching.refresh import Refresher
from veille.errors import BadStatus, BudgetSpent, Gone, NoAccount, NotAFeed, SourceError, Unreachable
from veille.model import Fetched, Mode, Source, SourceKind
from veille.settings import Settings
from veille.store import Store

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BEFORE = 120  # days of a past
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class World:
    """A web of sources that publish as they do, and a machine whose clock may be ahead by ``wrong``."""

    store: Store
    clock: FakeClock
    web: FakeFetcher
    settings: Settings = field(default_factory=lambda: Settings(refresh_minutes=240))
    discretion: FakeDiscretion = field(default_factory=FakeDiscretion)
    wrong: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        self.health = Health(self.store, self.clock, Curation(self.store, self.clock))
        self.refresher = Refresher(
            self.store, self.clock, Random(1), lambda: dict.fromkeys(SourceKind, self.web), lambda: self.settings,
            self.discretion, lambda: None)  # fmt: skip

    def publish(
        self, name: str, make: Make, *, listed: int = 10, dated: bool = True, back: timedelta = timedelta(0)
    ) -> Source:
        """A source that lists its last items, the dates of which are ``back`` in the past, or missing."""
        source = add_source(self.store, name)
        hours = make(Random(3), BEFORE + 200)
        monday = self.clock.now().date() - timedelta(days=self.clock.now().weekday() + BEFORE // 7 * 7)
        begin = datetime.combine(monday, datetime.min.time(), UTC) - (EPOCH + min(hours) // 24 * DAY)
        times = [EPOCH + each * HOUR + begin for each in hours]

        def answer(asked: Source) -> Fetched:
            now, real = self.clock.now(), self.clock.now() - self.wrong
            known = self.web.known[asked.address]
            new = [each for each in [each for each in times if each <= real][-listed:] if str(each) not in known]
            items = [
                an_item(asked.id, str(each), min(each - back, now) if dated else now, seen=now)
                if dated
                else an_item(asked.id, str(each), now, published=None)
                for each in new
            ]
            state = replace(self.store.sources.state(asked.id), checked=now, failures=0, error="")
            state = replace(state, changed=now) if items else state
            return Fetched(asked.id, state, tuple(items), unchanged=not items)

        self.web.feeds[source.address] = answer
        return source

    def live(self, time: timedelta, check: Callable[[], object] = lambda: None, on: Callable[[datetime], bool] = bool):
        """So long; the machine is ``on`` at these hours."""
        states = self.store.sources.outline().states
        self.refresher.run(FakeProgress(), [each.id for each in self.store.sources.all() if each.id not in states])
        for _hour in range(int(time / HOUR)):
            self.clock.advance(hours=1)
            if not on(self.clock.now()):
                continue
            if due := self.refresher.due(once=True):
                self.refresher.run(FakeProgress(), due, reason=Reason.SCHEDULED)
            if self.clock.now().hour % 3 == 0:
                check()

    def calm(self) -> None:
        assert self.health.findings() == {}, self.clock.now()


@pytest.fixture
def world(store: Store, clock: FakeClock, web: FakeFetcher) -> World:
    return World(store, clock, web)


def usual(world: World) -> None:
    world.publish("Daily", at(8, 11, 15, 19))
    world.publish("Weekdays", at(9, 14, days=WEEKDAYS))
    world.publish("Hourly", at(*range(24), jitter=0.2))
    world.publish("Undated", at(8, 11, 15, 19), dated=False)
    world.publish("Backdated", at(8, 11, 15, 19), back=30 * DAY)


def test_after_weeks_without_the_machine(world: World):
    """Also what a backup of then brings back."""
    usual(world)
    world.live(35 * DAY, world.calm)
    world.clock.advance(days=21)
    world.calm()
    world.live(10 * DAY, world.calm)


def test_a_machine_that_is_on_for_some_hours_of_weekdays(world: World):
    usual(world)
    world.live(60 * DAY, world.calm, lambda now: now.weekday() < 5 and 8 <= now.hour < 11)


def test_the_windows_of_the_strict_level(world: World):
    usual(world)
    world.settings, world.discretion.mode = Settings(refresh_minutes=720), Mode.STRICT
    world.live(40 * DAY, world.calm)


def test_asked_by_hand_now_and_then(world: World):
    usual(world)
    world.settings = Settings(refresh_minutes=0)
    random = Random(5)
    for _time in range(20):
        world.clock.advance(hours=random.randint(5, 100))
        world.refresher.run(FakeProgress())
        world.calm()


def test_paused_and_watched_again(world: World):
    source = world.publish("Daily", at(8, 11, 15, 19))
    curation = Curation(world.store, world.clock)
    curation.move(source.id, curation.add_sector("Energy")[0].key)
    world.live(30 * DAY)
    curation.pause(source.id)
    world.live(28 * DAY, world.calm)
    curation.pause(source.id, False)
    world.calm()
    world.live(5 * DAY, world.calm)


@pytest.mark.parametrize("begin", [datetime(2026, 3, 23, tzinfo=UTC), datetime(2026, 10, 19, tzinfo=UTC)])
def test_summer_time(world: World, begin: datetime):
    """They publish by the clocks of their own, an hour earlier or later from a Sunday on."""
    world.clock.time = begin
    later = begin + 6 * DAY

    def by_clock(random: Random, days: int) -> list[float]:
        hours = at(8, 14, days=WEEKDAYS, jitter=0.1)(random, days)
        turn = min(hours) + (BEFORE // 7 * 7 + 6) * 24
        return [each + (each > turn) for each in hours]

    world.publish("Weekdays", by_clock)
    world.live(28 * DAY, world.calm)
    assert world.clock.now() > later


def test_a_clock_that_is_ahead_for_a_while(world: World):
    ahead = 40 * DAY
    for number in range(22):
        world.publish(f"Daily {number}", at(7 + number / 3, 16))
    world.live(20 * DAY)
    world.clock.time += ahead
    world.wrong = ahead
    world.live(1 * DAY, world.calm)
    world.clock.time -= ahead
    world.wrong = timedelta(0)
    world.calm()
    world.live(3 * DAY, world.calm)


# It fails, and is not to blame -------------------------------------------------------------------


@pytest.mark.parametrize("error", [BadStatus(host="x", status=403), NotAFeed(host="x"), Gone(host="x", status=404)])
def test_a_portal_that_answers_for_everybody(world: World, error: SourceError):
    sources = [world.publish(f"Daily {number}", at(8, 15)) for number in range(7)]
    world.live(16 * DAY)
    good = dict(world.web.feeds)
    world.web.feeds = {each.address: error for each in sources}
    world.live(9 * DAY, world.calm)
    world.web.feeds = good
    world.live(3 * DAY, world.calm)
    world.web.feeds[sources[0].address] = error  # this one alone
    world.live(9 * DAY)
    assert list(world.health.findings()) == [sources[0].id]


@pytest.mark.parametrize("error", [Unreachable(host="x", detail="y"), Gone(host="x", status=404)])
def test_a_failure_before_weeks_in_which_nobody_asked_proves_nothing(world: World, error: SourceError):
    source, _other = world.publish("Daily", at(8, 15)), world.publish("Other", at(*range(24)))
    world.live(20 * DAY)
    good = world.web.feeds[source.address]
    world.web.feeds[source.address] = error
    world.live(7 * HOUR)
    assert world.store.sources.state(source.id).failing
    world.clock.advance(days=21)
    world.live(8 * HOUR, world.calm)
    world.web.feeds[source.address] = good
    world.live(2 * DAY, world.calm)
    world.web.feeds[source.address] = error
    world.live(5 * DAY)
    (found,) = world.health.findings()[source.id]
    assert found.ill in (Ill.DEAD, Ill.FAILING)


def test_who_looks_once_a_week_hears_of_what_is_gone(world: World):
    source, _other = world.publish("Daily", at(8, 15)), world.publish("Other", at(*range(24)))
    world.settings = Settings(refresh_minutes=0)
    world.refresher.run(FakeProgress())
    world.web.feeds[source.address] = Gone(host="x", status=404)
    for _week in range(4):
        world.clock.advance(days=7)
        world.refresher.run(FakeProgress())
    assert [each.ill for each in world.health.of(source.id)] == [Ill.DEAD]


def test_weeks_without_money_are_no_failure_of_the_source(world: World):
    source, _other = world.publish("Daily", at(8, 15)), world.publish("Other", at(*range(24)))
    world.live(2 * DAY)
    world.web.feeds[source.address] = BudgetSpent(day="2026-04-01")
    world.live(21 * DAY, world.calm)
    world.web.feeds[source.address] = NoAccount(name="@a", host="x.com")
    world.live(1 * DAY, world.calm)


def test_a_clock_that_was_ahead_says_nothing_of_how_long_it_fails(
    store: Store, clock: FakeClock, world: World, web: FakeFetcher
):
    source = world.publish("Daily", at(8, 15))
    now = clock.now()
    put(store, source, checked=now, next_due=now, failing=now + 40 * DAY, failures=1, error=Gone(status=404).pack())
    web.feeds[source.address] = Gone(status=404)
    world.live(4 * HOUR)
    failing = store.sources.state(source.id).failing
    assert failing is not None
    assert failing <= clock.now()


# Just added --------------------------------------------------------------------------------------


def test_one_that_was_just_added_or_moved(world: World):
    world.publish("Daily", at(8, 11, 15, 19), listed=60)
    world.refresher.run(FakeProgress())
    world.calm()
    source = world.publish("Moving", at(8, 11, 15, 19))
    world.live(20 * DAY, world.calm)
    mine = "https://moving.example/feed?token=3fa85f6457174562b3fc2c963f66afa6"
    put(world.store, source, moved=mine)
    followed = Curation(world.store, world.clock).follow_move(source.id)
    world.web.feeds[mine] = world.web.feeds[source.address]
    world.live(10 * DAY, world.calm)
    assert mine in world.web.asked
    History(world.store).undo(followed.undo)
    assert world.store.sources.former() == {}


def test_a_feed_with_dates_in_the_future_is_heard_of_when_it_stops(store: Store, clock: FakeClock, world: World):
    source = add_source(store, "Alpha")
    fill(store, source, at(8, 11, 15, 19), clock.now())
    store.items.apply([an_item(source.id, "future", clock.now() + 90 * DAY, seen=clock.now(), at=clock.now())], [])
    put(store, source, checked=clock.now(), changed=clock.now())
    world.calm()
    clock.advance(days=4)
    put(store, source, checked=clock.now(), changed=clock.now())
    assert ills(world.health.of(source.id)) == [Ill.SILENT]
