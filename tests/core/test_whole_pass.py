"""From a real server through the real gateway, parser, store and index to a search."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest

from tests.core.conftest import FakeDiscretion
from tests.fakes import FakeClock, FakeProgress
from tests.servers import FeedServer
from veille.contacts import Reason, TraceFilter
from veille.core.curating.curation import Curation
from veille.core.library import Library
from veille.core.searching.indexing import Indexer
from veille.core.watching.refresh import Refresher, Report
from veille.errors import describe
from veille.model import Query, Source, SourceKind
from veille.net.gateway import Gateway
from veille.settings import Settings
from veille.sources.feeds import FeedFetcher
from veille.store import Filter, Store


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server


@pytest.fixture
def gateway(clock: FakeClock, store: Store) -> Iterator[Gateway]:
    gateway = Gateway(clock, store.traces)
    yield gateway
    gateway.close()


@pytest.fixture
def refresher(
    store: Store, clock: FakeClock, gateway: Gateway, indexer: Indexer, discretion: FakeDiscretion
) -> Refresher:
    fetcher = FeedFetcher(gateway.get, clock, lambda call, *arguments: call(*arguments))
    return Refresher(
        store, clock, Random(1), lambda: {SourceKind.FEED: fetcher}, Settings, discretion, indexer.wake,
        settled=gateway.hang_up)  # fmt: skip


def rss(*entries: tuple[str, str], title: str = "A feed") -> str:
    """A feed of (guid, title)."""
    items = "".join(
        f"<item><guid>{guid}</guid><title>{text}</title><link>https://news.example/{guid}</link>"
        f"<description>About {text}</description><pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate></item>"
        for guid, text in entries
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>"


def watch(store: Store, clock: FakeClock, server: FeedServer, path: str, *, allow: bool = True) -> Source:
    return Curation(store, clock).add_feed(server.url(path), allow_private=allow)[0]


def run(refresher: Refresher) -> Report:
    return refresher.run(FakeProgress())


def titles(store: Store) -> list[str]:
    return sorted(item.title for item in store.items.rows(store.items.ids(Filter())))


def test_from_the_server_to_the_search(
    store: Store, clock: FakeClock, server: FeedServer, refresher: Refresher, indexer: Indexer, library: Library
):
    server.put("/feed", rss(("1", "Électrolyseurs en hausse"), ("2", "Paper")))
    source = watch(store, clock, server, "/feed")
    report = run(refresher)
    assert (report.asked, report.changes.new, report.failed) == (1, 2, ())
    indexer.drain()
    (hit,) = library.hits(library.listing(Query(text="electrolyseur hausse")).ids)
    assert (hit.item.title, hit.source) == ("Électrolyseurs en hausse", "A feed")
    assert store.sources.get(source.id).title == "A feed"


def test_a_conditional_request_costs_nothing_once_two_answers_agreed(
    store: Store, clock: FakeClock, server: FeedServer, refresher: Refresher
):
    server.put("/feed", rss(("1", "One")), headers={"ETag": '"v1"', "Last-Modified": "Mon, 02 Mar 2026 08:00:00 GMT"})
    source = watch(store, clock, server, "/feed")
    for _twice in range(2):
        run(refresher)
        assert "if-none-match" not in server.requests[-1].headers
        clock.advance(hours=2)
    report = run(refresher)
    assert server.requests[-1].headers["if-none-match"] == '"v1"'
    assert (report.unchanged, report.changes.new) == (1, 0)
    assert store.sources.state(source.id).checked == clock.now()
    server.put("/feed", rss(("1", "One, corrected"), ("2", "Two")), headers={"ETag": '"v2"'})
    report = run(refresher)
    assert (report.unchanged, report.changes.new, len(report.changes.items)) == (0, 1, 2)
    assert titles(store) == ["One, corrected", "Two"]
    for _twice in range(2):
        run(refresher)
        assert "if-none-match" not in server.requests[-1].headers
    run(refresher)
    assert server.requests[-1].headers["if-none-match"] == '"v2"'


def test_every_request_left_a_trace_and_old_ones_go(
    store: Store, clock: FakeClock, server: FeedServer, refresher: Refresher
):
    server.put("/new", rss(("1", "One")))
    server.redirect("/old", "/new")
    source = watch(store, clock, server, "/old")
    run(refresher)
    clock.advance(hours=2)
    refresher.run(FakeProgress(), [source.id], reason=Reason.SCHEDULED)
    traces = store.traces.find(TraceFilter())
    assert [trace.contact.reason for trace in traces] == [Reason.SCHEDULED] * 2 + [Reason.BY_HAND] * 2
    assert {trace.contact.source for trace in traces} == {source.id}
    assert all(trace.ending and trace.ending.status in (200, 302) for trace in traces)
    clock.advance(days=Settings().keep_traces + 1)
    run(refresher)
    assert len(store.traces.find(TraceFilter())) == 6  # the clock may be wrong
    clock.advance(days=2)
    run(refresher)
    assert len(store.traces.find(TraceFilter())) == 4
    assert store.traces.kept_since == clock.now() - timedelta(days=Settings().keep_traces)


def test_no_connection_lingers_after_a_pass(store: Store, clock: FakeClock, server: FeedServer, refresher: Refresher):
    server.put("/feed", rss(("1", "One")))
    watch(store, clock, server, "/feed")
    for _pass in range(2):
        run(refresher)
    assert server.connections == 2


def test_the_same_uid_in_two_sources_is_two_items(
    store: Store, clock: FakeClock, server: FeedServer, refresher: Refresher
):
    for path in ("/a", "/b"):
        server.put(path, rss(("same", f"From {path}")))
        watch(store, clock, server, path)
    run(refresher)
    assert titles(store) == ["From /a", "From /b"]


def test_an_edit_of_an_entry_without_a_date_of_publication_keeps_its_place(
    store: Store, clock: FakeClock, server: FeedServer, refresher: Refresher
):
    def atom(hour: int, title: str) -> str:
        entry = f"<entry><id>1</id><title>{title}</title><updated>2026-03-02T0{hour}:00:00Z</updated></entry>"
        return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title>{entry}</feed>"

    server.put("/a", atom(6, "First"))
    watch(store, clock, server, "/a")
    run(refresher)
    server.put("/a", atom(8, "Second"))
    run(refresher)
    (item,) = store.items.rows(store.items.ids(Filter()))
    assert (item.title, item.published, item.updated.hour, item.at.hour) == ("Second", None, 8, 6)


def test_failures_of_every_kind_stay_with_their_source(
    store: Store, clock: FakeClock, server: FeedServer, refresher: Refresher
):
    server.put("/good", rss(("1", "Good")))
    server.put("/page", "<html><body>No feed</body></html>", headers={"Content-Type": "text/html"})
    server.put("/error", b"", status=500)
    server.put("/busy", b"", status=429, headers={"Retry-After": "7200"})
    server.put("/private", rss(("1", "Secret")))
    sources = {
        path: watch(store, clock, server, path, allow=path != "/private")
        for path in ("/good", "/page", "/error", "/busy", "/missing", "/private")
    }
    report = run(refresher)
    assert titles(store) == ["Good"]
    assert len(report.failed) == 5
    assert server.count("/private") == 0

    def why(path: str) -> str:
        return describe(store.sources.state(sources[path].id).error)

    assert why("/good") == ""
    assert why("/page") == "What 127.0.0.1 sent is not a feed."
    assert why("/error") == "127.0.0.1 answered with error 500."
    assert why("/busy") == "127.0.0.1 asks to be left alone for a while (429)."
    assert why("/missing") == "There is no feed at this address any more (404)."
    assert why("/private").startswith("127.0.0.1 is an address of a private or local network.")
    assert store.sources.state(sources["/busy"].id).next_due - clock.now() >= timedelta(seconds=7200)
    clock.advance(hours=1)
    assert run(refresher).waiting == 1
    assert server.count("/busy") == 1


def test_what_a_server_wishes_is_kept(store: Store, clock: FakeClock, server: FeedServer, refresher: Refresher):
    server.put("/feed", rss(("1", "One")), headers={"Cache-Control": "max-age=20000"})
    source = watch(store, clock, server, "/feed")
    run(refresher)
    assert store.sources.state(source.id).next_due - clock.now() >= timedelta(seconds=20000)
    clock.advance(hours=3)
    assert refresher.due(once=True) == ()
    clock.advance(hours=6)
    assert refresher.due(once=True) == (source.id,)


def test_a_feed_that_moved_for_good_is_followed(
    store: Store, clock: FakeClock, server: FeedServer, refresher: Refresher
):
    server.put("/new", rss(("1", "One")))
    server.put("/other", rss(("1", "Other")))
    server.redirect("/old", "/new", status=301)
    server.redirect("/for-now", "/other", status=302)
    kept, moved = (watch(store, clock, server, path) for path in ("/for-now", "/old"))
    for _twice in range(2):
        assert store.sources.get(moved.id).address == server.url("/old")
        assert run(refresher).failed == ()
    assert store.sources.get(moved.id).address == server.url("/new")
    assert store.sources.get(kept.id).address == server.url("/for-now")


def test_a_saved_item_outlives_everything(
    store: Store, clock: FakeClock, server: FeedServer, refresher: Refresher, library: Library, indexer: Indexer
):
    server.put("/feed", rss(("1", "Precious"), ("2", "Passing")))
    source = watch(store, clock, server, "/feed")
    run(refresher)
    ids = {item.title: item.id for item in store.items.rows(store.items.ids(Filter()))}
    library.save([ids["Precious"]])
    server.put("/feed", rss())  # the feed dropped both, and time goes by
    clock.advance(days=200)
    run(refresher)
    Curation(store, clock).remove_source(source.id)
    indexer.drain()
    assert titles(store) == ["Precious"]
    assert list(library.listing(Query(text="precious")).ids) == [ids["Precious"]]
    assert library.listing(Query(text="passing")).total == 0
