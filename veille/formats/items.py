"""From what a file says of a row to an entry, the same for every format: sanitised, capped, or refused with a reason.

The caps on titles and texts are those of feeds (``sources/entries.py``). The person's own words are given
whole: whoever stores them says what there is no room for.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from html import unescape
from typing import NamedTuple

from veille.content import html, language, postings
from veille.content.addresses import normalise, page, resolve
from veille.content.cleaning import clean_link
from veille.content.text import excerpt, fold, plain, printable
from veille.errors import BadAddress, LoginAddress
from veille.formats.entry import Collection, Entry, Refused, Row
from veille.i18n import _
from veille.model import Article, Highlight, Item, ItemKind
from veille.posts import Media, Post

_LONGEST_TITLE = 500
_LONGEST_AUTHOR = 1000  # a paper may have dozens
_LONGEST_UID = 500
_LONGEST_TAG = 60
_LONGEST_LINE = 20_000  # characters that are read of one line
_READ = 8000  # characters of HTML that say what it is about, and in which language
_MOST_KEYWORDS = 100
_MOST_MEDIA = 100
_YEARS = range(1000, 2200)  # outside, a date is a mistake
_PLACED = range(1900, 2200)  # an older work stands where it was saved
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LINE_END = re.compile(r"</(?:p|li|div|h[1-6])\s*>|<br\s*/?>|\r\n?", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):")
_WEB = 1990  # nothing was saved before


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says of one row, untouched.

    ``title``, ``author``, ``note``, ``tags`` and ``highlights`` are plain text, ``html`` is HTML, ``text`` plain text
    in its place (paragraphs parted by empty lines). ``name`` is what its program calls the row, for one without an
    address. ``keywords`` are the publisher's, ``tags`` the person's own. A post is known by its ``name``, where it has
    one, and has no title. ``passages``, ``article`` and ``origin`` become those of the entry.
    """

    url: str = ""
    name: str = ""
    title: str = ""
    author: str = ""
    html: str = ""
    text: str = ""
    lang: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    saved: datetime | None = None
    read: bool = True
    keywords: Sequence[str] = ()
    tags: Sequence[str] = ()
    note: str = ""
    highlights: Sequence[str] = ()
    passages: Sequence[Highlight] = ()
    media: Sequence[Media] = ()
    kind: ItemKind = ItemKind.ARTICLE
    post: Post | None = None
    article: Article | None = None
    origin: tuple[str, str] = ("", "")
    flagged: datetime | None = None


def row(number: int, collection: Collection, said: Said, seen: datetime, *, place: str = "") -> Row:
    """Row ``number`` as an entry; refused when it has neither a usable address nor a name."""
    url, identity, problem = address(said.url)
    if problem and not (said.name and not said.url.strip()):
        return refused(number, problem, said.title, said.url, place=place)
    uid = said.name if said.post and said.name else identity or said.name
    body = html.clean(said.html, url) if said.html.strip() else html.Cleaned(html.from_text(said.text))
    saved = _saved(said.saved, seen)
    made = item(
        uid=uid, url=url, kind=said.kind, post=said.post, title=said.title if said.title.strip() else url,
        author=said.author, content=body.html, lang=said.lang, published=said.published, updated=said.updated,
        saved=saved, seen=seen, media=(*said.media, *body.media), tags=said.keywords)  # fmt: skip
    tags: dict[str, str] = {}
    for tag in filter(None, (plain(plain(each).lstrip("#")) for each in said.tags)):
        tags.setdefault(fold(tag), tag)
    highlights = dict.fromkeys(filter(None, map(plain, said.highlights)))
    return Entry(
        number, made, collection, place, saved, said.read, tuple(tags.values()),
        printable(said.note).replace("\r\n", "\n").replace("\r", "\n").strip(), tuple(highlights),
        tuple(filter(None, (_passage(each, seen) for each in said.passages))),
        _article(said.article, url, seen) if said.article else None, said.origin,
        _saved(said.flagged, seen))  # fmt: skip


def refused(number: int, reason: str, title: str = "", address: str = "", *, place: str = "") -> Refused:
    """Row ``number`` with the ``reason``, and as much of it as finds it again in the file; no password is said."""
    said = plain(address[:_LONGEST_LINE])
    if "@" in said and "://" in said:
        said = re.sub(r"(?<=://)[^/?#]*@", "", said)
    return Refused(number, plain(title[:_LONGEST_LINE])[:_LONGEST_TITLE], said[:_LONGEST_TITLE], reason, place)


class Address(NamedTuple):
    """``url`` is clean. ``identity`` tells its page from others (``content.addresses.page``). ``problem`` says, in the
    language in force, why it cannot be kept; the others are then ""."""

    url: str
    identity: str
    problem: str


