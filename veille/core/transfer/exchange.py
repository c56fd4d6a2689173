"""Bringing a list of sources in from other readers, and taking it along: OPML.

Folders become sectors. A folder in a folder becomes a sector of its own, called "outer / inner", so that
two folders of the same name stay apart; one folder around everything says nothing and is left out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from veille.content.addresses import host, resolve, source_key
from veille.content.networks import elsewhere, listed, meant, shown
from veille.content.text import fold, plain
from veille.core.curating.curation import TITLE, WHY
from veille.core.history import standing
from veille.core.naming import next_rank, slug
from veille.errors import BadAddress, BadSelector, NotFound, PersonalAddress
from veille.files import writing
from veille.i18n import _, ngettext, number
from veille.model import Changes, Clock, Membership, Outline, Progress, Sector, Source, SourceKind

if TYPE_CHECKING:
    from veille.formats.opml import OpmlRow
    from veille.store import Store

BATCH = 300  # rows that are stored together
_FEEDS = (SourceKind.FEED, SourceKind.PAGE)  # those that call themselves something


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that could not be used, or was flagged, and why, in words."""

    line: int
    title: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of each row: ``added + known + len(refused) == rows``, unless it was cancelled.

    ``known`` were in the list before, or twice in the file; ``sectors`` counts the new ones. ``personal`` were
    added although their address looks made for one reader.
    """

    added: int
    known: int
    refused: tuple[Refusal, ...]
    sectors: int
    changes: Changes
    rows: int
    cancelled: bool = False
    personal: tuple[Refusal, ...] = ()

    @property
    def text(self) -> str:
        """The import in one sentence, which leaves out nothing."""
        unusable = len(self.refused)
        parts: tuple[str, ...] = (
            ngettext("{n} source added", "{n} sources added", self.added).format(n=number(self.added)),
            ngettext("{n} known already", "{n} known already", self.known).format(n=number(self.known)),
            ngettext("{n} could not be used", "{n} could not be used", unusable).format(n=number(unusable)),
        )
        if self.personal:
            flagged = len(self.personal)
            text = ngettext("{n} looks made for you alone", "{n} look made for you alone", flagged)
            parts += (text.format(n=number(flagged)),)
        return ", ".join(parts) + "."


class Exchange:
    """Import and export of the list. ``strict`` tells whether that level is on."""

    def __init__(self, store: "Store", clock: Clock, strict: Callable[[], bool] = lambda: False) -> None:
        self._store = store
        self._clock = clock
        self._strict = strict

    def import_opml(
        self, data: bytes, name: str, allow_private: bool = False, progress: Progress | None = None
    ) -> ImportReport:
        """Take in every row of the OPML file called ``name``, as one change that can be undone.

        A source that is in the list already is put into the sectors of the file too. With
        ``allow_private``, its sources may be asked at private addresses. A new address that looks made for one
        reader is flagged, at the strict level refused. Cancelling keeps what came.
        Raises BadFile when the file is no OPML at all.
        """
        from veille.formats import opml

        name = plain(name)
        rows = opml.read(data, name).rows
        text = _("“{name}” was imported.").format(name=name)
        with self._store.history.recording(text) as entry:
            intake = _Intake(self._store, self._clock, name, _wrapper(rows), allow_private, self._strict())
            cancelled = not self._take_in(intake, rows, progress)
        changes = Changes(sources=frozenset(intake.sources), outline=True, undo=standing(self._store, entry), text=text)
        return ImportReport(
            intake.added, intake.known, tuple(intake.refused), intake.new_sectors, changes, len(rows), cancelled,
            tuple(intake.personal))  # fmt: skip

    def _take_in(self, intake: "_Intake", rows: "Sequence[OpmlRow]", progress: Progress | None) -> bool:
        """Whether it went to the end."""
        remaining, done = iter(rows), 0
        while batch := list(islice(remaining, BATCH)):
            if progress and progress.cancelled:
                return False
            with self._store.db.write():
                for row in batch:
                    intake.take(row)
            done += len(batch)
            if progress:
                progress.step(done, len(rows), _("{n} sources").format(n=number(done)))
        return True

    def export_opml(self, sector: str | None = None) -> bytes:
        """The whole list as OPML 2.0, or the sector with that key; sectors are folders, a source is in each of its
        sectors. Raises NotFound for the sector."""
        from veille.formats import opml

        outline = self._store.sources.outline()
        if sector is None:
            return opml.write(_("Veille: my sources"), _export_rows(outline), self._clock.now())
        found = next((each for each in outline.sectors if each.key == sector), None)
        if found is None:
            raise NotFound(what=_("sector"), name=sector)
        return opml.write(found.title, _sector_rows(outline, found), self._clock.now())

    def export_file(self, path: Path, sector: str | None = None) -> None:
        """Write it to a file, as :func:`veille.files.writing` does. Raises ProfileUnwritable, NotFound."""
        data = self.export_opml(sector)
        with writing(path) as file:
            file.write(data)


@dataclass
class _Intake:
    """Takes rows in, one by one, and keeps the account."""

    store: "Store"
    clock: Clock
    name: str
    wrapper: int  # outer folders that every row has
    allow_private: bool
    strict: bool
    added: int = 0
    known: int = 0
    new_sectors: int = 0
    refused: list[Refusal] = field(default_factory=list)
    personal: list[Refusal] = field(default_factory=list)
    sources: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        outline = self.store.sources.outline()
        self._paused = outline.paused
        self._ordered = list(outline.sectors)
        self._sectors = {fold(each.title): each for each in outline.sectors}
        self._members = {key: list(members) for key, members in outline.members.items()}
        self._placed = {(each.sector, each.source) for members in outline.members.values() for each in members}

    def take(self, row: "OpmlRow") -> None:
        """One row: a source that is added, known, or refused."""
        try:
            if row.problem:
                raise _Unusable(row.problem)
            source = self._source(row)
        except (_Unusable, BadAddress, BadSelector) as error:
            self.refused.append(Refusal(row.line, row.title, row.address, str(error)))
            return
        self.sources.add(source.id)
        folders = [plain(each) for each in row.folders[self.wrapper :]]
        if any(folders):
            self._place(source, " / ".join(filter(None, folders))[:TITLE], row.description)

    def _source(self, row: "OpmlRow") -> Source:
        one = listed(row.address, row.kind)
        key = source_key(one.kind, one.address)
        before = self.store.sources.by_key(key)
        if before is not None and before.removed is None:
            self.known += 1
            return self._allowed(before)
        feed, title = one.kind in _FEEDS, plain(row.title)[:TITLE]
        if feed:
            self._flag(row, one.address)
        source = self.store.sources.add(
            key, one.kind, one.address, title if feed else shown(one)[:TITLE],
            site=resolve(row.site) or ("" if feed else one.address), lang=row.lang, allow_private=self.allow_private,
            selector=_selector(row.selector) if one.kind is SourceKind.PAGE else "")  # fmt: skip
        self.added += 1
        return self._labelled(self._named(self._allowed(source), title), row.labels)

    def _flag(self, row: "OpmlRow", address: str) -> None:
        """Note an address that looks made for one reader; raises PersonalAddress at the strict level."""
        from veille.content.personal import token

        if not (found := token(address)):
            return
        error = PersonalAddress(address=host(address), host=host(address), token=found)
        if self.strict:
            raise error
        self.personal.append(Refusal(row.line, row.title, row.address, str(error)))

    def _allowed(self, source: Source) -> Source:
        if not self.allow_private or source.allow_private:
            return source
        source = replace(source, allow_private=True)
        self.store.sources.replace(source)
        return source

    def _named(self, source: Source, title: str) -> Source:
        """What the person called it in their other reader stays its name, whatever it calls itself."""
        handle = source.title if source.kind not in _FEEDS else ""
        if not title or source.name or title in (source.address, handle):
            return source
        source = replace(source, name=title)
        self.store.sources.replace(source)
        return source

    def _labelled(self, source: Source, labels: Sequence[str]) -> Source:
        """With the labels of the file, if it has none; those that fold to the same are one."""
        if not labels or source.labels:
            return source
        kept: dict[str, str] = {}
        for each in labels:
            kept.setdefault(fold(each), each)
        source = replace(source, labels=tuple(kept.values()))
        self.store.sources.replace(source)
        return source

    def _place(self, source: Source, title: str, why: str) -> None:
        sector = self._sectors.get(fold(title)) or self._new_sector(title)
        if (sector.key, source.id) in self._placed:
            return
        members = self._members.setdefault(sector.key, [])
        member = Membership(
            sector.key, source.id, f"opml:{self.name}", "person", self.clock.now(), why=plain(why)[:WHY],
            rank=next_rank(members), paused=source.id in self._paused)  # fmt: skip
        self.store.sources.put_member(member)
        members.append(member)
        self._placed.add((sector.key, source.id))

    def _new_sector(self, title: str) -> Sector:
        key = slug(title, (each.key for each in self._ordered))
        sector = Sector(key, title, rank=next_rank(self._ordered))
        self.store.sources.put_sector(sector)
        self._ordered.append(sector)
        self._sectors[fold(title)] = sector
        self.new_sectors += 1
        return sector


def _selector(text: str) -> str:
    """Raises BadSelector for what is none, or too costly."""
    from veille.sources.pages import check

    return check(text)


class _Unusable(Exception):
    """A row that says itself what is wrong with it."""


def _wrapper(rows: "Sequence[OpmlRow]") -> int:
    """How many outermost folders stand around all rows and hold nothing but folders."""
    usable = [row.folders for row in rows if not row.problem]
    depth = 0
    while usable and all(len(each) > depth + 1 and each[depth] == usable[0][depth] for each in usable):
        depth += 1
    return depth


def _export_rows(outline: Outline) -> "Iterator[OpmlRow]":
    for sector in outline.sectors:
        yield from _sector_rows(outline, sector)
    for source in outline.loose:
        yield _row(source)


def _sector_rows(outline: Outline, sector: Sector) -> "Iterator[OpmlRow]":
    for each in outline.members.get(sector.key, ()):
        yield _row(outline.sources[each.source], (sector.title,), each.why)


def _row(source: Source, folders: tuple[str, ...] = (), why: str = "") -> "OpmlRow":
    """A row by which other readers get something, too, and by which the source comes back as it was."""
    from veille.formats.opml import OpmlRow

    feed = source.kind is SourceKind.FEED
    address = source.address if feed else elsewhere(meant(source.kind, source.address))
    plainly = feed and listed(address).kind is SourceKind.FEED
    return OpmlRow(
        0, folders, source.label, address, source.site, why, kind="" if plainly else source.kind, lang=source.lang,
        labels=source.labels, selector=source.selector)  # fmt: skip
