"""Feeds as bytes, before a parser sees them: what could exhaust it is left out or refused."""

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from veille.errors import Unreadable
from veille.i18n import _

MOST_ITEMS = 1000
LONGEST = 5_000_000  # bytes that are parsed

_MOST_ELEMENTS = 50_000  # feedparser takes up to 0.2 ms for each
_MOST_OF_ONE = 8_000  # elements of one item: feedparser compares its categories and links with each other
_MOST_NAMESPACES = 10_000  # declared; expat goes through those in force for each name
_MOST_ATTRIBUTES = 2_000  # of one element: they, too, are compared with each other
_START = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,30}:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)
_END = re.compile(rb"</(?:[A-Za-z_][\w.-]{0,30}:)?(?:item|entry)\s*>", re.IGNORECASE)
_LONG_TAG = re.compile(rb"<[A-Za-z][^<>]{20000,}")
_CDATA = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_DATE = re.compile(
    rb"<(?:\w{1,20}:)?(?:pubDate|published|updated|date|issued|modified)>\s*([^<]{8,60}?)\s*<", re.IGNORECASE
)
_MENTIONS = (b"<item", b"<entry", b":item", b":entry", b"<ITEM", b"<Item")


def prepare(body: bytes) -> bytes:
    """``body`` with at most 1,000 items, 5 MB and 50,000 elements: the newest, whole ones.

    :raises Unreadable: it declares entities, or would exhaust whoever reads it.
    """
    if b"<!ENTITY" in (body.replace(b"\0", b"") if b"\0" in body[:4000] else body).upper():
        raise Unreadable(detail=_("it declares entities, which Veille refuses to expand"))
    if len(body) > LONGEST or sum(map(body.count, _MENTIONS)) > MOST_ITEMS or body.count(b"<") > _MOST_OF_ONE:
        body = _cut(body)
    if body.count(b"xmlns:") > _MOST_NAMESPACES or _crowded(body):
        raise _too_much()
    return body


def _too_much() -> Unreadable:
    return Unreadable(detail=_("it is built in a way that no reader could bear"))


def _crowded(body: bytes) -> bool:
    if body.count(b"=") <= _MOST_ATTRIBUTES:
        return False
    return any(tag[0].count(b"=") > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(body))


def _cut(body: bytes) -> bytes:
    starts = [found.start() for found in _START.finditer(body)]
    if not starts:
        return _bearable(body[:LONGEST])
    last = max((found.end() for found in _END.finditer(body)), default=0)
    end = last if last > starts[-1] else len(body)
    head, tail = _bearable(body[: starts[0]][:LONGEST]), _bearable(body[end:][:LONGEST])
    items = [body[start:stop] for start, stop in zip(starts, [*starts[1:], end], strict=True)]
    oldest_first = _date(items[0]) < _date(items[-1]) if _date(items[0]) else False
    kept = list(_newest(items[::-1] if oldest_first else items, LONGEST - len(head) - len(tail)))
    if not kept:
        raise _too_much()
    return head + b"".join(kept[::-1] if oldest_first else kept) + tail


def _bearable(part: bytes) -> bytes:
    if _elements(part) > _MOST_OF_ONE:
        raise _too_much()
    return part


def _newest(items: list[bytes], room: int) -> Iterator[bytes]:
    """The first of ``items`` that fit; one that is too much by itself is passed over."""
    elements = 0
    for item in items[:MOST_ITEMS]:
        count = _elements(item)
        if count > _MOST_OF_ONE or len(item) > LONGEST // 2:
            continue
        room -= len(item)
        elements += count
        if room < 0 or elements > _MOST_ELEMENTS:
            break
        yield item


def _elements(part: bytes) -> int:
    """Tags of ``part`` that begin an element, or look like it; not those in CDATA, which are text."""
    if part.count(b"<") > 100:
        part = _CDATA.sub(b"", part)
    return part.count(b"<") - part.count(b"</")


def _date(item: bytes) -> str:
    """The date of an item in a form that sorts; "" for none, or one in an unusual form."""
    found = _DATE.search(item)
    text = found[1].decode("ascii", "replace") if found else ""
    if re.match(r"\d{4}-\d\d-\d\d", text):
        return text
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError):
        return ""
