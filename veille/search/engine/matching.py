"""Answering a question: which documents match, in which order, and how many there are of each sort.

A set of documents of a segment is a mask, one truth value a document. Whole arrays are joined at a time, so that what
a question costs hardly depends on how many documents match.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from veille.model import ItemKind, Order
from veille.search.engine.arrays import Array
from veille.search.engine.layout import KINDS, WORDS_OF, language_number, lookup, microseconds, tag
from veille.search.engine.scoring import Scorer
from veille.search.engine.segment import Segment, Terms
from veille.search.query.question import (
    Alike,
    All,
    Any,
    Beginning,
    Between,
    HasTag,
    InLanguage,
    Node,
    Not,
    OfItems,
    OfKind,
    OfSources,
    Phrase,
    Word,
)

REMEMBERED = 16  # masks of sets of items and of sources, for each segment


@dataclass(frozen=True, slots=True)
class Found:
    """Item ids in order, and how many there are in all (more than ``ids`` when there was a limit)."""

    ids: "array[int]"
    total: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How many matching documents each source and kind has, and each period between two bounds."""

    sources: dict[int, int]
    kinds: dict[ItemKind, int]
    periods: tuple[int, ...]


class View:
    """The documents of some segments at one commit, without those that are deleted. Several threads may search it."""

    def __init__(
        self, segments: Sequence[Segment], deleted: Sequence[frozenset[int]], before: "View | None" = None
    ) -> None:
        known = {id(part.segment): part for part in before.parts} if before else {}
        self.parts: list[PartOfView] = [
            part if (part := known.get(id(segment))) and part.deleted == gone else PartOfView(segment, gone)
            for segment, gone in zip(segments, deleted, strict=True)
        ]
        self.count = sum(part.living_count for part in self.parts)
        self.documents = sum(part.segment.count for part in self.parts)  # deleted ones too, as frequencies count

    def find(self, node: Node, order: Order, limit: int | None) -> Found:
        """See :meth:`veille.search.index.Index.find`."""
        looks = [Look(part, node) for part in self.parts]
        total = sum(len(look.hits) for look in looks)
        if limit == 0 or not total:
            return Found(array("q"), total)
        scorer = Scorer(self.parts, looks, node) if order is Order.RELEVANCE else None
        kept = [_best(look, scorer.scores(look), limit) if scorer else _newest(look, limit) for look in looks]
        ids, at, scores = (np.concatenate(each) for each in zip(*kept, strict=True))
        if len(looks) > 1:
            newest = _by_date(ids, at)
            ids, scores = ids[newest], scores[newest]
        if scorer:
            ids = ids[_by_score(scores)]
        return Found(array("q", ids[:limit].astype("i8").tobytes()), total)

    def counted(self, node: Node, bounds: Sequence[datetime]) -> Counted:
        """See :meth:`veille.search.index.Index.facets`."""
        sources: dict[int, int] = {}
        kinds = np.zeros(len(KINDS), "i8")
        edges = np.array([microseconds(bound) for bound in bounds], "i8")
        periods = np.zeros(max(0, len(edges) - 1), "i8")
        for part in self.parts:
            hits = Look(part, node).hits
            column = part.segment.column
            kinds += np.bincount(column("kind")[hits], minlength=len(KINDS))
            counts = np.bincount(column("source")[hits])
            for source in np.flatnonzero(counts).tolist():
                sources[source] = sources.get(source, 0) + int(counts[source])
            if len(periods):
                periods += np.diff(np.searchsorted(column("at")[hits][::-1], edges))
        by_kind = {kind: int(number) for kind, number in zip(KINDS, kinds, strict=True) if number}
        return Counted(sources, by_kind, tuple(periods.tolist()))

    def ids(self) -> "array[int]":
        """All item ids, ascending."""
        living = [part.segment.column("id")[... if part.living is None else part.living] for part in self.parts]
        return array("q", np.sort(np.concatenate([np.zeros(0, "i8"), *living])).tobytes())

    def frequency(self, field: str, terms: Sequence[bytes]) -> int:
        """In how many documents ``terms`` are, each counted by itself, deleted ones too."""
        return sum(part.frequency(field, terms) for part in self.parts)


