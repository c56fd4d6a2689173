"""What may be typed after ``veille``."""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import veille
from veille.cli import deskarguments
from veille.cli.keys import ITEM_KEYS, KEYS, below, wrapped
from veille.content.dates import day_span
from veille.core.transfer.exporting import Kind
from veille.i18n import N_, _, ngettext
from veille.model import Deed, ItemKind, Mode, Order, SourceKind

__all__ = ["ITEM_KEYS", "KEYS", "parse"]

# The words that argparse says by itself, for the catalogue.
_ARGPARSE = (
    N_("usage: "), N_("positional arguments"), N_("options"), N_("show this help message and exit"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"), N_("unrecognized arguments: %s"), N_("expected one argument"),
    N_("expected at least one argument"), N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"), N_("%(prog)s: error: %(message)s\n"), N_("not allowed with argument %s"),
    N_("ambiguous option: %(option)s could match %(matches)s"), N_("ignored explicit argument %r"),
)  # fmt: skip


def parse(arguments: Sequence[str] | None = None, before: argparse.Namespace | None = None) -> argparse.Namespace:
    """What the person typed, on top of what they typed ``before``; ``command`` is None when they typed none.

    ``profile``, ``sample`` and ``json`` may stand before or after the command. Leaves with status 2 when it
    makes no sense.
    """
    vars(argparse).update(_=_, ngettext=ngettext)  # argparse translates by these, in its own module
    parser = _parser()
    typed, rest = parser.parse_known_args(_as_text(sys.argv[1:] if arguments is None else arguments), before)
    if typed.command == "export" and not any(each.startswith("-") for each in rest):
        typed.query, rest = [*typed.query, *rest], []  # argparse takes no words that come after FILE and an option
    if rest:
        parser.error(_("unrecognized arguments: %s") % " ".join(rest))
    if typed.command == "search" and not typed.query and typed.like is None:
        parser.error(_("the following arguments are required: %s") % _("QUERY"))
    if typed.command == "health" and typed.cure and typed.source is None:
        parser.error(_("the following arguments are required: %s") % _("SOURCE"))
    if typed.command == "highlight" and typed.remove and typed.text is None:
        parser.error(_("the following arguments are required: %s") % _("TEXT"))
    for one, other in _contradictions(typed):
        message = _("not allowed with argument %s") % other
        parser.error(_("argument %(argument_name)s: %(message)s") % {"argument_name": one, "message": message})
    return typed


def _contradictions(typed: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """What was typed together and is not meant together."""
    if typed.profile and typed.sample:
        yield "--sample", "--profile"
    if typed.command == "rule" and typed.sector and typed.source:
        yield "--source", "--sector"
    if typed.command == "traces" and typed.csv and typed.json:
        yield "--csv", "--json"
    if typed.command == "mode" and typed.stay and typed.mode != Mode.OPEN:
        yield "--stay", typed.mode or "mode"


def _as_text(arguments: Sequence[str]) -> list[str]:
    """``arguments`` with a space before what argparse would take for an option though it is text: the -football of a
    search, the "-5 %" of a note."""
    places = [arguments.index(name) for name in ("search", "keep", "note", "export", "highlight") if name in arguments]
    before = min(places, default=len(arguments))
    words = (f" {each}" if re.match("-[^-]", each) and each != "-h" else each for each in arguments[before:])
    return [*arguments[:before], *words]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="veille",
        description=wrapped(_("Watch your sector without being seen. Without a command, the window opens.")),
        epilog=wrapped(
            _("Exit status: 0, 1 (something failed, and it was said why), 2 (what was typed makes no sense).")
        ),
        formatter_class=_Help,
    )
    _everywhere(parser, profile=None, sample=False, json=False)
    version = f"veille {veille.__version__}"
    parser.add_argument("--version", action="version", version=version, help=_("show the version and exit"))
    commands = parser.add_subparsers(dest="command", metavar=_("COMMAND"), title=_("commands"), prog="veille")
    for name, (help, build) in _commands().items():
        command = commands.add_parser(
            name, help=help, description=wrapped(help), epilog=below(name), formatter_class=_Help, allow_abbrev=False
        )
        build(command)
        _everywhere(command)
    return parser


class _Help(argparse.RawDescriptionHelpFormatter):
    """argparse's, with room for our longest command."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)


def _everywhere(parser: argparse.ArgumentParser, **defaults: object) -> None:
    """The options that are accepted before and after the command; what stands after it wins."""

    def option(name: str, help: str, **more: Any) -> None:
        default = defaults.get(name, argparse.SUPPRESS)
        parser.add_argument(f"--{name}", help=help, default=default, **more)

    option("profile", _("use the profile in this folder"), metavar=_("DIR"))
    option("sample", _("use the sample profile"), action="store_true")
    option("json", _("answer with one JSON object per line"), action="store_true")


def _commands() -> dict[str, tuple[str, Any]]:
    nothing = _nothing
    return {
        "import": (_("take in sources (OPML), or what you saved in another program"), _import),
        "export": (_("write all sources as OPML, or items in one of six formats"), _export),
        "backup": (_("write the whole profile to one file, also while a window has it"), _backup),
        "restore": (_("put a backup in the place of the profile; what was there is kept beside it"), _restore),
        "storage": (_("how much room the profile takes"), nothing),
        "clean": (_("delete old items that you did not keep; says first what would go"), _clean),
        "refresh": (_("ask the sources for what is new"), _refresh),
        "list": (_("list items, newest first"), _list),
        "search": (_("search items"), _search),
        "searches": (_("list the saved searches, and how much is unread in each"), nothing),
        "keep": (_("save a search as a list"), _keep),
        "drop": (_("remove a saved search"), _drop),
        "history": (_("what you searched for lately"), _history),
        "brief": (_("what is new, sector by sector"), _brief),
        "read": (_("show items whole, and mark them as read"), _ids),
        "article": (_("show the whole article behind an item; it is fetched if you say so"), _article),
        "save": (_("save items"), _ids),
        "unsave": (_("remove items from the saved ones"), _ids),
        "tag": (_("show your tags on items, or change them"), _tag),
        "note": (_("show your note on an item, or write it"), _note),
        "highlight": (_("show the passages that you highlighted in an item, or highlight one"), _highlight),
        "sources": (_("list the sources"), nothing),
        "sectors": (_("list the sectors"), nothing),
        "add": (_("watch an account, list, search, hashtag or feed"), _add),
        "rank": (_("move a source within its sector: the first is asked first"), _rank),
        "starters": (_("list the starter sectors"), nothing),
        "adopt": (_("take in starter sectors"), _adopt),
        "try": (_("ask the addresses of starter sectors whether they answer"), _try),
        "undo": (_("take back the last change to the list, or to what is saved, tagged or noted"), nothing),
        "mode": (_("how much others may see of you: discreet, strict or open"), _mode),
        "route": (_("by which way a source is asked"), _route),
        "allow": (_("what you allow for a source without a question"), _allow),
        "fulltext": (_("whether the page behind each new item of a source is fetched when it arrives"), _fulltext),
        "traces": (_("which hosts were contacted, why, and what they could learn"), _traces),
        "certificate": (_("write a page that states what was sent in a period, and to whom"), _certificate),
        "budget": (_("what reading X cost this month, and what it brought"), nothing),
        **deskarguments.commands(),
        "x": (_("whether X is read, and by whose token; turn it on or off"), _x),
        "settings": (_("list the settings"), nothing),
        "set": (_("change a setting"), _set),
    }


def _nothing(_command: argparse.ArgumentParser) -> None:
    """A command that takes nothing."""


def _import(command: argparse.ArgumentParser) -> None:
    help = _(
        "OPML, an X archive (the ZIP file or its folder), browser bookmarks, or an export of Pocket, Instapaper, "
        "Raindrop, Wallabag, Zotero or Veille; - reads OPML from standard input"
    )
    command.add_argument("file", metavar=_("FILE"), help=help)
    _allow_private(command)


def _export(command: argparse.ArgumentParser) -> None:
    help = _(
        "where to; its name ends in .opml (the sources), or .md, .html, .csv, .json, .bib or .csl.json (items); - is "
        "standard output"
    )
    command.add_argument("file", metavar=_("FILE"), help=help)
    command.add_argument("query", metavar=_("QUERY"), nargs="*", help=_("only items that this search finds"))
    kinds = ["opml", *map(str, Kind)]
    command.add_argument("--as", dest="format", choices=kinds, help=_("which format, whatever the name says"))
    command.add_argument("--search", metavar=_("SEARCH"), help=_("only what this saved search finds"))
    _narrowing(command, limit=0)


def _backup(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar=_("FILE"), help=_("where to"))


def _restore(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar=_("FILE"), help=_("a backup that Veille made"))
    _yes(command)


def _clean(command: argparse.ArgumentParser) -> None:
    help = _("what came more than this many days ago; without it, as the setting “keep_days” says")
    command.add_argument("--days", type=_count, metavar=_("N"), help=help)
    _yes(command)


def _highlight(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar=_("ID"), type=_id, help=_("the number of an item"))
    command.add_argument("text", metavar=_("TEXT"), nargs="?", help=_("a passage of it, word for word"))
    command.add_argument("--remove", action="store_true", help=_("remove the highlight from this passage"))


def _fulltext(command: argparse.ArgumentParser) -> None:
    _one_source(command)
    command.add_argument("switch", nargs="?", choices=["on", "off"], help=_("without one, the choice in force is said"))
    _yes(command)


def _refresh(command: argparse.ArgumentParser) -> None:
    help = _("only what is due, as scheduled; for a scheduler of the system")
    command.add_argument("--due", action="store_true", help=help)


def _add(command: argparse.ArgumentParser) -> None:
    help = _("@name, @name@host, name.bsky.social, #tag@host, “x: words”, or an address of any of them or of a feed")
    command.add_argument("address", metavar=_("ADDRESS"), help=help)
    help = _("which of several meanings")
    command.add_argument(
        "--as", dest="kind", choices=[str(each) for each in SourceKind if each is not SourceKind.COLLECTION], help=help
    )
    help = _("the CSS selector that finds the items of a page (--as page)")
    command.add_argument("--selector", metavar=_("CSS"), default="", help=help)
    command.add_argument("--sector", metavar=_("SECTOR"), help=_("put it into this sector, made if need be"))
    _allow_private(command)
    help = _("the address may hold a key of your own, by which the source knows you")
    command.add_argument("--allow-personal", action="store_true", help=help)


def _allow_private(command: argparse.ArgumentParser) -> None:
    help = _("these sources may be on a private network")
    command.add_argument("--allow-private", action="store_true", help=help)


def _adopt(command: argparse.ArgumentParser) -> None:
    command.add_argument("keys", metavar=_("KEY"), nargs="+", help=_("as “veille starters” lists them"))


def _try(command: argparse.ArgumentParser) -> None:
    help = _("as “veille starters” lists them; without any, all of them")
    command.add_argument("keys", metavar=_("KEY"), nargs="*", help=help)


def _article(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar=_("ID"), type=_id, help=_("the number of an item"))
    _yes(command)


def _mode(command: argparse.ArgumentParser) -> None:
    help = _("without one, the mode in force is said")
    command.add_argument("mode", nargs="?", choices=[str(each) for each in Mode], help=help)
    help = _("open until you say otherwise, instead of until the end of the day")
    command.add_argument("--stay", action="store_true", help=help)
    _yes(command)


def _yes(command: argparse.ArgumentParser) -> None:
    command.add_argument("--yes", action="store_true", help=_("do it without the question"))


def _route(command: argparse.ArgumentParser) -> None:
    _one_source(command)
    help = _("default (as the setting “proxy” says), direct, or the address of a proxy; without it, the one in force")
    command.add_argument("route", metavar=_("ROUTE"), nargs="?", help=help)


def _allow(command: argparse.ArgumentParser) -> None:
    _one_source(command)
    help = _("open links, load pictures, fetch articles, or watch an address made for you alone")
    command.add_argument("deed", choices=[str(each) for each in Deed], help=help)
    command.add_argument("--no", action="store_true", help=_("allow it no longer"))


def _rank(command: argparse.ArgumentParser) -> None:
    _one_source(command)
    command.add_argument("direction", choices=["up", "down", "top"])
    command.add_argument("--sector", metavar=_("SECTOR"), help=_("its key or title"))


def _one_source(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", metavar=_("SOURCE"), help=_("its number, name or address"))


def _traces(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", metavar=_("HOST"), help=_("only this host and those below it"))
    command.add_argument("--source", metavar=_("SOURCE"), help=_("its number, name or address"))
    _period(command)
    _limit(command)
    command.add_argument("--csv", action="store_true", help=_("all of them, as a table for other programs (CSV)"))


def _certificate(command: argparse.ArgumentParser) -> None:
    help = _("where to: its name ends in .html or .pdf; - is standard output (HTML)")
    command.add_argument("file", metavar=_("FILE"), type=_page, help=help)
    _period(command)


def _x(command: argparse.ArgumentParser) -> None:
    help = _("on: the token is asked for, or read from standard input; off: it is forgotten")
    command.add_argument("switch", nargs="?", choices=["on", "off"], help=help)
    command.add_argument("--yes", action="store_true", help=_("say that you have read the notice"))


def _set(command: argparse.ArgumentParser) -> None:
    command.add_argument("key", metavar=_("KEY"), help=_("as “veille settings” lists them"))
    command.add_argument("value", metavar=_("VALUE"))


def _ids(command: argparse.ArgumentParser) -> None:
    command.add_argument("ids", metavar=_("ID"), nargs="+", type=_id, help=_("the number of an item"))


def _tag(command: argparse.ArgumentParser) -> None:
    _ids(command)
    command.add_argument("--add", metavar=_("TAG"), action="append", default=[], help=_("give them this tag"))
    command.add_argument("--remove", metavar=_("TAG"), action="append", default=[], help=_("take it from them"))


def _note(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar=_("ID"), type=_id, help=_("the number of an item"))
    help = _("what to write in place of what is there; - reads standard input, an empty text removes the note")
    command.add_argument("text", metavar=_("TEXT"), nargs="?", help=help)


def _list(command: argparse.ArgumentParser) -> None:
    _narrowing(command)
    command.add_argument("--search", metavar=_("SEARCH"), help=_("only what this saved search finds"))


def _narrowing(command: argparse.ArgumentParser, limit: int = 50) -> None:
    command.add_argument("--sector", metavar=_("SECTOR"), help=_("its key or title"))
    command.add_argument("--source", metavar=_("SOURCE"), help=_("its number, name or address"))
    command.add_argument("--unread", action="store_true", help=_("only what was not read"))
    command.add_argument("--saved", action="store_true", help=_("only what was saved"))
    command.add_argument("--flagged", action="store_true", help=_("only what is flagged"))
    command.add_argument("--hidden", action="store_true", help=_("only what rules hide, which is listed nowhere else"))
    command.add_argument("--kind", choices=[str(each) for each in ItemKind], help=_("only articles, or only posts"))
    _period(command)
    _limit(command, limit)


def _search(command: argparse.ArgumentParser) -> None:
    command.add_argument("query", metavar=_("QUERY"), nargs="*", help=_("as it is said below"))
    _narrowing(command)
    command.add_argument("--order", choices=[str(each) for each in Order], help=_("newest first, or best first"))
    command.add_argument("--like", metavar=_("ID"), type=_id, help=_("only items like this one"))
    help = _("then how many there are by sector, source, kind and month")
    command.add_argument("--facets", action="store_true", help=help)


def _keep(command: argparse.ArgumentParser) -> None:
    help = _("as for “veille search”, which says what it may hold")
    command.add_argument("query", metavar=_("QUERY"), nargs="+", help=help)
    command.add_argument("--name", metavar=_("NAME"), default="", help=_("what the list is called"))


def _drop(command: argparse.ArgumentParser) -> None:
    command.add_argument("search", metavar=_("SEARCH"), help=_("its number or name, as “veille searches” lists them"))


def _history(command: argparse.ArgumentParser) -> None:
    command.add_argument("--forget", action="store_true", help=_("forget all of it"))


def _brief(command: argparse.ArgumentParser) -> None:
    _since(command)
    _limit(command)


def _period(command: argparse.ArgumentParser) -> None:
    _since(command)
    command.add_argument("--until", type=_day, metavar=_("DATE"), help=_("up to that day, included"))


def _since(command: argparse.ArgumentParser) -> None:
    help = _("from this day on: 2025-11-24, yesterday, 7d (seven days ago) …")
    command.add_argument("--since", type=_day, metavar=_("DATE"), help=help)


def _limit(command: argparse.ArgumentParser, default: int = 50) -> None:
    help = _("how many at most ({n}); 0: all").format(n=default)
    command.add_argument("--limit", type=_count, default=default, metavar=_("N"), help=help)


# What is typed, as values ------------------------------------------------------------------------

_SOME_DAY = datetime(2025, 11, 24, tzinfo=UTC)  # to tell a date from nonsense, any day will do


def _day(text: str) -> str:
    if day_span(text, _SOME_DAY) is None:
        raise argparse.ArgumentTypeError(_("“{text}” is not a date").format(text=text))
    return text


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(_("“{text}” is not a number").format(text=text))
    return int(text)


_id = _count


def _page(text: str) -> str:
    if text != "-" and not text.lower().endswith((".html", ".htm", ".pdf")):
        raise argparse.ArgumentTypeError(_("“{text}” ends neither in .html nor in .pdf").format(text=text))
    return text
