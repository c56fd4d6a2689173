"""The README says what the program does: its commands, the keys of ``--json`` and those of the keyboard."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from veille.cli.arguments import ITEM_KEYS, KEYS
from veille.cli.terminal import iso
from veille.settings import Settings
from veille.ui.shortcuts import KEYS as SHORTCUTS

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def rows(section: str) -> list[list[str]]:
    """The tables of a section, as cells."""
    text = README.split(f"## {section}\n", 1)[1].split("\n#", 1)[0]
    return [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]


def words(cell: str) -> set[str]:
    """What stands in `code`, word by word."""
    return {word for code in re.findall(r"`([^`]+)`", cell) for word in re.findall(r"\w+", code)}


@pytest.mark.parametrize("command", KEYS)
def test_the_keys_of_json_are_documented(command: str) -> None:
    said = next(words(keys) for commands, keys in rows("Keys of `--json`") if command in words(commands))
    if command in ("brief", "read", "highlight"):
        said |= set(re.findall(r"\w+", ITEM_KEYS))
    assert said - {"list"} == set(re.findall(r"\w+", KEYS[command]))


def test_the_times_of_json_look_as_documented() -> None:
    (example,) = re.findall(r"Times are UTC, as in `([^`]+)`", README)
    assert iso(datetime.fromisoformat(example)) == example


def test_the_schedule_is_documented() -> None:
    assert f"every {Settings().refresh_minutes} minutes (`veille set refresh_minutes 0`" in README


@pytest.mark.parametrize("command", KEYS)
def test_the_commands_are_documented(command: str) -> None:
    assert any(command in words(cells[0]) for cells in rows("The terminal"))


def test_the_keyboard_is_documented() -> None:
    said = {code for cells in rows("Keys") for cell in cells for code in re.findall(r"`([^`]+)`", cell)}
    assert said == {keys for each in SHORTCUTS for keys in each.keys}
