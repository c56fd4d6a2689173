"""Whoosh's door to the arrays: what a stock ``searcher.search(q)`` reads them by, and a stock writer writes them by.

Veille itself reads and writes them in bulk (``segment.py``, ``building.py``). Whoosh pickles these classes' names into
the table of contents: where they live is part of the format.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.matching import LeafMatcher, ReadTooFar
from whoosh.reading import TermInfo, TermNotFound
from whoosh.util.numeric import byte_to_length, length_to_byte

from veille.search.engine import inverting
from veille.search.engine.arrays import Array
from veille.search.engine.inverting import Inverted
from veille.search.engine.layout import COLUMNS, FIELDS, LENGTH_OF, LENGTHS, PLACED
from veille.search.engine.segment import Segment, Terms, newest_first, write

_ANY_LENGTH = (0, 1 << 30)  # of the shortest and longest document of a term: bounds that always hold


class ArrayCodec(base.Codec):  # type: ignore[misc]  # Whoosh has no types
    """Postings and columns as flat arrays."""

    length_stats = False  # the writer need not look at the documents before it writes the terms

    def per_document_writer(self, storage: Any, segment: Any) -> "DocumentWriter":
        return DocumentWriter(segment)

    def field_writer(self, storage: Any, segment: Any) -> "FieldWriter":
        return FieldWriter(Path(storage.folder), segment)

    def per_document_reader(self, storage: Any, segment: Any) -> "DocumentReader":
        return DocumentReader(Path(storage.folder), segment)

    def terms_reader(self, storage: Any, segment: Any) -> "TermsReader":
        return TermsReader(Segment(Path(storage.folder), segment))

    def new_segment(self, storage: Any, indexname: str) -> "ArraySegment":
        return ArraySegment(indexname)


class ArraySegment(base.Segment):  # type: ignore[misc]
    """What the table of contents knows of a segment: its name, how many documents it has, which are deleted."""

    def __init__(self, indexname: str) -> None:
        super().__init__(indexname)  # gives it a random name: none is used again, not even in an index made anew
        self._count = 0
        self._deleted: set[int] = set()

    def codec(self) -> ArrayCodec:
        return ArrayCodec()

    def should_assemble(self) -> bool:
        return False  # one file of all could not be mapped

    def set_doc_count(self, doccount: int) -> None:
        self._count = doccount

    def doc_count_all(self) -> int:
        return self._count

    def deleted_count(self) -> int:
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        return iter(self._deleted)

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        (self._deleted.add if delete else self._deleted.discard)(docnum)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted


# Reading -----------------------------------------------------------------------------------------------------


class DocumentReader(base.PerDocumentReader):  # type: ignore[misc]
    """Columns and lengths of a segment."""

    def __init__(self, folder: Path, segment: ArraySegment) -> None:
        self._segment, self._arrays = segment, Segment(folder, segment)

    def doc_count(self) -> int:
        return self._segment.doc_count()  # type: ignore[no-any-return]

    def doc_count_all(self) -> int:
        return self._segment.doc_count_all()

    def has_deletions(self) -> bool:
        return self._segment.deleted_count() > 0

    def is_deleted(self, docnum: int) -> bool:
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        return self._segment.deleted_docs()

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        return fieldname in COLUMNS

    def list_columns(self) -> list[str]:
        return list(COLUMNS)

    def column_reader(self, fieldname: str, column: Any) -> "ColumnReader":
        return ColumnReader(self._arrays.column(fieldname).tolist())

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        if fieldname not in LENGTH_OF:
            return default
        return int(byte_to_length(int(self._arrays.column(LENGTH_OF[fieldname])[docnum])))

    def field_length(self, fieldname: str) -> int:
        return self._arrays.total(fieldname) if fieldname in LENGTH_OF else 0

    def min_field_length(self, fieldname: str) -> int:
        return _ANY_LENGTH[0]

    def max_field_length(self, fieldname: str) -> int:
        return _ANY_LENGTH[1]

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return {}


class ColumnReader(list[int]):
    """A column as Whoosh asks for it."""

    reversed = False

    def set_reverse(self) -> None:
        self.reversed = True

    def sort_key(self, docnum: int) -> int:
        return -self[docnum] if self.reversed else self[docnum]

    def load(self) -> "ColumnReader":
        return self


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """Terms of a segment. Raises KeyError or TermNotFound for one that is not there."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return term[0] in FIELDS and self._segment.field(term[0]).find(term[1]) >= 0

    def indexed_field_names(self) -> tuple[str, ...]:
        return FIELDS

    def cursor(self, fieldname: str, fieldobj: Any) -> "Cursor":
        return Cursor(self._segment.field(fieldname), fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return (term for field in FIELDS for term in self._from(field, 0))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        return self._from(fieldname, self._segment.field(fieldname).first(prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], Any]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], Any]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> Any:
        field, number = self._find(fieldname, text)
        postings = field.numbered(number)
        weights, docs = field.weights(postings), field.docs
        return TermInfo(
            weight=float(weights.sum()), df=len(weights), minlength=_ANY_LENGTH[0], maxlength=_ANY_LENGTH[1],
            maxweight=float(weights.max()), minid=int(docs[postings.start]), maxid=int(docs[postings.stop - 1]),
        )  # fmt: skip

    def frequency(self, fieldname: str, text: bytes) -> float:
        return self.term_info(fieldname, text).weight()  # type: ignore[no-any-return]

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        return len(self._segment.field(fieldname).docs[self._segment.field(fieldname).postings(text)])

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> "Matcher":
        return Matcher(*self._find(fieldname, text), fieldname, format_, scorer)

    def _find(self, fieldname: str, text: bytes) -> tuple[Terms, int]:
        field = self._segment.field(fieldname)
        number = field.find(text)
        if number < 0:
            raise TermNotFound(f"{fieldname}:{text!r}")
        return field, number

    def _from(self, fieldname: str, number: int) -> Iterator[tuple[str, bytes]]:
        field = self._segment.field(fieldname)
        return ((fieldname, field.term(at)) for at in range(number, len(field)))


