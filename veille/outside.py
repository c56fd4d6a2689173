"""Everything that reaches beyond this machine, built by ``app.py`` and there from the first request on.

The door, the fetchers that ask through it, and the processes that parse what comes back: all are slow to import, so
each is imported when it is first needed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from veille.errors import BadFile, Unreadable
from veille.model import Clock, SourceKind
from veille.posts import Network

if TYPE_CHECKING:
    from veille.contacts import Ledger
    from veille.formats.entry import Batch, Format
    from veille.net.gateway import Gateway
    from veille.sources.articles import Extract
    from veille.sources.base import Checker, Fetcher
    from veille.sources.paid import People, Purse
    from veille.sources.workers import Workers
    from veille.sources.x.fetcher import XFetcher

T = TypeVar("T")

_PARSERS = 2  # processes; a third one gains nothing, since one writer stores what they give


@dataclass(frozen=True)
class Paid:
    """What asking X takes: the person's ``token`` ("" for none), what it may cost, and the accounts that are known.

    ``purse`` is asked for when X is first asked.
    """

    token: Callable[[], str]
    purse: "Callable[[], Purse]"
    people: "People"


class Outside:
    """One for each open profile. ``door`` are further arguments of :class:`veille.net.gateway.Gateway`."""

    def __init__(self, clock: Clock, ledger: "Ledger", door: Mapping[str, Any], paid: Paid) -> None:
        self._clock = clock
        self._ledger = ledger
        self._arguments = door
        self._paid = paid
        self._opening = RLock()
        self._gateway: Gateway | None = None
        self._workers: Workers | None = None
        self._x: XFetcher | None = None
        self._fetchers: dict[SourceKind, Fetcher] = {}
        self._checkers: dict[Network, Checker] = {}

    def fetchers(self) -> "Mapping[SourceKind, Fetcher]":
        """One for each kind of source."""
        with self._opening:
            if not self._fetchers:
                self._build()
            return self._fetchers

    def checkers(self) -> "Mapping[Network, Checker]":
        """One for each network of posts."""
        self.fetchers()
        return self._checkers

    def x(self) -> "XFetcher":
        """Who asks X."""
        with self._opening:
            if self._x is None:
                from veille.sources.x.fetcher import HOST, XFetcher

                door, paid = self.door(), self._paid
                self._x = XFetcher(
                    lambda purpose: door.session(purpose, token_host=HOST), self._clock, paid.token, paid.purse(),
                    paid.people)  # fmt: skip
            return self._x

    def door(self) -> "Gateway":
        """The one way out."""
        with self._opening:
            if self._gateway is None:
                from veille.content.personal import personal
                from veille.net.gateway import Gateway

                self._gateway = Gateway(self._clock, self._ledger, personal=personal, **self._arguments)
            return self._gateway

    def extract(self, body: bytes, content_type: str, address: str) -> "Extract":
        """:func:`veille.sources.articles.extract`, beside this process."""
        from veille.sources.articles import extract

        return self._parsers().run(extract, body, content_type, address)

    def run(self, call: Callable[..., T], /, *arguments: Any) -> T:
        """``call`` beside this process, ended when it hangs: then Unreadable is raised."""
        return self._parsers().run(call, *arguments)

    def read(self, path: Path, format: "Format") -> "Iterator[Batch]":
        """:func:`veille.formats.reading.read`, in a process of its own that ends with it. Raises BadFile."""
        from veille.formats.reading import read
        from veille.sources.workers import stream

        try:
            yield from stream(read, str(path), format, self._clock.now())
        except Unreadable as error:
            raise BadFile(name=path.name, detail=error.facts["detail"]) from error

    def hang_up(self) -> None:
        """Close connections that are idle, so that a kept one is no mark."""
        if self._gateway is not None:
            self._gateway.hang_up()

    def close(self) -> None:
        """Let go of connections and processes."""
        for each in (self._gateway, self._workers):
            if each is not None:
                each.close()

    def _build(self) -> None:
        from veille.sources.bluesky import BlueskyFetcher
        from veille.sources.feeds import FeedFetcher
        from veille.sources.mastodon import MastodonFetcher
        from veille.sources.pages import PageFetcher

        get, run = self.door().get, self._parsers().run
        feeds = FeedFetcher(get, self._clock, run)
        bluesky, mastodon = BlueskyFetcher(get, self._clock, run), MastodonFetcher(get, self._clock, run, feeds)
        self._fetchers = {
            SourceKind.FEED: feeds, SourceKind.PAGE: PageFetcher(get, self._clock, run), SourceKind.X: self.x(),
            SourceKind.BLUESKY: bluesky, SourceKind.MASTODON: mastodon,
        }  # fmt: skip
        self._checkers = {Network.X: self.x(), Network.BLUESKY: bluesky, Network.MASTODON: mastodon}

    def _parsers(self) -> "Workers":
        with self._opening:
            if self._workers is None:
                from veille.sources.workers import Workers

                self._workers = Workers(_PARSERS)
            return self._workers
