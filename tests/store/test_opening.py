"""What is opened, what is refused, and that what is refused stays as it was."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.store.build import feed
from veille.errors import NotFound, ProfileBusy, ProfileDamaged, ProfileNewer, ProfileUnwritable
from veille.store import open_store, schema
from veille.store.lock import ProfileLock

HOLD = """
import sys, time
from pathlib import Path
from tests.fakes import FakeClock
from veille.store import open_store
store = open_store(Path(sys.argv[1]), write=True, clock=FakeClock())
store.values.put("by", "child")
"""


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def child(code: str, folder: Path) -> subprocess.Popen[str]:
    """A process of our own that runs ``code`` and has said one line."""
    process = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip()
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are of another kind")
def test_a_new_profile_belongs_to_its_person_alone(tmp_path: Path, clock: FakeClock) -> None:
    store = open_store(tmp_path / "a" / "b", write=True, clock=clock)
    assert store.sources.all() == []
    store.close()
    for path in (store.folder, *store.folder.iterdir()):
        assert path.stat().st_mode & 0o77 == 0
    assert set(contents(store.folder)) == {"veille.db", "traces.db", "veille.lock"}


def test_it_opens_again_with_what_was_written(tmp_path: Path, clock: FakeClock) -> None:
    store = open_store(tmp_path, write=True, clock=clock)
    source = feed(store)
    store.close()
    again = open_store(tmp_path, write=True, clock=clock)
    assert again.sources.all() == [source]
    again.close()


def test_commits_reach_the_disk(tmp_path: Path, clock: FakeClock) -> None:
    store = open_store(tmp_path, write=True, clock=clock)
    for database in (store.db, store.traces._db):
        with database.write() as db:
            assert db.execute("PRAGMA synchronous").fetchone() == (2,)
            assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
    store.close()


@pytest.mark.parametrize("write", [True, False])
def test_a_newer_profile_is_left_untouched(tmp_path: Path, clock: FakeClock, write: bool) -> None:
    database = sqlite3.connect(tmp_path / "veille.db")
    database.executescript(
        f"PRAGMA journal_mode = DELETE; PRAGMA application_id = {schema.PROFILE.application};"
        f"PRAGMA user_version = {schema.PROFILE.version + 1}; CREATE TABLE novelty (x);"
    )
    database.close()
    before = contents(tmp_path)
    with pytest.raises(ProfileNewer, match=str(schema.PROFILE.version + 1)):
        open_store(tmp_path, write=write, clock=clock)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("write", [True, False])
def test_a_newer_version_that_only_the_log_knows_is_left_untouched(
    tmp_path: Path, clock: FakeClock, write: bool
) -> None:
    """A newer Veille was killed after its migration: the database file itself still says the old version."""
    made = tmp_path / "made"
    open_store(made, write=True, clock=clock).close()
    newer = sqlite3.connect(made / "veille.db", isolation_level=None)
    newer.executescript(
        f"BEGIN; CREATE TABLE novelty (x); PRAGMA user_version = {schema.PROFILE.version + 1}; COMMIT;"
        "BEGIN; INSERT INTO novelty VALUES (1); COMMIT;"
    )
    killed = tmp_path / "killed"
    killed.mkdir()
    for name in ("veille.db", "veille.db-wal"):  # what a kill would leave
        (killed / name).write_bytes((made / name).read_bytes())
    newer.close()
    before = contents(killed)
    with pytest.raises(ProfileNewer):
        open_store(killed, write=write, clock=clock)
    assert contents(killed) == before


def test_an_uncommitted_version_in_the_log_does_not_count(tmp_path: Path, clock: FakeClock) -> None:
    made = tmp_path / "made"
    open_store(made, write=True, clock=clock).close()
    newer = sqlite3.connect(made / "veille.db", isolation_level=None)
    newer.executescript(
        "PRAGMA cache_size = 1; BEGIN;"
        f"PRAGMA user_version = {schema.PROFILE.version + 1}; CREATE TABLE novelty (x);"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
        "INSERT INTO novelty SELECT randomblob(4000) FROM n;"
    )
    killed = tmp_path / "killed"
    killed.mkdir()
    for name in ("veille.db", "veille.db-wal"):
        (killed / name).write_bytes((made / name).read_bytes())
    newer.execute("ROLLBACK")
    newer.close()
    assert (killed / "veille.db-wal").stat().st_size > 100_000  # pages of the transaction were spilt there
    open_store(killed, write=True, clock=clock).close()


@pytest.mark.parametrize("data", [b"not a database at all" * 100, b"SQLite format 3\0short", os.urandom(4096)])
@pytest.mark.parametrize("write", [True, False])
def test_what_is_no_database_is_left_untouched(tmp_path: Path, clock: FakeClock, data: bytes, write: bool) -> None:
    (tmp_path / "veille.db").write_bytes(data)
    before = contents(tmp_path)
    with pytest.raises(ProfileDamaged):
        open_store(tmp_path, write=write, clock=clock)
    assert contents(tmp_path) == before


def test_a_broken_schema_is_damage(tmp_path: Path, clock: FakeClock) -> None:
    open_store(tmp_path, write=True, clock=clock).close()
    path = tmp_path / "veille.db"
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\xa5" * 3996
    path.write_bytes(data)
    with pytest.raises(ProfileDamaged):
        open_store(tmp_path, write=True, clock=clock)
    ProfileLock(tmp_path / "veille.lock").close()  # it was let go


@pytest.mark.parametrize("mark", ["PRAGMA user_version = 1", "PRAGMA application_id = 77", "SELECT 1"])
def test_the_database_of_another_program_is_not_ours(tmp_path: Path, clock: FakeClock, mark: str) -> None:
    other = sqlite3.connect(tmp_path / "veille.db")
    other.executescript(f"CREATE TABLE theirs (x); INSERT INTO theirs VALUES (7); {mark};")
    other.close()
    with pytest.raises(ProfileDamaged, match="another program"):
        open_store(tmp_path, write=True, clock=clock)
    other = sqlite3.connect(tmp_path / "veille.db")
    assert other.execute("SELECT x FROM theirs").fetchall() == [(7,)]
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    other.close()


@pytest.mark.timeout(20)
@pytest.mark.parametrize("log", [bytes(4000), b"\xff" * 4000, b"", b"\0" * 8 + b"\0\0\0\1" + b"\0" * 2000])
def test_a_log_that_is_none_is_passed_over(tmp_path: Path, clock: FakeClock, log: bytes) -> None:
    """A power cut can leave zeros where the log was."""
    store = open_store(tmp_path, write=True, clock=clock)
    source = feed(store)
    store.close()
    (tmp_path / "veille.db-wal").write_bytes(log)
    store = open_store(tmp_path, write=True, clock=clock)
    assert store.sources.all() == [source]
    store.close()


def test_a_schema_that_is_no_text_is_damage(tmp_path: Path, clock: FakeClock) -> None:
    open_store(tmp_path, write=True, clock=clock).close()
    path = tmp_path / "veille.db"
    path.write_bytes(path.read_bytes().replace(b"etag TEXT NOT NULL", b"etag TEXT NOT \xe8ULL"))
    with pytest.raises(ProfileDamaged):
        open_store(tmp_path, write=True, clock=clock)


READ = """
import os, sys
from pathlib import Path
from tests.fakes import FakeClock
from veille.store import open_store
if os.geteuid() == 0:
    os.setuid(65534)  # permissions do not hold for root
