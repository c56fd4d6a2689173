"""Feeds over real connections to a server on this machine."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from tests.fakes import FakeClock
from tests.net.conftest import FakeLedger
from tests.servers import FeedServer, Recorded, Reply
from veille.contacts import Purpose, Reason
from veille.errors import Busy, Gone, NotAFeed, PrivateAddress, SourceError
from veille.model import Fetched, Source, SourceKind, SourceState
from veille.net.gateway import Gateway
from veille.sources.feeds import FeedFetcher

T = TypeVar("T")

BY_HAND = Purpose(Reason.BY_HAND, 5)
_FEED = b"""<rss version="2.0"><channel><title>Le titre</title><link>/accueil</link><language>fr</language>%s
<item><title>Un</title><guid>1</guid><link>/1</link></item><item><title>Deux</title><guid>2</guid><link>/2</link></item></channel></rss>"""


class Bench:
    """A fetcher, its server, and the state that a scheduler would keep."""

    def __init__(self, server: FeedServer, gateway: Gateway, clock: FakeClock) -> None:
        self.server = server
        self.clock = clock
        self.calls: list[str] = []
        self.fetcher = FeedFetcher(gateway.get, clock, self._run)
        self.state = SourceState(5, failures=3, error="{}")

    def _run(self, call: Callable[..., T], /, *arguments: Any) -> T:
        self.calls.append(call.__name__)
        return call(*arguments)

    def fetch(
        self,
        path: str = "/feed",
        known: dict[str, str] | None = None,
        private: bool = True,
        purpose: Purpose = BY_HAND,
    ) -> Fetched:
        source = Source(5, "k", SourceKind.FEED, self.server.url(path), "", self.clock.now(), allow_private=private)
        fetched = self.fetcher.fetch(source, self.state, known or {}, purpose, lambda: False)
        self.state = fetched.state
        return fetched


@pytest.fixture
def bench(clock: FakeClock) -> Iterator[Bench]:
    gateway = Gateway(clock, FakeLedger())
    with FeedServer() as server:
        yield Bench(server, gateway, clock)
    gateway.close()


def test_a_first_answer(bench: Bench) -> None:
    bench.server.put(
        "/feed",
        _FEED % b"",
        headers={"ETag": 'W/"a b\\"', "Last-Modified": "yesterday", "Cache-Control": "public, max-age=7200"},
    )
    fetched = bench.fetch()
    assert [(item.uid, item.source, item.seen) for item in fetched.items] == [
        (uid, 5, bench.clock.now()) for uid in ("1", "2")
    ]
    assert fetched.items[0].url == bench.server.url("/1")
    assert (fetched.title, fetched.site, fetched.lang, fetched.moved) == (
        "Le titre",
        bench.server.url("/accueil"),
        "fr",
        "",
    )
    assert (fetched.retry_after, fetched.unchanged) == (7200, False)
    state = fetched.state
    assert (state.validators.etag, state.validators.last_modified) == ('W/"a b\\"', "yesterday")
    assert (state.checked, state.changed, state.failures, state.error) == (bench.clock.now(), bench.clock.now(), 0, "")
    assert bench.calls == ["parse"]


def test_validators_go_back_byte_for_byte_and_304_reads_nothing(bench: Bench) -> None:
    bench.server.put("/feed", _FEED % b"", headers={"ETag": 'W/"a b\\"', "Last-Modified": "yesterday"})
    bench.fetch()
    second = bench.fetch().state
    assert "if-none-match" not in bench.server.requests[-1].headers
    bench.clock.advance(hours=1)
    again = bench.fetch()
    sent = bench.server.requests[-1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('W/"a b\\"', "yesterday")
    assert again.unchanged
    assert again.items == ()
    assert again.state == replace(second, checked=bench.clock.now())
    assert bench.calls == ["parse"]


def test_validators_go_back_to_the_page_that_gave_them(bench: Bench) -> None:
    bench.server.put("/new", _FEED % b"", headers={"ETag": '"1"'})
    bench.server.redirect("/feed", "/new")
    for _pass in range(3):
        bench.fetch()
    sent = [(request.path, request.headers.get("if-none-match")) for request in bench.server.requests]
    assert sent == [("/feed", None), ("/new", None)] * 2 + [("/feed", None), ("/new", '"1"')]


def test_a_mark_made_for_one_reader_never_goes_back(bench: Bench) -> None:
    def marking(request: Recorded) -> Reply:
        mark = {"ETag": f'"reader-{bench.server.count("/feed")}"', "Last-Modified": f"day {len(bench.server.requests)}"}
        return Reply(headers=mark, body=_FEED % b"")

    bench.server.handle("/feed", marking)
    for _pass in range(6):
        bench.fetch()
    assert all("if-none-match" not in request.headers for request in bench.server.requests)
    assert all("if-modified-since" not in request.headers for request in bench.server.requests)


def test_the_same_body_is_not_read_again(bench: Bench) -> None:
    bench.server.put("/feed", _FEED % b"")
    first = bench.fetch().state
    bench.clock.advance(hours=1)
    again = bench.fetch()
    assert (again.unchanged, again.items, again.state.changed, again.state.checked) == (
        True,
        (),
        first.changed,
        bench.clock.now(),
    )
    assert bench.calls == ["parse"]


def test_validators_that_the_host_no_longer_gives_are_forgotten(bench: Bench) -> None:
    bench.server.put("/feed", _FEED % b"", headers={"ETag": '"1"'})
    bench.fetch()
    bench.server.put("/feed", _FEED % b"<ttl>5</ttl>")
    assert bench.fetch().state.validators.etag == ""


def test_only_what_is_not_known_comes_back(bench: Bench) -> None:
    bench.server.put("/feed", _FEED % b"")
    one, two = bench.fetch().items
    bench.server.put("/feed", _FEED % b"<ttl>300</ttl>")
    fetched = bench.fetch(known={one.uid: one.hash})
    assert [item.uid for item in fetched.items] == [two.uid]
    assert fetched.retry_after == 18_000


@pytest.mark.parametrize(
    ("cache", "hints", "seconds"),
    [
        ("no-cache, max-age=0", b"", None),
        ("s-maxage=9000", b"", None),
        ("max-age=999999999", b"", 86_400),
        ("max-age=600", b"<ttl>60</ttl>", 3600),
        ("", b"<ttl>soon</ttl>", None),
        ("", b"<ttl>99999999</ttl>", 86_400),
    ],
)
def test_how_long_a_feed_wants_to_rest(bench: Bench, cache: str, hints: bytes, seconds: int | None) -> None:
    bench.server.put("/feed", _FEED % hints, headers={"Cache-Control": cache})
    assert bench.fetch().retry_after == seconds


def test_a_permanent_move_is_told(bench: Bench) -> None:
    bench.server.put("/new/feed", _FEED % b"")
    bench.server.redirect("/feed", "/new/feed", status=301)
    assert bench.fetch().moved == bench.server.url("/new/feed")


@pytest.mark.parametrize(("status", "error"), [(404, Gone), (410, Gone), (503, Busy), (429, Busy), (500, SourceError)])
def test_failures_are_raised(bench: Bench, status: int, error: type[SourceError]) -> None:
    bench.server.put("/feed", b"", status=status)
    with pytest.raises(error):
        bench.fetch()


def test_a_page_is_no_feed_and_a_private_host_is_refused(bench: Bench) -> None:
    bench.server.put("/feed", b"<!DOCTYPE html><html><body>Hello</body></html>", headers={"Content-Type": "text/html"})
    with pytest.raises(NotAFeed):
        bench.fetch()
    with pytest.raises(PrivateAddress):
        bench.fetch(private=False)
