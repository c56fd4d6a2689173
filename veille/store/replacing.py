"""Putting other databases in the place of a profile's: whole or not at all, whatever happens on the way.

One renaming decides. Until the folder :data:`READY` stands in the profile, nothing of it was touched; from then on
whoever opens the profile first finishes what was begun (:func:`recover`). Each step may be done again: a database that
still lies in READY has not taken its place, so what is in its place is the former one, with the log that belongs to
it. A log is thus never played back onto another database.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

from veille.files import sync
from veille.store.lock import ProfileLock

DATABASES = ("veille.db", "traces.db")
LOCK = "veille.lock"
READY = "restored"
STAGING = "restoring-"  # and more: where READY is made
_FORMER = "former"  # in READY: names the folder for what was there, "" for none
_INDEX = "index"
_BESIDE = ("", "-wal", "-shm", "-journal")


def replace(folder: Path, staging: Path, ready: Path, name: str) -> Path | None:
    """Put the databases in ``ready`` in the place of those of the profile in ``folder``, whose lock the caller holds.

    ``ready`` is in ``staging``, a folder in the profile that the caller removes afterwards. What was there is kept in
    a folder called ``name``, or with a number behind it, beside the profile, or within it where beside is another
    disk; returns that folder, None where nothing was there. Raises OSError: the profile is as it was, or what was begun
    is finished when it is next opened.
    """
    finish(folder)
    former = _former(folder, ready, name) if any(_there(folder)) else None
    try:
        (ready / _FORMER).write_text(str(former or ""), encoding="utf-8")
        sync(*(path for path in ready.iterdir()), ready, staging)
        with suppress(FileNotFoundError):  # it is derived, of what goes; a renaming is one step, removing it many
            (folder / _INDEX).rename(Path(mkdtemp(dir=staging)) / _INDEX)
        ready.rename(folder / READY)
    except OSError:
        if former is not None:
            former.rmdir()
        raise
    finish(folder)
    return former


def recover(folder: Path) -> None:
    """Finish what a process began that was killed. Raises ProfileBusy while one is at it, and OSError."""
    if not (folder / READY).is_dir():
        return
    lock = ProfileLock(folder / LOCK)
    try:
        finish(folder)
    finally:
        lock.close()


def finish(folder: Path) -> None:
    """The same for who holds the lock already: somebody may have been killed while it was waited for."""
    ready = folder / READY
    if not ready.is_dir():
        return
    sync(folder)
    for name in DATABASES:
        if (ready / name).exists():
            for old in _there(folder, name):
                former = _place(folder, ready, name)
                old.rename(former / old.name)
                sync(former)
            sync(folder)  # first the former one is safe
            (ready / name).rename(folder / name)
    sync(folder)
    for left in ready.iterdir():
        left.unlink()
    ready.rmdir()


def _place(folder: Path, ready: Path, name: str) -> Path:
    """The folder to which the former database ``name`` goes: the one that was made for it, or another one in the
    profile where that is not there any more (the profile was moved meanwhile) or has such a database already."""
    text = (ready / _FORMER).read_text(encoding="utf-8")
    former = Path(text)
    if text and former.is_dir() and not os.path.lexists(former / name):
        return former
    former = Path(mkdtemp(prefix=f"{_FORMER}-", dir=folder))
    (ready / _FORMER).write_text(str(former), encoding="utf-8")
    return former


def _there(folder: Path, *names: str) -> list[Path]:
    """The files of those databases (all, without ``names``), the log before what it belongs to."""
    paths = (folder / f"{name}{more}" for name in names or DATABASES for more in _BESIDE[::-1])
    return [path for path in paths if os.path.lexists(path)]


def _former(folder: Path, ready: Path, name: str) -> Path:
    """An empty folder to which files of ``folder`` can be renamed."""
    for parent in (folder.parent, folder):
        former = None
        try:
            former = _new(parent, name)
            probe = former / _FORMER
            probe.touch()
            probe.rename(ready / _FORMER)  # fails between two disks
            sync(parent)
            return former
        except OSError:
            if former is not None:
                shutil.rmtree(former, ignore_errors=True)
            if parent is folder:
                raise
    raise AssertionError  # never reached


def _new(parent: Path, name: str) -> Path:
    number = 1
    while True:
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(mode=0o700)
            return folder
        except FileExistsError:
            if folder.is_dir() and not any(folder.iterdir()):  # somebody was killed before they used it
                return folder
        number += 1