class Cursor(base.FieldCursor):  # type: ignore[misc]
    """Goes through the terms of a field."""

    def __init__(self, terms: Terms, field: Any) -> None:
        self._terms, self._field, self._at = terms, field, 0

    def first(self) -> Any:
        self._at = 0
        return self.text()

    def find(self, string: Any) -> Any:
        self._at = self._terms.first(string if isinstance(string, bytes) else string.encode())
        return self.text()

    def next(self) -> Any:
        self._at += 1
        return self.text()

    def text(self) -> Any:
        return self._field.from_bytes(self._terms.term(self._at)) if self.is_valid() else None

    def term_info(self) -> None:
        return None

    def is_valid(self) -> bool:
        return self._at < len(self._terms)


class Matcher(LeafMatcher):  # type: ignore[misc]
    """The postings of one term, all in one block."""

    def __init__(self, terms: Terms, number: int, fieldname: str, format_: Any, scorer: Any) -> None:
        postings = terms.numbered(number)
        self._terms, self._number = terms, number
        self._docs: list[int] = terms.docs[postings].tolist()
        self._weights: list[int] = terms.weights(postings).tolist()
        self._term = (fieldname, terms.term(number))
        self.format, self.scorer, self._at = format_, scorer, 0

    def is_active(self) -> bool:
        return self._at < len(self._docs)

    def id(self) -> int:
        return self._docs[self._at]

    def next(self) -> None:
        if not self.is_active():
            raise ReadTooFar
        self._at += 1

    def skip_to(self, id: int) -> None:
        if not self.is_active():
            raise ReadTooFar
        self._at = max(self._at, bisect_left(self._docs, id))

    def skip_to_quality(self, minquality: float) -> int:
        if self.block_quality() <= minquality:
            self._at = len(self._docs)
        return 0

    def all_ids(self) -> Iterator[int]:
        return iter(self._docs[self._at :])

    def reset(self) -> None:
        self._at = 0

    def copy(self) -> "Matcher":
        other = Matcher(self._terms, self._number, self._term[0], self.format, self.scorer)
        other._at = self._at
        return other

    def weight(self) -> float:
        return float(self._weights[self._at])

    def score(self) -> float:
        return self.scorer.score(self) if self.scorer else self.weight()

    def block_min_length(self) -> int:
        return _ANY_LENGTH[0]

    def block_max_length(self) -> int:
        return _ANY_LENGTH[1]

    def block_max_weight(self) -> float:
        return float(max(self._weights))

    def value(self) -> bytes:
        return bytes(self.format.encode(self._places[self._at])) if self._term[0] in PLACED else b""

    def value_as(self, astype: str) -> Any:
        if astype in ("weight", "frequency"):
            return self.weight()
        if astype == "positions":
            return sorted(set(self._places[self._at]))
        return super().value_as(astype)

    @cached_property
    def _places(self) -> list[list[int]]:
        ends = np.cumsum(self._weights)[:-1]
        return [each.tolist() for each in np.split(self._terms.places(self._number), ends)]


