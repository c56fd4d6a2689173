"""The one door: every request of Veille goes through :meth:`Gateway.request`, or a session that it hands out.

What is sent is the same for every person and host: :data:`veille.net.headers.NEUTRAL`, and the ETag and
Last-Modified that the very address gave. It is written down before it leaves. What comes back is capped in bytes,
in time and in redirects before anybody looks at it.
"""

import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING

from veille.contacts import Ledger, Purpose
from veille.errors import BadStatus, Busy, Downgraded, Gone, LeadsElsewhere, PersonalRedirect, TooManyRedirects
from veille.model import Clock, Validators
from veille.net.connections import Pools, Reach, Resolve, as_it_is, verifying
from veille.net.failures import in_words
from veille.net.guard import Guard, Target, shown
from veille.net.headers import NEUTRAL, conditions
from veille.net.line import Answer, Ask, Limits, Line
from veille.net.patience import Patience

if TYPE_CHECKING:
    from veille.net.session import ReadSession

__all__ = ["NEUTRAL", "Gateway", "Limits", "Response", "retry_after"]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_NONE = Validators()
_LONGEST_WAIT = 7 * 24 * 3600  # seconds that Retry-After may ask for; a week of silence is longer than any outage


@dataclass(frozen=True)
class Response:
    """What came back: 200 with its body, or 304; of a request that was ``whole`` any status, with its body.

    ``url`` is where it came from in the end; ``moved`` is the same if only permanent redirects (301, 308) led
    there, otherwise "". ``headers`` has lower-case names. ``body`` is decoded, at most :attr:`Limits.bytes`.
    ``conditional`` says that validators went to the address that answered.
    """

    url: str
    moved: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    conditional: bool = False


def never() -> bool:
    """Nobody asks to stop."""
    return False


def nothing(_before: str, _after: str) -> str:
    """No address looks personal."""
    return ""


