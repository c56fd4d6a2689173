"""Labels of one line: what gives way when there is no room."""

from pytestqt.qtbot import QtBot

from veille.ui.labels import Elided


def test_a_text_without_room_gives_way_to_its_short_form_at_every_width(qtbot: QtBot) -> None:
    label = Elided()
    qtbot.addWidget(label)
    label.say("1\u202f041 éléments", "1\u202f041")
    label.show()
    shown = set()
    for width in range(40, 240):
        label.resize(width, 30)
        shown.add(label.text())
    assert {"1\u202f041 éléments", "1\u202f041"} <= shown
    assert [each for each in shown if each.startswith("1\u202f041 ") and each != "1\u202f041 éléments"] == []


def test_what_does_not_fit_at_all_ends_in_an_ellipsis_and_is_whole_in_its_tooltip(qtbot: QtBot) -> None:
    label = Elided()
    qtbot.addWidget(label)
    label.say("a very long <b>line</b>")
    label.resize(40, 30)
    label.show()
    assert label.text().endswith("…")
    assert "&lt;b&gt;line" in label.toolTip()
