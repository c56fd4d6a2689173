"""What Bluesky says of posts (the lexicons app.bsky.feed and app.bsky.embed), as items. Pure: runs in a worker."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from veille.content.postings import Span, item, weave
from veille.content.shapes import count, dicts, moment, objects, part, strings, text
from veille.content.text import plain
from veille.errors import Garbled, NotAllowed
from veille.i18n import N_
from veille.model import Item
from veille.posts import Fate, Figures, Media, Network, Person, Post, Referred, Relation, Standing
from veille.sources.answers import Page, read, selected, whole
from veille.sources.base import Verdict

HOST = "bsky.app"  # as a person knows it
_POST = "app.bsky.feed.post"
_STRANGERS = "!no-unauthenticated"  # an author's wish to be shown to nobody who is not logged in
_HIDDEN = frozenset({"!hide", "!takedown", _STRANGERS})
_WARNINGS = {
    "porn": N_("Adult content"), "sexual": N_("Sexually suggestive"), "nudity": N_("Nudity"),
    "graphic-media": N_("Graphic pictures"), "gore": N_("Graphic pictures"), "!warn": N_("Sensitive content"),
}  # fmt: skip
_OTHER_PAGES = {
    "app.bsky.feed.generator": "profile/{who}/feed/{key}", "app.bsky.graph.list": "profile/{who}/lists/{key}",
    "app.bsky.graph.starterpack": "starter-pack/{who}/{key}", "app.bsky.labeler.service": "profile/{who}",
}  # fmt: skip
_FIRST_YEAR = 1995  # people bring their old posts along, but none from before the web
_LONGEST = 10_000  # characters of a post that are read; the network takes 3,000 bytes
_MOST_FACETS = 300  # no post has room for more
_GIFS = "media.tenor.com"  # films without sound come as links to it

# https://atproto.com/specs/did, /handle, /at-uri-scheme
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_LAST = r"[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DID = r"did:[a-z]+:[a-zA-Z0-9._:%-]{0,2000}[a-zA-Z0-9._-]"
_HANDLE = rf"(?![^/]{{254}})(?:{_LABEL}\.)+{_LAST}"
_NSID = rf"(?![^/]{{318}}){_LAST}\.(?:{_LABEL}\.)+[a-zA-Z][a-zA-Z0-9]{{0,62}}"
_KEY = r"(?!\.{1,2}\Z)[a-zA-Z0-9._:~-]{1,512}"
_RECORD = re.compile(rf"at://({_DID}|{_HANDLE})/({_NSID})/({_KEY})")


@dataclass(frozen=True, slots=True)
class Place:
    """A record's address, ``at://WHO/KIND/KEY``, taken apart; ``who`` is a DID, of old records a handle."""

    who: str
    kind: str
    key: str


def did(said: str) -> str:
    """``said`` when it is a DID, else ""."""
    return said if re.fullmatch(_DID, said) else ""


def handle(said: str) -> str:
    """``said`` in lower case when it is a handle; "" for none, and for ``handle.invalid``, which stands for none."""
    said = said.lower()
    return said if re.fullmatch(_HANDLE, said) and said != "handle.invalid" else ""


def place(uri: str) -> Place | None:
    """The record that ``uri`` names; None when it names none."""
    found = _RECORD.fullmatch(uri)
    return Place(*found.groups()) if found else None


def page(who: str, uri: str = "") -> str:
    """The page on bsky.app of an account (a handle or DID), or of its record."""
    record = place(uri)
    if not record:
        return f"https://{HOST}/profile/{who}"
    form = "profile/{who}/post/{key}" if record.kind == _POST else _OTHER_PAGES.get(record.kind, "profile/{who}")
    return f"https://{HOST}/" + form.format(who=who or record.who, key=quote(record.key, safe=":~"))


# Answers -----------------------------------------------------------------------------------------


