"""What a word, a phrase or the value of an operator asks for: the leaves of a question. Pure.

Keeps the caps, so that a question stays small whatever is pasted, and the notes on what was not understood.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from string import digits

from veille import i18n
from veille.content import language
from veille.content.dates import begins_date, day_span
from veille.content.text import fold, plain
from veille.i18n import _
from veille.model import ItemKind
from veille.search.query.joining import either, every
from veille.search.query.lexer import holds_operator, unknown_name
from veille.search.query.operators import Operator, Takes, Value, named
from veille.search.query.question import (
    Beginning,
    Between,
    FromSource,
    InLanguage,
    InSector,
    Like,
    Mark,
    Marked,
    Node,
    Not,
    OfKind,
    Part,
    Phrase,
    Tagged,
    Word,
)
from veille.search.words import cjk, compounds
from veille.search.words.analysis import LONGEST, Asked, asked, row, spans, tokens
from veille.search.words.elisions import ARTICLES, before_article

MOST_WORDS = 32  # words that are searched, those of compounds included; and words of one phrase
MOST_PHRASES = 8
MOST_NAMES = 16  # operators with a value, those that look for words left out
MOST_NOTES = 6
_FURTHEST = MOST_WORDS * LONGEST  # characters of a run without blanks, or of a phrase, in which words are looked for
_LONGEST_ID = 18  # digits: what 64 bits hold

_SILENT = re.compile(r"[-–—_&+/|,;.:!?…'#@%‰°€$£=<>]{1,3}\Z")  # alone it means nothing: "36 %", "prix : 5 €"
_LAST = re.compile(r"\S+\Z")
_NAMES = frozenset({Takes.SECTOR, Takes.SOURCE, Takes.TAG})  # what somebody called something
_CHOICES: dict[tuple[str, str], Node] = {
    **{("kind", kind.value): OfKind(kind) for kind in ItemKind},
    ("is", "saved"): Marked(Mark.SAVED),
    ("is", "unsaved"): Not(Marked(Mark.SAVED)),
    ("is", "unread"): Marked(Mark.UNREAD),
    ("is", "read"): Not(Marked(Mark.UNREAD)),
    ("is", "flagged"): Marked(Mark.FLAGGED),
    ("is", "hidden"): Marked(Mark.HIDDEN),
    ("is", "noted"): Marked(Mark.NOTED),
    ("is", "highlighted"): Marked(Mark.HIGHLIGHTED),
    ("has", "note"): Marked(Mark.NOTED),
    ("has", "highlight"): Marked(Mark.HIGHLIGHTED),
}


@dataclass
class Leaves:
    """Makes leaf after leaf. ``now`` is what relative dates count from; with ``typing`` the text may go on."""

    now: datetime
    typing: bool = True
    words: int = MOST_WORDS  # that may still come
    phrases: int = MOST_PHRASES
    names: int = MOST_NAMES
    _cut: bool = False  # whether words were left out
    _said: dict[str, None] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not understood, in the person's language."""
        return tuple(self._said)[:MOST_NOTES]

    def note(self, text: str) -> None:
        """Say something once."""
        self._said[text] = None

    # Words -----------------------------------------------------------------------------------------

    def word(self, typed: str, start: int, part: Part, begins: bool) -> Node | None:
        """A word, or several that hang together. ``begins``: it is still being typed, and may be a beginning."""
        bare = before_article(typed.removesuffix("*"))
        if not bare and typed != "*":
            return None
        if "*" in bare or not bare:
            self.note(_("A * is understood only at the end of a word."))
        elif name := unknown_name(bare):
            self.note(_("“{name}:” is not understood; its words were searched.").format(name=shown(name)))
        found = self._words(bare, start, part, begins, star=typed == f"{bare}*" and "*" not in bare)
        if not found and self.words and not _SILENT.match(bare) and "*" not in typed:
            self.note(_("There is nothing to search for in “{text}”.").format(text=shown(typed)))
        return every(found) if found else None

    def phrase(self, typed: str, start: int, part: Part) -> Node | None:
        """Exact words, one after the other."""
        found = tuple(tokens(typed[:_FURTHEST]))
        if len(found) > 1:
            found = tuple(row(typed[:_FURTHEST]))
        if not found:
            self.note(_("There is nothing to search for in “{text}”.").format(text=shown(typed) or '""'))
        elif not self.phrases:
            self.note(_("Only the first {n} phrases were searched.").format(n=MOST_PHRASES))
        else:
            self.phrases -= 1
            if len(found) > MOST_WORDS:
                self.note(_("Only the first {n} words of a phrase were searched.").format(n=MOST_WORDS))
            return Phrase(found[:MOST_WORDS], part, _trimmed(typed, start))
        return None

    def unclosed(self, typed: str, start: int, part: Part, begins: bool) -> Node | None:
        """What follows a quotation mark without a second one: while typing, a phrase whose last word is not done."""
        cut = 0
        if self.typing and not holds_operator(typed):
            last = _LAST.search(typed)
            cut = last.start() if last else len(typed)
        elif tokens(typed):
            self.note(_("A quotation mark is missing: the words were searched one by one."))
        before = self.phrase(typed[:cut], start, part) if tokens(typed[:cut]) else None
        found = self._words(before_article(typed[cut:]), start + cut, part, begins, star=False)
        return every([before, *found] if before else found) if before or found else None

    def _words(self, text: str, start: int, part: Part, begins: bool, star: bool) -> list[Node]:
        """A node for each word of ``text``; ``begins`` and ``star`` are of the last."""
        if self._cut and not self.words:
            return []
        found, text = list[Node](), text[:_FURTHEST]
        words = asked(text)
        for number, (each, at) in enumerate(zip(words, _places(text, start, words), strict=True), 1):
            if not self.words:
                self._cut_words()
                break
            last = number == len(words)
            found.append(self._asked(each, part, at, begins and last, star and last))
        return found

    def _asked(self, each: Asked, part: Part, at: tuple[int, int], begins: bool, star: bool) -> Node:
        """A word by itself; a compound also as its words in a row; a stretch of Chinese or Japanese as its pairs."""
        parts = each.parts[: self.words]
        if len(parts) < len(each.parts):
            self._cut_words()
        self.words -= len(parts) or 1
        if each.beginning or (star and each.whole):
            return Beginning(each.whole, part, at)
        forms: list[Node] = [Word(each.whole, part, at)] if each.whole else []
        if parts:
            forms.append(Phrase(parts, part, at))
        if begins and each.whole:
            forms.append(Beginning(each.whole, part, at))
        if begins and parts and not cjk.within(parts[0]) and compounds.may_come_apart(parts):
            *first, last = parts
            rest = [] if last in ARTICLES else [Beginning(last, part, at)]
            forms.append(every([*(Word(word, part, at) for word in first), *rest]))
        return either(forms)

    def _cut_words(self) -> None:
        self._cut = True
        self.note(_("Only the first {n} words were searched.").format(n=MOST_WORDS))

    # Values of operators ---------------------------------------------------------------------------

    def value(
        self, operator: Operator, typed: str, said: str, *, unfinished: bool, begins: bool, quoted: bool
    ) -> Node | None:
        """What an operator that takes no words asks for. ``said`` is all that was typed of it.

        ``unfinished``: it is still being typed; with ``begins`` it matches whatever it may become.
        """
        value = plain(typed)
        if not value:
            return None
        star = operator.takes in _NAMES and not quoted and len(value) > 1 and value[-1] == "*"
        node = self._node(operator, value[:-1] if star else value, begins or star)
        if node is None:
            if not (unfinished and _begins(operator, value)):
                self.note(_refusal(operator, said))
        elif not self.names:
            self.note(_("Only the first {n} conditions like “{name}:” were read.").format(
                n=MOST_NAMES, name=named(operator, i18n.language())))  # fmt: skip
            node = None
        else:
            self.names -= 1
        return node

    def _node(self, operator: Operator, value: str, begins: bool) -> Node | None:
        known = operator.value(value)
        match operator.takes:
            case Takes.SECTOR:
                return InSector(value)
            case Takes.SOURCE:
                return FromSource(value)
            case Takes.TAG:
                tag = value.lstrip("# ")
                return Tagged(tag, begins) if tag else None
            case Takes.LANGUAGE:
                code = known.key if known else language.code(fold(value))
                begun = _begun(operator, value) if begins and len(value) > 1 else []  # one letter begins any code
                codes = [code] if code else [each.key for each in begun]
                return either(map(InLanguage, codes)) if codes else None
            case Takes.DATE:
                span = day_span(value, self.now)
                if span and operator.key == "since":
                    return Between(since=span[0])
                return span and Between(until=max(self._ends(value)) if begins else span[1])
            case Takes.ITEM:
                fits = value.isascii() and value.isdigit() and len(value) <= _LONGEST_ID
                return Like(int(value)) if fits else None
        chosen = [known] if known else _begun(operator, value) if begins else []
        if not known:  # what rules hide is shown to whoever asks for it, not on the way to another word
            chosen = [each for each in chosen if _CHOICES[operator.key, each.key] != Marked(Mark.HIDDEN)]
        return either(_CHOICES[operator.key, each.key] for each in chosen) if chosen else None

    def _ends(self, value: str) -> Iterator[datetime]:
        """When the day or month ends that is typed, and each that another digit makes of it: 2026-1 to 2026-12."""
        return (span[1] for digit in ("", *digits) if (span := day_span(value + digit, self.now)))


