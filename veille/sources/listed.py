"""A page as a list: what a selector finds on it, and what each of that says as an entry. Pure.

Made for a worker process, as everything that looks into pages.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from veille.content.addresses import resolve
from veille.content.cleaning import clean_link
from veille.content.text import plain
from veille.errors import BadSelector
from veille.i18n import N_
from veille.sources.bodies import LONGEST, as_utf8
from veille.sources.entries import Entry, Text

SELECTOR = 300  # characters
_LINKS = 50  # links of an element among which its own is looked for
TITLE, _TEXT = 300, 2000  # characters of an item that are read
TELLING = 12  # letters of a link that tells something
_NAMED = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_UNREAD = frozenset({"script", "style", "noscript", "template", "time", "svg"})

# What says how long ago, or how many: another each time, and no change of the item.
_AGE = (
    r"(?:(?:about|over|almost|less than) )?(?:\d+|an?|one) ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?"
    r"|w|wks?|weeks?|mos?|months?|y|yrs?|years?) ago|just now|[àa] l[’']instant|il y a (?:environ |près de |plus de "
    r"|moins d['’e] ?)?(?:\d+|une?) ?(?:s|sec|secondes?|mn|min|minutes?|h|heures?|j|jours?|sem|semaines?|mois|ans?"
    r"|années?)"
)
_COUNT = (
    r"\d[\d.,\s]{0,9}[kKM]? ?(?:comments?|commentaires?|views|vues|likes|shares|partages|replies|réponses?|votes|reads"
    r"|lectures)"
)
_PASSING = re.compile(rf"\b(?:{_AGE}|{_COUNT})\b", re.IGNORECASE)
_LONGEST_PASSING = 60  # characters of a text that is no more than that


# The page ----------------------------------------------------------------------------------------


def read(body: bytes, content_type: str) -> Any | None:
    """The root of the page; None for what is none."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    named = None if "charset" in content_type.lower() else _NAMED.search(body[:4096])
    kind = f"{content_type}; charset={named[1].decode('ascii')}" if named else content_type
    text = as_utf8(body[:LONGEST], kind)
    try:
        parser = HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
        return document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


@lru_cache(maxsize=64)
def compiled(selector: str) -> Any:
    from cssselect import SelectorError
    from lxml.cssselect import CSSSelector

    shown = plain(selector)[:100]
    if not selector.strip():
        raise BadSelector(selector=shown, detail=N_("it is empty"))
    if len(selector) > SELECTOR:
        raise BadSelector(selector=shown, detail=N_("it is too long"))
    try:
        return CSSSelector(selector, translator="html")
    except (SelectorError, ValueError, TypeError, RecursionError, NotImplementedError, AssertionError) as error:
        detail = plain(str(error))[:200].rstrip(".") or N_("it cannot be read")
        raise BadSelector(selector=shown, detail=detail) from error


def selected(root: Any, selector: str) -> list[Any]:
    """What ``selector`` finds, in the order of the page; of two inside each other the outer one."""
    from lxml import etree

    try:
        found = compiled(selector)(root)
    except etree.XPathError as error:
        raise BadSelector(selector=plain(selector)[:100], detail=N_("it cannot be read")) from error
    chosen = set(found)
    return [each for each in found if not any(around in chosen for around in each.iterancestors())]


def base_of(root: Any, address: str) -> str:
    """What addresses on the page are relative to."""
    base = root.find(".//base[@href]")
    return (resolve(base.get("href", ""), address) if base is not None else "") or address


def title_of(root: Any) -> str:
    title = root.find(".//title")
    return plain(title.text or "")[:TITLE] if title is not None else ""


# Its items ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed(Entry):
    """An entry of a list on a page."""

    @property
    def hash(self) -> str:
        """Of what it says, but for what passes: "3 minutes ago", "12 comments"."""
        said = (self.guid, lasting(self), self.lang, str(self.published))
        return blake2b(repr(said).encode("utf-8", "replace"), digest_size=16).hexdigest()


