"""The table of all sources: where each stands, what it gives, and what becomes of that."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from veille.content.text import fold
from veille.core.curating.findings import WORST, Ill
from veille.i18n import N_, _, language
from veille.model import Clock, Membership, Outline, Source, SourceKind

if TYPE_CHECKING:
    from veille.core.curating.findings import Finding
    from veille.core.curating.health import Health
    from veille.core.x.budget import Budget
    from veille.store import Store
    from veille.store.desk import Figures

DAYS = 28  # over which items per week and shares are counted
_WEEKS = DAYS / 7
_folded = lru_cache(maxsize=20_000)(fold)


class Column(StrEnum):
    """What the table can be sorted by."""

    NAME = "name"
    SECTOR = "sector"
    KIND = "kind"
    HEALTH = "health"
    LAST = "last"
    WEEKLY = "weekly"
    READ = "read"
    SAVED = "saved"
    COST = "cost"
    LANGUAGE = "language"
    ADDED = "added"
    BY = "by"
    WHY = "why"
    LABELS = "labels"


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One source. ``weekly`` are items a week, ``read`` and ``saved`` shares from 0 to 1 (None: it gave nothing), all
    over :data:`DAYS` days; ``cost`` is of this month, in millionths of a dollar (None: it costs nothing). ``members``
    are its places in sectors in use, ``sectors`` their titles; ``added``, ``by`` and ``why`` are of the first of them
    that says so, ``trial`` the earliest end of a trial. ``findings`` are what is wrong with it, the worst first.
    """

    source: Source
    members: tuple[Membership, ...] = ()
    sectors: tuple[str, ...] = ()
    paused: bool = False
    findings: "tuple[Finding, ...]" = ()
    last: datetime | None = None
    weekly: float = 0.0
    read: float | None = None
    saved: float | None = None
    cost: int | None = None
    added: datetime | None = None
    by: str = ""
    why: str = ""
    trial: date | None = None

    @property
    def pack(self) -> str:
        """The key of the pack that it comes from; "" for none."""
        return next((each.pack for each in self.members if each.pack), "")


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """Unset parts do not narrow. ``text`` is looked for in names, addresses, reasons and labels, folded, each word of
    it.

    ``sector`` is a key, "" is in none; ``ailing`` have findings; ``label`` is one of the curator's.
    """

    text: str = ""
    sector: str | None = None
    kind: str = ""
    lang: str = ""
    label: str = ""
    ailing: bool = False
    paused: bool = False
    on_trial: bool = False


