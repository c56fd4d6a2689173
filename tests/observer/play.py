"""The play: every trick on its stage, a reader in the middle, and days that pass."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from tests.internet import Internet
from tests.observer import pages, tricks  # noqa: F401 - they add themselves
from tests.observer.stage import TRICKS, Check, Stage, Trick, Victim
from tests.simulated import SimulatedClock

NIGHT = timedelta(hours=9)
DAY = timedelta(hours=15)


class Reader(Protocol):
    """What reads: the naive one, or Veille."""

    def tick(self) -> None:
        """A moment of the day."""

    def read(self) -> None:
        """Look at everything."""

    def follow(self) -> None:
        """Open every link."""

    def close(self) -> None:
        """End."""


Makes = Callable[[Internet, list[Stage]], Reader]


@dataclass(frozen=True)
class Outcome:
    """Which tricks worked, by name, and how many requests the internet saw."""

    worked: frozenset[str]
    requests: int


def play(
    makes: Makes, home: Path, *, days: int, step: timedelta, schemes: Sequence[str] = ("http", "https")
) -> Outcome:
    """Let a reader live among all tricks for ``days``; with one scheme each trick in turn takes one of ``schemes``."""
    clock = SimulatedClock()
    victim = Victim()
    with Internet(clock) as internet:
        set_up = [_set_up(internet, victim, home, number, each, schemes) for number, each in enumerate(TRICKS)]
        stages = [stage for stage, _check in set_up]
        reader = makes(internet, stages)
        try:
            for day in range(days):
                _day(clock, reader, stages, step)
                if day in (0, days // 2):
                    reader.read()
                    reader.follow()
        finally:
            reader.close()
            victim.close()
        worked = {each.name for each, (_stage, check) in zip(TRICKS, set_up, strict=True) if check()}
        return Outcome(frozenset(worked), len(internet.seen))


def _set_up(
    internet: Internet, victim: Victim, home: Path, number: int, each: Trick, schemes: Sequence[str]
) -> tuple[Stage, Check]:
    name = f"t{number:03}-" + re.sub(r"[^a-z]+", "-", each.name.lower())[:30].strip("-")
    stage = Stage(internet, name, schemes[number % len(schemes)], victim, home)
    return stage, each.play(stage)


def _day(clock: SimulatedClock, reader: Reader, stages: list[Stage], step: timedelta) -> None:
    """The person's machine wakes up, stays on, and sleeps."""
    for stage in stages:
        stage.wakes.append(clock.now())
    ends = clock.now() + DAY
    while clock.now() < ends:
        reader.tick()
        clock.advance(step)
    clock.advance(NIGHT)
