"""What is asked of the index: a tree of frozen values. Pure: no index, no Whoosh.

The parser (``query.py``) makes it of what a person typed. Its leaves are of three sorts: words, which the index looks
up; what each document says of itself (source, kind, language, time, id); and names and marks that the index knows
nothing of (:data:`Personal`): ``core/searching/scoping.py`` puts sets of sources and of items in their place.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from veille.model import ItemKind


class Part(StrEnum):
    """Where of a document a word is looked for."""

    ANYWHERE = ""
    TITLE = "title"
    AUTHOR = "author"


# Words, folded as ``analysis.py`` does. ``at`` is where they stand in what was typed (start, end), (0, 0) for nowhere.


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its inflections (in the author's name: that very word)."""

    text: str
    part: Part = Part.ANYWHERE
    at: tuple[int, int] = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Beginning:
    """Any word that begins so."""

    text: str
    part: Part = Part.ANYWHERE
    at: tuple[int, int] = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Exact words, one after the other."""

    words: tuple[str, ...]
    part: Part = Part.ANYWHERE
    at: tuple[int, int] = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Alike:
    """Documents that share telling ``stems`` (as the index has them, each with its weight) with some document.

    One matches when it gets at least ``least`` of the score that all stems together would give.
    """

    stems: tuple[tuple[str, float], ...]
    least: float = 0.25


# What a document says of itself.


@dataclass(frozen=True, slots=True)
class OfSources:
    """From one of these sources."""

    ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class OfItems:
    """One of these items. ``ids`` is sorted bytes of int64 (``array('q')``), so that large sets cost nothing."""

    ids: bytes


@dataclass(frozen=True, slots=True)
class OfKind:
    """An article, or a post."""

    kind: ItemKind


@dataclass(frozen=True, slots=True)
class InLanguage:
    """In the language with this two-letter code."""

    code: str


@dataclass(frozen=True, slots=True)
class HasTag:
    """With this tag (folded, without "#"), given by its source; with ``begins``, any that begins so."""

    name: str
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """``since <= at < until``; both UTC-aware, None for open."""

    since: datetime | None = None
    until: datetime | None = None


# What only the person's profile can tell.


@dataclass(frozen=True, slots=True)
class InSector:
    """In a sector that the person may call ``name``."""

    name: str


@dataclass(frozen=True, slots=True)
class FromSource:
    """From a source that the person may call ``name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """With the tag ``name``, from the person or from the source; with ``begins``, any that begins so."""

    name: str
    begins: bool = False


class Mark(StrEnum):
    """What the person did with an item, or a rule of theirs. What a rule hides is found by that mark alone."""

    SAVED = "saved"
    UNREAD = "unread"
    NOTED = "noted"
    HIGHLIGHTED = "highlighted"
    FLAGGED = "flagged"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Marked:
    """With this mark."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class InNote:
    """With this word, beginning or phrase in the person's note."""

    words: Word | Beginning | Phrase


@dataclass(frozen=True, slots=True)
class Like:
    """Like the item with this id."""

    id: int


# Joined.


@dataclass(frozen=True, slots=True)
class All:
    """Each of these must match; of none, everything does."""

    nodes: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """One of these must match; of none, nothing does."""

    nodes: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """This must not match."""

    node: "Node"


Worded: TypeAlias = Word | Beginning | Phrase
Own: TypeAlias = OfSources | OfItems | OfKind | InLanguage | HasTag | Between
Personal: TypeAlias = InSector | FromSource | Tagged | Marked | InNote | Like
Node: TypeAlias = Worded | Alike | Own | Personal | All | Any | Not

EVERYTHING, NOTHING = All(), Any()


@dataclass(frozen=True, slots=True)
class Question:
    """What a person typed, understood as far as possible. ``notes`` say what was not, in their language."""

    root: Node = EVERYTHING
    notes: tuple[str, ...] = ()


def changed(node: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with every leaf as ``change`` gives it."""
    if isinstance(node, All | Any):
        return replace(node, nodes=tuple(changed(each, change) for each in node.nodes))
    if isinstance(node, Not):
        return Not(changed(node.node, change))
    return change(node)


def wanted(node: Node) -> Iterator[Worded]:
    """The words, beginnings and phrases that are asked for; not those that must not match."""
    if isinstance(node, Word | Beginning | Phrase):
        yield node
    elif isinstance(node, InNote):
        yield node.words
    elif isinstance(node, All | Any):
        for each in node.nodes:
            yield from wanted(each)
