"""Enter presses the button that has the keyboard, as Space does, and no other: Qt would press the default one."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget


def is_enter(event: QKeyEvent) -> bool:
    """Whether it is one of the two keys."""
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def press(widget: QWidget | None) -> bool:
    """Press ``widget``, or open the menu below it; False when it is no button."""
    if not isinstance(widget, QAbstractButton):
        return False
    if isinstance(widget, QPushButton) and widget.menu() is not None:
        widget.showMenu()
    else:
        widget.click()
    return True
