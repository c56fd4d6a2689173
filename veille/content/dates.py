"""Days as they are typed after since: and until:."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from veille.content.text import fold

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z", re.ASCII)
_AGO = re.compile(r"-?(\d{1,5})([djwsmya])\Z", re.ASCII)
_BEGUN = re.compile(r"(?:\d{0,3}|-\d{0,5}|\d{4}-(?:0|(?:0?[1-9]|1[0-2])-0?)?)\Z", re.ASCII)
_DAYS = {"d": 1, "j": 1, "w": 7, "s": 7, "m": 30, "y": 365, "a": 365}  # jour, semaine, mois, an
_BETWEEN = re.compile(r"[\s'_-]+")

_Span = tuple[date, date]  # the first day, and the one after the last


def day_span(typed: str, now: datetime) -> tuple[datetime, datetime] | None:
    """The day, week, month or year that ``typed`` means, as (start, end) on this machine's calendar, the end excluded.

    2026, 2026-03, 2026-03-09; today, yesterday; monday (the last one, maybe today); this-week, last-week (they begin on
    Monday), this-month, last-month, this-year, last-year; all of these in French; -7d or 7j (weeks w or s, months m,
    years y or a). Both are UTC-aware. None when it is no date.
    """
    word = fold(typed).strip()
    name = _BETWEEN.sub("", word)
    try:
        today = now.astimezone().date()
        if iso := _ISO.match(word):
            first, end = _calendar(*(int(part) if part else None for part in iso.groups()))
        elif ago := _AGO.match(word):
            first, end = _one(today - timedelta(days=int(ago[1]) * _DAYS[ago[2]]))
        elif name in _NAMED:
            first, end = _NAMED[name](today)
        elif name in _WEEKDAYS:
            first, end = _one(today - timedelta(days=(today.weekday() - _WEEKDAYS[name]) % 7))
        else:
            return None
        return _midnight(first), _midnight(end)
    except (ValueError, OverflowError, OSError):  # 31 February, the year 0, before what this machine can reckon
        return None


def begins_date(typed: str) -> bool:
    """Whether ``typed`` may become a date for :func:`day_span` when it is typed on."""
    word = fold(typed).strip()
    name = _BETWEEN.sub("", word)
    return bool(_BEGUN.match(word)) or any(each.startswith(name) for each in (*_NAMED, *_WEEKDAYS) if name)


def _calendar(year: int | None, month: int | None, day: int | None) -> _Span:
    assert year is not None
    first = date(year, 1 if month is None else month, 1 if day is None else day)
    last_month = 12 if month is None else month
    last = date(year, last_month, monthrange(year, last_month)[1]) if day is None else first
    return first, last + timedelta(days=1)


def _one(day: date) -> _Span:
    return day, day + timedelta(days=1)


def _week(today: date, back: int) -> _Span:
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return monday, monday + timedelta(days=7)


def _month(today: date, back: int) -> _Span:
    month = today.year * 12 + today.month - 1 - back
    return _calendar(month // 12, month % 12 + 1, None)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day).astimezone(UTC)  # the person's own midnight


_FORMS: tuple[tuple[str, Callable[[date], _Span]], ...] = (
    ("today aujourdhui", _one),
    ("yesterday hier", lambda today: _one(today - timedelta(days=1))),
    ("avanthier", lambda today: _one(today - timedelta(days=2))),
    ("thisweek cettesemaine", lambda today: _week(today, 0)),
    ("lastweek semainederniere lasemainederniere", lambda today: _week(today, 1)),
    ("thismonth cemois cemoisci", lambda today: _month(today, 0)),
    ("lastmonth moisdernier lemoisdernier", lambda today: _month(today, 1)),
    ("thisyear cetteannee", lambda today: _calendar(today.year, None, None)),
    ("lastyear anneederniere lanneederniere landernier", lambda today: _calendar(today.year - 1, None, None)),
)
_NAMED = {name: span for names, span in _FORMS for name in names.split()}
_WEEKDAYS = {
    name: at
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
    )
    for at, name in enumerate(names.split())
}
