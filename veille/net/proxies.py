"""What is said to a proxy before it carries anything: SOCKS5 (RFC 1928, 1929) and HTTP's CONNECT (RFC 9110, 9.3.6).

A proxy is handed the name as it is written: none is looked up here. Its replies come from outside like any other:
read to a fixed size, within the request's deadline, and refused when they are not exactly what the rules say.
"""

import base64
import ipaddress
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from veille.contacts import Route
from veille.errors import ProxyFailed, Unreachable, VeilleError
from veille.i18n import N_
from veille.net.failures import detail
from veille.net.sockets import PatientSocket

_LONGEST_HEAD = 16_384  # bytes of the answer to CONNECT
_LONGEST_NAME = 253  # bytes: RFC 1035, 2.3.4; SOCKS5 could carry 255
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r\n")

_NO_SENSE = N_("its answer makes no sense")
_REFUSED = N_("it refuses the name and password")
_WANTS = N_("it asks for a name and a password")
_FORBIDDEN = N_("the proxy does not go there")
_NO_WAY = N_("the proxy finds no way to it")

# What is said of the host (RFC 1928, 6); any other failure is the proxy's own.
_UNREACHABLE = {
    2: _FORBIDDEN,
    3: _NO_WAY,
    4: _NO_WAY,
    5: N_("it refuses the connection"),
    6: N_("it does not answer"),
}
_NO_TUNNEL = {403: _FORBIDDEN, 404: _NO_WAY, 502: _NO_WAY, 503: _NO_WAY, 504: N_("it does not answer")}


@contextmanager
def blamed(route: Route) -> Iterator[None]:
    """What fails inside for want of a network is the proxy's failure."""
    try:
        yield
    except (OSError, UnicodeError) as error:
        raise ProxyFailed(proxy=str(route), detail=detail(error) or _NO_SENSE) from error


def tunnel(opened: PatientSocket, route: Route, host: str, port: int, seconds: float) -> None:
    """Have the proxy at the other end of ``opened`` connect to ``host``; each of its replies has ``seconds``.

    Raises :class:`ProxyFailed`, or :class:`Unreachable` (without ``host``) when the proxy cannot get there, or OSError.
    """
    if len(host) > _LONGEST_NAME:
        raise Unreachable(detail=N_("there is no host of that name"))
    talk = _Talk(opened, route, seconds)
    if route.kind == "socks5":
        _greet(talk, route)
        _socks(talk, host, port)
    else:
        _connect(talk, route, host, port)


def authorization(route: Route) -> str:
    """The value of Proxy-Authorization (RFC 7617), "" without a name."""
    if not (route.user or route.password):
        return ""
    return "Basic " + base64.b64encode(f"{route.user}:{route.password}".encode()).decode()


class _Talk:
    """What is said and heard during the handshake."""

    def __init__(self, opened: PatientSocket, route: Route, seconds: float) -> None:
        self._opened = opened
        self._seconds = seconds
        self._proxy = str(route)

    def say(self, data: bytes) -> None:
        self._opened.say(data)

    def hear(self, size: int) -> bytes:
        """From one byte to ``size``."""
        piece = self._opened.hear(size, self._seconds)
        if not piece:
            raise ConnectionResetError
        return piece

    def exactly(self, size: int) -> bytes:
        heard = b""
        while len(heard) < size:
            heard += self.hear(size - len(heard))
        return heard

    def failed(self, why: str = _NO_SENSE) -> VeilleError:
        return ProxyFailed(proxy=self._proxy, detail=why)


# SOCKS5 ------------------------------------------------------------------------------------------


def _greet(talk: _Talk, route: Route) -> None:
    """Agree on whether a name and password are wanted, and say them."""
    secret = bool(route.user or route.password)
    talk.say(b"\x05\x02\x00\x02" if secret else b"\x05\x01\x00")
    version, method = talk.exactly(2)
    if version != 5:
        raise talk.failed()
    if method == 2 and secret:
        user, password = route.user.encode(), route.password.encode()
        talk.say(bytes((1, len(user))) + user + bytes((len(password),)) + password)
        version, status = talk.exactly(2)
        if version != 1 or status:
            raise talk.failed(_REFUSED)
    elif method == 0xFF:
        raise talk.failed(_REFUSED if secret else _WANTS)
    elif method:
        raise talk.failed()


def _socks(talk: _Talk, host: str, port: int) -> None:
    talk.say(b"\x05\x01\x00" + _address(host) + struct.pack(">H", port))
    version, reply, reserved, kind = talk.exactly(4)
    if version != 5 or reserved:
        raise talk.failed()
    if reply in _UNREACHABLE:
        raise Unreachable(detail=_UNREACHABLE[reply])
    if reply:
        raise talk.failed(N_("it failed without a reason") if reply == 1 else _NO_SENSE)
    sizes = {1: 4, 4: 16}
    if kind != 3 and kind not in sizes:
        raise talk.failed()
    talk.exactly((talk.exactly(1)[0] if kind == 3 else sizes[kind]) + 2)  # where it went out: of no use


def _address(host: str) -> bytes:
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        name = host.encode("ascii")
        return bytes((3, len(name))) + name
    return bytes((1 if literal.version == 4 else 4,)) + literal.packed


# HTTP --------------------------------------------------------------------------------------------


def _connect(talk: _Talk, route: Route, host: str, port: int) -> None:
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if secret := authorization(route):
        lines.append(f"Proxy-Authorization: {secret}")
    talk.say("\r\n".join([*lines, "", ""]).encode("ascii"))
    head = b""
    while b"\r\n\r\n" not in head:
        if len(head) >= _LONGEST_HEAD:
            raise talk.failed()
        head += talk.hear(_LONGEST_HEAD - len(head))
    _head, _end, more = head.partition(b"\r\n\r\n")
    read = _STATUS.match(head)
    status = int(read[1]) if read else 0
    if status == 407:
        raise talk.failed(_REFUSED if secret else _WANTS)
    if status in _NO_TUNNEL:
        raise Unreachable(detail=_NO_TUNNEL[status])
    if not 200 <= status < 300 or more:  # in TLS we speak first: what follows is the proxy's own
        raise talk.failed()
