"""Which items a list shows, as a value and as SQL."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from veille.model import ItemKind
from veille.store.times import stored

_FEW = 100  # about where both ways take the same time

IS_READ = "EXISTS (SELECT 1 FROM mark WHERE mark.item = item.id AND mark.read = 1)"
IS_SAVED = "item.id IN (SELECT item FROM mark WHERE saved IS NOT NULL)"
# What the person did something to that is to stay: saved, tagged, noted, marked.
IS_KEPT = (
    "item.id IN (SELECT item FROM mark WHERE saved IS NOT NULL "
    "UNION ALL SELECT item FROM tag UNION ALL SELECT item FROM note UNION ALL SELECT item FROM highlight)"
)
# The same, asked of few items: nothing is looked through.
KEEPS = "(EXISTS (SELECT 1 FROM mark WHERE mark.item = item.id AND saved IS NOT NULL){})".format(
    "".join(
        f" OR EXISTS (SELECT 1 FROM {table} WHERE {table}.item = item.id)" for table in ("tag", "note", "highlight")
    )
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Unset parts do not narrow. Whatever is set, an item of a source that was set aside shows only if the person
    saved, tagged, noted or highlighted it.

    ``sources`` are ids (an empty set: nothing); ``since`` ≤ ``Item.at`` < ``until``. ``folded``: what carries on the
    thread of its author is left out, since its beginning stands for it. ``tag`` is how the person writes a tag of
    theirs, in each of its ways.
    """

    sources: frozenset[int] | None = None
    kind: ItemKind | None = None
    unread: bool = False
    saved: bool = False
    tag: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    folded: bool = True


def conditions(wanted: Filter, aside: frozenset[int]) -> tuple[str, list[Any]]:
    """The ``WHERE`` of ``wanted`` on table item, and its parameters; ``aside`` are the sources that were set aside."""
    parts = ["item.gone = 0 AND item.follows = 0" if wanted.folded else "item.gone = 0"]
    parameters: list[Any] = []
    if wanted.sources is not None:
        # Few sources: take the items of each and sort. Many: walk along the dates (+ keeps SQLite from the former).
        column = "item.source" if len(wanted.sources) <= _FEW else "+item.source"
        parts.append(f"{column} IN ({_numbers(wanted.sources)})")
    hidden = aside if wanted.sources is None else aside & wanted.sources
    if hidden and not wanted.saved:
        parts.append(f"(item.source NOT IN ({_numbers(hidden)}) OR {IS_KEPT})")
    if wanted.unread:
        parts.append(f"NOT {IS_READ}")
    if wanted.saved:
        parts.append(IS_SAVED)
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


def _numbers(values: frozenset[int]) -> str:
    """Ids as SQL: numbers of our own, so that their count has no limit and the planner sees it."""
    return ", ".join(str(int(value)) for value in sorted(values))
