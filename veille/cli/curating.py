"""The commands that change several sources at once, each undone as one. Each returns the exit status."""

from argparse import Namespace
from collections.abc import Collection
from datetime import date, timedelta

from veille.cli.desk import keys
from veille.cli.reading import asked_source
from veille.cli.terminal import Terminal
from veille.core.naming import one_sector
from veille.core.services import Services
from veille.i18n import _, labelled
from veille.model import Changes, Source


def move(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``move``: into a sector, and out of one or of all others."""
    outline = services.curation.outline()
    into = one_sector(outline, arguments.to).key
    out = one_sector(outline, arguments.out).key if arguments.out else None
    ids = _ids(services, arguments)
    return _told(services, services.several.move(ids, into, out), ids, terminal)


def pause(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``pause`` and ``resume``."""
    ids = _ids(services, arguments)
    return _told(services, services.several.pause(ids, arguments.command == "pause"), ids, terminal)


def remove(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``remove``: the objects are of what was there before."""
    gone = _sources(services, arguments)
    changes = services.several.remove([each.id for each in gone])
    terminal.say(changes.text)
    if terminal.json:
        for each in gone:
            terminal.object({"id": each.id, "key": each.key, "title": each.label})
    return 0


def label(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``label``: without anything to change it says which there are."""
    ids = _ids(services, arguments)
    if arguments.add or arguments.remove:
        changes = services.several.label(ids, arguments.add, arguments.remove)
        return _told(services, changes, ids, terminal)
    if terminal.json:
        return _told(services, Changes(), ids, terminal)
    for each in _sources(services, arguments):
        terminal.line(labelled(each.label, ", ".join(each.labels) or _("no label")))
    return 0


def trial(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``trial``: until a day, or for good."""
    ids = _ids(services, arguments)
    until = None if arguments.keep else last_day(arguments.until, services.clock.now().astimezone().date())
    return _told(services, services.several.on_trial(ids, until), ids, terminal)


def explain(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``explain``: in the sector that was named, or in the only one that the source is in."""
    outline = services.curation.outline()
    source = asked_source(outline, arguments.source)
    places = [key for key, members in outline.members.items() if any(each.source == source.id for each in members)]
    if arguments.sector:
        places = [one_sector(outline, arguments.sector).key]
    if len(places) != 1:
        several = _("“{title}” is in several sectors: name one with --sector.")
        terminal.error((several if places else _("“{title}” is in no sector.")).format(title=source.label))
        return 1
    return _told(services, services.several.explain(source.id, places[0], arguments.why), [source.id], terminal)


def last_day(typed: str, today: date) -> date | None:
    """The day that was typed as 2026-12-31, or as 30d (30j): in thirty days; None for nonsense."""
    try:
        if typed.endswith(("d", "j")) and typed[:-1].isascii() and typed[:-1].isdigit():
            return today + timedelta(days=int(typed[:-1]))
        return date.fromisoformat(typed)
    except (ValueError, OverflowError):
        return None


def _sources(services: Services, arguments: Namespace) -> list[Source]:
    outline = services.curation.outline()
    return [asked_source(outline, each) for each in arguments.sources]


def _ids(services: Services, arguments: Namespace) -> list[int]:
    return [each.id for each in _sources(services, arguments)]


def _told(services: Services, changes: Changes, ids: Collection[int], terminal: Terminal) -> int:
    """What was done; beside it, where that is asked for, the sources as objects."""
    if changes.text:
        terminal.say(changes.text)
    if terminal.json:
        rows = {row.source.id: row for row in services.desk.rows()}
        for each in dict.fromkeys(ids):
            terminal.object(keys(rows[each]))
    return 0
