"""One question for the index: the filters of a view and what was typed, joined.

The index knows nothing of the person: here names become sets of sources, and marks sets of items.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from veille.content.text import fold, plain
from veille.core.naming import Labels, sectors_named, sources_named
from veille.core.searching.known import Known
from veille.i18n import _
from veille.model import Outline
from veille.search.query.question import (
    EVERYTHING,
    NOTHING,
    All,
    Any,
    Beginning,
    Between,
    FromSource,
    HasTag,
    InNote,
    InSector,
    Like,
    Mark,
    Marked,
    Node,
    Not,
    OfItems,
    OfKind,
    OfSources,
    Part,
    Phrase,
    Tagged,
    Word,
)
from veille.store.filters import Filter

# What the item with an id is called, and what finds those like it; None when it is not there.
Likeness: TypeAlias = Callable[[int], tuple[str, Node] | None]

_HIDDEN = Marked(Mark.HIDDEN)


@dataclass(frozen=True, slots=True)
class Scoped:
    """``asks`` is a filter where the store can answer, else what the index is asked. ``notes`` say what was passed
    over, in the person's words."""

    asks: Filter | Node
    notes: tuple[str, ...] = ()


def scoped(
    view: Filter,
    asked: Iterable[Node],
    known: Known,
    likeness: Likeness,
    *,
    kept: Node = EVERYTHING,
    store: bool = True,
) -> Scoped:
    """What is in ``view`` and matches each of ``asked``: what was typed narrows the view, it never widens it.

    ``kept`` is a saved search that is narrowed, too. A name that nobody has is passed over where it is typed; in a
    saved search it finds nothing: its sector or source was removed, and the list must not become one of everything.
    With ``store``, an answer of the store will do: it needs no index, but it cannot count by source and month.
    """
    outline = known.outline()
    names = _Names(outline)
    narrowing = () if kept == EVERYTHING else (_put(kept, names.meant_before),)
    put = (*narrowing, *(_put(each, names.meant) for each in asked))
    typed = tuple(node for node in put if node is not None)
    narrowed = _narrowed(view, typed) if store else None
    if narrowed is not None:
        return Scoped(narrowed, tuple(dict.fromkeys(names.notes)))
    marks = _Marks(known, known.labels(outline), likeness)
    asks = (*_filters(view), *typed)
    hidden = known.hidden()
    if hidden.ids and (asked_for := _asked_hidden(All(asks))):
        asks, hidden = (*asks, Any((Not(_HIDDEN), asked_for))), known.aside()
    nodes = [node for each in asks if (node := _put(each, marks.meant)) is not None]
    if view.tag is not None:
        nodes.append(known.tagged(fold(view.tag[0])) if view.tag else NOTHING)
    if hidden.ids:
        nodes.append(Not(hidden))
    if not any(map(_by_text, typed)) and (following := known.following().ids):
        nodes.append(Not(OfItems(following)))  # without words it is a list, and lists show threads as one
    return Scoped(nodes[0] if len(nodes) == 1 else All(tuple(nodes)), tuple(dict.fromkeys(names.notes + marks.notes)))


def _put(node: Node, meant: Callable[[Node], Node | None]) -> Node | None:
    """The tree with every leaf as ``meant`` gives it. What means nothing (None) is left out, with what holds nothing
    else, so that it neither finds everything nor nothing: ``a OR sector:unknown`` is ``a``."""
    if isinstance(node, Not):
        inner = _put(node.node, meant)
        return None if inner is None else Not(inner)
    if not isinstance(node, All | Any):
        return meant(node)
    kept = tuple(one for each in node.nodes if (one := _put(each, meant)) is not None)
    if node.nodes and not kept:
        return None
    return kept[0] if len(kept) == 1 else replace(node, nodes=kept)


class _Names:
    """Puts sources in the place of what a person calls them and their sectors; ``notes`` say what nobody is called."""

    def __init__(self, outline: Outline) -> None:
        self.notes: list[str] = []
        self._outline = outline

    def meant(self, leaf: Node) -> Node | None:
        if isinstance(leaf, InSector):
            sectors = sectors_named(self._outline, leaf.name)
            if sectors:
                members = (self._outline.members.get(each.key, ()) for each in sectors)
                return OfSources(frozenset(each.source for those in members for each in those))
            self._note(_("There is no sector “{name}”; it was ignored."), leaf.name)
            return None
        if isinstance(leaf, FromSource):
            if sources := sources_named(self._outline, leaf.name):
                return OfSources(frozenset(each.id for each in sources))
            self._note(_("There is no source “{name}”; it was ignored."), leaf.name)
            return None
        return leaf

    def meant_before(self, leaf: Node) -> Node:
        """The same in a saved search."""
        if isinstance(leaf, InSector) and not sectors_named(self._outline, leaf.name):
            self._note(_("There is no sector “{name}”: nothing is in it."), leaf.name)
            return NOTHING
        if isinstance(leaf, FromSource) and not sources_named(self._outline, leaf.name):
            self._note(_("There is no source “{name}”: nothing is from it."), leaf.name)
            return NOTHING
        return self.meant(leaf) or NOTHING

    def _note(self, note: str, name: str) -> None:
        self.notes.append(note.format(name=_shown(name)))


