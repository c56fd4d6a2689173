"""What Mastodon says of posts (https://docs.joinmastodon.org/entities/Status/), as items. Pure: runs in a worker.

Pleroma, GoToSocial, Friendica and others speak the same, each in its own accent.
"""

import html as entities
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from veille.content import html
from veille.content.addresses import resolve
from veille.content.cleaning import clean_link
from veille.content.postings import Span, item, weave
from veille.content.shapes import count, dicts, moment, objects, part, text
from veille.content.text import plain
from veille.errors import Garbled
from veille.model import Item
from veille.posts import Fate, Figures, Media, Network, Person, Poll, Post, Referred, Relation, Standing
from veille.sources.answers import Page, read, selected, whole
from veille.sources.base import Verdict

_OPEN = frozenset({"public", "unlisted"})  # what is meant for everybody
_LONGEST_UID = 500
_MOST_OPTIONS = 50
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NAMED = re.compile(r"([A-Za-z0-9_-]{1,64})@([^\s@]{1,300})")
_ACCOUNT = re.compile(r"[^\s@/]{1,100}(?:@[^\s@/]{1,253})?")
_ANCHOR = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_KINDS = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}


@dataclass(frozen=True, slots=True)
class Instance:
    """The machine that answers; ``origin`` is its address without a path."""

    origin: str

    @property
    def host(self) -> str:
        """As it stands in the handles of its people."""
        return self.origin.partition("://")[2]

    def named(self, id: str) -> str:
        """What names the post ``id`` of this instance among those of all others: ``ID@HOST``."""
        return f"{id}@{self.origin.removeprefix('https://')}" if id else ""


@dataclass(frozen=True, slots=True)
class Account:
    """What a look-up tells. ``id`` is the instance's own."""

    id: str
    title: str
    site: str
    suspended: bool


def instance(address: str) -> Instance:
    """The instance on which ``address``, a web address, is."""
    parts = urlsplit(address)
    return Instance(f"{parts.scheme}://{parts.netloc}")


def named(id: str) -> tuple[str, Instance] | None:
    """What :meth:`Instance.named` put together; None for anything else."""
    found = _NAMED.fullmatch(id)
    if not found:
        return None
    return found[1], Instance(found[2] if "://" in found[2] else f"https://{found[2]}")


# Answers -----------------------------------------------------------------------------------------


def account(body: bytes, where: Instance) -> Account:
    """An answer of /api/v1/accounts/lookup. Raises Garbled."""
    answer = read(body, where.host)
    id = _id(answer, "id")
    if not id:
        raise Garbled(host=where.host)
    return Account(id, _title(answer, where), resolve(text(answer, "url", 4096)), answer.get("suspended") is True)


def parse(
    body: bytes, where: Instance, source: int, seen: datetime, known: Mapping[str, str], of_account: bool
) -> Page:
    """An answer of /api/v1/accounts/ID/statuses, or (not ``of_account``) of /api/v1/timelines/tag/TAG.

    Answers of an account to others are left out, those to itself stay.

    :raises Garbled: no list of posts.
    """
    answer = read(body, where.host)
    if not isinstance(answer, list):
        raise Garbled(host=where.host)
    statuses = dicts(answer)
    owner = part(statuses[0], "account") if statuses and of_account else {}
    found = [
        made
        for status in statuses
        if not (of_account and _answers_another(status)) and (made := _item(status, where, source, seen, known))
    ]
    last = _id(statuses[-1], "id") if statuses else ""
    return Page(
        selected(found, known), any(made.uid in known for made in found), last, _title(owner, where),
        resolve(text(owner, "url", 4096)))  # fmt: skip


def judged(
    body: bytes, where: Instance, posts: Sequence[Standing], seen: datetime
) -> tuple[list[Verdict], list[Standing]]:
    """What an answer of /api/v1/statuses (or /api/v1/statuses/ID) says of ``posts``, and those that it does not hold.

    Of a repost only the fate of the post itself is told.
    """
    answer = read(body, where.host)
    if not isinstance(answer, list | dict):
        raise Garbled(host=where.host)
    given = {where.named(_id(each, "id")): each for each in dicts(answer if isinstance(answer, list) else [answer])}
    there = [_verdict(post, given[post.id], where, seen) for post in posts if post.id in given]
    return there, [post for post in posts if post.id not in given]


def _verdict(post: Standing, status: dict[str, Any], where: Instance, seen: datetime) -> Verdict:
    made = _item(status, where, post.source, seen, {post.uid: post.hash})
    same = made is None or made.uid != post.uid or made.hash == post.hash
    return Verdict(post.item, Fate.THERE, None if same else made)


def _answers_another(status: dict[str, Any]) -> bool:
    to = _id(status, "in_reply_to_account_id")
    return bool(to) and not part(status, "reblog") and to != _id(part(status, "account"), "id")


# Posts -------------------------------------------------------------------------------------------


