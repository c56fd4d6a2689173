"""Marked passages: kept once, capped, taken back, heard of by the index."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.build import START, feed, item
from veille.errors import TooLong, TooMany
from veille.model import Highlight
from veille.store import Store


def filled(store: Store, count: int = 3) -> list[int]:
    ids = store.items.apply([item(feed(store).id, f"u{number}") for number in range(count)], [])
    store.queue.done(store.queue.take(99)[2])
    return ids


def queued(store: Store) -> list[int]:
    return store.queue.take(99)[0]


def test_highlights_are_kept_once_in_the_order_they_were_made(store: Store) -> None:
    a, b, _c = filled(store)
    one, two = Highlight(a, "one", START, "before", "after"), Highlight(a, "two", START)
    assert store.highlights.put([one, one, two, Highlight(b, "one", START), Highlight(99, "no", START)]) == [a, b]
    assert queued(store) == [a, b]
    assert store.highlights.put([replace(one, made=START + timedelta(days=1))]) == []
    tick = timedelta(microseconds=1)
    assert store.highlights.of([b, a, 99]) == {
        a: (one, replace(two, made=START + tick)), b: (Highlight(b, "one", START),)}  # fmt: skip
    assert list(store.highlights.ids()) == [a, b]
    earlier = Highlight(a, "one", START - tick)
    assert store.highlights.put([earlier]) == [a], "the same words elsewhere"
    assert store.highlights.of([a])[a][0] == earlier
    assert store.highlights.remove([one, Highlight(99, "", START)]) == [a]
    assert [each.text for each in store.highlights.of([a])[a]] == ["one", "two"]


def test_no_more_is_kept_than_there_is_room_for(store: Store) -> None:
    a, b, _c = filled(store)
    with pytest.raises(TooLong):
        store.highlights.put([Highlight(b, "fine", START), Highlight(a, "x" * 2001, START)])
    some = [Highlight(a, f"passage {n}", START) for n in range(201)]
    with pytest.raises(TooMany):
        store.highlights.put([Highlight(b, "fine", START), *some])
    assert store.highlights.of([a, b]) == {}
    assert store.highlights.put([*some[:200], *some[:200]]) == [a]
    store.highlights.remove(some[:1])
    store.highlights.put([Highlight(b, "x" * 2000, START, "b" * 500, "a" * 500)])
    (kept,) = store.highlights.of([b])[b]
    assert (len(kept.before), len(kept.after)) == (100, 100)


def test_notes_and_highlights_are_taken_back_and_the_index_hears_of_it(store: Store) -> None:
    a, b, c = filled(store)
    with store.history.recording("Marked"):
        store.highlights.put([Highlight(a, "one", START), Highlight(b, "two", START)])
        store.marks.set_note(c, "note", START)
    kept = store.highlights.of([a, b])
    with store.history.recording("Gone"):
        store.highlights.remove([*kept[a], *kept[b]])
        store.marks.set_note(c, "", START)
    store.items.remove([b])
    store.queue.done(store.queue.take(99)[2])
    assert store.history.undo().items == {a, b, c}
    assert set(queued(store)) == {a, c}
    assert store.highlights.of([a, b]) == {a: kept[a]}, "what is no more is not quoted again"
    store.history.undo()
    assert (store.highlights.of([a]), store.marks.notes()) == ({}, {})


def test_highlighted_items_stay_when_their_source_goes(store: Store) -> None:
    source = feed(store)
    a, b = store.items.apply([item(source.id, "a"), item(source.id, "b")], [])
    store.highlights.put([Highlight(a, "one", START)])
    store.sources.remove(source.id)
    assert list(store.items.hidden()) == [b]
    store.items.expire(START + timedelta(days=400))
    assert (store.items.get(a) is None, store.items.get(b) is None) == (False, True)


def test_a_tag_is_renamed(store: Store) -> None:
    a, b, c = filled(store)
    store.marks.set_tags([a, b], ["old"])
    store.marks.set_tags([b, c], ["New"])
    with store.history.recording("Renamed"):
        assert store.marks.rename_tag("OLD", "new") == [a, b]
    assert store.marks.tags() == [("New", 3)]
    assert store.marks.rename_tag("new", "NEW") == [a, b, c]
    assert store.marks.tags() == [("NEW", 3)]
    assert store.marks.rename_tag("NEW", "NEW") == store.marks.rename_tag("none", "x") == []
    store.history.undo()
    assert {item: mark.tags for item, mark in store.marks.get([a, b, c]).items()}[c] == ("NEW",)
    with pytest.raises(TooLong):
        store.marks.rename_tag("NEW", "x" * 61)
