"""Pages that declare feeds: all that is declared is offered, whatever a page does to prevent it."""

import gzip
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.finding import link, page, rss
from tests.corpora import corpus
from tests.fakes import FakeClock
from veille.content.addresses import normalise, same_site
from veille.errors import BadAddress, Unreadable
from veille.sources.discovery import places
from veille.sources.discovery.declared import MOST_ANCHORS, MOST_LINKS, looked_up, read
from veille.sources.discovery.ranking import ranked
from veille.sources.discovery.values import Declared, How, Page

HERE = "https://page.example/dir/page.html"
SEEN = FakeClock().now()


def seen(html: str | bytes, kind: str = "text/html", address: str = HERE) -> Page:
    found = read(html.encode() if isinstance(html, str) else html, kind, address, SEEN)
    assert found.page is not None
    return found.page


def urls(page: Page) -> list[str]:
    return [each.url for each in page.feeds]


# Saved pages -------------------------------------------------------------------------------------


class Simple(HTMLParser):
    """What a page declares, by the simplest reading of it: link elements, and the first base."""

    TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")

    def __init__(self) -> None:
        super().__init__()
        self.base, self.hrefs = "", []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag == "base" and not self.base:
            self.base = given.get("href", "")
        rel, type_ = given.get("rel", "").lower().split(), given.get("type", "").strip().lower()
        feed = "alternate" in rel and "stylesheet" not in rel and type_ in self.TYPES
        if tag == "link" and feed and given.get("href"):
            self.hrefs.append(given["href"])


def expected(body: bytes) -> set[str]:
    """The addresses that the page declares; what is no web address is none."""
    reader = Simple()
    reader.feed(body.decode("utf-8", "replace"))
    found = set()
    for href in reader.hrefs:
        try:
            found.add(normalise(urljoin(urljoin(HERE, reader.base), href.strip())))
        except (BadAddress, ValueError):
            continue
    return found


def saved() -> Iterator[tuple[str, bytes]]:
    """Every saved page of the shared data."""
    root = corpus()
    for path in sorted(root.rglob("*")):
        if path.name.endswith((".html", ".htm", ".xhtml", ".html.gz")) and path.is_file():
            body = path.read_bytes()
            yield str(path.relative_to(root)), gzip.decompress(body) if path.name.endswith(".gz") else body


def test_whatever_saved_pages_declare_is_offered() -> None:
    figures = dict.fromkeys(("pages", "declaring", "declared", "offered"), 0)
    for name, body in saved():
        wanted = expected(body)
        offered = set(urls(seen(body))) if wanted else set()
        assert wanted <= offered, (name, wanted - offered)
        figures["pages"] += 1
        figures["declaring"] += bool(wanted)
        figures["declared"] += len(wanted)
        figures["offered"] += len(offered)
    print(figures)
    assert figures["declaring"] > 60
    assert figures["declared"] > 130


def test_the_feeds_of_saved_pages_are_ordered_like_no_comments_first() -> None:
    """Comments never come before what is none, and nothing is lost by the order."""
    for name, body in saved():
        if not expected(body):
            continue
        found = seen(body)
        order = ranked(found, found.feeds)
        assert sorted(each.feed.url for each in order) == sorted(urls(found)), name
        assert [each.comments for each in order] == sorted(each.comments for each in order), name


def test_what_firefox_found_and_did_not() -> None:
    """Its own test of feed discovery: everything but what is called Bogus."""
    found = seen(corpus("A_feeds", "simplepie", "tests", "data", "fftests.html").read_bytes())
    assert sorted((each.title for each in found.feeds), key=int) == [str(n) for n in range(1, 14)]


# Hostile pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("href", [
    "javascript:alert(1)//feed.rss", "data:application/rss+xml,<rss/>", "file:///etc/feed.xml", "ftp://x.example/a.rss",
    "feed:javascript:alert(1)", "vbscript:x", "about:blank", "mailto:a@b.example", "https://a:b@x.example/feed",
    "http://", "https://x.example:0/feed", "https://[::1/feed", " \t\n", "java\tscript:alert(1)", "blob:https://x.example/1",
    "\\\\",
    "https://x.example/" + "a" * 5000,
])  # fmt: skip
def test_what_is_no_web_address_is_not_offered(href: str) -> None:
    assert urls(seen(f'{link(href)}<a href="{href}">RSS</a>')) == []


