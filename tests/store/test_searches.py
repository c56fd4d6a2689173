"""Saved searches, and what was searched for lately."""

import threading
from dataclasses import replace

import pytest

from tests.fakes import FakeClock
from veille.errors import TooLong, TooMany
from veille.model import Changes, SavedSearch
from veille.store import Store


def test_saved_searches_are_in_order_and_in_the_outline(store: Store) -> None:
    assert store.searches.all() == ()
    second = store.searches.put(SavedSearch(0, "hydrogène is:unread", rank=2))
    first = store.searches.put(SavedSearch(0, "5G", "Networks", 1))
    assert (first, second) == (SavedSearch(2, "5G", "Networks", 1), SavedSearch(1, "hydrogène is:unread", "", 2))
    assert store.searches.all() == store.sources.outline().searches == (first, second)
    moved = store.searches.put(replace(first, rank=3, name="Other"))
    assert store.searches.all() == store.sources.outline().searches == (second, moved)


def test_one_that_was_removed_is_set_aside_and_comes_back_with_its_number(store: Store) -> None:
    old = store.searches.put(SavedSearch(0, "5G", "Networks", 1))
    store.searches.remove(old.id)
    store.searches.remove(99)
    assert store.searches.all() == ()
    assert store.searches.put(SavedSearch(0, "6G")).id == old.id + 1
    assert store.searches.put(SavedSearch(0, "5G", rank=7)) == SavedSearch(old.id, "5G", "", 7)


def test_each_change_of_a_saved_search_can_be_taken_back(store: Store, clock: FakeClock) -> None:
    with store.history.recording("Saved") as saved:
        one = store.searches.put(SavedSearch(0, "5G"))
    with store.history.recording("Renamed"):
        store.searches.put(replace(one, name="Networks"))
    with store.history.recording("Removed"):
        store.searches.remove(one.id)
    with store.history.recording("Nothing"):
        store.searches.remove(one.id)
    assert store.history.undo() == Changes(outline=True, text="Removed")
    assert store.searches.all() == (replace(one, name="Networks"),)
    store.history.undo()
    assert store.searches.all() == (one,)
    store.history.undo(saved)
    assert (store.searches.all(), store.history.last()) == ((), None)


def test_saved_again_and_taken_back_it_is_set_aside_again(store: Store) -> None:
    one = store.searches.put(SavedSearch(0, "5G"))
    store.searches.remove(one.id)
    with store.history.recording("Saved again"):
        store.searches.put(SavedSearch(0, "5G"))
    store.history.undo()
    assert store.searches.all() == ()


def test_the_newest_fifty_texts_are_remembered_each_once(store: Store) -> None:
    for number in range(60):
        store.searches.remember(f"text {number}")
    store.searches.remember("text 30")
    assert store.searches.recent(3) == ["text 30", "text 59", "text 58"]
    assert len(store.searches.recent()) == len(set(store.searches.recent(99))) == 50
    assert store.searches.recent()[-1] == "text 10"
    store.searches.forget()
    assert store.searches.recent() == []


def test_what_was_searched_for_is_not_kept_in_the_file_once_it_is_forgotten(store: Store) -> None:
    store.searches.remember("unmistakable")
    store.searches.forget()
    assert store.history.last() is None
    store.close()
    assert b"unmistakable" not in (store.folder / "veille.db").read_bytes()


def test_nor_in_the_log_while_the_profile_is_open(store: Store) -> None:
    for number in range(60):
        store.searches.remember(f"unmistakable {number}")
    store.searches.forget()
    assert not any(b"unmistakable" in path.read_bytes() for path in store.folder.iterdir() if path.is_file())
    store.searches.remember("another")
    assert store.searches.recent() == ["another"]


def test_forgetting_waits_for_no_reader_for_long(store: Store) -> None:
    store.searches.remember("unmistakable")
    reading, done = threading.Event(), threading.Event()

    def read() -> None:
        with store.db.snapshot():
            store.searches.recent()
            reading.set()
            done.wait(20)

    thread = threading.Thread(target=read)
    thread.start()
    assert reading.wait(20)
    store.searches.forget()  # the log is left to whoever closes the database
    assert store.searches.recent() == []
    done.set()
    thread.join()
    store.close()
    assert not any(b"unmistakable" in path.read_bytes() for path in store.folder.iterdir() if path.is_file())


def test_a_clock_that_goes_back_does_not_change_the_order(store: Store, clock: FakeClock) -> None:
    store.searches.remember("before")
    clock.advance(days=-3)
    store.searches.remember("after")
    assert store.searches.recent() == ["after", "before"]


def test_there_is_an_end_to_what_is_kept(store: Store) -> None:
    for number in range(200):
        store.searches.put(SavedSearch(0, f"{number:0>1000}", "n" * 200))
    first, *_rest = store.searches.all()
    with pytest.raises(TooMany, match="There is room for 200 saved searches"):
        store.searches.put(SavedSearch(0, "one more"))
    for search in (replace(first, text="x" * 1001), replace(first, name="n" * 201)):
        with pytest.raises(TooLong):
            store.searches.put(search)
    assert store.searches.put(replace(first, name="Other")).name == "Other"
    store.searches.remove(first.id)
    assert store.searches.put(SavedSearch(0, "one more")).id == 201
    store.searches.remember("x" * 1001)
    assert store.searches.recent() == []
