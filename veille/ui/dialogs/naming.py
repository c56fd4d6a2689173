"""Asks for a name."""

from PySide6.QtWidgets import QInputDialog, QWidget

from veille.ui.theme import dress


def ask_name(parent: QWidget, title: str, name: str) -> str | None:
    """What the person typed, None where they thought better of it."""
    dialog = QInputDialog(parent)
    dress(dialog)
    dialog.setWindowTitle(title)
    dialog.setLabelText(title)
    dialog.setTextValue(name)
    dialog.resize(420, dialog.height())
    answer = dialog.textValue().strip() if dialog.exec() else None
    dialog.deleteLater()
    return answer
