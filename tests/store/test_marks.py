"""Read and saved."""

from datetime import timedelta

from tests.store.build import START, feed, item
from veille.model import Mark
from veille.store import Store


def filled(store: Store, count: int = 4) -> list[int]:
    source = feed(store).id
    return store.items.apply([item(source, f"u{number}") for number in range(count)], [])


def test_read_says_what_changed(store: Store) -> None:
    a, b, c, _ = filled(store)
    assert store.marks.set_read([a, b, b, 99]) == [a, b]
    assert store.marks.set_read([b, c]) == [c]
    assert store.marks.set_read([a, 99], read=False) == [a]
    assert list(store.marks.read_ids()) == [b, c]
    assert store.marks.get([a, b, 99]) == {a: Mark(a), b: Mark(b, read=True)}


def test_saved_keeps_its_first_date(store: Store) -> None:
    a, b, *_ = filled(store)
    later = START + timedelta(days=1, microseconds=7)
    assert store.marks.set_saved([a], START) == [a]
    assert store.marks.set_saved([a, b], later) == [b]
    assert store.marks.get([a, b]) == {a: Mark(a, saved=START), b: Mark(b, saved=later)}
    assert store.marks.set_saved([a, 99], None) == [a]
    assert list(store.marks.saved_ids()) == [b]


def test_read_and_saved_do_not_disturb_each_other(store: Store) -> None:
    a, *_ = filled(store)
    store.marks.set_read([a])
    store.marks.set_saved([a], START)
    store.marks.set_read([a], read=False)
    assert store.marks.get([a]) == {a: Mark(a, read=False, saved=START)}


def test_no_items_no_change(store: Store) -> None:
    assert store.marks.set_read([]) == store.marks.set_saved([], START) == []
    assert store.marks.get([]) == {}
