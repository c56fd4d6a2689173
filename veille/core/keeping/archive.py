"""The file of a backup: a ZIP file with ``manifest.json``, which says what the others are, and the databases.

``manifest.json``, in UTF-8::

    {"format": "veille-backup", "format_version": 1, "veille": "0.1.0", "made": "2026-11-26T03:11:00Z",
     "counts": {"items": 100000, "saved": 120, "tagged": 4, "noted": 2, "sources": 60},
     "files": {"veille.db": {"schema": 5, "size": 206888960, "sha256": "…"}, "traces.db": {…}}}

Nothing that such a file says of itself is believed before it was looked at.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from veille.content.text import printable
from veille.errors import BackupNewer, BadBackup, os_detail
from veille.formats import zipped
from veille.i18n import N_
from veille.store.backup import PARTS, Holdings, Tell

FORMAT, VERSION = "veille-backup", 1
MANIFEST, DATABASE = "manifest.json", "veille.db"
RATIO = 200  # a part that deflate makes smaller than that is stored as it is, and refused otherwise: a bomb
_RATIO_FROM = 50_000_000  # bytes of a part
_CHUNK = 1_000_000  # bytes that are read at a time
_LEVEL = 1  # of deflate: 6 takes four times as long for an eighth less
_LARGEST_MANIFEST = 100_000
_NO_BACKUP = N_("it is not a backup of Veille")
_DAMAGED = N_("it is damaged, or only part of it is there")


@dataclass(frozen=True, slots=True)
class Part:
    """A database: the version of its tables, its bytes and their hash."""

    schema: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. ``version`` is that of Veille."""

    made: datetime
    version: str
    counts: Holdings
    parts: dict[str, Part]

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in self.parts.values())


# Writing -----------------------------------------------------------------------------------------


def pack(file: BinaryIO, folder: Path, manifest: Manifest, tell: Tell, stored: frozenset[str] = frozenset()) -> None:
    """Write the parts of ``manifest``, which are in ``folder``, into ``file``; those in ``stored`` as they are."""
    done = 0
    with ZipFile(file, "w") as archive:
        archive.writestr(_info(MANIFEST, manifest, ZIP_DEFLATED), json.dumps(_said(manifest), indent=1))
        for name, part in manifest.parts.items():
            info = _info(name, manifest, ZIP_STORED if name in stored else ZIP_DEFLATED)
            info.file_size = part.size
            with (folder / name).open("rb") as source, archive.open(info, "w") as target:
                while piece := source.read(_CHUNK):
                    target.write(piece)
                    done += len(piece)
                    tell(done, manifest.size)
        bombs = frozenset(each.filename for each in archive.infolist() if _bomb(each.file_size, each.compress_size))
    if bombs:
        file.seek(0)
        file.truncate()
        pack(file, folder, manifest, tell, bombs)


