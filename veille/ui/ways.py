"""The ways in and out of a list: starter sectors, OPML, an address. From the sample they begin the own profile."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QDir
from PySide6.QtWidgets import QFileDialog

from veille.errors import VeilleError
from veille.i18n import _
from veille.model import Outline
from veille.ui.dialogs.adding import ask_address
from veille.ui.dialogs.starters import choose_starters
from veille.ui.theme import dress

if TYPE_CHECKING:
    from veille.ui.window import Window


def begin(window: "Window", way: str) -> None:
    """Go the ``way`` "starters", "import" or "add"; nothing happens when the person thinks better of it."""
    {"starters": _adopt, "import": _import, "add": _add}[way](window)


def export(window: "Window") -> None:
    """Write the sources to a file that the person chooses."""
    if path := ask_file(window, _("Export to OPML"), save="veille.opml"):
        window.curating.export_file(path)


def _adopt(window: "Window") -> None:
    try:
        starters = window.services.starters.starter_sectors()
    except VeilleError as error:
        window.failure.tell(str(error), sign="warning", warn=True)
        return
    if keys := choose_starters(window, starters):
        window.own(lambda own: own.curating.adopt(keys))


def _import(window: "Window") -> None:
    if path := ask_file(window, _("Import an OPML file")):
        window.own(lambda own: own.curating.import_file(path))


def _add(window: "Window") -> None:
    outline = Outline() if window.services.sample else window.desk.outline
    if found := ask_address(window, outline, None):
        window.own(lambda own: own.curating.add(*found))


def ask_file(window: "Window", title: str, *, save: str = "") -> str:
    """The file to read, or to write where ``save`` proposes a name; "" where the person thought better of it."""
    dialog = QFileDialog(window, title, QDir.homePath(), _("OPML files (*.opml *.xml);;All files (*)"))
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
