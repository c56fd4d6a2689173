import time
from datetime import UTC, datetime, timedelta

import pytest

from veille.content.dates import begins_date, day_span

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
        ("avant-hier", (2026, 2, 28), (2026, 3, 1)),
        ("monday", (2026, 3, 2), (2026, 3, 3)),
        ("Sunday", (2026, 3, 1), (2026, 3, 2)),
        ("mardi", (2026, 2, 24), (2026, 2, 25)),
        ("this-week", (2026, 3, 2), (2026, 3, 9)),
        ("cette semaine", (2026, 3, 2), (2026, 3, 9)),
        ("last-week", (2026, 2, 23), (2026, 3, 2)),
        ("la semaine dernière", (2026, 2, 23), (2026, 3, 2)),
        ("semaine-derniere", (2026, 2, 23), (2026, 3, 2)),
        ("ce-mois", (2026, 3, 1), (2026, 4, 1)),
        ("last month", (2026, 2, 1), (2026, 3, 1)),
        ("Mois-Dernier", (2026, 2, 1), (2026, 3, 1)),
        ("this-year", (2026, 1, 1), (2027, 1, 1)),
        ("l’année dernière", (2025, 1, 1), (2026, 1, 1)),
    ],
)
def test_what_is_typed_is_a_span_of_days(typed: str, start: tuple[int, ...], end: tuple[int, ...]) -> None:
    span = day_span(typed, NOW)
    assert span == (midnight(*start), midnight(*end))
    assert all(each.utcoffset() == timedelta() for each in span)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "soon",
        "week",
        "2026-0",
        "2026-1-0",
        "2026-13",
        "2026-02-30",
        "0000",
        "99999y",
        "2026-1-1-1",
        "9999-12-31",
    ],
)
def test_what_is_no_date_is_none(typed: str) -> None:
    assert day_span(typed, NOW) is None


@pytest.mark.parametrize(
    "typed", ["", "-", "7", "202", "2026-", "2026-0", "2026-02-", "2026-02-0", "yest", "Semaine-d", "lun"]
)
def test_what_may_become_a_date_by_typing_on(typed: str) -> None:
    assert begins_date(typed)


@pytest.mark.parametrize("typed", ["soon", "2026-00", "2026-02-30", "2026-1-1-", "99999y", "7x"])
def test_what_cannot_become_a_date(typed: str) -> None:
    assert not begins_date(typed)


def test_the_month_before_january_is_of_the_year_before() -> None:
    assert day_span("last-month", datetime(2026, 1, 15, 12, tzinfo=UTC)) == (
        midnight(2025, 12, 1),
        midnight(2026, 1, 1),
    )


@pytest.mark.parametrize("name", ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
def test_a_weekday_is_the_last_one(name: str) -> None:
    span = day_span(name, NOW)
    assert span
    start = span[0].astimezone()
    assert start.strftime("%A").lower() == name
    assert timedelta() <= NOW.astimezone().date() - start.date() < timedelta(days=7)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this machine's clock cannot be set for a process alone")
@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Sao_Paulo", "Pacific/Auckland"])
def test_days_are_whole_where_the_clock_changes(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        for day in range(1, 366):
            now = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
            today, yesterday = day_span("today", now), day_span("yesterday", now)
            assert today
            assert yesterday
            assert today[0] == yesterday[1]
            assert today[0] <= now < today[1]
    finally:
        monkeypatch.undo()
        time.tzset()
