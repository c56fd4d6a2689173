"""The bookmarks of browsers, and of what writes as they do (Raindrop, Pinboard, Shaarli, Linkding…)."""

from collections.abc import Iterator
from datetime import datetime

from veille.formats import links
from veille.formats.entry import Collection, Row
from veille.formats.files import Stream


def read(stream: Stream, seen: datetime) -> Iterator[Row]:
    """A row for each bookmark; folders are tags, descriptions are notes. Raises BadFile."""
    return links.read(stream, Collection.BOOKMARKS, seen, links.said)
