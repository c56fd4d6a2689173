"""Room on the disk: how much there is of what, and what expires.

The rule of what expires is here alone; :meth:`veille.store.items.Items.expire` removes by it, and a clean-up shows
beforehand what that will be.
"""

import json
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import disk_usage
from typing import Any

from veille.errors import ProfileUnwritable
from veille.i18n import N_
from veille.model import Clock
from veille.store.database import Database
from veille.store.filters import IS_KEPT
from veille.store.times import moment_or_none, stored

_FILES = ("", "-wal", "-shm")  # what SQLite has beside a database
_WORTH, _SHARE = 1_000_000, 10  # bytes, and one of how many parts, that must be free before a file is written anew

# What stands under one item in the lists is kept or goes as one: the parts of an author's thread.
_STANDS = "CASE item.follows WHEN 0 THEN item.id ELSE item.follows END"
_KEPT = f"{_STANDS} IN (SELECT {_STANDS} FROM item WHERE {IS_KEPT})"
# What undo makes saved, tagged, noted or marked again.
_LET_GO = """item.id IN (
    SELECT json_extract(key.value, '$[0]') FROM history_row, json_each(history_row.keys) AS key
    WHERE (tbl = 'mark' AND json_extract(before, '$.saved') IS NOT NULL)
    OR (tbl IN ('tag', 'note', 'highlight') AND change = 'deleted'))"""
_OLD = "item.gone = 0 AND seen < ? AND NOT coalesce(published, updated, seen) BETWEEN ? AND ?"
_STAYS = f"({_KEPT} OR {_LET_GO})"
_AMONG = "IN (SELECT value FROM json_each(?))"

# About what goes with an item, in bytes: its texts, and what stands beside it in other tables.
_ROW = "200 + " + " + ".join(
    f"length(CAST({name} AS BLOB))" for name in ("uid", "url", "title", "summary", "media", "tags")
)
_BESIDE = {
    "content": "html", "version": "title || summary || html", "article": "html || media", "picture": "data",
    "post": "said",
}  # fmt: skip


def expires(before: datetime, now: datetime) -> tuple[str, list[Any]]:
    """The ``WHERE`` on table item of what goes when what came before ``before`` goes, and its parameters.

    Not what is saved, tagged, noted or marked, with all that lists show under the same item; nor what the person let
    go of, as long as that can be undone; nor what was published since: the clock was behind when it came.
    """
    return f"{_OLD} AND NOT {_STAYS}", _times(before, now)


def _times(before: datetime, now: datetime) -> list[Any]:
    return [stored(before), stored(before), stored(now)]


@dataclass(frozen=True, slots=True)
class Inside:
    """What a database holds: bytes of fetched ``articles``, of ``pictures``, and ``free`` ones; how many ``items``, how
    many of them are ``kept`` by what the person did, and the date of the oldest."""

    articles: int
    pictures: int
    free: int
    items: int
    kept: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Going:
    """Items that expire, how many of each source, about how many bytes, the oldest; ``kept`` are as old and stay."""

    ids: "array[int]"
    sources: dict[int, int]
    bytes: int
    oldest: datetime | None
    kept: int


class Room:
    """Measured, and given back to the disk."""

    def __init__(
        self, db: Database, folder: Path, clock: Clock, left: Callable[[Path], int] = lambda at: disk_usage(at).free
    ) -> None:
        """``left`` tells how many bytes are free on the disk of a folder."""
        self._db = db
        self._folder = folder
        self._clock = clock
        self._left = left

    # Measuring -----------------------------------------------------------------------------------

    def database(self) -> int:
        """Bytes on the disk of what is watched, came and was done."""
        return _on_disk(self._db.path.with_name(self._db.path.name + end) for end in _FILES)

    def traces(self) -> int:
        """Bytes on the disk of the traces."""
        return _on_disk(self._folder / f"traces.db{end}" for end in _FILES)

    def index(self) -> int:
        """Bytes on the disk of the search index."""
        return _on_disk((self._folder / "index").rglob("*"))

    def inside(self) -> Inside:
        """What the database holds."""
        with self._db.snapshot():
            return Inside(
                articles=self._number("SELECT sum(length(CAST(html AS BLOB))) FROM article"),
                pictures=self._number("SELECT sum(length(data)) FROM picture"),
                free=self._free(),
                items=self._number("SELECT count(*) FROM item WHERE gone = 0"),
                kept=self._number(f"SELECT count(*) FROM item WHERE gone = 0 AND {_KEPT}"),
                oldest=self._oldest("gone = 0"),
            )

    # What expires --------------------------------------------------------------------------------

    def going(self, before: datetime) -> Going:
        """What expires with ``before``, by :func:`expires`."""
        now = self._clock.now()
        where, parameters = expires(before, now)
        with self._db.snapshot():
            ids = self._db.numbers(f"SELECT id FROM item WHERE {where} ORDER BY id", parameters)
            given = json.dumps(ids.tolist())
            counts = f"SELECT source, count(*) AS n FROM item WHERE id {_AMONG} GROUP BY source ORDER BY n DESC, source"
            return Going(
                ids,
                dict(self._db.query(counts, (given,))),
                self._bytes(given),
                self._oldest(f"id {_AMONG}", given),
                self._number(f"SELECT count(*) FROM item WHERE {_OLD} AND {_STAYS}", *_times(before, now)),
            )

    def _bytes(self, given: str) -> int:
        rows = self._number(f"SELECT sum({_ROW}) FROM item WHERE id {_AMONG}", given)
        beside = (
            self._number(f"SELECT sum(length(CAST({what} AS BLOB))) FROM {table} WHERE item {_AMONG}", given)
            for table, what in _BESIDE.items()
        )
        return rows + sum(beside)

    # Giving back ---------------------------------------------------------------------------------

    @property
    def worth_giving_back(self) -> bool:
        """Whether so much of the file is free that writing it anew is worth its time."""
        free, whole = self._free_and_whole()
        return free >= _WORTH and free * _SHARE >= whole

    def give_back(self, cancelled: Callable[[], bool]) -> None:
        """Write the file anew without what is free; who reads goes on, who writes waits.

        For that time it stands there twice more: in a file of SQLite's, and in the log. Raises Cancelled, and
        ProfileUnwritable when there is no room for it: then all is as it was.
        """
        free, whole = self._free_and_whole()
        if self._left(self._folder) < 2 * (whole - free):  # a full disk would be felt by others, too
            detail = N_("there is too little free room on the disk for this")
            raise ProfileUnwritable(path=str(self._folder), detail=detail)
        self._db.shrink(cancelled)

    # Pieces --------------------------------------------------------------------------------------

    def _number(self, sql: str, *parameters: Any) -> int:
        return int(self._db.query(sql, parameters)[0][0] or 0)

    def _free_and_whole(self) -> tuple[int, int]:
        with self._db.snapshot():
            return self._free(), self._number("PRAGMA page_count") * self._number("PRAGMA page_size")

    def _free(self) -> int:
        return self._number("PRAGMA freelist_count") * self._number("PRAGMA page_size")

    def _oldest(self, where: str, *parameters: Any) -> datetime | None:
        sql = f"SELECT at FROM item WHERE {where} ORDER BY at LIMIT 1"
        return next((moment_or_none(at) for (at,) in self._db.query(sql, parameters)), None)


def _on_disk(files: Iterable[Path]) -> int:
    """The bytes of those that are there; the index comes and goes while it is looked at."""
    total = 0
    for file in files:
        try:
            total += file.stat().st_size if file.is_file() else 0
        except OSError:
            continue
    return total
