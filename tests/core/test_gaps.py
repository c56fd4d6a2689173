"""Whether a source has been silent for too long, over simulated years.

``VEILLE_YEARS=40`` simulates so many years of each rhythm and prints what came of it: alarms without a reason in a
year, and the hours from a freeze to its alarm.
"""

import os
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.histories import EVERY_DAY, PAST, QUICK, RHYTHMS, START, WEEKDAYS, Make, at
from tests.corpora import corpus
from veille.core.curating import gaps
from veille.core.curating.gaps import pattern
from veille.core.curating.habit import hour_of
from veille.core.curating.holidays import rest
from veille.errors import SourceError
from veille.sources.feeds import parse

YEARS = int(os.environ.get("VEILLE_YEARS", "4"))
FREEZES = 5  # a year
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def history(make: Make, days: int, seed: int = 1) -> list[int]:
    return sorted(map(int, make(Random(seed), days)))


def silent(hours: list[int], until: int) -> bool:
    """As it is asked: a quick look first."""
    if not gaps.odd(hours, until):
        return False
    found = pattern(hours)
    return found is not None and found.silent(until)


def alarms(hours: list[int], since: int) -> list[int]:
    """The publications before which there was an alarm: the hours of these publications, after ``since``."""
    found = []
    for at_, (before, after) in enumerate(pairwise(hours)):
        if before >= since and silent(hours[: at_ + 1], after):
            found.append(after)
    return found


def delay(hours: list[int], freeze: float) -> int:
    """Hours from ``freeze`` to the alarm."""
    past = hours[: bisect_right(hours, freeze)]
    found = pattern(past)
    assert found is not None
    until = int(freeze)
    while not found.silent(until):
        until += 1
    return until - int(freeze)


# Weekdays ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [(10,), (8, 11, 14, 17), (23.5,), (0.2,), tuple(range(8, 18))], ids=str)
def test_no_alarm_for_one_that_rests_on_weekends(times: tuple[float, ...]) -> None:
    """Every hour of 26 weeks that begin with the third, Mondays too; Ascension Day and the Friday after it are free."""
    ascension = (date(2025, 5, 29) - date(2025, 1, 6)).days
    free = (ascension, ascension + 1)
    hours = history(at(*times, days=WEEKDAYS, free=free), 29 * 7)
    for until in range((START + 21) * 24, (START + 29 * 7 - 3) * 24):
        assert not silent(hours[: bisect_right(hours, until)], until), until


@pytest.mark.parametrize("free", [17 * 7 + 3, 17 * 7, 17 * 7 + 4])
def test_a_free_day_of_its_own_brings_no_alarm_to_a_daily(free: int) -> None:
    hours = history(at(10, days=WEEKDAYS, free=(free,)), 29 * 7)
    assert alarms(hours, (START + 21) * 24) == []


@pytest.mark.parametrize("times", [(10,), (8, 11, 14, 17), tuple(range(8, 18))], ids=str)
def test_the_end_of_the_year_brings_no_alarm(times: tuple[float, ...]) -> None:
    first = (date(2025, 12, 24) - date(2025, 1, 6)).days
    hours = history(at(*times, days=WEEKDAYS, free=range(first, first + 10)), 380)
    assert alarms(hours, (START + 300) * 24) == []


