"""One pass over the sources: fetch in parallel, then decide and store in batches, one writer.

What has been stored stays, whatever happens next: each batch is one transaction. A source that fails is
noted as such and disturbs nothing else. The marks of the person are never touched.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from threading import Lock
from typing import TYPE_CHECKING

from veille.contacts import Purpose, Reason, TraceFilter
from veille.core.keeping.storage import horizon
from veille.core.watching import schedule
from veille.core.watching.asking import Asking
from veille.core.watching.intake import Answer, Intake
from veille.core.watching.noted import Noted
from veille.core.watching.outage import Outage
from veille.core.watching.schedule import Rhythm
from veille.core.watching.timetable import Chance, Timetable
from veille.errors import Busy, NotInSample, RefreshRunning, SourceError, code
from veille.model import Changes, Clock, Fetched, Mode, Outline, Progress, Source, SourceKind, SourceState
from veille.settings import Settings

if TYPE_CHECKING:
    from veille.core.discretion import Discretion
    from veille.sources.base import Fetcher
    from veille.store import Store


@dataclass(frozen=True, slots=True)
class Report:
    """What a pass did.

    ``failed`` says why in words, of those to which there is no way out, too; ``waiting`` were not asked because their
    server wants patience. ``later``, in the strict level, is when those are asked that the person wanted asked now.
    """

    changes: Changes = field(default_factory=Changes)
    asked: int = 0
    failed: tuple[tuple[Source, str], ...] = ()
    unchanged: int = 0
    waiting: int = 0
    cancelled: bool = False
    later: datetime | None = None

    def with_batch(self, changes: Changes, answers: list[tuple[Source, Answer]]) -> "Report":
        """This report and a batch that was stored."""
        errors = [(source, answer) for source, answer in answers if isinstance(answer, SourceError)]
        unchanged = sum(isinstance(answer, Fetched) and answer.unchanged for _source, answer in answers)
        return replace(
            self.with_failed(errors), changes=self.changes | changes, asked=self.asked + len(answers),
            unchanged=self.unchanged + unchanged)  # fmt: skip

    def with_failed(self, failed: Iterable[tuple[Source, SourceError]]) -> "Report":
        """This report and more failures."""
        return replace(self, failed=self.failed + tuple((source, str(error)) for source, error in failed))


class Refresher:
    """Asks sources for what is new. One pass at a time.

    ``fetchers`` and ``settings`` are asked when a pass begins; ``wake`` tells the indexer of each batch; ``settled``
    is called when a pass is over: hang up, so that no host sees a connection linger.
    """

    def __init__(
        self,
        store: "Store",
        clock: Clock,
        rng: Random,
        fetchers: "Callable[[], Mapping[SourceKind, Fetcher]]",
        settings: Callable[[], Settings],
        discretion: "Discretion",
        wake: Callable[[], None],
        *,
        settled: Callable[[], None] = lambda: None,
        sample: bool = False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._fetchers = fetchers
        self._settings = settings
        self._discretion = discretion
        self._wake = wake
        self._settled = settled
        self._sample = sample
        self._chance = Chance(rng)
        self._timetable = Timetable(self._chance)
        self._convoy = Timetable(self._chance)  # of those that are asked together
        self._noted = Noted(store)
        self._outage = Outage(store)
        self._running = Lock()
        self._looking = Lock()
        self._begun = False  # some source was asked once

    # Whom, and when ------------------------------------------------------------------------------

    def due(self, *, once: bool = False) -> tuple[int, ...]:
        """The sources to ask now, for the scheduled pass; none in the sample profile. Asks nobody, writes nothing.

        Veille makes no request until the person asks for one: nothing is due in a profile in which no source was
        ever asked. From then on new sources are due too. Nothing is while a pass goes on. ``once`` is for a command
        that looks a single time, at a moment that was set beforehand (cron); see
        :meth:`veille.core.watching.timetable.Timetable.ready`.
        """
        if self._sample:
            return ()
        with self._looking:
            busy = self._running.locked()  # asked before the rest: what a pass asks just now still looks as if due
            now, rhythm = self._clock.now(), self._rhythm()
            outline = self._store.sources.outline()
            noted = self._wanted(outline, now, rhythm)
            watched = _watched(outline) if rhythm.every and self._has_begun() else []
            everybody = {source.id: source for source in watched} | noted
            late = [
                source
                for source in everybody.values()
                if source.id in noted or not schedule.rests(outline.states.get(source.id), now)
            ]
            open_to = [source for source in late if source.kind is not SourceKind.X and self._has_way_out(source)]
            apart = [source for source in everybody.values() if source.kind is not SourceKind.X]
            ids = self._timetable.ready(open_to, apart, outline.states, now, rhythm, once=once)
            ids += self._together(list(everybody.values()), late, outline, now, once=once)
        return () if busy else ids

    def _together(
        self, everybody: list[Source], late: list[Source], outline: Outline, now: datetime, *, once: bool
    ) -> tuple[int, ...]:
        """The sources on X to ask now: all of them as soon as the time of one has come, since few requests do."""
        rhythm = self._rhythm(SourceKind.X)
        ready = [source for source in late if source.kind is SourceKind.X and self._has_way_out(source)]
        ready.sort(key=lambda source: (_due(outline.states.get(source.id), source.added), source.id))
        asked = ready[:1]  # stands for them all
        if not self._convoy.ready(asked, asked, outline.states, now, rhythm, once=once):
            return ()
        taken = {source.id for source in late}
        return tuple(
            source.id
            for source in everybody
            if source.kind is SourceKind.X
            and (source.id in taken or _joins(outline.states.get(source.id)))
            and self._has_way_out(source)
        )

    def _rhythm(self, kind: SourceKind = SourceKind.FEED) -> Rhythm:
        return Rhythm.of(self._settings(), self._discretion.mode is Mode.STRICT, kind)

    def _has_begun(self) -> bool:
        self._begun = self._begun or self._store.sources.asked()
        return self._begun

    def _wanted(self, outline: Outline, now: datetime, rhythm: Rhythm) -> dict[int, Source]:
        """What was noted by hand before this window began."""
        if not rhythm.strict:
            return {}
        began = rhythm.window(now)
        return {
            id: outline.sources[id]
            for id, when in self._noted.all().items()
            # later than now: a wrong clock noted it
            if id in outline.sources and not began <= when <= now and not self._must_wait(outline.states.get(id))
        }

    def _has_way_out(self, source: Source) -> bool:
        try:
            self._discretion.purpose(source, Reason.SCHEDULED)
        except SourceError:
            return False
        return True

    def _must_wait(self, state: SourceState | None) -> bool:
        asked = state is not None and code(state.error) == Busy.code
        return asked and schedule.rests(state, self._clock.now())

    # One pass ------------------------------------------------------------------------------------

    def run(
        self,
        progress: Progress,
        sources: Iterable[int] | None = None,
        on_changes: Callable[[Changes], None] | None = None,
        *,
        reason: Reason = Reason.BY_HAND,
    ) -> Report:
        """Ask ``sources`` (None: all in use that are not paused); ``on_changes`` hears of each stored batch.

        Sources that asked for patience (Retry-After) are left alone until it is over. The schedule asks only those
        whose time has come: somebody may have asked the others since it looked. In the strict level nobody is
        asked outside a window, and what the person wants waits for the next one. Raises NotInSample,
        RefreshRunning, and ProfileUnwritable when the store cannot be written.
        """
        if self._sample:
            raise NotInSample
        if not self._running.acquire(blocking=False):
            raise RefreshRunning
        try:
            outline = self._store.sources.outline()
            in_use = outline.sources
            chosen = _watched(outline) if sources is None else [in_use[id] for id in sources if id in in_use]
            if reason is Reason.BY_HAND and self._rhythm().strict:
                return self._note(chosen)
            if reason is Reason.SCHEDULED:
                chosen = self._still_due(outline, chosen)
            return self._run(progress, outline, chosen, on_changes or _ignore, reason)
        finally:
            self._running.release()

    def _still_due(self, outline: Outline, chosen: list[Source]) -> list[Source]:
        now = self._clock.now()
        noted = self._wanted(outline, now, self._rhythm())
        late = {each.id for each in chosen if each.id in noted or not schedule.rests(outline.states.get(each.id), now)}
        joined = any(each.kind is SourceKind.X for each in chosen if each.id in late)
        return [
            each
            for each in chosen
            if each.id in late or (joined and each.kind is SourceKind.X and _joins(outline.states.get(each.id)))
        ]

    def _note(self, chosen: list[Source]) -> Report:
        """A refresh by hand in the strict level: nobody is asked, but at the next window."""
        failed = []
        for source in chosen:
            try:
                self._discretion.purpose(source, Reason.BY_HAND)
            except SourceError as error:
                failed.append((source, error))
        report = Report().with_failed(failed)
        barred = {source.id for source, _error in failed}
        ids = [source.id for source in chosen if source.id not in barred]
        if not ids:
            return report
        now = self._clock.now()
        self._noted.add(ids, now)
        return replace(report, later=schedule.next_window(now, self._settings()))

    def _run(
        self,
        progress: Progress,
        outline: Outline,
        chosen: list[Source],
        on_changes: Callable[[Changes], None],
        reason: Reason,
    ) -> Report:
        asked = [source for source in _in_order(outline, chosen) if not self._must_wait(outline.states.get(source.id))]
        progress.step(0, len(asked))
        report = Report(waiting=len(chosen) - len(asked))
        began = self._clock.now()
        intake = Intake(
            self._store, self._clock, self._rhythm,
            lambda source: self._chance("next", _lot(source), began))  # fmt: skip
        asking = Asking(
            self._store, self._clock, self._fetchers, self._purposes(reason),
            lambda: self._rhythm().allows(self._clock.now()), outline.states, progress)  # fmt: skip
        try:
            with closing(asking.batches(asked)) as batches:
                for batch in batches:
                    changes, taken = intake.take(batch)
                    self._noted.forget(source.id for source, _answer in taken)
                    self._wake()
                    on_changes(changes)
                    report = report.with_batch(changes, taken)
        finally:
            self._settled()
        self._outage.heard(report.asked, [source for source, _why in report.failed], outline.states, self._clock.now())
        self._expire(outline, on_changes)
        self._forget_traces()
        return replace(report.with_failed(asking.barred), cancelled=progress.cancelled)

    def _purposes(self, reason: Reason) -> Callable[[Source], Purpose]:
        """What each request carries. A window asks what waited for it because the person said so."""
        noted = self._noted.all()
        return lambda source: self._discretion.purpose(source, Reason.BY_HAND if source.id in noted else reason)

    # Afterwards ----------------------------------------------------------------------------------

    def _expire(self, outline: Outline, on_changes: Callable[[Changes], None]) -> None:
        before = horizon(self._store, self._settings().keep_days)
        if before and self._store.items.expire(before):
            self._wake()
            on_changes(Changes(sources=frozenset(outline.sources)))

    def _forget_traces(self) -> None:
        """Put endings on the disk, and let go of what is older than the person wants, counted from the newest."""
        traces = self._store.traces
        traces.flush()
        newest, first = traces.find(TraceFilter(), limit=1), traces.first
        if newest and first:
            before = newest[0].contact.at - timedelta(days=self._settings().keep_traces)
            if first < before:
                traces.forget(before)


def _watched(outline: Outline) -> list[Source]:
    """The sources in use that are not paused."""
    return [source for source in outline.sources.values() if source.id not in outline.paused]


def _in_order(outline: Outline, chosen: list[Source]) -> list[Source]:
    """``chosen`` in the curator's order: where not all can be asked, the first are."""
    rank = {source: at for at, source in enumerate(outline.ranked)}
    return sorted(chosen, key=lambda source: rank.get(source.id, len(rank)))


def _lot(source: Source) -> int:
    """Whose number moves the due time of ``source``: those that are asked together draw one for all."""
    return 0 if source.kind is SourceKind.X else source.id


def _joins(state: SourceState | None) -> bool:
    """Whether a source comes along before its time, when others are asked; one that failed waits for its own."""
    return state is None or not state.error


def _due(state: SourceState | None, added: datetime) -> datetime:
    return (state and state.next_due) or added


def _ignore(_changes: Changes) -> None:
    """For those who do not want to hear."""
