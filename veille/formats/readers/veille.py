"""Veille's own JSON, with all that ``formats/writers/json.py`` says of it but the source and former versions."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from veille.content import html
from veille.content.shapes import count, dicts, part, strings, text
from veille.formats import objects
from veille.formats.entry import Collection, Row
from veille.formats.files import Stream
from veille.formats.items import Said
from veille.formats.objects import Object, true
from veille.formats.times import moment
from veille.model import Article, Highlight, ItemKind, SourceKind
from veille.posts import Fate, Figures, Media, Network, Person, Poll, Post, Referred, Relation

_Name = TypeVar("_Name", bound=StrEnum)
_LONGEST_HTML = html.LONGEST + 1
_LONGEST_NOTE = 1_000_000
_MOST = 10_000  # of what the person added: whoever stores it says what there is no room for
_OWN = f"{SourceKind.COLLECTION}:{Collection.VEILLE}"


def read(stream: Stream, seen: datetime) -> Iterator[Row]:
    """A row for each item. Raises BadFile."""
    return objects.read(stream, Collection.VEILLE, seen, lambda entry: _said(entry, seen), "items")


def _said(entry: Object, seen: datetime) -> Said:
    post = _post(part(entry, "post"))
    uid, source = text(entry, "uid"), text(part(entry, "source"), "key")
    # What two sources call by one name is two things; what was brought before keeps the name that it got then.
    name = uid if post or not uid or source == _OWN else f"{source or 'veille'}:{uid}"
    return Said(
        url=text(entry, "url"), name=name, title=text(entry, "title"), author=text(entry, "author"),
        html=text(entry, "content", _LONGEST_HTML), text=text(entry, "summary"), lang=text(entry, "language"),
        published=moment(text(entry, "published")), updated=moment(text(entry, "updated")),
        saved=moment(text(entry, "saved")), flagged=moment(text(entry, "flagged")),
        read=true(entry.get("read"), default=True),
        keywords=strings(entry, "tags"), tags=strings(entry, "my_tags", _MOST),
        note=text(entry, "note", _LONGEST_NOTE), passages=[*_passages(entry, seen)], media=_media(entry),
        kind=_named(ItemKind, text(entry, "kind")) or ItemKind.ARTICLE, post=post,
        article=_article(part(entry, "article"), seen),
        origin=(source, uid) if source and uid else ("", ""))  # fmt: skip


def _passages(entry: Object, seen: datetime) -> Iterator[Highlight]:
    for each in dicts(entry.get("highlights"), _MOST):
        made = moment(text(each, "made")) or seen
        yield Highlight(0, text(each, "text", _LONGEST_NOTE), made, text(each, "before"), text(each, "after"))


def _article(given: dict[str, Any], seen: datetime) -> Article | None:
    """The page behind an item, as it was fetched; None where none was."""
    content = text(given, "content", _LONGEST_HTML)
    if not content:
        return None
    return Article(
        0, content, moment(text(given, "fetched")) or seen, text(given, "title"), text(given, "author"),
        text(given, "site"), moment(text(given, "published")), tuple(_media(given)))  # fmt: skip


def _named(names: type[_Name], value: str) -> _Name | None:
    return names(value) if value in list(names) else None


def _media(holder: Any) -> list[Media]:
    return [
        Media(text(each, "kind"), text(each, "url"), text(each, "description"), text(each, "type"))
        for each in dicts(holder.get("media"))
        if text(each, "kind") in ("image", "audio", "video", "frame", "file")
    ]


def _post(given: dict[str, Any]) -> Post | None:
    """A post; its names and addresses are made harmless with its item."""
    network = _named(Network, text(given, "network"))
    if network is None:
        return None
    poll = part(given, "poll")
    options = tuple((text(each, "text"), count(each, "votes")) for each in dicts(poll.get("options")))
    figures = part(given, "figures")
    return Post(
        network, text(given, "id"), _person(part(given, "author")) or Person(""),
        reposted_by=_person(part(given, "reposted_by")), continues=text(given, "continues"),
        referred=tuple(filter(None, map(_referred, dicts(given.get("referred"))))),
        poll=Poll(options, count(poll, "votes"), moment(text(poll, "ends"))) if options else None,
        figures=Figures(*(count(figures, name) for name in ("replies", "reposts", "likes", "quotes", "views"))),
        mentions=tuple(filter(None, map(_person, dicts(given.get("mentions"))))), warning=text(given, "warning"),
        withheld=tuple(strings(given, "withheld", 300)), fate=_named(Fate, text(given, "fate")) or Fate.THERE,
        fated=moment(text(given, "fated")))  # fmt: skip


def _person(given: dict[str, Any]) -> Person | None:
    person = Person(text(given, "handle"), text(given, "name"), text(given, "url"), text(given, "id"))
    return person if person != Person("") else None


def _referred(given: dict[str, Any]) -> Referred | None:
    relation = _named(Relation, text(given, "relation"))
    if relation is None:
        return None
    return Referred(
        relation, text(given, "id"), _person(part(given, "author")), text(given, "url"),
        html.clean(text(given, "html", _LONGEST_HTML), text(given, "url")).html, moment(text(given, "published")),
        tuple(_media(given)), _named(Fate, text(given, "fate")) or Fate.THERE)  # fmt: skip
