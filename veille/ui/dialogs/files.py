"""Asks for an OPML file: the one to read, or the one to write."""

from PySide6.QtCore import QDir
from PySide6.QtWidgets import QFileDialog, QWidget

from veille.i18n import _
from veille.ui.theme import dress


def ask_file(parent: QWidget, title: str, *, save: str = "") -> str:
    """The file to read, or to write where ``save`` proposes a name; "" where the person thought better of it."""
    dialog = QFileDialog(parent, title, QDir.homePath(), _("OPML files (*.opml *.xml);;All files (*)"))
    dress(dialog)
    dialog.setViewMode(QFileDialog.ViewMode.List)
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, _("Folder:"))  # Qt's own catalogue lacks these two
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, _("Kind of file:"))
    dialog.setFileMode(QFileDialog.FileMode.AnyFile if save else QFileDialog.FileMode.ExistingFile)
    if save:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("opml")
        dialog.selectFile(save)
    path = dialog.selectedFiles()[0] if dialog.exec() else ""
    dialog.deleteLater()
    return path
