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
from veille.search.engine.ordering import Hits, first
from veille.search.engine.phrases import in_a_row
from veille.search.engine.scoring import Scorer
from veille.search.engine.segment import Segment
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
        ids = first([Hits(look.segment, look.hits, scorer.scores(look) if scorer else None) for look in looks], limit)
        return Found(array("q", ids.astype("i8").tobytes()), total)

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
            case HasTag(name, begins):
                field, term = self.segment.field("tags"), tag(name).encode()
                yield field.docs[field.beginning(term) if begins else field.postings(term)]
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


def _equal(column: Array, value: int) -> Array:
    mask: Array = column == value
    return mask
