"""A secret goes to a keyring that is trusted, or nowhere."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.keyrings import TRUSTED, Fake, Plaintext
from veille.errors import KeyringFailed, NoKeyring, SourceError, VeilleError, describe
from veille.store.secrets import SERVICE, Secrets, of_this_system

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_secrets(tmp_path: Path) -> Iterator[None]:
    Plaintext.path = tmp_path / "plain"
    yield
    Fake.reset()


def test_a_secret_is_kept_and_forgotten() -> None:
    secrets = Secrets(TRUSTED)
    assert secrets.there
    assert secrets.get("profile 1") == ""
    secrets.put("profile 1", "s3cret")
    assert Fake.kept == {(SERVICE, "profile 1"): "s3cret"}
    assert Secrets(TRUSTED).get("profile 1") == "s3cret"
    assert secrets.get("profile 2") == ""
    secrets.forget("profile 1")
    secrets.forget("profile 1")
    assert Fake.kept == {}


def test_the_best_of_those_that_are_trusted_is_taken() -> None:
    assert type(Secrets((*TRUSTED, "tests.keyrings.Stronger"))._backend()).__name__ == "Stronger"
    assert type(Secrets(("tests.keyrings.Absent", *TRUSTED))._backend()).__name__ == "Fake"


REFUSED = [
    (),
    ("tests.keyrings.Absent",),
    ("tests.keyrings.Pretender",),
    ("tests.keyrings.Nobody",),
    ("nowhere.at.all.Keyring",),
    ("keyring.backends.fail.Keyring", "keyring.backends.null.Keyring"),
]


@pytest.mark.parametrize("trusted", REFUSED)
def test_without_a_keyring_nothing_is_kept(trusted: tuple[str, ...]) -> None:
    secrets = Secrets(trusted)
    assert not secrets.there
    for deed in (lambda: secrets.get("a"), lambda: secrets.put("a", "b"), lambda: secrets.forget("a")):
        with pytest.raises(NoKeyring, match="no keyring that Veille trusts"):
            deed()


def test_only_keyrings_of_systems_are_trusted() -> None:
    assert of_this_system()
    for name in of_this_system():
        module, _dot, kind = name.rpartition(".")
        assert module.startswith("keyring.backends.")
        assert module.rpartition(".")[2] in ("SecretService", "libsecret", "kwallet", "macOS", "Windows")
        assert "ull" not in kind


# The library would be tricked by each of these: its own choice is asked in the same process, to prove it.
SCRIPT = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
import tests.keyrings
tests.keyrings.Plaintext.path = Path({plain!r})
from veille.store.secrets import Secrets
print(Secrets().there, Secrets(tests.keyrings.TRUSTED).there)
Secrets(tests.keyrings.TRUSTED).put("a", "s3cret")
import keyring
print(type(keyring.get_keyring()).__name__)
"""
NO_SESSION = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent", "XDG_RUNTIME_DIR": "/nonexistent"}


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="there the system always has a keyring")
@pytest.mark.parametrize("way", ["environment", "settings", "priority"])
def test_no_setting_of_the_library_makes_a_file_of_it(tmp_path: Path, way: str) -> None:
    plain = tmp_path / "plain"
    environment = {**os.environ, **NO_SESSION, "XDG_CONFIG_HOME": str(tmp_path)}
    if way == "environment":
        environment["PYTHON_KEYRING_BACKEND"] = "tests.keyrings.Plaintext"
    elif way == "settings":
        (tmp_path / "python_keyring").mkdir()
        rows = f"[backend]\ndefault-keyring=tests.keyrings.Plaintext\nkeyring-path={ROOT}\n"
        (tmp_path / "python_keyring" / "keyringrc.cfg").write_text(rows)
    script = SCRIPT.format(root=str(ROOT), plain=str(plain))
    ran = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert ran.stdout.split() == ["False", "True", "Plaintext"], ran.stderr
    assert not plain.exists()


def test_a_locked_keyring_is_a_sentence() -> None:
    secrets = Secrets(TRUSTED)
    Fake.locked = True
    assert secrets.there
    for deed in (lambda: secrets.get("a"), lambda: secrets.put("a", "b"), lambda: secrets.forget("a")):
        with pytest.raises(KeyringFailed) as failed:
            deed()
        assert str(failed.value) == "The keyring of this system could not read or store the token: it is locked."
        assert describe(failed.value.pack()) == str(failed.value), "a source may say so, too"
    assert issubclass(KeyringFailed, SourceError)
    assert issubclass(NoKeyring, VeilleError)


@pytest.mark.parametrize("kind", ["Forgetful", "Talkative"])
def test_a_failing_keyring_is_a_sentence_without_the_secret(kind: str) -> None:
    with pytest.raises(KeyringFailed, match="did not do what it was asked") as failed:
        Secrets((f"tests.keyrings.{kind}",)).put("a", "s3cret")
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None
