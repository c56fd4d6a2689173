"""Refreshing from the window: by the person, by the schedule, with its report."""

from collections.abc import Callable, Iterable
from datetime import datetime
from threading import Event

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.conftest import NEWEST
from veille.contacts import Reason
from veille.core.watching.refresh import Report
from veille.i18n import moment
from veille.model import Changes, Deed, Mode, Progress
from veille.ui.places import Place
from veille.ui.window import Window


class Asked:
    """A refresher that asks nobody: it remembers whom it would have asked, and finds one new item a source."""

    def __init__(self, window: Window, due: tuple[int, ...] = ()) -> None:
        self.runs: list[tuple[int, ...] | None] = []
        self.reasons: list[Reason] = []
        self.later: datetime | None = None
        self._due = due
        self._sources = window.browsing.outline.sources

    def due(self) -> tuple[int, ...]:
        return self._due

    def run(
        self,
        progress: Progress,
        sources: Iterable[int] | None = None,
        on_changes: Callable[[Changes], None] = print,
        *,
        reason: Reason = Reason.BY_HAND,
    ) -> Report:
        self.runs.append(None if sources is None else tuple(sources))
        self.reasons.append(reason)
        if self.later:
            return Report(later=self.later)
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
    assert (asked.runs, asked.reasons) == ([None], [Reason.BY_HAND])


def test_by_hand_in_strict_says_when_it_is_asked(window: Window, asked: Asked, qtbot: QtBot) -> None:
    asked.later = NEWEST
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: "fixed times" in window.status.text)
    assert moment(NEWEST) in window.status.text


def test_no_way_out_is_said_in_one_sentence(window: Window, qtbot: QtBot) -> None:
    window.services.discretion.set_mode(Mode.STRICT)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.status.text == "Strict level: no proxy is set, so nothing is asked.")


def test_a_place_asks_its_own_sources(window: Window, asked: Asked, qtbot: QtBot) -> None:
    members = window.browsing.outline.members["s1"]
    window.side.wanted.emit("refresh", Place("sector", "s1"), None)
    qtbot.waitUntil(lambda: asked.runs == [tuple(each.source for each in members)])


def test_the_schedule_asks_what_is_due(window: Window, asked: Asked, qtbot: QtBot) -> None:
    window.curating.refresh_due()
    qtbot.waitUntil(lambda: asked.runs == [(2, 3)])
    assert asked.reasons == [Reason.SCHEDULED]


def test_no_other_work_moves_what_the_schedule_asks(window: Window, asked: Asked, qtbot: QtBot) -> None:
    held = Event()
    window.tasks.job("import", lambda _task: held.wait(5))
    for slot in ("one", "two"):  # all that answer the person's questions are taken
        window.tasks.query(slot, lambda: held.wait(5), bool)
    window.tasks.change(lambda: held.wait(5))
    window.curating.refresh_due()
    qtbot.waitUntil(lambda: asked.runs == [(2, 3)])
    held.set()


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
    window.side.wanted.emit("route", Place("source", "s1", source), "socks5://127.0.0.1:9050")
    qtbot.waitUntil(lambda: window.browsing.outline.sources[source].route == "socks5://127.0.0.1:9050")
    for allowed in (True, False):
        window.side.wanted.emit("allow", Place("source", "s1", source), (Deed.OPEN, allowed))
        qtbot.waitUntil(
            lambda allowed=allowed: (Deed.OPEN in window.browsing.outline.sources[source].allowed) is allowed
        )
