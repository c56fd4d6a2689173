"""What a person typed into the search box, understood as far as possible. Pure: no index, no Whoosh.

Words (all must match), "exact phrase", -without, begin*, #tag, @name, and operators with an English or a French name:
sector:, source:, kind:, is:, since:, until:. Nothing typed here ever fails: what is not understood is
ignored and said in a note. Everything is capped, so that reading takes milliseconds whatever is pasted.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from veille.content.dates import day_span
from veille.content.text import fold, plain
from veille.i18n import _
from veille.model import ItemKind
from veille.search.analysis import row, tokens

LONGEST_TEXT = 4000  # characters that are read
MOST_WORDS = 32  # words, prefixes and excluded words that are searched
MOST_PHRASES = 8
MOST_NAMES = 16  # sectors, sources
MOST_NOTES = 6


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched. Words are folded; names are as typed; times are UTC-aware.

    ``words`` match with their inflections, ``prefixes`` are beginnings of words, ``phrases`` are exact words in
    a row. Each of ``without`` is a word (one alone, with its inflections) or an exact phrase. An item must match
    all words, prefixes and phrases, be in one of ``sectors`` and of ``sources`` if any are named, and
    ``since <= at < until``. With ``last_is_prefix`` the last of ``words`` is still being typed, and also
    matches what it begins.
    """

    words: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    without: tuple[tuple[str, ...], ...] = ()
    sectors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    kind: ItemKind | None = None
    saved: bool | None = None
    unread: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    notes: tuple[str, ...] = ()
    last_is_prefix: bool = False

    @property
    def has_text(self) -> bool:
        """Whether it needs the index; otherwise the store alone can answer it."""
        return bool(self.words or self.prefixes or self.phrases or self.without)

    @property
    def typed(self) -> str:
        """The word that is still being typed, "" for none."""
        return self.words[-1] if self.last_is_prefix and self.words else ""


def parse(text: str, now: datetime) -> Question:
    """``text`` as a question; ``now`` is what relative dates count from. Never raises.

    As-you-type: when ``text`` does not end with a space, its last plain word is taken as a prefix too.
    """
    reader = _Reader(now)
    if len(text) > LONGEST_TEXT:
        reader.note(_("Only the first {n} characters were read.").format(n=LONGEST_TEXT))
    straight = text[:LONGEST_TEXT].translate(_STRAIGHT)
    typing = False
    for each in _PIECE.finditer(straight):
        typing = reader.piece(each) and each.end() == len(straight)
    return reader.question(typing and (straight[-1].isalnum() or "\u0300" <= straight[-1] <= "\u036f"))


_STRAIGHT = str.maketrans("“”„‟«»＂’‘ʼ：−", '"""""""\'\'\':-')
_PIECE = re.compile(
    r"""(?P<minus>-(?=[^\s-]))?
        (?: (?P<name>[^\W\d_][\w']{0,19}):(?P<value>"[^"]*"?|(?!//)[^\s"]*)
          | "(?P<phrase>[^"]*)(?P<closed>")?
          | (?P<word>[^\s"]+) )""",
    re.VERBOSE,
)
_SILENT = re.compile(r"[-–—_&+/|,;.:!?…'#@()]{1,3}\Z")  # punctuation that stands alone means nothing


