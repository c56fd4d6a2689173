"""What a dialogue has to say about what was typed, right beside it; and the line for a proxy's address."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from veille.errors import BadSetting
from veille.settings import Settings, changed, shown
from veille.ui.labels import PlainLabel
from veille.ui.theme import colours

HIDDEN = "•••"  # stands for a name and password, as in veille.settings.shown


class Note(PlainLabel):
    """Hidden until it has something to say. A screen reader hears it as the description of ``field``."""

    def __init__(self, field: QWidget, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._field, self._description = field, ""
        self.setWordWrap(True)
        self.hide()

    def tell(self, text: str) -> None:
        """Say ``text``; "" for nothing."""
        if not self.text():
            self._description = self._field.accessibleDescription()
        self.setText(text)
        self._field.setAccessibleDescription(text or self._description)
        self._paint()
        self.setVisible(bool(text))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self.text():
            self._paint()

    def _paint(self) -> None:
        sheet = f"color: {colours().warn}"
        if self.styleSheet() != sheet:
            self.setStyleSheet(sheet)


class TextField(QLineEdit):
    """A text of the setting ``key``, checked when it is finished; ``note`` says what is wrong.

    A name and password are shown as •••, and stay while that does. ``settled`` carries a new value that is good.
    """

    settled = Signal(str)

    def __init__(self, key: str, value: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = Note(self)
        self._key, self._value = key, value
        self.setText(shown(value))
        self.setCursorPosition(0)
        self.textEdited.connect(lambda _text: self.note.tell(""))
        self.editingFinished.connect(self.settle)

    @property
    def value(self) -> str:
        """The last good value, whole."""
        return self._value

    def settle(self) -> bool:
        """Take what was typed; False where it is no good, which the note says."""
        try:
            value = str(getattr(changed(Settings(), self._key, self._whole()), self._key))
        except BadSetting as error:
            detail = str(error.facts["detail"])
            self.note.tell(f"{detail[:1].upper()}{detail[1:]}.")
            return False
        self.note.tell("")
        if value != self._value:
            self._value = value
            self.settled.emit(value)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        ):  # the person is done with the line, not with the window
            event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._whole() == self._value:  # another window may only be passing
            self.setText(shown(self._value))

    def _whole(self) -> str:
        """What was typed, with the name and password where ••• still stands for them."""
        typed = self.text().strip()
        secret = self._value.partition("//")[2].rpartition("@")[0]
        return typed.replace(f"{HIDDEN}@", f"{secret}@", 1) if secret else typed
