from datetime import UTC, datetime, timedelta

import pytest

from veille.content.dates import day_span

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def midnight(*parts: int) -> datetime:
    """That midnight on this machine's calendar."""
    return datetime(*parts).astimezone()


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ("2026-02-28", (2026, 2, 28), (2026, 3, 1)),
        ("2024-2", (2024, 2, 1), (2024, 3, 1)),
        ("2025", (2025, 1, 1), (2026, 1, 1)),
        ("Aujourd’hui", (2026, 3, 2), (2026, 3, 3)),
        ("yesterday", (2026, 3, 1), (2026, 3, 2)),
        ("-7d", (2026, 2, 23), (2026, 2, 24)),
        ("1s", (2026, 2, 23), (2026, 2, 24)),
    ],
)
def test_what_is_typed_is_a_span_of_days(typed: str, start: tuple[int, ...], end: tuple[int, ...]) -> None:
    span = day_span(typed, NOW)
    assert span == (midnight(*start), midnight(*end))
    assert all(each.utcoffset() == timedelta() for each in span)


@pytest.mark.parametrize("typed", ["", "soon", "2026-02-30", "0000", "99999y", "2026-1-1-1"])
def test_what_is_no_date_is_none(typed: str) -> None:
    assert day_span(typed, NOW) is None
