"""The article on a page: found by trafilatura, which is given bytes and never fetches, and made harmless."""

import logging
import re

from veille.content.addresses import host
from veille.content.html import clean, to_text
from veille.errors import NoArticle
from veille.sources.bodies import as_utf8

_PAGES = ("text/html", "application/xhtml+xml", "text/plain", "")  # a server that says nothing may mean a page
_BEGINNING = 4096  # bytes in which a page names its encoding (HTML, 13.2.3.2, asks for 1024)
_NAMED = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}>")  # which lxml refuses in text


def extract(body: bytes, content_type: str, address: str) -> str:
    """The article of the page ``body``, which came from ``address``, as HTML that :func:`clean` gave. Pure.

    Meant for a worker process. Raises NoArticle when there is none, whatever the page did to prevent it.
    """
    nothing = NoArticle(host=host(address))
    if content_type.partition(";")[0].strip().lower() not in _PAGES:
        raise nothing
    try:
        html = clean(_extracted(_decoded(body, content_type), address), address).html
    except Exception as error:  # a page made to break the library must not look like a fault of ours
        raise nothing from error
    if not to_text(html):
        raise nothing
    return html


def _extracted(page: str, address: str) -> str:
    import trafilatura  # takes a quarter of a second

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL + 1)
    found = trafilatura.extract(
        page, url=address, output_format="html", include_comments=False, include_formatting=True, include_links=True,
        include_tables=True)  # fmt: skip
    return found or ""


def _decoded(body: bytes, content_type: str) -> str:
    named = None if "charset" in content_type.lower() else _NAMED.search(body[:_BEGINNING])
    kind = f"{content_type}; charset={named[1].decode('ascii')}" if named else content_type
    return _DECLARATION.sub("", as_utf8(body, kind).decode("utf-8", "replace"))
