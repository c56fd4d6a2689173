"""A server that speaks as much of the X API v2 as Veille asks for, keeps accounts, and writes the bill.

::

    x = XServer(clock)
    internet.site("api.twitter.com", x)
    jane = x.account("jane", "Jane Doe")
    x.post("jane", "Hydrogen & more: https://example.org/a #H2")

What it answers has the fields and expansions that were asked for, and no others. Times and ids come from ``clock``.
"""

import json
import re
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.internet import Seen
from tests.networks.xtexts import cut, keys, marked, shortened
from tests.servers import Reply
from veille.model import Clock

TOKEN = "secret-token"
EPOCH = 1288834974657
PROBLEM = "https://api.twitter.com/2/problems/"
LIMITS = {"search": 450, "timeline": 10_000, "list": 900, "posts": 3_500, "by": 300, "users": 300}
FORBIDDEN = ("Forbidden", "resource-not-found")
AUTHORIZATION = ("Authorization Error", "not-authorized-for-resource")
SUSPENDED = "User has been suspended"
NOT_AUTHORIZED = "Sorry, you are not authorized to see the"
_LONG = 280


@dataclass
class User:
    """An account. ``posts`` are the ids of what it published, ascending."""

    id: str
    username: str
    name: str
    created: datetime
    protected: bool = False
    suspended: bool = False
    gone: bool = False
    posts: list[int] = field(default_factory=list)


@dataclass
class Status:
    """A post, one version of it. ``history`` is shared by all versions."""

    id: int
    author: User
    text: str
    at: datetime
    history: list[int]
    reply_to: int = 0
    quotes: int = 0
    reposts: int = 0
    media: tuple[tuple[str, str], ...] = ()  # kind, alternative text
    options: tuple[str, ...] = ()
    lang: str = "en"
    withheld: tuple[str, ...] = ()
    likes: int = 0


