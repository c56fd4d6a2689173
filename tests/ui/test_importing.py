"""One Import… for all files: a strip with what came and Undo, the rows that could not be used, and collections."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.cli.test_importing import bookmarks, link, pages
from tests.formats.archives import ACCOUNT, like, packed, script, unpacked
from veille.core import history
from veille.core.transfer.importing import Report
from veille.formats.entry import Format, Refused
from veille.model import Query
from veille.ui.curating import whole_archive
from veille.ui.dialogs import files
from veille.ui.dialogs.report import ReportWindow
from veille.ui.places import Place
from veille.ui.start import Face
from veille.ui.window import Window


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return bookmarks(tmp_path / "b.html", [link("https://one.example/a", "One"), link("javascript:1", "<i>Bad</i>")])


def collection(window: Window) -> int:
    return next(iter(window.browsing.outline.collections))


def brought(window: Window, qtbot: QtBot, path: Path) -> None:
    window.curating.import_file(str(path))
    qtbot.waitUntil(lambda: bool(window.browsing.outline.collections))
    qtbot.waitUntil(lambda: window.done.isVisible())


def test_it_says_what_came_and_offers_to_take_it_back(window: Window, qtbot: QtBot, path: Path) -> None:
    brought(window, qtbot, path)
    assert window.done.text == "1 item added, 0 there already, 1 could not be used."
    assert [each.text() for each in window.done.choices] == ["Undo"]
    qtbot.waitUntil(lambda: window.windowTitle() == "(12) Veille")
    window.done.choices[0].click()
    qtbot.waitUntil(lambda: not window.browsing.outline.collections)
    assert window.services.library.counts().saved == 0


def test_a_long_one_is_taken_back_beside_other_changes(
    window: Window, qtbot: QtBot, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(window, qtbot, path)
    monkeypatch.setattr(history, "_MOMENT", 0)
    with qtbot.waitSignal(window.tasks.idle):
        window.browsing.undo()
    qtbot.waitUntil(lambda: not window.browsing.outline.collections)


def test_what_is_unread_in_a_collection_is_no_news(window: Window, qtbot: QtBot, path: Path) -> None:
    brought(window, qtbot, path)
    ids = window.services.library.listing(Query(source=collection(window))).ids
    window.tasks.change(lambda: window.services.library.mark_read(ids, read=False))
    qtbot.waitUntil(lambda: window.services.library.counts().unread.get(collection(window)) == 1)
    window.browsing.ask_counts()
    qtbot.wait(50)
    assert window.windowTitle() == "(12) Veille"


def test_the_rows_that_could_not_be_used_are_listed(window: Window, qtbot: QtBot, path: Path) -> None:
    brought(window, qtbot, path)
    (report,) = window.findChildren(ReportWindow)
    row = [report.table.item(0, column).text() for column in range(4)]
    assert row == ["2", "Bad", "javascript:1", "An address that begins with “javascript:” is no page on the web."]
    assert [report.table.horizontalHeaderItem(at).text() for at in range(report.table.columnCount())] == [
        "Row", "Title", "Address", "Reason",
    ]  # fmt: skip
    assert not report.second.isVisible()


def test_rows_of_an_archive_say_in_which_file_they_are_and_how_many_more_there_are(qtbot: QtBot) -> None:
    refused = tuple(Refused(at, "T", "a", "why", "data/like.js") for at in range(3))
    lost = (Refused(1, "T", "a", "No room for more tags: x", ""),)
    window = ReportWindow(None, Report(Format.X, 13, 3, 0, 10, refused, cut=1, losses=lost))
    qtbot.addWidget(window)
    window.show()
    assert window.table.item(2, 4).text() == "data/like.js"
    assert window.second.item(0, 3).text() == "No room for more tags: x"
    assert window.second.columnCount() == 4
    assert not window.table.isColumnHidden(1)


def test_columns_in_which_nothing_stands_are_not_shown(qtbot: QtBot) -> None:
    window = ReportWindow(None, Report(Format.X, 1, 0, 0, 1, (Refused(1, "", "", "why", "data/tweets.js"),)))
    qtbot.addWidget(window)
    assert [window.table.isColumnHidden(column) for column in range(5)] == [False, True, True, False, False]
    window.show()
    window.table.setFocus()
    qtbot.keyClick(window.table, Qt.Key.Key_Tab)
    assert isinstance(window.focusWidget(), QPushButton)


def test_what_is_said_of_an_import_goes_when_the_next_begins(
    window: Window, qtbot: QtBot, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("veille.ui.dialogs.files.ask_file", lambda *_asked, **_more: str(path))
    brought(window, qtbot, path)
    begun: list[bool] = []
    monkeypatch.setattr(window.curating, "import_file", lambda _path: begun.append(window.done.isVisible()))
    window.begin("import")
    qtbot.waitUntil(lambda: begun == [False])


def test_another_import_waits_for_its_turn(window: Window, qtbot: QtBot, path: Path, tmp_path: Path) -> None:
    window.curating.import_file(str(pages(tmp_path / "many.html", 3000)))
    with qtbot.waitSignal(window.curating.told):
        window.curating.import_file(str(path))
    window.tasks.cancel("import")
    qtbot.waitUntil(lambda: window.done.isVisible(), timeout=20_000)
    assert window.done.text.startswith("Stopped before the end:")


def test_a_file_that_is_nothing_is_said_and_begins_nothing(
    sample_face: Face, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "noise").write_bytes(b"\x00noise")
    monkeypatch.setattr(files, "ask_file", lambda *_asked, **_kinds: str(tmp_path / "noise"))
    sample_face.window.begin("import")
    qtbot.waitUntil(lambda: sample_face.window.failure.isVisible())
    assert "it is none of the files that Veille knows" in sample_face.window.failure.text
    assert sample_face.services.sample


def test_it_begins_a_profile_of_ones_own(
    sample_face: Face, qtbot: QtBot, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "ask_file", lambda *_asked, **_kinds: str(path))
    sample_face.window.begin("import")
    qtbot.waitUntil(lambda: bool(sample_face.window.browsing.outline.collections))
    assert not sample_face.services.sample


def test_any_script_of_an_unpacked_archive_stands_for_all_of_it(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    members = {"data/account.js": script("account", [ACCOUNT]), "data/like.js": script("like", [like(1, "A")])}
    folder = unpacked(tmp_path / "archive", members)
    assert whole_archive(folder / "data" / "account.js") == folder / "data"
    assert whole_archive(folder / "like.js") == folder / "like.js"
    assert whole_archive(packed(tmp_path / "x.zip", members)) == tmp_path / "x.zip"
    brought(window, qtbot, folder / "data")
    assert [each.label for each in window.browsing.outline.collections.values()] == ["My likes on X"]


def test_the_menu_of_a_collection_has_what_can_be_done_with_it(window: Window, qtbot: QtBot, path: Path) -> None:
    brought(window, qtbot, path)
    menu = window.side.menu_for(Place("source", source=collection(window)))
    assert [each.text() for each in menu.actions() if each.text()] == ["Mark all as read", "Rename…", "Remove"]


def test_a_collection_is_renamed_and_removed(
    window: Window, qtbot: QtBot, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(window, qtbot, path)
    place = Place("source", source=collection(window))
    asked = []
    monkeypatch.setattr("veille.ui.dialogs.naming.ask_name", lambda *said: asked.append(said[1:3]) or "Mine")
    window.curating.do("rename", place, None)
    qtbot.waitUntil(lambda: [each.label for each in window.browsing.outline.collections.values()] == ["Mine"])
    assert asked == [("Name of the collection", "Browser bookmarks")]
    window.curating.do("remove", place, None)
    qtbot.waitUntil(lambda: not window.browsing.outline.collections)
    assert window.services.library.counts().saved == 1


def test_the_kinds_of_files_are_named(qapp: QApplication) -> None:
    kinds = files.IMPORT.split(";;")
    assert kinds[0].startswith("All that can be imported")
    assert any("X archive, or any file of its data folder" in each for each in kinds)
    assert kinds[-1] == "All files (*)"
