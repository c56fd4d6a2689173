"""Fetching the page behind each new item: chosen in the menu of a source, after the person read who sees it."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from veille.model import Mode, SourceKind
from veille.ui.places import Place
from veille.ui.window import Window

ENTRY = "Fetch the full article of each new item…"


def place(window: Window, source: int) -> Place:
    return Place("source", "s0" if source == 1 else "", source)


def choose(window: Window, source: int = 1) -> None:
    """The entry of the menu."""
    menu = window.side.menu_for(place(window, source))
    next(each for each in menu.actions() if each.text() == ENTRY).trigger()


def chosen(window: Window, source: int = 1) -> bool:
    return window.browsing.outline.sources[source].full_text


def test_it_is_asked_about_done_and_undone(window: Window, qtbot: QtBot) -> None:
    choose(window)
    strip = window.question
    qtbot.waitUntil(strip.isVisible)
    assert strip.text.startswith("example.org would learn that somebody at this machine's address fetches each of its")
    assert [each.text() for each in strip.choices] == [
        "Leave it as it is", "Through a proxy…", "Fetch all the same"]  # fmt: skip
    qtbot.waitUntil(strip.choices[0].hasFocus)
    strip.choices[0].click()
    assert not chosen(window)
    choose(window)
    qtbot.waitUntil(strip.isVisible)
    strip.choices[2].click()
    qtbot.waitUntil(lambda: chosen(window))
    assert "Alpha" in window.done.text
    window.done.choices[0].click()
    qtbot.waitUntil(lambda: not chosen(window))


def test_off_needs_no_question(window: Window, qtbot: QtBot) -> None:
    window.services.curation.set_full_text(1)
    window.browsing.ask_outline()
    qtbot.waitUntil(lambda: chosen(window))
    (entry,) = [each for each in window.side.menu_for(place(window, 1)).actions() if each.text() == ENTRY]
    assert entry.isChecked()
    entry.trigger()
    qtbot.waitUntil(lambda: not chosen(window))
    assert not window.question.isVisible()


def test_without_a_proxy_the_strict_level_refuses(window: Window, qtbot: QtBot) -> None:
    window.services.discretion.set_mode(Mode.STRICT)
    choose(window)
    qtbot.waitUntil(window.question.isVisible)
    assert "no proxy" in window.question.text
    assert [each.text() for each in window.question.choices] == ["Leave it as it is", "Through a proxy…"]


@pytest.mark.parametrize("kind", [SourceKind.X, SourceKind.BLUESKY, SourceKind.MASTODON])
def test_posts_are_whole(window: Window, kind: SourceKind) -> None:
    outline = window.side.outline
    window.side.show_outline(replace(outline, sources={1: replace(outline.sources[1], kind=kind)}))
    assert ENTRY not in [each.text() for each in window.side.menu_for(place(window, 1)).actions()]


def test_the_schedule_s_tick_fetches_what_arrived(window: Window, qtbot: QtBot) -> None:
    class Arrived:
        ran = 0

        def due(self) -> bool:
            return not self.ran

        def run(self, _progress: object, *, on_changes: object) -> int:
            self.ran += 1
            return 1

    made = Arrived()
    window.services.arrivals = made  # type: ignore[assignment]
    for _tick in range(2):
        window.curating.refresh_due()
        qtbot.waitUntil(lambda: not window.tasks.busy())
    assert made.ran == 1