def _item(
    status: dict[str, Any], where: Instance, source: int, seen: datetime, known: Mapping[str, str]
) -> Item | None:
    """The item of ``status``; None for what is not meant for everybody, or names neither itself nor its author."""
    said = part(status, "reblog") or status
    reposter = _person(part(status, "account"), where) if said is not status else None
    author, id, uid = _person(part(said, "account"), where), _id(said, "id"), _uid(status, known)
    closed = {text(status, "visibility"), text(said, "visibility")} - _OPEN
    if closed or not (author and id and uid) or (said is not status and not reposter):
        return None
    content, shown = _content(said, where)
    post = Post(
        Network.MASTODON, where.named(id), author, reposted_by=reposter, continues=_continued(said, where),
        referred=(*_quoted(said, where), *_answered(said, where)), poll=_poll(said), figures=_figures(said),
        mentions=_mentions(said, where), warning=text(said, "spoiler_text", 2000))  # fmt: skip
    return item(
        post, source=source, uid=uid, url=text(said, "url", 4096) or text(said, "uri", 4096), content=content,
        seen=seen, published=moment(text(said, "created_at")), updated=moment(text(said, "edited_at")),
        at=moment(text(status, "created_at")) if reposter else None, lang=text(said, "language", 50),
        media=(*_media(said), *shown), tags=[text(tag, "name", 200) for tag in objects(said, "tags")])  # fmt: skip


def _uid(status: dict[str, Any], known: Mapping[str, str]) -> str:
    """What names the post everywhere; its page's address where it is known by that, from the feed of the account."""
    uri, url = plain(text(status, "uri")), plain(text(status, "url"))
    uid = url if url in known else uri or url
    return uid if len(uid) <= _LONGEST_UID else ""


def _id(holder: Any, name: str) -> str:
    """An id of the instance: digits, or letters, too, where it is not Mastodon; some send it as a number."""
    value = str(number) if (number := count(holder, name)) is not None else text(holder, name, 100)
    return value if _ID.fullmatch(value) else ""


def _person(account: dict[str, Any], where: Instance) -> Person | None:
    handle, url = _handle(account, where), text(account, "url", 4096)
    if not handle:
        return None
    return Person(handle, text(account, "display_name", 500), url, text(account, "uri", 4096) or url)


def _handle(account: dict[str, Any], where: Instance) -> str:
    """@name@host, always whole: an instance says @name of its own people."""
    name = text(account, "acct", 500) or text(account, "username", 500)
    if not _ACCOUNT.fullmatch(name):
        return ""
    return f"@{name}" if "@" in name else f"@{name}@{where.host}"


def _title(account: dict[str, Any], where: Instance) -> str:
    """Name and handle, and where the account has moved to."""
    handle, name = _handle(account, where), plain(text(account, "display_name", 200))
    shown = f"{name} ({handle})" if name and handle else handle
    moved = _handle(part(account, "moved"), where)
    return f"{shown} → {moved}" if shown and moved else shown


def _figures(status: dict[str, Any]) -> Figures:
    return Figures(
        replies=count(status, "replies_count"), reposts=count(status, "reblogs_count"),
        likes=count(status, "favourites_count"), quotes=count(status, "quotes_count"))  # fmt: skip


def _poll(status: dict[str, Any]) -> Poll | None:
    poll = part(status, "poll")
    options = tuple(
        (plain(text(option, "title", 500)), count(option, "votes_count"))
        for option in objects(poll, "options", _MOST_OPTIONS)
    )
    voters = count(poll, "voters_count")
    votes = count(poll, "votes_count") if voters is None else voters
    return Poll(options, votes, moment(text(poll, "expires_at"))) if options else None


def _mentions(status: dict[str, Any], where: Instance) -> tuple[Person, ...]:
    return tuple(person for each in objects(status, "mentions") if (person := _person(each, where)))


def _media(status: dict[str, Any]) -> Iterator[Media]:
    for each in objects(status, "media_attachments"):
        address = text(each, "url", 4096) or text(each, "remote_url", 4096) or text(each, "preview_url", 4096)
        yield Media(_KINDS.get(text(each, "type"), "file"), address, text(each, "description"))


# Its text ----------------------------------------------------------------------------------------


def _content(status: dict[str, Any], where: Instance) -> tuple[str, tuple[Media, ...]]:
    """The text with its links whole, a line for the page that is attached to it, and what the text showed."""
    page = text(status, "content", html.LONGEST)
    if part(status, "quote"):
        page = _without_quote_line(page)
    cleaned = html.clean(page, where.origin)
    people = {clean_link(resolve(each.url, where.origin)): each.handle for each in _mentions(status, where)}
    content = _ANCHOR.sub(lambda link: _link(link, people), cleaned.html)
    return content + _card(part(status, "card"), content), cleaned.media


