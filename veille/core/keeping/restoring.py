"""Putting a backup in the place of a profile: verified, then exchanged; what was there is kept beside it."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from veille.core.keeping.archive import DATABASE, Archive, Manifest
from veille.core.keeping.backups import Backup, described, in_words, told
from veille.errors import (
    BadBackup,
    ProfileBusy,
    ProfileDamaged,
    ProfileNewer,
    ProfileUnwritable,
    RestoreUnfinished,
    os_detail,
)
from veille.i18n import N_, _, moment, size
from veille.model import Clock, Progress
from veille.store import Filter, backup, open_store, replacing
from veille.store.backup import Holdings
from veille.store.lock import ProfileLock
from veille.store.staging import Staging

_READY = "ready"  # in the staging folder
_ROOM = 1.2  # what a part needs while it is brought up to date, by its size
_FIRST = 100  # items that are looked at as a list does


@dataclass(frozen=True, slots=True)
class Prepared:
    """A backup that was unpacked beside the profile and found whole. ``there`` says that the profile has items or
    sources, or may have; ``holds`` what it has, None where that cannot be read: it is damaged, or of a newer Veille."""

    backup: Backup
    there: bool
    holds: Holdings | None

    @property
    def text(self) -> str:
        """What the backup is."""
        text = _("A backup of {when}. It holds {what}.")
        return text.format(when=moment(self.backup.made), what=in_words(self.backup))

    @property
    def question(self) -> str:
        """What it takes the place of."""
        if self.holds is None:
            what = _("It takes the place of your profile, which this Veille cannot read.")
        else:
            what = _("It takes the place of your profile, which holds {what}.").format(what=in_words(self.holds))
        return what + " " + _("Your present profile is kept in a folder beside the new one.")


class Restorer:
    """Restores into the profile in ``folder``, which is open nowhere when :meth:`finish` is called."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = Path(os.path.realpath(folder))  # resolve() fails for links in a circle
        self._clock = clock
        self._staging: Staging | None = None
        self._begun: list[Path] = []  # folders that were not there, the innermost first

    def check_free(self) -> None:
        """Raises ProfileBusy when somebody has the profile: better said before the work than after it."""
        lock = self.folder / replacing.LOCK
        if lock.exists():
            with _in_words(self.folder):
                ProfileLock(lock).close()

    def prepare(self, path: Path, progress: Progress) -> Prepared:
        """Unpack, verify, bring up to date; the profile is not touched.

        Raises BadBackup, BackupNewer, ProfileUnwritable and Untouched.
        """
        self.abandon()
        try:
            with _opened(path) as file, _in_words(self.folder):
                archive, whole = Archive(file, path.name), os.fstat(file.fileno()).st_size
                ready = self._begin(archive.manifest)
                archive.unpack(ready, told(progress, _("Unpacking"), 0, 60))
            self._check(ready, archive, told(progress, _("Checking"), 60, 80))
            with _in_words(self.folder):
                self._open(ready, archive, told(progress, _("Bringing up to date"), 80, 100))
                holds = backup.present(self.folder / DATABASE)
                found = described(archive.manifest, whole)
        except BaseException:
            self.abandon()
            raise
        return Prepared(found, holds is None or holds.items > 0 or holds.sources > 0, holds)

    def finish(self) -> Path | None:
        """Put what was prepared in the place of the profile, whole or not at all; returns where the one before is kept,
        None when there was none. Raises ProfileBusy, ProfileUnwritable and RestoreUnfinished."""
        assert self._staging is not None, "nothing was prepared"
        with _in_words(self.folder):
            lock = ProfileLock(self.folder / replacing.LOCK)
            try:
                staging = self._staging.folder
                name = f"{self.folder.name}.before-restore-{self._clock.now().astimezone().date()}"
                kept = replacing.replace(self.folder, staging, staging / _READY, name)
            except OSError as error:
                if (self.folder / replacing.READY).is_dir():
                    raise RestoreUnfinished(path=str(self.folder), detail=os_detail(error)) from error
                raise
            finally:
                lock.close()
        self._begun = []
        self.abandon()
        return kept

    def abandon(self) -> None:
        """Remove what was prepared."""
        if self._staging is not None:
            self._staging.close()
        for folder in self._begun:
            with suppress(OSError):  # somebody put something there
                folder.rmdir()
        self._staging, self._begun = None, []

    def _begin(self, manifest: Manifest) -> Path:
        """The folder for the parts, where there is room for them."""
        self._begun = [each for each in (self.folder, *self.folder.parents) if not each.exists()]
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        replacing.recover(self.folder)
        need, free = int(manifest.size * _ROOM), shutil.disk_usage(self.folder).free
        if free < need:
            detail = _("{need} are needed there, and {free} are free").format(need=size(need), free=size(free))
            raise ProfileUnwritable(path=str(self.folder), detail=detail)
        self._staging = Staging(self.folder, replacing.STAGING)
        ready = self._staging.folder / _READY
        ready.mkdir()
        return ready

    def _check(self, ready: Path, archive: Archive, tell: backup.Tell) -> None:
        """Whether each part is a sound database of ours, and holds what the manifest says."""
        manifest = archive.manifest
        try:
            found = {name: backup.check(ready / name, backup.PARTS[name], tell) for name in manifest.parts}
            holds = backup.holdings(ready / DATABASE)
        except ProfileNewer:
            raise archive.newer from None
        except ProfileDamaged as error:
            raise archive.bad(str(error.facts["detail"])) from error
        if found != {name: part.schema for name, part in manifest.parts.items()} or holds != manifest.counts:
            raise archive.bad(N_("what it holds is not what it announces"))

    def _open(self, ready: Path, archive: Archive, tell: backup.Tell) -> None:
        """Bring it up to date and look at it as a window does, so that opening it cannot fail later."""
        tell(0, 1)
        try:
            with closing(open_store(ready, write=True, clock=self._clock)) as store:
                store.sources.outline()
                store.items.counts()
                store.items.whole(store.items.ids(Filter())[:_FIRST])
                store.values.all()
                # What was spent since the backup was made is spent: the month's budget for X must not begin anew.
                store.spending.join(backup.books(self.folder / DATABASE))
        except (ProfileUnwritable, ProfileBusy):
            raise
        except Exception as error:  # values that nobody of ours wrote fail in any way
            raise archive.bad(N_("what it holds is damaged")) from error
        for left in ready.iterdir():
            if left.name.endswith("-wal"):  # it would be left behind
                raise ProfileUnwritable(path=str(self.folder), detail=N_("the disk failed to read or write"))
            if left.name not in replacing.DATABASES:
                left.unlink()
        tell(1, 1)


def kept_text(kept: Path) -> str:
    """Where the profile before is, and how large."""
    text = _("What was there before is kept in {folder} ({size}).")
    return text.format(folder=kept, size=size(bytes_in(kept)))


def bytes_in(folder: Path) -> int:
    """What the files in ``folder`` take."""
    return sum(each.stat().st_size for each in folder.iterdir() if each.is_file())


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):  # a pipe would keep us waiting
            detail = N_("it is a folder") if stat.S_ISDIR(mode) else N_("it is not a file")
            raise BadBackup(name=path.name, detail=detail)
        file = path.open("rb")
    except OSError as error:
        raise BadBackup(name=path.name, detail=os_detail(error)) from error
    with file:
        yield file


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ProfileUnwritable(path=str(folder), detail=os_detail(error)) from error
