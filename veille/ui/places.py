"""Where a person can look: everything, unread, saved, flagged, what rules hide, a tag of theirs, a search that they
keep, a sector, a source."""

from dataclasses import dataclass, field

from veille.model import Query, SavedSearch


@dataclass(frozen=True)
class Place:
    """A row of the sidebar. ``name`` is "all", "unread", "saved", "flagged", "hidden", "tag", "search", "sector" or
    "source".

    A collection is a source, too. A source that stands under a sector knows which, since it can stand under several.
    A saved search (its id) brings the text along that finds what is there.
    """

    name: str = "all"
    sector: str | None = None
    source: int | None = None
    search: int | None = None
    tag: str | None = None
    text: str = field(default="", compare=False)

    def query(self) -> Query:
        """What the list shows there."""
        return Query(
            within=self.text,
            sector=self.sector if self.name == "sector" else None,
            source=self.source,
            unread=self.name == "unread",
            saved=self.name == "saved",
            flagged=self.name == "flagged",
            hidden=self.name == "hidden",
            tag=self.tag,
        )


ALL = Place("all")
UNREAD = Place("unread")
SAVED = Place("saved")
FLAGGED = Place("flagged")
HIDDEN = Place("hidden")  # by rules


def place_of(search: SavedSearch) -> Place:
    """Where a saved search is a list."""
    return Place("search", search=search.id, text=search.text)


def place_of_tag(tag: str) -> Place:
    """Where all to which the person gave the tag is listed."""
    return Place("tag", tag=tag)
