"""The values that everything passes around. All are frozen; every time is UTC-aware."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from veille.posts import Media, Post

GONE = "gone"  # the hash of an item that expired or was removed: it never comes back


class Clock(Protocol):
    """The only source of time; ``app.py`` hands out the real one, tests a simulated one."""

    def now(self) -> datetime:
        """The present, UTC-aware."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back, for deadlines."""


class Progress(Protocol):
    """How long work tells where it is, and learns that it should stop."""

    def step(self, done: int, total: int, text: str = "") -> None:
        """``done`` of ``total`` (0: unknown) is finished; ``text`` says with what, translated."""

    @property
    def cancelled(self) -> bool:
        """Whether the person asked to stop. Work looks at it often and keeps what it has."""


class SourceKind(StrEnum):
    """What kind of source: it chooses the module of ``veille.sources`` that fetches it.

    A source on X is an account, a list or a search; on Mastodon an account or a hashtag (``content/networks.py``).
    A page has no feed: what a CSS selector finds there are its items. A collection holds what the person brought from
    another program: nobody is ever asked for it.
    """

    FEED = "feed"
    PAGE = "page"
    X = "x"
    BLUESKY = "bluesky"
    MASTODON = "mastodon"
    COLLECTION = "collection"

    @property
    def by_host(self) -> bool:
        """Whether anybody's machine may be one, also one of the person's own network; the others have one host."""
        return self in (SourceKind.FEED, SourceKind.PAGE, SourceKind.MASTODON)


class Mode(StrEnum):
    """How much of the person others may see. Strict is a level of discreet; all three only read."""

    DISCREET = "discreet"
    STRICT = "strict"
    OPEN = "open"


class Deed(StrEnum):
    """What a person can do that shows them to somebody; "personal" is watching an address made for one reader."""

    OPEN = "open"
    PICTURES = "pictures"
    ARTICLE = "article"
    PERSONAL = "personal"


class ItemKind(StrEnum):
    """An article has a title; a post needs none."""

    ARTICLE = "article"
    POST = "post"


class Order(StrEnum):
    """How a list is ordered: newest first, or best match first (only with a text)."""

    DATE = "date"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class Sector:
    """A field that the person watches. ``key`` is the same on every machine; ``rank`` orders the sidebar."""

    key: str
    title: str
    summary: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """A place that publishes.

    ``key`` is ``kind:address`` with the address normalised, the same on every machine; ``id`` is this
    profile's own. ``title`` is what the source calls itself, ``name`` what the person calls it.
    ``removed`` is when it was set aside (None: in use). ``route`` is its own way out: "" for the profile's,
    "direct", or the address of a proxy. ``allowed`` are the deeds that the person allows for it without a question.
    ``full_text``: the page behind each new item is fetched when it arrives. ``labels`` are the curator's own. ``was``
    is what it called itself before it renamed itself, until the person has seen that ("": nothing to see). ``selector``
    finds the items of a page.
    """

    id: int
    key: str
    kind: SourceKind
    address: str
    title: str
    added: datetime
    name: str = ""
    site: str = ""
    lang: str = ""
    allow_private: bool = False
    removed: datetime | None = None
    route: str = ""
    allowed: frozenset[Deed] = frozenset()
    full_text: bool = False
    labels: tuple[str, ...] = ()
    was: str = ""
    selector: str = ""

    @property
    def has_pages(self) -> bool:
        """Whether there may be an article behind what it gives: posts are whole."""
        return self.kind in (SourceKind.FEED, SourceKind.PAGE)

    @property
    def label(self) -> str:
        """What a person sees."""
        return self.name or self.title or self.address


