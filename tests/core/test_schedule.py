from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from veille.core.watching.schedule import DAY, HOUR, WEEK, WINDOW, Rhythm, next_due, next_window, rests
from veille.errors import BudgetKept, BudgetSpent, Busy, Gone, NoToken, SourceError, Unreachable
from veille.model import Fetched, SourceState
from veille.settings import Settings

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def waits(answer, *, every: timedelta = HOUR, failures: int = 0, strict: bool = False) -> list[timedelta]:
    """How long is waited after ``answer``, for many draws."""
    state, rhythm = SourceState(1, failures=failures), Rhythm(every, strict)
    return [next_due(state, answer, NOW, rhythm, Random(seed).random()) - NOW for seed in range(200)]


def fetched(retry_after: int | None = None) -> Fetched:
    return Fetched(1, SourceState(1), retry_after=retry_after)


def test_without_a_hint_a_source_is_asked_at_most_once_an_hour():
    for every in (timedelta(0), 5 * MINUTE, HOUR):
        found = waits(fetched(), every=every)
        assert HOUR <= min(found) < 1.1 * HOUR
        assert 1.5 * HOUR < max(found) <= 1.6 * HOUR


def test_the_persons_interval_is_kept_within_30_percent():
    found = waits(fetched(), every=4 * HOUR)
    assert 0.7 * 4 * HOUR <= min(found) < 2.9 * HOUR
    assert 5.1 * HOUR < max(found) <= 1.3 * 4 * HOUR


def test_a_source_that_allows_more_is_asked_as_often_as_the_person_wants():
    found = waits(fetched(retry_after=300), every=15 * MINUTE)
    assert min(found) >= 0.7 * 15 * MINUTE
    assert max(found) <= 1.3 * 15 * MINUTE


def test_a_source_is_never_asked_sooner_than_it_wishes():
    for seconds in (3600, 7200, 20_000, 80_000):
        assert min(waits(fetched(retry_after=seconds), every=5 * MINUTE)) >= timedelta(seconds=seconds)


def test_a_max_age_of_a_year_is_held_to_be_a_mistake():
    assert max(waits(fetched(retry_after=31_536_000))) <= 1.6 * DAY


@pytest.mark.parametrize("failures", range(1, 12))
def test_failures_double_the_wait_up_to_a_day(failures: int):
    expected = min(HOUR * 2 ** (failures - 1), DAY)
    found = waits(Unreachable(host="a.example", detail=""), failures=failures)
    assert min(found) >= max(0.7 * expected, HOUR)
    assert max(found) <= 1.6 * expected


@pytest.mark.parametrize("answer", [NoToken(), BudgetKept(), BudgetSpent(day="2026-04-01", retry_after=3600)])
def test_who_was_not_asked_is_soon_looked_at_again(answer: SourceError):
    """As soon as there is a token, another month or a larger budget."""
    assert max(waits(answer, every=15 * MINUTE, failures=9)) <= 1.6 * HOUR


def test_a_long_interval_is_not_shortened_by_a_failure():
    assert min(waits(SourceError(detail="x"), every=3 * DAY, failures=1)) >= 0.7 * 3 * DAY


@pytest.mark.parametrize(("status", "rest"), [(404, DAY), (410, WEEK)])
def test_what_is_gone_is_left_alone(status: int, rest: timedelta):
    found = waits(Gone(host="a.example", status=status), failures=1)
    assert 0.7 * rest <= min(found) <= max(found) <= 1.3 * rest


def test_retry_after_is_honoured_up_to_a_week():
    assert min(waits(Busy(host="a", status=429, retry_after=90_000), failures=1)) >= timedelta(seconds=90_000)
    assert max(waits(Busy(host="a", status=429, retry_after=10**30), failures=1)) <= 1.6 * WEEK
    assert min(waits(Busy(host="a", status=503, retry_after=10), failures=3)) >= 0.7 * 4 * HOUR
    assert min(waits(Busy(host="a", status=503, retry_after=0), every=MINUTE, failures=1)) >= HOUR


def test_who_rests():
    assert not rests(None, NOW)
    assert not rests(SourceState(1), NOW)
    assert not rests(SourceState(1, next_due=NOW), NOW)
    assert rests(SourceState(1, next_due=NOW + MINUTE), NOW)
    assert not rests(SourceState(1, next_due=NOW + timedelta(days=4000)), NOW)  # a clock that was wrong


def test_no_rule_gives_a_time_that_is_held_to_be_a_wrong_clocks():
    longest = [Busy(host="a", status=429, retry_after=10**30), Gone(host="a", status=410), fetched(10**9)]
    for answer in longest:
        found = waits(answer, every=timedelta(minutes=10_080), failures=11)
        assert all(rests(SourceState(1, next_due=NOW + wait), NOW) for wait in found)


def test_in_strict_chance_does_not_move_the_time_that_a_window_follows():
    assert set(waits(fetched(), strict=True)) == {HOUR}
    assert set(waits(fetched(), every=timedelta(0), strict=True)) == {HOUR}
    assert set(waits(fetched(), every=4 * HOUR, strict=True)) == {4 * HOUR - WINDOW}
    assert set(waits(fetched(retry_after=9000), strict=True)) == {timedelta(seconds=9000)}


def test_windows_are_the_same_for_everybody():
    for minutes, period in ((0, 60), (15, 60), (60, 60), (90, 90), (1440, 1440), (10_080, 10_080)):
        settings, length = Settings(refresh_minutes=minutes), period * MINUTE
        rhythm = Rhythm.of(settings, strict=True)
        start = next_window(NOW, settings)
        assert timedelta(0) < start - NOW <= length
        assert (start - datetime(1970, 1, 1, tzinfo=UTC)) % length == timedelta(0)
        assert rhythm.window(start) == rhythm.window(start + length - MINUTE) == start
        assert next_window(start, settings) == start + length
        assert [rhythm.allows(start + wait) for wait in (0 * MINUTE, 9.9 * MINUTE, WINDOW, length - MINUTE)] == [
            True,
            True,
            False,
            False,
        ]
    assert next_window(NOW + MINUTE, Settings()) == NOW + HOUR
    assert Rhythm(HOUR).allows(NOW + 30 * MINUTE)


def test_weeks_of_scheduling_are_the_same_with_the_same_seed():
    def weeks(seed: int) -> list[datetime]:
        rng, chance, now, state, asked = Random(seed), Random(1), NOW, SourceState(1), []
        while now < NOW + timedelta(weeks=3):
            asked.append(now)
            broken = chance.random() < 0.2
            answer = Unreachable(host="a", detail="") if broken else fetched(chance.choice([None, 600, 9000]))
            state = SourceState(1, failures=state.failures + 1 if broken else 0)
            now = next_due(state, answer, now, Rhythm(HOUR), rng.random())
        return asked

    assert weeks(7) == weeks(7)
    assert weeks(7) != weeks(8)
    assert all(later - earlier >= 0.7 * HOUR for earlier, later in zip(weeks(7), weeks(7)[1:], strict=False))
    assert 100 < len(weeks(7)) < 24 * 21
