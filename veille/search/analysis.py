"""From text to words: the one place that says what a word is, for the index, the question and the snippets.

A word is a run of letters and digits, folded (no case, no accents, œ as oe). So "@Nasa" and "#nasa" hold
"nasa", and "e-commerce" holds two words. An elided article ("l'énergie", "qu'il") and the English "'s"
are no words of their own.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import chain

from veille.content.text import fold

LONGEST = 40  # characters of a word that count: longer ones are identifiers and encoded data
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f])*")  # a word with accents of its own
_APOSTROPHES = re.compile("[’‘ʼ´`]")
_ELIDED = re.compile(
    r"(?<![^\W_])(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=[^\W_])|(?<=[^\W_])'s(?![^\W_])", re.IGNORECASE
)


def tokens(text: str) -> list[str]:
    """The words of ``text``, folded, in order."""
    text = _without_elisions(text)
    if text.isascii():
        found = _WORD.findall(text.lower())
        return found if len(text) <= LONGEST else [word if len(word) <= LONGEST else word[:LONGEST] for word in found]
    return list(chain.from_iterable(map(_folded, _LETTERS.findall(text))))


def spans(text: str) -> list[tuple[int, int, str]]:
    """The words of ``text``, as :func:`tokens` gives them, with where they start and end in it."""
    found = _LETTERS.finditer(_without_elisions(text))
    return [(each.start(), each.end(), word) for each in found for word in _folded(each.group())]


def _without_elisions(text: str) -> str:
    """``text`` with blanks for what is elided; its length stays."""
    if not text.isascii() or "`" in text:
        text = _APOSTROPHES.sub("'", text)
    return _ELIDED.sub(lambda found: " " * len(found[0]), text) if "'" in text else text


@lru_cache(maxsize=1 << 17)
def _folded(letters: str) -> tuple[str, ...]:
    """The words that a run of letters becomes: one, or several where folding takes it apart (½, ㎞)."""
    return tuple(word[:LONGEST] for word in _WORD.findall(fold(letters)))


def stems(word: str) -> tuple[str, str]:
    """What is left of a folded word without its French, and without its English endings."""
    return french(word), english(word)


@lru_cache(maxsize=1 << 17)
def french(word: str) -> str:
    """The French stem of a folded word: Snowball's, helped where folding took the accents that it looks for."""
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
