"""How quickly the window is there, on a profile of 100,000 items with its index built.

From the start of the process to the end of the window's first painting, and to when its list shows items; beside
it, in turns, a bare QMainWindow. Medians of several rounds, after one that warms the disk up. ``peak_mb`` is the
most memory that the process had. The window is the real one, started by ``veille.app.main``; what is measured is
seen from outside, where the application delivers its events.

The profile is made once and kept in ``--folder``. Without a display, Qt's platform is "offscreen".
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.corpus import Corpus
    from veille.store import Store

_ROOT = Path(__file__).parents[2]
_BATCH = 2000  # items stored together
_SETTLING = 1000  # ms after the list is there, in which the index is opened: its memory counts


def main(arguments: Sequence[str] = ()) -> None:
    """Run it and print the table and the line of keys."""
    parser = argparse.ArgumentParser(prog="start", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--folder", type=Path, default=_ROOT / ".cache" / "bench", help="where the profile is kept")
    given = parser.parse_args(arguments)
    profile = prepared(given.folder / f"start-{given.items}", given.items)
    rounds = [(launched("bare"), launched("window", str(profile))) for _round in range(given.rounds + 1)][1:]
    bare = median(each["first_paint_ms"] for each, _window in rounds)
    first, listed, peak = (
        median(window[key] for _bare, window in rounds) for key in ("first_paint_ms", "list_ms", "peak_mb")
    )
    print(f"{given.items} items, {given.rounds} rounds; first painting: bare {bare:.0f} ms, Veille {first:.0f} ms")
    print(f"list usable: {listed:.0f} ms; peak memory {peak:.0f} MB")
    print(
        f"start first_paint_ms={first:.1f} bare_ms={bare:.1f} ratio={first / bare:.2f} list_ms={listed:.1f} "
        f"peak_mb={peak:.1f}"
    )


def launched(*what: str) -> dict[str, float]:
    """What one process told of itself."""
    command = [sys.executable, "-m", "tests.bench.start"]
    environment = dict(os.environ)
    if not any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    began = str(time.monotonic())
    ran = subprocess.run([*command, *what, began], cwd=_ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(ran.stdout))


# The profile -----------------------------------------------------------------------------------------


def prepared(folder: Path, count: int) -> Path:
    """The profile in ``folder``, made if it is not there: all sources in sectors, most items read, some saved."""
    if folder.is_dir():
        return folder
    from tests.bench.corpus import Corpus
    from veille.app import SystemClock, open_services
    from veille.store import open_store

    print(f"making a profile of {count} items in {folder} …", flush=True)
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    corpus = Corpus(count)
    store = open_store(partial, write=True, clock=SystemClock())
    with store.db.write():
        _put_sources(store, corpus)
    items = corpus.items()
    while batch := list(islice(items, _BATCH)):
        with store.db.write():
            ids = store.items.apply(batch, [])
            store.marks.set_read(ids[: len(ids) * 7 // 10], True)
            store.marks.set_saved(ids[::100], SystemClock().now())
    store.close()
    services = open_services(partial, write=True)
    services.preferences.set("refresh_minutes", "0")  # its addresses are made up
    services.indexer.drain()
    services.close()
    partial.rename(folder)
    return folder


def _put_sources(store: "Store", corpus: "Corpus") -> None:
    from veille.app import SystemClock
    from veille.model import Membership, Sector, SourceKind

    now = SystemClock().now()
    for rank, key in enumerate(sorted(set(corpus.sector_of.values()))):
        store.sources.put_sector(Sector(key, key.title(), rank=rank))
    for number, sector in corpus.sector_of.items():
        address = f"https://source{number}.example/feed"
        source = store.sources.add(f"feed:{address}", SourceKind.FEED, address, f"Source {number}")
        store.sources.put_member(Membership(sector, source.id, "person", "person", now, rank=number))
        assert source.id == number


# In a process of its own -------------------------------------------------------------------------------


def observe(began: float, show: Callable[[], object], whole: bool) -> None:
    """``show`` what is measured and print when it was painted; ``whole``: also when its list showed items.

    A window is painted within the delivery of one event (its exposure): the painting is over when that one is.
    """
    from PySide6 import QtWidgets
    from PySide6.QtCore import QEvent, QObject, QTimer

    moments: dict[str, float] = {}

    class Observed(QtWidgets.QApplication):
        depth = 0
        painting = False

        def notify(self, target: QObject, event: QEvent) -> bool:
            self.painting |= event.type() == QEvent.Type.Paint
            self.depth += 1
            try:
                return super().notify(target, event)
            finally:
                self.depth -= 1
                if self.painting and not self.depth:
                    self.painting = False
                    self._painted((time.monotonic() - began) * 1000)

        def _painted(self, now: float) -> None:
            moments.setdefault("first_paint_ms", now)
            if not whole or _shows_items(QtWidgets):
                moments.setdefault("list_ms", now)
                QTimer.singleShot(_SETTLING if whole else 0, self.quit)

    QtWidgets.QApplication = Observed  # type: ignore[misc]
    show()
    print(json.dumps({**moments, "peak_mb": _peak_megabytes()}))


def _shows_items(widgets: ModuleType) -> bool:
    tables = [each for each in widgets.QApplication.allWidgets() if isinstance(each, widgets.QTableView)]
    return any(each.isVisible() and each.model().index(0, 0).data() for each in tables)


def _peak_megabytes() -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1000


def _bare() -> None:
    from PySide6.QtWidgets import QApplication, QMainWindow

    app = QApplication([])
    window = QMainWindow()
    window.resize(1360, 860)
    window.show()
    app.exec()


def _window(profile: str) -> None:
    from veille.app import main

    main(["--profile", profile])


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        observe(float(sys.argv[2]), _bare, whole=False)
    else:
        profile = sys.argv[2]
        observe(float(sys.argv[3]), lambda: _window(profile), whole=True)
