"""The article on a page: found by trafilatura, which is given bytes and never fetches, and made harmless."""

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from veille.content.addresses import host, resolve
from veille.content.cleaning import clean_link
from veille.content.html import clean, to_text
from veille.content.text import plain
from veille.errors import NoArticle
from veille.posts import Media
from veille.sources.bodies import as_utf8
from veille.sources.readings import joined

_PAGES = ("text/html", "application/xhtml+xml", "text/plain", "")  # a server that says nothing may mean a page
_BEGINNING = 4096  # bytes in which a page names its encoding (HTML, 13.2.3.2, asks for 1024)
_NAMED = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}>")  # which lxml refuses in text
_LARGE = 50_000  # marks of a page that is read once and not again: trafilatura takes the square of its time
_PART = 300  # characters of what a page says of its article
_ASKED: dict[str, Any] = {
    "output_format": "html", "include_comments": False, "include_formatting": True, "include_links": True,
    "include_tables": True,
}  # fmt: skip
# A day and, where the page names one, a time of day; the first that it bears, not that of its last change.
_DATES: dict[str, Any] = {"original_date": True, "extensive_search": False, "outputformat": "%Y-%m-%dT%H:%M:%S%z"}


@dataclass(frozen=True, slots=True)
class Extract:
    """The article of a page as :func:`clean` gave it, and what the page says of it: plain text, "" and None where it
    says nothing. ``published`` is midnight UTC where a day alone is known."""

    html: str
    title: str = ""
    author: str = ""
    site: str = ""
    published: datetime | None = None
    media: tuple[Media, ...] = ()


def extract(body: bytes, content_type: str, address: str) -> Extract:
    """The article of the page ``body``, which came from ``address``. Pure.

    Meant for a worker process. Raises NoArticle when there is none, whatever the page did to prevent it.
    """
    nothing = NoArticle(host=host(address))
    if content_type.partition(";")[0].strip().lower() not in _PAGES:
        raise nothing
    try:
        found = _extracted(_decoded(body, content_type), address)
    except Exception as error:  # a page made to break the library must not look like a fault of ours
        raise nothing from error
    if found is None or not to_text(found.html):
        raise nothing
    return found


def _extracted(page: str, address: str) -> Extract | None:
    """By two readings: a strict one finds where the article begins and ends, a usual one what it says in between."""
    import trafilatura  # takes a quarter of a second

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL + 1)
    asked = {**_ASKED, "url": address}
    strict = trafilatura.extract_with_metadata(page, favor_precision=True, date_extraction_params=_DATES, **asked)
    usual = "" if strict and _large(page) else trafilatura.extract(page, **asked)
    if strict is None:
        return Extract(clean(usual, address).html) if usual else None
    html = clean(joined(strict.text or "", usual or ""), address).html
    return Extract(
        html, _said(strict.title), _said(strict.author).replace("; ", ", "), _said(strict.sitename),
        _moment(strict.date), _media(page, address, strict.image))  # fmt: skip


def _media(page: str, address: str, leading: str | None) -> tuple[Media, ...]:
    """What stands in the article besides its text; where nothing does, the picture that the page leads with."""
    import trafilatura

    # In a reading of its own: with pictures, captions and credits would come into the text, too.
    images = "<img" in page.lower() and not _large(page)
    html = trafilatura.extract(page, url=address, favor_precision=True, include_images=True, **_ASKED) if images else ""
    if found := clean(html or "", address).media:
        return found
    url = resolve(leading or "", address)
    return (Media("image", clean_link(url)),) if url else ()


def _large(page: str) -> bool:
    return page.count("<") > _LARGE


def _said(text: Any) -> str:
    return plain(str(text or ""))[:_PART].strip()


def _moment(text: str | None) -> datetime | None:
    try:
        when = datetime.fromisoformat(text or "")
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _decoded(body: bytes, content_type: str) -> str:
    named = None if "charset" in content_type.lower() else _NAMED.search(body[:_BEGINNING])
    kind = f"{content_type}; charset={named[1].decode('ascii')}" if named else content_type
    return _DECLARATION.sub("", as_utf8(body, kind).decode("utf-8", "replace"))
