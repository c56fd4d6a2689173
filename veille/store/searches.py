"""Searches that the person keeps as lists, and what they searched for lately."""

from veille.errors import TooLong, TooMany
from veille.i18n import _, number
from veille.model import Clock, SavedSearch
from veille.store.database import Database
from veille.store.history import HistoryLog
from veille.store.times import stored

RECENT = 50  # texts that are remembered
MOST = 200  # saved searches
TEXT, NAME = 1000, 200  # characters


class Searches:
    """Saved searches can be undone (``history.py``); what was searched for lately is forgotten for good."""

    def __init__(self, db: Database, history: HistoryLog, clock: Clock) -> None:
        self._db = db
        self._history = history
        self._clock = clock

    def all(self) -> tuple[SavedSearch, ...]:
        """The saved searches, by rank."""
        return in_use(self._db)

    def put(self, search: SavedSearch) -> SavedSearch:
        """Write all of ``search``; with the id 0 it is new, or the one with this very text that was set aside.

        Raises TooLong and TooMany.
        """
        if len(search.text) > TEXT:
            raise TooLong(what=_("A saved search"), most=number(TEXT))
        if len(search.name) > NAME:
            raise TooLong(what=_("The name of a search"), most=NAME)
        row = {"text": search.text, "name": search.name, "rank": search.rank, "removed": None}
        with self._db.write() as db:
            if not search.id and len(self.all()) >= MOST:
                raise TooMany(most=MOST, what=_("saved searches"))
            sql = "SELECT id FROM search WHERE text = ? AND removed IS NOT NULL ORDER BY id DESC LIMIT 1"
            aside = None if search.id else db.execute(sql, (search.text,)).fetchone()
            key = self._history.put("search", {"id": search.id or (aside[0] if aside else None), **row})
        return SavedSearch(key, search.text, search.name, search.rank)

    def remove(self, search: int) -> None:
        """Set one aside; nothing when there is none."""
        with self._db.write():
            if any(each.id == search for each in self.all()):
                self._history.put("search", {"id": search, "removed": stored(self._clock.now())})

    # What was searched for lately

    def recent(self, limit: int = RECENT) -> list[str]:
        """The texts that were searched for lately, the newest first."""
        rows = self._db.query("SELECT text FROM search_history ORDER BY rowid DESC LIMIT ?", (limit,))
        return [text for (text,) in rows]

    def remember(self, text: str) -> None:
        """``text`` was searched for. The oldest beyond fifty is forgotten; one that is too long is not remembered."""
        if len(text) > TEXT:
            return
        with self._db.write() as db:
            db.execute("DELETE FROM search_history WHERE text = ?", (text,))
            db.execute("INSERT INTO search_history (text, at) VALUES (?, ?)", (text, stored(self._clock.now())))
            sql = "SELECT rowid FROM search_history ORDER BY rowid DESC LIMIT ?"
            db.execute(f"DELETE FROM search_history WHERE rowid NOT IN ({sql})", (RECENT,))

    def forget(self) -> None:
        """Forget all that was searched for: it is gone from the files, too."""
        with self._db.write() as db:
            db.execute("DELETE FROM search_history")
        self._db.empty_log()


def in_use(db: Database) -> tuple[SavedSearch, ...]:
    """The saved searches that were not set aside, by rank."""
    rows = db.query("SELECT id, text, name, rank FROM search WHERE removed IS NULL ORDER BY rank, id")
    return tuple(SavedSearch(*row) for row in rows)
