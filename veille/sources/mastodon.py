"""Accounts and hashtags on Mastodon, and on what speaks its API, by the instance's public API; its RSS stands in.

https://docs.joinmastodon.org/methods/accounts/, /timelines/, /statuses/: nothing is asked that needs an account.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import quote

from veille.contacts import Purpose
from veille.content.networks import Form, meant
from veille.content.shapes import moment
from veille.errors import (
    BadStatus,
    Garbled,
    Gone,
    NoAccount,
    NotAFeed,
    NotAllowed,
    SourceError,
    Suspended,
    Unreadable,
)
from veille.model import Clock, Fetched, Source, SourceState, Validators
from veille.posts import Fate, Person, Standing
from veille.sources.answers import Get, Page, newest_first, overloaded, said, spent, through
from veille.sources.base import Fetcher, Verdict
from veille.sources.feeds import Run
from veille.sources.mastodonposts import Account, Instance, account, from_feed, instance, judged, named, parse
from veille.sources.validators import learnt, to_send

if TYPE_CHECKING:
    from veille.net.gateway import Response

_PAGE = 40  # posts of one answer, the most that Mastodon gives
_AT_ONCE = 20
_BY_FEED = timedelta(days=7)  # for which an instance whose API is closed is asked for its RSS at once
_CLOSED = frozenset({401, 403, 405, 406, 422, 501})  # the API is not for strangers, or is not there
# Mastodon's and Friendica's; GoToSocial's; Pleroma's.
_ACCOUNT_FEEDS = ("/@{name}.rss", "/@{name}/feed.rss", "/users/{name}/feed.rss")
_TAG_FEEDS = ("/tags/{name}.rss",)
_NO_FEED = (Gone, NotAFeed, Unreadable, BadStatus)
_NEXT = re.compile(r"<[^>]*[?&]max_id=([A-Za-z0-9_-]{1,64})[^>]*>\s*;\s*rel=\"?next", re.IGNORECASE)


class _ClosedError(Exception):
    """The API tells strangers nothing; ``error`` is what that means when RSS tells nothing either."""

    def __init__(self, error: SourceError) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True, slots=True)
class _Memory:
    """What :attr:`veille.model.SourceState.cursor` holds: the account's id at its instance, and until when which feed
    is asked for instead of the API."""

    account: str = ""
    until: datetime | None = None
    feed: int = 0

    @classmethod
    def of(cls, cursor: str) -> "_Memory":
        id, _, rest = cursor.partition(" ")
        until, _, feed = rest.partition(" ")
        return cls(id.removeprefix("-"), moment(until), int(feed) if feed in ("1", "2") else 0)

    def __str__(self) -> str:
        until = f" {self.until.isoformat(timespec='seconds')} {self.feed}" if self.until else ""
        return f"{self.account or '-'}{until}" if self.account or self.until else ""


@dataclass(frozen=True, slots=True)
class _Errand:
    """One source's turn: what is asked for, and what goes with each request."""

    source: Source
    state: SourceState
    known: Mapping[str, str]
    purpose: Purpose
    cancelled: Callable[[], bool]
    where: Instance
    name: str
    of_account: bool

    @property
    def shown(self) -> str:
        """As a person writes it."""
        return f"@{self.name}@{self.where.host}" if self.of_account else f"#{self.name}"


