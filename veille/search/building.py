"""Writing segments: from documents, and from older segments (merging)."""

import pickle
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from heapq import merge
from itertools import accumulate, chain, groupby, pairwise
from operator import itemgetter, sub
from sys import byteorder
from typing import Any

from whoosh.filedb.filetables import OrderedHashWriter
from whoosh.util.numeric import length_to_byte

from veille.errors import Cancelled
from veille.search import layout
from veille.search.analysis import english, french, placed
from veille.search.layout import ANY_LENGTH, BLOCK, COLUMNS, EXTENT, FIELDS, INT, KINDS, TERM_INFO, Document
from veille.search.segment import Postings, Segment

INLINED = 3  # postings that are kept with the term itself
WORTH_PACKING = 200  # bytes of a block from which compression pays
_LOW, _HIGH = (0, 1) if byteorder == "little" else (1, 0)


class Builder:
    """Gathers documents in memory, then writes them as one segment.

    A word's occurrences are one flat array of ``document << 32 | position``, so that all the rest is done by
    slices and sorts instead of one Python step a posting.
    """

    def __init__(self) -> None:
        self.size = 0  # words taken in
        self._columns: dict[str, array[int]] = {name: array(code) for name, code in COLUMNS.items()}
        self._words: dict[str, defaultdict[str, array[int]]] = {
            lang: defaultdict(_occurrences) for lang in ("fr", "en", "")
        }
        self._total = 0

    def __len__(self) -> int:
        return len(self._columns["id"])

    @property
    def ids(self) -> "array[int]":
        """Item id of each document."""
        return self._columns["id"]

    def repeated(self) -> set[int]:
        """Documents that a later one with the same item id replaces."""
        last = {item: number for number, item in enumerate(self.ids)}
        return set(range(len(self))) - set(last.values())

    def add(self, document: Document) -> None:
        """Take ``document`` in."""
        number = len(self)
        base = number << 32
        lang = document.lang[:2].lower()
        words = self._words[lang if lang in self._words else ""]
        title = list(placed(document.title, base, layout.LONGEST_TITLE))
        length = sum(_keep(words, base, title) for _ in range(layout.TITLE))
        for text, start, most in (
            (document.text, base + layout.TEXT_AT, layout.LONGEST_TEXT),
            (document.author, base + layout.AUTHOR_AT, layout.LONGEST_AUTHOR),
        ):
            length += _keep(words, start, placed(text, start, most))
        self._describe(document, length)

    def write(self, storage: Any, name: str, stopped: Callable[[], bool]) -> Any:
        """Write the segment ``name`` and return it as Whoosh's value; raises Cancelled as soon as ``stopped``."""
        segment = layout.new_segment(name)
        _write_columns(storage, segment, self._columns, self._total)
        with _TermWriter(storage, segment, stopped) as writer:
            for term, documents in self._starts():
                writer.add("starts", term, documents)
            for term, occurrences in self._stems():
                weights = Counter(_documents(occurrences))
                writer.add("stems", term, array("I", weights), array("I", weights.values()))
            for term, occurrences in self._exact():
                weights = Counter(_documents(occurrences))
                writer.add(
                    "words", term, array("I", weights), array("I", weights.values()), _places(occurrences, weights)
                )
        return segment

    def _describe(self, document: Document, length: int) -> None:
        values = {
            "id": document.id, "at": layout.microseconds(document.at), "source": document.source,
            "kind": KINDS.index(document.kind), "_words_len": length_to_byte(length)}  # fmt: skip
        for name, value in values.items():
            self._columns[name].append(value)
        self._total += length
        self.size += length

    def _exact(self) -> Iterator[tuple[str, "array[int]"]]:
        return _gathered((word, found) for words in self._words.values() for word, found in words.items())

    def _stems(self) -> Iterator[tuple[str, "array[int]"]]:
        """French items by their French stems, English ones by their English stems, others by both."""
        by_french = chain(self._words["fr"].items(), self._words[""].items())
        by_english = chain(self._words["en"].items(), self._words[""].items())
        return _gathered(
            chain(
                (("f" + french(word), found) for word, found in by_french),
                (("e" + english(word), found) for word, found in by_english),
            )
        )

    def _starts(self) -> Iterator[tuple[str, "array[int]"]]:
        starts: defaultdict[str, set[int]] = defaultdict(set)
        for words in self._words.values():
            for word, found in words.items():
                starts[word[: layout.SHORT]].update(_documents(found))
        for length in range(layout.SHORT, 1, -1):
            for start in [each for each in starts if len(each) == length]:
                starts[start[:-1]] |= starts[start]
        return ((start, array("I", sorted(starts[start]))) for start in sorted(starts))


