"""What reading cost, and what is set aside for requests under way. Money is in millionths of a dollar, days are X's."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from veille.store.database import Database
from veille.store.times import stored


@dataclass(frozen=True, slots=True)
class Cost:
    """What one answer cost for one source (0: for none by itself)."""

    source: int
    posts: int
    users: int
    price: int


@dataclass(frozen=True, slots=True)
class Books:
    """All rows of an account book, as the tables of the same names have them; of ``reserved`` without the numbers."""

    spending: tuple[tuple[str, str, int, int, int, int], ...] = ()
    reserved: tuple[tuple[str, str, int], ...] = ()
    paid: tuple[tuple[str, str, str], ...] = ()


class Spending:
    """The account book."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def set_aside(self, day: date, use: str, price: int) -> int:
        """Money for one request; its number, once it is on the disk."""
        with self._db.write() as db:
            sql = "INSERT INTO reserved (day, use, price) VALUES (?, ?, ?)"
            return db.execute(sql, (day.isoformat(), use, price)).lastrowid or 0

    def settle(self, number: int, day: date, costs: Iterable[Cost]) -> str:
        """``costs`` in place of what was set aside under ``number``; its use. "" when that is no more, and nothing is
        written."""
        with self._db.write() as db:
            row = db.execute("SELECT use FROM reserved WHERE id = ?", (number,)).fetchone()
            if row is None:
                return ""
            self.release(number)
            db.executemany(
                "INSERT INTO spending (day, use, source, posts, users, price) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET posts = posts + excluded.posts, users = users + excluded.users, "
                "price = price + excluded.price",
                [(day.isoformat(), row[0], each.source, each.posts, each.users, each.price) for each in costs],
            )
        return str(row[0])

    def release(self, number: int) -> None:
        """What was set aside is free again."""
        with self._db.write() as db:
            db.execute("DELETE FROM reserved WHERE id = ?", (number,))

    def newest(self) -> int:
        """The number of the newest reservation that there is; 0 when there is none."""
        return int(self._db.query("SELECT coalesce(max(id), 0) FROM reserved")[0][0])

    def join(self, others: Books) -> None:
        """Count what another book of the same person says, too. Both may say the same, so of each cost the larger
        counts; money that is set aside in both counts twice rather than not at all."""
        with self._db.write() as db:
            db.executemany(
                "INSERT INTO spending (day, use, source, posts, users, price) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET posts = max(posts, excluded.posts), users = max(users, excluded.users), "
                "price = max(price, excluded.price)",
                others.spending,
            )
            db.executemany("INSERT INTO reserved (day, use, price) VALUES (?, ?, ?)", others.reserved)
            db.executemany("INSERT OR IGNORE INTO paid (day, kind, name) VALUES (?, ?, ?)", others.paid)

    # What was paid for on a day

    def paid(self, day: date, kind: str, names: Iterable[str]) -> set[str]:
        """Those of ``names`` that were paid for on ``day``."""
        sql = "SELECT name FROM paid WHERE day = ? AND kind = ? AND name IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self._db.query(sql, (day.isoformat(), kind, json.dumps(list(names))))}

    def note_paid(self, day: date, kind: str, names: Iterable[str], forget: date) -> None:
        """``names`` were paid for on ``day``; what was before ``forget`` is forgotten."""
        with self._db.write() as db:
            db.execute("DELETE FROM paid WHERE day < ?", (forget.isoformat(),))
            db.executemany(
                "INSERT OR IGNORE INTO paid (day, kind, name) VALUES (?, ?, ?)",
                [(day.isoformat(), kind, name) for name in names],
            )

    # Sums: both days are included

    def total(self, first: date, last: date, use: str | None = None, *, since: int | None = None) -> int:
        """What was spent and is set aside between two days, for one ``use`` or for all.

        Reservations from the number ``since`` count whatever their day is.
        """
        sql = (
            "SELECT coalesce(sum(price), 0) FROM reserved "
            "WHERE (day BETWEEN ? AND ? OR id >= ?) AND use = coalesce(?, use)"
        )
        reserved = self._db.query(sql, (first.isoformat(), last.isoformat(), since, use))
        return self.spent(first, last, use) + int(reserved[0][0])

    def spent(self, first: date, last: date, use: str | None = None) -> int:
        """What was spent between two days, for one ``use`` or for all."""
        sql = "SELECT coalesce(sum(price), 0) FROM spending WHERE day BETWEEN ? AND ? AND use = coalesce(?, use)"
        return int(self._db.query(sql, (first.isoformat(), last.isoformat(), use))[0][0])

    def by_use(self, first: date, last: date) -> dict[str, int]:
        """What was spent between two days, by use."""
        sql = "SELECT use, sum(price) FROM spending WHERE day BETWEEN ? AND ? GROUP BY use"
        return dict(self._db.query(sql, (first.isoformat(), last.isoformat())))

    def by_source(self, first: date, last: date, use: str | None = None) -> dict[int, tuple[int, int]]:
        """Posts and price by source, of what was spent between two days."""
        sql = (
            "SELECT source, sum(posts), sum(price) FROM spending "
            "WHERE day BETWEEN ? AND ? AND use = coalesce(?, use) GROUP BY source"
        )
        rows = self._db.query(sql, (first.isoformat(), last.isoformat(), use))
        return {source: (posts, price) for source, posts, price in rows}

    def paces(self, since: date, until: date) -> dict[int, float]:
        """Posts a day that polling of each source cost on whole days from ``since`` on and before ``until``. The first
        day of each, on which it was read back, is left out, and so is who has no other."""
        sql = (
            "SELECT spending.source, sum(posts), began FROM spending "
            "JOIN (SELECT source, min(day) AS began FROM spending WHERE day >= ?1 AND use = 'poll' GROUP BY source) "
            "AS start ON start.source = spending.source "
            "WHERE use = 'poll' AND day > began AND day < ?2 GROUP BY spending.source"
        )
        rows = self._db.query(sql, (since.isoformat(), until.isoformat()))
        return {source: posts / ((until - date.fromisoformat(began)).days - 1) for source, posts, began in rows}

    def brought(self, since: datetime) -> dict[int, tuple[int, int, int]]:
        """Items that came ``since`` then, how many of them were read, and how many saved, by source."""
        sql = (
            "SELECT source, count(*), coalesce(sum(mark.read), 0), sum(mark.saved IS NOT NULL) FROM item "
            "LEFT JOIN mark ON mark.item = item.id WHERE seen >= ? AND gone = 0 GROUP BY source"
        )
        return {row[0]: (row[1], row[2], row[3]) for row in self._db.query(sql, (stored(since),))}

    def published(self, window: timedelta) -> dict[int, tuple[int, float, float]]:
        """Of each source that was read: how many items it published in the ``window`` before that, over how many days
        they spread, and for how many days it was watched by then.

        One that failed since was read, for all that is known, when it last brought something.
        """
        sql = (
            "SELECT watched.source, count(item.id), (ended - min(at)) / 86400e6, (ended - added) / 86400e6 FROM ("
            " SELECT source, added, iif(error = '', checked, coalesce(changed, checked)) AS ended FROM state"
            " JOIN source ON source.id = source WHERE cursor <> '' AND checked IS NOT NULL"
            ") AS watched LEFT JOIN item ON item.source = watched.source AND gone = 0"
            " AND at BETWEEN ended - ? AND ended GROUP BY watched.source"
        )
        rows = self._db.query(sql, (window // timedelta(microseconds=1),))
        return {source: (posts, spread or 0.0, watched) for source, posts, spread, watched in rows}
