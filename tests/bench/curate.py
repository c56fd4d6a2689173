"""The curator's desk with 2,000 sources in 60 sectors and 100,000 items: how quickly it opens and sorts.

``open_ms`` is from the call that opens the real window (Ctrl+B) to the end of the first painting with all rows, their
figures and findings. These are as they were last, since the main window looks at them some seconds after its start;
then they are asked for again, and ``fresh_ms`` is until those are painted: before each round something is marked
read, so that nothing that was remembered of the round before is true any more. ``sort_ms`` is from a click on a head
to the end of the painting, of the column that takes longest. Both are medians. Beside them, in the same process, the
usual way: a QStandardItemModel behind a QSortFilterProxyModel, given the same rows. ``publish_ms`` and ``accept_ms``
are of a sector of 500 sources, published into a folder and taken over by a second profile.

The profile is made once and kept in ``--folder``. Without a display, Qt's platform is "offscreen".
"""

import argparse
import gc
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from veille.core.services import Services
    from veille.model import Item
    from veille.store import Store
    from veille.ui.window import Window

_ROOT = Path(__file__).parents[2]
_SECTORS = 60
_DAYS = 60  # over which the items are spread
_BATCH = 2000  # items stored together
_WORDS = "power grid tariff storage law court market report council water rail port wind budget steel".split()  # noqa: SIM905
_PATIENCE = 60_000  # ms after which a painting is given up


def main(arguments: Sequence[str] = ()) -> None:
    """Run it and print the table and the line of keys."""
    parser = argparse.ArgumentParser(prog="curate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sources", type=int, default=2000)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--published", type=int, default=500, help="sources in the sector that is published")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--folder", type=Path, default=_ROOT / ".cache" / "bench", help="where the profile is kept")
    given = parser.parse_args(arguments)
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    profile = prepared(given.folder / f"curate-{given.sources}-{given.items}", given.sources, given.items)
    with tempfile.TemporaryDirectory() as folder:
        publish, accept = handed_over(Path(folder), given.published)
    shown = Shown(profile, given.rounds)
    print(f"{given.sources} sources, {given.items} items, {given.rounds} rounds; medians in ms:")
    print(f"  opened: {shown.opened:.1f} ({shown.opening:.1f} of work in the window's thread); ", end="")
    print(f"as it is now: {shown.fresh:.1f}; the usual way {shown.usual_opened:.1f}")
    print(
        f"  sorted by the slowest column ({shown.slowest}): {shown.sorted:.1f}; the usual way {shown.usual_sorted:.1f}"
    )
    print(f"  {given.published} sources published: {publish:.0f}; accepted: {accept:.0f}", flush=True)
    print(
        f"curate sources={given.sources} open_ms={shown.opened:.1f} sort_ms={shown.sorted:.1f} "
        f"publish_ms={publish:.1f} accept_ms={accept:.1f} fresh_ms={shown.fresh:.1f}",
        flush=True,
    )


# The profile -----------------------------------------------------------------------------------------


