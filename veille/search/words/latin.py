"""Texts of Latin letters, nearly all there are, read at once instead of word by word.

A text is *levelled*: one byte for each of its characters. A letter is small and has no accent (œ, æ, ß and þ, two
letters each, are bytes of their own), a digit is itself, and so are the signs that matter to words: ' - # @ _ and the
end of a line. All else is a blank. The words are those that ``chains.py`` finds in any text; the tests compare them.
"""

import codecs
import re
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from string import ascii_lowercase, digits

from veille.content.text import fold
from veille.search.words import chains, compounds, emoji, runs
from veille.search.words.chains import Span
from veille.search.words.elisions import APOSTROPHES
from veille.search.words.runs import LONGEST, LONGEST_KEPT

_CODING, _ERRORS = "cp1252", "veille.search.words.latin"
_TWO = {"œ": "oe", "æ": "ae", "ß": "ss", "þ": "th"}
_SPELT = [(each.encode(_CODING).decode("latin-1"), two) for each, two in _TWO.items()]
TWO = [(two.encode(), each.encode(_CODING)) for each, two in _TWO.items()]
ALPHABET = (ascii_lowercase + digits + "".join(_TWO)).encode(_CODING)  # the letters and digits of a levelled text
LETTERS = b"a-z0-9" + "".join(_TWO).encode(_CODING)  # the same for a pattern
_SIGNS = "'-#@_\n"
_LINE_END, _HYPHEN = b"\n-"
_OTHER = "\0"
_NO_LETTERS = bytes(sorted({*range(256)} - {*ALPHABET}))
_AMONG_OTHERS = re.compile(f"[{runs.MARKS}\ufe0f\u20e3]|{emoji.PATTERN}")  # no word, but no blank either

_ELISION = re.compile(
    rb"'(?=[W])(?:(?<=(?<![W])[cdjlmnst]')()|(?<=(?<![W])qu')()|(?<=(?<![W])jusqu')()"
    rb"|(?<=(?<![W])(?:lors|puis|quoi)qu')()|(?<=[W]')s(?![W])())".replace(b"W", LETTERS)
)
_ARTICLE = (0, 1, 2, 5, 6, 0)  # its letters, by the group that matched
_RUN = re.compile(rb"[W]+".replace(b"W", LETTERS))
# Where words are not simply one after the other: at a line end, at a hashtag or a handle with what hyphens join to it,
# and from the first hyphen of a chain on. Each begins with a sign of its own, and so is found fast.
_TAG = rb"#[W_]+(?:-[W]+)*|@[W_]+(?:-[W]+)*".replace(b"W", LETTERS)
_SPECIAL = re.compile(rb"\n|TAG|-(?<=[W]-)[W]+(?:-[W]+)*".replace(b"W", LETTERS).replace(b"TAG", _TAG))
_TAGS = re.compile(_TAG)


def level(text: str) -> bytes | None:
    """``text`` levelled; None when it has other letters, or emoji."""
    if text.isascii():
        return text.encode("ascii").translate(_TABLE)
    try:
        found = text.encode(_CODING, _ERRORS).translate(_TABLE)
    except UnicodeEncodeError:
        return None
    return None if b"\0" in found else found


def elided(level: bytes) -> bytes:
    """A levelled text with blanks for what an apostrophe leaves out (see ``elisions.py``)."""
    if b"'" not in level:
        return level
    letters = bytearray(level)
    for found in _ELISION.finditer(level):
        start, end = found.start() - _ARTICLE[found.lastindex or 0], found.end()
        letters[start:end] = b" " * (end - start)
    return bytes(letters)


def levelled_as(letter: str) -> bytes:
    """The bytes of a levelled text that words with this first letter can begin with."""
    one = letter.encode() if letter.isascii() and letter.isalnum() else b""
    return one + "".join(one for one, two in _TWO.items() if two[0] == letter).encode(_CODING)


def spelt(level: bytes) -> str:
    """Levelled words as they are in the index, but not capped."""
    line = level.decode("latin-1")
    for one, two in _SPELT if not level.isascii() else ():
        line = line.replace(one, two)
    return line


def run_together(level: bytes) -> str:
    """All words of a levelled text without anything between them."""
    return spelt(level.translate(None, _NO_LETTERS))


def count(level: bytes) -> int:
    """How many words a levelled text without hashtags and handles has."""
    return len(elided(level).translate(_BLANK).split())


def words(level: bytes) -> list[str]:
    """The words of a levelled text, without those together."""
    return _capped(_split(elided(level)))


