"""Keeping the search index up with the store. The store's queue says what is missing; the index is only derived."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from veille.core.searching.documents import UNTOUCHED, Added, added, document
from veille.errors import Cancelled, IndexBroken, IndexUnwritable, ProfileUnwritable, VeilleError
from veille.i18n import _, ngettext, number
from veille.model import Item, Progress

if TYPE_CHECKING:
    from veille.search.index import Document, Index
    from veille.store import Store

CHUNK = 5000  # documents that are committed together, at most: a segment each, so the fewer the less to merge
TRIAL = 100  # as many are tried on a disk that took none the last time
AT_ONCE = 500  # documents that are read from the store at a time
PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds until such a disk is tried again: twice as long each time
IDLE = 5.0  # seconds without work after which the index is looked through, once


class Indexer:
    """The one writer of the index, and the one who opens it.

    ``open`` gives the index, without what was damaged. What is written is taken off the queue only after the commit:
    whatever happens in between, nothing is forgotten.
    """

    def __init__(self, store: "Store", open: "Callable[[], Index]") -> None:
        self._store = store
        self._open = open
        self._index: Index | None = None
        self._damaged = False  # and not yet whole again
        self._unwritable = ""  # why
        self._checked = False  # for damage, since the start
        self._opening = Lock()
        self._draining = Lock()
        self._woken = Event()
        self._closed = Event()
        self._thread: Thread | None = None
        self._on_indexed: Callable[[int], None] | None = None

    def index(self) -> "Index":
        """The index, opened when it is first asked for. Raises IndexBroken."""
        with self._opening:
            if self._index is None:
                self._index = self._opened()
            return self._index

    def drain(self, progress: Progress | None = None) -> int:
        """Index all that the queue holds, here and now; returns how many items were written or taken out.

        A broken index is opened anew, once. What cannot be written stays in the queue, and :attr:`problem` says so.
        Only the profile's writer drains.
        """
        if not self._store.writable:
            return 0
        with self._draining:
            try:
                return self._drain(progress)
            except IndexBroken:
                self.renew()
                return self._drain(progress)

    @property
    def waiting(self) -> int:
        """How many items the queue holds that this process may write into the index, or take out."""
        return self._store.queue.count() if self._store.writable else 0

    @property
    def problem(self) -> str:
        """What is wrong with the index and keeps items from being found, on one line; "" for nothing."""
        if not (self._unwritable or self._damaged):
            return ""
        there = self._index is not None
        missing = self._store.queue.missing() if there else self._store.items.held()
        if not missing:
            return ""
        if self._unwritable:
            text = ngettext(
                "The search index cannot be written ({detail}): {n} item cannot be searched yet.",
                "The search index cannot be written ({detail}): {n} items cannot be searched yet.",
                missing,
            )
        else:
            text = ngettext(
                "The search index was damaged and is being made anew: {n} item cannot be searched yet.",
                "The search index was damaged and is being made anew: {n} items cannot be searched yet.",
                missing,
            )
        return text.format(n=number(missing), detail=_(self._unwritable))

    def start(self, on_indexed: Callable[[int], None] | None = None) -> None:
        """Drain in a thread of its own from now on, whenever woken; ``on_indexed`` hears how many came."""
        self._on_indexed = on_indexed
        self._thread = Thread(target=self._loop, name="indexer", daemon=True)
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """There is something to index."""
        self._woken.set()

    def renew(self, broken: "Index | None" = None) -> None:
        """The index turned out to be broken: it is opened anew when it is next asked for.

        ``broken`` is the one that did (None: the present one); when two find it out, the second changes nothing.
        """
        with self._opening:
            if self._index is not None and broken in (None, self._index):
                self._damaged = self._store.writable
                self._let_go()

    def close(self) -> None:
        """Stop at once, and close the index. What was being written stays in the queue."""
        self._closed.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
        with self._opening:
            self._let_go()

    # Opening -------------------------------------------------------------------------------------

    def _opened(self) -> "Index":
        index = self._open()
        try:
            if self._store.writable and (self._damaged or self._lacks(index)):
                self._mend(index)
        except IndexBroken:
            index.close()
            self._damaged = True
            raise
        except ProfileUnwritable as error:  # what is there can be searched, and the thread sees to the rest
            self._unwritable, self._checked = _detail(error), False
        return index

    def _let_go(self) -> None:
        if self._index is not None:
            self._index.close()
        self._index = None

    def _lacks(self, index: "Index") -> bool:
        """Whether items are surely neither in the index nor queued: it is new, or was when Veille was killed."""
        count = index.count()
        return not count or count + self._store.queue.count() < self._store.items.held()

    def _mend(self, index: "Index") -> None:
        """Queue what the index lacks, and what it has and should not."""
        if self._store.queue.mend(index.ids()):
            self._woken.set()

    # The thread ----------------------------------------------------------------------------------

    def _loop(self) -> None:
        pause = PAUSE
        while not self._closed.is_set():
            woken = self._woken.wait(None if self._checked else IDLE)
            if woken:
                self._woken.clear()
            failed = not self._survived(self._work if woken else self._check)
            if failed or self._unwritable:  # rather than to try again and again
                self._closed.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                pause = PAUSE
            if failed or self._unwritable:
                self._woken.set()

    def _survived(self, work: Callable[[], None]) -> bool:
        """Whether ``work`` went well. If not, the queue is kept, and the next waking tries again."""
        try:
            work()
            return True
        except (ProfileUnwritable, IndexUnwritable) as error:
            self._unwritable = _detail(error)
        except Exception:
            import logging

            logging.getLogger(__name__).exception("indexing failed")
        return False

    def _work(self) -> None:
        if not self._closed.is_set() and (count := self.drain()) and self._on_indexed:
            self._on_indexed(count)

    def _check(self) -> None:
        """Look for damage that no search has met yet, and for items that went astray. New items go first."""

        def stopped() -> bool:
            return self._closed.is_set() or self._woken.is_set()

        if self._store.writable:
            index = self.index()
            try:
                sound = index.verify(stopped)
            except (Cancelled, IndexBroken) as error:
                sound = isinstance(error, Cancelled)
            if stopped():
                return
            if sound:
                self._mend(index)
            else:
                self.renew(index)
                self._woken.set()
        self._checked = True

    # Writing -------------------------------------------------------------------------------------

    def _drain(self, progress: Progress | None) -> int:
        def stopped() -> bool:
            return self._closed.is_set() or (progress is not None and progress.cancelled)

        with self._opening:
            if self._unwritable and self._index is not None and self._index.fresh:
                self._let_go()  # perhaps it could not even be made
        index, done = self.index(), 0
        try:
            while not stopped():
                to_index, to_remove, token = self._store.queue.take(TRIAL if self._unwritable else CHUNK)
                if not to_index and not to_remove:
                    self._damaged, self._unwritable = False, ""
                    break
                index.write(self._documents(to_index), to_remove, stopped)
                self._store.queue.done(token)
                self._unwritable = ""
                done += len(to_index) + len(to_remove)
                if progress:
                    progress.step(done, done + self._store.queue.count())
        except Cancelled:
            pass
        except IndexUnwritable as error:
            self._unwritable = _detail(error)
        return done

    def _documents(self, ids: Sequence[int]) -> "Iterator[Document]":
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            more = added(self._store, some)
            for item in self._store.items.whole(some):
                yield _document(item, more.get(item.id, UNTOUCHED))


def _document(item: Item, more: Added) -> "Document":
    """``item`` for the index; of one that nobody can read what can be read, so that it does not hold up the others."""
    try:
        return document(item, more)
    except Exception:
        import logging

        logging.getLogger(__name__).exception("item %d cannot be indexed whole", item.id)
        return document(replace(item, content="", summary="", media=(), tags=(), post=None))


def _detail(error: VeilleError) -> str:
    return str(error.facts.get("detail", ""))
