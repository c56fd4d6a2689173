"""One writer, any number of readers, and what they see."""

import sqlite3
import threading

import pytest

from tests.store.build import feed, item
from veille.errors import ProfileBusy, ProfileDamaged, ProfileUnwritable
from veille.store import Filter, Store, open_store


def put_and_fail(store: Store, name: str) -> None:
    """Write ``name`` in a transaction that fails."""
    with store.db.write():
        store.values.put(name, "1")
        raise ZeroDivisionError


def write_around(store: Store) -> None:
    """A failing write that holds one which does not fail."""
    with store.db.write():
        with store.db.write():
            store.values.put("inner", "1")
        raise ZeroDivisionError


def test_a_failed_write_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        put_and_fail(store, "a")
    assert store.values.get("a") == ""


def test_a_write_inside_another_goes_with_it(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        write_around(store)
    assert store.values.all() == {}


def test_a_failed_inner_write_takes_back_its_own_part_alone(store: Store) -> None:
    with store.db.write():
        store.values.put("outer", "1")
        with pytest.raises(ZeroDivisionError):
            put_and_fail(store, "inner")
        store.values.put("after", "1")
    assert set(store.values.all()) == {"outer", "after"}


def test_the_writing_thread_sees_its_changes_and_others_do_not_yet(store: Store) -> None:
    seen: list[str] = []
    with store.db.write():
        store.values.put("a", "1")
        other = threading.Thread(target=lambda: seen.append(store.values.get("a")))
        other.start()
        other.join()
        assert store.values.get("a") == "1"
    assert seen == [""]


def test_reading_connections_cannot_write(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.db.read().execute("DELETE FROM value")


def test_threads_read_whole_batches_while_one_writes(store: Store) -> None:
    source = feed(store).id
    done = threading.Event()
    wrong: list[object] = []

    def read() -> None:
        while not done.wait(0.001):  # readers that never pause would leave the writer no turn at the interpreter
            found = len(store.items.ids(Filter()))
            if found % 50:
                wrong.append(found)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for batch in range(200):
        store.items.apply([item(source, f"{batch}-{number}") for number in range(50)], [])
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert store.items.count(Filter()) == 10_000


def test_writers_in_several_threads_take_turns(store: Store) -> None:
    store.values.put("n", "0")

    def add() -> None:
        for _ in range(25):
            with store.db.write():
                store.values.put("n", str(int(store.values.get("n")) + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.values.get("n") == "100"


def test_a_snapshot_shows_one_moment(store: Store) -> None:
    with store.db.snapshot():
        before = store.values.get("a")
        writer = threading.Thread(target=store.values.put, args=("a", "1"))
        writer.start()
        writer.join()
        assert store.values.get("a") == before == ""
    assert store.values.get("a") == "1"


def test_the_connection_of_a_thread_closes_with_it(store: Store) -> None:
    for _ in range(20):
        thread = threading.Thread(target=store.values.get, args=("a",))
        thread.start()
        thread.join()
    assert len(store.db._readers) <= 1


def test_nothing_is_opened_after_closing(store: Store) -> None:
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        store.values.get("a")


def test_a_read_only_store_reads_beside_the_writer_and_refuses_to_write(store: Store, clock) -> None:
    source = feed(store).id
    beside = open_store(store.folder, write=False, clock=clock)
    store.items.apply([item(source, "a")], [])
    assert [each.uid for each in beside.items.rows(beside.items.ids(Filter()))] == ["a"]
    with pytest.raises(ProfileBusy):
        beside.values.put("a", "1")
    assert not beside.writable
    beside.close()


def test_a_full_disk_is_said_and_loses_nothing(store: Store) -> None:
    source = feed(store).id
    store.items.apply([item(source, "kept")], [])
    with store.db.write() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(ProfileUnwritable, match="full"):
        store.items.apply([item(source, f"n{number}", content="x" * 10_000) for number in range(50)], [])
    with store.db.write() as db:
        db.execute("PRAGMA max_page_count = 1000000")
    store.items.apply([item(source, "after")], [])
    assert set(store.items.known(source)) == {"kept", "after"}


def test_what_sqlite_says_is_said_in_the_persons_language(store: Store) -> None:
    with store.db.write() as db:
        db.execute("PRAGMA query_only = ON")
        with pytest.raises(ProfileUnwritable) as caught:
            store.values.put("a", "1")
        db.execute("PRAGMA query_only = OFF")
    assert caught.value.facts["detail"] == "it can only be read"


def test_a_file_that_cannot_grow_is_said_and_loses_nothing(store: Store) -> None:
    resource = pytest.importorskip("resource", reason="this system sets no limits")
    source = feed(store).id
    store.items.apply([item(source, "kept")], [])
    log = store.folder / "veille.db-wal"
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 50_000, old[1]))
    try:
        with pytest.raises(ProfileUnwritable):
            store.items.apply([item(source, f"n{number}", content="x" * 10_000) for number in range(50)], [])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    store.items.apply([item(source, "after")], [])
    assert set(store.items.known(source)) == {"kept", "after"}


def test_damage_met_while_reading_is_said(store: Store, clock) -> None:
    source = feed(store).id
    store.items.apply([item(source, f"n{number}", content="x" * 3000) for number in range(200)], [])
    store.close()
    path = store.folder / "veille.db"
    data = bytearray(path.read_bytes())
    data[60 * 4096 :] = b"\xa5" * (len(data) - 60 * 4096)
    path.write_bytes(data)
    opened = open_store(store.folder, write=True, clock=clock)
    with pytest.raises(ProfileDamaged):
        opened.items.whole(range(1, 201))
    opened.close()


def test_a_text_that_is_none_is_damage(store: Store) -> None:
    (number,) = store.items.apply([item(feed(store).id, "a")], [])
    with store.db.write() as db:
        db.execute("UPDATE item SET title = CAST(x'ff' AS TEXT)")
    with pytest.raises(ProfileDamaged):
        store.items.get(number)
