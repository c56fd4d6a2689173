"""What is there to read: lists, searches, single items, and what the person does with them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from veille.core.history import standing
from veille.core.searching.documents import Added, added, beside
from veille.core.searching.finding import Finder
from veille.i18n import _, ngettext, number
from veille.model import (
    Article,
    Changes,
    Clock,
    Counts,
    Facets,
    Hit,
    Item,
    ItemKind,
    Listing,
    Mark,
    Query,
    Snippet,
    Version,
)

if TYPE_CHECKING:
    from veille.search.index import Index
    from veille.store import Store

EXCERPT = 200  # characters of the excerpt around the words of a search


class Library:
    """Lists, searches and marks.

    ``index`` gives the search index, opened when the first search needs it; ``renew`` hears which one is broken, so
    that the next call of ``index`` gives another; ``problem`` says what is wrong with it, "" for nothing.
    """

    def __init__(
        self,
        store: "Store",
        index: "Callable[[], Index]",
        clock: Clock,
        renew: "Callable[[Index], None]" = lambda _index: None,
        problem: Callable[[], str] = lambda: "",
    ) -> None:
        self._store = store
        self._clock = clock
        self._finder = Finder(store, index, clock, renew, problem)

    # Lists -----------------------------------------------------------------------------------------

    def listing(self, query: Query) -> Listing:
        """The ids that ``query`` means, in order, with the exact total. It never fails for what was typed.

        What was typed narrows the saved search of the query, and both narrow its view. A list without words, and a
        text of operators that the store can answer, need no index.
        """
        return self._finder.listing(query)

    def facets(self, query: Query) -> Facets:
        """What ``query`` lists by sector, source, kind and month, as far as the index knows the items."""
        return self._finder.facets(query)

    def total(self, query: Query) -> int:
        """How many items ``query`` lists, exactly; for the numbers beside lists."""
        return self._finder.total(query)

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
        return self._finder.unindexed()

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
        unread = replace(self._finder.shown(query), unread=True, limit=None, after=None)
        everything = self._finder.listing(unread, exact=True)
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

    def flag(self, ids: Iterable[int], flagged: bool = True) -> Changes:
        """Flag items, or take the flag away, a post with its thread; it can be undone.

        A flag says "look at this". It keeps nothing: unlike what is saved, a flagged item expires as any other.
        """
        ids = list(ids)
        if flagged:
            text = ngettext("{n} item flagged.", "{n} items flagged.", len(ids))
        else:
            text = ngettext("{n} item no longer flagged.", "{n} items no longer flagged.", len(ids))
        text = text.format(n=number(len(ids)))
        when = self._clock.now() if flagged else None
        with self._store.history.recording(text) as entry:
            touched = self._store.marks.set_flagged(self._store.posts.spread(ids), when)
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

    def _hits(self, items: Sequence[Item], words: tuple[str, ...]) -> list[Hit]:
        marks = self._store.marks.get([item.id for item in items])
        more = self._store.posts.followers(item.id for item in items if item.post)
        snippets = [_snippets(item, words) for item in items]
        nowhere = [item.id for item, (_title, found) in zip(items, snippets, strict=True) if words and not found.marks]
        here = added(self._store, nowhere) if nowhere else {}
        sources = self._store.sources.some({item.source for item in items})
        return [
            Hit(
                replace(item, content=""),
                marks.get(item.id, Mark(item.id)),
                sources[item.source].label if item.source in sources else "",
                title,
                (_among(here[item.id], words) if item.id in here else None) or found,
                more.get(item.id, 0),
            )
            for item, (title, found) in zip(items, snippets, strict=True)
        ]


def _snippets(item: Item, words: tuple[str, ...]) -> tuple[Snippet, Snippet]:
    """Title and excerpt; the excerpt is from where the words are, the summary if nowhere."""
    if not words:
        return Snippet(item.title), Snippet(item.summary)
    from veille.content.html import to_text
    from veille.search.snippets import excerpt, mark

    content = to_text(item.content)
    found = excerpt(content, words, EXCERPT)
    if not found.marks and item.kind is ItemKind.POST:
        found = excerpt(" · ".join(filter(None, beside(item, content))), words, EXCERPT)
    return mark(item.title, words), found if found.marks else Snippet(item.summary)


def _among(more: Added, words: tuple[str, ...]) -> Snippet | None:
    """An excerpt of what was added to an item that has the words, and says which it is; None where nothing has."""
    from veille.content.html import to_text
    from veille.search.snippets import excerpt

    texts = ((_("Note:"), more.note), *((_("Highlighted:"), each) for each in more.passages))
    for name, text in (*texts, (_("Article:"), to_text(more.article))):
        found = excerpt(text, words, EXCERPT)
        if found.marks:
            shift = len(name) + 1
            return Snippet(f"{name} {found.text}", tuple((a + shift, b + shift) for a, b in found.marks))
    return None
