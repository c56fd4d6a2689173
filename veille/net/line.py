"""One attempt at one host, whoever makes it: guarded, written down before it leaves, counted and capped."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from urllib3 import BaseHTTPResponse, HTTPHeaderDict
from urllib3.exceptions import ClosedPoolError
from urllib3.util import Timeout

from veille.contacts import Contact, Ending, Ledger, Purpose
from veille.errors import Cancelled, NoProxy, ProxyFailed, SourceError, TooLarge, Unreachable
from veille.i18n import N_
from veille.model import Clock
from veille.net import proxies
from veille.net.connections import HungUpError, Pools
from veille.net.failures import causes, in_words
from veille.net.guard import Guard, Target
from veille.net.headers import NEUTRAL
from veille.net.patience import BEAT, Patience, Turns
from veille.net.sockets import Meter, counted

_CHUNK = 65_536  # bytes


@dataclass(frozen=True)
class Limits:
    """What one request may cost. Header lines are capped by ``http.client``: 100 of 64 kB."""

    bytes: int = 10_000_000  # of the body, decoded; the largest real feeds of the corpora have 4 MB
    seconds: float = 30  # as a whole, redirects included
    connect: float = 10  # seconds
    redirects: int = 5
    at_once: int = 2  # requests to one host


@dataclass(frozen=True)
class Ask:
    """A request to one host. ``conditions`` and ``authorization`` are all that may be added to the neutral headers.

    ``known_as`` names the host in words; ``led_by`` is the host whose redirect led here. ``private`` is the
    person's permission for this very host. The body is read of 200 and 304, or with ``whole`` of any status.
    """

    method: str
    target: Target
    purpose: Purpose
    known_as: str
    conditions: Mapping[str, str] = field(default_factory=dict)
    authorization: str = field(default="", repr=False)
    private: bool = False
    led_by: str = ""
    whole: bool = False
    cap: int | None = None  # bytes of the body, where fewer than usual are wanted


@dataclass(frozen=True)
class Answer:
    """What one host answered; ``there`` is where the caller is to ask next, None for nowhere."""

    status: int
    reason: str
    headers: HTTPHeaderDict
    body: bytes
    there: Target | None = None


Follow = Callable[[Answer], Target | None]


class Line:
    """Asks one host at a time. Thread-safe."""

    def __init__(self, clock: Clock, ledger: Ledger, guard: Guard, pools: Pools, limits: Limits) -> None:
        self._clock = clock
        self._ledger = ledger
        self._guard = guard
        self._pools = pools
        self._limits = limits
        self._turns = Turns(limits.at_once)

    def ask(self, ask: Ask, patience: Patience, follow: Follow = lambda _answer: None) -> Answer:
        """The answer of a host, with where ``follow`` says that it leads.

        Raises :class:`Cancelled`, a :class:`SourceError`, whatever ``follow`` raises, and what the ledger raises
        before anything has left.
        """
        self._guard.check_method(ask.method)
        with in_words(ask.known_as):
            if ask.purpose.strict and ask.purpose.route.direct:
                raise NoProxy
            self._guard.check_host(ask.target.host, ask.private, proxied=not ask.purpose.route.direct)
        with self._turns.turn(ask.target.host, patience.cancelled):
            for _kept in range(self._limits.at_once):  # a server may end a connection just as it is taken up again
                try:
                    return self._attempt(ask, patience, follow)
                except SourceError as error:
                    if not any(isinstance(cause, HungUpError) for cause in causes(error)):
                        raise
            return self._attempt(ask, patience, follow)

    def _attempt(self, ask: Ask, patience: Patience, follow: Follow) -> Answer:
        with patience.running():
            with in_words(ask.known_as):
                patience.ask()
            with self._traced(ask) as meter:
                with in_words(ask.known_as):
                    answer = self._exchange(ask, patience, meter)
                there = follow(answer)
        return answer if there is None else Answer(answer.status, answer.reason, answer.headers, b"", there)

    @contextmanager
    def _traced(self, ask: Ask) -> Iterator[Meter]:
        """Written down before anything leaves, and again when it has ended, however it ends."""
        purpose, target = ask.purpose, ask.target
        contact = Contact(
            self._clock.now(), purpose.reason, purpose.source, ask.method, target.url, target.host, str(purpose.route),
            conditional=bool(ask.conditions), led_by=ask.led_by, keyed=bool(ask.authorization),
        )  # fmt: skip
        number = self._ledger.begin(contact)
        meter, error = Meter(), ""
        try:
            with counted(meter):
                yield meter
        except BaseException as failed:
            error = _packed(failed, ask.known_as)
            raise
        finally:
            ending = Ending(self._clock.now(), meter.status, error, meter.sent, meter.received, meter.address)
            self._ledger.end(number, ending)

    def _exchange(self, ask: Ask, patience: Patience, meter: Meter) -> Answer:
        where, headers = _as_sent(ask)
        raw = self._send(ask, where, headers, patience)
        try:
            meter.status = raw.status
            if raw.status == 407 and where != ask.target.path:
                raise ProxyFailed(proxy=str(ask.purpose.route), detail=N_("it asks for a name and a password"))
            body = self._read(raw, ask.cap, patience) if ask.whole or raw.status in (200, 304) else b""
            return Answer(raw.status, raw.reason or "", raw.headers, body)
        finally:
            raw.close()  # hangs up if something is left unread
            raw.release_conn()

    def _send(self, ask: Ask, where: str, headers: Mapping[str, str], patience: Patience) -> BaseHTTPResponse:
        """The head of the answer."""
        timeout = Timeout(connect=min(self._limits.connect, patience.ask()), read=BEAT)
        while True:
            pool = self._pools.pool(ask.target, ask.purpose.route, ask.private)
            try:
                return pool.urlopen(
                    ask.method, where, headers=headers, retries=False, redirect=False, assert_same_host=False,
                    timeout=timeout, preload_content=False, decode_content=False,
                )  # fmt: skip
            except ClosedPoolError:  # hung up at this very moment; nothing has left
                continue

    def _read(self, raw: BaseHTTPResponse, cap: int | None, patience: Patience) -> bytes:
        """The decoded body, piece by piece: neither a drip nor a bomb gets past the caps."""
        cap = self._limits.bytes if cap is None else min(cap, self._limits.bytes)
        if (raw.length_remaining or 0) > cap:
            raise TooLarge(megabytes=cap // 1_000_000)
        pieces, size = [], 0
        while piece := raw.read1(_CHUNK, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > cap:
                raise TooLarge(megabytes=cap // 1_000_000)
            patience.ask()
        return b"".join(pieces)


def _as_sent(ask: Ask) -> tuple[str, dict[str, str]]:
    """What is asked for and by which headers. Whatever else a caller might have wished to say is not sent."""
    headers = {**NEUTRAL, **ask.conditions}
    if ask.authorization:
        headers["Authorization"] = ask.authorization
    route, target = ask.purpose.route, ask.target
    if route.kind != "http" or target.scheme != "http":
        return target.path, headers
    if secret := proxies.authorization(route):
        headers["Proxy-Authorization"] = secret
    return target.url, headers  # RFC 9112, 3.2.2: the absolute form is for proxies


def _packed(error: BaseException, host: str) -> str:
    match error:
        case SourceError():
            return error.pack()
        case Cancelled():
            return Unreachable(host=host, detail=N_("stopped by you")).pack()
    return Unreachable(host=host, detail=N_("the connection broke off")).pack()
