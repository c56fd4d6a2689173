"""Lists and searches: a query asked of the store, or of the index where words are looked for."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from veille.content.text import excerpt, fold
from veille.core.searching.documents import UNTOUCHED, added, document
from veille.errors import IndexBroken, IndexUnwritable
from veille.i18n import _, ngettext, number
from veille.model import Clock, Facets, Listing, Order, Outline, Query
from veille.store.filters import Filter

if TYPE_CHECKING:
    from veille.core.searching.known import Known
    from veille.search.index import Index
    from veille.search.query.question import Node, Question
    from veille.store import Store

T = TypeVar("T")

FEW = 3  # items: a search that finds fewer may be misspelt
NAME = 60  # characters of what a note calls an item


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query with a text: ``typed`` is what stands in the search box, ``root`` that and the search it narrows."""

    typed: "Question"
    root: "Node"
    scoped: "Filter | Node"
    notes: tuple[str, ...]


class Finder:
    """Answers queries. It fails neither for what was typed nor for a broken index, which is made anew.

    ``index`` gives the index, ``renew`` hears which one is broken, and ``problem`` says what is wrong with it, "" for
    nothing.
    """

    def __init__(
        self,
        store: "Store",
        index: "Callable[[], Index]",
        clock: Clock,
        renew: "Callable[[Index], None]",
        problem: Callable[[], str],
    ) -> None:
        self._store = store
        self._index = index
        self._clock = clock
        self._renew = renew
        self._problem = problem

    def listing(self, query: Query, *, exact: bool = False) -> Listing:
        """The ids that ``query`` means, in order, with the exact total; ``exact``: not what is :meth:`shown` for it."""
        if not _has_text(query):
            return self._stored(query, self._view(query))
        asked = self._asked(query)
        if isinstance(asked.scoped, Filter):
            return replace(self._stored(query, asked.scoped), notes=asked.notes)
        from veille.search.snippets import words_of

        ids, total = self._found(asked.scoped, query.order, query.limit if query.after is None else None)
        if not (total or exact) and (before := self._before(query)):
            listing = self.listing(before[0])
            return replace(listing, notes=(*listing.notes, before[1]))
        return replace(
            _page(query, ids, total),
            notes=(*asked.notes, *self._missing()),
            words=words_of(asked.root),
            suggestion=self._suggestion(query, asked.typed, total) if total < FEW else "",
        )

    def total(self, query: Query) -> int:
        """How many items ``query`` lists, exactly."""
        return self._total(self.shown(query))

    def shown(self, query: Query) -> Query:
        """What is listed for ``query``: itself, or that without a last word that finds nothing and is none yet."""
        before = self._before(query) if _has_text(query) else None
        return self.shown(before[0]) if before and not self._total(query) else query

    def facets(self, query: Query) -> Facets:
        """What ``query`` lists, counted by sector, source, kind and month, as far as the index knows the items."""
        from veille.core.searching.counting import facets, months, starts

        root = self._asked(self.shown(query), store=False).scoped
        assert not isinstance(root, Filter)
        spans = months(root, self._clock.now())
        found = self._ask(lambda index: index.facets(root, starts(spans)))
        return facets(found, spans, self._store.sources.outline()) if found else Facets()

    def unindexed(self) -> int:
        """How many items the search does not know yet."""
        if self._store.writable:
            return self._store.queue.missing()
        try:
            fresh = self._index().fresh
        except IndexBroken:
            fresh = True
        # Beside a window: it will make the index anew; here it stays empty.
        return self._store.items.held() if fresh else self._store.queue.missing()

    # Questions -------------------------------------------------------------------------------------

    @cached_property
    def _known(self) -> "Known":
        from veille.core.searching.known import Known

        return Known(self._store)

    def _view(self, query: Query) -> Filter:
        """``query`` without what was typed."""
        view = viewed(query, self._store.sources.outline())
        return view if query.tag is None else replace(view, tag=self._store.marks.spellings(fold(query.tag)))

    def _asked(self, query: Query, *, store: bool = True) -> _Asked:
        """``query`` as a question, with ``store`` for the store where that can answer it. What was typed narrows the
        saved search, and both narrow the view."""
        from veille.core.searching.scoping import scoped
        from veille.search.query.parsing import parse
        from veille.search.query.question import All

        now = self._clock.now()
        within, typed = parse(query.within, now, typing=False), parse(query.text, now)
        found = scoped(
            self._view(query), (typed.root,), self._known, self._likeness, kept=within.root, store=store)  # fmt: skip
        notes = dict.fromkeys((*within.notes, *typed.notes, *found.notes))
        return _Asked(typed, All((within.root, typed.root)), found.asks, tuple(notes))

    def _before(self, query: Query) -> tuple[Query, str] | None:
        """``query``, which finds nothing, without a last word that may become an operator's name or an article, and
        what is said of that: else the list would be empty until the colon or the apostrophe is typed, and come back."""
        from veille.search.query.lexer import begun_at_end

        begun = begun_at_end(query.text)
        if begun is None:
            return None
        note = _("Nothing was found with “{word}”; it was passed over, as “{whole}” begins so.")
        shorter = replace(query, text=query.text[: begun.start])
        return shorter, note.format(word=begun.word, whole=begun.whole)

    def _likeness(self, id: int) -> "tuple[str, Node] | None":
        """What the item is called, and what finds those like it."""
        from veille.search.query.question import NOTHING

        item = self._store.items.get(id)
        if item is None:
            return None
        more = added(self._store, [id]).get(id, UNTOUCHED)
        alike = self._ask(lambda index: index.alike(document(item, more)))
        return excerpt(item.title or item.summary or item.author, NAME), alike or NOTHING

    def _suggestion(self, query: Query, typed: "Question", total: int) -> str:
        """What was typed, with like words in the place of those that nothing has; "" unless that finds more."""
        from veille.core.searching.spelling import respelt, unsure

        words = unsure(typed.root, self._known.labels(self._store.sources.outline()), self._begins)
        better = self._ask(lambda index: index.suggest([word.text for word in words])) if words else None
        text = respelt(query.text, words, better) if better else query.text
        return text if text != query.text and self.total(replace(query, text=text)) > total else ""

    def _begins(self, node: "Node") -> bool:
        """Whether any item has a word that begins so."""
        return self._found(node, Order.DATE, 0)[1] > 0

    # Answers ---------------------------------------------------------------------------------------

    def _ask(self, call: "Callable[[Index], T]") -> T | None:
        """What the index answers; None while it can be neither read nor made anew."""
        for _again in range(2):
            try:
                index = self._index()
            except (IndexBroken, IndexUnwritable):
                return None
            try:
                return call(index)
            except IndexUnwritable:  # nor read, just now
                return None
            except IndexBroken:
                self._renew(index)
        return None

    def _found(self, root: "Node", order: Order, limit: int | None) -> "tuple[array[int], int]":
        found = self._ask(lambda index: index.find(root, order, limit))
        return (found.ids, found.total) if found else (array("q"), 0)

    def _total(self, query: Query) -> int:
        scoped = self._asked(query).scoped if _has_text(query) else self._view(query)
        if isinstance(scoped, Filter):
            return self._store.items.count(scoped)
        return self._found(scoped, Order.DATE, 0)[1]

    def _stored(self, query: Query, wanted: Filter) -> Listing:
        """The answer that needs no index."""
        ids = self._store.items.ids(wanted, limit=query.limit, after=query.after)
        whole = query.limit is None and query.after is None
        return Listing(ids, len(ids) if whole else self._store.items.count(wanted))

    def _missing(self) -> tuple[str, ...]:
        """A note on what cannot be searched yet, and why."""
        if problem := self._problem():
            return (problem,)
        missing = self.unindexed()
        text = ngettext(
            "{n} item cannot be searched yet: the index is being built.",
            "{n} items cannot be searched yet: the index is being built.",
            missing,
        )
        return (text.format(n=number(missing)),) if missing else ()


def viewed(query: Query, outline: Outline) -> Filter:
    """The filters of ``query``, its tag apart; a sector is the set of its sources."""
    sources: frozenset[int] | None = None
    if query.sector is not None:
        sources = frozenset(each.source for each in outline.members.get(query.sector, ()))
    if query.source is not None:
        sources = frozenset([query.source]) if sources is None else sources & {query.source}
    return Filter(
        sources=sources, kind=query.kind, unread=query.unread, saved=query.saved, flagged=query.flagged,
        hidden=query.hidden, since=query.since, until=query.until)  # fmt: skip


def _has_text(query: Query) -> bool:
    return bool(query.text.strip() or query.within.strip())


def _page(query: Query, ids: "array[int]", total: int) -> Listing:
    """The part of ``ids`` that ``query`` asks for; it begins at the top when ``after`` is no longer in the list."""
    start = ids.index(query.after) + 1 if query.after is not None and query.after in ids else 0
    if start or query.limit is not None:
        ids = ids[start : None if query.limit is None else start + query.limit]
    return Listing(ids, total)
