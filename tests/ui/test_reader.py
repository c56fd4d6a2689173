"""The reader shows what was sanitised, escapes the rest, and loads nothing."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QUrl
from PySide6.QtGui import QImage, QTextDocument
from pytestqt.qtbot import QtBot

from tests.ui.conftest import NEWEST, item
from veille.model import Article, Hit, ItemKind, Mark, Snippet
from veille.posts import Media
from veille.ui.pictures import Picture
from veille.ui.reader import Reader, Text


def hit(**parts: object) -> Hit:
    one = replace(item(0, 1), **parts)
    return Hit(one, Mark(one.id), "Alpha", Snippet(one.title), Snippet(one.summary))


@pytest.fixture
def reader(qtbot: QtBot) -> Reader:
    made = Reader()
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


def test_pictures_that_were_given_are_found_by_their_private_names_alone(qtbot: QtBot, tmp_path: Path) -> None:
    text = Text()
    qtbot.addWidget(text)
    picture = QImage(9, 9, QImage.Format.Format_RGB32)
    text.give({"veille:picture/0": picture})
    kind = QTextDocument.ResourceType.ImageResource.value
    assert text.document().resource(kind, QUrl("veille:picture/0")).width() == 9
    for address in ("veille:picture/1", "https://example.org/p.png", f"file://{tmp_path}", "veille:picture/0?x"):
        assert text.document().resource(kind, QUrl(address)).width() == 1


def test_links_of_the_page_are_wishes_and_nothing_opens_by_itself(reader: Reader, qtbot: QtBot) -> None:
    wishes: list[tuple[str, str]] = []
    reader.wanted.connect(lambda deed, address: wishes.append((deed, address)))
    for address in (
        "https://example.org/a?b=c&d=é", "file:///etc/passwd", "javascript:alert(1)", "veille:pictures",
        "veille:article", "veille:read", "veille:save"):  # fmt: skip
        reader.text.anchorClicked.emit(QUrl(address))
    assert wishes == [
        ("open", "https://example.org/a?b=c&d=é"), ("open", "file:///etc/passwd"), ("open", "javascript:alert(1)"),
        ("pictures", ""), ("article", "")]  # fmt: skip


def test_title_author_and_pictures_are_text(reader: Reader) -> None:
    reader.show_hit(hit(title="<b>5 < 6</b>", author="<i>Ada</i>"))
    shown = reader.text.toPlainText()
    assert "<b>5 < 6</b>" in shown
    assert "<i>Ada</i>" in shown
    assert "Picture: A <b>plant</b> (cdn.example.org)" in shown
    assert "Content number0 about lithium" in shown


def test_pictures_stand_in_the_text_and_the_rest_says_why(reader: Reader) -> None:
    media = tuple(Media("image", f"https://cdn.example.org/{at}.png", f"Plant {at}") for at in range(3))
    reader.show_hit(hit(media=media))
    assert "Show the pictures (P)" in reader.text.toPlainText()
    image = QImage(900, 90, QImage.Format.Format_RGB32)
    reader.show_pictures(
        (Picture(media[0].url, image), Picture(media[1].url, None, "no route"), Picture(media[2].url, image))
    )
    shown = reader.text.toPlainText()
    assert shown.count("\ufffc") == 2
    assert "Picture: Plant 1 (cdn.example.org) – no route" in shown
    assert "Plant 0" in shown
    assert reader.text.horizontalScrollBar().maximum() == 0, "a wide picture is made narrower"
    reader.show_hit(hit(id=7, media=media))
    assert "\ufffc" not in reader.text.toPlainText()


def test_pictures_come_without_moving_what_is_read(reader: Reader, qtbot: QtBot) -> None:
    reader.show_hit(hit(content="<p>line</p>" * 300))
    bar = reader.text.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 500)
    bar.setValue(400)
    reader.show_pictures((Picture("https://cdn.example.org/p.png", QImage(90, 90, QImage.Format.Format_RGB32)),))
    assert bar.value() == 400


def test_the_stored_article_is_a_key_away_and_back(reader: Reader, qtbot: QtBot) -> None:
    article = Article(0, "<p>All of it</p>", NEWEST)
    reader.show_hit(hit(), article)
    assert "which is stored (F)" in reader.text.toPlainText()
    assert "All of it" not in reader.text.toPlainText()
    reader.toggle_article()
    shown = reader.text.toPlainText()
    assert "All of it" in shown
    assert "Content number0" not in shown
    assert "fetched on 01 Mar 2026" in shown
    reader.show_hit(replace(hit(), mark=Mark(0, read=True)))
    assert "All of it" in reader.text.toPlainText(), "a mark that changes leaves it there"
    reader.toggle_article()
    assert "Content number0" in reader.text.toPlainText()
    reader.show_hit(hit(id=7))
    assert reader.article is None


def test_an_article_that_is_not_stored_is_offered_where_there_is_a_page(reader: Reader) -> None:
    reader.show_hit(hit())
    assert "Fetch the full article (F)" in reader.text.toPlainText()
    for other in (hit(id=2, url=""), hit(id=3, url="mailto:a@example.org"), hit(id=4, kind=ItemKind.POST, title="")):
        reader.show_hit(other)
        assert "full article" not in reader.text.toPlainText()


def test_a_post_bears_the_initials_of_its_author(reader: Reader) -> None:
    reader.show_hit(hit())
    assert reader._badge.name == "Alpha"
    reader.show_hit(hit(id=4, kind=ItemKind.POST, title=""))
    assert reader._badge.name == "Ada"


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
