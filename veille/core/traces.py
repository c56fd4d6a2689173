"""The contacts that were made, in words: to whom, why, by which way, how it ended, and what could be learnt from it."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from veille.contacts import Contact, Ending, Reason, Totals, Trace, TraceFilter
from veille.content.addresses import host as host_of
from veille.core.discretion import day_begins
from veille.errors import describe
from veille.i18n import N_, _, language
from veille.model import Clock

if TYPE_CHECKING:
    from veille.store import Store

PAGE = 2000  # traces that are read at a time
EVERYTHING = TraceFilter()
READS = ("GET", "HEAD")  # the methods that change nothing
BROWSER = "browser"  # the route of what the person's browser does
_FORMULA = frozenset("=+-@\t\r")  # with which a cell that is calculated begins

REASONS = {
    Reason.SCHEDULED: N_("scheduled refresh"),
    Reason.BY_HAND: N_("refresh by hand"),
    Reason.TRIED: N_("address tried"),
    Reason.FOUND: N_("looked for what can be watched"),
    Reason.PICTURE: N_("picture asked for"),
    Reason.ARTICLE: N_("full article asked for"),
    Reason.ARRIVAL: N_("full article of a new item"),
    Reason.RECHECK: N_("stored posts checked"),
    Reason.BROWSER: N_("link opened in the browser"),
}


@dataclass(frozen=True, slots=True)
class TraceRow:
    """A trace as faces show it: the fields, in this order, are the keys of JSON and the columns of CSV.

    ``reason`` and ``route`` are the words of the data; :attr:`why` and :attr:`way` say them to a person.
    ``source`` is the label it has today. ``outcome`` and ``learnt`` are in the language in force.
    """

    number: int
    at: datetime
    finished: datetime | None
    reason: Reason
    source_id: int
    source: str
    host: str
    method: str
    address: str
    route: str
    redirected_by: str
    conditional: bool
    keyed: bool
    ip: str
    status: int
    outcome: str
    sent: int
    received: int
    learnt: str

    failed: bool = field(default=False, metadata={"told": False})  # an error, or a status of 400 and above

    @property
    def why(self) -> str:
        """The reason in words."""
        return _(REASONS[self.reason])

    @property
    def way(self) -> str:
        """The route in words."""
        return way(self.route)

    def keys(self) -> dict[str, Any]:
        """As an object for JSON."""
        return dict(zip(KEYS, _values(self), strict=True))


KEYS = tuple(each.name for each in fields(TraceRow) if each.metadata.get("told", True))
_values: Callable[[TraceRow], tuple[Any, ...]] = attrgetter(*KEYS)


class Traces:
    """Reads the contacts that were made, and notes those that the person's browser makes."""

    def __init__(self, store: "Store", clock: Clock) -> None:
        self._store = store
        self._book = store.traces
        self._clock = clock

    def find(
        self, wanted: TraceFilter = EVERYTHING, limit: int | None = None, after: int | None = None
    ) -> list[TraceRow]:  # fmt: skip
        """The newest ``limit`` (None: all), newest first; ``after`` is the number of the last of the page before."""
        labels = self._labels()
        return [row(each, labels) for each in self._book.find(wanted, limit=limit, after=after)]

    def rows(self, wanted: TraceFilter = EVERYTHING) -> Iterator[TraceRow]:
        """All of them, newest first, read a page at a time."""
        after = None
        while page := self.find(wanted, limit=PAGE, after=after):
            yield from page
            after = page[-1].number

    def totals(self, wanted: TraceFilter = EVERYTHING) -> Totals:
        """What they add up to."""
        return self._book.totals(wanted)

    def today(self) -> Totals:
        """What they add up to since midnight on this machine's clock."""
        return self.totals(TraceFilter(since=day_begins(self._clock.now())))

    def hosts(self) -> list[str]:
        """The hosts that were contacted, in the order of the alphabet."""
        return sorted(self.totals().by_host)

    @property
    def kept_since(self) -> datetime | None:
        """Traces from before this moment were forgotten; None when none was."""
        return self._book.kept_since

    @property
    def first(self) -> datetime | None:
        """When the oldest trace that is kept was made; None when there is none."""
        return self._book.first

    def missing(self, since: datetime, until: datetime) -> int:
        """How many numbers between those from before ``since`` and from ``until`` on stand for no trace at all.

        Numbers are given one after the other: what is missing was taken out, or forgotten.
        """
        before, after = self._book.find(TraceFilter(until=since), limit=1), self._book.numbers(TraceFilter(since=until))
        inside = self._book.numbers(TraceFilter(since=since, until=until))
        if before:
            low = before[0].number + 1
        else:
            low = 1 if self.kept_since is None else min([*inside[-1:], *after[-1:]], default=1)
        high = after[-1] if after else max(inside, default=low - 1) + 1
        there = sum(low <= each < high for each in self._book.numbers())
        return max(0, high - low - there)

    def csv(self, wanted: TraceFilter, write: Callable[[str], Any]) -> int:
        """Write them as CSV (RFC 4180), newest first, in the language in force; returns how many there were."""
        writer = csv_writer(write)
        count = 0
        for each in self.rows(wanted):
            writer(each)
            count += 1
        return count

    def opened(self, url: str, source_id: int = 0) -> None:
        """Note that the person's browser is about to open ``url``: on the disk when this returns.

        Raises ProfileBusy or ProfileUnwritable: then it is not opened.
        """
        now = self._clock.now()
        contact = Contact(now, Reason.BROWSER, source_id, "GET", url, host_of(url), BROWSER)
        self._book.end(self._book.begin(contact), Ending(now))
        self._book.flush()

    def _labels(self) -> dict[int, str]:
        sources = self._store.sources
        return {each.id: each.label for each in (*sources.all(), *sources.collections())}


