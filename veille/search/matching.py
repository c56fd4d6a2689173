"""Answering a question: which items match, how well, in which order.

A :class:`View` is the index at one commit. Its living documents are ranked once, newest first; everything
then works on ranks: a set of documents is a mask (one byte a rank), a period is a slice of it, the newest
are its first ones, and its total is a count of bytes.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from heapq import nlargest
from itertools import accumulate, chain, compress, islice, pairwise, repeat
from math import log

from whoosh.util.numeric import byte_to_length

from veille.model import ItemKind, Order
from veille.search.analysis import english, french
from veille.search.layout import KINDS, SHORT, microseconds
from veille.search.query import Question
from veille.search.segment import Postings, Segment

K1, B = 1.2, 0.75  # BM25's usual parameters


@dataclass(frozen=True, slots=True)
class Scope:
    """What the person narrows the search to, told from outside the index.

    ``sources``: only items of these. ``ids``: only these items; ``without``: none of these. ``since <= at < until``.
    ``named``: sources whose label has a word, a beginning or a phrase (its words joined by spaces) of the question:
    their items match it too.
    """

    sources: frozenset[int] | None = None
    ids: Collection[int] | None = None
    without: Collection[int] | None = None
    kind: ItemKind | None = None
    since: datetime | None = None
    until: datetime | None = None
    named: Mapping[str, frozenset[int]] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Item ids in order, and how many there are in all (more than ``ids`` when there was a limit)."""

    ids: "array[int]"
    total: int


@dataclass(frozen=True, slots=True)
class _Matches:
    """What one word or phrase matches: postings, each with the ranks of its segment's documents; and sources."""

    postings: "Iterable[tuple[array[int], Postings]]"
    sources: frozenset[int] = frozenset()


