"""A backup takes the place of a profile whole, or is refused with the profile byte for byte as it was."""

import errno
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.conftest import add_source, put_items
from tests.fakes import FakeClock, FakeProgress
from tests.store.build import fill_sample
from tests.store.test_backup import HIDDEN_TRIGGER
from tests.store.test_schema import check as check_sample
from veille.core.keeping.archive import Archive
from veille.core.keeping.backups import Backups, in_words
from veille.core.keeping.restoring import Prepared, Restorer, bytes_in, kept_text
from veille.errors import BackupNewer, BadBackup, ProfileBusy, ProfileUnwritable, RestoreUnfinished, Untouched
from veille.store import open_store, replacing, schema, tracing
from veille.store.backup import Holdings, holdings
from veille.store.spending import Cost

DATA = Path(__file__).parents[1] / "store" / "data"
WATCHED = "source WHERE removed IS NULL AND kind <> 'collection'"


@pytest.fixture
def backup(tmp_path: Path, clock: FakeClock) -> Path:
    """A backup of the sample that the tests of the store write."""
    fill_sample(tmp_path / "made")
    path = tmp_path / "backup.zip"
    with closing(open_store(tmp_path / "made", write=True, clock=clock)) as store:
        Backups(store, clock).write(path, FakeProgress())
    return path


@pytest.fixture
def profile(tmp_path: Path, clock: FakeClock) -> Path:
    """A profile of another kind, with two items."""
    folder = tmp_path / "home" / "profile"
    with closing(open_store(folder, write=True, clock=clock)) as store:
        put_items(store, add_source(store, "Mine").id, clock, "a", "b")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def prepared(folder: Path, path: Path, clock: FakeClock) -> tuple[Restorer, Prepared]:
    restorer = Restorer(folder, clock)
    return restorer, restorer.prepare(path, FakeProgress())


def restored(folder: Path, path: Path, clock: FakeClock) -> Path | None:
    return prepared(folder, path, clock)[0].finish()


# Restoring ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["missing", "empty", "there"])
def test_everything_is_that_of_the_backup(backup: Path, tmp_path: Path, clock: FakeClock, state: str) -> None:
    folder = tmp_path / "new" / "deep" / "profile"
    if state == "empty":
        folder.mkdir(parents=True)
    if state == "there":
        with closing(open_store(folder, write=True, clock=clock)) as store:
            put_items(store, add_source(store, "Mine").id, clock, "a")
    restorer, found = prepared(folder, backup, clock)
    assert found.there == (state == "there")
    assert found.holds == Holdings(items=int(state == "there"), sources=int(state == "there"))
    assert in_words(found.backup) == in_words(holdings(tmp_path / "made" / "veille.db"))
    kept = restorer.finish()
    assert (kept is not None) == (state == "there")
    assert set(contents(folder)) == {"veille.db", "traces.db", "veille.lock"}
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o77 == 0
    with closing(open_store(folder, write=True, clock=clock)) as store:
        check_sample(store, schema.PROFILE.version)


def test_the_profile_before_is_kept_whole(backup: Path, profile: Path, clock: FakeClock) -> None:
    before = contents(profile)
    kept = restored(profile, backup, clock)
    day = clock.now().date()
    assert kept == profile.with_name(f"profile.before-restore-{day}")
    assert contents(kept) == {name: data for name, data in before.items() if name != "veille.lock"}
    assert bytes_in(kept) == sum(map(len, before.values()))
    assert str(kept) in kept_text(kept)
    assert restored(profile, backup, clock) == profile.with_name(f"profile.before-restore-{day}-2")
    with closing(open_store(kept, write=True, clock=clock)) as store:
        assert store.items.counts().items == 2


def test_what_was_spent_since_the_backup_stays_spent(tmp_path: Path, clock: FakeClock) -> None:
    folder, path, today = tmp_path / "profile", tmp_path / "backup.zip", clock.now().date()
    with closing(open_store(folder, write=True, clock=clock)) as store:
        number = store.spending.set_aside(today, "poll", 9000)
        store.spending.settle(number, today, [Cost(1, 1, 0, 5000)])
        Backups(store, clock).write(path, FakeProgress())
        number = store.spending.set_aside(today, "poll", 9000)
        store.spending.settle(number, today, [Cost(1, 2, 0, 10_000)])
        store.spending.set_aside(today, "poll", 700)
        store.spending.note_paid(today, "post", ["42"], today)
    restored(folder, path, clock)
    with closing(open_store(folder, write=False, clock=clock)) as store:
        assert store.spending.spent(today, today) == 15_000
        assert store.spending.total(today, today) == 15_700
        assert store.spending.paid(today, "post", ["42", "43"]) == {"42"}


