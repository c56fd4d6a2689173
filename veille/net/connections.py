"""The only sockets: requests and urllib3, made to ask the guard before they connect.

A name is resolved once, every address that it stands for is checked, and the connection is made to a checked
address: a name server that answers differently the second time gains nothing (DNS rebinding).
"""

import errno
import os
import selectors
import socket
import ssl
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from math import inf
from typing import Any, TypeVar

import certifi
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

from veille.errors import VeilleError
from veille.net.failures import causes
from veille.net.guard import Guard
from veille.net.patience import BEAT, patience

T = TypeVar("T")
Resolve = Callable[..., list[tuple[Any, ...]]]  # as socket.getaddrinfo

POOLS = 64  # hosts whose connections are kept for the next request
ADDRESSES = 4  # of one host that are tried, so that a name with hundreds cannot hold a request


@dataclass(frozen=True)
class Door:
    """What a connection asks before it is made."""

    guard: Guard
    resolve: Resolve
    allow_private: bool

    def addresses(self, host: str, port: int) -> list[tuple[Any, ...]]:
        """Where to connect to, as ``getaddrinfo`` gives it. One address that is refused refuses the host.

        The look-up is the one wait that Veille cannot cut short; the system's resolver bounds it.
        """
        self.guard.check_name(host, self.allow_private)
        found = self.resolve(host, port, type=socket.SOCK_STREAM)
        for _family, _kind, _protocol, _canonical, address in found:
            self.guard.check_address(address[0], host, self.allow_private)
        return found[:ADDRESSES]


class PatientSocket(socket.socket):
    """A socket whose waits ask the request's :class:`veille.net.patience.Patience`."""

    def recv_into(self, *arguments: Any) -> int:
        return _patiently(partial(super().recv_into, *arguments), _as_long_as_asked())


class PatientTLSSocket(ssl.SSLSocket):
    """The same, over TLS."""

    def recv_into(self, *arguments: Any) -> int:
        return _patiently(partial(super().recv_into, *arguments), _as_long_as_asked())

    def do_handshake(self, block: bool = False) -> None:
        seconds = self.gettimeout()
        self.settimeout(BEAT)
        try:
            _patiently(partial(super().do_handshake, block), inf if seconds is None else seconds)
        except VeilleError:
            self.close()  # ssl does so for the errors that it knows
            raise
        self.settimeout(seconds)


def _patiently(call: Callable[[], T], seconds: float) -> T:
    """What ``call`` gives, which waits for a beat: it is called again for ``seconds`` while the patience lasts."""
    while True:
        if waiting := patience():
            waiting.ask()
        try:
            return call()
        except TimeoutError:
            seconds -= BEAT
            if seconds <= 0:
                raise


def _as_long_as_asked() -> float:
    """No end but the patience's; without one, the socket's own timeout."""
    return inf if patience() else 0


def _connect(opened: socket.socket, address: Any, seconds: float | None) -> None:
    """Connect as :meth:`socket.socket.connect` does, within ``seconds`` (None: no end), asking the patience."""
    opened.setblocking(False)
    code = opened.connect_ex(address)
    if code in (errno.EINPROGRESS, errno.EWOULDBLOCK):
        _patiently(partial(_settled, opened), inf if seconds is None else seconds)
        code = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))
    opened.settimeout(seconds)


