"""The tree of places: what was saved with collections and tags, sectors with their sources, unread counts, and a sign
where a source fails."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget

from veille.errors import describe
from veille.i18n import _, ngettext, number
from veille.model import Counts, Outline, Source, SourceKind
from veille.settings import shown
from veille.ui import icons, theme
from veille.ui.labels import safe
from veille.ui.places import ALL, FLAGGED, HIDDEN, SAVED, UNREAD, Place, place_of, place_of_tag

PLACE = Qt.ItemDataRole.UserRole + 1
ICON = Qt.ItemDataRole.UserRole + 2
COUNT = Qt.ItemDataRole.UserRole + 3
ERROR = Qt.ItemDataRole.UserRole + 4
PAUSED = Qt.ItemDataRole.UserRole + 5

FEW = 8  # rows under what was saved that show at first
ROW = 30
_SIGNS = {SourceKind.FEED: "rss", SourceKind.PAGE: "page"}  # all others are accounts and the like
INDENT = 14
Index = QModelIndex | QPersistentModelIndex


class PlacesModel(QStandardItemModel):
    """The outline as rows; counts are set apart, since they change far more often."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unread: Mapping[int, int] = {}  # of saved searches
        self.show_outline(Outline())

    def show_outline(self, outline: Outline) -> None:
        """Build all rows anew."""
        self.clear()
        root = self.invisibleRootItem()
        root.appendRow(_row(ALL, _("All"), "inbox"))
        root.appendRow(_row(UNREAD, _("Unread"), "unread"))
        root.appendRow(_saved(outline))
        root.appendRow(_row(FLAGGED, _("Flagged"), "flag"))
        root.appendRow(_row(HIDDEN, _("Hidden by rules"), "hidden"))
        for search in outline.searches:
            root.appendRow(_row(place_of(search), search.label, "search", search.text))
        self.show_searches(self._unread)
        for sector in outline.sectors:
            head = _row(Place("sector", sector=sector.key), sector.title, "folder", sector.summary)
            for member in outline.members.get(sector.key, ()):
                if member.source in outline.sources:
                    head.appendRow(_source(outline, outline.sources[member.source], sector.key))
            root.appendRow(head)
        for source in outline.loose:
            root.appendRow(_source(outline, source))

    def show_counts(self, counts: Counts) -> None:
        """Write the numbers beside the rows: what is unread; of everything, what is saved and what is flagged, all."""
        for item in self.rows():
            place: Place = item.data(PLACE)
            if place.name == "source":
                count = counts.unread.get(place.source or 0, 0)
            elif place.name == "sector":
                members = {item.child(at).data(PLACE).source for at in range(item.rowCount())}
                count = sum(counts.unread.get(source, 0) for source in members)
            elif place.name in ("search", "tag", "hidden"):
                continue
            else:
                count = {
                    "all": counts.items, "unread": sum(counts.unread.values()), "saved": counts.saved,
                    "flagged": counts.flagged,
                }[place.name]  # fmt: skip
            _count(item, count)

    def show_searches(self, unread: Mapping[int, int]) -> None:
        """Write how much is unread in each saved search, by its id; that is known later than the rest."""
        self._unread = unread
        for item in self.rows():
            if item.data(PLACE).name == "search":
                _count(item, unread.get(item.data(PLACE).search, 0))

    def rows(self) -> list[QStandardItem]:
        """Every row, parents before children."""
        root = self.invisibleRootItem()
        tops = [root.child(at) for at in range(root.rowCount())]
        return [row for top in tops for row in (top, *(top.child(at) for at in range(top.rowCount())))]

    def find(self, place: Place) -> QModelIndex:
        """The row of ``place``, or of the same source elsewhere; invalid where it is gone."""
        rows = self.rows()
        same = [row for row in rows if row.data(PLACE) == place]
        if not same and place.source is not None:
            same = [row for row in rows if row.data(PLACE).source == place.source]
        return same[0].index() if same else QModelIndex()