def test_it_can_go_back_to_the_profile_before(backup: Path, profile: Path, tmp_path: Path, clock: FakeClock) -> None:
    kept = restored(profile, backup, clock)
    assert kept
    with closing(open_store(kept, write=False, clock=clock)) as store:
        Backups(store, clock).write(tmp_path / "before.zip", FakeProgress())
    restored(profile, tmp_path / "before.zip", clock)
    with closing(open_store(profile, write=True, clock=clock)) as store:
        assert [each.title for each in store.sources.all()] == ["Mine"]


@pytest.mark.parametrize("wreck", [b"no database at all", b"SQLite format 3\0" + b"\xa5" * 4000])
def test_a_damaged_profile_is_asked_about_and_kept(backup: Path, profile: Path, clock: FakeClock, wreck: bytes) -> None:
    (profile / "veille.db").write_bytes(wreck)
    restorer, found = prepared(profile, backup, clock)
    assert (found.there, found.holds) == (True, None)
    assert "cannot read" in found.question
    kept = restorer.finish()
    assert kept
    assert (kept / "veille.db").read_bytes() == wreck
    open_store(profile, write=True, clock=clock).close()


def test_a_profile_that_a_window_has_keeps_its_locks(backup: Path, profile: Path, clock: FakeClock) -> None:
    """POSIX locks go when a process closes any descriptor of the file; then a command beside it may remove the log."""
    code = (
        "import fcntl, os, sys; file = os.open(sys.argv[1], os.O_RDWR)\n"
        "try: fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)\n"  # SQLite's shared range
        "except OSError: print('locked')"
    )
    with closing(open_store(profile, write=True, clock=clock)) as store:
        store.values.put("a", "1")
        store.items.counts()
        restorer, _found = prepared(profile, backup, clock)
        command = [sys.executable, "-c", code, str(profile / "veille.db")]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "locked\n"
        restorer.abandon()


def test_a_newer_profile_is_asked_about_and_kept(backup: Path, profile: Path, clock: FakeClock) -> None:
    with closing(sqlite3.connect(profile / "veille.db")) as database:
        database.execute("PRAGMA user_version = 999")
    newer = (profile / "veille.db").read_bytes()
    restorer, found = prepared(profile, backup, clock)
    assert (found.there, found.holds) == (True, None)
    kept = restorer.finish()
    assert kept
    assert (kept / "veille.db").read_bytes() == newer


def test_what_is_exchanged_is_said(backup: Path, profile: Path, clock: FakeClock) -> None:
    restorer, found = prepared(profile, backup, clock)
    held = in_words(holdings(profile.parents[1] / "made" / "veille.db"))
    assert found.text == f"A backup of 02 Mar 2026, 09:00. It holds {held}."
    assert found.question.startswith("It takes the place of your profile, which holds 1 source, 2 items. ")
    restorer.abandon()


def test_a_profile_that_has_sources_alone_is_asked_about(backup: Path, tmp_path: Path, clock: FakeClock) -> None:
    with closing(open_store(tmp_path / "profile", write=True, clock=clock)) as store:
        add_source(store, "Mine")
    restorer, found = prepared(tmp_path / "profile", backup, clock)
    assert (found.there, found.holds) == (True, Holdings(sources=1))
    restorer.abandon()


def test_what_fails_once_it_was_decided_is_told_as_what_it_is(
    backup: Path, profile: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    restorer, found = prepared(profile, backup, clock)
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if path.name == "traces.db" and path.parent == profile:
            raise OSError(errno.EIO, "Input/output error")
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", fail)
        with pytest.raises(RestoreUnfinished, match="finished when the profile is opened next"):
            restorer.finish()
        restorer.abandon()
    with closing(open_store(profile, write=True, clock=clock)) as store:
        assert store.items.counts().items + len(store.rules.hidden()) == found.backup.items
    (kept,) = profile.parent.glob("profile.before-restore-*")
    assert {each.name for each in kept.iterdir()} == {"veille.db", "traces.db"}


class Failing(io.BytesIO):
    """A file on a disk that is taken out after so many reads."""

    def __init__(self, data: bytes, reads: int) -> None:
        super().__init__(data)
        self.left = reads

    def read(self, size: int | None = -1) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.EIO, "Input/output error")
        return super().read(size)


