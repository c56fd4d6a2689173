"""Looking for what can be watched, where sites mean harm: only what was announced is asked, and nothing is kept."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.core.finding import link, moved, page, rss
from tests.fakes import FakeClock, FakeProgress
from tests.internet import Internet, Seen, pages
from tests.net.proxies import SocksProxy
from tests.servers import FeedServer, Reply
from veille.app import World, open_services
from veille.contacts import Reason
from veille.content.addresses import same_site
from veille.core.curating.curation import Curation
from veille.core.curating.discovery import Candidate, Discovery, Found, Plan
from veille.core.discretion import Discretion
from veille.core.preferences import Preferences
from veille.core.traces import Traces
from veille.errors import Cancelled, LeadsElsewhere, NotFound, PrivateAddress, SourceError, Unreadable
from veille.net.gateway import Gateway
from veille.store import Store

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
SITE = "https://news.example"
SITES = int(os.environ.get("VEILLE_SITES", "15"))  # that mean harm, each another way
HERE = [SITE, "https://www.news.example", "http://news.example", "https://news.example:8443"]
ELSEWHERE = ["https://other.example", "https://a.news.example", "http://127.0.0.1", "http://192.168.1.1", "//[::1]"]
PATHS = ["/", "/feed", "/rss.xml", "/a", "/a/feed", "/feed.json"]


@pytest.fixture(scope="module")
def web() -> Iterator[Internet]:
    with Internet(FakeClock()) as internet:
        yield internet


@pytest.fixture
def gateway(web: Internet, store: Store, clock: FakeClock) -> Iterator[Gateway]:
    web.seen.clear()
    made = Gateway(clock, store.traces, **web.door)
    yield made
    made.close()


Makes = Callable[..., Discovery]


@pytest.fixture
def makes(store: Store, clock: FakeClock, gateway: Gateway) -> Makes:
    def make(run: Any = lambda call, *given: call(*given)) -> Discovery:
        return Discovery(store, clock, Discretion(Preferences(store), clock), lambda: gateway, run)

    return make


def asked(web: Internet) -> list[str]:
    return [f"{'https' if each.tls else 'http'}://{each.headers['host']}{each.path}" for each in web.seen]


def urls(plan: Plan | None) -> list[str]:
    return [step.url for step in plan.steps] if plan else []


def looked(discovery: Discovery, typed: str, *, private: bool = False) -> Found:
    return discovery.look(discovery.plan(typed, private)[0], FakeProgress())


def _whatever(chance: Random) -> Reply:
    """What a site answers that means harm, or knows no better."""
    to = chance.choice(HERE * 2 + ELSEWHERE) + chance.choice(PATHS)
    feeds = "".join(link(chance.choice(HERE + ELSEWHERE) + chance.choice(PATHS), "News") for _n in range(3))
    reply = chance.choice([
        rss(), page(), page(feeds), page('<meta http-equiv="refresh" content="0; url=/a">' + feeds), Reply(404),
        *(moved(to, status) for status in (301, 302, 303, 307, 308)), moved("file:///etc/passwd"), Reply(500),
        page(f'<base href="{to}">' + link("feed")), Reply(200, {"Refresh": f"0; url={to}"}, page(feeds).body),
    ])  # fmt: skip
    cookies = {"Set-Cookie": "who=you", "Link": f'<{to}>; rel="alternate"; type="application/rss+xml"', "ETag": '"1"'}
    return replace(reply, headers={**cookies, **reply.headers})


@pytest.mark.parametrize("seed", range(SITES))
def test_whatever_sites_answer_only_what_was_announced_is_asked(
    makes: Makes, web: Internet, store: Store, seed: int
) -> None:
    chance = Random(seed)
    answers: dict[tuple[str, str], Reply] = {}

    def answer(seen: Seen) -> Reply:
        return answers.setdefault((seen.headers["host"], seen.path), _whatever(chance))

    for name in ("news.example", "www.news.example", "other.example", "a.news.example"):
        web.site(name, answer)
    discovery = makes()
    plan, _known = discovery.plan(f"{SITE}/")
    following, candidates, rounds = plan if plan.steps else None, list[Candidate](), 0
    while following is not None and rounds < 4:
        before = len(web.seen)
        found = discovery.look(following, FakeProgress())
        _only(asked(web)[before:], urls(following))
        candidates += found.candidates
        following, rounds = found.next, rounds + 1
    for each in candidates[:4]:
        for _again in range(2):
            before, announced = len(web.seen), discovery.announce(each)
            with suppress(SourceError):
                discovery.preview(each, FakeProgress(), announced)
            _only(asked(web)[before:], urls(announced))
    for seen in web.seen:
        assert not {"cookie", "referer", "if-none-match", "authorization"} & seen.headers.keys()
    rows = Traces(store, web.clock).find()
    assert {each.reason for each in rows} == {Reason.FOUND}
    assert sorted(each.address for each in rows) == sorted(asked(web))
    assert not store.sources.outline().named


def _only(requests: list[str], announced: list[str]) -> None:
    """Each request was announced, or follows from one by a redirect within its site."""
    rest, at = list(announced), ""
    for each in requests:
        if each in rest:
            rest.remove(each)
            at = each
        else:
            assert at, each
            assert same_site(at, each), (at, each)


def _written(store: Store) -> dict[str, list[Any]]:
    """All that the profile holds but traces."""
    names = [name for (name,) in store.db.query("SELECT name FROM sqlite_master WHERE type = 'table'", ())]
    return {
        name: [tuple(row) for row in store.db.query(f"SELECT * FROM {name}", ())]
        for name in names if "trace" not in name and "contact" not in name and not name.startswith("sqlite_")
    }  # fmt: skip


def test_nothing_is_kept_but_the_traces(makes: Makes, web: Internet, store: Store) -> None:
    web.site("news.example", pages({"/": page(link("/rss.xml"), "<li><a href='/1'>One</a></li>"), "/rss.xml": rss()}))
    before, discovery = _written(store), makes()
    found = looked(discovery, f"{SITE}/")
    discovery.preview(found.candidates[0], FakeProgress())
    discovery.select(found.page, "li a")
    assert _written(store) == before
    assert len(Traces(store, web.clock).find()) == 2


def test_a_preview_that_was_said_to_ask_nobody_asks_nobody(makes: Makes, web: Internet) -> None:
    """Documents stay for a while; one that is gone since is asked for only when that was announced."""
    web.site("news.example", pages({f"/{n}.xml": rss() for n in range(6)}))
    discovery = makes()
    one = looked(discovery, f"{SITE}/0.xml").candidates[0]
    nothing = discovery.announce(one)
    assert not nothing.steps
    for n in range(1, 6):
        looked(discovery, f"{SITE}/{n}.xml")
    before = len(web.seen)
    with pytest.raises(NotFound):
        discovery.preview(one, FakeProgress(), nothing)
    assert len(web.seen) == before
    assert discovery.preview(one, FakeProgress(), discovery.announce(one)).entries == 3


def test_a_preview_goes_only_where_that_was_announced(makes: Makes, web: Internet) -> None:
    web.site("news.example", pages({"/": page(link("/rss.xml")), "/rss.xml": moved("https://other.example/f", 302)}))
    web.site("other.example", pages({"/f": rss("There")}))
    discovery = makes()
    one = looked(discovery, f"{SITE}/").candidates[0]
    first = discovery.announce(one)
    for error in (LeadsElsewhere, NotFound):  # the second time it is known where it is, but that was not announced
        with pytest.raises(error):
            discovery.preview(one, FakeProgress(), first)
    assert not web.to("other.example")
    assert discovery.announce(one).brief == "1 request to other.example."


def test_another_port_is_another_place(makes: Makes, web: Internet) -> None:
    web.site("news.example", lambda seen: moved(f"{SITE}:8443/") if seen.headers["host"] == "news.example" else page())
    found = looked(makes(), f"{SITE}/")
    assert asked(web) == [f"{SITE}/"]
    assert found.next
    assert found.next.hosts == ("news.example:8443",)


# In one's own network ----------------------------------------------------------------------------


def test_where_nobody_may_be_asked_nothing_further_is_offered(makes: Makes) -> None:
    with FeedServer() as server:
        found = looked(makes(), server.url("/"))
        assert "private or local network" in found.problems[0]
        assert (found.next, server.requests) == (None, [])


def test_a_name_that_turns_to_ones_own_network(makes: Makes, web: Internet) -> None:
    """What was allowed is the host that was typed, not one to which it sends on, whatever that stands for later."""
    web.site("news.example", pages({"/": page(link("/rss.xml")), "/rss.xml": rss()}))
    discovery = makes()
    with FeedServer() as server:
        server.redirect("/", "http://news.example/")
        first = looked(discovery, server.url("/"), private=True)
        assert urls(first.next) == ["http://news.example/"]
        assert first.next
        (one,) = discovery.look(first.next, FakeProgress()).candidates
        assert not one.private
        web.rebind("news.example", "127.0.0.1")
        try:
            for call in (lambda: discovery.preview(one, FakeProgress()), lambda: _none(looked(discovery, SITE))):
                with pytest.raises(PrivateAddress):
                    call()
        finally:
            web.rebind("news.example", "")
    assert len(web.seen) == 1


def _none(found: Found) -> None:
    assert not found.candidates
    raise PrivateAddress(host=found.problems[0])


@pytest.mark.parametrize("before", ["", "feed:", "feed://"])
def test_what_is_allowed_is_what_was_typed(makes: Makes, before: str) -> None:
    with FeedServer() as server:
        server.put("/rss.xml", rss().body)
        address = server.url("/rss.xml")
        typed = before + address.removeprefix("http://") if before.endswith("//") else before + address
        (one,) = looked(makes(), typed, private=True).candidates
        assert (one.meant.address, one.private) == (address, True)


# A proxy -----------------------------------------------------------------------------------------


def test_a_proxy_looks_names_up_and_strict_level_is_as_strict(makes: Makes, web: Internet, store: Store) -> None:
    with FeedServer() as server, SocksProxy({"news.example": ("127.0.0.1", server.port)}) as proxy:
        server.put("/", page(link("/rss.xml")).body, headers={"Content-Type": "text/html", "ETag": '"1"'})
        server.put("/rss.xml", rss().body)
        preferences = Preferences(store)
        preferences.set("strict", "on")
        preferences.set("proxy", f"socks5://127.0.0.1:{proxy.port}")
        web.looked_up.clear()
        discovery = makes()
        plan, _known = discovery.plan("http://news.example/")
        assert f"somebody behind the proxy socks5://127.0.0.1:{proxy.port}" in plan.text
        one = discovery.look(plan, FakeProgress()).candidates[0]
        assert discovery.preview(one, FakeProgress()).entries == 3
        assert server.paths == ["/", "/rss.xml"]
        assert {each for each, _port in proxy.asked} == {"news.example"}
        assert not web.looked_up
        assert not any("if-none-match" in each.headers for each in server.requests)


def test_a_source_with_a_way_of_its_own_is_asked_by_that(makes: Makes, web: Internet, store: Store) -> None:
    curation = Curation(store, web.clock)
    with FeedServer() as server, SocksProxy({"news.example": ("127.0.0.1", server.port)}) as proxy:
        server.put("/rss.xml", rss().body)
        source = curation.add_feed("http://news.example/rss.xml")[0].id
        curation.set_route(source, f"socks5://127.0.0.1:{proxy.port}")
        discovery = makes()
        plan, _known = discovery.plan("http://news.example/rss.xml")
        assert "behind the proxy" in plan.text
        (one,) = discovery.look(plan, FakeProgress()).candidates
        assert one.source == source
        other = makes()  # which has nothing in its memory
        assert "behind the proxy" in other.announce(one).text
        assert other.preview(one, FakeProgress()).entries == 3
        assert server.paths == ["/rss.xml"] * 2
        assert {each for each, _port in proxy.asked} == {"news.example"}
        assert not web.seen
        assert {each.source_id for each in Traces(store, web.clock).find()} == {source}
        assert "this machine's address" in discovery.plan("http://news.example/")[0].text, "it is of that source alone"


# What hangs, swells and breaks -------------------------------------------------------------------


def test_a_document_that_takes_too_long_is_said(makes: Makes, web: Internet) -> None:
    def slow(*_given: object) -> object:
        raise Unreadable(detail="reading it took longer than 10 seconds")

    web.site("news.example", pages({"/": page()}))
    found = looked(makes(slow), f"{SITE}/")
    assert found.problems == ("What news.example sent cannot be read: reading it took longer than 10 seconds.",)
    assert found.page == ""


def test_what_swells_is_not_read(makes: Makes) -> None:
    with FeedServer() as server:
        server.bomb("/bomb", megabytes=60)
        server.put("/long", b"<html>" + b" " * 5_000_001, headers={"Content-Type": "text/html"})
        for path in ("/bomb", "/long"):
            found = looked(makes(), server.url(path), private=True)
            assert found.problems == ("The answer of 127.0.0.1 is larger than 5 MB and was not read further.",)
            assert (found.candidates, found.page) == ((), "")


def test_a_look_that_is_stopped_asks_nobody_more(makes: Makes, web: Internet) -> None:
    web.site("news.example", pages({"/": page()}))
    discovery = makes()
    following = looked(discovery, f"{SITE}/").next
    assert following
    assert len(following.steps) == 8
    with pytest.raises(Cancelled):
        discovery.look(following, FakeProgress(stop_after=3))
    assert len(web.seen) == 1 + 2


def test_a_feed_of_ten_thousand_items(makes: Makes, web: Internet) -> None:
    web.site("news.example", pages({"/": _long(10_000)}))
    discovery = makes()
    preview = discovery.preview(looked(discovery, f"{SITE}/").candidates[0], FakeProgress())
    assert (len(preview.items), preview.entries) == (10, 1000)
    assert preview.text[0] == "It holds 1,000 items or more."


def _long(count: int) -> Reply:
    items = "".join(
        f"<item><title>Number {n}</title><link>{SITE}/{n}</link><guid>{n}</guid></item>" for n in range(count)
    )
    return Reply(200, {}, f'<rss version="2.0"><channel><title>Long</title>{items}</channel></rss>'.encode())


def test_five_hundred_feeds_and_what_they_call_themselves(makes: Makes, web: Internet) -> None:
    nasty = "\u202eevil\u2066 &lt;b&gt;bold&lt;/b&gt;\x07\x1b[31m" + "a\u0301" * 400
    head = link("/n.xml?" + "x" * 1900, nasty) + "".join(link(f"/{n}.xml", f"Section {n}") for n in range(499))
    web.site("news.example", pages({"/": page(head)}))
    found = looked(makes(), f"{SITE}/")
    assert len(found.candidates) == 300
    for each in found.candidates:
        assert each.said.isprintable()
        assert len(each.said) <= 300
        assert "\u202e" not in each.said


# Whole -------------------------------------------------------------------------------------------


def test_the_certificate_and_the_traces_know_of_it(web: Internet, clock: FakeClock, tmp_path: Path) -> None:
    web.site("news.example", pages({"/": page(link("/rss.xml")), "/rss.xml": rss()}))
    services = open_services(tmp_path / "whole", write=True, world=World(clock, Random(1), web.door))
    try:
        looked(services.discovery, f"{SITE}/")
        rows = services.traces.find()
        assert [(each.host, each.reason, each.why) for each in rows] == [
            ("news.example", Reason.FOUND, "looked for what can be watched")
        ]
        clock.advance(hours=1)
        now = clock.now()
        assert "looked for what can be watched" in services.certificates.certificate(now - timedelta(days=1), now)
    finally:
        services.close()
