"""Real proxies on 127.0.0.1: SOCKS5 and HTTP, well-behaved, and one that says whatever it is told to say.

Each keeps what it heard before it began to carry (``heard``), and whom it was asked for (``asked``).
``places`` maps the names that it knows to where they really are.
"""

import select
import socket
import struct
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

Place = tuple[str, int]


class Proxy:
    """What they have in common: a thread that listens and one for each connection."""

    def __init__(self, places: Mapping[str, Place] | None = None, *, secret: tuple[str, str] | None = None) -> None:
        self.places = dict(places or {})
        self.secret = secret
        self.heard: list[bytes] = []
        self.asked: list[tuple[str, int]] = []
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._listen, daemon=True)]

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    @property
    def connections(self) -> int:
        return len(self._threads) - 1

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in (self._listening, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        for thread in self._threads:
            thread.join()
        self._listening.close()

    def _listen(self) -> None:
        while True:
            try:
                opened, _peer = self._listening.accept()
            except OSError:
                return
            self._open.add(opened)
            self._threads.append(threading.Thread(target=self._serve, args=(opened,), daemon=True))
            self._threads[-1].start()

    def _serve(self, opened: socket.socket) -> None:
        with opened, suppress(OSError):
            self.answer(opened)

    def answer(self, opened: socket.socket) -> None:
        raise NotImplementedError

    def hear(self, opened: socket.socket, size: int) -> bytes:
        """Exactly ``size`` bytes."""
        piece = opened.recv(size, socket.MSG_WAITALL)
        if len(piece) < size:
            raise OSError
        self.heard.append(piece)
        return piece

    def head(self, opened: socket.socket) -> bytes:
        """A head of HTTP; b"" when the client went."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = opened.recv(1)
            if not piece:
                return b""
            head += piece
        self.heard.append(head)
        return head

    def find(self, host: str, port: int) -> socket.socket:
        self.asked.append((host, port))
        if host not in self.places:
            raise ConnectionRefusedError
        there = socket.create_connection(self.places[host])
        self._open.add(there)
        return there

    def carry(self, one: socket.socket, other: socket.socket) -> None:
        """Bytes both ways until one of them ends."""
        with other:
            while True:
                for ready in select.select([one, other], [], [])[0]:
                    piece = ready.recv(65_536)
                    if not piece:
                        return
                    (other if ready is one else one).sendall(piece)


class SocksProxy(Proxy):
    """RFC 1928 with RFC 1929 when there is a ``secret``."""

    @property
    def address(self) -> str:
        return f"socks5://127.0.0.1:{self.port}"

    def answer(self, opened: socket.socket) -> None:
        _version, count = self.hear(opened, 2)
        methods = self.hear(opened, count)
        wanted = 2 if self.secret else 0
        if wanted not in methods:
            opened.sendall(b"\x05\xff")
            return
        opened.sendall(bytes((5, wanted)))
        if self.secret:
            user = self.hear(opened, self.hear(opened, 2)[1])
            password = self.hear(opened, self.hear(opened, 1)[0])
            good = (user.decode(), password.decode()) == self.secret
            opened.sendall(bytes((1, 0 if good else 1)))
            if not good:
                return
        kind = self.hear(opened, 4)[3]
        raw = self.hear(opened, self.hear(opened, 1)[0] if kind == 3 else {1: 4, 4: 16}[kind])
        host = raw.decode() if kind == 3 else socket.inet_ntop(socket.AF_INET if kind == 1 else socket.AF_INET6, raw)
        (port,) = struct.unpack(">H", self.hear(opened, 2))
        try:
            there = self.find(host, port)
        except OSError:
            opened.sendall(b"\x05\x05\x00\x01" + bytes(6))
            return
        opened.sendall(b"\x05\x00\x00\x03\x05where\x00\x50")  # bound to a name, which nobody needs
        self.carry(opened, there)


class HttpProxy(Proxy):
    """CONNECT, and the absolute form for http, kept open from one request to the next."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, opened: socket.socket) -> None:
        while head := self.head(opened):
            method, target, _version = head.split(b"\r\n")[0].decode().split(" ")
            if method == "CONNECT":
                host, _colon, port = target.rpartition(":")
                try:
                    there = self.find(host.strip("[]"), int(port))
                except OSError:
                    opened.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
                    return
                opened.sendall(b"HTTP/1.1 200 Connection established\r\nX-Proxy: test\r\n\r\n")
                self.carry(opened, there)
                return
            self._forward(opened, head, target)

    def _forward(self, opened: socket.socket, head: bytes, target: str) -> None:
        place, _slash, path = target.removeprefix("http://").partition("/")
        host, _colon, port = place.partition(":")
        lines = [line for line in head.split(b"\r\n")[1:] if not line.startswith(b"Proxy-")]
        with self.find(host, int(port or 80)) as there:
            there.sendall(b"\r\n".join([f"{head[:4].decode().strip()} /{path} HTTP/1.1".encode(), *lines]))
            there.settimeout(5)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += there.recv(65_536)
            size = next(int(line[15:]) for line in answer.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            while len(answer.partition(b"\r\n\r\n")[2]) < size:
                answer += there.recv(65_536)
            opened.sendall(answer)


class OddProxy(Proxy):
    """Hears something, says the next of ``replies`` (in small pieces, a ``pause`` after each), and so on.

    Then it hangs up, or waits.
    """

    def __init__(self, replies: Sequence[bytes], *, hangs_up: bool = True, pause: float = 0) -> None:
        super().__init__()
        self.replies = list(replies)
        self.hangs_up = hangs_up
        self.pause = pause

    def answer(self, opened: socket.socket) -> None:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for reply in self.replies:
            self.heard.append(opened.recv(65_536))
            step = 1 if len(reply) < 1000 else 1000
            for at in range(0, len(reply), step):
                opened.sendall(reply[at : at + step])
                time.sleep(self.pause)
        while not self.hangs_up and opened.recv(65_536):
            pass