# Writing, one document and one posting at a time, as Whoosh's own writer does ------------------------------------


class DocumentWriter(base.PerDocumentWriter):  # type: ignore[misc]
    """Gathers the columns. The :class:`FieldWriter`, which is closed last, writes them."""

    def __init__(self, segment: ArraySegment) -> None:
        self.is_closed = False
        self.columns = {name: array(code) for name, code in COLUMNS.items()}
        self.columns |= {name: array("B") for name in LENGTHS}
        segment.documents = self

    def start_doc(self, docnum: int) -> None:
        for column in self.columns.values():
            column.append(0)

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int) -> None:
        if fieldname in PLACED:
            self.columns[LENGTH_OF[fieldname]][-1] = length_to_byte(length)

    def add_column_value(self, fieldname: str, columnobj: Any, value: int) -> None:
        self.columns[fieldname][-1] = value

    def close(self) -> None:
        self.is_closed = True


class FieldWriter(base.FieldWriter):  # type: ignore[misc]
    """Gathers the postings of each field, in order as Whoosh gives them, and writes the segment when it is closed."""

    def __init__(self, folder: Path, segment: ArraySegment) -> None:
        self.is_closed = False
        self._folder, self._segment = folder, segment
        self._found: defaultdict[str, list[tuple[bytes, int, int, bytes]]] = defaultdict(list)
        self._field, self._term = "", b""

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        self._field = fieldname

    def start_term(self, text: bytes) -> None:
        self._term = text

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int) -> None:
        self._found[self._field].append((self._term, docnum, int(weight), vbytes))

    def finish_term(self) -> None:
        """Nothing: the next one says so."""

    def close(self) -> None:
        documents = self._segment.documents
        del self._segment.documents
        columns = {name: np.array(values, values.typecode) for name, values in documents.columns.items()}
        order = newest_first(columns)
        moved = np.argsort(order)
        fields = ((name, _inverted(name, self._found[name], moved)) for name in FIELDS)
        write(self._folder, self._segment, {name: values[order] for name, values in columns.items()}, fields)
        self.is_closed = True


def _inverted(field: str, found: list[tuple[bytes, int, int, bytes]], moved: Array) -> Inverted:
    terms = list(dict.fromkeys(term for term, *_ in found))
    numbers = {term: number for number, term in enumerate(terms)}
    number = np.array([numbers[term] for term, *_ in found], "u8")
    doc, weight = (np.array([each[at] for each in found], "i8") for at in (1, 2))
    doc = moved[doc]
    if field in PLACED:
        places = np.frombuffer(b"".join(each[3] for each in found), "u2")
        return inverting.by_place(
            terms, np.sort(inverting.occurrences(np.repeat(number, weight), np.repeat(doc, weight), places))
        )
    whole = inverting.by_weight(terms, inverting.postings(number, doc), weight)
    return Inverted(whole.terms, whole.starts, whole.docs) if field == "tags" else whole
