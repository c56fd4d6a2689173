"""The command that takes files in. It returns the exit status."""

import sys
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from veille.cli.terminal import Terminal
from veille.core.services import Services
from veille.errors import BadFile, Cancelled, os_detail
from veille.i18n import _, labelled, number

if TYPE_CHECKING:
    from veille.formats.entry import Refused

_LARGEST = 50_000_000  # bytes that are read of a list of feeds


def recognise(arguments: Namespace) -> None:
    """Find out what the file is, before a profile is begun for it. Raises BadFile."""
    from veille.formats import opml, reading
    from veille.formats.entry import Format

    typed = arguments.file == "-"
    arguments.name = _("standard input") if typed else Path(arguments.file).name
    arguments.format = Format.OPML if typed else reading.recognise(Path(arguments.file))
    if arguments.format is Format.OPML:
        arguments.data = _read(arguments.file, arguments.name)
        opml.read(arguments.data, arguments.name)


def take_in(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``import``: fails when nothing in the file can be used."""
    from veille.formats.entry import Format

    if arguments.format is Format.OPML:
        return _sources(services, arguments, terminal)
    with terminal.progress.cancellable() as progress:
        report = services.importer.run(Path(arguments.file), arguments.format, progress)
    if terminal.json:
        terminal.object({
            "format": report.format, "rows": report.rows, "added": report.added, "known": report.known,
            "unusable": report.refused, "cut": report.cut, "sectors": 0, "cancelled": report.cancelled,
            "refused": [_keys(each.row, each, each.place) for each in report.refusals], "personal": [],
            "losses": [_keys(each.row, each, each.place) for each in report.losses],
        })  # fmt: skip
    else:
        rows = [(_where(each), each) for each in (*report.refusals, *report.losses)]
        _tell(report.text, rows, report.refused - len(report.refusals), terminal)
    return _status(report.cancelled, report.added + report.known, report.refused)


def _sources(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """A list of feeds."""
    with terminal.progress.cancellable() as progress:
        report = services.exchange.import_opml(arguments.data, arguments.name, arguments.allow_private, progress)
    if terminal.json:
        terminal.object({
            "format": arguments.format, "rows": report.rows, "added": report.added, "known": report.known,
            "unusable": len(report.refused), "cut": 0, "sectors": report.sectors, "cancelled": report.cancelled,
            "refused": [_keys(each.line, each) for each in report.refused],
            "personal": [_keys(each.line, each) for each in report.personal], "losses": [],
        })  # fmt: skip
    else:
        lines = [(_("line {n}").format(n=each.line), each) for each in (*report.refused, *report.personal)]
        _tell(report.text, lines, 0, terminal)
    return _status(report.cancelled, report.added + report.known, len(report.refused))


class _Refused(Protocol):
    """A row of either report."""

    @property
    def title(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def reason(self) -> str: ...


def _keys(line: int, row: _Refused, place: str = "") -> dict[str, object]:
    return {"line": line, "place": place, "title": row.title, "address": row.address, "reason": row.reason}


def _where(row: "Refused") -> str:
    text = _("{file}, row {n}") if row.place else _("row {n}")
    return text.format(file=row.place, n=row.row)


def _tell(text: str, rows: Iterable[tuple[str, _Refused]], more: int, terminal: Terminal) -> None:
    terminal.line(text)
    for where, each in rows:
        what = each.title or each.address or "—"
        terminal.line(labelled(where, labelled(what, each.reason)), 4, "  - ")
    if more > 0:
        terminal.line(_("… and {n} more.").format(n=number(more)), 4, "  - ")


def _status(cancelled: bool, used: int, refused: int) -> int:
    if cancelled:
        raise Cancelled
    return 0 if used or not refused else 1


def _read(file: str, name: str) -> bytes:
    try:
        if file == "-":
            data = sys.stdin.buffer.read(_LARGEST + 1) if sys.stdin else b""  # it may be closed
        else:
            with Path(file).open("rb") as opened:
                data = opened.read(_LARGEST + 1)
    except OSError as error:
        raise BadFile(name=file, detail=os_detail(error)) from error
    if len(data) > _LARGEST:
        raise BadFile(name=name, detail=_("the file is too large"))
    return data
