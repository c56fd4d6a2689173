"""One secret a profile, in the system's keyring and never in a file of Veille's. The only place that knows ``keyring``.

That library would also keep a secret in a plain file, and lets a variable of the environment or a file of settings
say so. So its choice is never asked for: the keyrings of operating systems, which are named here, are looked for by
name, and nothing else counts.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

from veille.errors import KeyringFailed, NoKeyring
from veille.i18n import N_

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE = "Veille"  # under which the person finds it in their keyring
_LOCKED = N_("it is locked")
_FAILED = N_("it did not do what it was asked")
_OF_SYSTEMS = {
    "darwin": ("keyring.backends.macOS.Keyring",),
    "win32": ("keyring.backends.Windows.WinVaultKeyring",),
}
_OF_DESKTOPS = (  # Linux and the like: GNOME and others by D-Bus or by libsecret, and KDE
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
)


def of_this_system() -> Sequence[str]:
    """The keyrings, as module and class, that keep a secret safe on this kind of system."""
    return _OF_SYSTEMS.get(sys.platform, _OF_DESKTOPS)


class Secrets:
    """The system's keyring, or none. Thread-safe.

    Any call may wait until the person has answered a question of the system, so none is for a window's thread.
    ``trusted`` are the keyrings that count, as module and class.
    """

    def __init__(self, trusted: Sequence[str] | None = None) -> None:
        self._trusted = of_this_system() if trusted is None else trusted
        self._lock = RLock()
        self._found: KeyringBackend | None = None

    @property
    def there(self) -> bool:
        """Whether this machine has a keyring that counts, locked or not."""
        with self._lock:
            return self._backend() is not None

    def get(self, name: str) -> str:
        """The secret called ``name``; "" for none. Raises NoKeyring, and KeyringFailed when it is locked or fails."""
        return self._asked(lambda keyring: keyring.get_password(SERVICE, name) or "")

    def put(self, name: str, secret: str) -> None:
        """Keep ``secret`` as ``name``; raises as :meth:`get` does.

        It is read back: some keyrings fail in silence.
        """

        def deed(keyring: "KeyringBackend") -> bool:
            keyring.set_password(SERVICE, name, secret)
            return keyring.get_password(SERVICE, name) == secret

        if not self._asked(deed):
            raise KeyringFailed(detail=_FAILED)

    def forget(self, name: str) -> None:
        """Take the secret called ``name`` away, if there is one; raises as :meth:`get` does."""

        def deed(keyring: "KeyringBackend") -> bool:
            if keyring.get_password(SERVICE, name) is not None:
                keyring.delete_password(SERVICE, name)
            return keyring.get_password(SERVICE, name) is None

        if not self._asked(deed):
            raise KeyringFailed(detail=_FAILED)

    def _asked(self, deed: "Callable[[KeyringBackend], T]") -> T:
        """What ``deed`` gives. What the keyring says of a failure is not passed on: it might hold the secret."""
        with self._lock:
            keyring = self._backend()
            if keyring is None:
                raise NoKeyring()
            try:
                return deed(keyring)
            except Exception as error:  # theirs, of D-Bus, of the system: whatever it is, it is no crash of ours
                problem = _LOCKED if type(error).__name__ in ("KeyringLocked", "LockedException") else _FAILED
        raise KeyringFailed(detail=problem)  # out here, so that theirs is not carried along

    def _backend(self) -> "KeyringBackend | None":
        """The best of those that can be used here, kept once there is one: a service may come later."""
        if self._found is None:
            self._found = max(self._usable(), key=lambda each: float(each.priority), default=None)
        return self._found

    def _usable(self) -> "Iterator[KeyringBackend]":
        from keyring.backend import KeyringBackend

        for name in self._trusted:
            module, _dot, kind = name.rpartition(".")
            try:
                found = getattr(import_module(module), kind)
                usable = float(found.priority) > 0  # raises where its service is missing
                made = found() if usable else None
            except Exception:  # noqa: S112 - not on this machine; why not is of no use to anybody
                continue
            if isinstance(made, KeyringBackend):
                yield made
