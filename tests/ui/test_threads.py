"""Threads and hashtags in the window, over the real store."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from tests.posted import ADA, posted
from tests.ui.conftest import item
from veille.contacts import Reason
from veille.core.pictures import Picture
from veille.model import Changes, Progress, SourceKind
from veille.posts import Media, Referred, Relation
from veille.store import open_store
from veille.ui.places import UNREAD
from veille.ui.window import Window

CURVE = Media("image", "https://cdn.example.org/curve.png", "A curve")
PLANT = Media("image", "https://cdn.example.org/plant.png", "A plant")


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A thread of three posts, one more post, and an article."""
    folder = tmp_path / "profile"
    store = open_store(folder, write=True, clock=FakeClock())
    source = store.sources.add("x:https://x.com/ada", SourceKind.X, "https://x.com/ada", "Ada Lovelace").id
    thread = [
        posted(f"Part {at} of a story #grid", id=f"t{at}", minutes=30 - at, source=source,
               continues=f"t{at - 1}" if at else "", media=[(PLANT,), (), (CURVE,)][at])
        for at in range(3)
    ]  # fmt: skip
    quoted = Referred(Relation.QUOTED, "q", ADA, html="<p>Said</p>", media=(CURVE,))
    store.items.apply([*thread, posted("Alone", id="a", source=source, referred=(quoted,)), item(8, source)], [])
    store.close()
    return folder


def open_row(window: Window, qtbot: QtBot, text: str) -> None:
    """Open the row whose text begins so."""
    qtbot.waitUntil(lambda: all(window.model.hit(row) for row in range(len(window.model.ids))))
    hits = [window.model.hit(row) for row in range(len(window.model.ids))]
    row = next(row for row, hit in enumerate(hits) if hit and hit.item.summary.startswith(text))
    window.items.go(row)
    qtbot.waitUntil(lambda: window.reader.hit is not None and window.reader.hit.item.id == window.model.ids[row])


def unread(window: Window) -> int:
    return sum(window.services.library.counts().unread.values())


def test_a_thread_is_one_row_and_one_text_and_read_as_one(window: Window, qtbot: QtBot) -> None:
    assert len(window.model.ids) == 3
    window.side.places.go(UNREAD)
    open_row(window, qtbot, "Part 0")
    assert window.reader.hit is not None
    assert window.reader.hit.more == 2
    text = window.reader.text.toPlainText()
    assert [f"Part {at} of a story" in text for at in range(3)] == [True] * 3
    qtbot.waitUntil(lambda: unread(window) == 2)
    qtbot.wait(600)
    assert len(window.model.ids) == 3, "it stays until the person looks elsewhere"
    assert not window.done.isVisible(), "reading is nothing to take back"
    assert window.services.library.thread(window.reader.hit.item.id) == list(window.reader.items)


def test_a_part_that_changes_is_shown_as_it_is_now(window: Window, qtbot: QtBot) -> None:
    open_row(window, qtbot, "Part 0")
    last = window.reader.items[2]
    window.services._store.items.apply([], [replace(last, content="<p>Corrected</p>", hash="new")])
    window.tasks.changed.emit(Changes(items=frozenset({last.id})))
    qtbot.waitUntil(lambda: "Corrected" in window.reader.text.toPlainText())
    assert "Part 2 of a story" in window.reader.text.toPlainText(), "it shows what it said before"


def test_a_hashtag_goes_into_the_search_box_and_asks_nobody(window: Window, qtbot: QtBot) -> None:
    window.services.indexer.drain()
    open_row(window, qtbot, "Part 0")
    window.reader.text.anchorClicked.emit(QUrl("veille:search?grid"))
    assert window.search.box.text() == "#grid"
    assert window.search.box.hasFocus()
    assert not window.reader.strip.isVisible()
    qtbot.waitUntil(lambda: set(window.model.ids) == {each.id for each in window.reader.items})
    assert not [row for row in window.services.traces.rows() if row.reason is not Reason.BROWSER]


def test_a_mention_asks_as_any_link_does(window: Window, qtbot: QtBot) -> None:
    open_row(window, qtbot, "Part 0")
    window.reader.text.anchorClicked.emit(QUrl("https://x.com/grace"))
    qtbot.waitUntil(lambda: window.reader.strip.isVisible())
    assert "x.com" in window.reader.strip.text


def test_the_pictures_of_a_thread_and_of_a_post_inside_can_be_asked_for(window: Window, qtbot: QtBot) -> None:
    asked: list[int] = []

    def load(item: int, progress: Progress, *, whole: bool = False) -> list[Picture]:
        asked.append(item)
        return [Picture(CURVE.url, problem="no route")]

    pictures = window.services.pictures
    pictures.load = load  # type: ignore[method-assign]
    open_row(window, qtbot, "Part 0")
    window.revealing.do("pictures")
    qtbot.waitUntil(lambda: window.reader.strip.isVisible())
    next(each for each in window.reader.strip.choices if each.text() == "Show all the same").click()
    qtbot.waitUntil(lambda: "A curve (cdn.example.org) – no route" in window.reader.text.toPlainText())
    assert asked == [window.reader.items[0].id, window.reader.items[2].id]
    open_row(window, qtbot, "Alone")
    assert pictures.addresses(window.reader.items[0]) == [CURVE.url]