def merged(
    storage: Any, name: str, segments: Sequence[tuple[Segment, Collection[int]]], stopped: Callable[[], bool]
) -> Any:
    """Write the ``segments`` without their deleted documents as one segment ``name``; returns Whoosh's value.

    Document numbers only move up by constant steps, so terms and blocks stream through in order. Raises
    Cancelled as soon as ``stopped``.
    """
    whole = layout.new_segment(name)
    moves: list[tuple[Segment, list[int] | int]] = []
    columns: dict[str, array[int]] = {column: array(code) for column, code in COLUMNS.items()}
    for segment, deleted in segments:
        kept = [number for number in range(segment.count) if number not in deleted] if deleted else None
        moves.append((segment, _moved(segment.count, kept, len(columns["id"]))))
        values = (segment.ids, segment.at, segment.sources, segment.kinds, segment.lengths)
        for column, each in zip(columns.values(), values, strict=True):
            column.extend(each if kept is None else array(each.typecode, map(each.__getitem__, kept)))
    share = len(columns["id"]) / max(1, sum(segment.count for segment, _deleted in segments))
    _write_columns(storage, whole, columns, round(share * sum(segment.words for segment, _deleted in segments)))
    with _TermWriter(storage, whole, stopped) as writer:
        streams = (_numbered(number, segment) for number, (segment, _move) in enumerate(moves))
        for key, entries in groupby(merge(*streams), key=itemgetter(0)):
            writer.add_key(key, *_joined((moves[number], info) for _key, number, info in entries))
    return whole


def _moved(count: int, kept: list[int] | None, base: int) -> list[int] | int:
    """The new number of each document (-1: gone), or the constant step when all stay."""
    if kept is None:
        return base
    numbers = [-1] * count
    for new, old in enumerate(kept, base):
        numbers[old] = new
    return numbers


def _numbered(number: int, segment: Segment) -> Iterator[tuple[bytes, int, bytes]]:
    return ((key, number, info) for key, info in segment.terms())


def _joined(
    parts: Iterable[tuple[tuple[Segment, list[int] | int], bytes]],
) -> tuple["array[int]", "array[int]", list[bytes] | None]:
    documents, weights, places = array("I"), array("I"), list[bytes]()
    for (segment, move), info in parts:
        for block in segment.read(info):
            _take(block, move, documents, weights, places)
    return documents, weights, places or None


def _take(
    block: Postings, move: list[int] | int, documents: "array[int]", weights: "array[int]", places: list[bytes]
) -> None:
    heavy = block.weights if block.weights is not None else (1,) * len(block.documents)
    if isinstance(move, int):
        documents.extend(array("I", (number + move for number in block.documents)) if move else block.documents)
        weights.extend(array("I", heavy))
        places.extend(block.places or ())
        return
    for at, old in enumerate(block.documents):
        new = move[old]
        if new >= 0:
            documents.append(new)
            weights.append(heavy[at])
            if block.places:
                places.append(block.places[at])


