"""What a person gives to be read: a file, a ZIP file or an unpacked folder, as named streams of bytes.

Nothing is written to the disk. Names are compared and shown, never opened: a stream of a ZIP file is read by its place
in it, one of a folder by the path that was found by walking. All that is given is hostile, so everything is counted.
"""

import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from veille.content.text import plain
from veille.errors import BadFile, os_detail
from veille.formats import zipped
from veille.formats.zipped import Place
from veille.i18n import N_

CHUNK = 65_536  # bytes that are read at a time
LONGEST_ROW = 8_000_000  # bytes that may be read without a row coming out
_MOST_BYTES = 16_000_000_000  # that are read in all
_FREE = 64_000_000  # bytes that may come out however little went in
_RATIO = 100  # beyond these: times that what comes out may be larger than what went in; text is some 20 times
_MOST_ROWS = 2_000_000  # of all members
_MOST_MEMBERS = 10_000
_MOST_SEEN = 2_000_000  # names that are looked at to find them
_DEEPEST = 6  # folders inside one another
_LONGEST_NAME = 500
_SUFFIXES = (".js", ".json", ".html", ".htm", ".csv", ".ris", ".opml", ".xml", ".txt")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in what was given. ``name`` is its path there with "/", plain text to compare and show, "" for a file by
    itself. ``size`` is the bytes that it takes up where it lies, so packed in a ZIP file.
    """

    name: str
    size: int
    where: Path | Place

    @property
    def base(self) -> str:
        """The last part of its name, in lower case."""
        return self.name.rpartition("/")[2].lower()


def readable(name: str) -> bool:
    """Whether a member called ``name`` may be one that a reader knows, by its ending; no hidden ones."""
    parts = name.split("/")
    return name.lower().endswith(_SUFFIXES) and not any(each.startswith((".", "__MACOSX")) for each in parts)


@contextmanager
def opening(path: Path, wanted: Callable[[str], bool] = readable) -> Iterator["Files"]:
    """What is at ``path``; of an archive the members that are ``wanted`` by their names. Raises BadFile.

    ``wanted`` is not asked about a file by itself.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            yield Files(path.name, tuple(_walked(path, wanted)))
            return
        if not stat.S_ISREG(mode):  # a pipe would never end
            raise BadFile(name=path.name, detail=N_("it is not a file"))
        with path.open("rb") as file:
            if zipped.is_zip(file):
                yield Files(path.name, tuple(_packed(path, file, wanted)), file)
            else:
                yield Files(path.name, (Member("", path.stat().st_size, path),))
    except OSError as error:
        raise BadFile(name=path.name, detail=os_detail(error)) from error


class Files:
    """What was given, open. ``members`` are in the order of their names, parts by their numbers.

    ``done`` of ``total`` bytes, as they lie in it, were read so far; of a member that is left early all.
    """

    def __init__(self, name: str, members: tuple[Member, ...], archive: BinaryIO | None = None) -> None:
        self.name = name
        self.members = tuple(sorted(members, key=lambda each: _ordered(each.name.rpartition(".")[0])))
        self.total = sum(each.size for each in members)
        self.done = 0
        self._archive = archive
        self._taken = 0  # bytes that were read
        self._given = 0  # bytes that came out
        self._rows = 0

    @property
    def alone(self) -> bool:
        """Whether it is a file by itself."""
        return len(self.members) == 1 and not self.members[0].name

    @contextmanager
    def open(self, member: Member) -> Iterator["Stream"]:
        """The bytes of ``member``. Raises BadFile, as reading does: for one that is damaged, packed in a way that is
        not known, or made to do harm. The other members can still be read."""
        before, name = self.done, member.name or self.name
        try:
            if isinstance(member.where, Place):
                assert self._archive is not None
                yield Stream(name, self, zipped.unpacked(self._archive, member.where, self._read))
            else:
                with _opened(member.where) as file:
                    yield Stream(name, self, self._plain(file))
        except zipped.Broken as error:
            raise BadFile(name=name, detail=error.detail) from error
        except OSError as error:
            raise BadFile(name=name, detail=os_detail(error)) from error
        finally:
            self.done = max(self.done, before + member.size)

    def head(self, member: Member) -> bytes:
        """The first bytes of ``member``, about :data:`CHUNK`; they do not count as read. Raises BadFile."""
        before = self.done, self._taken, self._given
        try:
            with self.open(member) as stream:
                return stream.chunk()
        finally:
            self.done, self._taken, self._given = before

    def _plain(self, file: BinaryIO) -> Iterator[bytes]:
        while chunk := file.read(CHUNK):
            self._read(len(chunk))
            yield chunk

    def _read(self, size: int) -> None:
        self.done += size
        self._taken += size

    def count_row(self) -> None:
        """One row more has come out. Raises BadFile."""
        self._rows += 1
        if self._rows > _MOST_ROWS:
            raise BadFile(name=self.name, detail=N_("it holds far too many entries"))

    def count(self, size: int) -> None:
        """``size`` bytes more have come out. Raises BadFile when it is a bomb."""
        self._given += size
        packed = self._archive is not None
        if self._given > _MOST_BYTES or (packed and self._given > _FREE + _RATIO * self._taken):
            raise BadFile(name=self.name, detail=N_("what is packed in it is far too large"))