def entry_of(element: Any, address: str, base: str) -> Listed:
    """What an element says as an entry of a list; its ``guid`` is where it leads, "" where it has no own link."""
    heading = heading_of(element)
    link = link_of(element, heading)
    title = words(heading if heading is not None else link if link is not None else element, TITLE)
    title = title or words(element, TITLE)
    text = words(element, _TEXT)
    rest = text.removeprefix(title).strip() if text != title else ""
    there = clean_link(resolve(link.get("href", ""), base)) if link is not None else ""
    guid = _identity(there)
    if guid.rstrip("#") == _identity(address):
        there = guid = ""
    return Listed(
        guid=guid, link=there or address, title=Text(title), summary=Text(rest), lang=element.get("lang", ""),
        published=_moment(element))  # fmt: skip


def lasting(entry: Entry) -> str:
    """What an entry says, but for what passes."""
    return _PASSING.sub("", f"{entry.title.value}\n{entry.summary.value}")


def _identity(url: str) -> str:
    """What tells where a link leads: its address without what marks a reader, the scheme and www."""
    return url.partition("://")[2].removeprefix("www.")


def told_apart(entries: Sequence[Listed]) -> tuple[Listed, ...]:
    """The entries that say something, one for each link: the first that has a title.

    Those without a link of their own are told from others by what they say; so are all, where most lead to one place.
    """
    links = [each.guid for each in entries if each.guid]
    told = 2 * len(set(links)) > len(links)
    found: dict[str, Listed] = {}
    for each in entries:
        if not (each.title.value or (each.guid and told)):
            continue
        said = blake2b(lasting(each).encode("utf-8", "replace"), digest_size=16)
        guid = each.guid if told and each.guid else said.hexdigest()
        if guid not in found or (each.title.value and not found[guid].title.value):
            found[guid] = replace(each, guid=guid)
    return tuple(found.values())


def heading_of(element: Any) -> Any | None:
    return next(element.iter(*HEADINGS), None)


def link_of(element: Any, heading: Any | None) -> Any | None:
    """The link of the heading, inside it or around it; else the first that tells something, the first with words, the
    first."""
    if heading is not None:
        inside = next((each for each in heading.iter("a") if each.get("href")), None)
        around = next((each for each in heading.iterancestors("a") if each.get("href")), None)
        if inside is not None or around is not None:
            return inside if inside is not None else around
    links = [each for each in element.iter("a") if each.get("href")]
    links = links or [each for each in element.iterancestors("a") if each.get("href")]
    best = None
    for each in links[:_LINKS]:
        text = words(each, TITLE)
        if weight(text) >= TELLING:
            return each
        if text and best is None:
            best = each
    return best if best is not None else links[0] if links else None


def weight(text: str) -> int:
    """How many letters it has; one of a script that writes words with one or two counts as two."""
    return len(text) + sum("\u3040" <= letter <= "\ud7ff" for letter in text)


def words(element: Any, most: int) -> str:
    """The words of an element on one line, at most so many characters."""
    parts: list[str] = []
    length = 0
    for text in _texts(element):
        parts.append(text)
        length += len(text)
        if length > 2 * most:
            break
    return plain(" ".join(" ".join(parts).split()))[:most].strip()


def _texts(element: Any) -> Iterator[str]:
    """The texts inside, in order, without what is not read."""
    skipped = None
    from lxml import etree

    for event, each in etree.iterwalk(element, events=("start", "end")):
        text = ""
        if event == "start":
            if skipped is None and each.tag in _UNREAD:
                skipped = each
            elif skipped is None:
                text = each.text
        else:
            if each is skipped:
                skipped = None
            if skipped is None and each is not element:
                text = each.tail
        if text and not _passes(text):
            yield text


def _passes(text: str) -> bool:
    """Whether a text says nothing but how long ago, or how many."""
    if len(text) > _LONGEST_PASSING or not any(letter.isalnum() for letter in text):
        return False
    rest, count = _PASSING.subn("", text)
    return count > 0 and not any(letter.isalnum() for letter in rest)


def _moment(element: Any) -> datetime | None:
    """By the first ``time`` element that holds one (HTML, 4.5.14)."""
    for time in element.iter("time"):
        try:
            when = datetime.fromisoformat((time.get("datetime") or time.text or "").strip())
            return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            continue
    return None
