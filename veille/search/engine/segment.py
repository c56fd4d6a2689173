"""One segment: its columns, and for each field its terms and their postings, all as mapped arrays."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from veille.search.engine.arrays import Array, ArrayFile, ArrayWriter, Damaged
from veille.search.engine.inverting import Inverted
from veille.search.engine.layout import COLUMNS, FIELDS, LENGTH_OF, LENGTHS, PLACED

REMEMBERED = 1000  # terms of a field
DOCS, TERMS = ".docs", ".terms"  # the endings of a segment's files


class Terms:
    """The terms of one field in order, and their postings. A term's number is its place in that order."""

    def __init__(self, file: ArrayFile, field: str) -> None:
        self._file, self._field = file, field
        self._letters, self._ends = file.get(f"{field}.terms"), file.get(f"{field}.ends")
        self.starts = file.get(f"{field}.starts")
        self.docs = file.get(f"{field}.docs")
        self.freqs = file.get(f"{field}.freqs") if f"{field}.freqs" in file else None
        if len(self.starts) != len(self._ends) + 1 or int(self.starts[-1]) != len(self.docs):
            raise Damaged(f"the postings of {field} do not fit its terms")
        # A look-up steps through single numbers and words: Python's own cost a fifth of numpy's.
        self._spelt, self._till, self._from = (
            memoryview(each.data) for each in (self._letters, self._ends, self.starts)
        )
        self._known: dict[bytes, slice] = {}  # the postings of terms: each question asks for them several times

    def __len__(self) -> int:
        return len(self._ends)

    def term(self, number: int) -> bytes:
        """The term with this number."""
        return self._spelt[self._till[number - 1] if number else 0 : self._till[number]].tobytes()

    def find(self, term: bytes) -> int:
        """The number of ``term``, -1 where it is not."""
        at = self.first(term)
        return at if at < len(self) and self.term(at) == term else -1

    def first(self, term: bytes) -> int:
        """The number of the first term that is not before ``term``."""
        return bisect_left(range(len(self)), term, key=self.term)

    def beginning(self, prefix: bytes) -> slice:
        """The postings of all terms with this beginning, as a slice of ``docs`` and ``freqs``."""
        first, last = self.first(prefix), self.first(prefix + b"\xff")  # no UTF-8 has this byte
        return slice(self._from[first], self._from[last])

    def postings(self, term: bytes) -> slice:
        """The postings of ``term``, as a slice of ``docs`` and ``freqs``."""
        known = self._known.get(term)
        if known is None:
            at = self.find(term)
            known = self.numbered(at) if at >= 0 else slice(0, 0)
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[term] = known
        return known

    def numbered(self, number: int) -> slice:
        """The same for the term with this number."""
        return slice(self._from[number], self._from[number + 1])

    def weights(self, postings: slice) -> Array:
        """How often the term is in the document of each posting."""
        if self.freqs is None:
            return np.ones(postings.stop - postings.start, "u1")
        return self.freqs[postings]

    def places(self, number: int) -> Array:
        """Where the term with this number is: the places of its postings, one after the other."""
        return self.all_places[int(self.spots[number]) : int(self.spots[number + 1])]

    @cached_property
    def spots(self) -> Array:
        """Where the places of each term begin, and the last ones end."""
        return self._file.get(f"{self._field}.spots")

    @cached_property
    def all_places(self) -> Array:
        """The places of all postings."""
        return self._file.get(f"{self._field}.places")

    @cached_property
    def signs(self) -> tuple[Array, Array]:
        """The size in bytes of each term, and which letters it has (:func:`letters_of`)."""
        ends = self._ends.astype("i8")
        starts = np.concatenate((np.zeros(1, "i8"), ends))[:-1]
        return ends - starts, letters_of(self._letters, starts)

    @property
    def ends_of_words(self) -> Array:
        """How many words of documents come before each term, and how many there are in all."""
        return self.spots if self._field in PLACED else self.starts

    @property
    def letters(self) -> tuple[Array, Array]:
        """The bytes of all terms, and where each ends."""
        return self._letters, self._ends


def letters_of(data: Array, starts: Array) -> Array:
    """For each stretch of ``data``, which begin at ``starts``, the set of its bytes, as bits (several share one)."""
    bits = np.left_shift(np.uint64(1), (data & 63).astype("u8"))
    return np.bitwise_or.reduceat(bits, starts) if len(starts) else bits[:0]


class Segment:
    """One immutable segment. What is deleted from it is told by the table of contents, not here.

    Raises :class:`veille.search.engine.arrays.Damaged` or OSError. Safe to read from several threads at a time.
    """

    def __init__(self, folder: Path, segment: Any) -> None:
        self.name: str = segment.segment_id()
        self._docs, self._terms = (ArrayFile(folder / f"{self.name}{ending}") for ending in (DOCS, TERMS))
        if any(file.facts["segment"] != self.name for file in (self._docs, self._terms)):
            raise Damaged(f"the files of {self.name} are of another segment")
        self.count: int = segment.doc_count_all()
        self._words: dict[str, int] = self._docs.facts["words"]
        self._columns = {name: self._docs.get(name) for name in (*COLUMNS, *LENGTHS)}
        if any(len(column) != self.count for column in self._columns.values()):
            raise Damaged(f"{self.name} has not {self.count} documents")
        self._fields: dict[str, Terms] = {}

    def column(self, name: str) -> Array:
        """One value a document."""
        return self._columns[name]

    def total(self, field: str) -> int:
        """How many words all documents have in ``field``, by the lengths that its scores look at."""
        return self._words[LENGTH_OF[field]]

    def field(self, name: str) -> Terms:
        """The terms of a field."""
        found = self._fields.get(name)
        if found is None:
            found = self._fields[name] = Terms(self._terms, name)
        return found

    def places(self, ids: "array[int]") -> Array:
        """The documents of the items ``ids`` that are here."""
        return np.flatnonzero(np.isin(self.column("id"), np.frombuffer(ids, "q")))

    @property
    def whole(self) -> bool:
        """Whether its files are still as long as they were: to read past the end of one ends the process."""
        return self._docs.whole and self._terms.whole

    def check(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """Read everything; raises Damaged where it is not as it was written. Ends early once ``stopped``."""
        for file in (self._docs, self._terms):
            file.check(stopped)
        for name in FIELDS:
            field = self.field(name)
            if name in PLACED and len(field.spots) != len(field) + 1:
                raise Damaged(f"the places of {name} do not fit its terms")


def newest_first(columns: Mapping[str, Array], among: Array | None = None) -> Array:
    """The documents (of ``among``) in the order in which a segment has them."""
    every = np.arange(len(columns["id"])) if among is None else among
    return every[np.lexsort((columns["id"][every], columns["at"][every]))[::-1]]


def write(folder: Path, segment: Any, columns: Mapping[str, Array], fields: Iterable[tuple[str, Inverted]]) -> None:
    """Write the files of ``segment``, and tell it how many documents it has."""
    totals = {}
    with (folder / segment.make_filename(TERMS)).open("wb") as file:
        writer = ArrayWriter(file)
        for field, inverted in fields:
            inverted.put(writer, field)
            if field in PLACED and inverted.freqs is not None:
                totals[LENGTH_OF[field]] = int(inverted.freqs.sum())
        writer.close({"segment": segment.segment_id()})
    with (folder / segment.make_filename(DOCS)).open("wb") as file:
        writer = ArrayWriter(file)
        for column in (*COLUMNS, *LENGTHS):
            writer.put(column, columns[column])
        writer.close({"segment": segment.segment_id(), "words": totals})
    segment.set_doc_count(len(columns["id"]))
