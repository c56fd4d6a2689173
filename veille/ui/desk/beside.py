"""A window beside the main one in which something is changed: what was done is said there, and can be taken back."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog

from veille.i18n import _
from veille.model import Changes
from veille.ui.pressing import is_enter, press
from veille.ui.strips import Choice, Strip
from veille.ui.theme import colours, dress

if TYPE_CHECKING:
    from veille.ui.window import Window


class Beside(QDialog):
    """Lays out its ``strip`` itself, and connects :meth:`_fail` and :meth:`_undone` once it is built. It never asks in
    the face's own thread."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window, self._services, self._tasks = window, window.services, window.tasks
        self._alive = True
        self._dressed = colours()
        self.strip = Strip()
        dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def look(self) -> None:
        """Ask for what it shows."""
        raise NotImplementedError

    def _do(self, call: Callable[[], Changes]) -> None:
        self._tasks.change(call, self._tell)

    def _tell(self, changes: Changes) -> None:
        """Say what was done, and offer to take it back."""
        if not self._alive:
            return
        entry = changes.undo
        undo: list[Choice] = [] if entry is None else [(_("Undo"), lambda: self._window.browsing.undo(entry))]
        self.strip.tell(changes.text, *undo, sign="check")
        self.look()

    def _undone(self, _text: str) -> None:
        self.strip.dismiss()
        self.look()

    def _fail(self, text: str) -> None:
        self.strip.tell(text, sign="warning", warn=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Z takes back; Esc closes the message first."""
        if is_enter(event):
            press(self.focusWidget())  # a list knows it itself
        elif event.key() == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self._window.browsing.undo()
        elif event.key() == Qt.Key.Key_Escape and self.strip.isVisible():
            self.strip.dismiss()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """The scheme may have changed."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._dressed is not colours():
            self._dressed = colours()
            dress(self)
            self.look()

    def done(self, result: int) -> None:
        """Close."""
        self._alive = False
        super().done(result)
