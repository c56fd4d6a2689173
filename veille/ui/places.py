"""Where a person can look: everything, unread, saved, a search that they keep, a sector, a source."""

from dataclasses import dataclass, field

from veille.model import Query, SavedSearch


@dataclass(frozen=True)
class Place:
    """A row of the sidebar. ``name`` is "all", "unread", "saved", "search", "sector" or "source".

    A source that stands under a sector knows which, since it can stand under several. A saved search (its id) brings
    its text along.
    """

    name: str = "all"
    sector: str | None = None
    source: int | None = None
    search: int | None = None
    text: str = field(default="", compare=False)

    def query(self) -> Query:
        """What the list shows there."""
        return Query(
            within=self.text,
            sector=self.sector if self.name == "sector" else None,
            source=self.source,
            unread=self.name == "unread",
            saved=self.name == "saved",
        )


ALL = Place("all")
UNREAD = Place("unread")
SAVED = Place("saved")


def place_of(search: SavedSearch) -> Place:
    """Where a saved search is a list."""
    return Place("search", search=search.id, text=search.text)
