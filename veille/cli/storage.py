"""The commands about room on the disk. Each returns the exit status."""

from argparse import Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from veille.cli.terminal import Terminal
from veille.core.keeping.storage import expiry_text
from veille.core.services import Services
from veille.i18n import _, labelled, ngettext, number, size

if TYPE_CHECKING:
    from veille.core.keeping.storage import Cleaned, Proposal

_SOURCES = 10  # that are named


def sizes(services: Services, _arguments: Namespace, terminal: Terminal) -> int:
    """``storage``."""
    found, days = services.storage.sizes(), services.preferences.values.keep_days
    if terminal.json:
        terminal.object(asdict(found) | {"keep_days": days})
        return 0
    for text, count, indent in (
        (_("Everything"), found.whole, 0), (_("Database"), found.database, 2),
        (_("of which full articles"), found.articles, 4), (_("of which pictures"), found.pictures, 4),
        (_("of which free, for later items"), found.free, 4), (_("Search index"), found.index, 2),
        (_("Traces"), found.traces, 2),
    ):  # fmt: skip
        terminal.line(labelled(text, size(count)), indent, " " * indent)
    terminal.line()
    terminal.line(found.text)
    terminal.line(expiry_text(days))
    return 0


def clean(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``clean``: says what would go, and asks."""
    proposal = services.storage.propose(arguments.days)
    if not proposal.items:
        terminal.note(proposal.text)
        if terminal.json:
            terminal.object(_keys(proposal, None))
        return 0
    _propose(proposal, terminal)
    cleaned = None
    if arguments.yes or terminal.confirm(_("Delete them? It cannot be undone. [y/N]")):
        with terminal.progress.cancellable() as progress:
            cleaned = services.storage.clean(proposal, progress)
        terminal.say(cleaned.text)
    else:
        terminal.error(_("Nothing was done. With --yes it is done without this question."))
    if terminal.json:
        terminal.object(_keys(proposal, cleaned))
    return 0 if cleaned and not cleaned.cancelled else 1


def _propose(proposal: "Proposal", terminal: Terminal) -> None:
    """What would go, and what would not."""
    terminal.say(proposal.text)
    for title, count in proposal.sources[:_SOURCES] if not terminal.json else ():
        terminal.line(labelled(title, number(count)), 4, "  - ")
    left = len(proposal.sources) - _SOURCES
    if left > 0 and not terminal.json:
        more = ngettext("and {n} more source", "and {n} more sources", left)
        terminal.line(more.format(n=number(left)), 4, "  - ")
    if proposal.kept:
        terminal.say(proposal.kept_text)


def _keys(proposal: "Proposal", cleaned: "Cleaned | None") -> dict[str, object]:
    return {
        "before": proposal.before, "items": proposal.items, "bytes": proposal.bytes, "oldest": proposal.oldest,
        "kept": proposal.kept, "sources": [{"source": name, "items": count} for name, count in proposal.sources],
        "removed": cleaned.removed if cleaned else 0, "given": cleaned.given if cleaned else 0,
    }  # fmt: skip
