"""Items as CSL JSON (the CSL-data schema, 1.0.2): an array, which Zotero, Pandoc and others read.

The ``id`` of an entry is its BibTeX key. The person's note is ``note``.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from veille.content.text import plain, printable
from veille.formats.writers import citing
from veille.formats.writers.citing import Name, Work
from veille.formats.writers.record import About, Record

_TYPES = {Work.PAPER: "article-journal", Work.POST: "post", Work.BLOG: "post-weblog", Work.PAGE: "webpage"}


def write(_about: About, records: Iterable[Record]) -> Iterator[str]:
    """The file, an entry at a time."""
    before = "[\n"
    for record in records:
        yield before + json.dumps({name: value for name, value in _entry(record) if value}, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _entry(record: Record) -> Iterator[tuple[str, Any]]:
    item, work, day = record.item, citing.work(record), citing.published(record)
    yield "id", citing.key(record)
    yield "type", _TYPES[work]
    yield "title", citing.title(record)
    yield "author", [_name(each) for each in citing.authors(record)]
    yield "container-title", plain(record.source.label)
    yield "issued", _date(day) if day else None
    yield "accessed", _date(citing.accessed(record)) if item.url else None
    yield "DOI", citing.doi(record)
    yield "URL", plain(item.url)
    yield "language", plain(item.lang)
    yield "abstract", citing.abstract(record) if work is not Work.POST else ""
    yield "keyword", ", ".join(re.sub("[,;]", " ", each) for each in citing.keywords(record))
    yield "note", printable(record.mark.note)


def _name(name: Name) -> dict[str, str]:
    return {"literal": name.literal} if name.literal else {"family": name.family, "given": name.given}


def _date(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
