"""The commands about the profile as one file. Each returns the exit status."""

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from veille.cli.terminal import Terminal
from veille.i18n import _, size

if TYPE_CHECKING:
    from veille.core.keeping.restoring import Restorer
    from veille.core.services import Services


def back_up(services: "Services", arguments: Namespace, terminal: Terminal) -> int:
    """``backup``."""
    from veille.core.keeping.backups import in_words

    if services.sample:
        terminal.error(_("This is the sample: there is nothing of yours to back up."))
        return 1
    with terminal.progress.cancellable() as progress:
        made = services.backups.write(Path(arguments.file), progress)
    text = _("Backed up and verified: {file}, {size}. It holds {what}.")
    terminal.say(text.format(file=arguments.file, size=size(made.size), what=in_words(made)))
    if terminal.json:
        terminal.object({"file": str(Path(arguments.file).absolute()), **asdict(made)})
    return 0


def restore(restorer: "Restorer", arguments: Namespace, terminal: Terminal) -> int:
    """``restore``: asks before it takes the place of a profile that has items or sources."""
    from veille.core.keeping.restoring import bytes_in, kept_text

    if arguments.sample:
        terminal.error(_("A backup takes the place of your own profile, not of the sample."))
        return 1
    restorer.check_free()
    try:
        with terminal.progress.cancellable() as progress:
            prepared = restorer.prepare(Path(arguments.file), progress)
        terminal.say(prepared.text)
        if prepared.there:
            terminal.note(prepared.question)
            if not (arguments.yes or terminal.confirm(_("Do it? [y/N]"))):
                terminal.error(_("Nothing was done. With --yes it is done without this question."))
                return 1
        kept = restorer.finish()
    finally:
        restorer.abandon()
    terminal.say(_("Restored."))
    if kept:
        terminal.say(kept_text(kept))
    if terminal.json:
        found = asdict(prepared.backup) | {"kept": str(kept) if kept else None}
        terminal.object(found | {"kept_bytes": bytes_in(kept) if kept else 0})
    return 0
