"""Keyrings that behave as real ones do, and others that only look like it. They register with the library by being
defined, as those of a package that is installed do."""

from pathlib import Path
from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import KeyringLocked, PasswordDeleteError

TRUSTED = ("tests.keyrings.Fake",)


class Fake(KeyringBackend):
    """Keeps secrets in memory, by service and name. ``asked`` counts the questions; ``locked`` refuses them all."""

    priority = 5.0
    kept: ClassVar[dict[tuple[str, str], str]] = {}
    asked: ClassVar[list[str]] = []
    locked: ClassVar[bool] = False

    @classmethod
    def reset(cls) -> None:
        cls.locked = False
        cls.kept.clear()
        cls.asked.clear()

    def get_password(self, service: str, username: str) -> str | None:
        self._ask("get")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._ask("set")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._ask("delete")
        if (service, username) not in self.kept:
            raise PasswordDeleteError("not found")
        del self.kept[service, username]

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if type(self).locked:
            raise KeyringLocked("the person dismissed the prompt")


class Stronger(Fake):
    """Says that it is better."""

    priority = 6.0


class Forgetful(Fake):
    """Fails in silence, as KWallet may."""

    def set_password(self, service: str, username: str, password: str) -> None:
        self._ask("set")


class Talkative(Fake):
    """Fails, and says the secret when it does."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"cannot store {password}")


class Absent(Fake):
    """Its service is not running."""

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805
        raise RuntimeError("no D-Bus")


class Plaintext(Fake):
    """What ``keyrings.alt`` has: a file. The library would take it before all others."""

    priority = 1000.0
    path: ClassVar[Path | None] = None

    def set_password(self, service: str, username: str, password: str) -> None:
        assert self.path is not None
        self.path.write_text(password)

    def get_password(self, service: str, username: str) -> str | None:
        return self.path.read_text() if self.path and self.path.exists() else None


class Pretender:
    """Has the right name, and is no keyring."""

    priority = 9.0
