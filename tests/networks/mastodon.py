"""Enough of a Mastodon instance for tests: look-up, timelines of accounts and hashtags, statuses, RSS, rate limits.

::

    mastodon = Mastodon("mastodon.example", clock)
    ann = mastodon.account("ann", "Ann")
    first = mastodon.post(ann, "Hello #world https://example.org/page")
    internet.site("mastodon.example", mastodon.answer)

It answers by what its people did, as Mastodon 4.5 does; ``version`` makes it older, ``closed`` shuts its API to
strangers.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.servers import Reply
from veille.model import Clock

_MARKS = re.compile(r"(?P<link>https?://\S+)|@(?P<mention>\w+(?:@[\w.-]+\w)?)|#(?P<tag>\w+)")
_SHOWN = 30  # characters of a link that Mastodon shows


@dataclass
class Account:
    """``host`` is "" for one of this instance. ``state`` is "active", "suspended" or "deleted"."""

    id: str
    name: str
    display: str
    host: str
    state: str = "active"
    locked: bool = False
    moved: "Account | None" = None


@dataclass
class Status:
    """What an account said. ``quote`` is (state, status); ``more`` overrides fields of the answer."""

    id: str
    account: Account
    text: str
    created: datetime
    visibility: str = "public"
    warning: str = ""
    language: str | None = "en"
    reply: "Status | None" = None
    reblog: "Status | None" = None
    quote: "tuple[str, Status | None] | None" = None
    poll: dict[str, Any] | None = None
    card: dict[str, Any] | None = None
    media: list[dict[str, Any]] = field(default_factory=list)
    edited: datetime | None = None
    figures: dict[str, int] = field(default_factory=dict)
    html: str = ""
    more: dict[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """An error of the API."""

    def __init__(self, status: int, error: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error)
        self.reply = _json({"error": error}, status, headers)


class Mastodon:
    """See the module. ``next`` are replies that are given before any other; ``asked`` are paths and queries."""

    def __init__(self, host: str, clock: Clock, scheme: str = "https") -> None:
        self.host = host
        self.origin = f"{scheme}://{host}"
        self.clock = clock
        self.accounts: list[Account] = []
        self.statuses: dict[str, Status] = {}
        self.next: list[Reply] = []
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.version = (4, 5)
        self.closed = False  # "require authentication" of the whole API
        self.rss = True
        self.allowed = 300  # requests in five minutes
        self._used = 0
        self._window = clock.now()
        self._number = 0

    # What people do ------------------------------------------------------------------------------

    def account(self, name: str, display: str = "", host: str = "") -> Account:
        made = Account(self._id(), name, display, host)
        self.accounts.append(made)
        return made

    def post(self, account: Account, text: str, **more: Any) -> Status:
        made = Status(self._id(), account, text, self._now(), **more)
        self.statuses[made.id] = made
        return made

    def reblog(self, account: Account, status: Status, visibility: str = "public") -> Status:
        return self.post(account, "", reblog=status, visibility=visibility)

    def edit(self, status: Status, text: str) -> None:
        status.text, status.edited = text, self._now()

    def delete(self, status: Status) -> None:
        """Reblogs go, too; quotes and answers stay."""
        doomed = [each.id for each in self.statuses.values() if each is status or each.reblog is status]
        for id in doomed:
            del self.statuses[id]

    def _id(self) -> str:
        """A snowflake: milliseconds, and a number."""
        self._number += 1
        return str(int(self.clock.now().timestamp() * 1000) << 16 | self._number)

    def _now(self) -> datetime:
        return self.clock.now() + timedelta(milliseconds=self._number)

    # HTTP ----------------------------------------------------------------------------------------

    def answer(self, request: Any) -> Reply:
        """A handler for a :class:`tests.internet.Internet` or a :class:`tests.servers.FeedServer`."""
        address = urlsplit(request.path)
        path, query = address.path, parse_qs(address.query, keep_blank_values=True)
        self.asked.append((path, query))
        if self.next:
            return self.next.pop(0)
        try:
            if path.startswith("/api/"):
                return self._api(path, query)
            return self._feed(unquote(path))
        except Refused as refused:
            return refused.reply

    def _api(self, path: str, query: dict[str, list[str]]) -> Reply:
        headers = self._count()
        if self.closed:
            raise Refused(401, "This API requires an authenticated user", headers)
        routes: list[tuple[str, Callable[..., tuple[Any, dict[str, str]]]]] = [
            (r"/api/v1/accounts/lookup", self._look_up),
            (r"/api/v1/accounts/(\d+)/statuses", self._account_timeline),
            (r"/api/v1/timelines/tag/([^/]+)", self._tag_timeline),
            (r"/api/v1/statuses/(\d+)", self._status),
        ]
        if self.version >= (4, 3):
            routes.append((r"/api/v1/statuses", self._several))
        for pattern, method in routes:
            if found := re.fullmatch(pattern, path):
                body, more = method(query, *found.groups())
                return _json(body, 200, headers | more)
        raise Refused(404, "Not Found", headers)

    def _count(self) -> dict[str, str]:
        now, length = self.clock.now(), timedelta(minutes=5)
        if now - self._window >= length:
            self._used, self._window = 0, now
        self._used += 1
        headers = {
            "X-RateLimit-Limit": str(self.allowed), "X-RateLimit-Remaining": str(max(0, self.allowed - self._used)),
            "X-RateLimit-Reset": _said(self._window + length)}  # fmt: skip
        if self._used > self.allowed:
            raise Refused(429, "Too many requests", headers)
        return headers

    # Methods -------------------------------------------------------------------------------------

    def _look_up(self, query: dict[str, list[str]]) -> tuple[Any, dict[str, str]]:
        name, _, host = query.get("acct", [""])[0].lower().partition("@")
        host = "" if host == self.host else host
        named = (each for each in self.accounts if (each.name.lower(), each.host) == (name, host))
        found = next((each for each in named if each.state != "deleted"), None)
        if not found:
            raise Refused(404, "Record not found")
        return self.account_view(found), {}

    def _account_timeline(self, query: dict[str, list[str]], id: str) -> tuple[Any, dict[str, str]]:
        account = next((each for each in self.accounts if each.id == id and each.state != "deleted"), None)
        if not account:
            raise Refused(404, "Record not found")
        found = [each for each in self.statuses.values() if each.account is account and _open(each)]
        if account.state == "suspended":
            found = []
        if query.get("exclude_replies", [""])[0] == "true":
            found = [each for each in found if not each.reply or each.reply.account is account]
        return self._paged(found, query, f"/api/v1/accounts/{id}/statuses")

    def _tag_timeline(self, query: dict[str, list[str]], tag: str) -> tuple[Any, dict[str, str]]:
        wanted = unquote(tag).lower()
        found = [each for each in self.statuses.values() if each.visibility == "public" and wanted in self._tags(each)]
        return self._paged(found, query, f"/api/v1/timelines/tag/{tag}")

    def _status(self, _query: dict[str, list[str]], id: str) -> tuple[Any, dict[str, str]]:
        status = self.statuses.get(id)
        if not status or not _open(status) or status.account.state != "active":
            raise Refused(404, "Record not found")
        return self.view(status), {}

    def _several(self, query: dict[str, list[str]]) -> tuple[Any, dict[str, str]]:
        ids = query.get("id[]", [])
        if len(ids) > 20:
            raise Refused(422, "Too many statuses")
        found = (self.statuses.get(id) for id in ids)
        return [self.view(each) for each in found if each and _open(each) and each.account.state == "active"], {}

    def _paged(
        self, found: Sequence[Status], query: dict[str, list[str]], path: str
    ) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """https://docs.joinmastodon.org/api/guidelines/#pagination"""
        size = min(int(query.get("limit", ["20"])[0]), 40)
        most, since, least = (int(query.get(name, ["0"])[0]) for name in ("max_id", "since_id", "min_id"))
        held = sorted((each for each in found if not most or int(each.id) < most), key=lambda each: int(each.id))
        held = [each for each in held if int(each.id) > max(since, least)]
        page = list(reversed(held[:size] if least else held[-size:]))
        if not page:
            return [], {}
        kept = "".join(f"&{name}={query[name][0]}" for name in ("limit", "exclude_replies") if name in query)
        links = [f'<{self.origin}{path}?max_id={page[-1].id}{kept}>; rel="next"'] if len(page) == size else []
        links.append(f'<{self.origin}{path}?min_id={page[0].id}{kept}>; rel="prev"')
        return [self.view(each) for each in page], {"Link": ", ".join(links)}

    # Views ---------------------------------------------------------------------------------------

    def account_view(self, account: Account) -> dict[str, Any]:
        gone = account.state == "suspended"
        view: dict[str, Any] = {
            "id": account.id, "username": account.name, "acct": self._acct(account),
            "display_name": "" if gone else account.display, "locked": account.locked, "bot": False,
            "url": self._page(account), "uri": self._uri(account), "avatar": f"{self.origin}/avatars/missing.png",
            "emojis": [], "fields": []}  # fmt: skip
        view |= {"suspended": True} if gone else {}
        return view | ({"moved": self.account_view(account.moved)} if account.moved else {})

    def view(self, status: Status, deep: int = 1) -> dict[str, Any]:
        account, reply = status.account, status.reply
        uri = f"{self._uri(account)}/statuses/{status.id}"
        page = f"{self._page(account)}/{status.id}"
        view: dict[str, Any] = {
            "id": status.id, "created_at": _said(status.created), "in_reply_to_id": reply.id if reply else None,
            "in_reply_to_account_id": reply.account.id if reply else None, "sensitive": bool(status.warning),
            "spoiler_text": status.warning, "visibility": status.visibility, "language": status.language,
            "uri": f"{uri}/activity" if status.reblog else uri, "url": f"{uri}/activity" if status.reblog else page,
            "replies_count": status.figures.get("replies", 0), "reblogs_count": status.figures.get("reposts", 0),
            "favourites_count": status.figures.get("likes", 0), "quotes_count": status.figures.get("quotes", 0),
            "edited_at": _said(status.edited) if status.edited else None,
            "content": status.html or self.content(status),
            "reblog": self.view(status.reblog) if status.reblog else None,
            "account": self.account_view(account), "media_attachments": status.media,
            "mentions": [self._mention(each) for each in self._mentioned(status)],
            "tags": [{"name": tag, "url": f"{self.origin}/tags/{tag}"} for tag in self._tags(status)], "emojis": [],
            "card": status.card, "poll": status.poll, "quote": self._quote(status, deep)}  # fmt: skip
        return view | status.more

    def _quote(self, status: Status, deep: int) -> dict[str, Any] | None:
        if not status.quote:
            return None
        state, quoted = status.quote
        if quoted and quoted.id not in self.statuses:
            state, quoted = "deleted", None
        if not deep:
            return {"state": state, "quoted_status_id": quoted.id if quoted else None}
        shown = self.view(quoted, deep - 1) if quoted and state == "accepted" else None
        return {"state": state, "quoted_status": shown}

    def content(self, status: Status) -> str:
        """As Mastodon marks up what was typed."""
        text = "".join(f"<p>{self._marked(part)}</p>" for part in status.text.split("\n\n") if part)
        quoted = status.quote[1] if status.quote else None
        if quoted:
            link = self._link(f"{self._page(quoted.account)}/{quoted.id}")
            text = f'<p class="quote-inline">RE: {link}</p>{text}'
        return text

    def _marked(self, text: str) -> str:
        parts, at = [], 0
        for mark in _MARKS.finditer(text):
            parts += [escape(text[at : mark.start()]), self._mark(mark)]
            at = mark.end()
        return "".join((*parts, escape(text[at:]))).replace("\n", "<br />")

    def _mark(self, mark: re.Match[str]) -> str:
        if mark["link"]:
            return self._link(mark["link"])
        if mark["tag"]:
            page = f"{self.origin}/tags/{mark['tag']}"
            return f'<a href="{page}" class="mention hashtag" rel="tag">#<span>{mark["tag"]}</span></a>'
        account = self._named(mark["mention"])
        if not account:
            return escape(mark[0])
        link = f'<a href="{self._page(account)}" class="u-url mention">@<span>{account.name}</span></a>'
        return f'<span class="h-card" translate="no">{link}</span>'

    def _link(self, url: str) -> str:
        scheme, _, rest = url.partition("://")
        scheme += "://www." if rest.startswith("www.") else "://"
        rest = rest.removeprefix("www.")
        shown, hidden = rest[:_SHOWN], rest[_SHOWN:]
        cut = ' class="ellipsis"' if hidden else ' class=""'
        return (
            f'<a href="{escape(url)}" target="_blank" rel="nofollow noopener" translate="no">'
            f'<span class="invisible">{scheme}</span><span{cut}>{escape(shown)}</span>'
            f'<span class="invisible">{escape(hidden)}</span></a>'
        )

    def _tags(self, status: Status) -> list[str]:
        return list(dict.fromkeys(mark["tag"].lower() for mark in _MARKS.finditer(status.text) if mark["tag"]))

    def _mentioned(self, status: Status) -> list[Account]:
        names = (mark["mention"] for mark in _MARKS.finditer(status.text) if mark["mention"])
        return [account for name in names if (account := self._named(name))]

    def _named(self, name: str) -> Account | None:
        return next((each for each in self.accounts if name in (each.name, self._acct(each))), None)

    def _mention(self, account: Account) -> dict[str, str]:
        page, acct = self._page(account), self._acct(account)
        return {"id": account.id, "username": account.name, "url": page, "acct": acct}

    def _acct(self, account: Account) -> str:
        return f"{account.name}@{account.host}" if account.host else account.name

    def _home(self, account: Account) -> str:
        return f"https://{account.host}" if account.host else self.origin

    def _page(self, account: Account) -> str:
        return f"{self._home(account)}/@{account.name}"

    def _uri(self, account: Account) -> str:
        return f"{self._home(account)}/users/{account.name}"

    # RSS -----------------------------------------------------------------------------------------

    def _feed(self, path: str) -> Reply:
        if self.rss and (found := re.fullmatch(r"/@(\w+)\.rss", path)):
            account = next((each for each in self.accounts if (each.name, each.host) == (found[1], "")), None)
            if account and account.state == "active":
                own = [each for each in self.statuses.values() if each.account is account and _public(each)]
                return self._rss(account.display or account.name, self._page(account), own)
        if self.rss and (found := re.fullmatch(r"/tags/([^/]+)\.rss", path)):
            tagged = [each for each in self.statuses.values() if _public(each) and found[1] in self._tags(each)]
            return self._rss(f"#{found[1]}", f"{self.origin}/tags/{found[1]}", tagged)
        return Reply(404, {"Content-Type": "text/html"}, b"<!DOCTYPE html><title>404</title>")

    def _rss(self, title: str, link: str, statuses: Sequence[Status]) -> Reply:
        items = "".join(self._rss_item(each) for each in sorted(statuses, key=lambda each: -int(each.id))[:20])
        body = (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/">'
            f"<channel><title>{escape(title)}</title><link>{link}</link>{items}</channel></rss>"
        )
        return Reply(200, {"Content-Type": "application/rss+xml; charset=utf-8"}, body.encode())

    def _rss_item(self, status: Status) -> str:
        page = f"{self._page(status.account)}/{status.id}"
        tags = "".join(f"<category>{tag}</category>" for tag in self._tags(status))
        shown = "".join(f'<media:content url="{each["url"]}" type="image/jpeg"/>' for each in status.media)
        return (
            f'<item><guid isPermaLink="true">{page}</guid><link>{page}</link>'
            f"<pubDate>{format_datetime(status.created)}</pubDate>"
            f"<description>{escape(self.content(status))}</description>{shown}{tags}</item>"
        )


def picture(url: str, description: str | None, kind: str = "image") -> dict[str, Any]:
    """An attachment."""
    return {
        "id": "1", "type": kind, "url": url, "preview_url": f"{url}?small", "remote_url": None,
        "description": description}  # fmt: skip


def poll(ends: datetime, votes: Mapping[str, int | None], voters: int | None = None) -> dict[str, Any]:
    """A poll."""
    options = [{"title": title, "votes_count": count} for title, count in votes.items()]
    return {
        "id": "1", "expires_at": _said(ends), "expired": False, "multiple": False, "options": options,
        "votes_count": sum(count or 0 for count in votes.values()), "voters_count": voters, "emojis": []}  # fmt: skip


def _open(status: Status) -> bool:
    return status.visibility in ("public", "unlisted")


def _public(status: Status) -> bool:
    return _open(status) and not status.reblog and not status.reply


def _said(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Reply(status, kind | dict(headers or {}), json.dumps(body, ensure_ascii=False).encode())