def numbered(level: bytes, text: str, start: int) -> tuple[Sequence[int], list[str]]:
    """The places, from ``start``, and the words of ``text``, which was levelled to ``level``."""
    level = elided(level)
    places, words, end = array("q"), list[str](), 0
    for found in _SPECIAL.finditer(level):
        before = _split(level[end : found.start()])
        places.extend(range(start, start + len(before)))
        words += before
        start += len(before)
        end = found.end()
        sign = level[found.start()]
        if sign == _LINE_END:
            start += 1
        elif sign == _HYPHEN:
            joined = _split(found[0])
            if whole := compounds.joined((words[-1], *joined)):
                places.append(start - 1)
                words.append(whole)
            places.extend(range(start, start + len(joined)))
            words += joined
            start += len(joined)
        else:
            tag = _words_of(text[found.start() : end])
            places.extend(start + each.place for each in tag)
            words += (each.word for each in tag)
            start += _width(tag)
    rest = _split(level[end:])
    if not end:
        return range(start, start + len(rest)), _capped(rest)
    places.extend(range(start, start + len(rest)))
    return places, _capped(words + rest)


def spans(level: bytes, text: str) -> list[Span]:
    """The same with where the words stand in ``text``."""
    level = elided(level)
    spans, place, end = list[Span](), 0, 0
    for found in _SPECIAL.finditer(level):
        spans += (before := _runs(level, end, found.start(), place))
        place += len(before)
        start, end = found.span()
        sign = level[start]
        if sign == _LINE_END:
            place += 1
        elif sign == _HYPHEN:
            first, joined = spans[-1], _runs(level, start, end, place)
            if whole := compounds.joined((first.word, *(each.word for each in joined))):
                spans.append(Span(first.start, end, first.place, whole))
            spans += joined
            place += len(joined)
        else:
            tag = _words_of(text[start:end])
            spans += (Span(start + a, start + b, place + at, word) for a, b, at, word in tag)
            place += _width(tag)
    return spans + _runs(level, end, len(level), place)


def tags(level: bytes, text: str) -> Iterator[tuple[int, int, list[Span]]]:
    """Where ``text`` has hashtags and handles, with what hyphens join to them; and the words of each."""
    for found in _TAGS.finditer(level):
        yield *found.span(), _words_of(text[found.start() : found.end()])


def _runs(level: bytes, start: int, end: int, place: int) -> list[Span]:
    """The words of a stretch, the first at ``place``."""
    found = enumerate(_RUN.finditer(level, start, end), place)
    return [Span(*run.span(), place, spelt(run[0])[:LONGEST]) for place, run in found]


def _words_of(tag: str) -> list[Span]:
    """The words of a hashtag or a handle."""
    return _spans(tag) if len(tag) <= LONGEST_KEPT else chains.spans(tag)


_spans = lru_cache(maxsize=1 << 14)(chains.spans)


def _width(spans: list[Span]) -> int:
    """How many places the words take."""
    return spans[-1].place + 1 if spans else 0


def _split(level: bytes) -> list[str]:
    return spelt(level.translate(_BLANK)).split()


def _capped(words: list[str]) -> list[str]:
    return words if max(map(len, words), default=0) <= LONGEST else [word[:LONGEST] for word in words]


@lru_cache(maxsize=1 << 12)
def _levelled(character: str) -> str:
    """What stands for a character in a levelled text; "\\0" for one that has no place there."""
    if character in APOSTROPHES:
        return "'"
    if character in compounds.HYPHENS:
        return "-"
    if character in _SIGNS:
        return character
    if _AMONG_OTHERS.match(character):
        return _OTHER
    if not character.isalnum():
        return " "
    folded = fold(character)
    if len(folded) == 1 and folded.isascii() and folded.isalnum():
        return folded
    return next((one for one, two in _TWO.items() if two == folded), _OTHER)


def _encoded(error: UnicodeError) -> tuple[bytes, int]:
    """Stands for the characters that the coding lacks."""
    assert isinstance(error, UnicodeEncodeError)
    found = "".join(map(_levelled, error.object[error.start : error.end]))
    if _OTHER in found:
        raise error
    return found.encode(_CODING), error.end


codecs.register_error(_ERRORS, _encoded)
_TABLE = "".join(_levelled(bytes([code]).decode(_CODING, "replace")) for code in range(256)).encode(_CODING)
_BLANK = bytes.maketrans(_SIGNS.encode(), b" " * len(_SIGNS))
