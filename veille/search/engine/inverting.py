"""From occurrences to postings: all terms of a field at once, by sorting numbers that hold term, document and place."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from veille.search.engine.arrays import Array, ArrayWriter, smallest

# An occurrence is one number: term (24 bits), document (24), place (16); a posting is one without the place.
_DOC, _PLACE = np.uint64((1 << 24) - 1), np.uint64((1 << 16) - 1)
_TERM_OF_POSTING, _POSTING_OF_OCCURRENCE = np.uint64(24), np.uint64(16)


@dataclass(frozen=True, slots=True)
class Inverted:
    """The postings of a field, as ``layout.py`` draws them.

    ``freqs`` None: all are 1; ``places`` and ``spots`` None: there are none.
    """

    terms: Sequence[bytes]
    starts: Array
    docs: Array
    freqs: Array | None = None
    places: Array | None = None
    spots: Array | None = None

    def put(self, writer: ArrayWriter, field: str) -> None:
        """Write it as ``field``."""
        writer.put(f"{field}.terms", np.frombuffer(b"".join(self.terms), "u1"))
        writer.put(f"{field}.ends", smallest(np.cumsum(_sizes(self.terms))))
        for name in ("starts", "docs", "freqs", "places", "spots"):
            values = getattr(self, name)
            if values is not None:
                writer.put(f"{field}.{name}", smallest(values))

    @property
    def numbers(self) -> Array:
        """The number of the term of each posting."""
        return np.repeat(np.arange(len(self.terms), dtype="u8"), np.diff(self.starts))


def postings(terms: Array, docs: Array) -> Array:
    """Postings as numbers."""
    found: Array = (terms.astype("u8") << _TERM_OF_POSTING) | docs.astype("u8")
    return found


def occurrences(terms: Array, docs: Array, places: Array) -> Array:
    """Occurrences as numbers."""
    found: Array = (postings(terms, docs) << _POSTING_OF_OCCURRENCE) | places.astype("u8")
    return found


def place_of(found: Array) -> Array:
    """The places of occurrences."""
    return found & _PLACE


def by_place(terms: Sequence[bytes], found: Array) -> Inverted:
    """The postings of sorted occurrences; ``terms`` are sorted, and those without any are left out."""
    starts, all_postings = _runs(found >> _POSTING_OF_OCCURRENCE)
    whole = _grouped(terms, all_postings, np.diff(starts, append=len(found)))
    ends = np.append(starts, len(found))
    return Inverted(
        whole.terms, whole.starts, whole.docs, whole.freqs, place_of(found).astype("u2"), ends[whole.starts]
    )


def by_weight(terms: Sequence[bytes], found: Array, weights: Array) -> Inverted:
    """The postings of ``found``, in any order; those of one term and document are added up."""
    order = np.argsort(found)
    starts, all_postings = _runs(found[order])
    summed = np.add.reduceat(weights[order].astype("u4"), starts, dtype="u4") if len(starts) else np.zeros(0, "u4")
    return _grouped(terms, all_postings, summed)


def one_after_the_other(pieces: Sequence[Inverted]) -> Inverted:
    """The pieces as one; the terms of each come after those of the one before. There is at least one."""
    terms = [term for piece in pieces for term in piece.terms]
    joined = {name: _joined([getattr(piece, name) for piece in pieces]) for name in ("docs", "freqs", "places")}
    bounds = {name: _stacked([getattr(piece, name) for piece in pieces]) for name in ("starts", "spots")}
    return Inverted(terms, **joined, **bounds)


def _joined(pieces: Sequence[Array | None]) -> Any:
    """Arrays as one; None where there are none."""
    return np.concatenate(present) if (present := [each for each in pieces if each is not None]) else None


def _stacked(pieces: Sequence[Array | None]) -> Any:
    """Bounds as one row: each piece begins where the one before ended."""
    present = [each for each in pieces if each is not None]
    ends = np.cumsum([0, *(int(each[-1]) for each in present)])
    return _joined(
        [np.zeros(1, "i8"), *(each[1:] + end for each, end in zip(present, ends, strict=False))] if present else []
    )


def _runs(values: Array) -> tuple[Array, Array]:
    """Where each stretch of one value begins in sorted ``values``, and these values."""
    new = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    starts = np.flatnonzero(new)
    return starts, values[starts]


def _grouped(terms: Sequence[bytes], found: Array, freqs: Array) -> Inverted:
    counts = np.bincount((found >> _TERM_OF_POSTING).astype("i8"), minlength=len(terms))
    if not counts.all():
        terms = [term for term, count in zip(terms, counts.tolist(), strict=True) if count]
        counts = counts[counts > 0]
    starts = np.concatenate((np.zeros(1, "i8"), np.cumsum(counts)))
    return Inverted(terms, starts, (found & _DOC).astype("u4"), smallest(freqs))


def _sizes(terms: Sequence[bytes]) -> Array:
    return np.fromiter(map(len, terms), "i8", len(terms))


def in_order(words: Iterable[str]) -> Iterator[str]:
    """``words`` sorted, by small parts: sorting all in one step would hold up every other thread."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for word in words:
        groups[word[:2]].append(word)
    for start in sorted(groups):
        yield from sorted(groups[start])