class PartOfView:
    """One segment of a view, and what is deleted from it."""

    def __init__(self, segment: Segment, deleted: frozenset[int]) -> None:
        self.segment, self.deleted = segment, deleted
        self.living: Array | None = None
        if deleted:
            self.living = np.ones(segment.count, bool)
            self.living[list(deleted)] = False
        self.living_count = segment.count - len(deleted)
        self._sets: dict[Node, Array] = {}

    def frequency(self, field: str, terms: Sequence[bytes]) -> int:
        """In how many documents ``terms`` are, each counted by itself, deleted ones too."""
        postings = map(self.segment.field(field).postings, terms)
        return sum(each.stop - each.start for each in postings)

    def among(self, node: OfItems | OfSources) -> Array:
        """The mask of a set, which is asked for at each key that is pressed."""
        known = self._sets.get(node)
        if known is None:
            known = self._of_items(node.ids) if isinstance(node, OfItems) else self._of_sources(node.ids)
            if len(self._sets) >= REMEMBERED:
                self._sets.clear()
            self._sets[node] = known
        return known

    def _of_items(self, ids: bytes) -> Array:
        return np.isin(self.segment.column("id"), np.frombuffer(ids, "q"))

    def _of_sources(self, ids: frozenset[int]) -> Array:
        column = self.segment.column("source")
        wanted = np.zeros(int(column.max(initial=0)) + 1, bool)
        wanted[[each for each in ids if 0 <= each < len(wanted)]] = True
        return wanted[column]


class Look:
    """One question, asked of one part of a view: remembers the mask of each node, which scores need again."""

    def __init__(self, part: PartOfView, node: Node) -> None:
        self.part = part
        self.segment = part.segment
        self._masks: dict[int, Array] = {}
        mask = self.mask(node)
        if part.living is not None:
            mask = mask & part.living
        self.hits = np.flatnonzero(mask)

    def mask(self, node: Node) -> Array:
        """Which documents of the segment match ``node``, deleted ones too. Not to be written to."""
        known = self._masks.get(id(node))
        if known is None:
            known = self._masks[id(node)] = self._mask(node)
        return known

    def _mask(self, node: Node) -> Array:
        match node:
            case All(nodes):
                return self._joined(nodes, np.logical_and, empty=True)
            case Any(nodes):
                return self._joined(nodes, np.logical_or, empty=False)
            case Not(inner):
                return ~self.mask(inner)
            case OfSources() | OfItems():
                return self.part.among(node)
            case OfKind(kind):
                return _equal(self.segment.column("kind"), KINDS.index(kind))
            case InLanguage(code):
                return _equal(self.segment.column("lang"), language_number(code))
            case Between(since, until):
                return self._period(since, until)
            case Alike():
                return self._alike(node)
            case Word() | Beginning() | HasTag() | Phrase():
                return self._with(self.documents(node))
        raise TypeError(f"{type(node).__name__} must be resolved first")

    def documents(self, node: Word | Beginning | HasTag | Phrase) -> Iterator[Array]:
        """The documents that have it, in parts; some may be in several."""
        match node:
            case Word():
                name, terms = lookup(node)
                field = self.segment.field(name)
                for term in terms:
                    yield field.docs[field.postings(term)]
            case Beginning(text, part):
                field = self.segment.field(WORDS_OF[part])
                yield field.docs[field.beginning(text.encode())]
            case HasTag(name):
                field = self.segment.field("tags")
                yield field.docs[field.postings(tag(name).encode())]
            case Phrase(words, part):
                yield in_a_row(self.segment.field(WORDS_OF[part]), words)

    def _joined(self, nodes: Sequence[Node], join: Callable[..., Array], empty: bool) -> Array:
        if not nodes:
            return np.full(self.segment.count, empty)
        first, *others = map(self.mask, nodes)
        if not others:
            return first
        whole = join(first, others[0])
        for other in others[1:]:
            join(whole, other, out=whole)
        return whole

    def _with(self, documents: Iterator[Array]) -> Array:
        count = self.segment.count
        mask = np.zeros(count, bool)
        for each in documents:
            if len(each) > count // 2:  # with very many, counting is quicker
                mask |= np.bincount(each, minlength=count) > 0
            else:
                mask[each] = True
        return mask

    def _period(self, since: datetime | None, until: datetime | None) -> Array:
        """``at`` descends: what is later comes first."""
        at = self.segment.column("at")[::-1]
        mask = np.zeros(len(at), bool)
        first = int(np.searchsorted(at, microseconds(since))) if since else 0
        last = int(np.searchsorted(at, microseconds(until))) if until else len(at)
        mask[len(at) - last : len(at) - first] = True
        return mask

    def _alike(self, node: Alike) -> Array:
        from veille.search.engine.likeness import shares

        return shares(self.segment, node) >= node.least


