"""What is written of each item, and of the file as a whole."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from veille.model import Article, Highlight, Item, Mark, Sector, Source, Version


@dataclass(frozen=True, slots=True)
class Record:
    """An item whole, with all that Veille knows of it.

    The rest is in the language in force: ``heading`` is what it is called, never ""; ``facts`` tell who says it, where
    and when; ``details`` are names and values of what the person did with it. All are plain text, each on one line.
    ``body`` is what a person reads of it, ``beside`` what stands below: pictures and numbers. Both are sanitised HTML.
    """

    item: Item
    mark: Mark
    source: Source
    heading: str
    sectors: tuple[Sector, ...] = ()
    article: Article | None = None
    highlights: tuple[Highlight, ...] = ()
    versions: tuple[Version, ...] = ()
    facts: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    body: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of a table of contents."""

    item: int
    text: str
    lang: str


def _none() -> Iterable[Heading]:
    return ()


@dataclass(frozen=True, slots=True)
class About:
    """What the file says of itself. ``title``, ``told`` and the names of its parts are plain text in ``language``;
    ``labelled`` puts a name before a text as that language does."""

    title: str
    told: str
    exported: datetime
    language: str
    contents: str
    tags: str
    note: str
    highlights: str
    labelled: Callable[[str, str], str] = "{}: {}".format
    headings: Callable[[], Iterable[Heading]] = _none
