"""What a database file says of itself, read without SQLite so that nothing is touched.

Opening a database in WAL mode creates files beside it and may rewrite it; a profile of a newer Veille must
stay as it is. The offsets are those of https://www.sqlite.org/fileformat.html (1.3 and 4.1).
"""

import struct
from pathlib import Path
from typing import BinaryIO

from veille.i18n import _
from veille.store.migration import Schema

_MAGIC = b"SQLite format 3\0"
_SIZE = 100
_SMALLEST_PAGE = 512
_WAL_HEADER = struct.Struct(">8xI4x8s8x")  # page size, the two salts
_FRAME = struct.Struct(">II8s8x")  # page number, pages after commit (0: no commit), the two salts


def version_of(path: Path, schema: Schema) -> int:
    """The schema version of the database at ``path``, 0 when there is none yet.

    A version that a crash left in the write-ahead log counts. Raises ``schema.damaged`` for a file that is
    no database of ``schema``, OSError when it cannot be read.
    """
    if not path.exists() or path.stat().st_size == 0:
        return 0
    with path.open("rb") as file:
        header = file.read(_SIZE)
    if len(header) < _SIZE or not header.startswith(_MAGIC):
        raise schema.damaged(path=str(path), detail=_("it is not a database"))
    log = path.with_name(path.name + "-wal")
    if log.exists():
        with log.open("rb", buffering=0) as file:
            header = _first_page(file) or header
    version, found = struct.unpack(">60xI4xI28x", header)
    if found != schema.application and (found or version):
        raise schema.damaged(path=str(path), detail=_("it belongs to another program"))
    return int(version)


def _first_page(log: BinaryIO) -> bytes | None:
    """The header of the newest committed first page in a write-ahead log; None when the log holds none."""
    start = log.read(_WAL_HEADER.size)
    if len(start) < _WAL_HEADER.size:
        return None
    page_size, salts = _WAL_HEADER.unpack(start)
    if page_size < _SMALLEST_PAGE:
        return None  # a power cut can leave a log of zeros
    newest = pending = None
    while len(frame := log.read(_FRAME.size)) == _FRAME.size:
        page, committed, frame_salts = _FRAME.unpack(frame)
        if frame_salts != salts:
            break  # left over from before the log was begun anew
        body = log.read(_SIZE)
        if page == 1 and len(body) == _SIZE:
            pending = body
        if committed:
            newest = pending
        log.seek(page_size - _SIZE, 1)
    return newest
