"""Writing segments: from documents, and from older segments (merging). All in bulk, no Python step a posting."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.util.numeric import byte_to_length

from veille.errors import Cancelled
from veille.search.engine import inverting, layout
from veille.search.engine.arrays import Array
from veille.search.engine.inverting import Inverted
from veille.search.engine.layout import AUTHOR_AT, COLUMNS, FIELDS, KINDS, LENGTHS, PLACED, TEXT_AT, TITLE, Document
from veille.search.engine.segment import Segment, Terms, newest_first, write
from veille.search.words.analysis import english, french

_FRENCH, _ENGLISH = layout.language_number("fr"), layout.language_number("en")
_STEP = 16_384  # words that are looked up in one go: other threads wait meanwhile
AT_ONCE = 2_000_000  # words that are joined in memory at a time: about 100 MB
_LENGTHS = np.array([byte_to_length(byte) for byte in range(256)])  # that Whoosh's length bytes stand for


class Builder:
    """Gathers documents in memory, then writes them as one segment. Of several with one id the last counts."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)  # of each word, as it came
        self._words, self._places, self._counts = array("I"), array("H"), array("I")
        self._columns: dict[str, array[int]] = {name: array(code) for name, code in COLUMNS.items()}
        self._tags: list[list[str]] = []

    def __len__(self) -> int:
        return len(self._counts)

    @property
    def size(self) -> int:
        """Words taken in."""
        return len(self._words)

    @property
    def ids(self) -> "array[int]":
        """Item id of each document."""
        return self._columns["id"]

    def add(self, document: Document) -> None:
        """Take ``document`` in."""
        before = len(self._words)
        for places, words in layout.parts(document):
            self._words.extend(map(self._numbers.__getitem__, words))
            self._places.extend(array("H", places))
        self._counts.append(len(self._words) - before)
        self._tags.append(layout.tags_of(document))
        values = (
            document.id, layout.microseconds(document.at), document.source, KINDS.index(document.kind),
            layout.language_number(document.lang))  # fmt: skip
        for column, value in zip(self._columns.values(), values, strict=True):
            column.append(value)

    def write(self, folder: Path, segment: Any, stopped: Callable[[], bool]) -> None:
        """Write Whoosh's new ``segment``; raises Cancelled soon after ``stopped``."""
        columns = {name: np.frombuffer(values, values.typecode) for name, values in self._columns.items()}
        order = newest_first(columns, _last_of_each(columns["id"]))
        moved = np.full(len(self), -1, "i8")
        moved[order] = np.arange(len(order))
        columns = {name: values[order] for name, values in columns.items()}
        _look(stopped)
        terms, words = self._sorted(moved)
        _look(stopped)
        title = inverting.place_of(words) < TEXT_AT
        author = inverting.place_of(words) >= AUTHOR_AT
        fields = {
            "words": inverting.by_place(terms, np.repeat(words, np.where(title, TITLE, 1))),
            "title": inverting.by_place(terms, words[title]),
            "author": inverting.by_place(terms, words[author] - np.uint64(AUTHOR_AT)),
            "tags": self._tagged(moved),
        }
        _look(stopped)
        fields["stems"] = _stems(fields["words"], columns["lang"], stopped)
        fields["title_stems"] = _stems(fields["title"], columns["lang"], stopped)
        lengths = [_total(fields[name], len(order)) for name in ("words", "title", "author")]
        columns |= dict(zip(LENGTHS, map(_length_bytes, lengths), strict=True))
        write(folder, segment, columns, fields.items())

    def _sorted(self, moved: Array) -> tuple[list[bytes], Array]:
        """All words in order, and all occurrences, the documents numbered anew (-1: left out)."""
        ordered = list(inverting.in_order(self._numbers))
        rank = np.empty(len(ordered), "u4")
        for start in range(0, len(ordered), _STEP):
            some = ordered[start : start + _STEP]
            rank[np.fromiter(map(self._numbers.__getitem__, some), "u4", len(some))] = np.arange(
                start, start + len(some)
            )
        docs = np.repeat(moved, np.frombuffer(self._counts, "u4"))
        words, places = np.frombuffer(self._words, "u4"), np.frombuffer(self._places, "u2")
        if len(kept := np.flatnonzero(docs >= 0)) < len(docs):
            words, places, docs = words[kept], places[kept], docs[kept]
        return [word.encode() for word in ordered], np.sort(inverting.occurrences(rank[words], docs, places))

    def _tagged(self, moved: Array) -> Inverted:
        found = [(tag, new) for tags, new in zip(self._tags, moved.tolist(), strict=True) if new >= 0 for tag in tags]
        ordered = sorted({tag for tag, _doc in found})
        numbers = {tag: number for number, tag in enumerate(ordered)}
        terms = np.array([numbers[tag] for tag, _doc in found], "u8")
        docs = np.array([doc for _tag, doc in found], "u8")
        return _unweighted(
            inverting.by_weight([tag.encode() for tag in ordered], inverting.postings(terms, docs), np.ones(len(terms)))
        )


