"""The preferences window, and the dialogue for a source's route: texts are checked where they are typed."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QSpinBox
from pytestqt.qtbot import QtBot

from veille.settings import Settings, declared
from veille.ui.dialogs.notes import TextField
from veille.ui.dialogs.preferences import PreferencesWindow
from veille.ui.dialogs.route import DIRECT, OWN, PROFILE, RouteDialog

SECRET = "socks5://ada:s3cret@127.0.0.1:9050"
Told = list[tuple[str, str]]


def preferences(qtbot: QtBot, told: Told, **values: object) -> PreferencesWindow:
    window = PreferencesWindow(replace(Settings(), **values), lambda key, text: told.append((key, text)))
    qtbot.addWidget(window)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def proxy(window: PreferencesWindow) -> TextField:
    field = window.fields["proxy"]
    assert isinstance(field, TextField)
    return field


def retype(field: TextField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QGuiApplication.clipboard().setText(text)
    field.paste() if text else field.del_()


def test_preferences_show_every_setting_and_change_it(qtbot: QtBot) -> None:
    told: Told = []
    window = preferences(qtbot, told)
    assert list(window.fields) == [each.key for each in declared()]
    theme, strict, refresh = (window.fields[key] for key in ("theme", "strict", "refresh_minutes"))
    assert isinstance(theme, QComboBox)
    assert isinstance(strict, QCheckBox)
    assert isinstance(refresh, QSpinBox)
    theme.setCurrentIndex(theme.findData("dark"))
    strict.click()
    refresh.setValue(15)
    assert told == [("theme", "dark"), ("strict", "on"), ("refresh_minutes", "15")]
    assert all(field.accessibleName() for field in window.fields.values())


def test_a_proxy_counts_once_it_is_finished(qtbot: QtBot) -> None:
    told: Told = []
    window = preferences(qtbot, told)
    proxy(window).setFocus()
    qtbot.keyClicks(proxy(window), "http://proxy.example:3128")
    assert told == [], "not while it is typed: each letter would be another route"
    qtbot.keyClick(proxy(window), Qt.Key.Key_Return)
    assert window.isVisible(), "Enter is for the line"
    window.fields["theme"].setFocus()
    assert told == [("proxy", "http://proxy.example:3128")]
    retype(proxy(window), " ")
    window.close()
    assert told[1:] == [("proxy", "")]


def test_a_password_is_never_shown_and_stays(qtbot: QtBot) -> None:
    told: Told = []
    window = preferences(qtbot, told, proxy=SECRET)
    field = proxy(window)
    assert field.text() == "socks5://•••@127.0.0.1:9050"
    field.setFocus()
    window.fields["theme"].setFocus()
    assert told == []
    retype(field, "socks5://•••@127.0.0.1:9150")
    window.fields["theme"].setFocus()
    assert told == [("proxy", "socks5://ada:s3cret@127.0.0.1:9150")]
    retype(field, "socks5://bob:other@127.0.0.1:9150")
    window.fields["theme"].setFocus()
    assert field.text() == "socks5://•••@127.0.0.1:9150"
    assert told[-1] == ("proxy", "socks5://bob:other@127.0.0.1:9150")


@pytest.mark.parametrize("text", ["gopher://x:1", "socks5://host", "socks5://•••@127.0.0.1:9050"])
def test_what_makes_no_sense_is_said_beside_it(qtbot: QtBot, text: str) -> None:
    told: Told = []
    window = preferences(qtbot, told)
    field = proxy(window)
    retype(field, text)
    assert not field.note.isVisible()
    window.fields["theme"].setFocus()
    assert field.note.text().startswith("It takes an address such as socks5://")
    assert field.note.isVisible()
    assert field.accessibleDescription() == field.note.text()
    assert field.text() == text, "to be mended"
    retype(field, "")
    assert not field.note.isVisible()
    assert field.accessibleDescription().startswith("The way out")
    assert told == []


def test_a_bad_text_does_not_seem_to_be_in_force(qtbot: QtBot) -> None:
    told: Told = []
    window = preferences(qtbot, told)
    retype(proxy(window), "127.0.0.1:9050")
    window.close()
    assert window.isVisible()
    assert proxy(window).note.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    assert told == []


def route_dialog(qtbot: QtBot, route: str) -> RouteDialog:
    dialog = RouteDialog(None, "Alpha", route)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.mark.parametrize(("route", "way"), [("", PROFILE), ("direct", DIRECT), (SECRET, OWN)])
def test_a_route_comes_back_as_it_was(qtbot: QtBot, route: str, way: int) -> None:
    dialog = route_dialog(qtbot, route)
    assert dialog.ways.checkedId() == way
    assert "s3cret" not in dialog.proxy.text()
    dialog.accept()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.route == route


def test_a_proxy_of_its_own_is_checked(qtbot: QtBot) -> None:
    dialog = route_dialog(qtbot, "")
    dialog.ways.button(OWN).click()
    dialog.accept()
    assert dialog.isVisible()
    assert "Which one?" in dialog.proxy.note.text()
    qtbot.keyClicks(dialog.proxy, "tor")
    qtbot.keyClick(dialog.proxy, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert "It takes" in dialog.proxy.note.text()
    dialog.ways.button(PROFILE).click()
    assert not dialog.proxy.note.isVisible()
    retype(dialog.proxy, "socks5://127.0.0.1:9050")
    assert dialog.ways.checkedId() == OWN, "who types an address means it"
    qtbot.keyClick(dialog.proxy, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert dialog.route == "socks5://127.0.0.1:9050"


def test_a_route_that_is_no_longer_wished_is_left(qtbot: QtBot) -> None:
    dialog = route_dialog(qtbot, SECRET)
    dialog.ways.button(DIRECT).click()
    dialog.accept()
    assert dialog.route == "direct"
