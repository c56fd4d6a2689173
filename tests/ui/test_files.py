"""Asking for a file: the kind that is chosen gives the ending of a name that has none."""

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from veille.ui.dialogs import files


def asked(qtbot: QtBot, folder: Path, kinds: str, choose: str) -> tuple[str, str]:
    """The ending that is added at first, and the file that comes of the kind ``choose``."""
    parent, first = QWidget(), []
    qtbot.addWidget(parent)

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        first.append(dialog.defaultSuffix())
        dialog.setDirectory(str(folder))
        dialog.selectFile("name")
        dialog.filterSelected.emit(choose)
        dialog.accept()

    QTimer.singleShot(0, answer)
    path = files.ask_file(parent, "Save", save="name", kinds=kinds)
    return first[0], path


@pytest.mark.parametrize(
    ("kinds", "first", "choose", "then"),
    [
        (files.PAGE, "pdf", "Web pages (*.html)", "name.html"),
        (files.TABLE, "csv", "All files (*)", "name.csv"),
        (files.OPML, "opml", "OPML files (*.opml *.xml)", "name.opml"),
    ],
)
def test_the_ending_follows_the_kind(
    qtbot: QtBot, tmp_path: Path, kinds: str, first: str, choose: str, then: str
) -> None:
    assert asked(qtbot, tmp_path, kinds, choose) == (first, str(tmp_path / then))
