"""Sizes, what a clean-up would remove, and that it removes that and nothing else."""

from array import array
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pytest

from tests.core.conftest import FakeFetcher, add_source, an_item, refresher_of
from tests.fakes import FakeClock, FakeProgress
from veille import i18n
from veille.core.keeping.storage import BATCH, Proposal, Storage, expiry_text, horizon
from veille.core.library import Library
from veille.core.searching.indexing import Indexer
from veille.errors import ProfileUnwritable
from veille.model import Query
from veille.settings import Settings
from veille.store import Filter, Store

LONG = "<p>" + "lithium batteries " * 300 + "</p>"


@pytest.fixture
def storage(store: Store, clock: FakeClock, woken: list[int]) -> Storage:
    return Storage(store, clock, lambda: Settings(keep_days=30), lambda: woken.append(1))


def put(store: Store, clock: FakeClock, name: str, count: int, days: float, content: str = LONG) -> list[int]:
    """``count`` items of the source ``name``, all ``days`` old."""
    source, when = add_source(store, name).id, clock.now() - timedelta(days=days)
    return store.items.apply(
        [an_item(source, f"{name}-{days}-{n}", when, content=f"{content}{n}") for n in range(count)], []
    )


def ids(store: Store) -> set[int]:
    return set(store.items.ids(Filter()))


def test_what_would_go_is_said_and_then_goes(
    store: Store, storage: Storage, clock: FakeClock, woken: list[int]
) -> None:
    old, other, new = put(store, clock, "Old", 3, 40), put(store, clock, "Other", 1, 50), put(store, clock, "Old", 2, 0)
    store.marks.set_saved(old[:1], clock.now())
    proposal = storage.propose()
    assert proposal.before == clock.now() - timedelta(days=30)
    assert (proposal.items, proposal.kept, proposal.sources) == (3, 1, (("Old", 2), ("Other", 1)))
    assert proposal.oldest == clock.now() - timedelta(days=50)
    assert 3 * len(LONG) < proposal.bytes < 4 * len(LONG)
    assert proposal.text.startswith("3 items that came before 31 Jan 2026 would go, about 17 kB. The oldest is of")
    assert proposal.kept_text == "1 item as old stays: you kept it."
    assert ids(store) == {*old, *other, *new}, "it changes nothing"
    progress = FakeProgress()
    cleaned = storage.clean(proposal, progress)
    assert ids(store) == {old[0], *new}
    assert (cleaned.removed, cleaned.cancelled, woken) == (3, False, [1])
    assert cleaned.text == "3 items were deleted. Their room is used for what comes."
    assert cleaned.changes.sources == {each.id for each in store.sources.all()}
    assert cleaned.changes.undo is None
    assert storage.propose() == replace(proposal, items=0, bytes=0, sources=(), oldest=None)
    assert storage.propose().text == "There is nothing to delete."


def test_it_is_what_a_refresh_removes(store: Store, storage: Storage, clock: FakeClock, web: FakeFetcher) -> None:
    put(store, clock, "Old", 20, 40)
    put(store, clock, "Old", 3, 29)
    store.marks.set_note(5, "mine", clock.now())
    proposal, before = storage.propose(), ids(store)
    refresher_of(store, clock, web, settings=Settings(keep_days=30)).run(FakeProgress())
    assert before - ids(store) == set(proposal.ids)


def test_days_are_counted_from_the_newest_date(store: Store, storage: Storage, clock: FakeClock) -> None:
    put(store, clock, "Old", 3, 10)
    clock.advance(days=1000)  # a wrong clock, or a long holiday
    assert storage.propose(30).items == 0
    assert horizon(store, 30) == clock.now() - timedelta(days=1040)
    put(store, clock, "New", 1, 0)
    assert storage.propose(30).items == 3


def test_no_days_means_never(store: Store, storage: Storage, clock: FakeClock) -> None:
    nothing = Storage(store, clock, lambda: Settings(keep_days=0), lambda: None)
    put(store, clock, "Old", 3, 400)
    put(store, clock, "New", 1, 0)
    assert nothing.propose().before is None
    assert storage.propose(0).before is None
    assert nothing.propose(30).items == storage.propose().items == 3
    assert storage.propose(10**30).before is None, "older than any date"
    cleaned = storage.clean(storage.propose(0), FakeProgress())
    assert (cleaned.removed, cleaned.given, cleaned.changes.sources) == (0, 0, frozenset())


def test_a_profile_without_dates_keeps_all(store: Store, storage: Storage, clock: FakeClock) -> None:
    assert storage.propose() == Proposal(None)
    source = add_source(store, "Undated").id
    store.items.apply([an_item(source, "a", clock.now() - timedelta(days=400), published=None)], [])
    assert storage.propose().text == "There is nothing to delete."


def test_what_was_kept_meanwhile_stays_and_nothing_else_goes(store: Store, storage: Storage, clock: FakeClock) -> None:
    old = put(store, clock, "Old", 4, 40)
    put(store, clock, "New", 1, 0)
    store.marks.set_saved(old[3:], clock.now())
    proposal = storage.propose()
    store.marks.set_saved(old[:1], clock.now())
    store.marks.set_tags(old[1:2], ["mine"])
    store.marks.set_saved(old[3:], None)  # was not proposed
    assert storage.clean(proposal, FakeProgress()).removed == 1
    assert ids(store) == {old[0], old[1], old[3], old[3] + 1}


