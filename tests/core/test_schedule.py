from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from veille.core.schedule import DAY, HOUR, WEEK, due, next_due
from veille.errors import Busy, Gone, SourceError, Unreachable
from veille.model import Fetched, Source, SourceKind, SourceState

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def waits(answer, *, every: timedelta = HOUR, failures: int = 0, seeds: int = 200) -> list[timedelta]:
    """How long is waited after ``answer``, for many draws."""
    state = SourceState(1, failures=failures)
    return [next_due(state, answer, NOW, every, Random(seed).random()) - NOW for seed in range(seeds)]


def fetched(retry_after: int | None = None) -> Fetched:
    return Fetched(1, SourceState(1), retry_after=retry_after)


def test_without_a_hint_a_source_is_asked_at_most_once_an_hour():
    for every in (timedelta(0), 5 * MINUTE, HOUR):
        found = waits(fetched(), every=every)
        assert min(found) == HOUR
        assert HOUR < max(found) <= 1.15 * HOUR


def test_the_persons_interval_is_kept_within_15_percent():
    found = waits(fetched(), every=4 * HOUR)
    assert 0.85 * 4 * HOUR <= min(found) < 3.6 * HOUR
    assert 4.4 * HOUR < max(found) <= 1.15 * 4 * HOUR


def test_a_source_that_allows_more_is_asked_as_often_as_the_person_wants():
    found = waits(fetched(retry_after=300), every=15 * MINUTE)
    assert min(found) >= 0.85 * 15 * MINUTE
    assert max(found) <= 1.15 * 15 * MINUTE


def test_a_source_is_never_asked_sooner_than_it_wishes():
    for seconds in (3600, 7200, 20_000, 80_000):
        assert min(waits(fetched(retry_after=seconds), every=5 * MINUTE)) >= timedelta(seconds=seconds)


def test_a_max_age_of_a_year_is_held_to_be_a_mistake():
    assert max(waits(fetched(retry_after=31_536_000))) <= 1.15 * DAY


@pytest.mark.parametrize("failures", range(1, 12))
def test_failures_double_the_wait_up_to_a_day(failures: int):
    expected = min(HOUR * 2 ** (failures - 1), DAY)
    found = waits(Unreachable(host="a.example", detail=""), failures=failures)
    assert min(found) >= max(0.85 * expected, HOUR)
    assert max(found) <= 1.15 * expected


def test_a_long_interval_is_not_shortened_by_a_failure():
    assert min(waits(SourceError(detail="x"), every=3 * DAY, failures=1)) >= 0.85 * 3 * DAY


@pytest.mark.parametrize(("status", "rest"), [(404, DAY), (410, WEEK)])
def test_what_is_gone_is_left_alone(status: int, rest: timedelta):
    found = waits(Gone(host="a.example", status=status), failures=1)
    assert 0.85 * rest <= min(found) <= max(found) <= 1.15 * rest


def test_retry_after_is_honoured_up_to_a_week():
    assert min(waits(Busy(host="a", status=429, retry_after=90_000), failures=1)) >= timedelta(seconds=90_000)
    assert max(waits(Busy(host="a", status=429, retry_after=10**30), failures=1)) <= 1.15 * WEEK
    assert min(waits(Busy(host="a", status=503, retry_after=10), failures=3)) >= 0.85 * 4 * HOUR
    assert min(waits(Busy(host="a", status=503, retry_after=0), every=MINUTE, failures=1)) == HOUR


def test_who_is_due():
    def source(id: int) -> Source:
        return Source(id, f"feed:https://{id}.example/", SourceKind.FEED, f"https://{id}.example/", "", NOW)

    states = {
        1: SourceState(1, next_due=NOW),
        2: SourceState(2, next_due=NOW + MINUTE),
        3: SourceState(3),
        5: SourceState(5, next_due=NOW + timedelta(days=4000)),  # a clock that was wrong
    }
    found = due([source(id) for id in (1, 2, 3, 4, 5)], states, NOW)
    assert [each.id for each in found] == [1, 3, 4, 5]


def test_weeks_of_scheduling_are_the_same_with_the_same_seed():
    def weeks(seed: int) -> list[datetime]:
        rng, chance, now, state, asked = Random(seed), Random(1), NOW, SourceState(1), []
        while now < NOW + timedelta(weeks=3):
            asked.append(now)
            broken = chance.random() < 0.2
            answer = Unreachable(host="a", detail="") if broken else fetched(chance.choice([None, 600, 9000]))
            state = SourceState(1, failures=state.failures + 1 if broken else 0)
            now = next_due(state, answer, now, HOUR, rng.random())
        return asked

    assert weeks(7) == weeks(7)
    assert weeks(7) != weeks(8)
    assert all(later - earlier >= 0.85 * HOUR for earlier, later in zip(weeks(7), weeks(7)[1:], strict=False))
    assert 100 < len(weeks(7)) < 24 * 21
