"""The commands about searches: those made now, those that are kept as lists, those made lately."""

from argparse import Namespace
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from veille.cli.entries import unread_text
from veille.cli.reading import catch_up, show, wanted
from veille.cli.terminal import Terminal
from veille.core.services import Services
from veille.errors import VeilleError
from veille.i18n import _, labelled, ngettext, number
from veille.model import Facets, ItemKind, Order, Outline, Query, SavedSearch

_SOURCES = 20  # that the terminal shows numbers of


def search(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``search``: words count as they stand, without guessing how the last one goes on."""
    catch_up(services, terminal)
    text = " ".join(arguments.query if arguments.like is None else [*arguments.query, f"like:{arguments.like}"])
    order = Order(arguments.order or services.preferences.values.search_order)
    query = replace(wanted(services, arguments), text=f"{text} ", order=order)
    listing = show(services, query, terminal)
    if suggestion := listing.suggestion.strip():
        terminal.note(_("Did you mean: {text}?").format(text=suggestion))
    if arguments.facets:
        _tell_facets(services.library.facets(query), services.curation.outline(), terminal)
    with suppress(VeilleError):  # what was found was shown
        services.searches.remember(text)
    return 0


def searches(services: Services, _arguments: Namespace, terminal: Terminal) -> int:
    """``searches``."""
    catch_up(services, terminal)
    fresh, items = services.searches.unread(), services.searches.items()
    for each in services.searches.all():
        if terminal.json:
            terminal.object(_keys(each, fresh, items))
            continue
        count = items.get(each.id, 0)
        facts = [each.text if each.name else "", unread_text(fresh.get(each.id, 0))]
        facts.append(ngettext("{n} item", "{n} items", count).format(n=number(count)))
        terminal.line(each.label, 8, f"{each.id:>6}")
        terminal.line(" · ".join(filter(None, facts)), 8)
    if not services.searches.all():
        terminal.note(_("No search is saved yet: “veille keep QUERY” saves one."))
    return 0


def keep(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``keep``: says what of it is not understood."""
    text = " ".join(arguments.query)
    changes = services.searches.save(text, arguments.name)
    for said in services.library.listing(Query(within=text, limit=0)).notes:
        terminal.note(said)
    terminal.say(changes.text)
    kept = services.searches.find(text)
    if terminal.json and kept:
        terminal.object(_keys(kept, services.searches.unread(), services.searches.items()))
    return 0


def drop(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``drop``."""
    found = services.searches.named(arguments.search)
    terminal.say(services.searches.remove(found.id).text)
    return 0


def history(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``history``: shows it, or forgets it."""
    if arguments.forget:
        services.searches.forget()
        terminal.say(_("Your recent searches are forgotten."))
        return 0
    recent = services.searches.recent()
    for text in recent:
        if terminal.json:
            terminal.object({"text": text})
        else:
            terminal.line(text)
    if not recent:
        terminal.note(_("Nothing was searched for yet."))
    return 0


# Pieces ------------------------------------------------------------------------------------------


def _keys(search: SavedSearch, fresh: Mapping[int, int], items: Mapping[int, int]) -> dict[str, object]:
    numbers = {"unread": fresh.get(search.id, 0), "items": items.get(search.id, 0)}
    return {"id": search.id, "text": search.text, "name": search.name, **numbers}


def _tell_facets(facets: Facets, outline: Outline, terminal: Terminal) -> None:
    """How many items there are by sector, source, kind and month."""
    labels = {id: source.label for id, source in outline.named.items() if id in facets.sources}
    months = {f"{year}-{month:02}": count for (year, month), count in facets.months.items()}
    if terminal.json:
        sources = [
            {"source_id": source, "source": labels.get(source, ""), "items": count}
            for source, count in facets.sources.items()
        ]
        keys = {"sectors": facets.sectors, "sources": sources, "kinds": facets.kinds, "months": months}
        terminal.object({"facets": keys})
        return
    titles = {each.key: each.title for each in outline.sectors}
    kinds = {ItemKind.ARTICLE: _("articles"), ItemKind.POST: _("posts")}
    shown = list(facets.sources.items())[:_SOURCES]
    for heading, counts in (
        (_("By sector"), [(titles.get(key, key), count) for key, count in facets.sectors.items()]),
        (_("By source"), [(labels.get(source, str(source)), count) for source, count in shown]),
        (_("By kind"), [(kinds[kind], count) for kind, count in facets.kinds.items()]),
        (_("By month"), list(months.items())),
    ):
        if counts:
            terminal.line()
            terminal.line(heading)
        for what, count in counts:
            terminal.line(labelled(what, number(count)), 4, "  - ")
