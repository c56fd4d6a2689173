"""How a source usually publishes, in words."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.histories import START, WEEKDAYS, Make, at, monthly
from veille.core.curating.habit import Habit, habit, hour_of, moment_of, silent

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moments(make: Make, days: int) -> list[datetime]:
    return [EPOCH + timedelta(hours=each) for each in make(Random(1), days)]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (at(8, 11, 14, 17), "usually 4 a day"),
        (at(7), "usually 1 a day"),
        (at(8, 11, 14, 17, days=WEEKDAYS), "usually 4 a day, on weekdays"),
        (at(10, days=WEEKDAYS), "usually 1 a day, on weekdays"),
        (at(10, days=(1, 3)), "usually 2 a week, on weekdays"),
        (at(10, days=(1, 5)), "usually 2 a week"),
        (at(10, days=(1,)), "usually 1 a week"),
        (at(10, days=(6,)), "usually 1 a week"),
        (monthly, "usually 1 a month"),
        (lambda _random, days: [(START + day) * 24.0 for day in range(0, days, 75)], "usually less than one a month"),
        (at(*[9] * 1500), "usually 1,500 a day"),
    ],
)
def test_in_words(make: Make, text: str) -> None:
    given_ = moments(make, 399)
    found = habit(given_, given_[-1])
    assert found.known
    assert found.text == text
    later = habit(given_, given_[-1] + timedelta(days=90))
    assert later == found  # a silence changes nothing


def test_a_feeds_first_document_tells_its_habit() -> None:
    """Ten items over two days and a half."""
    given_ = moments(at(8, 11, 14, 17), 100)[-10:]
    assert habit(given_, given_[-1]).text == "usually 4 a day"


@pytest.mark.parametrize("count", [0, 1, 4])
def test_nothing_is_said_of_a_few(count: int) -> None:
    given_ = moments(at(8), 100)[:count]
    found = habit(given_, EPOCH + timedelta(days=START + 200))
    assert not found.known
    assert found.text == ""


def test_all_at_once_are_no_habit() -> None:
    """Items without dates stand where they were first seen."""
    now = EPOCH + timedelta(days=START)
    assert habit([now] * 30, now).text == ""
    assert not silent([now] * 30, now + timedelta(days=300))


def test_what_is_in_the_future_is_left_out() -> None:
    given_ = moments(at(7), 100)
    now = given_[-1]
    assert habit([*given_, now + timedelta(days=400)], now) == habit(given_, now)


def test_silent_by_moments() -> None:
    given_ = moments(at(8, 11, 14, 17), 100)
    assert not silent(given_, given_[-1] + timedelta(hours=17))
    assert silent(given_, given_[-1] + timedelta(days=3))


@pytest.fixture
def paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("this system cannot be told a time zone")
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("paris")
def test_weekdays_are_those_of_this_machine() -> None:
    """0:30 in Paris on Tuesday to Saturday is the evening before, UTC; here it is a matter of its days."""
    given_ = moments(at(23.5, days=(6, 0, 1, 2, 3), jitter=0.1), 100)  # Sunday to Thursday, UTC
    assert habit(given_, given_[-1]).text == "usually 1 a day, on weekdays"


@given(st.lists(st.integers(0, 10**8), max_size=40), st.integers(0, 2 * 10**8))
def test_any_history_has_a_habit(seconds: list[int], now: int) -> None:
    found = habit([EPOCH + timedelta(seconds=each) for each in sorted(seconds)], EPOCH + timedelta(seconds=now))
    assert isinstance(found.text, str)
    assert found.weekly >= 0
    assert bool(found.text) == found.known


def test_hours_and_moments() -> None:
    when = datetime(2026, 3, 2, 9, 59, tzinfo=UTC)
    assert moment_of(hour_of(when)) == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert Habit().text == ""
