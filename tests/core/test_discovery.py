"""Finding what can be watched: at sites of every layout the right feed comes first, by the announced requests alone."""

import shutil
from collections.abc import Iterator

import pytest

from tests.core.finding import CASES, COMMENTS, ELSEWHERE, FULL, LIES, SITE, Case, atom, link, moved, page, rss
from tests.fakes import FakeClock, FakeProgress
from tests.internet import Internet, Seen
from tests.servers import FeedServer, Reply
from veille.contacts import Reason
from veille.content.addresses import source_key
from veille.core.curating.curation import Curation
from veille.core.curating.discovery import Candidate, Discovery, Found, Plan, Preview
from veille.core.discretion import Discretion
from veille.core.preferences import Preferences
from veille.errors import (
    BadAddress,
    BadSelector,
    Cancelled,
    Gone,
    LeadsElsewhere,
    LoginAddress,
    NoProxy,
    NotAFeed,
    NotFound,
    PrivateAddress,
)
from veille.model import SourceKind
from veille.net.gateway import Gateway
from veille.sources.workers import Workers
from veille.store import Store

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


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


@pytest.fixture
def discovery(store: Store, clock: FakeClock, gateway: Gateway) -> Discovery:
    return Discovery(
        store, clock, Discretion(Preferences(store), clock), lambda: gateway, lambda call, *given: call(*given)
    )


def sites(web: Internet, pages: dict[str, Reply]) -> None:
    """``pages`` by path of news.example; those of www.news.example, other.example … begin with that."""
    hosts = {
        "": "news.example", "www": "www.news.example", "other": "other.example", "feedburner": "feeds.feedburner.com",
    }  # fmt: skip
    by_host: dict[str, dict[str, Reply]] = {host: {} for host in hosts.values()}
    for key, reply in pages.items():
        place, _slash, path = key.partition("/")
        by_host.setdefault(hosts.get(place, place), {})["/" + path] = reply

    def answer(seen: Seen) -> Reply:
        return by_host[seen.host].get(seen.path.partition("?")[0], Reply(404))

    for host in by_host:
        web.site(host, answer)


def asked(web: Internet) -> list[str]:
    return [f"{'https' if each.tls else 'http'}://{each.host}{each.path}" for each in web.seen]


def urls(plan: Plan | None) -> list[str]:
    return [step.url for step in plan.steps] if plan else []


def found(discovery: Discovery, typed: str, after: int = 0) -> tuple[tuple[Candidate, ...], list[str], Found | None]:
    """What looking gives, further and further; and all that was announced."""
    plan, known = discovery.plan(typed)
    announced = urls(plan)
    if not plan.steps:
        return known, announced, None
    found = discovery.look(plan, FakeProgress())
    for _time in range(after):
        assert found.next
        assert found.next.text
        announced += urls(found.next)
        found = discovery.look(found.next, FakeProgress())
    return found.candidates or known, announced, found


@pytest.mark.parametrize("case", [*CASES, *ELSEWHERE], ids=lambda case: case.name)
def test_the_feed_that_a_person_would_choose_comes_first(case: Case, discovery: Discovery, web: Internet) -> None:
    sites(web, dict(case.pages))
    candidates, announced, _last = found(discovery, case.typed, case.after)
    addresses = [each.meant.address for each in candidates]
    assert addresses[:1] == [case.first]
    assert [each for each in addresses if each in case.others] == list(case.others)
    assert len(addresses) == len(set(addresses))
    if case.title:
        assert candidates[0].said == case.title
    assert candidates[0].why
    unannounced = [each for each in asked(web) if each not in announced]
    assert sorted(unannounced) == sorted(case.redirected)
    assert len(asked(web)) == len(set(asked(web)))  # nothing twice
    if case.nobody:
        assert not asked(web)
    else:
        assert len([each for each in announced if each in asked(web)]) >= 1


def test_a_page_that_lies(discovery: Discovery, web: Internet) -> None:
    sites(web, {"/": LIES, "/lie.xml": page(), "/feed": rss("The truth")})
    candidates, _announced, first = found(discovery, f"{SITE}/")
    (lie,) = candidates
    assert not lie.answered
    with pytest.raises(NotAFeed, match=r"What news\.example sent is not a feed"):
        discovery.preview(lie, FakeProgress())
    assert first
    assert first.next
    truth = discovery.look(first.next, FakeProgress()).candidates[0]
    assert (truth.meant.address, truth.said, truth.answered) == (f"{SITE}/feed", "The truth", True)


