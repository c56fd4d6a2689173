"""The one door: every request of Veille goes through :meth:`Gateway.request`.

What is sent is the same for every person and host: :data:`NEUTRAL`, and the ETag and Last-Modified that the
host itself gave. What comes back is capped in bytes, in time and in redirects before anybody looks at it.
"""

import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from veille.errors import BadStatus, Busy, Downgraded, Gone, TooLarge, TooManyRedirects
from veille.model import Clock
from veille.net.connections import ReadRequest, ReadSession, Resolve, verifying
from veille.net.failures import in_words
from veille.net.guard import Guard, Target, shown
from veille.net.patience import BEAT, Patience, Turns

NEUTRAL: Mapping[str, str] = {
    "User-Agent": "Mozilla/5.0 (compatible)",
    "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, */*;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}
"""All that is said of us: no program, version, language or number of readers."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_CHUNK = 65_536  # bytes
_LONGEST_WAIT = 7 * 24 * 3600  # seconds that Retry-After may ask for; a week of silence is longer than any outage
# A validator is sent back byte for byte (RFC 9110, 8.8.3), unless it could not be a header at all.
_VALIDATOR = re.compile(r"[\t\x20-\x7e\x80-\xff]{1,1000}")


@dataclass(frozen=True)
class Limits:
    """What one request may cost. Header lines are capped by ``http.client``: 100 of 64 kB."""

    bytes: int = 10_000_000  # of the body, decoded; the largest real feeds of the corpora have 4 MB
    seconds: float = 30  # as a whole, redirects included
    connect: float = 10  # seconds
    redirects: int = 5
    at_once: int = 2  # requests to one host


@dataclass(frozen=True)
class Response:
    """What came back: 200 with its body, or 304.

    ``url`` is where it came from in the end; ``moved`` is the same if only permanent redirects (301, 308) led
    there, otherwise "". ``headers`` has lower-case names. ``body`` is decoded, at most :attr:`Limits.bytes`.
    """

    url: str
    moved: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def never() -> bool:
    """Nobody asks to stop."""
    return False


class Gateway:
    """Thread-safe. ``resolve`` stands for ``socket.getaddrinfo``; ``tls`` for whom to trust.

    ``session`` is for libraries that make their own requests: methods, addresses, cookies and TLS are guarded in
    the same way, redirects are not followed; size and time are up to whoever uses it.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        limits: Limits | None = None,
        resolve: Resolve = socket.getaddrinfo,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._clock = clock
        self._limits = limits or Limits()
        self._guard = Guard()
        self._turns = Turns(self._limits.at_once)
        self.session = ReadSession(self._guard, NEUTRAL, resolve, tls or verifying(), self._limits.at_once)

    def close(self) -> None:
        """Hang up every idle connection, so that no watched host sees us linger. A later request connects anew."""
        self.session.close()

    def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        allow_private: bool = False,
        cancelled: Callable[[], bool] = never,
    ) -> Response:
        """``request("GET", …)``."""
        return self.request(
            "GET", url, etag=etag, last_modified=last_modified, allow_private=allow_private, cancelled=cancelled
        )

    def request(
        self,
        method: str,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        allow_private: bool = False,
        cancelled: Callable[[], bool] = never,
    ) -> Response:
        """Ask for ``url`` and follow where it leads, each address checked anew.

        ``allow_private`` is for the host and port of ``url`` alone: a redirect may come back to it, but gets no
        permission for any other. A redirect from https to http is refused: it would be read and forged on the way.

        Raises :class:`Cancelled`, or a :class:`veille.errors.SourceError` whose ``host`` is the one of ``url``,
        followed by the one that a redirect led to. :class:`Busy` (429, 503) has ``retry_after`` in seconds, 0 if
        the host named none.
        """
        self._guard.check_method(method)
        start = here = self._guard.check_url(url)
        conditions = _conditions(etag, last_modified)
        patience = Patience(self._clock, self._limits.seconds, cancelled)
        permanent = True
        for _hop in range(self._limits.redirects + 1):
            allowed = allow_private and here.place == start.place
            with self._turns.turn(here.host, cancelled), patience.running(), in_words(_known_as(start, here)):
                answer = self._ask(
                    ReadRequest(method, here.url, {**NEUTRAL, **conditions}, allow_private=allowed), patience
                )
                if answer.status not in _REDIRECTS or "location" not in answer.headers:
                    self._judge(answer, bool(conditions))
                    moved = here.url if permanent and here != start else ""
                    return Response(here.url, moved, answer.status, answer.headers, answer.body)
                permanent = permanent and answer.status in _PERMANENT
                here = self._follow(here, answer.headers["location"])
        raise TooManyRedirects(host=_known_as(start, start))

    def _ask(self, request: ReadRequest, patience: Patience) -> Response:
        """One request and its answer, whatever its status; only a good one has its body read."""
        left = patience.ask()
        timeout = (min(self._limits.connect, left), BEAT)
        answer = self.session.send(request, stream=True, timeout=timeout, allow_redirects=False, proxies={})
        try:
            headers = {name.lower(): value for name, value in answer.raw.headers.items()}
            body = self._read(answer, patience) if answer.status_code in (200, 304) else b""
            return Response(request.url or "", "", answer.status_code, headers, body)
        finally:
            answer.close()  # hangs up if something is left unread

    def _read(self, answer: requests.Response, patience: Patience) -> bytes:
        """The decoded body, piece by piece: neither a drip nor a bomb gets past the caps."""
        cap = self._limits.bytes
        if (answer.raw.length_remaining or 0) > cap:
            raise TooLarge(megabytes=cap // 1_000_000)
        pieces, size = [], 0
        while piece := answer.raw.read1(_CHUNK, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > cap:
                raise TooLarge(megabytes=cap // 1_000_000)
            patience.ask()
        return b"".join(pieces)

    def _follow(self, here: Target, location: str) -> Target:
        there = self._guard.check_redirect(here, _utf8(location))
        if here.scheme == "https" and there.scheme == "http":
            raise Downgraded(address=shown(there.url))
        return there

    def _judge(self, answer: Response, conditional: bool) -> None:
        """Raise what the status means, unless it is 200, or 304 to a conditional request."""
        status = answer.status
        if status == 200 or (status == 304 and conditional):
            return
        if status in (404, 410):
            raise Gone(status=status)
        if status in (429, 503):
            wait = retry_after(answer.headers.get("retry-after", ""), self._clock.now())
            raise Busy(status=status, retry_after=wait)
        raise BadStatus(status=status)


def retry_after(value: str, now: datetime) -> int:
    """Seconds to wait by a Retry-After header (RFC 9110, 10.2.3: a number or a date), a week at most.

    0 for a date that is past, and for a value that makes no sense.
    """
    text = value.strip()
    if re.fullmatch(r"[0-9]{1,20}", text):
        return min(int(text), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0, min(round((until - now).total_seconds()), _LONGEST_WAIT))


def _conditions(etag: str, last_modified: str) -> dict[str, str]:
    named = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in named.items() if _VALIDATOR.fullmatch(value)}


def _known_as(start: Target, here: Target) -> str:
    """The host as the person knows it, and where it led."""
    return shown(start.host) if here.host == start.host else f"{shown(start.host)} → {shown(here.host)}"


def _utf8(header: str) -> str:
    """http.client reads headers as Latin-1; what browsers send and servers mean is UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
