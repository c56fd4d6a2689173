"""What is wrong with sources, what can be done about it, and doing it.

``diagnosis`` says what is wrong with one source, ``gaps`` and ``habit`` what is usual for it, ``examining`` what only a
comparison of items shows; ``findings`` has the values.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from veille.content.addresses import host, source_key
from veille.core.curating import gaps
from veille.core.curating.diagnosis import Facts, Twin, diagnose
from veille.core.curating.examining import LOOKED, Pages, duplicates, paid, spellings
from veille.core.curating.findings import ASKING, WORST, Cure, Finding, Ill, name
from veille.core.curating.habit import Habit, habit, hour_of
from veille.core.history import standing
from veille.core.watching.intake import OVER
from veille.errors import BadAddress, Cancelled, NotFound
from veille.i18n import _, language
from veille.model import Changes, Clock, Membership, Outline, Progress, Source, SourceState

if TYPE_CHECKING:
    from veille.core.curating.curation import Curation
    from veille.core.curating.gaps import Pattern
    from veille.store import Store

__all__ = ["ASKING", "WORST", "Cure", "Finding", "Health", "Ill", "name"]

LEFT = timedelta(days=30)  # that nothing is said of what is to be left
_BACK = timedelta(days=400)  # that are looked back
_LEFT = "health.left."  # in the store's values, then the source's id, a point and the ill: the day (2026-12-31) from
# which it is said again
_EXAMINED = "health.examined"  # in the store's values: JSON, source -> what :meth:`Health.examine` found
_MANY = 20  # sources, of which one published lately
_SOME = 25  # sources between two steps
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_host = lru_cache(maxsize=20_000)(host)


class Health:
    """Looks at what the store knows; asks nobody. Thread-safe."""

    def __init__(self, store: "Store", clock: Clock, curation: "Curation") -> None:
        self._store = store
        self._clock = clock
        self._curation = curation
        self._kept: tuple[object, Mapping[int, tuple[Finding, ...]]] | None = None
        self._given: tuple[tuple[int, int], Mapping[int, list[int]]] | None = None
        self._newest: tuple[tuple[int, int], datetime | None] | None = None
        self._patterns: dict[int, tuple[tuple[int, int, int], Pattern | None]] = {}

    # What is wrong -------------------------------------------------------------------------------

    def findings(self) -> Mapping[int, tuple[Finding, ...]]:
        """What is wrong with each source in use that is not paused, the worst first; those that are well are left out.

        What takes long (:attr:`Ill.PAID`, :attr:`Ill.DUPLICATE`) is as :meth:`examine` found it last. Remembered until
        something is written, or an hour has passed: not to be changed.
        """
        now = self._clock.now()
        asked = self._store.version, language(), hour_of(now)
        kept = self._kept
        if kept is None or kept[0] != asked or self._store.db.apart:
            kept = asked, self._now_found(now)
            if not self._store.db.apart:
                self._kept = kept
        return kept[1]

    def of(self, source: int) -> tuple[Finding, ...]:
        """The same of one source; quick though something was just written."""
        outline, now = self._store.sources.outline(), self._clock.now()
        hours = [hour_of(each) for each in self._store.desk.moments(source, now - _BACK)]
        one = outline.sources.get(source)
        return self._found(outline, {source: one}, {source: hours}, now).get(source, ()) if one else ()

    def habit(self, source: int) -> Habit:
        """How it usually publishes."""
        now = self._clock.now()
        return habit(self._store.desk.moments(source, now - _BACK), now)

    def _now_found(self, now: datetime) -> dict[int, tuple[Finding, ...]]:
        outline = self._store.sources.outline()
        return self._found(outline, outline.sources, self._hours(now), now)

    def _hours(self, now: datetime) -> Mapping[int, list[int]]:
        """When sources gave items; remembered for an hour, or until one gives more: what is marked changes nothing."""
        mark = self._store.desk.newest(), hour_of(now)
        kept = self._given
        if kept is None or kept[0] != mark:
            kept = self._given = mark, self._store.desk.hours(now - _BACK)
        return kept[1]

    def _found(
        self, outline: Outline, wanted: Mapping[int, Source], hours: Mapping[int, list[int]], now: datetime
    ) -> dict[int, tuple[Finding, ...]]:
        """What is wrong with the sources that are ``wanted``, of which ``hours`` tell when they gave items."""
        placed = [each for members in outline.members.values() for each in members]
        on_trial = {each.source for each in placed if each.trial}
        reached = _reached(outline) if any(each.error for each in outline.states.values()) else _nobody
        over = self._over()
        left, known, twins = self._left(now), self._examined(outline), _twins(outline)
        odd = self._odd(outline, hours, now)
        ailing = {
            id: state
            for id, source in wanted.items()
            if id not in outline.paused
            and ((state := outline.states.get(id) or SourceState(id)).error or state.moved or source.was
                 or id in odd or id in known or id in twins or id in on_trial)
        }  # fmt: skip
        members: dict[int, list[Membership]] = {id: [] for id in ailing}
        for each in placed:
            if each.source in members:
                members[each.source].append(each)
        today = now.astimezone().date()
        found = {}
        for id, state in ailing.items():
            source = wanted[id]
            facts = Facts(source, state, tuple(members[id]), left=left.get(id, frozenset()))
            if state.error:
                when, hosts = reached(source)
                facts = replace(facts, reached=when, hosts=hosts, over=over)
            elif id in odd:
                given, pattern, asked, arrived = odd[id]
                facts = replace(facts, hours=given, pattern=pattern, asked=asked, arrived=arrived)
            if state.moved and (move := self._curation.move_in_question(id)):
                facts = replace(facts, move=move, free=self._free(source, move))
            said = known.get(id, {})
            twin = twins.get(id)
            if twin is None and said.get("other") and said["other"] not in outline.paused:
                twin = Twin(said["other"], outline.sources[said["other"]].label, said.get("share", 0.0))
            if twin is not None:
                twin = replace(twin, packed=any(each.pack for each in placed if each.source == twin.other))
            facts = replace(facts, paid=said.get("paid", ""), twin=twin)
            if ills := diagnose(facts, today):
                found[id] = ills
        return dict(sorted(found.items(), key=lambda each: WORST[each[1][0].ill]))

    def _free(self, source: Source, address: str) -> bool:
        """Whether no other source has that address, be it one that was set aside."""
        try:
            other = self._store.sources.by_key(source_key(source.kind, address))
        except BadAddress:
            return False
        return other is None or other.id == source.id

    def _odd(
        self, outline: Outline, given: Mapping[int, list[int]], now: datetime
    ) -> dict[int, tuple[list[int], "Pattern", datetime, datetime | None]]:
        """The sources that give nothing for longer than usual, as of when they were asked last: when they gave items,
        what that shows, when they were asked, and when their newest item came, whatever its date."""
        odd: dict[int, tuple[list[int], Pattern, datetime]] = {}
        latest = self._latest(outline, now)
        for source, hours in given.items():
            state = outline.states.get(source)
            if state is None or state.checked is None or state.error or source in outline.paused:
                continue
            asked = min(state.checked, latest)
            until = hour_of(asked)
            if hours and hours[-1] > until:  # a wrong clock
                hours = hours[: bisect_right(hours, until)]
            if gaps.odd(hours, until) and (found := self._pattern(source, hours)) and found.silent(until):
                odd[source] = hours, found, asked
        arrived = self._store.desk.arrived(odd) if odd else {}
        return {source: (*both, arrived.get(source)) for source, both in odd.items()}

    def _latest(self, outline: Outline, now: datetime) -> datetime:
        """The time that is now for certain: of many sources one published a moment ago, unless the clock is ahead."""
        if len(outline.sources) < _MANY:
            return now
        mark = self._store.desk.newest(), hour_of(now)
        kept = self._newest
        if kept is None or kept[0] != mark:
            kept = self._newest = mark, self._store.items.latest()
        return min(now, kept[1] or now)

    def _pattern(self, source: int, hours: list[int]) -> "Pattern | None":
        """What ``hours`` show; remembered until there are others."""
        mark = len(hours), hours[0], hours[-1]
        kept = self._patterns.get(source)
        if kept is None or kept[0] != mark:
            kept = self._patterns[source] = mark, gaps.pattern(hours)
        return kept[1]

    def _over(self) -> datetime | None:
        """When a time ended in which nobody answered."""
        with suppress(ValueError):
            return datetime.fromisoformat(self._store.values.get(OVER))
        return None

    def _left(self, now: datetime) -> dict[int, frozenset[Ill]]:
        """What nothing is to be said of for now."""
        left: dict[int, frozenset[Ill]] = {}
        today = now.date().isoformat()
        for what, until in self._store.values.all(_LEFT).items():
            source, _point, ill = what.removeprefix(_LEFT).partition(".")
            if source.isdigit() and ill in set(Ill) and until > today:
                left[int(source)] = left.get(int(source), frozenset()) | {Ill(ill)}
        return left

    def _examined(self, outline: Outline) -> dict[int, dict[str, Any]]:
        """What the last examination found, apart from what concerns sources that changed or were removed since."""
        found = {}
        for id, said in self._read(_EXAMINED).items():
            source = outline.sources.get(int(id)) if id.isdigit() else None
            if source is not None and isinstance(said, dict) and said.get("key") == source.key:
                other = outline.sources.get(said.get("other", 0))
                same = other is not None and other.key == said.get("other_key")
                found[source.id] = said if same else {**said, "other": 0}
        return found

    # Looking closely -----------------------------------------------------------------------------

    def examine(self, progress: Progress) -> int:
        """Compare what sources give with each other and with what they gave before; returns how many findings that
        brought. Raises Cancelled; what was found before stays then."""
        sources = self._store.sources.outline().sources
        pages, sold = {}, {}
        for at, source in enumerate(sources):
            if at % _SOME == 0:
                progress.step(at, len(sources))
                if progress.cancelled:
                    raise Cancelled
            items = self._store.desk.given(source, LOOKED)
            pages[source] = Pages.of(items)
            if how := paid(items):
                sold[source] = how
        found: dict[int, dict[str, Any]] = {}
        for id, how in sold.items():
            found[id] = {"key": sources[id].key, "paid": how}
        for each in duplicates(pages):
            found.setdefault(each.source, {"key": sources[each.source].key})
            found[each.source] |= {"other": each.other, "other_key": sources[each.other].key, "share": each.share}
        progress.step(len(sources), len(sources))
        self._store.values.put(_EXAMINED, json.dumps(found))
        several = self.findings().values()
        return sum(each.ill in (Ill.PAID, Ill.DUPLICATE) for findings in several for each in findings)

    # Putting it right ----------------------------------------------------------------------------

    def cure(self, finding: Finding, cure: Cure) -> Changes:
        """Do it: every cure but RETRY and FIND, which ask the network and are the face's to begin.

        All of them can be undone. Raises what the change raises.
        """
        source, curation = finding.source, self._curation
        deeds = {
            Cure.FOLLOW: lambda: curation.follow_move(source),
            Cure.STAY: lambda: curation.refuse_move(source),
            Cure.PAUSE: lambda: curation.pause(source),
            Cure.REMOVE: lambda: curation.remove_source(source),
            Cure.REMOVE_OTHER: lambda: curation.remove_source(finding.other),
            Cure.KEEP: lambda: self._keep(source),
            Cure.NEW_NAME: lambda: self._seen(source, keep=False),
            Cure.OLD_NAME: lambda: self._seen(source, keep=True),
            Cure.LEAVE: lambda: self._leave(finding),
        }
        return deeds[cure]()

    def _keep(self, id: int) -> Changes:
        """The trial is over, and it stays."""
        source = self._source(id)
        text = _("“{title}” is kept for good.").format(title=source.label)
        with self._store.history.recording(text) as entry:
            for each in self._store.sources.memberships(id):
                if not each.pack:
                    self._store.sources.put_member(replace(each, trial=None))
        return self._changed(entry, text, id)

    def _seen(self, id: int, *, keep: bool) -> Changes:
        """The person has seen that it renamed itself, and keeps the old name or not."""
        source = self._source(id)
        new = replace(source, was="", name=source.was if keep and source.was else source.name)
        if keep:
            text = _("“{new}” goes on being called “{old}”.").format(new=source.title, old=new.label)
        else:
            text = _("“{title}” is called by its new name.").format(title=new.label)
        with self._store.history.recording(text) as entry:
            self._store.sources.replace(new)
        return self._changed(entry, text, id)

    def _leave(self, finding: Finding) -> Changes:
        now, source = self._clock.now(), self._source(finding.source)
        today, until = now.date().isoformat(), (now + LEFT).date().isoformat()
        text = _("Nothing is said of this about “{title}” for 30 days.").format(title=source.label)
        with self._store.history.recording(text) as entry:
            for what, day in self._store.values.all(_LEFT).items():
                if day <= today:
                    self._store.values.forget(what)
            self._store.values.decide(f"{_LEFT}{source.id}.{finding.ill}", until)
        return self._changed(entry, text, source.id)

    def _source(self, id: int) -> Source:
        found = self._store.sources.get(id)
        if found is None or found.removed is not None:
            raise NotFound(what=_("source"), name=found.label if found else str(id))
        return found

    def _changed(self, entry: int, text: str, source: int) -> Changes:
        undo = standing(self._store, entry)
        return Changes(sources=frozenset({source}), outline=True, undo=undo, text=text)

    def _read(self, name: str) -> dict[str, Any]:
        """What is kept under ``name``; nothing where that is not what was written."""
        try:
            found = json.loads(self._store.values.get(name, "{}"))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def _reached(outline: Outline) -> Callable[[Source], tuple[datetime | None, int]]:
    """When any host but that of a source gave its last good answer: long ago, if all others fail; None when there is
    no other. And how many others there are."""
    newest: dict[str, datetime] = {}
    for id, state in outline.states.items():
        if state.checked:
            name, when = _host(outline.sources[id].address), _NEVER if state.error else state.checked
            newest[name] = max(when, newest.get(name, when))
    best = sorted(newest.items(), key=lambda each: each[1], reverse=True)[:2]

    def reached(source: Source) -> tuple[datetime | None, int]:
        own = _host(source.address)
        return next((when for name, when in best if name != own), None), len(newest) - (own in newest)

    return reached


def _nobody(_source: Source) -> tuple[None, int]:
    """For when nothing fails."""
    return None, 0


def _twins(outline: Outline) -> dict[int, Twin]:
    """The sources of which the addresses alone tell that another is the same: spelt otherwise, or moved to it."""
    sources = {id: source for id, source in outline.sources.items() if id not in outline.paused}  # those give nothing
    addresses = {id: (source.kind + source.selector, source.address) for id, source in sources.items()}
    twins = {each.source: Twin(each.other, sources[each.other].label) for each in spellings(addresses)}
    moved = {id: state.moved for id, state in outline.states.items() if state.moved and id in sources}
    keys = {source.key: id for id, source in sources.items()} if moved else {}
    for id, address in moved.items():
        with suppress(BadAddress):
            other = keys.get(source_key(sources[id].kind, address), id)
            if other != id:
                twins[id] = Twin(other, sources[other].label, moved=True)
    return twins
