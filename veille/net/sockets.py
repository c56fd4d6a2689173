"""Sockets that ask the request's patience while they wait, and count what they carry."""

import errno
import os
import selectors
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any, TypeVar

from veille.errors import VeilleError
from veille.net.patience import BEAT, patience

T = TypeVar("T")


@dataclass(slots=True)
class Meter:
    """What one attempt came to: bytes of HTTP, without the wrapping of TLS and of the proxy's handshake.

    ``sent`` counts what was handed to the system, which is the most that can have left. ``address`` is the IP
    address that was connected to, ``status`` is 0 until the answer's first line came.
    """

    sent: int = 0
    received: int = 0
    address: str = ""
    status: int = 0


_counting: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def counted(meter: Meter) -> Iterator[None]:
    """Every socket of this thread counts into ``meter``."""
    before = _counting.set(meter)
    try:
        yield
    finally:
        _counting.reset(before)


def meter() -> Meter:
    """The meter of the attempt that this thread makes."""
    return _counting.get() or Meter()


class PatientSocket(socket.socket):
    """A socket whose waits ask the request's :class:`veille.net.patience.Patience`."""

    def recv_into(self, *arguments: Any) -> int:
        return _counted(_patiently(partial(super().recv_into, *arguments), _as_long_as_asked()))

    def sendall(self, data: Any, *arguments: Any) -> None:
        meter().sent += len(data)
        super().sendall(data, *arguments)

    def say(self, data: bytes) -> None:
        """Send what is no HTTP, and is not counted: a proxy's handshake."""
        super().sendall(data)

    def hear(self, size: int, seconds: float) -> bytes:
        """At most ``size`` bytes that are no HTTP, b"" at the end; raises TimeoutError when none came."""
        self.settimeout(BEAT)
        return _patiently(partial(self.recv, size), seconds)


class PatientTLSSocket(ssl.SSLSocket):
    """The same, over TLS."""

    def recv_into(self, *arguments: Any) -> int:
        return _counted(_patiently(partial(super().recv_into, *arguments), _as_long_as_asked()))

    def sendall(self, data: Any, *arguments: Any) -> None:
        meter().sent += len(data)
        super().sendall(data, *arguments)

    def do_handshake(self, block: bool = False) -> None:
        seconds = self.gettimeout()
        self.settimeout(BEAT)
        try:
            _patiently(partial(super().do_handshake, block), inf if seconds is None else seconds)
        except VeilleError:
            self.close()  # ssl does so for the errors that it knows
            raise
        self.settimeout(seconds)


def connect(address: Any, seconds: float | None) -> PatientSocket:
    """A socket connected to ``address`` (as ``getaddrinfo`` gives it) within ``seconds`` (None: no end)."""
    opened = PatientSocket(socket.AF_INET if len(address) == 2 else socket.AF_INET6, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _connect(opened, address, seconds)
    except BaseException:
        opened.close()
        raise
    return opened


def _connect(opened: socket.socket, address: Any, seconds: float | None) -> None:
    """Connect as :meth:`socket.socket.connect` does, asking the patience."""
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


def _counted(size: int) -> int:
    meter().received += size
    return size


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
