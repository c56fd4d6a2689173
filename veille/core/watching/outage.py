"""Nobody can be reached: this machine is not connected, or its proxy is down, and no source is to blame."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from veille.content.addresses import host
from veille.errors import ProxyFailed, Unreachable, code
from veille.model import Source, SourceState

if TYPE_CHECKING:
    from veille.store import Store

OFFLINE = timedelta(minutes=10)  # until the next try
_SILENT = (Unreachable.code, ProxyFailed.code)


class Outage:
    """Watches what passes give: a scheduled one is often of one source, which alone proves nothing."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._hosts: set[str] = set()  # that were tried in vain since anybody was reached
        self._blamed: dict[int, SourceState] = {}  # their sources that still count the failure, as they were before

    def heard(self, asked: int, failed: Sequence[Source], before: Mapping[int, SourceState], now: datetime) -> None:
        """A pass ``asked`` so many, of which ``failed`` did; ``before`` is what was remembered of them until then.

        Once two hosts were tried in vain, and nobody was reached meanwhile, failures are not counted and all are
        soon tried again.
        """
        if not asked:
            return
        states = [self._store.sources.state(source.id) for source in failed]
        if len(failed) < asked or any(code(each.error) not in _SILENT for each in states):
            self._hosts.clear()
            self._blamed.clear()
            return
        for source in failed:
            self._hosts.add(host(source.address))
            self._blamed.setdefault(source.id, before.get(source.id, SourceState(source.id)))
        if len(self._hosts) > 1:
            self._store.sources.put_states(
                replace(
                    self._store.sources.state(source), failures=was.failures, failing=was.failing,
                    next_due=now + OFFLINE)
                for source, was in self._blamed.items()
            )  # fmt: skip
            self._blamed.clear()
