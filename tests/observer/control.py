"""A naive reader, as many are: requests, feedparser, a picture beside each source, and an ordinary HTML view."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urljoin

import feedparser
import requests

from tests.internet import Internet
from tests.observer.stage import Stage

HOUR = timedelta(hours=1)
LOADED = {
    "img": ("src", "srcset", "lowsrc"), "image": ("src", "href", "xlink:href"), "source": ("src", "srcset"),
    "video": ("src", "poster"), "audio": ("src",), "track": ("src",), "iframe": ("src",), "frame": ("src",),
    "embed": ("src",), "object": ("data",), "script": ("src",), "input": ("src",), "use": ("href", "xlink:href"),
    "body": ("background",), "table": ("background",), "td": ("background",), "th": ("background",),
    "tr": ("background",),
}  # fmt: skip
LINKS = {"stylesheet", "icon", "prefetch", "preload", "preconnect", "dns-prefetch", "prerender", "manifest"}
CSS = re.compile(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""")


@dataclass
class Watched:
    """A feed as the naive reader keeps it."""

    stage: Stage
    address: str
    etag: str = ""
    modified: str = ""
    entries: list[feedparser.FeedParserDict] = field(default_factory=list)
    feed: feedparser.FeedParserDict = field(default_factory=feedparser.FeedParserDict)


class Control:
    """Asks every source once an hour, all in a row, and shows everything as it is."""

    def __init__(self, internet: Internet, stages: list[Stage]) -> None:
        self._internet = internet
        self._session = internet.session()
        self._feeds = [Watched(stage, address) for stage in stages for address in stage.watched]
        self._next: datetime | None = None
        self._icons: set[str] = set()

    def tick(self) -> None:
        now = self._internet.clock.now()
        if self._next is None or now >= self._next:
            self._next = now + HOUR
            for each in self._feeds:
                with _environment(each.stage):
                    self._refresh(each)

    def read(self) -> None:
        """Show every item, with what its page asks for."""
        for each in self._feeds:
            self._decorate(each)
            for entry in each.entries:
                base = entry.get("link") or each.address
                for detail in (*entry.get("content", []), entry.get("summary_detail"), entry.get("title_detail")):
                    self._show((detail or {}).get("value", ""), base)
                self._show(entry.get("author", ""), base)
                for link in (
                    *entry.get("links", []),
                    *entry.get("media_thumbnail", []),
                    *entry.get("media_content", []),
                ):
                    if link.get("rel", "enclosure") == "enclosure":
                        self._load(link.get("href") or link.get("url", ""), base)

    def follow(self) -> None:
        """Open every link in the browser."""
        for each in self._feeds:
            for entry in each.entries:
                if entry.get("link", "").startswith("http"):
                    visit(self._internet, entry["link"])

    def close(self) -> None:
        self._session.close()

    def _refresh(self, each: Watched) -> None:
        headers = {"If-None-Match": each.etag, "If-Modified-Since": each.modified}
        try:
            answer = self._session.get(
                each.address, headers={name: value for name, value in headers.items() if value}, timeout=5
            )
        except (requests.RequestException, UnicodeError, OSError):
            return
        each.etag = answer.headers.get("ETag", each.etag)
        each.modified = answer.headers.get("Last-Modified", each.modified)
        if answer.history and all(hop.status_code in (301, 308) for hop in answer.history):
            each.address = answer.url
        if answer.status_code == 200:
            read = feedparser.parse(answer.content, sanitize_html=False)
            each.entries, each.feed = read.entries, read.feed

    def _decorate(self, each: Watched) -> None:
        """The picture beside a source."""
        site = each.feed.get("link") or each.address
        given = (each.feed.get("image", {}).get("href", ""), each.feed.get("icon", ""), each.feed.get("logo", ""))
        for address in (*filter(None, given), urljoin(site, "/favicon.ico")):
            if address not in self._icons:
                self._icons.add(address)
                self._load(address, site)

    def _show(self, html: str, base: str) -> None:
        view = View(base)
        with suppress(AssertionError):  # html.parser gives up on some
            view.feed(html)
        for address in view.wanted:
            if not self._load(address, base):
                return
        for name in view.looked_up:
            with suppress(OSError):
                self._internet.resolve(name, 443)

    def _load(self, address: str, base: str) -> bool:
        """As a page loads its parts, saying which page it is; style sheets are followed."""
        with suppress(requests.RequestException, ValueError, OSError):
            answer = self._session.get(urljoin(base, address.strip()), headers={"Referer": base}, timeout=5)
            if "css" in answer.headers.get("Content-Type", ""):
                for found in CSS.finditer(answer.text):
                    self._load(found[1] or found[2], answer.url)
        return True


class View(HTMLParser):
    """Collects what an ordinary view of a page loads by itself."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base
        self._style = False
        self.wanted: list[str] = []
        self.looked_up: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._style = tag == "style"
        if tag == "base" and given.get("href"):
            self._base = urljoin(self._base, given["href"])
        for name in LOADED.get(tag, ()):
            if value := given.get(name, ""):
                self._want(value.split()[0] if name == "srcset" else value)
        if tag == "link" and (kinds := LINKS & set(given.get("rel", "").lower().split())):
            if kinds <= {"preconnect", "dns-prefetch"}:
                self.looked_up.append(given.get("href", "").split("/")[2])
            else:
                self._want(given.get("href", ""))
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self._want(given.get("content", "").lower().partition("url=")[2])
        self._css(given.get("style", ""))

    def handle_data(self, data: str) -> None:
        if self._style:
            self._css(data)

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def _css(self, text: str) -> None:
        for found in CSS.finditer(text):
            self._want(found[1] or found[2])

    def _want(self, address: str) -> None:
        if address.strip():
            self.wanted.append(urljoin(self._base, address.strip()))


def visit(internet: Internet, address: str) -> None:
    """What a browser does with a link."""
    session = internet.session()
    session.trust_env = False
    session.headers["User-Agent"] = "A browser"
    with suppress(requests.RequestException, ValueError, OSError):
        session.get(address, timeout=5)
    session.close()


@contextmanager
def _environment(stage: Stage) -> Iterator[None]:
    """What the person's shell has set, where a trick is about it."""
    before = {name: os.environ.get(name) for name in stage.environment}
    os.environ.update(stage.environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
