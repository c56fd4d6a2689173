"""The order in which a person would choose among the feeds of one page. Pure.

All of them are offered; what decides is, in this order:

1. comments come last;
2. feeds of the site, of a host below it, or kept for it by a service for feeds, before those of other sites;
3. on a page of a section, the feed of that section; elsewhere feeds of the whole site before those of one section,
   author, tag or search, and articles before podcasts and films;
4. feeds in the language of the page before those in another, and the one at the root before those in folders;
5. the same feed in a second format after all that are others: RSS or Atom, whichever the page names first, before
   JSON Feed, which says no more and is looked after by fewer;
6. what a link element declares before what a link merely leads to;
7. the order of the page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from veille.content.addresses import host
from veille.content.text import fold
from veille.sources.discovery.places import section
from veille.sources.discovery.values import Declared, How, Page

# "Comment(s)" in the languages of the web's larger blogs, folded; whole words, or beginnings where words go on.
_COMMENTS = re.compile(
    r"\b(?:comments?|commentaires?|kommentar(?:e|en|er|erna|feed)?|comentarios?|comentaris|commenti|reacties|"
    r"kommentit|komentar[a-z]*|yorumlar|replies|reponses|antworten|respuestas|discussion thread)\b"
    r"|комментари|коментар|コメント|评论|評論|留言|댓글|تعليقات|σχολια"
)
_COMMENTS_PATH = re.compile(
    r"/comments?(?:[/._-]|\Z)|/commentaires?(?:[/._-]|\Z)|comments?-(?:rss2?|feed|atom)|commentrss|/feed/comments|"
    r"/feeds/[^/]+/comments|[?&]comments?=|feed=comments|/replies/feed|/kommentare(?:/|\Z)"
)
_PART = re.compile(
    r"/(?:category|categories|categorie|tags?|authors?|auteur|search|recherche|archives?|label|topics?|themes?|"
    r"rubriques?|section|kategorie|forums?|users?|c|t)/|[?&](?:cat|tag|author|s|q|id_rubrique|id_mot|id_auteur)="
)
_PART_TITLE = re.compile(r"\b(?:category|categorie|tag|author|auteur|search results|rubrique|archives?)\b")
_MEDIA = re.compile(
    r"\b(?:podcasts?|baladodiffusion|audio|videos?|photos?|galeries?|newsletter|jobs?|emplois?|events?)\b"
)
_SERVICES = ("feedburner.com", "feedpress.me", "feedblitz.com", "feedburner.google.com", "rapidfeeds.com")
_FORMATS = re.compile(r"(?:(?<=[^a-z])|\A)(?:rss2?|atom(?:10)?|rdf|json|xml|feeds?|index|alt|format|type)(?=[^a-z]|\Z)")
_WORDS = re.compile(r"\w+")
_DATED = re.compile(r"/(?:19|20)[0-9]{2}/[0-9]{1,2}/|(?:-[^/-]+){3,}/?\Z|[0-9]{4,}[^/]*/?\Z")  # the page of one article
_LANGUAGE = re.compile(r"(?:fr|en|de|es|it|nl|pt)\Z")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A feed with what was judged of it: ``double`` is the same as one before it, in another format; ``foreign`` is
    another site's."""

    feed: Declared
    comments: bool = False
    double: bool = False
    foreign: bool = False


def ranked(page: Page, feeds: Sequence[Declared]) -> tuple[Ranked, ...]:
    """``feeds``, which ``page`` speaks of, the first to be chosen first; a page without an address is none."""
    titles = _own(page, feeds)
    judged = [
        Ranked(
            each, _is_comments(page, each, title), foreign=bool(page.address) and not _belongs(page.address, each.url)
        )
        for each, title in zip(feeds, titles, strict=True)
    ]
    named = dict(zip((each.url for each in feeds), titles, strict=True))
    whole = sorted(judged, key=lambda one: _rank(page, one, named[one.feed.url]))
    seen: set[tuple[str, str]] = set()
    parted: list[Ranked] = []
    for one in whole:
        bare, title = _identity(one.feed, named[one.feed.url])
        title = "" if one.feed.how is How.ANCHOR else title  # which says how it looks
        double = (bare, title) in seen or (not title and any(bare == each for each, _title in seen))
        parted.append(Ranked(one.feed, one.comments, double, one.foreign))
        seen.add((bare, title))
    return tuple(sorted(parted, key=lambda one: (one.comments, one.double)))


