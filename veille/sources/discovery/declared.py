"""What a document is: a feed, or a page that speaks of feeds. Meant for a worker process: pages are hostile.

A page is read as a stream of tags, so that neither its size nor its depth matters; nothing of it is kept but links.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from veille.content import language
from veille.content.addresses import host, normalise, resolve
from veille.content.text import fold, plain
from veille.errors import BadAddress, NotAFeed
from veille.sources import feeds
from veille.sources.bodies import LONGEST, as_utf8
from veille.sources.discovery.values import Declared, How, Page, Read

MOST_LINKS = 300  # declared feeds of one page that are kept
MOST_ANCHORS = 40  # links that look like feeds
_TITLE = 300  # characters
_READ = 20_000  # bytes in which a document says what it is
_ROOTS = (b"rss", b"feed", b"rdf:rdf", b"atom:feed", b"channel")
_NO_TEXT = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/octet-stream")
_NAMED = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")
_IN_SCRIPT = re.compile(rb'"(?:externalId|externalChannelId|channelId)":"(UC[A-Za-z0-9_-]{22})"')

_XML = re.compile(r"(?:application|text)/[a-z.-]*(?:rss|atom)(?:\+xml)?")
_ANY_XML = frozenset({"application/xml", "text/xml", "application/rdf+xml", "text/rdf", "application/x-xml", ""})
_JSON = re.compile(r"application/(?:feed\+json|json)")
_OTHER_JSON = re.compile(r"wp-json|oembed|/api/|manifest|\.webmanifest|activity", re.IGNORECASE)
_IN_PATH = re.compile(
    r"\.(?:rss|atom|rdf|rss2)\Z|/(?:rss|atom|feed|feeds|rss2|backend)/?\Z|/(?:rss|atom|feed|feeds|index|news|all|flux)\."
    r"(?:xml|json)\Z|/wp-(?:rss2?|atom|rdf)\.php\Z|/(?:feeds?|rss|atom|flux)/[^?]+\.(?:xml|json|php)\Z|/feeds/(?:posts|comments|videos\.xml)",
    re.IGNORECASE,
)
_IN_QUERY = re.compile(
    r"(?:\A|&)(?:feed=(?:rss2?|atom)|format=(?:rss|atom|feed)|alt=rss|type=(?:rss|atom)|page=backend)", re.IGNORECASE
)
_IN_TEXT = re.compile(r"(?:(?:flux|fil|abonnement|feed|subscribe)\W+)?(?:rss|atom)(?:\W+(?:feed|flux|2\.0|1\.0))?\W*")
# Programs that are handed the address of a feed, and pages that only share: no feeds themselves.
_READERS = re.compile(
    r"(?:\A|\.)(?:feedly|netvibes|inoreader|newsblur|theoldreader|bloglines|my\.yahoo|facebook|twitter|x|addtoany|"
    r"validator\.w3|feedvalidator|wikipedia|instapaper|pinterest|linkedin|(?:add|fusion)\.(?:my\.)?(?:google|yahoo))\."
    r"(?:com|org|net|us)\Z"
)


def read(body: bytes, content_type: str, address: str, seen: datetime) -> Read:
    """What the document ``body``, which came from ``address``, is. Pure. Raises Unreadable for a feed made to do harm.

    What the server calls it says nothing: feeds come as text/html, and pages as application/rss+xml.
    """
    if _begins_as_feed(body):
        try:
            return Read(parsed=feeds.parse(body, content_type, address, 0, seen, {}))
        except NotAFeed:
            if body.lstrip()[:1] == b"{":
                return Read()
    if content_type.strip().lower().startswith(_NO_TEXT):
        return Read()
    return Read(page=_page(body[:LONGEST], content_type, address))


def looked_up(body: bytes) -> tuple[Declared, ...]:
    """The feeds that Apple's directory of podcasts names (JSON with ``results``, each with a ``feedUrl``). Pure."""
    try:
        results = json.loads(body.decode("utf-8-sig"))["results"]
        found = [each for each in results if isinstance(each, dict)][:10]
    except (ValueError, RecursionError, KeyError, TypeError):
        return ()
    pairs = ((_address(str(each.get("feedUrl") or ""), ""), str(each.get("collectionName") or "")) for each in found)
    return tuple(Declared(url, plain(title)[:_TITLE], how=How.LOOKUP) for url, title in pairs if url)


