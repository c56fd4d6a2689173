"""Parses beside the main process, so that the window stays free and a feed that does harm harms nothing.

Parsing is pure Python work: in threads it would take turns with the window. A worker is a process that
keeps nothing between two calls; it is started when there is something to parse, replaced when a call kills
it or takes too long, and leaves by itself when it has been idle for a while or when Veille is gone.
"""

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from queue import LifoQueue
from typing import Any, NoReturn, TypeVar, cast

from veille import i18n
from veille.errors import Unreadable, VeilleError
from veille.i18n import _

T = TypeVar("T")

_SPAWN = multiprocessing.get_context("spawn")  # never fork: there are threads, and perhaps a window
_STARTING = 60.0  # seconds that a worker may need on a slow machine before it is ready
_IDLE = 120.0  # seconds without work after which a worker leaves


class Workers:
    """``run`` has the signature that :class:`veille.sources.feeds.FeedFetcher` asks for. Thread-safe.

    At most ``count`` calls run at a time, each for ``patience`` seconds at most.
    """

    def __init__(self, count: int, patience: float = 10.0) -> None:
        self._patience = patience
        self._places: LifoQueue[_Worker | None] = LifoQueue()
        for _place in range(count):
            self._places.put(None)

    def run(self, call: Callable[..., T], *arguments: Any) -> T:
        """``call(*arguments)`` in a worker: a function of a module, with values that can be pickled.

        Raises what the call raises, and Unreadable when it takes too long or takes the worker with it.
        """
        worker = self._places.get()
        try:
            if worker is None or not worker.alive:
                worker = _Worker()
            try:
                return cast(T, worker.ask(call, arguments, self._patience))
            except _LeftError:
                worker = _Worker()
                return cast(T, worker.ask(call, arguments, self._patience))
        finally:
            self._places.put(worker)

    def close(self) -> None:
        """End the workers that are idle; one at work ends with this process."""
        for _place in range(self._places.qsize()):
            if worker := self._places.get():
                worker.kill()
            self._places.put(None)


class _LeftError(Unreadable):
    """The worker had been idle and was just leaving."""


class _Worker:
    def __init__(self, work: "Callable[[Connection, str], None] | None" = None) -> None:
        self._connection, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=work or _work, args=(theirs, i18n.language()), name="veille parser", daemon=True)  # fmt: skip
        with _undisturbed():
            self._process.start()
        theirs.close()
        self._receive(_STARTING)

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    def ask(self, call: Callable[..., object], arguments: tuple[Any, ...], patience: float) -> object:
        try:
            self._connection.send((call, arguments))
        except OSError:
            self._gone()
        good, answer = self._receive(patience)
        if not good:
            raise answer
        return answer

    def _receive(self, patience: float) -> Any:
        try:
            if self._connection.poll(patience):
                return self._connection.recv()
        except (EOFError, OSError):
            self._gone()
        self.kill()
        raise Unreadable(detail=_("reading it took longer than {seconds} seconds").format(seconds=int(patience)))

    def _gone(self) -> NoReturn:
        self._process.join(1)
        left = self._process.exitcode == 0
        self.kill()
        raise (_LeftError if left else Unreadable)(detail=_("reading it failed altogether"))

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self._connection.close()


_one_start = threading.Lock()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """One start at a time, during which Ctrl-C in the terminal does not reach the new process (it inherits that)."""
    with _one_start:
        if not hasattr(signal, "pthread_sigmask"):
            yield
            return
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def stream(call: Callable[..., Iterator[T]], *arguments: Any, patience: float = 60.0) -> Iterator[T]:
    """What the generator ``call(*arguments)`` gives, one by one, from a process of its own that ends with it.

    It goes on only as fast as it is asked: one step ahead. Raises what it raises, and Unreadable when one step takes
    longer than ``patience`` seconds or takes the process with it. Whoever does not ask to the end closes this.
    """
    worker = _Worker(_give)
    try:
        step = worker.ask(call, arguments, patience)
        while step:
            (value,) = cast(tuple[T], step)
            yield value
            step = worker.ask(call, (), patience)
    finally:
        worker.kill()


# In the worker -----------------------------------------------------------------------------------


def _begin(language: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    i18n.use(language)


def _work(connection: Connection, language: str) -> None:
    _begin(language)
    with suppress(EOFError, OSError):  # the other side is gone
        connection.send(None)  # ready
        while connection.poll(_IDLE):
            call, arguments = connection.recv()
            connection.send(_outcome(call, arguments))


def _give(connection: Connection, language: str) -> None:
    """Answers each message with one step of the generator that the first one tells of: one value, or none at the end.

    The next step is made before it is asked for, and no further.
    """
    _begin(language)
    with suppress(EOFError, OSError):
        connection.send(None)  # ready
        call, arguments = connection.recv()
        steps = _steps(call, arguments)
        good, step = _outcome(_step, (steps,))
        while True:
            connection.send((good, step))
            if not (good and step):
                break
            good, step = _outcome(_step, (steps,))
            connection.recv()


def _steps(call: Callable[..., Iterator[object]], arguments: tuple[Any, ...]) -> Iterator[object]:
    yield from call(*arguments)


def _step(steps: Iterator[object]) -> tuple[object, ...]:
    for value in steps:
        return (value,)
    return ()


def _outcome(call: Callable[..., object], arguments: tuple[Any, ...]) -> tuple[bool, object]:
    try:
        return True, call(*arguments)
    except Exception as error:
        if not isinstance(error, VeilleError):
            error.add_note(traceback.format_exc())  # which does not travel by itself
        return False, error


def _end_with_parent() -> None:
    """A parent that was killed cannot say goodbye; a worker in the middle of a call would outlive it."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