def _settled(opened: socket.socket) -> None:
    """Wait for a beat until it is connected or has failed; raises TimeoutError."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(opened, selectors.EVENT_WRITE)
        if not waiting.select(BEAT):
            raise TimeoutError


class HungUpError(ConnectionError):
    """A connection that was kept from an earlier request ended before the first byte of this answer."""


class GuardedConnection(HTTPConnection):
    """A connection that its door let through."""

    def __init__(self, *arguments: Any, door: Door, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._door = door
        self._answered = False  # since it was last connected

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
        addresses = self._door.addresses(self._dns_host, self.port)
        failure = OSError("no address")
        for family, kind, protocol, _canonical, address in addresses:
            if waiting := patience():
                waiting.ask()
            opened = PatientSocket(family, kind, protocol)
            try:
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                _connect(opened, address, self.timeout / len(addresses) if self.timeout else None)
            except OSError as error:
                opened.close()
                failure = error
            except VeilleError:
                opened.close()
                raise
            else:
                sys.audit("http.client.connect", self, self.host, self.port)
                return opened
        raise failure


class GuardedTLSConnection(GuardedConnection, HTTPSConnection):
    """The same, over TLS verified against the name."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = GuardedConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = GuardedTLSConnection


def verifying() -> ssl.SSLContext:
    """TLS that verifies: by the system's authorities (a company's own among them) and by certifi's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class ReadRequest(requests.PreparedRequest):
    """A request ready to go; ``allow_private`` is the permission that the person gave for this very host."""

    def __init__(self, method: str, url: str, headers: Mapping[str, str], *, allow_private: bool = False) -> None:
        super().__init__()
        self.method = method
        self.url = url
        self.headers = dict(headers)  # type: ignore[assignment]  # plain is enough, and quicker
        self.allow_private = allow_private


class _Adapter(HTTPAdapter):
    """Where requests meets the guard, whoever uses the session.

    Hosts that were allowed although private have pools of their own: such a connection never serves a request
    that has no permission.
    """

    def __init__(self, guard: Guard, resolve: Resolve, tls: ssl.SSLContext, at_once: int) -> None:
        tls.sslsocket_class = PatientTLSSocket
        self._guard = guard
        self._at_once = at_once
        self._public = _pools(Door(guard, resolve, allow_private=False), tls, at_once)
        self._private = _pools(Door(guard, resolve, allow_private=True), tls, at_once)
        super().__init__()

    def init_poolmanager(self, *_arguments: Any, **_named: Any) -> None:
        self.poolmanager = self._public

    def get_connection_with_tls_context(self, request: requests.PreparedRequest, *_more: Any, **_named: Any) -> Any:
        allowed = isinstance(request, ReadRequest) and request.allow_private
        return (self._private if allowed else self._public).connection_from_url(request.url or "")

    def cert_verify(self, *_arguments: Any) -> None:
        """TLS is verified by the context of the pools; a caller cannot ask for less."""

    def send(self, request: requests.PreparedRequest, *arguments: Any, **named: Any) -> requests.Response:
        self._guard.check_method(request.method or "")
        self._guard.check_url(request.url or "")
        for _kept in range(self._at_once):  # a server may end a connection just as it is taken up again
            try:
                return super().send(request, *arguments, **named)
            except requests.ConnectionError as error:
                if not any(isinstance(cause, HungUpError) for cause in causes(error)):
                    raise
        return super().send(request, *arguments, **named)

    def close(self) -> None:
        self._public.clear()
        self._private.clear()


def _pools(door: Door, tls: ssl.SSLContext, at_once: int) -> PoolManager:
    manager = PoolManager(num_pools=POOLS, maxsize=at_once, ssl_context=tls)
    classes: dict[str, Any] = {"http": partial(_Pool, door=door), "https": partial(_TLSPool, door=door)}
    manager.pool_classes_by_scheme = classes
    return manager


class ReadSession(requests.Session):
    """A session that only reads: no cookie, no ``.netrc``, no proxy of the environment, no redirect by itself."""

    def __init__(
        self, guard: Guard, headers: Mapping[str, str], resolve: Resolve, tls: ssl.SSLContext, at_once: int
    ) -> None:
        super().__init__()
        self.trust_env = False  # otherwise a .netrc entry replaces Authorization
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers.clear()
        self.headers.update(headers)
        adapter = _Adapter(guard, resolve, tls, at_once)
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: even unasked, requests would read the whole body of a redirect here, without a cap."""
