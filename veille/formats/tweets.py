"""Posts as X puts them into an archive (the objects of its API v1.1) as items. Pure: no object raises anything.

Numbers come as strings, and so do places in the text; ids, links and texts are read as those of ``sources/x`` are, so
that a post is the same item whichever way it comes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from veille.content import postings
from veille.content.shapes import moment, objects, part, strings, text
from veille.content.xposts import ID, KEPT, SITE, STATUS, Json, handle, identity, made, profile, tags, woven
from veille.model import Item
from veille.posts import Figures, Media, Network, Person, Post, Referred, Relation

LONGEST = postings.LONGEST
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MADE = re.compile(r"\w{3} (\w{3}) (\d\d?) (\d\d):(\d\d):(\d\d) ([+-]\d\d)(\d\d) (\d{4})", re.ASCII)
_SPACED = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)", re.ASCII)  # archives before 2018
_PASSED_ON = re.compile(r"RT @([A-Za-z0-9_]{1,20}): ?")
_SHORT = re.compile(r"https?://t\.co/[A-Za-z0-9]{1,20}\b(?!…)")
_KINDS = {"photo": "image", "video": "video", "animated_gif": "video"}
_MOST = 300  # entities of a kind


@dataclass(frozen=True, slots=True)
class Note:
    """The whole text of a long post, kept apart from it. ``post`` is its id where it is told, "" where it is not."""

    id: str
    post: str
    text: str
    entities: Json
    when: datetime | None
    row: int
    place: str


def own(raw: Json, me: Person, seen: datetime, note: Note | None = None) -> Item | None:
    """A post of the person ``me``, with the whole text of its ``note``; None for what has no id."""
    id = identity(raw, "id_str", "id")
    if not id:
        return None
    passed_on = _PASSED_ON.match(said(raw))
    original = part(raw, "retweeted_status")
    if original and identity(original, "id_str", "id"):
        return _item(original, _author(original, Person("")), seen, uid=id, by=raw, me=_author(raw, me))
    if passed_on:
        return _repost(raw, passed_on, me, seen, id)
    return _item(raw, _author(raw, me), seen, note=note)


def other(raw: Json, seen: datetime) -> Item | None:
    """A post that the person liked or kept, of which its file tells little; None for what has no id.

    Its author is unknown where no address names them. One whose text is not told is shown by its address.
    """
    link = text(raw, "expandedUrl") or text(raw, "expanded_url") or text(raw, "url")
    status = STATUS.match(link)
    id = identity(raw, "tweetId", "tweet_id", "id_str", "id") or (status[2] if status else "")
    if not id:
        return None
    named = handle(raw, "screen_name") or handle(raw, "username") or (status[1] if status else "") or ""
    author = _person(named if named != "i" else "", text(raw, "name"))
    words = text(raw, "fullText", LONGEST) or said(raw)
    url = _address(author, id)
    if words.strip():
        content = woven(words, _entities(raw, words), lambda _entity: False)
    else:
        content = postings.weave(url.removeprefix("https://"), [postings.Span(0, len(url) - 8, url)])
    return postings.item(
        Post(Network.X, id, author), source=0, uid=id, url=url, content=content, seen=seen, published=when(raw, id),
        lang=text(raw, "lang"), media=_media(raw))  # fmt: skip


def alone(note: Note, me: Person, seen: datetime) -> Item:
    """A long text whose post is not there. Its own id leads nowhere at X."""
    content = woven(note.text, _entities({}, note.text, note), lambda _entity: False)
    return postings.item(
        Post(Network.X, note.post, me), source=0, uid=note.post or note.id,
        url=_address(me, note.post) if note.post else "", content=content, seen=seen,
        published=note.when, tags=tags(note.entities))  # fmt: skip


def note(raw: Json, row: int, place: str) -> Note | None:
    """What one object of ``note-tweet.js`` says; None for what has no text."""
    core = part(raw, "core") or part(raw, "noteTweetContents") or part(raw, "noteTweetResults") or raw
    words, id = text(core, "text", LONGEST), identity(raw, "noteTweetId", "note_tweet_id", "id_str", "id")
    if not words.strip() or not id:
        return None
    given = part(core, "entitySet") or core
    entities = {
        "urls": [
            {
                "url": _any(each, "shortUrl", "short_url", "url"),
                "expanded_url": _any(each, "expandedUrl", "expanded_url"),
            }
            for each in objects(given, "urls", _MOST)
        ],
        "hashtags": [{"tag": each} for each in _names(given, "hashtags")],
        "cashtags": [{"tag": each} for each in _names(given, "cashtags")],
        "mentions": [
            {"username": _any(each, "screenName", "screen_name")} for each in objects(given, "mentions", _MOST)
        ],
    }
    told = moment(text(raw, "createdAt")) or made(id)
    return Note(id, identity(raw, "tweetId"), words, entities, told, row, place)


def said(raw: Json) -> str:
    """The words of a post, as X escaped them."""
    return text(raw, "full_text", LONGEST) or text(raw, "text", LONGEST)


def when(raw: Json, id: str) -> datetime | None:
    """When a post was published; where that is not told, by its id."""
    return _told(text(raw, "created_at")) or made(id)


def _told(words: str) -> datetime | None:
    if found := _MADE.fullmatch(words):
        month, day, hour, minute, second, hours, minutes, year = found.groups()
        away = timedelta(hours=int(hours), minutes=int(hours[0] + minutes))
        try:
            at = _MONTHS.index(month.lower()) + 1
            return datetime(int(year), at, int(day), int(hour), int(minute), int(second), tzinfo=UTC) - away
        except (ValueError, OverflowError):
            return None
    spaced = _SPACED.fullmatch(words)
    return moment(f"{spaced[1]}{spaced[2]}:{spaced[3]}" if spaced else words)


# One post ----------------------------------------------------------------------------------------


def _item(
    raw: Json, author: Person, seen: datetime, *, uid: str = "", by: Json | None = None, me: Person | None = None,
    note: Note | None = None,
) -> Item:  # fmt: skip
    id = identity(raw, "id_str", "id")
    first = _first(raw, id)
    words = _whole(said(raw), note)
    entities, media = _entities(raw, words, note), _media(raw)
    post = Post(
        Network.X, first, author, reposted_by=me, continues="" if by else _continued(raw, author),
        referred=tuple(_referred(raw, author)), figures=_figures(raw), mentions=_mentions(entities))  # fmt: skip
    told = when(raw, id)
    return postings.item(
        post, source=0, uid=uid or first, url=_address(author, id), content=woven(words, entities, _left_out(raw)),
        seen=seen, published=told if first == id else made(first) or told, updated=told if first != id else None,
        at=when(by, identity(by, "id_str", "id")) if by else None, lang=text(raw, "lang"), media=media,
        tags=tags(entities))  # fmt: skip


def _repost(raw: Json, passed_on: re.Match[str], me: Person, seen: datetime, id: str) -> Item:
    """A post that was passed on, of which the archive has the beginning, and neither its id nor its date."""
    words, entities = said(raw)[passed_on.end() :], _entities(raw, said(raw))
    ids = {each.handle.lower(): each.id for each in _mentions(entities)}
    author = _person(passed_on[1], "", ids.get(f"@{passed_on[1]}".lower(), ""))
    by = _author(raw, me)
    post = Post(
        Network.X, id, author, reposted_by=by, mentions=_mentions(entities),
        figures=Figures(reposts=_count(raw, "retweet_count")))  # fmt: skip
    return postings.item(
        post, source=0, uid=id, url=_address(by, id), content=woven(words, entities, _left_out(raw)), seen=seen,
        published=None, at=when(raw, id), lang=text(raw, "lang"), media=_media(raw), tags=tags(entities))  # fmt: skip


def _first(raw: Json, id: str) -> str:
    """The first of the ids that an edited post had."""
    edits = part(raw, "edit_info")
    initial = part(edits, "initial") or part(part(edits, "edit"), "editControlInitial")
    known = [each for each in strings(initial, "editTweetIds") if ID.fullmatch(each)]
    return min([*known, identity(part(edits, "edit"), "initialTweetId") or id, id], key=int)


def _whole(words: str, note: Note | None) -> str:
    """The text with that of its note in place of its beginning; the names that it answers stay in front."""
    if note is None:
        return words
    names = re.match(r"(?:@[A-Za-z0-9_]{1,20}\s+)*", words)
    before = names[0] if names else ""
    return note.text if note.text.startswith(before.strip()) else before + note.text


def _continued(raw: Json, author: Person) -> str:
    """The id of the post of the same author that it carries on."""
    to, name = identity(raw, "in_reply_to_user_id_str", "in_reply_to_user_id"), handle(raw, "in_reply_to_screen_name")
    same = (to == author.id) if to and author.id else bool(name) and f"@{name}".lower() == author.handle.lower()
    return identity(raw, "in_reply_to_status_id_str", "in_reply_to_status_id") if same else ""


def _referred(raw: Json, author: Person) -> Iterable[Referred]:
    if id := identity(raw, "quoted_status_id_str", "quoted_status_id"):
        url = text(part(raw, "quoted_status_permalink"), "expanded")
        status = STATUS.match(url)
        whose = _person(status[1]) if status and status[1] and status[1] != "i" else Person("")
        yield Referred(Relation.QUOTED, id, whose if whose.handle else None, _address(whose, id))
    if id := identity(raw, "in_reply_to_status_id_str", "in_reply_to_status_id"):
        name = handle(raw, "in_reply_to_screen_name")
        whose = _person(name, "", identity(raw, "in_reply_to_user_id_str", "in_reply_to_user_id"))
        whose = author if _continued(raw, author) else whose
        yield Referred(Relation.ANSWERED, id, whose if whose.handle or whose.id else None, _address(whose, id))


def _left_out(raw: Json) -> Any:
    """Tells of the links at the end that say what is shown by itself: a medium, the quoted post."""
    quoted = identity(raw, "quoted_status_id_str", "quoted_status_id")

    def left_out(entity: Json) -> bool:
        status = STATUS.match(text(entity, "expanded_url")) if quoted else None
        return bool(entity.get("medium")) or bool(status and status[2] == quoted)

    return left_out


def _figures(raw: Json) -> Figures:
    return Figures(
        _count(raw, "reply_count"), _count(raw, "retweet_count"), _count(raw, "favorite_count"),
        _count(raw, "quote_count"), _count(raw, "view_count"))  # fmt: skip


# Parts of a post ---------------------------------------------------------------------------------


def _entities(raw: Json, words: str, note: Note | None = None) -> dict[str, list[dict[str, Any]]]:
    """What X found in the text, as ``content/xposts.py`` reads it, and the links of its shortener without one.

    What only the shortener knows stays a link to it: an archive may be the last place where it stands.
    """
    given = part(raw, "entities")
    more: Json = note.entities if note else {}
    urls = [_link(each) for each in objects(given, "urls", _MOST)]
    urls += [{**_link(each), "medium": True} for each in objects(given, "media", _MOST)]
    urls += more.get("urls", [])
    if "t.co/" in words:
        known = {each["url"] for each in urls}
        left = (each for each in dict.fromkeys(_SHORT.findall(words)) if each not in known)
        urls += [{"url": each, "expanded_url": each, KEPT: True} for each in left]
    return {
        "urls": urls,
        "hashtags": [_tag(each) for each in objects(given, "hashtags", _MOST)] + more.get("hashtags", []),
        "cashtags": [_tag(each) for each in objects(given, "symbols", _MOST)] + more.get("cashtags", []),
        "mentions": [_mention(each) for each in objects(given, "user_mentions", _MOST)] + more.get("mentions", []),
    }


def _link(entity: Json) -> dict[str, Any]:
    url = text(entity, "url")
    return {"url": url, "expanded_url": text(entity, "expanded_url"), "start": _start(entity)}


def _tag(entity: Json) -> dict[str, Any]:
    return {"tag": text(entity, "text"), "start": _start(entity)}


def _mention(entity: Json) -> dict[str, Any]:
    id = identity(entity, "id_str", "id")
    return {"username": text(entity, "screen_name"), "name": text(entity, "name"), "id": id, "start": _start(entity)}


def _start(entity: Json) -> int:
    """Where it begins, in characters of the text as X escaped it; -1 where that is not told."""
    places = entity.get("indices")
    start = _number(places[0]) if isinstance(places, list) and places else None
    return -1 if start is None else start


def _mentions(entities: dict[str, list[dict[str, Any]]]) -> tuple[Person, ...]:
    found = (_person(name, "", each.get("id", "")) for each in entities["mentions"] if (name := handle(each)))
    return tuple({each.handle.lower(): each for each in found}.values())


def _media(raw: Json) -> list[Media]:
    given = objects(part(raw, "extended_entities"), "media") or objects(part(raw, "entities"), "media")
    return [
        Media(_KINDS.get(text(each, "type"), "file"), _any(each, "media_url_https", "media_url"),
              _any(each, "ext_alt_text", "alt_text"))
        for each in given
    ]  # fmt: skip


def _author(raw: Json, otherwise: Person) -> Person:
    """Who wrote it, where it says so; archives leave that to ``account.js``."""
    user = part(raw, "user")
    name = handle(user, "screen_name")
    return _person(name, text(user, "name"), identity(user, "id_str", "id")) if name else otherwise


def _person(name: str, title: str = "", id: str = "") -> Person:
    page = profile(name) or (f"{SITE}i/user/{id}" if id else "")
    return Person(f"@{name}" if name else "", title, page, id)


def person(raw: Json) -> Person:
    """Whose archive it is, as ``account.js`` says."""
    return _person(handle(raw), text(raw, "accountDisplayName"), identity(raw, "accountId"))


def _address(author: Person, id: str) -> str:
    return f"{profile(author.handle.removeprefix('@')) or SITE + 'i'}/status/{id}"


def _names(holder: Json, name: str) -> list[str]:
    """Tags, which come as words or as objects with a ``text``."""
    return strings(holder, name, _MOST) + [_any(each, "tag", "text") for each in objects(holder, name, _MOST)]


def _any(holder: Json, *names: str) -> str:
    return next(filter(None, (text(holder, name) for name in names)), "")


def _count(raw: Json, name: str) -> int | None:
    number = _number(raw.get(name))
    return number if number is not None and number < 10**12 else None


def _number(value: Any) -> int | None:
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) <= 15 else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
