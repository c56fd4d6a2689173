"""Which items a list shows, as a value and as SQL."""

import json
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from veille.model import ItemKind
from veille.store.database import Database
from veille.store.times import stored

_FEW = 100  # about where both ways take the same time

IS_READ = "EXISTS (SELECT 1 FROM mark WHERE mark.item = item.id AND mark.read = 1)"
IS_SAVED = "item.id IN (SELECT item FROM mark WHERE saved IS NOT NULL)"
IS_FLAGGED = "item.id IN (SELECT item FROM mark WHERE flagged IS NOT NULL)"
# What the person did something to that is to stay: saved, tagged, noted, marked. A flag is no such thing: it expires.
KEPT = (
    "(SELECT item FROM mark WHERE saved IS NOT NULL "
    "UNION ALL SELECT item FROM tag UNION ALL SELECT item FROM note UNION ALL SELECT item FROM highlight)"
)
IS_KEPT = f"item.id IN {KEPT}"
# The same, asked of few items: nothing is looked through.
KEEPS = "(EXISTS (SELECT 1 FROM mark WHERE mark.item = item.id AND saved IS NOT NULL){})".format(
    "".join(
        f" OR EXISTS (SELECT 1 FROM {table} WHERE {table}.item = item.id)" for table in ("tag", "note", "highlight")
    )
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Unset parts do not narrow. Whatever is set, an item of a source that was set aside shows only if the person
    saved, tagged, noted or highlighted it. So does one that a rule hides, unless ``hidden`` asks for these and nothing
    else.

    ``sources`` are ids (an empty set: nothing); ``since`` ≤ ``Item.at`` < ``until``. ``folded``: what carries on the
    thread of its author is left out, since its beginning stands for it. ``tag`` is how the person writes a tag of
    theirs, in each of its ways.
    """

    sources: frozenset[int] | None = None
    kind: ItemKind | None = None
    unread: bool = False
    saved: bool = False
    flagged: bool = False
    hidden: bool = False
    tag: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    folded: bool = True


def hiding(db: Database) -> tuple[int, ...]:
    """The rules in use that hide something: a paused one does not."""
    hides = "EXISTS (SELECT 1 FROM hidden WHERE hidden.rule = rule.id)"
    return tuple(id for (id,) in db.query(f"SELECT id FROM rule WHERE removed IS NULL AND paused = 0 AND {hides}"))


def hidden_by(db: Database, rules: Iterable[int]) -> "array[int]":
    """The items that ``rules`` hide, ascending: nothing that the person kept."""
    # Of an item that is gone there is no row. Along the key of the table (+), so that nothing is sorted.
    among = f"+rule IN ({_numbers(rules)}) AND item NOT IN {KEPT}"
    some = f"SELECT DISTINCT item FROM hidden WHERE {among} ORDER BY item"
    return db.listed(f"SELECT json_group_array(item) FROM ({some})")


def conditions(wanted: Filter, aside: frozenset[int], rules: tuple[int, ...] = ()) -> tuple[str, list[Any]]:
    """The ``WHERE`` of ``wanted`` on table item, and its parameters; ``aside`` are the sources that were set aside,
    ``rules`` those that :func:`hiding` gave."""
    parts = ["item.gone = 0 AND item.follows = 0" if wanted.folded else "item.gone = 0"]
    parameters: list[Any] = []
    if wanted.sources is not None:
        # Few sources: take the items of each and sort. Many: walk along the dates (+ keeps SQLite from the former).
        column = "item.source" if len(wanted.sources) <= _FEW else "+item.source"
        parts.append(f"{column} IN ({_numbers(wanted.sources)})")
    hidden = aside if wanted.sources is None else aside & wanted.sources
    if hidden and not wanted.saved:
        parts.append(f"(item.source NOT IN ({_numbers(hidden)}) OR {IS_KEPT})")
    by_rules = f"IN (SELECT item FROM hidden WHERE rule IN ({_numbers(rules)}))"
    if wanted.hidden:
        parts.append(f"item.id {by_rules} AND NOT {IS_KEPT}")
    elif rules and not wanted.saved and wanted.tag is None:  # what is kept is not hidden
        # One look at a time by the key of the table (+), so that the first rows of a list come at once.
        hides = f"hidden.item = item.id AND +rule IN ({_numbers(rules)})"
        parts.append(f"(NOT EXISTS (SELECT 1 FROM hidden WHERE {hides}) OR {IS_KEPT})")
    if wanted.unread:
        parts.append(f"NOT {IS_READ}")
    if wanted.saved:
        parts.append(IS_SAVED)
    if wanted.flagged:
        parts.append(IS_FLAGGED)
    if wanted.tag is not None:
        parts.append("item.id IN (SELECT item FROM tag WHERE name IN (SELECT value FROM json_each(?)))")
        parameters.append(json.dumps(wanted.tag))
    for condition, value in (
        ("item.kind = ?", wanted.kind),
        ("item.at >= ?", stored(wanted.since)),
        ("item.at < ?", stored(wanted.until)),
    ):
        if value is not None:
            parts.append(condition)
            parameters.append(value)
    return " AND ".join(parts), parameters


def _numbers(values: Iterable[int]) -> str:
    """Ids as SQL: numbers of our own, so that their count has no limit and the planner sees it."""
    return ", ".join(str(int(value)) for value in sorted(values))
