"""What a trick is, and the stage that it plays on: a watched site and a tracker, of names of its own."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from pathlib import Path

from tests.internet import Handler, Internet, Seen
from tests.servers import Reply

RSS = {"Content-Type": "application/rss+xml; charset=utf-8"}
PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)  # the smallest GIF


@dataclass
class Stage:
    """One trick's own names. ``feeds`` are the paths (or addresses) that are watched; ``victim`` is a service of this
    machine."""

    internet: Internet
    name: str
    scheme: str
    victim: "Victim"
    home: Path  # the person's home folder
    feeds: list[str] = field(default_factory=lambda: ["/feed"])
    links: list[str] = field(default_factory=list)
    wakes: list[object] = field(default_factory=list)  # when the person's machine woke up
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.host, self.tracker = f"{self.name}.watched.example", f"{self.name}.tracker.example"
        self._pages: dict[tuple[str, str], Handler] = {}
        self._marks = 0
        for name in (self.host, self.tracker):
            self.open(name)

    def open(self, name: str) -> str:
        """Another name of this stage."""
        self.internet.site(name, self._answer)
        return name

    def url(self, path: str = "/feed", *, host: str = "", scheme: str = "") -> str:
        return f"{scheme or self.scheme}://{host or self.host}{path}"

    @property
    def watched(self) -> list[str]:
        """The addresses of its feeds."""
        return [self.url(feed) if feed.startswith("/") else feed for feed in self.feeds]

    def track(self, path: str) -> str:
        """An address at the tracker."""
        return self.url(path, host=self.tracker)

    def page(self, path: str, reply: Reply | Handler, *, host: str = "") -> None:
        """Answer ``path`` (query left out)."""
        self._pages[host or self.host, path] = (lambda _seen: reply) if isinstance(reply, Reply) else reply

    def mark(self) -> str:
        """Another mark, made for one answer."""
        self._marks += 1
        return sha256(f"{self.name}/{self._marks}".encode()).hexdigest()[:24]

    def redirect(self, to: str, status: int = 301, **headers: str) -> Reply:
        return Reply(status, {"Location": to, **headers})

    @property
    def seen(self) -> list[Seen]:
        return self.internet.to(self.host)

    @property
    def tracked(self) -> list[Seen]:
        return self.internet.to(self.tracker)

    def _answer(self, seen: Seen) -> Reply:
        path = seen.path.partition("?")[0]
        if path.startswith("http"):  # as to a proxy
            path = "/" + path.split("/", 3)[-1]
        handler = self._pages.get((seen.host, path))
        return handler(seen) if handler else Reply(200, {"Content-Type": "image/gif"}, PIXEL)


def feed(
    content: str = "<p>News of the day, and nothing else.</p>",
    *,
    link: str = "",
    title: str = "News",
    item: str = "",
    channel: str = "",
    before: str = "",
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """A feed of one item; ``item`` and ``channel`` are more elements of theirs, ``before`` stands before the root."""
    spaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    given = f"<link>{escape(link)}</link>" if link else ""
    body = (
        f'<?xml version="1.0" encoding="utf-8"?>{before}<rss version="2.0" {spaces}><channel><title>Watched</title>'
        f"{channel}<item><guid isPermaLink='false'>one</guid><title>{escape(title)}</title>{given}{item}"
        f"<content:encoded>{escape(content)}</content:encoded></item></channel></rss>"
    )
    return Reply(200, {**RSS, **(headers or {})}, body.encode())


Check = Callable[[], bool]
Play = Callable[[Stage], Check]


@dataclass(frozen=True)
class Trick:
    """``play`` sets the stage and returns what tells, at the end, whether the trick worked."""

    row: str
    name: str
    play: Play


TRICKS: list[Trick] = []


def trick(row: str, name: str) -> Callable[[Play], Play]:
    """Add a trick to those that are played; ``row`` is the line of the rules that forbids it."""

    def add(play: Play) -> Play:
        TRICKS.append(Trick(row, name, play))
        return play

    return add


def surroundings(stages: list[Stage]) -> dict[str, str]:
    """What the person's shell has set, for a reader to whom it is always set."""
    merged: dict[str, str] = {}
    for stage in stages:
        merged |= stage.environment
    return {name: value for name, value in merged.items() if name not in os.environ}


class Victim:
    """A service of the person's own machine that nobody outside should reach; every connection is noted."""

    def __init__(self) -> None:
        import socketserver
        import threading

        self.paths: list[str] = []
        victim = self

        class Answering(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.connection.settimeout(5)
                line = self.rfile.readline(10_000).decode("latin-1")
                victim.paths.append(line.split(" ")[1] if " " in line else "?")
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")

        class Serving(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def server_bind(self) -> None:
                import socket

                socket.socket.bind(self.socket, self.server_address)
                self.server_address = self.socket.getsockname()

            def handle_error(self, request: object, client_address: object) -> None:
                """Whoever hangs up is part of the game."""

        self._serving = Serving(("127.0.0.1", 0), Answering)
        self.port = int(self._serving.server_address[1])
        self._thread = threading.Thread(target=self._serving.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._serving.shutdown()
        self._thread.join()
        self._serving.server_close()
