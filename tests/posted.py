"""Posts for tests, made the way that every network makes them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from veille.content import postings
from veille.content.postings import Span, weave
from veille.model import Item
from veille.posts import Network, Person, Post

NEWEST = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ADA = Person("@ada", "Ada Lovelace", "https://x.com/ada", "1")
GRACE = Person("@grace", "Grace Hopper", "https://x.com/grace", "2")
_OF_ITEM = ("media", "tags", "updated", "at", "lang")


def posted(
    text: str, author: Person = ADA, *, id: str = "p1", minutes: float = 0, source: int = 1, **more: Any
) -> Item:
    """A post of ``minutes`` before :data:`NEWEST`, its #hashtags, @mentions and addresses linked.

    ``more`` are fields of the post, and those of the item that :func:`veille.content.postings.item` takes.
    """
    of_item = {name: more.pop(name) for name in _OF_ITEM if name in more}
    post = Post(more.pop("network", Network.X), id, author, **more)
    return postings.item(
        post, source=source, uid=id, url=f"https://x.com/ada/status/{id}", content=weave(text, links(text)),
        seen=NEWEST, published=NEWEST - timedelta(minutes=minutes), **of_item)  # fmt: skip


def links(text: str) -> list[Span]:
    """What a network would make links of."""
    found = re.finditer(r"[#@]\w+|https?://\S+", text)
    return [Span(one.start(), one.end(), _address(one[0])) for one in found]


def _address(words: str) -> str:
    heads = {"#": "https://x.com/hashtag/", "@": "https://x.com/"}
    return heads[words[0]] + words[1:] if words[0] in heads else words
