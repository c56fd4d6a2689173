"""``kill -9`` at any moment: the profile opens, with everything that was confirmed."""

import random
import subprocess
import sys
import time
from pathlib import Path

from tests.fakes import FakeClock
from tests.store.build import ending
from tests.store.writer import BATCH
from veille.contacts import TraceFilter
from veille.store import Filter, open_store

KILLS = 12


def write_and_die(folder: Path, seconds: float, *what: str) -> dict[str, set[int]]:
    """What a writing process confirmed before it was killed, by word."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.writer", str(folder), *what], stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2])  # fmt: skip
    assert process.stdout is not None
    lines = [process.stdout.readline()]  # it has begun
    time.sleep(seconds)
    process.kill()
    lines += process.communicate()[0].splitlines(keepends=True)
    words = ("items", "saved", "tagged", "noted", "read", "begun", "ended")
    confirmed: dict[str, set[int]] = {word: set() for word in words}
    for line in lines:
        if line.endswith("\n"):  # the last one may be cut
            word, *numbers = line.split()
            confirmed[word].update(map(int, numbers))
    return confirmed


def test_nothing_confirmed_is_lost(tmp_path: Path, clock: FakeClock) -> None:
    chance = random.Random(2)
    confirmed: dict[str, set[int]] = {}
    for _ in range(KILLS):
        for word, numbers in write_and_die(tmp_path, chance.uniform(0, 0.12)).items():
            confirmed.setdefault(word, set()).update(numbers)
        store = open_store(tmp_path, write=True, clock=clock)
        assert store.db.query("PRAGMA integrity_check") == [("ok",)]
        assert store.db.query("PRAGMA foreign_key_check") == []
        items = set(store.items.ids(Filter()))
        assert confirmed["items"] <= items
        assert confirmed["saved"] <= set(store.marks.saved_ids())
        assert confirmed["tagged"] <= set(store.marks.tagged("mine"))
        assert confirmed["noted"] <= set(store.marks.noted_ids())
        assert confirmed["read"] <= set(store.marks.read_ids())
        assert len(items) % BATCH == 0  # no half batch
        assert set(store.queue.take(10**9)[0]) == items  # and none that the index would never hear of
        store.close()
    assert len(confirmed["items"]) >= KILLS * BATCH


def test_no_trace_that_was_begun_is_lost(tmp_path: Path, clock: FakeClock) -> None:
    """Ten threads begin at once; what was flushed has its ending, too, and no number is given twice."""
    chance = random.Random(3)
    begun: set[int] = set()
    for _ in range(6):
        confirmed = write_and_die(tmp_path, chance.uniform(0, 0.1), "traces")
        assert confirmed["begun"].isdisjoint(begun)
        begun |= confirmed["begun"]
        store = open_store(tmp_path, write=True, clock=clock)
        assert store.traces._db.query("PRAGMA integrity_check") == [("ok",)]
        found = {trace.number: trace for trace in store.traces.find(TraceFilter())}
        assert begun <= set(found)
        assert all(found[number].ending == ending(error=str(number)) for number in confirmed["ended"])
        assert sorted(found) == list(range(1, len(found) + 1))
        store.close()
    assert len(begun) >= 60
