"""The commands about rules, and about flags. Each returns the exit status."""

from argparse import Namespace
from typing import TYPE_CHECKING

from veille.cli.entries import short
from veille.cli.reading import asked_source, check_ids
from veille.cli.terminal import Terminal
from veille.core.naming import one_sector
from veille.core.rules.sentences import sentence
from veille.core.rules.typed import language_codes
from veille.core.services import Services
from veille.errors import NotFound
from veille.i18n import _, ngettext, number
from veille.model import ItemKind
from veille.rules import Action, Condition, Rule

if TYPE_CHECKING:
    from veille.core.rules.rules import Preview

_TITLES = 10  # that a preview shows


def rules(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``rules``: lists them, or pauses, follows again or removes one."""
    known = services.rules.all()
    for name, which in (("pause", arguments.pause), ("resume", arguments.resume), ("remove", arguments.remove)):
        if which is None:
            continue
        if which not in (each.id for each in known):
            raise NotFound(what=_("rule"), name=str(which))
        if name == "remove":
            terminal.say(services.rules.remove(which).text)
        else:
            terminal.say(services.rules.pause(which, name == "pause").text)
    asked = any(each is not None for each in (arguments.pause, arguments.resume, arguments.remove))
    if terminal.json or not asked:
        _list(services, terminal)
    return 0


def _list(services: Services, terminal: Terminal) -> None:
    found, outline = services.rules.all(), services.curation.outline()
    for each in found:
        said = sentence(each, outline)
        if terminal.json:
            terminal.object(_keys(each, said))
            continue
        terminal.line(said, 8, f"{each.id:>6}")
        pack = _("from the pack {key}").format(key=each.pack) if each.pack else ""
        if about := " · ".join(filter(None, (_("paused") if each.paused else "", pack, each.why))):
            terminal.line(about, 8)
    if not found:
        terminal.note(_("There are no rules yet: “veille rule hide --words WORD” shows what one would do."))


def rule(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``rule``: says how it reads and what it would have done, asks, and keeps it."""
    wished = _wished(services, arguments)
    said = services.rules.sentence(wished)
    with terminal.progress.cancellable() as progress:
        preview = services.rules.preview(wished, progress)
    terminal.say(said)
    _show(services, preview, terminal)
    kept = None
    if not arguments.preview:
        if arguments.yes or terminal.confirm(_("Keep this rule? [y/N]")):
            with terminal.progress.cancellable() as progress:
                kept, changes = services.rules.keep(wished, also_there=arguments.also_there, progress=progress)
            terminal.say(changes.text)
        else:
            terminal.error(_("Nothing was done. With --yes it is done without this question."))
    if terminal.json:
        titles = [_title(services, each) for each in preview.ids[:_TITLES]]
        numbers = {"items": preview.items, "found": len(preview.ids), "titles": titles, "kept": kept is not None}
        terminal.object({**_keys(kept or wished, said), **numbers})
    return 0 if kept or arguments.preview else 1


def _wished(services: Services, arguments: Namespace) -> Rule:
    """The rule that was typed. Raises NotFound, BadRule."""
    outline = services.curation.outline()
    condition = Condition(
        words=tuple(arguments.words), without=tuple(arguments.without), in_title=arguments.title,
        authors=tuple(arguments.author), langs=language_codes(arguments.lang),
        kind=ItemKind(arguments.kind) if arguments.kind else None,
        shorter=arguments.shorter, longer=arguments.longer)  # fmt: skip
    return Rule(
        frozenset(map(Action, arguments.actions)), condition,
        sector=one_sector(outline, arguments.sector).key if arguments.sector else "",
        source=asked_source(outline, arguments.source).id if arguments.source else 0,
        tags=tuple(arguments.tag), why=arguments.why)  # fmt: skip


def _show(services: Services, preview: "Preview", terminal: Terminal) -> None:
    terminal.say(preview.text)
    if terminal.json:
        return
    for each in preview.ids[:_TITLES]:
        terminal.line(_title(services, each), 4, "  - ")
    left = len(preview.ids) - _TITLES
    if left > 0:
        more = ngettext("and {n} more item", "and {n} more items", left)
        terminal.line(more.format(n=number(left)), 4, "  - ")


def _title(services: Services, item: int) -> str:
    (hit,) = services.library.hits([item])
    return short(hit.title.text or hit.excerpt.text)


def _keys(rule: Rule, said: str) -> dict[str, object]:
    condition = rule.condition
    return {
        "id": rule.id or None, "key": rule.key, "sentence": said,
        "actions": sorted(rule.actions), "sector": rule.sector or None, "source_id": rule.source or None,
        "tags": rule.tags, "words": condition.words, "without": condition.without, "in_title": condition.in_title,
        "authors": condition.authors, "languages": condition.langs, "kind": condition.kind,
        "shorter": condition.shorter, "longer": condition.longer, "origin": rule.origin, "by": rule.by,
        "added": rule.added, "why": rule.why, "paused": rule.paused,
    }  # fmt: skip


def flag(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``flag`` and ``unflag``."""
    check_ids(services, arguments.ids)
    flagged = arguments.command == "flag"
    services.library.flag(arguments.ids, flagged)
    for hit in services.library.hits(arguments.ids):
        text = _("Flagged: {title}") if flagged else _("No longer flagged: {title}")
        terminal.say(text.format(title=short(hit.title.text or hit.excerpt.text)))
    return 0
