"""300 accounts on X with five posts a day each, watched for 30 simulated days by the real refresh: what it takes.

Beside it the naive way: each account polled alone, as often. Then the same with a cap of 20 dollars, which must hold.
X is a server of our own that bills as X does; tweepy talks to it through the gateway. Re-checks are off: they have a
share of the money of their own, and this is about polling.
"""

import argparse
import shutil
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median, quantiles

from tests.fakes import FakeProgress
from tests.internet import Internet
from tests.networks.x import TOKEN, XServer
from tests.simulated import SimulatedClock
from veille.app import World, open_services
from veille.contacts import Reason
from veille.core.services import Services
from veille.model import Membership, Sector, SourceKind
from veille.sources.x.fetcher import HOST
from veille.store import Filter

START = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
LOOK = timedelta(minutes=4)  # the window looks twice a minute; more than five minutes apart is taken for sleep
SMALL = 20  # dollars


@dataclass(frozen=True)
class Outcome:
    """What one run came to. ``delays`` are seconds from publication to the list; ``left`` are accounts never read."""

    requests: int
    passes: int
    billed: int
    duplicates: int
    missed: int
    dollars: float
    delays: list[float]
    left: tuple[str, ...]


class Run:
    """One profile that watches, and an X on which things happen."""

    def __init__(self, folder: Path, accounts: int, days: int, posts: int, minutes: int, cap: int) -> None:
        self.clock = SimulatedClock(START)
        self.x = XServer(self.clock, token=TOKEN)
        self.names = [f"account_{number:03}" for number in range(accounts)]
        self._events = self._planned(Random(5), days, posts)
        self._ends = START + timedelta(days=days)
        self._folder, self._settings = folder, {"x_minutes": minutes, "x_cap": cap, "recheck_days": 0}
        self._published: dict[str, datetime] = {}
        self.passes = 0

    def _planned(self, chance: Random, days: int, posts: int) -> list[tuple[datetime, str]]:
        """Each account publishes so many times in each day, at any time of it; the latest first, to be popped."""
        day = timedelta(days=1)
        return sorted(
            (
                (START + each * day + chance.random() * day, name)
                for name in self.names
                for each in range(days)
                for _post in range(posts)
            ),
            reverse=True,
        )

    def play(self) -> Outcome:
        """All of the days."""
        with Internet(self.clock) as internet:
            internet.site(HOST, self.x)
            for name in self.names:
                self.x.account(name)
            world = World(self.clock, Random(3), internet.door, x_token=TOKEN)
            services = open_services(self._folder, write=True, world=world)
            try:
                return self._live(services)
            finally:
                services.close()

    def _live(self, services: Services) -> Outcome:
        for key, value in self._settings.items():
            services.preferences.set(key, str(value))
        self._watch(services)
        self._pass(services, None)
        while self.clock.now() < self._ends:
            self._go_on(services)
            if due := services.refresher.due():
                self._pass(services, due)
        return self._outcome(services)

    def _watch(self, services: Services) -> None:
        sources = services._store.sources
        sources.put_sector(Sector("all", "All"))
        for rank, name in enumerate(self.names):
            address = f"https://x.com/{name}"
            source = sources.add(f"x:{address}", SourceKind.X, address, f"@{name}")
            sources.put_member(Membership("all", source.id, "person", "person", START, rank=rank))
        services.x.turn_on()

    def _go_on(self, services: Services) -> None:
        """To the next moment at which the window looks, or would find something due; things are published meanwhile."""
        due = services._store.db.query("SELECT min(next_due) FROM state WHERE next_due > ?", (0,))[0][0]
        soon = datetime.fromtimestamp(due / 1e6, UTC) if due else self._ends
        now = self.clock.now()
        until = min(now + LOOK, soon if soon > now else now + timedelta(seconds=30))
        while self._events and self._events[-1][0] <= until:
            when, name = self._events.pop()
            self.clock.time = max(when, self.clock.time)
            words = f"Something of {name} at {when:%d %H:%M} https://news.example/{len(self._published)}"
            self._published[self.x.post(name, words)] = when
        self.clock.time = until

    def _pass(self, services: Services, due: tuple[int, ...] | None) -> None:
        self.passes += 1
        reason = Reason.BY_HAND if due is None else Reason.SCHEDULED
        services.refresher.run(FakeProgress(), due, reason=reason)
        self._last = self.clock.now()

    def _outcome(self, services: Services) -> Outcome:
        items = services._store.items.rows(services._store.items.ids(Filter(folded=False)))
        came = {each.uid: (each.seen - self._published[each.uid]).total_seconds() for each in items}
        missed = [uid for uid, when in self._published.items() if when < self._last and uid not in came]
        brought = {each.source for each in items}
        left = tuple(
            each.label for each in services._store.sources.all() if each.id not in brought)  # fmt: skip
        return Outcome(
            len(self.x.asked), self.passes, len(self.x.billed("post")), self.x.duplicates, len(missed), self.x.dollars,
            sorted(came.values()), left)  # fmt: skip


def main(arguments: list[str]) -> None:
    """Prints what was left out with little money, and last the figures of the run with enough."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench posts", description=__doc__)
    parser.add_argument("--accounts", type=int, default=300)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--posts", type=int, default=5, help="posts a day of each account")
    parser.add_argument("--minutes", type=int, default=15, help="between two polls")
    parser.add_argument("--cap", type=int, default=300, help="dollars a month")
    parser.add_argument("--small-cap", type=int, default=SMALL, help="dollars a month, of the second run")
    given = parser.parse_args(arguments)
    caps = (given.cap, given.small_cap)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:  # each takes minutes; neither times anything
        whole, small = pool.map(_play, (given, given), caps)
    print(f"with {given.small_cap} dollars: {small.dollars:.2f} spent, {small.billed} posts read, {small.missed} not;")
    print(f"  {len(small.left)} accounts left out: {', '.join(small.left) or 'none'}")
    delays = whole.delays
    figures = {
        "requests": whole.requests, "naive_requests": given.accounts * whole.passes, "billed": whole.billed,
        "duplicates": whole.duplicates, "missed": whole.missed, "dollars": f"{whole.dollars:.2f}", "cap": given.cap,
        "median_delay_s": f"{median(delays):.0f}", "p95_delay_s": f"{quantiles(delays, n=20)[-1]:.0f}",
        "small_cap_dollars": f"{small.dollars:.2f}",
    }  # fmt: skip
    print("posts", " ".join(f"{key}={value}" for key, value in figures.items()))


def _play(given: argparse.Namespace, cap: int) -> Outcome:
    folder = Path(tempfile.mkdtemp(prefix="posts"))
    began = time.perf_counter()
    try:
        outcome = Run(folder / "profile", given.accounts, given.days, given.posts, given.minutes, cap).play()
    finally:
        shutil.rmtree(folder)
    seconds = time.perf_counter() - began
    print(f"cap {cap}: {outcome.passes} passes, {outcome.requests} requests in {seconds:.0f} s", flush=True)
    return outcome