print(len(open_store(Path(sys.argv[1]), write=False, clock=FakeClock()).sources.all()))
"""


@pytest.mark.skipif(os.name != "posix", reason="permissions are of another kind")
def test_a_profile_in_a_folder_that_cannot_be_written_is_read(clock: FakeClock) -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own is closed to others than its owner
        folder = Path(name)
        store = open_store(folder, write=True, clock=clock)
        feed(store)
        store.close()
        for database in ("veille.db", "traces.db"):
            (folder / database).chmod(0o444)
        folder.chmod(0o555)
        ran = subprocess.run([sys.executable, "-c", READ, name], capture_output=True, text=True, check=False)
        folder.chmod(0o755)
    assert ran.stdout.strip() == "1", ran.stderr


def test_a_creation_that_was_cut_short_begins_again(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "veille.db").touch()
    open_store(tmp_path, write=True, clock=clock).close()
    half = tmp_path / "half"
    half.mkdir()
    database = sqlite3.connect(half / "veille.db")
    database.execute("PRAGMA journal_mode = WAL")
    database.close()
    store = open_store(half, write=True, clock=clock)
    feed(store)
    store.close()


def test_reading_needs_a_profile(tmp_path: Path, clock: FakeClock) -> None:
    with pytest.raises(NotFound, match="profile"):
        open_store(tmp_path / "none", write=False, clock=clock)
    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProfileUnwritable):
        open_store(tmp_path / "file" / "profile", write=True, clock=clock)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions do not hold for root")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, clock: FakeClock) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ProfileUnwritable):
        open_store(tmp_path, write=True, clock=clock)


def test_a_second_writer_is_refused_in_the_same_process(tmp_path: Path, clock: FakeClock) -> None:
    first = open_store(tmp_path, write=True, clock=clock)
    with pytest.raises(ProfileBusy):
        open_store(tmp_path / ".." / tmp_path.name, write=True, clock=clock)
    first.close()
    open_store(tmp_path, write=True, clock=clock).close()


def test_the_lock_of_another_process_is_freed_by_its_death(tmp_path: Path, clock: FakeClock) -> None:
    process = child(HOLD + "print('open', flush=True); time.sleep(60)", tmp_path)
    with process:
        with pytest.raises(ProfileBusy):
            open_store(tmp_path, write=True, clock=clock)
        beside = open_store(tmp_path, write=False, clock=clock)
        assert beside.values.get("by") == "child"
        beside.close()
        process.kill()
    store = open_store(tmp_path, write=True, clock=clock)
    assert store.values.get("by") == "child"
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_forked_worker_does_not_keep_the_lock(tmp_path: Path, clock: FakeClock) -> None:
    fork = "\nimport os\npid = os.fork()\nif pid: print(pid, flush=True)\ntime.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD + fork, str(tmp_path)], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdout is not None
    worker = int(process.stdout.readline())
    try:
        process.kill()
        process.wait()
        open_store(tmp_path, write=True, clock=clock).close()
    finally:
        os.kill(worker, 9)
        process.stdout.close()
