"""What the index stores, and where: a Whoosh index with Whoosh's own codec (W3), written and read in bulk.

Each segment is a set of files named after it (``MAIN_<segment>.…``):

=================  ==================================================================================
``.trm``           terms of all fields, sorted, each with the place of its postings
``.pst``           postings in blocks: document numbers, weights, and for ``words`` the positions
``.id.col``        item id of each document (int64)
``.at.col``        when the item stands in time, in microseconds since 1970 (int64)
``.source.col``    source id (uint32)
``.kind.col``      0 article, 1 post (uint8)
``._words_len.col``  number of words, as Whoosh's length byte; a word of the title counts ``TITLE`` times
=================  ==================================================================================

Fields of terms:

``words``   exact folded words with positions (those inside a hashtag beside the whole); the weight is the
            number of times in the item, and a word of the title counts ``TITLE`` times. For phrases and for
            what is still being typed.
``stems``   "f" and the French stem of each word of a French item, "e" and the English one of an English
            item, both where the language is unknown. For words with their inflections.
``starts``  the first one, two and three letters of each word, so that a short prefix is one term and not
            thousands.

The deleted documents of a segment and the list of segments are in the table of contents
(``_MAIN_<generation>.toc``), which is replaced as a whole by each commit.
"""

import struct
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from sys import byteorder
from typing import Any

from whoosh import columns, fields, formats
from whoosh.codec.whoosh3 import W3Codec, W3Segment

from veille.model import ItemKind

FORMAT = "2"  # change it whenever what is stored, or what a word is, changes: the index is then made anew
NAME = "MAIN"

TITLE = 3  # a word of the title counts as much as this many words of the text
TEXT_AT = 4096  # position of the first word of the text: the title lies before (all its repetitions at one place)
AUTHOR_AT = 65_000  # position of the first word of the author
LONGEST_TITLE, LONGEST_TEXT, LONGEST_AUTHOR = 1000, AUTHOR_AT - TEXT_AT - 1, 500  # places that are indexed
SHORT = 3  # letters of a prefix that ``starts`` holds

BLOCK = 4096  # postings in a block
FIELDS = ("starts", "stems", "words")  # in the order in which they are written
KINDS = (ItemKind.ARTICLE, ItemKind.POST)
COLUMNS = {"id": "q", "at": "q", "source": "I", "kind": "B", "_words_len": "B"}

TERM_INFO = struct.Struct("!BfIBBfII")  # Whoosh's: inlined, weight, documents, shortest, longest, heaviest, first, last
INT = struct.Struct("!i")
EXTENT = struct.Struct("!qi")  # where a term's postings lie in .pst: offset, length
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ANY_LENGTH = (0, 255)  # length bytes of the shortest and longest document: bounds that always hold


@dataclass(frozen=True, slots=True)
class Document:
    """What the index takes of an item: plain text, and nothing that depends on the person.

    No phrase crosses a line end. ``author`` is who had a hand in it: of a post also who is quoted and who passed it on.
    ``lang`` is "fr", "en" or anything else (then both languages' word forms match). ``at`` is UTC-aware.
    """

    id: int
    title: str
    text: str
    author: str
    source: int
    kind: ItemKind
    lang: str
    at: datetime


class Places(formats.Positions):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's positions, kept as plain uint16 instead of a pickle each."""

    def encode(self, positions: Iterable[int]) -> bytes:
        return array("H", positions).tobytes()

    def decode_positions(self, value: bytes) -> list[int]:
        return sorted(set(array("H", value)))

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // 2


def schema() -> Any:
    """Whoosh's schema of the index."""
    words = fields.TEXT()
    words.format = Places()
    return fields.Schema(
        words=words,
        stems=fields.ID(),
        starts=fields.ID(),
        **{name: fields.COLUMN(columns.NumericColumn(code)) for name, code in COLUMNS.items() if name[0] != "_"},
    )


def new_segment(name: str) -> Any:
    """An empty Whoosh segment called ``name``."""
    return W3Segment(W3Codec(blocklimit=BLOCK), NAME, segid=name)


def microseconds(moment: datetime) -> int:
    """``moment`` as the ``at`` column keeps it."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def column_bytes(values: "array[int]") -> bytes:
    """A column as Whoosh's NumericColumn keeps it: big-endian, one value a document."""
    return _swapped(values).tobytes()


def column_values(code: str, data: bytes, count: int) -> "array[int]":
    """The column written by :func:`column_bytes`; raises ValueError unless it has ``count`` values."""
    values = array(code, data)
    if len(values) != count:
        raise ValueError(f"a column has {len(values)} values for {count} documents")
    return _swapped(values)


def _swapped(values: "array[int]") -> "array[int]":
    if byteorder == "big":
        return values
    other = array(values.typecode, values)
    other.byteswap()
    return other
