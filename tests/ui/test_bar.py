"""What stands over the list has room in the narrowest pane, in both languages; and says its keys in the person's."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from veille import i18n
from veille.model import Listing, Order
from veille.ui import theme
from veille.ui.places import ALL, Place
from veille.ui.search.bar import SearchBar

HALF = 339  # logical pixels of the list in a window of 640, half of a small screen


@pytest.fixture(params=["en", "fr"])
def bar(request: pytest.FixtureRequest, qapp: QApplication, qtbot: QtBot) -> Iterator[SearchBar]:
    i18n.use(request.param)
    qapp.setStyle("Fusion")
    theme.set_font(qapp)
    theme.apply(qapp, "light")
    page = QWidget()
    qtbot.addWidget(page)
    made = SearchBar(Order.RELEVANCE)
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(made)
    column.addStretch(1)
    page.setMinimumWidth(1)  # as in the window, which asks the bar for what it needs at least
    page.resize(1000, 500)
    page.show()
    qtbot.waitExposed(page)
    yield made
    i18n.use("en")


def widen(bar: SearchBar, width: int, qtbot: QtBot) -> None:
    bar.window().resize(width, 500)
    qtbot.waitUntil(lambda: bar.width() == width)
    QApplication.processEvents()


def cut(bar: SearchBar) -> list[str]:
    """Buttons that are narrower than their text needs, stand beside the bar or on each other."""
    buttons = [each for each in bar.findChildren(QToolButton) if each.isVisible() and each.parent() is not bar.box]
    at = {each: each.rect().translated(each.mapTo(bar, each.rect().topLeft())) for each in buttons}

    def wrong(one: QToolButton) -> bool:
        over = any(at[one].intersects(at[other]) for other in buttons if other is not one)
        return over or one.width() < one.sizeHint().width() or not bar.rect().contains(at[one])

    return [each.text() or each.accessibleName() for each in filter(wrong, buttons)]


@pytest.mark.parametrize("items", [0, 7, 12_345, 888_888])
def test_nothing_is_cut_off_at_any_width(bar: SearchBar, qtbot: QtBot, items: int) -> None:
    if QFontInfo(bar.font()).family() == "Inter":  # others are wider
        assert bar.least <= HALF
    for kept, text in ((False, "lithium"), (True, ""), (True, "lithium")):
        bar.show_place(Place("search", search=1, text="a") if kept else ALL)
        bar.box.setText(text)
        bar.show_listing(Listing([], items))  # type: ignore[arg-type]
        for width in (0, 350, 360, 369, 400, 430, 700):
            widen(bar, max(bar.least, width), qtbot)
            assert cut(bar) == []
            assert bar.count.text() in (i18n.number(items), bar.count.accessibleName())
            assert bar.narrow.isVisible()


def test_the_number_is_whole_where_there_is_room(bar: SearchBar, qtbot: QtBot) -> None:
    bar.show_listing(Listing([], 61))  # type: ignore[arg-type]
    widen(bar, 600, qtbot)
    assert bar.count.text() == bar.count.accessibleName() != "61"


def test_the_keyboard_stays_on_the_button_when_it_moves(bar: SearchBar, qtbot: QtBot) -> None:
    bar.box.setText("lithium")
    bar.window().activateWindow()
    bar.narrow.setFocus()
    qtbot.waitUntil(bar.narrow.hasFocus)
    below = bar.narrow.y()
    widen(bar, bar.least, qtbot)
    assert bar.narrow.y() < below
    assert bar.narrow.hasFocus()
    assert bar.narrow.isVisible()


def test_notes_are_never_cut_off_and_leave_room_for_the_list(bar: SearchBar, qtbot: QtBot) -> None:
    notes = tuple(f"“{name}” was ignored; possible: saved, unread, read, unsaved." for name in "abcdef")
    bar.box.setText("a")
    widen(bar, bar.least, qtbot)
    bar.show_listing(Listing([], 0, notes=notes))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: bar.notes.height() >= bar.notes.heightForWidth(bar.notes.width()))
    assert bar.height() < 250
    assert bar.notes.text().endswith("…")
    assert "“f”" in bar.notes.toolTip()
    widen(bar, 900, qtbot)
    bar.window().resize(900, 1600)
    qtbot.waitUntil(lambda: bar.window().height() == 1600)
    bar.show_listing(Listing([], 0, notes=notes))  # type: ignore[arg-type]
    assert bar.notes.text() == "\n".join(notes)
    assert bar.notes.toolTip() == ""
    high = bar.height()
    bar.box.clear()
    bar.show_listing(Listing([], 7))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: bar.height() < min(high, 110))


def test_keys_are_called_as_the_person_calls_them(qapp: QApplication, qtbot: QtBot) -> None:
    translator = QTranslator()
    assert translator.load("qtbase_fr", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    qapp.installTranslator(translator)
    i18n.use("fr")
    try:
        bar = SearchBar(Order.RELEVANCE)
        qtbot.addWidget(bar)
        tips = " ".join(action.toolTip() for action in bar.box.actions())
    finally:
        qapp.removeTranslator(translator)
        i18n.use("en")
    assert "(Alt+Bas)" in tips
    assert "(Esc)" not in tips
