"""From the sample to one's own profile, and the dialogues on the way."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from veille.core.packs.pack import Pack, PackSource
from veille.model import Query
from veille.store import open_store
from veille.ui.dialogs import files
from veille.ui.dialogs.adding import AddressDialog
from veille.ui.dialogs.keys import KeySheet
from veille.ui.dialogs.report import ReportWindow
from veille.ui.dialogs.starters import StartersWindow
from veille.ui.shortcuts import KEYS
from veille.ui.start import Face
from veille.ui.welcome import Empty
from veille.ui.window import Window

OPML = b"""<opml version="1.0"><body><outline text="Energy">
<outline text="One" xmlUrl="https://one.example/feed"/><outline text="Two" xmlUrl="https://two.example/feed"/>
<outline text="Bad" xmlUrl="gopher://bad.example/"/></outline></body></opml>"""


def banner_button(face: Face, text: str) -> QPushButton:
    return next(each for each in face.window.banner.findChildren(QPushButton) if each.text() == text)


def when_modal(qtbot: QtBot, then: object) -> None:
    """Do ``then`` with the next dialogue."""

    def look() -> None:
        modal = QApplication.activeModalWidget()
        if modal is None:
            QTimer.singleShot(20, look)
        else:
            then(modal)

    QTimer.singleShot(0, look)


def test_the_sample_says_that_it_is_invented_and_asks_nothing(sample_face: Face, qtbot: QtBot) -> None:
    window = sample_face.window
    assert "invented sample" in window.banner.text.text()
    window.curating.refresh()
    assert "invented" in window.status.text
    assert not window.tasks.busy("refresh")


def test_an_address_begins_the_own_profile(sample_face: Face, qtbot: QtBot) -> None:
    def fill(dialog: AddressDialog) -> None:
        dialog.address.setText("https://new.example/feed")
        dialog.accept()

    when_modal(qtbot, fill)
    banner_button(sample_face, "Add an address or account…").click()
    assert not sample_face.services.sample
    qtbot.waitUntil(lambda: len(sample_face.window.browsing.outline.sources) == 1)
    assert not hasattr(sample_face.window, "banner")
    assert sample_face.window.done.isVisible()
    assert [each.text() for each in sample_face.window.done.choices] == ["Refresh now", "Undo"]
    sample_face.window.curating.refresh_due()
    qtbot.wait(100)
    assert not sample_face.services.curation.outline().states, "it is not asked before the person says so"


def test_who_thinks_better_of_it_stays_in_the_sample(sample_face: Face, qtbot: QtBot) -> None:
    when_modal(qtbot, lambda dialog: dialog.reject())
    banner_button(sample_face, "Add an address or account…").click()
    assert sample_face.services.sample


def test_to_look_for_feeds_begins_the_own_profile(sample_face: Face, qtbot: QtBot) -> None:
    def fill(dialog: AddressDialog) -> None:
        dialog.address.setText("https://new.example/")
        look = dialog.finding.leave
        qtbot.waitUntil(look.isVisible)
        assert look.isDefault()
        assert "invented" in dialog.finding.asking.line.text()
        when_modal(qtbot, again)
        look.click()

    def again(dialog: AddressDialog) -> None:
        seen.append((dialog.address.text(), dialog.finding.leave.isVisible()))
        qtbot.waitUntil(lambda: dialog.finding.asking.ready)
        seen.append(dialog.finding.asking.button.text())
        dialog.reject()

    seen: list[object] = []
    when_modal(qtbot, fill)
    banner_button(sample_face, "Add an address or account…").click()
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == [("https://new.example/", False), "Look for its feeds"]
    assert not sample_face.services.sample
    assert not sample_face.services.curation.outline().sources


def test_an_import_begins_the_own_profile_and_reports(
    sample_face: Face, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list.opml"
    path.write_bytes(OPML)
    monkeypatch.setattr(files, "ask_file", lambda *_asked, **_kinds: str(path))
    banner_button(sample_face, "Import…").click()
    qtbot.waitUntil(lambda: len(sample_face.window.browsing.outline.sources) == 2)
    window = sample_face.window
    qtbot.waitUntil(lambda: bool(window.findChildren(ReportWindow)))
    report = window.findChildren(ReportWindow)[0]
    assert report.table.rowCount() == 1
    assert report.table.item(0, 2).text() == "gopher://bad.example/"
    assert "2 sources added" in window.done.text


def test_a_file_that_cannot_be_read_says_so(
    sample_face: Face, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "ask_file", lambda *_asked, **_kinds: str(tmp_path / "none.opml"))
    sample_face.window.begin("import")
    window = sample_face.window
    qtbot.waitUntil(lambda: window.failure.isVisible())
    assert window.failure.text == "none.opml cannot be read: it does not exist."
    assert window.services.sample  # and nothing was begun for it


def test_undo_takes_back_the_import_even_when_something_was_done_since(
    face: Face, window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "list.opml"
    path.write_bytes(OPML)
    window.curating.import_file(str(path))
    qtbot.waitUntil(lambda: [each.text() for each in window.done.choices] == ["Refresh now", "Undo"])
    qtbot.waitUntil(lambda: len(window.browsing.outline.sources) == 5)
    face.services.library.mark_all_read(Query())
    window.done.choices[1].click()
    qtbot.waitUntil(lambda: len(window.browsing.outline.sources) == 3)
    assert not any(face.services.library.counts().unread.values())


def test_an_import_that_brings_nothing_offers_no_undo(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "list.opml"
    path.write_bytes(b'<opml version="1.0"><body><outline text="Bad" xmlUrl="gopher://bad.example/"/></body></opml>')
    window.curating.import_file(str(path))
    qtbot.waitUntil(lambda: [each.text() for each in window.done.choices] == ["Refresh now"])


def test_an_empty_own_profile_offers_the_same(sample_face: Face, qtbot: QtBot) -> None:
    sample_face.switch("own")
    window = sample_face.window
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.empty)
    assert window.empty.title.text() == "Your own profile"
    assert len([each for each in window.empty.findChildren(QPushButton) if each.isVisible()]) == 3


@pytest.mark.parametrize(
    ("query", "advice"),
    [
        (Query(text="lith"), "Try fewer words."),
        (Query(text="lith", sector="s0"), "Try fewer words, or search everywhere."),
        (Query(text="tag:a is:unread "), "Take a condition out."),
        (Query(text="tag:a", within="lith"), "Take a condition out, or search everywhere."),
        (Query(text="tag:a lith"), "Try fewer words or conditions."),
        (Query(text="kind:post like:12"), "Nothing else here is like this item."),
        (Query(text="like:12", within="lith"), "Nothing else here is like this item."),
        (Query(within="lith"), "What matches this search will appear here as it comes in."),
    ],
)
def test_an_empty_list_says_what_else_could_be_looked_for(qtbot: QtBot, query: Query, advice: str) -> None:
    empty = Empty()
    qtbot.addWidget(empty)
    empty.explain(query, nothing_watched=False)
    assert empty.text.text() == advice


def test_what_was_brought_is_asked_of_nobody(qtbot: QtBot) -> None:
    empty = Empty()
    qtbot.addWidget(empty)
    for query, brought, begins in (
        (Query(saved=True), False, "Press S"), (Query(source=1), True, "Import…"), (Query(source=1), False, "Press F5"),
    ):  # fmt: skip
        empty.explain(query, nothing_watched=False, brought=brought)
        assert empty.text.text().startswith(begins)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_window_of_half_a_small_screen_has_room(sample_face: Face, qtbot: QtBot, language: str) -> None:
    sample_face.services.preferences.set("language", language)
    sample_face._replace(sample_face.services)
    window = sample_face.window
    window.resize(window.minimumSize())
    qtbot.waitUntil(lambda: window.size() == window.minimumSize())
    qtbot.waitUntil(lambda: not window.side.isVisible())
    assert all(window.rect().contains(each.geometry()) for each in (window.banner, window.split))
    for button in window.banner.findChildren(QPushButton):
        assert window.banner.rect().contains(button.geometry().translated(window.banner.choices.pos()))
        assert button.width() >= button.sizeHint().width()
    window.resize(1300, 700)
    qtbot.waitUntil(lambda: window.side.isVisible())
    sample_face.services.preferences.set("language", "en")
    sample_face._replace(sample_face.services)


def test_a_profile_that_is_busy_says_so_and_the_window_stays(sample_face: Face, qtbot: QtBot, tmp_path: Path) -> None:
    other = open_store(tmp_path / "own", write=True, clock=FakeClock())
    window = sample_face.window
    sample_face.switch("own")
    assert sample_face.window is window
    assert "Another Veille window has this profile open" in window.failure.text
    other.close()


def test_starters_give_reasons_and_say_what_was_not_tried(qtbot: QtBot) -> None:
    source = PackSource("feed:https://a.example/", "https://a.example/", "A <b>", "", "en", {"en": "Because <i>"})
    starter = Pack("energy", 1, {"en": "Energy"}, {"en": "All of it"}, sources=(source,))
    window = StartersWindow(None, [starter])
    qtbot.addWidget(window)
    shown = window.details.toPlainText()
    assert "A <b>" in shown
    assert "Because <i>" in shown
    assert "not tried yet" in shown
    assert window.keys == ()
    window.list.item(0).setCheckState(Qt.CheckState.Checked)
    assert window.keys == ("energy",)
    assert window._buttons.buttons()[0].text() == "Add 1 source"


def test_the_sheet_lists_every_key(qtbot: QtBot, sample_face: Face) -> None:
    sheet = KeySheet(sample_face.window)
    texts = {label.text() for label in sheet.findChildren(type(sample_face.window.empty.title))}
    assert {each.text for each in KEYS} <= texts
