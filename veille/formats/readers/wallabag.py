"""What Wallabag exports: JSON of its versions 1 and 2, and a table."""

from collections.abc import Iterator
from datetime import datetime

from veille.formats import objects, tables
from veille.formats.entry import Collection, Row
from veille.formats.files import Stream
from veille.formats.items import Said, line
from veille.formats.objects import Object, text, texts, true
from veille.formats.tables import Record
from veille.formats.times import moment
from veille.posts import Media

COLUMNS = ("title", "url", "content", "tags")
_QUOTED = 200  # characters of a passage that say what a note is about


def array(stream: Stream, seen: datetime) -> Iterator[Row]:
    """A row for each entry, with its text and annotations; a star is a tag. Raises BadFile."""
    return objects.read(stream, Collection.WALLABAG, seen, _entered)


def table(stream: Stream, seen: datetime) -> Iterator[Row]:
    """A row for each record. Raises BadFile."""
    return tables.read(stream, Collection.WALLABAG, seen, COLUMNS, _recorded)


def _entered(entry: Object) -> Said:
    tags = texts(entry.get("tags"), "label", "slug")
    if isinstance(entry.get("tags"), str):
        tags = text(entry["tags"]).split(",")
    annotations = objects.objects(entry.get("annotations"))
    starred = true(entry.get("is_starred", entry.get("is_fav")))
    return Said(
        url=text(entry.get("url")) or text(entry.get("given_url")), title=line(text(entry.get("title"))),
        author=", ".join(texts(entry.get("published_by"))), html=text(entry.get("content")),
        lang=text(entry.get("language")), published=moment(text(entry.get("published_at"))),
        saved=moment(text(entry.get("created_at"))),
        read=true(entry.get("is_archived", entry.get("is_read")), default=True),
        tags=[*tags, *["starred"] * starred],
        note="\n\n".join(filter(None, map(_note, annotations))),
        highlights=[text(each.get("quote")) for each in annotations],
        media=[Media("image", text(entry.get("preview_picture")))])  # fmt: skip


def _note(annotation: Object) -> str:
    written, quote = text(annotation.get("text")).strip(), " ".join(text(annotation.get("quote")).split())
    return f"“{quote[:_QUOTED]}”: {written}" if written and quote else written


def _recorded(record: Record) -> Said:
    return Said(
        url=record["url"], title=line(record["title"]), html=record["content"], lang=record["language"],
        tags=record["tags"].split(","), saved=moment(record["creation date"]))  # fmt: skip
