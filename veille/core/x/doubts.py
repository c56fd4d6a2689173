"""Money that X may bill in another month than the one in which it is booked: it counts in both.

X's month is known for certain at the moments of its answers alone. What it was asked between the last answer in one
month and the first in the next may be billed in either: a request whose process died, or an answer without a date.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from veille.core.x.calendar import MARGIN, month_of

if TYPE_CHECKING:
    from veille.store import Store

_DOUBTS = "x.doubts"  # in the store's values: JSON


@dataclass(frozen=True, slots=True)
class _Known:
    """``month`` is that of X's newest answer, "" before the first.

    Reservations up to the number ``closed`` are billed in it at the latest, if at all; those from ``since`` may be
    billed in it, whatever month they were made in. ``loose`` is what answers cost that may have been billed after the
    month in which they are booked, by that month and use; ``other``, by use, what is booked in another month and may
    have been billed in this one.
    """

    month: str = ""
    closed: int = 0
    since: int = 0
    loose: Mapping[str, int] = field(default_factory=dict)
    other: Mapping[str, int] = field(default_factory=dict)


class Doubts:
    """Kept on the disk, in the transaction of whoever calls it. Not thread-safe."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    @property
    def since(self) -> int:
        """The number of the first reservation that X may bill in the month in which it answered last."""
        return self._read().since

    def other(self, use: str | None = None) -> int:
        """What X may have billed in that month, and is booked in another; for one ``use`` or for all."""
        return sum(price for name, price in self._read().other.items() if use in (None, name))

    def leave(self, month: date, use: str, price: int) -> None:
        """``price`` was booked in ``month``, and X may have billed it in another."""
        known, key = self._read(), f"{month.isoformat()} {use}"
        self._write(replace(known, loose={**known.loose, key: known.loose.get(key, 0) + price}))

    def told(self, at: datetime, under_way: Collection[int]) -> None:
        """X answered ``at`` by its own clock, and the reservations ``under_way`` were not answered yet."""
        known, month = self._read(), _name(at)
        if month != known.month:
            known = _Known(month, known.closed, known.closed + 1, {}, _elsewhere(known.loose, month))
        if _name(at + MARGIN) == month:
            closed = min(under_way) - 1 if under_way else self._store.spending.newest()
            known = replace(known, closed=closed, loose={})
        self._write(known)

    def _read(self) -> _Known:
        kept = self._store.values.get(_DOUBTS)
        return _Known(*json.loads(kept)) if kept else _Known()

    def _write(self, known: _Known) -> None:
        kept = json.dumps([known.month, known.closed, known.since, known.loose, known.other])
        if kept != self._store.values.get(_DOUBTS):
            self._store.values.put(_DOUBTS, kept)


def same_day(first: datetime, last: datetime) -> bool:
    """Whether whatever X billed between these two moments of its own clock was billed on one day."""
    return (first - MARGIN).date() == (last + MARGIN).date()


def _elsewhere(loose: Mapping[str, int], month: str) -> dict[str, int]:
    """What is booked in another month than ``month``, by use."""
    found: dict[str, int] = {}
    for key, price in loose.items():
        booked, use = key.split()
        if booked != month:
            found[use] = found.get(use, 0) + price
    return found


def _name(at: datetime) -> str:
    return month_of(at.date())[0].isoformat()
