"""A backup of the profile, and the way back."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QWidget

from veille.errors import Untouched
from veille.i18n import _, size
from veille.ui.dialogs import files
from veille.ui.labels import PlainLabel
from veille.ui.layouts import down, named
from veille.ui.theme import dress

if TYPE_CHECKING:
    from veille.core.keeping.backups import Backup
    from veille.core.keeping.restoring import Prepared
    from veille.ui.tasks import Task
    from veille.ui.window import Window


def back_up(window: "Window") -> None:
    """Write the whole profile to a file that the person chooses."""
    if window.services.sample:
        window.say(_("This is the sample: there is nothing of yours to back up."))
        return
    name = f"veille-{window.services.clock.now().astimezone().date()}.zip"
    path = files.ask_file(window, _("Back up"), save=name, kinds=files.BACKUP)
    if not path:
        return

    def work(task: "Task") -> "Backup | str":
        try:
            return window.services.backups.write(Path(path), task)
        except Untouched as stopped:
            return str(stopped)

    def then(made: "Backup | str") -> None:
        if isinstance(made, str):
            window.say(made)
            return
        text = _("Backed up and verified: {file}, {size}.")
        window.done.tell(text.format(file=Path(path).name, size=size(made.size)), sign="check")

    if not window.tasks.job("backup", work, then):
        window.say(_("A backup is under way."))


def restore(window: "Window") -> None:
    """Put a backup in the place of the person's own profile, after a question that says what is exchanged."""
    if path := files.ask_file(window, _("Restore a backup"), kinds=files.BACKUP):
        window.own(lambda own: _prepare(own, path))


def _prepare(window: "Window", path: str) -> None:
    restorer = window.services.restorer

    def work(task: "Task") -> "Prepared | str":
        try:
            return restorer.prepare(Path(path), task)
        except Untouched as stopped:
            return str(stopped)

    def then(prepared: "Prepared | str") -> None:
        if isinstance(prepared, str):
            window.say(prepared)
        elif prepared.there and not _agreed(window, prepared):
            window.tasks.change(restorer.abandon)
        else:
            window.restored.emit()

    if not window.tasks.job("restore", work, then):
        window.say(_("A backup is being looked at."))


def _agreed(window: "Window", prepared: "Prepared") -> bool:
    dialog = RestoreDialog(window, prepared)
    agreed = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return agreed


class RestoreDialog(QDialog):
    """Says what would be exchanged; who only presses Enter changes nothing."""

    def __init__(self, parent: QWidget | None, prepared: "Prepared") -> None:
        super().__init__(parent)
        dress(self)
        self.setWindowTitle(_("Restore a backup"))
        column = down(self, spacing=12, margins=(24, 20, 24, 16))
        for text, name in ((prepared.text, ""), (prepared.question, "muted")):
            label = named(PlainLabel(text), name)
            label.setWordWrap(True)
            column.addWidget(label)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.addButton(_("Restore"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column.addStretch(1)
        column.addWidget(self.buttons)
        cancel = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setDefault(True)
        cancel.setFocus()
        self.setMinimumWidth(460)
