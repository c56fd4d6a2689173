"""A process that reads X for money without end, to be killed: ``python -m tests.core.spender PROFILE BILL SEED``.

BILL is X's own book: a line for each request that it dealt with, day, posts and price, written before the answer is
settled here. A cap of one dollar; "spent" on stdout says that nothing is left of it.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from tests.fakes import FakeClock
from veille.core.x.budget import Budget
from veille.errors import BudgetSpent
from veille.settings import Settings
from veille.sources.paid import Bill, Use
from veille.store import open_store

POST = 5000  # millionths of a dollar
BEGINS = datetime(2026, 3, 31, 23, 59, 50, tzinfo=UTC)  # ten seconds before X's month turns


def main(profile: Path, bill: Path, rng: Random) -> None:
    clock = FakeClock(max(BEGINS, _last(bill)))
    budget = Budget(open_store(profile, write=True, clock=clock), clock, lambda: Settings(x_cap=1))
    with bill.open("a") as book:
        print("ready", flush=True)
        while True:
            if budget.needs_time():
                budget.heard(clock.now())
            posts = rng.randint(1, 4)
            try:
                number = budget.reserve(Use.POLL, posts)
            except BudgetSpent:
                print("spent", flush=True)
                return
            print(f"{clock.now().isoformat()} {posts}", file=book, flush=True)
            os.fsync(book.fileno())
            clock.time += timedelta(milliseconds=rng.randint(0, 2000))
            ids = {f"{clock.now().isoformat()} {each}" for each in range(posts)}
            budget.settle(number, Bill({1: ids}), clock.now())


def billed(bill: Path) -> dict[str, int]:
    """What X has billed, by month, in millionths of a dollar."""
    sums: dict[str, int] = {}
    for line in bill.read_text().splitlines() if bill.exists() else []:
        when, posts = line.split()
        sums[when[:7]] = sums.get(when[:7], 0) + int(posts) * POST
    return sums


def _last(bill: Path) -> datetime:
    lines = bill.read_text().splitlines() if bill.exists() else []
    return datetime.fromisoformat(lines[-1].split()[0]) if lines else BEGINS


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Random(int(sys.argv[3])))
