"""Whom a pass asks, and when; what expires, and when not."""

from dataclasses import replace
from datetime import timedelta

from tests.core.conftest import FakeFetcher, add_source, an_item, give, put_items, refresher_of, titles
from tests.fakes import FakeClock, FakeProgress
from veille.contacts import Reason
from veille.core.curating.curation import Curation
from veille.core.watching.refresh import Refresher
from veille.errors import Busy, Gone
from veille.model import Changes, Fetched, Source, SourceState
from veille.settings import Settings
from veille.store import Filter, Store, open_store


def test_paused_sources_are_asked_only_by_name(store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock):
    curation = Curation(store, clock)
    for title in ("One", "Two"):
        curation.add_sector(title)
    paused, half, loose = (add_source(store, name) for name in ("Paused", "Half", "Loose"))
    curation.move(paused.id, "one")
    curation.pause(paused.id)
    curation.move(half.id, "one")
    curation.move(half.id, "two")
    (member,) = curation.outline().members["two"]
    store.sources.put_member(replace(member, paused=True))  # awake in the other
    refresher.run(FakeProgress())
    assert sorted(web.asked) == sorted([half.address, loose.address])
    assert paused.id not in refresher.due()
    refresher.run(FakeProgress(), [paused.id])
    assert web.asked[-1] == paused.address


def test_only_the_named_sources_are_asked_and_unknown_ids_are_passed_over(
    store: Store, web: FakeFetcher, refresher: Refresher
):
    a, b = add_source(store, "A"), add_source(store, "B")
    store.sources.remove(b.id)
    report = refresher.run(FakeProgress(), [b.id, a.id, 99])
    assert web.asked == [a.address]
    assert report.asked == 1
    assert refresher.run(FakeProgress(), []).asked == 0


def test_nothing_is_due_until_the_person_has_asked_once(store: Store, refresher: Refresher, clock: FakeClock):
    first = add_source(store, "First")
    clock.advance(days=3)
    assert refresher.due() == ()
    refresher.run(FakeProgress())
    assert refresher.due() == ()
    store.sources.remove(first.id)
    new = add_source(store, "New")
    assert refresher.due() == (new.id,)


def test_a_pause_outlives_its_sector(store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock):
    curation = Curation(store, clock)
    for title in ("One", "Two"):
        curation.add_sector(title)
    paused, loose = add_source(store, "Paused"), add_source(store, "Loose")
    curation.move(paused.id, "one")
    curation.pause(paused.id)
    curation.remove_sector("one")
    refresher.run(FakeProgress())
    assert web.asked == [loose.address]
    curation.move(paused.id, "two")
    assert curation.outline().paused == {paused.id}
    curation.remove_sector("two")
    curation.pause(paused.id, False)
    assert set(seen_due(refresher, clock, minutes=10)) == {paused.id}


