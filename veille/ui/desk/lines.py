"""A short list whose rows are two lines: what something is called, and below, quietly, the rest."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from veille.ui.labels import safe
from veille.ui.layouts import named
from veille.ui.theme import colours, sized

BELOW = Qt.ItemDataRole.UserRole + 1  # the second line: (what may be cut in its middle, what follows it)
MARKS = Qt.ItemDataRole.UserRole + 2  # what stands at the right of the first
SIDE, GAP = 10, 7  # logical pixels beside and above the lines
Index = QModelIndex | QPersistentModelIndex


class LinesDelegate(QStyledItemDelegate):
    """Draws one row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(0, row_height(option.fontMetrics))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        c, area = colours(), option.rect
        painter.save()
        painter.setClipRect(area)  # marks piled on a letter stand as high as somebody likes
        if option.state & QStyle.StateFlag.State_Selected:
            focused = option.widget is not None and option.widget.hasFocus()
            painter.fillRect(area, QColor(c.chosen))
            painter.fillRect(QRect(area.topLeft(), QSize(3, area.height())), QColor(c.accent if focused else c.muted))
        elif option.state & QStyle.StateFlag.State_HasFocus:  # the keyboard is there, and nothing is chosen yet
            painter.setPen(QColor(c.accent))
            painter.drawRect(area.adjusted(0, 0, -1, -1))
        small = sized(option.font, 0.92)
        fine, large = QFontMetrics(small), option.fontMetrics
        inner = area.adjusted(SIDE, GAP, -SIDE, -GAP)
        first = QRect(inner.left(), inner.top(), inner.width(), large.lineSpacing())
        painter.setFont(small)
        marks = fine.elidedText(" · ".join(index.data(MARKS) or ()), Qt.TextElideMode.ElideRight, inner.width() // 2)
        painter.setPen(QColor(c.accent))
        painter.drawText(first, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, marks)
        room = first.width() - (fine.horizontalAdvance(marks) + 12 if marks else 0)
        painter.setFont(option.font)
        painter.setPen(QColor(c.text))
        text = large.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room)
        painter.drawText(first, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setFont(small)
        painter.setPen(QColor(c.muted))
        second = QRect(inner.left(), first.bottom() + 2, inner.width(), fine.lineSpacing())
        painter.drawText(second, Qt.AlignmentFlag.AlignLeft, below(index.data(BELOW), fine, inner.width()))
        painter.restore()


def below(parts: tuple[str, str] | None, fine: QFontMetrics, room: int) -> str:
    """The second line in ``room`` logical pixels: an address is cut in its middle, what follows at its end."""
    address, rest = parts or ("", "")
    if not (address and rest):
        return fine.elidedText(address or rest, Qt.TextElideMode.ElideRight, room)
    joint = " · "
    need = fine.horizontalAdvance(joint + rest)
    address = fine.elidedText(address, Qt.TextElideMode.ElideMiddle, max(room - need, room * 11 // 20))
    return fine.elidedText(f"{address}{joint}{rest}", Qt.TextElideMode.ElideRight, room)


def row_height(metrics: QFontMetrics) -> int:
    """Logical pixels of a row."""
    return 2 * metrics.lineSpacing() + 2 * GAP + 2


class Lines(QListWidget):
    """As high as its rows, up to ``most`` of them."""

    def __init__(self, name: str, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "roomy")
        self._most = most
        self.setItemDelegate(LinesDelegate(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.itemActivated.connect(lambda row: row.setSelected(True))
        self.fit()

    def add(self, text: str, rest: tuple[str, str], marks: tuple[str, ...] = (), tip: str = "") -> QListWidgetItem:
        """A row at the end; a screen reader hears all of it, and ``tip`` tells what was cut."""
        row = QListWidgetItem(text, self)
        row.setData(BELOW, rest)
        row.setData(MARKS, marks)
        row.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, (text, *rest, *marks))))
        row.setToolTip("<br>".join(map(safe, tip.splitlines())))
        return row

    def fit(self) -> None:
        """Take the height of the rows that are there."""
        rows = min(max(self.count(), 1), self._most)
        self.setFixedHeight(rows * row_height(self.fontMetrics()) + 14)
        self.setVisible(self.count() > 0)
