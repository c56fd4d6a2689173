"""The index: opened, written, searched. It is derived from the store, and can always be made anew.

One process writes (a lock says so), one thread at a time; any number of threads and processes read. A
commit is one new table of contents: a reader sees the index before it or after it, never in between, and
keeps what it has open while it searches. While somebody searches, the writer steps aside between two documents.
"""

import errno
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from whoosh.index import TOC, clean_files

from veille.errors import Cancelled, IndexBroken, IndexUnwritable, os_detail
from veille.model import Order
from veille.search.engine.layout import NAME, Document
from veille.search.engine.likeness import alike, suggested
from veille.search.engine.matching import Counted, Found, View
from veille.search.engine.segment import Segment
from veille.search.engine.storage import Storage
from veille.search.query.question import Node

if TYPE_CHECKING:
    from veille.search.engine.committing import Commit

__all__ = ["Counted", "Document", "Found", "Index"]

_WAIT = 0.01  # seconds that the writer steps aside for searches at most, each time
_SUSPECT_FILE = "suspect"
_REFUSED = {
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG, errno.ENOTDIR, errno.EEXIST,
}  # fmt: skip


class Index:
    """The search index in a folder. ``fresh`` says that it is new and empty: everything is still to be written."""

    def __init__(self, folder: Path, write: bool, fresh: bool) -> None:
        self.fresh = fresh
        self._folder = folder
        self._storage = Storage(folder)
        self._writable = write
        self._opening, self._writing = Lock(), Lock()
        self._way = _RightOfWay()
        self._segments: dict[str, Segment] = {}
        self._generation = -1
        self._view = View((), ())

    @classmethod
    def open(cls, folder: Path, write: bool = True) -> "Index":
        """The index in ``folder``; with ``write``, made anew when it is missing, of another format or broken.

        Of a broken one the sound segments are kept: what is missing of them is then to be written again. Without
        ``write`` it is ``fresh`` and finds nothing, and the folder is left alone; so is one that cannot be made.
        """
        storage = Storage(folder)
        index = cls(folder, write, fresh=not storage.ours or storage.generation < 0)
        if write and not index.fresh:
            with suppress(OSError):
                index._leave_out_damaged()
        if not index.fresh:
            try:
                index._refresh()
                return index
            except IndexBroken:
                index = cls(folder, write, fresh=True)
        if write:
            with suppress(OSError):
                index._storage.make_anew()
        return index

    def write(
        self,
        documents: Iterable[Document],
        removed: Iterable[int] = (),
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take out ``removed`` (item ids), then put ``documents`` in, each in place of what its id had: one commit.

        Raises IndexBroken: the caller opens the index again and writes what is missing. Raises IndexUnwritable
        (disk full, no permission), and Cancelled soon after ``stopped``: nothing has changed then.
        """

        def halted() -> bool:
            self._way.give()
            return stopped()

        with self._guarded(), self._locked():
            self._commit(lambda commit: commit.change(documents, removed, halted))

    def find(self, node: Node, order: Order = Order.DATE, limit: int | None = None) -> Found:
        """The items that match ``node``, with the exact total.

        By date: the newest first, without scoring. By relevance: BM25F (``engine/scoring.py``), equally good ones
        newest first. ``limit`` None gives all. What only the profile can tell is no longer in ``node``:
        TypeError where it is. Raises IndexBroken.
        """
        with self._guarded(), self._way:
            return self._refresh().find(node, order, limit)

    def facets(self, node: Node, bounds: Sequence[datetime] = ()) -> Counted:
        """How many items that match each source and kind has, and each period between two neighbours of ``bounds``
        (ascending; the end is excluded). Raises IndexBroken."""
        with self._guarded(), self._way:
            return self._refresh().counted(node, bounds)

    def suggest(self, words: Sequence[str]) -> dict[str, str]:
        """For each of ``words`` (folded) that no item has in any form, a word like it that some have, if there is one.

        Raises IndexBroken.
        """
        with self._guarded(), self._way:
            return suggested(self._refresh(), words)

    def alike(self, document: Document) -> Node:
        """The question for items like ``document``, itself among them. Raises IndexBroken."""
        with self._guarded(), self._way:
            return alike(self._refresh(), document)

    def count(self) -> int:
        """How many items are in the index. Raises IndexBroken."""
        with self._guarded():
            return self._refresh().count

    def ids(self) -> "array[int]":
        """The items that are in the index, ascending. Raises IndexBroken."""
        with self._guarded():
            return self._refresh().ids()

    def verify(self, stopped: Callable[[], bool] = lambda: False) -> bool:
        """Read every file whole; where one is damaged, its segment is left out from now on. Returns whether all were
        sound. Takes about a second for each 500 MB; ends early once ``stopped``. Raises IndexUnwritable."""
        with self._guarded(), self._locked():
            self._refresh()
            sound = [name for name, segment in self._segments.items() if _sound(segment, stopped)]
            if len(sound) == len(self._segments):
                return True
            self._commit(lambda commit: commit.keep(sound))
            return False

    def close(self) -> None:
        """Let go of the files. Searches that are running finish."""
        with self._opening:
            self._segments, self._view, self._generation = {}, View((), ()), -1

    # ---------------------------------------------------------------------------------------------

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Whatever breaks in here is a broken index: remember it, so that its next opening looks at every byte."""
        try:
            yield
        except (IndexBroken, IndexUnwritable, Cancelled, TypeError):
            raise
        except Exception as error:
            self.close()
            if self._writable:
                with suppress(OSError):
                    (self._folder / _SUSPECT_FILE).touch()
            raise IndexBroken from error

    def _refresh(self) -> View:
        """The view of the newest commit."""
        if self._storage.generation == self._generation or (self.fresh and not self._writable):
            return self._view
        with self._opening:
            while (generation := self._storage.generation) != self._generation:
                try:
                    self._show(TOC.read(self._storage, NAME, generation))
                except Exception as error:
                    # The writer may have replaced the files between the table of contents and their opening.
                    if self._storage.generation == generation:
                        raise IndexBroken from error
            return self._view

    def _show(self, contents: Any) -> None:
        """Open what ``contents`` lists, keeping what is open already."""
        opened = {
            each.segment_id(): self._segments.get(each.segment_id()) or Segment(self._folder, each)
            for each in contents.segments
        }
        self._view = View(
            tuple(opened.values()), [frozenset(each.deleted_docs()) for each in contents.segments], self._view
        )
        self._segments, self._generation = opened, contents.generation

    # Writing -------------------------------------------------------------------------------------

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """For the one writer; what the disk refuses is no damage."""
        with self._writing:
            lock = self._storage.lock(f"{NAME}_WRITELOCK")
            try:
                if not lock.acquire():
                    raise IndexBroken
                try:
                    yield
                finally:
                    lock.release()
            except OSError as error:
                if error.errno not in _REFUSED:
                    raise
                raise IndexUnwritable(detail=os_detail(error)) from error

    def _commit(self, change: "Callable[[Commit], None]") -> None:
        from veille.search.engine.committing import Commit

        self._refresh()
        for half in self._folder.glob(f"_{NAME}_*.toc.*"):  # of a commit that was killed
            half.unlink()
        contents = TOC.read(self._storage, NAME)
        commit = Commit(self._folder, contents, self._segments)
        try:
            change(commit)
            contents = TOC(contents.schema, commit.segments, contents.generation + 1)
            contents.write(self._storage, NAME)
        except BaseException:
            commit.forget()
            raise
        with self._opening:
            self._show(contents)
        self._storage.sync([*commit.files(), self._folder / TOC._filename(NAME, contents.generation)])
        clean_files(self._storage, NAME, contents.generation, contents.segments)

    def _leave_out_damaged(self) -> None:
        """Before it is opened: drop the segments that cannot be read, all being looked at when one was suspect."""
        suspect = self._folder / _SUSPECT_FILE
        thorough = suspect.exists()
        try:
            contents = TOC.read(self._storage, NAME)
        except Exception:
            return
        sound = [each for each in contents.segments if _opens(self._folder, each, thorough)]
        if len(sound) < len(contents.segments):
            contents = TOC(contents.schema, sound, contents.generation + 1)
            contents.write(self._storage, NAME)
            clean_files(self._storage, NAME, contents.generation, sound)
        elif thorough:  # it broke, and nobody knows why
            self._storage.disown()
            self.fresh = True
        suspect.unlink(missing_ok=True)


class _RightOfWay:
    """Searches go first: the writer's steps in Python would make each of theirs wait for the interpreter."""

    def __init__(self) -> None:
        self._searches, self._lock, self._free = 0, Lock(), Event()
        self._free.set()

    def __enter__(self) -> None:
        with self._lock:
            self._searches += 1
            self._free.clear()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._searches -= 1
            if not self._searches:
                self._free.set()

    def give(self) -> None:
        """Wait until nobody searches, but not for ever."""
        if self._searches:
            self._free.wait(_WAIT)


def _sound(segment: Segment, stopped: Callable[[], bool]) -> bool:
    try:
        segment.check(stopped)
    except Exception:  # whatever it is, it is not as it was written
        return False
    return True


def _opens(folder: Path, segment: Any, thorough: bool) -> bool:
    try:
        opened = Segment(folder, segment)
        if thorough:
            opened.check()
    except Exception:
        return False
    return True
