"""What a query narrows to: the filters of a view and the words typed in the search box, joined."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from veille.core.naming import sectors_named, sources_named
from veille.i18n import _
from veille.model import ItemKind, Outline, Query

if TYPE_CHECKING:
    from veille.search.query import Question

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Unset parts do not narrow; ``unread`` False is read, ``saved`` False is not saved.

    ``impossible``: nothing can match, as with two kinds at once.
    """

    sources: frozenset[int] | None
    kind: ItemKind | None
    unread: bool | None
    saved: bool | None
    since: datetime | None
    until: datetime | None
    impossible: bool = False
    notes: tuple[str, ...] = ()


def narrow(query: Query, outline: Outline, question: "Question | None" = None) -> Narrowed:
    """``query`` alone, or with what was typed. What was typed narrows the view further; it never widens it."""
    sources: frozenset[int] | None = None
    if query.sector is not None:
        sources = _members(outline, [query.sector])
    if query.source is not None:
        sources = _both(sources, frozenset([query.source]))
    if question is None:
        return Narrowed(sources, query.kind, query.unread or None, query.saved or None, query.since, query.until)
    notes: list[str] = []
    sectors = _resolve(question.sectors, lambda name: sectors_named(outline, name), _no_sector, notes)
    if sectors is not None:
        sources = _both(sources, _members(outline, [each.key for each in sectors]))
    named = _resolve(question.sources, lambda name: sources_named(outline, name), _no_source, notes)
    if named is not None:
        sources = _both(sources, frozenset(each.id for each in named))
    return Narrowed(
        sources=sources,
        kind=query.kind or question.kind,
        unread=query.unread or question.unread,
        saved=query.saved or question.saved,
        since=max(filter(None, (query.since, question.since)), default=None),
        until=min(filter(None, (query.until, question.until)), default=None),
        impossible=_clash(query, question),
        notes=tuple(notes),
    )


def _clash(query: Query, question: "Question") -> bool:
    """Whether the view and what was typed exclude each other."""
    kinds = query.kind is not None and question.kind is not None and query.kind != question.kind
    return kinds or (query.unread and question.unread is False) or (query.saved and question.saved is False)


def labelled(question: "Question", outline: Outline) -> dict[str, frozenset[int]]:
    """The sources whose label has a word of ``question``: their items match that word too.

    Keys are words and beginnings of words, and phrases with their words joined by spaces.
    """
    from veille.search.analysis import row, tokens

    labels = {  # the words, and as a phrase has them: "#EnergyTransition" is one, and two
        source.id: f" {' '.join(tokens(source.label))} \n {' '.join(row(source.label))} "
        for source in outline.sources.values()
    }
    phrases = [" ".join(each) for each in (*question.phrases, *question.without)]
    beginnings = [*question.prefixes, question.typed] if question.typed else question.prefixes
    wanted = {text: f" {text} " for text in (*question.words, *phrases)}
    wanted |= {text: f" {text}" for text in beginnings}
    found = {text: frozenset(id for id, label in labels.items() if part in label) for text, part in wanted.items()}
    return {text: sources for text, sources in found.items() if sources}


def _resolve(
    names: Iterable[str], find: Callable[[str], list[T]], unknown: Callable[[str], str], notes: list[str]
) -> list[T] | None:
    """What the names mean, together; None when none of them means anything, each with a note."""
    found: list[T] = []
    for name in names:
        meant = find(name)
        found += meant
        if not meant:
            notes.append(unknown(name))
    return found or None


def _no_sector(name: str) -> str:
    return _("There is no sector “{name}”; it was ignored.").format(name=name)


def _no_source(name: str) -> str:
    return _("There is no source “{name}”; it was ignored.").format(name=name)


def _members(outline: Outline, sectors: Iterable[str]) -> frozenset[int]:
    return frozenset(each.source for key in sectors for each in outline.members.get(key, ()))


def _both(some: frozenset[int] | None, others: frozenset[int]) -> frozenset[int]:
    return others if some is None else some & others