class MastodonFetcher:
    """A :class:`veille.sources.base.Fetcher` and :class:`veille.sources.base.Checker`. As thread-safe as its parts.

    ``feeds`` reads the RSS of an instance whose API is closed to strangers.
    """

    def __init__(self, get: Get, clock: Clock, run: Run, feeds: Fetcher) -> None:
        self._get = get
        self._clock = clock
        self._run = run
        self._feeds = feeds
        self._one_by_one: set[str] = set()  # instances that answer for no more than one post at a time

    @property
    def at_once(self) -> int:
        """See :class:`veille.sources.base.Checker`."""
        return _AT_ONCE

    def fetch(
        self,
        source: Source,
        state: SourceState,
        known: Mapping[str, str],
        purpose: Purpose,
        cancelled: Callable[[], bool],
    ) -> Fetched:
        """See :meth:`veille.sources.base.Fetcher.fetch`."""
        one, where = meant(source.kind, source.address), instance(source.address)
        name = one.name.removesuffix(f"@{where.host}")
        errand = _Errand(source, state, known, purpose, cancelled, where, name, one.form is not Form.HASHTAG)
        memory = _Memory.of(state.cursor)
        if memory.until and self._clock.now() < memory.until:
            with suppress(*_NO_FEED):
                return self._by_feed(errand, memory)
        try:
            return self._by_api(errand, memory)
        except _ClosedError as closed:
            return self._instead(errand, memory, closed.error)

    # The API -------------------------------------------------------------------------------------

    def _by_api(self, errand: _Errand, memory: _Memory) -> Fetched:
        found = None if memory.account or not errand.of_account else self._look_up(errand)
        id = found.id if found else memory.account
        address = _timeline(errand, id)
        try:
            answer = self._ask(errand, address, to_send(errand.state.validators, errand.purpose))
        except NoAccount:
            if found or not errand.of_account:
                raise
            return self._by_api(errand, replace(memory, account=""))  # an id that is no more: perhaps made anew
        now = self._clock.now()
        wish, digest = spent(answer.headers, now), blake2b(answer.body, digest_size=16).hexdigest()
        checked = replace(
            errand.state, validators=learnt(errand.state.validators, answer, errand.purpose), checked=now, failures=0,
            error="", cursor=str(_Memory(id)))  # fmt: skip
        if answer.status == 304 or digest == errand.state.body_hash:
            return Fetched(errand.source.id, checked, retry_after=wish, unchanged=True)
        first = self._parsed(errand, answer, now)
        pages = through(first, lambda more: self._behind(errand, address, more, now), errand.known)
        title, site = (found.title, found.site) if found else (first.title, first.site)
        return Fetched(
            errand.source.id, replace(checked, body_hash=digest, changed=now), newest_first(pages),
            title=title if errand.of_account else f"#{errand.name} ({errand.where.host})",
            site=site if errand.of_account else errand.source.address, retry_after=wish)  # fmt: skip

    def _look_up(self, errand: _Errand) -> Account:
        address = f"{errand.where.origin}/api/v1/accounts/lookup?acct={quote(errand.name, safe='@')}"
        found = self._run(account, self._ask(errand, address).body, errand.where)
        if found.suspended:
            raise Suspended(host=errand.where.host, name=errand.shown)
        return found

    def _behind(self, errand: _Errand, address: str, more: str, now: datetime) -> Page:
        return self._parsed(errand, self._ask(errand, f"{address}&max_id={more}"), now)

    def _parsed(self, errand: _Errand, answer: "Response", now: datetime) -> Page:
        page = self._run(
            parse, answer.body, errand.where, errand.source.id, now, dict(errand.known), errand.of_account)  # fmt: skip
        if "link" not in answer.headers:
            return page
        behind = _NEXT.search(answer.headers["link"][:4096])
        return replace(page, more=behind[1] if behind else "")

    def _ask(
        self,
        errand: _Errand,
        address: str,
        validators: Validators = Validators(),  # noqa: B008 - frozen
    ) -> "Response":
        """A good answer. Raises what any other means for the source, or :class:`_ClosedError`."""
        answer = self._get(
            address, purpose=errand.purpose, validators=validators, allow_private=errand.source.allow_private,
            cancelled=errand.cancelled, whole=True)  # fmt: skip
        if answer.status == 304 and answer.conditional:
            return answer
        if answer.status == 200:
            if answer.body[:64].lstrip()[:1] == b"<":  # a page: there is no API at this address
                raise _ClosedError(Garbled(host=errand.where.host))
            return answer
        host, why = errand.where.host, said(answer.body)[1]
        if answer.status in _CLOSED:
            raise _ClosedError(NotAllowed(host=host, detail=why))
        if answer.status == 404:
            missing = NoAccount(host=host, name=errand.shown)
            raise missing if why and errand.of_account else _ClosedError(missing)
        if answer.status == 410:
            raise Suspended(host=host, name=errand.shown)
        raise overloaded(answer, host, self._clock.now())

    # The feed that stands in ---------------------------------------------------------------------

    def _instead(self, errand: _Errand, memory: _Memory, error: SourceError) -> Fetched:
        """By the first of the feeds that there is. Raises ``error`` when there is none."""
        for number in range(len(_feeds(errand))):
            with suppress(*_NO_FEED):
                return self._by_feed(errand, replace(memory, until=self._clock.now() + _BY_FEED, feed=number))
        raise error

    def _by_feed(self, errand: _Errand, memory: _Memory) -> Fetched:
        feeds = _feeds(errand)
        address = errand.where.origin + feeds[min(memory.feed, len(feeds) - 1)].format(name=quote(errand.name))
        fetched = self._feeds.fetch(
            replace(errand.source, address=address), errand.state, {}, errand.purpose, errand.cancelled)  # fmt: skip
        owner = _owner(errand, fetched.title) if errand.of_account else None
        items = from_feed(fetched.items, errand.where, owner, errand.known)
        title = f"{owner.name} ({owner.handle})" if owner and owner.name else errand.shown
        return replace(
            fetched, state=replace(fetched.state, cursor=str(memory)), items=items, moved="",
            title="" if fetched.unchanged else title, site=errand.source.address)  # fmt: skip

    # Whether posts still stand -------------------------------------------------------------------

    def check(self, posts: Sequence[Standing], purpose: Purpose, cancelled: Callable[[], bool]) -> Sequence[Verdict]:
        """See :meth:`veille.sources.base.Checker.check`. A post that a list leaves out is asked for by itself."""
        by_instance: dict[Instance, list[Standing]] = {}
        for post in posts[:_AT_ONCE]:
            where = named(post.id)
            if where and where[1] == instance(post.address):  # nobody is asked who is not watched
                by_instance.setdefault(where[1], []).append(post)
        return [
            verdict
            for where, group in by_instance.items()
            for verdict in self._judged(where, group, purpose, cancelled)
        ]

    def _judged(
        self, where: Instance, posts: Sequence[Standing], purpose: Purpose, cancelled: Callable[[], bool]
    ) -> list[Verdict]:
        verdicts, missing = self._together(where, posts, purpose, cancelled)
        for id in dict.fromkeys(post.id for post in missing):
            about = [post for post in missing if post.id == id]
            try:
                verdicts += self._alone(where, about, purpose, cancelled)
            except SourceError:
                if not verdicts:
                    raise
                break  # what was learnt counts; the rest has its turn another time
        return verdicts

    def _together(
        self, where: Instance, posts: Sequence[Standing], purpose: Purpose, cancelled: Callable[[], bool]
    ) -> tuple[list[Verdict], Sequence[Standing]]:
        """The verdicts of one request, and what it did not tell; nothing from an instance older than Mastodon 4.3."""
        ids = dict.fromkeys(post.id.partition("@")[0] for post in posts)
        if where.origin in self._one_by_one or len(ids) == 1:
            return [], posts
        address = f"{where.origin}/api/v1/statuses?" + "&".join(f"id[]={id}" for id in ids)
        private = all(post.private for post in posts)
        answer = self._get(address, purpose=purpose, allow_private=private, cancelled=cancelled, whole=True)
        if answer.status == 200 and answer.body[:64].lstrip()[:1] == b"[":
            return self._run(judged, answer.body, where, posts, self._clock.now())
        if answer.status == 429 or answer.status >= 500:
            raise overloaded(answer, where.host, self._clock.now())
        self._one_by_one.add(where.origin)
        return [], posts

    def _alone(
        self, where: Instance, posts: Sequence[Standing], purpose: Purpose, cancelled: Callable[[], bool]
    ) -> Iterator[Verdict]:
        """The verdicts on ``posts``, which are one post and its reposts."""
        address = f"{where.origin}/api/v1/statuses/{posts[0].id.partition('@')[0]}"
        private = all(post.private for post in posts)
        answer = self._get(address, purpose=purpose, allow_private=private, cancelled=cancelled, whole=True)
        if answer.status == 200:
            yield from self._run(judged, answer.body, where, posts, self._clock.now())[0]
        elif answer.status == 410 or (answer.status == 404 and said(answer.body)[0]):
            # Without a word of the API, 404 tells of the API rather than of the post.
            yield from (Verdict(post.item, Fate.DELETED) for post in posts)
        elif answer.status == 429 or answer.status >= 500:
            raise overloaded(answer, where.host, self._clock.now())


def _timeline(errand: _Errand, id: str) -> str:
    if errand.of_account:
        return f"{errand.where.origin}/api/v1/accounts/{id}/statuses?limit={_PAGE}&exclude_replies=true"
    return f"{errand.where.origin}/api/v1/timelines/tag/{quote(errand.name, safe='')}?limit={_PAGE}"


def _feeds(errand: _Errand) -> tuple[str, ...]:
    return _ACCOUNT_FEEDS if errand.of_account else _TAG_FEEDS


def _owner(errand: _Errand, title: str) -> Person:
    """Whose feed it is; its title is the name, in older editions with the handle behind it."""
    page = f"{errand.where.origin}/@{errand.name}"
    return Person(errand.shown, re.sub(r"\s*\(@[^)]*\)\Z", "", title), page, page)