def in_a_row(field: Terms, words: Sequence[str]) -> Array:
    """The documents that have ``words`` one after the other."""
    numbers = [field.find(word.encode()) for word in words]
    if min(numbers) < 0:
        return np.zeros(0, "i8")
    rows: Array | None = None
    sizes = [int(field.spots[number + 1]) - int(field.spots[number]) for number in numbers]
    for at in sorted(range(len(words)), key=sizes.__getitem__):  # the rarest first
        spots = _spots(field, numbers[at], rows) - at
        rows = spots if rows is None else _both(rows, spots)
        if not len(rows):
            break
    assert rows is not None
    return rows >> 17


def _spots(field: Terms, number: int, among: Array | None) -> Array:
    """Where a term is: document << 17 | place, ascending; of many, only those in documents of ``among``."""
    postings = field.numbered(number)
    docs, freqs = field.docs[postings].astype("i8"), field.weights(postings)
    places = field.places(number)
    if among is not None and len(docs) > 4 * len(among):
        wanted = np.unique(among >> 17)
        at = np.searchsorted(docs, wanted)
        at = at[(at < len(docs)) & (docs[np.minimum(at, len(docs) - 1)] == wanted)]
        ends = np.cumsum(freqs, dtype="i8")
        times = freqs[at].astype("i8")
        starts = ends[at] - times
        inside = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
        docs, freqs, places = docs[at], times, places[np.repeat(starts, times) + inside]
    spots: Array = (np.repeat(docs, freqs) << 17) + places
    return spots


def _equal(column: Array, value: int) -> Array:
    mask: Array = column == value
    return mask


def _both(some: Array, others: Array) -> Array:
    """What is in both of two ascending arrays."""
    if len(some) > len(others):
        some, others = others, some
    at = np.searchsorted(others, some)
    return some[others[np.minimum(at, len(others) - 1)] == some] if len(others) else others


_Kept = tuple[Array, Array, Array]  # ids, times and scores of what may be among the first


def _newest(look: Look, limit: int | None) -> _Kept:
    hits = look.hits[:limit]
    return look.segment.column("id")[hits], look.segment.column("at")[hits], np.zeros(len(hits))


def _best(look: Look, scores: Array, limit: int | None) -> _Kept:
    hits = look.hits
    if limit is not None and limit < len(hits):
        least = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        best = np.flatnonzero(scores >= least)  # of those that are equally good the newest are the first
        better = int(np.count_nonzero(scores[best] > least))
        if len(best) > limit:
            equal = np.flatnonzero(scores == least)[: limit - better]
            best = np.sort(np.concatenate((np.flatnonzero(scores > least), equal)))
        hits, scores = hits[best], scores[best]
    return look.segment.column("id")[hits], look.segment.column("at")[hits], scores


def _by_date(ids: Array, at: Array) -> Array:
    """The order of what comes from several segments, newest first: each is in order already, and is merged."""
    order = np.argsort(-at, kind="stable")
    ordered = at[order]
    if (ordered[1:] == ordered[:-1]).any():  # of one time: by id
        order = np.lexsort((-ids, -at))
    return order


def _by_score(scores: Array) -> Array:
    """The order of scores, the best first, equal ones as they are. One number holds score and place: to sort such is
    several times as quick. It tells 44 bits of a score, to a ten-milliardth."""
    if len(scores) >= 1 << 20 or scores.max(initial=0) >= 1 << 10:
        return np.argsort(-scores, kind="stable")
    packed = (scores * -(1 << 33)).astype("i8") << 20 | np.arange(len(scores))
    packed.sort()
    return packed & ((1 << 20) - 1)
