"""The commands about what was sent: traces and certificates. Each returns the exit status."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from veille.cli.reading import chosen_source, span
from veille.cli.terminal import Terminal
from veille.contacts import Reason, Totals, TraceFilter
from veille.core.services import Services
from veille.errors import NotFound, ProfileUnwritable, os_detail
from veille.i18n import _, moment, ngettext, number

if TYPE_CHECKING:
    from veille.cli import Paper
    from veille.core.traces import TraceRow

_PAGE = 500  # traces that are read from the store at a time
_USUAL_PERIOD = "30d"  # of a certificate


def traces(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``traces``: what they add up to, then one after the other, newest first."""
    since, until = span(services, arguments.since)[0], span(services, arguments.until)[1]
    wanted = TraceFilter(arguments.host or "", _traced(services, arguments.source), since, until)
    if arguments.csv:
        services.traces.csv(wanted, lambda text: sys.stdout.buffer.write(text.encode()))
        sys.stdout.buffer.flush()
        return 0
    totals = services.traces.totals(wanted)
    there = sum(totals.by_reason.values())
    if not terminal.json:
        terminal.line(totals_text(totals))
        terminal.line(_volume_text(totals))
    for row in _rows(services, wanted, arguments.limit):
        _trace(row, terminal)
    if 0 < arguments.limit < there and not terminal.json:
        text = _("{shown} of {total} shown; --limit 0 shows all.")
        terminal.note(text.format(shown=number(arguments.limit), total=number(there)))
    _tell_forgotten(services, since, terminal)
    return 0


def _traced(services: Services, name: str | None) -> int | None:
    """The number of the source; one that is no longer watched has left traces all the same."""
    try:
        return chosen_source(services.curation.outline(), name).id if name else None
    except NotFound:
        if name and name.isascii() and name.isdigit():
            return int(name)
        raise


def _rows(services: Services, wanted: TraceFilter, limit: int) -> "Iterator[TraceRow]":
    """At most ``limit`` of them (0: all)."""
    after, left = None, limit
    while rows := services.traces.find(wanted, limit=min(_PAGE, left or _PAGE), after=after):
        yield from rows
        after, left = rows[-1].number, left - len(rows)
        if limit and left <= 0:
            return


def _trace(row: "TraceRow", terminal: Terminal) -> None:
    if terminal.json:
        terminal.object(row.keys())
        return
    sent = ngettext("{n} byte sent", "{n} bytes sent", row.sent).format(n=number(row.sent))
    received = ngettext("{n} byte received", "{n} bytes received", row.received).format(n=number(row.received))
    led_by = row.redirected_by and _("sent there by {host}").format(host=row.redirected_by)
    terminal.line()
    terminal.line(f"{moment(row.at)} · {row.host}", 9, f"{row.number:>7}")
    terminal.line(" · ".join(filter(None, (row.why, row.source, led_by, row.way, row.outcome))), 9)
    terminal.line(f"{row.method} {row.address} · {sent}, {received}", 9)
    terminal.line(row.learnt, 9)


def _tell_forgotten(services: Services, since: datetime | None, terminal: Terminal) -> None:
    kept = services.traces.kept_since
    if kept and (since is None or since < kept):
        terminal.note(_("Traces from before {when} are no longer kept.").format(when=moment(kept)))


def certificate(paper: "Paper", services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``certificate``: HTML or, by ``paper``, PDF."""
    since = span(services, arguments.since or _USUAL_PERIOD)[0]
    assert since  # it was checked when it was typed
    until = span(services, arguments.until)[1] or services.clock.now()
    html = services.certificates.certificate(since, until)
    if arguments.file == "-":
        sys.stdout.buffer.write(html.encode())
        sys.stdout.buffer.flush()
        return 0
    path = Path(arguments.file)
    if path.suffix.lower() == ".pdf":
        paper(html, path)
    else:
        _write(path, html)
    terminal.note(_("The certificate was written to {file}.").format(file=arguments.file))
    return 0


def _write(path: Path, html: str) -> None:
    try:
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        raise ProfileUnwritable(path=str(path), detail=os_detail(error)) from error


# Pieces ------------------------------------------------------------------------------------------


def totals_text(totals: Totals) -> str:
    """What traces add up to, as one line."""
    reads = ngettext("{n} read", "{n} reads", totals.reads).format(n=number(totals.reads))
    hosts = ngettext("{n} host", "{n} hosts", totals.hosts).format(n=number(totals.hosts))
    writes = written(totals)
    changed = ngettext("{n} write", "{n} writes", writes).format(n=number(writes)) if writes else _("nothing written")
    opened = totals.by_reason.get(Reason.BROWSER, 0)
    links = ngettext("{n} link opened in the browser", "{n} links opened in the browser", opened)
    return " · ".join([reads, hosts, changed, *([links.format(n=number(opened))] if opened else [])])


def _volume_text(totals: Totals) -> str:
    sent = ngettext("{n} byte sent", "{n} bytes sent", totals.sent).format(n=number(totals.sent))
    received = ngettext("{n} byte received", "{n} bytes received", totals.received).format(n=number(totals.received))
    return f"{sent} · {received}"


def written(totals: Totals) -> int:
    """How many requests were made by a method that could change something: none, or Veille has a fault."""
    return sum(count for method, count in totals.by_method.items() if method not in ("GET", "HEAD"))
