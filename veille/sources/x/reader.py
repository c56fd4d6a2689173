"""Pages of posts from X, newest first, until all is read or the reason why not is known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from veille.contacts import Purpose
from veille.content.shapes import text
from veille.content.text import plain
from veille.content.xposts import Json, identity
from veille.errors import (
    BadStatus,
    BudgetSpent,
    Busy,
    Garbled,
    NoAccount,
    NoCredit,
    NotAllowed,
    NoToken,
    QueryRefused,
    SourceError,
    TokenRefused,
)
from veille.posts import Fate
from veille.sources.paid import Bill, Use
from veille.sources.x.answers import Answer, X, fate
from veille.sources.x.door import Door, Question

T = TypeVar("T")

PAGE = 100  # posts, the most that X gives at once
INSIDE = 2  # posts that a post may refer to, which are paid for, too: one that it answers, and one that it quotes

_MOST_PAGES = 40  # X gives no more than 3,200 posts of an account
_OVER = (NoToken, TokenRefused, NoCredit)  # nothing more is given by this token
_OF_ONE = (BudgetSpent, QueryRefused, NotAllowed, NoAccount, Garbled, BadStatus, Busy)  # others may still be asked


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where posts are asked for. ``token`` is the parameter for the next page, ``least`` the fewest posts of a page."""

    name: str
    route: str
    token: str
    least: int


SEARCH = Endpoint("search", "/2/tweets/search/recent", "next_token", 10)


def timeline(account: str) -> Endpoint:
    """The posts of one account, by its id."""
    return Endpoint("timeline", f"/2/users/{account}/tweets", "pagination_token", 5)


def list_of(number: str) -> Endpoint:
    """The posts of a list."""
    return Endpoint("list", f"/2/lists/{number}/tweets", "pagination_token", 5)


@dataclass
class Pages:
    """What was read: ``whole``, or until ``failure`` (None: until the person stopped it).

    ``fate`` is what became of the account or list, when that is why; ``at`` is X's time of the last answer.
    """

    answers: list[Answer] = field(default_factory=list)
    whole: bool = False
    failure: SourceError | None = None
    fate: Fate = Fate.THERE
    at: datetime | None = None

    @property
    def ids(self) -> list[int]:
        """Of the posts that were read, not of those inside them."""
        return [int(identity(raw, "id")) for answer in self.answers for raw in answer.posts]


@dataclass(frozen=True)
class Order:
    """What is asked of an endpoint, for which sources. ``owner`` says which of them pays for a post.

    ``first`` and ``page`` are the most posts that the first and the other pages hold; ``once``: there is no other.
    ``enough`` says that what follows an answer is known.
    """

    endpoint: Endpoint
    params: Mapping[str, str]
    purpose: Purpose
    owner: Callable[[Json], int]
    sources: tuple[int, ...]
    first: int = PAGE
    page: int = PAGE
    once: bool = False
    enough: Callable[[Answer], bool] = lambda _answer: False


class Reader:
    """Reads in one pass: what X refused once is not asked again in it."""

    def __init__(self, door: Door, cancelled: Callable[[], bool]) -> None:
        self._door = door
        self._cancelled = cancelled
        self._stopped: dict[str, SourceError] = {}

    def pages(self, order: Order) -> Pages:
        """As many pages as there are; never raises SourceError."""
        pages, token = Pages(), ""
        for number in range(_MOST_PAGES):
            if self._cancelled():
                break
            try:
                answer, pages.at = self._page(order, order.page if number else order.first, token)
            except SourceError as error:
                pages.failure = error
                break
            if answer.refused:
                pages.fate = Fate.THERE if order.endpoint is SEARCH else fate(answer.errors[0])
                pages.failure = _why(answer)
                break
            pages.answers.append(answer)
            token = answer.more
            if order.once or not token or order.enough(answer):
                pages.whole = True
                if not token:  # else there is more, which an answer that was lost may have held
                    self._door.heard(_keys(order), pages.at)
                break
        return pages

    def guarded(self, endpoint: str, purpose: Purpose, call: Callable[[], T]) -> T:
        """What ``call`` asks, unless it was refused before: by the token, at that endpoint, or on that way out."""
        way = f"way {purpose.route.key} {purpose.strict}"
        for key in ("", endpoint, way):
            if before := self._stopped.get(key):
                raise type(before)(**before.facts)
        try:
            return call()
        except SourceError as error:
            if isinstance(error, _OVER):
                self._stopped[""] = error
            elif isinstance(error, Busy) and error.facts.get("status") == 429:
                self._stopped[endpoint] = error
            elif not isinstance(error, _OF_ONE):
                self._stopped[way] = error
            raise

    def _page(self, order: Order, most: int, token: str) -> tuple[Answer, datetime | None]:
        endpoint = order.endpoint
        size = max(endpoint.least, min(most, self._door.purse.room(Use.POLL) // (1 + INSIDE)))
        params = {**order.params, "max_results": str(size), **({endpoint.token: token} if token else {})}
        question = Question(
            endpoint.route, params, order.purpose, Use.POLL, posts=size * (1 + INSIDE), keys=_keys(order))  # fmt: skip

        def bill(answer: Answer) -> Bill:
            return Bill(answer.paid_by(order.owner))

        return self.guarded(endpoint.name, order.purpose, lambda: self._door.ask(question, bill))


def _keys(order: Order) -> frozenset[str]:
    return frozenset(f"source {each}" for each in order.sources)


def _why(answer: Answer) -> SourceError:
    return NotAllowed(host=X, detail=plain(text(answer.errors[0], "detail"))[:300])