class Stream(io.RawIOBase):
    """The bytes of a member, from its beginning to its end, once.

    Whoever reads calls :meth:`row` for each row that comes out; what gives none for too long is refused, so that one
    value cannot fill the memory.
    """

    def __init__(self, name: str, files: Files, chunks: Iterator[bytes]) -> None:
        self.name = name
        self._files = files
        self._chunks = chunks
        self._left = memoryview(b"")
        self._since = 0

    def head(self) -> bytes:
        """The first bytes, which :meth:`chunk` gives again."""
        first = next(self._chunks, b"")
        self._chunks = chain([first] if first else [], self._chunks)
        return first

    @property
    def full(self) -> bool:
        """Whether as much was read without a row as may be kept."""
        return self._since > LONGEST_ROW

    def row(self) -> None:
        """A row has come out. Raises BadFile when there are far too many."""
        self.let_go()
        self._files.count_row()

    def let_go(self) -> None:
        """What was read so far is not kept."""
        self._since = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        """See RawIOBase; also raises BadFile."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        if not self._left:
            self._left = memoryview(self.chunk())
        count = min(len(view), len(self._left))
        view[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def chunk(self) -> bytes:
        """The next bytes, about :data:`CHUNK` of them; none at the end. Not to be mixed with ``read``."""
        data = next(self._chunks, b"")
        self._since += len(data)
        if self._since > LONGEST_ROW + CHUNK:
            raise BadFile(name=self.name, detail=N_("one entry in it is far too large"))
        self._files.count(len(data))
        return data


# What was given ----------------------------------------------------------------------------------


def _walked(folder: Path, wanted: Callable[[str], bool]) -> Iterator[Member]:
    """The files below ``folder``; links are not followed, and what cannot be read is passed over."""
    left, seen, found = [("", folder, 0)], 0, 0
    while left:
        inside, path, depth = left.pop()
        with suppress(OSError) if depth else nullcontext(), os.scandir(path) as entries:
            for entry in entries:
                seen += 1
                name = inside + plain(entry.name)
                if entry.is_dir(follow_symlinks=False):
                    if depth < _DEEPEST:
                        left.append((f"{name}/", Path(entry.path), depth + 1))
                elif entry.is_file(follow_symlinks=False) and wanted(name):
                    found += 1
                    yield Member(name, entry.stat(follow_symlinks=False).st_size, Path(entry.path))
                _few(folder, seen, max(found, len(left)))


def _packed(path: Path, file: BinaryIO, wanted: Callable[[str], bool]) -> Iterator[Member]:
    seen, inside, found, end = 0, "", list[Member](), path.stat().st_size
    try:
        for place in zipped.places(file):
            seen += 1
            name = plain(place.name)[-_LONGEST_NAME:]
            if name.lower().endswith(".zip"):
                inside = name
            elif name and not name.endswith("/") and wanted(name):
                found.append(Member(name, max(0, min(place.packed, end - place.start)), place))
            _few(path, seen, len(found))
        zipped.apart([each.where for each in found if isinstance(each.where, Place)])
    except zipped.Broken as error:
        raise BadFile(name=path.name, detail=error.detail) from error
    if inside and not found:
        raise BadFile(name=path.name, detail=N_("it holds another ZIP file: take that one out and import it"))
    yield from found


def _few(path: Path, seen: int, found: int) -> None:
    if seen > _MOST_SEEN or found > _MOST_MEMBERS:
        raise BadFile(name=path.name, detail=N_("it holds far too many files"))


def _opened(path: Path) -> BinaryIO:
    """A link or a pipe that took the place of a file meanwhile is not opened."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    return os.fdopen(os.open(path, flags), "rb")


def _ordered(name: str) -> list[tuple[int, str]]:
    """Names in the order of the alphabet, numbers in them by size."""
    parts = list[tuple[int, str]]()
    digits = ""
    for each in name:
        if each in "0123456789":
            digits += each
            continue
        parts += [(int(digits), ""), (0, each)] if digits else [(0, each)]
        digits = ""
    return [*parts, (int(digits), "")] if digits else parts