def _row(place: Place, title: str, icon: str, tip: str = "") -> QStandardItem:
    item = QStandardItem(title)
    item.setEditable(False)
    item.setData(place, PLACE)
    item.setData(icon, ICON)
    item.setData(0, COUNT)
    item.setData(title, Qt.ItemDataRole.AccessibleTextRole)
    if tip:
        item.setToolTip(safe(tip))
    return item


def _saved(outline: Outline) -> QStandardItem:
    """What was saved; below it what was brought from elsewhere, and the person's tags."""
    head = _row(SAVED, _("Saved"), "star")
    for each in outline.collections.values():
        head.appendRow(_row(Place("source", source=each.id), each.label, "box"))
    for tag, count in outline.tags:
        row = _row(place_of_tag(tag), tag, "tag")
        _count(row, count)
        head.appendRow(row)
    return head


def _count(item: QStandardItem, count: int) -> None:
    if item.data(COUNT) != count:
        item.setData(count, COUNT)
        item.setData(_spoken(item, count), Qt.ItemDataRole.AccessibleTextRole)


def _source(outline: Outline, source: Source, sector: str | None = None) -> QStandardItem:
    place = Place("source", sector=sector, source=source.id)
    state = outline.states.get(source.id)
    reason = describe(state.error) if state else ""
    paused = source.id in outline.paused
    way = _("direct") if source.route == "direct" else shown(source.route)
    route = _("Route: {route}").format(route=way) if way else ""
    tip = "\n".join(part for part in (source.address, _("Paused") if paused else "", route, reason) if part)
    item = _row(place, source.label, "pause" if paused else _SIGNS.get(source.kind, "at"), tip)
    item.setData(reason, ERROR)
    item.setData(paused, PAUSED)
    item.setData(_spoken(item, 0), Qt.ItemDataRole.AccessibleTextRole)
    return item


def _spoken(item: QStandardItem, count: int) -> str:
    parts = [item.text()]
    if count and (item.data(PLACE) in (ALL, SAVED, FLAGGED) or item.data(PLACE).name == "tag"):
        parts.append(ngettext("{n} item", "{n} items", count).format(n=number(count)))
    elif count:
        parts.append(ngettext("{n} unread", "{n} unread", count).format(n=number(count)))
    if item.data(PAUSED):
        parts.append(_("paused"))
    if item.data(ERROR):
        parts.append(item.data(ERROR))
    return ", ".join(parts)


