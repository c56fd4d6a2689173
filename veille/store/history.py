"""What the person changed, so that it can be undone, even after a restart.

Every write to the rows of :data:`_KEYS` goes through this module or tells it (:meth:`HistoryLog.keep`) how the rows
were. Only columns that changed are kept, so that undoing a rename does not take back what a refresh learnt since.
"""

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from veille.model import Changes, Clock, Progress
from veille.rules import Action
from veille.store.burying import bury
from veille.store.database import Database
from veille.store.filters import KEEPS
from veille.store.queue import enqueue
from veille.store.times import moment, stored

_KEYS = {
    "sector": ("key",), "source": ("id",), "membership": ("sector", "source"), "search": ("id",), "mark": ("item",),
    "tag": ("item", "name"), "note": ("item",), "highlight": ("item", "made"), "item": ("id",), "rule": ("id",),
    "hidden": ("item", "rule"), "pack": ("key",), "value": ("name",),
}  # fmt: skip
_SET_ASIDE = {
    "sector",
    "source",
    "search",
    "rule",
    "pack",
}  # their rows are never deleted: others refer to them, or bring them back
_OF_ITEMS = {"mark", "tag", "note", "highlight", "hidden", "item"}  # their keys begin with an item
_INDEXED = {"note", "highlight"}  # of those what the index knows
_KEPT = 200  # entries
_AT_ONCE = 3000  # rows, about, that are taken back in one transaction
_LAST = 2**63 - 1  # as high as SQLite counts

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
    def recording(self, text: str, entry: int | None = None) -> Iterator[int]:
        """One transaction whose changes can be undone as one; yields the entry's id.

        With the id of an ``entry`` that still stands they are added to that one: long work is undone as a whole though
        others write in between. Inside another recording it belongs to that one. An entry that changed nothing is
        dropped.
        """
        with self._db.write() as db:
            if self._entry is not None:
                yield self._entry
                return
            if entry is None or not self.stands(entry):
                now = stored(self._clock.now())
                entry = db.execute("INSERT INTO history (at, text) VALUES (?, ?)", (now, text)).lastrowid or 0
            self._entry = entry
            try:
                yield entry
            finally:
                self._entry = None
            db.execute("DELETE FROM history WHERE id = ? AND id NOT IN (SELECT entry FROM history_row)", (entry,))
            db.execute(
                "DELETE FROM history WHERE id <= (SELECT id FROM history ORDER BY id DESC LIMIT 1 OFFSET ?)", (_KEPT,)
            )

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

    def stands(self, entry: int) -> bool:
        """Whether ``entry`` can be undone."""
        return bool(self._db.query("SELECT 1 FROM history WHERE id = ?", (entry,)))

    def last(self) -> Entry | None:
        """The newest change that can be undone."""
        return next(iter(self.entries(1)), None)

    def size(self, entry: int) -> int:
        """How many rows are to be taken back to undo ``entry``."""
        sql = "SELECT coalesce(sum(json_array_length(keys)), 0) FROM history_row WHERE entry = ?"
        return int(self._db.query(sql, (entry,))[0][0])

    def undo(self, entry: int | None = None, progress: Progress | None = None) -> Changes:
        """Take back ``entry`` (None: the last one) and forget it; ``text`` of the answer is the entry's own.

        A column that another entry changed again later stays as it is. What the entry added is set aside, or taken out
        of its sector; an item that it brought goes, unless the person kept it since. An entry that is no longer known
        changes nothing. One of very many rows is taken back in several transactions, the last rows first: writers need
        not wait for it, and after a crash, or when it is stopped, the rest of it still stands.
        """
        changes, later, number, done = Changes(), _Later(), entry, 0
        while True:
            with self._db.write() as db:
                found = db.execute(
                    "SELECT id, text FROM history WHERE id = coalesce(?, (SELECT max(id) FROM history))", (number,)
                ).fetchone()
                if found is None:
                    return changes
                number, text = found
                rows = self._last_rows(number)
                changes = _touched(rows, text) | changes
                first = rows[-1].seq if rows else 0
                later.learn(self._rows("entry <> ? AND seq > ? ORDER BY seq", number, first))
                for row in rows:
                    self._restore(row, later)
                changed = {key[0] for row in rows if row.table in _INDEXED for key in row.keys}
                enqueue(db, self._those_there("", changed), removed=False)
                db.execute("DELETE FROM history_row WHERE entry = ? AND seq >= ?", (number, first))
                if not self._db.query("SELECT 1 FROM history_row WHERE entry = ? LIMIT 1", (number,)):
                    db.execute("DELETE FROM history WHERE id = ?", (number,))
                    return changes
            if progress:
                done += sum(len(row.keys) for row in rows)
                progress.step(done, done + self.size(number), text)
                if progress.cancelled:
                    return changes

    def _last_rows(self, entry: int) -> list["_Row"]:
        """The last rows of ``entry``, the last one first: as many as are taken back in one transaction."""
        rows, before, most = list[_Row](), _LAST, _AT_ONCE
        while most > 0 and (found := self._rows("entry = ? AND seq < ? ORDER BY seq DESC LIMIT 1", entry, before)):
            rows += found
            before = found[0].seq
            most -= len(found[0].keys)
        return rows

    def _restore(self, row: "_Row", later: "_Later") -> None:
        table = row.table
        with self._db.write() as db:
            if row.change == UPDATED:
                if table == "rule":
                    self._start_anew(row, later)
                stays = self._taken(row)
                for column, value in row.before.items():
                    if column not in stays:
                        self._update(table, later.free(row, column), {column: value})
            elif row.change == DELETED:
                rows = [dict(zip(_KEYS[table], key, strict=True)) | row.before for key in later.free(row)]
                there = self._those_there(table, (row["item"] for row in rows)) if table in _OF_ITEMS else ()
                for each in rows:
                    if table in _OF_ITEMS and each["item"] not in there:
                        continue
                    names, marks = ", ".join(each), ", ".join("?" * len(each))
                    db.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", tuple(each.values()))
            elif table == "item":
                bury(db, self._not_kept(later.free(row)))
            elif table in _SET_ASIDE:
                self._update(table, later.free(row, "removed"), {"removed": stored(self._clock.now())})
            else:
                db.executemany(f"DELETE FROM {table} WHERE {_matches(table)}", later.free(row))

    def _taken(self, row: "_Row") -> tuple[str, ...]:
        """What of a source that moved stays, since another source is where it was: each address is watched once."""
        if row.table != "source" or "key" not in row.before:
            return ()
        sql = "SELECT 1 FROM source WHERE key = ? AND id <> ?"
        return _PLACE if self._db.query(sql, (row.before["key"], row.keys[0][0])) else ()

    def _start_anew(self, row: "_Row", later: "_Later") -> None:
        """What a rule hid of what arrived since it was changed, it hid by words that it will not have any more."""
        with self._db.write() as db:
            for key in row.keys:
                now = self._row("rule", key)
                old = {column: value for column, value in row.before.items() if key in later.free(row, column)}
                if now and _hides(now) != _hides(now | old):
                    db.execute("DELETE FROM hidden WHERE rule = ?", key)

    def _not_kept(self, keys: Sequence[Key]) -> "array[int]":
        """The items of ``keys`` that are there and that the person neither saved, tagged nor noted since."""
        sql = f"SELECT id FROM item WHERE gone = 0 AND id IN (SELECT value FROM json_each(?)) AND NOT {KEEPS}"
        return self._db.numbers(sql, (json.dumps([key[0] for key in keys]),))

    def _those_there(self, table: str, items: Iterable[int]) -> set[int]:
        """Those of ``items`` that were not removed since; of what quotes them, not those that their network withdrew,
        either."""
        sql = "SELECT id FROM item WHERE gone = 0 AND id IN (SELECT value FROM json_each(?))"
        if table == "highlight":
            sql += " AND id NOT IN (SELECT item FROM post WHERE fate <> 'there')"
        return set(self._db.numbers(sql, (json.dumps(list(items)),)))

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

    def _rows(self, where: str, *parameters: int) -> list["_Row"]:
        sql = f"SELECT seq, change, tbl, keys, before FROM history_row WHERE {where}"
        return [
            _Row(seq, change, table, [tuple(key) for key in json.loads(keys)], json.loads(before))
            for seq, change, table, keys, before in self._db.query(sql, parameters)
        ]