def test_a_page_that_promises_what_is_gone(discovery: Discovery, web: Internet) -> None:
    sites(web, {"/": LIES})
    with pytest.raises(Gone):
        discovery.preview(found(discovery, f"{SITE}/")[0][0], FakeProgress())


def test_what_is_announced(discovery: Discovery, web: Internet) -> None:
    sites(web, {"/": page()})
    plan, known = discovery.plan("news.example/")
    assert (plan.hosts, known) == (("news.example",), ())
    assert plan.text == (
        "1 request to news.example. Redirects within the site are followed. This host would learn that somebody at "
        "this machine's address asks for it now; nothing else about you is sent."
    )
    places = discovery.look(plan, FakeProgress()).next
    assert places
    assert len(places.steps) == 8
    assert places.brief == "At most 8 requests to news.example, until a feed is found."
    assert places.text.startswith(places.brief + " Redirects within the site are followed. This host would learn")
    nothing = discovery.look(places, FakeProgress())
    assert (nothing.candidates, nothing.next) == ((), None)
    assert nothing.problems == ("At the places that were asked there is no feed.",)
    assert asked(web) == [f"{SITE}/", *urls(places)]


def test_the_traces_say_why(discovery: Discovery, web: Internet, store: Store) -> None:
    from veille.core.traces import Traces

    sites(web, {"/": page(link("/rss.xml")), "/rss.xml": rss()})
    discovery.preview(found(discovery, f"{SITE}/")[0][0], FakeProgress())
    rows = Traces(store, web.clock).find()
    assert {(each.reason, each.why) for each in rows} == {(Reason.FOUND, "looked for what can be watched")}
    assert sorted(each.address for each in rows) == sorted(asked(web))


def test_a_redirect_to_another_site_is_not_followed(discovery: Discovery, web: Internet) -> None:
    sites(web, {"/": moved("https://other.example/secret"), "other/secret": page(link("/rss.xml"))})
    plan, _known = discovery.plan(f"{SITE}/")
    first = discovery.look(plan, FakeProgress())
    assert asked(web) == [f"{SITE}/"]
    assert first.problems == ("news.example sends on to another site: https://other.example/secret. It was not asked.",)
    assert urls(first.next) == ["https://other.example/secret"]


def test_a_feed_at_another_site_than_its_address(discovery: Discovery, web: Internet) -> None:
    away = moved("https://other.example/f", 302)
    sites(web, {"/": page(link("/rss.xml")), "/rss.xml": away, "other/f": rss("There")})
    one = found(discovery, f"{SITE}/")[0][0]
    with pytest.raises(LeadsElsewhere):
        discovery.preview(one, FakeProgress())
    assert "other.example" not in [each.host for each in web.seen]
    again = discovery.announce(one)
    assert urls(again) == ["https://other.example/f"]
    assert discovery.preview(one, FakeProgress()).title == "There"
    assert not discovery.announce(one).steps


def test_a_question_about_cookies_leads_nowhere(discovery: Discovery, web: Internet) -> None:
    sites(web, {"www.youtube.com/@name": moved("https://consent.youtube.com/m?continue=x", 302)})
    _candidates, _announced, first = found(discovery, "https://www.youtube.com/@name")
    assert first
    assert first.problems[0].startswith("www.youtube.com shows this page only after a question about cookies")
    assert "youtube.com/channel/UC" in first.problems[1]
    assert first.next is None


def test_a_host_that_knows_no_https(discovery: Discovery, web: Internet) -> None:
    """The bare host is asked by https; http is announced for itself."""
    _candidates, _announced, first = found(discovery, "nowhere.example")
    assert first
    assert first.problems
    assert urls(first.next) == ["http://nowhere.example/"]
    assert found(discovery, "https://nowhere.example/")[2].next is None  # type: ignore[union-attr]


def test_a_host_may_be_a_name_on_bluesky_too(discovery: Discovery, web: Internet) -> None:
    sites(web, {"/": page(link("/rss.xml"))})
    kinds = [each.meant.kind for each in found(discovery, "news.example")[0]]
    assert kinds == [SourceKind.FEED, SourceKind.BLUESKY]


def test_it_is_said_how_each_was_found(discovery: Discovery, web: Internet) -> None:
    sites(web, {
        "/": page(link("/rss.xml", "News") + link("/feed.json", "News", "application/feed+json") + COMMENTS
                  + link("https://partner.example/rss"), '<a href="/b.rss">RSS</a>'),
    })  # fmt: skip
    assert [(each.meant.address.partition("example/")[2], each.why) for each in found(discovery, f"{SITE}/")[0]] == [
        ("rss.xml", "The page declares it."),
        ("b.rss", "The page links to it."),
        ("rss", "The page declares it. It is at another site."),
        ("feed.json", "The page declares it. It is the same in another format."),
        ("comments/feed/", "The page declares it. It holds comments."),
    ]
    _plan, known = discovery.plan("https://name.blogspot.com/")
    assert [each.why for each in known] == [
        "Sites of this kind have it there.", "Sites of this kind have it there. It holds comments.",
    ]  # fmt: skip
    assert discovery.plan("@ann@mastodon.example")[1][0].why == "The account @ann@mastodon.example on Mastodon."


