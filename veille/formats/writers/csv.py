"""Items as a table: CSV by RFC 4180, in UTF-8 with a byte order mark, without which Excel takes it for Windows-1252.

Columns are named as the keys of ``--json`` are. Times are ISO 8601 in UTC; where a cell has several values, a line end
parts them. A cell that begins with ``=``, ``+``, ``-``, ``@`` (or a wide one of these), a tab or a line end gets an
apostrophe before it: a spreadsheet would calculate it, and a stranger wrote it. A cell has at most 32,000 characters
(Excel takes 32,767 and puts the rest into the rows below); one that was cut ends with an ellipsis. JSON has it all.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from veille.content.html import to_text
from veille.content.text import plain, printable
from veille.formats.writers.record import About, Record

COLUMNS = (
    "id", "kind", "title", "url", "author", "source", "sectors", "language", "at", "published", "updated", "seen",
    "read", "saved", "flagged", "tags", "my_tags", "note", "highlights", "network", "handle", "fate", "text",
)  # fmt: skip
LONGEST = 32_000  # characters of a cell
_FORMULA = frozenset("=+-@＝＋－＠\t\r\n")  # with which a cell that is calculated begins
_MARK = "\ufeff"


class _Line:
    """What the csv module writes to: it hands on what it gets."""

    def write(self, text: str) -> str:
        return text


def write(_about: About, records: Iterable[Record]) -> Iterator[str]:
    """The table, a row at a time."""
    row = csv.writer(_Line()).writerow
    yield _MARK
    yield str(row(COLUMNS))
    for record in records:
        yield str(row([cell(each) for each in _values(record)]))


def cell(text: str) -> str:
    """``text`` as a spreadsheet shows it: never a formula, never more than fits."""
    text = printable(text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "'" + text if text[:1] in _FORMULA else text
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _values(record: Record) -> Iterator[str]:
    """In the order of :data:`COLUMNS`."""
    item, mark, post = record.item, record.mark, record.item.post
    yield str(item.id)
    yield item.kind
    yield plain(item.title)
    yield plain(item.url)
    yield plain(item.author)
    yield plain(record.source.label)
    yield _several(each.title for each in record.sectors)
    yield plain(item.lang)
    for when in (item.at, item.published, item.updated, item.seen):
        yield _iso(when)
    yield "yes" if mark.read else "no"
    yield _iso(mark.saved)
    yield _iso(mark.flagged)
    yield _several(item.tags)
    yield _several(mark.tags)
    yield mark.note
    yield _several(each.text for each in record.highlights)
    yield post.network if post else ""
    yield plain(post.author.handle) if post else ""
    yield post.fate if post else ""
    yield to_text(record.body)


def _several(texts: Iterable[str]) -> str:
    return "\n".join(filter(None, map(plain, texts)))


def _iso(when: datetime | None) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if when else ""