class View:
    """The living documents of some segments. Everything that is derived is made when first needed.

    Several threads may search it at once.
    """

    def __init__(self, segments: Sequence[Segment], deleted: Sequence[Collection[int]]) -> None:
        self._segments = segments
        self._deleted = deleted
        self.count = sum(segment.count for segment in segments) - sum(map(len, deleted))
        self._source_mask = lru_cache(maxsize=32)(self._make_source_mask)

    def find(self, question: Question, scope: Scope, order: Order, limit: int | None) -> Found:
        """The items that match; see :meth:`veille.search.index.Index.find`."""
        wanted = self._wanted(question, scope.named or {})
        mask = self._narrowed(question, scope)
        weights = []
        for matches in wanted:
            if order is Order.RELEVANCE:
                weights.append(self._weights(matches))
                mask &= self._mask(weights[-1])
            else:
                mask &= self._mask_of(matches)
            if not mask:
                return Found(array("q"), 0)
        for excluded in question.without:
            mask &= ~self._mask_of(self._excluded(excluded, scope.named or {}))
        matching = mask.to_bytes(self.count, "little")
        total = matching.count(1)
        ranks = self._best(list(_ranks(matching, total)), weights, limit) if weights else _ranks(matching, total)
        return Found(array("q", map(self._ids.__getitem__, islice(ranks, limit))), total)

    # Words ---------------------------------------------------------------------------------------

    def _wanted(self, question: Question, named: Mapping[str, frozenset[int]]) -> Iterator[_Matches]:
        for phrase in question.phrases:
            yield _Matches(self._phrase(phrase), named.get(" ".join(phrase), frozenset()))
        for word in question.words[:-1] if question.typed else question.words:
            yield _Matches(self._word(word), named.get(word, frozenset()))
        if word := question.typed:
            yield _Matches(chain(self._prefix(word), self._word(word)), named.get(word, frozenset()))
        for prefix in question.prefixes:
            yield _Matches(self._prefix(prefix), named.get(prefix, frozenset()))

    def _excluded(self, words: tuple[str, ...], named: Mapping[str, frozenset[int]]) -> _Matches:
        postings = self._word(words[0]) if len(words) == 1 else self._phrase(words)
        return _Matches(postings, named.get(" ".join(words), frozenset()))

    def _word(self, word: str) -> "Iterator[tuple[array[int], Postings]]":
        for segment, ranks in self._ranked:
            for stem in ("f" + french(word), "e" + english(word)):
                for postings in segment.postings("stems", stem):
                    yield ranks, postings

    def _prefix(self, prefix: str) -> "Iterator[tuple[array[int], Postings]]":
        for segment, ranks in self._ranked:
            short = len(prefix) <= SHORT
            found = segment.postings("starts", prefix) if short else segment.beginning("words", prefix)
            for postings in found:
                yield ranks, postings

    def _phrase(self, words: tuple[str, ...]) -> "Iterator[tuple[array[int], Postings]]":
        return ((ranks, _in_a_row(segment, words)) for segment, ranks in self._ranked)

    # Masks: one byte a rank, kept as one whole number so that joining two is one step ----------------

    def _mask_of(self, matches: _Matches) -> int:
        mask = bytearray(self.count + 1)  # the last is for deleted documents
        for ranks, postings in matches.postings:
            for rank in map(ranks.__getitem__, postings.documents):
                mask[rank] = 1
        found = int.from_bytes(memoryview(mask)[: self.count], "little")
        return found | self._source_mask(matches.sources) if matches.sources else found

    def _mask(self, ranks: Iterable[int]) -> int:
        mask = bytearray(self.count)
        for rank in ranks:
            mask[rank] = 1
        return int.from_bytes(mask, "little")

    def _narrowed(self, question: Question, scope: Scope) -> int:
        """All that is left once everything but words has narrowed it."""
        since, until = _latest(question.since, scope.since), _earliest(question.until, scope.until)
        mask = self._period(since, until) if since or until else self._everything
        for kind in filter(None, (question.kind, scope.kind)):
            mask &= int.from_bytes(self._kinds.translate(_only(KINDS.index(kind))), "little")
        if scope.sources is not None:
            mask &= self._source_mask(scope.sources)
        if scope.ids is not None:
            mask &= self._id_mask(scope.ids)
        if scope.without:
            mask &= ~self._id_mask(scope.without)
        return mask

    def _period(self, since: datetime | None, until: datetime | None) -> int:
        start = bisect_right(self._at, -microseconds(until), key=_negative) if until else 0
        end = bisect_right(self._at, -microseconds(since), key=_negative) if since else self.count
        return int.from_bytes(bytes(start) + b"\1" * (end - start), "little")

    @cached_property
    def _everything(self) -> int:
        return self._period(None, None)

    def _id_mask(self, ids: Iterable[int]) -> int:
        ranks = map(self._rank_of.get, ids)
        return self._mask(rank for rank in ranks if rank is not None)

    def _make_source_mask(self, sources: frozenset[int]) -> int:
        return int.from_bytes(bytes(map(sources.__contains__, self._sources)), "little")

    # Scores --------------------------------------------------------------------------------------

    def _weights(self, matches: _Matches) -> dict[int, float]:
        """How often the word is in the document of each rank; an item of a source so named has it once."""
        weights: dict[int, float] = {}
        for ranks, postings in matches.postings:
            found = map(ranks.__getitem__, postings.documents)
            weights.update(zip(found, postings.weights or repeat(1.0), strict=False))
        weights.pop(self.count, None)
        if matches.sources:
            named = self._source_mask(matches.sources).to_bytes(self.count, "little")
            for rank in compress(range(self.count), named):
                weights.setdefault(rank, 1.0)
        return weights

    def _best(self, ranks: list[int], words: list[dict[int, float]], limit: int | None) -> Iterable[int]:
        """``ranks`` by BM25F, the best first; equally good ones stay newest first."""
        scores = [0.0] * len(ranks)
        norms = [self._norms[self._lengths[rank]] for rank in ranks]
        for weights in words:
            rarity = (K1 + 1) * log(1 + (self.count - len(weights) + 0.5) / (len(weights) + 0.5))
            found = map(weights.__getitem__, ranks)
            scores = [score + rarity * n / (n + norm) for score, n, norm in zip(scores, found, norms, strict=True)]
        if limit is None or limit >= len(ranks):
            order: Iterable[int] = sorted(range(len(ranks)), key=scores.__getitem__, reverse=True)
        else:
            order = nlargest(limit, range(len(ranks)), key=scores.__getitem__)
        return map(ranks.__getitem__, order)

    @cached_property
    def _norms(self) -> list[float]:
        """What a length byte costs in BM25."""
        documents = sum(segment.count for segment in self._segments)
        average = sum(segment.words for segment in self._segments) / max(1, documents) or 1.0
        return [K1 * (1 - B + B * byte_to_length(byte) / average) for byte in range(256)]

    # The documents, newest first -----------------------------------------------------------------

    @cached_property
    def _order(self) -> list[int]:
        """The living documents (counted through all segments), newest first."""
        keys: list[int] = []
        living: list[int] = []
        for segment, gone in zip(self._segments, self._deleted, strict=True):
            base = len(keys)
            keys.extend(segment.order)
            newest = segment.newest_first
            living.extend(base + each for each in newest if each not in gone) if gone else living.extend(
                map(base.__add__, newest))  # fmt: skip
        living.sort(key=keys.__getitem__, reverse=True)  # runs that are in order already: a merge
        return living

    @cached_property
    def _ranked(self) -> "list[tuple[Segment, array[int]]]":
        """Each segment with the rank of each of its documents; a deleted one has the rank ``count``."""
        ranks = array("I", [self.count]) * sum(segment.count for segment in self._segments)
        for rank, document in enumerate(self._order):
            ranks[document] = rank
        ends = list(accumulate((segment.count for segment in self._segments), initial=0))
        return [(each, ranks[start:end]) for each, (start, end) in zip(self._segments, pairwise(ends), strict=True)]

    @cached_property
    def _ids(self) -> "array[int]":
        return self._column("q", lambda segment: segment.ids)

    @cached_property
    def _at(self) -> "array[int]":
        return self._column("q", lambda segment: segment.at)

    @cached_property
    def _sources(self) -> "array[int]":
        return self._column("I", lambda segment: segment.sources)

    @cached_property
    def _kinds(self) -> bytes:
        return self._column("B", lambda segment: segment.kinds).tobytes()

    @cached_property
    def _lengths(self) -> "array[int]":
        return self._column("B", lambda segment: segment.lengths)

    @cached_property
    def _rank_of(self) -> dict[int, int]:
        return {item: rank for rank, item in enumerate(self._ids)}

    def _column(self, code: str, of: "Callable[[Segment], array[int]]") -> "array[int]":
        whole = array(code)
        for segment in self._segments:
            whole.extend(of(segment))
        return array(code, map(whole.__getitem__, self._order))


