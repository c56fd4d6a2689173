"""An internet on 127.0.0.1: names, public-looking addresses, HTTP and TLS, and a log of every byte that came.

Veille is let into it by three arguments of its gateway, and notices nothing::

    with Internet(clock) as internet:
        internet.site("news.example", lambda seen: Reply(body=b"<rss/>"))
        Gateway(clock, ledger, **internet.door)      # resolve, reach, tls
        assert internet.seen[0].raw.startswith(b"GET /")

A name stands for an address such as 93.184.1.1, which the guard holds to be public; ``reach`` turns it into the
one listener here. Whatever else is connected to (127.0.0.1, say) is really connected to.
"""

import ipaddress
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from tests.servers import Reply, render
from veille.model import Clock

PUBLIC = ipaddress.IPv4Address("93.184.0.1")  # the first address that is given out; the network is a public one
LONGEST = 1_000_000  # bytes of a request


@dataclass(frozen=True)
class Seen:
    """A request as its bytes came in. ``when`` is the clock's time; ``connection`` numbers the connections."""

    when: Any
    host: str
    raw: bytes
    tls: bool
    connection: int

    @property
    def line(self) -> str:
        return self.raw.split(b"\r\n", 1)[0].decode("latin-1")

    @property
    def method(self) -> str:
        return self.line.split(" ")[0]

    @property
    def path(self) -> str:
        """With the query."""
        return self.line.partition(" ")[2].partition(" ")[0]

    @property
    def headers(self) -> Mapping[str, str]:
        """By lower-case name."""
        lines = self.raw.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]


Handler = Callable[[Seen], Reply]


@dataclass
class Site:
    """One name. ``certificate`` is "good", "expired", "self-signed", "other-name" or "unknown-authority"."""

    name: str
    address: str
    handler: Handler
    certificate: str = "good"


@dataclass
class Internet:
    """See the module. ``seen`` are the requests, ``looked_up`` the names that were asked for, in order."""

    clock: Clock
    seen: list[Seen] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sites: dict[str, Site] = {}
        self._by_address: dict[str, Site] = {}
        self._turned: dict[str, str] = {}
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._folder = tempfile.TemporaryDirectory(prefix="internet")
        self.authority = Authority(Path(self._folder.name))

    # Names ---------------------------------------------------------------------------------------

    def site(self, name: str, handler: Handler, *, certificate: str = "good") -> Site:
        """``name`` answers by ``handler`` from now on, on every port, by HTTP and TLS."""
        known = self._sites.get(name)
        address = known.address if known else str(PUBLIC + len(self._sites))
        made = self._sites[name] = self._by_address[address] = Site(name, address, handler, certificate)
        return made

    def rebind(self, name: str, address: str) -> None:
        """The name servers give another address for ``name`` from now on."""
        self._turned[name] = address

    def resolve(self, host: str, port: int, *_arguments: object, **_named: object) -> list[tuple[Any, ...]]:
        """As ``socket.getaddrinfo``; a literal address stands for itself."""
        try:
            literal = ipaddress.ip_address(host)
        except ValueError:
            self.looked_up.append(host)
            if host not in self._sites:
                raise socket.gaierror(socket.EAI_NONAME, "no such name") from None
            literal = ipaddress.ip_address(self._turned.get(host) or self._sites[host].address)
        family = socket.AF_INET if literal.version == 4 else socket.AF_INET6
        where = (str(literal), port) if literal.version == 4 else (str(literal), port, 0, 0)
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where)]

    def reach(self, address: tuple[Any, ...]) -> tuple[Any, ...]:
        """Where an address of this internet really is; any other is itself."""
        return ("127.0.0.1", self.port) if address[0] in self._by_address else address

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def door(self) -> dict[str, Any]:
        """What lets a gateway in."""
        return {"resolve": self.resolve, "reach": self.reach, "tls": self.authority.context()}

    def session(self) -> requests.Session:
        """requests as it is, no guard at all, in this internet."""
        session = requests.Session()
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Naive(self))
        return session

    # Life ----------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._accepting = threading.Thread(target=self._accept, name="internet", daemon=True)
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        with self._lock:
            still_open = list(self._open)
        for connection in still_open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._folder.cleanup()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _from = self._listener.accept()
            except OSError:
                return
            self._connections += 1
            thread = threading.Thread(target=self._serve, args=(connection, self._connections), daemon=True)
            self._threads = [each for each in self._threads if each.is_alive()] + [thread]
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        self._replace(None, connection)
        opened = connection
        try:
            connection.settimeout(5)
            hello = connection.recv(1, socket.MSG_PEEK)
            if hello == b"\x16":  # a TLS handshake record
                opened = self.authority.server(self._certificate).wrap_socket(connection, server_side=True)
                self._replace(connection, opened)
            opened.settimeout(None)
            while (raw := _request(opened)) and not self._stopping.is_set():
                if not self._answer(opened, raw, number, tls=hello == b"\x16"):
                    break
        except OSError:
            pass  # the client went, or did not like our certificate
        finally:
            with self._lock:
                self._open.discard(opened)
            with suppress(OSError):
                opened.close()

    def _replace(self, before: socket.socket | None, now: socket.socket) -> None:
        with self._lock:
            self._open.discard(before)  # type: ignore[arg-type]
            self._open.add(now)
        if self._stopping.is_set():
            with suppress(OSError):
                now.shutdown(socket.SHUT_RDWR)

    def _certificate(self, name: str) -> str:
        site = self._sites.get(name)
        return site.certificate if site else "good"

    def _answer(self, opened: socket.socket, raw: bytes, number: int, *, tls: bool) -> bool:
        """Answer one request; False when the connection ends."""
        seen = Seen(self.clock.now(), "", raw, tls, number)
        host = seen.headers.get("host", "").rpartition(":")[0] or seen.headers.get("host", "")
        seen = Seen(seen.when, host if host in self._sites else seen.headers.get("host", ""), raw, tls, number)
        with self._lock:
            self.seen.append(seen)
        site = self._sites.get(seen.host)
        reply = site.handler(seen) if site else Reply(404)
        return render(reply, seen.method, opened, self._stopping)

    def to(self, host: str) -> list[Seen]:
        """The requests that ``host`` saw."""
        with self._lock:
            return [each for each in self.seen if each.host == host]


