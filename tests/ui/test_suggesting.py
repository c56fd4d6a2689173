"""What is offered under the search box, and that it never takes what is typed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from veille.model import Listing, Order, Outline, Sector
from veille.search.query.operators import OPERATORS
from veille.ui.search.bar import SearchBar
from veille.ui.search.popup import Choice, Popup
from veille.ui.search.suggesting import Suggesting
from veille.ui.tasks import Tasks

WHEN = datetime(2026, 3, 1, tzinfo=UTC)
OUTLINE = Outline((Sector("s0", "Énergie"), Sector("s1", "Éolien en mer"), Sector("s2", "Health & <b>care</b>")))
Key = Qt.Key


class Searches:
    """The history of searches, in memory."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def recent(self, limit: int = 50) -> list[str]:
        return self.kept[:limit]

    def remember(self, text: str) -> None:
        self.kept = [text, *(each for each in self.kept if each != text)]

    def forget(self) -> None:
        self.kept = []


class Desk:
    """A bar with what it is offered, and what it told."""

    def __init__(self, tasks: Tasks) -> None:
        self.page = QWidget()
        self.page.resize(520, 480)
        self.bar = SearchBar(Order.RELEVANCE)
        self.searches = Searches()
        annotations = SimpleNamespace(tags=lambda: ("solar", "to do"))
        services = SimpleNamespace(searches=self.searches, annotations=annotations, writable=True)
        self.suggesting = Suggesting(services, tasks, self.bar, self.page)  # type: ignore[arg-type]
        self.suggesting.outline = OUTLINE
        column = QVBoxLayout(self.page)
        column.addWidget(self.bar)
        column.addStretch(1)
        self.left: list[str] = []
        self.bar.left.connect(lambda: self.left.append(self.bar.text))
        self.box = self.bar.box

    @property
    def popup(self) -> Popup:
        assert self.box.popup is not None
        return self.box.popup

    def offered(self) -> list[str]:
        popup = self.box.popup
        if popup is None or not popup.isVisible():
            return []
        return [popup.item(at).text() for at in range(popup.count())]


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    tasks = Tasks()
    made = Desk(tasks)
    qtbot.addWidget(made.page)
    made.page.show()
    made.page.activateWindow()
    made.box.setFocus()
    qtbot.waitUntil(made.box.hasFocus)
    yield made
    tasks.close()


