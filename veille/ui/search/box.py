"""The box in which a person types what they look for."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit

from veille.i18n import _
from veille.ui.icons import icon
from veille.ui.labels import with_key
from veille.ui.theme import colours

if TYPE_CHECKING:
    from veille.ui.search.popup import Popup

LONGEST = 5000  # characters; of so many the parser says itself what it passed over
ON = (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Box(QLineEdit):
    """``left``: the person goes on to the list. Keys go to the ``popup`` first, while one is open."""

    left = Signal()
    recalled = Signal()  # what was searched before is asked for
    kept = Signal()  # what is typed shall become a list
    typed = Signal(str)  # by the person; told by :meth:`tell_typed`

    def __init__(self) -> None:
        super().__init__(maxLength=LONGEST)
        self.setObjectName("search")
        self.setAccessibleName(_("Search"))
        self.setPlaceholderText(_("Search…"))
        self.popup: Popup | None = None
        self._by_hand = False
        self.textEdited.connect(self._note)
        before, after = QLineEdit.ActionPosition.LeadingPosition, QLineEdit.ActionPosition.TrailingPosition
        self._glass = self.addAction(icon("search", colours().muted), before)
        self._clock = self._action("clock", _("Recent searches"), "Alt+Down")
        self._bookmark = self._action("bookmark", _("Save this search"), "Ctrl+S")
        self._cross = self._action("close", _("Empty the search box"), "Esc")
        for action, deed in ((self._cross, self.clear), (self._bookmark, self.kept), (self._clock, self.recall)):
            self.addAction(action, after)
            action.triggered.connect(deed)
        self.textChanged.connect(self._changed)
        self._changed()

    def _action(self, name: str, text: str, key: str) -> QAction:
        action = QAction(icon(name, colours().muted), text, self)
        action.setToolTip(with_key(text, key))
        return action

    def _changed(self) -> None:
        """What was offered for another text goes; what goes on with this one may come."""
        self.close_popup()
        self._clock.setVisible(not self.text())
        self._bookmark.setVisible(bool(self.text().strip()))
        self._cross.setVisible(bool(self.text()))

    def _note(self) -> None:
        self._by_hand = True

    def tell_typed(self) -> None:
        """Tell of a change that the person made, once it was taken in."""
        if self._by_hand:
            self._by_hand = False
            self.typed.emit(self.text())

    def recall(self) -> None:
        """Ask what was searched before."""
        self.setFocus()
        self.recalled.emit()

    def close_popup(self) -> bool:
        """Close what is open under the box; False where nothing was."""
        if self.popup is None or not self.popup.isVisible():
            return False
        self.popup.hide()
        return True

    def event(self, event: QEvent) -> bool:
        """Tab takes what the list under the box offers, before it would go on to the next widget."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Tab:
            return self._give(event) or super().event(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._give(event):
            return
        if event.key() not in ON:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Down and not self.text():
            self.recalled.emit()
        else:
            self.close_popup()
            self.left.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.close_popup()
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.popup is not None and self.popup.isVisible():  # a note that comes may move everything a little
            self.popup.place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_cross"):
            for action, name in (
                (self._glass, "search"), (self._clock, "clock"), (self._bookmark, "bookmark"), (self._cross, "close")
            ):  # fmt: skip
                action.setIcon(icon(name, colours().muted))

    def _give(self, event: QKeyEvent) -> bool:
        return self.popup is not None and self.popup.take_key(event)
