"""Whether a source has given nothing for longer than its own past explains. Pure.

Times are whole hours since 1970 (UTC). A gap is measured by how many publications were to be expected in it, so that
a weekend is no time at all for a source that rests then; and it is compared with the longest gaps that the source
itself made before, in the same measure.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from math import log, sqrt

from veille.core.curating.holidays import rest

HOURS = 24 * 7
WINDOW = 8 * HOURS  # over which it is counted how often it publishes
YEAR = 400 * 24  # how far back gaps are looked at; with what a year ago was
_ENOUGH = 8  # publications that say when it publishes; fewer, and more than eight weeks are counted
_FEWEST = 6  # publications without which nothing is said
_SHORTEST = 13 * 24  # of a past that shows two weekends
_MONDAY = 3 * 24  # 1970-01-01 was a Thursday
_REACH = 3  # hours by which a publication may come earlier or later
_LEAK = 0.04  # share of the publications that may come at any hour
_MARGIN = 1.25  # times the longest gap of the past
_LEAST = 2.3  # publications that were to be expected at least
_YOUNG = 8.0  # divided by the number of gaps that are known: how much more patience a short past asks for
_TAIL = 0.2  # share of the gaps that count as long
_RATE = 0.05  # alarms a year that chance may bring, by what the long gaps show
_ODD = 2.5  # times longer than the next: a gap that says nothing of the habit
_SEASON = 21 * 24  # around a year ago
_DENSE = 0.5  # of the time between two publications, in which two can be missing if it rests most of the week
_LOOKED = 12  # of the longest gaps
_PATIENCE = 20  # hours without anything that are never odd: servers are mended, and nights are long


@dataclass(frozen=True)
class Pattern:
    """When a source publishes: ``sums`` are the publications to be expected from Monday to each hour of a week, and
    ``events`` the hours in which it did."""

    sums: tuple[float, ...]
    events: tuple[int, ...]

    @property
    def last(self) -> int:
        """The hour of its last publication."""
        return self.events[-1]

    @cached_property
    def limit(self) -> float:
        """How many publications must be missing before that is longer than the gaps of the past explain."""
        return max(self._least, _limit(self, self.events))

    @property
    def _least(self) -> float:
        return _LEAST + _YOUNG / (len(self.events) - 1)

    def expected(self, since: int, until: int) -> float:
        """How many publications are to be expected from ``since`` to ``until``; a holiday is like the quieter day of a
        weekend."""
        whole = self.upto(until) - self.upto(since)
        for day in range(since // 24, until // 24 + 1):
            if share := rest(day):
                begin, end = max(since, day * 24), min(until, day * 24 + 24)
                usual = self.upto(end) - self.upto(begin)
                weekend = ((5 - (day + 3) % 7) * 24, (6 - (day + 3) % 7) * 24)  # hours to its days
                resting = min(self.upto(end + each) - self.upto(begin + each) for each in weekend)
                whole -= share * max(0.0, usual - resting)
        return max(0.0, whole)

    def upto(self, hour: int) -> float:
        """The same from a Monday long ago."""
        weeks, at = divmod(hour + _MONDAY, HOURS)
        return weeks * self.sums[-1] + self.sums[at]

    def silent(self, until: int, since: int | None = None) -> bool:
        """Whether nothing from ``since`` (None: its last publication) to ``until`` is longer than usual."""
        since = self.last if since is None else since
        if until - since < _PATIENCE:
            return False
        missing = self.expected(since, until)
        return missing > self._least and missing > self.limit


def pattern(hours: Sequence[int]) -> Pattern | None:
    """What ``hours``, ascending, in which something was published, show; None when they are too few to tell.

    An hour counts once: what comes in bursts is one publication.
    """
    events = sorted(set(hours))
    if not events:
        return None
    events = events[bisect_left(events, events[-1] - YEAR) :]
    if len(events) < _FEWEST or events[-1] - events[0] < _SHORTEST:
        return None
    return Pattern(_week(events), tuple(events))


def odd(hours: Sequence[int], until: int) -> bool:
    """Whether it may be worth to look: nothing came for a while, and for about as long as between two publications.

    It is quick, and never False where :meth:`Pattern.silent` is True.
    """
    if len(hours) < _FEWEST or until - hours[-1] < _PATIENCE:
        return False
    lately = hours[-min(len(hours), 30) :]
    return (until - lately[-1]) * len(lately) > (lately[-1] - lately[0]) * _DENSE


def _week(events: Sequence[int]) -> tuple[float, ...]:
    """The publications to be expected from Monday to each hour of a week."""
    last, span = events[-1], float(WINDOW)
    start = bisect_left(events, last - span + 1)
    while len(events) - start < _ENOUGH and span < YEAR:
        span *= 2
        start = bisect_left(events, last - span + 1)
    counted = events[start:]
    span = min(span, (last - events[0]) * len(events) / (len(events) - 1))
    scale = HOURS / span
    peak = scale * (1 - _LEAK) / (_REACH + 1) ** 2
    shape = [(off, peak * (_REACH + 1 - abs(off))) for off in range(-_REACH, _REACH + 1)]
    week = [scale * _LEAK * len(counted) / HOURS] * HOURS
    for each in counted:
        for off, share in shape:
            week[(each + _MONDAY + off) % HOURS] += share
    return (0.0, *accumulate(week))


def _limit(found: Pattern, events: Sequence[int]) -> float:
    """The longest gap that the past explains."""
    upto = [found.upto(each) for each in events]
    gaps = sorted(((after - before, at) for at, (before, after) in enumerate(pairwise(upto))), reverse=True)
    longest = [(found.expected(events[at], events[at + 1]), at) for _size, at in gaps[:_LOOKED]]
    usual = _usual(sorted(longest, reverse=True), events)
    return max(_MARGIN * usual, _tail([size for size, _at in gaps], events, usual))


def _usual(longest: list[tuple[float, int]], events: Sequence[int]) -> float:
    """The longest gap that belongs to the habit. One that is far longer than all others was an outage, or a holiday:
    it counts only in the season in which it was, a year later."""
    a_year_ago = events[-1] - 52 * HOURS
    for (size, at), (after, _at) in pairwise(longest):
        season = events[at] - _SEASON < a_year_ago < events[at + 1] + _SEASON and events[-1] - events[at] > _SEASON * 3
        if size <= _ODD * max(after, 1.0) or season:
            return size
    return longest[-1][0]


def _tail(gaps: list[float], events: Sequence[int], usual: float) -> float:
    """The gap beyond which chance brings but :data:`_RATE` a year, if long gaps are as rare as they are in a source
    that publishes at random (the excess over a high threshold falls off exponentially). ``gaps`` are the longest first.
    """
    count = max(3, int(len(gaps) * _TAIL))
    if len(gaps) <= count:
        return 0.0
    threshold = gaps[count]
    excess = [min(each, usual) - threshold for each in gaps[:count] if each > threshold]
    if not excess:
        return 0.0
    mean = sum(excess) / len(excess) * (1 + 1 / sqrt(len(excess)))  # few of them may be short by chance
    years = max(1, events[-1] - events[0]) / (365 * 24)
    return threshold + mean * log(max(1.0, count / years / _RATE))