@dataclass(frozen=True, slots=True)
class Membership:
    """Who put a source into a sector, when, and why.

    ``origin`` says where it came from: "person", "opml:NAME", "starter:KEY@VERSION", "pack:KEY@VERSION", "sample".
    ``trial`` is the last day of its trial, None when it is there to stay.
    """

    sector: str
    source: int
    origin: str
    by: str
    when: datetime
    why: str = ""
    rank: int = 0
    paused: bool = False
    trial: date | None = None

    @property
    def pack(self) -> str:
        """The key of the pack that put it there; "" for none."""
        kind, _colon, name = self.origin.partition(":")
        return name.rpartition("@")[0] if kind == "pack" else ""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a host gave to ask "anything new since?" by (RFC 9110, 8.8), kept byte for byte.

    Each could be a mark made for one reader, so it is sent back only once it is ``agreed``: two unconditional
    answers in a row gave the same. It holds for the very address that gave it (``url``) and for one ``route``
    (:attr:`veille.contacts.Route.key`).
    """

    etag: str = ""
    last_modified: str = ""
    etag_agreed: bool = False
    modified_agreed: bool = False
    url: str = ""
    route: str = ""


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the fetcher remembers of a source between two requests.

    ``error`` is what :meth:`veille.errors.SourceError.pack` wrote, "" when the last answer was good;
    ``failures`` counts failed answers in a row. ``moved`` is where permanent redirects led last time, "" when they
    led nowhere: a move is believed when it is told twice, and never unasked when the new address looks personal.
    ``cursor`` is what the fetcher of a network of posts goes on from next time, in a form of its own. ``failing`` is
    since when there was no good answer, None after one.
    """

    source: int
    validators: Validators = Validators()
    moved: str = ""
    body_hash: str = ""
    checked: datetime | None = None
    changed: datetime | None = None
    next_due: datetime | None = None
    failures: int = 0
    error: str = ""
    cursor: str = ""
    failing: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A post or an article.

    ``id`` is 0 until it is stored. ``uid`` is what the source calls it. ``content`` is sanitised HTML
    ("" in lists: rows do not carry it); ``summary`` is plain text of 300 characters at most. ``seen`` is
    when Veille first had it; ``at`` is where it stands in time. ``hash`` is of what the source gave, to
    tell a change without comparing. ``post`` is what a network of posts says besides; None for an article, and for a
    post of a feed that says nothing of its author. ``author`` is then the author's name, ``title`` is "".
    """

    id: int
    source: int
    uid: str
    kind: ItemKind
    url: str
    title: str
    author: str
    summary: str
    content: str
    lang: str
    published: datetime | None
    updated: datetime | None
    seen: datetime
    at: datetime
    hash: str = ""
    media: tuple[Media, ...] = ()
    tags: tuple[str, ...] = ()
    post: Post | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """What an item said until its source changed it; ``replaced`` is when Veille had the change."""

    item: int
    replaced: datetime
    title: str
    summary: str
    content: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What the person did with an item. A refresh never touches it."""

    item: int
    read: bool = False
    saved: datetime | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    flagged: datetime | None = None


