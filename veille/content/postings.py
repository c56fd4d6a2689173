"""From what a network says of a post to an item, the same for every network."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from html import escape

from veille.content import html, language
from veille.content.addresses import resolve
from veille.content.cleaning import clean_link
from veille.content.text import excerpt, plain, printable
from veille.model import Item, ItemKind
from veille.posts import Media, Person, Poll, Post

LONGEST = 30_000  # characters of a post that are read; the longest that a network counts, X's, have 25,000
_MOST_MEDIA = 20
_MOST_TAGS = 40
_MOST_OPTIONS = 50
_MOST_COUNTRIES = 250
_LONGEST_NAME = 200
_LONGEST_ID = 1000
_LONGEST_DESCRIPTION = 2000
_ODD = re.compile(r"[^\S \n]|\xa0|&(?!amp;|lt;|gt;)|[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # what a parser would write anew
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs that show nothing


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text, in characters, that is a link to ``url``. ``shown`` stands in its place, "" for itself."""

    start: int
    end: int
    url: str
    shown: str = ""


def weave(text: str, spans: Iterable[Span] = ()) -> str:
    """``text`` as sanitised HTML, its ``spans`` as links; those that overlap or lie outside are passed over.

    Line ends stay; empty lines part paragraphs. A span whose address is no web address is shown as text.
    """
    text = text[:LONGEST]
    parts, at = list[str](), 0
    for span in sorted(spans, key=lambda each: (each.start, each.end)):
        if not at <= span.start < span.end <= len(text):
            continue
        parts.append(escape(printable(text[at : span.start]), quote=False))
        words = escape(printable(span.shown or text[span.start : span.end]), quote=False)
        url = clean_link(resolve(span.url))
        parts.append(f'<a href="{escape(url)}">{words}</a>' if url and words.strip() else words)
        at = span.end
    parts.append(escape(printable(text[at:]), quote=False))
    woven = _paragraphs("".join(parts))
    return html.clean(woven).html if _ODD.search(woven) else woven  # the same, where nothing is odd


def _paragraphs(woven: str) -> str:
    blocks = woven.replace("\r\n", "\n").strip().split("\n\n")
    return "".join(f"<p>{block.strip().replace(chr(10), '<br>')}</p>" for block in blocks if block.strip())


def item(
    post: Post,
    *,
    source: int,
    uid: str,
    url: str,
    content: str,
    seen: datetime,
    published: datetime | None,
    updated: datetime | None = None,
    at: datetime | None = None,
    lang: str = "",
    media: Sequence[Media] = (),
    tags: Iterable[str] = (),
) -> Item:
    """The item of ``post``, whose ``content`` is sanitised HTML (:func:`weave`, :func:`veille.content.html.clean`).

    ``at`` is where it stands in time, when that is not when it was published: a repost stands where it was passed on.
    Names, descriptions and addresses are made harmless here; ``lang`` is a code, guessed where it is "".
    """
    post = _harmless(post)
    text = html.to_text(content)
    shown = tuple(filter(None, map(_medium, media)))[:_MOST_MEDIA]
    when = at or published or seen
    made = Item(
        id=0, source=source, uid=uid, kind=ItemKind.POST, url=clean_link(resolve(url)), title="",
        author=post.author.label, summary=excerpt(text), content=content,
        lang=language.code(lang) or language.guess(text), published=published, updated=updated, seen=seen,
        at=min(when, seen), media=shown,
        tags=tuple(dict.fromkeys(filter(None, (plain(tag)[:80] for tag in tags))))[:_MOST_TAGS], post=post)  # fmt: skip
    return replace(made, hash=_digest(made))


def _digest(item: Item) -> str:
    """Changes whenever anything that the network says does, not with when it was asked."""
    said = (item.url, item.author, item.content, item.published, item.updated, item.media, item.tags, item.post)
    return blake2b(repr(said).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _harmless(post: Post) -> Post:
    referred = tuple(
        replace(
            each, id=_name(each.id), author=each.author and _person(each.author), url=clean_link(resolve(each.url)),
            media=tuple(filter(None, map(_medium, each.media)))[:_MOST_MEDIA])
        for each in post.referred
    )  # fmt: skip
    return replace(
        post, id=_name(post.id), continues=_name(post.continues), poll=post.poll and _poll(post.poll),
        withheld=tuple(plain(each)[:2] for each in post.withheld)[:_MOST_COUNTRIES],
        author=_person(post.author), reposted_by=post.reposted_by and _person(post.reposted_by),
        referred=referred, mentions=tuple(map(_person, post.mentions)), warning=plain(post.warning)[:500])  # fmt: skip


def _poll(poll: Poll) -> Poll:
    options = tuple((plain(text)[:_LONGEST_DESCRIPTION], votes) for text, votes in poll.options)
    return replace(poll, options=options[:_MOST_OPTIONS])


def _name(id: str) -> str:
    return plain(id)[:_LONGEST_ID]


@lru_cache(maxsize=1000)
def _person(person: Person) -> Person:
    name = plain(person.name)[:_LONGEST_NAME]
    return Person(
        plain(person.handle)[:_LONGEST_NAME], name if _visible(name) else "", clean_link(resolve(person.url)),
        plain(person.id)[:_LONGEST_NAME])  # fmt: skip


def _visible(name: str) -> bool:
    return any(unicodedata.category(each)[0] not in "CMZ" and each not in _FILLERS for each in name)


def _medium(media: Media) -> Media | None:
    """A medium with a web address; None for any other. One without an address keeps its place by its description."""
    url = clean_link(resolve(media.url))
    if media.url and not url:
        return None
    return Media(media.kind, url, plain(media.description)[:_LONGEST_DESCRIPTION], plain(media.type)[:100])