def part_of(path: Path, schema: int) -> Part:
    """The database at ``path`` as a part."""
    with path.open("rb") as file:
        return Part(schema, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _info(name: str, manifest: Manifest, method: int) -> ZipInfo:
    local = manifest.made.astimezone()
    info = ZipInfo(name, (max(1980, local.year), *local.timetuple()[1:6]))
    info.compress_type = method
    info.external_attr = 0o600 << 16  # for who unpacks it by hand
    info._compresslevel = _LEVEL  # type: ignore[attr-defined]  # there is no public way until Python 3.13
    return info


def _said(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT, "format_version": VERSION, "veille": manifest.version,
        "made": manifest.made.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "counts": asdict(manifest.counts), "files": {name: asdict(part) for name, part in manifest.parts.items()},
    }  # fmt: skip


def _bomb(size: int, packed: int) -> bool:
    return size > _RATIO_FROM and size > RATIO * packed


# Reading -----------------------------------------------------------------------------------------


class Archive:
    """A backup that somebody gives. ``name`` is what errors call it. Raises BadBackup and BackupNewer."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        with self._in_words():
            places = self._places()
            self.manifest = self._manifest(places.pop(MANIFEST))
            self._judge(places)
            self._places_of = places

    def unpack(self, folder: Path | None, tell: Tell) -> None:
        """Write the parts into ``folder`` (None: nowhere) and see that they are what the manifest says."""
        done = 0
        for name, part in self.manifest.parts.items():
            found = hashlib.sha256()
            with _new_file(folder and folder / name) as target:
                for piece in self._pieces(self._places_of[name]):
                    found.update(piece)
                    target.write(piece)
                    done += len(piece)
                    tell(done, self.manifest.size)
            if found.hexdigest() != part.sha256:
                raise self.bad(_DAMAGED)

    def bad(self, detail: str) -> BadBackup:
        """The error that says ``detail``."""
        return BadBackup(name=self._name, detail=detail)

    @property
    def newer(self) -> BackupNewer:
        """The error for what a later Veille made."""
        return BackupNewer(name=self._name)

    def _places(self) -> dict[str, zipped.Place]:
        if not zipped.is_zip(self._file):
            raise self.bad(_NO_BACKUP)
        places: dict[str, zipped.Place] = {}
        for place in zipped.places(self._file):
            if place.name in places or len(places) > len(PARTS):
                raise self.bad(_NO_BACKUP)
            places[place.name] = place
        if MANIFEST not in places:
            raise self.bad(_NO_BACKUP)
        zipped.apart(list(places.values()))
        return places

    def _manifest(self, place: zipped.Place) -> Manifest:
        if place.size > _LARGEST_MANIFEST:
            raise self.bad(_NO_BACKUP)
        data = b"".join(self._pieces(place))
        try:
            said = json.loads(data.decode("utf-8"))
            if said["format"] != FORMAT:
                raise self.bad(_NO_BACKUP)
            if _count(said["format_version"]) > VERSION:
                raise self.newer
            return Manifest(
                made=_moment(said["made"]), version=printable(str(said["veille"]))[:40],
                counts=Holdings(*(_count(said["counts"][field.name]) for field in fields(Holdings))),
                parts={str(name): Part(_count(part["schema"]), _count(part["size"]), str(part["sha256"]))
                       for name, part in said["files"].items()})  # fmt: skip
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError):
            raise self.bad(_NO_BACKUP) from None

    def _judge(self, places: dict[str, zipped.Place]) -> None:
        """Whether what is there is what the manifest says, and of a kind that can be restored."""
        parts = self.manifest.parts
        if set(places) != set(parts) or not {DATABASE} <= set(parts) <= set(PARTS):
            raise self.bad(_NO_BACKUP)
        if any(part.schema > PARTS[name].version for name, part in parts.items()):
            raise self.newer
        for name, place in places.items():
            if place.size != parts[name].size or _bomb(place.size, place.packed):
                raise self.bad(_DAMAGED)

    def _pieces(self, place: zipped.Place) -> Iterator[bytes]:
        with self._in_words():
            yield from zipped.unpacked(self._file, place, lambda _count: None)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Of the reading alone: what fails when a part is written is no fault of the backup."""
        try:
            yield
        except zipped.Broken as error:
            raise self.bad(error.detail) from error
        except OSError as error:  # its disk was taken out
            raise self.bad(os_detail(error)) from error


@contextmanager
def _new_file(path: Path | None) -> Iterator[BinaryIO]:
    """A file that is not there yet, for its person alone, on the disk at the end; None: written to nowhere."""
    how = os.O_WRONLY if path is None else os.O_CREAT | os.O_EXCL | os.O_WRONLY
    with os.fdopen(os.open(path or os.devnull, how, 0o600), "wb") as file:
        yield file
        file.flush()
        if path is not None:
            os.fsync(file.fileno())


def _count(value: object) -> int:
    """A number that counts something; raises ValueError and TypeError."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 62:
        raise ValueError
    return value


def _moment(text: str) -> datetime:
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError
    return when.astimezone(UTC)