def parse(body: bytes, source: int, seen: datetime, known: Mapping[str, str]) -> Page:
    """An answer of app.bsky.feed.getAuthorFeed.

    :raises Garbled: no such answer.
    :raises NotAllowed: the author wants no reader who is not logged in, which the API leaves to us to respect.
    """
    answer = read(body, HOST)
    if not isinstance(answer, dict) or not isinstance(answer.get("feed"), list):
        raise Garbled(host=HOST)
    entries = objects(answer, "feed")
    owners = [part(_reason(entry), "by") or part(part(entry, "post"), "author") for entry in entries]
    if any(_STRANGERS in _labels(owner) for owner in owners):
        raise NotAllowed(host=HOST, detail=N_("The author shows posts only to readers who are logged in."))
    found = [(entry, made) for entry in entries if (made := _item(entry, source, seen))]
    met = any(made.uid in known for entry, made in found if not _pinned(entry))
    owner = _person(owners[0]) if owners else None
    return Page(
        selected((made for _entry, made in found), known), met, text(answer, "cursor", 500), _title(owner),
        owner.url if owner else "")  # fmt: skip


def judged(body: bytes, posts: Sequence[Standing], seen: datetime) -> tuple[list[Verdict], list[Standing]]:
    """What an answer of app.bsky.feed.getPosts says of ``posts``, and those that it does not hold.

    A repost, and an answer to somebody else, is not given here as its feed gives it: of such a one only the fate is
    told.
    """
    answer = read(body, HOST)
    if not isinstance(answer, dict) or not isinstance(answer.get("posts"), list):
        raise Garbled(host=HOST)
    views = {text(view, "uri"): view for view in objects(answer, "posts")}
    there = [_verdict(post, views[post.id], seen) for post in posts if post.id in views]
    return there, [post for post in posts if post.id not in views]


def _verdict(post: Standing, view: dict[str, Any], seen: datetime) -> Verdict:
    if _hidden(view):
        return Verdict(post.item, Fate.UNAVAILABLE)
    made = _item({"post": view}, post.source, seen)
    same = made is None or made.uid != post.uid or made.hash == post.hash or _answers_another(view)
    return Verdict(post.item, Fate.THERE, None if same else made)


def _answers_another(view: dict[str, Any]) -> bool:
    parent, own = _parent(view), place(text(view, "uri"))
    return bool(parent and own and parent.who != own.who)


# Posts -------------------------------------------------------------------------------------------


def _pinned(entry: dict[str, Any]) -> bool:
    """Whether it is first for no other reason than that its author likes it best."""
    return text(_reason(entry), "$type").endswith("#reasonPin")


def _item(entry: dict[str, Any], source: int, seen: datetime) -> Item | None:
    """The item of an entry (app.bsky.feed.defs#feedViewPost); None for what is no post, or is hidden."""
    view = part(entry, "post")
    record, uri = part(view, "record"), text(view, "uri")
    where, author = place(uri), _person(part(view, "author"))
    by = part(_reason(entry), "by")
    reposter = _person(by) if by else None
    if not where or where.kind != _POST or text(record, "$type") != _POST or not author or _hidden(view):
        return None
    if by and not reposter:
        return None
    inside = _Inside()
    inside.look(part(view, "embed") or part(record, "embed"))
    words, langs = text(record, "text", _LONGEST), strings(record, "langs")
    post = Post(
        Network.BLUESKY, uri, author, reposted_by=reposter, continues=_continued(view),
        referred=(*inside.quoted, *_answered(entry, view, bool(reposter))), figures=_figures(view),
        mentions=tuple(_mentions(record, words)), warning=_warning(view))  # fmt: skip
    return item(
        post, source=source, uid=f"{uri} {reposter.id}" if reposter else uri, url=page(_who(author), uri),
        content=_content(record, words, inside), seen=seen, published=_published(record, view, seen),
        at=moment(text(_reason(entry), "indexedAt")) if reposter else None, lang=langs[0] if langs else "",
        media=inside.media, tags=_tags(record))  # fmt: skip


def _reason(entry: dict[str, Any]) -> dict[str, Any]:
    return part(entry, "reason")


def _person(view: dict[str, Any]) -> Person | None:
    id, name = did(text(view, "did")), handle(text(view, "handle"))
    if not id:
        return None
    return Person(f"@{name}" if name else id, text(view, "displayName", 500), page(name or id), id)


def _who(person: Person) -> str:
    return person.handle.removeprefix("@")


def _title(owner: Person | None) -> str:
    if not owner:
        return ""
    name = plain(owner.name)[:200]
    return f"{name} ({owner.handle})" if name else owner.handle