_PLACE = ("key", "kind", "address", "allow_private")  # where a source is


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of history_row."""

    seq: int
    change: str
    table: str
    keys: list[Key]
    before: dict[str, Any]


class _Later:
    """When other entries last changed which cells; column "" stands for the whole row."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._cells: dict[tuple[str, str], dict[Key, int]] = {}

    def learn(self, rows: Sequence[_Row]) -> None:
        """Take in ``rows`` of other entries, in their order."""
        for row in rows:
            if row.seq in self._known:
                continue
            self._known.add(row.seq)
            for column in row.before if row.change == UPDATED else [""]:
                cells = self._cells.setdefault((row.table, column), {})
                cells.update((key, max(row.seq, cells.get(key, 0))) for key in row.keys)

    def free(self, row: _Row, column: str = "") -> list[Key]:
        """Those of the keys of ``row`` whose ``column`` nothing changed since."""
        cells = [self._cells.get((row.table, each), {}) for each in {column, ""}]
        return [key for key in row.keys if all(each.get(key, 0) < row.seq for each in cells)]


def _hides(rule: dict[str, Any]) -> tuple[Any, ...]:
    """What of a row of rule decides what it hides (as in rules.py)."""
    said = json.loads(rule["said"])
    condition = {name: value for name, value in said.items() if name not in ("actions", "tags")}
    return Action.HIDE in said.get("actions", ()), condition, rule["sector"], rule["source"]


def _matches(table: str) -> str:
    return " AND ".join(f"{column} = ?" for column in _KEYS[table])


def _touched(rows: Sequence[_Row], text: str) -> Changes:
    sources: set[int] = set()
    items: set[int] = set()
    for row in rows:
        if row.table in _OF_ITEMS:
            items.update(key[0] for key in row.keys)
        elif row.table in ("source", "membership"):
            sources.update(key[-1] for key in row.keys)
    outline = any(row.table not in _OF_ITEMS for row in rows)
    tags = any(row.table == "tag" for row in rows)
    return Changes(frozenset(sources), frozenset(items), outline=outline, tags=tags, text=text)
