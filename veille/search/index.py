"""The index: opened, written, searched. It is derived from the store, and can always be made anew.

One process writes (a lock says so), one thread at a time; any number of threads and processes read. A
commit is one new table of contents: a reader sees the index before it or after it, never in between, and
keeps what it has open while it searches.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from math import log
from pathlib import Path
from threading import RLock
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.index import TOC, clean_files

from veille.errors import Cancelled, IndexBroken
from veille.model import Order
from veille.search.building import Builder, merged
from veille.search.layout import FORMAT, NAME, Document, schema
from veille.search.matching import Found, Scope, View
from veille.search.query import Question
from veille.search.segment import Segment

__all__ = ["Document", "Found", "Index", "Scope"]

SEGMENT_WORDS = 4_000_000  # words gathered in memory before they become a segment: about 100 MB
FAN = 8  # segments of about one size that are merged into one
LARGEST_MERGE = 60_000  # documents that a merge may give: bounds how long a commit can take
_FORMAT_FILE = "format"


class Index:
    """The search index in a folder. ``fresh`` says that it is new and empty: everything is still to be written."""

    def __init__(self, folder: Path, write: bool, fresh: bool) -> None:
        self.fresh = fresh
        self._folder = folder
        self._storage = _Storage(str(folder))
        self._writable = write
        self._lock = RLock()  # opening segments, and writing
        self._segments: dict[str, Segment] = {}
        self._generation = -1
        self._view = View((), ())

    @classmethod
    def open(cls, folder: Path, write: bool = True) -> "Index":
        """The index in ``folder``; with ``write``, made anew when it is missing, of another format or broken.

        Without ``write`` such an index is ``fresh`` and finds nothing, and the folder is left alone.
        """
        index = cls(folder, write, fresh=not _ours(folder))
        if not index.fresh:
            try:
                index._refresh()
                return index
            except IndexBroken:
                index = cls(folder, write, fresh=True)
        if write:
            _make_anew(folder, index._storage)
        return index

    def write(
        self,
        documents: Iterable[Document],
        removed: Iterable[int] = (),
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take out ``removed`` (item ids), then put ``documents`` in, each in place of what its id had: one commit.

        Raises IndexBroken: the caller opens the index again and writes everything. Raises Cancelled soon after
        ``stopped``: nothing has changed then.
        """
        with self._guarded(), self._lock:
            lock = self._storage.lock(f"{NAME}_WRITELOCK")
            if not lock.acquire():
                raise IndexBroken
            try:
                self._commit(documents, removed, stopped)
            finally:
                lock.release()

    def find(
        self, question: Question, scope: Scope | None = None, order: Order = Order.DATE, limit: int | None = None
    ) -> Found:
        """The items that match ``question`` within ``scope``, with the exact total.

        By date: the newest first, without scoring. By relevance: BM25F, a word of the title counting several
        times; equally good ones newest first (and by date when nothing but -words is asked). ``limit`` None
        gives all. Names in the question (sectors, sources, saved, unread) are the caller's to put into
        ``scope``; its kind and dates are applied here. Raises IndexBroken.
        """
        with self._guarded():
            return self._refresh().find(question, scope or Scope(), order, limit)

    def count(self) -> int:
        """How many items are in the index. Raises IndexBroken."""
        with self._guarded():
            return self._refresh().count

    def close(self) -> None:
        """Let go of the files. Searches that are running finish."""
        with self._lock:
            self._segments, self._view, self._generation = {}, View((), ()), -1

    # ---------------------------------------------------------------------------------------------

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Whatever breaks in here is a broken index: forget its format, so that its next opening makes it anew."""
        try:
            yield
        except (IndexBroken, Cancelled):
            raise
        except Exception as error:
            self.close()
            if self._writable:
                (self._folder / _FORMAT_FILE).unlink(missing_ok=True)
            raise IndexBroken from error

    def _refresh(self) -> View:
        """The view of the newest commit."""
        if self.fresh and not self._writable:
            return self._view
        if self._newest() == self._generation:
            return self._view
        with self._lock:
            while (generation := self._newest()) != self._generation:
                try:
                    self._show(TOC.read(self._storage, NAME, generation))
                except Exception as error:
                    # The writer may have replaced the files between the table of contents and their opening.
                    if self._newest() == generation:
                        raise IndexBroken from error
            return self._view

    def _newest(self) -> int:
        generation: int = TOC._latest_generation(self._storage, NAME)
        return generation

    def _show(self, contents: Any) -> None:
        """Open what ``contents`` lists, keeping what is open already."""
        opened = {
            each.segment_id(): self._segments.get(each.segment_id()) or Segment(self._folder, each)
            for each in contents.segments
        }
        gone = [frozenset(each.deleted_docs()) for each in contents.segments]
        self._view = View(tuple(opened.values()), gone)
        self._segments, self._generation = opened, contents.generation

    # Writing -------------------------------------------------------------------------------------

    def _commit(self, documents: Iterable[Document], removed: Iterable[int], stopped: Callable[[], bool]) -> None:
        self._refresh()
        for half in self._folder.glob(f"_{NAME}_*.toc.*"):  # of a commit that was killed
            half.unlink()
        contents = TOC.read(self._storage, NAME)
        commit = _Commit(self._storage, self._folder, contents, self._segments, stopped)
        commit.remove(removed)
        commit.add(documents)
        commit.merge()
        contents = TOC(contents.schema, commit.segments, contents.generation + 1)
        contents.write(self._storage, NAME)
        new = [each.segment_id() for each in contents.segments if each.segment_id() not in self._segments]
        _sync(self._folder, [*_files(self._folder, new), self._folder / TOC._filename(NAME, contents.generation)])
        self._show(contents)
        clean_files(self._storage, NAME, contents.generation, contents.segments)


class _Storage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """A folder. What is opened is read at once: Whoosh leaves a file open when it is broken."""

    def open_file(self, name: str, **_: object) -> Any:
        return BufferFile(Path(self.folder, name).read_bytes(), name=name)


class _Commit:
    """The segments as they will be after one commit."""

    def __init__(
        self, storage: Any, folder: Path, contents: Any, opened: dict[str, Segment], stopped: Callable[[], bool]
    ) -> None:
        self.segments: list[Any] = list(contents.segments)
        self._storage = storage
        self._folder = folder
        self._opened = dict(opened)
        self._stopped = stopped
        self._names = (f"{contents.generation + 1}x{number}" for number in count())

    def remove(self, ids: Iterable[int]) -> None:
        gone = set(ids)
        for segment in self.segments if gone else ():
            places = self._open(segment).places
            for item in gone & places.keys():
                segment.delete_document(places[item])

    def add(self, documents: Iterable[Document]) -> None:
        """Put ``documents`` in. Of several with one id the last stays."""
        builder = Builder()
        for document in documents:
            if self._stopped():
                raise Cancelled
            builder.add(document)
            if builder.size >= SEGMENT_WORDS:
                self._flush(builder)
                builder = Builder()
        self._flush(builder)

    def merge(self) -> None:
        """Drop segments that are all deleted; join FAN of about one size; rewrite one that is mostly deleted."""
        self.segments = [each for each in self.segments if each.doc_count()]
        while batch := self._batch():
            parts = [(self._open(each), set(each.deleted_docs())) for each in batch]
            whole = merged(self._storage, next(self._names), parts, self._stopped)
            self.segments = [each for each in self.segments if each not in batch] + [whole]

    def _batch(self) -> list[Any]:
        wasteful = [each for each in self.segments if each.deleted_count() * 2 > each.doc_count_all()]
        if wasteful:
            return wasteful[:1]
        sizes: dict[int, list[Any]] = {}
        for each in sorted(self.segments, key=lambda each: each.doc_count()):
            sizes.setdefault(int(log(each.doc_count(), FAN)), []).append(each)
        for same in sizes.values():
            batch = same[:FAN]
            if len(batch) == FAN and sum(each.doc_count() for each in batch) <= LARGEST_MERGE:
                return batch
        return []

    def _flush(self, builder: Builder) -> None:
        if not len(builder):
            return
        self.remove(builder.ids)
        segment = builder.write(self._storage, next(self._names), self._stopped)
        for number in builder.repeated():
            segment.delete_document(number)
        self.segments.append(segment)

    def _open(self, segment: Any) -> Segment:
        name = segment.segment_id()
        if name not in self._opened:
            self._opened[name] = Segment(self._folder, segment)
        return self._opened[name]


def _ours(folder: Path) -> bool:
    try:
        return (folder / _FORMAT_FILE).read_text(encoding="ascii") == FORMAT
    except (OSError, ValueError):
        return False


def _make_anew(folder: Path, storage: Any) -> None:
    """An empty index in place of whatever is in ``folder``. The format comes last: until then nothing is ours."""
    (folder / _FORMAT_FILE).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        elif not each.name.endswith("LOCK"):
            with suppress(OSError):  # Windows keeps a file that somebody has open; its name is never used again
                each.unlink()
    TOC.create(storage, schema(), NAME)
    (folder / _FORMAT_FILE).write_text(FORMAT, encoding="ascii")


def _files(folder: Path, segments: Iterable[str]) -> Iterator[Path]:
    return (path for name in segments for path in folder.glob(f"{name}.*"))


def _sync(folder: Path, files: Iterable[Path]) -> None:
    """Have the commit on the disk before the caller forgets what it was asked to write."""
    places = [*files] if os.name == "nt" else [*files, folder]  # Windows cannot, and need not, sync a folder
    for path in places:
        handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
