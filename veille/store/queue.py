"""What the search index has yet to hear of: written in the same transaction as the items themselves."""

import json
import sqlite3
from array import array
from collections.abc import Iterable

from veille.store.database import Database

_GIVEN = "(SELECT value FROM json_each(?))"


def enqueue(db: sqlite3.Connection, items: Iterable[int], *, removed: bool) -> None:
    """Ask for ``items`` to be indexed, or taken out of the index; the newest wish for an item counts."""
    sql = "INSERT OR REPLACE INTO index_queue (item, removed) VALUES (?, ?)"
    db.executemany(sql, [(item, int(removed)) for item in items])


class IndexQueue:
    """Taken in order, and only forgotten once the index has it on disk."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def count(self) -> int:
        """How many items wait."""
        return int(self._db.query("SELECT count(*) FROM index_queue")[0][0])

    def missing(self) -> int:
        """How many of them wait to be indexed, and not to be taken out."""
        return int(self._db.query("SELECT count(*) FROM index_queue WHERE removed = 0")[0][0])

    def take(self, limit: int) -> tuple[list[int], list[int], int]:
        """The next items to index, those to take out, and a token for :meth:`done`. Nothing is forgotten yet."""
        rows = self._db.query("SELECT seq, item, removed FROM index_queue ORDER BY seq LIMIT ?", (limit,))
        to_index = [item for _seq, item, removed in rows if not removed]
        to_remove = [item for _seq, item, removed in rows if removed]
        return to_index, to_remove, rows[-1][0] if rows else 0

    def done(self, token: int) -> None:
        """Forget what :meth:`take` gave; an item that changed in between stays, having a newer number."""
        with self._db.write() as db:
            db.execute("DELETE FROM index_queue WHERE seq <= ?", (token,))

    def mend(self, indexed: "array[int]") -> int:
        """Ask for all that an index lacks, newest first, and for what it has and should not to be taken out.

        ``indexed`` are the ids that it has, ascending. What waits already keeps its place. Returns how many came to it.
        """
        if self._db.numbers("SELECT id FROM item WHERE gone = 0 ORDER BY id") == indexed:
            return 0  # as nearly always, and nobody had to wait for a transaction
        given = (json.dumps(indexed.tolist()),)
        lacks = f"SELECT id, 0 FROM item WHERE gone = 0 AND id NOT IN {_GIVEN} ORDER BY at DESC, id DESC"
        gone = "SELECT value, 1 FROM json_each(?) WHERE value NOT IN (SELECT id FROM item WHERE gone = 0)"
        with self._db.write() as db:
            inserts = [f"INSERT OR IGNORE INTO index_queue (item, removed) {found}" for found in (lacks, gone)]
            return sum(db.execute(sql, given).rowcount for sql in inserts)
