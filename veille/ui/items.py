"""The list of items: a table of one column over the ids of a listing.

Rows are fetched in pages by tasks, as they become visible, and a bounded number of pages is kept.
Nothing is asked in ``data()``: it only notes what is missing.
"""

from array import array
from collections import OrderedDict
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from veille.content.text import plain
from veille.core import telling
from veille.i18n import _, moment, ngettext, number
from veille.model import Hit, ItemKind, Listing
from veille.ui.rows import HIT, RowDelegate
from veille.ui.tasks import Tasks

if TYPE_CHECKING:
    from veille.core.library import Library

PAGE = 25  # rows: they are there within milliseconds
KEPT = 160  # pages, so 4,000 rows at most are held
AHEAD = 18  # the row of a page at which the next one is fetched, too
SEEN = 4  # pages of which a screen may show a part
MORE = 3  # rows below those that are seen, which a new list brings along
Index = QModelIndex | QPersistentModelIndex


def _nothing() -> "array[int]":
    return array("q")


class ItemsModel(QAbstractTableModel):
    """Rows of a :class:`Listing`."""

    def __init__(self, library: "Library", tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._tasks = library, tasks
        self._ids = _nothing()
        self._words: tuple[str, ...] = ()
        self._pages: OrderedDict[int, list[Hit | None]] = OrderedDict()
        self._before: dict[int, Hit] = {}  # rows of the list before, by item: drawn until the new ones are there
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._asking = False
        self._fetching = -1  # the page that is on its way
        self._generation = 0
        self._ask = QTimer(self, singleShot=True, interval=0)
        self._ask.timeout.connect(self._fetch)

    # What is shown --------------------------------------------------------------------------------

    @property
    def ids(self) -> "array[int]":
        """The ids in order."""
        return self._ids

    def show(self, listing: Listing, first: Sequence[Hit] = ()) -> None:
        """Take another list, with its ``first`` rows; one that only goes on keeps the rows that are there."""
        ids, old = listing.ids, self._ids
        goes_on = len(old) <= len(ids) and ids[: len(old)] == old and listing.words == self._words
        if old and goes_on:
            if len(ids) > len(old):
                self.beginInsertRows(QModelIndex(), len(old), len(ids) - 1)
                self._ids = ids
                self._pages.pop(len(old) // PAGE, None)
                self.endInsertRows()
            self.refresh(None)
            self._bring(first)
            if first:
                self.dataChanged.emit(self.index(0, 0), self.index(len(first) - 1, 0))
            return
        self.beginResetModel()
        self._forget()
        self._ids, self._words = ids, listing.words
        self._bring(first)
        self.endResetModel()

    def refresh(self, items: Collection[int] | None) -> None:
        """Read again the rows of ``items`` (None: of all); what is drawn stays until the answer is there."""
        stale = [page for page, hits in self._pages.items() if items is None or _holds(hits, items)]
        drawn = list(self._pages)[-SEEN:]
        for page in stale:
            if page in drawn:
                self._want(page)
            else:
                del self._pages[page]

    def row_of(self, item: int) -> int:
        """The row of ``item``, -1 where it is not in the list."""
        try:
            return self._ids.index(item)
        except ValueError:
            return -1

    def hit(self, row: int) -> Hit | None:
        """The row's content, None while it is being fetched."""
        page, at = divmod(row, PAGE)
        hits = self._pages.get(page, [])
        if at >= len(hits) - 1 and len(hits) < min(PAGE, len(self._ids) - page * PAGE):  # none or not all are there
            self._need(page)
        if page in self._pages:
            self._pages.move_to_end(page)
            if at >= AHEAD and page + 1 not in self._pages:
                self._need(page + 1)
        return hits[at] if at < len(hits) else self._before.get(self._ids[row])

    # Qt's questions -------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        if role == HIT:
            return self.hit(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            hit = self.hit(index.row())
            return spoken(hit) if hit else ""
        return None

    # Fetching -------------------------------------------------------------------------------------

    def _forget(self) -> None:
        self._generation += 1
        self._asking, self._fetching = False, -1
        self._before = {hit.item.id: hit for hits in self._pages.values() for hit in hits if hit is not None}
        self._pages.clear()
        self._wanted.clear()

    def _need(self, page: int) -> None:
        if page != self._fetching:
            self._want(page)

    def _want(self, page: int) -> None:
        if page * PAGE >= len(self._ids):
            return
        self._wanted[page] = None
        self._wanted.move_to_end(page)
        while len(self._wanted) > SEEN:  # what was scrolled past is no longer wanted
            self._wanted.popitem(last=False)
        if not self._asking and not self._ask.isActive():
            self._ask.start()

    def _fetch(self) -> None:
        if self._asking or not self._wanted:
            return
        page, _none = self._wanted.popitem()
        ids, words, generation = self._ids[page * PAGE : (page + 1) * PAGE], self._words, self._generation
        self._asking, self._fetching = True, page

        def answer(hits: list[Hit]) -> None:
            if generation == self._generation:
                self._receive(page, ids, hits)

        def fail() -> None:
            if generation == self._generation:
                self._receive(page, ids, [])

        self._tasks.query("rows", lambda: self._library.hits(ids, words), answer, fail)

    def _receive(self, page: int, ids: "array[int]", hits: list[Hit]) -> None:
        self._asking, self._fetching = False, -1
        self._put(page, ids, hits)
        if self._wanted:
            self._ask.start()

    def _put(self, page: int, ids: "array[int]", hits: Sequence[Hit]) -> None:
        self._keep(page, ids, hits)
        last = min(len(self._ids), (page + 1) * PAGE) - 1
        self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, 0))

    def _bring(self, first: Sequence[Hit]) -> None:
        """Take the rows that came with a list; those below them on a page stay as they were."""
        for page in range(-(-len(first) // PAGE)):
            ids, old = self._ids[: len(first)][page * PAGE : (page + 1) * PAGE], self._pages.get(page, [])
            self._keep(page, ids, first)
            self._pages[page] += old[len(ids) :]
            if len(ids) >= len(old):
                self._wanted.pop(page, None)

    def _keep(self, page: int, ids: "array[int]", hits: Sequence[Hit]) -> None:
        by_id = {hit.item.id: hit for hit in hits}
        self._pages[page] = [by_id.get(item) for item in ids]
        self._pages.move_to_end(page)
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)


def _holds(hits: list[Hit | None], items: Collection[int]) -> bool:
    return any(hit is not None and hit.item.id in items for hit in hits)


def spoken(hit: Hit) -> str:
    """A row as a screen reader says it."""
    parts = _spoken_post(hit) if hit.item.kind is ItemKind.POST else [hit.title.text or hit.excerpt.text, hit.source]
    parts.append(moment(hit.item.at))
    if not hit.mark.read:
        parts.insert(0, _("unread"))
    if hit.mark.saved:
        parts.append(_("saved"))
    if hit.mark.flagged:
        parts.append(_("flagged"))
    return ", ".join(filter(None, parts))


def _spoken_post(hit: Hit) -> list[str]:
    """Who says what, on which network."""
    post, author = hit.item.post, telling.author(hit.item)
    more = ngettext("and {n} more post of this thread", "and {n} more posts of this thread", hit.more)
    return [
        plain(author.label) or hit.source,
        telling.reposted(post) if post else "",
        hit.title.text or telling.shown(hit).text,
        more.format(n=number(hit.more)) if hit.more else "",
        telling.network(post) if post else "",
        "" if telling.stands_for(hit) else hit.source,
    ]


class ItemsView(QTableView):
    """The list. ``shown`` tells the id of the item to read (0: none)."""

    shown = Signal(int)

    def __init__(self, model: ItemsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.items = model
        self.setObjectName("items")
        self.setAccessibleName(_("Items"))
        delegate = RowDelegate(self)
        self.setItemDelegate(delegate)
        self.setModel(model)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(delegate.height(self.font()))
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalScrollBar().setSingleStep(delegate.height(self.font()) // 2)
        self.selectionModel().currentChanged.connect(self._moved)
        self._quiet = False
        self._near = 0  # the row to go on from when the item that is read has left the list

    @property
    def first(self) -> int:
        """How many rows a new list brings along, so that none is seen empty."""
        return 1 + self.viewport().height() // self.verticalHeader().defaultSectionSize() + MORE

    def current(self) -> int:
        """The id of the current item, 0 for none."""
        row = self.currentIndex().row()
        return self.items.ids[row] if 0 <= row < len(self.items.ids) else 0

    def show_listing(self, listing: Listing, first: Sequence[Hit] = (), *, top: bool) -> None:
        """Take another list with its ``first`` rows: from its top, or keeping the current item and the rows that are
        seen in place."""
        item, near = self.current(), max(0, self.currentIndex().row())
        anchor = self.rowAt(0)
        seen = self.items.ids[anchor] if 0 <= anchor < len(self.items.ids) else 0
        offset = self.rowViewportPosition(anchor) if seen else 0
        self._quiet = True
        self.items.show(listing, first)
        row = self.items.row_of(item) if item and not top else -1
        if row >= 0 and self.currentIndex().row() != row:
            self.setCurrentIndex(self.items.index(row, 0))
        self._near = 0 if top else near
        if top:
            self.setCurrentIndex(QModelIndex())
            self.scrollToTop()
        elif seen and (back := self.items.row_of(seen)) >= 0:
            self.verticalScrollBar().setValue(self.rowHeight(0) * back - offset)
        self._quiet = False

    def step(self, by: int) -> None:
        """Go ``by`` rows down (up where negative)."""
        count = len(self.items.ids)
        if not count:
            return
        index = self.currentIndex()
        row = index.row() + by if index.isValid() else min(self._near, count - 1)
        self.go(max(0, min(count - 1, row)))

    def go(self, row: int) -> None:
        """Make ``row`` the current one and let it be seen."""
        index = self.items.index(row, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setColumnWidth(0, self.viewport().width())

    def _moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if not self._quiet:
            self.shown.emit(self.items.ids[current.row()] if current.isValid() else 0)
