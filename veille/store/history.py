"""What the person changed, so that it can be undone, even after a restart.

Every write to the rows of :data:`_KEYS` goes through this module or tells it (:meth:`HistoryLog.keep`) how the rows
were. Only columns that changed are kept, so that undoing a rename does not take back what a refresh learnt since.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from veille.model import Changes, Clock
from veille.store.database import Database
from veille.store.times import moment, stored

_KEYS = {
    "sector": ("key",), "source": ("id",), "membership": ("sector", "source"), "search": ("id",), "mark": ("item",),
    "tag": ("item", "name"), "note": ("item",),
}  # fmt: skip
_SET_ASIDE = {"sector", "source", "search"}  # their rows are never deleted: others refer to them, or bring them back
_OF_ITEMS = {"mark", "tag", "note"}  # their keys begin with an item
_KEPT = 200  # entries

INSERTED, UPDATED, DELETED = "inserted", "updated", "deleted"

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of the person's: ``text`` says it in the words of the language it was made in."""

    id: int
    when: datetime
    text: str


class HistoryLog:
    """The newest 200 changes, and the only way to write a row that can be undone."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._entry: int | None = None  # the one being recorded, by the thread that writes

    @contextmanager
    def recording(self, text: str) -> Iterator[int]:
        """One transaction whose changes can be undone as one; yields the entry's id.

        Inside another recording it belongs to that one. An entry that changed nothing is dropped.
        """
        with self._db.write() as db:
            if self._entry is not None:
                yield self._entry
                return
            now = stored(self._clock.now())
            entry = db.execute("INSERT INTO history (at, text) VALUES (?, ?)", (now, text)).lastrowid or 0
            self._entry = entry
            try:
                yield entry
            finally:
                self._entry = None
            db.execute("DELETE FROM history WHERE id = ? AND id NOT IN (SELECT entry FROM history_row)", (entry,))
            db.execute("DELETE FROM history WHERE id <= ?", (entry - _KEPT,))

    def put(self, table: str, row: dict[str, Any]) -> int:
        """Insert ``row``, or update the one with its key; returns the row's id where the table numbers its rows."""
        columns = _KEYS[table]
        key = tuple(row.get(each) for each in columns)
        with self._db.write() as db:
            old = self._row(table, key)
            if old is None:
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"
                number = db.execute(sql, tuple(row.values())).lastrowid or 0
                self.keep(INSERTED, table, [(number,) if key == (None,) else key])
                return number
            before = {name: old[name] for name, value in row.items() if old[name] != value}
            if before:
                self._update(table, [key], {name: row[name] for name in before})
                self.keep(UPDATED, table, [key], before)
            return int(old.get("id", 0))

    def delete(self, table: str, key: Key) -> None:
        """Delete one row, if it is there."""
        with self._db.write() as db:
            old = self._row(table, key)
            if old is not None:
                db.execute(f"DELETE FROM {table} WHERE {_matches(table)}", key)
                self.keep(DELETED, table, [key], old)

    def keep(self, change: str, table: str, keys: Sequence[Key], before: dict[str, Any] | None = None) -> None:
        """Note that the rows ``keys`` were ``before`` (columns that changed; of those deleted at least all but the
        key); nothing when nothing is recorded."""
        if self._entry is None or not keys:
            return
        with self._db.write() as db:
            db.execute(
                "INSERT INTO history_row (entry, change, tbl, keys, before) VALUES (?, ?, ?, ?, ?)",
                (self._entry, change, table, json.dumps(keys), json.dumps(before)),
            )

    def entries(self, limit: int = _KEPT) -> list[Entry]:
        """What can be undone, newest first."""
        rows = self._db.query("SELECT id, at, text FROM history ORDER BY id DESC LIMIT ?", (limit,))
        return [Entry(number, moment(at), text) for number, at, text in rows]

    def last(self) -> Entry | None:
        """The newest change that can be undone."""
        return next(iter(self.entries(1)), None)

    def undo(self, entry: int | None = None) -> Changes:
        """Take back ``entry`` (None: the last one) and forget it; ``text`` of the answer is the entry's own.

        A column that a later entry changed again stays as it is. What the entry added is set aside, or taken out
        of its sector. An entry that is no longer known changes nothing.
        """
        with self._db.write() as db:
            found = db.execute(
                "SELECT id, text FROM history WHERE id = coalesce(?, (SELECT max(id) FROM history))", (entry,)
            ).fetchone()
            if found is None:
                return Changes()
            number, text = found
            later = _Later(self._rows("entry > ?", number))
            rows = self._rows("entry = ?", number)
            for change, table, keys, before in reversed(rows):
                self._restore(change, table, keys, before, later)
            db.execute("DELETE FROM history WHERE id = ?", (number,))
        return _touched(rows, text)

    def _restore(self, change: str, table: str, keys: list[Key], before: dict[str, Any], later: "_Later") -> None:
        with self._db.write() as db:
            if change == UPDATED:
                for column, value in before.items():
                    self._update(table, later.free(table, column, keys), {column: value})
            elif change == DELETED:
                rows = [dict(zip(_KEYS[table], key, strict=True)) | before for key in later.free(table, "", keys)]
                for row in rows if table not in _OF_ITEMS else self._of_those_there(rows):
                    names, marks = ", ".join(row), ", ".join("?" * len(row))
                    db.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
            elif table in _SET_ASIDE:
                self._update(table, later.free(table, "removed", keys), {"removed": stored(self._clock.now())})
            else:
                db.executemany(f"DELETE FROM {table} WHERE {_matches(table)}", later.free(table, "", keys))

    def _of_those_there(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those of ``rows`` whose item was not removed since."""
        sql = "SELECT id FROM item WHERE gone = 0 AND id IN (SELECT value FROM json_each(?))"
        there = set(self._db.numbers(sql, (json.dumps([row["item"] for row in rows]),)))
        return [row for row in rows if row["item"] in there]

    def _update(self, table: str, keys: Sequence[Key], values: dict[str, Any]) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        new = tuple(values.values())
        with self._db.write() as db:
            sql = f"UPDATE {table} SET {columns} WHERE {_matches(table)}"
            db.executemany(sql, [new + key for key in keys])

    def _row(self, table: str, key: Key) -> dict[str, Any] | None:
        cursor = self._db.read().execute(f"SELECT * FROM {table} WHERE {_matches(table)}", key)
        row = cursor.fetchone()
        return None if row is None else dict(zip((each[0] for each in cursor.description), row, strict=True))

    def _rows(self, where: str, entry: int) -> list["_Row"]:
        sql = f"SELECT change, tbl, keys, before FROM history_row WHERE {where} ORDER BY seq"
        return [
            (change, table, [tuple(key) for key in json.loads(keys)], json.loads(before))
            for change, table, keys, before in self._db.query(sql, (entry,))
        ]


_Row = tuple[str, str, list[Key], dict[str, Any]]


class _Later:
    """The cells that later entries changed; column "" stands for the whole row."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self._cells: dict[tuple[str, str], set[Key]] = {}
        for change, table, keys, before in rows:
            for column in before if change == UPDATED else [""]:
                self._cells.setdefault((table, column), set()).update(keys)

    def free(self, table: str, column: str, keys: Sequence[Key]) -> list[Key]:
        """Those of ``keys`` whose ``column`` nothing changed since."""
        taken = self._cells.get((table, column), set()) | self._cells.get((table, ""), set())
        return [key for key in keys if key not in taken]


def _matches(table: str) -> str:
    return " AND ".join(f"{column} = ?" for column in _KEYS[table])


def _touched(rows: Sequence[_Row], text: str) -> Changes:
    sources: set[int] = set()
    items: set[int] = set()
    for _change, table, keys, _before in rows:
        if table in _OF_ITEMS:
            items.update(key[0] for key in keys)
        elif table in ("source", "membership"):
            sources.update(key[-1] for key in keys)
    outline = any(table not in _OF_ITEMS for _change, table, _keys, _before in rows)
    return Changes(frozenset(sources), frozenset(items), outline=outline, text=text)
