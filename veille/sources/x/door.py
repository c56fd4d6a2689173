"""One question to X, paid for: money is set aside before it is asked, and settled by what the answer held."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Any, Protocol

from veille.contacts import Purpose
from veille.content.shapes import objects, part, text
from veille.content.text import plain
from veille.errors import (
    BadStatus,
    Busy,
    Garbled,
    NoAccount,
    NoCredit,
    NotAllowed,
    QueryRefused,
    SourceError,
    TimedOut,
    TokenRefused,
    TooLarge,
    Unreachable,
)
from veille.model import Clock
from veille.sources.paid import Bill, Purse, Use
from veille.sources.x.answers import Answer, X, read

_UNBILLED = "/2/usage/tweets"  # how much was read this month: any answer to it carries X's time
_QUARTER = 900  # seconds that X counts requests in, where it does not say when it begins anew
_LONGEST_WAIT = 86_400  # seconds; X counts in quarters of an hour, and some things by the day
_LONGEST_DETAIL = 300  # characters of X's own words
# Of the ways in which no answer came (net/failures.py), those where X may have given one, and billed it.
_UNDERWAY = frozenset({"the connection broke off", "its compression is broken", "its answer makes no sense"})

_POST_FIELDS = (
    "attachments,author_id,created_at,edit_history_tweet_ids,entities,in_reply_to_user_id,lang,note_tweet,"
    "public_metrics,referenced_tweets,withheld")  # fmt: skip
_POSTS = {
    "tweet.fields": _POST_FIELDS,
    "media.fields": "alt_text,media_key,preview_image_url,type,url",
    "poll.fields": "end_datetime,id,options,voting_status",
    # No author_id: each account that is expanded is paid for, and who they are is known from before.
    "expansions": (
        "attachments.media_keys,attachments.poll_ids,referenced_tweets.id,referenced_tweets.id.attachments.media_keys"
    ),
}
_USERS = {"user.fields": "created_at,id,name,protected,public_metrics,username,withheld"}


class TooOld(QueryRefused):
    """Search goes back seven days, and what was asked for begins before."""


@dataclass(frozen=True)
class Question:
    """What is asked of X: ``params`` without what is asked of each post or account.

    ``posts`` and ``users`` are the most that the answer may hold; ``keys`` name what it is about, so that an answer
    that was lost is known again.
    """

    route: str
    params: Mapping[str, str]
    purpose: Purpose
    use: Use
    posts: int = 0
    users: int = 0
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reply:
    """What came, whatever its status. ``headers`` has lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Send(Protocol):
    """GET ``route`` with the person's token."""

    def __call__(self, purpose: Purpose, route: str, params: Mapping[str, str]) -> Reply: ...


@dataclass
class _Lost:
    """An answer that never arrived: for what money stays set aside. ``day`` is that on which it was asked for,
    ``keys`` what was not heard again since, ``most`` how much it may have held."""

    number: int
    day: date
    keys: set[str]
    most: int


