"""What Instapaper exports: a table, and the page of the years before."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from veille.formats import links, tables
from veille.formats.entry import Collection, Row
from veille.formats.files import Stream
from veille.formats.items import Said, line
from veille.formats.objects import texts
from veille.formats.tables import Record
from veille.formats.times import moment

COLUMNS = ("url", "selection", "folder")
_NO_FOLDERS = ("", "unread", "archive")


def table(stream: Stream, seen: datetime) -> Iterator[Row]:
    """A row for each record: what was selected is a highlight, the folder a tag. Raises BadFile."""
    return tables.read(stream, Collection.INSTAPAPER, seen, COLUMNS, _recorded)


def page(stream: Stream, seen: datetime) -> Iterator[Row]:
    """A row for each link; its folder stands in the heading above it. Raises BadFile."""
    return links.read(stream, Collection.INSTAPAPER, seen, _linked)


def _recorded(record: Record) -> Said:
    folder = record["folder"].strip()
    return Said(
        url=record["url"], title=line(record["title"]), saved=moment(record["timestamp"]),
        read=folder.lower() != "unread", highlights=[record["selection"]],
        tags=[*_tags(folder), *_listed(record["tags"])])  # fmt: skip


def _linked(link: links.Link) -> Said:
    said = links.said(link)
    return replace(said, read=link.heading.lower() != "unread", tags=(*_tags(link.heading), *said.tags))


def _tags(folder: str) -> list[str]:
    return [] if folder.lower() in _NO_FOLDERS else [folder]


def _listed(tags: str) -> list[str]:
    """Tags as Instapaper writes them into a cell: as a JSON array."""
    try:
        return texts(json.loads(tags[:10_000] or "[]"), "name")
    except (ValueError, RecursionError):
        return tags.strip("[] ").split(",")
