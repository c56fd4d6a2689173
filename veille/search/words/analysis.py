"""From text to words: the one place that says what a word is, for the index, the question and the snippets.

A word is a run of letters and digits, folded (no case, no accents, œ as oe). So "@Nasa" and "#nasa" hold
"nasa". What an apostrophe leaves out is no word (``elisions.py``). An emoji is a word (``emoji.py``). Chinese,
Japanese and Korean have a word at each character (``cjk.py``).

Words have places in a row, so that phrases are found. Some are one word together, too, which shares the place of the
first: those that hyphens join ("e-commerce", ``compounds.py``), and those inside a hashtag or a handle, which its
capitals and numbers tell apart ("#EnergyTransition2030", ``runs.py``).

A text of Latin letters is read at once (``latin.py``), any other word by word, which takes longer (``chains.py``).
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from veille.search.words import chains, cjk, latin
from veille.search.words.chains import Asked, Span
from veille.search.words.elisions import elided
from veille.search.words.runs import LONGEST
from veille.search.words.stemming import english, french, stems

__all__ = [
    "LONGEST", "Asked", "Span", "asked", "english", "french", "numbered", "placed", "row", "spans", "stems", "tokens",
]  # fmt: skip


def tokens(text: str) -> list[str]:
    """The words of ``text``, folded, in order; a hashtag is one word, as it is without its sign."""
    level = latin.level(text)
    return list(chains.words(elided(text))) if level is None else latin.words(level)


def run_together(text: str) -> str | None:
    """The letters and digits of ``text``, folded, with nothing between them, so that each of its words is somewhere in
    them; None for a text that is not of Latin letters alone. Far faster than :func:`tokens`."""
    level = latin.level(text)
    return None if level is None else latin.run_together(level)


def count(text: str) -> int:
    """How many words stand in a row in ``text``: those that are one together are not counted again."""
    level = latin.level(text)
    if level is not None and not (b"#" in level or b"@" in level):
        return latin.count(level)
    return len(set(numbered(text)[0]))


def placed(text: str, start: int = 0, most: int | None = None) -> Iterable[tuple[int, str]]:
    """The words of ``text`` and those that are one together, each with its place, the first at ``start``.

    Line ends have a place, so that no phrase crosses them. Only the first ``most`` places are given.
    """
    return zip(*numbered(text, start, most), strict=True)


def numbered(text: str, start: int = 0, most: int | None = None) -> tuple[Sequence[int], list[str]]:
    """The same as two rows of one length: the places, which never fall, and the words."""
    level = latin.level(text)
    if level is None:
        found = spans(text)
        places: Sequence[int] = [start + each.place for each in found]
        words = [each.word for each in found]
    else:
        places, words = latin.numbered(level, text, start)
    if most is not None and places and places[-1] >= start + most:
        end = bisect_left(places, start + most)
        return places[:end], words[:end]
    return places, words


def row(text: str) -> list[str]:
    """The words of ``text`` as a phrase has them: the parts of what hyphens join, and of a hashtag those inside."""
    places: dict[int, str] = {}
    for place, word in placed(text):
        places.setdefault(place, word)
    found = list(places.values())
    if len(found) > 1 and cjk.ends_run(found[-1], found[-2]):
        del found[-1]
    return found


def spans(text: str) -> list[Span]:
    """The words of ``text``, as :func:`placed` gives them, with where they start and end in it."""
    level = latin.level(text)
    return chains.spans(elided(text)) if level is None else latin.spans(level, text)


def asked(text: str) -> list[Asked]:
    """What is looked up, all of it, when somebody types ``text``."""
    return list(chains.asked(elided(text)))
