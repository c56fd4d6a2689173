"""A backup is one file that was read back, or nothing; what a person has, and has as a backup, stays as it is."""

import json
import os
import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest

import veille
from tests.core.conftest import add_source, put_items
from tests.fakes import FakeClock, FakeProgress
from veille.core.keeping import archive
from veille.core.keeping.backups import Backup, Backups, in_words
from veille.core.keeping.restoring import Restorer
from veille.errors import ProfileDamaged, ProfileUnwritable, Untouched
from veille.store import Store, open_store


@pytest.fixture
def filled(store: Store, clock: FakeClock) -> Store:
    """Three items, of which one is saved, two are tagged, one has a note."""
    ids = put_items(store, add_source(store, "One").id, clock, "a", "b", "c")
    store.marks.set_saved(ids[:1], clock.now())
    store.marks.set_tags(ids[1:], ["mine", "other"])
    store.marks.set_note(ids[2], "A note", clock.now())
    return store


def written(store: Store, clock: FakeClock, path: Path, progress: FakeProgress | None = None) -> Backup:
    return Backups(store, clock).write(path, progress or FakeProgress())


def left(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.name != "profile")


def test_a_backup_says_what_it_holds(filled: Store, clock: FakeClock, tmp_path: Path) -> None:
    path, progress = tmp_path / "mine.zip", FakeProgress()
    made = written(filled, clock, path, progress)
    assert made == Backup(
        clock.now().replace(microsecond=0), veille.__version__, made.schema, items=3, saved=1, tagged=2, noted=1,
        sources=1, size=path.stat().st_size, traces=True)  # fmt: skip
    assert left(tmp_path) == ["mine.zip"]
    assert path.stat().st_mode & 0o777 == 0o600
    done = [each for each, _of, _text in progress.steps]
    assert done == sorted(done)
    assert (done[-1], {of for _done, of, _text in progress.steps}) == (100, {100})
    with ZipFile(path) as opened:
        assert opened.namelist() == ["manifest.json", "veille.db", "traces.db"]
        said = json.loads(opened.read("manifest.json"))
    assert (said["format"], said["format_version"], said["veille"]) == ("veille-backup", 1, veille.__version__)
    assert said["made"] == f"{clock.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    assert said["counts"] == {"items": 3, "saved": 1, "tagged": 2, "noted": 1, "sources": 1}
    assert said["files"]["veille.db"]["schema"] == made.schema


def test_it_is_said_in_words(filled: Store, clock: FakeClock, tmp_path: Path) -> None:
    made = written(filled, clock, tmp_path / "mine.zip")
    assert in_words(made) == "1 source, 3 items, 1 saved, 2 tagged, 1 with a note"


