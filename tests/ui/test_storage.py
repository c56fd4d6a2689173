"""The window about storage: sizes, the setting, and a clean-up that shows first what it would remove."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.core.conftest import an_item
from tests.fakes import FakeClock
from tests.ui.conftest import NEWEST, fill, press
from veille.core.keeping.storage import Proposal
from veille.errors import ProfileUnwritable
from veille.model import Query
from veille.store import open_store
from veille.ui import menus
from veille.ui.dialogs.storage import StorageWindow, open_storage
from veille.ui.tasks import Task
from veille.ui.window import Window

Opened = Callable[[], StorageWindow]


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Beside the twelve items of the day, 30 of Alpha and three of Beta that are 100 days old; one is saved."""
    folder = fill(tmp_path / "profile")
    store = open_store(folder, write=True, clock=FakeClock())
    for source, count in ((1, 30), (2, 3)):
        when = NEWEST - timedelta(days=100)
        ids = store.items.apply([an_item(source, f"old {n}", when) for n in range(count)], [])
    store.marks.set_saved(ids[:1], when)
    store.close()
    return folder


@pytest.fixture
def opened(qtbot: QtBot, window: Window) -> Opened:
    def make() -> StorageWindow:
        storage = open_storage(window)
        qtbot.waitUntil(lambda: bool(storage.sum.text()) and storage.isActiveWindow())
        return storage

    return make


def propose(qtbot: QtBot, storage: StorageWindow, days: int = 90) -> Proposal:
    """Press “Clean up…”, and say from how many days."""
    storage.begin.click()
    storage.clean_up.days.setValue(days)
    qtbot.waitUntil(lambda: storage.clean_up.proposal is not None)
    found = storage.clean_up.proposal
    assert found is not None
    return found


def test_the_menu_opens_it_once(qtbot: QtBot, window: Window) -> None:
    menu = menus.whole(window)
    (entry,) = [each for beside in menu.findChildren(QMenu) for each in beside.actions() if each.text() == "Storage…"]
    entry.trigger()
    (storage,) = window.findChildren(StorageWindow)
    assert open_storage(window) is storage
    assert storage.isVisible()


def test_what_takes_room_is_said(opened: Opened) -> None:
    storage = opened()
    assert storage.sum.text().startswith("This profile takes ")
    assert storage.cells["database"].text().endswith(" kB")
    assert storage.cells["pictures"].text() == "0 bytes"
    assert storage.items.text() == "45 items, the oldest is of 21 Nov 2025, 1 is kept for ever."
    assert not storage.clean_up.isVisible()
    assert not storage.progress.isVisible()


def test_where_nothing_would_go_nothing_is_offered(qtbot: QtBot, opened: Opened) -> None:
    storage = opened()
    assert propose(qtbot, storage, 3000).items == 0
    assert not storage.clean_up.remove.isVisible()
    assert not storage.clean_up.final.isVisible()
    assert storage.clean_up.leave.isVisible()


def test_on_a_small_screen_what_would_go_is_scrolled_to(qtbot: QtBot, opened: Opened) -> None:
    storage = opened()
    storage.resize(480, 300)
    propose(qtbot, storage)
    seen, remove = storage.area.viewport(), storage.clean_up.remove
    qtbot.waitUntil(lambda: seen.rect().contains(remove.mapTo(seen, remove.rect().center())))


def test_the_setting_is_the_one_of_the_preferences(qtbot: QtBot, window: Window, opened: Opened) -> None:
    storage = opened()
    assert storage.days.value() == 90
    storage.days.setValue(30)
    qtbot.waitUntil(lambda: window.services.preferences.values.keep_days == 30)
    storage.days.setValue(0)
    assert storage.days.text() == "for ever"
    qtbot.waitUntil(lambda: window.services.preferences.values.keep_days == 0)
    storage.begin.click()
    assert storage.clean_up.days.value() == 90, "never is no number of days to remove by"


