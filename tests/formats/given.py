"""Files given to be read: what comes out of them, through the one way in."""

import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from veille.formats import reading
from veille.formats.entry import Entry, Format, Refused, Row

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)


def rows(path: Path, data: bytes | str, format: Format | None = None) -> list[Row]:
    """The rows of a file at ``path`` that holds ``data``; without ``format`` it is recognised first."""
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read(path, format)


def read(path: Path, format: Format | None = None) -> list[Row]:
    """The rows of the file or folder at ``path``, in order, numbered without a gap in each of its parts."""
    batches = list(reading.read(str(path), format or reading.recognise(path), NOW))
    assert all(len(batch.rows) <= 500 and batch.done <= batch.total for batch in batches)
    assert [batch.done for batch in batches] == sorted(batch.done for batch in batches)
    found = [row for batch in batches for row in batch.rows]
    for place in {row.place for row in found}:
        numbers = [row.row for row in found if row.place == place]
        assert numbers == list(range(1, len(numbers) + 1))
    return found


def entry(row: Row) -> Entry:
    """``row``, which is one that can be kept."""
    assert isinstance(row, Entry), row
    return row


def refusal(row: Row) -> Refused:
    """``row``, which is refused."""
    assert isinstance(row, Refused), row
    return row


def entries(found: list[Row]) -> list[Entry]:
    """All of ``found``, which can all be kept."""
    return [entry(row) for row in found]


def zipped(path: Path, members: Mapping[str, str | bytes]) -> Path:
    """A ZIP file at ``path``."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def day(year: int, month: int = 1, date: int = 1, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """A time, UTC."""
    return datetime(year, month, date, hour, minute, second, tzinfo=UTC)
