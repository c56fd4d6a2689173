"""The panel beside the results: how many there are of each sector, source, kind and month. A click narrows to it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from veille.i18n import _, ngettext, number
from veille.ui import icons, theme
from veille.ui.search.facetlines import Facet, Heading, Line, More

LINE = Qt.ItemDataRole.UserRole + 1
LOWEST = 90  # logical pixels
PRESS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
Index = QModelIndex | QPersistentModelIndex


class FacetsModel(QAbstractListModel):
    """The lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []

    def show(self, lines: Sequence[Line]) -> None:
        """Take other lines."""
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == LINE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return line.label
        return spoken(line) if role == Qt.ItemDataRole.AccessibleTextRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A heading is passed over by the keyboard."""
        if not index.isValid() or isinstance(self.lines[index.row()], Heading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def spoken(line: Line) -> str:
    """A line as a screen reader says it."""
    if isinstance(line, Facet):
        count = ngettext("{n} item", "{n} items", line.count).format(n=number(line.count))
        return ", ".join(filter(None, (line.label, count, _("in force") if line.chosen else "")))
    return line.spoken if isinstance(line, More) else line.label


class FacetDelegate(QStyledItemDelegate):
    """Draws a line: its name and number, on a bar as long as its share."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        heading = isinstance(index.data(LINE), Heading)
        return QSize(120, option.fontMetrics.height() + (18 if heading and index.row() else 10))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line = index.data(LINE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = option.rect.adjusted(8, 1, -8, -1)
        if isinstance(line, Heading):
            _write(painter, area.adjusted(10, 0, -6, -2), line.label, _small(option.font, bold=True), "muted", low=True)
        else:
            _ground(painter, option, area, line)
            inner = area.adjusted(10, 0, -6, 0)
            if isinstance(line, More):
                _write(painter, inner, line.label, _small(option.font), "accent")
            else:
                _draw(painter, inner, line, option.font)
        painter.restore()


def _small(font: QFont, *, bold: bool = False) -> QFont:
    return theme.sized(font, 0.92, bold=bold)


def _ground(painter: QPainter, option: QStyleOptionViewItem, area: QRect, line: Facet | More) -> None:
    c = theme.colours()
    focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
    box = QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(Qt.PenStyle.NoPen)
    if isinstance(line, Facet):
        bar = QRectF(box)
        bar.setWidth(max(6.0, box.width() * line.share) if line.count else 0.0)
        painter.setBrush(QColor(c.chosen if line.chosen else c.rule))
        painter.drawRoundedRect(box if line.chosen else bar, 4, 4)
    if option.state & QStyle.StateFlag.State_MouseOver or focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(c.accent if focused else c.line))
        painter.drawRoundedRect(box, 4, 4)


def _draw(painter: QPainter, area: QRect, facet: Facet, font: QFont) -> None:
    colour, font = "accent" if facet.chosen else "text", _small(font)
    count = number(facet.count)
    width = QFontMetrics(font).horizontalAdvance(count)
    if facet.chosen:  # a press takes it out again
        cross = icons.pixmap("close", theme.colours().accent, 12, painter.device().devicePixelRatioF())
        painter.drawPixmap(area.right() - 11, area.center().y() - 5, cross)
        area = area.adjusted(0, 0, -16, 0)
    _write(painter, area.adjusted(0, 0, -width - 10, 0), facet.label, font, colour)
    painter.setPen(QColor(theme.colours().accent if facet.chosen else theme.colours().muted))
    painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, count)


def _write(painter: QPainter, area: QRect, text: str, font: QFont, colour: str, *, low: bool = False) -> None:
    painter.setFont(font)
    painter.setPen(QColor(getattr(theme.colours(), colour)))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    height = Qt.AlignmentFlag.AlignBottom if low else Qt.AlignmentFlag.AlignVCenter
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | height, shown)


class FacetsView(QListView):
    """The panel. ``picked`` tells the line that was pressed, a :class:`Facet` or :class:`More`."""

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("facets")
        self.facets = FacetsModel(self)
        self.setModel(self.facets)
        self.setItemDelegate(FacetDelegate(self))
        self.setAccessibleName(_("Narrow the search"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setMinimumHeight(LOWEST)
        self.clicked.connect(self._press)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Take other lines: the scroll and the keyboard's line stay where they are."""
        if lines == self.facets.lines:
            return
        scrolled, current = self.verticalScrollBar().value(), _name(self.currentIndex().data(LINE))
        self.facets.show(lines)
        self.setMaximumHeight(max(LOWEST, sum(map(self.sizeHintForRow, range(len(lines)))) + 8))
        row = next((at for at, line in enumerate(lines) if current and _name(line) == current), -1)
        if row >= 0:
            self.setCurrentIndex(self.facets.index(row))
        self.verticalScrollBar().setValue(scrolled if lines else 0)
        if row >= 0 and self.hasFocus():
            QTimer.singleShot(0, lambda: self.scrollTo(self.currentIndex()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in PRESS and self.currentIndex().isValid():
            self._press(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _press(self, index: QModelIndex) -> None:
        line = index.data(LINE)
        if isinstance(line, Facet | More):
            self.picked.emit(line)


def _name(line: Line | None) -> tuple[str, ...]:
    """What stays the same of a line when its number changes; () for a heading."""
    if isinstance(line, Facet):
        return (line.section, line.label)
    return (line.section,) if isinstance(line, More) else ()
