"""What may be typed after the commands of the curator's desk; a part of ``arguments``."""

import argparse
from datetime import date
from typing import Any

from veille.cli import packarguments
from veille.core.curating.findings import Cure
from veille.i18n import _
from veille.model import ItemKind, SourceKind
from veille.rules import Action

# Those of veille.core.curating.desk.Column, which takes a while to import.
_COLUMNS = (
    "name", "sector", "kind", "health", "last", "weekly", "read", "saved", "cost", "language", "added", "by", "why",
    "labels",
)  # fmt: skip


def commands() -> dict[str, tuple[str, Any]]:
    """Each command with its help and what builds its arguments, in the order in which the help lists them."""
    return {
        "desk": (_("all sources in a table: where they stand, what they give, what becomes of it"), _desk),
        "health": (_("what is wrong with your sources, and what to do; does it, too"), _health),
        "find": (_("look for what can be watched at an address; says first who is asked"), _find),
        "move": (_("put sources into another sector"), _move),
        "pause": (_("ask sources no longer; they stay where they are"), _some),
        "resume": (_("ask sources again that are paused"), _some),
        "remove": (_("remove sources; what was saved of them stays"), _some),
        "label": (_("show your labels on sources, or change them"), _label),
        "trial": (_("watch sources for a trial, or keep them for good"), _trial),
        "explain": (_("write why a source is in its sector"), _explain),
        "rules": (_("list the rules for what arrives, pause one, follow it again or remove it"), _rules),
        "rule": (_("make a rule: what to do with which items when they arrive; says what it would have done"), _rule),
        "flag": (_("flag items"), _ids),
        "unflag": (_("take the flag from items"), _ids),
        **packarguments.commands(),
    }


def _health(command: argparse.ArgumentParser) -> None:
    help = _("only this source: its number, name or address")
    command.add_argument("source", metavar=_("SOURCE"), nargs="?", help=help)
    help = _("look closely first: compare what sources give with each other, and with what they gave before")
    command.add_argument("--examine", action="store_true", help=help)
    help = _("do this for SOURCE: %(choices)s")
    command.add_argument("--cure", metavar=_("REMEDY"), choices=[str(each) for each in Cure], help=help)


def _desk(command: argparse.ArgumentParser) -> None:
    help = _("only those with these words in their name, address, reason or labels")
    command.add_argument("text", metavar=_("TEXT"), nargs="*", help=help)
    help = _("only this sector: its key or title; an empty one means those in none")
    command.add_argument("--sector", metavar=_("SECTOR"), help=help)
    kinds = [str(each) for each in SourceKind if each is not SourceKind.COLLECTION]
    command.add_argument("--kind", choices=kinds, help=_("only of this kind"))
    command.add_argument("--lang", metavar=_("LANG"), help=_("only in this language: en, fr …"))
    command.add_argument("--label", metavar=_("LABEL"), help=_("only with this label"))
    command.add_argument("--ailing", action="store_true", help=_("only what needs attention"))
    command.add_argument("--paused", action="store_true", help=_("only what is paused"))
    command.add_argument("--trial", action="store_true", help=_("only what is on trial"))
    help = _("by: {columns}").format(columns=", ".join(_COLUMNS))
    command.add_argument("--sort", choices=_COLUMNS, metavar=_("COLUMN"), help=help)
    command.add_argument("--reverse", action="store_true", help=_("the other way round"))


def _some(command: argparse.ArgumentParser) -> None:
    command.add_argument("sources", metavar=_("SOURCE"), nargs="+", help=_("its number, name or address"))


def _find(command: argparse.ArgumentParser) -> None:
    command.add_argument("address", metavar=_("ADDRESS"), help=_("of a page, a feed, an account, a channel …"))
    help = _("add what has this number; without one, the first")
    command.add_argument("--add", type=_count, nargs="?", const=1, metavar=_("N"), help=help)
    command.add_argument("--sector", metavar=_("SECTOR"), help=_("put it into this sector, made if need be"))
    help = _("watch the page itself: this CSS selector finds its items")
    command.add_argument("--select", metavar=_("CSS"), help=help)
    command.add_argument("--further", action="store_true", help=_("look at common places, though something was found"))
    help = _("this address may be on a private network")
    command.add_argument("--allow-private", action="store_true", help=help)
    command.add_argument("--yes", action="store_true", help=_("do it without the question"))


