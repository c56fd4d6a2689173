"""``veille health``: what is wrong, and doing something about it."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.core.conftest import put_items
from tests.fakes import FakeClock
from tests.servers import FeedServer
from veille import cli
from veille.app import World, open_services
from veille.errors import Gone, TimedOut
from veille.model import SourceState

DEAD, WELL = "Alpha", "Beta"


@pytest.fixture
def folder(tmp_path: Path, clock: FakeClock) -> Path:
    """One that is dead, one that is well, and one that gives what it gives."""
    services = open_services(tmp_path / "profile", write=True, world=World(clock))
    store = services._store
    for name in (DEAD, WELL, "Gamma"):
        services.curation.add_feed(f"https://{name.lower()}.example/feed", title=name, new_sector="Energy")
    now = clock.now()
    failed = SourceState(
        1, error=Gone(status=404).pack(), failures=5, checked=now, changed=now, failing=now - timedelta(days=5)
    )
    store.sources.put_states([failed, SourceState(2, checked=now, changed=now)])
    for source in (2, 3):
        put_items(store, source, clock, *(str(at) for at in range(12)))
    services.close()
    return tmp_path / "profile"


class Typed:
    """Runs commands as the program does, with a clock of the test."""

    def __init__(self, folder: Path, clock: FakeClock, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._clock, self._capsys = folder, clock, capsys

    def __call__(self, *words: str, status: int = 0) -> str:
        """What it says."""
        arguments = cli.parse([*words])

        def opened(_need: object) -> Any:
            return open_services(self._folder, write=True, world=World(self._clock))

        got = cli.run(arguments, opened, lambda _html, _path: None, _no_restorer)
        told = self._capsys.readouterr()
        self.noted = told.err
        assert got == status, told
        return told.out

    def objects(self, *words: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self(*words, "--json").splitlines()]


def _no_restorer() -> Any:
    raise AssertionError


@pytest.fixture
def typed(folder: Path, clock: FakeClock, capsys: pytest.CaptureFixture[str]) -> Typed:
    return Typed(folder, clock, capsys)


def test_what_is_wrong_and_what_to_do(typed: Typed) -> None:
    said = typed("health")
    assert "Alpha: It has been gone since 25 Feb 2026." in said
    assert "Look for its new address" in said
    assert "--cure remove: Remove" in said
    assert WELL not in said
    assert "Nothing is wrong with “Beta”." in typed("health", WELL)


def test_in_json(typed: Typed) -> None:
    (found,) = typed.objects("health")
    assert (found["source"], found["ill"], found["since"]) == (DEAD, "dead", "2026-02-25T09:00:00Z")
    assert found["cures"] == ["find", "remove", "retry", "pause", "leave"]
    assert typed.objects("health", WELL) == []


def test_a_close_look_finds_doubles(typed: Typed) -> None:
    found = typed.objects("health", "--examine")
    assert [(each["source"], each["ill"], each["other"]) for each in found] == [
        (DEAD, "dead", None), ("Gamma", "duplicate", 2)
    ]  # fmt: skip
    assert "“Gamma” was removed." in typed("health", "Gamma", "--cure", "remove")
    assert len(typed.objects("health")) == 1
    typed("undo")
    assert len(typed.objects("health")) == 2


def test_cures(typed: Typed) -> None:
    assert "30 days" in typed("health", DEAD, "--cure", "leave")
    assert typed.objects("health") == []
    typed("health", DEAD, "--cure", "keep", status=1)
    assert "There is no remedy" in typed.noted
    with pytest.raises(SystemExit):
        typed("health", "--cure", "remove")


def test_where_to_look_for_its_feed(typed: Typed) -> None:
    assert "veille find https://alpha.example/" in typed("health", DEAD, "--cure", "find")


def test_nothing_is_wrong(typed: Typed, folder: Path, clock: FakeClock) -> None:
    services = open_services(folder, write=True, world=World(clock))
    states = services._store.sources
    error = TimedOut(host="alpha.example", seconds=20).pack()
    states.put_states([replace(states.state(1), error=error, failing=clock.now())])
    services.close()
    assert typed("health") == "Nothing is wrong with any source.\n"


def test_it_is_asked_again(typed: Typed, folder: Path, clock: FakeClock) -> None:
    with FeedServer() as server:
        services = open_services(folder, write=True, world=World(clock))
        source = services.curation.add_feed(server.url("/feed"), title="Local", allow_private=True)[0]
        failed = SourceState(source.id, error=Gone(status=404).pack(), failures=5, checked=clock.now())
        services._store.sources.put_states([replace(failed, failing=clock.now() - timedelta(days=5))])
        services.close()
        typed("health", "Local", "--cure", "retry", status=1)  # it is still gone
        entry = "<item><guid>1</guid><title>News</title></item>"
        server.put("/feed", f"<rss version='2.0'><channel>{entry}</channel></rss>")
        assert typed("health", "Local", "--cure", "retry") == "It answers: 1 new item.\n"
        assert "Nothing is wrong with “Local”." in typed("health", "Local")
