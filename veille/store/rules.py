"""Rules, and the items that they hide."""

import json
from array import array
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from veille.model import Clock, ItemKind
from veille.rules import Action, Condition, Rule
from veille.store.database import Database
from veille.store.filters import hidden_by, hiding
from veille.store.history import DELETED, INSERTED, HistoryLog
from veille.store.remembered import Remembered
from veille.store.times import moment_or_none, stored

_COLUMNS = "id, key, sector, source, said, origin, who, added, why, rank, paused"
_AMONG = "IN (SELECT value FROM json_each(?))"
_LISTS = ("words", "without", "authors", "langs")  # of a condition


class Rules:
    """Rules can be undone (``history.py``); one that is removed is set aside, with what it hid."""

    def __init__(self, db: Database, history: HistoryLog, clock: Clock) -> None:
        self._db = db
        self._history = history
        self._clock = clock
        self._all = Remembered(db, self._now_in_use)
        self._hidden = Remembered(db, self._now_hidden)

    def all(self) -> tuple[Rule, ...]:
        """The rules in use, by rank then id. Remembered."""
        return self._all()

    def get(self, rule: int) -> Rule | None:
        """One rule, in use or set aside."""
        return next(iter(self._rules("id = ?", rule)), None)

    def by_key(self, key: str) -> Rule | None:
        """The rule with that key, in use or set aside."""
        return next(iter(self._rules("key = ?", key)), None)

    def put(self, rule: Rule) -> Rule:
        """Write all of ``rule`` and give it back with its id; one with the same key is replaced, set aside or not.

        Without a time it was added now. One that is for other items than before, or no longer hides them, starts anew:
        what it hid is shown.
        """
        rule = replace(rule, added=rule.added or self._clock.now())
        with self._db.write():
            old = self.by_key(rule.key)
            if old and _does(old) != _does(rule):
                self.show(old.id)
            row = {"id": old.id if old else None, **_row(rule), "removed": None}
            return replace(rule, id=self._history.put("rule", row))

    def remove(self, rule: int) -> None:
        """Set one aside: what it hid is shown again, until it comes back."""
        with self._db.write() as db:
            if db.execute("SELECT 1 FROM rule WHERE id = ? AND removed IS NULL", (rule,)).fetchone():
                self._history.put("rule", {"id": rule, "removed": stored(self._clock.now())})

    def hide(self, rule: int, items: Iterable[int]) -> list[int]:
        """Let ``rule`` hide ``items``; returns those that it did not hide before. Part of an entry that is recorded."""
        given = json.dumps(list(items))
        with self._db.write() as db:
            sql = f"SELECT id FROM item WHERE id {_AMONG} AND gone = 0 AND id NOT IN ({_OF_RULE})"
            new = [item for (item,) in db.execute(sql, (given, rule))]
            db.executemany("INSERT INTO hidden (item, rule) VALUES (?, ?)", [(item, rule) for item in new])
            self._history.keep(INSERTED, "hidden", [(item, rule) for item in new])
        return new

    def show(self, rule: int) -> list[int]:
        """Let ``rule`` hide nothing of what it hid; returns those items."""
        with self._db.write() as db:
            shown = [item for (item,) in db.execute(_OF_RULE, (rule,))]
            db.executemany("DELETE FROM hidden WHERE item = ? AND rule = ?", [(item, rule) for item in shown])
            self._history.keep(DELETED, "hidden", [(item, rule) for item in shown], {})
        return shown

    def hidden_by(self, rule: int) -> "array[int]":
        """The items that ``rule`` hides, or hid when it was paused or set aside, ascending; kept ones, too."""
        return self._db.numbers(f"{_OF_RULE} ORDER BY item", (rule,))

    def hidden(self) -> "array[int]":
        """All items that a rule in use hides, ascending, of whatever source. Remembered: not to be changed.

        A rule that is paused hides nothing. What the person saved, tagged, noted or highlighted is shown all the same
        (``filters.IS_KEPT``): nothing that they kept disappears.
        """
        return self._hidden()

    def lately(self, since: int, sources: Iterable[int]) -> "array[int]":
        """The items of ``sources`` that Veille first had after ``since`` (microseconds since 1970 UTC), the newest
        first; those that are hidden, too."""
        sql = f"SELECT id FROM item WHERE gone = 0 AND seen >= ? AND source {_AMONG} ORDER BY at DESC, id DESC"
        return self._db.numbers(sql, (since, json.dumps(list(sources))))

    def _now_in_use(self) -> tuple[Rule, ...]:
        return tuple(self._rules("removed IS NULL ORDER BY rank, id"))

    def _now_hidden(self) -> "array[int]":
        return hidden_by(self._db, hiding(self._db))

    def _rules(self, where: str, *parameters: Any) -> list[Rule]:
        return [_rule(row) for row in self._db.query(f"SELECT {_COLUMNS} FROM rule WHERE {where}", parameters)]


_OF_RULE = "SELECT item FROM hidden WHERE rule = ?"


def _does(rule: Rule) -> tuple[object, ...]:
    """What decides what it hides."""
    return Action.HIDE in rule.actions, rule.condition, rule.sector, rule.source


def _row(rule: Rule) -> dict[str, Any]:
    """The columns of a rule but its id."""
    condition = rule.condition
    said = {
        "actions": sorted(rule.actions), "tags": rule.tags,
        "in_title": condition.in_title, "kind": condition.kind, "shorter": condition.shorter,
        "longer": condition.longer, **{name: getattr(condition, name) for name in _LISTS},
    }  # fmt: skip
    return {
        "key": rule.key, "sector": rule.sector, "source": rule.source,
        "said": json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False),
        "origin": rule.origin, "who": rule.by, "added": stored(rule.added), "why": rule.why, "rank": rule.rank,
        "paused": int(rule.paused)}  # fmt: skip


def _rule(row: tuple[Any, ...]) -> Rule:
    number, key, sector, source, text, origin, by, added, why, rank, paused = row
    said = json.loads(text)
    condition = Condition(
        **{name: tuple(said.get(name, ())) for name in _LISTS}, in_title=said.get("in_title", False),
        kind=ItemKind(said["kind"]) if "kind" in said else None, shorter=said.get("shorter", 0),
        longer=said.get("longer", 0))  # fmt: skip
    actions = frozenset(map(Action, said.get("actions", ())))
    return Rule(
        actions, condition, sector, source, tuple(said.get("tags", ())), number, key, origin, by,
        moment_or_none(added), why, rank, bool(paused))  # fmt: skip
