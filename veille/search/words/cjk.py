"""Chinese, Japanese and Korean, written without blanks between words: each two characters in a row are a word.

The last character of a run is a word by itself, so that every character begins one: 東京都 is 東京, 京都 and 都.
Korean has blanks, but its words end in particles: it is read in the same way.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from veille.content.text import fold

_CHARACTERS = (
    "\u1100-\u11ff\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u3096\u309d-\u309f\u30a1-\u30fa"
    "\u30fc-\u30ff\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c"
    "\uac00-\ud7fb\uf900-\ufaff\U0001aff0-\U0001b16f\U00020000-\U0003ffff"
)
MARKS = "\u3099\u309a"  # voiced sounds, where they are characters of their own
_ANY = re.compile(f"[{_CHARACTERS}]")
_ALL = re.compile(f"[{_CHARACTERS}]+")
# A character with what Unicode's composition joins to it: accents, voiced sounds, the vowel and the end of a syllable.
_CLUSTER = re.compile(f".[\u00ad\u0300-\u036f{MARKS}\uff9e\uff9f\u1160-\u11ff\ud7b0-\ud7fb\uffc2-\uffdc]*", re.DOTALL)
_LETTER = re.compile(r"[^\W_]")


class Stretch(NamedTuple):
    """Folded characters of a run that belong together, and where each starts and ends in it."""

    text: str
    places: list[tuple[int, int]]
    by_two: bool


def within(word: str) -> bool:
    """Whether a folded word has such characters."""
    return not word.isascii() and _ANY.search(word) is not None


def stretches(run: str) -> Iterator[Stretch]:
    """``run`` parted where characters that are read by two meet others."""
    if _ALL.fullmatch(run) and fold(run) == run:
        yield Stretch(run, [(at, at + 1) for at in range(len(run))], True)
        return
    text, places, kind = "", list[tuple[int, int]](), False
    for found in _CLUSTER.finditer(run):
        for each in fold(found[0].replace("\u00ad", "")):
            if each in MARKS:  # of a character that has no such form
                continue
            letter, by_two = _LETTER.match(each), _ANY.match(each) is not None
            if text and (by_two is not kind or not letter):
                yield Stretch(text, places, kind)
                text, places = "", []
            if letter:
                text, kind = text + each, by_two
                places.append(found.span())
    if text:
        yield Stretch(text, places, kind)


def bigrams(text: str) -> list[str]:
    """Each two characters of ``text`` that follow one another, and the last one by itself."""
    return [text[at : at + 2] for at in range(len(text))]


def ends_run(last: str, before: str) -> bool:
    """Whether ``last`` is the end of a run by itself, after the word ``before``: a longer run would not have it."""
    return len(before) == 2 and before[1:] == last and within(last)
