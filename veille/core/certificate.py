"""A page that states what was sent in a period, to whom, and that nothing was written."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

import veille
from veille.contacts import Reason, TraceFilter
from veille.content.text import plain
from veille.core.discretion import Discretion
from veille.core.traces import READS, REASONS, TraceRow, Traces, csv_writer, way
from veille.i18n import _, language, moment, ngettext, number
from veille.model import Clock

if TYPE_CHECKING:
    from veille.net.headers import Header

_STYLE = """
body { font-family: sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em; color: #1a1a1a; background: #fff; }
h1 { font-size: 1.6em; } h2 { font-size: 1.15em; margin-top: 1.6em; }
table { border-collapse: collapse; } th, td { border: 1px solid #bbb; padding: 3px 8px; text-align: left; }
td.number { text-align: right; } code { font-family: monospace; word-break: break-all; }
"""


class Certificates:
    """Draws certificates up from the traces."""

    def __init__(self, traces: Traces, discretion: Discretion, clock: Clock) -> None:
        self._traces = traces
        self._discretion = discretion
        self._clock = clock

    def certificate(self, since: datetime, until: datetime) -> str:
        """The page for what happened from ``since`` on and before ``until`` (at most now), as HTML.

        It is complete in itself: no script, nothing from elsewhere; simple enough for QTextDocument to print.
        """
        now = self._clock.now()
        until = max(since, min(until, now))
        account = _Account()
        for row in self._traces.rows(TraceFilter(since=since, until=until)):
            account.take(row)
        title = _("Certificate: what Veille sent")
        period = _("From {since} to {until}").format(since=moment(since), until=moment(until))
        parts = [
            _heading(title, 1),
            _paragraph(f"{period}."),
            _paragraph(_statement(account), strong=True),
            *_totals(account),
            *_carried(account),
            *_hosts(account),
            *_browser(account),
            *self._complete(account, since, until),
            *_not_said(),
            _paragraph(self._drawn_up(now)),
        ]
        return _page(title, "\n".join(parts))

    def _complete(self, account: "_Account", since: datetime, until: datetime) -> list[str]:
        """What the page rests on, and how it can be checked."""
        lines = [
            _("Each trace is on the disk before the first byte of its request leaves, and has a number of its own."),
            _numbers(account),
            _gaps(self._traces.missing(since, until)),
            _unfinished(account.unfinished),
            self._kept(since),
        ]
        checked = _(
            "SHA-256 of the CSV file of these traces, as Veille exports it in this language and with the names that "
            "the sources have today:"
        )
        exactly = _("The period exactly, in UTC: from {since} on and before {until}.")
        return [
            _heading(_("What this rests on")),
            _list(lines),
            _paragraph(checked),
            f"<p><code>{account.checksum}</code></p>",
            _paragraph(exactly.format(since=since.isoformat(), until=until.isoformat())),
        ]

    def _kept(self, since: datetime) -> str:
        kept = self._traces.kept_since
        if kept is None:
            return _("No trace was ever forgotten.")
        text = _("Traces from before {when} were forgotten, as the settings say.")
        if since < kept:
            text = _(
                "Traces from before {when} were forgotten, as the settings say: of the part of this period that lies "
                "before, this page knows nothing."
            )
        return text.format(when=moment(kept))

    def _drawn_up(self, now: datetime) -> str:
        text = _("Drawn up by Veille {version} on {when}. Mode in force then: {mode}.")
        return text.format(version=veille.__version__, when=moment(now), mode=self._discretion.in_words)


@dataclass
class _Account:
    """Adds traces up, newest first, and the bytes of their CSV, in one pass: so all numbers are of the same moment."""

    reads: int = 0
    sent: int = 0
    received: int = 0
    failed: int = 0
    unfinished: int = 0
    conditional: int = 0
    keyed: int = 0
    last: int = 0
    first: int = 0
    methods: Counter[str] = field(default_factory=Counter)
    reasons: Counter[Reason] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    hosts: dict[str, list[int]] = field(default_factory=dict)  # requests, bytes sent, bytes received
    browser: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._digest = sha256()
        self._line = csv_writer(lambda text: self._digest.update(text.encode()))

    @property
    def checksum(self) -> str:
        """In hexadecimal."""
        return self._digest.hexdigest()

    @property
    def writes(self) -> int:
        """Requests by a method that could change something."""
        return self.reads - sum(self.methods[each] for each in READS)

    def take(self, row: TraceRow) -> None:
        """One more."""
        self._line(row)
        self.last, self.first = self.last or row.number, row.number
        if row.reason is Reason.BROWSER:
            self.browser[row.host] += 1
            return
        self.reads += 1
        self.sent += row.sent
        self.received += row.received
        self.failed += row.failed
        self.unfinished += row.finished is None
        self.conditional += row.conditional
        self.keyed += row.keyed
        self.methods[row.method] += 1
        self.reasons[row.reason] += 1
        self.routes[row.route] += 1
        of_host = self.hosts.setdefault(row.host, [0, 0, 0])
        for place, value in enumerate((1, row.sent, row.received)):
            of_host[place] += value


# The parts of the page ---------------------------------------------------------------------------


def _statement(account: _Account) -> str:
    if not account.reads:
        return _("In this period Veille contacted nobody, and wrote nothing to anybody.")
    requests = ngettext("{n} request", "{n} requests", account.reads).format(n=number(account.reads))
    hosts = ngettext("{n} host", "{n} hosts", len(account.hosts)).format(n=number(len(account.hosts)))
    if account.writes:
        text = _(
            "In this period Veille made {requests} to {hosts}, of which {n} by a method other than GET and HEAD. "
            "That should not be: Veille only reads."
        )
    else:
        text = _(
            "In this period Veille made {requests} to {hosts}. All were made to read, by GET or HEAD; "
            "nothing was written."
        )
    return text.format(requests=requests, hosts=hosts, n=number(account.writes))


def _totals(account: _Account) -> list[str]:
    rows = [
        (_("Requests"), account.reads),
        *((_("by {method}").format(method=each), account.methods[each]) for each in READS),
        (_("by any other method"), account.writes),
        (_("Hosts"), len(account.hosts)),
        (_("Bytes sent (HTTP, with the heads)"), account.sent),
        (_("Bytes received"), account.received),
        (_("Requests that failed"), account.failed),
        (_("Links opened in the browser, by the person"), account.browser.total()),
    ]
    reasons = [(_(REASONS[each]), count) for each, count in account.reasons.most_common()]
    routes = [(way(each), count) for each, count in account.routes.most_common()]
    parts = [_heading(_("In numbers")), _table((), rows)]
    if account.reads:
        parts += [_heading(_("Why")), _table((_("Reason"), _("Requests")), reasons)]
        parts += [_heading(_("By which way")), _table((_("Route"), _("Requests")), routes)]
    return parts


def _carried(account: _Account) -> list[str]:
    """The headers, word for word."""
    from veille.net.headers import table

    headers: Sequence[Header] = table()
    told = _(
        "The address that was asked for, and these lines, the same for every person, machine and host. No cookie, no "
        "name, no referring page, no language, no number of readers. (As this version of Veille sends them.)"
    )
    conditional = ngettext(
        "{n} request also named the version that came last, by a mark that the host had given twice.",
        "{n} requests also named the version that came last, by a mark that the host had given twice.",
        account.conditional,
    )
    keyed = ngettext(
        "{n} request also carried the person's own key for its host (X), which so knows who read what; those whose "
        "posts were read do not.",
        "{n} requests also carried the person's own key for their host (X), which so knows who read what; those whose "
        "posts were read do not.",
        account.keyed,
    )
    lines = "".join(f"<br><code>{_text(each.name)}: {_text(each.value)}</code>" for each in headers)
    return [
        _heading(_("What each request said")),
        _paragraph(told),
        f"<p><code>Host: …</code>{lines}</p>",
        _paragraph(conditional.format(n=number(account.conditional))),
        *([_paragraph(keyed.format(n=number(account.keyed)))] if account.keyed else []),
    ]


def _hosts(account: _Account) -> list[str]:
    if not account.hosts:
        return []
    heads = (_("Host"), _("Requests"), _("Bytes sent"), _("Bytes received"))
    ordered = sorted(account.hosts.items(), key=lambda each: (-each[1][0], each[0]))
    return [_heading(_("To whom")), _table(heads, [(host, *values) for host, values in ordered])]


def _browser(account: _Account) -> list[str]:
    if not account.browser:
        return []
    told = _(
        "The person opened these in their browser, which shows its address, its cookies and more. "
        "Veille sent nothing there itself, and does not know what the browser sent."
    )
    heads = (_("Host"), _("Links"))
    return [_heading(_("Links opened in the browser")), _paragraph(told), _table(heads, account.browser.most_common())]


def _numbers(account: _Account) -> str:
    if not account.last:
        return _("There is no trace of this period.")
    text = _("The traces of this period have the numbers {first} to {last}.")
    return text.format(first=account.first, last=account.last)


def _gaps(missing: int) -> str:
    if not missing:
        return _("No number is missing.")
    text = ngettext(
        "{n} number is missing: its trace was taken out, or forgotten.",
        "{n} numbers are missing: their traces were taken out, or forgotten.",
        missing,
    )
    return text.format(n=number(missing))


def _unfinished(count: int) -> str:
    if not count:
        return _("Of every request the end was noted.")
    text = ngettext(
        "Of {n} request no end was noted: it was under way, or was cut short. Its bytes are not counted.",
        "Of {n} requests no end was noted: they were under way, or were cut short. Their bytes are not counted.",
        count,
    )
    return text.format(n=number(count))


def _not_said() -> list[str]:
    lines = [
        _("Each host sees the address of this machine or, through a proxy, of the proxy, and when it was asked."),
        _("The way in which a program speaks TLS tells what kind of program it is; this cannot be hidden here."),
        _("A proxy's operator knows this machine's address and every host that it was asked for."),
        _("Name servers, and whoever runs the network, know the names of the hosts; without https also what was read."),
        _("Only what Veille did is written here, not what other programs of this machine did."),
        _("Whoever can write to the profile's folder can change the traces: this page proves what Veille noted."),
    ]
    return [_heading(_("What this cannot say, or hide")), _list(lines)]


# HTML --------------------------------------------------------------------------------------------


def _text(text: str) -> str:
    """Hosts are named by strangers."""
    return escape(plain(text))


def _heading(text: str, level: int = 2) -> str:
    return f"<h{level}>{_text(text)}</h{level}>"


def _paragraph(text: str, *, strong: bool = False) -> str:
    return f"<p><b>{_text(text)}</b></p>" if strong else f"<p>{_text(text)}</p>"


def _list(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{_text(each)}</li>" for each in lines) + "</ul>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    top = "<tr>" + "".join(f"<th>{_text(each)}</th>" for each in heads) + "</tr>" if heads else ""
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>\n" for row in rows)
    return f'<table border="1" cellspacing="0" cellpadding="4">\n{top}{body}</table>'


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f'<td class="number" align="right">{number(value)}</td>'
    return f"<td>{_text(value)}</td>"


def _page(title: str, body: str) -> str:
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<title>{_text(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