@dataclass
class Door:
    """Asks, and pays. ``send`` makes the request. Thread-safe."""

    send: Send
    purse: Purse
    clock: Clock
    _renamed: bool = False  # X takes the names that it uses since 2026
    _lost: list[_Lost] = field(default_factory=list)
    _losing: Lock = field(default_factory=Lock)

    def ask(self, question: Question, bill: Callable[[Answer], Bill]) -> tuple[Answer, datetime | None]:
        """The answer, and when X gave it by its own clock (None: it did not say).

        Raises SourceError: BudgetSpent before anything is asked; an error of its own for each refusal.
        """
        self.learn_time(question.purpose)
        number = self.purse.reserve(question.use, question.posts, question.users)
        lost = _Lost(number, self.clock.now().date(), set(question.keys), question.posts + question.users)
        try:
            reply = self._sent(question)
            if reply.status != 200:
                raise refusal(reply, self.clock.now())
        except BaseException as error:
            self._give_up(lost, error)
            raise
        at = told(reply.headers)
        try:
            answer = read(_json(reply.body), users=question.users > 0)
        except Garbled:
            self._lose(lost)
            raise
        self.purse.settle(number, bill(answer), at)
        return answer, at

    def learn_time(self, purpose: Purpose) -> None:
        """Ask X for its time where the purse needs that, by a request that X does not bill."""
        if self.purse.needs_time():
            self.time(purpose)

    def time(self, purpose: Purpose) -> datetime:
        """X's own time, by a request that X does not bill; ours where it does not say."""
        at = told(self.send(purpose, _UNBILLED, {}).headers)
        self.purse.heard(at)
        return at or self.clock.now()

    def heard(self, keys: Iterable[str], at: datetime | None) -> None:
        """All that there is about ``keys`` has been read, and with it what X gave before in answers that were lost: on
        the same day X bills it once."""
        about = set(keys)
        with self._losing:
            for lost in list(self._lost):
                lost.keys -= about
                if not lost.keys:
                    self._lost.remove(lost)
                    if at:
                        self.purse.again(lost.number, at)

    def _sent(self, question: Question) -> Reply:
        for _names in range(2):
            params = {**question.params, **(_USERS if question.users else _posts(self._renamed))}
            reply = self.send(question.purpose, question.route, params)
            if reply.status != 400 or not _fields_refused(reply):
                break
            self._renamed = not self._renamed
        return reply

    def _give_up(self, lost: _Lost, error: BaseException) -> None:
        underway = isinstance(error, Unreachable) and error.facts.get("detail") in _UNDERWAY
        if underway or isinstance(error, TimedOut | TooLarge) or not isinstance(error, Exception):
            self._lose(lost)
        else:
            self.purse.release(lost.number)

    def _lose(self, lost: _Lost) -> None:
        """X may have billed what never arrived: the money stays set aside, unless it is heard again on that day.

        An answer about the same that was lost before, and could hold no more, held the same, which X bills once a day.
        """
        self.purse.lose(lost.number)
        with self._losing:
            for old in [each for each in self._lost if each.keys <= lost.keys and each.most <= lost.most]:
                self._lost.remove(old)
                self.purse.again(old.number, None)
            self._lost = [each for each in self._lost if each.day == lost.day]  # what is older stays spent
            if lost.keys:
                self._lost.append(lost)


def _posts(renamed: bool) -> Mapping[str, str]:
    if not renamed:
        return _POSTS
    named = {"tweet.fields": "post.fields"}
    return {named.get(key, key): value.replace("tweet", "post") for key, value in _POSTS.items()}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Garbled(host=X) from None


# What X refuses ----------------------------------------------------------------------------------


def told(headers: Mapping[str, str]) -> datetime | None:
    """The time of X's own clock; None when it does not say."""
    try:
        when = parsedate_to_datetime(headers.get("date", "")[:100])
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def refusal(reply: Reply, now: datetime) -> SourceError:
    """What an answer that is not 200 means."""
    match reply.status:
        case 400:
            kind = TooOld if "since_id" in _refused(reply) else QueryRefused
            return kind(host=X, detail=_detail(reply))
        case 401:
            return TokenRefused(host=X)
        case 402:
            return NoCredit(host=X)
        case 403:
            return NotAllowed(host=X, detail=_detail(reply))
        case 404:
            return NoAccount(host=X, name=X)  # who asks knows the name
        case 429:
            return Busy(host=X, status=429, retry_after=_reset(reply.headers, told(reply.headers) or now))
        case 503:
            return Busy(host=X, status=503, retry_after=0)
    return BadStatus(host=X, status=reply.status)


def _reset(headers: Mapping[str, str], now: datetime) -> int:
    """Seconds until X counts anew."""
    said = headers.get("x-rate-limit-reset", "").strip()
    if not (said.isascii() and said.isdigit() and len(said) <= 11):
        return _QUARTER
    return min(max(1, int(said) - int(now.timestamp())), _LONGEST_WAIT)


def _body(reply: Reply) -> Any:
    try:
        return _json(reply.body[:100_000])
    except Garbled:
        return None


def _refused(reply: Reply) -> set[str]:
    """The parameters that X does not take."""
    return {name for error in objects(_body(reply), "errors") for name in part(error, "parameters")}


def _fields_refused(reply: Reply) -> bool:
    return not _refused(reply).isdisjoint({"tweet.fields", "post.fields", "expansions"})


def _detail(reply: Reply) -> str:
    """Why, in X's own words; "" when it gives none."""
    said = _body(reply)
    messages = dict.fromkeys(text(error, "message") for error in objects(said, "errors"))
    words = " ".join(filter(None, messages)) or text(said, "detail") or text(said, "title")
    return plain(words)[:_LONGEST_DETAIL]
