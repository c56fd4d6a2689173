"""From text to words: the one place that says what a word is, for the index, the question and the snippets.

A word is a run of letters and digits, folded (no case, no accents, œ as oe). So "@Nasa" and "#nasa" hold
"nasa", and "e-commerce" holds two words. An elided article ("l'énergie", "qu'il") and the English "'s"
are no words of their own. An emoji is a word (``emoji.py``).

After "#" and "@" a word also holds those that its capitals and numbers tell apart ("#EnergyTransition2030"). They
have places in the row of words, so that a phrase finds them; the whole word shares the place of the first.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from veille.content.text import fold
from veille.search import emoji
from veille.search.inner import pieces

LONGEST = 40  # characters of a word that count: longer ones are identifiers and encoded data
_LONGEST_TAG = 200  # characters of a word in which others are looked for
_YEAR = 4  # digits of a number that has a place of its own after a word; shorter ones are part of it (COP30)
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f])*")  # a word with accents of its own
_LETTER = f"(?![0-9]{emoji.KEYCAP})[^\\W_]"
_RUNS = re.compile(f"{emoji.PATTERN}|{_LETTER}(?:{_LETTER}|[\u0300-\u036f])*")  # the same, or an emoji
_SIGNED = re.compile(f"[#@](?:{_LETTER}|[_\u0300-\u036f])+")  # a hashtag or a handle
_APOSTROPHES = "’‘ʼ´`"
# Looked for from the apostrophe on: a pattern that begins with the letters before it takes twice the time.
_APOSTROPHE = re.compile(r"'(?=[^\W_])")
_ARTICLE = re.compile(r"(?<![^\W_])(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)\Z", re.IGNORECASE)
_GENITIVE = re.compile(r"(?<=[^\W_])'s(?![^\W_])", re.IGNORECASE)


class Span(NamedTuple):
    """A word of a text: where it starts and ends, and its place in the row of words."""

    start: int
    end: int
    place: int
    word: str


def tokens(text: str) -> list[str]:
    """The words of ``text``, folded, in order; a hashtag is one word, as it is without its sign."""
    return _words(_without_elisions(text))


def placed(text: str, start: int = 0, most: int | None = None) -> Iterable[tuple[int, str]]:
    """The words of ``text`` and those inside its hashtags and handles, each with its place, the first at ``start``.

    Line ends have a place, so that no phrase crosses them. Only the first ``most`` places are given.
    """
    if not ("#" in text or "@" in text or "\n" in text):
        return enumerate(tokens(text)[:most], start)
    found = ((start + place, word) for place, word in _placed(_without_elisions(text)))
    return found if most is None else ((place, word) for place, word in found if place < start + most)


def row(text: str) -> list[str]:
    """The words of ``text`` as a phrase has them: of a hashtag or a handle those inside."""
    places: dict[int, str] = {}
    for place, word in placed(text):
        places.setdefault(place, word)
    return list(places.values())


def spans(text: str) -> list[Span]:
    """The words of ``text``, as :func:`placed` gives them, with where they start and end in it."""
    text = _without_elisions(text)
    signed = {at for found in _SIGNED.finditer(text) for at in range(*found.span())}
    found: list[Span] = []
    place = end = 0
    for run in _runs(text).finditer(text):
        place += text.count("\n", end, run.start())
        start, end = run.span()
        parts = _parted(run[0]) if start in signed else _plain(run[0])
        found += (Span(start + a, start + b, place + at, word) for at, word, a, b in parts)
        place += _width(parts)
    return found


def _words(text: str) -> list[str]:
    """The words of a text that has no elisions."""
    if text.isascii():
        found = _WORD.findall(text.lower())
        return found if len(text) <= LONGEST else [word if len(word) <= LONGEST else word[:LONGEST] for word in found]
    return list(chain.from_iterable(map(_folded, _runs(text).findall(text))))


def _placed(text: str) -> Iterator[tuple[int, str]]:
    place = 0
    for line in text.split("\n"):
        end = 0
        for signed in chain(_SIGNED.finditer(line), (None,)):
            between = _words(line[end : signed.start() if signed else None])
            yield from enumerate(between, place)
            place += len(between)
            for run in _runs(signed[0]).findall(signed[0]) if signed else ():
                parts = _parted(run)
                yield from ((place + at, word) for at, word, _start, _end in parts)
                place += _width(parts)
            end = signed.end() if signed else end
        place += 1


def _runs(text: str) -> re.Pattern[str]:
    """What finds the words of ``text``; one without emoji is read faster."""
    return _RUNS if emoji.MAYBE.search(text) else _LETTERS


def _without_elisions(text: str) -> str:
    """``text`` with blanks for what is elided; its length stays."""
    if not text.isascii() or "`" in text:
        for each in _APOSTROPHES:
            text = text.replace(each, "'")
    if "'" not in text:
        return text
    parts, last = list[str](), 0
    for found in _APOSTROPHE.finditer(text):
        at = found.start()
        article = _ARTICLE.search(text, max(last, at - 6), at)
        if article:
            start, end = article.start(), at + 1
        elif _GENITIVE.match(text, at):
            start, end = at, at + 2
        else:
            continue
        parts += text[last:start], " " * (end - start)
        last = end
    return "".join((*parts, text[last:]))


@lru_cache(maxsize=1 << 17)
def _folded(run: str) -> tuple[str, ...]:
    """The words that a run of letters, or an emoji, becomes: one, or several where folding takes it apart (½, ㎞)."""
    return emoji.words(run) or tuple(word[:LONGEST] for word in _WORD.findall(fold(run)))


_Part = tuple[int, str, int, int]  # a word of a run: its place, itself, and where it starts and ends


def _plain(run: str) -> tuple[_Part, ...]:
    return tuple((place, word, 0, len(run)) for place, word in enumerate(_folded(run)))


@lru_cache(maxsize=1 << 14)
def _parted(run: str) -> tuple[_Part, ...]:
    """The words of a run after "#" or "@": the whole, those inside, and a number with what stands beside it."""
    whole, inside = _plain(run), pieces(run) if len(run) <= _LONGEST_TAG else []
    if len(inside) < 2 or len(whole) != 1:
        return whole
    parts: dict[tuple[int, str], tuple[int, int]] = {}
    for first, last, place in _stretches(run, inside):
        for word in _folded(run[first:last]):
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


def _width(parts: tuple[_Part, ...]) -> int:
    return parts[-1][0] + 1 if parts else 0


def stems(word: str) -> tuple[str, str]:
    """What is left of a folded word without its French, and without its English endings."""
    return french(word), english(word)


@lru_cache(maxsize=1 << 17)
def french(word: str) -> str:
    """The French stem of a folded word: Snowball's, helped where folding took the accents that it looks for."""
    if not word[:1].isalnum():
        return word  # an emoji
    for ending, better in _RESTORED:
        if word.endswith(ending):
            word = word[: -len(ending)] + better
            break
    stem: str = _stemmer("french")(word)
    for ending, better in _LEVELLED:
        if stem.endswith(ending) and len(stem) - len(ending) >= 3:
            return fold(stem[: -len(ending)] + better)
    return fold(stem)


# Snowball knows "activité" and "première" by their accents; a participle in -ée must meet its masculine.
_RESTORED = (
    ("ites", "ité"), ("ite", "ité"), ("ieres", "ière"), ("iere", "ière"), ("ees", "e"), ("ee", "e"),
    ("aises", "ais"), ("aise", "ais"),
)  # fmt: skip
# nouveau and nouvelle, actif and active, travail and travaux, annoncent and annonce.
_LEVELLED = (("eau", "el"), ("if", "iv"), ("ail", "al"), ("ment", "ment"), ("ent", ""))


@lru_cache(maxsize=1 << 17)
def english(word: str) -> str:
    """The English stem of a folded word (Snowball's)."""
    return _stemmer("english")(word)


@lru_cache(maxsize=2)
def _stemmer(language: str) -> Callable[[str], str]:
    """Whoosh's pure Python Snowball: 6 µs a word, and each word only once (imported late for a quick start)."""
    if language == "french":
        from whoosh.lang.snowball.french import FrenchStemmer as Stemmer
    else:
        from whoosh.lang.snowball.english import EnglishStemmer as Stemmer
    stem: Callable[[str], str] = Stemmer().stem
    return stem
