"""Undo: exactly, in reverse order, after a restart, and one entry out of the middle."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import FakeClock, FakeProgress
from tests.store.build import START, feed, item, member
from veille.model import Changes, Deed, Mark, Outline, SavedSearch, Sector
from veille.store import Filter, Store, open_store


def test_an_added_source_is_set_aside_again(store: Store) -> None:
    with store.history.recording("Added One") as entry:
        source = feed(store)
        store.sources.put_sector(Sector("a", "A"))
        store.sources.put_member(member("a", source.id))
    changes = store.history.undo(entry)
    assert changes == Changes(sources=frozenset({source.id}), outline=True, text="Added One")
    assert store.sources.outline() == Outline()
    assert store.sources.get(source.id) is not None
    assert feed(store).id == source.id
    store.sources.put_sector(Sector("a", "A"))
    assert store.sources.outline().members == {"a": ()}  # the place in the sector was undone with the rest


def test_a_rename_is_taken_back_and_what_a_refresh_learnt_since_stays(store: Store) -> None:
    source = feed(store)
    with store.history.recording("Renamed"):
        store.sources.replace(replace(source, name="Mine"))
    store.sources.replace(replace(source, name="Mine", title="Its new title"))
    store.history.undo()
    assert store.sources.get(source.id) == replace(source, title="Its new title")


def test_a_route_and_what_was_allowed_are_taken_back_each_by_itself(store: Store) -> None:
    source = feed(store)
    with store.history.recording("By a proxy"):
        store.sources.replace(replace(source, route="socks5://127.0.0.1:9050"))
    with store.history.recording("Pictures allowed") as allowed:
        store.sources.replace(replace(source, route="socks5://127.0.0.1:9050", allowed=frozenset({Deed.PICTURES})))
    changes = store.history.undo(allowed)
    assert (changes.sources, changes.outline) == ({source.id}, True)
    assert store.sources.get(source.id) == replace(source, route="socks5://127.0.0.1:9050")
    store.history.undo()
    assert store.sources.get(source.id) == source


def test_a_member_taken_out_comes_back_as_it_stood(store: Store) -> None:
    source = feed(store)
    store.sources.put_sector(Sector("a", "A"))
    store.sources.put_member(replace(member("a", source.id, 7), paused=True))
    before = store.sources.outline()
    with store.history.recording("Moved"):
        store.sources.remove_member("a", source.id)
        store.sources.put_sector(Sector("b", "B"))
        store.sources.put_member(member("b", source.id))
    changes = store.history.undo()
    assert store.sources.outline() == before
    assert changes.sources == {source.id}


def test_what_was_read_and_saved_is_as_before(store: Store) -> None:
    source = feed(store).id
    ids = store.items.apply([item(source, uid) for uid in "abcd"], [])
    store.marks.set_read(ids[:1])
    store.marks.set_saved(ids[1:3], START)
    before = store.marks.get(ids)
    with store.history.recording("Read and let go"):
        store.marks.set_read(ids)
        store.marks.set_saved(ids, None)
    changes = store.history.undo()
    assert changes == Changes(items=frozenset(ids[1:]), text="Read and let go")
    assert list(store.marks.read_ids()) == ids[:1]
    assert list(store.marks.saved_ids()) == ids[1:3]
    assert {each: mark for each, mark in store.marks.get(ids).items() if each in before} == before


def test_a_long_list_marked_read_is_one_small_note(store: Store) -> None:
    source = feed(store).id
    ids = store.items.apply([item(source, f"u{number}", content="") for number in range(3000)], [])
    with store.history.recording("All read"):
        store.marks.set_read(store.items.ids(Filter(unread=True)))
    assert store.db.query("SELECT count(*) FROM history_row") == [(1,)]
    assert store.history.undo().items == set(ids)
    assert list(store.marks.read_ids()) == []


def test_history_outlives_a_restart(tmp_path: Path, clock: FakeClock) -> None:
    store = open_store(tmp_path, write=True, clock=clock)
    source = feed(store)
    with store.history.recording("Removed"):
        store.sources.remove(source.id)
    store.close()
    clock.advance(days=3)
    store = open_store(tmp_path, write=True, clock=clock)
    (entry,) = store.history.entries()
    assert (entry.when, entry.text) == (START, "Removed")
    assert store.history.last() == entry
    store.history.undo(entry.id)
    assert store.sources.all() == [source]
    store.close()


def test_an_undone_entry_is_forgotten(store: Store) -> None:
    with store.history.recording("Added") as entry:
        feed(store)
    assert store.history.undo(entry).text == "Added"
    assert store.history.undo(entry) == store.history.undo() == Changes()
    assert store.history.entries() == []


def test_the_number_of_an_entry_is_never_given_again(store: Store) -> None:
    with store.history.recording("Added") as first:
        feed(store, "one")
    store.history.undo()
    with store.history.recording("Added") as second:
        feed(store, "two")
    assert second > first


def test_an_entry_that_changed_nothing_is_dropped(store: Store) -> None:
    source = feed(store)
    with store.history.recording("Nothing"):
        store.sources.replace(source)
        store.marks.set_read([99])
    assert store.history.last() is None


def test_a_recording_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012, SIM117 - the failure is inside the recording
        with store.history.recording("Added"):
            feed(store)
            raise ZeroDivisionError
    assert store.history.last() is None
    assert store.sources.all() == []
    feed(store)
    assert store.history.last() is None  # and nothing is recorded any more


def test_a_recording_inside_another_is_part_of_it(store: Store) -> None:
    with store.history.recording("Outer") as outer:
        feed(store, "one")
        with store.history.recording("Inner") as inner:
            feed(store, "two")
        feed(store, "three")
    assert inner == outer
    assert [entry.text for entry in store.history.entries()] == ["Outer"]
    store.history.undo()
    assert store.sources.all() == []


def test_what_nobody_records_leaves_no_history(store: Store) -> None:
    feed(store)
    assert store.history.last() is None


def test_the_newest_two_hundred_are_kept(store: Store) -> None:
    for number in range(205):
        with store.history.recording(str(number)):
            store.sources.put_sector(Sector("a", str(number)))
    entries = store.history.entries()
    assert [entry.text for entry in entries] == [str(number) for number in range(204, 4, -1)]
    assert store.db.query("SELECT count(*) FROM history_row") == [(200,)]
    assert [entry.text for entry in store.history.entries(2)] == ["204", "203"]


def test_an_entry_from_the_middle_leaves_what_changed_again_since(store: Store) -> None:
    source = feed(store)
    ids = store.items.apply([item(source.id, uid) for uid in "abc"], [])
    with store.history.recording("All read") as all_read:
        store.marks.set_read(ids)
    with store.history.recording("Unread b, saved c"):
        store.marks.set_read([ids[1]], read=False)
        store.marks.set_saved([ids[2]], START)
    with store.history.recording("Renamed") as renamed:
        store.sources.replace(replace(source, name="First", lang="fr"))
    with store.history.recording("Renamed again"):
        store.sources.replace(replace(source, name="Second", lang="fr"))
    store.history.undo(all_read)
    store.history.undo(renamed)
    assert list(store.marks.read_ids()) == []
    assert list(store.marks.saved_ids()) == [ids[2]]
    assert store.sources.get(source.id) == replace(source, name="Second")
    assert len(store.history.entries()) == 2


def test_an_addition_from_the_middle_goes_with_what_was_done_to_it_since(store: Store) -> None:
    store.sources.put_sector(Sector("a", "A"))
    source = feed(store)
    with store.history.recording("Put into a") as put:
        store.sources.put_member(member("a", source.id))
    with store.history.recording("Paused"):
        store.sources.put_member(replace(member("a", source.id), paused=True))
    store.history.undo(put)
    store.history.undo()
    assert store.sources.outline().members == {"a": ()}


def test_an_addition_from_the_middle_stays_when_it_was_removed_and_added_again_since(store: Store) -> None:
    with store.history.recording("Imported") as imported:
        source = feed(store)
        other = feed(store, "other")
    with store.history.recording("Removed"):
        store.sources.remove(source.id)
    with store.history.recording("Added again"):
        feed(store)
    store.history.undo(imported)
    assert store.sources.all() == [source]
    assert store.sources.get(other.id).removed  # type: ignore[union-attr]


# Random changes -----------------------------------------------------------------------------------

KEYS = st.sampled_from(["a", "b", "c"])
SOURCES = st.integers(1, 4)
ITEMS = st.lists(st.integers(1, 6), max_size=6)
TAGS = st.lists(st.sampled_from(["t", "T", "u"]), max_size=2)
CHANGE = st.one_of(
    st.tuples(st.just("put_sector"), KEYS, st.sampled_from(["A", "B"]), st.integers(0, 2)),
    st.tuples(st.just("remove_sector"), KEYS),
    st.tuples(st.just("add"), SOURCES),
    st.tuples(st.just("remove"), SOURCES),
    st.tuples(st.just("rename"), SOURCES, st.sampled_from(["", "x", "y"])),
    st.tuples(st.just("put_member"), KEYS, SOURCES, st.integers(0, 2)),
    st.tuples(st.just("remove_member"), KEYS, SOURCES),
    st.tuples(st.just("read"), ITEMS, st.booleans()),
    st.tuples(st.just("save"), ITEMS, st.booleans()),
    st.tuples(st.just("tag"), ITEMS, TAGS, TAGS),
    st.tuples(st.just("note"), st.integers(1, 6), st.sampled_from(["", "x", "y"])),
    st.tuples(st.just("put_search"), KEYS, st.sampled_from(["", "N"]), st.integers(0, 2)),
    st.tuples(st.just("remove_search"), KEYS),
)


def change(store: Store, clock: FakeClock, kind: str, *what: Any) -> None:
    """One change as the core would make it, on what is there."""
    clock.advance(minutes=1)
    known = {source.id for source in store.sources.all()}
    match kind:
        case "put_sector":
            store.sources.put_sector(Sector(what[0], what[1], rank=what[2]))
        case "remove_sector":
            store.sources.remove_sector(what[0])
        case "add":
            feed(store, f"s{what[0]}")
        case "remove":
            store.sources.remove(what[0])
        case "rename" if what[0] in known:
            store.sources.replace(replace(store.sources.get(what[0]), name=what[1]))  # type: ignore[type-var]
        case "put_member" if what[1] in known and any(each.key == what[0] for each in store.sources.sectors()):
            store.sources.put_member(member(*what))
        case "remove_member":
            store.sources.remove_member(*what)
        case "read":
            store.marks.set_read(*what)
        case "save":
            store.marks.set_saved(what[0], clock.now() if what[1] else None)
        case "tag":
            store.marks.set_tags(*what)
        case "note":
            store.marks.set_note(*what, clock.now())
        case "put_search":
            there = [each.id for each in store.searches.all() if each.text == what[0]]
            store.searches.put(SavedSearch(there[0] if there else 0, *what))
        case "remove_search":
            for each in store.searches.all():
                if each.text == what[0]:
                    store.searches.remove(each.id)


def state(store: Store) -> tuple[Outline, list[Any], list[int], list[int]]:
    """Everything that a person sees."""
    marks = [each for item, each in sorted(store.marks.get(range(1, 7)).items()) if each != Mark(item)]
    return store.sources.outline(), marks, list(store.items.ids(Filter())), list(store.items.hidden())


@settings(max_examples=40, deadline=None)
@given(begin=st.lists(CHANGE, max_size=12), entries=st.lists(st.lists(CHANGE, min_size=1, max_size=4), max_size=8))
def test_undoing_everything_gives_back_what_was(begin: list[Any], entries: list[list[Any]]) -> None:
    clock = FakeClock()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder), write=True, clock=clock)
        first = feed(store, "s1").id
        store.items.apply([item(first, str(number)) for number in range(6)], [])
        for each in begin:
            change(store, clock, *each)
        states = []
        for number, entry in enumerate(entries):
            states.append(state(store))
            with store.history.recording(str(number)):
                for each in entry:
                    change(store, clock, *each)
            if not store.history.last() or store.history.last().text != str(number):  # type: ignore[union-attr]
                assert state(store) == states.pop()  # nothing to take back
        while states:
            store.history.undo()
            clock.advance(days=1)
            assert state(store) == states.pop()
        assert store.history.last() is None
        store.close()


# Several transactions ----------------------------------------------------------------------------


def test_an_entry_can_be_gone_on_with_while_others_write(store: Store) -> None:
    source = feed(store).id
    ids = store.items.apply([item(source, uid) for uid in "abc"], [])
    with store.history.recording("Long") as entry:
        store.marks.set_saved(ids[:1], START)
    with store.history.recording("Other"):
        store.marks.set_saved(ids[1:2], START)
    with store.history.recording("Long", entry) as same:
        store.marks.set_saved(ids, START)
    assert same == entry
    assert [each.text for each in store.history.entries()] == ["Other", "Long"]
    store.history.undo(entry)
    assert list(store.marks.saved_ids()) == ids[1:2]


def test_what_another_did_before_is_taken_back_to_that(store: Store) -> None:
    """Rows count in the order in which they were written, not entries in that in which they began."""
    ids = store.items.apply([item(feed(store).id, uid) for uid in "ab"], [])
    with store.history.recording("Long") as long:
        store.marks.set_saved(ids[:1], START)
    with store.history.recording("Read") as read:
        store.marks.set_read(ids)
    with store.history.recording("Long", long):
        store.marks.set_read(ids, False)
    store.history.undo(read)  # what came later stands
    assert list(store.marks.read_ids()) == []
    store.history.undo(long)
    assert list(store.marks.read_ids()) == ids
    assert list(store.marks.saved_ids()) == []


def test_an_entry_that_was_undone_meanwhile_begins_anew(store: Store) -> None:
    ids = store.items.apply([item(feed(store).id, uid) for uid in "ab"], [])
    with store.history.recording("Long") as entry:
        store.marks.set_saved(ids[:1], START)
    store.history.undo(entry)
    with store.history.recording("Long", entry) as another:
        store.marks.set_saved(ids[1:], START)
    assert another != entry
    assert not store.history.stands(entry)
    assert store.history.stands(another)


def test_entries_that_changed_nothing_push_nobody_out(store: Store) -> None:
    ids = store.items.apply([item(feed(store).id, "a")], [])
    with store.history.recording("First") as entry:
        store.marks.set_saved(ids, START)
    for _at in range(250):
        with store.history.recording("Nothing"):
            pass
    assert store.history.stands(entry)


def test_very_many_rows_are_taken_back_a_part_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("veille.store.history._AT_ONCE", 3)
    ids = store.items.apply([item(feed(store).id, str(at)) for at in range(10)], [])
    entry = None
    for each in ids:
        with store.history.recording("Long", entry) as entry:
            store.marks.set_saved([each], START)
    with store.history.recording("Other"):
        store.marks.set_saved(ids[4:5], None)
        store.marks.set_saved(ids[4:5], START)
    written, progress = store.version, FakeProgress(stop_after=2)
    changes = store.history.undo(entry, progress)
    assert [each[:2] for each in progress.steps] == [(3, 10), (6, 10)]
    assert store.history.stands(entry or 0)  # stopped
    changes |= store.history.undo(entry)
    assert store.version - written == 4
    assert changes.items == set(ids)
    assert list(store.marks.saved_ids()) == ids[4:5]
    assert [each.text for each in store.history.entries()] == ["Other"]


def test_an_item_that_was_brought_goes_unless_the_person_kept_it(store: Store) -> None:
    source = feed(store).id
    with store.history.recording("Brought") as entry:
        ids = store.items.bring([item(source, uid) for uid in "abc"])
        store.history.keep("inserted", "item", [(each,) for each in ids])
        store.marks.save_each(dict.fromkeys(ids, START))
    store.marks.set_tags(ids[:1], ["mine"])
    store.history.undo(entry)
    assert list(store.items.ids(Filter())) == ids[:1]
    assert store.queue.take(10)[1] == ids[1:]
    assert store.items.bring([item(source, uid) for uid in "abc"]) == [0, *ids[1:]]
