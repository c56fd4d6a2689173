"""Sources that are asked together: one errand for all of them, in the curator's order, each with its own answer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from tests.core.conftest import FakeDiscretion, FakeFetcher, an_item
from tests.fakes import FakeClock, FakeProgress
from veille.contacts import Reason
from veille.core.watching.refresh import Refresher
from veille.errors import NoAccount, NoProxy, SourceError, Unreachable
from veille.model import Fetched, Membership, Mode, Sector, Source, SourceKind
from veille.settings import Settings
from veille.sources.base import Wanted
from veille.store import Filter, Store


@dataclass
class FakeX:
    """A :class:`veille.sources.base.JointFetcher`: two sources a request."""

    clock: FakeClock
    asked: list[list[str]] = field(default_factory=list)
    problems: dict[str, Exception] = field(default_factory=dict)
    strange: bool = False

    def fetch_all(
        self, wanted: Sequence[Wanted], cancelled: Callable[[], bool]
    ) -> Iterator[list[tuple[Source, Fetched | SourceError]]]:
        for start in range(0, len(wanted), 2):
            if cancelled():
                return
            if self.strange and start:
                raise ValueError("a bug")
            group = wanted[start : start + 2]
            self.asked.append([each.source.title for each in group])
            yield [(each.source, self._answer(each)) for each in group]

    def _answer(self, one: Wanted) -> Fetched | SourceError:
        if problem := self.problems.get(one.source.title):
            return problem
        now, uid = self.clock.now(), f"{one.source.title} {len(self.asked)}"
        items = () if uid in one.known() else (an_item(one.source.id, uid, now),)
        good = replace(one.state, checked=now, changed=now, failures=0, error="", cursor=str(len(self.asked)))
        return Fetched(one.source.id, good, items)


@pytest.fixture
def x(clock: FakeClock) -> FakeX:
    return FakeX(clock)


@pytest.fixture
def refresher(store: Store, clock: FakeClock, x: FakeX, web: FakeFetcher, discretion: FakeDiscretion) -> Refresher:
    return a_refresher(store, clock, x, web, discretion)


def a_refresher(
    store: Store,
    clock: FakeClock,
    x: FakeX,
    web: FakeFetcher,
    discretion: FakeDiscretion,
    settings: Settings | None = None,
) -> Refresher:
    kinds = {SourceKind.FEED: web, SourceKind.X: x}
    return Refresher(
        store, clock, Random(1), lambda: kinds, lambda: settings or Settings(), discretion, lambda: None)  # fmt: skip


def accounts(store: Store, *names: str) -> list[Source]:
    return [store.sources.add(f"x:https://x.com/{name}", SourceKind.X, f"https://x.com/{name}", name) for name in names]


def rank(store: Store, sector: str, *sources: Source) -> None:
    store.sources.put_sector(Sector(sector, sector))
    for at, source in enumerate(sources):
        store.sources.put_member(Membership(sector, source.id, "person", "Ada", source.added, rank=at))


def test_they_are_asked_in_the_curators_order(store: Store, refresher: Refresher, x: FakeX) -> None:
    a, b, c, d, _loose = accounts(store, *"abcde")
    rank(store, "one", c, a)
    rank(store, "two", d, b)
    report = refresher.run(FakeProgress())
    assert x.asked == [["c", "d"], ["a", "b"], ["e"]]
    assert report.asked == 5
    assert store.sources.state(a.id).cursor == "2"


def test_each_has_its_own_answer(store: Store, refresher: Refresher, x: FakeX) -> None:
    a, b, c = accounts(store, *"abc")
    x.problems = {"b": NoAccount(name="@b", host="X")}
    report = refresher.run(FakeProgress())
    assert [source.id for source, _why in report.failed] == [b.id]
    assert len(store.items.ids(Filter())) == 2
    assert store.sources.state(a.id).failures == store.sources.state(c.id).failures == 0
    assert store.sources.state(b.id).failures == 1


def test_a_bug_leaves_what_came_before_it(store: Store, refresher: Refresher, x: FakeX) -> None:
    accounts(store, *"abcd")
    x.strange = True
    report = refresher.run(FakeProgress())
    assert sorted(source.title for source, _why in report.failed) == ["c", "d"]
    assert len(store.items.ids(Filter())) == 2


def test_who_has_no_way_out_is_left_out(
    store: Store, refresher: Refresher, x: FakeX, discretion: FakeDiscretion
) -> None:
    a, b, _c = accounts(store, *"abc")
    discretion.barred = {b.id: NoProxy()}
    report = refresher.run(FakeProgress())
    assert x.asked == [["a", "c"]]
    assert [source.id for source, _why in report.failed] == [b.id]
    assert store.sources.state(b.id).checked is None
    assert a


def test_cancelling_stops_between_two_requests(store: Store, refresher: Refresher, x: FakeX) -> None:
    accounts(store, *"abcdefgh")
    report = refresher.run(FakeProgress(stop_after=2))
    assert report.cancelled
    assert len(x.asked) == 1
    assert len(store.items.ids(Filter())) == report.asked == 2


def test_they_become_due_together(
    store: Store, clock: FakeClock, x: FakeX, web: FakeFetcher, discretion: FakeDiscretion
) -> None:
    refresher = a_refresher(store, clock, x, web, discretion, Settings(x_minutes=15))
    ids = {source.id for source in accounts(store, *"abcdef")}
    refresher.run(FakeProgress())
    late = accounts(store, "late")[0].id
    passes = []
    for _look in range(240):  # two hours
        clock.advance(seconds=30)
        if due := refresher.due():
            passes.append((clock.now(), set(due)))
            refresher.run(FakeProgress(), due, reason=Reason.SCHEDULED)
    assert passes[0][1] >= {late}
    assert all(asked == ids | {late} for _when, asked in passes)
    gaps = [after - before for (before, _), (after, _) in pairwise(passes[1:])]
    assert all(timedelta(minutes=10) <= gap <= timedelta(minutes=20) for gap in gaps)
    assert 5 <= len(passes) <= 11


def test_feeds_keep_their_own_times(
    store: Store, clock: FakeClock, x: FakeX, web: FakeFetcher, discretion: FakeDiscretion
) -> None:
    refresher = a_refresher(store, clock, x, web, discretion, Settings(x_minutes=15))
    accounts(store, "a")
    store.sources.add("feed:https://f.example/", SourceKind.FEED, "https://f.example/", "f")
    refresher.run(FakeProgress())
    for _look in range(110):
        clock.advance(seconds=30)
        if due := refresher.due():
            refresher.run(FakeProgress(), due, reason=Reason.SCHEDULED)
    assert len(web.asked) == 1  # at most once an hour
    assert len(x.asked) > 3


def test_strict_asks_x_in_the_same_windows(
    store: Store, clock: FakeClock, x: FakeX, web: FakeFetcher, discretion: FakeDiscretion
) -> None:
    refresher = a_refresher(store, clock, x, web, discretion, Settings(x_minutes=15))
    accounts(store, *"ab")
    refresher.run(FakeProgress())
    discretion.mode = Mode.STRICT
    x.asked.clear()
    minutes = set()
    for _look in range(60 * 6):
        clock.advance(minutes=1)
        if due := refresher.due():
            refresher.run(FakeProgress(), due, reason=Reason.SCHEDULED)
            minutes.add(clock.now().minute)
    assert x.asked
    assert max(minutes) < 10


def test_nobody_is_blamed_when_this_machine_is_offline(
    store: Store, clock: FakeClock, refresher: Refresher, x: FakeX, web: FakeFetcher
) -> None:
    (a,) = accounts(store, "a")
    feed = store.sources.add("feed:https://f.example/", SourceKind.FEED, "https://f.example/", "f")
    x.problems = {"a": Unreachable(host="api.twitter.com", detail="?")}
    web.feeds[feed.address] = Unreachable(host="f.example", detail="?")
    refresher.run(FakeProgress())
    assert store.sources.state(a.id).failures == 0
    assert store.sources.state(a.id).next_due == clock.now() + timedelta(minutes=10)
