"""What X writes, wherever it comes from: ids, and the text of a post as people read it. Pure.

Its links are whole, and nothing of X's shortener t.co is left.

X counts the places of what it found in a text ("entities") in characters of the text as it sends it, where ``&``,
``<`` and ``>`` are escaped. Where a place does not hold what it should, the words themselves are looked for.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import quote

from veille.content.addresses import resolve
from veille.content.cleaning import clean_link, opaque
from veille.content.postings import LONGEST, Span, weave
from veille.content.shapes import objects, text

Json = Mapping[str, Any]

SITE = "https://x.com/"
KEPT = "kept"  # in an entity: its shortened address is shown, since the post is nowhere else
ID = re.compile(r"[0-9]{1,19}", re.ASCII)
STATUS = re.compile(  # the address of a post: whose, where it says so, and its id
    r"https?://(?:(?:www|mobile|m)\.)?(?:x|twitter)\.com/(?:i/web|([A-Za-z0-9_]{1,20}))/status(?:es)?/([0-9]{1,19})"
    r"(?![^/?#])",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_TIMED = 1288834974657  # milliseconds since 1970: ids tell the time since then (X's "snowflake")
_FIRST_TIMED_ID = 30_000_000_000  # ids below are older, and tell nothing

_MOST = 300  # entities of a kind that are read
_MOST_ASTRAY = 100  # that are looked for, where X gave a wrong place, each at so many places at most
_LONGEST_SHOWN = 50  # characters of an address that stand in the text
_ESCAPED = re.compile(r"&(amp|lt|gt);")
_MEANT = {"amp": "&", "lt": "<", "gt": ">"}
_SHORTENED = re.compile(r"https?://t\.co/[A-Za-z0-9]*…?|https?:/?/?(?:t(?:\.(?:co?)?)?)?…(?=\s|\Z)", re.IGNORECASE)
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,20}")
_TAG = re.compile(r"[\w·]{1,280}")


# Ids ---------------------------------------------------------------------------------------------


def identity(holder: Any, *names: str) -> str:
    """The id under the first of ``names`` that has one; "" for none."""
    for name in names:
        value = holder.get(name) if isinstance(holder, dict) else None
        said = str(value) if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**19 else value
        if isinstance(said, str) and ID.fullmatch(said):
            return said
    return ""


def made(id: str) -> datetime | None:
    """When what has this id was made, to the millisecond; None where an id does not tell."""
    number = int(id) if ID.fullmatch(id) else 0
    if number < _FIRST_TIMED_ID:
        return None
    return _EPOCH + timedelta(milliseconds=(number >> 22) + _FIRST_TIMED)


def first_of(when: datetime) -> int:
    """The smallest id of what is made at ``when`` or later."""
    return max(0, (when - _EPOCH) // timedelta(milliseconds=1) - _FIRST_TIMED) << 22


# Text --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """A stretch of the text, as X sent it, that leads to ``url``, "" for nowhere. ``shown`` stands in its place.

    ``entity`` is what X says of it.
    """

    start: int
    end: int
    url: str
    shown: str
    entity: Json


def handle(holder: Json, name: str = "username") -> str:
    """The name of an account, without "@"; "" for what is none."""
    said = text(holder, name)
    return said if _HANDLE.fullmatch(said) else ""


def profile(name: str) -> str:
    """The page of the account ``name``; "" for none."""
    return SITE + name if name else ""


def woven(said: str, entities: Json, left_out: Callable[[Json], bool]) -> str:
    """``said`` as sanitised HTML with its links; those at its end that ``left_out`` tells of are not shown."""
    said = said[:LONGEST]
    links = list(_placed(said, entities))
    end = len(said.rstrip())
    while links and links[-1].end >= end and left_out(links[-1].entity):
        end = len(said[: links.pop().start].rstrip())
    return weave(*_written(said[:end], links))


def tags(entities: Json) -> list[str]:
    """The hashtags, without "#"."""
    return [tag for each in objects(entities, "hashtags", _MOST) if (tag := _tag(each))]


def _tag(entity: Json) -> str:
    said = text(entity, "tag") or text(entity, "text")
    return said if _TAG.fullmatch(said) else ""


def _written(said: str, links: list[Link]) -> tuple[str, list[Span]]:
    """The text without escapes and with whole links in place, and where in it they stand."""
    parts, spans, at, length = list[str](), list[Span](), 0, 0

    def write(words: str, url: str = "") -> None:
        nonlocal length
        parts.append(words)
        if url:
            spans.append(Span(length, length + len(words), url))
        length += len(words)

    for link in links:
        write(_between(said[at : link.start]))
        write(link.shown, link.url)
        at = link.end
    write(_between(said[at:]))
    return "".join(parts), spans


def _between(said: str) -> str:
    """A stretch without links. A shortened one of which nothing is known leaves an ellipsis: it leads through X."""
    return _ESCAPED.sub(lambda found: _MEANT[found[1]], _SHORTENED.sub("…", said))


# Where the links stand ---------------------------------------------------------------------------


def _placed(said: str, entities: Json) -> Iterator[Link]:
    """The links of ``said`` in order; of two in one place the first."""
    found, astray = dict[int, Link](), []
    for words, url, shown, entity in _meant(entities):
        start = entity.get("start")
        here = said[start : start + len(words)] if isinstance(start, int) and start >= 0 else ""
        if isinstance(start, int) and here.lower() == words.lower():
            found.setdefault(start, Link(start, start + len(words), url, shown or here, entity))
        else:
            astray.append((words, url, shown, entity))
    for words, url, shown, entity in astray[:_MOST_ASTRAY]:
        for start in islice(_occurrences(words, said), _MOST_ASTRAY):
            if start not in found:
                end = start + len(words)
                found[start] = Link(start, end, url, shown or said[start:end], entity)
                break
    at = 0
    for _start, link in sorted(found.items()):
        if link.start >= at:
            yield link
            at = link.end


def _occurrences(words: str, said: str) -> Iterator[int]:
    """Where ``words`` stand in ``said`` as whole ones, in any case."""
    words, text = words.lower(), said.lower()
    if len(text) != len(said):  # some letters are two in lower case
        text = said
    start = text.find(words)
    while start >= 0:
        after = text[start + len(words) : start + len(words) + 1]
        if not (after.isalnum() or after == "_"):
            yield start
        start = text.find(words, start + 1)


def _meant(entities: Json) -> Iterator[tuple[str, str, str, Json]]:
    """The words of each entity in the text, where they lead, and what stands in their place ("": they do)."""
    for entity in objects(entities, "urls", _MOST):
        if words := text(entity, "url"):
            url = _target(entity)
            yield words, url, shortened(url) or "…", entity
    for entity in objects(entities, "hashtags", _MOST):
        if tag := _tag(entity):
            yield f"#{tag}", f"{SITE}hashtag/{quote(tag)}", "", entity
    for entity in objects(entities, "cashtags", _MOST):
        if tag := _tag(entity):
            yield f"${tag}", f"{SITE}search?q=%24{quote(tag)}", "", entity
    for entity in objects(entities, "mentions", _MOST):
        if name := handle(entity):
            yield f"@{name}", profile(name), "", entity


def _target(entity: Json) -> str:
    """Where a link leads in the end; "" where only t.co knows.

    X followed it, too: what it found is told only where the author's own address hides where it leads, since it is
    often the page of a consent or a login.
    """
    expanded, unwound = (clean_link(resolve(text(entity, name))) for name in ("expanded_url", "unwound_url"))
    url = unwound if unwound and (not expanded or opaque(expanded)) else expanded
    url = url or clean_link(resolve(text(entity, "url")))
    return "" if _SHORTENED.match(url) and not entity.get(KEPT) else url


def shortened(url: str) -> str:
    """``url`` as it stands in a text: no scheme, not too long."""
    bare = url.partition("://")[2].removeprefix("www.").removesuffix("/")
    return bare if len(bare) <= _LONGEST_SHOWN else bare[: _LONGEST_SHOWN - 1] + "…"
