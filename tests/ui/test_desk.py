"""The desk over a real profile: what it shows, how it is narrowed and ordered, what is done from it, and undo."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.conftest import press as press_key
from veille.core.curating.desk import Column
from veille.core.curating.findings import Cure, Finding, Ill
from veille.errors import Cancelled
from veille.model import Changes, Progress
from veille.ui.desk.table import COLUMNS, cell
from veille.ui.desk.window import DeskWindow, open_desk
from veille.ui.dialogs import naming
from veille.ui.labels import PlainLabel
from veille.ui.window import Window


class FakeHealth:
    """Finds what it was told, notes what was cured, and looks closely for as long as nobody stops it."""

    def __init__(self) -> None:
        self.found: dict[int, tuple[Finding, ...]] = {}
        self.cured: list[Cure] = []
        self.closely = 2

    def findings(self) -> dict[int, tuple[Finding, ...]]:
        return self.found

    def of(self, source: int) -> tuple[Finding, ...]:
        return self.found.get(source, ())

    def habit(self, _source: int) -> "FakeHealth":
        return self

    text = "usually 4 a day"

    def cure(self, finding: Finding, cure: Cure) -> Changes:
        self.cured.append(cure)
        self.found.pop(finding.source, None)
        return Changes(outline=True, text="Done.")

    def examine(self, progress: Progress) -> int:
        while self.closely < 0:
            if progress.cancelled:
                raise Cancelled
        return self.closely


def ill(source: int) -> Finding:
    cures = (Cure.RETRY, Cure.FIND, Cure.PAUSE)
    return Finding(source, Ill.SILENT, "Usually 4 a day, nothing for 3 days.", "Look at its site.", cures)


@pytest.fixture
def health(window: Window) -> FakeHealth:
    made = FakeHealth()
    made.found = {2: (ill(2),)}
    vars(window.services)["health"] = made
    vars(window.services).pop("desk", None)  # the window may have looked ahead
    return made


@pytest.fixture
def desk(window: Window, health: FakeHealth, qtbot: QtBot) -> Iterator[DeskWindow]:
    shown = open_desk(window)
    qtbot.waitUntil(lambda: shown.whole)
    yield shown
    for each in window.findChildren(DeskWindow):  # the first may be gone
        each.close()


def names(desk: DeskWindow) -> list[str]:
    return [row.source.label for row in desk.model.rows]


def texts(desk: DeskWindow) -> str:
    """What the pane says."""
    page = desk.details.widget()
    return "\n".join(each.text() for each in page.findChildren(PlainLabel)) if page else ""


def choose(desk: DeskWindow, qtbot: QtBot, *ids: int) -> None:
    desk.table.choose(ids)
    qtbot.waitUntil(lambda: desk.deeds.ids == ids)
    qtbot.wait(5)


def press(desk: DeskWindow, name: str, within: object = None) -> None:
    """The button that says so."""
    buttons = (within or desk).findChildren(QPushButton)  # type: ignore[attr-defined]
    next(each for each in buttons if each.text() == name and each.isVisibleTo(desk)).click()


def entries(fill: Callable[[QMenu], None]) -> dict[str, Callable[[], None]]:
    menu = QMenu()
    fill(menu)
    entries.kept = menu  # type: ignore[attr-defined] - it owns its actions
    return {each.text(): each.trigger for each in menu.actions() if each.text()}


# What is shown ------------------------------------------------------------------------------------


def test_all_sources_stand_in_the_table(desk: DeskWindow) -> None:
    assert names(desk) == ["Alpha", "Beta", "Gamma"]
    assert desk.counts.text() == "3 sources · 1 needs attention"
    beta = desk.model.rows[1]
    assert (cell(beta, Column.SECTOR), cell(beta, Column.HEALTH), cell(beta, Column.KIND)) == (
        "Health", "Silent", "Feed")  # fmt: skip
    assert desk.model.index(1, COLUMNS.index(Column.HEALTH)).data(Qt.ItemDataRole.ToolTipRole).count("Usually 4 a day")
    assert desk.windowTitle() == "Desk"


def test_it_opens_with_what_the_window_knows(window: Window, health: FakeHealth, qtbot: QtBot) -> None:
    vars(window.services).pop("desk", None)  # it may have looked ahead since
    shown = DeskWindow(window)
    assert not shown.whole
    assert names(shown) == ["Alpha", "Beta", "Gamma"]
    shown.done(0)
    window.services.desk.rows()
    again = DeskWindow(window)
    assert again.whole
    assert not again.fresh
    assert again.counts.text() == "3 sources · 1 needs attention"
    again.show()
    qtbot.waitUntil(lambda: again.fresh)
    again.close()


def test_the_window_looks_ahead(window: Window, health: FakeHealth, qtbot: QtBot) -> None:
    window._look_ahead()
    qtbot.waitUntil(lambda: window.services.desk.known)


def test_it_is_opened_once_and_by_a_key(window: Window, desk: DeskWindow, qtbot: QtBot) -> None:
    assert open_desk(window) is desk
    desk.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    press_key(qtbot, window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: any(each.isVisible() for each in window.findChildren(DeskWindow)))


def test_a_head_orders_the_table(desk: DeskWindow, qtbot: QtBot) -> None:
    head = desk.table.horizontalHeader()
    for expected in (["Gamma", "Beta", "Alpha"], ["Alpha", "Beta", "Gamma"]):
        at = QPoint(head.sectionViewportPosition(0) + 20, head.height() // 2)
        qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert names(desk) == expected
    desk.table.sortByColumn(COLUMNS.index(Column.HEALTH), Qt.SortOrder.AscendingOrder)
    assert names(desk)[0] == "Beta"
    assert desk.model.headerData(COLUMNS.index(Column.HEALTH), Qt.Orientation.Horizontal) == "Health ↑"


def test_the_largest_comes_first_at_first(desk: DeskWindow) -> None:
    role, largest = Qt.ItemDataRole.InitialSortOrderRole, ("last", "weekly", "read", "saved", "cost", "added")
    for column in COLUMNS:
        first = desk.model.headerData(COLUMNS.index(column), Qt.Orientation.Horizontal, role)
        assert (first is Qt.SortOrder.DescendingOrder) == (column in largest)


def test_words_and_choices_narrow_it(desk: DeskWindow, qtbot: QtBot) -> None:
    qtbot.keyClicks(desk.filters.text, "ALPH")
    qtbot.waitUntil(lambda: names(desk) == ["Alpha"])
    assert desk.counts.text() == "1 of 3 sources · 1 needs attention"
    assert desk.filters.clear()
    assert not desk.filters.clear()
    assert len(names(desk)) == 3
    desk.filters.ailing.click()
    assert names(desk) == ["Beta"]
    desk.filters.paused.click()
    assert names(desk) == []
    assert desk.empty.text() == "No source is like that."
    assert desk.stack.currentWidget() is desk.empty
    desk.filters.clear()
    desk.filters.sector.setCurrentIndex(desk.filters.sector.findData(""))
    assert names(desk) == ["Gamma"]
    qtbot.keyClick(desk, Qt.Key.Key_Escape)
    assert len(names(desk)) == 3
    qtbot.keyClick(desk, Qt.Key.Key_Escape)
    assert not desk.isVisible()


def test_the_chosen_one_is_told_at_length(desk: DeskWindow, qtbot: QtBot) -> None:
    choose(desk, qtbot, 2)
    qtbot.waitUntil(lambda: "usually 4 a day" in texts(desk))
    said = texts(desk)
    for text in ("Beta", "https://beta.example/feed", "Usually 4 a day, nothing", "Look at its site.", "By: You"):
        assert text in said
    choose(desk, qtbot, 3)
    qtbot.waitUntil(lambda: "It is in no sector." in texts(desk))


def test_several_are_told_together(desk: DeskWindow, qtbot: QtBot) -> None:
    desk.table.selectAll()
    qtbot.waitUntil(lambda: "3 sources chosen" in texts(desk))
    assert "1 needs attention" in texts(desk)
    assert "Feed: 3" in texts(desk)


def test_what_is_chosen_stays_so(desk: DeskWindow, qtbot: QtBot) -> None:
    choose(desk, qtbot, 1, 2)
    desk.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert sorted(desk.deeds.ids) == [1, 2]
    desk.filters.ailing.click()
    assert desk.deeds.ids == (2,)
    desk.look()
    qtbot.wait(60)
    assert desk.deeds.ids == (2,)
    desk.filters.clear()
    assert sorted(desk.deeds.ids) == [1, 2]


def test_while_it_is_not_shown_its_neighbour_is_chosen(desk: DeskWindow, qtbot: QtBot) -> None:
    choose(desk, qtbot, 2)
    qtbot.keyClick(desk.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(desk) == ["Alpha", "Gamma"])
    assert desk.deeds.ids == (3,)
    assert desk.table.currentIndex().row() == 1
    assert desk.table.hasFocus()
    qtbot.keyClick(desk.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(desk) == ["Alpha"])
    assert desk.deeds.ids == (1,)
    for _each in range(2):
        qtbot.keyClick(desk, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(names(desk)) == 3)
    assert desk.deeds.ids == (2,)
    desk.table.clearSelection()
    desk.look()
    qtbot.wait(60)
    assert desk.deeds.ids == ()


def test_the_keyboard_is_never_on_nothing(desk: DeskWindow, qtbot: QtBot) -> None:
    choose(desk, qtbot, 2)
    desk.filters.ailing.click()
    desk.table.setFocus()
    qtbot.keyClick(desk.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(desk) == [])
    assert desk.focusWidget() is desk.filters.text
    desk.filters.clear()
    desk.table.setFocus()
    desk.table.selectAll()
    qtbot.keyClick(desk.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not desk.rows)
    assert desk.focusWidget() is desk.add
    qtbot.keyClick(desk, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(names(desk)) == 2)


def test_enter_presses_what_has_the_keyboard(desk: DeskWindow, qtbot: QtBot) -> None:
    choose(desk, qtbot, 1)
    desk.filters.paused.setFocus()
    qtbot.keyClick(desk.filters.paused, Qt.Key.Key_Return)
    assert desk.filters.paused.isChecked()
    desk.filters.clear()
    desk.filters.text.setFocus()
    qtbot.keyClick(desk.filters.text, Qt.Key.Key_Return)
    assert desk.isVisible()
    desk.bar.pause.setFocus()
    qtbot.keyClick(desk.bar.pause, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.bar.pause.text() == "Resume")


def test_order_and_widths_are_remembered(window: Window, desk: DeskWindow, qtbot: QtBot) -> None:
    desk.table.sortByColumn(COLUMNS.index(Column.LAST), Qt.SortOrder.DescendingOrder)
    desk.table.horizontalHeader().resizeSection(0, 317)
    desk.close()
    qtbot.waitUntil(lambda: bool(window.services.preferences.recall("desk.look")))
    again = open_desk(window)
    qtbot.waitUntil(lambda: again.model.order == (Column.LAST, Qt.SortOrder.DescendingOrder))
    assert again.table.horizontalHeader().sectionSize(0) == 317
    for nonsense in ("{}", "no", '{"head": 1, "by": "colour", "down": 0}'):
        again.table.restore_look(nonsense)
    again.close()


# What is done -------------------------------------------------------------------------------------


def test_they_are_moved_and_undo_puts_them_back(desk: DeskWindow, qtbot: QtBot) -> None:
    choose(desk, qtbot, 1, 2)
    entries(desk.deeds.fill_moves)["Health"]()
    qtbot.waitUntil(lambda: desk.strip.isVisible())
    assert desk.strip.text == "2 sources moved to “Health”."
    qtbot.waitUntil(lambda: [row.sectors for row in desk.rows] == [("Health",), ("Health",), ()])
    press(desk, "Undo", desk.strip)
    qtbot.waitUntil(lambda: sorted(row.sectors for row in desk.rows) == [(), ("Energy",), ("Health",)])


def test_deeds_of_the_bar(desk: DeskWindow, qtbot: QtBot) -> None:
    choose(desk, qtbot, 1)
    entries(desk.deeds.fill_places)["Health"]()
    qtbot.waitUntil(lambda: any(row.sectors == ("Energy", "Health") for row in desk.rows))
    desk.bar.pause.click()
    qtbot.waitUntil(lambda: desk.bar.pause.text() == "Resume")
    desk.bar.pause.click()
    qtbot.waitUntil(lambda: desk.bar.pause.text() == "Pause")
    entries(desk.deeds.fill_trials)["For two weeks"]()
    qtbot.waitUntil(lambda: any(isinstance(row.trial, date) for row in desk.rows))
    desk.filters.trial.click()
    assert names(desk) == ["Alpha"]
    entries(desk.deeds.fill_trials)["No trial: keep for good"]()
    qtbot.waitUntil(lambda: names(desk) == [])


def test_labels_are_given_and_taken(desk: DeskWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "ask_name", lambda *_: "Core & daily")
    choose(desk, qtbot, 1)
    entries(desk.deeds.fill_labels)["New label…"]()
    qtbot.waitUntil(lambda: any(row.source.labels == ("Core & daily",) for row in desk.rows))
    assert desk.filters.label.findData("Core & daily") > 0
    menu = QMenu()
    desk.deeds.fill_labels(menu)
    assert [each.isChecked() for each in menu.actions() if each.isCheckable()] == [True]
    entries(desk.deeds.fill_labels)["Core && daily"]()
    qtbot.waitUntil(lambda: all(not row.source.labels for row in desk.rows))


def test_a_new_sector_takes_them(desk: DeskWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "ask_name", lambda *_: "Law")
    choose(desk, qtbot, 1)
    entries(desk.deeds.fill_moves)["New sector…"]()
    qtbot.waitUntil(lambda: any(row.sectors == ("Law",) for row in desk.rows))
    assert desk.strip.text == "“Alpha” is now in “Law”."
    press(desk, "Undo", desk.strip)
    qtbot.waitUntil(lambda: all(each.title != "Law" for each in desk.deeds.outline.sectors))
    assert sorted(row.sectors for row in desk.rows) == [(), ("Energy",), ("Health",)]


def test_what_failed_is_said_once(desk: DeskWindow, window: Window, qtbot: QtBot) -> None:
    desk.activateWindow()
    qtbot.waitUntil(desk.isActiveWindow)
    window.tasks.failed.emit("It failed.")
    assert desk.strip.text == "It failed."
    assert not window.failure.isVisible()
    desk.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.tasks.failed.emit("It failed.")
    assert window.failure.isVisible()


def test_delete_removes_and_ctrl_z_brings_back(desk: DeskWindow, qtbot: QtBot) -> None:
    choose(desk, qtbot, 1, 3)
    qtbot.keyClick(desk.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(desk) == ["Beta"])
    qtbot.keyClick(desk, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(names(desk)) == 3)


def test_the_reason_is_changed(desk: DeskWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "ask_name", lambda *_: "Read by all")
    choose(desk, qtbot, 1)
    qtbot.waitUntil(lambda: "Alpha" in texts(desk))
    press(desk, "Change…", desk.details.widget())
    qtbot.waitUntil(lambda: "Why: Read by all" in texts(desk))


def test_a_cure_is_done_in_a_click(
    desk: DeskWindow, health: FakeHealth, window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(window.curating, "refresh", asked.append)
    monkeypatch.setattr(window.curating, "add_address", lambda *what, over: asked.append((*what, over is desk)))
    choose(desk, qtbot, 2)
    qtbot.waitUntil(lambda: "Beta" in texts(desk))
    finding, row = health.found[2][0], desk.deeds.chosen[0]
    for cure in finding.cures:
        desk.deeds.cure(row, finding, cure)
    qtbot.waitUntil(lambda: health.cured == [Cure.PAUSE])
    assert asked == [(2,), ("s1", "https://beta.example/", True)]
    qtbot.waitUntil(lambda: desk.counts.text() == "3 sources")
    assert "Usually" not in texts(desk)


def test_enter_shows_what_it_gave(desk: DeskWindow, window: Window, qtbot: QtBot) -> None:
    choose(desk, qtbot, 2)
    desk.table.setCurrentIndex(desk.model.index(1, 0))
    qtbot.keyClick(desk.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.side.places.place().source == 2)
    assert desk.isVisible()


def test_a_failure_is_said(desk: DeskWindow, qtbot: QtBot) -> None:
    choose(desk, qtbot, 1)
    desk.deeds.move("none")
    qtbot.waitUntil(lambda: desk.strip.isVisible())
    assert "none" in desk.strip.text
    qtbot.keyClick(desk, Qt.Key.Key_Escape)
    assert not desk.strip.isVisible()
    assert desk.isVisible()


def test_it_looks_closely_and_can_be_stopped(desk: DeskWindow, health: FakeHealth, qtbot: QtBot) -> None:
    desk.examining.begin()
    qtbot.waitUntil(lambda: desk.strip.isVisible())
    assert desk.strip.text == "2 things were found."
    health.closely = -1
    desk.examining.begin()
    assert desk.examining.isVisible()
    press(desk, "Stop", desk.examining)
    qtbot.waitUntil(lambda: not desk.examining.isVisible())


def test_what_was_begun_is_done_though_it_is_closed(desk: DeskWindow, window: Window, qtbot: QtBot) -> None:
    choose(desk, qtbot, 1)
    desk.deeds.pause()
    desk.examining.begin()
    desk.close()
    qtbot.waitUntil(lambda: 1 in window.browsing.outline.paused and not window.tasks.busy())


def test_a_change_elsewhere_is_seen(desk: DeskWindow, window: Window, qtbot: QtBot) -> None:
    curation = window.services.curation
    window.tasks.change(lambda: curation.rename_source(1, "Zeta"))
    qtbot.waitUntil(lambda: names(desk) == ["Beta", "Gamma", "Zeta"])


def test_the_menus_are_whole(desk: DeskWindow, qtbot: QtBot) -> None:
    choose(desk, qtbot, 1)
    menu = desk.deeds.menu(desk)
    assert [each.text() for each in menu.actions() if each.text()] == [
        "Show what it gave", "Refresh", "Move to", "Also in", "Label", "Trial", "Pause", "Remove",
    ]  # fmt: skip
    assert set(entries(desk._fill_more)) >= {"Check thoroughly", "Export OPML…"}


# Room ---------------------------------------------------------------------------------------------


def test_where_there_is_little_room_it_folds(desk: DeskWindow, qtbot: QtBot) -> None:
    desk.resize(1240, 760)
    qtbot.waitUntil(lambda: desk.split.orientation() is Qt.Orientation.Horizontal)
    desk.resize(640, 370)
    qtbot.waitUntil(lambda: desk.split.orientation() is Qt.Orientation.Vertical)
    assert desk.width() <= 640
    assert desk.height() <= 370
    assert not desk.details.isVisible()
    assert desk.filters.more.isVisible()
    assert not desk.filters.choices.isVisible()
    desk.filters.more.click()
    assert desk.filters.choices.isVisible()
    desk.beside.click()
    assert desk.details.isVisible()