class _TermWriter:
    """Writes .trm and .pst as Whoosh's W3 codec does, a whole term at a time, terms in ascending order.

    Raises Cancelled between two terms once ``stopped``.
    """

    def __init__(self, storage: Any, segment: Any, stopped: Callable[[], bool]) -> None:
        self._stopped = stopped
        self._postings = segment.create_file(storage, ".pst")
        self._terms = OrderedHashWriter(segment.create_file(storage, ".trm"))
        self._terms.extras["fieldmap"] = {name: number for number, name in enumerate(FIELDS)}
        self._end = self._postings.write(b"VPST")  # so that the file is never empty

    def __enter__(self) -> "_TermWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._terms.close()
        self._postings.close()

    def add(
        self, field: str, term: str, documents: "array[int]", weights: "array[int] | None" = None,
        places: Sequence[bytes] | None = None
    ) -> None:  # fmt: skip
        """Add the postings of one term; ``weights`` None: all 1."""
        self.add_key(FIELDS.index(field).to_bytes(2, "big") + term.encode(), documents, weights, places)

    def add_key(
        self, key: bytes, documents: "array[int]", weights: "array[int] | None", places: Sequence[bytes] | None
    ) -> None:
        """The same, for a key as :meth:`Segment.terms` gives it. A term that has lost all documents is left out."""
        if self._stopped():
            raise Cancelled
        count = len(documents)
        if not count:
            return
        heaviest = max(weights) if weights else 1
        inlined = count <= INLINED
        total = sum(weights) if weights else count
        info = TERM_INFO.pack(inlined, total, count, *ANY_LENGTH, heaviest, documents[0], documents[-1])
        if inlined:
            values = tuple(places) if places else (b"",) * count
            lead = pickle.dumps((tuple(documents), tuple(weights or (1,) * count), values), 2)
        else:
            data = _blocks(documents, weights if heaviest > 1 else None, places)
            lead = EXTENT.pack(self._end, len(data))
            self._end += self._postings.write(data)
        self._terms.add(key, info + lead)


def _blocks(documents: "array[int]", weights: "array[int] | None", places: Sequence[bytes] | None) -> bytes:
    """The postings of a term; the length of the last block is negative."""
    data = [b"W3Bl"]
    for start in range(0, len(documents), BLOCK):
        part = slice(start, start + BLOCK)
        block = _packed(documents[part], weights and weights[part], tuple(places[part]) if places else None)
        last = start + BLOCK >= len(documents)
        data += [INT.pack(-len(block) if last else len(block)), block]
    return b"".join(data)


def _packed(documents: "array[int]", weights: "array[int] | None", places: tuple[bytes, ...] | None) -> bytes:
    """One block: a pickle that describes it, then a pickle of what it holds."""
    deltas = array("I", documents[:1])
    deltas.extend(map(sub, documents[1:], documents))
    body = pickle.dumps((_smallest(deltas), weights and _smallest(weights), places), 5)
    compression = len(body) >= WORTH_PACKING
    if compression:
        body = zlib.compress(body, 1)
    heaviest = max(weights) if weights else 1
    return pickle.dumps((len(documents), documents[-1], heaviest, int(compression), *ANY_LENGTH), 2) + body


def _smallest(values: "array[int]") -> "array[int]":
    """The same numbers in as few bytes as they need."""
    highest = max(values)
    return array("B" if highest < 1 << 8 else "H" if highest < 1 << 16 else "I", values)


def _write_columns(storage: Any, segment: Any, columns: "dict[str, array[int]]", words: int) -> None:
    segment.set_doc_count(len(columns["id"]))
    segment._fieldlengths = {"words": words}
    for name, values in columns.items():
        with segment.create_file(storage, f".{name}.col") as file:
            file.write(layout.column_bytes(values))


def _gathered(found: Iterable[tuple[str, "array[int]"]]) -> Iterator[tuple[str, "array[int]"]]:
    """All occurrences of each term, in order of the terms."""
    groups: defaultdict[str, list[array[int]]] = defaultdict(list)
    for term, occurrences in found:
        groups[term].append(occurrences)
    for term in sorted(groups):
        group = groups[term]
        yield term, group[0] if len(group) == 1 else array("Q", sorted(chain.from_iterable(group)))


def _keep(words: "defaultdict[str, array[int]]", start: int, found: Iterable[tuple[int, str]]) -> int:
    """Keep where words are ``found``; returns how many places they take from ``start``."""
    last = start - 1
    for last, word in found:
        words[word].append(last)
    return last - start + 1


def _occurrences() -> "array[int]":
    return array("Q")


def _documents(occurrences: "array[int]") -> "array[int]":
    return array("I", occurrences.tobytes())[_HIGH::2]


def _places(occurrences: "array[int]", weights: Counter[int]) -> list[bytes]:
    positions = array("H", array("I", occurrences.tobytes())[_LOW::2])
    return [positions[start:end].tobytes() for start, end in pairwise(accumulate(weights.values(), initial=0))]
