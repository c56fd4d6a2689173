"""What is wrong with the source that is looked at: it moved, or led to an address made for one reader."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from veille.errors import BudgetKept, KeyringFailed, NoToken, PersonalRedirect, SourceError
from veille.model import Deed, SourceState
from veille.ui.dialogs.x import XWindow
from veille.ui.places import Place
from veille.ui.spending import SpendingWindow
from veille.ui.window import Window

MINE = "https://alpha.example/feed?token=3fa85f6457174562b3fc2c963f66afa6"


def state(window: Window, qtbot: QtBot, new: SourceState) -> None:
    """The source is in this state, and looked at."""
    with window.services._store.db.write():
        window.services._store.sources.put_states([new])
    window.side.places.go(Place("source", "s0", new.source))
    window.browsing.ask_outline()
    qtbot.waitUntil(window.health.isVisible)


@pytest.fixture
def source(window: Window) -> int:
    return next(each.id for each in window.browsing.outline.sources.values() if each.label == "Alpha")


def test_a_move_that_looks_personal_is_asked_about(window: Window, qtbot: QtBot, source: int) -> None:
    state(window, qtbot, SourceState(source, moved=MINE))
    assert "looks made for you alone" in window.health.text
    assert [each.text() for each in window.health.choices] == ["Stay with the old one", "Keep the new address"]
    window.health.choices[1].click()
    qtbot.waitUntil(lambda: window.browsing.outline.sources[source].address == MINE)
    assert [each.text() for each in window.done.choices] == ["Undo"]


def test_who_stays_is_not_asked_again(window: Window, qtbot: QtBot, source: int) -> None:
    state(window, qtbot, SourceState(source, moved=MINE))
    window.health.choices[0].click()
    qtbot.waitUntil(lambda: window.services.curation.move_in_question(source) == "")
    with qtbot.waitSignal(window.browsing.outlined):
        window.browsing.ask_outline()
    qtbot.wait(50)
    assert not window.health.isVisible()
    assert window.browsing.outline.sources[source].address == "https://alpha.example/feed"


def test_a_usual_move_says_nothing(window: Window, qtbot: QtBot, source: int) -> None:
    with window.services._store.db.write():
        window.services._store.sources.put_states([SourceState(source, moved="https://alpha.example/rss")])
    window.side.places.go(Place("source", "s0", source))
    with qtbot.waitSignal(window.browsing.outlined):
        window.browsing.ask_outline()
    qtbot.wait(50)
    assert not window.health.isVisible()


def test_a_personal_redirect_can_be_allowed(window: Window, qtbot: QtBot, source: int) -> None:
    error = PersonalRedirect(host="alpha.example", address="https://alpha.example/u/…").pack()
    failed = SourceState(source, error=error, failures=1)
    state(window, qtbot, failed)
    assert [each.text() for each in window.health.choices] == ["Allow", "Try again"]
    window.health.choices[0].click()
    qtbot.waitUntil(lambda: Deed.PERSONAL in window.browsing.outline.sources[source].allowed)
    state(window, qtbot, replace(failed, failures=2))
    assert [each.text() for each in window.health.choices] == ["Try again"]


@pytest.mark.parametrize(
    ("error", "choice", "opens"),
    [
        (NoToken(), "About X…", XWindow),
        (KeyringFailed(detail="it is locked"), "About X…", XWindow),
        (BudgetKept(), "See the budget", SpendingWindow),
    ],
)
def test_what_is_put_right_elsewhere_leads_there(
    window: Window, qtbot: QtBot, source: int, error: SourceError, choice: str, opens: type[XWindow | SpendingWindow]
) -> None:
    state(window, qtbot, SourceState(source, error=error.pack()))
    assert [each.text() for each in window.health.choices] == [choice, "Try again"]
    window.health.choices[0].click()
    (opened,) = window.findChildren(opens)
    assert opened.isVisible()
    opened.close()
