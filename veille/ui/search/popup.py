"""The list under the search box: it offers, and never takes the keyboard from what is typed."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFontMetrics,
    QKeyEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from veille.ui import icons, theme

CHOICE = Qt.ItemDataRole.UserRole + 1
LEAST = 380  # logical pixels, where its lines need them: the box can be narrower
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Choice:
    """A line; ``apart`` sets it off from those before it."""

    text: str
    detail: str = ""
    icon: str = ""
    apart: bool = False


class Popup(QListWidget):
    """Opens under a box, whose keys it is given. ``taken`` tells the number of the line that was taken."""

    taken = Signal(int)

    def __init__(self, box: QLineEdit) -> None:
        super().__init__(box.window())
        self._box = box
        self._entered = False
        self.setObjectName("popup")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(box.accessibleName())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_Delegate(self))
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(lambda item: self._take(self.row(item)))
        self.hide()

    def open(self, choices: Sequence[Choice], *, entered: bool = False, first: bool = False) -> None:
        """Show ``choices``; none closes it. ``entered``: Down goes in; ``first``: the first one is chosen already."""
        if not choices or not self._box.hasFocus():
            self.hide()
            return
        self._entered = entered
        self.clear()
        for choice in choices:
            item = QListWidgetItem(choice.text)
            item.setData(CHOICE, choice)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, (choice.text, choice.detail))))
            self.addItem(item)
        self.setCurrentRow(0 if first else -1)
        self.place()
        self.show()
        self.raise_()
        self._say()

    def place(self) -> None:
        """Stand under the box, within the window."""
        window = self._box.window()
        at = self._box.mapTo(window, QPoint(0, self._box.height() + 3))
        width = min(max(self._box.width(), min(LEAST, self._wish())), window.width() - at.x() - 8)
        high = sum(self.sizeHintForRow(row) for row in range(self.count())) + 12
        self.setGeometry(at.x(), at.y(), width, min(high, max(60, window.height() - at.y() - 8)))

    def take_key(self, event: QKeyEvent) -> bool:
        """What a key of the box means here; False where it means nothing here."""
        key, row = event.key(), self.currentRow()
        if not self.isVisible():
            return False
        if key == Qt.Key.Key_Escape:
            self.hide()
        elif key in ENTER and row >= 0:
            self._take(row)
        elif key == Qt.Key.Key_Tab and not event.modifiers():
            self._take(max(row, 0))
        elif key == Qt.Key.Key_Up:
            self._choose(self.count() - 1 if row < 0 else row - 1)
        elif key == Qt.Key.Key_Down and (row >= 0 or self._entered):
            self._choose(-1 if row == self.count() - 1 else row + 1)
        else:
            return False
        return True

    def _choose(self, row: int) -> None:
        self.setCurrentRow(row)
        self._say()

    def _take(self, row: int) -> None:
        self.hide()
        self.taken.emit(row)

    def _say(self) -> None:
        """The keyboard stays in the box: a screen reader is told."""
        if item := self.currentItem():
            text = str(item.data(Qt.ItemDataRole.AccessibleTextRole))
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._box, text))

    def _wish(self) -> int:
        fine = self.fontMetrics()
        choices = [self.item(row).data(CHOICE) for row in range(self.count())]
        return max(fine.horizontalAdvance(each.text) + fine.horizontalAdvance(each.detail) + 90 for each in choices)


class _Delegate(QStyledItemDelegate):
    """A line: an icon where there is one, the text, and at the right what it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, option.fontMetrics.height() + 12 + (7 if index.data(CHOICE).apart else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        c, choice = theme.colours(), index.data(CHOICE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRect(option.rect)
        if choice.apart:
            painter.fillRect(area.left() + 4, area.top() + 3, area.width() - 8, 1, QColor(c.line))
            area.setTop(area.top() + 7)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.chosen if chosen else c.hover))
            painter.drawRoundedRect(area, 5, 5)
        area.adjust(10, 0, -10, 0)
        if choice.icon:
            picture = icons.pixmap(choice.icon, c.muted, 16, painter.device().devicePixelRatioF())
            painter.drawPixmap(area.left() - 2, area.center().y() - 7, picture)
            area.setLeft(area.left() + 22)
        small = theme.sized(option.font, 0.92)
        room = area.width() - option.fontMetrics.horizontalAdvance(choice.text) - 16
        detail = _elided(QFontMetrics(small), choice.detail, max(room, area.width() * 2 // 5))
        painter.setFont(small)
        painter.setPen(QColor(c.muted))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, detail)
        taken = QFontMetrics(small).horizontalAdvance(detail) + 16 if detail else 0
        painter.setFont(option.font)
        painter.setPen(QColor(c.muted if choice.apart else c.text))
        text = _elided(option.fontMetrics, choice.text, area.width() - taken)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


def _elided(metrics: QFontMetrics, text: str, width: int) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