HOSTILE = {
    "a hundred thousand links": "".join(link(f"/{n}.xml") for n in range(100_000)),
    "a hundred thousand anchors": "".join(f"<a href='/{n}.rss'>RSS</a>" for n in range(100_000)),
    "deep": "<div>" * 300_000 + link("/last.xml"),
    "deep and open": "<b><i><table>" * 50_000,
    "one endless tag": "<link rel=alternate " + "a=b " * 500_000,
    "many attributes": "<link " + " ".join(f"a{n}=1" for n in range(100_000)) + " rel=alternate>",
    "endless comments": "<!--" * 500_000,
    "comments before a root": "<!-- x -->" * 100_000 + "<rss>",
    "endless entities": "<title>" + "&amp;" * 400_000 + "</title>" + link("/a.xml"),
    "endless title": "<title>" + "x" * 3_000_000,
    "an endless anchor": "<a href=/rss.xml>" + "RSS <b>" * 300_000,
    "nested anchors": "<a href=/rss.xml>RSS" * 100_000,
    "null characters": "\0" * 1_000_000 + link("/a.xml"),
    "half a surrogate": "<a href='/rss\ud800.xml'>\udfff RSS</a>",
    "a processing instruction": "<?" * 500_000,
    "doctypes": "<!DOCTYPE x>" * 100_000,
    "endless JSON": '{"items":' + "[" * 500_000,
    "huge": "<p>Words</p>" * 800_000,
    "an encoding that is none": '<meta charset="utf-7">' + link("/a.xml"),
    "many bases": "<base href='/x/'>" * 100_000 + link("a.xml"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_read(name: str) -> None:
    body = HOSTILE[name].encode("utf-8", "surrogatepass")
    try:
        found = read(body, "text/html", HERE, SEEN)
    except Unreadable:
        return
    if found.page is not None:
        assert len(found.page.feeds) <= MOST_LINKS + MOST_ANCHORS + 1
        assert len(found.page.title) <= 300
        ranked(found.page, found.page.feeds)
        places.common(found.page)


def test_depth_hides_nothing() -> None:
    assert urls(seen(HOSTILE["deep"])) == ["https://page.example/last.xml"]


def test_a_feed_with_entities_is_refused() -> None:
    with pytest.raises(Unreadable):
        read(b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss><channel/></rss>', "", HERE, SEEN)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_it(body: bytes) -> None:
    for whole in (body, b"<link rel=alternate type=application/rss+xml href='" + body + b"'>", b"<a href='" + body):
        try:
            found = read(whole, "text/html", HERE, SEEN)
        except Unreadable:
            continue
        for each in found.page.feeds if found.page else ():
            assert normalise(each.url) == each.url
        looked_up(body)


# Addresses ---------------------------------------------------------------------------------------

ALPHABET = st.sampled_from("abcR/.@-_?=&:#%+é10 ")
HOSTS = st.sampled_from([
    "www.youtube.com", "www.reddit.com", "github.com", "gitlab.com", "codeberg.org", "medium.com", "x.medium.com",
    "vimeo.com", "arxiv.org", "pypi.org", "news.google.com", "podcasts.apple.com", "open.spotify.com", "a.tumblr.com",
    "www.tumblr.com", "a.wordpress.com", "a.blogspot.com", "a.blogspot.co.uk", "a.substack.com", "other.example",
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(HOSTS, st.text(ALPHABET, max_size=40))
def test_rules_for_sites_give_addresses_of_these_sites(name: str, rest: str) -> None:
    try:
        address = normalise(f"https://{name}/{rest}")
    except BadAddress:
        return
    rule = places.known(address)
    for each in rule.feeds if rule else ():
        assert each.how is How.KNOWN
        assert each.title
        spelt = normalise(each.url)
        assert spelt.split("/")[2].split(".")[-2:] == name.split(".")[-2:]


def test_common_places_are_few_and_of_the_site() -> None:
    for platform in ("", "wordpress", "hugo", "docusaurus"):
        found = places.common(Page("https://page.example:8443/a/b.html?c", platform=platform))
        assert len(found) == places.MOST == len(set(found))
        assert all(same_site(each, "https://page.example:8443/") for each in found)
    assert len(places.common(Page("https://page.example/"))) == places.MOST
    assert places.common(Page("https://page.example/"), ["https://page.example/feed"])[0] != "https://page.example/feed"


@pytest.mark.parametrize(("one", "other", "same"), [
    ("https://a.example/", "https://a.example/b", True), ("http://a.example/", "https://www.a.example/", True),
    ("https://m.a.example/", "https://www.a.example/", True), ("https://a.example:8080/", "https://a.example/", False),
    ("http://a.example:8080/", "https://a.example:8080/", True), ("https://a.example/", "https://b.a.example/", False),
    ("https://a.co.uk/", "https://b.co.uk/", False), ("https://www.com/", "https://com/", False),
    ("https://a.example./", "https://a.example/", True), ("x", "y", False), ("https://[::1/", "https://[::1/", False),
])  # fmt: skip
def test_what_a_site_is(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same
    assert same_site(other, one) is same


# Words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", [
    "Site » Comments Feed", "Site » Flux des commentaires", "Kommentar-Feed", "RSS de los comentarios",
    "Feed dei commenti", "Reacties feed", "Комментарии", "コメントフィード", "Recent comments", "Comments on: A story",
])  # fmt: skip
def test_comments_are_known_by_their_title(title: str) -> None:
    feeds = [Declared("https://page.example/x", title), Declared("https://page.example/y", "All news")]
    assert [each.comments for each in ranked(Page("https://page.example/"), feeds)] == [False, True]


@pytest.mark.parametrize("path", [
    "/comments/feed/", "/feed/comments", "/?feed=comments-rss2", "/feeds/comments/default", "/commentaires.xml",
    "/feeds/123/comments/default",
])  # fmt: skip
def test_comments_are_known_by_their_address(path: str) -> None:
    feeds = [Declared(f"https://page.example{path}"), Declared("https://page.example/feed")]
    assert [each.feed.url for each in ranked(Page("https://page.example/"), feeds)] == [
        "https://page.example/feed", f"https://page.example{path}",
    ]  # fmt: skip


@pytest.mark.parametrize(("body", "kind", "is_feed"), [
    (rss().body, "text/html", True), (b"\xef\xbb\xbf\n" + rss().body, "", True),
    (rss().body.decode().encode("utf-16"), "", True), (page().body, "application/rss+xml", False),
    (b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><item><title>x"
     b"</title><link>https://a.example/</link></item></rdf:RDF>", "", True),
    (b"{}", "application/json", None), (b"", "", False), (b"Words", "text/plain", False),
    (b"\x89PNG", "image/png", None), (b'{"version":"https://jsonfeed.org/version/1","items":[]}', "", True),
])  # fmt: skip
def test_what_a_document_is(body: bytes, kind: str, is_feed: bool | None) -> None:
    found = read(body, kind, HERE, SEEN)
    assert (found.parsed is not None) is bool(is_feed)
    assert (found.page is not None) is (is_feed is False) or body == b"{}"


def test_readers_and_shares_are_no_feeds() -> None:
    places = ("https://feedly.com/i/subscription", "https://en.wikipedia.org/wiki/RSS", "https://x.com/share?a=rss")
    html = "".join(f'<a href="{href}">RSS</a>' for href in places)
    assert urls(seen(html)) == []


def test_a_lookup_that_is_odd() -> None:
    odd = b'{"results":[1,{"feedUrl":5},{"feedUrl":"file:///x"}]}'
    for body in (b"", b"[]", b"{}", b'{"results":1}', odd, b"[" * 9999):
        assert looked_up(body) == ()
