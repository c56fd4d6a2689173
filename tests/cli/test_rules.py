"""Rules and flags in the terminal: what a rule would have done is said before it is kept."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.core.conftest import add_source, an_item
from tests.fakes import FakeClock
from veille.model import Membership, Sector
from veille.store import open_store

TITLES = ("Batteries are charged", "Grid operators order storage", "Retailers prepare for Christmas")


@pytest.fixture
def stocked(program: Program, tmp_path: Path) -> Program:
    """A sector with a source that gave three items today."""
    now = datetime.now(UTC)
    store = open_store(tmp_path / "profile", write=True, clock=FakeClock(now))
    with store.db.write():
        source = add_source(store, "Grid news").id
        store.sources.put_sector(Sector("energie", "Énergie"))
        store.sources.put_member(Membership("energie", source, "person", "person", now))
        store.items.apply([an_item(source, title, now, title=title) for title in TITLES], [])
    store.close()
    return program


def listed(program: Program, *options: str) -> list[str]:
    return [each["title"] for each in program("list", *options, "--json").objects]


def test_a_rule_says_first_what_it_would_have_done(stocked: Program) -> None:
    ran = stocked("rule", "hide", "--words", "batter*", "--words", "christmas", "--preview")
    said, counted, *titles = ran.out.splitlines()
    assert said == "Hide items that say “batter…” or “christmas”."
    assert counted == "Of 3 items of the last 30 days, 2 would have been hidden."
    assert sorted(titles) == ["  - Batteries are charged", "  - Retailers prepare for Christmas"]
    ran = stocked("rule", "hide", "--words", "batter*", status=1)
    assert ran.err == "veille: Nothing was done. With --yes it is done without this question.\n"
    assert len(listed(stocked)) == 3
    assert "There are no rules yet" in stocked("rules").err


def test_a_rule_is_kept_paused_and_removed(stocked: Program) -> None:
    stocked("rule", "hide", "--words", "christmas", "--yes", "--also-there", "--why", "no ads")
    assert listed(stocked, "--hidden") == ["Retailers prepare for Christmas"]
    (rule,) = stocked("rules", "--json").objects
    assert (rule["actions"], rule["words"], rule["why"], rule["paused"]) == (["hide"], ["christmas"], "no ads", False)
    number = str(rule["id"])
    stocked("rules", "--pause", number)
    ran = stocked("rules")
    assert ran.out.startswith(f"{number:>6}  Hide items that say “christmas”.")
    assert ran.out.endswith("paused · no ads\n")
    assert len(listed(stocked)) == 3
    stocked("rules", "--resume", number)
    assert len(listed(stocked)) == 2
    assert stocked("rules", "--remove", number, "--json").objects == []
    assert len(listed(stocked)) == 3
    stocked("undo")
    assert len(listed(stocked)) == 2
    assert "There is no rule named “99”." in stocked("rules", "--pause", "99", status=1).err


def test_a_rule_for_programs(stocked: Program) -> None:
    (said,) = stocked(
        "rule", "tag", "flag", "--tag", "grid", "--lang", "English", "--sector", "Énergie", "--longer", "1",
        "--preview", "--json").objects  # fmt: skip
    assert (said["actions"], said["tags"], said["languages"], said["longer"]) == (["flag", "tag"], ["grid"], ["en"], 1)
    assert (said["sector"], said["source_id"], said["kept"], said["id"]) == ("energie", None, False, None)
    (kept,) = stocked("rule", "flag", "--title", "--words", "grid", "--also-there", "--yes", "--json").objects
    assert (kept["kept"], kept["items"], kept["found"], kept["titles"]) == (True, 3, 1, [TITLES[1]])
    assert listed(stocked, "--flagged") == [TITLES[1]]
    assert [each["title"] for each in stocked("search", "storage", "--flagged", "--json").objects] == [TITLES[1]]


def test_a_rule_that_makes_no_sense(stocked: Program) -> None:
    assert "no language" in stocked("rule", "hide", "--lang", "nonsense", status=1).err
    assert stocked("rule", "tag", "--yes", status=1).err.startswith("veille: This rule cannot be kept")
    stocked("rule", "burn", status=2)
    stocked("rule", "hide", "--sector", "Énergie", "--source", "1", status=2)


def test_flags(stocked: Program) -> None:
    ids = [str(each["id"]) for each in stocked("list", "--json").objects[:2]]
    assert stocked("flag", *ids).out.startswith("Flagged: ")
    assert all(each["flagged"] for each in stocked("list", "--flagged", "--json").objects)
    assert "No longer flagged: " in stocked("unflag", ids[0]).out
    ran = stocked("list", "--flagged")
    assert ran.out.lstrip().startswith(ids[1])
    assert "flagged" in ran.out
    stocked("undo")
    assert len(listed(stocked, "--flagged")) == 2
