"""What is looked at: the place, the search, the list and the item that is read, kept in step with the store."""

from array import array
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from veille.errors import NotInText
from veille.i18n import _
from veille.model import Article, Changes, Counts, Highlight, Hit, ItemKind, Listing, Outline, Query
from veille.ui.cards import ALONE, Around
from veille.ui.items import ItemsView
from veille.ui.passages import Passage
from veille.ui.places import Place
from veille.ui.reader import Reader
from veille.ui.search.bar import SearchBar
from veille.ui.tasks import Tasks
from veille.ui.tree import PlacesView

if TYPE_CHECKING:
    from veille.core.services import Services

FIRST = 200  # rows asked for before the whole list, for a quick start
SETTLE = 300  # ms for which an item must be shown before it counts as read
CALM = 400  # ms between two looks at the store while changes pour in

Found = tuple[Hit | None, Article | None, Around]
Listed = tuple[Listing, list[Hit]]  # with its first rows


class Browsing(QObject):
    """Asks the library and shows its answers."""

    outlined = Signal(object)  # Outline
    counted = Signal(object)  # Counts
    listed = Signal(object, object)  # Listing, Query
    indexed = Signal()  # a search may find more
    shown = Signal()  # another item is in the reader, or none
    told = Signal(str)

    def __init__(
        self, services: "Services", tasks: Tasks, places: PlacesView, search: SearchBar, items: ItemsView,
        reader: Reader, parent: QObject | None = None) -> None:  # fmt: skip
        super().__init__(parent)
        self._services, self._tasks = services, tasks
        self.places, self.search, self.items, self.reader = places, search, items, reader
        self.outline = Outline()
        self._settled = QTimer(self, singleShot=True, interval=SETTLE)
        self._settled.timeout.connect(self._mark_shown)
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._calm.timeout.connect(self._look_again)
        self._again = Changes()
        self._awaited = False  # a list was asked for and is not there yet
        self._next: Callable[[], None] | None = None
        places.chosen.connect(self._look_at)
        search.asked.connect(self.look)
        items.shown.connect(self._show)
        tasks.changed.connect(self.take)

    # Asking ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Fill the window after its first paint: a short list first, then everything."""
        query = self.query()
        few, first = replace(query, limit=FIRST), self.items.first
        self._tasks.query("list", lambda: self._list(few, first), lambda listed: self._receive_first(listed, query))
        self.ask_outline()

    def query(self) -> Query:
        """What is looked at."""
        return self.search.query(self.places.place())

    def look(self, *, top: bool = True) -> None:
        """List what is looked at, from the top or with the rows that are seen kept in place."""
        query, first, self._awaited = self.query(), self.items.first, True
        self._tasks.query(
            "list", lambda: self._list(query, first), lambda listed: self._receive(listed, query, top=top), self._arrive
        )

    def then(self, deed: Callable[[], None]) -> None:
        """Do ``deed`` in the list that was asked for last, once it is there."""
        self._next = deed
        if not self._awaited:
            self._arrive()

    def _arrive(self) -> None:
        deed, self._next, self._awaited = self._next, None, False
        if deed:
            deed()

    def _look_at(self, place: Place) -> None:
        self.search.show_place(place)
        self.look()

    def _list(self, query: Query, first: int) -> Listed:
        """The answer to ``query`` together with its ``first`` rows, so that none are drawn empty."""
        listing = self._services.library.listing(query)
        return listing, self._services.library.hits(listing.ids[:first], listing.words)

    def ask_outline(self) -> None:
        """Read the list of sources anew, and the counts."""
        self._tasks.query("outline", self._services.curation.outline, self._take_outline)

    def ask_counts(self) -> None:
        """Read the counts anew."""
        self._tasks.query("counts", self._services.library.counts, self._take_counts)

    def _receive_first(self, listed: Listed, query: Query) -> None:
        self._receive(listed, query, top=True)
        if len(listed[0].ids) < listed[0].total:
            self.look(top=False)

    def _receive(self, listed: Listed, query: Query, *, top: bool) -> None:
        listing, first = listed
        self.items.show_listing(listing, first, top=top)
        self.reader.set_words(listing.words)
        self.search.show_listing(listing)
        self.listed.emit(listing, query)
        self._arrive()

    def _take_outline(self, outline: Outline) -> None:
        self.outline = outline
        self.places.show_outline(outline)
        self.outlined.emit(outline)
        self.ask_counts()

    def _take_counts(self, counts: Counts) -> None:
        self.places.show_counts(counts)
        self.search.show_total(counts.items)
        self.counted.emit(counts)

    # Changes --------------------------------------------------------------------------------------

    def take(self, changes: Changes) -> None:
        """Show what changed: marks at once, lists a moment later and together."""
        if changes.items:
            self.items.items.refresh(changes.items)
            if any(each.id in changes.items for each in self.reader.items):
                self._read_again()
        self._again |= changes
        if not self._calm.isActive():
            self._calm.start(CALM if changes.new else 0)

    def _look_again(self) -> None:
        changes, self._again = self._again, Changes()
        if changes.outline or changes.sources or changes.tags:
            self.ask_outline()
        else:
            self.ask_counts()
        # What was just read or saved, one item or its thread, stays in its list until the person looks elsewhere.
        others = changes.items.difference(each.id for each in self.reader.items)
        if changes.new or changes.outline or (others and len(changes.items) > 1):
            self.look(top=False)

    def look_after_indexing(self) -> None:
        """A search may find more now; other lists do not ask the index."""
        query = self.query()
        if query.text or query.within:
            self.look(top=False)
        self.indexed.emit()

    # Reading --------------------------------------------------------------------------------------

    def _show(self, item: int) -> None:
        self._settled.stop()
        if not item:
            self._tasks.forget("item")
            self.reader.show_hit(None)
            self.shown.emit()
            return
        self._tasks.query("item", lambda: self._look_up(item), self._shown)

    def _look_up(self, item: int) -> Found:
        library = self._services.library
        hit = library.item(item)
        if hit is None:
            return None, None, ALONE
        thread = library.thread(item) if hit.item.kind is ItemKind.POST else [hit.item]
        versions = {each.id: tuple(library.versions(each.id)) for each in thread}
        marked = self._services.annotations.highlights_of(each.id for each in thread)
        highlights = tuple(each for some in marked.values() for each in some)
        lost = self._services.annotations.lost(highlights)
        return hit, library.article(item), Around(tuple(thread), versions, highlights, lost)

    def _shown(self, found: Found) -> None:
        hit, _article, around = found
        self.reader.show_hit(*found)
        self.shown.emit()
        unread = hit is not None and (not hit.mark.read or len(around.thread) > 1)
        if unread and self._services.preferences.values.read_on_open:
            self._settled.start()

    def _read_again(self) -> None:
        """The item that is shown, as it is now. In a slot of its own: another may have been asked for already."""
        item = self.reader.hit.item.id if self.reader.hit else 0

        def show(found: Found) -> None:
            if self.reader.hit and self.reader.hit.item.id == item:
                self.reader.show_hit(*found)

        self._tasks.query("item again", lambda: self._look_up(item), show)

    def _mark_shown(self) -> None:
        """All that is shown: also the posts of a thread that stand by themselves in the list."""
        items = [each.id for each in self.reader.items]

        def mark() -> Changes:
            changes = Changes()
            for each in items:  # one by one: nothing to take back
                changes |= self._services.library.mark_read([each])
            return changes

        self._tasks.change(mark)

    def _mark(self, items: list[int], *, read: bool) -> None:
        self._tasks.change(lambda: self._services.library.mark_read(items, read))

    def toggle_read(self) -> None:
        """The item that is shown: read or unread."""
        self._settled.stop()
        if hit := self.reader.hit:
            self._mark([hit.item.id], read=not hit.mark.read)

    def toggle_saved(self) -> None:
        """The item that is shown: saved or not."""
        if hit := self.reader.hit:
            item, saved = hit.item.id, hit.mark.saved is None
            self._tasks.change(lambda: self._services.library.save([item], saved))

    def toggle_flagged(self) -> None:
        """The item that is shown: flagged or not."""
        if hit := self.reader.hit:
            item, flagged = hit.item.id, hit.mark.flagged is None
            self._tasks.change(lambda: self._services.library.flag([item], flagged))

    def mark(self, passage: Passage) -> None:
        """Mark a passage of what is shown: of that post of a thread that says it."""
        chosen = self.reader.hit.item.id if self.reader.hit else 0
        items = sorted((each.id for each in self.reader.items), key=lambda item: item != chosen)
        marking = self._services.annotations

        def mark() -> Changes:
            for item in items[:-1]:
                with suppress(NotInText):
                    return marking.highlight(item, passage.text, passage.before, passage.after)
            return marking.highlight(items[-1], passage.text, passage.before, passage.after)

        self._tasks.change(mark)

    def unmark(self, highlight: Highlight) -> None:
        """Mark that passage no longer."""
        self._tasks.change(lambda: self._services.annotations.unhighlight([highlight]))

    def mark_all_read(self) -> None:
        """All that the list holds."""
        query = self.query()
        self._tasks.change(lambda: self._services.library.mark_all_read(query))

    def undo(self, entry: int | None = None) -> None:
        """Take back the change ``entry``, or the last one. What takes a while holds up no other change."""
        history = self._services.history

        def undo() -> Changes | int:
            return history.lasting(entry) or history.undo(entry)

        def then(answer: Changes | int) -> None:
            if isinstance(answer, Changes):
                self._undone(answer)
            else:
                self._undo_long(answer)

        self._tasks.change(undo, then)

    def _undo_long(self, entry: int) -> None:
        def then(changes: Changes) -> None:
            self._tasks.changed.emit(replace(changes, text=""))
            self._undone(changes)

        if not self._tasks.job("undo", lambda task: self._services.history.undo(entry, task), then):
            self.told.emit(_("A change is still being taken back."))

    def _undone(self, changes: Changes) -> None:
        done = _("Undone: {text}").format(text=changes.text) if changes.text else _("There is nothing to undo.")
        self.told.emit(done)

    # Moving ---------------------------------------------------------------------------------------

    def next_unread(self) -> None:
        """Go to the next unread item after the current one, from the top again at the end."""
        query = replace(self.query(), unread=True)
        ids, row = self.items.items.ids, self.items.currentIndex().row()

        def find() -> int:
            return next_of(ids, row, self._services.library.listing(query).ids)

        self._tasks.query("next", find, self._go)

    def _go(self, row: int) -> None:
        if row >= 0:
            self.items.go(row)

    def go(self, place: Place) -> None:
        """Look at ``place``."""
        self.places.go(place)


def next_of(ids: "array[int]", row: int, wanted: "array[int]") -> int:
    """The first row after ``row`` whose id is ``wanted``, going round; -1 for none but ``row`` itself."""
    some = frozenset(wanted)
    below = range(row + 1, len(ids))
    above = range(max(row, 0))
    return next((at for rows in (below, above) for at in rows if ids[at] in some), -1)
