"""A backup of the whole profile in one file, made while Veille runs."""

import os
import shutil
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import veille
from veille.core.keeping.archive import DATABASE, Archive, Manifest, Part, pack, part_of
from veille.errors import BadBackup, ProfileBusy, ProfileUnwritable, TracesDamaged, Untouched, os_detail
from veille.files import sync
from veille.i18n import N_, _, ngettext, number, size
from veille.model import Clock, Progress
from veille.store import backup
from veille.store.backup import Holdings
from veille.store.staging import Staging

if TYPE_CHECKING:
    from veille.store import Store


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds, as its manifest says. ``size`` is that of the file, in bytes; ``traces`` is False for one of
    a profile whose traces could not be read."""

    made: datetime
    version: str  # of Veille
    schema: int  # of veille.db
    items: int
    saved: int
    tagged: int
    noted: int
    sources: int
    size: int
    traces: bool


class Backups:
    """Makes backups of one open profile."""

    def __init__(self, store: "Store", clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def write(self, path: Path, progress: Progress) -> Backup:
        """Write all that the store holds at one moment, verified by reading it back, or nothing.

        A backup that is there already stays whole until the new one takes its place. Raises ProfileUnwritable,
        ProfileDamaged and Untouched.
        """
        try:
            target = self._target(path)
            with closing(Staging(target.parent, f".{target.name}.partial-")) as staging:
                return self._write(target, staging.folder, progress)
        except OSError as error:
            raise ProfileUnwritable(path=str(path), detail=os_detail(error)) from error

    def _target(self, path: Path) -> Path:
        """The file that is meant, where a file can be."""
        target = Path(os.path.realpath(path))  # resolve() fails for links in a circle
        refused = ""
        if target.is_dir():
            refused = N_("it is a folder")
        elif target.exists() and not target.is_file():
            refused = N_("it is not a file")
        elif target.is_relative_to(self._store.folder.resolve()):
            refused = N_("it is inside the profile, which a restore sets aside")
        if refused:
            raise ProfileUnwritable(path=str(path), detail=refused)
        return target

    def _write(self, target: Path, folder: Path, progress: Progress) -> Backup:
        traces = self._store.traces.database
        if traces is not None:
            with suppress(ProfileUnwritable, ProfileBusy, TracesDamaged):  # what it can, whoever has the profile
                self._store.traces.flush()
        need = backup.size_of(self._store.db) + backup.size_of(traces)
        if (free := shutil.disk_usage(folder).free) < need:
            detail = _("{need} are needed there for a while, and {free} are free")
            raise ProfileUnwritable(path=str(target.parent), detail=detail.format(need=size(need), free=size(free)))
        made = self._clock.now().replace(microsecond=0)
        backup.copy(self._store.db, traces, folder, told(progress, _("Copying"), 0, 10))
        manifest = Manifest(
            made, veille.__version__, backup.holdings(folder / "veille.db"),
            self._parts(folder, told(progress, _("Checking"), 10, 20)))  # fmt: skip
        packed = folder / "backup"
        with os.fdopen(os.open(packed, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as file:
            pack(file, folder, manifest, told(progress, _("Packing"), 20, 80))
            file.flush()
            os.fsync(file.fileno())
            _verify(file, manifest, told(progress, _("Verifying"), 80, 100), target)
        packed.replace(target)
        sync(target.parent)
        return described(manifest, target.stat().st_size)

    def _parts(self, folder: Path, tell: backup.Tell) -> dict[str, Part]:
        """The copies in ``folder``, found sound. Traces that are not are left out: they keep nobody from the rest."""
        parts = {}
        for name, known in backup.PARTS.items():
            path = folder / name
            try:
                if path.exists():
                    parts[name] = part_of(path, backup.check(path, known, tell))
            except TracesDamaged:
                continue
        return parts


def in_words(holds: Backup | Holdings) -> str:
    """How many sources and items there are, and what the person did with them: "2 sources, 40 items, 3 saved"."""
    items = ngettext("{n} item", "{n} items", holds.items).format(n=number(holds.items))
    parts = [items] if not holds.sources else [
        ngettext("{n} source", "{n} sources", holds.sources).format(n=number(holds.sources)), items]  # fmt: skip
    for count, text in (
        (holds.saved, ngettext("{n} saved", "{n} saved", holds.saved)),
        (holds.tagged, ngettext("{n} tagged", "{n} tagged", holds.tagged)),
        (holds.noted, ngettext("{n} with a note", "{n} with a note", holds.noted)),
    ):
        if count:
            parts.append(text.format(n=number(count)))
    return ", ".join(parts)


def described(manifest: Manifest, size: int) -> Backup:
    """The backup of ``manifest``, a file of ``size`` bytes."""
    counts = manifest.counts
    return Backup(
        manifest.made, manifest.version, manifest.parts[DATABASE].schema, counts.items, counts.saved, counts.tagged,
        counts.noted, counts.sources, size, traces=len(manifest.parts) == len(backup.PARTS))  # fmt: skip


def told(progress: Progress, text: str, begin: int, end: int) -> backup.Tell:
    """Tells that the work called ``text`` goes from ``begin`` to ``end`` percent of the whole; raises Untouched."""

    def tell(done: int, of: int) -> None:
        if progress.cancelled:
            raise Untouched
        progress.step(begin + (end - begin) * done // max(of, 1), 100, text)

    return tell


def _verify(file: BinaryIO, manifest: Manifest, tell: backup.Tell, target: Path) -> None:
    """Read back what was written, from the disk where the system lets go of its own copy."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    try:
        archive = Archive(file, target.name)
        archive.unpack(None, tell)
        same = archive.manifest == manifest
    except BadBackup:
        same = False
    if not same:
        raise ProfileUnwritable(path=str(target), detail=N_("what was written there does not read back the same"))
