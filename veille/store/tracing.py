"""The table of ``traces.db``: what a row of it holds, which rows a filter means, what rows add up to."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from veille.contacts import Contact, Ending, Reason, Totals, Trace, TraceFilter
from veille.errors import TracesDamaged
from veille.store.migration import Schema
from veille.store.times import moment, stored

_FIRST = """
-- Every contact: the first nine columns after the number are written before it is made, the others when it has ended
-- (NULL until then). A number is never given again, so that a missing one shows.
CREATE TABLE trace (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    source INTEGER NOT NULL,
    method TEXT NOT NULL,
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    route TEXT NOT NULL,
    conditional INTEGER NOT NULL,
    led_by TEXT NOT NULL,
    ended INTEGER,
    status INTEGER,
    error TEXT,
    sent INTEGER,
    received INTEGER,
    address TEXT
);
CREATE INDEX trace_at ON trace (at);

-- Up to when traces were forgotten; no row: never.
CREATE TABLE forgotten (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    until INTEGER NOT NULL
);
"""

_KEYED = """
-- Whether the person's own key for that host went along; written before the contact is made, too.
ALTER TABLE trace ADD COLUMN keyed INTEGER NOT NULL DEFAULT 0;
"""

SCHEMA = Schema(application=0x56454C54, migrations=(_FIRST, _KEYED), damaged=TracesDamaged)  # "VELT"

CONTACT = "at, reason, source, method, url, host, route, conditional, led_by, keyed"
ENDING = "ended, status, error, sent, received, address"
TOTALS = (
    "host, method, reason, route, count(*), sum(sent), sum(received), "
    "sum(status >= 400 OR error <> ''), sum(ended IS NULL)"
)


def contact_row(contact: Contact) -> tuple[Any, ...]:
    """The values of :data:`CONTACT`."""
    return (
        stored(contact.at), contact.reason, contact.source, _text(contact.method), _text(contact.url),
        _text(contact.host.lower()), _text(contact.route), int(contact.conditional), _text(contact.led_by),
        int(contact.keyed))  # fmt: skip


def ending_row(ending: Ending) -> tuple[Any, ...]:
    """The values of :data:`ENDING`."""
    return (
        stored(ending.at), ending.status, _text(ending.error), ending.sent, ending.received,
        _text(ending.address))  # fmt: skip


def trace(row: tuple[Any, ...]) -> Trace:
    """The trace of a row of number, :data:`CONTACT` and :data:`ENDING`."""
    number, at, reason, source, method, url, host, route, conditional, led_by, keyed, ended, *rest = row
    way = (route, bool(conditional), led_by, bool(keyed))
    contact = Contact(moment(at), Reason(reason), source, method, url, host, *way)
    return Trace(number, contact, None if ended is None else Ending(moment(ended), *rest))


def conditions(wanted: TraceFilter) -> tuple[str, list[Any]]:
    """The ``WHERE`` of ``wanted``, and its parameters."""
    parts = ["1"]
    parameters: list[Any] = []
    if wanted.host:
        host = wanted.host.lower()
        parts.append("(host = ? OR substr(host, ?) = ?)")  # LIKE would take % and _ for more than they are
        parameters += [host, -len(host) - 1, f".{host}"]
    for condition, value in (
        ("source = ?", wanted.source),
        ("at >= ?", stored(wanted.since)),
        ("at < ?", stored(wanted.until)),
    ):
        if value is not None:
            parts.append(condition)
            parameters.append(value)
    return " AND ".join(parts), parameters


def add_up(rows: Iterable[tuple[Any, ...]]) -> Totals:
    """What rows of :data:`TOTALS` come to; links opened in the browser count by their reason alone."""
    methods, reasons, routes, hosts = Counter[str](), Counter[Reason](), Counter[str](), Counter[str]()
    sums = Counter[str]()
    for host, method, reason, route, count, sent, received, failed, unfinished in rows:
        reasons[Reason(reason)] += count
        if reason == Reason.BROWSER:
            continue
        methods[method] += count
        routes[route] += count
        hosts[host] += count
        sums.update(sent=sent or 0, received=received or 0, failed=failed or 0, unfinished=unfinished)
    return Totals(
        reads=hosts.total(), hosts=len(hosts), sent=sums["sent"], received=sums["received"], failed=sums["failed"],
        unfinished=sums["unfinished"], by_method=dict(methods.most_common()), by_reason=dict(reasons.most_common()),
        by_route=dict(routes.most_common()), by_host=dict(hosts.most_common()))  # fmt: skip


def _text(text: str) -> str:
    """``text`` as it can be stored: a half of a surrogate pair, which only a hostile host sends, becomes "?"."""
    return text.encode("utf-8", "replace").decode("utf-8")
