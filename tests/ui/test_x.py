"""The page about X: read first, then on with a token that shows nowhere, and off."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from tests.keyrings import TRUSTED, Fake
from veille.app import World, open_services
from veille.core.services import Services
from veille.core.x.access import Kept
from veille.store.secrets import Secrets
from veille.ui import menus
from veille.ui.dialogs.x import XWindow, open_x
from veille.ui.tasks import Tasks
from veille.ui.window import Window

TOKEN = "AAAA1234%3Dtoken"
Open = Callable[..., XWindow]


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()
    Fake.reset()


@pytest.fixture
def page(qtbot: QtBot, tasks: Tasks, tmp_path: Path, clock: FakeClock) -> Iterator[Open]:
    """Opens the page over a profile of its own; waits until the keyring was looked for."""
    parent, opened = QWidget(), list[Services]()
    qtbot.addWidget(parent)

    def open(trusted: tuple[str, ...] = TRUSTED, environment: str = "", sample: bool = False) -> XWindow:
        world = World(clock, Random(1), {}, Secrets(trusted), environment)
        opened.append(open_services(tmp_path / "profile", write=True, world=world, sample=sample))
        made = open_x(parent, opened[-1], tasks)
        made.activateWindow()
        if not sample:
            qtbot.waitUntil(lambda: "Looking" not in made.where.text())
        return made

    yield open
    for each in parent.findChildren(XWindow):
        each.close()
    tasks.close()  # what is under way still has the profile
    for services in opened:
        services.close()


def test_it_is_read_then_turned_on(qtbot: QtBot, page: Open) -> None:
    x = page()
    assert x.state.text() == "X is off."
    assert "X itself knows your key" in x.area.accessibleDescription()
    assert x.way(Kept.KEYRING).isChecked(), "where it will be kept is said before"
    assert not x.way(Kept.ENVIRONMENT).isVisible()
    assert not x.off.isVisible()
    qtbot.keyClicks(x.token, f"Bearer {TOKEN}")
    assert not x.on.isEnabled(), "the page comes first"
    x.read.click()
    assert x.on.isEnabled()
    with qtbot.waitSignal(x.turned):
        qtbot.keyClick(x.token, Qt.Key.Key_Return)
    assert list(Fake.kept.values()) == [TOKEN]
    assert x.state.text().startswith("X is on. The token is kept in the keyring of this system.")
    assert x.isVisible()
    assert (x.token.text(), x.read.isChecked()) == ("", False)
    assert x.on.text() == "Take this token"
    assert not x.on.isEnabled()
    with qtbot.waitSignal(x.turned):
        x.off.click()
    assert Fake.kept == {}
    assert x.state.text().startswith("X is off.")
    assert not x.off.isVisible()


def test_the_token_cannot_be_seen_or_copied(qtbot: QtBot, page: Open) -> None:
    x = page()
    QGuiApplication.clipboard().setText("before")
    x.token.setText(TOKEN)
    x.token.selectAll()
    x.token.copy()
    assert x.token.echoMode() is QLineEdit.EchoMode.Password
    assert TOKEN not in x.token.displayText()
    assert QGuiApplication.clipboard().text() == "before"
    x.close()
    assert x.token.text() == ""


@pytest.mark.parametrize("typed", ["tökén", "a" * 600])
def test_what_is_no_token_is_said_beside_it(qtbot: QtBot, page: Open, typed: str) -> None:
    x = page()
    x.read.click()
    x.token.setText(typed)
    with qtbot.waitSignal(x.turned):
        x.on.click()
    assert x.note.isVisible()
    assert x.note.text().startswith("This is not a token of X")
    assert x.token.accessibleDescription() == x.note.text()
    assert x.token.text() == typed, "to be mended"
    assert x.on.isEnabled()
    x.token.setText(TOKEN)
    assert not x.note.isVisible()


def test_a_locked_keyring_is_said_and_nothing_is_on(qtbot: QtBot, page: Open) -> None:
    x = page()
    Fake.locked = True
    x.read.click()
    x.token.setText(TOKEN)
    with qtbot.waitSignal(x.turned):
        x.on.click()
    assert "it is locked" in x.note.text()
    assert x.state.text() == "X is off."
    x.way(Kept.RUN).click()
    with qtbot.waitSignal(x.turned):
        x.on.click()
    assert x.state.text().startswith("X is on. The token is kept in memory")
    assert not x.note.isVisible()


def test_without_a_keyring_it_says_so(qtbot: QtBot, page: Open) -> None:
    x = page(trusted=())
    assert x.way(Kept.RUN).isChecked()
    assert not x.way(Kept.KEYRING).isEnabled()
    assert "no keyring that Veille trusts" in x.where.text()
    assert x.where.isVisible()


def test_the_environment_gives_one(qtbot: QtBot, page: Open) -> None:
    x = page(environment=TOKEN)
    assert x.way(Kept.ENVIRONMENT).isChecked()
    assert not x.token.isEnabled()
    x.read.click()
    with qtbot.waitSignal(x.turned):
        x.on.click()
    assert x.state.text().startswith("X is on. The token is kept in the environment variable VEILLE_X_TOKEN.")
    assert Fake.kept == {}


def test_the_sample_has_no_x(page: Open) -> None:
    x = page(sample=True)
    assert "invented" in x.state.text()
    assert not x.on.isVisible()
    assert not x.token.isVisible()


def test_a_keyring_that_asks_the_person_holds_up_nothing(
    qtbot: QtBot, page: Open, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = Event()
    monkeypatch.setattr(Fake, "_ask", lambda _self, _what: answered.wait(20))
    x = page()
    x.read.click()
    x.token.setText(TOKEN)
    x.on.click()
    assert not x.on.isEnabled()
    done: list[int] = []
    tasks.change(lambda: 1, done.append)
    qtbot.waitUntil(lambda: done == [1], timeout=3000)
    assert not x.state.text().startswith("X is on")
    x.close()
    answered.set()


def test_the_menu_leads_there_once(window: Window, qtbot: QtBot) -> None:
    menu = menus.whole(window)
    (entry,) = [each for each in menu.actions() if each.text() == "X…"]
    entry.trigger()
    window.open_x()
    (page,) = window.findChildren(XWindow)
    assert page.isVisible()
    assert page.area.hasFocus() or not page.isActiveWindow()
    page.close()
    menu.deleteLater()


def test_the_tab_key_comes_to_the_place_that_is_chosen(page: Open) -> None:
    x = page(environment=TOKEN)
    for kept in (Kept.RUN, Kept.ENVIRONMENT):
        x.way(kept).setChecked(True)
        tabbed = [each for each in x.places.buttons() if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
        assert tabbed == [x.way(kept)]