def _begins(operator: Operator, value: str) -> bool:
    """Whether ``value`` may become something that the operator takes when it is typed on."""
    if operator.takes is Takes.DATE:
        return begins_date(value)
    return value == "#" if operator.takes is Takes.TAG else bool(_begun(operator, value))


def _begun(operator: Operator, value: str) -> list[Value]:
    """The values of ``operator`` that ``value`` may become."""
    begun = fold(value)
    return [
        each for each in operator.values if any(fold(name).startswith(begun) for name in (*each.names, *each.french))
    ]


def _refusal(operator: Operator, said: str) -> str:
    text = shown(said)
    match operator.takes:
        case Takes.DATE:
            return _("“{text}” was ignored: a date is 2026-03-09, yesterday or 7d, for example.").format(text=text)
        case Takes.LANGUAGE:
            return _("“{text}” was ignored: Veille knows no such language.").format(text=text)
        case Takes.ITEM:
            return _("“{text}” was ignored: it takes the number of an item.").format(text=text)
        case Takes.CHOICE:
            values = ", ".join(named(each, i18n.language()) for each in operator.values)
            return _("“{text}” was ignored; possible: {values}.").format(text=text, values=values)
    return _("“{text}” is not understood and was ignored.").format(text=text)


def shown(typed: str) -> str:
    """What was typed, safe and short enough for a note."""
    line = plain(typed)
    return line if len(line) <= 40 else line[:39] + "…"


def _trimmed(text: str, start: int) -> tuple[int, int]:
    """Where ``text``, at ``start``, stands without the blanks around it."""
    return start + len(text) - len(text.lstrip()), start + len(text.rstrip())


def _places(text: str, start: int, words: Sequence[Asked]) -> Iterator[tuple[int, int]]:
    """Where each of ``words``, which are those of ``text``, stands in what was typed; ``text`` is at ``start``."""
    found, at, end = spans(text) if words else [], 0, 0
    for each in words:
        inside = each.parts or (each.whole,)
        while at < len(found) and (found[at].start < end or found[at].word not in (each.whole, inside[0])):
            at += 1
        if at == len(found):
            yield _trimmed(text, start)
            continue
        first, end = found[at].start, found[at].end
        for word in inside[1:]:
            at = next((further for further in range(at + 1, len(found)) if found[further].word == word), at)
            end = max(end, found[at].end)
        yield start + first, start + end