def _published(record: dict[str, Any], view: dict[str, Any], seen: datetime) -> datetime | None:
    """When it was written, as its author says; when the network had it, where that is earlier or more likely."""
    created, indexed = moment(text(record, "createdAt")), moment(text(view, "indexedAt"))
    if not created or created.year < _FIRST_YEAR:
        return indexed
    if indexed:
        return min(created, indexed)
    return created if created <= seen else None


def _figures(view: dict[str, Any]) -> Figures:
    return Figures(
        replies=count(view, "replyCount"), reposts=count(view, "repostCount"), likes=count(view, "likeCount"),
        quotes=count(view, "quoteCount"))  # fmt: skip


def _labels(view: dict[str, Any]) -> set[str]:
    """What a post or an account is labelled with: by its author, or by the network."""
    own = objects(part(part(view, "record"), "labels"), "values")
    return {text(each, "val", 100) for each in (*objects(view, "labels"), *own) if each.get("neg") is not True}


def _warning(view: dict[str, Any]) -> str:
    """English, marked for translation: the first of the labels that warn."""
    labels = _labels(view)
    return next((warning for label, warning in _WARNINGS.items() if label in labels), "")


def _hidden(view: dict[str, Any]) -> bool:
    return bool(_HIDDEN & (_labels(view) | _labels(part(view, "author"))))


# Its text ----------------------------------------------------------------------------------------


def _content(record: dict[str, Any], words: str, inside: "_Inside") -> str:
    """The text, and a line for each link that is attached to it and does not stand in it."""
    spans = list(_spans(record, words))
    stated = {span.url for span in spans}
    lines = [
        weave(title, [Span(0, len(title), url)])
        for url, title in inside.links
        if url not in stated and url not in words
    ]
    return "".join((weave(words, spans), *lines))


def _spans(record: dict[str, Any], words: str) -> Iterator[Span]:
    for start, end, feature in _features(record, words):
        shown = words[start:end]
        match text(feature, "$type").rpartition("#")[2]:
            case "link":
                yield Span(start, end, url := text(feature, "uri", 4096), whole(shown, url))
            case "mention" if who := did(text(feature, "did")):
                yield Span(start, end, page(who))
            case "tag" if tag := text(feature, "tag", 700):
                yield Span(start, end, f"https://{HOST}/hashtag/{quote(tag, safe='')}")


def _features(record: dict[str, Any], words: str) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """What is marked in the text, with its place in characters: Bluesky counts the bytes of UTF-8.

    A mark that begins or ends inside a character, or outside the text, is passed over.
    """
    facets = objects(record, "facets", _MOST_FACETS)
    if not facets:
        return
    place_of, at = dict[int, int](), 0
    for number, character in enumerate(words):
        place_of[at] = number
        at += len(character.encode())
    place_of[at] = len(words)
    for facet in facets:
        index = part(facet, "index")
        start, end = place_of.get(_number(index, "byteStart"), -1), place_of.get(_number(index, "byteEnd"), -1)
        if 0 <= start < end:
            yield from ((start, end, feature) for feature in objects(facet, "features", 5))


def _number(holder: dict[str, Any], name: str) -> int:
    value = count(holder, name)
    return -1 if value is None else value


def _mentions(record: dict[str, Any], words: str) -> Iterator[Person]:
    for start, end, feature in _features(record, words):
        if who := did(text(feature, "did")):
            name = handle(words[start:end].removeprefix("@"))
            yield Person(f"@{name}" if name else who, url=page(who), id=who)


def _tags(record: dict[str, Any]) -> list[str]:
    """Those in the text, then those that stand beside it."""
    inside = [
        text(feature, "tag", 700)
        for facet in objects(record, "facets", _MOST_FACETS)
        for feature in objects(facet, "features", 5)
    ]
    return [*filter(None, inside), *strings(record, "tags")]