def _request(opened: socket.socket) -> bytes:
    """The bytes of the next request, b"" at the end."""
    raw = b""
    while b"\r\n\r\n" not in raw and len(raw) < LONGEST:
        piece = opened.recv(65_536)
        if not piece:
            return b""
        raw += piece
    head, _end, body = raw.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < min(length, LONGEST):
        piece = opened.recv(65_536)
        if not piece:
            break
        raw, body = raw + piece, body + piece
    return raw


# TLS ---------------------------------------------------------------------------------------------


class Authority:
    """A certificate authority of the tests' own, by openssl, and what it (or another) signs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, str], Path] = {}
        self._lock = threading.Lock()
        self.certificate = self._sign("authority", "Tests", days=30)
        self._other = self._sign("stranger", "Somebody else", days=30)

    def context(self) -> ssl.SSLContext:
        """Trusts this authority and no other."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def server(self, kind_of: Callable[[str], str]) -> ssl.SSLContext:
        """For the server's side: the certificate is made when a name is asked for."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._leaf("nobody.example", "good"))

        def choose(connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
            own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            own.load_cert_chain(self._leaf(name or "nobody.example", kind_of(name or "")))
            connection.context = own

        context.sni_callback = choose  # type: ignore[assignment]
        return context

    def _leaf(self, name: str, kind: str) -> Path:
        with self._lock:
            if (name, kind) not in self._made:
                signer = {"self-signed": None, "unknown-authority": self._other}.get(kind, self.certificate)
                shown = "another.example" if kind == "other-name" else name
                days = -1 if kind == "expired" else 7
                self._made[name, kind] = self._sign(f"{len(self._made)}", shown, days=days, by=signer, leaf=True)
            return self._made[name, kind]

    def _sign(self, file: str, name: str, *, days: int, by: Path | None = None, leaf: bool = False) -> Path:
        key, certificate = self._folder / f"{file}.key", self._folder / f"{file}.pem"
        new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(key)]
        new += ["-subj", f"/CN={name[:64]}"]  # the most that a common name holds; what counts is the alternative name
        if leaf:
            new += ["-addext", f"subjectAltName=DNS:{name}", "-addext", "basicConstraints=critical,CA:FALSE"]
        if by is None:
            _openssl(*new, "-x509", "-days", str(days), "-out", str(certificate))
        else:  # in two steps: the first knows no days in the past
            asked = self._folder / f"{file}.csr"
            _openssl(*new, "-out", str(asked))
            _openssl(
                "x509", "-req", "-in", str(asked), "-days", str(days), "-CA", str(by), "-CAkey", str(by),
                "-copy_extensions", "copy", "-out", str(certificate))  # fmt: skip
        certificate.write_bytes(certificate.read_bytes() + key.read_bytes())
        return certificate


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


# The naive client's way in -----------------------------------------------------------------------


class _Naive(HTTPAdapter):
    """requests' own adapter, whose connections go to this internet and trust its authority."""

    def __init__(self, internet: Internet) -> None:
        self._internet = internet
        super().__init__(pool_connections=1000)

    def cert_verify(self, conn: Any, url: str, verify: object, cert: Any) -> None:
        super().cert_verify(conn, url, str(self._internet.authority.certificate), cert)

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {
            "http": partial(_pool, HTTPConnectionPool, _Connection, self._internet),
            "https": partial(_pool, HTTPSConnectionPool, _TLSConnection, self._internet),
        }


def _pool(kind: type, connection: type, internet: Internet, *arguments: Any, **named: Any) -> HTTPConnectionPool:
    pool = kind(*arguments, **named)
    pool.ConnectionCls = partial(connection, internet=internet)
    return pool


class _Connection(HTTPConnection):
    def __init__(self, *arguments: Any, internet: Internet, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._internet = internet

    def _new_conn(self) -> socket.socket:
        return socket.create_connection(self._internet.reach((self._literal(), self.port))[:2], timeout=5)

    def _literal(self) -> str:
        """The address, where the forms of this machine's own are read as the system's resolver reads them."""
        name = self._dns_host
        try:
            found = socket.inet_ntoa(socket.inet_aton(name))
        except OSError:
            found = "127.0.0.1" if name == "localhost" else self._internet.resolve(name, self.port)[0][4][0]
        return "127.0.0.1" if found == "0.0.0.0" else found


class _TLSConnection(_Connection, HTTPSConnection):
    """The same over TLS."""


def pages(site: Mapping[str, Reply]) -> Handler:
    """A site that answers each path (query left out) by a fixed reply, else 404."""
    return lambda seen: site.get(seen.path.partition("?")[0], Reply(404))


def hosts(seen: list[Seen]) -> Iterator[str]:
    """The hosts of ``seen``, in order."""
    return (each.host for each in seen)
