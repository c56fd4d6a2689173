"""Items as JSON, with all that Veille knows of them. Veille reads it back (``formats/readers/veille.py``).

One object in UTF-8, ``{"veille": 1, "exported": …, "items": […]}``; ``veille`` is the version of the shape and stands
first. Each item is on a line of its own. Its keys are those of ``--json`` where these have the same thing:

``id`` (of this profile), ``uid`` (what the source calls it), ``url``, ``kind`` ("article", "post"), ``title``,
``author``, ``language``, ``summary``, ``content`` (sanitised HTML); ``published``, ``updated``, ``at``, ``seen``,
``saved``, ``flagged`` (ISO 8601 in UTC to the microsecond, null for none); ``read``; ``tags`` (the publisher's),
``my_tags``, ``note``; ``highlights`` (``text``, ``made``, ``before``, ``after``); ``media`` (``kind``, ``url``,
``description``, ``type``); ``source`` (``key``, ``kind``, ``address``, ``title``, ``name``, ``site``, ``language``);
``sectors`` (``key``, ``title``); ``post`` (null, or ``network``, ``id``, ``author``, ``reposted_by``, ``continues``,
``referred``, ``poll``, ``figures``, ``mentions``, ``warning``, ``withheld``, ``fate``, ``fated``, as
:mod:`veille.posts` has them); ``article`` (null, or ``content``, ``fetched``, ``title``, ``author``, ``site``,
``published``, ``media``: the page behind the item); ``versions`` (``replaced``, ``title``, ``summary``, ``content``:
what it said before).

It is the person's own: the address of a source may hold a key that was made for them.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from veille.formats.writers.record import About, Record
from veille.model import Article
from veille.posts import Media, Post

VERSION = 1


def write(about: About, records: Iterable[Record]) -> Iterator[str]:
    """The file, an item at a time."""
    yield f'{{"veille": {VERSION}, "exported": {_json(about.exported)}, "items": ['
    comma = "\n"
    for record in records:
        yield comma + _json(_item(record))
        comma = ",\n"
    yield "\n]}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_iso)


def _iso(when: object) -> str:
    if not isinstance(when, datetime):
        raise TypeError(type(when).__name__)
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _item(record: Record) -> dict[str, Any]:
    item, mark, source = record.item, record.mark, record.source
    return {
        "id": item.id, "uid": item.uid, "url": item.url, "kind": item.kind, "title": item.title, "author": item.author,
        "language": item.lang, "published": item.published, "updated": item.updated, "at": item.at, "seen": item.seen,
        "read": mark.read, "saved": mark.saved, "flagged": mark.flagged, "tags": item.tags, "my_tags": mark.tags,
        "note": mark.note,
        "highlights": [
            {"text": each.text, "made": each.made, "before": each.before, "after": each.after}
            for each in record.highlights
        ],
        "summary": item.summary, "content": item.content, "media": _media(item.media),
        "source": {
            "key": source.key, "kind": source.kind, "address": source.address, "title": source.title,
            "name": source.name, "site": source.site, "language": source.lang,
        },
        "sectors": [{"key": each.key, "title": each.title} for each in record.sectors],
        "post": _post(item.post) if item.post else None,
        "article": _article(record.article) if record.article else None,
        "versions": [
            {"replaced": each.replaced, "title": each.title, "summary": each.summary, "content": each.content}
            for each in record.versions
        ],
    }  # fmt: skip


def _media(media: Iterable[Media]) -> list[dict[str, Any]]:
    return [asdict(each) for each in media]


def _article(article: Article) -> dict[str, Any]:
    return {
        "content": article.html, "fetched": article.fetched, "title": article.title, "author": article.author,
        "site": article.site, "published": article.published, "media": _media(article.media),
    }  # fmt: skip


def _post(post: Post) -> dict[str, Any]:
    keys = asdict(post)
    if poll := keys["poll"]:
        poll["options"] = [{"text": text, "votes": votes} for text, votes in poll["options"]]
    return keys
