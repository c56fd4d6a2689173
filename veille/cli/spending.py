"""The command ``budget``: what reading X cost, and what it brought."""

from argparse import Namespace
from dataclasses import asdict

from veille.cli.terminal import Terminal
from veille.core.services import Services
from veille.core.x.costs import Line, Statement, dollars
from veille.i18n import _, labelled, ngettext, number

_MILLION = 1_000_000  # money is in millionths of a dollar


def budget(services: Services, _arguments: Namespace, terminal: Terminal) -> int:
    """``budget``. It returns the exit status."""
    said = services.budget.statement()
    if terminal.json:
        terminal.object(_keys(said))
        return 0
    text = _("This month: {spent} of {cap} ({share} %), of which {today} today. Days and months are those of UTC.")
    amounts = {"spent": dollars(said.month + said.reserved), "cap": dollars(said.cap), "today": dollars(said.today)}
    terminal.line(text.format(share=said.share, **amounts))
    if said.warning:
        terminal.line(said.warning)
    for title, lines in ((_("By sector (a source counts in each of its sectors)"), said.sectors),
                         (_("By source"), said.sources)):  # fmt: skip
        if lines:
            terminal.line()
            terminal.line(title)
            for line in lines:
                terminal.line(labelled(line.title, _told(line)), 4, "  - ")
    return 0


def _told(line: Line) -> str:
    """What it cost and brought, in one line."""
    posts = ngettext("{n} post billed", "{n} posts billed", line.posts).format(n=number(line.posts))
    items = ngettext("{n} item", "{n} items", line.items).format(n=number(line.items))
    parts = [dollars(line.price), posts, items]
    if line.items:
        parts.append(_("{price} each").format(price=dollars(line.each)))
        parts.append(_("{read} read, {saved} saved").format(read=number(line.read), saved=number(line.saved)))
    if line.waits:
        parts.append(_("waiting: no budget left"))
    return ", ".join(parts)


def _keys(said: Statement) -> dict[str, object]:
    """In dollars."""
    return {
        "cap": said.cap / _MILLION, "month": said.month / _MILLION, "today": said.today / _MILLION,
        "reserved": said.reserved / _MILLION, "share": said.share, "warning": said.warning or None,
        "uses": {use: price / _MILLION for use, price in said.uses.items()},
        "sources": [_line(each) | {"source_id": each.source, "waits": each.waits} for each in said.sources],
        "sectors": [_line(each) for each in said.sectors],
    }  # fmt: skip


def _line(line: Line) -> dict[str, object]:
    kept = ("title", "posts", "items", "read", "saved")
    money = {"dollars": line.price / _MILLION, "today": line.today / _MILLION, "each": line.each / _MILLION}
    return {key: value for key, value in asdict(line).items() if key in kept} | money