def test_it_shows_what_would_go_and_then_removes_that(qtbot: QtBot, window: Window, opened: Opened) -> None:
    storage = opened()
    clean_up = storage.clean_up
    assert propose(qtbot, storage, 200).items == 0
    assert (clean_up.text.text(), clean_up.remove.isEnabled()) == ("There is nothing to delete.", False)
    assert not clean_up.kept.isVisible()
    assert propose(qtbot, storage).items == 32
    assert clean_up.text.text().startswith("32 items that came before 01 Dec 2025 would go, about ")
    assert clean_up.sources.text() == "Alpha · 30\nBeta · 2"
    assert clean_up.kept.text() == "1 item as old stays: you kept it."
    assert clean_up.remove.text() == "Delete 32 items"
    assert len(window.services.library.listing(Query()).ids) == 45, "nothing is removed by looking"
    clean_up.remove.click()
    qtbot.waitUntil(storage.strip.isVisible)
    assert storage.strip.text == "32 items were deleted. Their room is used for what comes."
    qtbot.waitUntil(lambda: storage.items.text().startswith("13 items,"))
    qtbot.waitUntil(lambda: len(window.model.ids) == 13)
    assert not clean_up.isVisible()
    assert storage.begin.isEnabled()
    assert not window.done.isVisible(), "there is nothing to undo"


def test_a_number_that_is_being_typed_removes_nothing(qtbot: QtBot, window: Window, opened: Opened) -> None:
    storage = opened()
    propose(qtbot, storage)
    days = storage.clean_up.days
    assert days.hasFocus()
    days.selectAll()
    qtbot.keyClicks(days, "9")
    assert not storage.clean_up.remove.isEnabled()
    assert storage.clean_up.text.text() == "Looking for what would go…"
    storage.clean(), "nor does who is fast"
    qtbot.keyClicks(days, "0")
    qtbot.keyClick(days, Qt.Key.Key_Return)
    assert storage.isVisible()
    qtbot.waitUntil(storage.clean_up.remove.isEnabled)
    assert not window.tasks.busy()
    assert len(window.services.library.listing(Query()).ids) == 45


def test_with_the_keyboard_alone(qtbot: QtBot, window: Window, opened: Opened) -> None:
    storage = opened()
    assert storage.begin.hasFocus()
    qtbot.keyClick(storage.begin, Qt.Key.Key_Return)
    assert storage.clean_up.days.hasFocus()
    qtbot.keyClick(storage.clean_up.days, Qt.Key.Key_Escape)
    assert not storage.clean_up.isVisible()
    assert storage.begin.hasFocus()
    qtbot.keyClick(storage.begin, Qt.Key.Key_Return)
    qtbot.waitUntil(storage.clean_up.remove.isEnabled)
    qtbot.keyClick(storage.clean_up.days, Qt.Key.Key_Tab)
    assert storage.clean_up.remove.hasFocus()
    qtbot.keyClick(storage.clean_up.remove, Qt.Key.Key_Space)
    qtbot.waitUntil(storage.strip.isVisible)
    assert storage.begin.hasFocus()
    qtbot.keyClick(storage.begin, Qt.Key.Key_Escape)
    assert not storage.isVisible()


def test_it_can_be_stopped(qtbot: QtBot, window: Window, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    clean, held = window.services.storage.clean, Event()

    def slow(proposal: Proposal, progress: Task) -> object:
        progress.step(1, 3, "Deleting old items")
        while not progress.cancelled:
            held.wait(0.01)
        return clean(proposal, progress)

    monkeypatch.setattr(window.services.storage, "clean", slow)
    storage = opened()
    propose(qtbot, storage)
    storage.clean_up.remove.click()
    qtbot.waitUntil(lambda: storage.bar.maximum() == 3)
    assert storage.progress.isVisible()
    assert not storage.begin.isEnabled()
    qtbot.keyClick(storage, Qt.Key.Key_Escape)
    qtbot.waitUntil(storage.strip.isVisible)
    assert storage.isVisible()
    assert storage.strip.text == "0 items were deleted."
    assert not storage.progress.isVisible()
    assert len(window.services.library.listing(Query()).ids) == 45


def test_a_failure_is_said_and_all_can_be_done_again(
    qtbot: QtBot, window: Window, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_proposal: Proposal, _progress: Task) -> None:
        raise ProfileUnwritable(path="/profile", detail="the disk is full")

    monkeypatch.setattr(window.services.storage, "clean", fail)
    storage = opened()
    propose(qtbot, storage)
    storage.clean_up.remove.click()
    qtbot.waitUntil(window.failure.isVisible)
    assert "the disk is full" in window.failure.text
    qtbot.waitUntil(storage.begin.isEnabled)
    assert not storage.progress.isVisible()


def test_closing_lets_it_go_on(qtbot: QtBot, window: Window, opened: Opened) -> None:
    storage = opened()
    propose(qtbot, storage)
    storage.clean_up.remove.click()
    storage.shut.click()
    assert not storage.isVisible()
    qtbot.waitUntil(lambda: len(window.model.ids) == 13)
    press(qtbot, window, Qt.Key.Key_J)
