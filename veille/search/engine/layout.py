"""What the index stores, and where.

It is a Whoosh index: a folder with a schema, a table of contents and segments, whose codec (``codec.py``) is our own::

    _MAIN_<generation>.toc   schema, list of segments, documents deleted of each; replaced as a whole by a commit
    MAIN_<segment>.docs      what each document says of itself: one column each, in the order of the documents
    MAIN_<segment>.terms     where each word is: for each field its terms, and their postings one after the other
    format                   the version of all this

**The documents of a segment stand newest first** (by time, then by item id). So the first matches are the newest, and
a period is a slice. ``.docs`` holds, one value a document:

========================================  ===============================================================
``id``, ``at``, ``source``                item id; microseconds since 1970; source id
``kind``, ``lang``                        place in :data:`KINDS`; the two letters of the code as one number
``length``, ``title_length``, ``author_length``  numbers of words, as Whoosh's length byte
========================================  ===============================================================

``.terms`` holds for each field, say ``words``::

    words.terms    a g e n c y a g i r …      all terms, sorted, as UTF-8 without anything between
    words.ends     6 10 …                     where each of them ends
    words.starts   0 2 3 …                    where the postings of each begin (and the last ones end)
    words.docs     4 17 | 4 | 0 4 9 | …       documents of each term, ascending: term by term
    words.freqs    1  1 | 3 | 1 1 2 | …       how often it is in each
    words.places   7 | 12 | 0 5 8 | …         where in the document: as many numbers as ``freqs`` says
    words.spots    0 2 5 …                    where the places of each term begin (and the last ones end)

Terms with one beginning are neighbours, and so are their postings: any prefix is one slice of ``docs``.

================  =========================================================================================
``words``         exact folded words of the whole document with their places. A word of the title is there
                  ``TITLE`` times at one place, so that it weighs as much
``stems``         "f" and the French stem of each word of a French document, "e" and the English one of an
                  English one, both where the language is neither; weights as in ``words``, no places
``title``, ``title_stems``, ``author``  the same of the title, each word once, and exact words of the author
``tags``          the item's own tags, folded, whole
================  =========================================================================================
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from whoosh import columns, fields, formats
from whoosh.system import pack_uint

from veille.content.text import fold, plain
from veille.model import ItemKind
from veille.search.query.question import Part, Word
from veille.search.words.analysis import english, french, numbered

FORMAT = "4"  # change it whenever what is stored, or what a word is, changes: the index is then made anew
NAME = "MAIN"

TITLE = 3  # a word of the title counts as much as this many words of the text
TEXT_AT = 4096  # place of the first word of the text: the title lies before
AUTHOR_AT = 65_000  # place of the first word of the author
LONGEST_TITLE, LONGEST_TEXT, LONGEST_AUTHOR = 1000, AUTHOR_AT - TEXT_AT - 1, 500  # places that are indexed
_SIZE = 8  # characters for each place that are looked at, with what stands between
MOST_TAGS, LONGEST_TAG = 100, 100  # tags of an item, characters of one

KINDS = (ItemKind.ARTICLE, ItemKind.POST)
COLUMNS = {"id": "q", "at": "q", "source": "I", "kind": "B", "lang": "H"}
LENGTHS = ("length", "title_length", "author_length")
LENGTH_OF = {  # which of them a field's scores look at
    "words": "length", "stems": "length", "title": "title_length", "title_stems": "title_length",
    "author": "author_length",
}  # fmt: skip
PLACED = ("author", "title", "words")  # fields with places
WORDS_OF = {Part.ANYWHERE: "words", Part.TITLE: "title", Part.AUTHOR: "author"}
STEMS_OF = {Part.ANYWHERE: "stems", Part.TITLE: "title_stems"}  # names are not inflected
FIELDS = ("author", "stems", "tags", "title", "title_stems", "words")  # as Whoosh writes them: sorted

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Document:
    """What the index takes of an item: plain text, and nothing that depends on the person.

    No phrase crosses a line end. ``author`` is who had a hand in it: of a post also who is quoted and who passed it on.
    ``lang`` is "fr", "en" or anything else (then both languages' word forms match). ``at`` is UTC-aware. ``tags`` are
    the item's own, with or without "#".
    """

    id: int
    title: str
    text: str
    author: str
    source: int
    kind: ItemKind
    lang: str
    at: datetime
    tags: tuple[str, ...] = ()


def parts(document: Document) -> Iterator[tuple[Sequence[int], Sequence[str]]]:
    """The places and the words of title, text and author."""
    yield numbered(document.title[: LONGEST_TITLE * _SIZE], 0, LONGEST_TITLE)
    yield numbered(document.text[: LONGEST_TEXT * _SIZE], TEXT_AT, LONGEST_TEXT)
    yield numbered(document.author[: LONGEST_AUTHOR * _SIZE], AUTHOR_AT, LONGEST_AUTHOR)


def occurrences(document: Document) -> Iterator[tuple[int, str]]:
    """Each word of ``document`` with its place."""
    return chain.from_iterable(zip(places, words, strict=True) for places, words in parts(document))


def tag(name: str) -> str:
    """A tag as the field ``tags`` holds it."""
    return plain(fold(name[: 4 * LONGEST_TAG])).lstrip("#").strip()[:LONGEST_TAG]


def tags_of(document: Document) -> list[str]:
    """The tags that are indexed."""
    return list(dict.fromkeys(filter(None, map(tag, document.tags[:MOST_TAGS]))))


def language(code: str) -> str:
    """The two letters that tell which stems a document has and what lang: finds; "" for none."""
    letters = code[:2].lower()
    return letters if len(letters) == 2 and letters.isascii() and letters.isalpha() else ""


def language_number(code: str) -> int:
    """How the column ``lang`` keeps it."""
    return int.from_bytes(language(code).encode(), "big")


def microseconds(moment: datetime) -> int:
    """``moment`` as the column ``at`` keeps it."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def forms(word: str, lang: str) -> tuple[str, ...]:
    """The terms of ``stems`` that ``word`` has in a document in ``lang``."""
    if lang == "fr":
        return ("f" + french(word),)
    if lang == "en":
        return ("e" + english(word),)
    return "f" + french(word), "e" + english(word)


def lookup(word: Word) -> tuple[str, list[bytes]]:
    """The field and the terms by which ``word`` is looked up; one of them is enough."""
    if word.part is Part.AUTHOR:
        return WORDS_OF[word.part], [word.text.encode()]
    return STEMS_OF[word.part], [form.encode() for form in forms(word.text, "")]


# Whoosh's schema: each field takes a whole Document, and says what Whoosh's own writer would store of it ----------


class Places(formats.Positions):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's positions, kept as plain uint16 instead of a pickle each."""

    def encode(self, positions: Iterable[int]) -> bytes:
        return array("H", positions).tobytes()

    def decode_positions(self, value: bytes) -> list[int]:
        return sorted(set(array("H", value)))

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // 2


class Words(fields.TEXT):  # type: ignore[misc]
    """Exact words of a part of a document, with their places; ``times`` that those of the title count."""

    def __init__(self, first: int, last: int, times: int = 1) -> None:
        super().__init__()
        self.format = Places()
        self.first, self.last, self.times = first, last, times

    def index(self, document: Document, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for place, word in occurrences(document):
            if self.first <= place < self.last:
                found[word] += [place - self.first] * (self.times if place < TEXT_AT else 1)
        for word, places in found.items():
            yield word.encode(), len(places), float(len(places)), self.format.encode(places)


class Stems(fields.TEXT):  # type: ignore[misc]
    """Stems of the words of a part of a document."""

    def __init__(self, last: int, times: int = 1) -> None:
        super().__init__(phrase=False)
        self.last, self.times = last, times

    def index(self, document: Document, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        found: defaultdict[str, int] = defaultdict(int)
        length: defaultdict[str, int] = defaultdict(int)  # a word with two forms makes the document no longer
        for place, word in occurrences(document):
            terms = forms(word, language(document.lang)) if place < self.last else ()
            times = self.times if place < TEXT_AT else 1
            for form in terms:
                found[form] += times
            for form in terms[:1]:
                length[form] += times
        for form, weight in found.items():
            yield form.encode(), length[form], float(weight), pack_uint(weight)


class Tags(fields.ID):  # type: ignore[misc]
    """The item's own tags."""

    def index(self, document: Document, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        return ((each.encode(), 1, 1.0, b"") for each in tags_of(document))


def schema() -> Any:
    """Whoosh's schema of the index."""
    whole = 1 << 16
    return fields.Schema(
        words=Words(0, whole, TITLE),
        stems=Stems(whole, TITLE),
        title=Words(0, TEXT_AT),
        title_stems=Stems(TEXT_AT),
        author=Words(AUTHOR_AT, whole),
        tags=Tags(),
        **{name: fields.COLUMN(columns.NumericColumn(code)) for name, code in COLUMNS.items()},
    )
