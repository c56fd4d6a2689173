"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from veille.posts import Media
from veille.sources.bodies import MOST_ITEMS
from veille.sources.entries import Document, Entry, Text, media_kind


def read(body: bytes) -> Document | None:
    """The document; None when ``body`` is no JSON Feed."""
    try:
        feed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return None
    if "jsonfeed.org" not in _text(feed, "version") and not _text(feed, "title"):
        return None
    feed_author = _author(feed)
    entries = [_entry(item, feed_author) for item in feed["items"][:MOST_ITEMS] if isinstance(item, dict)]
    return Document(tuple(entries), Text(_text(feed, "title")), _text(feed, "home_page_url"), _text(feed, "language"))


def _entry(item: Mapping[str, Any], feed_author: str) -> Entry:
    page = _text(item, "content_html")
    return Entry(
        guid=_text(item, "id"),
        link=_text(item, "url") or _text(item, "external_url"),
        title=Text(_text(item, "title")),
        summary=Text(_text(item, "summary")),
        content=Text(page, html=True) if page else Text(_text(item, "content_text")),
        author=_author(item) or feed_author,
        lang=_text(item, "language"),
        published=_date(_text(item, "date_published")),
        updated=_date(_text(item, "date_modified")),
        tags=tuple(tag for tag in _list(item, "tags") if isinstance(tag, str)),
        media=tuple(_media(item)),
    )


def _media(item: Mapping[str, Any]) -> Iterable[Media]:
    for name in ("image", "banner_image"):
        if address := _text(item, name):
            yield Media("image", address)
    for attached in _list(item, "attachments"):
        if isinstance(attached, dict) and _text(attached, "url"):
            address, type_ = _text(attached, "url"), _text(attached, "mime_type")
            yield Media(media_kind(address, type_), address, _text(attached, "title"), type_)


def _author(holder: Mapping[str, Any]) -> str:
    """Names of version 1.1's authors, else of version 1.0's one author."""
    people = [*_list(holder, "authors"), holder.get("author")]
    names = [_text(person, "name") for person in people if isinstance(person, dict)]
    return ", ".join(dict.fromkeys(name for name in names if name))


def _text(holder: Mapping[str, Any], name: str) -> str:
    """A string; a number, which identifiers often are, as one."""
    value = holder.get(name)
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300
    return value if isinstance(value, str) else str(value) if number else ""


def _list(holder: Mapping[str, Any], name: str) -> list[Any]:
    value = holder.get(name)
    return value if isinstance(value, list) else []


def _date(text: str) -> datetime | None:
    """RFC 3339; one without a zone is taken as UTC."""
    try:
        when = datetime.fromisoformat(text.strip())
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
