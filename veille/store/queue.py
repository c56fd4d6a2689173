"""What the search index has yet to hear of: written in the same transaction as the items themselves."""

import sqlite3
from collections.abc import Iterable

from veille.store.database import Database


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

    def requeue_all(self, *, gone: bool = False) -> None:
        """Everything is to be indexed anew, newest first, and with ``gone`` what is no more taken out after that."""
        with self._db.write() as db:
            db.execute("DELETE FROM index_queue")
            db.execute(
                "INSERT INTO index_queue (item, removed) "
                "SELECT id, gone FROM item WHERE gone <= ? ORDER BY gone, at DESC, id DESC",
                (gone,),
            )
