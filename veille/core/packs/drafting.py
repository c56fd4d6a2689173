"""A sector of the profile as the pack that it would be."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from veille.core.packs.pack import REMOVALS, Pack, PackRule, PackSource, Removal
from veille.core.tables import Texts
from veille.model import Membership, Sector, Source
from veille.rules import Rule

if TYPE_CHECKING:
    from veille.store import Store


class Drafting:
    """``base`` is the edition published last (None: none was): what it says in several languages, and of who added
    what, stays while it is the same. ``by`` is what the curator is called, ``today`` their day."""

    def __init__(self, store: "Store", base: Pack | None, by: str, today: date) -> None:
        self._store = store
        self._base = base
        self._by = by
        self._today = today

    def pack(self, sector: Sector, reasons: Mapping[str, str] | None = None) -> Pack:
        """The pack of ``sector``, its edition as before. ``reasons`` say why sources were removed, by key."""
        outline, base = self._store.sources.outline(), self._base
        former, keys = self._store.sources.former(), {each.key for each in outline.sources.values()}
        known = {key: each for each in (base.sources if base else ()) for key in (*each.former, each.key)}
        sources, names = [], dict[int, str]()
        for member in outline.members.get(sector.key, ()):
            source = outline.sources[member.source]
            names[source.id] = source.key
            before = known.get(source.key) or next((known[k] for k in former.get(source.id, ()) if k in known), None)
            others = {*former.get(source.id, ()), *(before.former if before else ())} - keys
            sources.append(self._source(source, member, before, tuple(sorted(others))))
        return Pack(
            sector.key, base.version if base else 0, _texts(sector.title, base.titles if base else {}),
            _texts(sector.summary, base.summaries if base else {}), by=self._by, sources=tuple(sources),
            rules=tuple(self._rules(sector.key, names)), removals=self._removals(sources, reasons or {}))  # fmt: skip

    def _source(
        self, source: Source, member: Membership, before: PackSource | None, former: tuple[str, ...]
    ) -> PackSource:
        return PackSource(
            source.key, source.address, source.label, source.site, source.lang,
            reasons=_texts(member.why, before.reasons if before else {}),
            by=self._who(member.by, before.by if before else ""), added=member.when.astimezone(UTC).date(),
            trial=member.trial, labels=source.labels, selector=source.selector, former=former)  # fmt: skip

    def _rules(self, sector: str, sources: Mapping[int, str]) -> Iterable[PackRule]:
        """Those of the sector and of its sources; a rule that is paused here is followed by others."""
        before = {each.rule.key: each.rule for each in (self._base.rules if self._base else ())}
        for rule in self._store.rules.all():
            if rule.sector == sector or rule.source in sources:
                known = before.get(rule.key)
                yield PackRule(
                    bare(replace(rule, by=self._who(rule.by, known.by if known else ""))), sources.get(rule.source, "")
                )

    def _who(self, by: str, before: str) -> str:
        """The person's own keep the name that they were published under."""
        return by if by != "person" else before or self._by

    def _removals(self, sources: Iterable[PackSource], reasons: Mapping[str, str]) -> tuple[Removal, ...]:
        if self._base is None:
            return ()
        there = {key for each in sources for key in (each.key, *each.former)}
        gone = {each.key: each for each in self._base.removals if each.key not in there}
        for each in self._base.sources:
            if each.key not in there:
                gone[each.key] = Removal(each.key, each.title, reasons.get(each.key, ""), self._by, self._today)
        newest = sorted(gone.values(), key=lambda each: each.when or date.min, reverse=True)[:REMOVALS]
        return tuple(sorted(newest, key=lambda each: each.key))


def bare(rule: Rule) -> Rule:
    """``rule`` without what is of one profile alone."""
    added = rule.added.astimezone(UTC).replace(microsecond=0) if rule.added else None
    return replace(rule, id=0, sector="", source=0, origin="person", rank=0, paused=False, added=added)


def moment_of(day: date | None, now: datetime) -> datetime:
    """When a curator added something: their day, as far as it can be one."""
    if day is None or day > now.date() or day.year < 1970:
        return now
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def unseen(edition: Pack, later: Pack) -> Set[str]:
    """Sources of ``edition`` of which ``later`` knows nothing: its curator did not have that edition."""
    known = {key for each in later.sources for key in (each.key, *each.former)} | {each.key for each in later.removals}
    return {each.key for each in edition.sources if each.key not in known}


def _texts(text: str, known: Texts) -> Texts:
    """``text`` as texts by language: those that were ``known`` while it is one of them."""
    if text in known.values():
        return known
    return {"": text} if text else {}
