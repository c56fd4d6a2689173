"""The table of all sources. It shows what it was given, in the order that the person chose, and asks nobody."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QByteArray,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from veille.core.curating.desk import Column, ill_in_words, kind_in_words, often, ordered, share
from veille.i18n import N_, _, day
from veille.ui.labels import safe
from veille.ui.theme import colours

if TYPE_CHECKING:
    from veille.core.curating.desk import DeskRow

COLUMNS = tuple(Column)
# What each column is called, how wide it is at first (letters, about), and what its head explains.
_HEADS: dict[Column, tuple[str, int, str]] = {
    Column.NAME: (N_("Name"), 28, ""),
    Column.SECTOR: (N_("Sector"), 17, ""),
    Column.KIND: (N_("Kind"), 11, ""),
    Column.HEALTH: (N_("Health"), 14, N_("What is wrong with it, if anything")),
    Column.LAST: (N_("Last item"), 13, N_("When its newest item was published")),
    Column.WEEKLY: (N_("Per week"), 10, N_("Items a week, over the last four weeks")),
    Column.READ: (N_("Read"), 8, N_("How much of what came in the last four weeks was read")),
    Column.SAVED: (N_("Saved"), 9, N_("How much of it was saved, tagged, noted or highlighted")),
    Column.COST: (N_("Cost"), 9, N_("What X charged for it this month")),
    Column.LANGUAGE: (N_("Language"), 11, ""),
    Column.ADDED: (N_("Added"), 14, N_("When it came into its sector")),
    Column.BY: (N_("By"), 20, N_("Who added it, or what it came with")),
    Column.WHY: (N_("Why"), 34, N_("The reason that was noted when it was added")),
    Column.LABELS: (N_("Labels"), 20, ""),
}
NUMBERS = frozenset({Column.WEEKLY, Column.READ, Column.SAVED, Column.COST})
_LARGEST_FIRST = NUMBERS | {Column.LAST, Column.ADDED}
Index = QModelIndex | QPersistentModelIndex
_SHEET = (
    "QTableView { background: palette(base); border: none; outline: none; }"
    "QTableView::item { padding: 0 6px; border: 1px solid transparent; }"
    "QTableView::item:selected { background: palette(highlight); color: palette(text); }"
    "QTableView::item:focus { border-color: palette(link); }"
    "QHeaderView::section { padding: 0 8px; }"
    "QAbstractScrollArea::corner { background: palette(base); border: none; }"
    "QHeaderView::up-arrow, QHeaderView::down-arrow { image: none; width: 0; height: 0; }"
)


class DeskModel(QAbstractTableModel):
    """Rows that a filter let through, in the order that the person chose."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[DeskRow] = []
        self.order = (Column.NAME, Qt.SortOrder.AscendingOrder)

    def show(self, rows: "Collection[DeskRow]") -> None:
        """Show others."""
        column, order = self.order
        found = ordered(rows, column, descending=order is Qt.SortOrder.DescendingOrder)
        self.beginResetModel()
        self.rows = found
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By what stands in ``column``."""
        if 0 <= column < len(COLUMNS) and self.order != (COLUMNS[column], order):
            self.order = (COLUMNS[column], order)
            self.show(self.rows)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    # Qt's questions -------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, at: int, side: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if side is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[at]
        title, _letters, help = _HEADS[column]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{_(title)}{self._sign(column)}"
        if role == Qt.ItemDataRole.ToolTipRole and help:
            return safe(_(help))
        if role == Qt.ItemDataRole.InitialSortOrderRole and column in _LARGEST_FIRST:
            return Qt.SortOrder.DescendingOrder
        return _side(column) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _sign(self, column: Column) -> str:
        """In the head's text: Qt would draw its own over a text on the right."""
        by, order = self.order
        return "" if column is not by else " ↓" if order is Qt.SortOrder.DescendingOrder else " ↑"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in _ANSWERED or not index.isValid() or index.row() >= len(self.rows):
            return None
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return safe(at_length(row, column))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_(_HEADS[column][0])}: {at_length(row, column)}"
        if column is Column.HEALTH and row.findings:
            return QColor(colours().warn)
        return QColor(colours().muted) if row.paused else None


_ANSWERED = frozenset(
    (
        Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ForegroundRole,
    )
)  # fmt: skip
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def _side(column: Column) -> Qt.AlignmentFlag:
    return _RIGHT if column in NUMBERS else _LEFT


def title(column: Column) -> str:
    """What a column is called."""
    return _(_HEADS[column][0])


def cell(row: "DeskRow", column: Column) -> str:
    """What stands in ``column``; "" where there is nothing to say."""
    source = row.source
    match column:
        case Column.NAME:
            return source.label
        case Column.SECTOR:
            return ", ".join(row.sectors)
        case Column.KIND:
            return kind_in_words(source.kind)
        case Column.HEALTH:
            return ill_in_words(row.findings[0].ill) if row.findings else _("Paused") if row.paused else ""
        case Column.LAST:
            return day(row.last.astimezone()) if row.last else ""
        case Column.WEEKLY:
            return often(row.weekly)
        case Column.READ:
            return share(row.read)
        case Column.SAVED:
            return share(row.saved)
        case Column.COST:
            return money(row.cost)
        case Column.LANGUAGE:
            return source.lang
        case Column.ADDED:
            return day(row.added.astimezone()) if row.added else ""
        case Column.BY:
            return row.by
        case Column.WHY:
            return row.why
        case Column.LABELS:
            return ", ".join(source.labels)


