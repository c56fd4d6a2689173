"""The commands of the desk, as they are typed: the table, and changes to several sources that undo takes back."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.core.conftest import put_items
from tests.fakes import FakeClock
from veille import cli
from veille.app import World, open_services
from veille.cli.curating import last_day
from veille.core.services import Services
from veille.model import Membership, Sector


@pytest.fixture
def folder(tmp_path: Path, clock: FakeClock) -> Path:
    """Two feeds in Energy, one in none; the first gives four items a month, half of them read."""
    services = opened(tmp_path / "profile", clock)
    store = services._store
    for rank, key in enumerate(("energy", "law")):
        store.sources.put_sector(Sector(key, key.title(), rank=rank))
    for name in ("Alpha", "Beta", "Gamma"):
        services.curation.add_feed(f"https://{name.lower()}.example/feed", title=name)
    for source, why in ((1, "The best"), (2, "")):
        store.sources.put_member(Membership("energy", source, "opml:mine.opml", "person", clock.now(), why=why))
    ids = put_items(store, 1, clock, *"abcd")
    store.marks.set_read(ids[:2], True)
    services.close()
    return tmp_path / "profile"


def opened(folder: Path, clock: FakeClock) -> Services:
    return open_services(folder, write=True, world=World(clock))


class Typed:
    """Runs commands on a profile as the program does, with a clock of the test."""

    def __init__(self, folder: Path, clock: FakeClock, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._clock, self._capsys = folder, clock, capsys

    def __call__(self, *words: str, status: int = 0) -> str:
        """What it says."""
        self._capsys.readouterr()
        arguments = cli.parse([*words])
        got = cli.run(arguments, lambda _need: opened(self._folder, self._clock), _no_paper, _no_restorer)
        told = self._capsys.readouterr()
        self.noted = told.err
        assert got == status, told
        return told.out

    def objects(self, *words: str) -> list[dict[str, Any]]:
        """What it says in JSON."""
        return [json.loads(line) for line in self(*words, "--json").splitlines()]


def _no_paper(_html: str, _path: Path) -> None:
    raise AssertionError


def _no_restorer() -> Any:
    raise AssertionError


@pytest.fixture
def typed(folder: Path, clock: FakeClock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typed:
    monkeypatch.setenv("COLUMNS", "120")
    return Typed(folder, clock, capsys)


# The table ----------------------------------------------------------------------------------------


def test_all_sources_stand_in_a_table(typed: Typed) -> None:
    head, _rule, *lines = typed("desk").splitlines()
    assert head.split()[:4] == ["No.", "Name", "Sector", "Kind"]
    (alpha,) = (line for line in lines if " Alpha " in line)
    assert alpha.split()[:4] == ["1", "Alpha", "Energy", "Feed"]
    assert "50 %" in alpha
    assert "why: The best" in "\n".join(lines)
    assert "The file “mine.opml”" in "\n".join(lines)
    assert typed.noted.splitlines()[-1].startswith("3 sources")
    assert all(len(line) <= 120 for line in [head, *lines])


def test_it_folds_where_there_is_no_room(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    said = typed("desk", "alpha")
    assert "1 a week, 50 % read, 0 % kept" in " ".join(said.split())
    assert all(len(line) <= 60 for line in said.splitlines())


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ([], [1, 2, 3]),
        (["BEST"], [1]),
        (["--sector", "Energy"], [1, 2]),
        (["--sector", ""], [3]),
        (["--kind", "x"], []),
        (["--paused"], []),
        (["--sort", "name", "--reverse"], [3, 2, 1]),
        (["--sort", "why"], [1, 2, 3]),
        (["--reverse"], [3, 2, 1]),
    ],
)
def test_it_is_narrowed_and_ordered(typed: Typed, words: list[str], found: list[int]) -> None:
    assert [each["id"] for each in typed.objects("desk", *words)] == found


def test_an_object_says_all(typed: Typed, clock: FakeClock) -> None:
    first = typed.objects("desk")[0]
    assert (first["weekly"], first["read"], first["saved"], first["cost"]) == (1, 0.5, 0, None)
    assert first["sectors"] == [
        {
            "sector": "energy", "added": first["added"], "by": "person", "origin": "opml:mine.opml", "why": "The best",
            "trial": None, "paused": False,
        }
    ]  # fmt: skip


# Changes --------------------------------------------------------------------------------------------


def rows(typed: Typed) -> dict[int, dict[str, Any]]:
    return {each["id"]: each for each in typed.objects("desk")}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["move", "1", "beta", "--to", "Law"], "2 sources moved to “Law”."),
        (["move", "1", "--to", "law", "--from", "energy"], "“Alpha” is now in “Law”."),
        (["pause", "1", "2"], "2 sources are paused."),
        (["remove", "Alpha", "3"], "2 sources were removed."),
        (["label", "1", "2", "3", "--add", "core"], "3 sources are labelled “core”."),
        (["trial", "1", "--until", "2030-01-02"], "“Alpha” is on trial until 02 Jan 2030."),
        (["explain", "1", "It is read by all"], "The reason for “Alpha” in “Energy” was changed."),
    ],
)
def test_a_change_is_said_and_undone(typed: Typed, words: list[str], said: str) -> None:
    before = rows(typed)
    assert typed(*words).strip() == said
    assert rows(typed) != before
    typed("undo")
    assert rows(typed) == before


def test_what_was_changed_comes_as_objects(typed: Typed, clock: FakeClock) -> None:
    day = (clock.now().astimezone() + timedelta(days=30)).date().isoformat()
    (alpha,) = typed.objects("trial", "1", "--until", "30d")
    assert alpha["trial"] == day
    assert typed.objects("trial", "1", "--keep")[0]["trial"] is None
    assert [each["sectors"][0]["sector"] for each in typed.objects("move", "1", "2", "--to", "law")] == ["law"] * 2
    assert typed.objects("label", "1", "--add", "core")[0]["labels"] == ["core"]
    assert typed.objects("pause", "1")[0]["paused"]
    assert not typed.objects("resume", "1")[0]["paused"]
    assert typed.objects("explain", "1", "New", "--sector", "law")[0]["why"] == "New"
    assert typed.objects("remove", "1") == [{"id": 1, "key": "feed:https://alpha.example/feed", "title": "Alpha"}]


def test_labels_are_shown_without_a_change(typed: Typed) -> None:
    typed("label", "1", "--add", "core", "--add", "daily")
    assert typed("label", "1", "2").splitlines() == ["Alpha: core, daily", "Beta: no label"]
    assert [each["labels"] for each in typed.objects("label", "1", "2")] == [["core", "daily"], []]
    assert [each["id"] for each in typed.objects("desk", "--label", "CORE")] == [1]


def test_who_is_in_no_sector_is_left_out(typed: Typed) -> None:
    assert typed("pause", "1", "3").strip() == "“Alpha” is paused. Left out, being in no sector: “Gamma”."
    assert typed("desk", "--paused", "--json").count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["move", "1", "nobody", "--to", "law"], ["move", "1", "--to", "none"], ["remove", "99"],
        ["explain", "3", "why"], ["explain", "1", "x" * 1001], ["label", "1", "--add", "x" * 61],
    ],
)  # fmt: skip
def test_what_cannot_be_done_changes_nothing(typed: Typed, words: list[str]) -> None:
    before = rows(typed)
    typed(*words, status=1)
    assert typed.noted.startswith("veille: ")
    assert rows(typed) == before


def test_several_sectors_need_a_name(typed: Typed, folder: Path, clock: FakeClock) -> None:
    services = opened(folder, clock)
    services.several.place([1], "law")
    services.close()
    typed("explain", "1", "why", status=1)
    assert "several sectors" in typed.noted


@pytest.mark.parametrize(
    "words",
    [
        ["trial", "1"], ["trial", "1", "--until", "soon"], ["trial", "1", "--until", "30d", "--keep"], ["move", "1"],
        ["desk", "--sort", "colour"],
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.parse(words)
    assert capsys.readouterr().err


def test_days_are_dates_or_counted(clock: FakeClock) -> None:
    today = clock.now().date()
    assert last_day("2d", today) == today + timedelta(days=2)
    assert last_day("2030-02-30", today) is None
    assert last_day("999999999d", today) is None
    assert last_day("d", today) is None
