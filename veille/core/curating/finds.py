"""The values of looking for what can be watched: what will be asked, what was found, and what it gives."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from veille.content.networks import Meant
from veille.i18n import _, ngettext, number
from veille.model import Item


class Role(StrEnum):
    """What is looked for at an address."""

    PAGE = "page"  # a page that may declare feeds, or a feed
    PLACE = "place"  # a feed, where sites often have theirs
    LOOKUP = "lookup"  # the answer of a directory of podcasts
    FEED = "feed"  # a feed that is to be shown


@dataclass(frozen=True, slots=True)
class Step:
    """One request that will be made, no other: a GET of ``url``. A redirect within the same site belongs to it."""

    url: str
    why: str  # in words, in the language in force
    role: Role = Role.PAGE


@dataclass(frozen=True)
class Plan:
    """What will be asked once the person agrees; () for nothing. ``text`` announces it.

    ``note`` is a sentence where nothing can be found; ``proxy`` is through what it is asked, "" for nothing; ``barred``
    says why nobody can be asked as things stand.
    ``private`` is the permission for the very host and port of ``typed`` in the person's own network. ``page`` is the
    page at whose site common places are asked.
    """

    typed: str
    steps: tuple[Step, ...] = ()
    note: str = ""
    proxy: str = ""
    barred: str = ""
    private: bool = False
    page: str = ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Whom it asks, each once; with its port where that is not the usual one."""
        return tuple(dict.fromkeys(urlsplit(each.url).netloc for each in self.steps))

    @property
    def one_by_one(self) -> bool:
        """Whether it ends with the first that is a feed."""
        return any(each.role is Role.PLACE for each in self.steps)

    @property
    def brief(self) -> str:
        """How many requests to whom; "" for none."""
        if not self.steps:
            return ""
        count, hosts = len(self.steps), ", ".join(self.hosts)
        if self.one_by_one and count > 1:
            text = ngettext(
                "At most {n} request to {hosts}, until a feed is found.",
                "At most {n} requests to {hosts}, until a feed is found.",
                count,
            )
        else:
            text = ngettext("{n} request to {hosts}.", "{n} requests to {hosts}.", count)
        return text.format(n=number(count), hosts=hosts)

    @property
    def text(self) -> str:
        """The announcement: how many requests, to whom, and what those learn by it."""
        if not self.steps:
            return self.note or _("Nothing needs to be asked.")
        if self.barred:
            return " ".join(filter(None, (self.note, self.barred)))
        if self.proxy:
            learns = ngettext(
                "This host would learn that somebody behind the proxy {proxy} asks for it now; nothing else about you "
                "is sent.",
                "These hosts would learn that somebody behind the proxy {proxy} asks for it now; nothing else about "
                "you is sent.",
                len(self.hosts),
            )
        else:
            learns = ngettext(
                "This host would learn that somebody at this machine's address asks for it now; nothing else about you "
                "is sent.",
                "These hosts would learn that somebody at this machine's address asks for it now; nothing else about "
                "you is sent.",
                len(self.hosts),
            )
        followed = _("Redirects within the site are followed.")
        return " ".join(filter(None, (self.note, self.brief, followed, learns.format(proxy=self.proxy))))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be watched. ``said`` is what the page calls it; ``why`` says how it was found; ``answered``
    that its address was asked and holds a feed (False: only declared or known). ``source`` is the id of the source
    that is watched there already, 0 for none. ``private``: its host and port are those that the person typed and
    allowed in their own network."""

    meant: Meant
    said: str = ""
    why: str = ""
    declared: bool = False
    comments: bool = False
    answered: bool = False
    source: int = 0
    private: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """``candidates`` are in the order in which a person would choose; ``problems`` are sentences; ``next`` is what
    could be asked further (common places, another host to which the page sends), None when there is nothing left.

    ``page`` is the address of the page that was read and can be watched by a selector, "" for none.
    """

    candidates: tuple[Candidate, ...] = ()
    problems: tuple[str, ...] = ()
    next: Plan | None = None
    page: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a candidate gives. ``items`` are the newest ten, newest first; ``entries`` counts what the document holds;
    ``weekly`` is None where dates do not tell; ``full_text`` whether whole articles are inside, None where that
    cannot be told. ``known`` of its items are in the profile already, ``alike`` are the labels of the sources that
    have them, the most first. ``source`` is the id of the source that is watched already at that address, 0 for none.
    ``text`` says all of it in sentences.
    """

    meant: Meant
    title: str = ""
    site: str = ""
    lang: str = ""
    items: tuple[Item, ...] = ()
    entries: int = 0
    weekly: float | None = None
    full_text: bool | None = None
    known: int = 0
    alike: tuple[str, ...] = ()
    source: int = 0
    selector: str = ""
    text: tuple[str, ...] = field(default=())
