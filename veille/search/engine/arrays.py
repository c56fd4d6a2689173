"""Files of flat arrays: what each segment of the index is made of.

::

    magic | array | array | …          each begins at a multiple of 8 bytes; little-endian
    directory                          JSON: {"arrays": {name: [type, offset, count, checksum]}, "facts": {…}}
    offset, length and checksum of the directory (u64, u32, u32) | magic

Each array has a CRC-32 of its own. A file that was cut short is noticed when it is opened, a flipped byte by
:meth:`ArrayFile.check`, which reads everything. Files are mapped, not read: what a search does not touch costs nothing.
"""

import json
import struct
import zlib
from collections.abc import Callable, Mapping
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_MAGIC = b"VeilleA1"
_TRAILER = struct.Struct("<QII8s")
_AT_ONCE = 1 << 20  # bytes that are checked between two looks at whether to stop
_SMALL = ("<u1", "<u2", "<u4", "<u8")


class Damaged(ValueError):
    """A file of the index is not as it was written."""


class ArrayWriter:
    """Writes one file; nothing of it is valid before :meth:`close`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._directory: dict[str, tuple[str, int, int, int]] = {}
        self._end = file.write(_MAGIC)

    def put(self, name: str, values: Array) -> None:
        """Write an array of one dimension."""
        values = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
        data = values.data if len(values) else b""
        self._end += self._file.write(bytes(-self._end % 8))
        self._directory[name] = (values.dtype.str, self._end, len(values), zlib.crc32(data))
        self._end += self._file.write(data)

    def close(self, facts: Mapping[str, Any]) -> None:
        """Write the directory with ``facts``, whatever JSON can hold, and close the file."""
        data = json.dumps({"arrays": self._directory, "facts": facts}).encode()
        self._file.write(data + _TRAILER.pack(self._end, len(data), zlib.crc32(data), _MAGIC))
        self._file.close()


class ArrayFile:
    """Reads a file of arrays. Safe to use from several threads. Raises :class:`Damaged`."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size < _TRAILER.size + len(_MAGIC):
                raise Damaged(f"{path.name} is cut short")
            self._map = mmap(file.fileno(), 0, access=ACCESS_READ)
        self._path, self._size = path, size
        start, length, checksum, magic = _TRAILER.unpack_from(self._map, size - _TRAILER.size)
        data = self._map[start : start + length]
        if magic != _MAGIC or zlib.crc32(data) != checksum or start + length + _TRAILER.size != size:
            raise Damaged(f"{path.name} has no directory")
        directory = json.loads(data)
        self._directory: dict[str, tuple[str, int, int, int]] = directory["arrays"]
        self.facts: dict[str, Any] = directory["facts"]

    @property
    def whole(self) -> bool:
        """Whether the file has the length that it had when it was opened. Raises OSError where it is gone."""
        return self._path.stat().st_size == self._size

    def __contains__(self, name: str) -> bool:
        return name in self._directory

    def get(self, name: str) -> Array:
        """The array ``name``, read only."""
        kind, offset, count, _checksum = self._directory[name]
        return np.frombuffer(self._map, kind, count, offset)

    def check(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """Read everything and compare the checksums; ends early once ``stopped``."""
        end = len(_MAGIC)
        if self._map[:end] != _MAGIC:
            raise Damaged(f"{self._path.name} has another beginning")
        for name, (kind, offset, count, checksum) in self._directory.items():
            gap, end = self._map[end:offset], offset + count * np.dtype(kind).itemsize
            found = 0
            for start in range(offset, end, _AT_ONCE):
                if stopped():
                    return
                found = zlib.crc32(self._map[start : min(end, start + _AT_ONCE)], found)
            if found != checksum or gap.strip(b"\0"):
                raise Damaged(f"{name} in {self._path.name} is damaged")


def smallest(values: Array) -> Array:
    """The same numbers, none negative, in as few bytes each as the largest needs."""
    highest = int(values.max()) if len(values) else 0
    return values.astype(next(kind for kind in _SMALL if highest <= np.iinfo(kind).max))
