"""Asks for a name."""

from PySide6.QtWidgets import QInputDialog, QWidget

from veille.ui.theme import dress


def ask_name(parent: QWidget, title: str, name: str, problem: str = "") -> str | None:
    """What the person typed, None where they thought better of it; ``problem`` is why it would not do before."""
    dialog = QInputDialog(parent)
    dress(dialog)
    dialog.setWindowTitle(title)
    dialog.setLabelText("\n".join(filter(None, (title, problem))))
    dialog.setTextValue(name)
    dialog.resize(420, dialog.height())
    answer = dialog.textValue().strip() if dialog.exec() else None
    dialog.deleteLater()
    return answer