def _ranks(matching: bytes, total: int) -> Iterator[int]:
    """The ranks that a mask holds; when they are few they are looked for, instead of looking at all."""
    if total * 64 > len(matching):
        yield from compress(range(len(matching)), matching)
        return
    at = matching.find(1)
    while at >= 0:
        yield at
        at = matching.find(1, at + 1)


def _in_a_row(segment: Segment, words: tuple[str, ...]) -> Postings:
    """The documents of ``segment`` that have ``words`` one after the other, and how often."""
    places: dict[str, dict[int, bytes]] = {}
    for word in sorted(set(words), key=lambda each: segment.frequency("words", each)):
        blocks = segment.postings("words", word)
        found = chain.from_iterable(zip(each.documents, each.places or (), strict=True) for each in blocks)
        before = next(reversed(places.values()), None)
        places[word] = dict(found) if before is None else {n: at for n, at in found if n in before}
    rows: dict[int, int] = {}
    for document in next(reversed(places.values()), {}):
        starts = ({place - offset for place in array("H", places[word][document])} for offset, word in enumerate(words))
        if row := set.intersection(*starts):
            rows[document] = len(row)
    return Postings(array("I", rows), array("I", rows.values()), None)


def _latest(*moments: datetime | None) -> datetime | None:
    return max((each for each in moments if each), default=None)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((each for each in moments if each), default=None)


def _negative(value: int) -> int:
    return -value


def _only(value: int) -> bytes:
    """A table that makes ``value`` one and everything else nothing."""
    return bytes(each == value for each in range(256))
