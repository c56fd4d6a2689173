"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0 by feedparser, JSON Feed beside it: fetched, read, cleaned."""

import calendar
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import feedparser

from veille.contacts import Purpose
from veille.content import language
from veille.content.addresses import host, resolve
from veille.errors import NotAFeed
from veille.model import Clock, Fetched, Source, SourceState, Validators
from veille.posts import Media
from veille.sources import jsonfeed, mirrors
from veille.sources.base import Parsed
from veille.sources.bodies import as_utf8, prepare
from veille.sources.entries import Document, Entry, Place, Text, build, media_kind, moment, words
from veille.sources.validators import learnt, to_send

if TYPE_CHECKING:
    from veille.net.gateway import Response

T = TypeVar("T")

_DAY = 86_400  # seconds; no hint of a feed makes it rest longer
_PERIODS = {"hourly": 3600, "daily": _DAY, "weekly": 7 * _DAY, "monthly": 30 * _DAY, "yearly": 365 * _DAY}
_MAX_AGE = re.compile(r"(?<![\w-])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


class Get(Protocol):
    """:meth:`veille.net.gateway.Gateway.get`."""

    def __call__(
        self,
        url: str,
        *,
        purpose: Purpose,
        validators: Validators,
        allow_private: bool,
        cancelled: Callable[[], bool],
    ) -> "Response": ...


class Run(Protocol):
    """Calls a function and gives back what it returns; it may do so in another process."""

    def __call__(self, call: Callable[..., T], /, *arguments: Any) -> T: ...


class FeedFetcher:
    """A :class:`veille.sources.base.Fetcher` of feeds. As thread-safe as ``get`` and ``run`` are."""

    def __init__(self, get: Get, clock: Clock, run: Run) -> None:
        self._get = get
        self._clock = clock
        self._run = run

    def fetch(
        self,
        source: Source,
        state: SourceState,
        known: Mapping[str, str],
        purpose: Purpose,
        cancelled: Callable[[], bool],
    ) -> Fetched:
        """See :meth:`veille.sources.base.Fetcher.fetch`."""
        answer = self._get(
            source.address,
            purpose=purpose,
            validators=to_send(state.validators, purpose),
            allow_private=source.allow_private,
            cancelled=cancelled,
        )
        now = self._clock.now()
        wish = _wish(answer.headers)
        validators = learnt(state.validators, answer, purpose)
        checked = replace(state, validators=validators, checked=now, failures=0, error="")
        digest = blake2b(answer.body, digest_size=16).hexdigest()
        if answer.status == 304 or digest == state.body_hash:
            return Fetched(source.id, checked, moved=answer.moved, retry_after=wish, unchanged=True)
        parsed = self._parse(source, answer, now, known)
        return Fetched(
            source.id,
            replace(checked, body_hash=digest, changed=now),
            items=parsed.items,
            title=parsed.title,
            site=parsed.site,
            lang=parsed.lang,
            moved=answer.moved,
            retry_after=max(wish or 0, parsed.every or 0) or None,
        )

    def _parse(self, source: Source, answer: "Response", seen: datetime, known: Mapping[str, str]) -> Parsed:
        kind = answer.headers.get("content-type", "")
        return self._run(parse, answer.body, kind, answer.url, source.id, seen, dict(known))


def _wish(headers: Mapping[str, str]) -> int | None:
    """How long the server wants to be left alone, in seconds: Retry-After, Cache-Control; a day at most."""
    asked = headers.get("retry-after", "").strip()
    age = _MAX_AGE.search(headers.get("cache-control", ""))
    seconds = max(int(asked[:9]) if asked.isascii() and asked.isdigit() else 0, int(age[1]) if age else 0)
    return min(seconds, _DAY) or None


def parse(
    body: bytes, content_type: str, address: str, source: int, seen: datetime, known: Mapping[str, str]
) -> Parsed:
    """The new and changed items of the document ``body``, which came from ``address``. Pure.

    Entries that ``known`` has with the same hash, or as gone, are neither cleaned nor returned.

    :raises NotAFeed: nothing that could be a feed.
    :raises Unreadable: built to do harm.
    """
    document = _document(body, content_type)
    if document is None:
        raise NotAFeed(host=host(address) or address[:200])
    place = Place(source, address, seen, document.site, document.lang)
    mirror = mirrors.recognise(document, address)
    return Parsed(
        build(document.entries, place, known, mirror.dress if mirror else None),
        len(document.entries),
        words(document.title)[:500],
        resolve(document.site, address),
        language.code(document.lang),
        min(document.every, _DAY) if document.every else None,
    )


def _document(body: bytes, content_type: str) -> Document | None:
    if body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return jsonfeed.read(body)
    body = prepare(as_utf8(body, content_type))
    if not body.strip():
        return None
    # Bytes in a file object only: feedparser opens a path and fetches an address by itself.
    result = feedparser.parse(
        BytesIO(body),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    feed = result["feed"]
    entries = tuple(_entry(entry) for entry in result["entries"])
    if not result.get("version") and not any(entry.link or entry.guid for entry in entries):
        return None
    return Document(entries, _detail(feed, "title"), _text(feed, "link"), _text(feed, "language"), _every(feed))


def _entry(entry: Any) -> Entry:
    """What feedparser found, by :meth:`dict.get`: its own keys stand in for each other, with a warning."""
    contents = [_texts(detail) for detail in _list(entry, "content")]
    summary = _detail(entry, "summary")
    best = max(contents, key=lambda text: (text.html, len(text.value)), default=summary)
    return Entry(
        guid=_text(entry, "id"),
        link=_link(entry),
        title=_detail(entry, "title"),
        summary=summary,
        content=best,
        author=_author(entry),
        lang=next((_text(detail, "language") for detail in _details(entry) if _text(detail, "language")), ""),
        published=_moment(entry, "published") or _moment(entry, "created"),
        updated=_moment(entry, "updated"),
        tags=tuple(_text(tag, "label") or _text(tag, "term") for tag in _list(entry, "tags")),
        media=tuple(_media(entry)),
        base=next((_text(detail, "base") for detail in _details(entry) if _text(detail, "base")), ""),
    )


def _text(holder: Any, name: str) -> str:
    value = dict.get(holder, name) if isinstance(holder, dict) else None
    return value if isinstance(value, str) else ""


def _list(holder: Any, name: str) -> list[Any]:
    value = dict.get(holder, name)
    return value if isinstance(value, list) else []


def _details(entry: Any) -> Iterator[Any]:
    yield from _list(entry, "content")
    yield from (detail for name in ("summary", "title") if (detail := dict.get(entry, f"{name}_detail")))


def _detail(holder: Any, name: str) -> Text:
    """A text of which feedparser says how it was given; without that, it is a copy of another."""
    return _texts(dict.get(holder, f"{name}_detail") or {})


def _texts(detail: Any) -> Text:
    return Text(_text(detail, "value"), _text(detail, "type").endswith(("html", "html+xml", "xhtml+xml")))


def _link(entry: Any) -> str:
    """The page of the entry: its link as it was before a counter wrapped it, else as it is, an alternate, a guid."""
    unwrapped = _text(entry, "feedburner_origlink") or _text(entry, "pheedo_origlink")
    alternates = (_text(link, "href") for link in _list(entry, "links") if _text(link, "rel") in ("alternate", ""))
    guid = _text(entry, "id")
    candidates = (
        unwrapped,
        _text(entry, "link"),
        *alternates,
        guid if guid.startswith(("http://", "https://")) else "",
    )
    return next(filter(None, candidates), "")


def _author(entry: Any) -> str:
    people = [*_list(entry, "authors"), dict.get(entry, "author_detail") or {}]
    names = dict.fromkeys(_text(person, "name") for person in people)
    return ", ".join(filter(None, names)) or _text(entry, "author")


def _moment(entry: Any, name: str) -> datetime | None:
    parsed = dict.get(entry, f"{name}_parsed")
    try:
        return moment(calendar.timegm(parsed)) if parsed else None
    except (ValueError, OverflowError, TypeError):
        return None


def _media(entry: Any) -> Iterable[Media]:
    for link in _list(entry, "links"):
        if _text(link, "rel") == "enclosure":
            address, type_ = _text(link, "href"), _text(link, "type")
            yield Media(media_kind(address, type_), address, _text(link, "title"), type_)
    for shown in _list(entry, "media_content"):
        address, type_ = _text(shown, "url"), _text(shown, "type")
        yield Media(media_kind(address, type_ or _text(shown, "medium")), address, "", type_)
    for picture in _list(entry, "media_thumbnail"):
        yield Media("image", _text(picture, "url"))


def _every(feed: Any) -> int | None:
    """How often the feed says that it changes, in seconds: RSS's ttl (minutes), else the syndication module."""
    ttl = _text(feed, "ttl").strip()
    if ttl.isascii() and ttl.isdigit():
        return int(ttl[:6]) * 60 or None
    period = _PERIODS.get(_text(feed, "sy_updateperiod").strip().lower())
    times = _text(feed, "sy_updatefrequency").strip()
    return period // max(int(times[:6]) if times.isascii() and times.isdigit() else 1, 1) if period else None
