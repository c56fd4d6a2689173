"""Backing up and restoring in the window: what is asked, what is said, and what is there afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from tests.fakes import FakeProgress
from tests.ui.conftest import _face, fill
from veille.app import open_services
from veille.model import Query
from veille.store.lock import ProfileLock
from veille.ui.dialogs.backups import RestoreDialog
from veille.ui.start import Face


@pytest.fixture
def own(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Face]:
    """The face over the person's own profile of twelve items."""
    yield from _face(qapp, qtbot, open_services(fill(tmp_path / "own"), write=True), tmp_path)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of another profile, with three items of which two are saved."""
    services = open_services(fill(tmp_path / "other", 3), write=True)
    services.library.save(services.library.listing(Query()).ids[:2])
    services.backups.write(tmp_path / "backup.zip", FakeProgress())
    services.close()
    return tmp_path / "backup.zip"


def answer(path: Path, then: Callable[[RestoreDialog], None] | None = None) -> list[str]:
    """Choose ``path`` in the next file dialog, and answer the question that follows; gives what was proposed."""
    proposed: list[str] = []

    def choose() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        proposed.extend(Path(each).name for each in dialog.selectedFiles())
        dialog.setDirectory(str(path.parent))
        dialog.selectFile(path.name)
        dialog.accept()
        if then is not None:
            wait()

    def wait() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, RestoreDialog) and then is not None:
            then(dialog)
        else:
            QTimer.singleShot(20, wait)

    QTimer.singleShot(0, choose)
    return proposed


def accept(dialog: RestoreDialog) -> None:
    assert "3 items, 2 saved." in dialog.findChildren(type(dialog.layout().itemAt(0).widget()))[0].text()
    (restore,) = (each for each in dialog.buttons.buttons() if each.text() == "Restore")
    restore.click()


def test_a_backup_is_written_and_told(own: Face, qtbot: QtBot, tmp_path: Path) -> None:
    window = own.window
    proposed = answer(tmp_path / "mine.zip")
    window.back_up()
    qtbot.waitUntil(lambda: window.done.isVisible())
    assert window.done.text.startswith("Backed up and verified: mine.zip, ")
    assert proposed == [f"veille-{own.services.clock.now().astimezone().date()}.zip"]
    assert (tmp_path / "mine.zip").stat().st_mode & 0o777 == 0o600


def test_where_it_cannot_be_written_it_is_said(own: Face, qtbot: QtBot) -> None:
    window = own.window
    answer(own.services.folder / "mine.zip")
    window.back_up()
    qtbot.waitUntil(lambda: window.failure.isVisible())
    assert "it is inside the profile" in window.failure.text


def test_the_sample_is_not_backed_up(sample_face: Face) -> None:
    sample_face.window.back_up()
    assert "This is the sample" in sample_face.window.status.text


def test_a_backup_takes_the_place_of_the_profile(own: Face, backup: Path, qtbot: QtBot, tmp_path: Path) -> None:
    before, geometry = own.window, own.window.geometry()
    answer(backup, accept)
    own.window.restore()
    qtbot.waitUntil(lambda: own.window is not before and len(own.window.model.ids) == 3)
    window = own.window
    assert window.geometry() == geometry
    (kept,) = tmp_path.glob("own.before-restore-*")
    assert window.done.text.startswith(f"Restored. What was there before is kept in {kept} (")
    assert not window.failure.isVisible()
    window.search.box.setText("lithium")  # the index is made anew
    qtbot.waitUntil(lambda: own.services.indexer.index().count() == 3)
    services = open_services(kept, write=False)
    assert services.library.total(Query()) == 12
    services.close()


def test_a_dialog_that_is_open_is_waited_for(own: Face, backup: Path, qtbot: QtBot) -> None:
    """The window that goes is under it."""
    before, services = own.window, own.services
    services.restorer.prepare(backup, FakeProgress())
    dialog = QDialog(before)
    before.restored.emit()
    QTimer.singleShot(300, dialog.reject)
    dialog.exec()
    assert own.window is before
    qtbot.waitUntil(lambda: own.window is not before and len(own.window.model.ids) == 3)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_who_only_presses_a_key_changes_nothing(
    own: Face, backup: Path, qtbot: QtBot, tmp_path: Path, key: Qt.Key
) -> None:
    window = own.window

    def press(dialog: RestoreDialog) -> None:
        qtbot.keyClick(dialog, key)

    answer(backup, press)
    window.restore()
    qtbot.waitUntil(lambda: not window.tasks.busy("restore") and not list((tmp_path / "own").glob("restoring-*")))
    assert own.window is window
    assert len(window.model.ids) == 12
    assert not list(tmp_path.glob("own.before-restore-*"))


def test_what_is_no_backup_is_said(own: Face, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "holiday.zip").write_bytes(b"PK\3\4 pictures")
    window = own.window
    answer(tmp_path / "holiday.zip")
    window.restore()
    qtbot.waitUntil(lambda: window.failure.isVisible())
    assert "holiday.zip cannot be restored" in window.failure.text
    assert own.window is window


def test_where_it_cannot_be_finished_the_profile_is_there_again(
    own: Face, backup: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    """A command takes the profile in the moment in which the window lets go of it."""
    before = own.window
    taken: list[ProfileLock] = []
    close = own.services.close

    def close_and_lose() -> None:
        close()
        taken.append(ProfileLock(tmp_path / "own" / "veille.lock"))
        QTimer.singleShot(0, taken[0].close)

    opened = own._open

    def open_later(name: str) -> object:
        taken[0].close()
        return opened(name)

    own.services.close = close_and_lose  # type: ignore[method-assign]
    own._open = open_later  # type: ignore[assignment]
    answer(backup, accept)
    own.window.restore()
    qtbot.waitUntil(lambda: own.window is not before and len(own.window.model.ids) == 12)
    assert "has this profile open" in own.window.failure.text
    assert not list((tmp_path / "own").glob("restor*"))


def test_a_newcomer_restores_from_the_sample(sample_face: Face, backup: Path, qtbot: QtBot) -> None:
    answer(backup)
    sample_face.window.restore()
    qtbot.waitUntil(lambda: not sample_face.services.sample and len(sample_face.window.model.ids) == 3)
    assert sample_face.services.folder.name == "own"
