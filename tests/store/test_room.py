"""Room on the disk: what is measured, what expires, and what is given back while others read."""

from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from tests.fakes import FakeClock
from tests.store.build import POST, START, feed, item
from veille.errors import Cancelled, ProfileBusy, ProfileUnwritable
from veille.model import Article, Item, ItemKind
from veille.posts import Network, Person, Post
from veille.store import Filter, Store, open_store
from veille.store.room import Room

OLD = START - timedelta(days=100)
BEFORE = START - timedelta(days=90)
LONG = "<p>" + "words and œuvres " * 500 + "</p>"


def old(source: int, uid: str, **parts: object) -> Item:
    return item(source, uid, seen=OLD, hours=2400, **parts)


def never() -> bool:
    return False


def test_what_is_there_is_measured(store: Store) -> None:
    source = feed(store).id
    ids = store.items.apply([item(source, "a"), old(source, "b"), item(source, "c", hours=5)], [])
    store.items.remove([ids[2]])
    store.marks.set_saved(ids[:1], START)
    store.articles.put(Article(ids[0], "œœ", START))
    with store.db.write() as db:
        db.execute("INSERT INTO picture (item, url, place, data) VALUES (?, 'u', 0, x'010203')", (ids[0],))
    inside = store.room.inside()
    assert (inside.articles, inside.pictures, inside.items, inside.kept) == (4, 3, 2, 1)
    assert inside.oldest == START - timedelta(hours=2400)
    files = [store.folder / f"veille.db{end}" for end in ("", "-wal", "-shm")]
    assert store.room.database() == sum(file.stat().st_size for file in files)
    assert store.room.traces() > 0
    assert store.room.index() == 0
    (store.folder / "index" / "deep").mkdir(parents=True)
    (store.folder / "index" / "deep" / "file").write_bytes(b"12345")
    assert store.room.index() == 5


def test_an_empty_profile_is_measured(store: Store) -> None:
    inside = store.room.inside()
    assert (inside.articles, inside.pictures, inside.items, inside.kept, inside.oldest) == (0, 0, 0, 0, None)
    going = store.room.going(BEFORE)
    assert (list(going.ids), going.sources, going.bytes, going.oldest, going.kept) == ([], {}, 0, None, 0)


def test_what_expires_is_what_was_said_before(store: Store) -> None:
    one, two = feed(store, "one").id, feed(store, "two").id
    ids = store.items.apply(
        [old(one, "a"), old(one, "b"), old(two, "c"), old(two, "saved"), item(two, "new"),
         item(two, "seen by a clock that was behind", seen=OLD)], [])  # fmt: skip
    store.marks.set_saved([ids[3]], START)
    with store.history.recording("Tagged"):
        store.marks.set_tags([ids[1]], ["mine"])
    with store.history.recording("No longer"):
        store.marks.set_tags([ids[1]], remove=["mine"])
    going = store.room.going(BEFORE)
    assert (list(going.ids), going.sources, going.kept) == ([ids[0], ids[2]], {one: 1, two: 1}, 2)
    assert going.oldest == START - timedelta(hours=2400)
    assert store.items.expire(BEFORE, [ids[1], ids[2]]) == 1
    assert store.items.expire(BEFORE) == 1
    assert set(store.items.ids(Filter())) == {ids[1], ids[3], ids[4], ids[5]}


def test_a_thread_of_which_a_part_is_kept_is_kept_whole(store: Store) -> None:
    def post(name: str, continues: str = "") -> Item:
        said = Post(Network.BLUESKY, name, Person("@ada"), continues=continues)
        return old(source, name, kind=ItemKind.POST, title="", post=said)

    source = feed(store).id
    ids = store.items.apply([post("a"), post("b", "a"), post("c", "b"), post("alone"), post("d"), post("e", "d")], [])
    assert dict(store.posts.followers(ids)) == {ids[0]: 2, ids[4]: 1}
    store.marks.set_note(ids[1], "remember", START)
    assert list(store.room.going(BEFORE).ids) == ids[3:]
    assert store.items.expire(BEFORE) == 3
    assert list(store.posts.thread(ids[0])) == ids[:3]
    assert store.room.inside().kept == 3


@pytest.mark.parametrize("table", ["tag", "note", "highlight"])
def test_what_the_person_did_something_to_stays(store: Store, table: str) -> None:
    source = feed(store).id
    ids = store.items.apply([old(source, "a"), old(source, "b")], [])
    rows = {
        "tag": "INSERT INTO tag (item, name) VALUES (?, 'x')",
        "note": "INSERT INTO note (item, text, changed) VALUES (?, 'x', 0)",
        "highlight": "INSERT INTO highlight (item, made, text, before, after) VALUES (?, 0, 'x', '', '')",
    }
    with store.db.write() as db:
        db.execute(rows[table], (ids[0],))
    assert list(store.room.going(BEFORE).ids) == ids[1:]
    assert store.room.inside().kept == 1


