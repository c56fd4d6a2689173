"""A server that answers, a gateway that asks it, a name server that says what the test wants, a ledger to look into."""

import shutil
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.internet import Internet
from tests.servers import FeedServer
from veille.contacts import Contact, Ending, Purpose, Reason, Trace
from veille.model import Clock
from veille.net.connections import verifying
from veille.net.gateway import Gateway, Limits

READ = Purpose(Reason.BY_HAND, source=7)


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


class FakeLedger:
    """A :class:`veille.contacts.Ledger` in memory: numbers rise, what has begun ends once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._contacts: list[Contact] = []
        self._endings: dict[int, Ending] = {}
        self.refusal: Exception | None = None  # what begin() raises

    def begin(self, contact: Contact) -> int:
        if self.refusal:
            raise self.refusal
        with self._lock:
            self._contacts.append(contact)
            return len(self._contacts)

    def end(self, number: int, ending: Ending) -> None:
        with self._lock:
            assert 1 <= number <= len(self._contacts)
            assert number not in self._endings
            self._endings[number] = ending

    @property
    def traces(self) -> list[Trace]:
        with self._lock:
            return [Trace(number, each, self._endings.get(number)) for number, each in enumerate(self._contacts, 1)]

    @property
    def endings(self) -> list[Ending]:
        """Of all that has begun, in order; everything must have ended."""
        endings = [trace.ending for trace in self.traces]
        assert None not in endings
        return [each for each in endings if each]


@pytest.fixture
def ledger() -> FakeLedger:
    return FakeLedger()


@pytest.fixture
def internet(clock: Clock) -> Iterator[Internet]:
    """Names of its own with HTTP and TLS behind them: see tests/internet.py."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed, and no certificate can be made without it")
    with Internet(clock) as internet:
        yield internet


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
def make(names: Names, tls: ssl.SSLContext, ledger: FakeLedger) -> Iterator[Make]:
    """Build gateways by ``make(clock, **arguments and limits)``; they are closed at the end."""
    made: list[Gateway] = []

    def one(clock: Clock | None = None, **given: Any) -> Gateway:
        limits = Limits(**{name: given.pop(name) for name in list(given) if name in Limits.__dataclass_fields__})
        arguments = {"resolve": names, "tls": tls} | given
        made.append(Gateway(clock or RealClock(), ledger, limits=limits, **arguments))
        return made[-1]

    yield one
    for gateway in made:
        gateway.close()


@pytest.fixture
def gateway(make: Make, clock: Clock) -> Gateway:
    """A gateway whose time stands still unless the test moves ``clock``."""
    return make(clock)