def looks_like_feed(url: str) -> bool:
    """Whether an address reads like that of a feed."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    name = parts.hostname or ""
    if _READERS.search(name):
        return False
    known = name.startswith(("feeds.", "rss.", "feed.")) and len(parts.path) > 1
    return bool(known or _IN_PATH.search(parts.path) or _IN_QUERY.search(parts.query))


# What it is --------------------------------------------------------------------------------------


def _begins_as_feed(body: bytes) -> bool:
    """Whether the first element, or the first sign of JSON, is that of a feed."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff") or body[1:2] == b"\0" or body[:1] == b"\0":
        body = as_utf8(body[:_READ], "")
    text = body[:_READ].removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] == b"{":
        return b'"items"' in body and (b"jsonfeed.org" in text or b'"title"' in text)
    while text[:1] == b"<":
        for opening, closing in ((b"<!--", b"-->"), (b"<?", b"?>"), (b"<!", b">")):
            if text.startswith(opening):
                inside = closing == b">" and b"[" in text.partition(b">")[0]  # a doctype with declarations of its own
                _before, _end, text = text.partition(b"]>" if inside else closing)
                text = text.lstrip()
                break
        else:
            name = re.match(rb"<([A-Za-z][\w:.-]{0,30})", text)
            return bool(name) and name[1].lower() in _ROOTS  # type: ignore[index]
    return False


# The page ----------------------------------------------------------------------------------------


@dataclass
class _Reader:
    """The target of lxml's parser: it is told of each tag as it comes."""

    links: list[Mapping[str, str]] = field(default_factory=list)
    anchors: list[tuple[str, str]] = field(default_factory=list)  # address, what it says
    facts: dict[str, str] = field(default_factory=dict)
    base: str = ""
    lang: str = ""
    _title: list[str] | None = None
    _anchor: tuple[str, list[str]] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match tag:
            case "link":
                self._link(attributes)
            case "a" | "area":
                self._leave()
                said = [attributes.get("title", ""), attributes.get("aria-label", "")]
                self._anchor = (attributes.get("href", ""), [each[:_TITLE] for each in said if each])
            case "img" if self._anchor:
                self.data(attributes.get("alt", ""))
            case "meta":
                name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
                self.facts.setdefault(name.strip().lower()[:40], attributes.get("content", "")[:2000])
            case "base":
                self.base = self.base or attributes.get("href", "")
            case "html":
                self.lang = self.lang or attributes.get("lang") or attributes.get("xml:lang") or ""
            case "title" if "title" not in self.facts:
                self._title = []

    def _link(self, attributes: Mapping[str, str]) -> None:
        rel = attributes.get("rel", "").lower().split()
        href = attributes.get("href", "")
        if "canonical" in rel:
            self.facts.setdefault("canonical", href)
        if "https://api.w.org/" in rel:
            self.facts.setdefault("api.w.org", href)
        if attributes.get("itemprop") == "url":
            self.facts.setdefault("channel", href)
        if len(self.links) < MOST_LINKS and href and _declares(rel, attributes):
            self.links.append({name: str(attributes.get(name, "")) for name in ("href", "type", "title", "hreflang")})

    def end(self, tag: str) -> None:
        if tag in ("a", "area"):
            self._leave()
        elif tag == "title" and self._title is not None:
            self.facts["title"] = "".join(self._title)
            self._title = None

    def data(self, text: str) -> None:
        if self._title is not None and len(self._title) < 20:
            self._title.append(text[:_TITLE])
        if self._anchor and len(self._anchor[1]) < 10:
            self._anchor[1].append(text[:_TITLE])

    def _leave(self) -> None:
        """The end of a link that people click: kept when it looks like that of a feed."""
        if self._anchor is None:
            return
        (href, said), self._anchor = self._anchor, None
        if href and len(self.anchors) < MOST_ANCHORS and _may_be_feed(href, said):
            self.anchors.append((href, plain(max(said, key=len, default=""))[:_TITLE]))

    def comment(self, _text: str) -> None:
        pass

    def close(self) -> "_Reader":
        self._leave()
        return self


def _declares(rel: list[str], attributes: Mapping[str, str]) -> bool:
    """Whether a link element is about a feed: HTML 4.6.6.1 (alternate) and what browsers took besides."""
    type_ = attributes.get("type", "").partition(";")[0].strip().lower()
    href = attributes.get("href", "")
    if "feed" in rel:
        return not type_.startswith("text/html")
    if "alternate" not in rel or "stylesheet" in rel:
        return False
    if _XML.fullmatch(type_) or type_ == "application/feed+json":
        return True
    if type_ == "application/json":  # JSON Feed 1, before it had a type of its own
        hint = f"{href} {attributes.get('title', '')}".lower()
        return "feed" in hint and not _OTHER_JSON.search(href)
    return type_ in _ANY_XML and looks_like_feed(resolve(href, "https://page.example/"))


