"""The table of traces. Pages are asked for by tasks as the person comes to their end, and nothing in ``data()``."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from veille.contacts import Reason, TraceFilter
from veille.i18n import N_, _, moment, size
from veille.ui.labels import safe
from veille.ui.tasks import Tasks
from veille.ui.theme import colours

if TYPE_CHECKING:
    from veille.core.traces import TraceRow, Traces

PAGE = 500
SLOT = "traces"
HEADS = (N_("When"), N_("Host"), N_("Why"), N_("Route"), N_("Sent"), N_("Received"), N_("Outcome"))
WHEN, HOST, WHY, ROUTE, SENT, RECEIVED, OUTCOME = range(len(HEADS))
WIDTHS = {WHEN: 22, HOST: 27, WHY: 25, ROUTE: 26, SENT: 10, RECEIVED: 12}  # letters, about
Index = QModelIndex | QPersistentModelIndex


class TracesModel(QAbstractTableModel):
    """Traces that a filter finds, newest first. ``asked`` says that an answer came, or that there was none."""

    asked = Signal()

    def __init__(self, traces: "Traces", tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._traces, self._tasks = traces, tasks
        self._filter = TraceFilter()
        self.rows: list[TraceRow] = []
        self._asking = False
        self._more = False

    # Asking ---------------------------------------------------------------------------------------

    def show(self, wanted: TraceFilter) -> None:
        """Show others: the first page of them."""
        self._filter = wanted
        self._ask(None, self._replace)

    def refresh(self) -> None:
        """Look again at what is new; rows that are there stay in place."""
        if not self._asking:
            self._ask(None, self._renew)

    def canFetchMore(self, _parent: Index) -> bool:
        return self._more and not self._asking

    def fetchMore(self, parent: Index) -> None:
        """The next page."""
        if self.canFetchMore(parent):
            self._ask(self.rows[-1].number, self._append)

    def _ask(self, after: int | None, take: "Callable[[list[TraceRow]], None]") -> None:
        wanted, self._asking = self._filter, True

        def answer(page: "list[TraceRow]") -> None:
            self._asking = False
            take(page)
            self.asked.emit()

        self._tasks.query(SLOT, lambda: self._traces.find(wanted, limit=PAGE, after=after), answer, self._fail)

    def _fail(self) -> None:
        self._asking = self._more = False
        self.asked.emit()

    def _replace(self, page: "list[TraceRow]") -> None:
        self.beginResetModel()
        self.rows, self._more = page, len(page) == PAGE
        self.endResetModel()

    def _append(self, page: "list[TraceRow]") -> None:
        self._more = len(page) == PAGE
        if page:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(page) - 1)
            self.rows += page
            self.endInsertRows()

    def _renew(self, page: "list[TraceRow]") -> None:
        """``page`` is the newest: what is not there yet goes above, what is there may have ended since."""
        newest = self.rows[0].number if self.rows else 0
        new = sum(each.number > newest for each in page)
        if new == len(page):
            self._replace(page)
            return
        if new:
            self.beginInsertRows(QModelIndex(), 0, new - 1)
            self.rows[:0] = page[:new]
            self.endInsertRows()
        if [each.number for each in page] != [each.number for each in self.rows[: len(page)]]:
            self._replace(page)  # some were forgotten, or another filter was in force
            return
        self.rows[: len(page)] = page
        self.dataChanged.emit(self.index(0, 0), self.index(len(page) - 1, len(HEADS) - 1))

    # Qt's questions -------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, at: int, side: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if side is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(HEADS[at])
        return _side(at) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return cell(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return safe(row.address if column == HOST else cell(row, column))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.ForegroundRole and column == OUTCOME and failed(row):
            return QColor(colours().warn)
        return None


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in (SENT, RECEIVED) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def cell(row: "TraceRow", column: int) -> str:
    """What stands in ``column``."""
    if column == WHEN:
        return moment(row.at)
    if column in (SENT, RECEIVED):
        count = row.sent if column == SENT else row.received
        return size(count) if count else ""
    return {HOST: row.host, WHY: row.why, ROUTE: row.way, OUTCOME: row.outcome}[column]


def failed(row: "TraceRow") -> bool:
    """Whether nothing good came of it, or its end is not known."""
    return row.reason is not Reason.BROWSER and not 200 <= row.status < 400


class TracesView(QTableView):
    """The table. ``shown`` carries the trace to explain, None for none."""

    shown = Signal(object)

    def __init__(self, model: TracesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.traces = model
        self.setModel(model)
        self.setAccessibleName(_("Traces"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setStyleSheet("QTableView::item, QHeaderView::section { padding: 0 6px; }")
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._set_sizes()
        self.selectionModel().currentRowChanged.connect(lambda _now, _before: self._tell())
        model.modelReset.connect(self._tell)
        model.dataChanged.connect(self._tell)

    def _set_sizes(self) -> None:
        letter = self.fontMetrics().averageCharWidth()
        rows, head = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 12)
        for column, letters in WIDTHS.items():
            head.resizeSection(column, letter * letters)
        head.setStretchLastSection(True)
        head.setHighlightSections(False)

    @property
    def current(self) -> "TraceRow | None":
        """The trace that is chosen."""
        row = self.currentIndex().row()
        return self.traces.rows[row] if 0 <= row < len(self.traces.rows) else None

    def _tell(self) -> None:
        self.shown.emit(self.current)
