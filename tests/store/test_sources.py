"""Sectors, sources and members: added, changed, set aside, brought back."""

from dataclasses import replace

from tests.fakes import FakeClock
from tests.store.build import START, feed, item, member
from veille.model import Deed, Outline, Sector, SourceKind, SourceState, Validators
from veille.store import Filter, Store


def test_an_empty_profile_has_an_empty_outline(store: Store) -> None:
    assert store.sources.outline() == Outline()


def test_the_outline_is_in_order_and_whole(store: Store) -> None:
    one, two, loose = feed(store, "one"), feed(store, "two"), feed(store, "loose")
    store.sources.put_sector(Sector("z", "Zinc", "metal", 1))
    store.sources.put_sector(Sector("b", "Beer", rank=2))
    store.sources.put_sector(Sector("a", "Ale", rank=2))
    store.sources.put_member(member("z", one.id, 9))
    store.sources.put_member(member("z", two.id, 3))
    state = SourceState(one.id, Validators("e", "m"), "", "h", START, None, START, 3, "{}")
    store.sources.put_states([state])
    outline = store.sources.outline()
    assert outline.sectors == (Sector("z", "Zinc", "metal", 1), Sector("a", "Ale", rank=2), Sector("b", "Beer", rank=2))
    assert list(outline.sources.values()) == [one, two, loose]
    assert outline.members == {"z": (member("z", two.id, 3), member("z", one.id, 9)), "a": (), "b": ()}
    assert outline.states == {one.id: state}
    assert outline.loose == (loose,)


def test_a_source_is_what_was_given(store: Store, clock: FakeClock) -> None:
    source = store.sources.add(
        "feed:https://a/", SourceKind.FEED, "https://a/", "A", site="https://s/", lang="fr", allow_private=True
    )
    assert source.added == clock.now()
    assert (source.site, source.lang, source.allow_private, source.removed) == ("https://s/", "fr", True, None)
    assert store.sources.get(source.id) == store.sources.by_key("feed:https://a/") == source
    assert store.sources.get(99) is None
    assert store.sources.by_key("feed:https://b/") is None


def test_adding_what_is_there_changes_nothing(store: Store, clock: FakeClock) -> None:
    source = feed(store)
    clock.advance(days=1)
    again = store.sources.add(source.key, source.kind, source.address, "Other", allow_private=True)
    assert again == source == store.sources.get(source.id)


def test_replacing_writes_everything(store: Store) -> None:
    source = feed(store)
    new = replace(source, key="feed:https://new/", address="https://new/", title="N", name="Mine", site="s", lang="en")
    new = replace(new, route="direct", allowed=frozenset(Deed))
    store.sources.replace(new)
    assert store.sources.get(source.id) == new


def test_a_removed_source_is_set_aside_and_comes_back_as_it_was(store: Store, clock: FakeClock) -> None:
    source = feed(store)
    store.sources.put_sector(Sector("a", "A"))
    store.sources.put_member(member("a", source.id))
    store.sources.replace(replace(source, name="Mine"))
    before = store.sources.outline()
    store.items.apply([item(source.id, "kept"), item(source.id, "saved")], [])
    store.marks.set_saved([2], START)
    store.sources.remove(source.id)
    assert store.sources.outline() == Outline((Sector("a", "A"),), {}, {"a": ()}, {})
    aside = store.sources.get(source.id)
    assert aside is not None
    assert aside.removed == clock.now()
    assert list(store.items.ids(Filter())) == [2]
    assert store.sources.add(source.key, source.kind, source.address, "ignored").name == "Mine"
    assert store.sources.outline() == before
    assert len(store.items.ids(Filter())) == 2


def test_a_source_that_comes_back_does_not_keep_an_old_permission(store: Store) -> None:
    source = store.sources.add("k", SourceKind.FEED, "http://intranet/", "I", allow_private=True)
    store.sources.remove(source.id)
    assert not store.sources.add("k", SourceKind.FEED, "http://intranet/", "I").allow_private


def test_a_source_that_comes_back_keeps_its_way_out_and_is_allowed_nothing(store: Store) -> None:
    """Its proxy hides the person from it; what was allowed would show them."""
    source = replace(feed(store), route="socks5://127.0.0.1:9050", allowed=frozenset({Deed.PERSONAL}))
    store.sources.replace(source)
    store.sources.remove(source.id)
    assert feed(store) == replace(source, allowed=frozenset())


def test_a_deed_that_this_veille_does_not_know_is_passed_over(store: Store) -> None:
    source = feed(store)
    with store.db.write() as db:
        db.execute("UPDATE source SET allowed = 'write open  x'")
    assert store.sources.get(source.id) == replace(source, allowed=frozenset({Deed.OPEN}))


def test_a_removed_sector_leaves_its_sources_and_comes_back_with_them(store: Store) -> None:
    source = feed(store)
    store.sources.put_sector(Sector("a", "A"))
    store.sources.put_member(member("a", source.id))
    store.sources.remove_sector("a")
    assert store.sources.sectors() == []
    assert store.sources.outline().loose == (source,)
    store.sources.put_sector(Sector("a", "Again"))
    assert store.sources.outline().members == {"a": (member("a", source.id),)}


def test_removing_what_is_not_there_changes_nothing(store: Store) -> None:
    with store.history.recording("nothing"):
        store.sources.remove(5)
        store.sources.remove_sector("a")
        store.sources.remove_member("a", 5)
    assert store.history.last() is None


def test_a_source_can_be_in_several_sectors_and_leave_one(store: Store) -> None:
    source = feed(store)
    for key in "ab":
        store.sources.put_sector(Sector(key, key))
        store.sources.put_member(member(key, source.id))
    store.sources.put_member(replace(member("a", source.id), paused=True, why="new"))
    store.sources.remove_member("b", source.id)
    members = store.sources.outline().members
    assert members == {"a": (replace(member("a", source.id), paused=True, why="new"),), "b": ()}


def test_states_are_remembered_byte_for_byte(store: Store) -> None:
    source = feed(store)
    assert store.sources.state(source.id) == SourceState(source.id)
    validators = Validators('W/"é\t"', " Mon ", etag_agreed=True, url="https://a/?b", route="http://p:1#x")
    state = SourceState(source.id, validators, "https://b/", "h", START, None, START, 4, '{"code": "x"}')
    store.sources.put_states([SourceState(source.id, Validators("old", modified_agreed=True)), state])
    assert store.sources.state(source.id) == state
    state = replace(state, validators=Validators("", "Mon", modified_agreed=True))
    store.sources.put_states([state])
    assert store.sources.state(source.id) == state