def merge_into(
    folder: Path, segment: Any, parts: Sequence[tuple[Segment, Iterable[int]]], stopped: Callable[[], bool]
) -> None:
    """Write the segments without their deleted documents as one, Whoosh's new ``segment``.

    What is read is checked first. Raises Damaged, and Cancelled soon after ``stopped``.
    """
    for each, _deleted in parts:
        each.check(stopped)
        _look(stopped)
    segments = [each for each, _deleted in parts]
    columns = {name: np.concatenate([each.column(name) for each in segments]) for name in (*COLUMNS, *LENGTHS)}
    living = np.concatenate([_living(each, deleted) for each, deleted in parts])
    order = newest_first(columns, np.flatnonzero(living))
    moved = np.full(len(living), -1, "i8")
    moved[order] = np.arange(len(order))
    bases = np.cumsum([0, *(each.count for each in segments)])
    moves = [moved[start:end] for start, end in pairwise(bases)]
    fields = ((field, _joined(field, segments, moves, stopped)) for field in FIELDS)
    ordered = {column: values[order] for column, values in columns.items()}
    write(folder, segment, ordered, fields)


def _living(segment: Segment, deleted: Iterable[int]) -> Array:
    living = np.ones(segment.count, bool)
    living[list(deleted)] = False
    return living


def _joined(field: str, segments: Sequence[Segment], moves: Sequence[Array], stopped: Callable[[], bool]) -> Inverted:
    """One field of several segments; ``moves`` gives the new number of each document of each (-1: gone).

    Some terms after the others, so that the whole of the field is never in memory as long numbers.
    """
    terms, numbers = _united(field, segments, stopped)
    fields = [segment.field(field) for segment in segments]
    pieces = []
    for first, last in _ranges(fields, numbers, len(terms)):
        _look(stopped)
        parts = []
        for there, number, move in zip(fields, numbers, moves, strict=True):
            start, end = np.searchsorted(number, (first, last)).tolist()
            parts.append((_Span(there, start, end), number[start:end] - np.uint32(first), move))
        join = _join_places if field in PLACED else _join_weights
        pieces.append(join(terms[first:last], parts))
    whole = inverting.one_after_the_other(pieces)
    return _unweighted(whole) if field == "tags" else whole


@dataclass(frozen=True, slots=True)
class _Span:
    """The terms ``first`` to ``last`` (excluded) of a field, and their postings."""

    field: Terms
    first: int
    last: int

    @property
    def postings(self) -> slice:
        return slice(int(self.field.starts[self.first]), int(self.field.starts[self.last]))

    @property
    def counts(self) -> Array:
        """The number of postings of each term."""
        return np.diff(self.field.starts[self.first : self.last + 1].astype("i8"))

    @property
    def places(self) -> Array:
        return self.field.all_places[int(self.field.spots[self.first]) : int(self.field.spots[self.last])]


_Parts = Sequence[tuple[_Span, Array, Array]]  # terms of a segment, their new numbers, and those of its documents


def _join_places(terms: list[bytes], parts: _Parts) -> Inverted:
    found = []
    for span, number, move in parts:
        times = span.field.weights(span.postings).astype("i8")
        term = np.repeat(np.repeat(number, span.counts), times)
        doc = np.repeat(move[span.field.docs[span.postings]], times)
        kept = doc >= 0
        found.append(inverting.occurrences(term[kept], doc[kept], span.places[kept]))
    return inverting.by_place(terms, np.sort(np.concatenate(found)))


