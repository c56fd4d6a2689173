"""Writing a sector pack: format 2, keys in a fixed order, so that the difference of two editions reads well.

By hand: a library of TOML knows no comments, no short list on one line and no texts by language beside their key.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from veille.content.addresses import LONGEST, resolve
from veille.content.text import paragraphs, plain
from veille.core.packs import pack as room
from veille.core.packs.pack import FORMAT, Pack, PackRule, PackSource, Removal
from veille.core.tables import Texts
from veille.model import SourceKind
from veille.rules import LISTED, WORD, Action
from veille.store.marks import TAG

HEADER = """\
# A sector pack of Veille: sources that are worth watching, why, and what is done with what they publish.
# The format is described in ARCHITECTURE.md of Veille, under “Sector packs”.
"""
Value = bool | int | str | date | datetime | tuple[str, ...] | Texts
Fields = Mapping[str, Value]  # what is no default, in the order of the file

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def write(pack: Pack) -> str:
    """The file of ``pack``, unsigned; the same pack gives the same text on every machine. It ends in the table
    ``[end]``, which says the version again: a file without it is not whole.

    What is longer than the format has room for is cut, as it would not be read.
    """
    there = {each.key for each in pack.sources}
    removals = {each.key: each for each in pack.removals if each.key not in there}
    parts = [
        HEADER + lines(head_fields(pack)),
        *(f"[[source]]\n{lines(source_fields(each))}" for each in pack.sources),
        *(f"[[rule]]\n{lines(rule_fields(each))}" for each in pack.rules),
        *(f"[[removed]]\n{lines(removal_fields(removals[key]))}" for key in sorted(removals)),
        f"[end]\nversion = {pack.version}\n",
    ]
    return "\n".join(parts)


def head_fields(pack: Pack) -> Fields:
    """What a pack says of itself, as its file does."""
    return _said({
        "veille": FORMAT, "key": pack.key, "version": pack.version, "title": _texts(pack.titles, room.TITLE),
        "summary": _texts(pack.summaries, room.WHY), "by": _text(pack.by, room.NAME), "published": pack.published,
        "note": paragraphs(pack.note)[: room.NOTE].strip(),
    })  # fmt: skip


def source_fields(source: PackSource) -> Fields:
    """A source as the file has it. Its address is in its key."""
    page = source.kind is SourceKind.PAGE
    return _said({
        "key": source.key, "former": tuple(key for key in source.former if key != source.key)[-room.FORMER :],
        "title": _text(source.title, room.TITLE), "site": resolve(_text(source.site, LONGEST))[:LONGEST],
        "lang": _text(source.lang, room.LANGUAGE), "selector": _text(source.selector, room.SELECTOR) if page else "",
        "labels": _list(source.labels, room.LABELS, room.LABEL), "why": _texts(source.reasons, room.WHY),
        "trial": source.trial, "by": _text(source.by, room.NAME), "added": source.added, "tried": source.tried,
    })  # fmt: skip


def rule_fields(rule: PackRule) -> Fields:
    """A rule as the file has it."""
    of, when = rule.rule, rule.rule.condition
    return _said({
        "key": _text(of.key, room.KEY), "source": rule.source,
        "do": tuple(str(each) for each in Action if each in of.actions),
        "tags": _list(of.tags, LISTED, TAG) if Action.TAG in of.actions else (),
        "words": _list(when.words, LISTED, WORD), "without": _list(when.without, LISTED, WORD),
        "title_only": when.in_title, "authors": _list(when.authors, LISTED, WORD),
        "languages": _list(when.langs, LISTED, room.LANGUAGE), "kind": str(when.kind or ""),
        "shorter_than": when.shorter, "longer_than": when.longer, "why": _text(of.why, room.WHY),
        "by": _text(of.by, room.NAME) if of.by != "person" else "", "added": of.added,
    })  # fmt: skip


def removal_fields(removal: Removal) -> Fields:
    """A removal as the file has it."""
    return _said({
        "key": removal.key, "title": _text(removal.title, room.TITLE), "why": _text(removal.why, room.WHY),
        "by": _text(removal.by, room.NAME), "when": removal.when,
    })  # fmt: skip


def lines(fields: Fields) -> str:
    """Fields as the lines of a file: the same on every machine."""
    return "".join(f"{name} = {_value(value)}\n" for name, value in fields.items())


def _said(fields: Mapping[str, Value | None]) -> Fields:
    return {name: value for name, value in fields.items() if value}


def _text(text: str, most: int) -> str:
    return plain(text)[:most].strip()


def _texts(texts: Texts, most: int) -> Texts:
    return {lang: text for lang in sorted(texts) if (text := _text(texts[lang], most))}


def _list(texts: Iterable[str], most: int, longest: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (_text(each, longest) for each in texts))))[:most]


def _value(value: Value) -> str:
    """A value on one line, as TOML 1.0 has it."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return _quoted(value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
        case date():
            return value.isoformat()
        case tuple():
            return "[" + ", ".join(map(_quoted, value)) + "]"
    if list(value) == [""]:
        return _quoted(value[""])
    pairs = (f"{lang if _BARE.fullmatch(lang) else _quoted(lang)} = {_quoted(text)}" for lang, text in value.items())
    return "{ " + ", ".join(pairs) + " }"


def _quoted(text: str) -> str:
    """A basic string. Only the note has several lines, and all others no control character: three are to be escaped."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
