"""Storing what sources answered: decided, written and remembered in one transaction for a batch of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from veille.content.addresses import source_key
from veille.core.watching import schedule
from veille.core.watching.arrivals import MOST, first_moment
from veille.core.watching.decide import decide
from veille.core.watching.schedule import Rhythm
from veille.errors import BadAddress, SourceError, VeilleError
from veille.model import Changes, Clock, Deed, Fetched, Source, SourceKind, SourceState

if TYPE_CHECKING:
    from veille.store import Store

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
        with self.store.db.write():
            for asked, answer in answers:
                source = self.store.sources.get(asked.id)
                if source is None or source.removed is not None:
                    continue
                touched, answer = self._one(source, answer)
                changes |= touched
                taken.append((source, answer))
                states.append(self._state(source, answer))
            self.store.sources.put_states(states)
        return changes | Changes(sources=frozenset(state.source for state in states)), taken

    def _one(self, source: Source, answer: Answer) -> tuple[Changes, Answer]:
        if isinstance(answer, SourceError):
            return Changes(), answer
        try:
            with self.store.db.write():
                return self._keep(source, answer), answer
        except VeilleError:
            raise
        except Exception as error:  # a bug met by one source must not take the others along
            return Changes(), SourceError(detail=type(error).__name__)

    def _keep(self, source: Source, fetched: Fetched) -> Changes:
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
        touched = frozenset(inserted) | {item.id for item in decision.updates}
        return Changes(items=touched, new=len(inserted), outline=outline)

    def _learnt(self, source: Source, fetched: Fetched) -> Source:
        """``source`` with what it said of itself, its new address too when that is believed."""
        learnt = replace(
            source, title=fetched.title or source.title, site=fetched.site or source.site,
            lang=fetched.lang or source.lang)  # fmt: skip
        if not self._believed(source, fetched):
            return learnt
        return self._moved(learnt, fetched.moved)

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

    def _state(self, source: Source, answer: Answer) -> SourceState:
        now = self.clock.now()
        if isinstance(answer, Fetched):
            state = replace(answer.state, moved=self._leads(source.id, answer))
        else:
            old = self.store.sources.state(source.id)
            state = replace(old, checked=now, failures=old.failures + 1, error=answer.pack())
        due = schedule.next_due(state, answer, now, self.rhythm(source.kind), self.chance(source))
        return replace(state, next_due=due)

    def _leads(self, source: int, fetched: Fetched) -> str:
        """Where the source leads for good, now that a move may have been taken over; "" when nowhere."""
        kept = self.store.sources.get(source) if fetched.moved else None
        return fetched.moved if kept and kept.address != fetched.moved else ""
