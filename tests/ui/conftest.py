"""A window over the real services, on a small profile that is made for the test."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from veille.app import open_services
from veille.core.services import Services
from veille.errors import Unreachable
from veille.model import Item, ItemKind, Membership, Sector, SourceKind, SourceState
from veille.posts import Media
from veille.store import open_store
from veille.ui import theme
from veille.ui.start import Face
from veille.ui.window import Window

NEWEST = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Fill = Callable[..., Path]


def item(at: int, source: int) -> Item:
    """The ``at``-th newest item; every fourth is a post, every item names its number in letters."""
    when = NEWEST - timedelta(minutes=at)
    post = at % 4 == 3
    return Item(
        id=0, source=source, uid=f"uid-{at}", kind=ItemKind.POST if post else ItemKind.ARTICLE,
        url=f"https://example.org/{at}", title="" if post else f"Title number{at} of a battery", author="Ada",
        summary=f"Summary number{at} about lithium", lang="en",
        content=f"<p>Content number{at} about <b>lithium</b></p>",
        published=when, updated=when, seen=when, at=when, hash=f"hash-{at}",
        media=(Media("image", "https://cdn.example.org/p.png", "A <b>plant</b>"),))  # fmt: skip


def fill(folder: Path, count: int = 12) -> Path:
    """A profile: two sectors, three sources (one failing, one loose), ``count`` unread items."""
    store = open_store(folder, write=True, clock=FakeClock())
    with store.db.write():
        sources = []
        for at, name in enumerate(("Alpha", "Beta", "Gamma")):
            address = f"https://{name.lower()}.example/feed"
            sources.append(store.sources.add(f"feed:{address}", SourceKind.FEED, address, name))
            if at < 2:
                sector = Sector(f"s{at}", ("Energy", "Health")[at], rank=at)
                store.sources.put_sector(sector)
                store.sources.put_member(Membership(sector.key, sources[at].id, "person", "person", NEWEST))
        failure = Unreachable(host="beta.example", detail="no route").pack()
        store.sources.put_states([SourceState(sources[1].id, checked=NEWEST, error=failure, failures=1)])
        store.items.apply([item(at, sources[at % 3].id) for at in range(count)], [])
    store.close()
    return folder


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A small profile."""
    return fill(tmp_path / "profile")


@pytest.fixture
def face(qapp: QApplication, qtbot: QtBot, profile: Path) -> Iterator[Face]:
    """The face over it."""
    yield from _face(qapp, qtbot, open_services(profile, write=True))


@pytest.fixture
def sample_face(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Face]:
    """The face over the sample; the person's own profile does not exist yet."""
    yield from _face(qapp, qtbot, open_services(tmp_path / "sample", write=True, sample=True), tmp_path)


def _face(qapp: QApplication, qtbot: QtBot, services: Services, home: Path | None = None) -> Iterator[Face]:
    def open_profile(name: str) -> Services:
        assert home is not None
        return open_services(home / name, write=True, sample=name == "sample")

    qapp.setStyle("Fusion")
    theme.set_font(qapp)
    face = Face(qapp, services, open_profile)
    qtbot.waitUntil(lambda: len(face.window.model.ids) > 0)
    yield face
    face.window.close()
    face.window.deleteLater()
    face.close()


@pytest.fixture
def window(face: Face, qtbot: QtBot) -> Window:
    """The window, active, with its list, outline and counts there."""
    shown = face.window
    shown.activateWindow()
    qtbot.waitUntil(lambda: bool(shown.browsing.outline.sources) and shown.side.places.places.rowCount() > 3)
    return shown


def press(
    qtbot: QtBot, window: Window, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """A key, for whoever has the keyboard."""
    qtbot.keyClick(window.focusWidget() or window, key, modifier)
