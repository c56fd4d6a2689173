"""The text of the search box, cut into pieces: words, phrases, operators, parentheses, and words that join. Pure.

Whatever is typed is cut in one pass from left to right; every piece knows where it stands in the text as it was given.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from veille.content.text import fold
from veille.i18n import language
from veille.search.query.operators import AND, NOT, OR, Operator, begun, find
from veille.search.words.elisions import ARTICLES


class Sign(Enum):
    """What a piece is."""

    WORD = auto()
    PHRASE = auto()  # between quotation marks
    VALUE = auto()  # name:value
    NAME = auto()  # name: alone; its value, if any, is the piece that begins where this one ends
    OPEN = auto()
    CLOSE = auto()
    OR = auto()
    NOT = auto()  # a minus sign, or the word


class Piece(NamedTuple):
    """``start`` and ``end`` enclose all of it. ``text`` is the word, what the quotation marks enclose, or the value."""

    sign: Sign
    start: int
    end: int
    text: str = ""
    operator: Operator | None = None
    closed: bool = True  # whether a phrase has its second quotation mark

    @property
    def within(self) -> int:
        """Where ``text`` begins."""
        return self.start + 1 if self.sign is Sign.PHRASE else self.end - len(self.text)


_STRAIGHT = str.maketrans("“”„‟«»＂’‘ʼ：−＊（）", '"""""""\'\'\':-*()')  # as many characters as before
_PIECE = re.compile(
    r"""(?P<open>\() | (?P<close>\))
      | (?P<minus>(?<![^\s(])-(?=[^\s)-]))
      | "(?P<phrase>[^"]*)"
      | (?<!\w)"(?P<unclosed>[^"]*)\Z          # after a letter or a digit it is a stray: 27" monitor
      | (?P<word>[^\s"()]+)""",
    re.VERBOSE,
)
_NAME = re.compile(r"([^\W\d_](?:[^\W\d_]|['\u0300-\u036f-]){0,19}):")
_LAST = re.compile(r"(?<![^\s(\"“”„‟«»＂])[^\W\d_](?:[^\W\d_]|['’-])*\Z")
_LONGEST_BEGUN = 20  # characters
_SIGNS = {"open": Sign.OPEN, "close": Sign.CLOSE, "minus": Sign.NOT}
_JOINS = {**dict.fromkeys(OR, Sign.OR), **dict.fromkeys(NOT, Sign.NOT), **dict.fromkeys(AND)}


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of ``text``, in order; a word that means nothing more than a blank (AND) is none."""
    after_minus = False
    for found in _PIECE.finditer(text.translate(_STRAIGHT)):
        kind, (start, end) = found.lastgroup or "", found.span()
        if kind == "word":
            piece = _word(found[0], start, end, plain=after_minus)
        elif kind in _SIGNS:
            piece = Piece(_SIGNS[kind], start, end, found[0])
        else:
            piece = Piece(Sign.PHRASE, start, end, found[kind], closed=kind == "phrase")
        after_minus = kind == "minus"
        if piece:
            yield piece


def unknown_name(word: str) -> str:
    """The name in a ``word`` that looks like an operator that does not exist; "" where it does not.

    Addresses (https://…), paths (c:\\…) and words of code (std::…) do not.
    """
    found = _NAME.match(word)
    rest = word[found.end() :] if found else ""
    return found[1] if found and rest and len(found[1]) > 1 and rest[0] not in "/\\:" and not find(found[1]) else ""


def holds_operator(text: str) -> bool:
    """Whether some word of ``text`` is an operator's name with a colon."""
    return any(find(found[1]) for word in text.split() if (found := _NAME.match(word)))


class Begun(NamedTuple):
    """The last ``word`` of a text, where it starts, and the ``whole`` that is no word and that it may become."""

    word: str
    start: int
    whole: str


def begun_at_end(text: str) -> Begun | None:
    """What is perhaps being typed at the end of ``text``: the name of an operator, from two letters on; an article
    that will be elided; a word that joins."""
    found = _LAST.search(text, max(0, len(text) - _LONGEST_BEGUN))
    if not found:
        return None
    word, bare = found[0], fold(found[0])
    whole = f"{word}’" if bare in ARTICLES else ""
    whole = whole or next((each for each in sorted(OR | NOT | AND) if each.startswith(word)), "")
    if not whole and len(word) > 1 and (name := begun(word, language())):
        whole = f"{name}:"
    whole = whole or next((f"{each}’" for each in sorted(ARTICLES) if each.startswith(bare)), "")
    return Begun(word, found.start(), whole) if whole else None


def _word(word: str, start: int, end: int, plain: bool) -> Piece | None:
    """A word by itself; with ``plain`` it joins nothing ("-OR" is without the word)."""
    if word in _JOINS and not plain:
        sign = _JOINS[word]
        return Piece(sign, start, end, word) if sign else None
    named = _NAME.match(word)
    operator = find(named[1]) if named else None
    if not named or not operator:
        return Piece(Sign.WORD, start, end, word)
    value = word[named.end() :]
    if len(named[1]) == 1 and not operator.value(value):  # "a:" is French for "has:", but also many other things
        return Piece(Sign.WORD, start, end, word)
    return Piece(Sign.VALUE if value else Sign.NAME, start, end, value, operator)
