"""Small texts by name: settings and what Veille remembers of itself."""

from typing import TYPE_CHECKING

from veille.store.database import Database

if TYPE_CHECKING:
    from veille.store.history import HistoryLog


class Values:
    """A dictionary on disk."""

    def __init__(self, db: Database, history: "HistoryLog") -> None:
        self._db = db
        self._history = history

    def get(self, name: str, default: str = "") -> str:
        """The value of ``name``, or ``default``."""
        rows = self._db.query("SELECT value FROM value WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else default

    def put(self, name: str, value: str) -> None:
        """Keep ``value`` under ``name``."""
        with self._db.write() as db:
            db.execute("INSERT OR REPLACE INTO value (name, value) VALUES (?, ?)", (name, value))

    def decide(self, name: str, value: str) -> None:
        """Keep ``value`` under ``name`` as what the person chose: where that is recorded, it can be undone."""
        self._history.put("value", {"name": name, "value": value})

    def forget(self, name: str) -> None:
        """Keep nothing under ``name``."""
        with self._db.write() as db:
            db.execute("DELETE FROM value WHERE name = ?", (name,))

    def all(self, prefix: str = "") -> dict[str, str]:
        """All values whose name begins with ``prefix``, by name."""
        sql = "SELECT name, value FROM value WHERE substr(name, 1, ?) = ? ORDER BY name"
        return dict(self._db.query(sql, (len(prefix), prefix)))
