"""X, by tweepy: the accounts, lists and searches that a person watches there with a token of their own.

tweepy builds the requests; they leave through the gateway's session. The token goes into the request's head and
nowhere else: not into a log, an error, or what an error was raised from.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from veille.contacts import Purpose
from veille.content.xposts import ID, identity
from veille.errors import Cancelled, NoToken, SourceError, TokenRefused, VeilleError
from veille.model import Clock, Fetched, Source, SourceState
from veille.posts import Account, Standing
from veille.sources.base import Verdict, Wanted
from veille.sources.paid import Bill, People, Purse, Use
from veille.sources.x.accounts import Roster
from veille.sources.x.answers import Answer, X
from veille.sources.x.door import Door, Question, Reply
from veille.sources.x.passes import Pass
from veille.sources.x.posts import asked, newer, verdicts
from veille.sources.x.reader import INSIDE, PAGE

if TYPE_CHECKING:
    import tweepy

HOST = "api.twitter.com"  # the one that tweepy asks, and the token's only host

_TOKEN = re.compile(r"[\x21-\x7e]{1,1000}")


class XFetcher:
    """A Fetcher, a JointFetcher and a Checker (:mod:`veille.sources.base`).

    ``session`` gives what stands in for a ``requests`` session and lets the token go to :data:`HOST`; ``token`` the
    person's token, "" for none. Nothing is asked that ``purse`` has no money for.
    """

    def __init__(
        self, session: Callable[[Purpose], Any], clock: Clock, token: Callable[[], str], purse: Purse, people: People
    ) -> None:
        self._clock = clock
        self._token = token
        self._purse = purse
        self._people = people
        self._door = Door(_Client(session, token).get, purse, clock)
        self._roster = Roster(self._door, people, clock)
        self._rates: dict[int, float] = {}

    def fetch(
        self,
        source: Source,
        state: SourceState,
        known: Mapping[str, str],
        purpose: Purpose,
        cancelled: Callable[[], bool],
    ) -> Fetched:
        """See :meth:`veille.sources.base.Fetcher.fetch`."""
        for step in self.fetch_all([Wanted(source, state, lambda: known, purpose)], cancelled):
            for _source, answer in step:
                if isinstance(answer, SourceError):
                    raise answer
                return answer
        raise Cancelled

    def fetch_all(
        self, wanted: Sequence[Wanted], cancelled: Callable[[], bool]
    ) -> Iterator[list[tuple[Source, Fetched | SourceError]]]:
        """See :meth:`veille.sources.base.JointFetcher.fetch_all`."""
        if not self._token():
            yield [(each.source, NoToken()) for each in wanted]
            return
        yield from Pass(self._door, self._roster, self._people, self._rates, cancelled).run(wanted)

    @property
    def at_once(self) -> int:
        """See :attr:`veille.sources.base.Checker.at_once`."""
        return PAGE

    def check(self, posts: Sequence[Standing], purpose: Purpose, cancelled: Callable[[], bool]) -> Sequence[Verdict]:
        """See :meth:`veille.sources.base.Checker.check`. Of what was edited the newest version is asked for, too."""
        if not self._token():
            raise NoToken
        owners = {id: each.source for each in reversed(posts) if ID.fullmatch(id := asked(each))}
        if not owners:
            return []
        answer = self._look_at(owners, purpose)
        again = newer(answer, owners)
        if again and not cancelled():
            with suppress(SourceError):  # those that were edited are asked about another time
                answer |= self._look_at(again, purpose)
        people = self._people.by_id(answer.writers)
        return verdicts(answer, posts, people, self._clock.now())

    def look_up(self, handle: str, purpose: Purpose) -> Account:
        """The account ``handle``, with or without "@". It costs what one account costs, and nothing while it is known.

        Raises SourceError, among them NoAccount, Suspended and Protected: it cannot be watched.
        """
        if not self._token():
            raise NoToken
        return self._roster.look_up(handle.removeprefix("@"), purpose)

    def _look_at(self, owners: Mapping[str, int], purpose: Purpose) -> Answer:
        """The posts whose ids are ``owners``, each paid for by a source."""
        question = Question(
            "/2/tweets", {"ids": ",".join(owners)}, purpose, Use.RECHECK, posts=len(owners) * (1 + INSIDE),
            keys=frozenset(f"post {id}" for id in owners))  # fmt: skip

        def bill(answer: Answer) -> Bill:
            return Bill(answer.paid_by(lambda raw: owners.get(identity(raw, "id"), 0)))

        answer, at = self._door.ask(question, bill)
        self._door.heard(question.keys, at)
        return answer


# The client --------------------------------------------------------------------------------------


class _Client:
    """tweepy as it is, with another session."""

    def __init__(self, session: Callable[[Purpose], Any], token: Callable[[], str]) -> None:
        self._session = session
        self._token = token

    def get(self, purpose: Purpose, route: str, params: Mapping[str, str]) -> Reply:
        """What X answers, whatever its status. Raises VeilleError when no answer came."""
        session = _Overheard(self._session(purpose))
        client = self._made(session)
        if client is None:
            raise TokenRefused(host=X)
        if failure := _failure(client, session, route, dict(params)):
            raise failure
        assert session.reply is not None
        return self._scrubbed(session.reply)

    def _made(self, session: "_Overheard") -> "tweepy.Client | None":
        """None for a token that does not fit into a header: requests would say it in its error."""
        import tweepy

        _keep_quiet()
        token = self._token().strip()
        if not _TOKEN.fullmatch(token):
            return None
        client = tweepy.Client(token, return_type=tweepy.client.requests.Response, wait_on_rate_limit=False)
        client.session = session
        return client

    def _scrubbed(self, reply: Reply) -> Reply:
        """Without the token, should X say it again in its error."""
        token = self._token().strip().encode()
        if reply.status == 200 or not token:
            return reply
        return Reply(reply.status, reply.headers, reply.body.replace(token, b"***"))


class _Overheard:
    """A session that keeps the answer, whatever tweepy makes of it: errors of another form make it stumble."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.reply: Reply | None = None

    def request(self, method: str, url: str, **named: Any) -> Any:
        """As requests has it."""
        response = self._session.request(method, url, **named)
        headers = {name.lower(): value for name, value in response.headers.items()}
        self.reply = Reply(response.status_code, headers, response.content)
        return response


def _failure(client: "tweepy.Client", session: _Overheard, route: str, params: dict[str, str]) -> Exception | None:
    """Make the request; why no answer came, None when one did.

    The error is made anew: what it was raised from holds tweepy's frames, and in them the token.
    """
    try:
        client.request("GET", route, params=params)
    except VeilleError as error:
        return type(error)(**error.facts)
    except Exception as error:
        return SourceError(detail=type(error).__name__) if session.reply is None else None
    return None


class _NothingBelow(logging.Filter):
    """Lets through what is as grave as a warning, however the loggers are set."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING


_FILTER = _NothingBelow()


def _keep_quiet() -> None:
    """At DEBUG tweepy writes the head of each request to the log, and the token with it."""
    for name in ("tweepy", "tweepy.client", "oauthlib", "requests_oauthlib"):
        logger = logging.getLogger(name)
        logger.addFilter(_FILTER)  # once: a second time changes nothing
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)