@dataclass
class _Reader:
    """Takes piece after piece; keeps caps and notes."""

    now: datetime
    parts: Question = Question()
    notes: dict[str, None] = field(default_factory=dict)

    def question(self, typing: bool) -> Question:
        if self.parts.since and self.parts.until and self.parts.since >= self.parts.until:
            self.note(_("The dates leave nothing: “since” is after “until”."))
        notes = tuple(self.notes)[:MOST_NOTES]
        return replace(self.parts, notes=notes, last_is_prefix=typing and bool(self.parts.words))

    def note(self, text: str) -> None:
        self.notes[text] = None

    def piece(self, found: re.Match[str]) -> bool:
        """Take one piece in; returns whether its end is a word that may still be in the typing."""
        minus = bool(found["minus"])
        if found["name"]:
            return self.operator(found["name"], found["value"], minus, found.group())
        if found["phrase"] is not None:
            return self.phrase(found["phrase"], minus, closed=bool(found["closed"]))
        return self.word(found["word"], minus)

    def word(self, typed: str, minus: bool) -> bool:
        if typed == "OR":
            self.note(_("OR is not understood: all words must match."))
            return False
        if "(" in typed or ")" in typed:
            self.note(_("Parentheses were ignored."))
        bare = typed.strip("()")
        star = bare.endswith("*") and "*" not in bare[:-1]
        if "*" in bare and not (star and tokens(bare)):
            self.note(_("A * is understood only at the end of a word."))
        found = tuple(tokens(bare))
        if not found:
            if "*" not in bare and not _SILENT.match(typed):
                self.note(_("There is nothing to search for in “{text}”.").format(text=_shown(typed)))
            return False
        if minus:
            self.add("without", found)
        elif star:
            self.add("words", *found[:-1])
            self.add("prefixes", found[-1])
        else:
            return self.add("words", *found)
        return False

    def phrase(self, typed: str, minus: bool, closed: bool) -> bool:
        found = tuple(tokens(typed))
        if not closed:
            if found:
                self.note(_("A quotation mark is missing: the words were searched one by one."))
            return self.add("without" if minus else "words", *((found,) if minus and found else found)) and not minus
        if len(found) > 1:
            found = tuple(row(typed))
        if not found:
            self.note(_("There is nothing to search for in “{text}”.").format(text=_shown(typed) or '""'))
        elif minus:
            self.add("without", found)
        else:
            self.add("phrases", found[:MOST_WORDS])
        return False

    def operator(self, name: str, value: str, minus: bool, whole: str) -> bool:
        take = _OPERATORS.get(fold(name))
        if take is None:
            plain_words = tokens(whole)
            if len(plain_words) > 1 and not name.lower().startswith("http"):
                self.note(_("“{name}:” is not understood; its words were searched.").format(name=_shown(name)))
            self.add("without" if minus else "words", *((tuple(plain_words),) if minus else plain_words))
            return not minus
        bare = value.strip('"').strip()
        if minus or (bare and not take(self, bare)):
            self.note(_("“{text}” is not understood and was ignored.").format(text=_shown(whole)))
        return False

    def add(self, part: str, *values: object) -> bool:
        """Append to a part of the question, without repetition, up to its cap."""
        for value in values:
            there = getattr(self.parts, part)
            if value in there and part != "words":  # the last word counts even when it was there before
                continue
            if self.full(part):
                self.note(_("Only the first {n} words were searched.").format(n=MOST_WORDS))
                return False
            self.change(part, (*there, value))
        return bool(values)

    def change(self, part: str, value: Any) -> None:
        self.parts = replace(self.parts, **{part: value})

    def full(self, part: str) -> bool:
        if part == "phrases":
            return len(self.parts.phrases) >= MOST_PHRASES
        if part in ("sectors", "sources"):
            return len(getattr(self.parts, part)) >= MOST_NAMES
        return len(self.parts.words) + len(self.parts.prefixes) + len(self.parts.without) >= MOST_WORDS

    def sector(self, value: str) -> bool:
        return self.add("sectors", plain(value))

    def source(self, value: str) -> bool:
        return self.add("sources", plain(value))

    def kind(self, value: str) -> bool:
        kind = _KINDS.get(fold(value))
        if kind:
            self.change("kind", kind)
        return kind is not None

    def state(self, value: str) -> bool:
        known = _STATES.get(fold(value))
        if known:
            self.change(*known)
        return known is not None

    def since(self, value: str) -> bool:
        span = day_span(value, self.now)
        if span:
            self.parts = replace(self.parts, since=max(self.parts.since or span[0], span[0]))
        return span is not None

    def until(self, value: str) -> bool:
        span = day_span(value, self.now)
        if span:
            self.parts = replace(self.parts, until=min(self.parts.until or span[1], span[1]))
        return span is not None


_OPERATORS: dict[str, Callable[[_Reader, str], bool]] = {
    "sector": _Reader.sector, "secteur": _Reader.sector,
    "source": _Reader.source,
    "kind": _Reader.kind, "type": _Reader.kind, "genre": _Reader.kind,
    "is": _Reader.state, "est": _Reader.state,
    "since": _Reader.since, "depuis": _Reader.since,
    "until": _Reader.until, "jusqu'a": _Reader.until, "jusqua": _Reader.until, "jusqu'au": _Reader.until,
}  # fmt: skip

_KINDS = {
    "article": ItemKind.ARTICLE, "articles": ItemKind.ARTICLE,
    "post": ItemKind.POST, "posts": ItemKind.POST, "message": ItemKind.POST, "messages": ItemKind.POST,
}  # fmt: skip

_STATES = {
    "saved": ("saved", True), "enregistre": ("saved", True), "enregistree": ("saved", True),
    "unsaved": ("saved", False), "non-enregistre": ("saved", False),
    "unread": ("unread", True), "non-lu": ("unread", True), "nonlu": ("unread", True),
    "read": ("unread", False), "lu": ("unread", False),
}  # fmt: skip


def _shown(typed: str) -> str:
    """What was typed, safe and short enough for a note."""
    line = plain(typed)
    return line if len(line) <= 40 else line[:39] + "…"