def _join_weights(terms: list[bytes], parts: _Parts) -> Inverted:
    found, weights = [], []
    for span, number, move in parts:
        doc = move[span.field.docs[span.postings]]
        kept = doc >= 0
        found.append(inverting.postings(np.repeat(number, span.counts)[kept], doc[kept]))
        weights.append(span.field.weights(span.postings)[kept])
    return inverting.by_weight(terms, np.concatenate(found), np.concatenate(weights))


def _ranges(fields: Sequence[Terms], numbers: Sequence[Array], count: int) -> Iterator[tuple[int, int]]:
    """Stretches of the ``count`` terms, of about AT_ONCE words each."""
    words = np.zeros(count, "i8")
    for field, number in zip(fields, numbers, strict=True):
        words[number] += np.diff(field.ends_of_words.astype("i8"))
    ends = np.cumsum(words)
    last = 0
    if not count:
        yield 0, 0
    while last < count:
        first, done = last, int(ends[last - 1]) if last else 0
        last = max(first + 1, int(np.searchsorted(ends, done + AT_ONCE)))
        yield first, min(last, count)


def _united(field: str, segments: Sequence[Segment], stopped: Callable[[], bool]) -> tuple[list[bytes], list[Array]]:
    """All terms of a field in order, and for each segment the new numbers of its own."""
    terms: list[bytes] = []
    numbers = [np.empty(len(segment.field(field)), "u4") for segment in segments]
    streams = (_numbered(segment.field(field), at) for at, segment in enumerate(segments))
    for place, (term, at, number) in enumerate(merge(*streams)):
        if not terms or terms[-1] != term:
            terms.append(term)
        numbers[at][number] = len(terms) - 1
        if place % 4096 == 0:
            _look(stopped)
    return terms, numbers


def _numbered(field: Any, segment: int) -> Iterator[tuple[bytes, int, int]]:
    letters, ends = (each.tolist() if at else each.tobytes() for at, each in enumerate(field.letters))
    start = 0
    for number, end in enumerate(ends):
        yield letters[start:end], segment, number
        start = end


def _stems(words: Inverted, langs: Array, stopped: Callable[[], bool]) -> Inverted:
    """The stems of ``words``: French documents by their French ones, English by the English, others by both."""
    terms, docs = words.numbers, words.docs
    lang = langs[docs]
    names: list[str] = []
    parts = []
    for letter, stem, other in (("f", french, _ENGLISH), ("e", english, _FRENCH)):
        theirs = np.flatnonzero(lang != other)
        used = np.flatnonzero(np.bincount(terms[theirs].astype("i8"), minlength=len(words.terms)))
        made = np.zeros(len(words.terms), "u4")
        for at, number in enumerate(used.tolist()):
            made[number] = len(names)
            names.append(letter + stem(words.terms[number].decode()))
            if at % 256 == 0:
                _look(stopped)
        parts.append((made[terms[theirs]], theirs))
    ordered = list(inverting.in_order(set(names)))
    place = {name: number for number, name in enumerate(ordered)}
    rank = np.fromiter(map(place.__getitem__, names), "u4", len(names))
    chosen = np.concatenate([theirs for _made, theirs in parts])
    numbers = rank[np.concatenate([made for made, _theirs in parts])]
    assert words.freqs is not None
    _look(stopped)
    return inverting.by_weight(
        [name.encode() for name in ordered], inverting.postings(numbers, docs[chosen]), words.freqs[chosen]
    )


def _unweighted(field: Inverted) -> Inverted:
    return Inverted(field.terms, field.starts, field.docs)


def _total(field: Inverted, count: int) -> Array:
    """How many words each document has in ``field``."""
    assert field.freqs is not None
    return np.bincount(field.docs, field.freqs, count).astype("i8")


def _length_bytes(lengths: Array) -> Array:
    """As Whoosh's ``length_to_byte`` has them."""
    return np.minimum(np.searchsorted(_LENGTHS, lengths), 255).astype("u1")


def _last_of_each(ids: Array) -> Array:
    """Where each different id is for the last time."""
    _ids, backwards = np.unique(ids[::-1], return_index=True)
    return len(ids) - 1 - backwards


def _look(stopped: Callable[[], bool]) -> None:
    if stopped():
        raise Cancelled
