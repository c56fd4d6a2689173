"""What is wrong with the source that is looked at, and what the buttons do about it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from tests.ui.conftest import NEWEST
from veille.errors import BudgetKept, Gone, KeyringFailed, NoToken, PersonalRedirect, SourceError
from veille.model import Deed, SourceState
from veille.ui.dialogs.adding import AddressDialog
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
    assert [each.text() for each in window.done.choices] == ["Undo"]
    window.done.choices[0].click()
    qtbot.waitUntil(window.health.isVisible)  # it is asked about again
    assert "looks made for you alone" in window.health.text


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


def buttons(window: Window) -> list[str]:
    return [each.text() for each in window.health.choices]


def test_what_is_wrong_is_said_with_what_to_do(window: Window, qtbot: QtBot, source: int) -> None:
    failed = SourceState(source, error=Gone(status=404).pack(), failures=5, checked=NEWEST)
    state(window, qtbot, failed)
    assert window.health.text == "There is no feed at this address any more (404)."  # it may be back tomorrow
    assert buttons(window) == ["Try again"]
    state(window, qtbot, replace(failed, failing=NEWEST - timedelta(days=5)))
    qtbot.waitUntil(lambda: len(window.health.choices) > 1)
    assert window.health.text.startswith("It has been gone since 24 Feb 2026.")
    assert "Look for its new address at its site" in window.health.text
    assert buttons(window) == ["Look for its feed…", "Remove", "Try again", "Leave it for 30 days"]
    window.health.choices[1].click()
    qtbot.waitUntil(lambda: source not in window.browsing.outline.sources)
    assert [each.text() for each in window.done.choices] == ["Undo"]
    window.done.choices[0].click()
    qtbot.waitUntil(lambda: source in window.browsing.outline.sources)


def test_what_is_to_be_left_is_not_said_again(window: Window, qtbot: QtBot, source: int) -> None:
    failed = SourceState(
        source, error=Gone(status=404).pack(), failures=5, checked=NEWEST, failing=NEWEST - timedelta(days=5)
    )
    state(window, qtbot, failed)
    window.health.choices[3].click()
    qtbot.waitUntil(lambda: window.services.health.of(source) == ())
    with qtbot.waitSignal(window.browsing.outlined):
        window.browsing.ask_outline()
    qtbot.waitUntil(lambda: window.health.text.startswith("There is no feed"))  # that it fails is no secret
    assert [each.text() for each in window.done.choices] == ["Undo"]
    window.done.choices[0].click()
    qtbot.waitUntil(lambda: window.health.text.startswith("It has been gone since"))


def test_a_new_name_is_seen(window: Window, qtbot: QtBot, source: int) -> None:
    sources = window.services._store.sources
    with window.services._store.db.write():
        sources.replace(replace(window.browsing.outline.sources[source], title="Omega", was="Alpha"))
    state(window, qtbot, SourceState(source))
    assert window.health.text.startswith("It calls itself “Omega” by now; it was “Alpha”.")
    assert buttons(window) == ["Use the new name", "Keep the old name"]
    window.health.choices[1].click()
    qtbot.waitUntil(lambda: window.browsing.outline.sources[source].label == "Alpha")
    assert window.browsing.outline.sources[source].was == ""


def test_its_feed_is_looked_for_at_its_site(window: Window, qtbot: QtBot, source: int) -> None:
    failed = SourceState(
        source, error=Gone(status=404).pack(), failures=5, checked=NEWEST, failing=NEWEST - timedelta(days=5)
    )
    state(window, qtbot, failed)
    looked: list[str] = []

    def look() -> None:
        for dialog in window.findChildren(AddressDialog):
            looked.append(dialog.address.text())
            dialog.reject()

    QTimer.singleShot(100, look)
    window.health.choices[0].click()
    assert looked == ["https://alpha.example/"]


def test_in_a_low_window_the_likeliest_is_offered(window: Window, qtbot: QtBot, source: int) -> None:
    failed = SourceState(
        source, error=Gone(status=404).pack(), failures=5, checked=NEWEST, failing=NEWEST - timedelta(days=5)
    )
    window.resize(640, 380)
    state(window, qtbot, failed)
    assert [each.text() for each in window.health.choices] == ["Look for its feed…", "Leave it for 30 days"]
