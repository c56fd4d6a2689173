"""Reading the file of a sector pack, formats 1 and 2 (ARCHITECTURE.md). What it holds is hostile until it is read
here."""

import re
from collections.abc import Iterable

from veille.content.addresses import LONGEST, resolve, source_key
from veille.content.networks import meant
from veille.content.text import plain
from veille.core.packs import pack as room
from veille.core.packs.pack import FORMAT, Pack, PackRule, PackSource, Removal
from veille.core.packs.writing import HEADER
from veille.core.tables import Table
from veille.errors import BadAddress, BadFile, PackNewer, PackUnfinished
from veille.i18n import _, size
from veille.model import ItemKind, SourceKind
from veille.rules import LISTED, WORD, Action, Condition, Rule
from veille.store.marks import TAG

LARGEST = 5_000_000  # bytes of a file that is read
MOST = room.SOURCES  # sources in one

_OURS = re.compile(r"^veille[ \t]*=[ \t]*(?!1\b)\d", re.MULTILINE)
_SIDES = ("<<<<<<< ", "=======\n", ">>>>>>> ")  # at the beginning of a line: so git marks what conflicts
_END = re.compile(r"^\[end\]\n(?:[a-z]+ = [^\n]*\n)*?version = \d+\n*\Z", re.MULTILINE)


def decode(data: bytes, name: str) -> str:
    """The text of a file: UTF-8 with or without a mark, line ends as one. Raises BadFile; PackUnfinished when it ends
    within a character."""
    name = plain(name)[:200]
    if len(data) > LARGEST:
        raise BadFile(name=name, detail=_("it is larger than {size}").format(size=size(LARGEST)))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise PackUnfinished(name=name) from error
        raise BadFile(name=name, detail=_("it is no text in UTF-8")) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read(text: str, name: str) -> Pack:
    """The pack in ``text``, which came from the file called ``name``.

    Unknown keys are passed over. Raises BadFile with what is wrong and where, PackNewer for a newer format, and
    PackUnfinished for a file of format 2 without its end: somebody still writes it, or it was cut.
    """
    name = plain(name)[:200]
    if len(text) > LARGEST:
        raise BadFile(name=name, detail=_("it is larger than {size}").format(size=size(LARGEST)))
    try:
        table = Table.parse(text, name)
    except BadFile as error:
        if all(f"\n{each}" in f"\n{text}" for each in _SIDES):
            detail = _("a merge left two versions of it side by side (“<<<<<<<”), of which one is to be chosen")
            raise BadFile(name=name, detail=detail) from error
        raise (PackUnfinished(name=name) if _cut(text) else error) from error
    if "veille" not in table and _cut(text):
        raise PackUnfinished(name=name)
    found = table.whole("veille")
    if found > FORMAT:
        raise PackNewer(name=name, found=found, known=FORMAT)
    return _first(table) if found == 1 else _second(table, name)


def _cut(text: str) -> bool:
    """Whether ``text`` is the beginning of a file of format 2, and not the whole."""
    begun = text.strip("\0\n ")  # a power cut leaves zeros
    ours = HEADER.startswith(begun) or begun.startswith(HEADER) or _OURS.search(text)
    return bool(ours) and not _END.search(text)


# Format 1 ----------------------------------------------------------------------------------------


def _first(table: Table) -> Pack:
    sources = tuple(_starter(each) for each in table.tables("source", MOST))
    _each_once(table, "source", (each.key for each in sources))
    return Pack(
        key=_sector_key(table), version=table.whole("version"), titles=table.texts("title", room.TITLE),
        summaries=table.texts("summary", room.WHY), sources=sources)  # fmt: skip


def _starter(table: Table) -> PackSource:
    key, address = _source_key(table, table.text("address"))
    return PackSource(
        key=key, address=address, title=table.text("title", most=room.TITLE), site=_site(table),
        lang=table.text("lang", "", room.LANGUAGE), reasons=table.texts("why", room.WHY),
        tried=table.day("tried"))  # fmt: skip


# Format 2 ----------------------------------------------------------------------------------------


def _second(table: Table, name: str) -> Pack:
    if "end" not in table or "version" not in (end := table.table("end")):
        raise PackUnfinished(name=name)
    if end.whole("version") != (version := table.whole("version")):
        raise PackUnfinished(name=name)
    sources = tuple(map(_source, table.tables("source", MOST, needed=False)))
    rules = tuple(map(_rule, table.tables("rule", room.RULES, needed=False)))
    removals = tuple(map(_removal, table.tables("removed", room.REMOVALS, needed=False)))
    _each_once(table, "source", (each.key for each in sources))
    _each_once(table, "rule", (each.rule.key for each in rules))
    _each_once(table, "removed", (each.key for each in removals))
    there = {each.key for each in sources}
    return Pack(
        key=_sector_key(table), version=version, titles=table.said("title", room.TITLE, needed=True),
        summaries=table.said("summary", room.WHY), note=table.paragraphs("note", room.NOTE),
        by=_name(table), published=table.moment("published"), sources=sources, rules=rules,
        removals=tuple(sorted((each for each in removals if each.key not in there), key=lambda each: each.key)),
    )  # fmt: skip