def test_a_disk_that_is_taken_out_is_no_fault_of_the_profile(backup: Path, tmp_path: Path) -> None:
    reads = 0
    while True:
        (folder := tmp_path / str(reads)).mkdir()
        try:
            Archive(Failing(backup.read_bytes(), reads), "mine.zip").unpack(folder, lambda _done, _of: None)
        except BadBackup as error:
            assert str(error).startswith("mine.zip cannot be restored: ")  # noqa: PT017 - until it is read whole
            reads += 1
        else:
            break
    assert reads > 10


def test_an_index_of_the_profile_before_is_gone(backup: Path, profile: Path, clock: FakeClock) -> None:
    (profile / "index").mkdir()
    (profile / "index" / "segment").write_bytes(b"of what was there before")
    restored(profile, backup, clock)
    assert not (profile / "index").exists()


def test_while_somebody_has_the_profile_it_stays(backup: Path, profile: Path, clock: FakeClock) -> None:
    with closing(open_store(profile, write=True, clock=clock)) as store:
        restorer, _found = prepared(profile, backup, clock)  # as a window does, which closes itself before it finishes
        with pytest.raises(ProfileBusy):
            restorer.check_free()
        with pytest.raises(ProfileBusy):
            restorer.finish()
        restorer.abandon()
        assert store.items.counts().items == 2
    restorer.check_free()
    with closing(open_store(profile, write=True, clock=clock)) as store:
        assert store.items.counts().items == 2


@pytest.mark.parametrize("version", range(1, schema.PROFILE.version))
def test_a_backup_of_an_older_veille_is_brought_up_to_date(tmp_path: Path, clock: FakeClock, version: int) -> None:
    database = DATA / f"schema-{version}.db"
    path = packed(tmp_path / "old.zip", {"veille.db": database.read_bytes()}, schemas={"veille.db": version})
    folder = tmp_path / "profile"
    restored(folder, path, clock)
    with closing(open_store(folder, write=False, clock=clock)) as store:  # nothing is left to be done
        assert store.items.counts().items == (4 if version > 4 else 3)
    with closing(open_store(folder, write=True, clock=clock)) as store:
        check_sample(store, version)


# Stopping and lacking ----------------------------------------------------------------------------


def test_nothing_is_left_of_what_was_given_up(backup: Path, tmp_path: Path, profile: Path, clock: FakeClock) -> None:
    for folder in (profile, tmp_path / "new" / "deep" / "profile"):
        before = contents(tmp_path)
        restorer, _found = prepared(folder, backup, clock)
        restorer.abandon()
        restorer.abandon()
        assert contents(tmp_path) == before
    assert not (tmp_path / "new").exists()


def test_it_can_be_stopped_at_each_step(backup: Path, tmp_path: Path, clock: FakeClock) -> None:
    progress = FakeProgress()
    restorer = Restorer(tmp_path / "profile", clock)
    restorer.prepare(backup, progress)
    restorer.abandon()
    done = [each for each, _of, _text in progress.steps]
    assert done == sorted(done)
    assert done[-1] == 100
    for steps in range(len(done) - 1):
        with pytest.raises(Untouched):
            restorer.prepare(backup, FakeProgress(stop_after=steps))
        assert not (tmp_path / "profile").exists()


def test_a_folder_that_cannot_be_made_is_said(backup: Path, tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProfileUnwritable):
        prepared(tmp_path / "file" / "profile", backup, clock)


def test_more_than_there_is_room_for_is_refused_before_it_is_unpacked(tmp_path: Path, clock: FakeClock) -> None:
    path = packed(tmp_path / "bomb.zip", {"veille.db": b"x"}, said={"veille.db": {"size": 1 << 60}})
    data = path.read_bytes()
    with pytest.raises(BadBackup):  # the ZIP file itself says another size
        prepared(tmp_path / "profile", path, clock)
    assert path.read_bytes() == data


# What is refused ---------------------------------------------------------------------------------


