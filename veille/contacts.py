"""What leaves this machine: why, by which way, and what is written down of it. All values are frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Protocol


class Reason(StrEnum):
    """Why another machine was contacted."""

    SCHEDULED = "scheduled"  # a source's time had come
    BY_HAND = "by-hand"  # the person asked for a refresh
    TRIED = "tried"  # the person tried the addresses of starter sectors
    FOUND = "found"  # the person looked for what can be watched at an address
    PICTURE = "picture"  # the person asked for the pictures of an item
    ARTICLE = "article"  # the person asked for the article behind an item
    ARRIVAL = "arrival"  # an item arrived, and the person wants the page of each from its source
    RECHECK = "recheck"  # whether stored posts still stand at their network
    BROWSER = "browser"  # the person opened a link: their browser made the contact, not Veille


@dataclass(frozen=True, slots=True)
class Route:
    """The way to a host: "direct", or through a proxy ("socks5", which looks names up itself, or "http").

    ``user`` and ``password`` are for the proxy; they are never shown.
    """

    kind: str = "direct"
    host: str = ""
    port: int = 0
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def direct(self) -> bool:
        """Whether there is no proxy."""
        return self.kind == "direct"

    @property
    def key(self) -> str:
        """Another key is another route: validators and connections are not carried over."""
        if not (self.user or self.password):
            return str(self)
        secret = f"{len(self.user)}:{self.user}{self.password}".encode()
        return f"{self}#{blake2b(secret, digest_size=8).hexdigest()}"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return "direct" if self.direct else f"{self.kind}://{host}:{self.port}"


DIRECT = Route()


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why a request is made, for which source (0: none), by which route, and how strictly.

    ``strict`` sends no validators and refuses a redirect to an address that looks personal, unless
    ``allow_personal``: the person allowed it for this source.
    """

    reason: Reason
    source: int = 0
    route: Route = DIRECT
    strict: bool = False
    allow_personal: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """A request that is about to leave: one for each redirect, too.

    ``route`` is ``str(Route)``; ``conditional`` says that validators went along; ``led_by`` is the host whose
    redirect led here, "" for none; ``keyed`` that the person's own key for it went along, by which it knows them.
    """

    at: datetime
    reason: Reason
    source: int
    method: str
    url: str
    host: str
    route: str = "direct"
    conditional: bool = False
    led_by: str = ""
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How a contact ended. ``status`` is 0 without an answer; ``error`` is packed, "" for none.

    ``sent`` and ``received`` are bytes of HTTP, heads included, without the wrapping of TLS or proxy. ``address``
    is the IP address that was connected to, "" where a proxy looked it up or none was made.
    """

    at: datetime
    status: int = 0
    error: str = ""
    sent: int = 0
    received: int = 0
    address: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """A contact that was made. ``ending`` is None while it lasts, and for ever when Veille was killed meanwhile."""

    number: int
    contact: Contact
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class TraceFilter:
    """Which traces. ``host`` includes the hosts below it (``example.org`` finds ``www.example.org``)."""

    host: str = ""
    source: int | None = None
    since: datetime | None = None
    until: datetime | None = None  # not included


@dataclass(frozen=True, slots=True)
class Totals:
    """What traces add up to. ``reads`` leaves out links opened in the browser, which ``by_reason`` counts."""

    reads: int = 0
    hosts: int = 0
    sent: int = 0
    received: int = 0
    failed: int = 0
    unfinished: int = 0
    by_method: Mapping[str, int] = field(default_factory=dict)
    by_reason: Mapping[Reason, int] = field(default_factory=dict)
    by_route: Mapping[str, int] = field(default_factory=dict)
    by_host: Mapping[str, int] = field(default_factory=dict)  # the most frequent first


class Ledger(Protocol):
    """Where contacts are written down before they are made."""

    def begin(self, contact: Contact) -> int:
        """Its number, once it is on the disk.

        Raises ProfileUnwritable, ProfileBusy or TracesDamaged: then nothing may leave.
        """

    def end(self, number: int, ending: Ending) -> None:
        """How it ended; may reach the disk a little later."""
