"""A server that answers, a gateway that asks it, and a name server that says what the test wants."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.servers import FeedServer
from veille.model import Clock
from veille.net.connections import verifying
from veille.net.gateway import Gateway, Limits


class RealClock:
    """Time as it passes, for what really has to be waited for."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class Names:
    """A name server: what it knows it answers, in turn if it was given several answers; all else as the system."""

    def __init__(self) -> None:
        self.known: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **options: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        answers = self.known.get(host)
        if answers is None:
            return socket.getaddrinfo(host, port, **options)
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [each for address in addresses for each in socket.getaddrinfo(address, port, **options)]


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    """Whom the gateway trusts; made once, because reading the authorities takes its time."""
    return verifying()


Make = Callable[..., Gateway]


@pytest.fixture
def make(names: Names, tls: ssl.SSLContext) -> Iterator[Make]:
    """Build gateways by ``make(clock, **limits)``; they are closed at the end."""
    made: list[Gateway] = []

    def one(clock: Clock | None = None, **limits: Any) -> Gateway:
        made.append(Gateway(clock or RealClock(), limits=Limits(**limits), resolve=names, tls=tls))
        return made[-1]

    yield one
    for gateway in made:
        gateway.close()


@pytest.fixture
def gateway(make: Make, clock: Clock) -> Gateway:
    """A gateway whose time stands still unless the test moves ``clock``."""
    return make(clock)