def _move(command: argparse.ArgumentParser) -> None:
    _some(command)
    command.add_argument("--to", metavar=_("SECTOR"), required=True, help=_("the sector into which they go"))
    help = _("the sector that they leave; without it, all of your own that they are in")
    command.add_argument("--from", dest="out", metavar=_("SECTOR"), help=help)


def _label(command: argparse.ArgumentParser) -> None:
    _some(command)
    command.add_argument("--add", metavar=_("LABEL"), action="append", default=[], help=_("give them this label"))
    command.add_argument("--remove", metavar=_("LABEL"), action="append", default=[], help=_("take it from them"))


def _trial(command: argparse.ArgumentParser) -> None:
    _some(command)
    which = command.add_mutually_exclusive_group(required=True)
    help = _("its last day: 2026-12-31, or 30d (in thirty days)")
    which.add_argument("--until", type=_last_day, metavar=_("DATE"), help=help)
    which.add_argument("--keep", action="store_true", help=_("no trial: they are there to stay"))


def _last_day(text: str) -> str:
    from veille.cli.curating import last_day

    if last_day(text, date(2026, 1, 1)) is None:  # any day will do to tell one from nonsense
        raise argparse.ArgumentTypeError(_("“{text}” is not a date").format(text=text))
    return text


def _explain(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", metavar=_("SOURCE"), help=_("its number, name or address"))
    command.add_argument("why", metavar=_("WHY"), help=_("the reason, for whoever reads it later"))
    command.add_argument("--sector", metavar=_("SECTOR"), help=_("its key or title"))


def _rules(command: argparse.ArgumentParser) -> None:
    command.add_argument("--pause", type=_count, metavar=_("N"), help=_("pause the rule with this number"))
    command.add_argument("--resume", type=_count, metavar=_("N"), help=_("follow it again"))
    command.add_argument("--remove", type=_count, metavar=_("N"), help=_("remove it: what it hid is shown again"))


def _rule(command: argparse.ArgumentParser) -> None:
    help = _("hide, read (mark as read), flag, tag, save; several if you like")
    actions = [str(each) for each in Action]
    command.add_argument("actions", metavar=_("ACTION"), nargs="+", choices=actions, help=help)
    for name, metavar, help in (
        ("words", _("WORDS"), _("a word, the beginning of one (hydro*) or a phrase; of several, one is enough")),
        ("without", _("WORDS"), _("not when it has this word or phrase")),
        ("author", _("NAME"), _("by this author")),
        ("lang", _("LANG"), _("in this language, by its name or code")),
        ("tag", _("TAG"), _("the tag to give")),
    ):
        command.add_argument(f"--{name}", metavar=metavar, action="append", default=[], help=help)
    command.add_argument("--title", action="store_true", help=_("look for the words in the title alone"))
    command.add_argument("--kind", choices=[str(each) for each in ItemKind], help=_("only articles, or only posts"))
    for name, help in (("shorter", _("only with fewer words")), ("longer", _("only with more words"))):
        command.add_argument(f"--{name}", type=_count, default=0, metavar=_("N"), help=help)
    command.add_argument("--sector", metavar=_("SECTOR"), help=_("only in this sector: its key or title"))
    help = _("only for this source: its number, name or address")
    command.add_argument("--source", metavar=_("SOURCE"), help=help)
    command.add_argument("--why", metavar=_("TEXT"), default="", help=_("the reason, for whoever reads it later"))
    command.add_argument("--preview", action="store_true", help=_("only say what it would have done"))
    help = _("do it to what came in the last 30 days, too")
    command.add_argument("--also-there", action="store_true", help=help)
    command.add_argument("--yes", action="store_true", help=_("do it without the question"))


def _ids(command: argparse.ArgumentParser) -> None:
    command.add_argument("ids", metavar=_("ID"), nargs="+", type=_count, help=_("the number of an item"))


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(_("“{text}” is not a number").format(text=text))
    return int(text)
