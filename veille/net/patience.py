"""How long one request may take, and who takes turns."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from veille.errors import Cancelled, TimedOut
from veille.model import Clock

BEAT = 0.25  # seconds between two looks at the deadline and at the person's wish to stop, while nothing comes

_in_force: ContextVar["Patience | None"] = ContextVar("patience", default=None)


class Patience:
    """The seconds that one request has as a whole, over its redirects, without its waits for a turn.

    A socket's own timeout starts anew with every byte, so that a server which drips could hold a request for
    ever (FACTS: ``timeout=`` does not stop a slow drip). Here every wait for bytes asks first, in headers, in
    chunk sizes and in the body alike.
    """

    def __init__(self, clock: Clock, seconds: float, cancelled: Callable[[], bool]) -> None:
        self._clock = clock
        self._seconds = seconds
        self._left = seconds
        self._ends = 0.0
        self.cancelled = cancelled

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the time spent inside; every socket of this thread asks this patience."""
        self._ends = self._clock.monotonic() + self._left
        before = _in_force.set(self)
        try:
            yield
        finally:
            self._left = self._ends - self._clock.monotonic()
            _in_force.reset(before)

    def ask(self) -> float:
        """The seconds left. Raises :class:`Cancelled` or :class:`TimedOut` (without ``host``)."""
        if self.cancelled():
            raise Cancelled
        left = self._ends - self._clock.monotonic()
        if left <= 0:
            raise TimedOut(seconds=round(self._seconds))
        return left


def patience() -> Patience | None:
    """The patience of the request that this thread makes."""
    return _in_force.get()


class Turns:
    """At most ``limit`` at a time for one name, first come, first served."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._taken: dict[str, int] = {}
        self._waiting: dict[str, deque[threading.Event]] = {}

    @contextmanager
    def turn(self, name: str, cancelled: Callable[[], bool]) -> Iterator[None]:
        """Wait for a turn, and give it on at the end whatever happens. Raises :class:`Cancelled`."""
        mine = self._queue(name)
        try:
            while not mine.wait(BEAT):
                if cancelled():
                    raise Cancelled
            yield
        finally:
            self._leave(name, mine)

    def _queue(self, name: str) -> threading.Event:
        mine = threading.Event()
        with self._lock:
            taken = self._taken.get(name, 0)
            if taken < self._limit:
                self._taken[name] = taken + 1
                mine.set()
            else:
                self._waiting.setdefault(name, deque()).append(mine)
        return mine

    def _leave(self, name: str, mine: threading.Event) -> None:
        with self._lock:
            waiting = self._waiting.get(name)
            if not mine.is_set() and waiting:  # gave up before its turn came
                waiting.remove(mine)
            elif waiting:
                waiting.popleft().set()  # the turn itself is handed on: nobody can slip in between
            else:
                self._taken[name] -= 1
            if not waiting:
                self._waiting.pop(name, None)
            if not self._taken[name]:
                del self._taken[name]
