"""Writing segments: from documents, and from older segments (merging). All in bulk, no Python step a posting."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.util.numeric import byte_to_length

from veille.errors import Cancelled
from veille.search.engine import inverting, layout
from veille.search.engine.arrays import Array
from veille.search.engine.codec import ArraySegment
from veille.search.engine.inverting import Inverted
from veille.search.engine.layout import AUTHOR_AT, COLUMNS, FIELDS, KINDS, LENGTHS, PLACED, TEXT_AT, TITLE, Document
from veille.search.engine.segment import Segment, newest_first, write
from veille.search.words.analysis import english, french

_FRENCH, _ENGLISH = layout.language_number("fr"), layout.language_number("en")
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

    def write(self, folder: Path, name: str, stopped: Callable[[], bool]) -> Any:
        """Write the segment ``name`` and return it as Whoosh's value; raises Cancelled soon after ``stopped``."""
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
        return write(folder, ArraySegment(layout.NAME, name), columns, fields.items())

    def _sorted(self, moved: Array) -> tuple[list[bytes], Array]:
        """All words in order, and all occurrences, the documents numbered anew (-1: left out)."""
        ordered = list(inverting.in_order(self._numbers))
        rank = np.empty(len(ordered), "u4")
        rank[np.fromiter(map(self._numbers.__getitem__, ordered), "u4", len(ordered))] = np.arange(len(ordered))
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


def merged(folder: Path, name: str, parts: Sequence[tuple[Segment, Iterable[int]]], stopped: Callable[[], bool]) -> Any:
    """Write the segments without their deleted documents as one, ``name``; returns Whoosh's value.

    What is read is checked first. Raises Damaged, and Cancelled soon after ``stopped``.
    """
    for segment, _deleted in parts:
        segment.check(stopped)
        _look(stopped)
    segments = [segment for segment, _deleted in parts]
    columns = {name: np.concatenate([each.column(name) for each in segments]) for name in (*COLUMNS, *LENGTHS)}
    living = np.concatenate([_living(segment, deleted) for segment, deleted in parts])
    order = newest_first(columns, np.flatnonzero(living))
    moved = np.full(len(living), -1, "i8")
    moved[order] = np.arange(len(order))
    bases = np.cumsum([0, *(segment.count for segment in segments)])
    moves = [moved[start:end] for start, end in pairwise(bases)]
    fields = ((field, _joined(field, segments, moves, stopped)) for field in FIELDS)
    ordered = {column: values[order] for column, values in columns.items()}
    return write(folder, ArraySegment(layout.NAME, name), ordered, fields)


def _living(segment: Segment, deleted: Iterable[int]) -> Array:
    living = np.ones(segment.count, bool)
    living[list(deleted)] = False
    return living


def _joined(field: str, segments: Sequence[Segment], moves: Sequence[Array], stopped: Callable[[], bool]) -> Inverted:
    """One field of several segments; ``moves`` gives the new number of each document of each (-1: gone)."""
    terms, numbers = _united(field, segments, stopped)
    found, weights = [], []
    for segment, move, number in zip(segments, moves, numbers, strict=True):
        _look(stopped)
        there = segment.field(field)
        term, doc = np.repeat(number, np.diff(there.starts.astype("i8"))), move[there.docs]
        freqs = there.weights(slice(0, len(doc)))
        kept = doc >= 0
        if field in PLACED:
            times = freqs.astype("i8")
            term, doc, kept = np.repeat(term, times), np.repeat(doc, times), np.repeat(kept, times)
            found.append(inverting.occurrences(term[kept], doc[kept], there.all_places[kept]))
        else:
            found.append(inverting.postings(term[kept], doc[kept]))
            weights.append(freqs[kept])
    everything = np.concatenate(found)
    _look(stopped)
    if field in PLACED:
        return inverting.by_place(terms, np.sort(everything))
    whole = inverting.by_weight(terms, everything, np.concatenate(weights))
    return _unweighted(whole) if field == "tags" else whole


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
