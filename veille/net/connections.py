"""The only connections: urllib3's, made to ask the guard before they connect, and to go by the route they are given.

A name is resolved once, every address that it stands for is checked, and the connection is made to a checked
address: a name server that answers differently the second time gains nothing (DNS rebinding). A proxy is handed
the name instead; what it makes of it is the proxy's.
"""

import socket
import ssl
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import certifi
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

from veille.contacts import Route
from veille.net import proxies, sockets
from veille.net.guard import Guard, Target
from veille.net.patience import patience

Resolve = Callable[..., list[tuple[Any, ...]]]  # as socket.getaddrinfo
Reach = Callable[[tuple[Any, ...]], tuple[Any, ...]]  # from a checked address to the one that is dialled

POOLS = 64  # hosts of one route whose connections are kept for the next request
ADDRESSES = 4  # of one host that are tried, so that a name with hundreds cannot hold a request


def as_it_is(address: tuple[Any, ...]) -> tuple[Any, ...]:
    """The address itself is dialled."""
    return address


@dataclass(frozen=True)
class Door:
    """What a connection asks before it is made, and the way that it goes."""

    guard: Guard
    resolve: Resolve
    reach: Reach
    route: Route
    allow_private: bool

    def open(self, host: str, port: int, seconds: float | None, *, tls: bool) -> tuple[sockets.PatientSocket, str]:
        """A socket on which ``host`` hears what is said, and its IP address ("" behind a proxy).

        Without TLS an HTTP proxy is spoken to itself.
        """
        self.guard.check_host(host, self.allow_private, proxied=not self.route.direct)
        if self.route.direct:
            return self._dial(self._addresses(host, port), seconds)
        with proxies.blamed(self.route):
            found = self.resolve(self.route.host, self.route.port, type=socket.SOCK_STREAM)
            opened, _address = self._dial([each[4] for each in found[:ADDRESSES]], seconds)
            if tls or self.route.kind == "socks5":
                self._tunnel(opened, host, port, seconds)
        return opened, ""

    def _addresses(self, host: str, port: int) -> list[tuple[Any, ...]]:
        """Where to connect to. One address that is refused refuses the host.

        The look-up is the one wait that Veille cannot cut short; the system's resolver bounds it.
        """
        found = [each[4] for each in self.resolve(host, port, type=socket.SOCK_STREAM)]
        for address in found:
            self.guard.check_address(address[0], host, self.allow_private)
        return found[:ADDRESSES]

    def _dial(self, addresses: list[tuple[Any, ...]], seconds: float | None) -> tuple[sockets.PatientSocket, str]:
        """The first of ``addresses`` that lets itself be connected to."""
        failure = OSError("no address")
        for address in addresses:
            if waiting := patience():
                waiting.ask()
            try:
                return sockets.connect(self.reach(address), seconds / len(addresses) if seconds else None), address[0]
            except OSError as error:
                failure = error
        raise failure

    def _tunnel(self, opened: sockets.PatientSocket, host: str, port: int, seconds: float | None) -> None:
        try:
            proxies.tunnel(opened, self.route, host, port, seconds or 0)
        except BaseException:
            opened.close()
            raise
        opened.settimeout(seconds)


class HungUpError(ConnectionError):
    """A connection that was kept from an earlier request ended before the first byte of this answer."""


class GuardedConnection(HTTPConnection):
    """A connection that its door let through."""

    _tls = False

    def __init__(self, *arguments: Any, door: Door, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._door = door
        self._address = ""
        self._answered = False  # since it was last connected

    def request(self, *arguments: Any, **named: Any) -> None:
        sockets.meter().address = self._address if self.sock else ""
        super().request(*arguments, **named)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        try:
            answer = super().getresponse()
        except ConnectionError as error:
            if self._answered:
                raise HungUpError from error
            raise
        self._answered = True
        return answer

    def _new_conn(self) -> socket.socket:
        self._answered = False
        opened, self._address = self._door.open(self._dns_host, self.port, self.timeout, tls=self._tls)
        sockets.meter().address = self._address
        sys.audit("http.client.connect", self, self.host, self.port)
        return opened


class GuardedTLSConnection(GuardedConnection, HTTPSConnection):
    """The same, over TLS verified against the name."""

    _tls = True


class _Pool(HTTPConnectionPool):
    ConnectionCls = GuardedConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = GuardedTLSConnection


def verifying() -> ssl.SSLContext:
    """TLS that verifies: by the system's authorities (a company's own among them) and by certifi's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class Pools:
    """Idle connections, kept for the next request that goes the same way with the same permission.

    Hosts that were allowed although private have pools of their own: such a connection never serves a request
    that has no permission. So has each route.
    """

    def __init__(self, guard: Guard, resolve: Resolve, reach: Reach, tls: ssl.SSLContext, at_once: int) -> None:
        tls.sslsocket_class = sockets.PatientTLSSocket
        self._door = partial(Door, guard, resolve, reach)
        self._tls = tls
        self._at_once = at_once
        self._lock = threading.Lock()
        self._managers: dict[tuple[Route, bool], PoolManager] = {}

    def pool(self, target: Target, route: Route, allow_private: bool) -> HTTPConnectionPool:
        """Where to ask ``target``."""
        with self._lock:
            manager = self._managers.get((route, allow_private))
            if manager is None:
                manager = self._managers[route, allow_private] = self._manager(self._door(route, allow_private))
        host = f"[{target.host}]" if ":" in target.host else target.host
        return manager.connection_from_host(host, target.port, target.scheme)

    def hang_up(self) -> None:
        """Close every idle connection; those in use close when they are given back."""
        with self._lock:
            managers, self._managers = self._managers, {}
        for manager in managers.values():
            manager.clear()

    def _manager(self, door: Door) -> PoolManager:
        manager = PoolManager(num_pools=POOLS, maxsize=self._at_once, ssl_context=self._tls)
        classes: dict[str, Any] = {"http": partial(_Pool, door=door), "https": partial(_TLSPool, door=door)}
        manager.pool_classes_by_scheme = classes
        return manager
