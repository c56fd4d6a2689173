"""Days as they are typed after since: and until:."""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta

from veille.content.text import fold

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z", re.ASCII)
_AGO = re.compile(r"-?(\d{1,5})([djwsmya])\Z", re.ASCII)
_DAYS = {"d": 1, "j": 1, "w": 7, "s": 7, "m": 30, "y": 365, "a": 365}  # jour, semaine, mois, an
_NAMED = {"today": 0, "aujourd'hui": 0, "aujourdhui": 0, "yesterday": 1, "hier": 1}


def day_span(typed: str, now: datetime) -> tuple[datetime, datetime] | None:
    """The day, month or year that ``typed`` means, as (start, end) on this machine's calendar; the end is excluded.

    2026, 2026-03, 2026-03-09, today or aujourd'hui, yesterday or hier, -7d or 7j (weeks w or s, months m, years
    y or a). Both are UTC-aware. None when it is no date.
    """
    word = fold(typed)
    try:
        if iso := _ISO.match(word):
            return _calendar(*(int(part) if part else None for part in iso.groups()))
        if word in _NAMED:
            return _day(now.astimezone() - timedelta(days=_NAMED[word]))
        if ago := _AGO.match(word):
            return _day(now.astimezone() - timedelta(days=int(ago[1]) * _DAYS[ago[2]]))
    except (ValueError, OverflowError, OSError):  # 31 February, the year 0, before what this machine can reckon
        pass
    return None


def _calendar(year: int | None, month: int | None, day: int | None) -> tuple[datetime, datetime]:
    assert year is not None
    first = datetime(year, month or 1, day or 1)  # noqa: DTZ001 - the person's own midnight
    last_month = month or 12
    last = datetime(year, last_month, day or monthrange(year, last_month)[1])  # noqa: DTZ001
    return _day(first)[0], _day(last)[1]


def _day(moment: datetime) -> tuple[datetime, datetime]:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)
