"""The words of any text, one chain after the other: runs of letters that hyphens join, or an emoji."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from veille.search.words import cjk, compounds, emoji, runs
from veille.search.words.runs import LONGEST, LONGEST_KEPT, Part

_HYPHEN = re.compile(f"[{compounds.HYPHENS}]")
_LETTER = f"(?![0-9]{emoji.KEYCAP})[^\\W_]"
_RUN, _RUN_BESIDE_EMOJI = (f"{letter}(?:{letter}|[{runs.MARKS}])*" for letter in (r"[^\W_]", _LETTER))
_CHAIN = re.compile(f"{_RUN}(?:[{compounds.HYPHENS}]{_RUN})*")
_CHAIN_OR_EMOJI = re.compile(f"{emoji.PATTERN}|{_RUN_BESIDE_EMOJI}(?:[{compounds.HYPHENS}]{_RUN_BESIDE_EMOJI})*")
_SIGNED = re.compile(f"[#@](?:{_LETTER}|[_{runs.MARKS}])+")  # a hashtag or a handle


class Span(NamedTuple):
    """A word of a text: where it starts and ends, and its place in the row of words."""

    start: int
    end: int
    place: int
    word: str


class Asked(NamedTuple):
    """How something typed is looked up: as the word ``whole``, or as ``parts`` in a row; one of them may be empty.

    With ``beginning``, ``whole`` is only what the word begins with.
    """

    whole: str
    parts: tuple[str, ...] = ()
    beginning: bool = False


def spans(text: str) -> list[Span]:
    """The words of ``text``, a line end having a place of its own."""
    found: list[Span] = []
    lines = "\n" in text
    place = end = 0
    for chain, signed, start in _signed(text):
        if lines:
            place += text.count("\n", end, start)
            end = start + len(chain)
        parts = _parts(chain, signed) if len(chain) <= LONGEST_KEPT else _parts.__wrapped__(chain, signed)
        for at, word, a, b in parts:
            found.append(Span(start + a, start + b, place + at, word))
        place += runs.width(parts)
    return found


def asked(text: str) -> Iterator[Asked]:
    """What is looked up, all of it, when somebody types ``text``."""
    return (each for chain, signed, _start in _signed(text) for each in _asked(chain, signed))


def words(text: str) -> Iterator[str]:
    """The words of ``text``, without those together."""
    return (word for found in _chains(text) for run in _HYPHEN.split(found[0]) for word in runs.words(run))


def _chains(text: str) -> Iterator[re.Match[str]]:
    """The chains and emoji of ``text``; one without emoji is read faster."""
    return (_CHAIN_OR_EMOJI if emoji.MAYBE.search(text) else _CHAIN).finditer(text)


def _signed(text: str) -> Iterator[tuple[str, bool, int]]:
    """Each chain of ``text``, whether it begins in a hashtag or a handle, and where."""
    signs = "#" in text or "@" in text
    signed = {at for found in _SIGNED.finditer(text) for at in range(*found.span())} if signs else frozenset[int]()
    return ((found[0], found.start() in signed, found.start()) for found in _chains(text))


@lru_cache(maxsize=1 << 16)
def _parts(chain: str, signed: bool) -> tuple[Part, ...]:
    """The words of a chain; with ``signed`` those of its first run as they are after "#" or "@"."""
    parts: list[Part] = []
    place = start = 0
    for run in _HYPHEN.split(chain):
        found = runs.parted(run) if signed and not start else runs.plain(run)
        parts += ((place + at, word, start + a, start + b) for at, word, a, b in found)
        place += runs.width(found)
        start += len(run) + 1
    if whole := compounds.joined(_together(chain, signed)):
        parts.insert(1, (0, whole, 0, len(chain)))
    return tuple(parts)


def _together(chain: str, signed: bool) -> tuple[str, ...]:
    """The words that hyphens join in a chain, if each of its runs is one, and nothing more."""
    joined = _HYPHEN.split(chain)
    if len(joined) < 2 or not all(map(runs.simple, joined)) or (signed and len(runs.parted(joined[0])) > 1):
        return ()
    return tuple(runs.words(run)[0] for run in joined)


def _asked(chain: str, signed: bool) -> Iterator[Asked]:
    together = _together(chain, signed)
    if together and not compounds.apart(together):
        yield Asked(compounds.joined(together), together)
        return
    for run in _HYPHEN.split(chain):
        if not any(map(cjk.within, runs.words(run))):
            yield from map(Asked, runs.words(run))
            continue
        for text, _places, by_two in cjk.stretches(run):
            yield _asked_by_two(text) if by_two else Asked(text[:LONGEST])


def _asked_by_two(text: str) -> Asked:
    """How a run of Chinese, Japanese or Korean is looked up, wherever it stands in a longer one."""
    if len(text) < 3:
        return Asked(text, beginning=len(text) == 1)
    return Asked("", tuple(cjk.bigrams(text)[:-1]))
