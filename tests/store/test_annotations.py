"""The person's tags and notes: kept, taken back, never expired."""

from datetime import timedelta

import pytest

from tests.fakes import FakeClock
from tests.store.build import START, feed, item
from veille.content.text import fold
from veille.errors import TooLong, TooMany
from veille.model import Changes, Counts, Mark, Sector
from veille.store import Filter, Store


def filled(store: Store, count: int = 4) -> list[int]:
    source = feed(store).id
    old = {"seen": START - timedelta(days=200), "hours": 24 * 200}
    return store.items.apply([item(source, f"u{number}", **old) for number in range(count)], [])


def test_tags_are_given_and_taken(store: Store) -> None:
    a, b, c, d = filled(store)
    assert store.marks.set_tags([a, b, b, 99], ["Énergie", "à lire"]) == [a, b]
    assert store.marks.set_tags([b, c], ["energie", "5G"], ["À LIRE", "none"]) == [b, c]
    assert store.marks.set_tags([b], ["5g"]) == []
    assert store.marks.get([a, b, c, d]) == {
        a: Mark(a, tags=("à lire", "Énergie")),
        b: Mark(b, tags=("5G", "Énergie")),
        c: Mark(c, tags=("5G", "Énergie")),
    }
    assert list(store.marks.tagged("energie")) == [a, b, c]
    assert list(store.marks.tagged(fold("5G"))) == [b, c]
    assert list(store.marks.tagged("nowhere")) == list(store.marks.tagged("")) == []
    assert store.marks.tags() == [("5G", 2), ("à lire", 1), ("Énergie", 3)]


def test_a_tag_added_and_removed_at_once_is_removed(store: Store) -> None:
    a, *_ = filled(store)
    assert store.marks.set_tags([a], ["x"], ["X"]) == []
    assert store.marks.set_tags([a], ["x"]) == [a]
    assert store.marks.set_tags([a], ["X"], ["x"]) == [a]
    assert (store.marks.get([a]), store.marks.set_tags([], ["x"]), store.marks.set_tags([a])) == ({}, [], [])


def test_a_note_is_written_read_and_taken_away(store: Store, clock: FakeClock) -> None:
    a, b, *_ = filled(store)
    assert store.marks.set_note(a, "Call\nAda \N{GRINNING FACE}", START)
    assert not store.marks.set_note(a, "Call\nAda \N{GRINNING FACE}", START)
    assert not store.marks.set_note(99, "nowhere", START)
    assert not store.marks.set_note(b, "", START)
    assert store.marks.get([a, b]) == {a: Mark(a, note="Call\nAda \N{GRINNING FACE}")}
    assert list(store.marks.noted_ids()) == [a]
    assert store.marks.set_note(a, "", START)
    assert (store.marks.get([a]), list(store.marks.noted_ids())) == ({}, [])


def test_marks_tags_and_notes_come_together(store: Store) -> None:
    a, *_ = filled(store)
    store.marks.set_read([a])
    store.marks.set_saved([a], START)
    store.marks.set_tags([a], ["t"])
    store.marks.set_note(a, "n", START)
    assert store.marks.get([a]) == {a: Mark(a, True, START, ("t",), "n")}


def test_tags_and_notes_are_taken_back(store: Store) -> None:
    a, b, *_ = filled(store)
    store.marks.set_tags([a], ["old"])
    store.marks.set_note(a, "first", START)
    before = store.marks.get([a, b])
    with store.history.recording("Changed"):
        store.marks.set_tags([a, b], ["new"], ["old"])
        store.marks.set_note(a, "second", START)
        store.marks.set_note(b, "other", START)
    after = store.marks.get([a, b])
    with store.history.recording("Gone"):
        store.marks.set_tags([a, b], remove=["new"])
        store.marks.set_note(a, "", START)
    assert store.history.undo() == Changes(items=frozenset({a, b}), tags=True, text="Gone")
    assert store.marks.get([a, b]) == after
    assert store.history.undo() == Changes(items=frozenset({a, b}), tags=True, text="Changed")
    assert store.marks.get([a, b]) == before


def test_a_tag_from_the_middle_stays_when_it_was_taken_and_given_again_since(store: Store) -> None:
    a, b, *_ = filled(store)
    with store.history.recording("Given") as given:
        store.marks.set_tags([a, b], ["t"])
    with store.history.recording("Taken"):
        store.marks.set_tags([a], remove=["t"])
    with store.history.recording("Given again"):
        store.marks.set_tags([a], ["t"])
    store.history.undo(given)
    assert list(store.marks.tagged("t")) == [a]


