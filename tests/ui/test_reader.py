"""The reader shows what was sanitised, escapes the rest, and loads nothing."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QTextDocument
from pytestqt.qtbot import QtBot

from tests.ui.conftest import NEWEST, item
from veille.model import Hit, Mark, Snippet
from veille.ui import links as links_module
from veille.ui.links import Links
from veille.ui.reader import Reader, Text


def hit(**parts: object) -> Hit:
    one = replace(item(0, 1), **parts)
    return Hit(one, Mark(one.id), "Alpha", Snippet(one.title), Snippet(one.summary))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser was asked to open: the test has none."""
    addresses: list[str] = []

    class Desktop:
        @staticmethod
        def openUrl(url: QUrl) -> bool:
            addresses.append(url.toString())
            return True

    monkeypatch.setattr(links_module, "QDesktopServices", Desktop)
    return addresses


@pytest.fixture
def reader(qtbot: QtBot) -> Reader:
    made = Reader(Links())
    qtbot.addWidget(made)
    made.resize(600, 500)
    made.show()
    return made


def test_no_resource_is_ever_loaded(qtbot: QtBot, tmp_path: Path) -> None:
    text = Text()
    qtbot.addWidget(text)
    secret = tmp_path / "secret.png"
    picture = QImage(4, 4, QImage.Format.Format_RGB32)
    assert picture.save(str(secret))
    data = "data:image/png;base64," + bytes(QByteArray(secret.read_bytes()).toBase64().data()).decode()
    addresses = [
        "http://127.0.0.1:9/p.png", "https://example.org/p.png", f"file://{secret}", str(secret), "//host/share/p.png",
        "file:////host/share", data, "qrc:/x", secret.name]  # fmt: skip
    text.document().setBaseUrl(QUrl.fromLocalFile(f"{tmp_path}/"))
    for kind in (QTextDocument.ResourceType.ImageResource, QTextDocument.ResourceType.StyleSheetResource):
        for address in addresses:
            found = text.document().resource(kind.value, QUrl(address))
            assert found == QByteArray(b" ") or (found.width(), found.height()) == (1, 1), address
    text.setHtml("".join(f'<img src="{address}">' for address in addresses))
    text.grab()
    found = text.document().resource(QTextDocument.ResourceType.ImageResource.value, QUrl(f"file://{secret}"))
    assert (found.width(), found.height()) == (1, 1)


def test_a_link_to_a_file_is_not_followed(reader: Reader, opened: list[str], qtbot: QtBot) -> None:
    reader._links.read_only = False
    for address in ("file:///etc/passwd", "javascript:alert(1)", "//host/share", "data:text/html,x"):
        with qtbot.waitSignal(reader._links.told):
            reader.text.anchorClicked.emit(QUrl(address))
    assert opened == []


def test_title_author_and_pictures_are_text(reader: Reader) -> None:
    reader.show_hit(hit(title="<b>5 < 6</b>", author="<i>Ada</i>"))
    shown = reader.text.toPlainText()
    assert "<b>5 < 6</b>" in shown
    assert "<i>Ada</i>" in shown
    assert "Picture: A <b>plant</b> (cdn.example.org)" in shown
    assert "Content number0 about lithium" in shown


def test_read_only_mode_asks_and_can_copy(reader: Reader, opened: list[str]) -> None:
    reader.show_hit(hit(url="https://example.org/article"))
    reader._open.click()
    assert opened == []
    assert reader.strip.isVisible()
    assert "example.org" in reader.strip.text
    copy, _go = reader.strip.choices
    copy.click()
    assert QGuiApplication.clipboard().text() == "https://example.org/article"
    assert not reader.strip.isVisible()
    reader._open.click()
    reader.strip.choices[1].click()
    assert opened == ["https://example.org/article"]


def test_without_read_only_mode_a_link_opens_at_once(reader: Reader, opened: list[str]) -> None:
    reader._links.read_only = False
    reader.show_hit(hit(url="https://example.org/article"))
    reader._open.click()
    assert opened == ["https://example.org/article"]


def test_the_buttons_say_what_they_would_do(reader: Reader) -> None:
    reader.show_hit(hit())
    assert (reader._read.accessibleName(), reader._save.accessibleName()) == ("Mark as read", "Save")
    shown = hit()
    reader.show_hit(replace(shown, mark=Mark(0, read=True, saved=NEWEST)))
    assert (reader._read.accessibleName(), reader._save.accessibleName()) == ("Mark as unread", "Remove from saved")
    for button in (reader._read, reader._save, reader._copy, reader._open):
        assert button.accessibleName()
        assert button.toolTip()


def test_nothing_chosen_says_how_to_begin(reader: Reader) -> None:
    reader.show_hit(None)
    shown = reader.text.toPlainText()
    assert "Choose an item" in shown
    assert "Next unread item" in shown


def test_the_words_of_a_search_are_marked(reader: Reader) -> None:
    reader.show_hit(hit(title="🔥 Réseaux", content="<p>Un <b>réseau</b> 🔥 et des batteries, réseau</p>", media=()))
    reader.set_words(("reseau", "batt*"))
    marked = [each.cursor.selectedText() for each in reader.text.extraSelections()]
    assert marked == ["Réseaux", "réseau", "batteries", "réseau"]
    reader.set_words(())
    assert reader.text.extraSelections() == []