def test_what_is_gone_does_not_come_back(
    store: Store, storage: Storage, clock: FakeClock, library: Library, indexer: Indexer, web: FakeFetcher
) -> None:
    source = add_source(store, "Alpha")
    long_ago = clock.now() - timedelta(days=40)
    store.items.apply([an_item(source.id, "old", long_ago), an_item(source.id, "new", clock.now())], [])
    indexer.drain()
    assert library.listing(Query(text="title old")).total == 1
    storage.clean(storage.propose(), FakeProgress())
    indexer.drain()
    assert library.listing(Query(text="title old")).total == 0
    web.feeds[source.address] = (an_item(source.id, "old", long_ago), an_item(source.id, "new", clock.now()))
    assert refresher_of(store, clock, web).run(FakeProgress()).changes.new == 0
    assert len(ids(store)) == 1


def test_room_is_given_back(store: Store, storage: Storage, clock: FakeClock) -> None:
    put(store, clock, "Old", 600, 40)
    put(store, clock, "New", 5, 0)
    before, progress = storage.sizes(), FakeProgress()
    assert before.items == 605
    cleaned = storage.clean(storage.propose(), progress)
    after = storage.sizes()
    assert cleaned.given == before.database - after.database > 1_000_000
    assert (after.items, after.kept, after.free) == (5, 0, 0)
    assert cleaned.text == f"600 items were deleted. {i18n.size(cleaned.given)} given back to the disk."
    assert progress.steps == [
        (0, 600, "Deleting old items"),
        (0, 0, "Giving room back to the disk; changes wait until then"),
    ]
    assert after.whole == after.database + after.index + after.traces
    assert after.text == "5 items, the oldest is of 02 Mar 2026."


def test_it_can_be_stopped(store: Store, storage: Storage, clock: FakeClock) -> None:
    put(store, clock, "Old", BATCH + 5, 40, "")
    put(store, clock, "New", 1, 0)
    cleaned = storage.clean(storage.propose(), FakeProgress(stop_after=1))
    assert (cleaned.removed, cleaned.cancelled) == (BATCH, True)
    assert cleaned.text == "1,000 items were deleted. Their room is used for what comes."
    assert storage.propose().items == 5
    assert storage.clean(storage.propose(), FakeProgress(stop_after=0)).removed == 0


def test_stopping_while_room_is_given_back_is_no_failure(store: Store, storage: Storage, clock: FakeClock) -> None:
    put(store, clock, "Old", 600, 40)
    put(store, clock, "New", 5, 0)
    cleaned = storage.clean(storage.propose(), FakeProgress(stop_after=2))
    assert (cleaned.removed, cleaned.cancelled) == (600, True)
    assert storage.sizes().free > 1_000_000
    assert storage.propose().items == 0


def test_a_disk_that_is_full_is_no_failure(
    store: Store, storage: Storage, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, clock, "Old", 600, 40)
    put(store, clock, "New", 5, 0)

    def full(_cancelled: object) -> None:
        raise ProfileUnwritable(path="/profile", detail="the disk is full")

    monkeypatch.setattr(store.room, "give_back", full)
    cleaned = storage.clean(storage.propose(), FakeProgress())
    assert cleaned.text == (
        "600 items were deleted. Their room is used for what comes. "
        "The file could not be made smaller now: Veille cannot write to /profile: the disk is full."
    )
    assert len(ids(store)) == 5


def test_others_write_between_two_batches(store: Store, storage: Storage, clock: FakeClock) -> None:
    put(store, clock, "Old", 3 * BATCH, 40, "")
    kept = put(store, clock, "New", 1, 0)
    saved = Event()

    class Watching(FakeProgress):
        def step(self, done: int, total: int, text: str = "") -> None:
            super().step(done, total, text)
            if done == BATCH:
                writer = Thread(target=lambda: store.marks.set_saved(kept, clock.now()) and saved.set())
                writer.start()
                writer.join()

    assert storage.clean(storage.propose(), Watching()).removed == 3 * BATCH
    assert saved.is_set()


def test_a_proposal_of_one_is_said_so(clock: FakeClock) -> None:
    one = Proposal(clock.now(), 1, 999, 2, (("A", 1),), clock.now() - timedelta(days=3), array("q", [1]))
    assert one.text == "1 item that came before 02 Mar 2026 would go, about 999 bytes. It is of 27 Feb 2026."
    assert one.kept_text == "2 items as old stay: you kept them."
    assert replace(one, kept=0).kept_text == ""


def test_the_setting_is_said() -> None:
    assert expiry_text(0) == "Nothing is deleted by itself."
    assert expiry_text(90) == "What you did not save, tag, highlight or note is deleted after 90 days."
    assert expiry_text(1).endswith("1 day.")


@pytest.mark.parametrize(
    ("count", "english", "french"),
    [(0, "0 bytes", None), (1, "1 byte", None), (999, "999 bytes", None), (1000, "1.0 kB", "1,0"),
     (9_949, "9.9 kB", "9,9"), (9_950, "10 kB", "10"), (999_499, "999 kB", "999"), (999_500, "1.0 MB", "1,0"),
     (45_200_000, "45 MB", "45"), (3_210_000_000, "3.2 GB", "3,2"), (10**16, "10,000 TB", "10\u202f000")],
)  # fmt: skip
def test_sizes_are_said_in_units_of_the_language(count: int, english: str, french: str | None) -> None:
    assert i18n.size(count) == english
    if french:
        i18n.use("fr")
        assert i18n.size(count).startswith(french + "\u00a0")
        i18n.use("en")
