"""What the search index has yet to hear of."""

from array import array
from dataclasses import replace
from datetime import timedelta

from tests.store.build import START, feed, item
from veille.store import Store


def test_what_is_stored_waits_in_order_until_it_is_done(store: Store) -> None:
    source = feed(store).id
    ids = store.items.apply([item(source, uid) for uid in "abc"], [])
    assert store.queue.count() == 3
    to_index, to_remove, token = store.queue.take(2)
    assert (to_index, to_remove) == (ids[:2], [])
    assert store.queue.take(2)[0] == ids[:2]  # nothing is forgotten before it is done
    store.queue.done(token)
    assert store.queue.take(9)[0] == ids[2:]


def test_what_changes_while_it_is_indexed_is_indexed_again(store: Store) -> None:
    source = feed(store).id
    (number,) = store.items.apply([item(source, "a")], [])
    token = store.queue.take(9)[2]
    store.items.apply([], [item(source, "a", title="new")])
    store.queue.done(token)
    assert store.queue.take(9)[:2] == ([number], [])


def test_what_is_gone_is_taken_out_of_the_index(store: Store) -> None:
    source = feed(store).id
    ids = store.items.apply([item(source, uid) for uid in "ab"], [])
    store.items.remove(ids[:1])
    assert store.queue.take(9)[:2] == ([ids[1]], [ids[0]])


def test_an_empty_queue(store: Store) -> None:
    assert store.queue.take(9) == ([], [], 0)
    store.queue.done(0)


def test_marks_and_moves_index_nothing(store: Store) -> None:
    source = feed(store)
    ids = store.items.apply([item(source.id, uid) for uid in "ab"], [])
    store.queue.done(store.queue.take(9)[2])
    store.marks.set_read(ids)
    store.sources.remove(source.id)
    assert store.queue.count() == 0


def waiting(store: Store) -> tuple[list[int], list[int]]:
    return store.queue.take(99)[:2]


def test_an_index_begun_anew_hears_of_everything_that_is_left_newest_first(store: Store) -> None:
    source = feed(store).id
    ids = store.items.apply([item(source, uid, hours=hours) for uid, hours in (("a", 2), ("b", 1), ("gone", 0))], [])
    store.items.remove(ids[2:])
    store.queue.done(store.queue.take(9)[2])
    assert store.queue.mend(array("q")) == 2
    assert waiting(store) == ([ids[1], ids[0]], [])


def test_an_index_that_lost_its_way_hears_of_what_it_lacks_and_of_what_is_gone(store: Store) -> None:
    source = feed(store).id
    ids = store.items.apply([item(source, uid) for uid in "abc"], [])
    store.items.remove(ids[:1])
    store.queue.done(store.queue.take(9)[2])
    assert store.queue.mend(array("q", [*ids[:2], 10**9])) == 3
    assert waiting(store) == ([ids[2]], [ids[0], 10**9])
    store.queue.done(store.queue.take(9)[2])
    assert store.queue.mend(array("q", ids[1:])) == 0
    assert waiting(store) == ([], [])


def test_what_waits_already_keeps_its_place(store: Store) -> None:
    source = feed(store).id
    ids = store.items.apply([item(source, uid, hours=hours) for hours, uid in enumerate("abcd")], [])
    store.queue.done(store.queue.take(9)[2])
    store.items.apply([], [item(source, "c", hours=2, title="new")])
    store.items.remove(ids[3:])
    assert store.queue.mend(array("q", ids[3:])) == 2
    assert waiting(store) == ([ids[2], ids[0], ids[1]], [ids[3]])


def test_a_change_that_the_index_does_not_hold_is_not_indexed(store: Store) -> None:
    old = item(feed(store).id, "a", tags=("T", "u"))
    store.items.apply([old], [])
    store.queue.done(store.queue.take(9)[2])
    store.items.apply([], [replace(old, hash="2", url="https://e/2", updated=START, tags=("u", "t"))])
    assert store.queue.count() == 0
    for change in ({"author": "Bob"}, {"lang": "fr"}, {"at": START - timedelta(days=1)}, {"tags": ("t",)}):
        store.items.apply([], [replace(old, **change)])
        assert store.queue.count() == 1, change
        store.queue.done(store.queue.take(9)[2])
