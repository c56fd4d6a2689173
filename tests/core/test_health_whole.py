"""Health of sources that the real refresher asks by schedule, over weeks: a server's, or those of a web of our own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

import pytest

from tests.core.conftest import FakeDiscretion, FakeFetcher, add_source, an_item, refresher_of
from tests.core.histories import WEEKDAYS, Make, at
from tests.fakes import FakeClock, FakeProgress
from tests.servers import FeedServer, Reply
from veille.contacts import Reason
from veille.core.curating.curation import Curation
from veille.core.curating.findings import Ill
from veille.core.curating.health import Health
from veille.core.watching.refresh import Refresher
from veille.errors import BadCertificate, BadStatus, Gone, SourceError, Unreachable
from veille.model import Fetched, Source, SourceKind
from veille.net.gateway import Gateway
from veille.settings import Settings
from veille.sources.feeds import FeedFetcher
from veille.store import Store

HOUR = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = 15  # items that a feed lists


@dataclass
class Publisher:
    """Publishes as ``make`` says, and lists its newest; from ``frozen`` on it gives what it gave then, ``stale`` makes
    its document another each time all the same."""

    clock: FakeClock
    make: Make
    days: int
    frozen: datetime | None = None
    stale: bool = False
    asked: int = 0
    times: list[datetime] = field(init=False)

    def __post_init__(self) -> None:
        hours = self.make(Random(3), 200 + self.days)
        begin = datetime.combine(self.clock.now().date(), datetime.min.time(), UTC)
        week = begin - timedelta(days=begin.weekday() + 7 * 28) - (EPOCH + timedelta(hours=min(hours) // 24 * 24))
        self.times = [EPOCH + timedelta(hours=each) + week for each in hours]

    @property
    def listed(self) -> list[datetime]:
        now = min(self.clock.now(), self.frozen or self.clock.now())
        return [each for each in self.times if each <= now][-LAST:]

    def answer(self, _request: object) -> Reply:
        self.asked += 1
        entries = "".join(
            f"<item><guid>{each.timestamp()}</guid><title>News of {each:%d %b %H:%M}</title>"
            f"<link>https://news.example/{each.timestamp()}</link><pubDate>{format_datetime(each)}</pubDate></item>"
            for each in reversed(self.listed)
        )
        mark = f"<!-- {self.asked} -->" if self.stale else ""
        text = f"<rss version='2.0'><channel><title>A feed</title>{entries}</channel></rss>{mark}"
        return Reply(200, {"Content-Type": "application/rss+xml"}, text.encode())


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server


@pytest.fixture
def gateway(clock: FakeClock, store: Store) -> Iterator[Gateway]:
    gateway = Gateway(clock, store.traces)
    yield gateway
    gateway.close()


@pytest.fixture
def health(store: Store, clock: FakeClock) -> Health:
    return Health(store, clock, Curation(store, clock))


@pytest.fixture
def refresher(store: Store, clock: FakeClock, gateway: Gateway, discretion: FakeDiscretion) -> Refresher:
    fetcher = FeedFetcher(gateway.get, clock, lambda call, *arguments: call(*arguments))
    settings = Settings(refresh_minutes=360)  # fewer requests: the test is quick
    return Refresher(
        store, clock, Random(1), lambda: {SourceKind.FEED: fetcher}, lambda: settings, discretion, lambda: None,
        settled=gateway.hang_up)  # fmt: skip


def live(clock: FakeClock, refresher: Refresher, days: int, look: Callable[[], object] = lambda: None) -> None:
    """So many days, on which somebody (cron) looks every hour whose time has come."""
    for tick in range(days * 24):
        clock.advance(hours=1)
        if due := refresher.due(once=True):
            refresher.run(FakeProgress(), due, reason=Reason.SCHEDULED)
        if tick % 3 == 0:
            look()


def test_weeks_of_a_real_feed_and_its_freeze(
    store: Store, clock: FakeClock, server: FeedServer, refresher: Refresher, health: Health
):
    """One publishes on weekdays only, one is forgotten after three weeks, one turns its document over and over."""
    publishers = {
        "weekday": Publisher(clock, at(8, 11, 14, 17, days=WEEKDAYS), 40),
        "frozen": Publisher(clock, at(*range(6, 22, 2)), 40),
        "turning": Publisher(clock, at(*range(6, 22, 2)), 40, stale=True),
    }
    sources = {}
    for name, publisher in publishers.items():
        server.handle(f"/{name}", publisher.answer)
        sources[name] = Curation(store, clock).add_feed(server.url(f"/{name}"), allow_private=True)[0]
    refresher.run(FakeProgress())

    def nothing() -> None:
        assert health.findings() == {}, clock.now()

    live(clock, refresher, 21, nothing)
    freeze = publishers["frozen"].frozen = publishers["turning"].frozen = clock.now()
    found: dict[int, tuple[Ill, timedelta]] = {}

    def note() -> None:
        for source, (each, *_more) in health.findings().items():
            found.setdefault(source, (each.ill, clock.now() - freeze))

    live(clock, refresher, 3, note)
    assert {source: ill for source, (ill, _after) in found.items()} == {
        sources["frozen"].id: Ill.FROZEN, sources["turning"].id: Ill.SILENT
    }  # fmt: skip
    assert all(after <= timedelta(hours=30) for _ill, after in found.values())  # it is asked every six hours
    asked = publishers["frozen"].asked
    publishers["frozen"].frozen = None
    live(clock, refresher, 1)
    assert publishers["frozen"].asked > asked
    assert sources["frozen"].id not in health.findings()


# By a web of our own -----------------------------------------------------------------------------


def at_host(store: Store, *names: str) -> list[Source]:
    return [add_source(store, name) for name in names]


def good(clock: FakeClock, title: str = "") -> Callable[[Source], Fetched]:
    def answer(source: Source) -> Fetched:
        from veille.model import SourceState

        now = clock.now()
        return Fetched(source.id, SourceState(source.id, checked=now, changed=now), title=title)

    return answer


@pytest.mark.parametrize(
    ("error", "ill", "days"),
    [
        (Gone(host="a.example", status=404), Ill.DEAD, 4), (Gone(host="a.example", status=410), Ill.DEAD, 9),
        (BadCertificate(host="a.example", detail="expired"), Ill.CERTIFICATE, 1),
        (BadStatus(host="a.example", status=500), Ill.FAILING, 2),
        (BadStatus(host="a.example", status=402), Ill.PAID, 2),
        (Unreachable(host="a.example", detail="no such name"), Ill.FAILING, 2),
    ],
)  # fmt: skip
def test_what_fails_for_days(
    store: Store, clock: FakeClock, web: FakeFetcher, health: Health, error: SourceError, ill: Ill, days: int
):
    a, b = at_host(store, "A", "B")
    web.feeds = {a.address: good(clock), b.address: good(clock)}
    refresher = refresher_of(store, clock, web)
    refresher.run(FakeProgress())
    began = clock.now()
    web.feeds[a.address] = error
    live(clock, refresher, days)
    (found,) = health.findings()[a.id]
    assert found.ill is ill
    assert found.since is not None
    assert timedelta(0) < found.since - began < timedelta(hours=3)
    assert b.id not in health.findings()
    web.feeds[a.address] = good(clock)
    live(clock, refresher, 8)
    assert store.sources.state(a.id).failing is None
    assert health.findings() == {}


@pytest.mark.parametrize(
    "error", [Unreachable(host="x.example", detail="no network"), BadCertificate(host="x.example", detail="a portal")]
)
def test_a_week_without_a_network_is_no_alarm(
    store: Store, clock: FakeClock, web: FakeFetcher, health: Health, error: SourceError
):
    sources = at_host(store, "A", "B", "C")
    for each in sources:
        store.items.apply(
            [an_item(each.id, str(hour), clock.now() - hour * HOUR) for hour in range(0, 24 * 40, 6)], []
        )  # fmt: skip
        web.feeds[each.address] = good(clock)
    refresher = refresher_of(store, clock, web)
    refresher.run(FakeProgress())
    web.feeds = {each.address: error for each in sources}

    def nothing() -> None:
        assert health.findings() == {}

    live(clock, refresher, 7, nothing)


# It renames itself -------------------------------------------------------------------------------


def renamed(store: Store, clock: FakeClock, web: FakeFetcher, source: Source, *titles: str) -> str:
    """What it is said to have been, once it has called itself so, one after the other."""
    for title in titles:
        clock.advance(hours=2)
        web.feeds[source.address] = good(clock, title)
        refresher_of(store, clock, web).run(FakeProgress())
    found = store.sources.get(source.id)
    assert found is not None
    return found.was


def test_a_source_that_renames_itself(store: Store, clock: FakeClock, web: FakeFetcher, health: Health):
    (source,) = at_host(store, "A")
    assert renamed(store, clock, web, source, "The Daily") == ""  # "A" was what it was called when it was added
    assert renamed(store, clock, web, source, "The Daily!", "THE DAILY (2)", "Thé Daily") == ""
    assert renamed(store, clock, web, source, "The Daily | News and views", "Thé Daily") == ""  # it only says more
    assert renamed(store, clock, web, source, "Crypto Casino") == "Thé Daily"
    assert renamed(store, clock, web, source, "") == "Thé Daily"
    assert [each.ill for each in health.of(source.id)] == [Ill.RENAMED]
    assert renamed(store, clock, web, source, "Crypto Casino 2") == "Thé Daily"  # until the person has seen it
    assert renamed(store, clock, web, source, "The Daily") == ""  # a slip
    assert health.of(source.id) == ()


def test_who_gave_it_a_name_sees_no_other(store: Store, clock: FakeClock, web: FakeFetcher):
    (source,) = at_host(store, "A")
    renamed(store, clock, web, source, "The Daily")
    Curation(store, clock).rename_source(source.id, "Mine")
    assert renamed(store, clock, web, source, "Crypto Casino") == ""


def test_a_page_that_says_its_news_in_its_title_has_no_new_name(store: Store, clock: FakeClock, web: FakeFetcher):
    address = "https://a.example/news"
    source = store.sources.add(f"page:{address}", SourceKind.PAGE, address, "A", selector="h2 a")
    for title in ("First", "Second"):
        clock.advance(hours=2)
        web.feeds[address] = good(clock, title)
        refresher = Refresher(
            store, clock, Random(1), lambda: {SourceKind.PAGE: web}, Settings, FakeDiscretion(), lambda: None
        )
        refresher.run(FakeProgress())
    after = store.sources.get(source.id)
    assert after is not None
    assert (after.title, after.was) == ("Second", "")
