"""Asks for a file: the one to read, or the one to write."""

from PySide6.QtCore import QDir
from PySide6.QtWidgets import QFileDialog, QWidget

from veille.i18n import N_, _
from veille.ui.theme import dress

# Names and endings, to be translated; the first ending of the chosen kind is added to a name that has none.
OPML = N_("OPML files (*.opml *.xml);;All files (*)")
IMPORT = N_(
    "All that can be imported (*.opml *.xml *.zip *.js *.html *.htm *.csv *.json *.ris);;OPML files (*.opml *.xml);;"
    "X archive, or any file of its data folder (*.zip *.js);;Browser bookmarks (*.html *.htm);;"
    "Pocket (*.csv *.zip *.html *.htm);;Instapaper (*.csv);;Raindrop (*.csv *.html);;Wallabag (*.json *.csv);;"
    "Zotero (*.ris *.json);;Veille (*.json);;All files (*)"
)
TABLE = N_("Tables (*.csv);;All files (*)")
BACKUP = N_("Backups (*.zip);;All files (*)")
PAGE = N_("PDF files (*.pdf);;Web pages (*.html)")


def ask_file(parent: QWidget, title: str, *, save: str = "", kinds: str = OPML) -> str:
    """The file to read, or to write where ``save`` proposes a name; "" where the person thought better of it."""
    return _asked(parent, title, save, _(kinds))[0]


def ask_kind(parent: QWidget, title: str, *, save: str, kinds: str) -> tuple[str, int] | None:
    """The file to write, and which of ``kinds``, translated already, was chosen; None where the person thought better
    of it."""
    path, kind = _asked(parent, title, save, kinds)
    known = kinds.split(";;")
    return (path, known.index(kind) if kind in known else 0) if path else None


def _asked(parent: QWidget, title: str, save: str, kinds: str) -> tuple[str, str]:
    dialog = QFileDialog(parent, title, QDir.homePath(), kinds)
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
    dialog.resize(dialog.size().boundedTo(dialog.screen().availableSize() * 0.9))
    path = dialog.selectedFiles()[0] if dialog.exec() else ""
    kind = dialog.selectedNameFilter()
    dialog.deleteLater()
    return path, kind


def _set_ending(dialog: QFileDialog, kind: str) -> None:
    ending = kind.partition("*.")[2].split(" ")[0].rstrip(")")
    if ending:
        dialog.setDefaultSuffix(ending)