def test_an_operator_is_completed_and_then_what_it_takes(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(desk.box, "lithium sect")
    assert desk.offered() == ["sector:"]
    qtbot.keyClick(desk.box, Key.Key_Tab)
    assert desk.box.text() == "lithium sector:"
    assert desk.box.hasFocus()
    assert desk.offered() == [each.title for each in OUTLINE.sectors]
    qtbot.keyClick(desk.box, Key.Key_Down)
    qtbot.keyClick(desk.box, Key.Key_Down)
    qtbot.keyClick(desk.box, Key.Key_Return)
    assert desk.box.text() == 'lithium sector:"Éolien en mer" '
    assert desk.offered() == []
    assert desk.left == []
    qtbot.keyClick(desk.box, Key.Key_Return)
    assert desk.left == ['lithium sector:"Éolien en mer" ']


def test_tags_of_the_person_are_offered(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(desk.box, "tag")
    qtbot.waitUntil(lambda: bool(desk.suggesting._tags))
    qtbot.keyClicks(desk.box, ":to")
    qtbot.keyClick(desk.box, Key.Key_Tab)
    assert desk.box.text() == 'tag:"to do" '


def test_what_is_taken_can_be_undone_in_the_box(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(desk.box, "sector:eol")
    qtbot.keyClick(desk.box, Key.Key_Tab)
    assert desk.box.text() == 'sector:"Éolien en mer" '
    desk.box.undo()
    assert desk.box.text() == "sector:eol"


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Down])
def test_with_nothing_chosen_the_keys_go_to_the_list(desk: Desk, qtbot: QtBot, key: Key) -> None:
    qtbot.keyClicks(desk.box, "ti")
    assert desk.offered() == ["title:"]
    qtbot.keyClick(desk.box, key)
    assert desk.left == ["ti"]
    assert desk.offered() == []


def test_up_goes_in_from_below_and_round(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(desk.box, "sector:")
    rows = []
    for key in (Key.Key_Up, Key.Key_Up, Key.Key_Up, Key.Key_Up, Key.Key_Down):
        qtbot.keyClick(desk.box, key)
        rows.append(desk.popup.currentRow())
    assert rows == [2, 1, 0, -1, 0]


def test_a_click_takes_a_line_and_the_box_keeps_the_keyboard(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(desk.box, "x sector:")
    line = desk.popup.visualItemRect(desk.popup.item(2)).center()
    qtbot.mouseClick(desk.popup.viewport(), Qt.MouseButton.LeftButton, pos=line)
    assert desk.box.text() == 'x sector:"Health & <b>care</b>" '
    assert desk.box.hasFocus()


def test_it_closes_with_escape_and_when_the_keyboard_goes(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(desk.box, "ti")
    qtbot.keyClick(desk.box, Key.Key_Escape)
    assert desk.offered() == []
    assert desk.box.text() == "ti"
    qtbot.keyClicks(desk.box, "t")
    assert desk.offered() == ["title:"]
    desk.box.clearFocus()
    assert desk.offered() == []


def test_a_text_that_comes_by_itself_opens_nothing(desk: Desk) -> None:
    desk.bar.put("ti")
    assert desk.offered() == []


def test_an_emoji_before_the_cursor_counts_once(desk: Desk, qtbot: QtBot) -> None:
    desk.bar.put("🔋🔋 ")
    desk.box.setFocus()
    qtbot.keyClicks(desk.box, "sect")
    qtbot.keyClick(desk.box, Key.Key_Tab)
    assert desk.box.text() == "🔋🔋 sector:"


def test_the_list_stays_in_its_window(desk: Desk, qtbot: QtBot) -> None:
    desk.page.resize(300, 200)
    desk.popup_lines = [Choice("long " * 40, "detail " * 20)] * 30  # type: ignore[attr-defined]
    qtbot.keyClicks(desk.box, "ti")
    desk.popup.open(desk.popup_lines, entered=True)  # type: ignore[attr-defined]
    assert desk.page.rect().contains(desk.popup.geometry())
    desk.popup.grab()


def test_the_list_stays_under_its_box_when_a_note_comes_or_the_window_changes(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(desk.box, "ti")
    desk.bar.show_listing(Listing([], 0, notes=("One.", "Two.")))  # type: ignore[arg-type]
    desk.page.resize(700, 300)
    qtbot.waitUntil(lambda: desk.box.width() > 600)
    assert desk.offered() == ["title:"]
    below = desk.box.mapTo(desk.page, desk.box.rect().bottomLeft())
    assert desk.popup.pos().x() == below.x()
    assert 0 < desk.popup.y() - below.y() < 8
    assert desk.popup.width() == desk.box.width()


def test_searches_of_before_come_with_down_in_an_empty_box(desk: Desk, qtbot: QtBot) -> None:
    desk.searches.kept = ["lithium prices", "éolien"]
    qtbot.keyClick(desk.box, Key.Key_Down)
    qtbot.waitUntil(lambda: bool(desk.offered()))
    assert desk.offered() == ["lithium prices", "éolien", "Clear the history of searches"]
    qtbot.keyClick(desk.box, Key.Key_Down)
    qtbot.keyClick(desk.box, Key.Key_Down)
    qtbot.keyClick(desk.box, Key.Key_Return)
    assert desk.box.text() == "éolien"
    assert desk.left == []


def test_without_a_history_down_goes_to_the_list(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClick(desk.box, Key.Key_Down)
    qtbot.waitUntil(lambda: desk.left == [""])
    assert desk.offered() == []


def test_one_click_clears_the_history(desk: Desk, qtbot: QtBot) -> None:
    desk.searches.kept = ["lithium"]
    desk.box._clock.trigger()
    qtbot.waitUntil(lambda: bool(desk.offered()))
    with qtbot.waitSignal(desk.suggesting.told) as told:
        desk.popup.itemClicked.emit(desk.popup.item(1))
    assert desk.searches.kept == []
    assert told.args == ["The history of searches is empty."]


def test_what_the_person_goes_on_from_is_remembered_once(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(desk.box, "lithium ")
    qtbot.wait(50)
    assert desk.searches.kept == [], "not at each key"
    desk.suggesting.remember()
    desk.suggesting.remember()
    qtbot.waitUntil(lambda: desk.searches.kept == ["lithium"])
    desk.box.clear()
    desk.suggesting.remember()
    qtbot.keyClicks(desk.box, "lit")
    assert desk.offered() == ["lithium"]
    assert desk.searches.kept == ["lithium"]


def test_what_was_perhaps_meant_is_a_press_away(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(desk.box, "lithum")
    assert not desk.bar.meant.isVisible()
    desk.bar.show_listing(Listing([], 0, suggestion="lithium & <b>more</b>"))  # type: ignore[arg-type]
    assert desk.bar.meant.isVisible()
    assert desk.bar.meant.text() == "Did you mean “lithium && <b>more</b>”?"
    assert desk.bar.meant.accessibleName() == "Did you mean “lithium & <b>more</b>”?"
    desk.bar.meant.setFocus()
    with qtbot.waitSignal(desk.bar.asked):
        qtbot.keyClick(desk.bar.meant, Key.Key_Return)
    assert desk.box.text() == "lithium & <b>more</b>"
    assert desk.box.hasFocus()
    desk.bar.show_listing(Listing([], 0))  # type: ignore[arg-type]
    assert not desk.bar.meant.isVisible()


def test_a_long_suggestion_does_not_widen_the_window(desk: Desk) -> None:
    before = desk.page.minimumSizeHint().width()
    desk.bar.show_listing(Listing([], 0, suggestion="lithium " * 60))  # type: ignore[arg-type]
    assert desk.page.minimumSizeHint().width() == before
    assert desk.bar.meant.text().endswith("…")


def test_a_key_is_answered_at_once_and_of_a_burst_the_last(desk: Desk, qtbot: QtBot) -> None:
    qtbot.wait(40)
    asked: list[str] = []
    desk.bar.asked.connect(lambda: asked.append(desk.bar.text))
    desk.box.insert("l")
    assert asked == ["l"]
    for letter in "ithium":
        desk.box.insert(letter)
    qtbot.waitUntil(lambda: asked == ["l", "lithium"])


@pytest.mark.parametrize("operator", [each.names[0] for each in OPERATORS])
def test_every_operator_is_offered(desk: Desk, qtbot: QtBot, operator: str) -> None:
    qtbot.keyClicks(desk.box, operator[:4])
    assert f"{operator}:" in desk.offered()
