"""Histories of sources, made up: when each publishes. Hours since 1970 (UTC), as ``veille.core.curating.gaps`` has."""

from collections.abc import Callable, Container, Iterable
from datetime import date
from random import Random

START = (date(2025, 1, 6) - date(1970, 1, 1)).days  # a Monday
WEEKDAYS = range(5)
EVERY_DAY = range(7)

Make = Callable[[Random, int], list[float]]


def weekday(day: int) -> int:
    """0 for a Monday."""
    return (day + 3) % 7


def at(
    *times: float, days: Container[int] = EVERY_DAY, jitter: float = 0.5, missed: float = 0.0, free: Iterable[int] = ()
) -> Make:
    """About at these hours of a day (UTC), on these days of a week; ``missed`` is the share that does not come, and
    ``free`` are days since :data:`START` on which it rests."""
    rests = set(free)

    def make(random: Random, count: int) -> list[float]:
        return sorted(
            (START + day) * 24 + time + random.gauss(0, jitter)
            for day in range(count)
            if weekday(day + START) in days and day not in rests
            for time in times
            if random.random() >= missed
        )

    return make


def poisson(daily: float) -> Make:
    """At random."""

    def make(random: Random, count: int) -> list[float]:
        found, when = [], START * 24.0
        while (when := when + random.expovariate(daily / 24)) < (START + count) * 24:
            found.append(when)
        return found

    return make


def bursts(random: Random, count: int) -> list[float]:
    """Three days of five, many within two hours."""
    found = []
    for day in range(count):
        if random.random() < 0.6:
            begin = (START + day) * 24 + random.uniform(6, 20)
            found += [begin + random.random() * 2 for _ in range(random.randint(3, 20))]
    return sorted(found)


def monthly(random: Random, count: int) -> list[float]:
    """About the beginning of each month, some days to and fro."""
    days = [3 + 30.4 * number for number in range(int(count / 30.4))]
    return sorted((START + day) * 24 + 10 + random.uniform(-24, 72) for day in days)


def uneven(random: Random, count: int) -> list[float]:
    """Gaps of two days in the middle, now and then many times that (log-normal)."""
    found, when = [], START * 24.0
    while (when := when + 48 * random.lognormvariate(-0.5, 1.0)) < (START + count) * 24:
        found.append(when)
    return found


RHYTHMS: dict[str, Make] = {
    "hourly": at(*range(24), jitter=0.2, missed=0.05),
    "20 a day at random": poisson(20),
    "10 a day, by day": at(*range(8, 18), jitter=1, missed=0.1),
    "4 a day": at(8, 11, 15, 19, jitter=1),
    "4 a day, some missed": at(8, 11, 15, 19, jitter=1, missed=0.05),
    "4 a day at random": poisson(4),
    "1 a day": at(7),
    "1 a day at random": poisson(1),
    "8 a weekday": at(*range(8, 16), days=WEEKDAYS, jitter=0.7, missed=0.05),
    "4 a weekday": at(8, 11, 14, 17, days=WEEKDAYS, jitter=1, missed=0.05),
    "1 a weekday": at(10, days=WEEKDAYS, jitter=0.7),
    "1 a weekday, about midnight": at(23.5, days=WEEKDAYS, jitter=0.7),
    "bursts": bursts,
    "weekly": at(10, days=(1,), jitter=1, missed=0.02),
    "1 a week at random": poisson(1 / 7),
    "monthly": monthly,
    "uneven": uneven,
}
QUICK = ("hourly", "20 a day at random", "10 a day, by day")  # whose freezing is noticed within a day
PAST = {"monthly": 330, "weekly": 200, "1 a week at random": 200}  # days before anything is asked; 60 for the others