# What is inside ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Inside:
    """What is embedded in a post (app.bsky.embed): ``links`` are addresses with their titles.

    ``outermost``: the post stands in no other; what a post inside another quotes is not looked at.
    """

    outermost: bool = True
    media: list[Media] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    quoted: list[Referred] = field(default_factory=list)

    def look(self, embed: dict[str, Any]) -> None:
        """Take in ``embed``: a view as the API gives it, or the record itself, which knows no addresses of files."""
        match _kind(embed):
            case "app.bsky.embed.record":
                self._record(part(embed, "record"))
            case "app.bsky.embed.recordWithMedia":
                self._show(part(embed, "media"))
                self._record(part(part(embed, "record"), "record"))
            case _other:
                self._show(embed)

    def _show(self, embed: dict[str, Any]) -> None:
        match _kind(embed):
            case "app.bsky.embed.images":
                self.media += [
                    Media("image", text(each, "fullsize", 4096) or text(each, "thumb", 4096), text(each, "alt"))
                    for each in objects(embed, "images")
                ]
            case "app.bsky.embed.video":
                self.media.append(Media("video", text(embed, "playlist", 4096), text(embed, "alt")))
            case "app.bsky.embed.external":
                self._link(part(embed, "external"))

    def _link(self, card: dict[str, Any]) -> None:
        url, description = text(card, "uri", 4096), text(card, "description", 2000)
        if _host(url) == _GIFS:
            alt = re.sub(r"\AALT: ", "", description, flags=re.IGNORECASE) or text(card, "title", 500)
            self.media.append(Media("image", url, alt, "image/gif"))
        elif url:
            self.links.append((url, text(card, "title", 500).strip() or url))

    def _record(self, view: dict[str, Any]) -> None:
        where = place(text(view, "uri"))
        if not where:
            return
        if where.kind == _POST and self.outermost:
            self.quoted.append(_referred(Relation.QUOTED, view, where))
        elif where.kind in _OTHER_PAGES:
            name = text(view, "displayName", 500) or text(view, "name", 500) or text(part(view, "record"), "name", 500)
            self.links.append((address := page("", text(view, "uri")), name.strip() or address))


def _kind(embed: dict[str, Any]) -> str:
    return text(embed, "$type").removesuffix("#view")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _referred(relation: Relation, view: dict[str, Any], where: Place) -> Referred:
    """A post inside another: whole where it is given, else with what became of it."""
    uri, author = text(view, "uri"), _person(part(view, "author"))
    kind = text(view, "$type").rpartition("#")[2]
    record = part(view, "value") or part(view, "record")
    fate = _FATES.get(kind, Fate.THERE)
    if _hidden(view) or (record and text(record, "$type") != _POST):
        fate = Fate.UNAVAILABLE
    if fate is not Fate.THERE:
        return Referred(relation, uri, url=page(where.who, uri), fate=fate)
    inside = _Inside(outermost=False)
    for embed in (*dicts(view.get("embeds"), 5), part(view, "embed")):
        inside.look(embed)
    words = text(record, "text", _LONGEST)
    published = moment(text(record, "createdAt")) or moment(text(view, "indexedAt"))
    return Referred(
        relation, uri, author, page(_who(author) if author else where.who, uri), _content(record, words, inside),
        published, tuple(inside.media))  # fmt: skip


_FATES = {
    "viewNotFound": Fate.DELETED, "notFoundPost": Fate.DELETED, "viewBlocked": Fate.UNAVAILABLE,
    "blockedPost": Fate.UNAVAILABLE, "viewDetached": Fate.UNAVAILABLE,
}  # fmt: skip


def _parent(view: dict[str, Any]) -> Place | None:
    """The post that ``view`` answers."""
    return place(text(part(part(part(view, "record"), "reply"), "parent"), "uri"))


def _continued(view: dict[str, Any]) -> str:
    parent, own = _parent(view), place(text(view, "uri"))
    same = parent and own and parent.who == own.who and parent.kind == _POST
    return f"at://{parent.who}/{parent.kind}/{parent.key}" if parent and same else ""


def _answered(entry: dict[str, Any], view: dict[str, Any], reposted: bool) -> Iterator[Referred]:
    """The post before this one, unless it is the author's own and stands in the same feed by itself."""
    parent = _parent(view)
    if not parent or parent.kind != _POST or (_continued(view) and not reposted):
        return
    uri = f"at://{parent.who}/{parent.kind}/{parent.key}"
    given = part(part(entry, "reply"), "parent")
    yield _referred(Relation.ANSWERED, given if text(given, "uri") == uri else {"uri": uri}, parent)
