"""The table of what X cost, by source or by sector. It shows what it was given and asks nobody."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from veille.content.text import fold
from veille.core.x.costs import dollars
from veille.i18n import N_, _, number
from veille.ui.labels import safe
from veille.ui.theme import colours

if TYPE_CHECKING:
    from veille.core.x.costs import Line

HEADS = (
    N_("Name"), N_("Sector"), N_("Cost"), N_("Today"), N_("Posts billed"), N_("Brought"), N_("Cost per item"),
    N_("Read"), N_("Saved"),
)  # fmt: skip
NAME, SECTOR, COST, TODAY, POSTS, BROUGHT, EACH, READ, SAVED = range(len(HEADS))
WIDTHS = {NAME: 22, SECTOR: 14, COST: 11, TODAY: 13, POSTS: 12, BROUGHT: 10, EACH: 15, READ: 8, SAVED: 13}  # letters
HELP = {
    POSTS: N_("Posts that X billed; those inside others count, too"),
    BROUGHT: N_("New items in the list"),
    EACH: N_("What one new item cost"),
}
Index = QModelIndex | QPersistentModelIndex
_SHEET = (
    "QTableView::item, QHeaderView::section { padding: 0 6px; }"
    "QHeaderView::up-arrow, QHeaderView::down-arrow { image: none; width: 0; height: 0; }"
)


class SpendingModel(QAbstractTableModel):
    """Lines of a statement, in the order that the person chose."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self._order = (COST, Qt.SortOrder.DescendingOrder)

    def show(self, lines: "Sequence[Line]") -> None:
        """Show others."""
        self.beginResetModel()
        self.lines = self._sorted(lines)
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By what stands in ``column``."""
        self._order = (column, order)
        self.show(self.lines)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(HEADS) - 1)

    def _sorted(self, lines: "Sequence[Line]") -> "list[Line]":
        column, order = self._order
        named = sorted(lines, key=lambda line: (fold(line.title), line.source))
        return sorted(named, key=lambda line: _value(line, column), reverse=order is Qt.SortOrder.DescendingOrder)

    def _sign(self, column: int) -> str:
        """In the head's text: Qt would draw its own over a text on the right."""
        by, order = self._order
        return "" if column != by else " ↓" if order is Qt.SortOrder.DescendingOrder else " ↑"

    # Qt's questions -------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, at: int, side: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if side is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{_(HEADS[at])}{self._sign(at)}"
        if role == Qt.ItemDataRole.ToolTipRole and at in HELP:
            return safe(_(HELP[at]))
        return _side(at) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line, column = self.lines[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return cell(line, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return safe(cell(line, column))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == NAME and line.waits:
            return _("{name}, waiting: no budget left").format(name=line.title)
        if role == Qt.ItemDataRole.ForegroundRole and column == NAME and line.waits:
            return QColor(colours().warn)
        return None


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column in (NAME, SECTOR) else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def _value(line: "Line", column: int) -> Any:
    """What ``column`` is sorted by."""
    if column in (NAME, SECTOR):
        return fold(cell(line, column))
    return {
        COST: line.price, TODAY: line.today, POSTS: line.posts, BROUGHT: line.items, EACH: line.each, READ: line.read,
        SAVED: line.saved,
    }[column]  # fmt: skip


def cell(line: "Line", column: int) -> str:
    """What stands in ``column``; "" where there is nothing to say."""
    if column in (NAME, SECTOR):
        return line.title if column == NAME else ", ".join(line.sectors)
    value = _value(line, column)
    if column == EACH:
        return dollars(value) if line.items else ""
    return dollars(value) if column in (COST, TODAY) else number(value)


class SpendingView(QTableView):
    """The table."""

    def __init__(self, model: SpendingModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName(_("What X cost"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setStyleSheet(_SHEET)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._set_sizes()

    def _set_sizes(self) -> None:
        letter = self.fontMetrics().averageCharWidth()
        rows, head = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 12)
        for column, letters in WIDTHS.items():
            head.resizeSection(column, max(letter * letters, head.sectionSizeHint(column)))
        head.setHighlightSections(False)
        head.setSortIndicator(COST, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
