"""The terminal face: ``veille COMMAND``. Texts on stdout, or one JSON object per line; what went wrong on stderr.

``reading`` has the commands that show, ``changing`` those that change; ``arguments`` is what may be typed,
``terminal`` and ``entries`` are how it looks.
"""

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from io import TextIOWrapper
from typing import TYPE_CHECKING

from veille.cli.arguments import parse
from veille.errors import Cancelled, VeilleError
from veille.i18n import _

if TYPE_CHECKING:
    from veille.cli.terminal import Terminal
    from veille.core.services import Services

__all__ = ["parse", "robust", "run"]

Open = Callable[[bool], "Services"]
Run = Callable[["Services", Namespace, "Terminal"], int]


def robust() -> None:
    """A character that the terminal's encoding lacks becomes a question mark instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def run(arguments: Namespace, open: Open) -> int:
    """Do what :func:`parse` understood and return the exit status.

    ``open(writes)`` opens the profile; when a window has it, it raises ProfileBusy for a command that writes.
    """
    from veille.cli.terminal import Terminal

    terminal = Terminal(arguments.json)
    try:
        status = _run(arguments, open, terminal)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read us has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        terminal.error(str(Cancelled()))
        return 1
    except VeilleError as error:
        terminal.error(str(error))
        return 1
    return status


def _run(arguments: Namespace, open: Open, terminal: "Terminal") -> int:
    command, writes = _commands()[arguments.command]
    services = open(writes)
    try:
        if services.sample and not arguments.sample:
            terminal.note(
                _("This is the sample profile; its companies are invented. “veille starters” begins your own.")
            )
        return command(services, arguments, terminal)
    finally:
        services.close()


def _commands() -> dict[str, tuple[Run, bool]]:
    """What each command does, and whether it needs the profile for itself."""
    from veille.cli import changing, reading

    return {
        "import": (changing.take_in, True),
        "export": (reading.export, False),
        "refresh": (changing.refresh, True),
        "list": (reading.list_items, False),
        "search": (reading.search, False),
        "brief": (reading.brief, False),
        "read": (reading.read, False),
        "save": (changing.save, True),
        "unsave": (changing.save, True),
        "sources": (reading.sources, False),
        "sectors": (reading.sectors, False),
        "add": (changing.add, True),
        "starters": (reading.starters, False),
        "adopt": (changing.adopt, True),
        "try": (changing.try_starters, True),
        "undo": (changing.undo, True),
        "settings": (reading.settings, False),
        "set": (changing.set_setting, True),
    }
