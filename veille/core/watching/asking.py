"""Asking many sources at a time; their answers come in batches worth a transaction."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from veille.core.watching.intake import Answer
from veille.errors import Cancelled, SourceError, VeilleError
from veille.model import Clock, Fetched, Progress, Source, SourceKind, SourceState
from veille.sources.base import JointFetcher, Wanted

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


Errand = Iterator[list[tuple[Source, Answer | _Barred]]]  # each step of it is work for a thread of the pool


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
        done = 0
        pool = ThreadPoolExecutor(PARALLEL, thread_name_prefix="fetch")
        try:
            waiting = {pool.submit(next, errand, None): errand for errand in self._errands(sources)}
            while waiting:
                finished, _pending = wait(waiting, timeout=GLANCE, return_when=FIRST_COMPLETED)
                answers: list[tuple[Source, Answer]] = []
                for came, errand in [(future.result(), waiting.pop(future)) for future in finished]:
                    if came is None:
                        continue
                    waiting[pool.submit(next, errand, None)] = errand
                    for source, answer in came:
                        done += 1
                        self.progress.step(done, len(sources), source.label)
                        if isinstance(answer, _Barred):
                            self.barred.append((source, answer.why))
                        else:
                            answers.append((source, answer))
                yield answers
        finally:
            pool.shutdown(cancel_futures=True)

    def _errands(self, sources: list[Source]) -> Iterator[Errand]:
        """One for each source, but one for all of a kind that is asked together."""
        fetchers = self.fetchers()
        together: dict[SourceKind, list[Source]] = {}
        for source in sources:
            if isinstance(fetchers[source.kind], JointFetcher):
                together.setdefault(source.kind, []).append(source)
            else:
                yield self._single(fetchers[source.kind], source)
        for kind, group in together.items():
            fetcher = fetchers[kind]
            if isinstance(fetcher, JointFetcher):
                yield self._joint(fetcher, group)

    def _single(self, fetcher: "Fetcher", source: Source) -> Errand:
        if not self._asked():
            return
        purpose = self._purpose(source)
        answer = purpose if isinstance(purpose, _Barred) else self._fetch(fetcher, source, purpose)
        if answer is not None:  # it was not asked any more
            yield [(source, answer)]

    def _fetch(self, fetcher: "Fetcher", source: Source, purpose: "Purpose") -> Answer | None:
        try:
            known = self.store.items.known(source.id)
            return fetcher.fetch(source, self._state(source), known, purpose, self._cancelled)
        except SourceError as error:
            return None if self.progress.cancelled else error
        except Cancelled:
            return None
        except VeilleError:
            raise
        except Exception as error:  # a bug met by one source must not take the others along
            return SourceError(detail=type(error).__name__)

    def _joint(self, fetcher: JointFetcher, sources: list[Source]) -> Errand:
        if not self._asked():
            return
        purposes = {source.id: self._purpose(source) for source in sources}
        yield [(source, barred) for source in sources if isinstance(barred := purposes[source.id], _Barred)]
        wanted = [
            Wanted(source, self._state(source), partial(self.store.items.known, source.id), purpose)
            for source in sources
            if not isinstance(purpose := purposes[source.id], _Barred)
        ]
        silent = {each.source.id: each.source for each in wanted}
        try:
            for answers in fetcher.fetch_all(wanted, self._cancelled):
                for source, _answer in answers:
                    silent.pop(source.id, None)
                yield list(answers)
        except Cancelled:
            return
        except VeilleError as error:
            if not isinstance(error, SourceError):
                raise
            yield [(source, error) for source in silent.values() if not self.progress.cancelled]
        except Exception as error:  # as in _fetch
            yield [(source, SourceError(detail=type(error).__name__)) for source in silent.values()]

    def _asked(self) -> bool:
        """Whether anybody is asked any more."""
        return not self.progress.cancelled and self.allowed()

    def _purpose(self, source: Source) -> "Purpose | _Barred":
        """At the last moment: the person may have changed the mode meanwhile."""
        try:
            return self.purpose(source)
        except SourceError as error:
            return _Barred(error)

    def _state(self, source: Source) -> SourceState:
        return self.states.get(source.id, SourceState(source.id))

    def _cancelled(self) -> bool:
        return self.progress.cancelled
