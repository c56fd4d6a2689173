"""A person at the real window, in simulated time and on an internet of our own: for what takes weeks."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from tests.internet import Internet
from veille.app import World, open_services
from veille.net.gateway import Limits
from veille.ui.window import Window

PATIENCE = 60.0  # seconds for what goes on in threads


class SimulatedClock:
    """Its days pass when told; its seconds for deadlines are real ones, since servers drip in real time."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        self.time = start

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return time.monotonic()

    def advance(self, step: timedelta) -> None:
        self.time += step


class Person:
    """One profile in one window. ``opened`` are the addresses that went to the browser."""

    def __init__(
        self,
        folder: Path,
        internet: Internet,
        *,
        seed: int = 1,
        limits: Limits | None = None,
        token: str = "",
        **door: Any,
    ) -> None:
        self.app = QApplication.instance() or QApplication(["veille"])
        self.opened: list[str] = []
        world = World(internet.clock, Random(seed), {**internet.door, **({"limits": limits} if limits else {}), **door},
                      x_token=token)  # fmt: skip
        self.services = open_services(folder, write=True, world=world)
        self.services.indexer.start()
        self._before = QDesktopServices.openUrl
        QDesktopServices.openUrl = self._open  # type: ignore[method-assign,assignment]
        self.window = Window(self.services, lambda then: then(self.window))
        self.window.show()
        self.settle()

    def _open(self, url: QUrl) -> bool:
        self.opened.append(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))
        return True

    def tick(self) -> None:
        """What the window's timer does."""
        due = self.services.refresher.due(), self.services.arrivals.due()
        if any(due):  # the window asks the same; without it, a tick costs far less
            self.window.curating.refresh_due()
            self.settle()

    def refresh(self) -> None:
        """By hand, all of it."""
        self.window.curating.refresh()
        self.settle()

    def settle(self) -> None:
        """Let everything that was begun come to its end."""
        tasks = self.window.tasks
        for _round in range(3):
            done: list[int] = []
            tasks.change(lambda: None, lambda _none, done=done: done.append(1))
            tasks.query("settle", lambda: None, lambda _none, done=done: done.append(2))
            self.pump(lambda done=done: len(done) == 2 and not tasks.busy())

    def pump(self, until: Callable[[], object]) -> None:
        """Let the window live until ``until``."""
        ends = time.monotonic() + PATIENCE
        while not until():
            self.app.processEvents()
            if time.monotonic() > ends:
                raise TimeoutError("the window did not settle")
            time.sleep(0.0005)

    def close(self) -> None:
        self.window.close()
        QDesktopServices.openUrl = self._before  # type: ignore[method-assign]
        self.services.close()
        self.window.deleteLater()
        self.app.processEvents()