class XServer:
    """See the module. A handler for :meth:`tests.internet.Internet.site`.

    ``words`` is "tweet" or "post": the vocabulary of the answers; with ``only`` it takes no other in questions.
    ``asked`` are path and parameters of each request; ``written`` are the attempts to write.
    """

    def __init__(self, clock: Clock, words: str = "tweet", *, token: str = TOKEN) -> None:
        self.clock = clock
        self.words = words
        self.only = False
        self.token = token
        self.limits = dict(LIMITS)
        self.tells_reset = True
        self.credit: float | None = None  # dollars
        self.post_price, self.user_price = 0.005, 0.01
        self.people: dict[str, User] = {}
        self.statuses: dict[int, Status] = {}
        self.lists: dict[str, list[str]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.written: list[str] = []
        self.bill: dict[tuple[str, str, str], float] = {}  # day, kind, id: dollars
        self.days: dict[str, set[str]] = {}  # id of a post: the days on which it was given
        self.given: dict[str, int] = {}  # id of a post: how often it was given as data
        self._windows: dict[str, tuple[datetime, int]] = {}
        self._upset: dict[str, list[Reply]] = {}
        self._users: dict[str, User] = {}
        self._routes: list[tuple[re.Pattern[str], str, Callable[[str, dict[str, str]], Reply]]] = [
            (re.compile(r"/2/tweets/search/recent"), "search", self._search),
            (re.compile(r"/2/users/(\d+)/tweets"), "timeline", self._timeline),
            (re.compile(r"/2/lists/(\d+)/tweets"), "list", self._list),
            (re.compile(r"/2/users/by"), "by", self._by),
            (re.compile(r"/2/users"), "users", self._by_id),
            (re.compile(r"/2/tweets"), "posts", self._lookup),
        ]

    # What happens on X ---------------------------------------------------------------------------

    def account(self, username: str, name: str = "", **state: Any) -> User:
        user = User(str(1000 + len(self.people)), username, name or username.title(), self.clock.now(), **state)
        self.people[username.lower()] = self._users[user.id] = user
        return user

    def post(self, author: str, text: str, *, at: datetime | None = None, **more: Any) -> str:
        """Published now, or ``at`` (for what was there before)."""
        id, user = self._id(at or self.clock.now()), self.people[author.lower()]
        self.statuses[id] = Status(id, user, text, at or self.clock.now(), [id], **more)
        insort(user.posts, id)
        return str(id)

    def repost(self, author: str, id: str) -> str:
        original = self.statuses[int(id)]
        return self.post(author, f"RT @{original.author.username}: {original.text}", reposts=int(id))

    def edit(self, id: str, text: str) -> str:
        """The id of the new version."""
        before = self.statuses[int(id)]
        new = self._id(self.clock.now())
        before.history.append(new)
        self.statuses[new] = Status(**{**vars(before), "id": new, "text": text, "at": self.clock.now()})
        before.author.posts.remove(before.id)
        insort(before.author.posts, new)
        return str(new)

    def delete(self, id: str) -> None:
        """All versions of it."""
        for each in self.statuses[int(id)].history:
            status = self.statuses.pop(each)
            if each in status.author.posts:
                status.author.posts.remove(each)

    def _id(self, at: datetime) -> int:
        id = (round(at.timestamp() * 1000) - EPOCH) << 22
        while id in self.statuses:
            id += 1
        return id

    # How it fails --------------------------------------------------------------------------------

    def upset(self, route: str, *replies: Reply) -> None:
        """The next requests to ``route`` ("search", "timeline", "list", "posts", "by", "users") get these."""
        self._upset.setdefault(route, []).extend(replies)

    # What it cost --------------------------------------------------------------------------------

    @property
    def dollars(self) -> float:
        return sum(self.bill.values())

    def billed(self, kind: str) -> list[str]:
        """The ids that were billed, once for each day."""
        return [id for _day, what, id in self.bill if what == kind]

    @property
    def duplicates(self) -> int:
        """How often a post was billed on one more day."""
        return sum(len(days) - 1 for days in self.days.values())

    def to(self, route: str) -> list[dict[str, str]]:
        """The parameters of the requests to ``route``."""
        pattern = next(pattern for pattern, name, _answer in self._routes if name == route)
        return [params for path, params in self.asked if pattern.fullmatch(path)]

    # Requests ------------------------------------------------------------------------------------

    def __call__(self, seen: Seen) -> Reply:
        parts = urlsplit(seen.path)
        if seen.method != "GET":
            self.written.append(seen.line)
            return self._reply(405, {"title": "Method Not Allowed"})
        params = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.asked.append((unquote(parts.path), params))
        if seen.headers.get("authorization") != f"Bearer {self.token}":
            return self._problem(401, "Unauthorized", "Unauthorized")
        for pattern, name, answer in self._routes:
            if found := pattern.fullmatch(parts.path):
                if self._upset.get(name):
                    return self._dated(self._upset[name].pop(0))
                if self.credit is not None and self.dollars >= self.credit:
                    return self._problem(402, "CreditsDepleted", "Your account has no credits left.")
                limited = self._limited(name)
                reply = limited or answer(found[1] if found.groups() else "", params)
                return Reply(reply.status, {**reply.headers, **self._limit_headers(name)}, reply.body)
        return self._problem(404, "Not Found Error", "There is nothing here.")

    def _limited(self, name: str) -> Reply | None:
        began, used = self._windows.get(name, (self.clock.now(), 0))
        if self.clock.now() - began >= timedelta(minutes=15):
            began, used = self.clock.now(), 0
        self._windows[name] = (began, used + 1)
        return self._problem(429, "Too Many Requests", "Too Many Requests") if used >= self.limits[name] else None

    def _limit_headers(self, name: str) -> dict[str, str]:
        if not self.tells_reset:
            return {}
        began, used = self._windows[name]
        return {
            "x-rate-limit-limit": str(self.limits[name]),
            "x-rate-limit-remaining": str(max(0, self.limits[name] - used)),
            "x-rate-limit-reset": str(int((began + timedelta(minutes=15)).timestamp())),
        }

    def _reply(self, status: int, document: Any) -> Reply:
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        return self._dated(Reply(status, {"Content-Type": "application/json; charset=utf-8"}, body))

    def _dated(self, reply: Reply) -> Reply:
        date = {"Date": format_datetime(self.clock.now().astimezone(UTC), usegmt=True)}
        return Reply(**{**vars(reply), "headers": {**date, **reply.headers}})

    def _problem(self, status: int, title: str, detail: str) -> Reply:
        return self._reply(status, {"title": title, "detail": detail, "type": "about:blank", "status": status})

    def _invalid(self, name: str, value: str, message: str) -> Reply:
        error = {"parameters": {name: [value]}, "message": message}
        return self._reply(400, {
            "errors": [error], "title": "Invalid Request", "type": PROBLEM + "invalid-request",
            "detail": "One or more parameters to your request was invalid."})  # fmt: skip

    # Accounts ------------------------------------------------------------------------------------

    def _by(self, _of: str, params: dict[str, str]) -> Reply:
        names = params.get("usernames", "").split(",")
        if not 1 <= len(names) <= 100 or not all(re.fullmatch(r"\w{1,15}", each) for each in names):
            return self._invalid("usernames", params.get("usernames", ""), "usernames are not as they should be")
        return self._accounts([(each, self.people.get(each.lower())) for each in names], "usernames", params)

    def _by_id(self, _of: str, params: dict[str, str]) -> Reply:
        ids = params.get("ids", "").split(",")
        return self._accounts([(each, self._users.get(each)) for each in ids], "ids", params)

    def _accounts(self, found: list[tuple[str, User | None]], parameter: str, params: dict[str, str]) -> Reply:
        fields = set(params.get("user.fields", "").split(",")) | {"id", "name", "username"}
        data, errors = [], []
        for asked, user in found:
            if user is None or user.gone:
                detail = f"Could not find user with {parameter}: [{asked}]."
                errors.append(_error("Not Found Error", detail, "user", parameter, asked, "resource-not-found"))
            elif user.suspended:
                detail = f"User has been suspended: [{asked}]."
                errors.append(_error("Forbidden", detail, "user", parameter, asked, "resource-not-found"))
            else:
                self._charge("user", user.id, self.user_price)
                data.append({name: value for name, value in self._user(user).items() if name in fields})
        return self._reply(200, {**({"data": data} if data else {}), **({"errors": errors} if errors else {})})

    def _user(self, user: User) -> dict[str, Any]:
        return {
            "id": user.id, "name": user.name, "username": user.username, "protected": user.protected,
            "created_at": _stamp(user.created), "description": "",
            "public_metrics": {f"{self.words}_count": len(user.posts), "followers_count": 7}}  # fmt: skip

    # Posts of an account, a list, a search -------------------------------------------------------

    def _timeline(self, id: str, params: dict[str, str]) -> Reply:
        user = self._users.get(id)
        if user is None or user.gone:
            error = _error("Not Found Error", f"Could not find user with id: [{id}].", "user", "id", id)
            return self._reply(200, {"errors": [error]})
        if user.suspended or user.protected:
            why = SUSPENDED if user.suspended else f"{NOT_AUTHORIZED} user with id"
            title, problem = FORBIDDEN if user.suspended else AUTHORIZATION
            return self._reply(200, {"errors": [_error(title, f"{why}: [{id}].", "user", "id", id, problem)]})
        return self._page(user.posts, params, 5, "pagination_token")

    def _list(self, id: str, params: dict[str, str]) -> Reply:
        if id not in self.lists:
            error = _error("Not Found Error", f"Could not find list with id: [{id}].", "list", "id", id)
            return self._reply(200, {"errors": [error]})
        for name in ("since_id", "until_id"):
            if name in params:
                return self._invalid(name, params[name], f"The query parameter [{name}] is not one of those taken")
        ids = sorted(each for name in self.lists[id] for each in self._visible(name))
        return self._page(ids, params, 1, "pagination_token", newest=False)

    def _search(self, _of: str, params: dict[str, str]) -> Reply:
        query = params.get("query", "")
        if not 1 <= len(query) <= 512:
            return self._invalid("query", query, f"Rules must be less than 512 characters, this has {len(query)}")
        earliest = (round((self.clock.now() - timedelta(days=7)).timestamp() * 1000) - EPOCH) << 22
        since = int(params.get("since_id", earliest))
        for name in ("since_id", "until_id"):
            if int(params.get(name, earliest)) < earliest:
                message = (
                    f"'{name}' must be a tweet id created in the last seven days. Please use one above {earliest}."
                )
                return self._invalid(name, params[name], message)
        until = int(params.get("until_id", 1 << 63))
        try:
            return self._page(sorted(self._matching(query, since, until)), params, 10, "next_token")
        except ValueError as error:
            return self._invalid("query", query, str(error))

    def _matching(self, query: str, since: int, until: int) -> Iterator[int]:
        if re.fullmatch(r"from:\w+( OR from:\w+)*", query):
            for term in set(query.lower().split(" or ")):
                ids = self._visible(term.removeprefix("from:"))
                yield from ids[bisect_right(ids, since) : bisect_right(ids, until)]
            return
        if re.search(r"\b(?:from|lang):(?:\s|$)", query) or query.count('"') % 2:
            raise ValueError("Reference to invalid operator in the query")
        for id, status in self.statuses.items():
            if since < id < until and id == status.history[-1] and _matches(query, status):
                yield id

    def _visible(self, name: str) -> list[int]:
        user = self.people.get(name.lower())
        return [] if user is None or user.protected or user.suspended or user.gone else user.posts

    def _page(self, ids: list[int], params: dict[str, str], least: int, token: str, *, newest: bool = True) -> Reply:
        """A page of ``ids``, ascending; the answer has the newest first."""
        size = params.get("max_results", "10")
        if not size.isdigit() or not least <= int(size) <= 100:
            return self._invalid("max_results", size, f"The `max_results` query parameter value [{size}] is not valid")
        for name in params:
            if name in ("next_token", "pagination_token") and name != token:
                return self._invalid(name, params[name], f"The query parameter [{name}] is not taken here")
        until = int(params.get("until_id", 1 << 63))
        if token in params:
            if not params[token].startswith("page"):
                return self._invalid(token, params[token], "this token is not known")
            until = min(until, int(params[token][4:]))
        first, end = bisect_right(ids, int(params.get("since_id", 0))), bisect_right(ids, until - 1)
        found = ids[max(first, end - int(size)) : end][::-1]
        meta: dict[str, Any] = {"result_count": len(found)}
        if found and newest:
            meta |= {"newest_id": str(found[0]), "oldest_id": str(found[-1])}
        if end - len(found) > first:
            meta["next_token"] = f"page{found[-1]}"
        return self._answer([self.statuses[id] for id in found], [], params, meta)

    def _lookup(self, _of: str, params: dict[str, str]) -> Reply:
        ids = params.get("ids", "").split(",")
        if not 1 <= len(ids) <= 100 or not all(each.isdigit() for each in ids):
            return self._invalid("ids", params.get("ids", ""), "The `ids` query parameter is not valid")
        found = [(each, self._see(int(each), "ids")) for each in ids]
        errors = [error for _id, error in found if isinstance(error, dict)]
        return self._answer([each for _id, each in found if isinstance(each, Status)], errors, params, None)

    def _see(self, id: int, parameter: str) -> "Status | dict[str, Any]":
        """The post, or why it is not shown."""
        status, name = self.statuses.get(id), str(id)
        if status is None or status.author.gone:
            detail = f"Could not find {self.words} with {parameter}: [{name}]."
            return _error("Not Found Error", detail, self.words, parameter, name, "resource-not-found")
        if status.author.suspended or status.author.protected:
            why = SUSPENDED if status.author.suspended else f"{NOT_AUTHORIZED} Tweet"
            return _error(
                AUTHORIZATION[0], f"{why} with {parameter}: [{name}].", self.words, parameter, name, AUTHORIZATION[1]
            )
        return status

    # How posts are said --------------------------------------------------------------------------

    def _answer(
        self, statuses: list[Status], errors: list[dict[str, Any]], params: Mapping[str, str], meta: Any
    ) -> Reply:
        other = "post" if self.words == "tweet" else "tweet"
        for name in params:
            if self.only and (name == f"{other}.fields" or f"referenced_{other}s" in params[name]):
                return self._invalid(name, params[name], f"The query parameter [{name}] is not one of those taken")
        fields, expansions = self._fields(params), self._expansions(params)
        inside, missing = self._inside(statuses) if "referenced_tweets.id" in expansions else ({}, [])
        self._charge_posts(statuses, inside.values())
        within = [*statuses] if "attachments.media_keys" in expansions else []
        if "referenced_tweets.id.attachments.media_keys" in expansions:
            within += inside.values()
        includes = {
            f"{self.words}s": [self._said(each, fields) for each in inside.values()],
            "media": [each for status in within for each in self._media(status, params)],
            "polls": [self._poll(each) for each in statuses if each.options and "attachments.poll_ids" in expansions],
        }
        document = {
            "data": [self._said(each, fields) for each in statuses],
            "includes": {name: found for name, found in includes.items() if found},
            "errors": [*errors, *missing],
        }
        told = {name: found for name, found in document.items() if found}
        return self._reply(200, told if meta is None else {**told, "meta": meta})

    def _inside(self, statuses: list[Status]) -> tuple[dict[int, Status], list[dict[str, Any]]]:
        """The posts that ``statuses`` refer to, and errors for those that are not shown."""
        inside: dict[int, Status] = {}
        missing = []
        for status in statuses:
            for id in filter(None, (status.reply_to, status.quotes, status.reposts)):
                seen = self._see(id, f"referenced_{self.words}s.id")
                if isinstance(seen, Status):
                    inside[id] = seen
                else:
                    missing.append(seen)
        return inside, missing

    def _charge_posts(self, statuses: Iterable[Status], inside: Iterable[Status]) -> None:
        day = self.clock.now().astimezone(UTC).strftime("%Y-%m-%d")
        for status in statuses:
            self.given[str(status.id)] = self.given.get(str(status.id), 0) + 1
        for status in (*statuses, *inside):
            self._charge("post", str(status.id), self.post_price)
            self.days.setdefault(str(status.id), set()).add(day)

    def _fields(self, params: Mapping[str, str]) -> set[str]:
        said = params.get("tweet.fields") or params.get("post.fields") or ""
        return {each.replace("post", "tweet") for each in said.split(",")} | {"id", "text", "edit_history_tweet_ids"}

    def _expansions(self, params: Mapping[str, str]) -> set[str]:
        return set(params.get("expansions", "").replace("referenced_posts", "referenced_tweets").split(","))

    def _said(self, status: Status, fields: set[str]) -> dict[str, Any]:
        full, entities = marked(status, self)
        long = len(status.text) > _LONG and not status.reposts
        short, of_short = shortened(full, entities) if long else (full, entities)
        if status.reposts:
            short, of_short = cut(full, entities)
        referred = [(status.reply_to, "replied_to"), (status.quotes, "quoted"), (status.reposts, "retweeted")]
        said = {
            "id": str(status.id), "text": short, "edit_history_tweet_ids": [str(each) for each in status.history],
            "author_id": status.author.id, "created_at": _stamp(status.at), "lang": status.lang, "entities": of_short,
            "public_metrics": {
                "retweet_count": 3, "reply_count": 2, "like_count": status.likes, "quote_count": 1, "bookmark_count": 9,
                "impression_count": 1000},
            "referenced_tweets": [{"type": kind, "id": str(id)} for id, kind in referred if id],
            "in_reply_to_user_id": self._author(status.reply_to), "note_tweet": None,
            "withheld": {"copyright": False, "country_codes": list(status.withheld)} if status.withheld else None,
            "attachments": {
                **({"media_keys": keys(status)} if status.media else {}),
                **({"poll_ids": [str(status.id)]} if status.options else {})},
        }  # fmt: skip
        if long:
            said["note_tweet"] = {"text": full, "entities": entities}
        asked = {name: value for name, value in said.items() if name in fields and value not in (None, {}, [])}
        return {name.replace("tweet", self.words): value for name, value in asked.items()}

    def _author(self, id: int) -> str | None:
        return self.statuses[id].author.id if id in self.statuses else None

    def _media(self, status: Status, params: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        fields = set(params.get("media.fields", "").split(",")) | {"media_key", "type"}
        for key, (kind, words) in zip(keys(status), status.media, strict=True):
            address = {"url" if kind == "photo" else "preview_image_url": f"https://pbs.twimg.com/media/{key}.jpg"}
            said = {"media_key": key, "type": kind, "alt_text": words, "width": 640, **address}
            yield {name: value for name, value in said.items() if name in fields and value}

    def _poll(self, status: Status) -> dict[str, Any]:
        options = [{"position": at, "label": each, "votes": at * 10} for at, each in enumerate(status.options, 1)]
        ends = status.at + timedelta(days=1)
        return {"id": str(status.id), "options": options, "voting_status": "open", "end_datetime": _stamp(ends)}

    def _charge(self, kind: str, id: str, price: float) -> None:
        self.bill[self.clock.now().astimezone(UTC).strftime("%Y-%m-%d"), kind, id] = price


def _matches(query: str, status: Status) -> bool:
    """Every word, in any case; ``lang:`` and ``-is:retweet`` beside them."""
    for word in query.split():
        if word == "-is:retweet":
            if status.reposts:
                return False
        elif word.startswith("lang:"):
            if status.lang != word[5:]:
                return False
        elif word.lower() not in status.text.lower():
            return False
    return True


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _error(
    title: str, detail: str, kind: str, parameter: str, asked: str, problem: str = "resource-not-found"
) -> dict[str, Any]:
    return {
        "value": asked, "detail": detail, "title": title, "resource_type": kind, "parameter": parameter,
        "resource_id": asked, "type": PROBLEM + problem}  # fmt: skip