def test_an_older_one_of_that_name_is_replaced_by_a_whole_one(filled: Store, clock: FakeClock, tmp_path: Path) -> None:
    path = tmp_path / "mine.zip"
    path.write_bytes(b"an older one")
    path.chmod(0o644)
    written(filled, clock, path)
    assert Restorer(tmp_path / "other", clock).prepare(path, FakeProgress()).backup.items == 3
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_is_followed(filled: Store, clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link.zip").symlink_to(tmp_path / "disk" / "real.zip")
    written(filled, clock, tmp_path / "link.zip")
    assert left(tmp_path / "disk") == ["real.zip"]
    assert (tmp_path / "link.zip").is_symlink()


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5])
def test_stopped_it_leaves_the_older_one(filled: Store, clock: FakeClock, tmp_path: Path, steps: int) -> None:
    path, progress = tmp_path / "mine.zip", FakeProgress()
    written(filled, clock, path, progress)
    before = path.read_bytes()
    put_items(filled, add_source(filled, "Two").id, clock, "d")
    with pytest.raises(Untouched):
        written(filled, clock, path, FakeProgress(stop_after=min(steps, len(progress.steps) - 1)))
    assert path.read_bytes() == before
    assert left(tmp_path) == ["mine.zip"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("folder", "it is a folder"),
        ("nowhere/mine.zip", "it does not exist"),
        ("pipe", "it is not a file"),
        ("profile/veille.db", "it is inside the profile"),
        ("profile/mine.zip", "it is inside the profile"),
        ("x" * 300, "its name is too long"),
        ("file/mine.zip", "part of its path is not a folder"),
    ],
)
def test_where_no_backup_can_be_it_is_said(
    filled: Store, clock: FakeClock, tmp_path: Path, name: str, why: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    before = left(tmp_path)
    with pytest.raises(ProfileUnwritable, match=why):
        written(filled, clock, tmp_path / name)
    assert left(tmp_path) == before
    assert filled.sources.all()


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file can grow beyond ``size`` bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_disk_that_fills_up_leaves_the_older_one(
    filled: Store, clock: FakeClock, tmp_path: Path, share: float
) -> None:
    """While it is copied; of what does not shrink, while it is packed, too (``share`` of the copy fits)."""
    path = tmp_path / "mine.zip"
    put_items(filled, add_source(filled, "Two").id, clock, "d", content=os.urandom(400_000).hex())
    written(filled, clock, path)
    before = path.read_bytes()
    with ZipFile(path) as opened:
        size = opened.getinfo("veille.db").file_size
    with room_for(int(size * share)), pytest.raises(ProfileUnwritable):
        written(filled, clock, path)
    assert path.read_bytes() == before
    assert left(tmp_path) == ["mine.zip"]
    assert len(put_items(filled, add_source(filled, "Three").id, clock, "e")) == 1


def test_a_damaged_profile_gives_no_backup(filled: Store, clock: FakeClock, tmp_path: Path) -> None:
    """One that cannot be restored would be worse than none."""
    folder = filled.folder
    filled.close()
    with closing(sqlite3.connect(folder / "veille.db")) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'content'").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    data = bytearray((folder / "veille.db").read_bytes())
    data[(page - 1) * size : page * size] = b"\xa5" * size
    (folder / "veille.db").write_bytes(data)
    with closing(open_store(folder, write=True, clock=clock)) as store, pytest.raises(ProfileDamaged):
        written(store, clock, tmp_path / "mine.zip")
    assert left(tmp_path) == []


@pytest.mark.parametrize(("begin", "end"), [(0, 8000), (4096, 8192), (4096, None)])
def test_damaged_traces_keep_nobody_from_the_rest(
    filled: Store, clock: FakeClock, tmp_path: Path, begin: int, end: int | None
) -> None:
    filled.close()
    data = bytearray((filled.folder / "traces.db").read_bytes())
    data[begin:end] = b"\xa5" * (end - begin) if end else b""
    (filled.folder / "traces.db").write_bytes(data)
    with closing(open_store(filled.folder, write=True, clock=clock)) as store:
        made = written(store, clock, tmp_path / "mine.zip")
    assert (made.traces, made.items) == (False, 3)
    restorer = Restorer(tmp_path / "other", clock)
    assert not restorer.prepare(tmp_path / "mine.zip", FakeProgress()).backup.traces
    restorer.finish()
    with closing(open_store(tmp_path / "other", write=True, clock=clock)) as store:
        assert store.traces.count() == 0


def test_it_is_made_beside_whoever_has_the_profile(filled: Store, clock: FakeClock, tmp_path: Path) -> None:
    with closing(open_store(filled.folder, write=False, clock=clock)) as beside:
        assert written(beside, clock, tmp_path / "mine.zip").items == 3


def test_two_at_once_to_one_name_both_end_well(filled: Store, clock: FakeClock, tmp_path: Path) -> None:
    made: list[Backup] = []
    threads = [
        threading.Thread(target=lambda: made.append(written(filled, clock, tmp_path / "mine.zip"))) for _ in "ab"
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [each.items for each in made] == [3, 3]
    assert left(tmp_path) == ["mine.zip"]
    assert Restorer(tmp_path / "other", clock).prepare(tmp_path / "mine.zip", FakeProgress())


def test_what_would_look_like_a_bomb_is_stored_as_it_is(
    filled: Store, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zeros that many pages of a profile consist of after much was removed pack two hundred to one."""
    with filled.db.write() as db:
        db.execute("CREATE TABLE filler (x)")
        db.executemany("INSERT INTO filler VALUES (zeroblob(?))", [(100_000,)] * 120)
        db.execute("DROP TABLE filler")
    monkeypatch.setattr(archive, "_RATIO_FROM", 10_000_000)
    monkeypatch.setattr(archive, "RATIO", 100)
    made = written(filled, clock, tmp_path / "mine.zip")
    assert made.size > 12_000_000
    with ZipFile(tmp_path / "mine.zip") as opened:
        assert opened.getinfo("veille.db").compress_type == ZIP_STORED
    assert Restorer(tmp_path / "other", clock).prepare(tmp_path / "mine.zip", FakeProgress()).backup.items == 3
