"""The terminal face: ``veille COMMAND``. Texts on stdout, or one JSON object per line; what went wrong on stderr.

``reading`` has the commands that show, ``searching`` those about searches, ``changing`` those that change,
``importing`` and ``exporting`` what comes and goes as files, ``backups`` and ``storage`` those about the profile as a
whole, ``annotating`` those about tags, notes and highlights, ``desk`` and ``curating`` those of the curator's desk,
``finding`` the one that looks for what can be watched, ``rules`` those about rules and flags, ``packs`` those about
sector packs, ``discretion`` those about what others may see, ``tracing`` those about what was sent, ``xaccess`` the
one about X; ``arguments`` is what may be typed, ``keys`` what stands below the help, ``terminal`` and ``entries`` are
how it looks.
"""

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from veille.cli.arguments import parse
from veille.errors import Cancelled, IndexBroken, VeilleError
from veille.i18n import _

if TYPE_CHECKING:
    from veille.cli.terminal import Terminal
    from veille.core.keeping.restoring import Restorer
    from veille.core.services import Services

__all__ = ["Need", "parse", "robust", "run"]


class Need(Enum):
    """What a command needs of the profile."""

    READ = auto()  # to look at it, also beside a window that has it
    WRITE = auto()  # to have it to itself
    BEGIN = auto()  # the same, of the person's own: it is begun when there is none yet


Open = Callable[[Need], "Services"]
Paper = Callable[[str, Path], None]
Run = Callable[["Services", Namespace, "Terminal"], int]