def _may_be_feed(href: str, said: list[str]) -> bool:
    if href.lower().startswith("feed:"):
        return True
    whole = resolve(href[:2000], "https://page.example/")
    if not whole:
        return False
    if looks_like_feed(whole):
        return True
    return not _READERS.search(host(whole)) and any(_IN_TEXT.fullmatch(fold(plain(each))) for each in said)


def _page(body: bytes, content_type: str, address: str) -> Page:
    from lxml import etree  # takes its time, and a worker that reads feeds does without

    named = None if "charset" in content_type.lower() else _NAMED.search(body[:4096])
    kind = f"{content_type}; charset={named[1].decode('ascii')}" if named else content_type
    found = _Reader()
    parser = etree.HTMLParser(target=found, encoding="utf-8", huge_tree=True)
    try:
        etree.fromstring(as_utf8(body, kind).replace(b"\0", b" ") or b" ", parser)
    except (etree.LxmlError, ValueError):  # what was read until then counts
        found.close()
    base = resolve(found.base, address) or address
    facts = {name: plain(text) for name, text in found.facts.items()}
    canonical = resolve(facts.get("canonical", ""), base) or resolve(facts.get("og:url", ""), base)
    title = facts.get("og:title", "") or facts.get("title", "")
    platform, root = _made_by(facts, base)
    once: dict[str, Declared] = {}
    itself = {address, _address(address, "")}
    for each in (*_links(found, base), *_channels(facts, canonical, body, address)):
        if each.url not in itself:
            once.setdefault(each.url, each)
    there = {_bare(url) for url in (*once, *itself)}
    for each in _anchors(found, base):
        if _bare(each.url) not in there:
            once.setdefault(each.url, each)
    lang = language.code(found.lang) or language.code(facts.get("og:locale", ""))
    return Page(
        address, title[:_TITLE], lang, facts.get("og:site_name", "")[:_TITLE], canonical, platform, root,
        tuple(once.values()))  # fmt: skip


def _links(found: _Reader, base: str) -> Iterator[Declared]:
    for each in found.links:
        if url := _address(each["href"], base):
            json = bool(_JSON.match(each["type"].strip().lower())) or urlsplit(url).path.endswith(".json")
            lang = language.code(each["hreflang"])
            yield Declared(url, plain(each["title"])[:_TITLE], "json" if json else "xml", How.LINK, lang)


def _anchors(found: _Reader, base: str) -> Iterator[Declared]:
    for href, said in found.anchors:
        url = _address(href, base)
        if url and not _READERS.search(host(url)):
            yield Declared(url, said, "json" if urlsplit(url).path.endswith(".json") else "xml", How.ANCHOR)


def _address(href: str, base: str) -> str:
    """The one spelling of where ``href`` leads; "" for what is no web address: javascript:, data:, file: …"""
    text = href.strip()
    if text[:5].lower() == "feed:":
        text = "http:" + text[5:] if text[5:7] == "//" else text[5:]
    try:
        return normalise(whole) if (whole := resolve(text, base)) else ""
    except BadAddress:
        return ""


def _bare(url: str) -> str:
    """What is the same in the spellings of one address that people link to."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def _channels(facts: Mapping[str, str], canonical: str, body: bytes, address: str) -> Iterator[Declared]:
    """YouTube: a page of a channel, or of a film, says which channel it is; its feed follows from that."""
    if not f".{host(address)}".endswith((".youtube.com", ".youtube-nocookie.com")):
        return
    said = (canonical, facts.get("channelid", ""), facts.get("identifier", ""), facts.get("channel", ""))
    number = next((found[0] for each in said if (found := _CHANNEL.search(each))), "")
    if not number and (inside := _IN_SCRIPT.search(body)):
        number = inside[1].decode("ascii")
    if number:
        url = f"https://www.youtube.com/feeds/videos.xml?channel_id={number}"
        yield Declared(url, facts.get("og:title", "")[:_TITLE], how=How.CHANNEL)


_GENERATORS = (
    "wordpress", "blogger", "ghost", "hugo", "jekyll", "discourse", "drupal", "joomla", "spip", "dotclear", "typo3",
    "squarespace", "wix", "substack", "medium", "mediawiki", "hexo", "gatsby", "eleventy", "pelican", "plone", "astro",
    "shopify", "movable type", "zola", "docusaurus",
)  # fmt: skip


def _made_by(facts: Mapping[str, Any], base: str) -> tuple[str, str]:
    """What made the page, and where it begins when it says so."""
    if api := resolve(facts.get("api.w.org", ""), base):  # https://developer.wordpress.org/rest-api/, discovery
        root = api.partition("/wp-json")[0] if "/wp-json" in api else api.partition("?")[0]
        return "wordpress", root.removesuffix("index.php").rstrip("/") + "/"
    said = facts.get("generator", "").lower()
    return next((each for each in _GENERATORS if each in said), ""), ""
