"""Reading one segment: its columns as arrays, the postings of a term, the words with a prefix.

Safe to read from several threads at a time: the files are mapped, and nothing seeks.
"""

import io
import pickle
import struct
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from veille.search.layout import COLUMNS, EXTENT, FIELDS, INT, TERM_INFO, column_values

_LENGTHS = struct.Struct("!ii")  # of a key and its value


@dataclass(frozen=True, slots=True)
class Postings:
    """Documents of a term in ascending order; ``weights`` None: all 1; ``places`` one packed value a document."""

    documents: "array[int]"
    weights: "array[int] | None"
    places: tuple[bytes, ...] | None


class Segment:
    """One immutable segment. What is deleted from it is told by the table of contents, not here."""

    def __init__(self, folder: Path, segment: Any) -> None:
        self.name: str = segment.segment_id()
        self.count: int = segment.doc_count_all()
        self.words: int = segment._fieldlengths.get("words", 0)  # words in all, those of titles counted TITLE times
        self._folder = folder
        self._terms = _map(self._path("trm"))
        self._postings = _map(self._path("pst"))
        self._keys = _key_positions(self._terms)
        self.ids, self.at, self.sources, self.kinds, self.lengths = (self._column(name) for name in COLUMNS)

    @cached_property
    def newest_first(self) -> list[int]:
        """Its documents, by time and then by item id, descending."""
        return sorted(range(self.count), key=self.order.__getitem__, reverse=True)

    @cached_property
    def order(self) -> list[int]:
        """A number for each document that sorts like (time, item id)."""
        return [at << 64 | item for at, item in zip(self.at, self.ids, strict=True)]

    @cached_property
    def places(self) -> dict[int, int]:
        """Document of each item id."""
        return {item: document for document, item in enumerate(self.ids)}

    def postings(self, field: str, term: str) -> Iterator[Postings]:
        """The postings of ``term``, block by block; none when it has none."""
        key = _key(field, term)
        at = self._find(key)
        if at < len(self._keys) and self._key_at(self._keys[at]) == key:
            yield from self.read(self._value_at(self._keys[at]))

    def frequency(self, field: str, term: str) -> int:
        """In how many documents ``term`` is, deleted ones counted."""
        key = _key(field, term)
        at = self._find(key)
        if at == len(self._keys) or self._key_at(self._keys[at]) != key:
            return 0
        documents: int = TERM_INFO.unpack_from(self._value_at(self._keys[at]))[2]
        return documents

    def beginning(self, field: str, prefix: str) -> Iterator[Postings]:
        """The postings of all terms that begin with ``prefix``, one term after the other."""
        key = _key(field, prefix)
        for at in range(self._find(key), len(self._keys)):
            position = self._keys[at]
            if not self._key_at(position).startswith(key):
                break
            yield from self.read(self._value_at(position))

    def terms(self) -> Iterator[tuple[bytes, bytes]]:
        """All keys in order, each with what :meth:`read` takes."""
        return ((self._key_at(position), self._value_at(position)) for position in self._keys)

    def read(self, info: bytes) -> Iterator[Postings]:
        """The postings that a term's entry leads to."""
        if info[0]:
            documents, weights, places = pickle.loads(info[TERM_INFO.size :])  # noqa: S301 - our own file, as Whoosh does
            yield Postings(array("I", documents), array("I", weights), places)
            return
        at = EXTENT.unpack_from(info, TERM_INFO.size)[0] + 4  # after the magic letters
        last = False
        while not last:
            length = INT.unpack_from(self._postings, at)[0]
            last = length < 0
            at += 4
            yield _block(self._postings[at : at + abs(length)])
            at += abs(length)

    def _find(self, key: bytes) -> int:
        return bisect_left(self._keys, key, key=self._key_at)

    def _key_at(self, position: int) -> bytes:
        length = _LENGTHS.unpack_from(self._terms, position)[0]
        return self._terms[position + 8 : position + 8 + length]

    def _value_at(self, position: int) -> bytes:
        key, value = _LENGTHS.unpack_from(self._terms, position)
        start = position + 8 + key
        return self._terms[start : start + value]

    def _column(self, name: str) -> "array[int]":
        return column_values(COLUMNS[name], self._path(f"{name}.col").read_bytes(), self.count)

    def _path(self, ending: str) -> Path:
        return self._folder / f"{self.name}.{ending}"


def _key(field: str, term: str) -> bytes:
    return FIELDS.index(field).to_bytes(2, "big") + term.encode()


def _map(path: Path) -> mmap:
    with path.open("rb") as file:
        return mmap(file.fileno(), 0, access=ACCESS_READ)


def _key_positions(terms: mmap) -> "array[int]":
    """Where the keys lie in a .trm file, in order of the keys: Whoosh keeps it at the very end."""
    end = len(terms) - 4
    tail = io.BytesIO(terms[end - INT.unpack_from(terms, end)[0] : end])
    extras = pickle.load(tail)  # noqa: S301
    if extras["fieldmap"] != {name: number for number, name in enumerate(FIELDS)}:
        raise ValueError(f"unknown fields {extras['fieldmap']}")
    positions: array[int] = array(extras["indextype"], tail.read())
    positions.byteswap()
    if len(positions) != extras["indexlen"]:
        raise ValueError("the list of terms is cut short")
    return positions


def _block(data: bytes) -> Postings:
    stream = io.BytesIO(data)
    count, _last, _heaviest, compression, _shortest, _longest = pickle.load(stream)  # noqa: S301
    body = stream.read()
    deltas, weights, places = pickle.loads(zlib.decompress(body) if compression else body)  # noqa: S301
    documents = array("I", accumulate(deltas))
    if len(documents) != count:
        raise ValueError("a block of postings is damaged")
    return Postings(documents, weights, places)