def robust() -> None:
    """A character that the terminal's encoding lacks becomes a question mark instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def run(arguments: Namespace, open: Open, paper: Paper, restorer: "Callable[[], Restorer]") -> int:
    """Do what :func:`parse` understood and return the exit status.

    ``open(need)`` opens the profile; when a window has it, it raises ProfileBusy for more than reading.
    ``paper(html, path)`` prints a page into a PDF file; it raises ProfileUnwritable. ``restorer()`` is for a profile
    that need not be there, nor whole.
    """
    from veille.cli.terminal import Terminal

    terminal = Terminal(arguments.json)
    try:
        if arguments.command == "restore":
            from veille.cli.backups import restore

            status = restore(restorer(), arguments, terminal)
        else:
            status = _run(arguments, open, paper, terminal)
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


def _run(arguments: Namespace, open: Open, paper: Paper, terminal: "Terminal") -> int:
    from veille.cli.changing import prepare

    command, need = _commands(arguments, paper)[arguments.command]
    prepare(arguments)
    services = open(need)
    try:
        if services.sample and not arguments.sample:
            terminal.note(
                _("This is the sample profile; its companies are invented. “veille starters” begins your own.")
            )
        status = command(services, arguments, terminal)
        if need is not Need.READ:
            _index(services, terminal)
        return status
    finally:
        services.close()


def _index(services: "Services", terminal: "Terminal") -> None:
    """What a command changed can be searched once it ends; what Ctrl-C leaves is indexed another time."""
    if services.indexer.waiting:
        with terminal.progress.cancellable() as progress, suppress(IndexBroken):  # then it is made anew by the next one
            services.indexer.drain(progress)


def _commands(arguments: Namespace, paper: Paper) -> dict[str, tuple[Run, Need]]:
    """What each command does, and what it needs of the profile for what was typed."""
    from veille.cli import (
        annotating,
        backups,
        changing,
        curating,
        desk,
        discretion,
        exporting,
        finding,
        health,
        importing,
        packs,
        reading,
        rules,
        searching,
        spending,
        storage,
        tracing,
        xaccess,
    )

    sets_mode, sets_route, writes = (getattr(arguments, name, None) is not None for name in ("mode", "route", "text"))
    changes_rules = any(getattr(arguments, name, None) is not None for name in ("pause", "resume", "remove"))
    looks_closely = bool(getattr(arguments, "examine", False) or getattr(arguments, "cure", None))
    tags = bool(getattr(arguments, "add", None) or getattr(arguments, "remove", None))
    takes = bool(getattr(arguments, "accept", False) or getattr(arguments, "decline", False))

    return {
        "import": (importing.take_in, Need.BEGIN),
        "export": (exporting.export, Need.READ),
        "backup": (backups.back_up, Need.READ),
        "storage": (storage.sizes, Need.READ),
        "clean": (storage.clean, Need.WRITE),
        "refresh": (changing.refresh, Need.WRITE),
        "list": (reading.list_items, Need.READ),
        "search": (searching.search, Need.READ),
        "searches": (searching.searches, Need.READ),
        "keep": (searching.keep, Need.WRITE),
        "drop": (searching.drop, Need.WRITE),
        "history": (searching.history, Need.WRITE if getattr(arguments, "forget", False) else Need.READ),
        "brief": (reading.brief, Need.READ),
        "read": (reading.read, Need.READ),
        "save": (changing.save, Need.WRITE),
        "unsave": (changing.save, Need.WRITE),
        "tag": (annotating.tag, Need.WRITE if tags else Need.READ),
        "note": (annotating.note, Need.WRITE if writes else Need.READ),
        "highlight": (annotating.highlight, Need.WRITE if writes else Need.READ),
        "sources": (reading.sources, Need.READ),
        "sectors": (reading.sectors, Need.READ),
        "add": (changing.add, Need.BEGIN),
        "rank": (changing.rank, Need.WRITE),
        "starters": (reading.starters, Need.READ),
        "adopt": (changing.adopt, Need.BEGIN),
        "try": (changing.try_starters, Need.BEGIN),
        "undo": (changing.undo, Need.WRITE),
        "mode": (discretion.mode, Need.BEGIN if sets_mode else Need.READ),
        "route": (discretion.route, Need.WRITE if sets_route else Need.READ),
        "allow": (discretion.allow, Need.WRITE),
        "article": (discretion.article, Need.READ),
        "fulltext": (discretion.fulltext, Need.WRITE if getattr(arguments, "switch", None) else Need.READ),
        "traces": (tracing.traces, Need.READ),
        "certificate": (partial(tracing.certificate, paper), Need.READ),
        "budget": (spending.budget, Need.READ),
        "health": (health.health, Need.WRITE if looks_closely else Need.READ),
        "desk": (desk.desk, Need.READ),
        "find": (finding.find, Need.READ if getattr(arguments, "add", None) is None else Need.BEGIN),
        "move": (curating.move, Need.WRITE),
        "pause": (curating.pause, Need.WRITE),
        "resume": (curating.pause, Need.WRITE),
        "remove": (curating.remove, Need.WRITE),
        "label": (curating.label, Need.WRITE if tags else Need.READ),
        "trial": (curating.trial, Need.WRITE),
        "explain": (curating.explain, Need.WRITE),
        "rules": (rules.rules, Need.WRITE if changes_rules else Need.READ),
        "rule": (rules.rule, Need.READ if getattr(arguments, "preview", False) else Need.WRITE),
        "flag": (rules.flag, Need.WRITE),
        "unflag": (rules.flag, Need.WRITE),
        "packs": (packs.packs, Need.WRITE if getattr(arguments, "look", False) else Need.READ),
        "follow": (packs.follow, Need.BEGIN),
        "review": (packs.review, Need.WRITE if takes else Need.READ),
        "unfollow": (packs.unfollow, Need.WRITE),
        "trust": (packs.trust, Need.WRITE),
        "publish": (packs.publish, Need.READ if getattr(arguments, "preview", False) else Need.WRITE),
        "x": (xaccess.x, {"on": Need.BEGIN, "off": Need.WRITE}.get(getattr(arguments, "switch", ""), Need.READ)),
        "settings": (reading.settings, Need.READ),
        "set": (changing.set_setting, Need.BEGIN),
    }
