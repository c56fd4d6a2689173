"""Asks for a file: the one to read, or the one to write."""

from PySide6.QtCore import QDir
from PySide6.QtWidgets import QFileDialog, QWidget

from veille.i18n import N_, _
from veille.ui.theme import dress

# Names and endings, to be translated; the first ending of the chosen kind is added to a name that has none.
OPML = N_("OPML files (*.opml *.xml);;All files (*)")
TABLE = N_("Tables (*.csv);;All files (*)")
PAGE = N_("PDF files (*.pdf);;Web pages (*.html)")


def ask_file(parent: QWidget, title: str, *, save: str = "", kinds: str = OPML) -> str:
    """The file to read, or to write where ``save`` proposes a name; "" where the person thought better of it."""
    dialog = QFileDialog(parent, title, QDir.homePath(), _(kinds))
    dress(dialog)
    dialog.setViewMode(QFileDialog.ViewMode.List)
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, _("Folder:"))  # Qt's own catalogue lacks these two
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, _("Kind of file:"))
    dialog.setFileMode(QFileDialog.FileMode.AnyFile if save else QFileDialog.FileMode.ExistingFile)
    if save:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.filterSelected.connect(lambda kind: _set_ending(dialog, kind))
        _set_ending(dialog, dialog.nameFilters()[0])
        dialog.selectFile(save)
    path = dialog.selectedFiles()[0] if dialog.exec() else ""
    dialog.deleteLater()
    return path


def _set_ending(dialog: QFileDialog, kind: str) -> None:
    ending = kind.partition("*.")[2].split(" ")[0].rstrip(")")
    if ending:
        dialog.setDefaultSuffix(ending)
