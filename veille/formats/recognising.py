"""What a file is, by what it begins with: never by its name."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from veille.formats.encodings import encoding
from veille.formats.entry import Format, Row
from veille.formats.files import Stream
from veille.formats.readers import bookmarks, csl, instapaper, pocket, raindrop, ris, veille, wallabag
from veille.formats.tables import header_of

Reader = Callable[[Stream, datetime], Iterator[Row]]


class Shape(NamedTuple):
    """What a file is, and what reads it; ``read`` is None where that takes more than the file by itself."""

    format: Format
    read: Reader | None = None


_TABLES = {
    instapaper.COLUMNS: Shape(Format.INSTAPAPER, instapaper.table),
    pocket.COLUMNS: Shape(Format.POCKET, pocket.table),
    wallabag.COLUMNS: Shape(Format.WALLABAG, wallabag.table),
    raindrop.COLUMNS: Shape(Format.RAINDROP, raindrop.table),
}
_PAGES = (
    ((r"<!doctype\s+netscape-bookmark",), Shape(Format.BOOKMARKS, bookmarks.read)),
    ((r"<title>\s*pocket export",), Shape(Format.POCKET, pocket.page)),
    ((r"<title>\s*instapaper",), Shape(Format.INSTAPAPER, instapaper.page)),
    ((r"<(?:opml|outlinedocument|outline)[\s/>]",), Shape(Format.OPML)),
    ((r"<dt>.{0,100}<a\s|<dl>.{0,1000}<dt>",), Shape(Format.BOOKMARKS, bookmarks.read)),
)
_TYPES = """article[a-z-]*|bill|book|broadcast|chapter|classic|collection|dataset|document|entry[a-z-]*|event|figure|
    graphic|hearing|interview|legal_case|legislation|manuscript|map|motion_picture|musical_score|pamphlet|
    paper-conference|patent|performance|periodical|personal_communication|post|post-weblog|regulation|report|review|
    review-book|software|song|speech|standard|thesis|treaty|webpage"""
_OBJECTS = (
    ((r'\A\{\s*"veille"\s*:',), Shape(Format.VEILLE, veille.read)),
    ((r"\A\[", r'"(?:is_archived|is_read)"\s*:'), Shape(Format.WALLABAG, wallabag.array)),
    ((r"\A\[", r'"highlights"\s*:', r'"quote"\s*:'), Shape(Format.POCKET, pocket.annotations)),
    ((rf'"type"\s*:\s*"(?:{"".join(_TYPES.split())})"',), Shape(Format.CSL, csl.read)),
)
_X = "window.YTD."
_LOOKED_AT = 50  # lines among which references begin


def shape(head: bytes) -> Shape | None:
    """What a file is that begins with ``head``; None for what Veille does not know."""
    text = head.decode(encoding(head), "replace").lstrip("\ufeff \t\r\n")
    if text.startswith(_X):
        return Shape(Format.X)
    if text.startswith("<"):
        return _first(_PAGES, text)
    if text.startswith(("[", "{")):
        return _first(_OBJECTS, text)
    lines = re.split(r"\r\n|\r|\n", text[:100_000], maxsplit=_LOOKED_AT)[:_LOOKED_AT]
    if any(map(ris.is_line, lines)):
        return Shape(Format.RIS, ris.read)
    return _table(lines)


def is_pack(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is a sector pack, or a starter sector."""
    lines = (line.strip("\ufeff \t") for line in head.decode(encoding(head), "replace").splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return bool(re.match(r"veille\s*=\s*\d", first))


def _first(known: Iterable[tuple[tuple[str, ...], Shape]], text: str) -> Shape | None:
    """The first one whose patterns are all in ``text``."""
    for patterns, found in known:
        if all(re.search(pattern, text, re.IGNORECASE | re.DOTALL) for pattern in patterns):
            return found
    return None


def _table(lines: list[str]) -> Shape | None:
    names, separator = header_of(lines[0])
    if not names and len(lines) > 1:
        names, separator = header_of(lines[1], separator)
    return next((found for columns, found in _TABLES.items() if set(columns) <= set(names)), None)
