"""What Pocket gave: the parts of its last export (2025), tables and annotations, and the page of the years before."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from veille.formats import links, objects, tables
from veille.formats.entry import Collection, Row
from veille.formats.files import Stream
from veille.formats.items import Said, line
from veille.formats.objects import Object, text, texts
from veille.formats.tables import Record
from veille.formats.times import moment

COLUMNS = ("url", "time added")


def table(stream: Stream, seen: datetime) -> Iterator[Row]:
    """A row for each record of ``part_000000.csv``. Raises BadFile."""
    return tables.read(stream, Collection.POCKET, seen, COLUMNS, _recorded)


def page(stream: Stream, seen: datetime) -> Iterator[Row]:
    """A row for each link of ``ril_export.html``; what is unread stands below a heading that says so."""
    return links.read(stream, Collection.POCKET, seen, _linked)


def annotations(stream: Stream, seen: datetime) -> Iterator[Row]:
    """A row for each article of ``annotations/part_000000.json``, with the passages marked in it. Raises BadFile."""
    return objects.read(stream, Collection.POCKET, seen, _annotated)


def _recorded(record: Record) -> Said:
    return Said(
        url=record["url"], title=line(record["title"]), saved=moment(record["time added"]),
        tags=record["tags"].split("|"), read=record["status"].strip().lower() != "unread")  # fmt: skip


def _linked(link: links.Link) -> Said:
    return replace(links.said(link), read=link.heading.lower() != "unread")


def _annotated(entry: Object) -> Said:
    return Said(
        url=text(entry.get("url")),
        title=line(text(entry.get("title"))),
        highlights=texts(entry.get("highlights"), "quote"),
    )
