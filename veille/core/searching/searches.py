"""Searches that the person keeps as lists, each with what is unread in it; and what they searched for lately."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from veille.content.text import excerpt, fold, plain
from veille.core.history import standing
from veille.errors import NotFound, NothingAsked, VeilleError
from veille.i18n import _
from veille.model import Changes, Query, SavedSearch

if TYPE_CHECKING:
    from veille.store import Store

SAID = 80  # characters of a search in a sentence


class Searches:
    """Saved searches, the person's smart lists: each change is one entry of the history.

    ``total`` says how many items a query lists (:meth:`veille.core.library.Library.total`).
    """

    def __init__(self, store: "Store", total: Callable[[Query], int]) -> None:
        self._store = store
        self._total = total

    def all(self) -> tuple[SavedSearch, ...]:
        """The saved searches in the person's order."""
        return self._store.sources.outline().searches

    def find(self, text: str) -> SavedSearch | None:
        """The saved search for ``text``, if there is one."""
        return next((each for each in self.all() if each.text == plain(text)), None)

    def named(self, name: str) -> SavedSearch:
        """The saved search with that number, name or text. Raises NotFound."""
        wanted = fold(plain(name))
        numbered = [each for each in self.all() if wanted == str(each.id)]
        called = [each for each in self.all() if wanted and wanted in (fold(each.name), fold(each.text))]
        if not (numbered or called):
            raise NotFound(what=_("saved search"), name=name)
        return (numbered or called)[0]

    # Changes

    def save(self, text: str, name: str = "") -> Changes:
        """Keep ``text`` as a list, called ``name``, at the end of the others.

        What is kept already is given the name, if there is one. Raises NothingAsked, TooLong and TooMany.
        """
        text, name = plain(text), plain(name)
        if not text:
            raise NothingAsked
        if there := self.find(text):
            if name and name != there.name:
                return self.rename(there.id, name)
            return Changes(text=_("Search “{text}” is there already.").format(text=_said(there)))
        kept = self.all()
        search = SavedSearch(0, text, name, kept[-1].rank + 1 if kept else 0)
        return self._put(_("Search “{text}” saved.").format(text=_said(search)), search)

    def rename(self, id: int, name: str) -> Changes:
        """Call it ``name``; nothing lets its text say it. Raises NotFound and TooLong."""
        old = self._get(id)
        new = replace(old, name=plain(name))
        text = _("Search “{old}” is now called “{new}”.").format(old=_said(old), new=_said(new))
        return self._put(text, new)

    def remove(self, id: int) -> Changes:
        """Keep it no longer. Raises NotFound."""
        text = _("Search “{text}” removed.").format(text=_said(self._get(id)))
        with self._store.history.recording(text) as entry:
            self._store.searches.remove(id)
        return self._changed(entry, text)

    def move(self, id: int, to: int) -> Changes:
        """Put it at the place ``to`` of the list, which begins at 0; beyond its end means last. Raises NotFound."""
        search = self._get(id)
        others = [each for each in self.all() if each.id != id]
        others.insert(max(to, 0), search)
        ranked = [replace(each, rank=rank) for rank, each in enumerate(others)]
        moved = [each.id for each in self.all()] != [each.id for each in ranked]
        return self._put(_("Search “{text}” moved.").format(text=_said(search)), *(ranked if moved else ()))

    # Numbers

    def unread(self) -> Mapping[int, int]:
        """How many unread items each lists, by its id; 0 for one that cannot be answered now."""
        return {each.id: self._count(Query(within=each.text, unread=True)) for each in self.all()}

    def items(self) -> Mapping[int, int]:
        """How many items each lists, by its id; 0 for one that cannot be answered now."""
        return {each.id: self._count(Query(within=each.text)) for each in self.all()}

    # What was searched for lately

    def recent(self, limit: int = 50) -> list[str]:
        """What was searched for lately, the newest first."""
        return self._store.searches.recent(limit)

    def remember(self, text: str) -> None:
        """The person searched for ``text``. Beside a window, which has the profile, nothing is remembered."""
        if self._store.writable and (text := plain(text)):
            self._store.searches.remember(text)

    def forget(self) -> None:
        """Forget all that was searched for lately; it cannot be taken back."""
        self._store.searches.forget()

    # Pieces

    def _get(self, id: int) -> SavedSearch:
        found = next((each for each in self.all() if each.id == id), None)
        if found is None:
            raise NotFound(what=_("saved search"), name=str(id))
        return found

    def _put(self, text: str, *searches: SavedSearch) -> Changes:
        with self._store.history.recording(text) as entry:
            for each in searches:
                self._store.searches.put(each)
        return self._changed(entry, text)

    def _changed(self, entry: int, text: str) -> Changes:
        return Changes(outline=True, undo=standing(self._store, entry), text=text)

    def _count(self, query: Query) -> int:
        try:
            return self._total(query)
        except VeilleError:
            return 0


def _said(search: SavedSearch) -> str:
    """``search`` as a sentence names it."""
    return excerpt(search.label, SAID)
