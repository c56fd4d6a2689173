"""What is passed around while feeds are looked for. All are frozen."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from veille.sources.base import Parsed


class How(StrEnum):
    """How a page, or a rule, tells of a feed."""

    LINK = "link"  # by a link element, made for it
    ANCHOR = "anchor"  # by a link that people click
    CHANNEL = "channel"  # by a number from which the address follows
    KNOWN = "known"  # all sites of this kind have theirs there
    PLACE = "place"  # it was there when a common place was asked
    SELF = "self"  # the address that was asked is a feed
    LOOKUP = "lookup"  # a directory of podcasts names it


@dataclass(frozen=True, slots=True)
class Declared:
    """A feed that is spoken of. ``type`` is "json" or "xml"; ``answered`` that it was asked and is one."""

    url: str
    title: str = ""
    type: str = "xml"
    how: How = How.LINK
    lang: str = ""
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page, as far as it tells. ``feeds`` are in the page's order, each address once; ``platform`` is what made it
    ("wordpress", …; "" for not known) and ``root`` where that begins."""

    address: str
    title: str = ""
    lang: str = ""
    site: str = ""
    canonical: str = ""
    platform: str = ""
    root: str = ""
    feeds: tuple[Declared, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What a document is: a feed (``parsed``), or a page; both None for neither."""

    parsed: "Parsed | None" = None
    page: Page | None = None