def prepared(folder: Path, sources: int, items: int) -> Path:
    """The profile in ``folder``, made if it is not there: 7 of 10 items read, some kept, some sources failing."""
    if folder.is_dir():
        return folder
    from veille.app import SystemClock, open_services
    from veille.store import open_store

    print(f"making a profile of {sources} sources and {items} items in {folder} …", flush=True)
    partial, rng, clock = folder.with_suffix(".partial"), Random(7), SystemClock()
    shutil.rmtree(partial, ignore_errors=True)
    store = open_store(partial, write=True, clock=clock)
    with store.db.write():
        _put_sources(store, sources, rng)
    made = _items(sources, items, rng)
    while batch := [item for item, _n in zip(made, range(_BATCH), strict=False)]:
        with store.db.write():
            ids = store.items.apply(batch, [])
            store.marks.set_read(ids[: len(ids) * 7 // 10], True)
            store.marks.set_saved(ids[::50], clock.now())
            store.marks.set_tags(ids[1::100], ("mine",))
    store.close()
    services = open_services(partial, write=True)
    services.preferences.set("refresh_minutes", "0")  # its addresses are made up
    services.indexer.drain()
    services.close()
    partial.rename(folder)
    return folder


def _put_sources(store: "Store", count: int, rng: Random) -> None:
    from veille.app import SystemClock
    from veille.errors import Gone
    from veille.model import Membership, Sector, SourceKind, SourceState

    now, states = SystemClock().now(), []
    for rank in range(_SECTORS):
        store.sources.put_sector(Sector(f"s{rank}", f"{_word(rng).title()} and {_word(rng)} {rank}", rank=rank))
    for number in range(1, count + 1):
        address = f"https://source{number}.example/feed"
        title = f"{_word(rng).title()} {_word(rng)} {number}"
        lang = rng.choice(("en", "fr", "de", ""))
        source = store.sources.add(f"feed:{address}", SourceKind.FEED, address, title, lang=lang)
        store.sources.put_member(
            Membership(
                f"s{number % _SECTORS}", source.id, rng.choice(("person", "opml:list.opml")), "person",
                now - timedelta(days=rng.randrange(900)), f"About {_word(rng)} and {_word(rng)}", number,
                number % 40 == 0, now.date() - timedelta(days=2) if number % 50 == 0 else None)
        )  # fmt: skip
        ill = number % 30 == 0
        error = Gone(status=410).pack() if ill else ""
        changed = now - timedelta(hours=rng.randrange(60))
        since = now - timedelta(days=9) if ill else None
        states.append(
            SourceState(
                source.id, checked=now, changed=changed, error=error, failures=90 * ill, failing=since)
        )  # fmt: skip
    store.sources.put_states(states)


def _items(sources: int, count: int, rng: Random) -> "Iterator[Item]":
    """Some sources give a hundred times as much as others."""
    from veille.app import SystemClock
    from veille.model import Item, ItemKind

    now = SystemClock().now()
    for number in range(count):
        at = now - timedelta(seconds=rng.randrange(_DAYS * 86400))
        title = " ".join(_word(rng) for _each in range(7))
        yield Item(
            0, 1 + int(sources * rng.random() ** 2), f"u{number}", ItemKind.ARTICLE, f"https://news.example/{number}",
            title, "", title, f"<p>{title}</p>", "en", at, None, at, at, f"h{number}")  # fmt: skip


def _word(rng: Random) -> str:
    return rng.choice(_WORDS)


# Handing over ------------------------------------------------------------------------------------------


def handed_over(folder: Path, count: int) -> tuple[float, float]:
    """How long it takes to publish ``count`` sources, and to notice them elsewhere and take them over."""
    from veille.app import open_services

    curator, reader = (open_services(folder / name, write=True) for name in ("curator", "reader"))
    try:
        sector = _watch(curator, count)
        place = folder / "shared"
        place.mkdir()
        publish = _timed(lambda: curator.publishing.publish(sector, place))
        accept = _timed(lambda: [reader.offers.accept(offer) for offer in reader.offers.follow(place)])
        assert len(reader.curation.outline().sources) == count
        return publish, accept
    finally:
        curator.close()
        reader.close()


def _watch(services: "Services", count: int) -> str:
    from veille.app import SystemClock
    from veille.model import Membership, SourceKind

    sector = services.curation.add_sector("Energy")[0].key
    store, now = services._store, SystemClock().now()
    with store.db.write():
        for number in range(count):
            address = f"https://source{number}.example/feed"
            source = store.sources.add(f"feed:{address}", SourceKind.FEED, address, f"Source {number}", lang="en")
            why = f"It is first with news of field {number}"
            store.sources.put_member(Membership(sector, source.id, "person", "person", now, why, rank=number))
    return sector


def _timed(call: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


# The window ----------------------------------------------------------------------------------------------


class Shown:
    """What was measured, in ms: opening the desk and sorting it, and the same done the usual way."""

    def __init__(self, profile: Path, rounds: int) -> None:
        from PySide6.QtCore import QtMsgType, qInstallMessageHandler
        from PySide6.QtWidgets import QApplication

        from veille.app import open_services
        from veille.ui import theme
        from veille.ui.start import Face

        def say(kind: QtMsgType, _where: object, text: str) -> None:
            if kind is not QtMsgType.QtDebugMsg and "plugin does not support" not in text:
                print(text, file=sys.stderr)

        qInstallMessageHandler(say)
        self._app = QApplication.instance() or QApplication(["veille"])
        assert isinstance(self._app, QApplication)
        self._app.setStyle("Fusion")
        theme.set_font(self._app)
        services = open_services(profile, write=True)
        face = Face(self._app, services, lambda _name: services)
        try:
            self._wait(lambda: bool(face.window.browsing.outline.sources and len(face.window.model.ids)))
            self._measure(face.window, rounds)
        finally:
            face.window.close()
            face.close()

    def _measure(self, window: "Window", rounds: int) -> None:
        self._wait(lambda: window.services.desk.known)
        opened, self._work = [], list[float]()
        for at in range(rounds + 1):  # the first imports what the others have
            self._forget(window, at)
            opened.append(self._open(window, last=at == rounds))
        self.opening = median(self._work[1:])
        self.opened, self.fresh = (median(each) for each in zip(*opened[1:], strict=True))
        desk = self._desk
        times = self._sorted(desk.table, rounds)
        self.slowest, self.sorted = max(
            ((name, median(each)) for name, each in times.items()), key=lambda each: each[1])  # fmt: skip
        desk.close()
        usual = []
        for at in range(rounds + 1):
            self._forget(window, at)
            usual.append(self._usual(window.services))
        self.usual_opened = median(usual[1:])
        usual_times = self._sorted(self._table, max(1, rounds // 3))
        self.usual_sorted = max(median(each) for each in usual_times.values())
        self._table.close()

    def _forget(self, window: "Window", at: int) -> None:
        """Write something, so that what is remembered is no longer true; then let the main window come to rest."""
        store = window.services._store
        store.marks.set_read([1 + at], at % 2 == 0)
        self._wait(lambda: not window.tasks.busy())
        self._settle(0.15)
        gc.collect()

    def _open(self, window: "Window", *, last: bool) -> tuple[float, float]:
        from veille.ui.desk.window import open_desk

        began, worked = time.perf_counter(), time.thread_time()
        desk = self._desk = open_desk(window)
        took = self._painted(desk.table.viewport(), lambda: desk.whole, began)
        self._work.append((time.thread_time() - worked) * 1000)
        fresh = self._painted(desk.table.viewport(), lambda: desk.fresh, began)
        assert len(desk.model.rows) == len(window.browsing.outline.sources)
        assert any(row.findings for row in desk.rows)
        assert any(row.read for row in desk.rows)
        if not last:
            desk.close()
            self._settle(0.1)
        return took, fresh

    def _usual(self, services: "Services") -> float:
        """The rows in a QStandardItemModel behind a proxy that sorts, shown by a plain QTableView."""
        from PySide6.QtCore import QSortFilterProxyModel
        from PySide6.QtGui import QStandardItem, QStandardItemModel
        from PySide6.QtWidgets import QTableView

        from veille.ui.desk.table import COLUMNS, cell

        began = time.perf_counter()
        rows = services.desk.rows()
        model = QStandardItemModel(0, len(COLUMNS))
        for row in rows:
            model.appendRow([QStandardItem(cell(row, column)) for column in COLUMNS])
        proxy = QSortFilterProxyModel()
        proxy.setSourceModel(model)
        proxy.setSortLocaleAware(True)
        self._table = QTableView()
        self._kept: Any = (model, proxy)
        self._table.setModel(proxy)
        self._table.setSortingEnabled(True)
        self._table.resize(1240, 700)
        self._table.show()
        return self._painted(self._table.viewport(), lambda: True, began)

    def _sorted(self, table: Any, rounds: int) -> dict[str, list[float]]:
        """A click on each head, both ways, up to the end of the painting."""
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        head, times = table.horizontalHeader(), dict[str, list[float]]()
        for column in range(table.model().columnCount()):
            table.scrollTo(table.model().index(0, column))
            name = str(table.model().headerData(column, Qt.Orientation.Horizontal)).rstrip(" ↑↓")
            for _round in range(2 * rounds):
                self._settle(0.02)
                at = QPoint(head.sectionViewportPosition(column) + 12, head.height() // 2)
                began = time.perf_counter()
                QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
                times.setdefault(name, []).append(self._painted(table.viewport(), lambda: True, began))
        return times

    # Pieces

    def _painted(self, widget: Any, ready: Callable[[], bool], began: float) -> float:
        """Milliseconds from ``began`` until the next painting of ``widget`` while it is ``ready`` is over."""
        from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer

        loop, took = QEventLoop(), list[float]()

        class Observer(QObject):
            def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
                if event.type() is QEvent.Type.Paint and ready() and not took:
                    took.append(0.0)
                    QTimer.singleShot(0, over)  # its turn comes once this one is dealt with
                return False

        def over() -> None:
            took[0] = (time.perf_counter() - began) * 1000
            loop.quit()

        observer = Observer()
        widget.installEventFilter(observer)
        QTimer.singleShot(_PATIENCE, loop.quit)
        loop.exec()
        widget.removeEventFilter(observer)
        assert took, "nothing was painted"
        return took[0]

    def _wait(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE / 1000
        while not true():
            assert time.monotonic() < end
            self._settle(0.02)

    def _settle(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._app.processEvents()
            time.sleep(0.002)
