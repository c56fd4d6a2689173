"""Days on which many sources rest though it is no weekend: public holidays of France and its neighbours, of Britain and
the United States, days between such a day and a weekend, and the end of the year. Pure.

It is no calendar to live by: a day too many only makes Veille wait a day longer before it says that something is wrong.
"""

from datetime import date, timedelta
from functools import cache

_FIXED = (
    (1, 1), (1, 6), (5, 1), (5, 8), (6, 19), (7, 4), (7, 14), (7, 21), (8, 1), (8, 15), (10, 3), (11, 1), (11, 11),
    *((12, day) for day in range(24, 32)),
)  # fmt: skip
_AROUND_EASTER = (-2, 1, 39, 50, 60)  # Good Friday, Easter Monday, Ascension, Whit Monday, Corpus Christi
# (month, weekday, which: -1 is the last): Martin Luther King, Presidents, early May, spring and Memorial, summer,
# Labor, Columbus, Thanksgiving
_NTH = ((1, 0, 3), (2, 0, 3), (5, 0, 1), (5, 0, -1), (8, 0, -1), (9, 0, 1), (10, 0, 2), (11, 3, 4))
_DAY = timedelta(days=1)
_FIRST = date(1970, 1, 1)


@cache
def rest(day: int) -> float:
    """How much the day so many days after 1970-01-01 is like one of a weekend, from 0 to 1: holidays are, and half of
    August."""
    when = _FIRST + day * _DAY
    if when in _holidays(when.year):
        return 1.0
    return 0.5 if when.month == 8 else 0.0


@cache
def _holidays(year: int) -> frozenset[date]:
    easter = _easter(year)
    days = {date(year, *each) for each in _FIXED} | {easter + at * _DAY for at in _AROUND_EASTER}
    days |= {_nth(year, *each) for each in _NTH}
    bridges = {day + _DAY for day in days if day.weekday() == 3} | {day - _DAY for day in days if day.weekday() == 1}
    return frozenset(days | bridges | {date(year, 1, 2)})


def _easter(year: int) -> date:
    """Easter Sunday (the Gregorian algorithm of Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    """The ``which``-th of a weekday in a month; -1: the last."""
    if which > 0:
        first = date(year, month, 1)
        return first + ((weekday - first.weekday()) % 7 + 7 * (which - 1)) * _DAY
    last = date(year + month // 12, month % 12 + 1, 1) - _DAY
    return last - ((last.weekday() - weekday) % 7) * _DAY
