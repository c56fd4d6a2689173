"""Trying the addresses of starter sectors: which of them answer with a feed today.

Nothing of what they publish is kept, only the day on which each answered.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from veille.contacts import Reason
from veille.errors import Cancelled, SourceError
from veille.model import Clock, Progress, Source, SourceKind, SourceState

if TYPE_CHECKING:
    from veille.core.discretion import Discretion
    from veille.core.packs.pack import Pack, PackSource
    from veille.sources.base import Fetcher
    from veille.store import Store

PARALLEL = 10  # addresses tried at a time
_REMEMBERED = "starters.tried"  # in the store's values: JSON, source key -> ISO date


@dataclass(frozen=True, slots=True)
class Trial:
    """How one address of the sector ``starter`` did: what it holds, or in words why it could not be used."""

    starter: str
    source: "PackSource"
    entries: int = 0
    problem: str = ""


class Trials:
    """Asks addresses; ``fetchers`` is asked when the first trial begins."""

    def __init__(
        self,
        store: "Store",
        clock: Clock,
        fetchers: "Callable[[], Mapping[SourceKind, Fetcher]]",
        discretion: "Discretion",
    ) -> None:
        self._store = store
        self._clock = clock
        self._fetchers = fetchers
        self._discretion = discretion

    def answered(self) -> dict[str, date]:
        """When each source that was tried on this machine last answered, by source key."""
        kept = self._store.values.get(_REMEMBERED, "{}")
        return {key: date.fromisoformat(day) for key, day in json.loads(kept).items()}

    def run(self, starters: "Iterable[Pack]", progress: Progress) -> Iterator[Trial]:
        """Try every source of ``starters``, each as it answers. Stops early when cancelled; what answered is kept.

        Those on X are left out: asking there costs the person money.
        """
        todo = [(each.key, source) for each in starters for source in each.sources if source.kind is not SourceKind.X]
        fetchers = self._fetchers()
        good: list[str] = []
        progress.step(0, len(todo))
        with ThreadPoolExecutor(PARALLEL) as pool:
            waiting = [pool.submit(self._attempt, fetchers[each.kind], key, each, progress) for key, each in todo]
            try:
                for done, answer in enumerate(as_completed(waiting), 1):
                    if progress.cancelled:
                        break
                    trial = answer.result()
                    if not trial.problem:
                        good.append(trial.source.key)
                    progress.step(done, len(todo), trial.source.title)
                    yield trial
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
                self._remember(good)

    def _attempt(self, fetcher: "Fetcher", starter: str, source: "PackSource", progress: Progress) -> Trial:
        stand_in = Source(
            0, source.key, source.kind, source.address, source.title, self._clock.now(), selector=source.selector
        )
        try:
            purpose = self._discretion.purpose(None, Reason.TRIED)
            fetched = fetcher.fetch(stand_in, SourceState(0), {}, purpose, lambda: progress.cancelled)
        except (SourceError, Cancelled) as error:
            return Trial(starter, source, problem=str(error))
        return Trial(starter, source, len(fetched.items))

    def _remember(self, keys: Iterable[str]) -> None:
        today = self._clock.now().date().isoformat()
        kept = {key: day.isoformat() for key, day in self.answered().items()} | dict.fromkeys(keys, today)
        self._store.values.put(_REMEMBERED, json.dumps(kept, sort_keys=True))
