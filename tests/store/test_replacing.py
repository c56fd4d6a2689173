"""Other databases in the place of a profile's: whole or not at all, wherever it is killed."""

import errno
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.store.build import contact
from veille.errors import ProfileBusy
from veille.store import lock, open_store, replacing
from veille.store.lock import ProfileLock
from veille.store.staging import Staging

MUTATING = ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "open", "shutil.rmtree")


def made(folder: Path, name: str, clock: FakeClock) -> Path:
    """A profile whose values, traces and index say ``name``."""
    store = open_store(folder, write=True, clock=clock)
    store.values.put("name", name)
    store.traces.begin(contact(f"{name}.example"))
    store.close()
    return folder


def killed(folder: Path) -> None:
    """Let the newest changes lie in the log alone, as ``kill -9`` leaves them, and an index beside."""
    database = sqlite3.connect(folder / "veille.db", isolation_level=None)
    database.executescript("PRAGMA wal_autocheckpoint = 0; INSERT INTO value VALUES ('log', 'in the log')")
    kept = {name: (folder / name).read_bytes() for name in ("veille.db", "veille.db-wal")}
    database.close()
    for name, data in kept.items():
        (folder / name).write_bytes(data)
    (folder / "index").mkdir()
    (folder / "index" / "segment").write_bytes(b"of the former one")


def ready(folder: Path, name: str, clock: FakeClock) -> tuple[Staging, Path]:
    """Databases that say ``name``, made ready in ``folder``."""
    staging = Staging(folder, replacing.STAGING)
    made(staging.folder / "ready", name, clock)
    (staging.folder / "ready" / replacing.LOCK).unlink()
    return staging, staging.folder / "ready"


def replace(folder: Path, clock: FakeClock) -> Path | None:
    staging, new = ready(folder, "new", clock)
    with closing(staging), closing(ProfileLock(folder / replacing.LOCK)):
        return replacing.replace(folder, staging.folder, new, "profile.before")


def says(folder: Path, clock: FakeClock) -> tuple[str, str, str, bool]:
    """The names in the profile, what was in its log, and whether it has an index."""
    with closing(open_store(folder, write=True, clock=clock)) as store:
        assert store.db.query("PRAGMA integrity_check") == [("ok",)]
        hosts = [host for (host,) in store.traces._db.query("SELECT host FROM trace")]
        said = store.values.get("name"), hosts[0], store.values.get("log")
    return *said, (folder / "index").exists()


OLD = ("old", "old.example", "in the log", True)
NEW = ("new", "new.example", "", False)


def test_the_new_one_is_there_and_the_former_one_is_whole_beside_it(tmp_path: Path, clock: FakeClock) -> None:
    folder = made(tmp_path / "profile", "old", clock)
    killed(folder)
    kept = replace(folder, clock)
    assert kept == tmp_path / "profile.before"
    assert sorted(each.name for each in folder.iterdir()) == ["traces.db", "veille.db", "veille.lock"]
    assert says(folder, clock) == NEW
    assert says(kept, clock)[:3] == OLD[:3]
    assert kept.stat().st_mode & 0o77 == 0
    assert replace(folder, clock) == tmp_path / "profile.before-2"
    assert says(kept, clock)[:3] == OLD[:3]


def test_where_nothing_was_nothing_is_kept(tmp_path: Path, clock: FakeClock) -> None:
    assert replace(tmp_path, clock) is None
    assert says(tmp_path, clock) == NEW


@pytest.mark.parametrize("wreck", ["veille.db-wal", "veille.db", "traces.db"])
def test_what_is_wrecked_is_kept_too(tmp_path: Path, clock: FakeClock, wreck: str) -> None:
    folder = tmp_path / "profile"
    folder.mkdir()
    (folder / wreck).write_bytes(b"\xa5" * 5000)
    kept = replace(folder, clock)
    assert kept
    assert (kept / wreck).read_bytes() == b"\xa5" * 5000
    assert says(folder, clock) == NEW


def test_beside_on_another_disk_it_is_kept_within(tmp_path: Path, clock: FakeClock) -> None:
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no other disk")
    folder = made(tmp_path / "profile", "old", clock)
    assert replacing._former(folder, folder, "x").parent == tmp_path
    staging, new = ready(folder, "new", clock)
    with closing(staging), closing(Staging(shared, "veille-test-")) as other:
        elsewhere = other.folder / "new"
        elsewhere.mkdir()
        with pytest.raises(OSError, match="cross-device"):
            replacing._former(folder, elsewhere, "before")
    assert not (tmp_path / "before").exists()
    assert says(folder, clock)[0] == "old"
    assert new.parent == staging.folder


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_kill_at_any_step_leaves_one_or_the_other(tmp_path: Path, clock: FakeClock) -> None:
    before = made(tmp_path / "before", "old", clock)
    killed(before)
    made(before / "restoring-new" / "ready", "new", clock)
    outcomes = []
    for step in range(200):
        folder = tmp_path / str(step) / "profile"
        shutil.copytree(before, folder)
        died = child(partial(exchange, folder), step)
        if died:
            child(partial(says, folder, clock), step % 7)  # and in the midst of recovering
        found = says(folder, clock)
        assert found[:3] in (OLD[:3], NEW[:3]), step
        assert found == NEW or found[0] == "old"  # an index never outlives what it was made of
        assert {each.name for each in folder.iterdir()} <= {"veille.db", "traces.db", "veille.lock", "index"}, step
        if found == NEW:
            assert says(folder.with_name("former"), clock)[:3] == OLD[:3]
        outcomes.append(found[0])
        if not died:
            break
    assert outcomes == sorted(outcomes, reverse=True)  # first the old one, from one step on the new one
    assert min(outcomes.count("old"), outcomes.count("new")) > 5