class Gateway:
    """Thread-safe. ``resolve`` stands for ``socket.getaddrinfo``; ``tls`` for whom to trust.

    ``reach`` maps an address that was checked to the one that is dialled: itself, but for tests. ``personal`` says
    what in its second address looks made for one reader and was not in the first, "" for nothing.
    """

    def __init__(
        self,
        clock: Clock,
        ledger: Ledger,
        *,
        limits: Limits | None = None,
        resolve: Resolve = socket.getaddrinfo,
        reach: Reach = as_it_is,
        tls: ssl.SSLContext | None = None,
        personal: Callable[[str, str], str] = nothing,
    ) -> None:
        self._clock = clock
        self._limits = limits or Limits()
        self._guard = Guard()
        self._personal = personal
        self._pools = Pools(self._guard, resolve, reach, tls or verifying(), self._limits.at_once)
        self._line = Line(clock, ledger, self._guard, self._pools, self._limits)

    def hang_up(self) -> None:
        """Close every idle connection, so that no watched host sees us linger, nor knows us again by it."""
        self._pools.hang_up()

    def close(self) -> None:
        """:meth:`hang_up`. A later request connects anew."""
        self.hang_up()

    def session(self, purpose: Purpose, *, token_host: str = "") -> "ReadSession":
        """For libraries that make their own requests: guarded, written down, capped and routed in the same way.

        Whatever the library wants to say is dropped, but for an ``Authorization`` to ``token_host`` over TLS on
        port 443. Redirects are not followed.
        """
        from veille.net.session import ReadSession  # requests is slow to import, and the refresh does without

        return ReadSession(self._line, self._guard, purpose, token_host, self._patience)

    def get(
        self,
        url: str,
        *,
        purpose: Purpose,
        validators: Validators = _NONE,
        allow_private: bool = False,
        cap: int | None = None,
        cancelled: Callable[[], bool] = never,
        whole: bool = False,
        within: Callable[[str, str], bool] | None = None,
    ) -> Response:
        """``request("GET", …)``."""
        return self.request(
            "GET", url, purpose=purpose, validators=validators, allow_private=allow_private, cap=cap,
            cancelled=cancelled, whole=whole, within=within,
        )  # fmt: skip

    def request(
        self,
        method: str,
        url: str,
        *,
        purpose: Purpose,
        validators: Validators = _NONE,
        allow_private: bool = False,
        cap: int | None = None,
        cancelled: Callable[[], bool] = never,
        whole: bool = False,
        within: Callable[[str, str], bool] | None = None,
    ) -> Response:
        """Ask for ``url`` and follow where it leads, each address checked anew.

        ``validators`` go to the address that gave them and to no other; in strict none go. ``allow_private`` is for
        the host and port of ``url`` alone: a redirect may come back to it, but gets no permission for any other;
        in strict it counts for nothing. A redirect from https to http is refused: it would be read and forged on
        the way. ``cap`` lowers :attr:`Limits.bytes`. ``whole`` wants an answer of any status with its body, for a host
        that says in it why it refuses; then no status raises.

        Raises :class:`Cancelled`, a :class:`veille.errors.SourceError` whose ``host`` is the one of ``url``,
        followed by the one that a redirect led to, or what the ledger raises, before anything leaves.
        :class:`Busy` (429, 503) has ``retry_after`` in seconds, 0 if the host named none.
        """
        self._guard.check_method(method)
        start = here = self._guard.check_url(url)
        patience = self._patience(cancelled)
        private = start.place if allow_private and not purpose.strict else None
        permanent, led_by = True, ""
        for _hop in range(self._limits.redirects + 1):
            ask = Ask(
                method, here, purpose, _known_as(start, here), led_by=led_by, private=here.place == private, cap=cap,
                whole=whole, conditions={} if purpose.strict else conditions(validators, here.url),
            )  # fmt: skip
            answer = self._line.ask(ask, patience, partial(self._follow, start, ask, private, within))
            if answer.there is None:
                moved = here.url if permanent and here != start else ""
                return self._judged(answer, ask, moved)
            permanent = permanent and answer.status in _PERMANENT
            led_by, here = here.host, answer.there
        raise TooManyRedirects(host=_known_as(start, start))

    def _patience(self, cancelled: Callable[[], bool] = never) -> Patience:
        return Patience(self._clock, self._limits.seconds, cancelled)

    def _follow(
        self, start: Target, ask: Ask, private: tuple[str, int] | None, within: Callable[[str, str], bool] | None,
        answer: Answer
    ) -> Target | None:  # fmt: skip
        """Where ``answer`` leads; None for nowhere. Raises for where Veille does not go."""
        here, location = ask.target, answer.headers.get("location")
        if answer.status not in _REDIRECTS or location is None:
            return None
        with in_words(ask.known_as):
            there = self._guard.check_redirect(here, _utf8(location))
            if here.scheme == "https" and there.scheme == "http":
                raise Downgraded(address=shown(there.url))
        unasked = ask.purpose.strict and not ask.purpose.allow_personal
        if unasked and self._personal(start.url, there.url):
            raise PersonalRedirect(host=shown(here.host), address=shown(there.url))
        with in_words(_known_as(start, there)):
            proxied = not ask.purpose.route.direct
            self._guard.check_host(there.host, there.place == private, proxied=proxied)
        if within is not None and not within(start.url, there.url):
            raise LeadsElsewhere(host=shown(here.host), address=shown(there.url), to=there.url)
        return there

    def _judged(self, answer: Answer, ask: Ask, moved: str) -> Response:
        """What ``answer`` is worth: raises what its status means, unless it is 200, or 304 to a conditional request,
        or any status is wanted."""
        status, conditional = answer.status, bool(ask.conditions)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if ask.whole or status == 200 or (status == 304 and conditional):
            return Response(ask.target.url, moved, status, headers, answer.body, conditional)
        if status in (404, 410):
            raise Gone(host=ask.known_as, status=status)
        if status in (429, 503):
            wait = retry_after(headers.get("retry-after", ""), self._clock.now())
            raise Busy(host=ask.known_as, status=status, retry_after=wait)
        raise BadStatus(host=ask.known_as, status=status)


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


def _known_as(start: Target, here: Target) -> str:
    """The host as the person knows it, and where it led."""
    return shown(start.host) if here.host == start.host else f"{shown(start.host)} → {shown(here.host)}"


def _utf8(header: str) -> str:
    """http.client reads headers as Latin-1; what browsers send and servers mean is UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
