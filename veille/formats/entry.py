"""What a file of another program gives: its rows, each as an item with what the person did to it, or refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from veille.i18n import N_
from veille.model import Article, Highlight, Item


class Format(StrEnum):
    """The files that can be read. ``label`` is what a person calls each, to be translated."""

    OPML = "opml"
    X = "x"
    BOOKMARKS = "bookmarks"
    POCKET = "pocket"
    INSTAPAPER = "instapaper"
    RAINDROP = "raindrop"
    WALLABAG = "wallabag"
    RIS = "ris"
    CSL = "csl"
    VEILLE = "veille"

    @property
    def label(self) -> str:
        """What a person calls it, to be translated."""
        return _LABELS[self]


_LABELS = {
    Format.OPML: N_("OPML"), Format.X: N_("X archive"), Format.BOOKMARKS: N_("Browser bookmarks"),
    Format.POCKET: N_("Pocket"), Format.INSTAPAPER: N_("Instapaper"), Format.RAINDROP: N_("Raindrop"),
    Format.WALLABAG: N_("Wallabag"), Format.RIS: N_("Zotero (RIS)"), Format.CSL: N_("Zotero (CSL JSON)"),
    Format.VEILLE: N_("Veille (JSON)"),
}  # fmt: skip


class Collection(StrEnum):
    """Where what was brought is kept: one for each program, and for X one for each kind of row.

    Its source has the key "collection:NAME" on every machine. ``label`` is to be translated.
    """

    BOOKMARKS = "bookmarks"
    POCKET = "pocket"
    INSTAPAPER = "instapaper"
    RAINDROP = "raindrop"
    WALLABAG = "wallabag"
    ZOTERO = "zotero"
    VEILLE = "veille"
    X_POSTS = "x-posts"
    X_LIKES = "x-likes"
    X_BOOKMARKS = "x-bookmarks"

    @property
    def label(self) -> str:
        """What a person calls it, to be translated."""
        return _COLLECTIONS[self]


_COLLECTIONS = {
    Collection.BOOKMARKS: N_("Browser bookmarks"), Collection.POCKET: N_("Pocket"),
    Collection.INSTAPAPER: N_("Instapaper"), Collection.RAINDROP: N_("Raindrop"),
    Collection.WALLABAG: N_("Wallabag"), Collection.ZOTERO: N_("Zotero"), Collection.VEILLE: N_("From Veille"),
    Collection.X_POSTS: N_("My posts on X"), Collection.X_LIKES: N_("My likes on X"),
    Collection.X_BOOKMARKS: N_("My bookmarks on X"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be kept.

    ``item`` is sanitised and complete but for ``id`` and ``source``, which are 0; its ``uid`` is the same whenever the
    row is read again: the address as ``content.addresses.normalise`` has it, X's id of a post, else what its program
    calls it. ``place`` is the file within an archive ("" for a file by itself), ``row`` counts from 1 within it.
    ``saved`` is when the person saved it there, None where the file does not say. ``tags``, ``note`` and
    ``highlights`` (plain text, one line each) are the person's own; of ``passages`` the file also tells when they were
    made and what stands around them. ``article`` is the page behind the item. The ``item`` of both is 0. ``origin`` is
    the key of the source that the item came from, and its uid there, ("", "") where the file does not say.
    ``flagged`` is since when the person has it flagged.
    """

    row: int
    item: Item
    collection: Collection
    place: str = ""
    saved: datetime | None = None
    read: bool = True
    tags: tuple[str, ...] = ()
    note: str = ""
    highlights: tuple[str, ...] = ()
    passages: tuple[Highlight, ...] = ()
    article: Article | None = None
    origin: tuple[str, str] = ("", "")
    flagged: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be kept, and why, in the language in force."""

    row: int
    title: str
    address: str
    reason: str
    place: str = ""


Row = Entry | Refused


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows, in the order of the file, 500 at most; ``done`` of ``total`` bytes were read (0: unknown)."""

    rows: tuple[Row, ...]
    done: int
    total: int


Rows = Iterator[Row]
