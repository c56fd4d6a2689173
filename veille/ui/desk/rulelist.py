"""The list of rules: each as the sentence that it is, below it where it comes from and why."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from veille.i18n import _
from veille.rules import Rule
from veille.ui.layouts import named
from veille.ui.theme import colours, sized

RULE = Qt.ItemDataRole.UserRole + 1
SENTENCE = Qt.ItemDataRole.UserRole + 2
ABOUT = Qt.ItemDataRole.UserRole + 3
PAD = 9  # logical pixels around a row's text
SMALL = 0.92  # of the font, for what stands below the sentence
TALL = 10_000  # logical pixels, more than any sentence needs
Index = QModelIndex | QPersistentModelIndex


class RuleRows(QStyledItemDelegate):
    """Draws a rule: its sentence in as many lines as it needs, a line or more about it."""

    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._view.viewport().width() - 2 * self._view.spacing()
        said, about = self._places(option, index, QRect(0, 0, width, TALL))
        return QSize(width, (about if about.height() else said).bottom() + 1 + PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        c, state = colours(), option.state
        rule: Rule = index.data(RULE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(c.chosen))
            focused = bool(state & QStyle.StateFlag.State_HasFocus)
            painter.setPen(QColor(c.accent) if focused else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        said, about = self._places(option, index, option.rect)
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        painter.setFont(option.font)
        painter.setPen(QColor(c.muted if rule.paused else c.text))
        painter.drawText(said, flags, index.data(SENTENCE))
        painter.setFont(sized(option.font, SMALL))
        painter.setPen(QColor(c.muted))
        painter.drawText(about, flags, index.data(ABOUT))
        painter.restore()

    def _places(self, option: QStyleOptionViewItem, index: Index, area: QRect) -> tuple[QRect, QRect]:
        """Where its sentence stands, and what is said about it."""
        inner = QRect(area.left() + PAD, area.top() + PAD, area.width() - 2 * PAD, TALL)
        said = QFontMetrics(option.font).boundingRect(inner, Qt.TextFlag.TextWordWrap, index.data(SENTENCE))
        below = inner.translated(0, said.height() + 3)
        small = QFontMetrics(sized(option.font, SMALL))
        about = small.boundingRect(below, Qt.TextFlag.TextWordWrap, index.data(ABOUT)) if index.data(ABOUT) else QRect()
        return QRect(inner.left(), said.top(), inner.width(), said.height()), about


class RuleList(QListWidget):
    """The rules, in their order."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "roomy")
        self.setAccessibleName(_("Rules"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(RuleRows(self))
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    @property
    def rule(self) -> Rule | None:
        """The one that is chosen."""
        row = self.currentItem()
        rule: Rule | None = row.data(RULE) if row is not None else None
        return rule

    def add(self, rule: Rule, said: str, about: str) -> None:
        """A row for ``rule``, which reads as it is ``said``."""
        row = QListWidgetItem()
        for role, value in (
            (RULE, rule), (SENTENCE, said), (ABOUT, about),
            (Qt.ItemDataRole.AccessibleTextRole, " ".join(filter(None, (said, about)))),
        ):  # fmt: skip
            row.setData(role, value)
        self.addItem(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()  # other lines, other heights
