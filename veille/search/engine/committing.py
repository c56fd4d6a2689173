"""One commit: the segments as they will be after it."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from math import log
from pathlib import Path
from typing import Any

from veille.errors import Cancelled
from veille.search.engine.building import Builder, merge_into
from veille.search.engine.codec import ArraySegment
from veille.search.engine.layout import NAME, Document
from veille.search.engine.segment import Segment

SEGMENT_WORDS = 4_000_000  # words gathered in memory before they become a segment: about 150 MB
SEGMENT_DOCUMENTS = 1_000_000  # however few words they have
FAN = 6  # segments of about one size that are merged into one
SMALLEST = 512  # documents up to which segments count as of one size
LARGEST_MERGE = 120_000  # documents that a merge may give: bounds how long a commit can take


class Commit:
    """The segments as they will be after one commit."""

    def __init__(self, folder: Path, segments: Iterable[Any], opened: dict[str, Segment]) -> None:
        self.segments: list[Any] = list(segments)
        self._made: list[Any] = []
        self._folder = folder
        self._opened = dict(opened)

    def change(self, documents: Iterable[Document], removed: Iterable[int], stopped: Callable[[], bool]) -> None:
        """Take out, put in, and join segments where they are many. Of several documents with one id the last stays."""
        self._remove(array("q", removed))
        builder = Builder()
        for document in documents:
            if stopped():
                raise Cancelled
            builder.add(document)
            if builder.size >= SEGMENT_WORDS or len(builder) >= SEGMENT_DOCUMENTS:
                self._flush(builder, stopped)
                builder = Builder()
        self._flush(builder, stopped)
        self._tidy(stopped)

    def keep(self, names: Sequence[str]) -> None:
        """Only these segments."""
        self.segments = [each for each in self.segments if each.segment_id() in names]

    def files(self) -> list[Path]:
        """The files that it wrote."""
        return [path for each in self._made for path in self._folder.glob(f"{each.segment_id()}.*")]

    def forget(self) -> None:
        """The commit failed: take away what it wrote."""
        for path in self.files():
            with suppress(OSError):
                path.unlink()

    def _remove(self, ids: "array[int]") -> None:
        for segment in self.segments if ids else ():
            for place in self._open(segment).places(ids).tolist():
                segment.delete_document(place)

    def _flush(self, builder: Builder, stopped: Callable[[], bool]) -> None:
        if len(builder):
            self._remove(builder.ids)
            builder.write(self._folder, self._new(), stopped)
            self.segments.append(self._made[-1])

    def _tidy(self, stopped: Callable[[], bool]) -> None:
        """Drop segments that are all deleted, join those of one large commit, and then one batch of others."""
        self.segments = [each for each in self.segments if each.doc_count()]
        ours = [each for each in self.segments if each in self._made]
        if len(ours) > 1 and _documents(ours) <= LARGEST_MERGE:
            self._join(ours, stopped)
        if batch := self._batch():
            self._join(batch, stopped)

    def _batch(self) -> list[Any]:
        """A segment that is mostly deleted, or FAN of about one size, or as many of them as are not too large."""
        wasteful = [each for each in self.segments if each.deleted_count() * 2 > each.doc_count_all()]
        sizes: dict[int, list[Any]] = {}
        for each in sorted(self.segments, key=lambda each: each.doc_count()):
            sizes.setdefault(int(log(max(1, each.doc_count() / SMALLEST), FAN)), []).append(each)
        crowds = [same[:FAN] for same in sizes.values() if len(same) >= FAN]
        fitting = [
            same[:most] for same in crowds for most in range(FAN, 1, -1) if _documents(same[:most]) <= LARGEST_MERGE
        ]
        return next(iter([wasteful[:1], *fitting] if wasteful else fitting), [])

    def _join(self, batch: list[Any], stopped: Callable[[], bool]) -> None:
        parts = [(self._open(each), list(each.deleted_docs())) for each in batch]
        merge_into(self._folder, self._new(), parts, stopped)
        self.segments = [each for each in self.segments if each not in batch] + self._made[-1:]

    def _new(self) -> Any:
        self._made.append(ArraySegment(NAME))
        return self._made[-1]

    def _open(self, segment: Any) -> Segment:
        name = segment.segment_id()
        if name not in self._opened:
            self._opened[name] = Segment(self._folder, segment)
        return self._opened[name]


def _documents(segments: Sequence[Any]) -> int:
    return sum(each.doc_count() for each in segments)
