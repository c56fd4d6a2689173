"""A calm line inside the window: a failure, a question, an undo. Never a pop-up."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QLayout, QLayoutItem, QPushButton, QSizePolicy, QWidget

from veille.i18n import _
from veille.ui.icons import IconButton, icon
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, named
from veille.ui.theme import colours

Choice = tuple[str, Callable[[], None]]


TELLS = "tells"  # a property of windows that say in a strip of their own what failed
GAP = 8  # logical pixels between buttons
BESIDE = 340  # logical pixels of text, cross and sign below which buttons stand under the text


class Flow(QLayout):
    """Buttons side by side, in as many rows as they need."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lay(rect, move=True)

    def sizeHint(self) -> QSize:
        """All in one row."""
        sizes = [item.sizeHint() for item in self._shown()]
        width = sum(size.width() for size in sizes) + GAP * max(0, len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _shown(self) -> list[QLayoutItem]:
        """Those that are not hidden."""
        return [item for item in self._items if not item.isEmpty()]

    def _lay(self, area: QRect, *, move: bool) -> int:
        """Place them, or only find out how high they stand together."""
        at, high = area.topLeft(), 0
        for item in self._shown():
            size = item.sizeHint()
            if at.x() > area.left() and at.x() + size.width() > area.left() + area.width():
                at, high = QPoint(area.left(), at.y() + high + GAP), 0
            if move:
                item.setGeometry(QRect(at, size))
            at.setX(at.x() + size.width() + GAP)
            high = max(high, size.height())
        return at.y() + high - area.top()


class Strip(QWidget):
    """Hidden until :meth:`tell`; closed by its cross, by :meth:`dismiss` or after a while.

    ``left`` tells that it had the keyboard when it closed: somebody else must take it.
    """

    left = Signal()
    asked = Signal()  # it has something to say, or no longer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.asks = False  # whether it has something to say, shown or held back
        self._held = False
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._choices: list[QPushButton] = []
        self._built = False
        self.hide()

    def _build(self) -> None:
        self._built = True
        self._picture = QLabel()
        self._label = PlainLabel()
        self._label.setWordWrap(True)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._buttons = Flow()
        self._close = IconButton("close", _("Close this message"))
        self._close.setIconSize(QSize(14, 14))
        self._close.clicked.connect(self.dismiss)
        self._body: QBoxLayout = across(spacing=8)
        self._body.addWidget(self._label, 1)
        self._body.addLayout(self._buttons)
        row = across(self, spacing=8, margins=(14, 6, 8, 6))
        row.addWidget(self._picture)
        row.addLayout(self._body, 1)
        row.addWidget(self._close)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.dismiss)

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text() if self._built else ""

    @property
    def choices(self) -> list[QPushButton]:
        """Its buttons, in order."""
        return self._choices

    def tell(self, text: str, *choices: Choice, sign: str = "", warn: bool = False, seconds: int = 0) -> None:
        """Say ``text`` and offer ``choices``; it goes by itself after ``seconds`` (0: stays)."""
        if not self._built:
            self._build()
        for button in self._choices:
            self._buttons.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._choices = [self._button(name, deed) for name, deed in choices]
        for button in self._choices:
            button.setAccessibleDescription(text)  # who is taken to a button hears what it is about
            self._buttons.addWidget(button)
        self._label.setText(text)
        self.setAccessibleName(text)
        if sign:
            self._picture.setPixmap(icon(sign, colours().warn if warn else colours().accent).pixmap(18, 18))
        self._picture.setVisible(bool(sign))
        self.setProperty("tone", "warn" if warn else "")
        self.style().polish(self)
        self._fold(self.width())
        self._timer.stop()
        if seconds:
            self._timer.start(seconds * 1000)
        self.asks = True
        self.asked.emit()
        self.setVisible(not self._held)

    def dismiss(self) -> None:
        """Close it."""
        if self._built:
            self._timer.stop()
        before, self.asks = self.asks, False
        self._hide()
        if before:
            self.asked.emit()

    def hold(self, back: bool) -> None:
        """Wait, unseen, while there is no room; what it says is kept."""
        self._held = back
        if back:
            self._hide()
        elif self.asks:
            self.show()

    def need(self, width: int) -> int:
        """How high it stands where it is ``width`` wide; both in logical pixels."""
        body = self.layout()
        if body is None:
            return 0
        self._fold(width)
        return body.totalHeightForWidth(width)

    def _hide(self) -> None:
        focused = self.focusWidget() is not None and self.focusWidget().hasFocus()
        self.hide()
        if focused:
            self.left.emit()

    def take_focus(self) -> None:
        """Let the keyboard answer it."""
        (self._choices[0] if self._choices else self._close).setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._built:
            self._fold(self.width())

    def _fold(self, width: int) -> None:
        """Buttons go below the text where there is no room for both."""
        need = self._buttons.sizeHint().width() if self._choices else 0
        way = QBoxLayout.Direction
        self._body.setDirection(way.TopToBottom if need and width - need < BESIDE else way.LeftToRight)

    def _button(self, name: str, deed: Callable[[], None]) -> QPushButton:
        button = named(QPushButton(name, autoDefault=True), "act")  # Enter presses it too
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(self.dismiss)
        button.clicked.connect(lambda: deed())
        return button
