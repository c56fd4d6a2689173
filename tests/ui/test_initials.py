"""The badge in place of an avatar."""

import pytest
from pytestqt.qtbot import QtBot

from veille.ui.initials import Badge, initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Le Monde", "LM"), ("heise", "H"), ("Ada King Lovelace", "AK"), ("  “Énergie” & Climat ", "ÉC"),
        ("E\u0301nergie", "É"), ("@ada@example.social", "A"), ("🔥 News", "N"), ("", ""), ("— …", ""),
        ("日本 経済", "日経"), ("ßtraße", "SS"), ("20 Minutes", "2M"), ("<b>x</b>", "")],
)  # fmt: skip
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_the_badge_is_drawn_and_gives_way_where_there_is_no_name(qtbot: QtBot) -> None:
    badge = Badge()
    qtbot.addWidget(badge)
    badge.show_name("Le Monde")
    assert badge.isVisible()
    picture = badge.grab().toImage()
    middle, corner = picture.pixelColor(picture.width() // 2, 2), picture.pixelColor(0, 0)
    assert middle != corner
    badge.show_name("")
    assert not badge.isVisible()