class _Marks:
    """Puts sets of items in the place of marks, and adds to words the sources whose names have them."""

    def __init__(self, known: Known, labels: Labels, likeness: Likeness) -> None:
        self.notes: list[str] = []
        self._known = known
        self._labels = labels
        self._likeness = likeness

    def meant(self, leaf: Node) -> Node | None:
        match leaf:
            case Word(text, Part.ANYWHERE):
                return _or_from(leaf, self._labels.word(text))
            case Beginning(text, Part.ANYWHERE):
                return _or_from(leaf, self._labels.beginning(text))
            case Phrase(words, Part.ANYWHERE):
                return _or_from(leaf, self._labels.phrase(words))
            case Marked(mark):
                marked = self._known.marked(mark)
                return Not(marked) if mark is Mark.UNREAD else marked
            case Tagged(name, begins):
                name = plain(fold(name)).lstrip("#").strip()
                return Any((HasTag(name, begins), self._known.tagged(name, begins)))
            case InNote(words):
                return self._known.noting(words)
            case Like(id):
                return self._like(id)
        return leaf

    def _like(self, id: int) -> Node | None:
        found = self._likeness(id)
        if found is None:
            self.notes.append(_("There is no item {number}: nothing is like it.").format(number=id))
            return NOTHING  # not everything: a saved search outlives the item
        title, alike = found
        self.notes.append(_("Items like “{title}”.").format(title=title))
        return All((alike, Not(OfItems(array("q", [id]).tobytes()))))


def _or_from(leaf: Node, sources: frozenset[int]) -> Node:
    return Any((leaf, OfSources(sources))) if sources else leaf


def _shown(name: str) -> str:
    """What was typed, safe and short enough for a note."""
    line = plain(name)
    return line if len(line) <= 40 else line[:39] + "…"


def _by_text(node: Node) -> bool:
    """Whether the tree looks at what items say."""
    if isinstance(node, All | Any):
        return any(map(_by_text, node.nodes))
    return _by_text(node.node) if isinstance(node, Not) else isinstance(node, Word | Beginning | Phrase | InNote | Like)


def _asked_hidden(node: Node) -> Node | None:
    """What of that which rules hide the tree asks for, None for nothing: of ``wind OR (sun is:hidden)`` what is found
    by "sun"."""
    if isinstance(node, All):
        some = [asked for each in node.nodes if (asked := _asked_hidden(each)) is not None]
        return Any(tuple(some)) if some else None
    if isinstance(node, Any):
        some = [All((each, asked)) for each in node.nodes if (asked := _asked_hidden(each)) is not None]
        return Any(tuple(some)) if some else None
    return node if node == _HIDDEN else None


# The view and the store's filter -----------------------------------------------------------------


def _filters(view: Filter) -> Iterator[Node]:
    """``view`` as leaves."""
    if view.sources is not None:
        yield OfSources(view.sources)
    if view.kind:
        yield OfKind(view.kind)
    if view.since or view.until:
        yield Between(view.since, view.until)
    if view.saved:
        yield Marked(Mark.SAVED)
    if view.unread:
        yield Marked(Mark.UNREAD)
    if view.flagged:
        yield Marked(Mark.FLAGGED)
    if view.hidden:
        yield _HIDDEN


def _narrowed(view: Filter, typed: Iterable[Node]) -> Filter | None:
    """``view`` narrowed by each of ``typed``; None where a filter cannot say it."""
    for node in typed:
        inner = node.nodes if isinstance(node, All) else None
        narrower = _narrowed(view, inner) if inner is not None else _with(view, node)
        if narrower is None:
            return None
        view = narrower
    return view


def _with(view: Filter, node: Node) -> Filter | None:
    """``view`` narrowed by one leaf, or by several of which one must hold."""
    match node:
        case OfSources(ids):
            return replace(view, sources=ids if view.sources is None else view.sources & ids)
        case Any(nodes) if all(isinstance(each, OfSources) for each in nodes):
            every = (each.ids for each in nodes if isinstance(each, OfSources))
            return _with(view, OfSources(frozenset[int]().union(*every)))
        case OfKind(kind):
            both = view.kind in (None, kind)
            return replace(view, kind=kind) if both else replace(view, sources=frozenset())
        case Between(since, until):
            return replace(
                view,
                since=max(filter(None, (view.since, since)), default=None),
                until=min(filter(None, (view.until, until)), default=None),
            )
        case Marked(Mark.SAVED):
            return replace(view, saved=True)
        case Marked(Mark.UNREAD):
            return replace(view, unread=True)
        case Marked(Mark.FLAGGED):
            return replace(view, flagged=True)
        case Marked(Mark.HIDDEN):
            return replace(view, hidden=True)
    return None
