"""What a run of letters and digits, or an emoji, becomes: a word, or several."""

import re
from collections.abc import Iterator
from functools import lru_cache

from veille.content.text import fold
from veille.search.words import cjk, emoji
from veille.search.words.inner import pieces

LONGEST = 40  # characters of a word that count: longer ones are identifiers and encoded data
SOFT = "\u00ad"  # where a word may be broken at the end of a line
MARKS = f"{SOFT}\u0300-\u036f{cjk.MARKS}"  # for a pattern: what is inside a run and no letter
LONGEST_KEPT = 200  # characters of a run, or of several together, whose words are remembered
_LONGEST_TAG = 200  # characters of a run in which words are looked for
_YEAR = 4  # digits of a number that has a place of its own after a word; shorter ones are part of it (COP30)
_WORD = re.compile(r"[^\W_]+")

Part = tuple[int, str, int, int]  # a word of a run: its place, itself, and where it starts and ends


def words(run: str) -> tuple[str, ...]:
    """The words of a run: one, or several where folding takes it apart (½, ㎞) or characters are read by two."""
    return (_words if len(run) <= LONGEST_KEPT else _words.__wrapped__)(run)


@lru_cache(maxsize=1 << 17)
def _words(run: str) -> tuple[str, ...]:
    found = emoji.words(run) or tuple(_WORD.findall(fold(run.replace(SOFT, ""))))
    if any(map(cjk.within, found)):
        return tuple(word for _place, word, _start, _end in _by_two(run))
    return tuple(word[:LONGEST] for word in found)


def simple(run: str) -> bool:
    """Whether a run is one word, and none that is read by two characters."""
    found = words(run)
    return len(found) == 1 and not cjk.within(found[0])


def plain(run: str) -> tuple[Part, ...]:
    """The words of a run, each with a place."""
    found = words(run)
    if any(map(cjk.within, found)):
        return tuple(_by_two(run))
    return tuple((place, word, 0, len(run)) for place, word in enumerate(found))


def _by_two(run: str) -> Iterator[Part]:
    place = 0
    for text, stands, by_two in cjk.stretches(run):
        if by_two:
            for at, word in enumerate(cjk.bigrams(text)):
                yield place + at, word, stands[at][0], stands[at + len(word) - 1][1]
            place += len(text)
        else:
            yield place, text[:LONGEST], stands[0][0], stands[-1][1]
            place += 1


@lru_cache(maxsize=1 << 14)
def parted(run: str) -> tuple[Part, ...]:
    """The words of a run after "#" or "@": the whole, those inside, and a number with what stands beside it."""
    whole, inside = plain(run), pieces(run) if len(run) <= _LONGEST_TAG else []
    if len(inside) < 2 or len(whole) != 1:
        return whole
    parts: dict[tuple[int, str], tuple[int, int]] = {}
    for first, last, place in _stretches(run, inside):
        for word in words(run[first:last]):
            parts.setdefault((place, word), (first, last))
    parts.setdefault((0, whole[0][1]), (0, len(run)))
    return tuple((place, word, first, last) for (place, word), (first, last) in sorted(parts.items(), key=_first))


def _first(part: tuple[tuple[int, str], tuple[int, int]]) -> int:
    return part[0][0]


def _stretches(run: str, inside: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Each piece with its place; then each number with the word before it, the word after it, and both."""
    numbers = [not run[start].isalpha() for start, _end in inside]
    places: list[int] = []
    for at, (start, end) in enumerate(inside):
        within = at and numbers[at] and end - start < _YEAR
        places.append(places[-1] + (not within) if places else 0)
        yield start, end, places[at]
    for at, number in enumerate(numbers):
        before, after = max(0, at - 1), min(len(inside), at + 2) - 1
        for first, last in ((before, at), (at, after), (before, after)) if number else ():
            yield inside[first][0], inside[last][1], places[first]


def width(parts: tuple[Part, ...]) -> int:
    """How many places the words take."""
    return parts[-1][0] + 1 if parts else 0
