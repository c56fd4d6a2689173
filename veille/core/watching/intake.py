"""Storing what sources answered: decided, written and remembered in one transaction for a batch of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from veille.content.addresses import source_key
from veille.core.naming import keeps
from veille.core.rules.applying import Applied, Applier
from veille.core.watching import schedule
from veille.core.watching.arrivals import MOST, first_moment
from veille.core.watching.decide import decide
from veille.core.watching.schedule import Rhythm
from veille.errors import OURS, BadAddress, SourceError, VeilleError
from veille.model import Changes, Clock, Deed, Fetched, Item, Source, SourceKind, SourceState

if TYPE_CHECKING:
    from veille.store import Store

_FEW = 3  # failures in a row that prove something
_LONG = timedelta(days=2)  # beyond its time
_COMMON = timedelta(hours=6)  # for which nobody answered
OVER = "answers.again"  # in the store's values (ISO 8601): when a time ended in which nobody answered

Answer = Fetched | SourceError


@dataclass(frozen=True, slots=True)
class Intake:
    """The writer of one pass. ``rhythm`` is that of a kind of source; ``chance``, from 0 to 1, moves the due time of a
    source."""

    store: "Store"
    clock: Clock
    rhythm: Callable[[SourceKind], Rhythm]
    chance: Callable[[Source], float]

    def take(self, answers: list[tuple[Source, Answer]]) -> tuple[Changes, list[tuple[Source, Answer]]]:
        """Store ``answers``; returns what changed, and the answers as they were stored.

        An answer that turns out to be impossible to store is stored as an error of its source. Those of
        sources that were removed meanwhile are left out.
        """
        changes = Changes()
        taken: list[tuple[Source, Answer]] = []
        states: list[SourceState] = []
        applier = Applier(self.store, self.clock)
        with self.store.db.write():
            for asked, answer in answers:
                source = self.store.sources.get(asked.id)
                if source is None or source.removed is not None:
                    continue
                touched, answer = self._one(source, answer, applier)
                changes |= touched
                taken.append((source, answer))
                states.append(self._state(source, answer))
            self._note_end(states)
            self.store.sources.put_states(states)
        return changes | Changes(sources=frozenset(state.source for state in states)), taken

    def _one(self, source: Source, answer: Answer, applier: Applier) -> tuple[Changes, Answer]:
        if isinstance(answer, SourceError):
            return Changes(), answer
        try:
            with self.store.db.write():
                return self._keep(source, answer, applier), answer
        except VeilleError:
            raise
        except Exception as error:  # a bug met by one source must not take the others along
            return Changes(), SourceError(detail=type(error).__name__)

    def _keep(self, source: Source, fetched: Fetched, applier: Applier) -> Changes:
        learnt = self._learnt(source, fetched)
        if learnt != source:
            self.store.sources.replace(learnt)
        outline = learnt.label != source.label or learnt.address != source.address
        if not fetched.items:
            return Changes(outline=outline)
        old = self.store.items.by_uids(source.id, [item.uid for item in fetched.items])
        decision = decide(old, fetched.items)
        inserted = self.store.items.apply(decision.inserts, decision.updates)
        if source.full_text:
            self.store.arrivals.add(inserted, first_moment(self.clock.now(), self.chance(source)), MOST)
        ruled = self._ruled(source, inserted, decision.inserts, applier)
        touched = frozenset(inserted) | {item.id for item in decision.updates} | ruled.older
        return Changes(items=touched, new=len(inserted) - ruled.hidden, outline=outline, tags=ruled.tagged)

    def _ruled(self, source: Source, ids: list[int], items: Sequence[Item], applier: Applier) -> Applied:
        """What the rules did to the new ``items``, stored as ``ids``."""
        if len(ids) < len(items):  # one stood there twice
            items = self.store.items.whole(ids)
        try:
            with self.store.db.write():
                return applier.apply(source, ids, items)
        except VeilleError:
            raise
        except Exception:  # a bug met by a rule must not take what arrived along
            return Applied()

    def _learnt(self, source: Source, fetched: Fetched) -> Source:
        """``source`` with what it said of itself, its new address too when that is believed."""
        learnt = replace(
            source, title=fetched.title or source.title, site=fetched.site or source.site,
            lang=fetched.lang or source.lang, was=self._was(source, fetched.title))  # fmt: skip
        if not self._believed(source, fetched):
            return learnt
        return self._moved(learnt, fetched.moved)

    def _was(self, source: Source, title: str) -> str:
        """What it called itself before it renamed itself; "" when there is nothing for the person to see.

        The name that it was given when it was added is none of its own, and who gave it a name sees no other.
        """
        if not title or title == source.title:
            return source.was
        if source.was:
            return "" if keeps(source.was, title) else source.was
        if source.name or not source.title or keeps(source.title, title) or source.kind is SourceKind.PAGE:
            return ""  # pages say their news in their titles
        return source.title if self.store.sources.state(source.id).changed else ""

    def _believed(self, source: Source, fetched: Fetched) -> bool:
        """Whether a move is taken over: told twice in a row, and to no address that looks made for one reader."""
        if not fetched.moved or fetched.moved == source.address or fetched.moved != self._told(source):
            return False
        from veille.content.personal import personal  # rarely needed: not worth its time at start

        return Deed.PERSONAL in source.allowed or not personal(source.address, fetched.moved)

    def _told(self, source: Source) -> str:
        """Where the answer before led; not from the start of the pass, since the person may have decided meanwhile."""
        return self.store.sources.state(source.id).moved

    def _moved(self, source: Source, address: str) -> Source:
        """``source`` at ``address``, unless another source is there already.

        What the person allowed holds for the host and port they allowed: a move to another takes it back.
        """
        try:
            key = source_key(source.kind, address)
        except BadAddress:  # a host that a name server knows, but no rule allows
            return source
        other = self.store.sources.by_key(key)
        if other is not None and other.id != source.id:
            return source
        private = source.allow_private and urlsplit(address).netloc == urlsplit(source.address).netloc
        return replace(source, key=key, address=address, allow_private=private)

    def _note_end(self, states: Sequence[SourceState]) -> None:
        """Remember when a time ends in which nobody answered: whatever failed until now was not to blame for that."""
        sources, now = self.store.sources, self.clock.now()
        failing = sources.failing(each.source for each in states if not each.error)
        if failing and now - failing >= _COMMON and (sources.answered() or failing) <= failing:
            self.store.values.put(OVER, now.isoformat())

    def _state(self, source: Source, answer: Answer) -> SourceState:
        now = self.clock.now()
        if isinstance(answer, Fetched):
            state = replace(answer.state, moved=self._leads(source.id, answer), failing=None)
        else:
            old = self.store.sources.state(source.id)
            failing = None if isinstance(answer, OURS) else _failing(old, now)
            state = replace(old, checked=now, failures=old.failures + 1, error=answer.pack(), failing=failing)
        due = schedule.next_due(state, answer, now, self.rhythm(source.kind), self.chance(source))
        return replace(state, next_due=due)

    def _leads(self, source: int, fetched: Fetched) -> str:
        """Where the source leads for good, now that a move may have been taken over; "" when nowhere."""
        kept = self.store.sources.get(source) if fetched.moved else None
        return fetched.moved if kept and kept.address != fetched.moved else ""


def _failing(before: SourceState, now: datetime) -> datetime:
    """Since when a source fails that does so ``now`` and was in the state ``before``.

    A failure or two before a long time in which nobody asked it prove nothing about that time; nor does a clock that
    was wrong.
    """
    since = before.failing if before.error else None
    if since is None or since > now:
        return now
    unasked = now - (before.next_due or now)
    return now if before.failures < _FEW and unasked > _LONG else since
