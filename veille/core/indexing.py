"""Keeping the search index up with the store. The store's queue says what is missing; the index is only derived."""

from collections.abc import Callable, Iterator, Sequence
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from veille.core.documents import document
from veille.errors import Cancelled, IndexBroken
from veille.model import Progress
from veille.store.filters import Filter

if TYPE_CHECKING:
    from veille.search.index import Document, Index
    from veille.store import Store

CHUNK = 5000  # documents that are committed together, at most: a segment each, so the fewer the less to merge
AT_ONCE = 500  # of them that are read from the store at a time


class Indexer:
    """The one writer of the index, and the one who opens it.

    ``open`` gives the index, made anew (``fresh``) when it is missing, older or broken. What is written is
    taken off the queue only after the commit: whatever happens in between, nothing is forgotten.
    """

    def __init__(self, store: "Store", open: "Callable[[], Index]") -> None:
        self._store = store
        self._open = open
        self._index: Index | None = None
        self._opening = Lock()
        self._draining = Lock()
        self._woken = Event()
        self._closed = Event()
        self._thread: Thread | None = None
        self._on_indexed: Callable[[int], None] | None = None

    def index(self) -> "Index":
        """The index, opened when it is first asked for."""
        with self._opening:
            if self._index is None:
                self._index = self._open()
                if self._store.writable and self._lacks(self._index):
                    self._store.queue.requeue_all(gone=self._index.count() > 0)
                    self._woken.set()
            return self._index

    def drain(self, progress: Progress | None = None) -> int:
        """Index all that the queue holds, here and now; returns how many items were written or taken out.

        A broken index is made anew, once. Only the profile's writer drains.
        """
        if not self._store.writable:
            return 0
        with self._draining:
            try:
                return self._drain(progress)
            except IndexBroken:
                self.renew()
                return self._drain(progress)

    def start(self, on_indexed: Callable[[int], None] | None = None) -> None:
        """Drain in a thread of its own from now on, whenever woken; ``on_indexed`` hears how many came."""
        self._on_indexed = on_indexed
        self._thread = Thread(target=self._loop, name="indexer", daemon=True)
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """There is something to index."""
        self._woken.set()

    def renew(self) -> None:
        """The index turned out to be broken: it is made anew when it is next asked for."""
        with self._opening:
            if self._index is not None:
                self._index.close()
            self._index = None

    def close(self) -> None:
        """Stop at once, and close the index. What was being written stays in the queue."""
        self._closed.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
        self.renew()

    def _lacks(self, index: "Index") -> bool:
        """Whether items are neither in the index nor queued: it is new, or was when Veille was killed."""
        count = index.count()
        return not count or count + self._store.queue.count() < self._store.items.count(Filter(folded=False))

    def _loop(self) -> None:
        while True:
            self._woken.wait()
            self._woken.clear()
            if self._closed.is_set():
                return
            try:
                if (count := self.drain()) and self._on_indexed:
                    self._on_indexed(count)
            except Exception:  # the thread lives on: the queue is kept, and the next waking tries again
                import logging

                logging.getLogger(__name__).exception("indexing failed")

    def _drain(self, progress: Progress | None) -> int:
        def stopped() -> bool:
            return self._closed.is_set() or (progress is not None and progress.cancelled)

        index = self.index()
        done = 0
        while not stopped():
            to_index, to_remove, token = self._store.queue.take(CHUNK)
            if not to_index and not to_remove:
                break
            try:
                index.write(self._documents(to_index), to_remove, stopped)
            except Cancelled:
                break
            self._store.queue.done(token)
            done += len(to_index) + len(to_remove)
            if progress:
                progress.step(done, done + self._store.queue.count())
        return done

    def _documents(self, ids: Sequence[int]) -> "Iterator[Document]":
        for start in range(0, len(ids), AT_ONCE):
            yield from map(document, self._store.items.whole(ids[start : start + AT_ONCE]))
