"""Pages that are to be fetched because their item arrived, and when. They are forgotten with their item."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from veille.model import ItemKind
from veille.store.database import Database
from veille.store.times import moment, stored

_AMONG = "IN (SELECT value FROM json_each(?))"
_ON_THE_WEB = "(url LIKE 'http://%' OR url LIKE 'https://%')"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A page that waits: its item and that one's source, link and arrival; when it may be fetched, and how often that
    was tried."""

    item: int
    source: int
    url: str
    seen: datetime
    due: datetime
    tries: int


class Arrivals:
    """In the order in which they are due, and then in which they came."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, items: Iterable[int], due: datetime, most: int) -> None:
        """Let the pages behind ``items`` wait until ``due``: those of the ``most`` newest articles with a link."""
        sql = f"""INSERT OR IGNORE INTO arrival (item, due, tries) SELECT id, ?, 0 FROM item
            WHERE id {_AMONG} AND gone = 0 AND kind = ? AND {_ON_THE_WEB} ORDER BY at DESC, id DESC LIMIT ?"""
        with self._db.write() as db:
            db.execute(sql, (stored(due), json.dumps(list(items)), ItemKind.ARTICLE, most))

    def waiting(self, until: datetime) -> list[Arrival]:
        """Those of sources in use that are due by ``until``."""
        sql = """SELECT item, source, item.url, item.seen, due, tries FROM arrival
            JOIN item ON item.id = arrival.item JOIN source ON source.id = item.source
            WHERE due <= ? AND removed IS NULL AND full_text ORDER BY due, item"""
        return [
            Arrival(item, source, url, moment(seen), moment(due), tries)
            for item, source, url, seen, due, tries in self._db.query(sql, (stored(until),))
        ]

    def next(self) -> datetime | None:
        """When the first of all is due; None when none waits."""
        due: int | None = self._db.query("SELECT min(due) FROM arrival")[0][0]
        return None if due is None else moment(due)

    def postpone(self, items: Iterable[int], due: datetime) -> None:
        """Let them wait until ``due`` at least."""
        with self._db.write() as db:
            db.execute(
                f"UPDATE arrival SET due = max(due, ?) WHERE item {_AMONG}", (stored(due), json.dumps(list(items)))
            )

    def tried(self, item: int) -> None:
        """One more try."""
        with self._db.write() as db:
            db.execute("UPDATE arrival SET tries = tries + 1 WHERE item = ?", (item,))

    def forget(self, items: Iterable[int]) -> None:
        """They are fetched, or given up."""
        with self._db.write() as db:
            db.execute(f"DELETE FROM arrival WHERE item {_AMONG}", (json.dumps(list(items)),))

    def forget_source(self, source: int) -> None:
        """All of one source."""
        with self._db.write() as db:
            db.execute("DELETE FROM arrival WHERE item IN (SELECT id FROM item WHERE source = ?)", (source,))


def forget_older(db: sqlite3.Connection, before: datetime) -> None:
    """Those whose item came before ``before``, when such items expire: which pages are still fetched must not tell
    which of them the person kept."""
    older = "SELECT id FROM item WHERE id IN (SELECT item FROM arrival) AND seen < ?"
    db.execute(f"DELETE FROM arrival WHERE item IN ({older})", (stored(before),))
