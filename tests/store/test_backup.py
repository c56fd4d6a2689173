"""Copies of databases that are in use are of one moment and hold nobody up; what is no profile of ours is refused."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.store.build import contact, feed, fill_sample, item
from tests.store.writer import BATCH
from veille.errors import Cancelled, ProfileDamaged, ProfileNewer
from veille.store import Store, open_store, schema, tracing
from veille.store.backup import Holdings, check, copy, holdings, present, size_of

DATA = Path(__file__).parent / "data"
SOURCES = 2  # of the sample that is in each of them
HIDDEN_TRIGGER = (  # by the name of a table of SQLite's own
    "PRAGMA writable_schema = ON; INSERT INTO sqlite_master VALUES ('trigger', 'sqlite_stat1', 'mark', 0,"
    "'CREATE TRIGGER sqlite_stat1 AFTER UPDATE ON mark BEGIN DELETE FROM note; END')"
)
ROOT = Path(__file__).parents[2]


def ignore(_done: int, _of: int) -> None:
    """Nobody wants to know."""


def copied(store: Store, folder: Path, tell: Callable[[int, int], None] = ignore) -> Path:
    folder.mkdir()
    copy(store.db, store.traces.database, folder, tell)
    return folder


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A database of today with something of everything."""
    fill_sample(tmp_path / "sample")
    return tmp_path / "sample" / "veille.db"


# Copying -----------------------------------------------------------------------------------------


def test_a_copy_holds_the_same_and_is_one_file_for_its_person(store: Store, tmp_path: Path) -> None:
    source = feed(store)
    store.items.apply([item(source.id, "a"), item(source.id, "b")], [])
    number = store.traces.begin(contact())
    folder = copied(store, tmp_path / "copy")
    assert sorted(each.name for each in folder.iterdir()) == ["traces.db", "veille.db"]
    assert {each.stat().st_mode & 0o777 for each in folder.iterdir()} == {0o600}
    assert size_of(store.db) == (folder / "veille.db").stat().st_size
    assert check(folder / "veille.db", schema.PROFILE, ignore) == schema.PROFILE.version
    assert holdings(folder / "veille.db") == Holdings(items=2, sources=1)
    with closing(sqlite3.connect(folder / "traces.db")) as traces:
        assert traces.execute("SELECT number FROM trace").fetchall() == [(number,)]


@contextmanager
def filling(store: Store, batches: int = 60) -> Iterator[list[int]]:
    """Another thread that writes without end, one batch a transaction; the list is of the batches that it confirmed."""
    source = feed(store, "busy").id
    confirmed: list[int] = []
    end = threading.Event()

    def write() -> None:
        for batch in count():
            store.items.apply([item(source, f"{batch}-{n}", content="x" * 3000) for n in range(BATCH)], [])
            confirmed.append(batch)
            if end.is_set():
                return

    thread = threading.Thread(target=write)
    thread.start()
    while len(confirmed) < batches:  # some hundred pages at least
        end.wait(0.01)
    try:
        yield confirmed
    finally:
        end.set()
        thread.join()


def test_a_copy_beside_a_thread_that_writes_is_of_one_moment(store: Store, tmp_path: Path) -> None:
    """It comes to its end, and so does each transaction meanwhile: the writer confirms in the midst of the copy."""
    steps: list[tuple[int, int]] = []
    with filling(store) as confirmed:

        def tell(done: int, of: int) -> None:
            steps.append((done, of))
            before = len(confirmed)
            for _ in range(2000):
                if len(confirmed) > before or done == of:
                    return
                threading.Event().wait(0.01)
            raise AssertionError("the copy holds up the writer")

        before = len(confirmed)
        folder = copied(store, tmp_path / "copy", tell)
        after = len(confirmed)
    assert check(folder / "veille.db", schema.PROFILE, ignore)
    batches, rest = divmod(holdings(folder / "veille.db").items, BATCH)
    assert before <= batches < after
    assert not rest, "part of a transaction"
    assert after > before
    assert steps == sorted(steps)  # it never began anew
    assert len({of for _done, of in steps}) == 1


def test_a_copy_beside_a_process_that_writes_is_of_one_moment(tmp_path: Path, clock: FakeClock) -> None:
    """As the command does beside a window: with a store that only reads."""
    folder = tmp_path / "profile"
    command = [sys.executable, "-m", "tests.store.writer", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(100)]
        drain = threading.Thread(target=lambda: lines.extend(process.stdout or ()))
        drain.start()
        with closing(open_store(folder, write=False, clock=clock)) as store:
            for turn in range(3):
                before = len(lines)
                made = copied(store, tmp_path / f"copy-{turn}")
                while len(lines) == before:  # it goes on
                    threading.Event().wait(0.01)
                with closing(sqlite3.connect(made / "veille.db")) as database:
                    (items,) = database.execute("SELECT count(*) FROM item").fetchone()
                    queued = database.execute("SELECT count(*) FROM index_queue").fetchone()[0]
                assert check(made / "veille.db", schema.PROFILE, ignore)
                assert items % BATCH == 0
                assert items == queued
        process.kill()
        drain.join()


def test_what_was_stored_has_its_traces_in_the_copy(store: Store, tmp_path: Path) -> None:
    """A contact is on the disk before what it brought: so the traces are looked at last."""
    store.traces.begin(contact())
    begun: list[int] = []
    database = store.traces.database
    assert database is not None
    before = database.snapshot

    class Late:
        """The traces, of which one comes just before they are looked at."""

        def snapshot(self) -> object:
            begun.append(store.traces.begin(contact()))
            return before()

        read = database.read

    (tmp_path / "copy").mkdir()
    copy(store.db, Late(), tmp_path / "copy", ignore)  # type: ignore[arg-type]
    with closing(sqlite3.connect(tmp_path / "copy" / "traces.db")) as traces:
        assert (begun[0],) in traces.execute("SELECT number FROM trace").fetchall()


