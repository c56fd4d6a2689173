"""How a source usually publishes, from when its items stand in time. Pure."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from veille.core.curating import gaps
from veille.i18n import _, ngettext, number

WEEKS = 8  # that are looked back
_WEEK = timedelta(weeks=1)
_LONGEST = timedelta(days=400)  # looked back where it seldom publishes
_FEW = 5  # items that say nothing of a habit, if they are fewer
_DAYS = 2  # days that they must span
_RESTS = 0.05  # share of a week's items that a whole weekend may have where it is said to rest
_OFTEN = 5.0  # items a week from which they are counted by the day
_MONTHS = 365.25 / 12 / 7  # weeks of a month
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Habit:
    """``weekly`` are items a week; ``known`` says whether there is enough to speak of a habit.

    ``text`` says it in words: "usually 4 a day", "usually 2 a week, on weekdays".
    """

    weekly: float = 0.0
    weekdays: tuple[float, ...] = (0.0,) * 7  # items on a Monday, on a Tuesday … of this machine's calendar
    known: bool = False

    @property
    def rests(self) -> bool:
        """Whether it gives nothing at weekends, or next to nothing."""
        return self.known and sum(self.weekdays[5:]) <= _RESTS * sum(self.weekdays)

    @property
    def text(self) -> str:
        """The habit in words; "" when it is not known."""
        if not self.known:
            return ""
        if self.weekly < _OFTEN:
            return self._seldom()
        rests = self.rests and min(self.weekdays[:5]) > 0
        count = max(1, round(self.weekly / (5 if rests else 7)))
        if rests:
            text = ngettext("usually {n} a day, on weekdays", "usually {n} a day, on weekdays", count)
        else:
            text = ngettext("usually {n} a day", "usually {n} a day", count)
        return text.format(n=number(count))

    def _seldom(self) -> str:
        """The same where it gives less than one a day."""
        if self.weekly >= 0.75:
            count = round(self.weekly) or 1
            if self.rests and count > 1:
                text = ngettext("usually {n} a week, on weekdays", "usually {n} a week, on weekdays", count)
            else:
                text = ngettext("usually {n} a week", "usually {n} a week", count)
            return text.format(n=number(count))
        count = round(self.weekly * _MONTHS)
        if count < 1:
            return _("usually less than one a month")
        return ngettext("usually {n} a month", "usually {n} a month", count).format(n=number(count))


def habit(moments: Sequence[datetime], now: datetime) -> Habit:
    """The habit that ``moments``, the oldest first, show: up to the last of them, so that a silence hides no habit.

    Eight weeks are looked at, longer where they hold too little. What is later than ``now`` is left out.
    """
    past = [each for each in moments if each <= now]
    if not past:
        return Habit()
    last, span = past[-1], WEEKS * _WEEK
    start = bisect_left(past, last - span)
    while len(past) - start < _FEW and span < _LONGEST:
        span *= 2
        start = bisect_left(past, last - span)
    counted = past[start:]
    if start == 0:  # its past is no longer than that: a gap more than it has items
        known = last - counted[0]
        span = min(span, known * len(counted) / max(1, len(counted) - 1))
    weeks = max(span / _WEEK, 1 / 7)
    days = [0] * 7
    for each in counted:
        days[each.astimezone().weekday()] += 1
    enough = len(counted) >= _FEW and last - counted[0] >= timedelta(days=_DAYS)
    return Habit(len(counted) / weeks, tuple(each / max(1.0, weeks) for each in days), enough)


def silent(moments: Sequence[datetime], now: datetime) -> bool:
    """Whether it has published nothing for longer than its own habit explains: not for weekends, if it rests there."""
    found = gaps.pattern([hour_of(each) for each in moments if each <= now])
    return found is not None and found.silent(hour_of(now))


def hour_of(moment: datetime) -> int:
    """Whole hours since 1970 (UTC), as :mod:`veille.core.curating.gaps` counts."""
    return (moment - _EPOCH) // _HOUR


def moment_of(hour: int) -> datetime:
    """The beginning of an hour so many after 1970."""
    return _EPOCH + hour * _HOUR
