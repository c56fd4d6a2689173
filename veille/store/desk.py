"""Numbers about sources, for the curator's desk: how much each gives, and what becomes of it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from veille.store.database import Database
from veille.store.filters import IS_KEPT
from veille.store.times import moment, stored

# Along the index of sources, which has all that is asked of an item; of the marks, one look at a time by number.
_FIGURES = f"""
SELECT source.id, given.items, given.read, given.saved,
    (SELECT max(at) FROM item WHERE item.source = source.id AND gone = 0)
FROM source LEFT JOIN (
    SELECT source, count(*) AS items, sum(mark.read) AS read, sum({IS_KEPT}) AS saved
    FROM item LEFT JOIN mark ON mark.item = item.id WHERE gone = 0 AND at >= ? GROUP BY source
) AS given ON given.source = source.id
"""


_HOUR = 3_600_000_000  # microseconds
_ENDING = 600  # characters
# A look at each source along the two indexes that have nothing but the times that are asked for.
_HOURS = f"""
SELECT id,
    (SELECT json_group_array(at / {_HOUR}) FROM item WHERE item.source = source.id AND gone = 0 AND at >= ?),
    (SELECT json_group_array(at / {_HOUR}) FROM item WHERE item.source = source.id AND gone = 1 AND at >= ?)
FROM source WHERE removed IS NULL
"""


@dataclass(frozen=True, slots=True)
class Given:
    """What an item is compared by: ``length`` is that of its HTML in characters, ``ending`` the last of them."""

    url: str
    title: str
    summary: str
    length: int
    ending: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one source since a day: ``items`` came, of which ``read`` were read and ``saved`` kept in any way.

    ``last`` is when its newest item stands in time, None when it never gave any.
    """

    items: int = 0
    read: int = 0
    saved: int = 0
    last: datetime | None = None


class Desk:
    """Looks through the items by their indexes alone."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._figuring = Lock()
        self._figured: tuple[tuple[int, datetime], Mapping[int, Figures]] | None = None

    def figures(self, since: datetime) -> Mapping[int, Figures]:
        """The figures of each source that gave anything, since ``since``; ``last`` is of all time.

        "Kept" is whatever never expires (``filters.IS_KEPT``): saved, tagged, noted or with a highlight. Items that
        expired or were removed count no more. The answer is remembered until something is written or ``since`` is
        another: it is not to be changed.
        """
        if self._db.apart:
            return self._now_figured(since)
        with self._figuring:  # who asks for the same meanwhile waits for this answer
            asked = self._db.version, since  # before: see Remembered
            kept = self._figured
            if kept is None or kept[0] != asked:
                kept = self._figured = asked, self._now_figured(since)
            return kept[1]

    def _now_figured(self, since: datetime) -> dict[int, Figures]:
        rows = self._db.query(_FIGURES, (stored(since),))
        return {
            source: Figures(items or 0, read or 0, saved or 0, moment(last))
            for source, items, read, saved, last in rows
            if last is not None
        }

    def hours(self, since: datetime) -> Mapping[int, list[int]]:
        """When each source in use gave items since ``since``: source -> whole hours since 1970 (UTC), ascending, one
        for each item. By when they stand in time; those that expired count."""
        given: dict[int, list[int]] = {}
        for source, there, gone in self._db.query(_HOURS, (stored(since),) * 2):
            if there != "[]" or gone != "[]":
                given[source] = sorted([*json.loads(there), *json.loads(gone)])
        return given

    def newest(self) -> int:
        """A number that grows with each new item; microseconds to ask."""
        return int(self._db.query("SELECT coalesce(max(id), 0) FROM item")[0][0])

    def moments(self, source: int, since: datetime) -> list[datetime]:
        """When the items of one source stand in time, the oldest first; those that expired count."""
        sql = "SELECT at FROM item WHERE source = ?1 AND gone = {} AND at >= ?2"
        both = f"{sql.format(0)} UNION ALL {sql.format(1)} ORDER BY at"
        return [moment(at) for (at,) in self._db.query(both, (source, stored(since)))]

    def arrived(self, sources: Iterable[int]) -> Mapping[int, datetime]:
        """When the newest item of each of ``sources`` came, whatever its date; those without any are left out."""
        sql = """SELECT source, seen FROM item WHERE id IN (
            SELECT (SELECT max(id) FROM item WHERE source = json_each.value AND gone = 0) FROM json_each(?))"""
        return {source: moment(seen) for source, seen in self._db.query(sql, (json.dumps(list(sources)),))}

    def given(self, source: int, limit: int) -> list[Given]:
        """The newest items of one source, ``limit`` at most."""
        sql = f"""SELECT url, title, summary, coalesce(length(html), 0), coalesce(substr(html, -{_ENDING}), '')
            FROM item LEFT JOIN content ON content.item = item.id
            WHERE source = ? AND gone = 0 ORDER BY at DESC, item.id DESC LIMIT ?"""
        return [Given(*row) for row in self._db.query(sql, (source, limit))]