def test_spotify_gives_no_feeds(discovery: Discovery, web: Internet) -> None:
    plan, known = discovery.plan("https://open.spotify.com/show/abc")
    assert (plan.steps, known) == ((), ())
    assert plan.text.startswith("Spotify gives out no feeds.")


def test_a_podcast_without_a_feed(discovery: Discovery, web: Internet) -> None:
    sites(web, {"itunes.apple.com/lookup": Reply(body=b'{"resultCount":0,"results":[]}')})
    _candidates, announced, last = found(discovery, "https://podcasts.apple.com/us/podcast/x/id123")
    assert announced == asked(web) == ["https://itunes.apple.com/lookup?entity=podcast&id=123"]
    assert last
    assert last.problems == ("The directory knows no feed of this podcast.",)


@pytest.mark.parametrize(("typed", "error"), [
    ("", BadAddress), ("words", BadAddress), ("javascript:alert(1)", BadAddress), ("file:///etc/passwd", BadAddress),
    ("data:text/html,x", BadAddress), ("https://a:b@news.example/", LoginAddress),
])  # fmt: skip
def test_what_cannot_be_asked(discovery: Discovery, web: Internet, typed: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        discovery.plan(typed)
    assert not web.seen


def test_stopped(discovery: Discovery, web: Internet) -> None:
    plan, _known = discovery.plan(f"{SITE}/")
    with pytest.raises(Cancelled):
        discovery.look(plan, FakeProgress(stop_after=1))
    assert not web.seen


def test_strictly_without_a_proxy_nobody_is_asked(
    store: Store, clock: FakeClock, gateway: Gateway, web: Internet
) -> None:
    preferences = Preferences(store)
    preferences.set("strict", "on")
    strict = Discovery(store, clock, Discretion(preferences, clock), lambda: gateway, lambda call, *given: call(*given))
    plan, _known = strict.plan(f"{SITE}/")
    assert plan.text == str(NoProxy())
    with pytest.raises(NoProxy):
        strict.look(plan, FakeProgress())
    assert not web.seen
    preferences.set("proxy", "socks5://127.0.0.1:9050")
    assert "somebody behind the proxy socks5://127.0.0.1:9050" in strict.plan(f"{SITE}/")[0].text


# In one's own network ----------------------------------------------------------------------------


def test_a_private_host_is_asked_only_when_the_person_says_so(discovery: Discovery) -> None:
    with FeedServer() as server, FeedServer() as other:
        links = link("/rss.xml") + link(other.url("/rss.xml"))
        server.put("/", page(links).body, headers={"Content-Type": "text/html"})
        server.put("/rss.xml", rss().body)
        plan, _known = discovery.plan(server.url("/"))
        refused = discovery.look(plan, FakeProgress())
        assert not server.requests
        assert "private or local network" in refused.problems[0]
        plan, _known = discovery.plan(server.url("/"), allow_private=True)
        own, another = discovery.look(plan, FakeProgress()).candidates
        assert discovery.preview(own, FakeProgress()).entries == 3
        with pytest.raises(PrivateAddress):  # what a page names is no permission
            discovery.preview(another, FakeProgress())
        assert not other.requests


def test_a_public_page_gets_no_permission(discovery: Discovery, web: Internet) -> None:
    with FeedServer() as server:
        sites(web, {"/": page(link(server.url("/rss.xml")) + link("http://192.168.0.1/rss.xml"))})
        plan, _known = discovery.plan(f"{SITE}/", allow_private=True)
        for each in discovery.look(plan, FakeProgress()).candidates:
            with pytest.raises(PrivateAddress):
                discovery.preview(each, FakeProgress())
        assert not server.requests


def test_a_page_that_sends_into_ones_own_network(discovery: Discovery, web: Internet) -> None:
    sites(web, {"/": moved("http://news.example:8080/"), "/feed": moved("http://127.0.0.1/feed")})
    _candidates, _announced, first = found(discovery, f"{SITE}/")
    assert first
    assert first.problems
    assert asked(web) == [f"{SITE}/"]


# Previews ----------------------------------------------------------------------------------------


def previewed(discovery: Discovery, web: Internet, reply: Reply) -> Preview:
    sites(web, {"/rss.xml": reply})
    return discovery.preview(found(discovery, f"{SITE}/rss.xml")[0][0], FakeProgress())


def test_a_preview_of_what_was_asked_already_asks_nobody(discovery: Discovery, web: Internet) -> None:
    sites(web, {"/rss.xml": rss(count=20)})
    one = found(discovery, f"{SITE}/rss.xml")[0][0]
    plan = discovery.announce(one)
    assert (plan.steps, plan.text) == ((), "It is here already: nobody is asked.")
    preview = discovery.preview(one, FakeProgress())
    assert len(web.seen) == 1
    assert (len(preview.items), preview.entries, preview.title, preview.site) == (10, 20, "News", SITE)
    assert [each.title for each in preview.items[:2]] == ["News number 0", "News number 1"]
    assert preview.weekly == pytest.approx(20 / (21 / 7), rel=0.1)
    assert (preview.lang, preview.full_text, preview.known, preview.source) == ("en", True, 0, 0)
    assert preview.text == (
        "It holds 20 items; the newest is of 01 Mar 2026.", "It publishes about 7 items a week.",
        "Its language is English.", "Whole articles are inside.", "None of its newest items is in your lists yet.",
    )  # fmt: skip


def test_a_preview_of_what_was_declared_is_announced(discovery: Discovery, web: Internet) -> None:
    sites(web, {"/": page(link("/rss.xml")), "/rss.xml": rss()})
    one = found(discovery, f"{SITE}/")[0][0]
    assert urls(discovery.announce(one)) == [f"{SITE}/rss.xml"]
    discovery.preview(one, FakeProgress())
    assert asked(web) == [f"{SITE}/", f"{SITE}/rss.xml"]


@pytest.mark.parametrize(("text", "whole"), [
    (FULL, True), ("A line.", False), ("", False), ("Words " * 100 + "… Read more", False),
    ("Des mots, " * 80 + "Lire la suite", False), (FULL + " The post News appeared first on Site.", True),
    (FULL + " […]", False), ("Some words that say something. " * 30, None),
])  # fmt: skip
def test_whether_whole_articles_are_inside(discovery: Discovery, web: Internet, text: str, whole: bool | None) -> None:
    assert previewed(discovery, web, rss(text=text)).full_text is whole


def test_what_dates_do_not_tell(discovery: Discovery, web: Internet) -> None:
    assert previewed(discovery, web, atom()).weekly is None
    undated = rss().body.replace(b"pubDate", b"someDate")
    assert previewed(discovery, web, Reply(body=undated)).weekly is None


def test_what_the_profile_has_already(discovery: Discovery, web: Internet, store: Store, clock: FakeClock) -> None:
    from tests.core.conftest import add_source, put_items

    twin, other = add_source(store, "Twin"), add_source(store, "Other")
    put_items(store, twin.id, clock, "a", url="http://www.news.example/0/")
    put_items(store, twin.id, clock, "b", url=f"{SITE}/1")
    put_items(store, other.id, clock, "c", url=f"{SITE}/1")
    preview = previewed(discovery, web, rss())
    assert (preview.known, preview.alike) == (2, ("Twin", "Other"))
    assert "2 of its 3 newest items are in your lists already, from “Twin”, “Other”." in preview.text


def test_old_items_count_where_they_are_of_the_same_host(
    discovery: Discovery, web: Internet, store: Store, clock: FakeClock
) -> None:
    from tests.core.conftest import add_source, put_items

    site, far = (add_source(store, name) for name in ("news", "far"))  # at https://news.example/feed …
    long_ago = clock.now().replace(year=2024)
    put_items(store, site.id, clock, "a", url=f"{SITE}/0", at=long_ago)
    put_items(store, far.id, clock, "b", url=f"{SITE}/1", at=long_ago)
    assert previewed(discovery, web, rss()).alike == ("news",)


def test_what_is_watched_already(discovery: Discovery, web: Internet, store: Store, clock: FakeClock) -> None:
    source, _changes = Curation(store, clock).add_feed(f"{SITE}/rss.xml", title="Mine")
    sites(web, {"/": page(link("/rss.xml") + COMMENTS), "/rss.xml": rss()})
    one, comments = found(discovery, f"{SITE}/")[0]
    assert (one.source, comments.source, comments.comments) == (source.id, 0, True)
    preview = discovery.preview(one, FakeProgress())
    assert preview.source == source.id
    assert preview.text[0] == "You watch it already, as “Mine”."
    Curation(store, clock).remove_source(source.id)
    assert found(discovery, f"{SITE}/")[0][0].source == 0
    assert source.key == source_key("feed", f"{SITE}/rss.xml")


def test_x_is_never_asked(discovery: Discovery, web: Internet) -> None:
    plan, (one, *_others) = discovery.plan("@jane")
    assert (plan.steps, one.meant.kind) == ((), SourceKind.X)
    assert discovery.announce(one).text == "Reading X costs money, so there is no preview of it."
    assert discovery.preview(one, FakeProgress()).text == (
        "The account @jane on X.", "Reading X costs money, so there is no preview of it.",
    )  # fmt: skip
    assert not web.seen


def test_posts_of_the_open_networks(discovery: Discovery, web: Internet) -> None:
    from tests.networks.bluesky import Bluesky
    from tests.networks.mastodon import Mastodon

    bluesky, mastodon = Bluesky(web.clock), Mastodon("mastodon.example", web.clock)
    bluesky.post(bluesky.account("ann.bsky.social"), "Words on Bluesky")
    mastodon.post(mastodon.account("bob"), "Words on Mastodon")
    web.site("public.api.bsky.app", bluesky.answer)
    web.site("mastodon.example", mastodon.answer)
    announced = []
    for typed, words in (("ann.bsky.social", "Words on Bluesky"), ("@bob@mastodon.example", "Words on Mastodon")):
        _plan, (one,) = discovery.plan(typed)
        announced += urls(discovery.announce(one))
        preview = discovery.preview(one, FakeProgress())
        assert words in preview.items[0].content
        assert preview.full_text is None
        assert preview.title
    assert asked(web) == announced
    assert len(announced) == 2


# Pages without a feed ----------------------------------------------------------------------------


LIST = "".join(f'<li class="news"><h3><a href="/n{n}">News number {n} of the day</a></h3></li>' for n in range(6))


def test_a_page_without_a_feed_can_be_watched(discovery: Discovery, web: Internet) -> None:
    sites(web, {"/": page(body=f"<ul>{LIST}</ul>", title="Site")})
    _candidates, _announced, first = found(discovery, f"{SITE}/")
    assert first
    assert (first.page, first.title) == (f"{SITE}/", "Site")
    proposed = discovery.selectors(first.page)
    preview = discovery.select(first.page, proposed[0])
    assert [each.url for each in preview.items] == [f"{SITE}/n{n}" for n in range(6)]
    assert (preview.meant.kind, preview.meant.address, preview.selector) == (SourceKind.PAGE, f"{SITE}/", proposed[0])
    assert preview.text
    assert discovery.select(first.page, ".nothing").items == ()
    with pytest.raises(BadSelector):
        discovery.select(first.page, "li[")
    with pytest.raises(NotFound):
        discovery.select(f"{SITE}/never", "li")
    assert len(web.seen) == 1


def test_only_the_last_pages_stay(discovery: Discovery, web: Internet) -> None:
    sites(web, {f"/{n}": page(body=LIST) for n in range(5)})
    for n in range(5):
        found(discovery, f"{SITE}/{n}")
    with pytest.raises(NotFound):
        discovery.selectors(f"{SITE}/0")
    assert discovery.selectors(f"{SITE}/4")


def test_what_is_made_to_do_harm(discovery: Discovery, web: Internet) -> None:
    sites(web, {"/": Reply(body=b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss><channel/></rss>')})
    _candidates, _announced, last = found(discovery, f"{SITE}/")
    assert last
    assert last.problems[0].startswith("What news.example sent cannot be read: it declares entities")


def test_what_is_neither_a_page_nor_a_feed(discovery: Discovery, web: Internet) -> None:
    sites(web, {"/i.png": Reply(200, {"Content-Type": "image/png"}, b"\x89PNG" + bytes(100))})
    _candidates, _announced, last = found(discovery, f"{SITE}/i.png")
    assert last
    assert last.problems == ("What news.example sent is neither a page nor a feed.",)
    assert last.page == ""


def test_it_is_read_beside_the_process(store: Store, clock: FakeClock, gateway: Gateway, web: Internet) -> None:
    sites(web, {"/": page(link("/rss.xml"), f"<ul>{LIST}</ul>"), "/rss.xml": rss()})
    workers = Workers(1)
    try:
        beside = Discovery(store, clock, Discretion(Preferences(store), clock), lambda: gateway, workers.run)
        one = found(beside, f"{SITE}/")[0][0]
        assert beside.preview(one, FakeProgress()).entries == 3
        assert beside.selectors(f"{SITE}/")
    finally:
        workers.close()
