"""What is there to read: lists, searches, single items, and what the person does with them."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from veille.core.documents import beside
from veille.core.history import standing
from veille.core.scoping import Narrowed, labelled, narrow
from veille.errors import IndexBroken
from veille.i18n import ngettext, number
from veille.model import (
    Article,
    Changes,
    Clock,
    Counts,
    Hit,
    Item,
    ItemKind,
    Listing,
    Mark,
    Outline,
    Query,
    Snippet,
    Version,
)
from veille.store.filters import Filter

if TYPE_CHECKING:
    from veille.search.index import Index, Scope
    from veille.search.query import Question
    from veille.store import Store

EXCERPT = 200  # characters of the excerpt around the words of a search


class Library:
    """Lists and marks.

    ``index`` gives the search index, opened when the first search needs it; ``renew`` hears that it is
    broken, so that the next call of ``index`` gives a new one.
    """

    def __init__(
        self, store: "Store", index: "Callable[[], Index]", clock: Clock, renew: Callable[[], None] = lambda: None
    ) -> None:
        self._store = store
        self._index = index
        self._clock = clock
        self._renew = renew

    # Lists -----------------------------------------------------------------------------------------

    def listing(self, query: Query) -> Listing:
        """The ids that ``query`` means, in order, with the exact total. It never fails for what was typed.

        What was typed narrows the view of the query further. A text of operators alone needs no index.
        """
        if not query.text.strip():
            return self._stored(query, narrow(query, self._store.sources.outline()))
        from veille.search.query import parse

        question = parse(query.text, self._clock.now())
        outline = self._store.sources.outline()
        narrowed = narrow(query, outline, question)
        notes = question.notes + narrowed.notes
        if narrowed.impossible:
            return Listing(array("q"), 0, notes)
        if question.has_text:
            listing = self._searched(query, question, narrowed, outline)
        else:
            listing = self._stored(query, narrowed)
        return replace(listing, notes=notes + listing.notes)

    def hits(self, ids: Iterable[int], words: Sequence[str] = ()) -> list[Hit]:
        """Rows for a list, in the order of ``ids``; ``words`` (of the :class:`Listing`) are marked in them."""
        ids = list(ids)
        items = self._store.items.whole(ids) if words else self._store.items.rows(ids)
        return self._hits(items, tuple(words))

    def item(self, id: int, words: Sequence[str] = ()) -> Hit | None:
        """One item with its content; None when it is gone."""
        item = self._store.items.get(id)
        return replace(self._hits([item], tuple(words))[0], item=item) if item else None

    def thread(self, id: int) -> list[Item]:
        """The whole items of the author's thread that the post ``id`` is part of, oldest first; itself when alone."""
        return self._store.items.whole(self._store.posts.thread(id))

    def versions(self, id: int) -> list[Version]:
        """What an item said before its source changed it, newest first."""
        return self._store.items.versions(id)

    def article(self, id: int) -> Article | None:
        """The full article behind an item, if it was fetched."""
        return self._store.articles.get(id)

    def counts(self) -> Counts:
        """Numbers for the sidebar."""
        return self._store.items.counts()

    def unindexed(self) -> int:
        """How many items the search does not know yet."""
        if not self._store.writable and self._index().fresh:  # the window will make it anew; here it stays empty
            return self._store.items.count(Filter(folded=False))
        return self._store.queue.count()

    # Marks -----------------------------------------------------------------------------------------

    def mark_read(self, ids: Iterable[int], read: bool = True) -> Changes:
        """Mark items read or unread, a post with what its list shows under it. Of several at once, the history keeps
        an entry to undo."""
        ids = list(ids)
        if len(ids) < 2:
            return Changes(items=frozenset(self._store.marks.set_read(self._store.posts.spread(ids), read)))
        return self._mark_many(ids, read)

    def mark_all_read(self, query: Query) -> Changes:
        """Mark read everything that ``query`` lists, on this page or not; it can be undone."""
        everything = self.listing(replace(query, unread=True, limit=None, after=None))
        return self._mark_many(everything.ids, True)

    def save(self, ids: Iterable[int], saved: bool = True) -> Changes:
        """Save items, or let go of them, a post with its thread. When this returns it is on disk; it can be undone."""
        ids = list(ids)
        if saved:
            text = ngettext("{n} item saved.", "{n} items saved.", len(ids))
        else:
            text = ngettext("{n} item no longer saved.", "{n} items no longer saved.", len(ids))
        text = text.format(n=number(len(ids)))
        with self._store.history.recording(text) as entry:
            touched = self._store.marks.set_saved(self._store.posts.spread(ids), self._clock.now() if saved else None)
        return Changes(items=frozenset(touched), undo=standing(self._store, entry), text=text)

    def _mark_many(self, ids: Sequence[int], read: bool) -> Changes:
        if read:
            text = ngettext("{n} item marked as read.", "{n} items marked as read.", len(ids))
        else:
            text = ngettext("{n} item marked as unread.", "{n} items marked as unread.", len(ids))
        text = text.format(n=number(len(ids)))
        with self._store.history.recording(text) as entry:
            touched = self._store.marks.set_read(self._store.posts.spread(ids), read)
        return Changes(items=frozenset(touched), undo=standing(self._store, entry), text=text)

    # Pieces ----------------------------------------------------------------------------------------

    def _stored(self, query: Query, narrowed: Narrowed) -> Listing:
        """The answer that needs no index."""
        wanted = Filter(
            sources=narrowed.sources, kind=narrowed.kind, unread=bool(narrowed.unread), saved=bool(narrowed.saved),
            since=narrowed.since, until=narrowed.until)  # fmt: skip
        if narrowed.unread is False or narrowed.saved is False:
            return _page(query, self._kept(narrowed, self._store.items.ids(wanted)))
        ids = self._store.items.ids(wanted, limit=query.limit, after=query.after)
        whole = query.limit is None and query.after is None
        return Listing(ids, len(ids) if whole else self._store.items.count(wanted))

    def _kept(self, narrowed: Narrowed, ids: "array[int]") -> "array[int]":
        """``ids`` without what the store's filter cannot leave out."""
        kept = set(ids)
        if narrowed.unread is False:
            kept &= set(self._store.marks.read_ids())
        if narrowed.saved is False:
            kept -= set(self._store.marks.saved_ids())
        return array("q", (id for id in ids if id in kept))

    def _searched(self, query: Query, question: "Question", narrowed: Narrowed, outline: Outline) -> Listing:
        """The answer of the index; a broken one answers that it is being built."""
        from veille.search.snippets import words_of

        scope = self._scope(narrowed, labelled(question, outline))
        limit = query.limit if query.after is None else None
        try:
            found = self._index().find(question, scope, query.order, limit)
        except IndexBroken:
            self._renew()
            found = self._index().find(question, scope, query.order, limit)
        listing = _page(query, found.ids, found.total)
        return replace(listing, notes=self._missing(), words=words_of(question))

    def _missing(self) -> tuple[str, ...]:
        missing = self.unindexed()
        text = ngettext(
            "{n} item cannot be searched yet: the index is being built.",
            "{n} items cannot be searched yet: the index is being built.",
            missing,
        )
        return (text.format(n=number(missing)),) if missing else ()

    def _scope(self, narrowed: Narrowed, named: dict[str, frozenset[int]]) -> "Scope":
        """The sets that the index joins with the words: it knows nothing of sectors and marks."""
        from veille.search.index import Scope

        marks = self._store.marks
        only: set[int] | None = None
        without = set(self._store.items.hidden())
        if narrowed.saved:
            only = set(marks.saved_ids())
        elif narrowed.saved is False:
            without |= set(marks.saved_ids())
        if narrowed.unread:
            without |= set(marks.read_ids())
        elif narrowed.unread is False:
            only = set(marks.read_ids()) if only is None else only & set(marks.read_ids())
        return Scope(
            sources=narrowed.sources, ids=only, without=without or None, kind=narrowed.kind, since=narrowed.since,
            until=narrowed.until, named=named)  # fmt: skip

    def _hits(self, items: Sequence[Item], words: tuple[str, ...]) -> list[Hit]:
        marks = self._store.marks.get([item.id for item in items])
        more = self._store.posts.followers(item.id for item in items if item.post)
        sources = {source: self._store.sources.get(source) for source in {item.source for item in items}}
        labels = {id: source.label if source else "" for id, source in sources.items()}
        return [
            Hit(
                replace(item, content=""),
                marks.get(item.id, Mark(item.id)),
                labels[item.source],
                *_snippets(item, words),
                more.get(item.id, 0),
            )
            for item in items
        ]


def _snippets(item: Item, words: tuple[str, ...]) -> tuple[Snippet, Snippet]:
    """Title and excerpt; the excerpt is from where the words are, the summary if nowhere."""
    if not words:
        return Snippet(item.title), Snippet(item.summary)
    from veille.content.html import to_text
    from veille.search.snippets import excerpt, mark

    content = to_text(item.content)
    texts = (content, " · ".join(filter(None, beside(item, content)))) if item.kind is ItemKind.POST else (content,)
    found = (excerpt(text, words, EXCERPT) for text in texts if text)
    return mark(item.title, words), next((each for each in found if each.marks), Snippet(item.summary))


def _page(query: Query, ids: "array[int]", total: int | None = None) -> Listing:
    """The part of ``ids`` that ``query`` asks for; it begins at the top when ``after`` is no longer in the list."""
    total = len(ids) if total is None else total
    start = ids.index(query.after) + 1 if query.after is not None and query.after in ids else 0
    if start or query.limit is not None:
        ids = ids[start : None if query.limit is None else start + query.limit]
    return Listing(ids, total)
