"""Documents like a document, and words like a word that no document has."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from veille.search.engine.arrays import Array
from veille.search.engine.layout import TEXT_AT, TITLE, Document, forms, language, occurrences
from veille.search.engine.matching import View
from veille.search.engine.scoring import K1, rarity
from veille.search.engine.segment import Segment, letters_of
from veille.search.query.question import NOTHING, Alike, Node

TELLING = 25  # stems of a document by which others are found
COMMON = 0.1  # share of all documents from which a stem tells nothing
LEAST = 0.12  # share of the telling stems, by weight, that makes a document like another
_SHORT, _LONG = 4, 8  # letters of a word from which one, and from which two may be wrong


def alike(view: View, document: Document) -> Node:
    """The question for documents like ``document``, by its stems that are frequent in it and rare elsewhere."""
    found = Counter[str]()
    for place, word in occurrences(document):
        if not word.isdigit():
            for form in forms(word, language(document.lang))[:1]:
                found[form] += TITLE if place < TEXT_AT else 1
    weighed = []
    for stem, frequency in found.items():
        documents = view.frequency("stems", [stem.encode()])
        if 1 < documents <= max(2, COMMON * view.documents):
            weighed.append((rarity(view.documents, documents) * frequency / (frequency + K1), stem))
    best = sorted(weighed, reverse=True)[:TELLING]
    whole = sum(weight for weight, _stem in best)
    return Alike(tuple((stem, weight / whole) for weight, stem in best), LEAST) if best else NOTHING


def shares(segment: Segment, wanted: Alike) -> Array:
    """How much of ``wanted`` each document of ``segment`` has, from 0 to 1."""
    shared = np.zeros(segment.count)
    field = segment.field("stems")
    for stem, weight in wanted.stems:
        postings = field.postings(stem.encode())
        freqs = field.weights(postings).astype("f8")
        shared[field.docs[postings]] += weight * freqs * (K1 + 1) / (freqs + K1) / (K1 + 1)
    return shared


# Words ---------------------------------------------------------------------------------------------------


def suggested(view: View, words: Sequence[str]) -> dict[str, str]:
    """For each of ``words`` that no document has, the most frequent of the words most like it; none, where none is."""
    unknown = {word for word in words if not view.frequency("stems", [form.encode() for form in forms(word, "")])}
    found = {word: _like(view, word) for word in unknown if len(word) >= _SHORT and word.isalpha()}
    return {word: other for word, other in found.items() if other}


def _like(view: View, word: str) -> str:
    """A word is like another when letters were left out, added, changed, or two that are neighbours swapped."""
    tries = (_with_wrong(view, word, most) for most in ((1,) if len(word) < _LONG else (1, 2)))
    return next(filter(None, tries), "")


def _with_wrong(view: View, word: str, most: int) -> str:
    """The likest word with at most so many letters wrong."""
    best, known = (most + 1, False, 0, ""), set[str]()
    for part in view.parts:
        for other in _near(part.segment, word, most):
            if other in known:
                continue
            known.add(other)
            distance = _distance(word, other, most)
            if distance <= min(most, best[0]):
                documents = view.frequency("stems", [form.encode() for form in forms(other, "")])
                best = min(best, (distance, _single(word) != _single(other), -documents, other))
    return best[3]


def _single(word: str) -> str:
    """``word`` without doubled letters, in which one errs most."""
    return "".join(letter for letter, _run in groupby(word))


def _near(segment: Segment, word: str, most: int) -> Iterator[str]:
    """Words of ``segment`` whose first letters, length and letters do not say that more than ``most`` are wrong.

    One of the first two letters is right, in its place or in the other's: who errs, does so further on.
    """
    field = segment.field("words")
    sizes, letters = field.signs
    spelt, ends = field.letters
    data = np.frombuffer(word.encode(), "u1")
    mine = letters_of(data, np.zeros(1, "i8"))[0]
    near = np.abs(sizes - len(data)) <= 2 * most
    near &= np.bitwise_count(letters & ~mine) <= most
    near &= np.bitwise_count(mine & ~letters) <= most
    for number in np.flatnonzero(near).tolist():
        start = int(ends[number]) - int(sizes[number])
        first, second = spelt[start], spelt[min(start + 1, len(spelt) - 1)]
        if first == data[0] or first == data[1] or second == data[0]:
            other = field.term(number).decode()
            if abs(len(other) - len(word)) <= most and other.isalpha():
                yield other


def _distance(one: str, other: str, most: int) -> int:
    """How many letters differ (optimal string alignment); ``most + 1`` when more than ``most``."""
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, above = above, row
    return min(above[-1], most + 1)
