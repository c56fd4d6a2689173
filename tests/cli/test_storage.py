"""How much room there is, and the clean-up that says first what it would remove."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.core.conftest import add_source, put_items
from tests.fakes import FakeClock
from veille.store import open_store


@pytest.fixture
def aged(program: Program, tmp_path: Path) -> Program:
    """Twelve sources with two old items each, one of which is saved, and an item of today."""
    now = datetime.now(UTC)
    clock = FakeClock(now - timedelta(days=200))
    store = open_store(tmp_path / "profile", write=True, clock=clock)
    for number in range(12):
        ids = put_items(store, add_source(store, f"Source {number:02}").id, clock, "a", "b")
        store.marks.set_saved(ids[: number == 0], clock.now())
    clock.time = now
    put_items(store, add_source(store, "Today").id, clock, "new")
    store.close()
    return program


def test_sizes(aged: Program) -> None:
    ran = aged("storage")
    assert ran.out.startswith("Everything: ")
    assert "  Database: " in ran.out
    assert "    of which pictures: 0 bytes" in ran.out
    assert "25 items, the oldest is of " in ran.out
    assert ", 1 is kept for ever." in ran.out
    assert "is deleted after 90 days." in ran.out
    aged("set", "keep_days", "0")
    assert "Nothing is deleted by itself." in aged("storage").out
    (found,) = aged("storage", "--json").objects
    assert found["database"] > 100_000
    assert (found["items"], found["kept"], found["keep_days"], found["pictures"]) == (25, 1, 0, 0)
    assert datetime.fromisoformat(found["oldest"]) < datetime.now(UTC) - timedelta(days=199)


def test_a_clean_up_says_first_what_would_go(aged: Program) -> None:
    ran = aged("clean", status=1)
    assert ran.out.startswith("23 items that came before ")
    assert "  - Source 01: 2\n" in ran.out
    assert "  - and 2 more sources\n" in ran.out
    assert ran.out.endswith("1 item as old stays: you kept it.\n")
    assert ran.err == "veille: Nothing was done. With --yes it is done without this question.\n"
    assert len(aged("list", "--json").objects) == 25
    ran = aged("clean", "--yes")
    assert ran.out.endswith("23 items were deleted. Their room is used for what comes.\n")
    assert len(aged("list", "--json").objects) == 2
    assert aged("clean", "--yes").err == "There is nothing to delete.\n"


def test_days_may_be_said(aged: Program) -> None:
    assert aged("clean", "--days", "300").err == "There is nothing to delete.\n"
    ran = aged("clean", "--days", "0", "--yes")
    assert ran.err == "Nothing is deleted: 0 days means never.\n"
    aged("set", "keep_days", "0")
    assert aged("clean", "--yes").err == "Nothing is deleted: 0 days means never.\n"
    assert aged("clean", "--days", "199", "--yes").out.startswith("23 items")
    aged("clean", "--days", "soon", status=2)
    aged("clean", "--days", "-1", status=2)


def test_the_same_for_programs(aged: Program) -> None:
    (refused,) = aged("clean", "--json", status=1).objects
    assert (refused["items"], refused["kept"], refused["removed"], refused["given"]) == (23, 1, 0, 0)
    assert refused["sources"][0] == {"source": "Source 01", "items": 2}
    assert refused["bytes"] > 0
    ran = aged("clean", "--json", "--yes")
    assert ran.objects == [{**refused, "before": ran.objects[0]["before"], "removed": 23}]
    assert "23 items were deleted." in ran.err
    (nothing,) = aged("clean", "--json").objects
    assert (nothing["items"], nothing["sources"], nothing["oldest"]) == (0, [], None)
