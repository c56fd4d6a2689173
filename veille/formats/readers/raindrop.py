"""The table that Raindrop exports, and the smaller one that it imports (https://help.raindrop.io/import)."""

import re
from collections.abc import Iterator
from datetime import datetime

from veille.formats import tables
from veille.formats.entry import Collection, Row
from veille.formats.files import Stream
from veille.formats.items import Said, line
from veille.formats.objects import true
from veille.formats.tables import Record
from veille.formats.times import moment
from veille.posts import Media

COLUMNS = ("url", "folder")
_NO_FOLDER = "unsorted"
_HIGHLIGHT = re.compile(r"^(?:Highlight|Note):\s*", re.IGNORECASE | re.MULTILINE)


def table(stream: Stream, seen: datetime) -> Iterator[Row]:
    """A row for each record; folders are tags. Raises BadFile."""
    return tables.read(stream, Collection.RAINDROP, seen, COLUMNS, _recorded)


def _recorded(record: Record) -> Said:
    tags = [*_folders(record["folder"]), *record["tags"].split(",")]
    highlights, notes = _marked(record["highlights"])
    return Said(
        url=record["url"], title=line(record["title"]), text=record["excerpt"], saved=moment(record["created"]),
        note="\n\n".join(filter(None, (record["note"].strip(), *notes))), highlights=highlights,
        tags=[*tags, *["favorite"] * true(record["favorite"])],
        media=[Media("image", record["cover"])])  # fmt: skip


def _folders(path: str) -> list[str]:
    """The folders that ``path`` leads through. A name may have a "/" in it; between names there are spaces, too."""
    parts = path.split(" / " if " / " in path else "/")
    return [] if path.strip().lower() == _NO_FOLDER else parts


def _marked(text: str) -> tuple[list[str], list[str]]:
    """The passages that a cell of highlights holds, and what the person wrote to them.

    They are parted by lines; newer exports put "Highlight:" before each and "Note:" before what was written to it.
    """
    if not _HIGHLIGHT.search(text):
        return text.splitlines(), []
    passages, notes = list[str](), list[str]()
    starts = [*_HIGHLIGHT.finditer(text)]
    for start, end in zip(starts, [*(each.start() for each in starts[1:]), len(text)], strict=True):
        kept = notes if start[0][0] in "Nn" else passages
        kept.append(text[start.end() : end].strip())
    return passages, notes