def test_stopping_a_copy_lets_go_of_the_moment(store: Store, tmp_path: Path) -> None:
    def stop(_done: int, _of: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        copied(store, tmp_path / "copy", stop)
    assert not store.db.apart


# What is looked at -------------------------------------------------------------------------------


@pytest.mark.parametrize("version", range(1, schema.PROFILE.version))
def test_each_version_that_ever_was_is_ours(version: int) -> None:
    path = DATA / f"schema-{version}.db"
    assert check(path, schema.PROFILE, ignore) == version
    items, saved = (4, 2) if version > 4 else (3, 1)
    assert holdings(path) == Holdings(items, saved, *((1, 1) if version > 3 else (0, 0)), sources=SOURCES)
    assert not list(DATA.glob("*-*.db-*"))  # it made no file beside it


def test_statistics_of_sqlite_do_no_harm(sample: Path) -> None:
    with closing(sqlite3.connect(sample)) as database:
        database.execute("ANALYZE")
        database.commit()
    assert check(sample, schema.PROFILE, ignore) == schema.PROFILE.version


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER t AFTER INSERT ON item BEGIN DELETE FROM mark; END",
        "CREATE VIEW v AS SELECT * FROM item",
        "CREATE TABLE another (x)",
        "CREATE INDEX another ON item (uid)",
        "DROP TABLE note",
        "DROP INDEX item_at",
        "ALTER TABLE item ADD COLUMN more TEXT",
        "CREATE VIRTUAL TABLE v USING fts5(x)",
        "DROP TABLE note; CREATE VIEW note AS SELECT 1 AS item, 'x' AS text, 0 AS changed",
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') WHERE name = 'item'",
        "PRAGMA writable_schema = ON; INSERT INTO sqlite_master VALUES ('trigger', 'sqlite_t', 'item', 0, 'nonsense')",
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_master",
        HIDDEN_TRIGGER,
        "PRAGMA writable_schema = ON; INSERT INTO sqlite_master VALUES ('view', 'sqlite_stat4', 'sqlite_stat4', 0,"
        "'CREATE VIEW sqlite_stat4 AS SELECT 1')",
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = CAST(sql AS BLOB) WHERE name = 'note'",
    ],
)
def test_what_defines_anything_else_is_not_ours(sample: Path, sql: str) -> None:
    with closing(sqlite3.connect(sample)) as database:
        database.executescript(sql)
    before = sample.read_bytes()
    with pytest.raises(ProfileDamaged):
        check(sample, schema.PROFILE, ignore)
    assert sample.read_bytes() == before


def test_a_newer_one_is_told_before_it_is_opened(sample: Path) -> None:
    with closing(sqlite3.connect(sample)) as database:
        database.executescript("PRAGMA user_version = 99; CREATE TABLE novelty (x)")
    with pytest.raises(ProfileNewer):
        check(sample, schema.PROFILE, ignore)


@pytest.mark.parametrize("data", [b"", b"nothing", b"SQLite format 3\0" + bytes(90)])
def test_what_is_no_database_is_damage(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "veille.db").write_bytes(data)
    with pytest.raises(ProfileDamaged):
        check(tmp_path / "veille.db", schema.PROFILE, ignore)


def test_traces_are_no_profile(sample: Path) -> None:
    with pytest.raises(ProfileDamaged, match="another program"):
        check(sample.with_name("traces.db"), schema.PROFILE, ignore)
    assert check(sample.with_name("traces.db"), tracing.SCHEMA, ignore) == tracing.SCHEMA.version


def test_an_index_that_lacks_a_row_is_damage(sample: Path) -> None:
    with closing(sqlite3.connect(sample)) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'item_follows'").fetchone()
        database.executescript("UPDATE item SET follows = 1")
        (size,) = database.execute("PRAGMA page_size").fetchone()
    data = bytearray(sample.read_bytes())
    data[(page - 1) * size + 3 : (page - 1) * size + 5] = b"\0\0"  # no cells in it any more
    sample.write_bytes(data)
    with pytest.raises(ProfileDamaged):
        check(sample, schema.PROFILE, ignore)


def test_looking_can_be_stopped(store: Store, tmp_path: Path) -> None:
    source = feed(store).id
    store.items.apply([item(source, str(n), content="x" * 2000) for n in range(3000)], [])
    folder = copied(store, tmp_path / "copy")

    def stop(_done: int, _of: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        check(folder / "veille.db", schema.PROFILE, stop)


def test_what_a_profile_holds_whatever_state_it_is_in(store: Store, tmp_path: Path) -> None:
    assert present(tmp_path / "none" / "veille.db") == Holdings()
    source = feed(store)
    ids = store.items.apply([item(source.id, "a"), item(source.id, "b")], [])
    store.marks.set_saved(ids[:1], FakeClock().now())
    store.marks.set_note(ids[0], "Mine", FakeClock().now())
    assert present(store.folder / "veille.db") == Holdings(
        items=2, saved=1, noted=1, sources=1
    )  # it lies in the log as yet
    for data in (b"no database", b"SQLite format 3\0" + b"\xa5" * 4000):
        (tmp_path / "veille.db").write_bytes(data)
        assert present(tmp_path / "veille.db") is None
