"""Stored posts follow their networks: edits and deletions come over, in rounds that tell nothing of the person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tests.core.conftest import FakeDiscretion, an_item
from tests.fakes import FakeClock, FakeProgress
from veille.contacts import Purpose, Reason
from veille.core.watching.rechecks import EVENING, MOST, Rechecks
from veille.core.watching.timetable import Chance
from veille.errors import Busy, Garbled, NoProxy, NotInSample
from veille.model import ItemKind, Mode, Source, SourceKind
from veille.posts import Fate, Figures, Network, Person, Post, Standing
from veille.settings import Settings
from veille.sources.base import Verdict
from veille.store import Filter, Store

ADA = Person("@ada", "Ada")


@dataclass
class FakeNetwork:
    """A :class:`veille.sources.base.Checker` of a network in which posts are edited and deleted."""

    at_once: int = 3
    texts: dict[str, str] = field(default_factory=dict)  # by uid, of what was edited
    fates: dict[str, Fate] = field(default_factory=dict)
    asked: list[list[str]] = field(default_factory=list)
    purposes: list[Purpose] = field(default_factory=list)
    error: Exception | None = None

    def check(self, posts: Sequence[Standing], purpose: Purpose, cancelled: Callable[[], bool]) -> list[Verdict]:
        assert len(posts) <= self.at_once
        assert len({each.network for each in posts}) == 1
        self.asked.append([each.uid for each in posts])
        self.purposes.append(purpose)
        if self.error:
            raise self.error
        return [Verdict(each.item, self.fates.get(each.uid, Fate.THERE), self._fresh(each)) for each in posts]

    def _fresh(self, post: Standing) -> object:
        if post.uid not in self.texts:
            return None
        made = a_post(post.source, post.uid, post.network, datetime(2026, 3, 2, tzinfo=UTC))
        return replace(made, content=self.texts[post.uid], hash="edited")


def a_post(source: int, uid: str, network: Network, now: datetime) -> object:
    post = Post(network, uid, ADA, figures=Figures(likes=1))
    return an_item(source, uid, now, kind=ItemKind.POST, title="", post=post)


@dataclass
class Stage:
    store: Store
    clock: FakeClock
    networks: dict[Network, FakeNetwork]
    discretion: FakeDiscretion
    settings: Settings
    woken: list[int] = field(default_factory=list)

    def rechecks(self, **more: object) -> Rechecks:
        return Rechecks(
            self.store, self.clock, Chance(Random(1)), lambda: self.settings, lambda: self.networks, self.discretion,
            lambda: self.woken.append(1), **more)  # fmt: skip

    def source(self, kind: SourceKind, name: str) -> Source:
        address = f"https://{name}/@ada"
        return self.store.sources.add(f"{kind}:{address}", kind, address, name)

    def put(self, source: Source, network: Network, *uids: str) -> list[int]:
        return self.store.items.apply([a_post(source.id, uid, network, self.clock.now()) for uid in uids], [])

    def uids(self) -> set[str]:
        return {each.uid for each in self.store.items.rows(self.store.items.ids(Filter()))}


@pytest.fixture
def stage(store: Store, clock: FakeClock) -> Stage:
    networks = {each: FakeNetwork() for each in Network}
    return Stage(store, clock, networks, FakeDiscretion(), Settings())


def test_an_edit_comes_over_and_keeps_what_was_said(stage: Stage) -> None:
    source = stage.source(SourceKind.BLUESKY, "bsky.app")
    one, two = stage.put(source, Network.BLUESKY, "a", "b")
    stage.clock.advance(days=1)
    stage.networks[Network.BLUESKY].texts = {"a": "<p>Edited</p>"}
    done = stage.rechecks().run(FakeProgress())
    assert (done.asked, done.edited, done.gone, done.changes.items) == (2, 1, 0, {one})
    assert stage.store.items.get(one).content == "<p>Edited</p>"
    assert [each.content for each in stage.store.items.versions(one)] == ["<p>Content a</p>"]
    assert stage.store.items.get(two).content == "<p>Content b</p>"
    assert stage.woken


@pytest.mark.parametrize("fate", [Fate.DELETED, Fate.PROTECTED, Fate.SUSPENDED, Fate.WITHHELD])
def test_what_is_gone_loses_its_text_saved_or_not(stage: Stage, fate: Fate) -> None:
    one, two = stage.put(stage.source(SourceKind.BLUESKY, "bsky.app"), Network.BLUESKY, "a", "b")
    stage.store.marks.set_saved([one], stage.clock.now())
    stage.clock.advance(days=1)
    stage.networks[Network.BLUESKY].fates = {"a": fate, "b": fate}
    assert stage.rechecks().run(FakeProgress()).gone == 2
    for number in (one, two):
        assert stage.store.items.get(number).content == ""
        assert stage.store.items.get(number).post.fate is fate


def test_the_person_may_want_no_mark_of_it(stage: Stage) -> None:
    stage.settings = Settings(deleted_posts="nothing")
    (one,) = stage.put(stage.source(SourceKind.BLUESKY, "bsky.app"), Network.BLUESKY, "a")
    stage.store.marks.set_saved([one], stage.clock.now())
    stage.clock.advance(days=1)
    stage.networks[Network.BLUESKY].fates = {"a": Fate.DELETED}
    stage.rechecks().run(FakeProgress())
    assert stage.store.items.get(one) is None
    assert stage.uids() == set()


def test_what_nobody_can_tell_stays(stage: Stage) -> None:
    (one,) = stage.put(stage.source(SourceKind.BLUESKY, "bsky.app"), Network.BLUESKY, "a")
    stage.clock.advance(days=1)
    stage.networks[Network.BLUESKY].fates = {"a": Fate.UNAVAILABLE}
    stage.rechecks().run(FakeProgress())
    assert stage.store.items.get(one).content


def test_requests_are_by_network_and_instance(stage: Stage) -> None:
    here, there = stage.source(SourceKind.MASTODON, "one.example"), stage.source(SourceKind.MASTODON, "two.example")
    stage.put(here, Network.MASTODON, *"abcd")
    stage.put(there, Network.MASTODON, "x")
    stage.put(stage.source(SourceKind.BLUESKY, "bsky.app"), Network.BLUESKY, "k")
    stage.clock.advance(days=1)
    stage.rechecks().run(FakeProgress())
    assert sorted(map(sorted, stage.networks[Network.MASTODON].asked)) == [["a", "b", "c"], ["d"], ["x"]]
    assert stage.networks[Network.BLUESKY].asked == [["k"]]
    assert {each.reason for each in stage.networks[Network.BLUESKY].purposes} == {Reason.RECHECK}


def test_a_network_that_fails_is_asked_again_another_time(stage: Stage) -> None:
    stage.put(stage.source(SourceKind.BLUESKY, "bsky.app"), Network.BLUESKY, "a")
    stage.clock.advance(days=1)
    stage.networks[Network.BLUESKY].error = Busy(host="bsky", status=429)
    rechecks = stage.rechecks()
    done = rechecks.run(FakeProgress())
    assert done.asked == 0
    assert "patience" in done.failed[0] or "alone" in done.failed[0]
    assert not rechecks.due()
    stage.clock.advance(hours=2)
    assert rechecks.due()


def test_who_asks_for_patience_is_left_alone_for_the_rest_of_the_round(stage: Stage) -> None:
    stage.put(stage.source(SourceKind.MASTODON, "one.example"), Network.MASTODON, *"abcdefghi")
    stage.put(stage.source(SourceKind.BLUESKY, "bsky.app"), Network.BLUESKY, *"klmno")
    stage.clock.advance(days=1)
    stage.networks[Network.MASTODON].error = Busy(host="one.example", status=429)
    stage.networks[Network.BLUESKY].error = Garbled(host="bsky")  # of one answer
    done = stage.rechecks().run(FakeProgress())
    assert len(stage.networks[Network.MASTODON].asked) == 1
    assert len(stage.networks[Network.BLUESKY].asked) == 2
    assert len(done.failed) == 2


def test_many_posts_that_cannot_be_asked_about_keep_no_others_from_their_turn(stage: Stage) -> None:
    dead, alive = stage.source(SourceKind.MASTODON, "one.example"), stage.source(SourceKind.MASTODON, "two.example")
    stage.put(dead, Network.MASTODON, *(str(each) for each in range(MOST)))
    stage.clock.advance(minutes=1)
    stage.put(alive, Network.MASTODON, "a")
    stage.clock.advance(days=1)
    stage.discretion.barred = {dead.id: NoProxy()}
    stage.rechecks().run(FakeProgress())
    assert stage.networks[Network.MASTODON].asked == [["a"]]


def test_cancelling_keeps_what_was_learnt(stage: Stage) -> None:
    stage.put(stage.source(SourceKind.BLUESKY, "bsky.app"), Network.BLUESKY, *"abcdefgh")
    stage.clock.advance(days=1)
    assert stage.rechecks().run(FakeProgress(stop_after=2)).asked == 3
    assert len(stage.networks[Network.BLUESKY].asked) == 1


# When ----------------------------------------------------------------------------------------------


def test_rounds_have_a_schedule_of_their_own(stage: Stage) -> None:
    rechecks = stage.rechecks()
    assert not rechecks.due()  # nothing is stored
    stage.put(stage.source(SourceKind.BLUESKY, "bsky.app"), Network.BLUESKY, "a")
    assert not rechecks.due()  # it just came
    stage.clock.advance(days=1)
    assert rechecks.due()
    rechecks.run(FakeProgress())
    stage.clock.advance(hours=3)
    assert not rechecks.due()  # not its turn
    assert stage.rechecks().due() is False


@pytest.mark.parametrize(
    "settings", [Settings(recheck_days=0), Settings(refresh_minutes=0), Settings(recheck_days=5, keep_days=90)]
)
def test_nothing_is_asked_that_the_person_does_not_want(stage: Stage, settings: Settings) -> None:
    stage.settings = settings
    stage.put(stage.source(SourceKind.BLUESKY, "bsky.app"), Network.BLUESKY, "a")
    stage.clock.advance(days=6)
    assert not stage.rechecks().due()


def test_posts_that_only_a_mark_keeps_are_not_asked_about(stage: Stage) -> None:
    stage.settings = Settings(recheck_days=365, keep_days=10)
    (one,) = stage.put(stage.source(SourceKind.BLUESKY, "bsky.app"), Network.BLUESKY, "a")
    stage.store.marks.set_saved([one], stage.clock.now())
    stage.clock.advance(days=11)
    assert not stage.rechecks().due()


def test_strict_keeps_to_its_windows_and_its_proxy(stage: Stage) -> None:
    source = stage.source(SourceKind.BLUESKY, "bsky.app")
    stage.put(source, Network.BLUESKY, "a")
    stage.discretion.mode = Mode.STRICT
    stage.clock.advance(days=1, minutes=30)
    assert not stage.rechecks().due()
    stage.clock.advance(minutes=32)
    assert stage.rechecks().due()
    stage.discretion.barred = {source.id: NoProxy()}
    assert stage.rechecks().run(FakeProgress()).asked == 0
    assert stage.networks[Network.BLUESKY].asked == []


def test_x_is_asked_in_the_evening_about_what_it_was_paid_for_that_day(stage: Stage) -> None:
    stage.put(stage.source(SourceKind.X, "x.com"), Network.X, "old")
    stage.clock.advance(days=1)
    stage.put(stage.source(SourceKind.X, "x.com"), Network.X, "new")
    stage.clock.advance(hours=4)
    assert not stage.rechecks().due()
    midnight = stage.clock.now().replace(hour=0, minute=0)
    stage.clock.time = midnight + EVENING + timedelta(minutes=1)
    assert stage.rechecks().due()
    stage.rechecks().run(FakeProgress())
    assert stage.networks[Network.X].asked == [["old", "new"]]
    stage.clock.advance(minutes=70)
    stage.rechecks().run(FakeProgress())
    assert len(stage.networks[Network.X].asked) == 1


def test_x_is_asked_at_another_hour_where_no_machine_runs_in_the_evening(stage: Stage) -> None:
    stage.put(stage.source(SourceKind.X, "x.com"), Network.X, "a")
    rechecks = stage.rechecks()
    for day in range(3):  # from nine to one
        for _half_hour in range(8):
            if rechecks.due():
                rechecks.run(FakeProgress())
                assert day == 2
            stage.clock.advance(minutes=30)
        stage.clock.advance(hours=20)
    assert stage.networks[Network.X].asked == [["a"]]


def test_the_mode_may_change_within_a_round(stage: Stage) -> None:
    source = stage.source(SourceKind.BLUESKY, "bsky.app")
    stage.put(source, Network.BLUESKY, *"abcdefghi")
    stage.clock.advance(days=1, minutes=5)  # within a window of the strict level
    network = stage.networks[Network.BLUESKY]

    class Switching(FakeProgress):
        def step(self, done: int, total: int, what: str = "") -> None:
            if done == 3:
                stage.discretion.mode = Mode.STRICT

    stage.rechecks().run(Switching())
    assert [each.strict for each in network.purposes] == [False]


def test_a_round_ends_with_its_window(stage: Stage) -> None:
    stage.put(stage.source(SourceKind.BLUESKY, "bsky.app"), Network.BLUESKY, *"abcdefghi")
    stage.discretion.mode = Mode.STRICT
    stage.clock.advance(days=1, minutes=5)

    class Slow(FakeProgress):
        def step(self, done: int, total: int, what: str = "") -> None:
            stage.clock.advance(minutes=3)

    assert stage.rechecks().run(Slow()).asked == 3


def test_the_sample_asks_nobody(stage: Stage) -> None:
    with pytest.raises(NotInSample):
        stage.rechecks(sample=True).run(FakeProgress())


def test_what_the_person_does_changes_nothing_that_is_asked(stage: Stage) -> None:
    source = stage.source(SourceKind.BLUESKY, "bsky.app")
    ids = stage.put(source, Network.BLUESKY, *"abcdef")
    stage.store.marks.set_read(ids[:3])
    stage.store.marks.set_saved(ids[2:4], stage.clock.now())
    stage.clock.advance(days=1)
    stage.rechecks().run(FakeProgress())
    assert stage.networks[Network.BLUESKY].asked == [["a", "b", "c"], ["d", "e", "f"]]