class Desk:
    """``budget`` gives what X costs, ``health`` what is wrong with which source; both are made when first asked for."""

    def __init__(
        self, store: "Store", clock: Clock, budget: "Callable[[], Budget]", health: "Callable[[], Health]"
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._budget = budget
        self._health = health
        self._told: _Told | None = None
        self._last: tuple[Outline, tuple[DeskRow, ...]] | None = None

    def rows(self) -> tuple[DeskRow, ...]:
        """All sources in use, collections apart, in the order of the outline: sector by sector, then those in none."""
        outline = self._store.sources.outline()
        findings, costs = self._health().findings(), self._costs(outline)
        self._told = _Told(self.figures(), costs, findings)
        rows = tuple(map(_Known(outline, self._told).row, *_places(outline)))
        self._last = outline, rows
        return rows

    def figures(self) -> "Mapping[int, Figures]":
        """What each source gave; remembered until something is written. Asked for beside :meth:`rows`, both are there
        sooner: the database works on this alone."""
        hour = self._clock.now().replace(minute=0, second=0, microsecond=0)  # the same question for a while
        return self._store.desk.figures(hour - timedelta(days=DAYS))

    @property
    def known(self) -> bool:
        """Whether :meth:`rows` was answered before."""
        return self._told is not None

    def latest(self, outline: Outline) -> tuple[DeskRow, ...]:
        """The rows of ``outline`` at once, without a look into the store: with figures, costs and findings as they
        were last, none when they were never asked for."""
        last = self._last
        if last is not None and last[0] is outline:
            return last[1]
        return tuple(map(_Known(outline, self._told or _Told()).row, *_places(outline)))

    def _costs(self, outline: Outline) -> Mapping[int, int]:
        """What each source on X cost this month, which is X's own."""
        on_x = [each.id for each in outline.sources.values() if each.kind is SourceKind.X]
        if not on_x:
            return {}
        from veille.core.x.calendar import month_of

        spent = self._store.spending.by_source(*month_of(self._budget().now.date()))
        return {source: spent.get(source, (0, 0))[1] for source in on_x}


# Rows --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known of sources beside the outline, by id."""

    figures: "Mapping[int, Figures]" = field(default_factory=dict)
    costs: Mapping[int, int] = field(default_factory=dict)
    findings: "Mapping[int, tuple[Finding, ...]]" = field(default_factory=dict)


def outline_row(outline: Outline, source: Source) -> DeskRow:
    """The row of ``source`` as far as the outline tells: figures, cost and findings apart."""
    members = [each for some in outline.members.values() for each in some if each.source == source.id]
    return _Known(outline, _Told()).row(source.id, members)


def _places(outline: Outline) -> tuple[list[int], list[Collection[Membership]]]:
    """All sources, sector by sector, then those in none; and where each stands."""
    places: dict[int, list[Membership]] = {}
    for members in outline.members.values():
        for each in members:
            places.setdefault(each.source, []).append(each)
    order = [*places, *(source for source in outline.sources if source not in places)]
    return order, [places.get(source, ()) for source in order]


class _Known:
    """What rows are made of."""

    def __init__(self, outline: Outline, told: _Told) -> None:
        self._sources, self._paused = outline.sources, outline.paused
        self._titles = {each.key: each.title for each in outline.sectors}
        self._figures, self._costs, self._findings = told.figures, told.costs, told.findings
        self._origins: dict[tuple[str, str], str] = {}

    def row(self, number: int, members: Collection[Membership]) -> DeskRow:
        """The row of one source."""
        source, given = self._sources[number], self._figures.get(number)
        first = next(iter(members), None)
        why, trial = "", None
        for each in members:
            why = why or each.why
            if each.trial and (trial is None or each.trial < trial):
                trial = each.trial
        items = given.items if given else 0
        return DeskRow(
            source, tuple(members), tuple([self._titles[each.sector] for each in members]), number in self._paused,
            self._findings.get(number, ()), given.last if given else None, items / _WEEKS,
            given.read / items if given and items else None, given.saved / items if given and items else None,
            self._costs.get(number), first.when if first else source.added, self._origin(first) if first else "", why,
            trial)  # fmt: skip

    def _origin(self, member: Membership) -> str:
        """In words, which are made once for the hundreds that came by one way."""
        way = member.origin, member.by
        if way not in self._origins:
            self._origins[way] = origin_in_words(member)
        return self._origins[way]


# Narrowing and ordering ---------------------------------------------------------------------------


def narrowed(rows: Collection[DeskRow], wanted: DeskFilter) -> list[DeskRow]:
    """Those of ``rows`` that ``wanted`` means, in their order."""
    words, label = fold(wanted.text).split(), fold(wanted.label)
    return [row for row in rows if _is_meant(row, wanted, label) and _holds(row, words)]


def _is_meant(row: DeskRow, wanted: DeskFilter, label: str) -> bool:
    source = row.source
    if wanted.sector is not None and not (
        any(each.sector == wanted.sector for each in row.members) if wanted.sector else not row.members
    ):
        return False
    return (
        (not wanted.kind or source.kind == wanted.kind)
        and (not wanted.lang or source.lang == wanted.lang)
        and (not label or any(_folded(each) == label for each in source.labels))
        and (not wanted.ailing or bool(row.findings))
        and (not wanted.paused or row.paused)
        and (not wanted.on_trial or row.trial is not None)
    )


def _holds(row: DeskRow, words: Iterable[str]) -> bool:
    if not words:
        return True
    source = row.source
    reasons = (each.why for each in row.members)
    whole = _folded("\n".join((source.name, source.title, source.address, source.site, *source.labels, *reasons)))
    return all(word in whole for word in words)


def ordered(rows: Collection[DeskRow], by: Column, *, descending: bool = False) -> list[DeskRow]:
    """``rows`` by ``by``, then by name; those that have nothing there come last either way."""
    named = sorted(rows, key=lambda row: _folded(row.source.label))
    if by is Column.NAME:
        return sorted(named, key=lambda row: _folded(row.source.label), reverse=True) if descending else named
    key = _KEYS[by]
    keyed = [(key(row), row) for row in named]
    there = sorted((each for each in keyed if each[0] is not None), key=lambda each: each[0], reverse=descending)
    return [row for _key, row in there] + [row for found, row in keyed if found is None]


_KEYS: Mapping[Column, Callable[[DeskRow], Any]] = {
    Column.SECTOR: lambda row: _folded(", ".join(row.sectors)) or None,
    Column.KIND: lambda row: _folded(kind_in_words(row.source.kind)),
    Column.HEALTH: lambda row: min(WORST[each.ill] for each in row.findings) if row.findings else None,
    Column.LAST: lambda row: row.last,
    Column.WEEKLY: lambda row: row.weekly,
    Column.READ: lambda row: row.read,
    Column.SAVED: lambda row: row.saved,
    Column.COST: lambda row: row.cost,
    Column.LANGUAGE: lambda row: row.source.lang or None,
    Column.ADDED: lambda row: row.added,
    Column.BY: lambda row: _folded(row.by) or None,
    Column.WHY: lambda row: _folded(row.why) or None,
    Column.LABELS: lambda row: _folded(", ".join(row.source.labels)) or None,
}


# In words ----------------------------------------------------------------------------------------


def origin_in_words(member: Membership) -> str:
    """Who put it there, or what it came with, in a few words."""
    kind, _colon, name = member.origin.partition(":")
    key = name.rpartition("@")[0] or name
    if kind == "pack":
        by = member.by if member.by != "person" else ""
        text = _("{curator}, by the pack “{name}”") if by else _("The pack “{name}”")
        return text.format(curator=by, name=key)
    if kind == "opml":
        return _("The file “{name}”").format(name=name) if name else _("A file")
    if kind == "starter":
        return _("The starter sector “{name}”").format(name=key)
    if kind == "sample":
        return _("The sample")
    return _("You") if member.by == "person" else member.by


def kind_in_words(kind: SourceKind) -> str:
    """What a source is, in a word."""
    return _(_KINDS[kind])


def ill_in_words(ill: Ill) -> str:
    """What is wrong, in a word or two; a finding says it in a sentence."""
    return _(_WRONG[ill])


def often(weekly: float) -> str:
    """Items a week: whole ones, but 0.3."""
    text = f"{weekly:.0f}" if weekly >= 9.95 or weekly == round(weekly) else f"{weekly:.1f}"
    return text.replace(".", ",") if language() == "fr" else text


def share(part: float | None) -> str:
    """A share as per cent; "" for none."""
    return "" if part is None else _("{n} %").format(n=round(part * 100))


_KINDS = {
    SourceKind.FEED: N_("Feed"), SourceKind.PAGE: N_("Page"), SourceKind.X: "X", SourceKind.BLUESKY: "Bluesky",
    SourceKind.MASTODON: "Mastodon", SourceKind.COLLECTION: N_("Collection"),
}  # fmt: skip
_WRONG = {
    Ill.DEAD: N_("Dead"), Ill.CERTIFICATE: N_("Bad certificate"), Ill.FAILING: N_("Fails"), Ill.MOVED: N_("Moved"),
    Ill.FROZEN: N_("Frozen"), Ill.SILENT: N_("Silent"), Ill.PAID: N_("Paid"), Ill.DUPLICATE: N_("Duplicate"),
    Ill.RENAMED: N_("Renamed"), Ill.TRIAL: N_("Trial over"),
}  # fmt: skip
