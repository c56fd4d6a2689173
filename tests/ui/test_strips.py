"""The calm line: its buttons have room at every width."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from veille.ui.strips import Strip
from veille.ui.yielding import Yielding

TEXT = "cdn.example.org would learn that somebody at this machine's address looks at this item now."
NAMES = (
    "Read what is stored",
    "Copy the clean link",
    "Through a proxy…",
    "Fetch all the same",
    "Always for this source",
)


@pytest.mark.parametrize("width", [300, 420, 600, 900, 1500])
def test_no_button_is_cut_off_or_over_another(qtbot: QtBot, width: int) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column, strip = QVBoxLayout(page), Strip()
    column.addWidget(strip)
    column.addStretch(1)
    strip.tell(TEXT, *((name, lambda: None) for name in NAMES), sign="lock")
    page.resize(width, 500)
    page.show()
    qtbot.waitExposed(page)
    qtbot.waitUntil(lambda: strip.choices[-1].geometry().bottom() < strip.height())
    boxes = [button.geometry() for button in strip.choices]
    assert all(strip.rect().contains(box) for box in boxes)
    assert all(button.width() >= button.sizeHint().width() for button in strip.choices)
    assert not any(one.intersects(other) for at, one in enumerate(boxes) for other in boxes[:at])
    assert not any(box.intersects(strip._label.geometry()) for box in boxes)


def test_the_keyboard_stands_on_the_first_and_a_press_closes(qtbot: QtBot) -> None:
    strip, done = Strip(), []
    qtbot.addWidget(strip)
    strip.tell("?", ("Quiet", lambda: done.append("quiet")), ("Loud", lambda: done.append("loud")))
    strip.take_focus()
    qtbot.waitUntil(strip.choices[0].hasFocus)
    with qtbot.waitSignal(strip.left):
        qtbot.keyClick(strip.choices[0], Qt.Key.Key_Return)
    assert done == ["quiet"]
    assert not strip.isVisible()


def test_where_there_is_little_room_the_less_urgent_ones_wait(qtbot: QtBot) -> None:
    room, beside = QWidget(), QWidget()
    qtbot.addWidget(room)
    column, strips = QVBoxLayout(room), [Strip() for _each in range(3)]
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(beside)
    for strip in strips:
        column.addWidget(strip)
    column.addStretch(1)
    Yielding(room, strips, beside, 80)
    room.resize(340, 180)
    room.show()
    qtbot.waitExposed(room)
    for strip in reversed(strips):
        strip.tell(TEXT, ("Undo", lambda: None))
    assert [strip.isVisible() for strip in strips] == [True, False, False]
    strips[1].setFocus()
    strips[0].dismiss()
    assert [strip.isVisible() for strip in strips] == [False, True, False]
    room.resize(340, 600)
    qtbot.waitUntil(lambda: strips[2].isVisible())
    strips[1].dismiss()
    strips[2].dismiss()
    assert not any(strip.isVisible() for strip in strips)
