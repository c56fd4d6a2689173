"""The command that writes sources and items to files. It returns the exit status."""

import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from veille.cli.reading import catch_up, wanted
from veille.cli.terminal import Terminal
from veille.core.naming import one_sector
from veille.core.services import Services
from veille.core.transfer.exporting import Kind, kind_of
from veille.errors import Cancelled, NoFormat, OnlySources, ProfileUnwritable, os_detail
from veille.i18n import _, ngettext, number

if TYPE_CHECKING:
    from veille.model import Query

_OPML = "opml"
_NARROWING = (
    "query", "search", "sector", "source", "kind", "unread", "saved", "flagged", "hidden", "since", "until", "limit",
)  # fmt: skip


def export(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``export``: the sources, or those of a sector, as OPML, or what the rest of the line lists in another format."""
    kind = _kind(arguments)
    return _sources(services, arguments, terminal) if kind is None else _items(services, arguments, kind, terminal)


def _kind(arguments: Namespace) -> Kind | None:
    """What is to be written; None for OPML, which holds the sources, and which a name without an ending means. Raises
    OnlySources and NoFormat."""
    given = [name for name in _NARROWING if getattr(arguments, name)]
    narrowed = bool(given)
    name = Path(arguments.file).name
    endings = ", ".join(each.ending for each in Kind)
    opml = name.lower().endswith((".opml", ".xml"))
    kind = kind_of(name)
    if arguments.format:
        opml, kind = arguments.format == _OPML, None if arguments.format == _OPML else Kind(arguments.format)
    if opml and given not in ([], ["sector"]):
        raise OnlySources(endings=endings)
    if kind is None and narrowed and not opml:
        raise NoFormat(name=arguments.file, endings=endings)
    if kind is None and not opml and Path(name).suffix:
        raise NoFormat(name=arguments.file, endings=f".{_OPML}, {endings}")
    return kind


def _sources(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    outline = services.curation.outline()
    sector = one_sector(outline, arguments.sector).key if arguments.sector else None
    count = len(outline.sources if sector is None else outline.members.get(sector, ()))
    if arguments.file == "-":
        _to_output(lambda file: file.write(services.exchange.export_opml(sector)))
    else:
        services.exchange.export_file(Path(arguments.file), sector)
        text = ngettext("{n} source was written to {file}.", "{n} sources were written to {file}.", count)
        terminal.note(text.format(n=number(count), file=arguments.file))
        _tell(terminal, arguments.file, _OPML, sources=count)
    return 0


def _items(services: Services, arguments: Namespace, kind: Kind, terminal: Terminal) -> int:
    query = _query(services, arguments, terminal)
    title = " ".join(arguments.query).strip() or arguments.search or arguments.sector or arguments.source or ""
    exporter, path = services.exporter, Path(arguments.file)
    with terminal.progress.cancellable() as progress:
        try:
            if arguments.file == "-":
                count = _to_output(lambda file: exporter.write(query, kind, file, progress, title))
            else:
                count = exporter.write_file(query, kind, path, progress, title)
        except Cancelled:
            terminal.error(_("Stopped. Nothing was exported."))
            return 1
    text = ngettext("{n} item was written to {file}.", "{n} items were written to {file}.", count)
    to = _("standard output") if arguments.file == "-" else arguments.file
    terminal.note(text.format(n=number(count), file=to))
    if arguments.file != "-":
        _tell(terminal, arguments.file, kind, items=count)
    return 0


def _query(services: Services, arguments: Namespace, terminal: Terminal) -> "Query":
    """What is listed; words count as they stand, as in ``search``. Says what of them is not understood."""
    catch_up(services, terminal)
    query = wanted(services, arguments)
    if arguments.search:
        query = replace(query, within=services.searches.named(arguments.search).text)
    if text := " ".join(arguments.query).strip():
        query = replace(query, text=f"{text} ")
    for said in services.library.listing(replace(query, limit=0)).notes:
        terminal.note(said)
    return query


def _to_output(write: Callable[[BinaryIO], int]) -> int:
    """Raises ProfileUnwritable, and BrokenPipeError when whoever reads has seen enough."""
    try:
        count = write(sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ProfileUnwritable(path=_("standard output"), detail=os_detail(error)) from error
    return count


def _tell(
    terminal: Terminal, file: str, format: str, *, items: int | None = None, sources: int | None = None
) -> None:  # fmt: skip
    if terminal.json:
        terminal.object({"format": format, "file": file, "items": items, "sources": sources})
