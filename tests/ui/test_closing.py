"""Closing the window: at once for the eye, and nothing is lost."""

from pathlib import Path
from threading import Event

from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from veille.store import open_store
from veille.ui.start import Face
from veille.ui.tasks import Task
from veille.ui.window import Window


def last_visit(folder: Path) -> str:
    store = open_store(folder, write=False, clock=FakeClock())
    noted = store.values.get("last_visit")
    store.close()
    return noted


def test_the_window_is_gone_before_long_work_has_stopped(window: Window) -> None:
    seen = []

    def work(task: Task) -> None:
        while not task.cancelled:
            Event().wait(0.01)
        Event().wait(0.3)  # a server that is slow to let go
        seen.append(window.isVisible())

    window.tasks.job("refresh", work)
    window.close()
    assert seen == [False]


def test_closing_waits_for_an_export(window: Window, tmp_path: Path) -> None:
    held, path = Event(), tmp_path / "list.opml"
    for slot in ("one", "two"):  # all that answer queries are taken
        window.tasks.query(slot, lambda: held.wait(0.3), print)
    window.curating.export_file(str(path))
    window.close()
    assert b"alpha.example" in path.read_bytes()


def test_leaving_the_own_profile_is_the_end_of_a_visit(face: Face, window: Window, qtbot: QtBot) -> None:
    assert last_visit(face.services.folder) == ""
    before = face.services.clock.now()
    window.close()
    assert last_visit(face.services.folder) >= before.isoformat()


def test_looking_at_the_sample_is_no_visit(sample_face: Face) -> None:
    sample_face.window.close()
    assert last_visit(sample_face.services.folder) == ""
