"""What a pass does with what sources answer."""

import threading
import time
from datetime import timedelta

import pytest

from tests.core.conftest import FakeFetcher, add_source, an_item, give, refresher_of, titles
from tests.fakes import FakeClock, FakeProgress
from veille.core.curating.curation import Curation
from veille.core.watching.asking import BATCH_ITEMS, BATCH_SOURCES
from veille.core.watching.refresh import Refresher
from veille.errors import (
    Cancelled,
    Gone,
    NotInSample,
    ProfileUnwritable,
    RefreshRunning,
    Unreachable,
    describe,
)
from veille.model import Changes, Fetched, Source, SourceState
from veille.store import Filter, Store


def test_a_pass_asks_every_source_and_stores_what_came(
    store: Store, web: FakeFetcher, refresher: Refresher, woken: list[int], clock: FakeClock
):
    a, b = add_source(store, "A"), add_source(store, "B")
    give(web, a, "1", "2")
    give(web, b, "1")
    heard: list[Changes] = []
    progress = FakeProgress()
    report = refresher.run(progress, on_changes=heard.append)
    assert sorted(web.asked) == [a.address, b.address]
    assert (report.asked, report.changes.new, report.failed, report.unchanged, report.cancelled) == (2, 3, (), 0, False)
    assert len(store.items.ids(Filter())) == 3
    assert report.changes.sources == {a.id, b.id}
    assert report.changes.items == set(store.items.ids(Filter()))
    assert sum(changes.new for changes in heard) == 3
    assert len(woken) == len(heard) >= 1
    assert [step[:2] for step in progress.steps] == [(0, 2), (1, 2), (2, 2)]
    assert store.queue.count() == 3
    state = store.sources.state(a.id)
    assert (state.validators.etag, state.error, state.checked) == ('"1"', "", clock.now())
    assert timedelta(minutes=60) <= state.next_due - clock.now() <= timedelta(minutes=96)


def test_nothing_new_stores_nothing(store: Store, web: FakeFetcher, refresher: Refresher):
    source = add_source(store, "A")
    give(web, source, "1")
    refresher.run(FakeProgress())
    before = store.queue.count()
    report = refresher.run(FakeProgress())
    assert (report.changes.new, report.unchanged) == (0, 1)
    assert web.known[source.address] == {"1": "hash 1"}
    assert store.queue.count() == before


