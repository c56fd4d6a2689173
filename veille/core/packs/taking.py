"""Doing in the profile what one edition of a pack changes in another.

Only what differs between the two editions is touched, so that what the person did besides stays as it is: the name
that they gave a source, a pause, a way of its own, sources and rules of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from veille.core.curating.curation import TITLE, WHY
from veille.core.naming import next_rank
from veille.core.packs.drafting import moment_of
from veille.core.packs.matching import partners
from veille.core.packs.pack import Pack, PackRule, PackSource
from veille.core.tables import Texts
from veille.errors import TooMany
from veille.i18n import _
from veille.model import Clock, Membership, Sector, Source
from veille.rules import MOST, Rule

if TYPE_CHECKING:
    from veille.store import Store


@dataclass(frozen=True, slots=True)
class Taken:
    """``brought`` are the keys of those sources that are there for the pack's sake alone."""

    sources: frozenset[int]
    brought: frozenset[str]


@dataclass
class Taking:
    """One edition that is taken over, inside a transaction. ``own``: into the sector of a co-curator, where everything
    is the pack's; otherwise beside what the person has there. ``insist`` brings back what they set aside."""

    store: "Store"
    clock: Clock
    own: bool = False
    insist: bool = False
    brought: set[str] = field(default_factory=set)

    def take(self, old: Pack | None, new: Pack) -> Taken:
        """Make of what ``old`` brought what ``new`` says. Part of an entry that is recorded."""
        self._old, self._new = old, new
        self._origin = "person" if self.own else f"pack:{new.key}@{new.version}"  # a co-curator's may be changed here
        self._outline = self.store.sources.outline()
        self._standing = {each.source: each for each in self._outline.members.get(new.key, ())}
        self._keys = {each.key for each in new.sources}
        left = {each.key: each for each in (old.sources if old else ())}
        self._was = {now: left.pop(was) for was, now in partners(tuple(left.values()), new.sources).items()}
        self._ids: dict[str, int] = {}  # of the sources of the new edition, by key
        self._touched: set[int] = set()
        self._others: frozenset[int] | None = None
        self._sector()
        places: list[Membership] = []
        for each in new.sources:
            before = self._was.get(each.key)
            place = self._source(each, before)
            if before is not None and before.key != each.key:
                self._moved_away(before, place.source)
            places.append(place)
        for gone in left.values():
            self._remove(gone)
        self._place(places)
        self._rules()
        return Taken(frozenset(self._touched), frozenset(self.brought))

    # The sector ----------------------------------------------------------------------------------

    def _sector(self) -> None:
        old, new = self._old, self._new
        there = next((each for each in self._outline.sectors if each.key == new.key), None)
        if there is None:
            rank = next_rank(self._outline.sectors)
            self.store.sources.put_sector(Sector(new.key, new.title[:TITLE], new.summary[:WHY], rank))
        elif old is not None and (old.titles, old.summaries) != (new.titles, new.summaries):
            title, summary = there.title, there.summary
            if self.own or title in _cut(old.titles, TITLE):  # what the person called it before stays
                title = new.title[:TITLE]
            if self.own or summary in ("", *_cut(old.summaries, WHY)):
                summary = new.summary[:WHY]
            self.store.sources.put_sector(replace(there, title=title, summary=summary))

    # Sources -------------------------------------------------------------------------------------

    def _source(self, wanted: PackSource, before: PackSource | None) -> Membership:
        """The source as it is ``wanted``, and where it is to stand."""
        source = self._known(wanted, before)
        if before is not None and before.key != wanted.key:
            former = self.store.sources.meant_by(before.key)
            if not self.own and before.key not in self.brought:  # nobody else moves what the person watched before
                source, before = self.store.sources.by_key(wanted.key), None
            elif source is not None and former is not None and former.id != source.id:
                before = None  # it moved to where another one is, which takes its place
        if source is None:
            source = self._add(wanted)
        elif wanted != before:
            source = self._changed(source, wanted, before)
        self._ids[wanted.key] = source.id
        return self._member(source, wanted, before)

    def _known(self, wanted: PackSource, before: PackSource | None) -> Source | None:
        for key in dict.fromkeys((wanted.key, *([before.key] if before else ()), *wanted.former)):
            found = self.store.sources.meant_by(key)
            if found is not None and (found.key == wanted.key or found.key not in self._keys):
                return found
        return None

    def _add(self, wanted: PackSource) -> Source:
        source = self.store.sources.add(
            wanted.key, wanted.kind, wanted.address, wanted.title, site=wanted.site, lang=wanted.lang,
            selector=wanted.selector)  # fmt: skip
        named = replace(source, name=wanted.title[:TITLE], labels=wanted.labels)
        self._write(named, source)
        self.brought.add(wanted.key)
        return named

    def _changed(self, source: Source, wanted: PackSource, before: PackSource | None) -> Source:
        """``source`` as it is wanted: what the person chose otherwise stays."""
        new = self._woken(source, wanted, before)
        if before is not None and before.key != wanted.key:
            self.brought = {wanted.key if key == before.key else key for key in self.brought}
            new = self._moved(new, wanted)
        if before is not None and wanted.title != before.title and new.name in ("", before.title):
            new = replace(new, name=wanted.title[:TITLE])
        for name in ("site", "lang", "selector"):
            was, now = getattr(before, name, ""), getattr(wanted, name)
            if now != was and getattr(new, name) in ("", was):
                new = replace(new, **{name: now})
        known = before.labels if before else ()
        own = [each for each in new.labels if each not in known and each not in wanted.labels]
        if (wanted.labels != known or before is None) and (self.own or wanted.key in self.brought):
            new = replace(new, labels=(*wanted.labels, *own))
        self._write(new, source)
        return new

    def _woken(self, source: Source, wanted: PackSource, before: PackSource | None) -> Source:
        """One that was set aside comes back with an edition that adds it, unless the person set it aside."""
        if source.removed is None:
            if before is None and source.id in self._brought_by_others():
                self.brought.add(wanted.key)
            return source
        if not (self.insist or self.own) and by_person(self.store, source):
            return source
        if before is not None and not self.insist:
            return source
        self.brought.add(wanted.key)
        back = self.store.sources.add(source.key, source.kind, source.address, source.title)
        return replace(self._moved(back, wanted), name=back.name or wanted.title[:TITLE])

    def _moved(self, source: Source, wanted: PackSource) -> Source:
        """``source`` at the address that is wanted, unless that is another source's. What the person allowed in their
        own network holds for the host and port that they allowed."""
        if source.key == wanted.key or self.store.sources.by_key(wanted.key) is not None:
            return source
        private = source.allow_private and urlsplit(wanted.address).netloc == urlsplit(source.address).netloc
        return replace(source, key=wanted.key, kind=wanted.kind, address=wanted.address, allow_private=private)

    def _write(self, new: Source, old: Source) -> None:
        self._touched.add(new.id)
        if new != old:
            self.store.sources.replace(new)

    def _brought_by_others(self) -> frozenset[int]:
        """Sources that are there for the sake of other packs alone."""
        if self._others is None:
            rows = [each for each in self.store.packs.all() if each.key != self._new.key]
            found = (self.store.sources.meant_by(key) for row in rows for key in row.brought)
            self._others = frozenset(each.id for each in found if each is not None)
        return self._others

    def _moved_away(self, before: PackSource, source: int) -> None:
        """Where the new address is that of another source, the former one is no longer in the pack."""
        former = self.store.sources.meant_by(before.key)
        if former is not None and former.id != source:
            self._remove(before)

    def _remove(self, gone: PackSource) -> None:
        """Out of the sector; set aside when it is there for the pack's sake alone and stands nowhere else."""
        source, alone = self.store.sources.meant_by(gone.key), gone.key in self.brought
        self.brought.discard(gone.key)
        if source is None or source.id in self._ids.values():
            return
        members = self.store.sources.memberships(source.id)
        here = next((each for each in members if each.sector == self._new.key), None)
        if here is None or not self._is_ours(here):
            return
        self._touched.add(source.id)
        if not self.own and source.removed is not None:  # by the person, who may want it back
            self.store.sources.put_member(replace(here, origin="person"))
            return
        self._standing.pop(source.id, None)
        self.store.sources.remove_member(self._new.key, source.id)
        aside = (alone or self.own) and len(members) == 1 and source.removed is None
        if not self.own:
            labels = tuple(each for each in source.labels if not (alone and each in gone.labels))
            name = "" if aside and source.name == gone.title else source.name
            self._write(replace(source, labels=labels, name=name), source)
        if aside:
            self.store.sources.remove(source.id)

    # Places --------------------------------------------------------------------------------------

    def _is_ours(self, member: Membership) -> bool:
        return self.own or member.pack == self._new.key

    def _member(self, source: Source, wanted: PackSource, before: PackSource | None) -> Membership:
        """Where ``source`` is to stand; its rank comes later."""
        there = self._standing.get(source.id)
        if there is None and source.removed is not None:
            there = _in(self.store.sources.memberships(source.id), self._new.key)
        if there is not None and (wanted == before or not self._is_ours(there)):
            return there
        by = wanted.by if self.own else wanted.by or self._new.by
        origin = there.origin if there is not None and self.own else self._origin
        paused = there.paused if there else source.id in self._outline.paused
        when = moment_of(wanted.added, self.clock.now())
        return Membership(
            self._new.key, source.id, origin, by, when, wanted.why[:WHY], rank=-1, paused=paused, trial=wanted.trial
        )

    def _place(self, places: Sequence[Membership]) -> None:
        """The pack's in its order; each of the person's own stays behind the one that it stands behind."""
        ours = {each.source: each for each in places}
        behind: dict[int, list[Membership]] = {0: []}
        last = 0
        for each in self._standing.values():
            if each.source in ours:
                last = each.source
                behind.setdefault(last, [])
            else:
                behind[last].append(each)
        ordered = list(behind[0])
        for place in places:
            ordered += [place, *behind.get(place.source, ())]
        for rank, each in enumerate(ordered):
            if each.rank != rank:
                self._touched.add(each.source)
                self.store.sources.put_member(replace(each, rank=rank))

    # Rules ---------------------------------------------------------------------------------------

    def _rules(self) -> None:
        there = {each.key: each for each in self.store.rules.all()}
        old = {each.rule.key: each for each in (self._old.rules if self._old else ())}
        rank = max((each.rank for each in there.values()), default=-1)
        for each in self._new.rules:
            known = there.get(each.rule.key)
            mine = known is not None and not (self.own or known.pack == self._new.key)
            same = known is not None and old.get(each.rule.key) == each
            if mine or (same and (not each.source or each.source in self._ids)):
                continue
            rank += 1
            self._rule(each, known, rank)
        for key in old.keys() - {each.rule.key for each in self._new.rules}:
            known = there.get(key)
            if known is not None and (self.own or known.pack == self._new.key):
                self.store.rules.remove(known.id)
        if not self.own and len(self.store.rules.all()) > max(MOST, len(there)):  # a co-curator's are published already
            raise TooMany(most=MOST, what=_("rules"))

    def _rule(self, wanted: PackRule, known: Rule | None, rank: int) -> None:
        source = 0
        if wanted.source:
            found = self.store.sources.meant_by(wanted.source)
            source = self._ids.get(wanted.source) or (found.id if found else 0)
            if source not in self._ids.values():  # of one that they declined, or that the pack has nothing to do with
                if known is not None:
                    self.store.rules.remove(known.id)
                return
        by = wanted.rule.by
        self.store.rules.put(
            replace(
                wanted.rule, id=known.id if known else 0, sector="" if source else self._new.key, source=source,
                origin=known.origin if known and self.own else self._origin,
                by=by if self.own or by != "person" else self._new.by or by,
                added=wanted.rule.added or self.clock.now(), rank=known.rank if known else rank,
                paused=known.paused if known else False)
        )  # fmt: skip


def by_person(store: "Store", source: Source) -> bool:
    """Whether the person set this one aside: a pack takes it out of its sector before."""
    return source.removed is not None and bool(store.sources.memberships(source.id))


def own_choice(store: "Store", keys: Sequence[str]) -> bool:
    """Whether these are keys of a source that the person set aside: what a pack changes in it is not shown to them."""
    found = next((each for each in map(store.sources.meant_by, keys) if each is not None), None)
    return found is not None and by_person(store, found)


def _cut(texts: Texts, most: int) -> list[str]:
    return [each[:most] for each in texts.values()]


def _in(members: Sequence[Membership], sector: str) -> Membership | None:
    return next((each for each in members if each.sector == sector), None)
