"""The command ``x``: the notice and the state, a token that is never typed as an argument, and no more of it."""

import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.program import Program, Ran
from tests.keyrings import TRUSTED, Fake
from veille import cli
from veille.app import World, open_services
from veille.core.services import Services
from veille.store.secrets import Secrets

TOKEN = "AAAA1234%3Dtoken"
NO_KEYRING = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent", "XDG_RUNTIME_DIR": "/nonexistent"}
linux = pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="there the system always has a keyring")
Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run the command in this process, where there is a keyring."""

    def open(need: cli.Need) -> Services:
        world = World(secrets=Secrets(TRUSTED))
        return open_services(tmp_path / "profile", write=True, sample=sample, world=world)

    sample = False

    def run(*typed: str, input: str = "", in_sample: bool = False) -> Ran:
        nonlocal sample
        sample = in_sample
        monkeypatch.setattr(sys, "stdin", io.StringIO(input))
        status = cli.run(
            cli.parse(["x", *typed, *(["--sample"] if sample else [])]), open, lambda _html, _path: None, lambda: None
        )
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    yield run
    Fake.reset()


def test_it_says_how_it_stands_and_what_x_asks(run: Run) -> None:
    ran = run()
    assert ran.status == 0
    assert ran.out.startswith("X is off.\n\n")
    assert "X itself knows your key" in " ".join(ran.out.split())
    assert Fake.asked == []


def test_a_token_from_standard_input(run: Run) -> None:
    ran = run("on", "--yes", input=f"Bearer {TOKEN}\nmore\n")
    assert (ran.status, list(Fake.kept.values())) == (0, [TOKEN])
    assert "X is on. The token is kept in the keyring of this system." in " ".join(ran.out.split())
    (keys,) = run("--json").objects
    assert (keys["on"], keys["kept"], keys["problem"]) == (True, "keyring", None)
    assert keys["accepted"].endswith("Z")
    assert len(keys["notice"]) == 7
    ran = run("off")
    assert (ran.status, Fake.kept) == (0, {})
    assert ran.out.startswith("X is off.")
    assert all(TOKEN not in str(each) for each in (ran, keys))


def test_nobody_is_there_to_say_yes(run: Run) -> None:
    ran = run("on", input=f"{TOKEN}\n")
    assert (ran.status, Fake.kept) == (1, {})
    assert "X itself knows your key" in " ".join(ran.out.split())
    assert "X stays off until you have read" in ran.err
    ran = run("on", "--json")
    assert (ran.status, ran.out) == (1, ""), "stdout has objects alone"


@pytest.mark.parametrize("input", ["", "\n", "tökén\n", "a" * 3000])
def test_a_bad_token_is_said(run: Run, input: str) -> None:
    ran = run("on", "--yes", input=input)
    assert (ran.status, Fake.kept) == (1, {})
    assert "This is not a token of X" in ran.err
    assert len(ran.err) < 200


def test_a_locked_keyring_is_said(run: Run) -> None:
    Fake.locked = True
    ran = run("on", "--yes", input=TOKEN)
    assert ran.status == 1
    assert ran.err == "veille: The keyring of this system could not read or store the token: it is locked.\n"


def test_the_sample_has_none(run: Run) -> None:
    assert run(in_sample=True).status == 0
    for switch in ("on", "off"):
        ran = run(switch, "--yes", input=TOKEN, in_sample=True)
        assert ran.status == 1
        assert "invented" in ran.err


# The real program ---------------------------------------------------------------------------------


@linux
def test_without_a_keyring_the_environment_gives_it(tmp_path: Path) -> None:
    none = Program(tmp_path / "profile", NO_KEYRING)
    ran = none("x", "on", "--yes", input=TOKEN.encode(), status=1)
    assert "VEILLE_X_TOKEN" in ran.err
    given = Program(tmp_path / "profile", {**NO_KEYRING, "VEILLE_X_TOKEN": TOKEN})
    assert "X is off" in given("x").out
    assert "kept in the environment variable" in " ".join(given("x", "on", "--yes").out.split())
    assert given("x", "--json").objects[0]["kept"] == "environment"
    assert none("x", "--json").objects[0]["on"] is False
    assert "still holds a token" in given("x", "off").err
    assert given("x", "--json").objects[0]["on"] is False


@pytest.mark.skipif(os.name != "posix", reason="a terminal of its own needs a pty")
def test_what_is_typed_is_not_echoed(tmp_path: Path) -> None:
    import pty

    script = (
        "import sys; from pathlib import Path\n"
        "from tests.keyrings import TRUSTED, Fake\n"
        "from veille import cli; from veille.app import World, open_services\n"
        "from veille.store.secrets import Secrets\n"
        "world = World(secrets=Secrets(TRUSTED))\n"
        f"made = lambda need: open_services(Path({str(tmp_path)!r}), write=True, world=world)\n"
        "status = cli.run(cli.parse(['x', 'on']), made, None, None)\n"
        f"print('STATUS', status, list(Fake.kept.values()) == [{TOKEN!r}])\n"
    )
    child, terminal = pty.fork()
    if not child:
        os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
        os.execv(sys.executable, [sys.executable, "-c", script])
    seen = answered(terminal, [(b"[y/N]", b"y\n"), (b"this system:", TOKEN.encode() + b"\n")])
    os.waitpid(child, 0)
    assert "STATUS 0 True" in seen
    assert TOKEN not in seen


def answered(terminal: int, answers: list[tuple[bytes, bytes]]) -> str:
    """All that the terminal showed; each answer is typed when its question is there."""
    seen = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:
            part = b""
        if not part:
            os.close(terminal)
            return seen.decode()
        seen += part
        if answers and answers[0][0] in seen:
            os.write(terminal, answers.pop(0)[1])
