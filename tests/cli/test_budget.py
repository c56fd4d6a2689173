"""The command ``budget`` says where the money for X went, to people and to programs."""

import json
from pathlib import Path

import pytest

from tests.core.conftest import an_item
from tests.fakes import FakeClock
from veille import cli
from veille.app import World, open_services
from veille.core.services import Services
from veille.sources.paid import Bill, Use


@pytest.fixture
def services(tmp_path: Path) -> Services:
    """Closed by the command."""
    clock = FakeClock()
    made = open_services(tmp_path / "profile", write=True, world=World(clock=clock, x_token=""))
    sector = made.curation.add_sector("Energy")[0].key
    source, _changes = made.curation.add("@jane", sector)
    number = made.budget.reserve(Use.POLL, 10)
    made.budget.settle(number, Bill({source.id: {"1", "2", "3"}}), clock.now())
    made._store.items.apply([an_item(source.id, "1", clock.now()), an_item(source.id, "2", clock.now())], [])
    made.library.save([1])
    return made


def run(services: Services, *typed: str) -> int:
    return cli.run(cli.parse(["budget", *typed]), lambda _need: services, lambda _html, _path: None, lambda: None)


def test_it_says_what_was_spent_on_whom(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(services) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "This month: $0.015 of $20.00 (0 %), of which $0.015 today." in out
    assert "Energy: $0.015, 3 posts billed, 2 items, $0.007 each, 0 read, 1 saved" in out
    assert "@jane: $0.015" in out


def test_it_tells_programs_the_same(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(services, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["cap"], said["month"], said["uses"]) == (20, 0.015, {"poll": 0.015})
    (source,) = said["sources"]
    assert (source["title"], source["posts"], source["items"], source["saved"], source["waits"]) == (
        "@jane", 3, 2, 1, False)  # fmt: skip
    assert [each["title"] for each in said["sectors"]] == ["Energy"]
