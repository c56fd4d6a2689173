"""The tests' own guard: whoever leaves this machine fails the test, even when the refusal was swallowed.

It listens to the interpreter's audit events, so that no patching order and no C code gets round it. Qt's
own sockets are not seen by it, which is why ``QtNetwork`` is banned (``tests/house``).
"""

import ipaddress
import sys
from collections.abc import Iterator
from typing import Any

import pytest

_RESOLVING = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
_SENDING = {"socket.connect", "socket.sendto", "socket.sendmsg"}


class NetworkForbidden(OSError):
    """A test tried to reach something else than this machine."""


class NetworkGuard:
    """Refuses and remembers. ``attempts`` are what was tried since the last :meth:`take`."""

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def take(self) -> list[str]:
        """The attempts so far, forgotten from now on."""
        attempts, self.attempts = self.attempts, []
        return attempts

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The audit hook."""
        if event in _RESOLVING:
            allowed, target = _is_local_name(arguments[0]), arguments[0]
        elif event in _SENDING:
            allowed, target = _is_local_address(arguments[1]), arguments[1]
        else:
            return
        if not allowed:
            self.attempts.append(f"{event} {target!r}")
            raise NetworkForbidden(f"the tests do not leave this machine: {event} {target!r}")


def _is_local_address(address: Any) -> bool:
    if not isinstance(address, tuple):  # AF_UNIX: a path; None: a socket that is connected already
        return True
    return _is_loopback(str(address[0])) or str(address[0]) == "localhost"


def _is_local_name(host: Any) -> bool:
    """Names of this machine, and addresses: to look up an address asks nobody."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    return name in ("", "localhost") or name.endswith(".localhost") or _parsed(name) is not None


def _is_loopback(text: str) -> bool:
    address = _parsed(text)
    mapped = getattr(address, "ipv4_mapped", None)
    return address is not None and (mapped or address).is_loopback


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


_guard = NetworkGuard()
sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def network() -> Iterator[NetworkGuard]:
    """The guard. A test that means to be refused takes its attempts away."""
    yield _guard
    if attempts := _guard.take():
        pytest.fail("left this machine: " + "; ".join(attempts))


@pytest.fixture(scope="session", autouse=True)
def _network_after_all() -> Iterator[None]:
    """Threads that outlive the last test are caught too."""
    yield
    if attempts := _guard.take():
        pytest.fail("left this machine after the last test: " + "; ".join(attempts))
