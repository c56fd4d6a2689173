"""The commands that show something. Each returns the exit status."""

from argparse import Namespace
from dataclasses import replace
from datetime import datetime

from veille import settings as setting_declarations
from veille.cli.entries import Entries, heading, setting
from veille.cli.terminal import Terminal
from veille.content.dates import day_span
from veille.core.naming import one_sector, one_source
from veille.core.services import Services
from veille.errors import NeverAsked, NotFound
from veille.i18n import _, labelled, moment, number
from veille.model import ItemKind, Listing, Outline, Query, Source, SourceKind

_PAGE = 200  # items that are read from the store at a time


def list_items(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``list``: everything, or what a saved search finds."""
    query = wanted(services, arguments)
    if arguments.search:
        catch_up(services, terminal)
        query = replace(query, within=services.searches.named(arguments.search).text)
    show(services, query, terminal)
    return 0


def brief(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``brief``."""
    since = span(services, arguments.since)[0] or services.briefings.last_visit
    outline = services.curation.outline()
    entries = Entries(terminal, outline)
    sections = services.briefings.brief(since, arguments.limit or None)
    for section in sections:
        keys = {"sector": section.sector and section.sector.key, "sector_title": section.title}
        if not terminal.json:
            heading(terminal, _("{sector} ({n})").format(sector=section.title, n=number(section.total)))
        for hit in section.hits:
            entries.item(hit, more=keys)
        if not terminal.json:
            terminal.line()
    if not sections:
        terminal.note(_("Nothing new since {when}.").format(when=moment(since)))
        hint(outline, terminal)
    return 0


def read(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``read``."""
    entries = Entries(terminal, services.curation.outline())
    check_ids(services, arguments.ids)
    library = services.library
    for each in arguments.ids:
        if hit := library.item(each):
            thread = library.thread(each) if hit.item.kind is ItemKind.POST else [hit.item]
            versions = {one.id: library.versions(one.id) for one in thread}
            entries.whole(hit, thread, versions, services.annotations.highlights(each))
    if services.writable and services.preferences.values.read_on_open:
        services.library.mark_read(arguments.ids)
    return 0


def sources(services: Services, _arguments: Namespace, terminal: Terminal) -> int:
    """``sources``."""
    outline, counts = services.curation.outline(), services.library.counts()
    entries = Entries(terminal, outline)
    for source in outline.sources.values():
        entries.source(source, counts)
        if not terminal.json and (moved := services.curation.move_in_question(source.id)):
            text = _("It says that it moved to an address that looks made for you alone: {address}")
            terminal.line(text.format(address=moved), 10, "        ! ")
    for collection in outline.collections.values():
        entries.source(collection, counts)
    hint(outline, terminal)
    return 0


def sectors(services: Services, _arguments: Namespace, terminal: Terminal) -> int:
    """``sectors``."""
    outline = services.curation.outline()
    Entries(terminal, outline).sectors(services.library.counts())
    if not outline.sectors:
        hint(outline, terminal)
    return 0


def starters(services: Services, _arguments: Namespace, terminal: Terminal) -> int:
    """``starters``."""
    for each in services.starters.starter_sectors():
        if terminal.json:
            rows = [
                {"title": one.title, "address": one.address, "site": one.site, "language": one.lang, "why": one.why,
                 "tried": one.tried and one.tried.isoformat()}
                for one in each.sources
            ]  # fmt: skip
            keys = {"key": each.key, "title": each.title, "summary": each.summary, "version": each.version}
            terminal.object({**keys, "sources": rows})
            continue
        heading(terminal, f"{each.title} ({each.key})")
        terminal.line(each.summary)
        for one in each.sources:
            untried = "" if one.tried else _(" (not tried yet)")
            terminal.line(labelled(one.title, one.why + untried), 4, "  -")
            terminal.line(one.address, 4)
        terminal.line()
    return 0


def settings(services: Services, _arguments: Namespace, terminal: Terminal) -> int:
    """``settings``."""
    for one in setting_declarations.declared():
        setting(terminal, one, services.preferences.values)
    return 0


# Pieces ------------------------------------------------------------------------------------------


def wanted(services: Services, arguments: Namespace) -> Query:
    """What the options narrow a list to."""
    outline = services.curation.outline()
    return Query(
        sector=one_sector(outline, arguments.sector).key if arguments.sector else None,
        source=chosen_source(outline, arguments.source).id if arguments.source else None,
        kind=ItemKind(arguments.kind) if arguments.kind else None, unread=arguments.unread, saved=arguments.saved,
        flagged=arguments.flagged, hidden=arguments.hidden,
        since=span(services, arguments.since)[0], until=span(services, arguments.until)[1],
        limit=arguments.limit or None)  # fmt: skip


def span(services: Services, typed: str | None) -> tuple[datetime | None, datetime | None]:
    """When the day, month or year that was typed begins and is over; both None when nothing was."""
    return (day_span(typed, services.clock.now()) if typed else None) or (None, None)


def chosen_source(outline: Outline, name: str) -> Source:
    """By its number, or by what it is called; a collection, too."""
    numbered = outline.named.get(int(name)) if name.isascii() and name.isdigit() else None
    return numbered or one_source(outline, name)


def asked_source(outline: Outline, name: str) -> Source:
    """As :func:`chosen_source`; raises NeverAsked for a collection."""
    found = chosen_source(outline, name)
    if found.kind is SourceKind.COLLECTION:
        raise NeverAsked(title=found.label)
    return found


def show(services: Services, query: Query, terminal: Terminal) -> Listing:
    """Write what ``query`` lists, and how much more there is."""
    listing = services.library.listing(query)
    for text in listing.notes:
        terminal.note(text)
    outline = services.curation.outline()
    entries = Entries(terminal, outline)
    for start in range(0, len(listing.ids), _PAGE):
        for hit in services.library.hits(listing.ids[start : start + _PAGE], listing.words):
            entries.item(hit, found=bool(query.text or query.within))
    if not listing.total:
        terminal.note(_("Nothing found."))
        hint(outline, terminal)
    elif listing.total > len(listing.ids) and not terminal.json:
        text = _("{shown} of {total} shown; --limit 0 shows all.")
        terminal.note(text.format(shown=number(len(listing.ids)), total=number(listing.total)))
    return listing


def hint(outline: Outline, terminal: Terminal) -> None:
    """What to do with an empty profile."""
    if not outline.sources:
        terminal.note(
            _("There are no sources yet: try “veille import FILE”, “veille add ADDRESS” or “veille starters”.")
        )


def catch_up(services: Services, terminal: Terminal) -> None:
    """Index what a refresh that was interrupted left."""
    if services.writable:
        with terminal.progress.cancellable() as progress:
            services.indexer.drain(progress)


def check_ids(services: Services, ids: list[int]) -> None:
    """Raises NotFound for the first of ``ids`` that is no item, before anything is changed."""
    there = {hit.item.id for hit in services.library.hits(ids)}
    for each in ids:
        if each not in there:
            raise NotFound(what=_("item"), name=str(each))
