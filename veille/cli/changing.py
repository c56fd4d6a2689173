"""The commands that change something; the profile is theirs while they run. Each returns the exit status."""

import sys
from argparse import Namespace
from collections import Counter
from threading import Event

from veille import settings as setting_declarations
from veille.cli.discretion import told, way_out
from veille.cli.entries import Entries, setting, short
from veille.cli.reading import asked_source, check_ids, hint
from veille.cli.terminal import Terminal
from veille.contacts import Reason
from veille.content.networks import Meant, in_words, meant
from veille.content.text import plain
from veille.core.curating.curation import meanings
from veille.core.naming import one_sector
from veille.core.services import Services
from veille.core.watching.refresh import Report
from veille.core.watching.trial import Trial
from veille.errors import Cancelled, NotFound, OtherMeaning, PersonalAddress
from veille.i18n import _, labelled, moment, ngettext, number
from veille.model import Outline, Progress, SourceKind

_NOTE = 100_000  # bytes that are read of a note, more than one has room for


def prepare(arguments: Namespace) -> None:
    """Read and check what was given, before a profile is begun for it. Raises BadFile, BadAddress, OtherMeaning."""
    if arguments.command == "import":
        from veille.cli.importing import recognise

        recognise(arguments)
    elif arguments.command == "note" and arguments.text == "-":
        arguments.text = sys.stdin.buffer.read(_NOTE).decode("utf-8", "replace") if sys.stdin else ""
    elif arguments.command == "add":
        arguments.meant, *arguments.others = _meanings(arguments.address, arguments.kind)


