"""The mode in the bottom line: always there, in words, and left only after a question."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from veille.contacts import Contact, Ending, Reason, Totals
from veille.model import Mode
from veille.ui.glass import ModeButton, _today
from veille.ui.window import Window

PROXY = "socks5://127.0.0.1:9050"


def says(window: Window) -> str:
    return window.status.mode.accessibleName()


def chosen(window: Window, mode: Mode) -> None:
    """As from the menu."""
    menu = window.glass.menu()
    menu.actions()[list(Mode).index(mode)].trigger()
    menu.deleteLater()


def answer(window: Window, name: str) -> None:
    next(each for each in window.question.choices if each.text() == name).click()


@pytest.fixture
def modes(window: Window, qtbot: QtBot) -> Window:
    """The window, its first counts there."""
    qtbot.waitUntil(lambda: says(window) == "Mode: discreet, nothing asked today")
    return window


def test_what_left_today_is_counted(modes: Window, qtbot: QtBot) -> None:
    book, now = modes.services._store.traces, modes.services.clock.now()
    for at, host in enumerate(("one.example", "two.example", "two.example")):
        contact = Contact(now, Reason.SCHEDULED, 1, "GET", f"https://{host}/{at}", host)
        book.end(book.begin(contact), Ending(now, 200))
    book.flush()
    modes.glass.count()
    qtbot.waitUntil(lambda: says(modes) == "Mode: discreet, 3 reads, 2 hosts, nothing written")
    assert modes.status.mode.text() == "discreet · 3 reads · 2 hosts · nothing written"


def test_work_that_ends_is_followed_by_a_count(modes: Window, qtbot: QtBot) -> None:
    now = modes.services.clock.now()
    contact = Contact(now, Reason.PICTURE, 1, "GET", "https://one.example/p", "one.example")
    modes.tasks.job("pictures", lambda _task: modes.services._store.traces.begin(contact))
    qtbot.waitUntil(lambda: "1 read, 1 host" in says(modes))


def test_a_write_would_be_said() -> None:
    assert _today(Totals(reads=2, hosts=1, by_method={"GET": 1, "POST": 1}))[-1] == "1 written"
    assert _today(Totals(reads=2, hosts=1, by_method={"GET": 1, "HEAD": 1}))[-1] == "nothing written"


def test_less_is_said_where_there_is_less_room(qtbot: QtBot) -> None:
    button = ModeButton()
    qtbot.addWidget(button)
    button.say(["discreet", "214 reads", "38 hosts", "nothing written"], "lock")
    texts = []
    for room in (1000, 250, 10):
        button.fit(room)
        texts.append(button.text())
        assert room == 10 or button.sizeHint().width() <= room + 8
    assert texts[0] == "discreet · 214 reads · 38 hosts · nothing written"
    assert texts[1] in ("discreet · 214 reads · 38 hosts", "discreet · 214 reads")
    assert texts[2] == "discreet"
    assert button.accessibleName() == "Mode: discreet, 214 reads, 38 hosts, nothing written"


def test_open_is_asked_about_and_lasts_until_tonight(modes: Window, qtbot: QtBot) -> None:
    chosen(modes, Mode.OPEN)
    assert modes.services.discretion.mode is Mode.DISCREET
    assert "only reads" in modes.question.text
    qtbot.waitUntil(modes.question.choices[0].hasFocus)
    assert [each.text() for each in modes.question.choices] == [
        "Stay discreet", "Open until tonight", "Open until I say otherwise"]  # fmt: skip
    answer(modes, "Open until tonight")
    qtbot.waitUntil(lambda: says(modes).startswith("Mode: open until tonight"))
    assert modes.services.discretion.open_until is not None
    chosen(modes, Mode.DISCREET)
    qtbot.waitUntil(lambda: says(modes).startswith("Mode: discreet"))


def test_open_for_good_and_thinking_better_of_it(modes: Window, qtbot: QtBot) -> None:
    chosen(modes, Mode.OPEN)
    answer(modes, "Stay discreet")
    qtbot.waitUntil(lambda: not modes.question.isVisible())
    assert modes.services.discretion.mode is Mode.DISCREET
    chosen(modes, Mode.OPEN)
    answer(modes, "Open until I say otherwise")
    qtbot.waitUntil(lambda: says(modes).startswith("Mode: open,"))
    chosen(modes, Mode.OPEN)
    assert modes.question.choices[0].text() == "Back to discreet"


def test_open_mode_that_ended_by_itself_is_said(modes: Window, qtbot: QtBot) -> None:
    modes.services.preferences.set_opened(datetime(2020, 1, 1, tzinfo=UTC).isoformat())
    modes.glass.show()
    assert says(modes).startswith("Mode: discreet")


def test_strict_without_a_proxy_says_that_nothing_is_asked(modes: Window, qtbot: QtBot) -> None:
    chosen(modes, Mode.STRICT)
    qtbot.waitUntil(lambda: says(modes) == "Mode: strict, no proxy: nothing is asked")
    assert "no source is asked" in modes.question.text
    modes.tasks.change(lambda: modes.services.preferences.set("proxy", PROXY), modes._settle)
    qtbot.waitUntil(lambda: says(modes) == "Mode: strict, nothing asked today")
    answer(modes, "Back to discreet")
    qtbot.waitUntil(lambda: says(modes).startswith("Mode: discreet"))


def test_a_source_with_a_proxy_of_its_own_is_a_way_out(modes: Window, qtbot: QtBot) -> None:
    modes.curating.set_route(next(iter(modes.browsing.outline.sources)), PROXY)
    chosen(modes, Mode.STRICT)
    qtbot.waitUntil(lambda: says(modes) == "Mode: strict, nothing asked today")


def test_strict_in_the_preferences_counts_at_once(modes: Window, qtbot: QtBot) -> None:
    modes._set("strict", "on")
    qtbot.waitUntil(lambda: says(modes).startswith("Mode: strict"))


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # the offscreen platform, of a menu
@pytest.mark.parametrize("way", ["key", "button"])
def test_the_menu_opens_by_key_and_by_button(modes: Window, qtbot: QtBot, way: str) -> None:
    seen: list[tuple[list[str], bool]] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        if not isinstance(menu, QMenu):
            QTimer.singleShot(10, look)
            return
        texts = [action.text().split("\t")[0] for action in menu.actions() if action.text()]
        seen.append((texts, menu.geometry().bottom() <= modes.status.mode.mapToGlobal(modes.rect().topLeft()).y()))
        menu.close()

    QTimer.singleShot(0, look)
    if way == "key":
        qtbot.keyClick(modes.focusWidget() or modes, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    else:
        modes.status.mode.setFocus()
        qtbot.keyClick(modes.status.mode, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(seen))
    texts, over = seen[0]
    assert [text.split(" ")[0] for text in texts] == ["Discreet", "Strict", "Open", "Traces…", "Certificate…"]
    assert over


def test_tab_reaches_the_mode(modes: Window) -> None:
    modes.side.places.setFocus()
    reached = set()
    for _each in range(40):
        reached.add(modes.focusWidget())
        modes.focusNextChild()
    assert modes.status.mode in reached
