"""The commands about the person's own tags, notes and highlights. Each returns the exit status."""

from argparse import Namespace

from veille.cli.entries import Entries, highlight_keys, short
from veille.cli.reading import check_ids
from veille.cli.terminal import Terminal
from veille.core.services import Services
from veille.errors import NotFound
from veille.i18n import _
from veille.model import Hit


def tag(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``tag``: changes them, or shows the items with what they have."""
    check_ids(services, arguments.ids)
    changes = bool(arguments.add or arguments.remove)
    if changes:
        terminal.say(services.annotations.tag(arguments.ids, arguments.add, arguments.remove).text)
    if terminal.json or not changes:
        _show(services, arguments.ids, terminal)
    return 0


def note(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``note``: writes it, or shows it."""
    check_ids(services, [arguments.id])
    if arguments.text is not None:
        terminal.say(services.annotations.note(arguments.id, arguments.text).text)
        if terminal.json:
            _show(services, [arguments.id], terminal)
        return 0
    if terminal.json:
        _show(services, [arguments.id], terminal)
        return 0
    (hit,) = services.library.hits([arguments.id])
    if not hit.mark.note:
        terminal.note(_("There is no note on this item."))
    for line in hit.mark.note.splitlines():
        terminal.line(line)
    return 0


def _show(services: Services, ids: list[int], terminal: Terminal) -> None:
    entries = Entries(terminal, services.curation.outline())
    hits: list[Hit] = services.library.hits(ids)
    for hit in hits:
        entries.item(hit)


def highlight(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``highlight``: marks a passage, takes a mark away, or shows them."""
    annotations, id = services.annotations, arguments.id
    check_ids(services, [id])
    if arguments.remove:
        marked = annotations.marked(id, arguments.text)
        if not marked:
            raise NotFound(what=_("highlight"), name=short(arguments.text))
        terminal.say(annotations.unhighlight(marked).text)
    elif arguments.text is not None:
        terminal.say(annotations.highlight(id, arguments.text).text)
    (hit,), highlights = services.library.hits([id]), annotations.highlights(id)
    entries = Entries(terminal, services.curation.outline())
    if terminal.json:
        entries.item(hit, more={"highlights": highlight_keys(highlights)})
    elif arguments.text is None:
        if not highlights:
            terminal.note(_("Nothing is highlighted in this item."))
        entries.highlights(highlights)
    return 0