def seen_due(refresher: Refresher, clock: FakeClock, **parts: float) -> dict[int, int]:
    """Look every half minute for so long, asking nobody: who was due, and after how many seconds first."""
    found: dict[int, int] = {}
    for looks in range(int(timedelta(**parts).total_seconds()) // 30 + 1):
        for source in refresher.due():
            found.setdefault(source, 30 * looks)
        clock.advance(seconds=30)
    return found


def test_due_are_those_whose_time_has_come(store: Store, refresher: Refresher, clock: FakeClock):
    a = add_source(store, "A")
    refresher.run(FakeProgress(), [a.id])
    assert refresher.due() == ()
    b = add_source(store, "B")
    assert refresher.due() == (b.id,)
    due = store.sources.state(a.id).next_due - clock.now()
    found = seen_due(refresher, clock, minutes=97)
    assert (found[b.id], found[a.id]) == (0, -(-due.total_seconds() // 30) * 30)


def test_what_waited_while_veille_did_not_run_is_spread_over_minutes(store: Store, web: FakeFetcher, clock: FakeClock):
    sources = [add_source(store, f"S{number}") for number in range(40)]
    refresher_of(store, clock, web).run(FakeProgress())
    clock.advance(hours=5)
    started = refresher_of(store, clock, web)
    found = seen_due(started, clock, minutes=10)
    assert found.keys() == {source.id for source in sources}
    assert len([seconds for seconds in found.values() if seconds < 60]) < 12
    assert len(set(found.values())) > 10


def test_the_first_look_of_a_command_is_its_only_one(store: Store, web: FakeFetcher, clock: FakeClock):
    sources = [add_source(store, f"S{number}") for number in range(4)]
    refresher_of(store, clock, web).run(FakeProgress())
    clock.advance(hours=5)
    assert sorted(refresher_of(store, clock, web).due(once=True)) == [source.id for source in sources]


def test_without_an_interval_nothing_is_due(store: Store, web: FakeFetcher, clock: FakeClock):
    refresher = refresher_of(store, clock, web, settings=Settings(refresh_minutes=0))
    add_source(store, "A")
    refresher.run(FakeProgress())
    add_source(store, "B")
    assert seen_due(refresher, clock, hours=3) == {}


def test_nothing_is_due_while_a_pass_goes_on(store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock):
    a, b = add_source(store, "A"), add_source(store, "B")
    refresher.run(FakeProgress(), [a.id])
    looks: list[tuple[int, ...]] = []

    def look(asked: Source) -> Fetched:
        looks.append(refresher.due(once=True))
        return Fetched(asked.id, SourceState(asked.id))

    web.feeds[b.address] = look
    assert refresher.due(once=True) == (b.id,)
    refresher.run(FakeProgress(), [b.id], reason=Reason.SCHEDULED)
    assert looks == [()]


def test_the_schedule_does_not_ask_again_whom_somebody_asked_since_it_looked(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    source = add_source(store, "A")
    refresher.run(FakeProgress())
    clock.advance(hours=2)
    due = refresher.due(once=True)
    refresher.run(FakeProgress(), due)
    assert refresher.run(FakeProgress(), due, reason=Reason.SCHEDULED).asked == 0
    assert web.asked == [source.address] * 2


def test_to_look_writes_nothing(store: Store, refresher: Refresher, clock: FakeClock, monkeypatch):
    source = add_source(store, "A")
    refresher.run(FakeProgress())
    monkeypatch.setattr(store.db, "write", lambda: 1 / 0)
    assert seen_due(refresher, clock, hours=2).keys() == {source.id}


def test_who_asked_for_patience_is_left_alone_even_by_hand(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    a, b = add_source(store, "A"), add_source(store, "B")
    give(web, b, "1")
    web.feeds[a.address] = Busy(host="a.example", status=429, retry_after=7200)
    refresher.run(FakeProgress())
    web.asked.clear()
    clock.advance(minutes=119)
    report = refresher.run(FakeProgress())
    assert (web.asked, report.waiting, report.asked) == ([b.address], 1, 1)
    clock.advance(minutes=30)
    assert refresher.run(FakeProgress()).waiting == 0


def test_a_patience_that_a_wrong_clock_noted_does_not_last(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    a = add_source(store, "A")
    web.feeds[a.address] = Busy(host="a.example", status=429, retry_after=7200)
    clock.advance(days=365)
    refresher.run(FakeProgress())
    clock.advance(days=-365)
    assert refresher.run(FakeProgress()).waiting == 0
    assert refresher.run(FakeProgress()).waiting == 1


def test_a_clock_that_runs_ahead_lets_nothing_expire(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    a = add_source(store, "A")
    give(web, a, "1", "2")
    refresher.run(FakeProgress())
    clock.advance(days=365)
    web.feeds[a.address] += (an_item(a.id, "undated", clock.now(), published=None),)
    refresher.run(FakeProgress())
    assert len(titles(store)) == 3


def test_what_came_while_the_clock_was_behind_does_not_expire_at_once(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    a, now = add_source(store, "A"), clock.now()
    clock.advance(days=-365)
    give(web, a, "1", published=now, at=clock.now())
    refresher.run(FakeProgress())
    clock.advance(days=365)
    give(web, a, "2")
    refresher.run(FakeProgress())
    assert titles(store) == {"Title 1", "Title 2"}


def test_what_expired_or_was_removed_does_not_come_back(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    source = add_source(store, "A")
    give(web, source, "old", "kept", "removed")
    refresher.run(FakeProgress())
    ids = {item.uid: item.id for item in store.items.rows(store.items.ids(Filter()))}
    store.marks.set_saved([ids["kept"]], clock.now())
    store.items.remove([ids["removed"]])
    clock.advance(days=31)
    heard: list[Changes] = []
    web.feeds[source.address] += (an_item(source.id, "today", clock.now()),)
    refresher.run(FakeProgress(), on_changes=heard.append)  # the feed still lists the other three
    assert titles(store) == {"Title kept", "Title today"}
    assert heard[-1].sources == {source.id}
    assert web.known[source.address] == {"old": "hash old", "kept": "hash kept", "removed": "gone"}
    everything = tuple(an_item(source.id, uid, clock.now()) for uid in ("old", "removed", "new"))
    web.feeds[source.address] = lambda asked: Fetched(asked.id, SourceState(asked.id), everything)  # known is ignored
    assert refresher.run(FakeProgress()).changes.new == 1
    assert titles(store) == {"Title kept", "Title today", "Title new"}


def test_keeping_everything_expires_nothing(store: Store, clock: FakeClock, web: FakeFetcher):
    source = add_source(store, "A")
    put_items(store, source.id, clock, "a")
    clock.advance(days=4000)
    give(web, source, "today")
    refresher_of(store, clock, web, settings=Settings(keep_days=0)).run(FakeProgress())
    assert titles(store) == {"Title a", "Title today"}


def days(store: Store, clock: FakeClock, seed: int) -> list[tuple[str, str]]:
    """Two simulated days of scheduled passes: who was asked when."""
    web = FakeFetcher(clock)
    refresher = refresher_of(store, clock, web, settings=Settings(), seed=seed)
    sources = [add_source(store, name) for name in "ABCD"]
    web.feeds[sources[1].address] = Gone(host="b.example", status=404)
    web.feeds[sources[2].address] = Busy(host="c.example", status=429, retry_after=10_000)
    refresher.run(FakeProgress(), [sources[3].id])
    web.asked.clear()
    log = []
    for _minute in range(2 * 24 * 60):
        if due := refresher.due():
            refresher.run(FakeProgress(), due)
            log += [(str(clock.now()), address) for address in sorted(web.asked)]
            web.asked.clear()
        clock.advance(minutes=1)
    return log


def test_days_can_be_simulated_and_repeated(tmp_path):
    logs = []
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        clock = FakeClock()
        store = open_store(tmp_path / name, write=True, clock=clock)
        logs.append(days(store, clock, seed))
        store.close()
    assert logs[0] == logs[1]
    assert logs[0] != logs[2]
    asked = [address for _when, address in logs[0]]
    assert 2 * 24 / 1.6 - 1 <= asked.count("https://a.example/feed") <= 2 * 24
    assert 2 <= asked.count("https://b.example/feed") <= 3
