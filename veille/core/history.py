"""Taking back what the person changed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from veille.model import Changes, Progress

if TYPE_CHECKING:
    from veille.store import Store
    from veille.store.history import Entry

_MOMENT = 3000  # rows that are taken back in some tenths of a second


def standing(store: "Store", entry: int) -> int | None:
    """``entry`` when it changed something; an entry that changed nothing was dropped and cannot be undone."""
    last = store.history.last()
    return entry if last is not None and last.id == entry else None


class History:
    """Every change to the list of sources, and the marks of many items at once, can be taken back. ``wake`` tells the
    indexer that there may be something to index."""

    def __init__(self, store: "Store", wake: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._wake = wake

    def undo(self, entry: int | None = None, progress: Progress | None = None) -> Changes:
        """Take back ``entry``, or the last change that still stands; nothing when there is none.

        Of a very large one that is stopped, the rest still stands.
        """
        changes = self._store.history.undo(entry, progress)
        self._wake()
        return changes

    def lasting(self, entry: int | None = None) -> int | None:
        """``entry``, or the last change, if taking it back takes more than a moment; else None."""
        if entry is None:
            last = self._store.history.last()
            entry = last.id if last else 0
        return entry if self._store.history.size(entry) > _MOMENT else None

    def last(self) -> "Entry | None":
        """The newest change that can be taken back, with its text."""
        return self._store.history.last()