def row(trace: Trace, labels: dict[int, str]) -> TraceRow:
    """``trace`` in words; ``labels`` are what the sources are called today."""
    contact, ending = trace.contact, trace.ending
    return TraceRow(
        number=trace.number, at=contact.at, finished=ending.at if ending else None, reason=contact.reason,
        source_id=contact.source, source=labels.get(contact.source, ""), host=contact.host, method=contact.method,
        address=contact.url, route=contact.route, redirected_by=contact.led_by, conditional=contact.conditional,
        keyed=contact.keyed, ip=ending.address if ending else "", status=ending.status if ending else 0,
        outcome=outcome(contact, ending),
        sent=ending.sent if ending else 0, received=ending.received if ending else 0, learnt=learnt(contact, ending),
        failed=ending is not None and (bool(ending.error) or ending.status >= 400))  # fmt: skip


def csv_writer(write: Callable[[str], Any]) -> Callable[[TraceRow], None]:
    """Writes the columns' names at once, and a line for each row that it is given."""
    writer = csv.writer(_Lines(write))
    writer.writerow(KEYS)
    return lambda each: writer.writerow([_cell(value) for value in _values(each)])


@dataclass(frozen=True, slots=True)
class _Lines:
    write: Callable[[str], Any]


def _cell(value: object) -> object:
    """What a host or a feed wrote must not become a formula in a spreadsheet."""
    if isinstance(value, str):
        return "'" + value if value[:1] in _FORMULA else value
    if isinstance(value, datetime):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


# In words ----------------------------------------------------------------------------------------


def way(route: str) -> str:
    """A route in words."""
    if route == BROWSER:
        return _("your browser")
    return _("direct") if route == "direct" else route


def outcome(contact: Contact, ending: Ending | None) -> str:
    """How it ended, in a few words."""
    if contact.reason is Reason.BROWSER:
        return _("handed to your browser")
    if ending is None:
        return _("no end was noted: under way, or cut short")
    if ending.error:
        return describe(ending.error)
    if ending.status == 304:
        return _("nothing new (304)")
    if ending.status in (301, 302, 303, 307, 308):
        return _("sent on to another address ({status})").format(status=ending.status)
    if ending.status == 200:
        return _("answered (200)")
    return _("answered with error {status}").format(status=ending.status)


class _Reach(IntEnum):
    """How far a contact came."""

    NAME = 1  # the name was looked up, if at all
    CONNECTION = 2
    REQUEST = 3


def learnt(contact: Contact, ending: Ending | None) -> str:
    """What the other side, and those on the way, could learn from it, in plain words."""
    if contact.reason is Reason.BROWSER:
        return _(
            "The host: the address of your browser, what your browser adds (cookies, system, language), and that this "
            "page was opened then. Veille itself sent nothing."
        )
    reach = _reach(contact, ending)
    text = _learnt(
        language(), reach, contact.route == "direct", contact.url.startswith("https:"), contact.conditional,
        bool(contact.led_by), contact.keyed)  # fmt: skip
    return text if ending else _("At most this. {what}").format(what=text)


def _reach(contact: Contact, ending: Ending | None) -> _Reach:
    if ending is None or ending.sent or ending.status:
        return _Reach.REQUEST
    return _Reach.CONNECTION if ending.address or contact.route != "direct" else _Reach.NAME


@lru_cache(maxsize=256)
def _learnt(_language: str, reach: _Reach, direct: bool, tls: bool, conditional: bool, led: bool, keyed: bool) -> str:
    """There are few different answers; each is put together once for a language."""
    if reach is _Reach.NAME:
        return _(
            "The host: nothing. Name servers, and whoever runs the network: that this machine looked for this host."
        )
    if reach is _Reach.CONNECTION:
        return _tried(direct)
    told = [_keyed() if keyed else _host(direct)]
    if tls:
        told.append(_("Its way of speaking TLS tells what kind of software asks."))
    if conditional:
        told.append(_("Which version came last, by a mark that it had given twice."))
    if led:
        told.append(_("The host that sent on to this address could put a mark into it."))
    told.append(_on_the_way(direct, tls))
    return " ".join(told)


def _tried(direct: bool) -> str:
    if direct:
        return _(
            "The host: that somebody at this machine's address wished to connect, not what for. "
            "Name servers, and whoever runs the network: the name of the host."
        )
    return _(
        "The proxy's operator: that this machine wished to reach this host. The host: at most that somebody behind "
        "the proxy wished to connect, not what for."
    )


def _host(direct: bool) -> str:
    if direct:
        return _("The host: that somebody at this machine's address asked for this page then; no name, no cookie.")
    return _("The host: that somebody behind the proxy asked for this page then; no name, no cookie.")


def _keyed() -> str:
    return _(
        "The host: who you are there, since your own key went along, and what was read with it then. Those whose posts "
        "were read: nothing."
    )


def _on_the_way(direct: bool, tls: bool) -> str:
    if direct and tls:
        return _("Name servers, and whoever runs the network: the name of the host, not the page.")
    if direct:
        return _("Name servers: the name of the host. Whoever runs the network: also the page and what came back.")
    if tls:
        return _("The proxy's operator: this machine's address and the name of the host, not the page.")
    return _(
        "The proxy's operator: this machine's address, the page and what came back. Whoever runs the network: also "
        "the page and what came back."
    )
