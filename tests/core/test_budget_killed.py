"""``kill -9`` while X is read, also as its month turns: what X billed is in the book here, and never over the cap."""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from random import Random

from tests.core.spender import BEGINS, billed
from tests.fakes import FakeClock
from veille.core.x.budget import DOLLAR, Budget
from veille.settings import Settings
from veille.store import open_store

ROOT = Path(__file__).parents[2]
KILLS = 12


def test_a_killed_process_leaves_the_cap_whole(tmp_path: Path) -> None:
    rng = Random(4)
    profile, bill = tmp_path / "profile", tmp_path / "bill"
    ends = [_killed(profile, bill, seed, rng.uniform(0, 0.25)) for seed in range(KILLS)]
    assert "killed" in ends  # in the middle of its work, not always when all was spent
    while "spent" not in ends:
        ends.append(_killed(profile, bill, len(ends), 20))
    assert set(billed(bill)) == {"2026-03", "2026-04"}


def _killed(profile: Path, bill: Path, seed: int, after: float) -> str:
    """Let it work for so many seconds; how it ended."""
    command = [sys.executable, "-m", "tests.core.spender", str(profile), str(bill), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        began = time.monotonic()
        while process.poll() is None and time.monotonic() - began < after:
            time.sleep(0.002)
        process.kill()
        spent = "spent" in process.stdout.read()
    _check(profile, bill)
    return "spent" if spent else "killed"


def _check(profile: Path, bill: Path) -> None:
    sums = billed(bill)
    assert all(each <= DOLLAR for each in sums.values())
    store = open_store(profile, write=True, clock=FakeClock(BEGINS + timedelta(days=1)))
    try:
        budget = Budget(store, FakeClock(BEGINS), lambda: Settings(x_cap=1))
        month = budget.now.isoformat()[:7]
        assert sums.get(month, 0) <= budget.spent() <= DOLLAR
    finally:
        store.close()