def packed(path: Path, parts: dict[str, bytes], said: dict[str, Any] | None = None, *,
           schemas: dict[str, int] | None = None, manifest: dict[str, Any] | None = None,
           method: int = zipfile.ZIP_DEFLATED) -> Path:  # fmt: skip
    """A backup of ``parts`` as somebody else might make it; ``said`` is what its manifest says of them instead."""
    versions = {"veille.db": schema.PROFILE.version, "traces.db": tracing.SCHEMA.version, **(schemas or {})}
    files = {
        name: {"schema": versions.get(name, 1), "size": len(data), "sha256": sha256(data).hexdigest(),
               **(said or {}).get(name, {})}
        for name, data in parts.items()
    }  # fmt: skip
    text = {
        "format": "veille-backup", "format_version": 1, "veille": "0.1.0", "made": "2026-03-02T09:00:00Z",
        "counts": counted(parts["veille.db"], path), "files": files, **(manifest or {}),
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("manifest.json", json.dumps(text))
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def counted(data: bytes, path: Path) -> dict[str, int]:
    """What a database holds; nothing where it is none."""
    database = path.with_suffix(".db")
    database.write_bytes(data)
    counts = dict.fromkeys(("items", "saved", "tagged", "noted", "sources"), 0)
    try:
        with closing(sqlite3.connect(database)) as connection:
            for name, table in (("items", "item WHERE gone = 0"), ("saved", "mark WHERE saved"), ("sources", WATCHED),
                                ("noted", "note"), ("tagged", "tag")):  # fmt: skip
                what = "count(DISTINCT item)" if table == "tag" else "count(*)"
                counts[name] = connection.execute(f"SELECT {what} FROM {table}").fetchone()[0]
    except sqlite3.Error:
        pass
    finally:
        database.unlink()
    return counts


@pytest.fixture
def refused(profile: Path, clock: FakeClock) -> Callable[..., str]:
    """Sees that a file is refused with the profile as it was, and gives the sentence."""

    def see(path: Path, error: type[BadBackup] = BadBackup) -> str:
        before = contents(profile.parent)
        with pytest.raises(BadBackup) as raised:
            prepared(profile, path, clock)
        assert type(raised.value) is error
        assert contents(profile.parent) == before
        return str(raised.value)

    return see


@pytest.fixture
def parts(backup: Path) -> dict[str, bytes]:
    """The databases in the backup."""
    with zipfile.ZipFile(backup) as archive:
        return {name: archive.read(name) for name in ("veille.db", "traces.db")}


def changed(data: bytes, sql: str, tmp_path: Path) -> bytes:
    """The database ``data`` after ``sql``."""
    path = tmp_path / "changed.db"
    path.write_bytes(data)
    with closing(sqlite3.connect(path)) as database:
        database.executescript(sql)
    return path.read_bytes()


def test_what_is_as_it_should_be_is_not_refused(parts: dict[str, bytes], tmp_path: Path, clock: FakeClock) -> None:
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):  # packed anew by hand, it is still a backup
        restorer, found = prepared(tmp_path / "profile", packed(tmp_path / "p.zip", parts, method=method), clock)
        assert found.backup.items
        restorer.abandon()


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"nothing" * 1000, b"PK\5\6" + bytes(18), b"PK\3\4" + bytes(100)])
def test_what_is_no_backup(refused: Callable[..., str], tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file.zip").write_bytes(data)
    assert "Your profile was left untouched" in refused(tmp_path / "file.zip")


def test_what_is_no_file(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "nowhere.zip")
    assert "too long" in refused(tmp_path / ("x" * 300))
    assert "it is a folder" in refused(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "it is not a file" in refused(tmp_path / "pipe")


@pytest.mark.parametrize(
    "manifest",
    [
        {"format": "another"}, {"format": None}, {"format_version": "1"}, {"format_version": None}, {"made": "today"},
        {"made": "2026-03-02T09:00:00"}, {"made": 7}, {"counts": {}}, {"counts": None}, {"files": {}}, {"files": []},
        {"counts": {"items": -1, "saved": 0, "tagged": 0, "noted": 0, "sources": 0}}, {"files": {"veille.db": {}}},
        {"counts": {"items": 77, "saved": 1, "tagged": 1, "noted": 1, "sources": 1}}, {"files": {"../veille.db": {}}},
        {"format_version": True}, {"made": "9999-12-31T23:59:59-23:59"},
    ],
)  # fmt: skip
def test_a_manifest_that_says_something_else(
    refused: Callable[..., str], parts: dict[str, bytes], tmp_path: Path, manifest: dict[str, Any]
) -> None:
    refused(packed(tmp_path / "p.zip", parts, manifest=manifest))


@pytest.mark.parametrize(
    "text", ["", "[]", "[" * 90_000, '{"format": "veille-backup"}', "\ud800", "9" * 9000, "x" * 200_000]
)
def test_a_manifest_that_is_none(refused: Callable[..., str], tmp_path: Path, text: str) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", text.encode("utf-8", "surrogatepass"))
        archive.writestr("veille.db", b"x")
    refused(tmp_path / "p.zip")


def test_what_a_newer_veille_made_is_said(refused: Callable[..., str], parts: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    assert "newer Veille" in refused(packed(path, parts, manifest={"format_version": 2}), BackupNewer)
    assert "newer Veille" in refused(packed(path, parts, schemas={"veille.db": 99}), BackupNewer)
    newer = changed(parts["veille.db"], "PRAGMA user_version = 99", tmp_path)
    assert "newer Veille" in refused(packed(path, {**parts, "veille.db": newer}), BackupNewer)
    newer = changed(parts["traces.db"], "PRAGMA user_version = 99", tmp_path)
    refused(packed(path, {**parts, "traces.db": newer}), BackupNewer)


@pytest.mark.parametrize(
    ("part", "sql"),
    [
        ("veille.db", "CREATE TRIGGER t AFTER INSERT ON item BEGIN DELETE FROM mark; END"),
        ("veille.db", "CREATE VIEW v AS SELECT 1"),
        ("veille.db", HIDDEN_TRIGGER),
        ("veille.db", "CREATE TABLE another (x)"),
        ("veille.db", "PRAGMA application_id = 7"),
        ("veille.db", "PRAGMA user_version = 1"),
        ("veille.db", "PRAGMA user_version = 0"),
        ("veille.db", "UPDATE source SET kind = 'nonsense'"),
        ("veille.db", "UPDATE item SET at = 'nonsense'"),
        ("veille.db", "UPDATE item SET media = '{'"),
        ("veille.db", "DELETE FROM mark"),
        ("traces.db", "CREATE TRIGGER t AFTER INSERT ON trace BEGIN DELETE FROM trace; END"),
    ],
)
def test_a_database_that_would_do_harm(
    refused: Callable[..., str], parts: dict[str, bytes], tmp_path: Path, part: str, sql: str
) -> None:
    counts = {"counts": counted(parts["veille.db"], tmp_path / "counted")}
    bad = changed(parts[part], sql, tmp_path)
    refused(packed(tmp_path / "p.zip", {**parts, part: bad}, manifest=counts))


def test_other_files_in_it(refused: Callable[..., str], parts: dict[str, bytes], tmp_path: Path) -> None:
    for name in ("../veille.db", "/etc/passwd", "veille.lock", "veille.db-wal", "index/x", "restored", "VEILLE.DB"):
        refused(packed(tmp_path / "p.zip", {**parts, name: b"x"}))
        with zipfile.ZipFile(packed(tmp_path / "p.zip", parts), "a") as archive:
            archive.writestr(name, b"x")  # and the manifest does not know it
        refused(tmp_path / "p.zip")
    assert not (tmp_path / "home" / "veille.db").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice(refused: Callable[..., str], parts: dict[str, bytes], tmp_path: Path) -> None:
    with zipfile.ZipFile(packed(tmp_path / "p.zip", parts), "a") as archive:
        archive.writestr("veille.db", b"another")
    refused(tmp_path / "p.zip")


def test_parts_that_are_missing(refused: Callable[..., str], parts: dict[str, bytes], tmp_path: Path) -> None:
    whole = packed(tmp_path / "p.zip", parts)
    with zipfile.ZipFile(whole) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    for missing in held:
        with zipfile.ZipFile(tmp_path / "q.zip", "w") as archive:
            for name, data in held.items():
                if name != missing:
                    archive.writestr(name, data)
        refused(tmp_path / "q.zip")


def test_what_is_not_what_the_manifest_says(
    refused: Callable[..., str], parts: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "p.zip"
    refused(packed(path, parts, said={"veille.db": {"sha256": "0" * 64}}))
    refused(packed(path, parts, said={"veille.db": {"size": 1}}))
    refused(packed(path, parts, said={"traces.db": {"schema": 1}}))
    refused(packed(path, parts, method=zipfile.ZIP_LZMA))


def test_a_bomb(refused: Callable[..., str], tmp_path: Path) -> None:
    """60 MB of zeros in 60 kB: refused before a byte is unpacked."""
    zeros = io.BytesIO()
    size = 60_000_000
    hashed = sha256()
    with zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("veille.db", "w") as target:
        for _ in range(60):
            target.write(bytes(size // 60))
            hashed.update(bytes(size // 60))
    part = {"schema": 1, "size": size, "sha256": hashed.hexdigest()}
    said = {
        "format": "veille-backup", "format_version": 1, "veille": "0.1.0", "made": "2026-03-02T09:00:00Z",
        "counts": {"items": 0, "saved": 0, "tagged": 0, "noted": 0, "sources": 0}, "files": {"veille.db": part},
    }  # fmt: skip
    with zipfile.ZipFile(zeros, "a") as archive:
        archive.writestr("manifest.json", json.dumps(said))
    (tmp_path / "bomb.zip").write_bytes(zeros.getvalue())
    assert "damaged" in refused(tmp_path / "bomb.zip")


def test_a_password(refused: Callable[..., str], parts: dict[str, bytes], tmp_path: Path) -> None:
    data = bytearray(packed(tmp_path / "p.zip", parts).read_bytes())
    at = data.rfind(b"PK\1\2")
    data[at + 8] |= 1
    (tmp_path / "p.zip").write_bytes(data)
    assert "password" in refused(tmp_path / "p.zip")


# Any damage --------------------------------------------------------------------------------------


Sound = tuple[bytes, dict[str, list[str]], Path]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """A small backup, what it holds, and a profile beside which damaged ones are tried."""
    folder, clock = tmp_path_factory.mktemp("sound"), FakeClock()
    fill_sample(folder / "made")
    held = {name: rows(folder / "made" / name) for name in replacing.DATABASES}
    with closing(open_store(folder / "made", write=True, clock=clock)) as store:
        Backups(store, clock).write(folder / "backup.zip", FakeProgress())
    profile = folder / "home" / "profile"
    with closing(open_store(profile, write=True, clock=clock)) as store:
        put_items(store, add_source(store, "Mine").id, clock, "a")
    return (folder / "backup.zip").read_bytes(), held, profile


DAMAGE = st.tuples(
    st.sampled_from(["flip", "tail", "cut", "drop", "more"]), st.integers(0, 1 << 20), st.integers(1, 255),
    st.binary(min_size=1, max_size=50))  # fmt: skip


def damaged(whole: bytes, kind: str, place: int, by: int, more: bytes) -> bytes:
    """``whole`` with a byte changed (in the directory at its end, too), cut off, with bytes taken out or put in."""
    data, at = bytearray(whole), place % len(whole)
    if kind == "cut":
        return whole[:at]
    if kind == "drop":
        return whole[:at] + whole[at + 8 * by :]
    if kind == "more":
        return whole[:at] + more + whole[at:]
    data[-1 - place % 400 if kind == "tail" else at] ^= by
    return bytes(data)


@settings(max_examples=150, deadline=None)
@given(damage=DAMAGE)
def test_any_byte_that_changed_and_any_cut(sound: Sound, damage: tuple[str, int, int, bytes]) -> None:
    """Refused, or the very same content."""
    whole, held, profile = sound
    path = profile.parent.parent / "damaged.zip"
    path.write_bytes(damaged(whole, *damage))
    before = contents(profile.parent)
    restorer = Restorer(profile, FakeClock())
    try:
        restorer.prepare(path, FakeProgress())
    except BadBackup:
        pass
    else:
        (staging,) = (each for each in profile.iterdir() if each.is_dir())
        assert {name: rows(staging / "ready" / name) for name in held} == held
        restorer.abandon()
    assert contents(profile.parent) == before


def rows(path: Path) -> list[str]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        return list(database.iterdump())


def test_what_was_left_half_done_by_a_kill_is_finished_first(
    backup: Path, profile: Path, tmp_path: Path, clock: FakeClock
) -> None:
    """A restore was killed after it had decided; another follows at once."""
    restorer, _found = prepared(profile, backup, clock)
    (ready,) = profile.glob("restoring-*/ready")
    former = profile.with_name("former")
    former.mkdir()
    (ready / "former").write_text(str(former))
    shutil.move(ready, profile / "restored")
    restorer.abandon()
    clock.advance(days=1)
    restorer, found = prepared(profile, backup, clock)
    assert found.holds == holdings(tmp_path / "made" / "veille.db")
    kept = restorer.finish()
    assert kept == profile.with_name(f"profile.before-restore-{clock.now().date()}")
    assert {each.name for each in former.iterdir()} == {"veille.db", "traces.db"}
