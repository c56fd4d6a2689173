"""What stands below the help of a command: the keys of what ``--json`` prints (the README says them too), and what a
search may hold."""

import re
import shutil
import textwrap

from veille.i18n import _, language

ITEM_KEYS = (
    "id, kind, title, url, author, source, source_id, sectors, language, at, published, updated, seen, "
    "read, saved, flagged, summary, tags, my_tags, note, post (network, id, author, reposted_by, continues, referred, "
    "poll, figures, mentions, warning, withheld, fate, fated), more"
)
SOURCE_KEYS = (
    "id, key, kind, address, title, name, site, language, sectors, unread, private, paused, added, checked, changed, "
    "next_due, failures, error, moved, route, allowed, full_text"
)
RULE_KEYS = (
    "id, key, sentence, actions, sector, source_id, tags, words, without, in_title, authors, languages, kind, shorter, "
    "longer, origin, by, added, why, paused"
)
DESK_KEYS = (
    "id, key, kind, address, title, name, site, language, labels, selector, paused, last, weekly, read, saved, cost, "
    "added, why, trial, sectors (sector, added, by, origin, why, trial, paused), findings (ill, text, advice, cures, "
    "since, other)"
)
SETTING_KEYS = "key, value, default, title, help, choices, low, high, unit"
SEARCH_KEYS = "id, text, name, unread, items"
CHANGE_KEYS = "number, kind, key, title, text, why"
OFFER_KEYS = (
    "key, title, edition, by, published, note, place, text, author, author_text, fingerprint, suspicious, older, "
    f"changes ({CHANGE_KEYS})"
)
KEYS = {
    "list": ITEM_KEYS,
    "search": ITEM_KEYS,
    "searches": SEARCH_KEYS,
    "keep": SEARCH_KEYS,
    "history": "text",
    "tag": ITEM_KEYS,
    "note": ITEM_KEYS,
    "highlight": f"highlights (text, before, after, made), {ITEM_KEYS}",
    "brief": f"sector, sector_title, {ITEM_KEYS}",
    "read": f"{ITEM_KEYS}, content, media (kind, url, description, type), thread, versions (replaced, title, content), "
    "highlights (text, before, after, made)",
    "sources": SOURCE_KEYS,
    "add": SOURCE_KEYS,
    "rank": SOURCE_KEYS,
    "sectors": "key, title, summary, sources, unread",
    "starters": "key, title, summary, version, sources (title, address, site, language, why, tried)",
    "try": "sector, title, address, answered, entries, reason",
    "health": "source_id, source, address, ill, text, advice, cures, since, other",
    "desk": DESK_KEYS,
    "find": (
        "number, kind, address, title, found, comments, answered, source_id, selector, preview (title, site, language, "
        "entries, weekly, full_text, known, alike, text, items (title, url, published))"
    ),
    "move": DESK_KEYS,
    "pause": DESK_KEYS,
    "resume": DESK_KEYS,
    "remove": "id, key, title",
    "label": DESK_KEYS,
    "trial": DESK_KEYS,
    "explain": DESK_KEYS,
    "rules": RULE_KEYS,
    "rule": f"{RULE_KEYS}, items, found, titles, kept",
    "settings": SETTING_KEYS,
    "set": SETTING_KEYS,
    "import": (
        "format, rows, added, known, unusable, cut, sectors, cancelled, refused, personal, losses (line, place, title, "
        "address, reason)"
    ),
    "export": "format, file, items, sources",
    "refresh": (
        "asked, new, unchanged, waiting, articles, cancelled, later, failed (source_id, source, address, reason)"
    ),
    "traces": (
        "number, at, finished, reason, source_id, source, host, method, address, route, redirected_by, conditional, "
        "keyed, ip, status, outcome, sent, received, learnt"
    ),
    "mode": "mode, open_until, route, reads, hosts, sent, received, written",
    "route": SOURCE_KEYS,
    "allow": SOURCE_KEYS,
    "budget": (
        "cap, month, today, reserved, share, warning, uses, sources (title, source_id, waits, posts, items, read, "
        "saved, dollars, today, each), sectors (title, posts, items, read, saved, dollars, today, each)"
    ),
    "x": "on, kept, accepted, problem, notice",
    "storage": "database, index, traces, articles, pictures, free, items, kept, oldest, keep_days",
    "clean": "before, items, bytes, oldest, kept, sources (source, items), removed, given",
    "backup": "file, made, version, schema, items, saved, tagged, noted, sources, size, traces",
    "restore": "made, version, schema, items, saved, tagged, noted, sources, size, traces, kept, kept_bytes",
    "article": (
        "id, title, url, source, source_id, fetched, content, article_title, author, site, published, media (kind, "
        "url, description, type)"
    ),
    "fulltext": SOURCE_KEYS,
    "packs": "key, title, mine, place, edition, fingerprint, automatic, offered, changes, text, problem",
    "follow": OFFER_KEYS,
    "review": OFFER_KEYS,
    "publish": (
        f"key, title, edition, place, signed, fingerprint, changes ({CHANGE_KEYS}), theirs ({CHANGE_KEYS}), conflicts "
        "(number, name, key, title, field, mine, theirs)"
    ),
}


_WIDEST = 100  # a longer line is hard to read
_COLUMN = 28  # where what an operator finds begins; one that is longer has a line of its own


def below(command: str) -> str | None:
    """The lines below the help of ``command``, as wide as the terminal; None when there is nothing to say."""
    return "\n\n".join(filter(None, (_language() if command == "search" else "", _keys(command)))) or None


def wrapped(text: str, first: str = "", indent: int = 0) -> str:
    """``text`` in lines as wide as argparse's, those after the ``first`` ``indent`` spaces in."""
    return textwrap.fill(
        text, _width(), initial_indent=first, subsequent_indent=" " * indent, break_long_words=False,
        break_on_hyphens=False)  # fmt: skip


def _width() -> int:
    return max(30, min(shutil.get_terminal_size().columns - 2, _WIDEST))


def _choices(left: str) -> str:
    """``left`` in as many lines as it needs; one ends after a "|"."""
    lines = [""]
    for piece in re.findall(r"[^|]+\|?", left):
        if lines[-1] and len(lines[-1]) + len(piece) > _width() - 4:
            lines.append("")
        lines[-1] += piece
    return "  " + "\n    ".join(lines)


def _language() -> str:
    """What a search may hold, one thing a line."""
    from veille.search.query.operators import OPERATORS, Takes, named

    rows = {
        _("word -word"): _("with, and without"),
        _('"two words" word* a OR b'): _("exact words; a beginning; one or the other; parentheses group"),
    }
    for each in OPERATORS:
        values = "|".join(named(value, language()) for value in each.values) if each.takes is Takes.CHOICE else ""
        rows[f"{named(each, language())}:{values}"] = each.help
    lines = [_row(left, right) for left, right in rows.items()]
    days = wrapped(_("A day is 2026-03-09, 2026-03, yesterday, 7d (seven days ago) …"), "  ", 2)
    return "\n".join([_("A search, in English or French:"), *lines, days])


def _row(left: str, right: str) -> str:
    """As argparse sets an option."""
    if len(left) + 4 > _COLUMN:
        return _choices(left) + "\n" + wrapped(right, " " * _COLUMN, _COLUMN)
    return wrapped(right, f"  {left}".ljust(_COLUMN), _COLUMN)


def _keys(command: str) -> str:
    if command not in KEYS:
        return ""
    return wrapped(_("Keys of --json (times are UTC): {keys}").format(keys=KEYS[command]), indent=2)
