"""The real purse, tweepy and the gateway against an X with a clock and a bill of its own, while things go wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.fakes import FakeClock
from tests.internet import Internet, Seen
from tests.net.conftest import FakeLedger
from tests.networks.x import XServer
from tests.servers import Reply
from tests.sources.xworld import World
from veille.core.x.budget import Budget
from veille.errors import BudgetKept, BudgetSpent, Garbled, SourceError
from veille.net.gateway import Gateway
from veille.settings import Settings
from veille.sources.x.fetcher import HOST
from veille.store import Store, open_store

NAMES = [f"account_{each}" for each in range(30)]


class Trouble:
    """An X that loses answers on the way, after it billed them, and whose clock is its own."""

    def __init__(self, rng: Random, clock: FakeClock) -> None:
        self.rng, self.clock = rng, clock
        self.server = XServer(clock)
        self.losing = 0.0

    def __call__(self, seen: Seen) -> Reply:
        reply = self.server(seen)
        self.clock.advance(seconds=self.rng.choice([0, 0, 1, 20]))
        lost = reply.status == 200 and self.rng.random() < self.losing
        return Reply(200, {**reply.headers, "Content-Type": "application/json"}, b'{"data": [') if lost else reply

    def month(self, at: datetime) -> float:
        """What was billed in the month of that day, in dollars."""
        return sum(price for (day, _kind, _id), price in self.server.bill.items() if day[:7] == at.strftime("%Y-%m"))


@pytest.fixture
def ours() -> FakeClock:
    return FakeClock(datetime(2026, 3, 30, 20, 0, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path, ours: FakeClock) -> Iterator[Store]:
    opened = open_store(tmp_path / "profile", write=True, clock=ours)
    yield opened
    opened.close()


@pytest.mark.parametrize(("seed", "cap"), [(1, 3), (2, 3), (3, 3), (4, 12), (5, 12), (6, 12)])
def test_whatever_goes_wrong_x_bills_no_more_than_the_cap(seed: int, cap: int, store: Store, ours: FakeClock) -> None:
    """With twelve dollars it goes on in the new month; with three, two answers that are lost for good are the end."""
    rng, theirs = Random(seed), FakeClock(ours.now())
    x = Trouble(rng, theirs)
    with Internet(ours) as internet:
        internet.site(HOST, x)
        budget = Budget(store, ours, lambda: Settings(x_cap=cap))
        ledger = FakeLedger()
        gateway = Gateway(ours, ledger, **internet.door)
        world = World(ours, internet, x.server, gateway, ledger, budget, store.people)  # type: ignore[arg-type]
        for name in NAMES:
            x.server.account(name)
        world.watch(*NAMES)
        outcomes = set()
        while theirs.now() < datetime(2026, 4, 4, tzinfo=UTC):
            passed = timedelta(minutes=rng.choice([1, 15, 15, 15, 60, 300]))
            theirs.advance(minutes=passed.total_seconds() / 60)
            ours.advance(minutes=passed.total_seconds() / 60)
            if rng.random() < 0.1:
                ours.time = theirs.now() + timedelta(
                    seconds=rng.choice([0, 40, -40, 30_000, -30_000, 3_000_000, -900_000])
                )
            if rng.random() < 0.1:
                x.losing = rng.choice([0, 0, 0.2, 0.6])
            if rng.random() < 0.1:  # it dies, and begins anew
                world.purse = budget = Budget(store, ours, lambda: Settings(x_cap=cap))  # type: ignore[assignment]
                world.restart()
            for _post in range(rng.randrange(cap * 5)):
                x.server.post(rng.choice(NAMES), "Something")
            for answer in world.poll().values():
                outcomes.add(type(answer))
            assert x.month(theirs.now()) <= cap
            assert x.month(theirs.now() - timedelta(days=15)) <= cap
        assert Garbled in outcomes
        assert not {each for each in outcomes if issubclass(each, SourceError)} - {BudgetSpent, BudgetKept, Garbled}
        assert cap < 12 or x.month(theirs.now()) > 0.5
        gateway.close()