def test_a_pause_in_the_season_of_last_years_pause_brings_no_alarm() -> None:
    july = (date(2025, 7, 14) - date(2025, 1, 6)).days
    free = {*range(july, july + 28), *range(july + 364, july + 392)}
    hours = history(at(10, days=WEEKDAYS, free=free), 2 * 365)
    found = alarms(hours, (START + 60) * 24)
    assert [each // 24 - START for each in found] == [july + 28]  # the first one is news


def test_a_pause_hides_no_later_freeze() -> None:
    july = (date(2025, 7, 14) - date(2025, 1, 6)).days
    hours = history(at(9, 12, 15, 18, free=range(july, july + 21)), 300)
    assert delay(hours, (START + 290) * 24 + 20) <= 30


# Alarms without a reason, and freezes ------------------------------------------------------------


@pytest.mark.parametrize("name", RHYTHMS)
def test_false_alarms_and_freezes(name: str) -> None:
    """Few alarms in years in which nothing is wrong; a freeze at a random moment is noticed."""
    false, delays, past = 0, [], PAST.get(name, 60)
    for seed in range(max(1, YEARS // 2)):
        hours = history(RHYTHMS[name], past + 730, seed)
        false += len(alarms(sorted(set(hours)), (START + past) * 24))
        random = Random(seed)
        delays += [delay(hours, random.uniform((START + past) * 24, hours[-1])) for _freeze in range(2 * FREEZES)]
    delays.sort()
    years = max(1, YEARS // 2) * 2
    middle, most = delays[len(delays) // 2], delays[-1]
    within = sum(each <= 24 for each in delays) / len(delays)
    print(f"{name}: {false / years:.2f} a year; {middle} h, at most {most} h; {within:.0%} within a day")
    assert false <= years * 0.5 + 1
    if name in QUICK:
        assert middle <= 24
        assert most <= 36
    if name.startswith(("4 a day", "1 a day")) and "random" not in name:
        assert most <= 3 * 24


@pytest.mark.parametrize("times", [tuple(range(24)), tuple(range(6, 22)), (6, 9, 12, 15, 18, 21)], ids=str)
def test_an_alarm_within_a_day_for_one_that_froze(times: tuple[float, ...]) -> None:
    hours = history(at(*times), 120)
    for freeze in range((START + 100) * 24, (START + 107) * 24):
        assert delay(hours, freeze) <= 24, freeze


def test_a_working_day_for_one_that_rests_on_weekends() -> None:
    hours = history(at(*range(8, 18), days=WEEKDAYS), 120)
    monday = (START + 98) * 24
    for freeze in range(monday, monday + 3 * 24):
        assert delay(hours, freeze) <= 24 + 10, freeze


def test_nothing_is_said_of_a_short_past() -> None:
    hours = history(at(8, 12, 16), 10)
    assert pattern(hours) is None
    assert not silent(hours, hours[-1] + 24 * 30)
    assert pattern([]) is None
    assert pattern([START * 24, (START + 100) * 24]) is None


def test_one_that_slowed_down_is_measured_by_what_it_does_now() -> None:
    hours = history(at(8, 11, 14, 17), 200) + [(START + 200 + 7 * week) * 24 + 9 for week in range(1, 12)]
    assert not silent(hours, hours[-1] + 24 * 10)
    assert silent(hours, hours[-1] + 24 * 40)


def test_dates_without_a_time() -> None:
    """All at midnight, UTC, as in feeds that give days alone."""
    hours = [(START + day) * 24 for day in range(100) if day % 7 < 5]
    assert not silent(hours, hours[-1] + 24 + 14)
    assert silent(hours, hours[-1] + 24 * 7)


@given(st.lists(st.integers(0, 24 * 600), min_size=1, max_size=60).map(sorted), st.integers(0, 24 * 900))
def test_the_quick_look_misses_nothing(hours: list[int], after: int) -> None:
    found = pattern(hours)
    until = hours[-1] + after
    if found is not None and found.silent(until):
        assert gaps.odd(hours, until)


@given(st.lists(st.integers(0, 24 * 600), min_size=8, max_size=60).map(sorted), st.data())
def test_what_is_expected_adds_up(hours: list[int], data: st.DataObject) -> None:
    found = pattern(hours)
    if found is None:
        return
    a, b, c = sorted(data.draw(st.lists(st.integers(0, 24 * 900), min_size=3, max_size=3)))
    b = max(a, b - b % 24)  # a holiday is looked at day by day: which of its hours rest depends on all of them
    assert found.expected(a, c) == pytest.approx(found.expected(a, b) + found.expected(b, c), abs=1e-6)
    assert found.expected(a, a) == 0
    assert found.limit > 2


def test_the_past_of_real_feeds_brings_few_alarms() -> None:
    """What French newspapers published until the feed was saved, entry by entry."""
    files = sorted(corpus("A_feeds", "french-rss-ppe2").rglob("*.xml"))[:60]
    false, years, told = 0, 0.0, 0
    for file in files:
        try:
            parsed = parse(file.read_bytes(), "", "https://news.example/feed", 1, NOW, {})
        except SourceError:
            continue
        hours = sorted({hour_of(each.published) for each in parsed.items if each.published})
        if pattern(hours) is not None:
            told += 1
            years += (hours[-1] - hours[5]) / (365 * 24)
            false += len(alarms(hours, hours[5]))
    print(f"{told} feeds, {years:.1f} years: {false} alarms")
    assert told
    assert false <= 3


# Holidays ----------------------------------------------------------------------------------------


def day_of(when: date) -> int:
    return (when - date(1970, 1, 1)).days


@pytest.mark.parametrize(
    "when",
    [
        date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 15), date(2026, 5, 25),
        date(2026, 7, 13), date(2026, 7, 14), date(2026, 11, 26), date(2026, 11, 27), date(2026, 12, 28),
        date(2025, 4, 21), date(2024, 4, 1), date(2026, 8, 31), date(2026, 9, 7),
    ],
    ids=str,
)  # fmt: skip
def test_holidays(when: date) -> None:
    assert rest(day_of(when)) == 1


def test_other_days() -> None:
    free = [rest(day_of(date(2026, 1, 1) + timedelta(days=at_))) for at_ in range(365)]
    assert free.count(1.0) < 50
    assert rest(day_of(date(2026, 8, 12))) == 0.5
    assert rest(day_of(date(2026, 3, 10))) == 0
    assert list(EVERY_DAY) == [0, 1, 2, 3, 4, 5, 6]
