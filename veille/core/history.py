"""Taking back what the person changed."""

from typing import TYPE_CHECKING

from veille.model import Changes

if TYPE_CHECKING:
    from veille.store import Store
    from veille.store.history import Entry


def standing(store: "Store", entry: int) -> int | None:
    """``entry`` when it changed something; an entry that changed nothing was dropped and cannot be undone."""
    last = store.history.last()
    return entry if last is not None and last.id == entry else None


class History:
    """Every change to the list of sources, and the marks of many items at once, can be taken back."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def undo(self, entry: int | None = None) -> Changes:
        """Take back ``entry``, or the last change that still stands; nothing when there is none."""
        return self._store.history.undo(entry)

    def last(self) -> "Entry | None":
        """The newest change that can be taken back, with its text."""
        return self._store.history.last()