def _rank(page: Page, one: Ranked, title: str) -> tuple[object, ...]:
    feed = one.feed
    here = section(page.address)
    path = _path(feed.url)
    home = not here
    ours = not home and _of_section(here, feed, title)
    part = bool(_PART.search(path + "/") or _PART_TITLE.search(title)) and not ours
    other = bool(_MEDIA.search(title) or _MEDIA.search(path.replace("/", " ").replace("-", " ")))
    lang = _language_of(feed)
    strange = 1 if not (lang and page.lang) else 2 * (lang != page.lang)
    folder = bool(_FORMATS.sub("", path).strip("/._-"))
    how = {How.SELF: 0, How.PLACE: 0, How.CHANNEL: 0, How.ANCHOR: 2}.get(feed.how, 1)
    return (one.comments, one.foreign, not ours, part, other, strange, how, folder, feed.type == "json")


def _is_comments(page: Page, feed: Declared, title: str) -> bool:
    """By its title or address; what lies below the page of one article are the answers to it."""
    path, here = _path(feed.url), _path(page.address).partition("?")[0].rstrip("/")
    below = path.startswith(f"{here}/") and bool(_DATED.search(here)) and host(feed.url) == host(page.address)
    return bool(below or _COMMENTS.search(title) or _COMMENTS_PATH.search(path))


def _of_section(here: Sequence[str], feed: Declared, title: str) -> bool:
    """Whether a feed is that of the section ``here``, whose page was asked for.

    It lies below the page, or the last part of the page's path is a part of its own, a file's name or its title.
    """
    parts = section(feed.url)
    last = here[-1]
    if any(each == last or each.removesuffix("-rss").removeprefix("rss-") == last for each in parts):
        return True
    said = " ".join(_WORDS.findall(title))
    return bool(said) and said == " ".join(_WORDS.findall(last))


def _own(page: Page, feeds: Sequence[Declared]) -> list[str]:
    """The titles of ``feeds``, folded, without the name of the site, which may say anything: Commentary, Podcast …"""
    titles = [fold(each.title) for each in feeds]
    for name in {fold(page.site), fold(page.title)} - {""}:
        titles = [each.replace(name, " ") if each != name else "" for each in titles]
    words = [each.split() for each in titles]
    if len(words) > 1 and all(words):
        same = 0
        while all(len(each) > same + 1 and each[same] == words[0][same] for each in words):
            same += 1
        words = [each[same:] for each in words]
    return [" ".join(each).strip(" »›>|:·-–—") for each in words]


def _belongs(page: str, feed: str) -> bool:
    """Whether both hosts are one site, as far as names tell: the same, one below the other, or beside it."""
    one, other = (re.sub(r"\A(?:www|m|mobile)\.", "", host(each)) for each in (page, feed))
    if one == other or f".{other}".endswith((f".{one}", *(f".{each}" for each in _SERVICES))):
        return True
    if f".{one}".endswith(f".{other}"):
        return True
    ends = [each.split(".")[-2:] for each in (one, other)]
    return ends[0] == ends[1] and len(ends[0]) == 2 and len(ends[0][0]) > 3  # co.uk, com.au, gov.fr are no sites


def _identity(feed: Declared, title: str) -> tuple[str, str]:
    """What two formats of one feed have in common."""
    bare = " ".join(_WORDS.findall(_FORMATS.sub(" ", f"{host(feed.url)}{_path(feed.url)}")))
    return bare, " ".join(_WORDS.findall(_FORMATS.sub(" ", title.replace("2.0", "").replace("1.0", ""))))


def _language_of(feed: Declared) -> str:
    if feed.lang:
        return feed.lang
    return next((each for each in _path(feed.url).split("/") if _LANGUAGE.match(each)), "")


def _path(url: str) -> str:
    parts = urlsplit(url)
    return fold(unquote(parts.path) + (f"?{parts.query}" if parts.query else ""))