def at_length(row: "DeskRow", column: Column) -> str:
    """The same with all that there is to say."""
    if column is Column.NAME:
        return f"{row.source.label} – {row.source.address}"
    if column is Column.HEALTH and row.findings:
        return " ".join(each.text for each in row.findings)
    return cell(row, column)


def money(cost: int | None) -> str:
    """What it cost; "" for what costs nothing."""
    if cost is None:
        return ""
    from veille.core.x.costs import dollars

    return dollars(cost)


class DeskView(QTableView):
    """The table. ``picked`` tells that others are chosen, ``opened`` carries the source to look at; ``removing`` that
    the person pressed Delete. What was chosen stays so however the rows are narrowed, ordered and read again; while
    nothing of it is shown, the nearest that stood beside it is chosen."""

    picked = Signal()
    opened = Signal(int)
    removing = Signal()

    def __init__(self, model: DeskModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = model
        self._chosen: set[int] = set()  # by the person, shown or not
        self._current = 0
        self._before: Sequence[DeskRow] = ()
        self._resetting = False
        self.setModel(model)
        self.setAccessibleName(_("Sources"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setStyleSheet(_SHEET)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._set_sizes()
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)
        self.selectionModel().selectionChanged.connect(lambda _now, _before: self._tell())
        self.doubleClicked.connect(lambda index: self.opened.emit(model.rows[index.row()].source.id))

    def _set_sizes(self) -> None:
        letter = self.fontMetrics().averageCharWidth()
        rows, head = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 10)
        for at, column in enumerate(COLUMNS):
            head.resizeSection(at, max(letter * _HEADS[column][1], head.sectionSizeHint(at)))
        head.setSectionsMovable(True)
        head.setHighlightSections(False)
        head.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    # What is chosen -------------------------------------------------------------------------------

    @property
    def chosen(self) -> "Sequence[DeskRow]":
        """The rows that are selected, from above."""
        rows, places = self.desk.rows, (each.row() for each in self.selectionModel().selectedRows())
        return [rows[at] for at in sorted(places) if at < len(rows)]

    def choose(self, ids: Iterable[int]) -> None:
        """Select these sources, as far as they are shown."""
        self._chosen = set(ids)
        self._current = next(iter(self._chosen), 0)
        self._restore()

    def _keep(self) -> None:
        self._resetting = True
        self._before = self.desk.rows
        at = self.currentIndex().row()
        if 0 <= at < len(self.desk.rows):
            self._current = self.desk.rows[at].source.id

    def _restore(self) -> None:
        """What was selected before, by ranges: thousands of rows one by one would take seconds."""
        flag = QItemSelectionModel.SelectionFlag
        rows, chosen = self.desk.rows, self._chosen
        there = {row.source.id for row in rows}
        current = self._current if self._current in there else self._neighbour(there)
        if chosen and chosen.isdisjoint(there):
            chosen = {current}
        selection, first, last, place = QItemSelection(), -1, len(COLUMNS) - 1, -1
        for at, row in enumerate([*rows, None]):
            number = row.source.id if row else 0
            if row and number == current:
                place = at
            if row and number in chosen:
                first = at if first < 0 else first
            elif first >= 0:
                selection.select(self.desk.index(first, 0), self.desk.index(at - 1, last))
                first = -1
        self.selectionModel().select(selection, flag.ClearAndSelect)
        if place >= 0:
            self.selectionModel().setCurrentIndex(self.desk.index(place, 0), flag.NoUpdate)
        self._resetting, self._before = False, ()
        self.picked.emit()

    def _neighbour(self, there: Collection[int]) -> int:
        """Of those that stood below the current one, else above it, the nearest that is still there; 0 for none."""
        ids = [row.source.id for row in self._before]
        at = ids.index(self._current) if self._current in ids else 0
        return next((each for each in (*ids[at:], *reversed(ids[:at])) if each in there), 0)

    def _tell(self) -> None:
        if not self._resetting:
            self._chosen = {each.source.id for each in self.chosen}
            self.picked.emit()

    # Its look, from one time to the next ------------------------------------------------------------

    def look(self) -> str:
        """The order and the widths of the columns, to be remembered."""
        column, order = self.desk.order
        state = bytes(self.horizontalHeader().saveState().toBase64().data()).decode("ascii")
        return json.dumps({"head": state, "by": column, "down": order is Qt.SortOrder.DescendingOrder})

    def restore_look(self, text: str) -> None:
        """Go back to it; what makes no sense here is passed over."""
        try:
            noted = json.loads(text)
            column, down = Column(noted["by"]), bool(noted["down"])
            self.horizontalHeader().restoreState(QByteArray.fromBase64(str(noted["head"]).encode("ascii")))
        except (ValueError, KeyError, TypeError):
            return
        order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        self.sortByColumn(COLUMNS.index(column), order)

    # Qt's own -------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows what the source gave, Delete removes."""
        at = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= at < len(self.desk.rows):
            self.opened.emit(self.desk.rows[at].source.id)
        elif event.key() == Qt.Key.Key_Delete and self.chosen:
            self.removing.emit()
        else:
            super().keyPressEvent(event)