def _without_quote_line(page: str) -> str:
    """Without the line that stands for the quote where quotes are not shown."""
    for tag in ("p", "span"):
        start = page.find(f'<{tag} class="quote-inline">')
        end = page.find(f"</{tag}>", start)
        if 0 <= start < end:
            page = page[:start] + page[end + len(tag) + 3 :]
    return page


def _link(link: re.Match[str], people: Mapping[str, str]) -> str:
    """A link that says the whole handle or address where it said only the beginning."""
    address, shown = entities.unescape(link[1]), entities.unescape(_TAG.sub("", link[2]))
    handle = (people.get(address) or _written_out(address, shown)) if shown.startswith("@") else ""
    better = handle or whole(shown, address)
    return f'<a href="{link[1]}">{entities.escape(plain(better), quote=False)}</a>' if better else link[0]


def _written_out(address: str, shown: str) -> str:
    """The whole handle of ``shown``, @name, when ``address`` is the page of that account on an instance."""
    parts = urlsplit(address)
    return f"{shown}@{parts.netloc}" if parts.path.lower() == f"/{shown.lower()}" and "@" not in parts.netloc else ""


def _card(card: dict[str, Any], content: str) -> str:
    url = clean_link(resolve(text(card, "url", 4096)))
    if not url or entities.escape(url) in content:
        return ""
    title = plain(text(card, "title", 500)) or url
    return weave(title, [Span(0, len(title), url)])


# What is inside ----------------------------------------------------------------------------------


def _quoted(status: dict[str, Any], where: Instance) -> Iterator[Referred]:
    """The post that is quoted: nested, by its id alone, or with the reason why it is not given.

    Others than Mastodon put the post itself where Mastodon (4.4) puts ``state`` and ``quoted_status``.
    """
    quote = part(status, "quote") or part(part(status, "pleroma"), "quote")
    if not quote:
        return
    said = quote if "content" in quote else part(quote, "quoted_status")
    state = text(quote, "state") or ("accepted" if said else "")
    id = where.named(_id(said, "id") or _id(quote, "quoted_status_id"))
    author = _person(part(said, "account"), where)
    if state != "accepted" or (said and (text(said, "visibility") not in _OPEN or not author)):
        yield Referred(Relation.QUOTED, id, fate=Fate.DELETED if state == "deleted" else Fate.UNAVAILABLE)
        return
    content, shown = _content(said, where) if said else ("", ())
    yield Referred(
        Relation.QUOTED, id, author, text(said, "url", 4096) or text(said, "uri", 4096), content,
        moment(text(said, "created_at")), (*_media(said), *shown))  # fmt: skip


def _continued(status: dict[str, Any], where: Instance) -> str:
    to, own = _id(status, "in_reply_to_account_id"), _id(part(status, "account"), "id")
    return where.named(_id(status, "in_reply_to_id")) if to and to == own else ""


def _answered(status: dict[str, Any], where: Instance) -> Iterator[Referred]:
    """The post of somebody else before this one, of which no more is told than whose it is."""
    id, to = _id(status, "in_reply_to_id"), _id(status, "in_reply_to_account_id")
    if id and not _continued(status, where):
        people = (each for each in objects(status, "mentions") if _id(each, "id") == to)
        yield Referred(Relation.ANSWERED, where.named(id), next((_person(each, where) for each in people), None))


# The feed that stands in ------------------------------------------------------------------------


def from_feed(
    items: Iterable[Item], where: Instance, owner: Person | None, known: Mapping[str, str]
) -> tuple[Item, ...]:
    """Posts out of the items of an instance's feed: of ``owner``, or each of whom its link names.

    A post that is known from the API is left alone: the feed says less of it.
    """
    told = {uid.rpartition("/statuses/")[2] for uid in known if uid.startswith(f"{where.origin}/")}
    posts = (_from_feed(each, where, owner) for each in items if _number(each.url) not in told)
    return selected(posts, known)


def _from_feed(entry: Item, where: Instance, owner: Person | None) -> Item:
    content = _ANCHOR.sub(lambda link: _link(link, {}), entry.content)
    own = entry.url.startswith(f"{where.origin}/") and _ID.fullmatch(_number(entry.url))
    post = Post(
        Network.MASTODON, where.named(_number(entry.url)) if own else entry.url or entry.uid,
        owner or _of_link(entry.url))  # fmt: skip
    return item(
        post, source=entry.source, uid=entry.uid, url=entry.url, content=content, seen=entry.seen,
        published=entry.published, updated=entry.updated, lang=entry.lang, media=entry.media, tags=entry.tags,
    )  # fmt: skip


def _number(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def _of_link(url: str) -> Person:
    """Who wrote the post at ``url``, ``https://HOST/@NAME/ID`` or ``https://HOST/users/NAME/…``."""
    found = re.match(r"(https?://([^/?#@]+)/(?:@|users/)([A-Za-z0-9_.-]{1,100}))(?:/|\Z)", url)
    return Person(f"@{found[3]}@{found[2]}", url=found[1], id=found[1]) if found else Person("")
