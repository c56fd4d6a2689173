"""One commit: the segments as they will be after it."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import count
from math import log
from pathlib import Path
from typing import Any

from veille.errors import Cancelled
from veille.search.engine.building import Builder, merged
from veille.search.engine.layout import NAME, Document
from veille.search.engine.segment import Segment

SEGMENT_WORDS = 4_000_000  # words gathered in memory before they become a segment: about 150 MB
FAN = 6  # segments of about one size that are merged into one
SMALLEST = 512  # documents up to which segments count as of one size
LARGEST_MERGE = 120_000  # documents that a merge may give: bounds how long a commit can take


class Commit:
    """The segments as they will be after one commit."""

    def __init__(self, folder: Path, contents: Any, opened: dict[str, Segment]) -> None:
        self.segments: list[Any] = list(contents.segments)
        self._made: set[str] = set()
        self._folder = folder
        self._opened = dict(opened)
        self._names = (f"{contents.generation + 1}x{number}" for number in count())

    def change(self, documents: Iterable[Document], removed: Iterable[int], stopped: Callable[[], bool]) -> None:
        """Take out, put in, and join segments where they are many. Of several documents with one id the last stays."""
        self._remove(array("q", removed))
        builder = Builder()
        for document in documents:
            if stopped():
                raise Cancelled
            builder.add(document)
            if builder.size >= SEGMENT_WORDS:
                self._flush(builder, stopped)
                builder = Builder()
        self._flush(builder, stopped)
        self._merge(stopped)

    def keep(self, names: Sequence[str]) -> None:
        """Only these segments."""
        self.segments = [each for each in self.segments if each.segment_id() in names]

    def files(self) -> Iterator[Path]:
        """The files that it wrote."""
        return (path for name in self._made for path in self._folder.glob(f"{name}.*"))

    def forget(self) -> None:
        """The commit failed: take away what it wrote."""
        for path in self.files():
            with suppress(OSError):
                path.unlink()

    def _remove(self, ids: "array[int]") -> None:
        for segment in self.segments if ids else ():
            for place in self._open(segment).places(ids).tolist():
                segment.delete_document(place)

    def _merge(self, stopped: Callable[[], bool]) -> None:
        """Drop segments that are all deleted; join FAN of about one size; rewrite one that is mostly deleted."""
        self.segments = [each for each in self.segments if each.doc_count()]
        while batch := self._batch():
            parts = [(self._open(each), list(each.deleted_docs())) for each in batch]
            whole = merged(self._folder, self._name(), parts, stopped)
            self.segments = [each for each in self.segments if each not in batch] + [whole]

    def _batch(self) -> list[Any]:
        ours = [each for each in self.segments if each.segment_id() in self._made]
        if len(ours) > 1 and sum(each.doc_count() for each in ours) <= LARGEST_MERGE:  # of one large commit
            return ours
        wasteful = [each for each in self.segments if each.deleted_count() * 2 > each.doc_count_all()]
        if wasteful:
            return wasteful[:1]
        sizes: dict[int, list[Any]] = {}
        for each in sorted(self.segments, key=lambda each: each.doc_count()):
            sizes.setdefault(int(log(max(1, each.doc_count() / SMALLEST), FAN)), []).append(each)
        for same in sizes.values():
            batch = same[:FAN]
            if len(batch) == FAN and sum(each.doc_count() for each in batch) <= LARGEST_MERGE:
                return batch
        return []

    def _flush(self, builder: Builder, stopped: Callable[[], bool]) -> None:
        if not len(builder):
            return
        self._remove(builder.ids)
        self.segments.append(builder.write(self._folder, self._name(), stopped))

    def _name(self) -> str:
        name = next(self._names)
        self._made.add(f"{NAME}_{name}")
        return name

    def _open(self, segment: Any) -> Segment:
        name = segment.segment_id()
        if name not in self._opened:
            self._opened[name] = Segment(self._folder, segment)
        return self._opened[name]
