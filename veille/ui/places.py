"""Where a person can look: everything, unread, saved, a sector, a source."""

from dataclasses import dataclass

from veille.model import Query


@dataclass(frozen=True)
class Place:
    """A row of the sidebar. ``name`` is "all", "unread", "saved", "sector" or "source".

    A source that stands under a sector knows which, since it can stand under several.
    """

    name: str = "all"
    sector: str | None = None
    source: int | None = None

    def query(self) -> Query:
        """What the list shows there."""
        return Query(
            sector=self.sector if self.name == "sector" else None,
            source=self.source,
            unread=self.name == "unread",
            saved=self.name == "saved",
        )


ALL = Place("all")
UNREAD = Place("unread")
SAVED = Place("saved")
