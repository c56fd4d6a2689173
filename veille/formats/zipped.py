"""ZIP files, read without believing what they say of themselves (APPNOTE.TXT of PKWARE, 4.3 to 4.5).

The standard library keeps a record for each member of an archive, and an archive says how many it has: an X archive
holds tens of thousands of pictures, a hostile one ten millions of names. Here names pass by one at a time, and bytes
come out in small pieces, checked.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from veille.i18n import N_

_CHUNK = 65_536
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL, _FULL_64 = 0xFFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF
_ENCRYPTED, _UTF_8 = 0x1, 0x800
_STORED, _DEFLATED = 0, 8
_DAMAGED = N_("it is damaged, or only part of it is there")


class Broken(Exception):
    """The archive, or one member of it, cannot be read; ``detail`` is marked for translation."""

    def __init__(self, detail: str = _DAMAGED) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Place:
    """A member, as the directory of the archive has it. Sizes in bytes; ``start`` is where its header begins."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int


def is_zip(file: BinaryIO) -> bool:
    """Whether ``file`` begins as ZIP files do; one that is cut short does, too."""
    file.seek(0)
    return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def places(file: BinaryIO) -> Iterator[Place]:
    """The members that the directory of the archive names, one by one. Raises Broken."""
    count, size, start, shift = _directory(file)
    at, end = start, start + size
    for _each in range(count):
        file.seek(at)  # whoever asks may read between two members
        entry = _record(file, _ENTRY, b"PK\x01\x02")
        (_sign, _by, _needs, flags, method, _time, _day, crc, packed, whole, names, extras, comment,
         _disk, _inner, _outer, offset) = entry  # fmt: skip
        name, extra = _exactly(file, names), _exactly(file, extras)
        at += _ENTRY.size + names + extras + comment
        if at > end:
            raise Broken
        whole, packed, offset = _large(extra, whole, packed, offset)
        text = name.decode("utf-8" if flags & _UTF_8 else "cp437", "replace")
        yield Place(text.replace("\\", "/"), flags, method, crc, packed, whole, offset + shift)


def apart(members: Sequence[Place]) -> None:
    """Raises Broken when members lie one over the other, as in a bomb whose members share their bytes."""
    end = 0
    for each in sorted(members, key=lambda member: member.start):
        if each.start < end:
            raise Broken(N_("it is built to do harm: its parts lie one over the other"))
        end = each.start + _LOCAL.size + each.packed


def unpacked(file: BinaryIO, member: Place, read: Callable[[int], None]) -> Iterator[bytes]:
    """What ``member`` holds, in pieces of 64 kB at most; ``read`` is told how many bytes went in. Raises Broken.

    A piece that is not followed by an error was whole; that the last one was is known at the end (its CRC-32).
    """
    if member.flags & _ENCRYPTED:
        raise Broken(N_("it is protected by a password"))
    if member.method not in (_STORED, _DEFLATED):
        raise Broken(N_("it is packed in a way that Veille does not know"))
    file.seek(member.start)
    names, extras = _record(file, _LOCAL, b"PK\x03\x04")[-2:]
    at, crc, size = member.start + _LOCAL.size + names + extras, 0, 0
    pieces = _inflated if member.method == _DEFLATED else _verbatim
    for piece in pieces(file, at, member.packed, read):
        crc = zlib.crc32(piece, crc)
        size += len(piece)
        if size > member.size:
            raise Broken
        yield piece
    if size != member.size:
        raise Broken
    if crc != member.crc:
        raise Broken(N_("it is damaged: its checksum is wrong"))


def _inflated(file: BinaryIO, at: int, packed: int, read: Callable[[int], None]) -> Iterator[bytes]:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for chunk in _verbatim(file, at, packed, read):
            data = chunk
            while data and not machine.eof:
                if piece := machine.decompress(data, _CHUNK):
                    yield piece
                data = machine.unconsumed_tail
            while not machine.eof and (piece := machine.decompress(b"", _CHUNK)):  # what it kept back
                yield piece
    except zlib.error:
        raise Broken from None
    if not machine.eof:
        raise Broken


def _verbatim(file: BinaryIO, at: int, left: int, read: Callable[[int], None]) -> Iterator[bytes]:
    while left:
        file.seek(at)
        chunk = _exactly(file, min(left, _CHUNK))
        at += len(chunk)
        left -= len(chunk)
        read(len(chunk))
        yield chunk


# The directory -----------------------------------------------------------------------------------


def _directory(file: BinaryIO) -> tuple[int, int, int, int]:
    """How many members the directory names, its size, where it begins, and how far places are off, in bytes."""
    end = file.seek(0, 2)
    tail_at = max(0, end - _END.size - 0xFFFF)
    file.seek(tail_at)
    tail = file.read()
    found = tail.rfind(b"PK\x05\x06", 0, max(0, len(tail) - _END.size + 4))
    if found < 0:
        raise Broken
    _sign, disk, _first, _here, count, size, start, _comment = _END.unpack_from(tail, found)
    at = tail_at + found
    if disk not in (0, 0xFFFF):
        raise Broken(N_("it is only one part of several"))
    if count == 0xFFFF or _FULL in (size, start):
        large = _directory_64(file, at)
        count, size, start, at = large or (count, size, start, at)
    shift = at - size - start  # what somebody put in front of the archive
    if shift < 0:
        raise Broken
    return count, size, start + shift, shift


def _directory_64(file: BinaryIO, at: int) -> tuple[int, int, int, int] | None:
    """The same of an archive beyond 4 GB or 65,535 members, and where its own record lies; None where it is none."""
    if at < _LOCATOR_64.size + _END_64.size:
        return None
    file.seek(at - _LOCATOR_64.size)
    sign, _disk, _offset, _disks = _LOCATOR_64.unpack(_exactly(file, _LOCATOR_64.size))
    if sign != b"PK\x06\x07":
        return None
    at -= _LOCATOR_64.size + _END_64.size
    file.seek(at)
    _sign, _size, _by, _needs, _disk, _first, _here, count, size, start = _record(file, _END_64, b"PK\x06\x06")
    return count, size, start, at


def _large(extra: bytes, whole: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The real numbers where those of 32 bits do not do, from the field of ZIP64 (4.5.3)."""
    if _FULL not in (whole, packed, offset):
        return whole, packed, offset
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        field = extra[at + 4 : at + 4 + length]
        at += 4 + length
        if kind == 1:
            numbers = iter(struct.unpack_from(f"<{len(field) // 8}Q", field))
            whole, packed, offset = (next(numbers, _FULL_64) if each == _FULL else each
                                     for each in (whole, packed, offset))  # fmt: skip
            break
    if max(whole, packed, offset) >= 1 << 62:
        raise Broken
    return whole, packed, offset


def _record(file: BinaryIO, form: struct.Struct, sign: bytes) -> tuple[Any, ...]:
    fields: tuple[Any, ...] = form.unpack(_exactly(file, form.size))
    if fields[0] != sign:
        raise Broken
    return fields


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise Broken
    return data
