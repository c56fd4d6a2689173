"""Passages that the person marked. Each change can be undone, and the search hears of it."""

import json
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from veille.errors import TooLong, TooMany
from veille.i18n import _, number
from veille.model import Highlight
from veille.store.database import Database
from veille.store.history import INSERTED, HistoryLog
from veille.store.queue import enqueue
from veille.store.remembered import Remembered
from veille.store.times import moment, stored

TEXT = 2_000  # characters of one
CONTEXT = 100  # characters kept of what stands before it, and after
HIGHLIGHTS = 200  # in one item

_AMONG = "IN (SELECT value FROM json_each(?))"
_COLUMNS = "item, text, made, before, after"


class Highlights:
    """Where in the text a passage stands is not known here: only what it says, and what stands around it."""

    def __init__(self, db: Database, history: HistoryLog) -> None:
        self._db = db
        self._history = history
        self._ids = Remembered(db, self._now_ids)

    def of(self, items: Iterable[int]) -> dict[int, tuple[Highlight, ...]]:
        """The highlights of ``items``, in the order in which they were made; an item without any has none here."""
        sql = f"SELECT {_COLUMNS} FROM highlight WHERE item {_AMONG} ORDER BY item, made"
        found: dict[int, list[Highlight]] = {}
        for item, text, made, before, after in self._db.query(sql, (json.dumps(list(items)),)):
            found.setdefault(item, []).append(Highlight(item, text, moment(made), before, after))
        return {item: tuple(some) for item, some in found.items()}

    def ids(self) -> "array[int]":
        """All items with a highlight, ascending. Remembered: not to be changed."""
        return self._ids()

    def put(self, highlights: Iterable[Highlight]) -> list[int]:
        """Keep ``highlights``; returns the items that got one.

        The same passage between the same words is kept once, and one of an item that is no more is passed over. Of two
        made at one time, the later gets the next microsecond. Raises TooLong for one, and TooMany for an item.
        """
        given = list(dict.fromkeys(_cut(each) for each in highlights))
        if any(len(each.text) > TEXT for each in given):
            raise TooLong(what=_("A passage"), most=number(TEXT))
        with self._db.write() as db:
            old = self.of({each.item for each in given})
            there = self._there({each.item for each in given})
            had = Counter({item: len(some) for item, some in old.items()})
            said = {_said(each) for some in old.values() for each in some}
            taken = {(each.item, each.made) for some in old.values() for each in some}
            new: list[Highlight] = []
            for each in given:
                if each.item not in there or _said(each) in said:
                    continue
                had[each.item] += 1
                if had[each.item] > HIGHLIGHTS:
                    raise TooMany(most=HIGHLIGHTS, what=_("highlights in one item"))
                made = each.made
                while (each.item, made) in taken:
                    made += timedelta(microseconds=1)
                said.add(_said(each))
                taken.add((each.item, made))
                new.append(replace(each, made=made))
            rows = [(each.item, each.text, stored(each.made), each.before, each.after) for each in new]
            db.executemany(f"INSERT INTO highlight ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)", rows)
            self._history.keep(INSERTED, "highlight", [(each.item, stored(each.made)) for each in new])
            touched = list(dict.fromkeys(each.item for each in new))
            enqueue(db, touched, removed=False)
        return touched

    def remove(self, highlights: Iterable[Highlight]) -> list[int]:
        """Let go of ``highlights``, told by item and time; returns the items that lost one."""
        with self._db.write() as db:
            touched: dict[int, None] = {}
            for each in highlights:
                key = (each.item, stored(each.made))
                if db.execute("SELECT 1 FROM highlight WHERE item = ? AND made = ?", key).fetchone():
                    self._history.delete("highlight", key)
                    touched[each.item] = None
            enqueue(db, touched, removed=False)
        return list(touched)

    def _there(self, items: Iterable[int]) -> set[int]:
        sql = f"SELECT id FROM item WHERE id {_AMONG} AND gone = 0"
        return set(self._db.numbers(sql, (json.dumps(list(items)),)))

    def _now_ids(self) -> "array[int]":
        return self._db.numbers("SELECT DISTINCT item FROM highlight ORDER BY item")


def _cut(each: Highlight) -> Highlight:
    """``each`` with no more around it than finds it again."""
    return replace(each, before=each.before[-CONTEXT:], after=each.after[:CONTEXT])


def _said(each: Highlight) -> tuple[int, str, str, str]:
    return each.item, each.text, each.before, each.after