def test_what_changed_is_updated_and_the_marks_stay(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    source = add_source(store, "A")
    give(web, source, "1")
    refresher.run(FakeProgress())
    (id,) = store.items.ids(Filter())
    store.marks.set_saved([id], clock.now())
    store.marks.set_read([id], True)
    first_seen = store.items.get(id).seen
    clock.advance(hours=2)
    give(web, source, "1", title="Corrected", hash="other")
    report = refresher.run(FakeProgress())
    assert (report.changes.new, report.changes.items) == (0, {id})
    item = store.items.get(id)
    assert (item.title, item.seen) == ("Corrected", first_seen)
    mark = store.marks.get([id])[id]
    assert mark.read
    assert mark.saved
    assert [each.title for each in store.items.versions(id)] == ["Title 1"]


def test_a_source_that_fails_disturbs_nothing_else(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    good, gone, broken = (add_source(store, name) for name in ("Good", "Gone", "Broken"))
    give(web, good, "1")
    web.feeds[gone.address] = Gone(host="gone.example", status=410)
    web.feeds[broken.address] = ZeroDivisionError("a bug in a parser")
    report = refresher.run(FakeProgress())
    assert titles(store) == {"Title 1"}
    assert {source.title: why for source, why in report.failed} == {
        "Gone": "There is no feed at this address any more (410).",
        "Broken": "It failed: ZeroDivisionError.",
    }
    state = store.sources.state(gone.id)
    assert state.failures == 1
    assert describe(state.error) == "There is no feed at this address any more (410)."
    assert state.next_due - clock.now() >= timedelta(hours=16)
    assert describe(store.sources.state(broken.id).error) == "It failed: ZeroDivisionError."


def test_failures_are_counted_and_forgotten_by_a_good_answer(store: Store, web: FakeFetcher, refresher: Refresher):
    a, b = add_source(store, "A"), add_source(store, "B")
    give(web, b, "1")
    web.feeds[a.address] = Unreachable(host="a.example", detail="refused")
    for expected in (1, 2, 3):
        refresher.run(FakeProgress())
        assert store.sources.state(a.id).failures == expected
    give(web, a, "x")
    refresher.run(FakeProgress())
    state = store.sources.state(a.id)
    assert (state.failures, state.error) == (0, "")


def test_a_failure_keeps_what_was_remembered_of_the_source(store: Store, web: FakeFetcher, refresher: Refresher):
    source = add_source(store, "A")
    give(web, source, "1")
    refresher.run(FakeProgress())
    web.feeds[source.address] = Gone(host="a.example", status=404)
    refresher.run(FakeProgress())
    assert store.sources.state(source.id).validators.etag == '"1"'


def test_the_source_tells_its_name_and_the_person_keeps_theirs(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    a, b = add_source(store, "A"), add_source(store, "B")
    Curation(store, clock).rename_source(b.id, "Mine")
    report = refresher.run(FakeProgress())
    assert report.changes.outline
    assert store.sources.get(a.id).label == "A itself"
    assert (store.sources.get(b.id).label, store.sources.get(b.id).title) == ("Mine", "B itself")
    web.feeds[a.address] = lambda source: Fetched(
        source.id, SourceState(source.id), lang="fr", site="https://a.example/"
    )
    refresher.run(FakeProgress(), [a.id])
    source = store.sources.get(a.id)
    assert (source.title, source.lang, source.site) == ("A itself", "fr", "https://a.example/")
    assert not refresher.run(FakeProgress(), [a.id]).changes.outline


def test_a_refresh_is_no_entry_of_the_history(store: Store, web: FakeFetcher, refresher: Refresher):
    give(web, add_source(store, "A"), "1")
    refresher.run(FakeProgress())
    assert store.history.last() is None


def test_cancelling_keeps_what_came(store: Store, web: FakeFetcher, refresher: Refresher):
    progress = FakeProgress(stop_after=12)

    def never_ending(asked: Source) -> Fetched:
        while not progress.cancelled:
            time.sleep(0.01)
        raise Cancelled

    quick = [add_source(store, f"Quick {number}") for number in range(15)]
    for source in quick:
        give(web, source, "1")
    for number in range(20):
        web.feeds[add_source(store, f"Slow {number}").address] = never_ending
    report = refresher.run(progress)
    assert report.cancelled
    assert 11 <= report.asked <= 15
    assert report.changes.new == report.asked == len(store.items.ids(Filter()))
    assert report.failed == ()
    again = refresher.run(FakeProgress(), [source.id for source in quick])
    assert again.changes.new == 15 - report.asked


def test_an_answer_that_cannot_be_stored_is_a_failure_of_its_source_alone(
    store: Store, web: FakeFetcher, refresher: Refresher
):
    good, odd = add_source(store, "Good"), add_source(store, "Odd")
    give(web, good, "1")
    give(web, odd, "1", "2", title=None)
    report = refresher.run(FakeProgress())
    assert titles(store) == {"Title 1"}
    assert [(source.id, why) for source, why in report.failed] == [(odd.id, "It failed: IntegrityError.")]
    assert store.sources.state(odd.id).failures == 1
    give(web, odd, "1", "2")
    assert refresher.run(FakeProgress()).changes.new == 2


def test_a_source_that_is_removed_while_it_is_asked_stays_removed(
    store: Store, web: FakeFetcher, refresher: Refresher, clock: FakeClock
):
    source = add_source(store, "A")

    def remove_meanwhile(asked: Source) -> Fetched:
        store.sources.remove(asked.id)
        return Fetched(asked.id, SourceState(asked.id), (an_item(asked.id, "1", clock.now()),))

    web.feeds[source.address] = remove_meanwhile
    assert refresher.run(FakeProgress()).changes.new == 0
    assert store.sources.get(source.id).removed
    assert not store.items.known(source.id)


def test_batches_are_small_and_whole(store: Store, web: FakeFetcher, refresher: Refresher):
    for number in range(2 * BATCH_SOURCES + 5):
        give(web, add_source(store, f"S{number}"), "1")
    heard: list[Changes] = []
    refresher.run(FakeProgress(), on_changes=heard.append)
    assert all(len(changes.sources) <= BATCH_SOURCES for changes in heard)
    assert sum(len(changes.sources) for changes in heard) == 2 * BATCH_SOURCES + 5


def test_large_sources_are_stored_by_themselves(store: Store, web: FakeFetcher, refresher: Refresher):
    for name in "AB":
        give(web, add_source(store, name), *map(str, range(BATCH_ITEMS)))
    heard: list[Changes] = []
    refresher.run(FakeProgress(), on_changes=heard.append)
    assert [changes.new for changes in heard] == [BATCH_ITEMS, BATCH_ITEMS]


def test_what_cannot_be_stored_is_said_and_what_was_stored_stays(
    store: Store, web: FakeFetcher, refresher: Refresher, monkeypatch: pytest.MonkeyPatch
):
    for number in range(2 * BATCH_SOURCES):
        give(web, add_source(store, f"S{number}"), "1")
    batches = []

    def full_disk(changes: Changes) -> None:
        batches.append(changes)
        monkeypatch.setattr(store.db, "write", no_room)

    def no_room():
        raise ProfileUnwritable(path="profile", detail="no space left")

    with pytest.raises(ProfileUnwritable):
        refresher.run(FakeProgress(), on_changes=full_disk)
    assert len(store.items.ids(Filter())) == batches[0].new > 0
    assert len(batches) == 1


def test_one_pass_at_a_time(store: Store, web: FakeFetcher, refresher: Refresher):
    source = add_source(store, "A")
    began, go_on = threading.Event(), threading.Event()

    def wait(asked: Source) -> Fetched:
        began.set()
        assert go_on.wait(10)
        return Fetched(asked.id, SourceState(asked.id))

    web.feeds[source.address] = wait
    first = threading.Thread(target=refresher.run, args=(FakeProgress(),))
    first.start()
    assert began.wait(10)
    with pytest.raises(RefreshRunning):
        refresher.run(FakeProgress())
    go_on.set()
    first.join()
    assert refresher.run(FakeProgress()).asked == 1


def test_sources_are_asked_in_parallel(store: Store, web: FakeFetcher, refresher: Refresher):
    together = threading.Barrier(5)

    def meet(asked: Source) -> Fetched:
        together.wait(10)
        return Fetched(asked.id, SourceState(asked.id))

    for number in range(5):
        web.feeds[add_source(store, f"S{number}").address] = meet
    assert refresher.run(FakeProgress()).failed == ()


def test_the_sample_is_never_asked(store: Store, clock: FakeClock, web: FakeFetcher):
    add_source(store, "A")
    refresher = refresher_of(store, clock, web, sample=True)
    with pytest.raises(NotInSample, match="invented"):
        refresher.run(FakeProgress())
    assert refresher.due() == ()
    assert web.asked == []