def refresh(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``refresh``: all sources, or those that are due; what they gave can be searched when it ends.

    Fails when one of them failed.
    """
    outline = services.curation.outline()
    if not outline.sources and not services.sample:
        hint(outline, terminal)
        return 0
    with terminal.progress.cancellable() as progress:
        services.indexer.start()
        report = _run(services, arguments.due, progress)
        articles = _fetch_articles(services, arguments.due, progress)
        services.indexer.drain(progress)
    if terminal.json:
        terminal.object(_refresh_keys(report, articles))
    else:
        _tell_refresh(report, terminal)
        if articles:
            text = ngettext("{n} full article fetched.", "{n} full articles fetched.", articles)
            terminal.line(text.format(n=number(articles)))
    barred = _barred(services, outline)
    for reason, count in barred.items():
        text = ngettext("{n} source: {reason}", "{n} sources: {reason}", count)
        terminal.error(text.format(n=number(count), reason=reason))
    for source, reason in report.failed:
        if reason not in barred:
            terminal.error(labelled(source.label, reason))
    if report.cancelled:
        raise Cancelled
    return 1 if report.failed or barred else 0


def _barred(services: Services, outline: Outline) -> Counter[str]:
    """Why there is no way to some sources, and to how many: said once, not for each of them."""
    watched = (source for source in outline.sources.values() if source.id not in outline.paused)
    problems = (way_out(services, source)[1] for source in watched)
    return Counter(filter(None, problems))


def _refresh_keys(report: Report, articles: int) -> dict[str, object]:
    failed = [
        {"source_id": source.id, "source": source.label, "address": source.address, "reason": reason}
        for source, reason in report.failed
    ]
    return {
        "asked": report.asked, "new": report.changes.new, "unchanged": report.unchanged, "waiting": report.waiting,
        "articles": articles, "cancelled": report.cancelled, "later": report.later, "failed": failed,
    }  # fmt: skip


def _run(services: Services, due: bool, progress: Progress) -> Report:
    if due:
        report = services.refresher.run(progress, services.refresher.due(once=True), reason=Reason.SCHEDULED)
        if services.rechecks.due():
            services.rechecks.run(progress)
        return report
    return services.refresher.run(progress)


def _fetch_articles(services: Services, due: bool, progress: Progress) -> int:
    """The articles behind what arrived, for the sources for which the person wants all; how many came.

    A command that a scheduler calls fetches them only while Veille may ask by itself.
    """
    if services.sample or (due and not services.preferences.values.refresh_minutes):
        return 0
    return services.arrivals.run(progress, pause=Event().wait)


def _tell_refresh(report: Report, terminal: Terminal) -> None:
    if report.later:
        text = _("Strict level: what you wish asked is noted for the next window, {when}.")
        terminal.line(text.format(when=moment(report.later)))
        return
    asked = ngettext("{n} source asked", "{n} sources asked", report.asked).format(n=number(report.asked))
    new = ngettext("{n} new item", "{n} new items", report.changes.new).format(n=number(report.changes.new))
    terminal.line(f"{asked}, {new}.")
    if report.waiting:
        text = ngettext(
            "{n} server wants to be left alone for a while.",
            "{n} servers want to be left alone for a while.",
            report.waiting,
        )
        terminal.line(text.format(n=number(report.waiting)))


def add(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``add``: says first what it understood, what else that may mean, and on X what it is likely to cost."""
    sector, new = sector_or_new(services, arguments.sector or "")
    terminal.say(in_words(arguments.meant))
    for each in arguments.others:
        terminal.note(_("It may also mean (--as {kind}): {meaning}").format(kind=each.kind, meaning=in_words(each)))
    if arguments.meant.kind is SourceKind.X:
        terminal.note(services.budget.estimate(arguments.meant.form).in_words)
    try:
        source, changes = services.curation.add(
            arguments.meant, sector, allow_private=arguments.allow_private, new_sector=new,
            allow_personal=arguments.allow_personal, selector=arguments.selector)  # fmt: skip
    except PersonalAddress as error:
        terminal.error(str(error))
        terminal.note(_("With --allow-personal it is added all the same."))
        return 1
    terminal.say(changes.text)
    if terminal.json:
        Entries(terminal, services.curation.outline()).source(source, services.library.counts())
    return 0


def _meanings(text: str, kind: str | None) -> list[Meant]:
    """What is taken, then one of each other kind that ``text`` may mean, unless a ``kind`` was asked for."""
    found = meanings(text)
    chosen = [each for each in found if each.kind == kind]
    if kind in (SourceKind.FEED, SourceKind.PAGE) and not chosen:
        return [meant(SourceKind(kind), text)]
    if kind and not chosen:
        raise OtherMeaning(address=plain(text)[:200], meanings=" ".join(map(in_words, found)))
    return chosen[:1] or list({each.kind: each for each in reversed(found)}.values())[::-1]


def rank(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``rank``: in the sector that was named, or in the only one that the source is in."""
    outline = services.curation.outline()
    source = asked_source(outline, arguments.source)
    places = [key for key, members in outline.members.items() if any(each.source == source.id for each in members)]
    if arguments.sector:
        places = [one_sector(outline, arguments.sector).key]
    if len(places) != 1:
        several = _("“{title}” is in several sectors: name one with --sector.")
        terminal.error((several if places else _("“{title}” is in no sector.")).format(title=source.label))
        return 1
    up = {"up": 1, "down": -1, "top": None}[arguments.direction]
    return told(services, services.curation.rank(source.id, places[0], up), source.id, terminal)


def adopt(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``adopt``."""
    terminal.say(services.starters.adopt(arguments.keys).text)
    return 0


def try_starters(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``try``: fails when an address did not answer with a feed."""
    starters = services.starters
    chosen = starters.named(arguments.keys) if arguments.keys else starters.starter_sectors()
    trials = []
    with terminal.progress.cancellable() as progress:
        for trial in services.trials.run(chosen, progress):
            trials.append(trial)
            _tell_trial(trial, terminal)
        cancelled = progress.cancelled
    if cancelled:
        raise Cancelled
    good = sum(not trial.problem for trial in trials)
    if not terminal.json:
        terminal.line(_("{good} of {all} answered.").format(good=number(good), all=number(len(trials))))
    return 0 if good == len(trials) else 1


def _tell_trial(trial: Trial, terminal: Terminal) -> None:
    source = trial.source
    if terminal.json:
        terminal.object(
            {
                "sector": trial.starter, "title": source.title, "address": source.address,
                "answered": not trial.problem, "entries": trial.entries, "reason": trial.problem,
            }
        )  # fmt: skip
    else:
        entries = ngettext("{n} item", "{n} items", trial.entries).format(n=number(trial.entries))
        terminal.line(f"{source.title} ({source.address}): {trial.problem or entries}", 4, "  ")


def save(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``save`` and ``unsave``: they say so once it is on the disk."""
    check_ids(services, arguments.ids)
    saved = arguments.command == "save"
    services.library.save(arguments.ids, saved)
    for hit in services.library.hits(arguments.ids):
        text = _("Saved: {title}") if saved else _("No longer saved: {title}")
        terminal.say(text.format(title=short(hit.title.text or hit.excerpt.text)))
    return 0


def undo(services: Services, _arguments: Namespace, terminal: Terminal) -> int:
    """``undo``: fails when there is nothing to take back, and when it was stopped: then the rest still stands."""
    with terminal.progress.cancellable() as progress:
        text = services.history.undo(progress=progress).text
    if progress.cancelled:
        terminal.error(_("Stopped. What is not taken back yet still stands."))
        return 1
    if not text:
        terminal.error(_("There is nothing to undo."))
        return 1
    terminal.say(_("Taken back: {what}").format(what=text))
    return 0


def set_setting(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``set``."""
    values = services.preferences.set(arguments.key, arguments.value)
    one = setting_declarations.find(arguments.key)
    if terminal.json:
        setting(terminal, one, values)
    else:
        terminal.line(f"{one.key} = {setting_declarations.shown(getattr(values, one.key))}")
    return 0


# Pieces ------------------------------------------------------------------------------------------


def sector_or_new(services: Services, name: str) -> tuple[str | None, str]:
    """The key of the sector that is called ``name``, or else the title of one to be made."""
    try:
        return (one_sector(services.curation.outline(), name).key if name else None), ""
    except NotFound:
        return None, name
