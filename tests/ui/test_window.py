"""The window over the real services: keys, marks and undo, search as you type, failures, places."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from tests.ui.conftest import item, press
from veille import i18n
from veille.errors import BadFile
from veille.model import Query
from veille.ui.places import ALL, SAVED, UNREAD, Place
from veille.ui.rows import HIT
from veille.ui.start import Face
from veille.ui.tree import COUNT
from veille.ui.window import Window


def shown(window: Window) -> str:
    return window.reader.hit.item.url if window.reader.hit else ""


def title_count(window: Window) -> str:
    return window.search.count.accessibleName()


def test_the_list_fills_after_the_first_paint(window: Window, qtbot: QtBot) -> None:
    assert len(window.model.ids) == 12
    assert title_count(window) == "12 items"
    qtbot.waitUntil(lambda: "(12)" in window.windowTitle())


def test_j_and_k_go_through_the_list(window: Window, qtbot: QtBot) -> None:
    window.items.setFocus()
    for key, expected in ((Qt.Key.Key_J, 0), (Qt.Key.Key_J, 1), (Qt.Key.Key_J, 2), (Qt.Key.Key_K, 1)):
        press(qtbot, window, key)
        qtbot.waitUntil(lambda expected=expected: shown(window) == f"https://example.org/{expected}")


def test_what_is_shown_for_a_while_counts_as_read(window: Window, qtbot: QtBot) -> None:
    window.items.step(1)
    qtbot.waitUntil(lambda: window.reader.hit is not None and window.reader.hit.mark.read)
    qtbot.waitUntil(lambda: window.model.data(window.model.index(0, 0), HIT).mark.read)


def test_scrolling_past_does_not_mark_as_read(window: Window, qtbot: QtBot) -> None:
    for _ in range(6):
        window.items.step(1)
        qtbot.wait(30)
    qtbot.waitUntil(lambda: window.reader.hit is not None and window.reader.hit.mark.read)
    assert sum(window.services.library.counts().unread.values()) == 11


def test_u_and_s_change_the_marks(window: Window, qtbot: QtBot) -> None:
    window.items.step(1)
    qtbot.waitUntil(lambda: window.reader.hit is not None and window.reader.hit.mark.read)
    press(qtbot, window, Qt.Key.Key_U)
    qtbot.waitUntil(lambda: not window.reader.hit.mark.read)
    press(qtbot, window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.reader.hit.mark.saved is not None)
    assert window.services.library.counts().saved == 1
    window.side.places.go(SAVED)
    qtbot.waitUntil(lambda: len(window.model.ids) == 1)


def test_n_goes_to_the_next_unread_and_round(window: Window, qtbot: QtBot) -> None:
    ids = list(window.model.ids)
    window.services.library.mark_read([ids[at] for at in range(12) if at not in (4, 9)])
    window.items.setFocus()
    press(qtbot, window, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: window.items.currentIndex().row() == 4)
    press(qtbot, window, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: window.items.currentIndex().row() == 9)
    window.browsing.toggle_read()
    window.services.library.mark_read([ids[4]], False)
    press(qtbot, window, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: window.items.currentIndex().row() == 4)


def test_mark_all_read_can_be_undone(window: Window, qtbot: QtBot) -> None:
    press(qtbot, window, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: window.done.isVisible())
    assert "12 items" in window.done.text
    assert not any(window.services.library.counts().unread.values())
    window.done.choices[0].click()
    qtbot.waitUntil(lambda: sum(window.services.library.counts().unread.values()) == 12)
    qtbot.waitUntil(lambda: not window.model.data(window.model.index(0, 0), HIT).mark.read)


def test_ctrl_z_takes_back_a_removed_source(window: Window, qtbot: QtBot) -> None:
    source = next(iter(window.browsing.outline.sources))
    window.side.wanted.emit("remove", Place("source", "s0", source), None)
    qtbot.waitUntil(lambda: source not in window.browsing.outline.sources)
    assert "Alpha" in window.done.text
    press(qtbot, window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: source in window.browsing.outline.sources)
    assert window.status.text == "Undone: “Alpha” was removed."
    press(qtbot, window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.status.text == "There is nothing to undo.")


def test_letters_stay_in_the_search_box(window: Window, qtbot: QtBot) -> None:
    press(qtbot, window, Qt.Key.Key_Slash)
    assert window.search.box.hasFocus()
    qtbot.keyClicks(window.search.box, "jkus/?")
    assert window.search.box.text() == "jkus/?"
    assert window.reader.hit is None


def test_search_as_you_type_and_back(window: Window, qtbot: QtBot) -> None:
    window.services.indexer.drain()
    window.search.look_here()
    qtbot.keyClicks(window.search.box, "number3")
    qtbot.waitUntil(lambda: title_count(window) == "1 item")
    qtbot.waitUntil(lambda: window.model.hit(0) is not None)
    hit = window.model.hit(0)
    marked = [hit.excerpt.text[start:end] for start, end in hit.excerpt.marks]
    assert marked == ["number3"]
    qtbot.keyClick(window.search.box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(window) == "https://example.org/3")
    press(qtbot, window, Qt.Key.Key_Slash)
    qtbot.keyClick(window.search.box, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: title_count(window) == "12 items")


def test_search_here_or_everywhere(window: Window, qtbot: QtBot) -> None:
    window.services.indexer.drain()
    window.side.places.go(Place("sector", "s0"))
    qtbot.waitUntil(lambda: len(window.model.ids) == 4)
    window.search.look_here("lithium")
    qtbot.waitUntil(lambda: window.search.scope.isVisible() and title_count(window) == "4 items")
    window.search.scope.findChildren(QToolButton)[1].click()
    qtbot.waitUntil(lambda: title_count(window) == "12 items")


def test_what_was_ignored_stands_under_the_box(window: Window, qtbot: QtBot) -> None:
    window.search.look_here("since:never lithium")
    qtbot.waitUntil(lambda: window.search.notes.isVisible())
    assert "never" in window.search.notes.text()


def test_filters_narrow_the_list(window: Window, qtbot: QtBot) -> None:
    chips = window.search.filters.findChildren(QToolButton)
    for chip, count in ((2, 9), (3, 3), (0, 12)):
        chips[chip].click()
        qtbot.waitUntil(lambda count=count: len(window.model.ids) == count)


def test_an_item_that_was_just_read_stays_until_the_person_looks_elsewhere(window: Window, qtbot: QtBot) -> None:
    window.side.places.go(UNREAD)
    window.items.step(1)
    qtbot.waitUntil(lambda: window.reader.hit is not None and window.reader.hit.mark.read)
    qtbot.wait(600)
    assert len(window.model.ids) == 12
    window.side.places.go(Place("all"))
    window.side.places.go(UNREAD)
    qtbot.waitUntil(lambda: len(window.model.ids) == 11)


def test_a_failing_source_says_why(window: Window, qtbot: QtBot) -> None:
    source = next(each for each in window.browsing.outline.sources.values() if each.label == "Beta")
    window.side.places.go(Place("source", "s1", source.id))
    qtbot.waitUntil(lambda: window.health.isVisible())
    assert "beta.example cannot be reached" in window.health.text
    row = window.side.places.places.find(Place("source", "s1", source.id))
    assert "beta.example cannot be reached" in row.data(Qt.ItemDataRole.AccessibleTextRole)
    window.side.places.go(Place("all"))
    assert not window.health.isVisible()


def test_a_failure_is_shown_over_the_list_and_esc_closes_it(window: Window, qtbot: QtBot) -> None:
    def fail() -> None:
        raise BadFile(name="<b>x</b>", detail="y")

    window.tasks.change(fail)
    qtbot.waitUntil(lambda: window.failure.isVisible())
    assert window.failure.text == "<b>x</b> cannot be read: y."
    assert window.failure._label.textFormat() is Qt.TextFormat.PlainText
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.failure.isVisible()


def test_esc_stops_long_work(window: Window, qtbot: QtBot) -> None:
    from threading import Event

    def work(task: object) -> bool:
        while not task.cancelled:
            task.step(1, 0, "waiting")
            Event().wait(0.01)
        return True

    window.tasks.job("long", work)
    qtbot.waitUntil(lambda: window.status.stop.isVisible(), timeout=3000)
    press(qtbot, window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.status.stop.isVisible())


def test_in_a_narrow_window_work_can_still_be_stopped(window: Window, qtbot: QtBot) -> None:
    window.resize(window.minimumSizeHint().width(), 600)
    window.glass.show()
    window.status.show_progress(1, 2, "something that takes long, and takes a long line to say")
    for bar in (window.status, window.status.stop):
        qtbot.waitUntil(bar.isVisible)
    stop = window.status.stop
    qtbot.waitUntil(lambda: stop.mapTo(window, stop.rect().bottomRight()).x() <= window.width())
    window.status.end_progress()
    assert not stop.isVisible()


def test_copy_the_link_by_key(window: Window, qtbot: QtBot) -> None:
    window.items.step(1)
    qtbot.waitUntil(lambda: shown(window) == item(0, 1).url)
    press(qtbot, window, Qt.Key.Key_C)
    assert QGuiApplication.clipboard().text() == "https://example.org/0"


def test_tab_reaches_every_pane(window: Window, qtbot: QtBot) -> None:
    window.side.places.setFocus()
    reached = set()
    for _ in range(30):
        reached.add(window.focusWidget())
        window.focusNextChild()
    assert {window.side.places, window.search.box, window.items, window.reader.text, window.side.refresh} <= reached


def test_every_button_that_is_only_an_icon_has_a_name_and_a_tooltip(window: Window) -> None:
    buttons = [each for each in window.findChildren(QToolButton) if not each.text() and each.objectName() == "icon"]
    assert len(buttons) > 6
    assert all(button.accessibleName() and button.toolTip() for button in buttons)


def test_the_window_comes_back_as_it_was_left(face: Face, window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.side.places.opened() == ["s0"])
    index = window.side.places.places.find(Place("sector", "s1"))
    window.side.places.expand(index)
    face._replace(face.services)
    again = face.window
    assert again is not window
    qtbot.waitUntil(lambda: again.side.places.opened() == ["s0", "s1"])


def test_another_language_holds_at_once(face: Face, window: Window, qtbot: QtBot) -> None:
    for language in ("fr", "en"):
        face.window._set("language", language)
        qtbot.waitUntil(lambda language=language: i18n.language() == language)
        qtbot.waitUntil(lambda: len(face.window.model.ids) == 12)
        assert face.services.preferences.values.language == language


def test_mark_all_read_in_a_place_leaves_the_others(window: Window, qtbot: QtBot) -> None:
    window.side.wanted.emit("read", Place("sector", "s0"), None)
    qtbot.waitUntil(lambda: window.done.isVisible())
    assert window.services.library.listing(Query(unread=True)).total == 8


def test_escape_leaves_the_search_for_the_list(window: Window, qtbot: QtBot) -> None:
    window.search.look_here("zzz")
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.empty)
    for _each in range(2):  # the first empties the box, before the list is back
        press(qtbot, window, Qt.Key.Key_Escape)
    qtbot.waitUntil(window.items.hasFocus)


def test_a_message_gives_the_keyboard_back_to_the_list(window: Window, qtbot: QtBot) -> None:
    window.revealing.open("https://example.org/1")
    qtbot.waitUntil(lambda: window.reader.strip.choices[0].hasFocus())
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.reader.strip.isVisible()
    assert window.items.hasFocus()


def test_everything_counts_all_items(window: Window, qtbot: QtBot) -> None:
    everything = window.side.places.places.find(ALL)
    qtbot.waitUntil(lambda: everything.data(COUNT) == 12)
    window.browsing.mark_all_read()
    qtbot.waitUntil(lambda: window.side.places.places.find(UNREAD).data(COUNT) == 0)
    assert everything.data(COUNT) == 12
    assert everything.data(Qt.ItemDataRole.AccessibleTextRole) == "All, 12 items"


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_a_button_that_has_the_keyboard_is_pressed(window: Window, qtbot: QtBot, key: Qt.Key) -> None:
    window.side.menu.clicked.disconnect()
    for button in (window.side.menu, window.status.stop):
        button.show()
        button.parentWidget().show()
        button.setFocus()
        with qtbot.waitSignal(button.clicked):
            press(qtbot, window, key)


def test_a_source_goes_to_the_top_of_its_sector(window: Window, qtbot: QtBot) -> None:
    def order() -> list[int]:
        return [each.source for each in window.browsing.outline.members["s0"]]

    window.curating.do("move", Place("source", None, 3), "s0")
    qtbot.waitUntil(lambda: order() == [1, 3])
    window.side.places.go(Place("source", "s0", 3))
    window.curating.do("rank", Place("source", "s0", 3), "top")
    qtbot.waitUntil(lambda: order() == [3, 1])
    assert window.side.places.place() == Place("source", "s0", 3), "it stays chosen"
    assert window.done.isVisible()
    window.curating.do("rank", Place("source", "s0", 3), "down")
    qtbot.waitUntil(lambda: order() == [1, 3])
    window.curating.do("rank", Place("source", "s0", 3), "up")
    qtbot.waitUntil(lambda: order() == [3, 1])
    window.browsing.undo()
    qtbot.waitUntil(lambda: order() == [1, 3])
