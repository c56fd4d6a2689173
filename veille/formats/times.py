"""Dates as other programs write them: seconds since 1970, ISO 8601, and days of any precision."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = re.compile(r"-?\d{6,20}(?:\.\d{1,9})?\Z", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\Z", re.ASCII)
_PARTS = re.compile(r"(\d{4})(?:[-/.](\d{0,2})(?:[-/.](\d{0,2}))?)?(?=\Z|[^\d])", re.ASCII)
_YEAR = re.compile(r"(?<!\d)(1[0-9]|20|21)\d{2}(?!\d)", re.ASCII)
_MILLI, _MICRO = 10**11, 10**14  # what is larger counts thousandths, or millionths, of a second
_LONGEST = 100


def moment(text: str) -> datetime | None:
    """The time that ``text`` names, UTC where it names no zone; None for none at all.

    Seconds, milliseconds or microseconds since 1970; ISO 8601; day/month/year with or without a time; and as
    :func:`day`.
    """
    text = text[:_LONGEST].strip()
    if _SECONDS.match(text):
        return since_1970(float(text))
    if _ISO.match(text):
        try:
            when = datetime.fromisoformat(text)
            return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        except (ValueError, OverflowError):
            return day(text)
    if found := _DAY_FIRST.match(text):
        first, second, year, *clock = (int(part or 0) for part in found.groups())
        return _day(year, second, first, *clock) or day(text)
    return day(text)


def since_1970(number: float) -> datetime | None:
    """The time from seconds since 1970, or from milliseconds or microseconds; None for 0 and what cannot be one."""
    scale = 1 if abs(number) < _MILLI else 1000 if abs(number) < _MICRO else 1_000_000
    try:
        return _EPOCH + timedelta(seconds=number / scale) if number else None
    except (ValueError, OverflowError):
        return None


def day(text: str) -> datetime | None:
    """Midnight (UTC) of the first day that ``text`` may mean: "2024", "2024-05", "2024/05/17/Spring", "May 2024".

    Of what has no order of its own, the year alone is read.
    """
    text = text[:_LONGEST].strip()
    if found := _PARTS.match(text):
        return of_parts([int(part) for part in found.groups() if part])
    year = _YEAR.search(text)
    return _day(int(year[0])) if year else None


def of_parts(parts: Sequence[int]) -> datetime | None:
    """Midnight (UTC) of the first day that year, month and day, or the first of these, may mean."""
    year, month, date = (*parts[:3], 1, 1, 1)[:3] if parts else (0, 1, 1)
    return _day(year, month, date) or _day(year, month) or _day(year)


def _day(year: int, month: int = 1, day: int = 1, hour: int = 0, minute: int = 0, second: int = 0) -> datetime | None:
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
