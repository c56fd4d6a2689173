"""JSON from outside, read without trusting its shape: what is not as it should be is not there. Nothing raises."""

import re
from datetime import UTC, datetime
from typing import Any

_MOST_THINGS = 100  # of a list, where nobody says otherwise
_MOST = 10**12  # a count above it is no count
_YEARS = range(1970, 2200)
_HALF = re.compile("[\ud800-\udfff]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,30})?(?:[Zz]|[+-]\d\d:\d\d)?", re.ASCII)


def text(holder: Any, name: str, most: int = 10_000) -> str:
    """A string, ``most`` characters of it; "" for anything else. Half a pair of surrogates is no character."""
    value = holder.get(name) if isinstance(holder, dict) else None
    return _HALF.sub("\ufffd", value[:most]) if isinstance(value, str) else ""


def part(holder: Any, name: str) -> dict[str, Any]:
    """An object; an empty one for anything else."""
    value = holder.get(name) if isinstance(holder, dict) else None
    return value if isinstance(value, dict) else {}


def objects(holder: Any, name: str, most: int = _MOST_THINGS) -> list[dict[str, Any]]:
    """The objects of a list, ``most`` of them; none for anything else."""
    value = holder.get(name) if isinstance(holder, dict) else None
    return dicts(value, most)


def dicts(value: Any, most: int = _MOST_THINGS) -> list[dict[str, Any]]:
    """The objects in ``value``, when it is a list."""
    return [each for each in value[:most] if isinstance(each, dict)] if isinstance(value, list) else []


def strings(holder: Any, name: str, most: int = _MOST_THINGS) -> list[str]:
    """The strings of a list, 1,000 characters of each."""
    value = holder.get(name) if isinstance(holder, dict) else None
    held = value[:most] if isinstance(value, list) else []
    return [_HALF.sub("\ufffd", each[:1000]) for each in held if isinstance(each, str)]


def count(holder: Any, name: str) -> int | None:
    """How many; None when it is not told, or makes no sense."""
    value = holder.get(name) if isinstance(holder, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST else None


def moment(said: str) -> datetime | None:
    """A time (RFC 3339; one without a zone is taken as UTC); None for what is none."""
    if not _MOMENT.fullmatch(said):
        return None
    try:
        when = datetime.fromisoformat(said.upper())
        when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return when if when.year in _YEARS else None
