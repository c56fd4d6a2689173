"""What may be typed after the commands about sector packs; a part of ``arguments``."""

import argparse
import re
from typing import Any

from veille.i18n import _

TAKE = re.compile(r"([1-9]\d{0,3})=(mine|theirs)")


def commands() -> dict[str, tuple[str, Any]]:
    """Each command with its help and what builds its arguments, in the order in which the help lists them."""
    return {
        "packs": (_("list the sector packs that you receive or publish"), _packs),
        "follow": (_("look for new editions of a pack, or of every pack in a folder, from now on"), _follow),
        "review": (_("show what new editions of packs change, and why; take it over, whole or in part"), _review),
        "unfollow": (_("receive a pack no longer; its sources are your own then"), _unfollow),
        "trust": (_("whether new editions of a signed pack are taken over without a question"), _trust),
        "publish": (_("write a sector as a pack, for others to follow, and join what another curator did"), _publish),
    }


def _packs(command: argparse.ArgumentParser) -> None:
    command.add_argument("--look", action="store_true", help=_("look for new editions now"))


def _follow(command: argparse.ArgumentParser) -> None:
    command.add_argument("place", metavar=_("PLACE"), help=_("the file of a pack, or a folder with packs"))


def _review(command: argparse.ArgumentParser) -> None:
    help = _("the key or title of a pack that you follow, or a file that was sent to you; all, if you name none")
    command.add_argument("pack", metavar=_("PACK"), nargs="?", default="", help=help)
    either = command.add_mutually_exclusive_group()
    either.add_argument("--accept", action="store_true", help=_("take the changes over"))
    either.add_argument("--decline", action="store_true", help=_("do not offer the changes again"))
    help = _("only the changes with these numbers (2,5); of what is taken over, the others are declined")
    command.add_argument("--only", metavar=_("N,N…"), type=_numbers, help=help)
    help = _("only if this edition is offered: the numbers are of one edition")
    command.add_argument("--edition", metavar=_("N"), type=_edition, help=help)
    help = _("take it over though it is older, or not by whom it should be")
    command.add_argument("--insist", action="store_true", help=help)


def _unfollow(command: argparse.ArgumentParser) -> None:
    help = _("the key or title of a pack, or a folder that is followed")
    command.add_argument("pack", metavar=_("PACK"), help=help)


def _trust(command: argparse.ArgumentParser) -> None:
    command.add_argument("pack", metavar=_("PACK"), help=_("the key or title of a pack that you follow"))
    command.add_argument("switch", metavar=_("SWITCH"), choices=("on", "off"), help=_("on or off"))


def _publish(command: argparse.ArgumentParser) -> None:
    command.add_argument("sector", metavar=_("SECTOR"), help=_("the key or title of a sector"))
    help = _("a folder that others see, too, or a file; where it was last, if you name none")
    command.add_argument("place", metavar=_("PLACE"), nargs="?", help=help)
    command.add_argument("--note", metavar=_("TEXT"), default="", help=_("a word to the reader"))
    help = _("why a source was removed: its name or key, and the reason")
    command.add_argument("--why", metavar=_("SOURCE=TEXT"), action="append", default=[], type=_reason, help=help)
    help = _("whose is taken where both changed the same: the number of the question, and mine or theirs")
    command.add_argument("--take", metavar=_("N=SIDE"), action="append", default=[], type=_side, help=help)
    either = command.add_mutually_exclusive_group()
    help = _("sign it with your key, which is made when it is needed first; goes on until --no-sign")
    either.add_argument("--sign", action="store_true", default=None, help=help)
    either.add_argument("--no-sign", action="store_false", dest="sign", help=_("do not sign it any more"))
    command.add_argument("--preview", action="store_true", help=_("only say what would be published"))
    help = _("write it to the file PLACE, to send; where it is published stays")
    command.add_argument("--to-file", action="store_true", help=help)
    command.add_argument("--stop", action="store_true", help=_("publish it no longer; the file stays where it is"))


def _numbers(text: str) -> list[int]:
    if not re.fullmatch(r"\d{1,4}(,\d{1,4})*", text):
        raise argparse.ArgumentTypeError(_("“{text}” is not a list of numbers").format(text=text))
    return [int(each) for each in text.split(",")]


def _edition(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,9}", text):
        raise argparse.ArgumentTypeError(_("“{text}” is not the number of an edition").format(text=text))
    return int(text)


def _reason(text: str) -> tuple[str, str]:
    name, equals, why = text.rpartition("=") if text.count("=") == 1 else _split(text)
    if not (name.strip() and equals and why.strip()):
        raise argparse.ArgumentTypeError(_("“{text}” is not SOURCE=TEXT").format(text=text))
    return name.strip(), why.strip()


def _split(text: str) -> tuple[str, str, str]:
    """An address may hold “=”, and so may a reason: a reason hardly begins before the first blank."""
    head, blank, rest = text.partition(" ")
    name, equals, first = head.rpartition("=")
    return (name, equals, first + blank + rest) if equals else text.partition("=")


def _side(text: str) -> tuple[int, str]:
    found = TAKE.fullmatch(text)
    if not found:
        raise argparse.ArgumentTypeError(_("“{text}” is not N=mine or N=theirs").format(text=text))
    return int(found[1]), found[2]
