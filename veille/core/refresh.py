"""One pass over the sources: fetch in parallel, then decide and store in batches, one writer.

What has been stored stays, whatever happens next: each batch is one transaction. A source that fails is
noted as such and disturbs nothing else. The marks of the person are never touched.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from threading import Lock
from typing import TYPE_CHECKING

from veille.core import schedule
from veille.core.intake import Answer, Intake
from veille.errors import Busy, Cancelled, NotInSample, RefreshRunning, SourceError, Unreachable, VeilleError, code
from veille.model import Changes, Clock, Fetched, Outline, Progress, Source, SourceKind, SourceState
from veille.settings import Settings

if TYPE_CHECKING:
    from veille.sources.base import Fetcher
    from veille.store import Store

PARALLEL = 10  # sources fetched at a time
BATCH_SOURCES = 20  # a batch is stored when it has as many answers,
BATCH_ITEMS = 500  # or as many items,
BATCH_SECONDS = 0.5  # or is as old
OFFLINE = timedelta(minutes=10)  # until the next try when nobody could be reached
GLANCE = 0.1  # seconds between two looks at whether the person cancelled


@dataclass(frozen=True, slots=True)
class Report:
    """What a pass did. ``failed`` says why in words; ``waiting`` were not asked because their server wants patience."""

    changes: Changes = field(default_factory=Changes)
    asked: int = 0
    failed: tuple[tuple[Source, str], ...] = ()
    unchanged: int = 0
    waiting: int = 0
    cancelled: bool = False

    def with_batch(self, changes: Changes, answers: list[tuple[Source, Answer]]) -> "Report":
        """This report and a batch that was stored."""
        errors = tuple((source, str(answer)) for source, answer in answers if isinstance(answer, SourceError))
        unchanged = sum(isinstance(answer, Fetched) and answer.unchanged for _source, answer in answers)
        return replace(
            self, changes=self.changes | changes, asked=self.asked + len(answers), failed=self.failed + errors,
            unchanged=self.unchanged + unchanged)  # fmt: skip


class Refresher:
    """Asks sources for what is new. One pass at a time.

    ``fetchers`` and ``settings`` are asked when a pass begins; ``wake`` tells the indexer of each batch.
    """

    def __init__(
        self,
        store: "Store",
        clock: Clock,
        rng: Random,
        fetchers: "Callable[[], Mapping[SourceKind, Fetcher]]",
        settings: Callable[[], Settings],
        wake: Callable[[], None],
        *,
        sample: bool = False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._rng = rng
        self._fetchers = fetchers
        self._settings = settings
        self._wake = wake
        self._sample = sample
        self._running = Lock()

    def due(self) -> tuple[int, ...]:
        """The sources whose time has come, for the scheduled pass; none in the sample profile.

        Veille makes no request until the person asks for one: nothing is due in a profile in which no source was
        ever asked. From then on new sources are due too.
        """
        if self._sample or not self._store.sources.asked():
            return ()
        outline = self._store.sources.outline()
        sources = schedule.due(_watched(outline), outline.states, self._clock.now())
        return tuple(source.id for source in sources)

    def run(
        self,
        progress: Progress,
        sources: Iterable[int] | None = None,
        on_changes: Callable[[Changes], None] | None = None,
    ) -> Report:
        """Ask ``sources`` (None: all in use that are not paused); ``on_changes`` hears of each stored batch.

        Sources that asked for patience (Retry-After) are left alone until it is over. Raises NotInSample,
        RefreshRunning, and ProfileUnwritable when the store cannot be written.
        """
        if self._sample:
            raise NotInSample
        if not self._running.acquire(blocking=False):
            raise RefreshRunning
        try:
            return self._run(progress, sources, on_changes or _ignore)
        finally:
            self._running.release()

    def _run(self, progress: Progress, wanted: Iterable[int] | None, on_changes: Callable[[Changes], None]) -> Report:
        outline = self._store.sources.outline()
        in_use = outline.sources
        chosen = _watched(outline) if wanted is None else [in_use[id] for id in wanted if id in in_use]
        asked = [source for source in chosen if not self._must_wait(outline.states.get(source.id))]
        progress.step(0, len(asked))
        report = Report(waiting=len(chosen) - len(asked))
        # Drawn before anyone answers: what a source draws must not depend on who is faster.
        chances = {source.id: self._rng.random() for source in asked}
        every = timedelta(minutes=self._settings().refresh_minutes)
        intake = Intake(self._store, self._clock, every, chances)
        with closing(self._batches(asked, outline.states, progress)) as batches:
            for batch in batches:
                changes, taken = intake.take(batch)
                self._wake()
                on_changes(changes)
                report = report.with_batch(changes, taken)
        self._forgive(report, outline.states)
        self._expire(outline, on_changes)
        return replace(report, cancelled=progress.cancelled)

    def _must_wait(self, state: SourceState | None) -> bool:
        asked = state is not None and code(state.error) == Busy.code
        return asked and schedule.rests(state, self._clock.now())

    # Fetching, many at a time ----------------------------------------------------------------------

    def _batches(
        self, sources: list[Source], states: Mapping[int, SourceState], progress: Progress
    ) -> Generator[list[tuple[Source, Answer]], None, None]:
        """The answers as they come, in batches worth a transaction."""
        batch, items, since = list[tuple[Source, Answer]](), 0, 0.0
        for came in self._answers(sources, states, progress):
            since = since if batch else self._clock.monotonic()
            for source, answer in came:
                batch.append((source, answer))
                items += len(answer.items) if isinstance(answer, Fetched) else 0
                if len(batch) >= BATCH_SOURCES or items >= BATCH_ITEMS:
                    yield batch
                    batch, items, since = [], 0, self._clock.monotonic()
            if batch and self._clock.monotonic() - since >= BATCH_SECONDS:
                yield batch
                batch, items = [], 0
        if batch:
            yield batch

    def _answers(
        self, sources: list[Source], states: Mapping[int, SourceState], progress: Progress
    ) -> Iterator[list[tuple[Source, Answer]]]:
        """The answers as they come; an empty list now and then, when it is time to look at what waits."""
        from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait  # not before the window is painted

        if not sources:
            return
        fetchers = self._fetchers()

        def fetch(source: Source) -> Answer | None:
            return self._fetch(fetchers, source, states.get(source.id, SourceState(source.id)), progress)

        done = 0
        pool = ThreadPoolExecutor(PARALLEL, thread_name_prefix="fetch")
        try:
            waiting = {pool.submit(fetch, source): source for source in sources}
            while waiting:
                finished, _pending = wait(waiting, timeout=GLANCE, return_when=FIRST_COMPLETED)
                came = [(waiting.pop(future), future.result()) for future in finished]
                answers = [(source, answer) for source, answer in came if answer is not None]
                for source, _answer in answers:
                    done += 1
                    progress.step(done, len(sources), source.label)
                yield answers
        finally:
            pool.shutdown(cancel_futures=True)

    def _fetch(
        self, fetchers: "Mapping[SourceKind, Fetcher]", source: Source, state: SourceState, progress: Progress
    ) -> Answer | None:
        """In a thread of the pool: the answer, an error of the source, or None when the person cancelled."""
        if progress.cancelled:
            return None
        try:
            known = self._store.items.known(source.id)
            return fetchers[source.kind].fetch(source, state, known, lambda: progress.cancelled)
        except SourceError as error:
            return None if progress.cancelled else error
        except Cancelled:
            return None
        except VeilleError:
            raise
        except Exception as error:  # a bug met by one source must not take the others along
            return SourceError(detail=type(error).__name__)

    # Afterwards ------------------------------------------------------------------------------------

    def _forgive(self, report: Report, before: Mapping[int, SourceState]) -> None:
        """When nobody could be reached, this machine is not connected: it is nobody's failure, and soon tried again."""
        states = [self._store.sources.state(source.id) for source, _why in report.failed]
        if len(states) < max(report.asked, 2) or any(code(each.error) != Unreachable.code for each in states):
            return
        soon = self._clock.now() + OFFLINE
        failures = {each.source: before.get(each.source, SourceState(each.source)).failures for each in states}
        self._store.sources.put_states(replace(each, failures=failures[each.source], next_due=soon) for each in states)

    def _expire(self, outline: Outline, on_changes: Callable[[Changes], None]) -> None:
        days = self._settings().keep_days
        # Counted from the newest date that a source gave: were this machine's clock ahead, all would expire.
        latest = self._store.items.latest()
        if days and latest and self._store.items.expire(latest - timedelta(days=days)):
            self._wake()
            on_changes(Changes(sources=frozenset(outline.sources)))


def _watched(outline: Outline) -> list[Source]:
    """The sources in use that are not paused."""
    return [source for source in outline.sources.values() if source.id not in outline.paused]


def _ignore(_changes: Changes) -> None:
    """For those who do not want to hear."""
