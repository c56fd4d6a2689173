"""What X answers, before it is read as posts: ids, pages, and what its errors mean. Pure.

Nothing that X may say raises anything but Garbled.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from veille.content.shapes import dicts, objects, part, strings, text
from veille.content.xposts import ID, Json, identity
from veille.errors import Garbled
from veille.posts import Fate

X = "X"  # how a person knows the host

_MOST = 1000  # things of a kind that are read of one answer; X gives 100 posts, and what is inside them


# Ids ---------------------------------------------------------------------------------------------


def history(raw: Json) -> list[str]:
    """The ids of all versions of a post, the first one first: each edit gives a new id."""
    said = [*strings(raw, "edit_history_tweet_ids"), *strings(raw, "edit_history_post_ids"), identity(raw, "id")]
    return sorted({each for each in said if ID.fullmatch(each)}, key=int)


def references(raw: Json) -> list[str]:
    """The ids of the posts that a post answers, quotes or passes on."""
    found = objects(raw, "referenced_tweets") + objects(raw, "referenced_posts")
    return [id for each in found if (id := identity(each, "id"))]


# Answers -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What X gave. ``posts`` in its order; ``inside`` are those that they refer to, by id; ``errors`` are the parts
    that it refused; ``more`` asks for the next page; ``refused``: nothing but errors came."""

    posts: tuple[Json, ...] = ()
    users: Mapping[str, Json] = field(default_factory=dict)
    inside: Mapping[str, Json] = field(default_factory=dict)
    media: Mapping[str, Json] = field(default_factory=dict)
    polls: Mapping[str, Json] = field(default_factory=dict)
    errors: tuple[Json, ...] = ()
    newest: int = 0
    more: str = ""
    refused: bool = False

    def __or__(self, other: "Answer") -> "Answer":
        return Answer(
            (*self.posts, *other.posts), {**self.users, **other.users}, {**self.inside, **other.inside},
            {**self.media, **other.media}, {**self.polls, **other.polls}, (*self.errors, *other.errors),
            max(self.newest, other.newest), other.more)  # fmt: skip

    def paid_by(self, owner: Callable[[Json], int]) -> dict[int, set[str]]:
        """The ids of the posts that X bills, by the source that ``owner`` gives for each of ``posts``; those inside
        them go with the first that refers to them."""
        bill: dict[int, set[str]] = {}
        left = set(self.inside)
        for raw in self.posts:
            of = bill.setdefault(owner(raw), set())
            of.add(identity(raw, "id"))
            within = left.intersection(references(raw))
            of |= within
            left -= within
        if left:
            bill.setdefault(owner(self.posts[0]) if self.posts else 0, set()).update(left)
        return bill

    @property
    def writers(self) -> set[str]:
        """The ids of the accounts that wrote ``posts`` and those inside them."""
        return {id for each in (*self.posts, *self.inside.values()) if (id := identity(each, "author_id"))}


def read(document: Any, users: bool = False) -> Answer:
    """What ``document``, a JSON value, says; with ``users`` its data are accounts. Raises Garbled."""
    if not isinstance(document, dict) or not document.keys() & {"data", "errors", "meta"}:
        raise Garbled(host=X)
    data = document.get("data")
    if not isinstance(data, list | dict | None):
        raise Garbled(host=X)
    found = [data] if isinstance(data, dict) else dicts(data, _MOST)
    inside, meta, errors = part(document, "includes"), part(document, "meta"), objects(document, "errors", _MOST)
    people = found + objects(inside, "users", _MOST) if users else objects(inside, "users", _MOST)
    posts = () if users else tuple(each for each in found if identity(each, "id"))
    referred = objects(inside, "tweets", _MOST) + objects(inside, "posts", _MOST)
    return Answer(
        posts, _by(people, "id"), _by(referred, "id"), {key: each for each in objects(inside, "media", _MOST)
        if (key := text(each, "media_key"))}, _by(objects(inside, "polls", _MOST), "id"), tuple(errors),
        max((int(identity(each, "id")) for each in posts), default=0), text(meta, "next_token"),
        bool(errors) and data is None and not meta)  # fmt: skip


def _by(found: Iterable[Json], name: str) -> dict[str, Json]:
    return {id: each for each in found if (id := identity(each, name))}


def fate(error: Json) -> Fate:
    """What an error says of the post or the account that it is about."""
    said = " ".join(text(error, name) for name in ("title", "detail", "type", "reason")).lower()
    if "suspended" in said:
        return Fate.SUSPENDED
    if "withheld" in said:
        return Fate.WITHHELD
    if "not authorized" in said or "authorization" in said or "not-authorized" in said or "protected" in said:
        return Fate.PROTECTED
    gone = "not found" in said or "not-found" in said or "could not find" in said or "deleted" in said
    return Fate.DELETED if gone else Fate.UNAVAILABLE


def concerns(error: Json) -> str:
    """Which post or account an error is about, as it was asked for; "" for none."""
    return text(error, "resource_id") or identity(error, "resource_id") or text(error, "value")
