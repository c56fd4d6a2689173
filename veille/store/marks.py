"""What the person did with items: read, saved. A refresh never comes here."""

import json
from array import array
from collections.abc import Iterable
from datetime import datetime

from veille.model import Mark
from veille.store.database import Database
from veille.store.history import UPDATED, HistoryLog
from veille.store.times import moment_or_none, stored

# Those of the given items whose mark is not yet so, with how it was. CROSS JOIN: SQLite keeps to this order of tables.
_DIFFERENT = """
    SELECT item.id, {old} FROM json_each(?) AS given
    CROSS JOIN item ON item.id = given.value AND item.gone = 0 LEFT JOIN mark ON mark.item = item.id
    WHERE {differs}
"""


class Marks:
    """Only the columns that change are written, so that each change can be undone by itself."""

    def __init__(self, db: Database, history: HistoryLog) -> None:
        self._db = db
        self._history = history

    def get(self, items: Iterable[int]) -> dict[int, Mark]:
        """The marks of ``items``; one that nobody marked has none here."""
        sql = "SELECT item, read, saved FROM mark WHERE item IN (SELECT value FROM json_each(?))"
        rows = self._db.query(sql, (json.dumps(list(items)),))
        return {item: Mark(item, bool(read), moment_or_none(saved)) for item, read, saved in rows}

    def set_read(self, items: Iterable[int], read: bool = True) -> list[int]:
        """Mark ``items`` read or unread; returns those that were not so before."""
        old = "coalesce(mark.read, 0)"
        return self._set("read", int(read), old, f"{old} = {int(not read)}", items)

    def set_saved(self, items: Iterable[int], when: datetime | None) -> list[int]:
        """Save ``items`` (``when``: now), or let go of them (None); returns those that were not so before.

        What was saved already keeps its date. When this returns, outside another transaction, it is on the disk.
        """
        differs = "mark.saved IS NULL" if when else "mark.saved IS NOT NULL"
        return self._set("saved", stored(when), "mark.saved", differs, items)

    def read_ids(self) -> "array[int]":
        """All items that were read, ascending."""
        return self._ids("read = 1")

    def saved_ids(self) -> "array[int]":
        """All items that are saved, ascending."""
        return self._ids("saved IS NOT NULL")

    def _set(self, column: str, value: int | None, old: str, differs: str, items: Iterable[int]) -> list[int]:
        given = json.dumps(list(dict.fromkeys(items)))
        with self._db.write() as db:
            found = db.execute(_DIFFERENT.format(old=old, differs=differs), (given,)).fetchall()
            db.executemany(
                f"INSERT INTO mark (item, {column}) VALUES (?, ?) "
                f"ON CONFLICT (item) DO UPDATE SET {column} = excluded.{column}",
                [(item, value) for item, _before in found],
            )
            groups: dict[int | None, list[tuple[int]]] = {}  # by how they were: for "read" there is one
            for item, before in found:
                groups.setdefault(before, []).append((item,))
            for before, keys in groups.items():
                self._history.keep(UPDATED, "mark", keys, {column: before})
        return [item for item, _before in found]

    def _ids(self, where: str) -> "array[int]":
        return self._db.numbers(f"SELECT item FROM mark WHERE {where} ORDER BY item")
