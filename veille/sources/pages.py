"""Pages without a feed: what a CSS selector (W3C, Selectors Level 4, as far as cssselect knows it) finds are the items.

Meant for a worker process: what a page holds, and a selector from a pack, may be made to take for ever.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from veille.content import language
from veille.content.addresses import host
from veille.content.text import plain
from veille.errors import BadSelector, NothingSelected, SourceError
from veille.model import Validators
from veille.sources.base import Parsed
from veille.sources.entries import Place, build
from veille.sources.feeds import FeedFetcher
from veille.sources.listed import base_of, entry_of, read, selected, title_of, told_apart

if TYPE_CHECKING:
    from veille.contacts import Purpose
    from veille.model import Fetched, Source, SourceState
    from veille.net.gateway import Response

_MOST = 100  # items of one page


class PageFetcher(FeedFetcher):
    """A :class:`veille.sources.base.Fetcher` of pages."""

    def fetch(
        self, source: "Source", state: "SourceState", known: Mapping[str, str], purpose: "Purpose",
        cancelled: Callable[[], bool],
    ) -> "Fetched":  # fmt: skip
        """See :meth:`veille.sources.base.Fetcher.fetch`. What is known of a page holds for the selector by which it was
        read: with another one, an old page is a new one."""
        mark = blake2b(source.selector.encode("utf-8", "replace"), digest_size=4).hexdigest() + ":"
        if state.body_hash.startswith(mark):
            state = replace(state, body_hash=state.body_hash.removeprefix(mark))
        else:
            state = replace(state, body_hash="", validators=Validators())
        found = super().fetch(source, state, known, purpose, cancelled)
        return replace(found, state=replace(found.state, body_hash=mark + found.state.body_hash))

    def _parse(
        self, source: "Source", answer: "Response", seen: datetime, known: Mapping[str, str]
    ) -> Parsed:  # fmt: skip
        kind = answer.headers.get("content-type", "")
        try:
            return self._run(parse, answer.body, kind, answer.url, source.selector, source.id, seen, dict(known))
        except BadSelector as error:  # one of a pack that a newer Veille made: no reason to end a pass
            raise SourceError(detail=str(error).rstrip(".")) from error


def check(selector: str) -> str:
    """``selector`` without blanks at its ends. Raises BadSelector for what is none."""
    from lxml.html import Element

    selector = plain(selector)
    selected(Element("p"), selector)  # some are found out only where they are used
    return selector


def parse(
    body: bytes,
    content_type: str,
    address: str,
    selector: str,
    source: int,
    seen: datetime,
    known: Mapping[str, str],
) -> Parsed:
    """The new and changed items that ``selector`` finds on the page ``body``, which came from ``address``. Pure.

    An item's link is that of its heading, or else its first; its date that of a ``time`` element. Raises
    BadSelector, and NothingSelected when it finds nothing.
    """
    root = read(body, content_type)
    site = base_of(root, address) if root is not None else ""
    found = selected(root, selector)[:_MOST] if root is not None else []
    entries = told_apart([entry_of(each, address, site) for each in found])
    if root is None or not entries:
        raise NothingSelected(host=host(address) or address[:200], selector=plain(selector)[:100])
    lang = language.code(root.get("lang", ""))
    place = Place(source, address, seen, site, lang)
    return Parsed(build(entries, place, known), len(entries), title_of(root), address, lang)
