"""Refreshing from the window: by the person, by the schedule, with its report."""

from collections.abc import Callable, Iterable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from veille.core.refresh import Report
from veille.model import Changes, Progress
from veille.ui.places import Place
from veille.ui.window import Window


class Asked:
    """A refresher that asks nobody: it remembers whom it would have asked, and finds one new item a source."""

    def __init__(self, window: Window, due: tuple[int, ...] = ()) -> None:
        self.runs: list[tuple[int, ...] | None] = []
        self._due = due
        self._sources = window.browsing.outline.sources

    def due(self) -> tuple[int, ...]:
        return self._due

    def run(
        self, progress: Progress, sources: Iterable[int] | None = None, on_changes: Callable[[Changes], None] = print
    ) -> Report:
        self.runs.append(None if sources is None else tuple(sources))
        some = next(iter(self._sources.values()))
        changes = Changes(sources=frozenset({some.id}), new=2)
        on_changes(changes)
        return Report(changes=changes, asked=3, failed=((some, "no route"),))


@pytest.fixture
def asked(window: Window) -> Asked:
    made = Asked(window, due=(2, 3))
    window.services.refresher = made  # type: ignore[assignment]
    return made


def test_f5_asks_all_and_reports(window: Window, asked: Asked, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.status.text == "2 new items. 1 source failed.")
    assert asked.runs == [None]


def test_a_place_asks_its_own_sources(window: Window, asked: Asked, qtbot: QtBot) -> None:
    members = window.browsing.outline.members["s1"]
    window.side.wanted.emit("refresh", Place("sector", "s1"), None)
    qtbot.waitUntil(lambda: asked.runs == [tuple(each.source for each in members)])


def test_the_schedule_asks_what_is_due(window: Window, asked: Asked, qtbot: QtBot) -> None:
    window.curating.refresh_due()
    qtbot.waitUntil(lambda: asked.runs == [(2, 3)])


def test_no_schedule_when_the_person_wants_none(window: Window, asked: Asked, qtbot: QtBot) -> None:
    window.services.preferences.set("refresh_minutes", "0")
    window.curating.refresh_due()
    qtbot.wait(100)
    assert asked.runs == []


def test_the_menu_of_a_source_offers_its_deeds(window: Window) -> None:
    source = next(iter(window.browsing.outline.sources))
    texts = [action.text() for action in window.side.menu_for(Place("source", "s0", source)).actions()]
    for deed in ("Refresh this", "Rename…", "Move to", "Paused", "Allow its private address", "Remove"):
        assert deed in texts


def test_a_source_is_moved_paused_and_allowed(window: Window, qtbot: QtBot) -> None:
    source = next(iter(window.browsing.outline.sources))
    window.side.wanted.emit("move", Place("source", "s0", source), "s1")
    qtbot.waitUntil(lambda: source in {each.source for each in window.browsing.outline.members["s1"]})
    window.side.wanted.emit("pause", Place("source", "s1", source), None)
    qtbot.waitUntil(lambda: any(each.paused for each in window.browsing.outline.members["s1"]))
    window.side.wanted.emit("private", Place("source", "s1", source), None)
    qtbot.waitUntil(lambda: window.browsing.outline.sources[source].allow_private)
