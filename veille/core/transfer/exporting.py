"""Taking the library along: what a list or a search shows, as files that other programs read."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from veille.errors import Cancelled
from veille.files import writing
from veille.i18n import N_, _, labelled, language, moment, ngettext, number
from veille.model import Clock, Mark, Progress, Query, Sector

if TYPE_CHECKING:
    from veille.core.library import Library
    from veille.formats.writers.record import About, Heading, Record
    from veille.store import Store

Wanted: TypeAlias = Query | Sequence[int]  # what a query lists, or the ids themselves
PAGE = 100  # items that are read at a time, each whole: some have a megabyte


class Kind(StrEnum):
    """What can be written."""

    MARKDOWN = "markdown"
    HTML = "html"
    CSV = "csv"
    JSON = "json"
    BIBTEX = "bibtex"
    CSL = "csl"

    @property
    def ending(self) -> str:
        """How its files end, with the dot."""
        return _ENDINGS[self]

    @property
    def label(self) -> str:
        """What a person calls it, to be translated."""
        return _LABELS[self]


_ENDINGS = {
    Kind.MARKDOWN: ".md", Kind.HTML: ".html", Kind.CSV: ".csv", Kind.JSON: ".json", Kind.BIBTEX: ".bib",
    Kind.CSL: ".csl.json",
}  # fmt: skip
_LABELS = {
    Kind.MARKDOWN: N_("Markdown"), Kind.HTML: N_("Web page"), Kind.CSV: N_("Table (CSV)"), Kind.JSON: N_("JSON"),
    Kind.BIBTEX: N_("BibTeX"), Kind.CSL: N_("CSL JSON"),
}  # fmt: skip


def kind_of(name: str) -> Kind | None:
    """What a file of that name is, by its ending."""
    fitting = [kind for kind in Kind if name.lower().endswith(kind.ending)]
    return max(fitting, key=lambda kind: len(kind.ending), default=None)


class Exporter:
    """Writes items whole: text or full article, what the person did with them, where they come from.

    Nothing but a list of ids, and one page of items, is held at a time. What is removed meanwhile is left out.
    """

    def __init__(self, store: "Store", library: "Library", clock: Clock) -> None:
        self._store = store
        self._library = library
        self._clock = clock

    def write(self, wanted: Wanted, kind: Kind, file: BinaryIO, progress: Progress, title: str = "") -> int:
        """Write all that is ``wanted``, in its order, and return how many items that were. Raises Cancelled.

        What a list shows under the beginning of a thread comes after that, and counts. ``title`` is what the file calls
        itself.
        """
        ids = self._library.listing(wanted).ids if isinstance(wanted, Query) else wanted
        pages = _Pages(self._store, ids, progress, versions=kind is Kind.JSON)
        for piece in _writer(kind)(self._about(title, pages), pages.records()):
            file.write(piece.encode("utf-8", "backslashreplace"))
        return pages.written

    def write_file(self, wanted: Wanted, kind: Kind, path: Path, progress: Progress, title: str = "") -> int:
        """The same into a file, all of it or nothing. Raises ProfileUnwritable and Cancelled."""
        with writing(path) as file:
            return self.write(wanted, kind, file, progress, title)

    def _about(self, title: str, pages: "_Pages") -> "About":
        from veille.formats.writers.record import About

        now = self._clock.now()
        told = ngettext(
            "{n} item, exported by Veille on {when}", "{n} items, exported by Veille on {when}", pages.total
        ).format(n=number(pages.total), when=moment(now))
        return About(
            title or _("Items from Veille"), told, now, language(), contents=_("Contents"), tags=_("My tags"),
            note=_("My note"), highlights=_("My highlights"), labelled=labelled, headings=pages.headings)  # fmt: skip


class _Pages:
    """Reads what is to be written, a page at a time: of ``total`` items ``written`` counts those that are done."""

    def __init__(self, store: "Store", ids: "Sequence[int]", progress: Progress, *, versions: bool) -> None:
        self.written = 0
        self._store = store
        self._ids = _unfolded(store, ids)
        self._progress = progress
        self._versions = versions

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self._ids)

    def records(self) -> "Iterator[Record]":
        """All of them, whole."""
        from veille.core.transfer.records import record

        store, sectors = self._store, self._sectors()
        for page in self._pages(telling=True):
            marks, highlights = store.marks.get(page), store.highlights.of(page)
            items, articles = store.items.whole(page), store.articles.some(page)
            versions = store.items.versions_of(page) if self._versions else {}
            sources = store.sources.some({item.source for item in items})
            for item in items:
                yield record(
                    item, marks.get(item.id, Mark(item.id)), sources[item.source], sectors.get(item.source, ()),
                    articles.get(item.id), highlights.get(item.id, ()), tuple(versions.get(item.id, ())))  # fmt: skip
                self.written += 1

    def headings(self) -> "Iterator[Heading]":
        """What each is called."""
        from veille.core.transfer.records import heading
        from veille.formats.writers.record import Heading

        for page in self._pages(telling=False):
            for item in self._store.items.rows(page):
                yield Heading(item.id, heading(item), item.lang)

    def _pages(self, *, telling: bool) -> "Iterator[Sequence[int]]":
        """The ids; ``telling``: says where it is."""
        for start in range(0, self.total, PAGE):
            if self._progress.cancelled:
                raise Cancelled
            if telling:
                text = ngettext("{n} item", "{n} items", start).format(n=number(start))
                self._progress.step(start, self.total, text)
            yield self._ids[start : start + PAGE]

    def _sectors(self) -> dict[int, "tuple[Sector, ...]"]:
        """The sectors of each source, in the order of the sidebar."""
        outline = self._store.sources.outline()
        found: dict[int, tuple[Sector, ...]] = {}
        for sector in outline.sectors:
            for member in outline.members.get(sector.key, ()):
                found[member.source] = (*found.get(member.source, ()), sector)
        return found


def _unfolded(store: "Store", ids: "Sequence[int]") -> "array[int]":
    """``ids``, after each what a list shows under it: what carries on the thread that it begins, oldest first."""
    listed, found = frozenset(ids), array("q")
    for start in range(0, len(ids), PAGE):
        page = ids[start : start + PAGE]
        threads = store.posts.followers(page)
        for each in page:
            found.append(each)
            if each in threads:
                rows = store.items.rows(one for one in store.posts.spread([each]) if one not in listed)
                found.extend(item.id for item in sorted(rows, key=lambda item: (item.at, item.id)))
    return found


def _writer(kind: Kind) -> "Callable[[About, Iterable[Record]], Iterator[str]]":
    from veille.formats.writers import bibtex, csl, csv, html, json, markdown

    return {
        Kind.MARKDOWN: markdown.write, Kind.HTML: html.write, Kind.CSV: csv.write, Kind.JSON: json.write,
        Kind.BIBTEX: bibtex.write, Kind.CSL: csl.write,
    }[kind]  # fmt: skip