@dataclass(frozen=True, slots=True)
class Highlight:
    """A passage of an item that the person marked: plain text on one line, and what stands ``before`` and ``after``.

    These find it again where the text says it more than once (TextQuoteSelector of the W3C's Web Annotation Data
    Model). ``made`` tells those of one item apart.
    """

    item: int
    text: str
    made: datetime
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a source gave back: new or changed items, newest first, and what to remember.

    ``title``, ``site`` and ``lang`` are the source's own words ("" when it said none); ``moved`` is its new
    address after permanent redirects; ``retry_after`` is what the server asked for, in seconds;
    ``unchanged`` says that the server or the body hash told that nothing is new.
    """

    source: int
    state: SourceState
    items: tuple[Item, ...] = ()
    title: str = ""
    site: str = ""
    lang: str = ""
    moved: str = ""
    retry_after: int | None = None
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """The article behind an item, fetched because the person asked. ``html`` is sanitised.

    The rest is what its page says of it, plain text; "" and None where it says nothing.
    """

    item: int
    html: str
    fetched: datetime
    title: str = ""
    author: str = ""
    site: str = ""
    published: datetime | None = None
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """One value for a list, a view and a search. Unset parts do not narrow.

    ``text`` is what was typed in the search box; ``within`` is the text of the saved search that it narrows.
    """

    text: str = ""
    within: str = ""
    sector: str | None = None
    source: int | None = None
    kind: ItemKind | None = None
    unread: bool = False
    saved: bool = False
    flagged: bool = False
    hidden: bool = False  # what rules hide, and nothing else
    tag: str | None = None  # the person's own
    since: datetime | None = None
    until: datetime | None = None
    order: Order = Order.DATE
    limit: int | None = None
    after: int | None = None  # id of the last item of the page before


@dataclass(frozen=True, slots=True)
class Snippet:
    """Plain text with the stretches (start, end in characters) that match the search."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A row of a list. ``title`` and ``excerpt`` carry the marked words of a search.

    ``more`` counts the posts that the list shows under it: they carry on the thread that it begins.
    """

    item: Item
    mark: Mark
    source: str  # the source's label
    title: Snippet
    excerpt: Snippet
    more: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """The answer to a :class:`Query`: ids in order, the exact total, and notes in the person's words.

    ``total`` may exceed ``len(ids)`` when the query had a limit. ``words`` are what :class:`Hit` marks.
    ``suggestion`` is the text as it was perhaps meant, where the index does not know a word of it; "" for none.
    """

    ids: "array[int]"
    total: int
    notes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Facets:
    """How many items of a listing each sector, source and kind has, and each month; the most first, months in order.

    ``months`` are (year, month) of this machine's calendar. Zeros are left out.
    """

    sectors: Mapping[str, int] = field(default_factory=dict)  # by key
    sources: Mapping[int, int] = field(default_factory=dict)  # by id
    kinds: Mapping[ItemKind, int] = field(default_factory=dict)
    months: Mapping[tuple[int, int], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that the person keeps as a list. ``name`` is what they call it; "" where its text says it."""

    id: int
    text: str
    name: str = ""
    rank: int = 0

    @property
    def label(self) -> str:
        """What a person sees."""
        return self.name or self.text


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers for the sidebar. ``unread`` is by source id."""

    items: int = 0
    saved: int = 0
    unread: Mapping[int, int] = field(default_factory=dict)
    flagged: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """What a change touched, so that views know whether to ask again.

    ``undo`` names the entry of the history that takes it back; ``text`` says it in words.
    """

    sources: frozenset[int] = frozenset()
    items: frozenset[int] = frozenset()
    new: int = 0
    outline: bool = False  # sectors, sources or their order changed
    tags: bool = False  # the person's tags changed: which there are, or how many items have each
    undo: int | None = None
    text: str = ""

    def __or__(self, other: "Changes") -> "Changes":
        return Changes(
            self.sources | other.sources, self.items | other.items, self.new + other.new,
            self.outline or other.outline, self.tags or other.tags, other.undo or self.undo,
            other.text or self.text)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole list of what is watched, as the sidebar shows it (removed things left out).

    ``collections`` are no sources that are asked, but have a name and items as these do; ``tags`` are the person's
    own, in the order of the alphabet, with how many items have each.
    """

    sectors: tuple[Sector, ...] = ()
    sources: Mapping[int, Source] = field(default_factory=dict)
    members: Mapping[str, tuple[Membership, ...]] = field(default_factory=dict)  # sector key -> in rank order
    states: Mapping[int, SourceState] = field(default_factory=dict)
    paused: frozenset[int] = frozenset()  # in every sector that they are in, removed ones included
    searches: tuple[SavedSearch, ...] = ()  # in rank order
    collections: Mapping[int, Source] = field(default_factory=dict)
    tags: tuple[tuple[str, int], ...] = ()

    @property
    def named(self) -> Mapping[int, Source]:
        """All that items can come from: sources and collections, by id."""
        return {**self.sources, **self.collections}

    @property
    def loose(self) -> tuple[Source, ...]:
        """Sources that are in no sector."""
        placed = {each.source for members in self.members.values() for each in members}
        return tuple(source for key, source in self.sources.items() if key not in placed)

    @property
    def ranked(self) -> tuple[int, ...]:
        """The sources in the curator's order: the first of each sector, then the second; those in no sector last."""
        places = [
            (at, sector, each.source)
            for sector, members in enumerate(self.members.values())
            for at, each in enumerate(members)
        ]
        return tuple(dict.fromkeys([*(source for _at, _sector, source in sorted(places)), *self.sources]))
