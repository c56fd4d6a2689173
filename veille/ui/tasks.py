"""The only threads of the face: run a query, run a change, run long work, get a signal back.

Two threads answer queries, one makes changes in the order in which they were asked for, and each kind of
long work has one of its own: an import must not keep a refresh waiting, or it could be seen from outside.
Nothing here blocks the window; a failure comes back as the signal :attr:`Tasks.failed`.
"""

import sys
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

from veille.errors import VeilleError
from veille.i18n import _
from veille.model import Changes

T = TypeVar("T")

QUIET = 500  # ms of long work before its progress is shown
QUERIES = 2
PATIENCE = 2.0  # seconds that closing waits for what may hang


class Task:
    """The :class:`veille.model.Progress` of one piece of long work, read from the face's thread."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.state = (0, 0, "")
        self._cancelled = False

    def step(self, done: int, total: int, text: str = "") -> None:
        """Remember where it is; the face looks now and then, so this may be called at any rate."""
        self.state = (done, total, text)

    def cancel(self) -> None:
        """Ask it to stop."""
        self._cancelled = True

    @property
    def cancelled(self) -> bool:
        """Whether the person asked to stop."""
        return self._cancelled


class Tasks(QObject):
    """The threads of one window."""

    changed = Signal(object)  # Changes
    failed = Signal(str)  # a sentence
    progress = Signal(int, int, str)  # done, total, with what: only for work of more than QUIET ms
    idle = Signal()  # long work ended
    _answer = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest: dict[str, int] = {}
        self._queries, self._changes = _Lane(QUERIES), _Lane(1)
        self._jobs: dict[str, _Lane] = {}
        self._apart: list[Thread] = []
        self._looking: dict[str, Task] = {}
        self._waiting: list[Task] = []
        self._closed = False
        self._answer.connect(self._receive)
        self._watch = QTimer(self, interval=100)
        self._watch.timeout.connect(self._look)
        self._since = QElapsedTimer()

    def query(
        self, slot: str, call: Callable[[], T], then: Callable[[T], None], otherwise: Callable[[], None] | None = None
    ) -> None:
        """Ask ``call`` in a thread and give the answer to ``then`` here; in a ``slot`` only the newest counts.

        ``otherwise`` is called beside the signal ``failed`` when there is no answer.
        """
        ticket = self._newest[slot] = self._newest.get(slot, 0) + 1

        def current() -> bool:
            return self._newest.get(slot) == ticket and not self._closed

        def run() -> None:
            if current():
                self._try(call, lambda answer: then(answer) if current() else None, current, otherwise)

        self._queries.put(run)

    def forget(self, slot: str) -> None:
        """Drop whatever is under way in ``slot``, or aside under that name."""
        self._newest[slot] = self._newest.get(slot, 0) + 1
        if task := self._looking.pop(slot, None):
            task.cancel()

    def change(self, call: Callable[[], T], then: Callable[[T], None] | None = None) -> None:
        """Run ``call`` after the changes before it; an answer that is :class:`Changes` is announced by ``changed``."""

        def receive(answer: T) -> None:
            if isinstance(answer, Changes):
                self.changed.emit(answer)
            if then is not None:
                then(answer)

        if not self._closed:  # the profile may be closed as well
            self._changes.put(lambda: self._try(call, receive))

    def job(self, name: str, call: Callable[[Task], T], then: Callable[[T], None] | None = None) -> bool:
        """Run long work; False if work of that ``name`` is under way and goes on. ``call`` is given its progress.

        What was cancelled ends first; its answer, of which what was done so far is kept, comes all the same.
        """
        if self.busy(name) or self._closed:
            return False
        task = Task(name)
        self._waiting.append(task)

        def ended(answer: T) -> None:
            self._end(task)
            if then is not None:
                then(answer)

        lane = self._jobs.setdefault(name, _Lane(1))
        lane.put(lambda: self._try(lambda: call(task), ended, failed=lambda: self._end(task)))
        if not self._watch.isActive():
            self._since.start()
            self._watch.start()
        return True

    def aside(self, name: str, call: Callable[[Task], T], then: Callable[[T], None]) -> bool:
        """Run what may hang for ever, such as a look at a share that is gone; False while one of that ``name`` goes on.

        Nobody is shown its progress, and closing does not wait for it for long. Once it is forgotten (:meth:`forget`)
        another one may begin beside it.
        """
        if name in self._looking or self._closed:
            return False
        task = self._looking[name] = Task(name)

        def over() -> bool:
            wanted = self._looking.get(name) is task
            if wanted:
                del self._looking[name]
            return wanted

        def ended(answer: T) -> None:
            if over():
                then(answer)

        thread = Thread(target=lambda: self._try(lambda: call(task), ended, over), daemon=True)
        self._apart = [*(each for each in self._apart if each.is_alive()), thread]
        thread.start()
        return True

    def busy(self, name: str = "") -> bool:
        """Whether long work is under way (of that ``name``) that nobody asked to stop."""
        return any(not task.cancelled and (not name or task.name == name) for task in self._waiting)

    def announce(self, changes: Changes) -> None:
        """Tell of changes from any thread, while long work goes on."""
        self._answer.emit(lambda: self.changed.emit(changes))

    def cancel(self, name: str = "") -> None:
        """Ask all long work (of that ``name``) to stop; what it did so far is kept."""
        for task in self._waiting:
            if not name or task.name == name:
                task.cancel()

    def close(self) -> None:
        """Stop: long work is cancelled, changes are finished, answers are dropped."""
        self._closed = True
        self.cancel()
        self._watch.stop()
        for task in self._looking.values():
            task.cancel()
        for lane in (self._queries, self._changes, *self._jobs.values()):
            lane.close()
        for thread in self._apart:
            thread.join(PATIENCE)

    def _try(
        self,
        call: Callable[[], T],
        then: Callable[[T], None],
        wanted: Callable[[], bool] | None = None,
        failed: Callable[[], object] | None = None,
    ) -> None:
        """In a worker: call, and hand the answer or the failure over to the face's thread."""
        try:
            answer = call()
        except Exception as error:  # a bug must be seen too, and must not end the thread
            text = _say(error)

            def tell() -> None:
                if wanted is None or wanted():
                    if failed is not None:
                        failed()
                    self.failed.emit(text)

            self._answer.emit(tell)
        else:
            self._answer.emit(lambda: then(answer))

    @Slot(object)
    def _receive(self, answer: Callable[[], None]) -> None:
        if not self._closed:
            answer()

    def _end(self, task: Task) -> None:
        self._waiting.remove(task)
        if not self._waiting:
            self._watch.stop()
            self.idle.emit()
        else:
            self._since.restart()

    def _look(self) -> None:
        if self._waiting and self._since.elapsed() >= QUIET:
            self.progress.emit(*self._waiting[0].state)


class _Lane:
    """Calls that wait for one of ``width`` threads, which begin with the first call."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads: list[Thread] = []

    def put(self, call: Callable[[], None]) -> None:
        """Run ``call`` when its turn comes."""
        self._calls.put(call)
        while len(self._threads) < self._width:
            thread = Thread(target=self._work, daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """Return when everything has been run."""
        for _thread in self._threads:
            self._calls.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()


def _say(error: Exception) -> str:
    if isinstance(error, VeilleError):
        return str(error)
    import traceback

    traceback.print_exception(error, file=sys.stderr)
    return _("Something unexpected happened ({kind}). Details were written to the terminal.").format(
        kind=type(error).__name__
    )
