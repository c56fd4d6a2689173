"""Feeds as bytes, before a parser sees them: what could exhaust it is left out or refused."""

import codecs
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
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_MARKS = b"""<a b='c' d="1"/> &amp; <!-- [x] ~? + \\u003c"""
_BEGINNINGS = {
    codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    b"<\0\0\0": "utf-32-le", b"\0\0\0<": "utf-32-be", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
    b"<\0": "utf-16-le", b"\0<": "utf-16-be",
}  # fmt: skip
_MENTIONS = (b"<item", b"<entry", b":item", b":entry", b"<ITEM", b"<Item")


def as_utf8(body: bytes, content_type: str) -> bytes:
    """``body`` in UTF-8: by how it begins, what the server says, what it says itself, and what fits."""
    for encoding in _encodings(body, content_type):
        try:
            return body.decode(encoding).encode("utf-8", "replace")
        except (UnicodeError, LookupError):
            continue
    return body


def _encodings(body: bytes, content_type: str) -> Iterator[str]:
    yield from (encoding for beginning, encoding in _BEGINNINGS.items() if body.startswith(beginning))
    said, declared = _CHARSET.search(content_type), _DECLARED.match(body[:400].lstrip())
    named = [said[1] if said else "", declared[1].decode("ascii") if declared else ""]
    yield from (_MEANT.get(name.lower(), name) for name in named if _shows_marks(name))
    yield from ("utf-8", "cp1252", "latin-1")


# "gb2312" is its superset (https://encoding.spec.whatwg.org/#names-and-labels); what calls itself Latin-1 may be UTF-8,
# which no text in Latin-1 looks like, and is that of Windows otherwise.
_MEANT = {"gb2312": "gb18030", "iso-8859-1": "utf-8", "latin1": "utf-8", "us-ascii": "utf-8"}


def _shows_marks(encoding: str) -> bool:
    """Whether ASCII stands for itself: in UTF-7, EBCDIC or punycode a tag can hide from all that looks for it here."""
    try:
        return _MARKS.decode(encoding) == _MARKS.decode("ascii")
    except (UnicodeError, LookupError):
        return False


def prepare(body: bytes) -> bytes:
    """``body``, in UTF-8, with at most 1,000 items, 5 MB and 50,000 elements: the newest, whole ones.

    :raises Unreadable: it declares entities, or would exhaust whoever reads it.
    """
    if b"<!ENTITY" in body.upper():
        raise Unreadable(detail=_("it declares entities, which Veille refuses to expand"))
    if len(body) > LONGEST or sum(map(body.count, _MENTIONS)) > MOST_ITEMS or body.count(b"<") > _MOST_OF_ONE:
        body = _cut(body)
    if body.count(b"xmlns:") > _MOST_NAMESPACES or _crowded(body):
        raise _too_much()
    return body


def _too_much() -> Unreadable:
    return Unreadable(detail=_("it is built in a way that no program could read"))


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
