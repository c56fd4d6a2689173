"""What is asked for at each key is made anew only when something was written."""

import threading

import pytest

from tests.fakes import FakeClock
from tests.store.build import START, feed, item
from veille.store import Filter, Store, open_store
from veille.store.remembered import Remembered


def test_the_version_moves_with_each_write_and_only_then(store: Store) -> None:
    first = store.version
    feed(store)
    second = store.version
    assert second != first
    store.sources.outline()
    store.items.counts()
    assert store.version == second
    with store.db.write():
        store.values.put("a", "1")
        inside = store.version
    assert inside == second != store.version


def test_beside_a_window_the_version_moves_when_the_window_writes(store: Store, clock: FakeClock) -> None:
    beside = open_store(store.folder, write=False, clock=clock)
    try:
        assert beside.sources.outline().sources == {}
        before = beside.version
        assert beside.version == before
        source = feed(store)
        assert beside.version != before
        assert beside.sources.outline().sources == {source.id: source}
        seen: list[int] = []
        thread = threading.Thread(target=lambda: seen.append(beside.version))
        thread.start()
        thread.join()
        assert seen == [beside.version]  # whichever thread asks
    finally:
        beside.close()


def test_nothing_is_made_twice_for_the_same_version(store: Store) -> None:
    made: list[int] = []
    remembered = Remembered(store.db, lambda: made.append(1) or len(made))
    assert [remembered(), remembered()] == [1, 1]
    feed(store)
    assert [remembered(), remembered()] == [2, 2]


def test_what_a_transaction_sees_is_not_remembered(store: Store) -> None:
    outline = store.sources.outline()
    with pytest.raises(ZeroDivisionError):  # noqa: PT012, SIM117 - the failure is inside the transaction
        with store.db.write():
            source = feed(store)
            assert store.sources.outline().sources == {source.id: source}
            raise ZeroDivisionError
    assert store.sources.outline() == outline


def test_what_a_snapshot_sees_is_not_remembered(store: Store) -> None:
    with store.db.snapshot():
        assert store.sources.outline().sources == {}
        writer = threading.Thread(target=feed, args=(store,))
        writer.start()
        writer.join()
        assert store.sources.outline().sources == {}
    assert len(store.sources.outline().sources) == 1


def test_every_set_follows_what_is_done(store: Store) -> None:
    source = feed(store).id
    a, b, c = store.items.apply([item(source, uid) for uid in "abc"], [])
    sets = (store.marks.read_ids, store.marks.saved_ids, store.marks.noted_ids, store.items.hidden)

    def seen() -> list[list[int]]:
        return [*(list(each()) for each in sets), list(store.marks.tagged("t"))]

    assert seen() == [[], [], [], [], []]
    store.marks.set_read([b, a])
    store.marks.set_saved([c], START)
    store.marks.set_tags([b], ["T"])
    store.marks.set_note(a, "n", START)
    assert seen() == [[a, b], [c], [a], [], [b]]
    store.sources.remove(source)
    store.marks.set_saved([c], None)
    assert seen() == [[a, b], [], [a], [c], [b]]
    store.items.remove([a, b])
    assert seen() == [[], [], [], [a, b, c], []]  # until the index has let go of them
    store.queue.done(store.queue.take(10)[2])
    assert seen() == [[], [], [], [c], []]


def test_threads_that_ask_while_one_writes_never_get_less_than_was_there(store: Store) -> None:
    source = feed(store).id
    ids = store.items.apply([item(source, f"u{number}", content="") for number in range(200)], [])
    done = threading.Event()
    wrong: list[tuple[int, int]] = []
    marked = 0

    def ask() -> None:
        while not done.wait(0.0001):  # readers that never pause would leave the writer no turn at the interpreter
            at_least = marked
            if (found := len(store.marks.read_ids())) < at_least:
                wrong.append((found, at_least))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number, each in enumerate(ids):
        store.marks.set_read([each])
        marked = number + 1
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_whole_lists_are_remembered_until_something_is_written(store: Store) -> None:
    source = feed(store).id
    first, second = store.items.apply([item(source, "a"), item(source, "b")], [])
    whole, unread = store.items.ids(Filter()), store.items.ids(Filter(unread=True))
    assert sorted(whole) == sorted(unread) == [first, second]
    assert store.items.ids(Filter()) is whole
    assert store.items.ids(Filter(unread=True)) is unread
    store.marks.set_read([first])
    assert list(store.items.ids(Filter(unread=True))) == [second]
    assert len(store.items.ids(Filter(), limit=1)) == 1
    with store.db.write():
        store.marks.set_read([second])
        assert list(store.items.ids(Filter(unread=True))) == []
    assert list(store.items.ids(Filter(unread=True))) == []
