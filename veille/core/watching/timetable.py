"""Which of the sources whose time has come are asked now, so that nobody sees when a person comes and goes.

What waited while Veille did not run, or while the machine slept, is spread over minutes; sources of one host are
kept apart; the strict level asks in its fixed windows alone. Nothing here is written down: it holds for one run.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from random import Random

from veille.content.addresses import host
from veille.core.watching.schedule import WINDOW, Rhythm
from veille.model import Source, SourceState

ASLEEP = timedelta(minutes=5)  # without a look: Veille did not run, or the machine slept
CATCH_UP = timedelta(minutes=10)  # over which what waited meanwhile is spread
APART = timedelta(minutes=2)  # between sources of one host, where there is room for it
_MARGIN = timedelta(minutes=1)  # left at the end of a window, for what could not begin at its moment


class Chance:
    """Numbers from 0 to 1, each drawn from a secret of this run, a source and an occasion.

    So neither how often somebody looks nor what else is watched moves what a source draws.
    """

    def __init__(self, rng: Random) -> None:
        self._secret = rng.randbytes(32)

    def __call__(self, occasion: str, source: int, at: datetime) -> float:
        """The number of ``source`` for what happens ``at`` that moment."""
        named = f"{occasion} {source} {at.isoformat()}".encode()
        return int.from_bytes(blake2b(named, key=self._secret, digest_size=6).digest()) / 2**48


class Timetable:
    """The moments of sources whose time has come, in memory. Looked at every half minute or so."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._seen: datetime | None = None  # the last look
        self._rhythm: Rhythm | None = None  # at that look
        self._since: datetime | None = None  # looks go on without a gap, in one rhythm
        self._moments: dict[int, datetime] = {}

    def ready(
        self,
        late: Collection[Source],
        watched: Collection[Source],
        states: Mapping[int, SourceState],
        now: datetime,
        rhythm: Rhythm,
        *,
        once: bool = False,
    ) -> tuple[int, ...]:
        """Those of ``late``, the sources whose time has come, that are asked now, one of each host at most.

        ``watched`` are all that are asked by schedule, ``late`` among them. With ``once`` nobody looks again, and
        somebody else chose the moment (cron): nothing is spread, but hosts and windows are kept to.
        """
        since = self._look(now, rhythm)
        if not late or not rhythm.allows(now) or (rhythm.strict and since >= rhythm.window(now) and not once):
            self._moments.clear()  # who begins within a window waits for the next
            return ()
        self._moments = {source.id: self._moment(source, states, now, rhythm, since) for source in late}
        come = sorted((self._moments[source.id], source.id, source) for source in late)
        hosts = _Hosts(watched, states, now, rhythm)
        return hosts.spread([source for moment, _id, source in come if once or moment <= now])

    def _look(self, now: datetime, rhythm: Rhythm) -> datetime:
        """Note a look, and say since when there is no gap. Another rhythm begins anew: a switch must not show."""
        gap = self._seen is None or abs(now - self._seen) > ASLEEP
        if self._since is None or gap or rhythm != self._rhythm:
            self._since = now
            self._moments.clear()
        self._seen, self._rhythm = now, rhythm
        return self._since

    def _moment(
        self, source: Source, states: Mapping[int, SourceState], now: datetime, rhythm: Rhythm, since: datetime
    ) -> datetime:
        """When a source whose time has come is asked: at that time, unless it could have been asked before."""
        if rhythm.strict:
            window = rhythm.window(now)
            return window + self._chance("window", source.id, window) * (WINDOW - _MARGIN)
        if source.id in self._moments:
            return self._moments[source.id]
        state = states.get(source.id)
        time = (state and state.next_due) or source.added
        if since <= time <= now <= time + ASLEEP:
            return time
        return now + self._chance("catch up", source.id, now) * CATCH_UP


class _Hosts:
    """Who shares a host, and when each host was asked last."""

    def __init__(
        self, watched: Collection[Source], states: Mapping[int, SourceState], now: datetime, rhythm: Rhythm
    ) -> None:
        self._now = now
        self._span = WINDOW if rhythm.strict else rhythm.period
        self._names = {source.id: host(source.address) for source in watched}
        self._count = Counter(self._names.values())
        self._asked: dict[str, datetime] = {}
        for id, name in self._names.items():
            checked = states[id].checked if id in states else None
            if checked and checked <= now:  # a later one was written by a wrong clock
                self._asked[name] = max(checked, self._asked.get(name, checked))

    def gap(self, source: Source) -> timedelta:
        """How far apart the sources of that host are asked: all of them take half of the time that there is."""
        return min(APART, self._span / (2 * self._count[self._names[source.id]]))

    def spread(self, sources: Sequence[Source]) -> tuple[int, ...]:
        """The first of ``sources`` of each host that was not asked a moment ago."""
        first: dict[str, int] = {}
        for source in sources:
            name = self._names[source.id]
            if name not in self._asked or self._now - self._asked[name] >= self.gap(source):
                first.setdefault(name, source.id)
        return tuple(first.values())
