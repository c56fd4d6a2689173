"""Asking many sources at a time; their answers come in batches worth a transaction."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from veille.core.intake import Answer
from veille.errors import Cancelled, SourceError, VeilleError
from veille.model import Clock, Fetched, Progress, Source, SourceKind, SourceState

if TYPE_CHECKING:
    from veille.contacts import Purpose
    from veille.sources.base import Fetcher
    from veille.store import Store

PARALLEL = 10  # sources fetched at a time
BATCH_SOURCES = 20  # a batch is stored when it has as many answers,
BATCH_ITEMS = 500  # or as many items,
BATCH_SECONDS = 0.5  # or is as old
GLANCE = 0.1  # seconds between two looks at whether the person cancelled


@dataclass(frozen=True, slots=True)
class _Barred:
    """There is no way out to a source: it was not asked."""

    why: SourceError


@dataclass(frozen=True)
class Asking:
    """One pass. ``purpose`` gives what a request carries, or raises a SourceError when there is no way out: such
    sources are in ``barred`` afterwards. ``allowed`` says whether anybody may be asked at this moment; whom it
    keeps from being asked does not answer, as after a cancellation.
    """

    store: "Store"
    clock: Clock
    fetchers: "Callable[[], Mapping[SourceKind, Fetcher]]"
    purpose: "Callable[[Source], Purpose]"
    allowed: Callable[[], bool]
    states: Mapping[int, SourceState]
    progress: Progress
    barred: list[tuple[Source, SourceError]] = field(default_factory=list)

    def batches(self, sources: list[Source]) -> Generator[list[tuple[Source, Answer]], None, None]:
        """The answers of ``sources`` as they come."""
        batch, items, since = list[tuple[Source, Answer]](), 0, 0.0
        for came in self._answers(sources):
            since = since if batch else self.clock.monotonic()
            for source, answer in came:
                batch.append((source, answer))
                items += len(answer.items) if isinstance(answer, Fetched) else 0
                if len(batch) >= BATCH_SOURCES or items >= BATCH_ITEMS:
                    yield batch
                    batch, items, since = [], 0, self.clock.monotonic()
            if batch and self.clock.monotonic() - since >= BATCH_SECONDS:
                yield batch
                batch, items = [], 0
        if batch:
            yield batch

    def _answers(self, sources: list[Source]) -> Iterator[list[tuple[Source, Answer]]]:
        """The answers as they come; an empty list now and then, when it is time to look at what waits."""
        from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait  # not before the window is painted

        if not sources:
            return
        fetchers = self.fetchers()
        done = 0
        pool = ThreadPoolExecutor(PARALLEL, thread_name_prefix="fetch")
        try:
            waiting = {pool.submit(self._fetch, fetchers, source): source for source in sources}
            while waiting:
                finished, _pending = wait(waiting, timeout=GLANCE, return_when=FIRST_COMPLETED)
                answers: list[tuple[Source, Answer]] = []
                for source, came in [(waiting.pop(future), future.result()) for future in finished]:
                    if came is None:
                        continue
                    done += 1
                    self.progress.step(done, len(sources), source.label)
                    if isinstance(came, _Barred):
                        self.barred.append((source, came.why))
                    else:
                        answers.append((source, came))
                yield answers
        finally:
            pool.shutdown(cancel_futures=True)

    def _fetch(self, fetchers: "Mapping[SourceKind, Fetcher]", source: Source) -> Answer | _Barred | None:
        """In a thread of the pool: the answer, an error of the source, or None when it was not asked any more."""
        if self.progress.cancelled or not self.allowed():
            return None
        try:
            purpose = self.purpose(source)  # at the last moment: the person may have changed the mode meanwhile
        except SourceError as error:
            return _Barred(error)
        try:
            known = self.store.items.known(source.id)
            state = self.states.get(source.id, SourceState(source.id))
            return fetchers[source.kind].fetch(source, state, known, purpose, lambda: self.progress.cancelled)
        except SourceError as error:
            return None if self.progress.cancelled else error
        except Cancelled:
            return None
        except VeilleError:
            raise
        except Exception as error:  # a bug met by one source must not take the others along
            return SourceError(detail=type(error).__name__)
