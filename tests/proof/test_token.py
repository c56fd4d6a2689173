"""The token of X is in the keyring, in memory and in the one header that needs it: nowhere else."""

import io
import logging
import traceback
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random

import pytest

from tests.cli.program import Program
from tests.fakes import FakeClock, FakeProgress
from tests.internet import Internet, Seen
from tests.keyrings import TRUSTED, Fake
from tests.networks.x import XServer
from tests.servers import Reply
from veille import cli
from veille.app import World, open_services
from veille.contacts import TraceFilter
from veille.core.services import Services
from veille.model import Query
from veille.settings import declared
from veille.sources.x.fetcher import HOST
from veille.store.secrets import Secrets

TOKEN = "SECRETaAbBcC0123456789%2BdDeEfF%3DSECRET"
FEED = b"""<rss version='2.0'><channel><title>News</title><item><guid>1</guid><title>Energy</title>
<link>https://news.example/a</link><description>Text</description></item></channel></rss>"""


@pytest.fixture(autouse=True)
def _no_secrets() -> Iterator[None]:
    yield
    Fake.reset()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, at DEBUG."""
    out, root = io.StringIO(), logging.getLogger()
    before, handler = root.level, logging.StreamHandler(out)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.setLevel(before)
    root.removeHandler(handler)


def holds(folder: Path) -> list[str]:
    """Files below ``folder`` that hold the token: whole, percent-decoded, or as UTF-16."""
    texts = (TOKEN, TOKEN.replace("%2B", "+").replace("%3D", "="))
    forms = [text.encode(coding) for text in texts for coding in ("utf-8", "utf-16-le")]
    files = [each for each in folder.rglob("*") if each.is_file()]
    assert files
    return [str(each) for each in files if any(form in each.read_bytes() for form in forms)]


def journey(services: Services, server: XServer, folder: Path) -> None:
    """What a person does, and whatever Veille writes of it. X says the token again wherever it can."""
    for address in ("https://news.example/feed", "@jane", "x: hydrogen", "https://x.com/i/lists/77", "@nobody"):
        services.curation.add(address)
    services.refresher.run(FakeProgress())
    services.indexer.drain()
    assert len(services.library.listing(Query()).ids) == 3  # the account and the search both brought it
    for status in (400, 401, 402, 403, 404, 429, 500):
        body = f'{{"title": "{TOKEN}", "detail": "Bearer {TOKEN} is refused", "type": "{TOKEN}"}}'
        for route in ("timeline", "search", "list", "posts", "by"):
            server.upset(route, Reply(status, {"X-Said": TOKEN, "Content-Type": "application/json"}, body.encode()))
        services.clock.advance(hours=3)
        print(services.refresher.run(FakeProgress()))
    assert len(server.asked) > 10, "X was asked again each time"
    item = services.library.listing(Query()).ids[0]
    services.library.item(item)
    print(services.curation.outline(), services.budget.statement(), services.budget.warning())
    services.library.save([item])
    services.history.undo()
    services.exchange.export_file(folder / "out.opml")
    now = services.clock.now()
    (folder / "certificate.html").write_text(services.certificates.certificate(now, now), encoding="utf-8")
    with (folder / "traces.csv").open("w", encoding="utf-8") as file:
        services.traces.csv(TraceFilter(), file.write)
    print([(each, getattr(services.preferences.values, each.key)) for each in declared()])
    print(services, vars(services.x), services.x.state, services.x.notice(), services.refresher)


def world(internet: Internet, x_token: str = "") -> World:
    return World(internet.clock, Random(1), internet.door, Secrets(TRUSTED), x_token)


@pytest.mark.parametrize("given", [False, True], ids=["keyring", "environment"])
def test_the_token_is_nowhere(tmp_path: Path, clock: FakeClock, log: io.StringIO, given: bool) -> None:
    out, profile = io.StringIO(), tmp_path / "profile"
    with Internet(clock) as internet, redirect_stdout(out), redirect_stderr(out):
        internet.site("news.example", lambda _seen: Reply(body=FEED))
        server = XServer(clock, token=TOKEN)
        server.account("jane", "Jane Doe")
        server.post("jane", "Hydrogen #H2")
        internet.site(HOST, server)
        the_world = world(internet, TOKEN if given else "")
        print(the_world)
        services = open_services(profile, write=True, world=the_world)
        services.x.turn_on("" if given else TOKEN)
        assert services.x.token() == TOKEN
        journey(services, server, tmp_path)
        assert holds(tmp_path) == [], "while it is open: the journals of the databases too"
        fail(services)
        services.close()
        services = open_services(profile, write=True, world=the_world)
        assert services.x.token() == TOKEN
        services.x.turn_off()
        services.close()
        assert [each for each in internet.seen if sent(each)], "X was asked"
        for seen in internet.seen:
            heads = [f"Bearer {TOKEN}"] if seen.host == HOST else []
            assert [value for value in seen.headers.values() if TOKEN in value] == heads, "X's host alone, one header"
            assert seen.raw.count(TOKEN.encode()) == len(heads)
    assert holds(tmp_path) == []
    assert "ValueError: a bug" in out.getvalue()
    assert TOKEN not in out.getvalue()
    assert TOKEN not in log.getvalue()
    assert Fake.kept == {}


def sent(seen: Seen) -> bool:
    return TOKEN.encode() in seen.raw


def fail(services: Services) -> None:
    """A crash with the token at hand, told as Python tells it, with the values of names too."""

    def crash(token: str) -> None:
        raise ValueError("a bug")

    try:
        crash(services.x.token())
    except ValueError as error:
        traceback.print_exception(error)
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
        print("".join(report.format()))


# The terminal -------------------------------------------------------------------------------------


def test_the_terminal_never_shows_it(tmp_path: Path) -> None:
    program = Program(tmp_path / "profile", {"VEILLE_X_TOKEN": TOKEN, "PYTHONFAULTHANDLER": "1"})
    ran = [program("x", "on", "--yes"), program("x", "--json"), program("settings"), program("settings", "--json")]
    assert ran[1].objects[0]["kept"] == "environment"
    ran += [program("export", "-"), program("traces", "--csv"), program("sources", "--json"), program("x", "off")]
    assert all(TOKEN not in str(each) for each in ran)
    assert holds(tmp_path) == []


def test_what_is_started_from_here_does_not_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    from veille.app import _given_token

    _given_token.cache_clear()
    monkeypatch.setenv("VEILLE_X_TOKEN", TOKEN)
    assert World().x_token == TOKEN
    assert "VEILLE_X_TOKEN" not in os.environ
    assert World().x_token == TOKEN, "another profile is opened in the same run"
    assert TOKEN not in repr(World())
    _given_token.cache_clear()
    assert World().x_token == ""


def test_it_is_never_an_argument() -> None:
    with pytest.raises(SystemExit), redirect_stderr(io.StringIO()) as err:
        cli.parse(["x", "on", TOKEN])
    assert "usage: veille x" in err.getvalue() or "argument" in err.getvalue()
