"""The command ``desk``: all sources in a table, with what each gives and what becomes of it."""

from argparse import Namespace
from dataclasses import replace

from veille.cli.reading import hint
from veille.cli.terminal import Terminal
from veille.content.text import plain
from veille.core.curating.desk import (
    Column,
    DeskFilter,
    DeskRow,
    ill_in_words,
    kind_in_words,
    narrowed,
    often,
    ordered,
    share,
)
from veille.core.naming import one_sector
from veille.core.services import Services
from veille.i18n import _, day, labelled, ngettext, number
from veille.model import Membership

_TABLE = 100  # columns of a terminal from which on all figures have room side by side
_INDENT = 8
_MILLION = 1_000_000  # money is in millionths of a dollar


def desk(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``desk``. It returns the exit status."""
    outline, rows = services.curation.outline(), services.desk.rows()
    wanted = DeskFilter(
        text=" ".join(arguments.text), kind=arguments.kind or "", lang=arguments.lang or "",
        label=arguments.label or "", ailing=arguments.ailing, paused=arguments.paused,
        on_trial=arguments.trial)  # fmt: skip
    if arguments.sector is not None:
        sector = one_sector(outline, arguments.sector).key if arguments.sector else ""
        wanted = replace(wanted, sector=sector)
    found = narrowed(rows, wanted)
    if arguments.sort:
        found = ordered(found, Column(arguments.sort), descending=arguments.reverse)
    elif arguments.reverse:
        found.reverse()
    if terminal.json:
        for row in found:
            terminal.object(keys(row))
        return 0
    _write(found, terminal)
    if not rows:
        hint(outline, terminal)
    terminal.note(_counted(len(rows), len(found), sum(bool(row.findings) for row in rows)))
    return 0


def _counted(whole: int, shown: int, ailing: int) -> str:
    parts = [ngettext("{n} source", "{n} sources", whole).format(n=number(whole))]
    if shown != whole:
        parts.append(ngettext("{n} shown", "{n} shown", shown).format(n=number(shown)))
    if ailing:
        parts.append(ngettext("{n} needs attention", "{n} need attention", ailing).format(n=number(ailing)))
    return " · ".join(parts)


# As a table -------------------------------------------------------------------------------------------


def _write(rows: list[DeskRow], terminal: Terminal) -> None:
    """As a table, or below each other where there is no room for one."""
    if not rows:
        return
    wide = terminal.width >= _TABLE
    spare = terminal.width - _TABLE
    widths = (6, 24 + spare // 2, 14 + (spare - spare // 2), 8, 11, 11, 6, 5, 5, 2)
    if wide:
        heads = (
            _("No."), _("Name"), _("Sector"), _("Kind"), _("Health"), _("Last item"), _("Week"), _("Read"), _("Kept"),
            "",
        )  # fmt: skip
        terminal.line(first=_set(heads, widths))
        terminal.line(first="─" * (sum(widths) + len(widths) - 2))
    for row in rows:
        source = row.source
        figures = (often(row.weekly), share(row.read), share(row.saved))
        if wide:
            cells = (
                str(source.id), source.label, ", ".join(row.sectors), kind_in_words(source.kind), _health(row),
                day(row.last.astimezone()) if row.last else "", *figures, source.lang,
            )  # fmt: skip
            terminal.line(first=_set(cells, widths))
            facts: list[str] = []
        else:
            terminal.line(source.label, _INDENT, f"{source.id:>6}")
            facts = [
                ", ".join(row.sectors), kind_in_words(source.kind), source.lang, _health(row), _lately(row),
            ]  # fmt: skip
        facts += [_money(row), *_reasons(row)]
        if any(facts):
            terminal.line(" · ".join(filter(None, facts)), _INDENT)
        for each in row.findings:
            terminal.line(each.text, _INDENT + 2, f"{'!':>{_INDENT}}")


def _set(cells: tuple[str, ...], widths: tuple[int, ...]) -> str:
    """One line; the number and the figures to the right, what is too long cut."""
    right = {0, 6, 7, 8}
    parts = []
    for at, (cell, width) in enumerate(zip(map(plain, cells), widths, strict=True)):
        text = cell if len(cell) <= width else cell[: width - 1] + "…"
        parts.append(text.rjust(width) if at in right else text.ljust(width))
    return " ".join(parts).rstrip()


def _health(row: DeskRow) -> str:
    return ill_in_words(row.findings[0].ill) if row.findings else _("Paused") if row.paused else ""


def _lately(row: DeskRow) -> str:
    if row.last is None:
        return _("nothing yet")
    text = _("last on {when}, {n} a week, {read} read, {saved} kept")
    when = day(row.last.astimezone())
    if row.read is None:
        return _("last on {when}").format(when=when)
    return text.format(when=when, n=often(row.weekly), read=share(row.read), saved=share(row.saved))


def _reasons(row: DeskRow) -> list[str]:
    """When, by whom and why it was added, and the curator's own marks."""
    source = row.source
    added = ""
    if row.added:
        when = day(row.added.astimezone())
        added = _("added on {when}, by: {by}").format(when=when, by=row.by) if row.by else _("added on {when}").format(
            when=when)  # fmt: skip
    trial = _("on trial until {day}").format(day=day(row.trial)) if row.trial else ""
    labels = " ".join(f"[{each}]" for each in source.labels)
    return [added, labelled(_("why"), row.why) if row.why else "", trial, labels]


def _money(row: DeskRow) -> str:
    if row.cost is None:
        return ""
    from veille.core.x.costs import dollars

    return _("{cost} this month").format(cost=dollars(row.cost))


# As objects -------------------------------------------------------------------------------------------


def keys(row: DeskRow) -> dict[str, object]:
    """A row as an object. Shares are from 0 to 1, the cost in dollars."""
    source = row.source
    return {
        "id": source.id, "key": source.key, "kind": source.kind, "address": source.address, "title": source.title,
        "name": source.name, "site": source.site, "language": source.lang, "labels": source.labels,
        "selector": source.selector, "paused": row.paused, "last": row.last, "weekly": round(row.weekly, 2),
        "read": row.read, "saved": row.saved, "cost": None if row.cost is None else row.cost / _MILLION,
        "added": row.added, "why": row.why, "trial": row.trial.isoformat() if row.trial else None,
        "sectors": [_place(each) for each in row.members],
        "findings": [
            {
                "ill": each.ill, "text": each.text, "advice": each.advice, "cures": each.cures, "since": each.since,
                "other": each.other or None,
            }
            for each in row.findings
        ],
    }  # fmt: skip


def _place(member: Membership) -> dict[str, object]:
    return {
        "sector": member.sector, "added": member.when, "by": member.by, "origin": member.origin, "why": member.why,
        "trial": member.trial.isoformat() if member.trial else None, "paused": member.paused,
    }  # fmt: skip
