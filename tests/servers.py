"""A real HTTP(S) server on 127.0.0.1 for tests: well-behaved feeds and every kind of bad manners.

::

    with FeedServer() as server:
        server.put("/feed.xml", body, headers={"ETag": '"1"'})       # answers 304 by itself
        server.put("/down.xml", b"", status=503, headers={"Retry-After": "120"})
        server.redirect("/old.xml", "/feed.xml", status=301)
        server.handle("/any", lambda request: Reply(body=request.path.encode()))
        gateway.get(server.url("/feed.xml"), allow_private=True)
        assert server.requests[0].headers["user-agent"]
"""

import gzip
import os
import shutil
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Recorded:
    """A request as it came in. ``headers`` has lower-case names; ``raw`` keeps order, case and repeats."""

    method: str
    path: str  # with the query
    headers: Mapping[str, str]
    raw: tuple[tuple[str, str], ...] = ()
    line: str = ""


@dataclass(frozen=True)
class Reply:
    """What is sent back, with its bad manners.

    ``length`` is the Content-Length to claim (None: the true one, -1: none, the end of the connection ends the body);
    ``piece`` and ``pause`` send the body drop by drop, ``pause`` seconds after each; ``wait`` is before the first
    byte; ``cut`` closes the connection with a reset after that many bytes of the body; ``raw`` replaces everything.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    chunked: bool = False
    length: int | None = None
    piece: int = 0
    pause: float = 0.0
    wait: float = 0.0
    cut: int | None = None
    raw: bytes | None = None
    after: Callable[[], None] | None = None  # called once all of it went out


Handler = Callable[[Recorded], Reply]


class FeedServer:
    """See the module. ``certificate`` (PEM with key and chain) makes it speak TLS."""

    def __init__(self, *, certificate: Path | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.requests: list[Recorded] = []
        self.connections = 0
        self.at_once = 0
        self.most_at_once = 0  # requests being answered at the same moment, at most
        self.stopping = threading.Event()
        self.scheme = "https" if certificate else "http"
        self._routes: dict[str, Handler] = {}
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._http = _Listener((host, port), self, _context(certificate) if certificate else None)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="feed server", daemon=True)

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> Self:
        return self.__enter__()

    def close(self) -> None:
        """Stop listening and drop every connection, also those in the middle of an answer."""
        self.stopping.set()
        self._http.shutdown()
        self._thread.join()
        with self._lock:
            still_open = list(self._open)
        for connection in still_open:
            _hang_up(connection)
        self._http.server_close()  # joins the threads that answer

    # What it answers -----------------------------------------------------------------------------

    def handle(self, path: str, handler: Handler) -> None:
        """Answer ``path`` by calling ``handler``; without a query it serves every query."""
        self._routes[path] = handler

    def put(
        self,
        path: str,
        body: bytes | str = b"",
        *,
        headers: Mapping[str, str] | None = None,
        status: int = 200,
        **manners,
    ) -> None:
        """Serve ``body``. With an ETag or Last-Modified header, a matching conditional request gets 304."""
        content = body.encode() if isinstance(body, str) else body
        reply = Reply(status, dict(headers or {}), content, **manners)
        self.handle(path, lambda request: _unless_same(request, reply))

    def redirect(self, path: str, to: str, *, status: int = 302) -> None:
        self.put(path, status=status, headers={"Location": to})

    def chain(self, path: str, statuses: Iterable[int], to: str) -> None:
        """Redirect from ``path`` through PATH/1, PATH/2 … by the given statuses to ``to``."""
        steps = list(statuses)
        places = [path, *(f"{path}/{number}" for number in range(1, len(steps))), to]
        for status, here, there in zip(steps, places, places[1:], strict=False):
            self.redirect(here, there, status=status)

    def drip(self, path: str, body: bytes, *, piece: int = 1, pause: float = 0.05, **manners) -> None:
        """Serve ``body`` in drops."""
        self.put(path, body, piece=piece, pause=pause, **manners)

    def bomb(self, path: str, *, megabytes: int = 100, layers: int = 1) -> None:
        """Serve a small body that unpacks to ``megabytes`` of zeros, gzipped ``layers`` times."""
        body = bytes(megabytes * 1_000_000)
        for _layer in range(layers):
            body = gzip.compress(body, 9)
        self.put(path, body, headers={"Content-Encoding": ", ".join(["gzip"] * layers), "Content-Type": "text/xml"})

    # What it saw ---------------------------------------------------------------------------------

    def count(self, path: str) -> int:
        return sum(request.path == path for request in self.requests)

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    # Called by the threads that answer -------------------------------------------------------------

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self.connections += 1
            self._open.add(connection)
            if self.stopping.is_set():
                _hang_up(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def answer(self, request: Recorded) -> Reply:
        self.requests.append(request)
        handler = self._routes.get(request.path) or self._routes.get(request.path.partition("?")[0])
        return handler(request) if handler else Reply(404)

    def busy(self, change: int) -> None:
        with self._lock:
            self.at_once += change
            self.most_at_once = max(self.most_at_once, self.at_once)


class _Listener(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], feeds: FeedServer, context: ssl.SSLContext | None) -> None:
        self.feeds = feeds
        self.context = context
        super().__init__(address, _Answering)

    def server_bind(self) -> None:
        # The base class would look up the machine's own name, which can ask a name server.
        socket.socket.bind(self.socket, self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "feed server", self.server_address[1]

    def process_request_thread(self, request, client_address) -> None:  # type: ignore[override]
        connection = request
        try:
            if self.context:
                request.settimeout(5)
                connection = self.context.wrap_socket(request, server_side=True)
                connection.settimeout(None)
        except OSError:  # the client did not like our certificate
            self.shutdown_request(request)
            return
        self.feeds.opened(connection)
        try:
            super().process_request_thread(connection, client_address)
        finally:
            self.feeds.closed(connection)

    def handle_error(self, request, client_address) -> None:  # type: ignore[override]
        """A client that hangs up is part of the game."""


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener

    def log_message(self, format: str, *args: object) -> None:
        pass

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):  # every method gets an answer, so that tests can see it
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        feeds = self.server.feeds
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        raw = tuple(self.headers.items())
        request = Recorded(self.command, self.path, {k.lower(): v for k, v in raw}, raw, self.requestline)
        feeds.busy(1)
        try:
            stays = render(feeds.answer(request), self.command, self.connection, feeds.stopping)
            self.close_connection = self.close_connection or not stays
        finally:
            feeds.busy(-1)


def render(reply: Reply, method: str, connection: socket.socket, stopping: threading.Event) -> bool:
    """Send ``reply`` to a request by ``method``; False when the connection ends with it."""
    stays = _render(reply, method, connection, stopping)
    if reply.after:
        reply.after()
    return stays


def _render(reply: Reply, method: str, connection: socket.socket, stopping: threading.Event) -> bool:
    stopping.wait(reply.wait) if reply.wait else None
    if reply.raw is not None:
        _drip(connection, reply.raw, reply, stopping)
        return False
    body = b"" if method == "HEAD" or reply.status in (204, 304) else _chunks(reply)
    head = _head(reply, method, len(body))
    if reply.cut is not None:
        connection.sendall(head + body[: reply.cut])
        _reset(connection)
        return False
    if reply.piece:
        connection.sendall(head)
        _drip(connection, body, reply, stopping)
    else:
        connection.sendall(head + body)
    return reply.length is None


def _drip(connection: socket.socket, content: bytes, reply: Reply, stopping: threading.Event) -> None:
    size = reply.piece or max(1, len(content))
    for start in range(0, len(content), size):
        connection.sendall(content[start : start + size])
        if reply.pause and stopping.wait(reply.pause):
            break


def _head(reply: Reply, method: str, size: int) -> bytes:
    headers = dict(reply.headers)
    if reply.chunked:
        headers.setdefault("Transfer-Encoding", "chunked")
    elif reply.length is None and reply.status not in (204, 304):
        headers.setdefault("Content-Length", str(size if method != "HEAD" else len(reply.body)))
    elif reply.length is not None and reply.length >= 0:
        headers["Content-Length"] = str(reply.length)
    reason = HTTPStatus(reply.status).phrase if reply.status in set(HTTPStatus) else "Odd"
    lines = [f"HTTP/1.1 {reply.status} {reason}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def _reset(connection: socket.socket) -> None:
    """Close so that the other side sees a reset rather than an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _chunks(reply: Reply) -> bytes:
    if not reply.chunked:
        return reply.body
    step = 4096
    pieces = [reply.body[start : start + step] for start in range(0, len(reply.body), step)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def _unless_same(request: Recorded, reply: Reply) -> Reply:
    """304 when the request already has what ``reply`` says (RFC 9110: If-None-Match comes before If-Modified-Since)."""
    tag, modified = reply.headers.get("ETag"), reply.headers.get("Last-Modified")
    asked = request.headers.get("if-none-match")
    since = request.headers.get("if-modified-since")
    same = (tag is not None and asked == tag) if asked is not None else (modified is not None and since == modified)
    if not same or reply.status != 200:
        return reply
    kept = {name: value for name, value in reply.headers.items() if name.lower() not in ("content-encoding",)}
    return Reply(304, kept)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it went by itself


# TLS ---------------------------------------------------------------------------------------------


def _context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def self_signed(folder: Path, *, names: Iterable[str] = ("127.0.0.1", "localhost"), days: int = 2) -> Path | None:
    """A PEM file with a new key and a certificate for ``names``; None where there is no openssl.

    Negative ``days`` give one that has expired. Trusting it (as its own authority) is up to the test.
    """
    if not shutil.which("openssl"):
        return None
    key, certificate, both = folder / "key.pem", folder / "certificate.pem", folder / "both.pem"
    alternatives = ",".join(f"{'IP' if name[0].isdigit() else 'DNS'}:{name}" for name in names)
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += [
        "-keyout",
        os.fspath(key),
        "-out",
        os.fspath(certificate),
        "-days",
        str(days),
        "-subj",
        "/CN=veille test",
    ]
    command += ["-addext", f"subjectAltName={alternatives}"]
    subprocess.run(command, check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both