def test_many_tags_are_one_small_note(store: Store) -> None:
    source = feed(store).id
    ids = store.items.apply([item(source, f"u{number}", content="") for number in range(3000)], [])
    with store.history.recording("All tagged"):
        store.marks.set_tags(ids, ["t"])
    assert store.db.query("SELECT count(*) FROM history_row") == [(1,)]
    assert store.history.undo().items == set(ids)
    assert store.marks.tags() == []


def test_what_the_person_tagged_or_noted_never_expires(store: Store) -> None:
    a, b, c, *_ = filled(store)
    store.marks.set_tags([a], ["t"])
    store.marks.set_note(b, "n", START)
    store.marks.set_tags([c], ["t"])
    with store.history.recording("Taken from c"):
        store.marks.set_tags([c], remove=["t"])
    assert store.items.expire(START) == 1
    assert set(store.items.ids(Filter())) == {a, b, c}
    with store.history.recording("Note taken from b"):
        store.marks.set_note(b, "", START)
    assert store.items.expire(START) == 0
    for number in range(200):
        with store.history.recording("Other"):
            store.sources.put_sector(Sector("a", str(number)))
    assert store.items.expire(START) == 2
    assert set(store.items.ids(Filter())) == {a}


def test_what_is_removed_loses_tags_and_note_and_undo_does_not_bring_them_back(store: Store) -> None:
    a, b, *_ = filled(store)
    store.marks.set_tags([a, b], ["t"])
    store.marks.set_note(a, "n", START)
    with store.history.recording("Taken"):
        store.marks.set_tags([a, b], remove=["t"])
        store.marks.set_note(a, "", START)
    store.marks.set_note(a, "again", START)
    store.items.remove([a])
    assert list(store.marks.noted_ids()) == []
    store.history.undo()
    assert (list(store.marks.tagged("t")), list(store.marks.noted_ids())) == ([b], [])
    assert store.marks.set_tags([a], ["t"]) == []


def test_what_was_tagged_or_noted_stays_in_the_lists_when_its_source_is_set_aside(store: Store) -> None:
    a, b, c, d = filled(store)
    store.marks.set_tags([a], ["t"])
    store.marks.set_note(b, "n", START)
    store.marks.set_saved([b], START)
    store.sources.remove(1)
    assert set(store.items.ids(Filter())) == {a, b}
    assert list(store.items.hidden()) == [c, d]
    assert store.items.counts() == Counts(items=2, saved=1)
    store.marks.set_tags([a], remove=["t"])
    assert list(store.items.hidden()) == [a, c, d]


def test_a_tag_that_is_too_long_or_one_too_many_changes_nothing(store: Store) -> None:
    a, b, *_ = filled(store)
    store.marks.set_tags([a], [f"t{number}" for number in range(50)])
    for add, error in ((["x" * 61], TooLong), (["one more"], TooMany), ([f"n{n}" for n in range(51)], TooMany)):
        with pytest.raises(error, match=r"60|50"):
            store.marks.set_tags([b, a], add)
    assert set(store.marks.get([a, b])) == {a}
    assert store.marks.set_tags([a], ["one more"], ["t0"]) == [a]
    assert store.marks.set_tags([b], ["x" * 60]) == [b]
    assert store.marks.set_tags([a], remove=["y" * 99]) == []


def test_a_note_has_an_end(store: Store) -> None:
    a, *_ = filled(store)
    assert store.marks.set_note(a, "x" * 20_000, START)
    with pytest.raises(TooLong, match="A note has room for 20,000 characters"):
        store.marks.set_note(a, "x" * 20_001, START)
    assert len(store.marks.get([a])[a].note) == 20_000


def test_items_are_found_by_the_beginning_of_a_tag(store: Store) -> None:
    source = feed(store).id
    one, two, three = store.items.apply([item(source, uid) for uid in "abc"], [])
    store.marks.set_tags([one], ["Éolien"])
    store.marks.set_tags([two], ["éolien en mer"])
    store.marks.set_tags([three], ["solaire"])
    assert list(store.marks.tagged("eol", begins=True)) == [one, two]
    assert list(store.marks.tagged("eolien", begins=True)) == [one, two]
    assert list(store.marks.tagged("eolien")) == [one]
    assert list(store.marks.tagged("eol")) == list(store.marks.tagged("x", begins=True)) == []
