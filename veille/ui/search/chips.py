"""Choices side by side, and a question that is a button: what stands around the search box."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QToolButton, QWidget

from veille.ui.labels import safe
from veille.ui.layouts import across, named
from veille.ui.theme import sized

SMALL = 0.92  # of the window's font, for what stands under the box


class Chips(QWidget):
    """A row of choices of which one holds."""

    changed = Signal()

    def __init__(self, choices: tuple[tuple[str, str], ...], name: str, look: str = "chip") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._group = QButtonGroup(self, exclusive=True)
        self._buttons: dict[str, QToolButton] = {}
        row = across(self)
        for key, text in choices:
            button = named(QToolButton(), look)
            button.setText(text)
            button.setFont(sized(self.font(), SMALL))
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button)
        self.choose(choices[0][0])
        self._group.buttonClicked.connect(self.changed)

    @property
    def chosen(self) -> str:
        """The key of the choice that holds."""
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def choose(self, key: str) -> None:
        """Let ``key`` hold, without telling."""
        self._buttons[key].setChecked(True)


class Link(QPushButton):
    """A button that looks like a link. Its text is only ever text, and ends in … where there is no room."""

    def __init__(self) -> None:
        super().__init__(autoDefault=True)  # Enter presses it too
        self._whole = ""
        self.setObjectName("link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Show ``text``."""
        self._whole = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 14, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(60, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and hasattr(self, "_whole"):
            self._fit()

    def _fit(self) -> None:
        text = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(40, self.width() - 10))
        self.setText(text.replace("&", "&&"))
        self.setToolTip(safe(self._whole) if text != self._whole else "")
