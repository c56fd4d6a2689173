"""The values of posts: who wrote, what is inside, and what became of it at its network. All are frozen."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Network(StrEnum):
    """Where a post was published, whoever delivered it: a bridge mirrors the accounts of a network, too."""

    X = "x"
    BLUESKY = "bluesky"
    MASTODON = "mastodon"


class Relation(StrEnum):
    """How a post stands to one inside it."""

    QUOTED = "quoted"
    ANSWERED = "answered"


class Fate(StrEnum):
    """What became of a post at its network. "unavailable" says no more than that it is not given to us."""

    THERE = "there"
    DELETED = "deleted"
    WITHHELD = "withheld"
    PROTECTED = "protected"
    SUSPENDED = "suspended"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, sound, film, frame or file that an item refers to. Never loaded by itself."""

    kind: str  # "image", "audio", "video", "frame", "file"
    url: str
    description: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who posts. ``handle`` is as people write it, with its "@": @name, @name@host, @name.bsky.social; "" unknown.

    ``id`` is the network's own name for the account, which outlives a change of the handle; ``url`` its page.
    """

    handle: str
    name: str = ""
    url: str = ""
    id: str = ""

    @property
    def label(self) -> str:
        """What a person sees first."""
        return self.name or self.handle


@dataclass(frozen=True, slots=True)
class Poll:
    """A question with its options and their votes (None: not told). ``votes`` is how many voted in all."""

    options: tuple[tuple[str, int | None], ...]
    votes: int | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """How often others answered, reposted, liked, quoted and saw a post; None: not told."""

    replies: int | None = None
    reposts: int | None = None
    likes: int | None = None
    quotes: int | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True)
class Referred:
    """A post inside another: quoted by it, or answered. ``html`` is sanitised, "" when nobody gave it to us.

    ``fate`` says why; ``id`` is the network's own name for it.
    """

    relation: Relation
    id: str = ""
    author: Person | None = None
    url: str = ""
    html: str = ""
    published: datetime | None = None
    media: tuple[Media, ...] = ()
    fate: Fate = Fate.THERE


@dataclass(frozen=True, slots=True)
class Post:
    """What an item is besides its text, when it is a post.

    ``id`` is what the network calls it, the same through edits, and of a repost that of the post itself.
    ``reposted_by`` is who passed it on, when it came that way. ``continues`` is the id of the post of the same author
    that it carries on, "" for none: so threads are read as one. ``warning`` is the author's own, before the text;
    ``withheld`` are the countries (ISO 3166, two letters) in which the network does not show it.
    ``fated`` is when Veille learnt of its ``fate``; None while it is there.
    """

    network: Network
    id: str
    author: Person
    reposted_by: Person | None = None
    continues: str = ""
    referred: tuple[Referred, ...] = ()
    poll: Poll | None = None
    figures: Figures = Figures()
    mentions: tuple[Person, ...] = ()
    warning: str = ""
    withheld: tuple[str, ...] = ()
    fate: Fate = Fate.THERE
    fated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its network described it, when it was last ``asked``. ``name`` is its display name."""

    id: str
    handle: str  # without "@", as the network writes it
    name: str
    asked: datetime
    fate: Fate = Fate.THERE  # protected, suspended, deleted: gone
    posts: int | None = None  # how many it has published in all
    since: datetime | None = None  # when it was opened


@dataclass(frozen=True, slots=True)
class Standing:
    """A post that is stored, for asking its network whether it still stands. ``hash`` is of what it says here.

    ``address`` is that of the source that gave it, and ``private`` whether the person allowed it in their own network.
    """

    item: int
    source: int
    uid: str
    network: Network
    id: str
    url: str
    hash: str
    address: str = ""
    private: bool = False