def exchange(folder: Path) -> None:
    """Put what is ready in its place."""
    staging = folder / "restoring-new"
    (staging / "ready" / replacing.LOCK).unlink()
    with closing(ProfileLock(folder / replacing.LOCK)):
        replacing.replace(folder, staging, staging / "ready", "former")
    shutil.rmtree(staging)


def child(call: Callable[[], object], steps: int) -> bool:
    """Run it in a process that is killed after so many steps that change the disk; whether it was."""
    pid = os.fork()
    if not pid:
        left = [steps]

        def look(event: str, arguments: tuple[object, ...]) -> None:
            if event in MUTATING and (event != "open" or writes(arguments)):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        begin = replacing.replace, replacing.recover

        def watched(which: int, *arguments: object) -> object:
            sys.addaudithook(look)
            return begin[which](*arguments)  # type: ignore[operator]

        replacing.replace = lambda *given: watched(0, *given)  # type: ignore[assignment]
        replacing.recover = lambda *given: watched(1, *given) if str(given[0]).endswith("profile") else None  # type: ignore[assignment]
        try:
            call()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def writes(arguments: tuple[object, ...]) -> bool:
    return isinstance(arguments[2], int) and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))


def test_nobody_opens_what_is_being_exchanged(tmp_path: Path, clock: FakeClock) -> None:
    folder = made(tmp_path / "profile", "old", clock)
    staging, new = ready(folder, "new", clock)
    with closing(staging), closing(ProfileLock(folder / replacing.LOCK)):
        (new / "former").write_text(str(folder.with_name("kept")))
        folder.with_name("kept").mkdir()
        new.rename(folder / replacing.READY)
        for write in (True, False):
            with pytest.raises(ProfileBusy):
                open_store(folder, write=write, clock=clock)
    with closing(open_store(folder, write=False, clock=clock)) as store:  # the first who can finishes it
        assert store.values.get("name") == "new"


def decided(folder: Path, clock: FakeClock, former: str) -> None:
    """An exchange that was killed right after it was decided; ``former`` is where it was to keep what was there."""
    staging, new = ready(folder, "new", clock)
    with closing(staging):
        (new / "former").write_text(former)
        new.rename(folder / replacing.READY)


@pytest.mark.parametrize("former", ["", "gone", "taken"])
def test_what_was_there_is_kept_also_where_its_folder_cannot_be_used(
    tmp_path: Path, clock: FakeClock, former: str
) -> None:
    """It was not there when it was decided, the profile was moved since, or the folder has another one by now."""
    folder = made(tmp_path / "profile", "old", clock)
    killed(folder)
    decided(folder, clock, str(tmp_path / former) if former else "")
    if former == "taken":
        made(tmp_path / former, "another", clock)
    says(folder, clock)
    assert says(folder, clock)[:2] == NEW[:2]
    (kept,) = folder.glob("former-*")
    assert says(kept, clock)[:3] == OLD[:3]
    assert former != "taken" or says(tmp_path / former, clock)[0] == "another"


def test_what_was_begun_while_the_lock_was_waited_for_is_finished_first(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a new database would be made where the one that was to come is missing."""
    folder = made(tmp_path / "profile", "old", clock)
    (tmp_path / "kept").mkdir()
    decided(folder, clock, str(tmp_path / "kept"))
    monkeypatch.setattr(replacing, "recover", lambda _folder: None)  # it looked before that
    with closing(open_store(folder, write=True, clock=clock)) as store:
        assert store.values.get("name") == "new"
    monkeypatch.undo()
    assert says(tmp_path / "kept", clock)[0] == "old"
    replacing.recover(folder)  # somebody else was quicker
    replacing.finish(folder)


# The folder to make it in ------------------------------------------------------------------------


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    pid = os.fork()
    if not pid:
        Staging(tmp_path, "making-")
        os._exit(0)  # it closes nothing
    os.waitpid(pid, 0)
    (left,) = tmp_path.iterdir()
    (tmp_path / "making-file").touch()
    with closing(Staging(tmp_path, "making-")) as mine, closing(Staging(tmp_path, "making-")) as other:
        assert not left.exists()
        assert mine.folder.is_dir()
        assert mine.folder != other.folder
        assert mine.folder.stat().st_mode & 0o77 == 0
    assert [each.name for each in tmp_path.iterdir()] == ["making-file"]


def test_opening_a_profile_removes_what_was_never_finished(tmp_path: Path, clock: FakeClock) -> None:
    folder = made(tmp_path / "profile", "old", clock)
    (folder / f"{replacing.STAGING}left").mkdir()
    with closing(Staging(folder, replacing.STAGING)) as busy:
        open_store(folder, write=True, clock=clock).close()
        assert [each for each in folder.iterdir() if each.is_dir()] == [busy.folder]


def test_what_somebody_else_links_to_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "making-link").symlink_to(tmp_path / "theirs")
    Staging(tmp_path, "making-").close()
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["making-link", "theirs"]


def test_a_disk_without_locks_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock, "_seize", refuse)
    with closing(Staging(tmp_path, "making-")) as mine, closing(Staging(tmp_path, "making-")):
        assert mine.folder.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_who_sweeps_takes_no_folder_that_is_in_use(tmp_path: Path) -> None:
    """Processes that make theirs and sweep at once, again and again."""
    code = (
        "import sys; from pathlib import Path; from veille.store.staging import Staging\n"
        "for turn in range(200):\n"
        "    mine = Staging(Path(sys.argv[1]), 'making-')\n"
        "    (mine.folder / 'file').write_bytes(b'x')\n"
        "    (mine.folder / 'file').read_bytes()\n"
        "    mine.close()\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in "abc"]
    assert [each.wait() for each in running] == [0, 0, 0]
    assert list(tmp_path.iterdir()) == []
