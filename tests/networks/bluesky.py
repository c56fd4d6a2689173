"""Enough of Bluesky's public API (app.bsky.feed.getAuthorFeed, .getPosts, app.bsky.actor.getProfile) for tests.

::

    bluesky = Bluesky(clock)
    ann = bluesky.account("ann.bsky.social", "Ann")
    first = bluesky.post(ann, "Hello #world https://example.org/page")
    internet.site("public.api.bsky.app", bluesky.answer)

It answers by what its accounts did: records are stored as an app writes them, views are made when they are asked for.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers import Reply
from veille.model import Clock

HOST = "public.api.bsky.app"
LABELER = "did:plc:ar7c4by46qjdydhdevvrndac"
_MARKS = re.compile(r"(?P<link>https?://\S+)|(?P<mention>@[a-z0-9.-]+\.[a-z]+)|(?P<tag>#\w+)", re.ASCII | re.IGNORECASE)
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


@dataclass
class Account:
    """``state`` is "active", "takendown", "deactivated" or "deleted"."""

    did: str
    handle: str
    name: str
    labels: list[str] = field(default_factory=list)
    state: str = "active"
    blocks: set[str] = field(default_factory=set)


@dataclass
class Posted:
    """A record, what the network knows of it, and who cut a quote of it loose (their posts' addresses)."""

    uri: str
    author: Account
    record: dict[str, Any]
    indexed: datetime
    labels: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    detached: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Entry:
    """What stands in a feed: a post, or a post that somebody passed on."""

    post: Posted
    at: datetime
    by: Account | None = None
    pinned: bool = False


class Refused(Exception):
    """An XRPC error."""

    def __init__(self, status: int, error: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.reply = _json({"error": error, "message": message}, status, headers)


class Bluesky:
    """See the module. ``next`` are replies that are given before any other; ``asked`` are the methods and queries."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.accounts: dict[str, Account] = {}
        self.posts: dict[str, Posted] = {}
        self.reposts: list[_Entry] = []
        self.next: list[Reply] = []
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.allowed = 3000  # requests in five minutes
        self._used = 0
        self._window = clock.now()
        self._number = 0

    # What people do ------------------------------------------------------------------------------

    def account(self, handle: str, name: str = "") -> Account:
        self._number += 1
        made = Account(f"did:plc:{self._key(24)}", handle, name)
        self.accounts[made.did] = made
        return made

    def post(
        self,
        author: Account,
        text: str,
        *,
        reply: Posted | None = None,
        embed: Mapping[str, Any] | None = None,
        langs: Sequence[str] = ("en",),
        created: str = "",
        **more: Any,
    ) -> Posted:
        """As the app posts: its marks counted in bytes of UTF-8. ``more`` goes into the record as it is."""
        self._number += 1
        uri = f"at://{author.did}/app.bsky.feed.post/{self._key(13)}"
        when = self.clock.now() + timedelta(milliseconds=self._number)
        record: dict[str, Any] = {"$type": "app.bsky.feed.post", "text": text, "createdAt": created or _said(when)}
        record |= {"langs": list(langs)} if langs else {}
        record |= {"facets": facets} if (facets := list(self._facets(text))) else {}
        record |= {"embed": dict(embed)} if embed else {}
        if reply:
            root = reply.record.get("reply", {}).get("root") or _reference(reply)
            record["reply"] = {"root": root, "parent": _reference(reply)}
        made = self.posts[uri] = Posted(uri, author, record | more, when)
        return made

    def repost(self, by: Account, post: Posted) -> None:
        self._number += 1
        self.reposts.append(_Entry(post, self.clock.now() + timedelta(milliseconds=self._number), by))

    def delete(self, post: Posted) -> None:
        del self.posts[post.uri]

    # HTTP ----------------------------------------------------------------------------------------

    def answer(self, request: Any) -> Reply:
        """A handler for a :class:`tests.internet.Internet` or a :class:`tests.servers.FeedServer`."""
        address = urlsplit(request.path)
        method, query = address.path.removeprefix("/xrpc/"), parse_qs(address.query, keep_blank_values=True)
        self.asked.append((method, query))
        if self.next:
            return self.next.pop(0)
        try:
            limits = self._count()
            body = self._methods()[method](query) if method in self._methods() else None
            if body is None:
                raise Refused(404, "XRPCNotSupported", "XRPCNotSupported")
            return _json(body, 200, limits)
        except Refused as refused:
            return refused.reply

    def _methods(self) -> Mapping[str, Callable[[dict[str, list[str]]], dict[str, Any]]]:
        return {
            "app.bsky.feed.getAuthorFeed": self._author_feed,
            "app.bsky.feed.getPosts": self._get_posts,
            "app.bsky.actor.getProfile": self._get_profile,
        }

    def _count(self) -> dict[str, str]:
        now, length = self.clock.now(), timedelta(minutes=5)
        if now - self._window >= length:
            self._used, self._window = 0, now
        self._used += 1
        reset = int((self._window + length).timestamp())
        headers = {
            "RateLimit-Limit": str(self.allowed), "RateLimit-Remaining": str(max(0, self.allowed - self._used)),
            "RateLimit-Reset": str(reset), "RateLimit-Policy": f"{self.allowed};w=300"}  # fmt: skip
        if self._used > self.allowed:
            raise Refused(429, "RateLimitExceeded", "Rate Limit Exceeded", headers)
        return headers

    # Methods -------------------------------------------------------------------------------------

    def _author_feed(self, query: dict[str, list[str]]) -> dict[str, Any]:
        actor = self._actor(query)
        size = _limit(query, 50)
        entries = self._entries(actor, query.get("filter", ["posts_with_replies"])[0])
        if cursor := query.get("cursor", [""])[0]:
            entries = [entry for entry in entries if _said(entry.at) < cursor]
        shown = entries[:size]
        answer: dict[str, Any] = {"feed": [self._feed_view(entry) for entry in shown]}
        if len(entries) > size:
            answer["cursor"] = _said(shown[-1].at)
        return answer

    def _get_posts(self, query: dict[str, list[str]]) -> dict[str, Any]:
        uris = query.get("uris", [])
        if not 1 <= len(uris) <= 25:
            raise Refused(400, "InvalidRequest", "Error: uris must not have more than 25 elements")
        found = (self.posts.get(uri) for uri in uris)
        return {"posts": [self.view(post) for post in found if post and post.author.state == "active"]}

    def _get_profile(self, query: dict[str, list[str]]) -> dict[str, Any]:
        return self._author_view(self._actor(query))

    def _actor(self, query: dict[str, list[str]]) -> Account:
        name = query.get("actor", [""])[0]
        if not name.startswith("did:") and "." not in name:
            raise Refused(400, "InvalidRequest", "Error: actor must be a valid did or a handle")
        found = next((each for each in self.accounts.values() if name in (each.did, each.handle)), None)
        if not found or found.state == "deleted":
            raise Refused(400, "InvalidRequest", "Profile not found")
        if found.state == "takendown":
            raise Refused(400, "AccountTakedown", "Account has been suspended")
        if found.state == "deactivated":
            raise Refused(400, "AccountDeactivated", "Account is deactivated")
        return found

    def _entries(self, actor: Account, filter: str) -> list[_Entry]:
        own = [_Entry(post, post.indexed) for post in self.posts.values() if post.author is actor]
        if filter == "posts_no_replies":
            own = [entry for entry in own if "reply" not in entry.post.record]
        elif filter == "posts_and_author_threads":
            own = [entry for entry in own if self._in_own_thread(entry.post)]
        elif filter != "posts_with_replies":
            raise Refused(400, "InvalidRequest", "Error: filter must be one of …")
        passed = [
            entry
            for entry in self.reposts
            if entry.by is actor and entry.post.uri in self.posts and entry.post.author.state == "active"
        ]
        return sorted(own + passed, key=lambda entry: entry.at, reverse=True)

    def _in_own_thread(self, post: Posted) -> bool:
        reply = post.record.get("reply")
        return not reply or all(part["uri"].startswith(f"at://{post.author.did}/") for part in reply.values())

    # Views ---------------------------------------------------------------------------------------

    def _feed_view(self, entry: _Entry) -> dict[str, Any]:
        view: dict[str, Any] = {"post": self.view(entry.post)}
        if reply := entry.post.record.get("reply"):
            view["reply"] = {name: self._reply_view(reply[name]["uri"], entry.post) for name in ("root", "parent")}
        if entry.by:
            view["reason"] = {
                "$type": "app.bsky.feed.defs#reasonRepost", "by": self._author_view(entry.by),
                "indexedAt": _said(entry.at)}  # fmt: skip
        return view

    def view(self, post: Posted) -> dict[str, Any]:
        """app.bsky.feed.defs#postView."""
        view: dict[str, Any] = {
            "uri": post.uri, "cid": _cid(post), "author": self._author_view(post.author), "record": post.record,
            "replyCount": post.figures.get("replies", 0), "repostCount": post.figures.get("reposts", 0),
            "likeCount": post.figures.get("likes", 0), "quoteCount": post.figures.get("quotes", 0),
            "indexedAt": _said(post.indexed), "labels": self._labels(post)}  # fmt: skip
        if embed := post.record.get("embed"):
            view["embed"] = self._embed_view(embed, post)
        return view

    def _labels(self, post: Posted) -> list[dict[str, Any]]:
        own = [each["val"] for each in post.record.get("labels", {}).get("values", [])]
        return [
            {"src": source, "uri": post.uri, "val": value, "cts": _said(post.indexed)}
            for source, values in ((post.author.did, own), (LABELER, post.labels))
            for value in values
        ]

    def _author_view(self, account: Account) -> dict[str, Any]:
        view: dict[str, Any] = {"did": account.did, "handle": account.handle, "avatar": "https://cdn.bsky.app/a"}
        view |= {"displayName": account.name} if account.name else {}
        source = f"at://{account.did}/app.bsky.actor.profile/self"
        return view | {"labels": [{"src": account.did, "uri": source, "val": val} for val in account.labels]}

    def _reply_view(self, uri: str, by: Posted) -> dict[str, Any]:
        post = self.posts.get(uri)
        if not post or post.author.state != "active":
            return {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri, "notFound": True}
        if _blocked(post.author, by.author):
            author = {"did": post.author.did}
            return {"$type": "app.bsky.feed.defs#blockedPost", "uri": uri, "blocked": True, "author": author}
        return {"$type": "app.bsky.feed.defs#postView"} | self.view(post)

    def _embed_view(self, embed: Mapping[str, Any], post: Posted) -> dict[str, Any]:
        kind, cdn = embed["$type"], f"https://cdn.bsky.app/img/feed_fullsize/plain/{post.author.did}"
        view: dict[str, Any] = {"$type": f"{kind}#view"}
        match kind.removeprefix("app.bsky.embed."):
            case "images":
                view["images"] = [
                    {"alt": each["alt"], "fullsize": f"{cdn}/{number}@jpeg", "thumb": f"{cdn}/t{number}@jpeg"}
                    for number, each in enumerate(embed["images"])
                ]
            case "video":
                view |= {"cid": "c", "playlist": f"https://video.bsky.app/watch/{post.author.did}/c/playlist.m3u8"}
                view |= {"alt": embed["alt"]} if "alt" in embed else {}
            case "external":
                view["external"] = {name: embed["external"][name] for name in ("uri", "title", "description")}
            case "record":
                view["record"] = self._record_view(embed["record"]["uri"], post)
            case "recordWithMedia":
                view["record"] = {"record": self._record_view(embed["record"]["record"]["uri"], post)}
                view["media"] = self._embed_view(embed["media"], post)
        return view

    def _record_view(self, uri: str, by: Posted) -> dict[str, Any]:
        name, post = "app.bsky.embed.record", self.posts.get(uri)
        if "/app.bsky.graph.list/" in uri:
            return {"$type": "app.bsky.graph.defs#listView", "uri": uri, "name": "A list"}
        if not post or post.author.state != "active":
            return {"$type": f"{name}#viewNotFound", "uri": uri, "notFound": True}
        if by.uri in post.detached:
            return {"$type": f"{name}#viewDetached", "uri": uri, "detached": True}
        if _blocked(post.author, by.author):
            return {"$type": f"{name}#viewBlocked", "uri": uri, "blocked": True, "author": {"did": post.author.did}}
        view = self.view(post)
        shown = {"$type": f"{name}#viewRecord", "value": view.pop("record")}
        embeds = [view.pop("embed")] if "embed" in view else []
        return shown | view | {"embeds": embeds}

    # Records -------------------------------------------------------------------------------------

    def _facets(self, text: str) -> Iterator[dict[str, Any]]:
        """As the official app finds them: https://docs.bsky.app/docs/advanced-guides/post-richtext."""
        for mark in _MARKS.finditer(text):
            start, end = (len(text[:place].encode()) for place in mark.span())
            name = f"app.bsky.richtext.facet#{mark.lastgroup}"
            if mark["link"]:
                feature = {"$type": name, "uri": mark["link"]}
            elif mark["tag"]:
                feature = {"$type": name, "tag": mark["tag"][1:]}
            else:
                known = next((each for each in self.accounts.values() if each.handle == mark["mention"][1:]), None)
                if not known:
                    continue
                feature = {"$type": name, "did": known.did}
            yield {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}

    def _key(self, length: int) -> str:
        number, key = self._number, ""
        for _place in range(length):
            number, digit = divmod(number, 32)
            key = _ALPHABET[digit] + key
        return key


def images(*alts: str) -> dict[str, Any]:
    """An embed of pictures."""
    blob = {"$type": "blob", "ref": {"$link": "bafkrei"}, "mimeType": "image/jpeg", "size": 1}
    return {"$type": "app.bsky.embed.images", "images": [{"alt": alt, "image": blob} for alt in alts]}


def external(uri: str, title: str, description: str = "") -> dict[str, Any]:
    """An embed of a page."""
    card = {"uri": uri, "title": title, "description": description}
    return {"$type": "app.bsky.embed.external", "external": card}


def quoting(uri: str) -> dict[str, Any]:
    """An embed of a record."""
    return {"$type": "app.bsky.embed.record", "record": {"uri": uri, "cid": "bafyrei"}}


def both(uri: str, media: dict[str, Any]) -> dict[str, Any]:
    """An embed of a record and of media."""
    return {"$type": "app.bsky.embed.recordWithMedia", "record": quoting(uri), "media": media}


def self_labels(*values: str) -> dict[str, Any]:
    """What an author warns of."""
    return {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": value} for value in values]}


def _reference(post: Posted) -> dict[str, str]:
    return {"uri": post.uri, "cid": _cid(post)}


def _cid(post: Posted) -> str:
    return f"bafyrei{post.uri.rpartition('/')[2]}"


def _blocked(one: Account, other: Account) -> bool:
    return one.did in other.blocks or other.did in one.blocks


def _limit(query: dict[str, list[str]], usual: int) -> int:
    said = query.get("limit", [str(usual)])[0]
    if not said.isdigit() or not 1 <= int(said) <= 100:
        raise Refused(400, "InvalidRequest", "Error: limit can not be greater than 100")
    return int(said)


def _said(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Reply(status, kind | dict(headers or {}), json.dumps(body, ensure_ascii=False).encode())
