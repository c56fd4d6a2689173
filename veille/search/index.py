"""The index: opened, written, searched. It is derived from the store, and can always be made anew.

One process writes (a lock says so), one thread at a time; any number of threads and processes read. A
commit is one new table of contents: a reader sees the index before it or after it, never in between, and
keeps what it has open while it searches. While somebody searches, the writer steps aside between two documents.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from whoosh.index import TOC, clean_files

from veille.errors import IndexBroken, IndexUnwritable, VeilleError, os_detail
from veille.i18n import N_
from veille.model import Order
from veille.search.engine.arrays import Damaged
from veille.search.engine.layout import NAME, Document
from veille.search.engine.likeness import alike, suggested
from veille.search.engine.matching import Counted, Found, View
from veille.search.engine.segment import Segment
from veille.search.engine.storage import Storage, sync
from veille.search.query.question import Node

if TYPE_CHECKING:
    from veille.search.engine.committing import Commit

__all__ = ["Counted", "Document", "Found", "Index"]

_WAIT, _STEPS = 0.003, 3  # seconds that the writer steps aside for searches at most, and at which of its steps
_SUSPECT_FILE = "suspect"


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
        self._shown = (-1, View((), ()))  # of which commit what is searched

    @classmethod
    def open(cls, folder: Path, write: bool = True) -> "Index":
        """The index in ``folder``; with ``write``, made anew when it is missing, of another format or broken.

        Of a broken one the sound segments are kept: what is missing of them is then to be written again. Without
        ``write`` it is ``fresh`` and finds nothing, and the folder is left alone. One that the system does not let us
        read or make just now is tried again when it is next used.
        """
        storage = Storage(folder)
        index = cls(folder, write, fresh=not storage.ours or storage.generation < 0)
        try:
            if not index.fresh:
                index._open_sound()
        except IndexUnwritable:
            return index
        except IndexBroken:
            index = cls(folder, write, fresh=True)
        if write and index.fresh:
            with suppress(OSError):
                storage.make_anew()
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
            self._segments, self._shown = {}, (-1, View((), ()))

    # ---------------------------------------------------------------------------------------------

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Whatever breaks in here is perhaps damage: its next opening looks at every byte. What the system refuses
        for now, and what the caller's own documents say, is none."""
        try:
            yield
        except (VeilleError, TypeError):
            raise
        except Exception as error:
            if _refused(error):
                raise IndexUnwritable(detail=_detail(error)) from error
            self.close()
            if self._writable:
                with suppress(OSError):
                    (self._folder / _SUSPECT_FILE).touch()
            raise IndexBroken from error

    def _refresh(self) -> View:
        """The view of the newest commit."""
        generation, view = self._shown
        if self._storage.generation == generation or (self.fresh and not self._writable):
            self._look_at_sizes(generation)
            return view
        with self._opening:
            while (generation := self._storage.generation) != self._shown[0]:
                try:
                    self._show(TOC.read(self._storage, NAME, generation))
                except Exception as error:
                    # The writer may have replaced the files between the table of contents and their opening.
                    if self._storage.generation == generation:
                        if _refused(error):
                            raise
                        raise IndexBroken from error
            return self._shown[1]

    def _look_at_sizes(self, generation: int) -> None:
        """To read a file that somebody cut short would end the process."""
        try:
            if all(segment.whole for segment in list(self._segments.values())):
                return
        except FileNotFoundError:
            if self._storage.generation != generation:  # merged in the meantime: the view that was asked for goes on
                return
        raise Damaged("a file was cut short")

    def _show(self, contents: Any) -> None:
        """Open what ``contents`` lists, keeping what is open already."""
        opened = {
            each.segment_id(): self._segments.get(each.segment_id()) or Segment(self._folder, each)
            for each in contents.segments
        }
        deleted = [frozenset(each.deleted_docs()) for each in contents.segments]
        view = View(tuple(opened.values()), deleted, self._shown[1])
        self._segments, self._shown = opened, (contents.generation, view)

    def _open_sound(self) -> None:
        """Open it; for writing, without the segments that cannot be read, all looked at whole when one is suspect."""
        suspect = self._folder / _SUSPECT_FILE
        with self._guarded():
            if self._writable:
                contents = self._storage.contents()
                thorough = suspect.exists()
                sound = [each for each in contents.segments if _opens(self._folder, each, thorough)]
                if len(sound) < len(contents.segments):
                    contents = TOC(contents.schema, sound, contents.generation + 1)
                    contents.write(self._storage, NAME)
                    clean_files(self._storage, NAME, contents.generation, sound)
                suspect.unlink(missing_ok=True)
            self._refresh()

    # Writing -------------------------------------------------------------------------------------

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """For the one writer."""
        with self._writing:
            lock = self._storage.lock(f"{NAME}_WRITELOCK")
            if not lock.acquire():
                raise IndexBroken
            try:
                yield
            finally:
                lock.release()

    def _commit(self, change: "Callable[[Commit], None]") -> None:
        from veille.search.engine.committing import Commit

        if self._storage.generation < 0:  # it could not be made when it was opened
            self._storage.make_anew()
        self._refresh()
        for half in self._folder.glob(f"_{NAME}_*.toc.*"):  # of a commit that was killed
            half.unlink()
        contents = TOC.read(self._storage, NAME)
        commit = Commit(self._folder, contents.segments, self._segments)
        try:
            change(commit)
            sync(commit.files())
            contents = TOC(contents.schema, commit.segments, contents.generation + 1)
            contents.write(self._storage, NAME)
        except BaseException:
            commit.forget()
            raise
        with self._opening:
            self._show(contents)
        clean_files(self._storage, NAME, contents.generation, contents.segments)


class _RightOfWay:
    """Searches go first: the writer's steps in Python would make each of theirs wait for the interpreter."""

    def __init__(self) -> None:
        self._searches, self._asked, self._lock, self._free = 0, 0, Lock(), Event()
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
        """Wait until nobody searches, but not for ever, and not at each step: searches without a pause must not
        keep the writer from its work."""
        self._asked += 1
        if self._searches and self._asked % _STEPS == 0:
            self._free.wait(_WAIT)


def _sound(segment: Segment, stopped: Callable[[], bool]) -> bool:
    try:
        segment.check(stopped)
    except Exception as error:  # whatever it is, it is not as it was written
        if _refused(error):
            raise
        return False
    return True


def _opens(folder: Path, segment: Any, thorough: bool) -> bool:
    try:
        opened = Segment(folder, segment)
    except Exception as error:
        if _refused(error):
            raise
        return False
    return not thorough or _sound(opened, lambda: False)


def _refused(error: BaseException) -> bool:
    """Whether the system does not let us for now: a full disk, no permission, no memory, too many open files."""
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and not isinstance(error, FileNotFoundError))


def _detail(error: Exception) -> str:
    return os_detail(error) if isinstance(error, OSError) else N_("there is not enough memory")
