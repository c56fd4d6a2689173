"""Times as the database keeps them: whole microseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta
from typing import overload

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@overload
def stored(when: datetime) -> int: ...
@overload
def stored(when: None) -> None: ...
@overload
def stored(when: datetime | None) -> int | None: ...
def stored(when: datetime | None) -> int | None:
    """Microseconds since 1970 of a UTC-aware time, exact; None stays None."""
    return None if when is None else (when - _EPOCH) // _MICROSECOND


def moment(stored: int) -> datetime:
    """The time that :func:`stored` turned into a number."""
    return _EPOCH + timedelta(microseconds=stored)


def moment_or_none(stored: int | None) -> datetime | None:
    """As :func:`moment`, for a time that may be missing."""
    return None if stored is None else moment(stored)
