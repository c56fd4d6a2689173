"""What a citation needs, the same for BibTeX and CSL: people, dates, a key, and which kind of work it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from hashlib import sha256
from urllib.parse import unquote, urlsplit

from veille.content.html import to_text
from veille.content.text import excerpt, fold, plain
from veille.formats.writers.record import Record
from veille.model import ItemKind

_MOST = 50  # authors
_ABSTRACT = 2000  # characters
_TITLE = 280  # characters of a post that stand for its title
_AND = re.compile(r"\s*;\s*|\s+(?:and|et|und|y)\s+|\s*&\s*")
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [\w.'’-]+){1,3}\Z")
_DOI = re.compile(r"10\.\d{4,9}/\S+\Z")
_DOI_HOSTS = ("doi.org", "dx.doi.org", "www.doi.org")
_BLOG = re.compile(r"(?:^|[./])(?:blogs?|weblog|medium)(?=[./-]|\Z)|\.(?:wordpress|blogspot|substack|tumblr)\.")
_HASH = 10  # hexadecimal digits of a key: 40 bits beside the name and the year


class Work(Enum):
    """What is cited."""

    PAPER = auto()  # it has a DOI
    POST = auto()
    BLOG = auto()
    PAGE = auto()


@dataclass(frozen=True, slots=True)
class Name:
    """An author: a person by ``family`` and ``given`` name, or a ``literal`` that is not to be taken apart."""

    literal: str = ""
    family: str = ""
    given: str = ""


def work(record: Record) -> Work:
    """By what is known of it; a newspaper cannot be told from another page."""
    if record.item.kind is ItemKind.POST:
        return Work.POST
    if doi(record):
        return Work.PAPER
    parts = _split(record.item.url)
    return Work.BLOG if _BLOG.search(parts[0]) or _BLOG.search(parts[1]) else Work.PAGE


def doi(record: Record) -> str:
    """The DOI that its address names, "" for none."""
    host, path = _split(record.item.url)
    name = unquote(path).strip("/")
    return name if host in _DOI_HOSTS and _DOI.match(name) else ""


def _split(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower(), parts.path
    except ValueError:
        return "", ""


def title(record: Record) -> str:
    """Of a post its text, as citation styles ask for."""
    item = record.item
    return plain(item.title) or excerpt(to_text(item.content) or item.summary, _TITLE) or plain(record.heading)


def abstract(record: Record) -> str:
    """The beginning of its text."""
    return excerpt(to_text(record.body), _ABSTRACT)


def authors(record: Record) -> list[Name]:
    """Who wrote it. What may be no person's name stays as it is."""
    post = record.item.post
    if post:
        handle = plain(post.author.handle)
        name = plain(post.author.name)
        literal = f"{name} ({handle})" if name and handle else name or handle
        return [Name(literal)] if literal else []
    given = plain((record.article.author if record.article else "") or record.item.author)
    source = fold(record.source.label)
    return [Name(each) if fold(each) == source else _name(each) for each in _apart(given)][:_MOST]


def _apart(authors: str) -> Iterator[str]:
    for part in filter(None, _AND.split(authors)):
        several = [each.strip() for each in part.split(",")]
        yield from filter(None, several if all(" " in each for each in several) else [part])


def _name(text: str) -> Name:
    family, comma, given = (each.strip() for each in text.partition(","))
    if comma and family and given and "," not in given:
        return Name(family=family, given=given)
    if not _NAME.match(text):
        return Name(text)
    words = text.split(" ")
    small = next((at for at, each in enumerate(words[1:], 1) if each.islower()), len(words) - 1)
    return Name(family=" ".join(words[small:]), given=" ".join(words[:small]))


def published(record: Record) -> date | None:
    """The day on which it was published (UTC), as far as its source says."""
    when = record.item.published or (record.article.published if record.article else None)
    return when.date() if when else None


def accessed(record: Record) -> date:
    """The day on which Veille read it (UTC)."""
    return (record.article.fetched if record.article else record.item.seen).date()


def keywords(record: Record) -> list[str]:
    """The person's own and the publisher's, each once."""
    return list({fold(each): each for each in map(plain, (*record.item.tags, *record.mark.tags)) if each}.values())


def key(record: Record) -> str:
    """The same whenever, and on whichever machine, the item is exported: name, year, and a hash of what names it."""
    names = authors(record)
    name = (names[0].family or names[0].literal) if names else record.source.label
    word = re.sub("[^a-z0-9]", "", fold(name))[:20] or "veille"
    day = published(record)
    named = f"{record.source.key}\n{record.item.uid}".encode("utf-8", "surrogatepass")
    return f"{word}{day.year if day else ''}-{sha256(named).hexdigest()[:_HASH]}"