def _source(table: Table) -> PackSource:
    key, address = _source_key(table)
    page = key.startswith(f"{SourceKind.PAGE}:")
    former = table.list_of_texts("former", room.FORMER, LONGEST + 20, needed=False)
    return PackSource(
        key=key, address=address, title=table.text("title", "", room.TITLE), site=_site(table),
        lang=table.text("lang", "", room.LANGUAGE), reasons=table.said("why", room.WHY),
        by=_name(table), added=table.day("added"), trial=table.day("trial"),
        labels=table.list_of_texts("labels", room.LABELS, room.LABEL, needed=False),
        selector=table.text("selector", "", room.SELECTOR) if page else "",
        former=tuple(_whole_key(table, "former", each)[0] for each in former if each != key),
        tried=table.day("tried"))  # fmt: skip


def _rule(table: Table) -> PackRule:
    actions = table.list_of_texts("do", len(Action))
    if not set(actions) <= set(Action):
        raise table.wrong("do", _("one of {values} is expected").format(values=", ".join(Action)))
    kind = table.text("kind", "")
    if kind and kind not in set(ItemKind):
        raise table.wrong("kind", _("one of {values} is expected").format(values=", ".join(ItemKind)))
    tags = table.list_of_texts("tags", LISTED, TAG, needed=Action.TAG in actions) if Action.TAG in actions else ()
    condition = Condition(
        words=_words(table, "words"), without=_words(table, "without"), in_title=table.flag("title_only"),
        authors=_words(table, "authors"), langs=table.list_of_texts("languages", LISTED, room.LANGUAGE, needed=False),
        kind=ItemKind(kind) if kind else None, shorter=_count(table, "shorter_than"),
        longer=_count(table, "longer_than"))  # fmt: skip
    rule = Rule(
        actions=frozenset(map(Action, actions)), condition=condition, tags=tags, key=table.text("key", most=room.KEY),
        by=_name(table) or "person", added=table.moment("added"),
        why=table.text("why", "", room.WHY))  # fmt: skip
    source = table.text("source", "", LONGEST + 20)
    return PackRule(rule, _whole_key(table, "source", source)[0] if source else "")


def _removal(table: Table) -> Removal:
    return Removal(
        key=_source_key(table)[0], title=table.text("title", "", room.TITLE), why=table.text("why", "", room.WHY),
        by=_name(table), when=table.day("when"))  # fmt: skip


# Pieces ------------------------------------------------------------------------------------------


def _sector_key(table: Table) -> str:
    """The key of a sector is the name of a file, too: letters, digits and hyphens."""
    key = table.text("key", most=room.KEY)
    if not is_key(key):
        raise table.wrong("key", _("letters, digits and hyphens are expected"))
    return key


def is_key(text: str) -> bool:
    """Whether ``text`` can be the key of a sector."""
    return len(text) <= room.KEY and text.replace("-", "").isalnum()


def _source_key(table: Table, address: str = "") -> tuple[str, str]:
    """The key of a source and its canonical address."""
    key = table.text("key", most=LONGEST + 20)
    return _whole_key(table, "key", key, address or table.text("address", "") or key.partition(":")[2])


def _whole_key(table: Table, name: str, key: str, address: str = "") -> tuple[str, str]:
    kind = next((each for each in SourceKind if key.startswith(f"{each}:")), SourceKind.FEED)
    try:
        one = meant(kind, address or key.partition(":")[2])
        right = source_key(kind, one.address)
    except BadAddress as error:
        raise table.wrong("address" if name == "key" else name, str(error)) from error
    if key != right:
        raise table.wrong(name, _("“{key}” is expected").format(key=right[:300]))
    return key, one.address


def _name(table: Table) -> str:
    """Who it was; never the word that stands for the person at this profile."""
    name = table.text("by", "", room.NAME)
    return "" if name == "person" else name


def _site(table: Table) -> str:
    """The page of a source; what is no web address is left out."""
    return resolve(table.text("site", ""))[:LONGEST]


def _words(table: Table, key: str) -> tuple[str, ...]:
    return table.list_of_texts(key, LISTED, WORD, needed=False)


def _count(table: Table, key: str) -> int:
    return table.whole(key) if key in table else 0


def _each_once(table: Table, name: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for count, key in enumerate(keys, 1):
        if key in seen:
            listed = _("the same source is listed twice") if name == "source" else _("the same is listed twice")
            raise table.wrong(f"{name} {count}", listed)
        seen.add(key)
