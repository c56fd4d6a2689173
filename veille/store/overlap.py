"""Which of some addresses the profile has already, and from which sources: asked while a person waits.

No index on addresses is kept for it (see ARCHITECTURE). So not all items are looked through, but those of late and
those of the sources of the same hosts: a feed that repeats another is seen by what both give now.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from veille.store.database import Database
from veille.store.times import stored

MOST = 100  # addresses that are asked about

_SAME = """
    SELECT url, source FROM item WHERE gone = 0 AND at >= ? AND url IN (SELECT value FROM json_each(?))
    UNION
    SELECT url, source FROM item WHERE gone = 0 AND source IN (SELECT value FROM json_each(?))
        AND url IN (SELECT value FROM json_each(?))
"""


def holders(
    db: Database, urls: Collection[str], since: datetime, besides: Collection[int]
) -> Mapping[str, frozenset[int]]:
    """The sources that gave an item at each of ``urls``: of the items since then, and of all those of ``besides``.

    An address counts with and without a slash at its end and www. in front, by http and https. What is not there is
    left out.
    """
    asked = {form: url for url in list(urls)[:MOST] for form in _forms(url)}
    forms, ids = json.dumps(list(asked)), json.dumps(sorted(besides))
    found: dict[str, set[int]] = {}
    for url, source in db.query(_SAME, (stored(since), forms, ids, forms)):
        found.setdefault(asked[url], set()).add(source)
    return {url: frozenset(sources) for url, sources in found.items()}


def _forms(url: str) -> list[str]:
    """``url`` first, then what else means the same page."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("http", "https"):
        return [url]
    bare = rest.removeprefix("www.")
    rests = [bare, f"www.{bare}"]
    if "?" not in bare and "#" not in bare:
        rests += [each.removesuffix("/") if each.endswith("/") else f"{each}/" for each in rests]
    return list(dict.fromkeys([url, *(f"{scheme}://{each}" for each in rests for scheme in ("https", "http"))]))