def test_how_much_goes_is_about_right(store: Store) -> None:
    source = feed(store).id
    ids = store.items.apply([old(source, str(n), content=f"{LONG}{n}", post=POST) for n in range(300)], [])
    store.items.apply([item(source, str(n), content=f"{LONG}{n}") for n in range(300, 400)], [])
    for each in ids[:50]:
        store.articles.put(Article(each, LONG, START))
    store.room.give_back(never)
    going, before = store.room.going(BEFORE), store.room.database()
    assert len(going.ids) == 300
    store.items.expire(BEFORE)
    assert store.room.worth_giving_back
    store.room.give_back(never)
    given = before - store.room.database()
    assert 0.6 * given < going.bytes < given
    assert not store.room.worth_giving_back
    assert store.room.inside().free == 0


def test_a_little_is_not_worth_a_new_file(store: Store) -> None:
    source = feed(store).id
    store.items.apply([old(source, "a", content=LONG * 10)], [])
    store.items.expire(BEFORE)
    assert store.room.inside().free > 0
    assert not store.room.worth_giving_back


@pytest.fixture
def full(store: Store) -> Store:
    """A store of which more than half is free."""
    source = feed(store).id
    store.items.apply([old(source, str(n), content=f"{LONG}{n}") for n in range(400)], [])
    store.items.apply([item(source, f"new {n}", content=f"{LONG}{n}") for n in range(50)], [])
    for text in ("first", "second", "third"):
        store.searches.remember(text)
    store.items.expire(BEFORE)
    return store


def test_who_reads_goes_on_and_sees_the_same(full: Store) -> None:
    ids = list(full.items.ids(Filter()))
    seen: list[list[int]] = []

    def read() -> None:
        with full.db.snapshot():
            full.db.query("SELECT count(*) FROM item")
            thread = Thread(target=lambda: full.room.give_back(never))
            thread.start()
            seen.append([*full.db.numbers("SELECT id FROM item WHERE gone = 0 ORDER BY at DESC, id DESC")])
            thread.join()
            seen.append([*full.db.numbers("SELECT id FROM item WHERE gone = 0 ORDER BY at DESC, id DESC")])

    reader = Thread(target=read)
    reader.start()
    reader.join()
    assert seen == [ids, ids]
    assert list(full.items.ids(Filter())) == ids
    assert full.searches.recent() == ["third", "second", "first"]
    assert full.db.query("PRAGMA integrity_check") == [("ok",)]


def test_it_can_be_stopped_and_all_is_as_it_was(full: Store, clock: FakeClock) -> None:
    ids, before = list(full.items.ids(Filter())), full.room.inside()
    with pytest.raises(Cancelled):
        full.room.give_back(lambda: True)
    assert full.room.inside() == before
    assert list(full.items.ids(Filter())) == ids
    full.values.put("still", "writable")
    full.room.give_back(never)
    full.close()
    again = open_store(full.folder, write=True, clock=clock)
    assert (list(again.items.ids(Filter())), again.values.get("still")) == (ids, "writable")
    again.close()


def test_a_disk_without_room_leaves_all_as_it_was(full: Store) -> None:
    ids, before = list(full.items.ids(Filter())), full.room.inside()
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))  # no file may grow beyond that
    try:
        with pytest.raises(ProfileUnwritable):
            full.room.give_back(never)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert full.room.inside() == before
    assert list(full.items.ids(Filter())) == ids
    full.room.give_back(never)
    assert full.room.inside().free == 0


def test_a_disk_that_is_nearly_full_is_not_filled(full: Store, clock: FakeClock) -> None:
    before, asked = full.room.inside(), list[Path]()

    def left(folder: Path) -> int:
        asked.append(folder)
        return before.free // 10

    with pytest.raises(ProfileUnwritable, match="too little free room"):
        Room(full.db, full.folder, clock, left).give_back(never)
    assert asked == [full.folder]
    assert full.room.inside() == before


def test_who_only_reads_gives_nothing_back(full: Store, clock: FakeClock) -> None:
    reader = open_store(full.folder, write=False, clock=clock)
    with pytest.raises(ProfileBusy):
        reader.room.give_back(never)
    assert reader.room.inside() == full.room.inside()
    reader.close()


def test_inside_a_transaction_nothing_happens(full: Store) -> None:
    free = full.room.inside().free
    with full.db.write():
        full.room.give_back(never)
    assert full.room.inside().free == free
