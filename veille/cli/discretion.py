"""The commands about what others may see of the person. Each returns the exit status."""

from argparse import Namespace
from datetime import datetime

from veille.cli.entries import Entries
from veille.cli.reading import asked_source, check_ids
from veille.cli.terminal import Terminal
from veille.cli.tracing import totals_text, written
from veille.contacts import Reason, Totals
from veille.core.services import Services
from veille.errors import NotFound, NotInSample, ProfileBusy, SourceError
from veille.i18n import _, moment
from veille.model import Article, Changes, Deed, Hit, Mode, Source

# The mode ----------------------------------------------------------------------------------------


def mode(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``mode``: leaving the discreet one is asked about."""
    discretion = services.discretion
    if arguments.mode:
        wanted = Mode(arguments.mode)
        leaves = wanted is Mode.OPEN and discretion.mode is not Mode.OPEN
        if leaves and not _agreed(_what_open_changes(arguments.stay), arguments, terminal):
            return 1
        discretion.set_mode(wanted, stay=arguments.stay)
    today = services.traces.today()
    if terminal.json:
        terminal.object(_mode_keys(services, today))
    else:
        terminal.line(_mode_text(discretion.mode, discretion.open_until))
        terminal.line(_way_text(services))
        terminal.line(_("Today: {what}.").format(what=totals_text(today)))
    return 0


def _what_open_changes(stay: bool) -> str:
    text = _(
        "Open mode asks fewer questions: links open at once, and your browser shows who you are; articles are fetched "
        "at once, and pictures of a source may load. Veille still only reads."
    )
    until = _("It lasts until you say otherwise.") if stay else _("It lasts until the end of the day.")
    return f"{text} {until}"


def _mode_text(mode: Mode, until: datetime | None) -> str:
    if mode is Mode.OPEN:
        text = _("Open mode: Veille still only reads, but asks fewer questions before others see you.")
        lasts = _("Until {when}.").format(when=moment(until)) if until else _("Until you say otherwise.")
        return f"{text} {lasts}"
    if mode is Mode.STRICT:
        return _(
            "Strict level of discreet mode: nothing is asked without a proxy, nor outside fixed times; "
            "no picture is ever loaded."
        )
    return _("Discreet mode: Veille only reads, and asks before anything would show you to others.")


def _way_text(services: Services) -> str:
    way, problem = way_out(services, None)
    return _("Way out: {route}.").format(route=way) if way else _("Way out: none. {why}").format(why=problem)


def _mode_keys(services: Services, today: Totals) -> dict[str, object]:
    return {
        "mode": services.discretion.mode, "open_until": services.discretion.open_until,
        "route": way_out(services, None)[0], "reads": today.reads, "hosts": today.hosts, "sent": today.sent,
        "received": today.received, "written": written(today),
    }  # fmt: skip


# One source --------------------------------------------------------------------------------------


def route(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``route``: sets it, or says by which way the source is asked."""
    source = asked_source(services.curation.outline(), arguments.source)
    if arguments.route is not None:
        own = "" if arguments.route == "default" else arguments.route
        return told(services, services.curation.set_route(source.id, own), source.id, terminal)
    way, problem = way_out(services, source)
    text = problem or _("“{title}” is asked this way: {route}.").format(title=source.label, route=way)
    return told(services, Changes(text=text), source.id, terminal)


def allow(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``allow``."""
    source = asked_source(services.curation.outline(), arguments.source)
    changes = services.curation.allow(source.id, Deed(arguments.deed), not arguments.no)
    return told(services, changes, source.id, terminal)


def told(services: Services, changes: Changes, source: int, terminal: Terminal) -> int:
    """What was done to the source; beside it, where that is asked for, the source as an object."""
    terminal.say(changes.text)
    if terminal.json:
        outline = services.curation.outline()
        Entries(terminal, outline).source(outline.sources[source], services.library.counts())
    return 0


def way_out(services: Services, source: Source | None) -> tuple[str | None, str]:
    """The route that is taken for ``source`` (None: for those without their own), or None and why there is none."""
    try:
        return str(services.discretion.purpose(source, Reason.BY_HAND).route), ""
    except SourceError as error:
        return None, str(error)


# The article behind an item ----------------------------------------------------------------------


def article(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``article``: the stored one if there is one; else it is fetched, once the person agrees."""
    check_ids(services, [arguments.id])
    hit = services.library.item(arguments.id)
    if hit is None:
        raise NotFound(what=_("item"), name=str(arguments.id))
    found = services.library.article(arguments.id) or _fetched(services, hit, arguments, terminal)
    if found is None:
        return 1
    Entries(terminal, services.curation.outline()).article(hit, found)
    return 0


def _fetched(services: Services, hit: Hit, arguments: Namespace, terminal: Terminal) -> Article | None:
    """The article, fetched now; None when the person would rather not, or may not."""
    if services.sample:
        raise NotInSample
    if not services.writable:
        raise ProfileBusy(path=str(services.folder))
    source = services.curation.outline().sources.get(hit.item.source)
    question = services.discretion.before(Deed.ARTICLE, hit.item.url, source)
    if question and question.refused:
        terminal.error(question.text)
        return None
    if question and not _agreed(question.text, arguments, terminal):
        return None
    with terminal.progress.cancellable() as progress:
        fetched: Article = services.articles.fetch(hit.item.id, progress)
        services.indexer.drain(progress)
    return fetched


def _agreed(text: str, arguments: Namespace, terminal: Terminal) -> bool:
    """Say what would happen; whether the person wants it."""
    terminal.note(text)
    if arguments.yes or terminal.confirm(_("Do it? [y/N]")):
        return True
    terminal.error(_("Nothing was done. With --yes it is done without this question."))
    return False


def fulltext(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``fulltext``: says first who will see what, and asks; without a switch it says what is chosen."""
    source = asked_source(services.curation.outline(), arguments.source)
    if not arguments.switch:
        return told(services, Changes(text=_full_text(source)), source.id, terminal)
    on = arguments.switch == "on"
    if on and not source.full_text:
        question = services.arrivals.question(source.id)
        if question.refused:
            terminal.error(question.text)
            return 1
        if not _agreed(question.text, arguments, terminal):
            return 1
    changes = services.curation.set_full_text(source.id, on)
    return told(services, changes, source.id, terminal)


def _full_text(source: Source) -> str:
    if source.full_text:
        text = _("The full article of each new item of “{title}” is fetched.")
    else:
        text = _("Full articles of “{title}” are fetched only when you ask for them.")
    return text.format(title=source.label)