def address(url: str) -> Address:
    """What is kept of ``url`` as it was found."""
    if not url.strip():
        return Address("", "", _("It has no address."))
    cleaned = clean_link(resolve(url))
    try:
        try:
            return Address(cleaned, page(cleaned), "")
        except BadAddress:  # a host that is not written in ASCII, for one
            cleaned = clean_link(normalise(url))
            return Address(cleaned, page(cleaned), "")
    except LoginAddress as error:
        return Address("", "", str(error))
    except BadAddress:
        pass
    scheme = _SCHEME.match(url.strip())
    if not scheme or scheme[1].lower() in ("http", "https"):
        return Address("", "", _("Its address is no web address (http or https)."))
    text = _("An address that begins with “{scheme}:” is no page on the web.")
    return Address("", "", text.format(scheme=scheme[1].lower()))


def item(
    *,
    uid: str,
    seen: datetime,
    url: str = "",
    title: str = "",
    author: str = "",
    content: str = "",
    lang: str = "",
    published: datetime | None = None,
    updated: datetime | None = None,
    saved: datetime | None = None,
    media: Iterable[Media] = (),
    tags: Iterable[str] = (),
    kind: ItemKind = ItemKind.ARTICLE,
    post: Post | None = None,
) -> Item:
    """An item of no source yet. ``url`` is clean (:func:`address`), ``content`` is sanitised HTML, the rest is not.

    It stands at ``published``, else at ``saved``, else at ``seen``. A post has no title, and its author's name.
    """
    published, updated = _sensible(published), _sensible(updated)
    placed = (published if published and published.year in _PLACED else None) or saved
    if post:
        return postings.item(
            post, source=0, uid=_short(uid), url=url, content=content, seen=seen, published=published, updated=updated,
            at=placed, lang=lang[:40], media=tuple(media), tags=tags)  # fmt: skip
    title = "" if kind is ItemKind.POST else plain(title[:_LONGEST_LINE])[:_LONGEST_TITLE]
    text = html.to_text(content[:_READ])
    shown = tuple(dict.fromkeys(filter(None, map(_medium, media))))[:_MOST_MEDIA]
    keywords = tuple(dict.fromkeys(filter(None, (plain(each[:1000])[:_LONGEST_TAG] for each in tags))))[:_MOST_KEYWORDS]
    said = (url, title, author, content, published, updated, shown, keywords)
    return Item(
        id=0, source=0, uid=_short(uid), kind=kind, url=url, title=title,
        author=plain(author[:_LONGEST_LINE])[:_LONGEST_AUTHOR], summary=excerpt(text), content=content,
        lang=language.code(lang[:40]) or language.guess(f"{title} {text}"), published=published,
        updated=updated, seen=seen, at=min(placed or seen, seen),
        hash=blake2b(repr(said).encode("utf-8", "replace"), digest_size=16).hexdigest(),
        media=shown, tags=keywords)  # fmt: skip


def line(text: str) -> str:
    """``text`` on one line; references (``&amp;``), which some programs leave in plain text, are resolved."""
    text = text[:_LONGEST_LINE]
    if "&" in text:
        text = _REFERENCE.sub(lambda reference: unescape(reference[0]), text)
    return plain(text)


def lines(markup: str) -> str:
    """The text of untrusted HTML, with its lines."""
    return "\n".join(map(_text, _LINE_END.sub("\n", markup).split("\n"))).strip()


def _text(markup: str) -> str:
    return html.words(markup) if len(markup) < _LONGEST_LINE else html.to_text(html.clean(markup).html)


def _medium(media: Media) -> Media | None:
    url = clean_link(resolve(media.url))
    return Media(media.kind, url, plain(media.description)[:500], plain(media.type)[:100]) if url else None


def _passage(given: Highlight, seen: datetime) -> Highlight | None:
    """``given`` as it can be kept; None for one that says nothing."""
    text = plain(given.text)
    made = given.made if _saved(given.made, seen) else seen
    return Highlight(0, text, made, printable(given.before), printable(given.after)) if text else None


def _article(given: Article, url: str, seen: datetime) -> Article | None:
    """``given`` made harmless; None for one without a text."""
    body = html.clean(given.html, url)
    if not html.to_text(body.html):
        return None
    shown = tuple(dict.fromkeys(filter(None, map(_medium, (*given.media, *body.media)))))[:_MOST_MEDIA]
    return replace(
        given, item=0, html=body.html, fetched=min(given.fetched, seen),
        title=plain(given.title[:_LONGEST_LINE])[:_LONGEST_TITLE],
        author=plain(given.author[:_LONGEST_LINE])[:_LONGEST_AUTHOR],
        site=plain(given.site[:_LONGEST_LINE])[:_LONGEST_AUTHOR], published=_sensible(given.published),
        media=shown)  # fmt: skip


def _short(uid: str) -> str:
    uid = plain(uid)
    return uid if len(uid) <= _LONGEST_UID else blake2b(uid.encode(), digest_size=16).hexdigest()


def _sensible(when: datetime | None) -> datetime | None:
    return when if when and when.year in _YEARS else None


def _saved(when: datetime | None, seen: datetime) -> datetime | None:
    """When it was saved; None for what cannot be: before the web, or yet to come."""
    return when if when and when.year >= _WEB and when <= seen + timedelta(days=1) else None