class PlaceDelegate(QStyledItemDelegate):
    """Draws a row: icon, name, count, as one rounded stretch where it is chosen."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(120, max(ROW, option.fontMetrics.height() + 12))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        c = theme.colours()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = option.rect.adjusted(8, 0, -8, 0)
        _ground(painter, option, area)
        ratio = painter.device().devicePixelRatioF()
        depth = INDENT if index.parent().isValid() else 0
        failing, paused = bool(index.data(ERROR)), bool(index.data(PAUSED))
        left = area.left() + 20 + depth
        middle = area.center().y()
        if index.model().rowCount(index):
            view = option.widget
            opened = isinstance(view, QTreeView) and view.isExpanded(QModelIndex(index))  # type: ignore[arg-type]
            chevron = icons.pixmap("down" if opened else "right", c.muted, 12, ratio)
            painter.drawPixmap(area.left() + 5, middle - 5, chevron)
        picture = icons.pixmap("warning" if failing else index.data(ICON), c.warn if failing else c.muted, 16, ratio)
        painter.drawPixmap(left, middle - 7, picture)
        count = number(index.data(COUNT)) if index.data(COUNT) else ""
        painter.setFont(option.font)
        painter.setPen(QColor(c.muted if paused else c.text))
        width = option.fontMetrics.horizontalAdvance(count)
        place = QRect(left + 23, area.top(), area.right() - left - 23 - width - 12, area.height())
        text = option.fontMetrics.elidedText(index.data() or "", Qt.TextElideMode.ElideRight, place.width())
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, centre | Qt.AlignmentFlag.AlignLeft, text)
        painter.setPen(QColor(c.muted))
        painter.drawText(area.adjusted(0, 0, -5, 0), centre | Qt.AlignmentFlag.AlignRight, count)
        painter.restore()


def _ground(painter: QPainter, option: QStyleOptionViewItem, area: QRect) -> None:
    c = theme.colours()
    state = option.state
    chosen = bool(state & QStyle.StateFlag.State_Selected)
    if chosen or state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(QColor(c.chosen if chosen else c.hover))
        focused = chosen and bool(state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QColor(c.accent) if focused else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)  # the ring stays in its row


class PlacesView(QTreeView):
    """The tree; ``chosen`` tells the place that is looked at."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.places = PlacesModel(self)
        self.setModel(self.places)
        self.setItemDelegate(PlaceDelegate(self))
        self.setAccessibleName(_("Sectors and sources"))
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.selectionModel().currentChanged.connect(self._moved)
        self.selectionModel().currentChanged.connect(lambda *_moved: self._show_rare())
        self._quiet = False
        self._flagged = 0
        self._open: frozenset[str] | None = None  # sectors to open at first; None: the first one
        self._saved_open: bool | None = None
        self._show_rare()

    def opened(self) -> list[str]:
        """Keys of the sectors that are open."""
        rows = [row.data(PLACE) for row in self.places.rows() if self.isExpanded(row.index())]
        return [place.sector for place in rows if place.sector is not None]

    def open(self, sectors: list[str]) -> None:
        """The sectors to open when the outline comes for the first time."""
        self._open = frozenset(sectors)

    @property
    def saved_open(self) -> bool | None:
        """Whether what stands under Saved shows; None while nothing did, or nobody said so: it shows when it is
        little."""
        saved = self.places.find(SAVED)
        return self.isExpanded(saved) if self.places.rowCount(saved) else self._saved_open

    def open_saved(self, open: bool | None) -> None:
        """What :attr:`saved_open` was the last time."""
        self._saved_open = open

    def place(self) -> Place:
        """Where the person is."""
        index = self.currentIndex()
        return index.data(PLACE) if index.isValid() else ALL

    def go(self, place: Place) -> None:
        """Choose ``place``; everything where it is gone."""
        index = self.places.find(place)
        self.setCurrentIndex(index if index.isValid() else self.places.find(ALL))

    def show_outline(self, outline: Outline) -> None:
        """Take a new outline: what was open stays open, the place stays chosen."""
        model, place = self.places, self.place()
        known = {row.data(PLACE) for row in model.rows() if self.isExpanded(row.index())}
        first = not any(row.data(PLACE).name == "sector" for row in model.rows())
        self._saved_open = self.saved_open
        self._quiet = True
        model.show_outline(outline)
        little = len(outline.collections) + len(outline.tags) <= FEW
        self.setExpanded(model.find(SAVED), little if self._saved_open is None else self._saved_open)
        for at, row in enumerate(row for row in model.rows() if row.data(PLACE).name == "sector"):
            wish = at == 0 if self._open is None else row.data(PLACE).sector in self._open
            self.setExpanded(row.index(), wish if first else row.data(PLACE) in known)
        found = model.find(place).isValid()
        if found:
            self.go(place)
        self._quiet = False
        self._show_rare()
        if not found:
            self.go(ALL)

    def show_counts(self, counts: Counts) -> None:
        """Write the numbers, and show what is flagged where something is."""
        self._flagged = counts.flagged
        self.places.show_counts(counts)
        self._show_rare()

    def _show_rare(self) -> None:
        """Rows that only stand there while there is something, or while the person is there."""
        place = self.place()
        for rare, there in ((FLAGGED, self._flagged > 0), (HIDDEN, False)):
            index = self.places.find(rare)
            if index.isValid():
                self.setRowHidden(index.row(), QModelIndex(), not there and place != rare)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self.places.rowCount(index) and event.position().x() < 28:
            self.setExpanded(index, not self.isExpanded(index))
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.position().x() >= 28:
            self.setExpanded(index, not self.isExpanded(index))

    def _moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self.chosen.emit(current.data(PLACE))

    def drawBranches(self, painter: QPainter, rect: QRect, index: Any) -> None:
        """Nothing: the delegate draws the chevrons."""
