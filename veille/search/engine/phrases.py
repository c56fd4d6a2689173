"""Words one after the other."""

from collections.abc import Sequence

import numpy as np

from veille.search.engine.arrays import Array
from veille.search.engine.segment import Terms

_PLACE = 17  # bits for the place in a document: of the second word of a phrase it may be one before the first


def in_a_row(field: Terms, words: Sequence[str]) -> Array:
    """The documents that have ``words`` one after the other."""
    numbers = [field.find(word.encode()) for word in words]
    if not numbers or min(numbers) < 0:
        return np.zeros(0, "i8")
    rows: Array | None = None
    sizes = [int(field.spots[number + 1]) - int(field.spots[number]) for number in numbers]
    for at in sorted(range(len(words)), key=sizes.__getitem__):  # the rarest first
        spots = _spots(field, numbers[at], rows) - at
        rows = spots if rows is None else _both(rows, spots)
        if not len(rows):
            break
    assert rows is not None
    return rows >> _PLACE


def _spots(field: Terms, number: int, among: Array | None) -> Array:
    """Where a term is: document << 17 | place, ascending; of many, only those in documents of ``among``."""
    postings = field.numbered(number)
    docs, freqs = field.docs[postings].astype("i8"), field.weights(postings)
    places = field.places(number)
    if among is not None and len(docs) > 4 * len(among):
        wanted = np.unique(among >> _PLACE)
        at = np.searchsorted(docs, wanted)
        at = at[(at < len(docs)) & (docs[np.minimum(at, len(docs) - 1)] == wanted)]
        ends = np.cumsum(freqs, dtype="i8")
        times = freqs[at].astype("i8")
        starts = ends[at] - times
        inside = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
        docs, freqs, places = docs[at], times, places[np.repeat(starts, times) + inside]
    spots: Array = (np.repeat(docs, freqs) << _PLACE) + places
    return spots


def _both(some: Array, others: Array) -> Array:
    """What is in both of two ascending arrays."""
    if len(some) > len(others):
        some, others = others, some
    at = np.searchsorted(others, some)
    return some[others[np.minimum(at, len(others) - 1)] == some] if len(others) else others
