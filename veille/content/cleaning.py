"""Links without what marks a reader: campaign and click parameters taken out, known redirectors unwrapped.

The rules are two tables under ``resources/discretion``; nothing is asked of anybody. What no rule names stays
byte for byte. Cleaning what was cleaned changes nothing.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from veille.content import rules
from veille.content.addresses import LONGEST, resolve
from veille.content.text import plain

_WEB = re.compile(r"[hH][tT][tT][pP][sS]?://([^/?#\\]+)([^?#]*)")
_BETWEEN = re.compile(r"(&(?:amp;)*)")  # pages often escape an ampersand once too often
_TAIL = re.compile(r"(?:\?|%3[Ff])([^?&=%]+)=")  # a second question mark, where a first one was overlooked
_WHOLE = re.compile(r"https?://[^/?#]", re.IGNORECASE)
_ENCODED = re.compile(r"https?(?::|%3A)%2F%2F[^/?#]+", re.IGNORECASE)
_BARE = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,24}(?::\d{1,5})?/", re.IGNORECASE)
_INSIDE = re.compile(r"[=/?&]https?(?::|%3A)(?://|%2F%2F)(?:www\.)?([a-z0-9.-]+)", re.IGNORECASE)
_LONGEST_NAME = 40


def clean_link(url: str) -> str:
    """``url`` without what marks a reader; the same string when there is nothing to take out. Never raises."""
    if "?" not in url and "#" not in url:
        web = _WEB.match(url)
        if not web or not rules.site(_host(web[1])).in_path:
            return url
    return explain(url)[0]


def explain(url: str) -> tuple[str, tuple[str, ...]]:
    """``url`` cleaned, and what was taken out: names of parameters, hosts of redirectors."""
    taken: list[str] = []
    while (shorter := _step(url, taken)) != url:  # each step makes it shorter
        url = shorter
    return url, tuple(dict.fromkeys(taken))


def opaque(url: str) -> bool:
    """Whether only the host of ``url`` knows where it leads: a shortener, or a redirector without a rule.

    An address of another host inside a link tells a redirector; a page about another address looks the same.
    """
    url = clean_link(url)
    web = _WEB.match(url)
    if not web:
        return False
    host, path = _host(web[1]), web[2] or "/"
    site = rules.site(host)
    if site.untouched:
        return False
    if any(pattern.match(path) for pattern in (*site.opaque, *(each.path for each in site.redirectors))):
        return True
    return any(not _related(found[1].lower(), host) for found in _INSIDE.finditer(url, web.end(1)))


def _step(url: str, taken: list[str]) -> str:
    web = _WEB.match(url)
    if not web or len(url) > LONGEST:
        return url
    host = _host(web[1])
    site = rules.site(host)
    if site.untouched:
        return url
    for redirector in site.redirectors:
        if target := _target(redirector, url, web):
            taken.append(host)
            return target
    return _stripped(url, site.names, taken)


def _host(authority: str) -> str:
    if "@" in authority or ":" in authority:
        authority = authority.rpartition("@")[2].partition(":")[0]
    return authority.lower()


def _related(one: str, other: str) -> bool:
    """Whether two hosts are one site: the same, or one below the other."""
    other = other.removeprefix("www.")
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


# Unwrapping ---------------------------------------------------------------------------------------


def _target(redirector: rules.Redirector, url: str, web: re.Match[str]) -> str:
    """The address that ``url`` holds, when it is one of ``redirector``; "" for none that is web and shorter."""
    path = redirector.path.match(web[2] or "/")
    if not path:
        return ""
    for held in _held(redirector, url, web.start(2) + path.end()):
        target = resolve(held)
        if target and len(target) < len(url):
            return target
    return ""


def _held(redirector: rules.Redirector, url: str, end: int) -> Iterator[str]:
    """What may be the real address; ``end`` is where the path that the rule names ends in ``url``."""
    query = url.partition("?")[2]
    if redirector.follows == "path":
        yield from _following(url[end:], url.partition("://")[0])
    elif redirector.follows == "?":
        yield from _following(query, "")
    else:
        parts = (part.partition("=") for part in _BETWEEN.split(query.partition("#")[0])[::2])
        for name, _equals, value in parts:
            if name.lower() in redirector.parameters:
                yield from _decoded(value)


def _following(text: str, scheme: str) -> Iterator[str]:
    if _WHOLE.match(text):
        yield text
    elif encoded := _ENCODED.match(text):
        yield from _decoded(encoded[0])
    elif scheme and _BARE.match(text):
        yield f"{scheme}://{text}"


def _decoded(value: str) -> Iterator[str]:
    try:
        text = unquote(value, errors="strict")
    except UnicodeDecodeError:
        return
    if _WHOLE.match(text):
        yield text


# Stripping ----------------------------------------------------------------------------------------


def _stripped(url: str, names: rules.Names, taken: list[str]) -> str:
    address, hash_, fragment = url.partition("#")
    page, mark, query = address.partition("?")
    return page + _without(mark, query, names, taken) + _without(hash_, fragment, names, taken)


def _without(mark: str, text: str, names: rules.Names, taken: list[str]) -> str:
    """``mark`` and ``text`` (a query or fragment) without the parameters in ``names``; "" when none is left."""
    if "=" not in text:
        return mark + text
    pieces = _BETWEEN.split(text)
    kept: list[str] = []
    for number in range(0, len(pieces), 2):
        part = pieces[number]
        name, equals, _value = part.partition("=")
        if equals and _named(name, names, taken):
            continue
        kept += [pieces[number - 1] if kept else "", _without_tail(part, names, taken)]
    left = "".join(kept)
    return mark + left if left or left == text else ""


def _without_tail(part: str, names: rules.Names, taken: list[str]) -> str:
    tails = _TAIL.finditer(part) if "?" in part or "%3" in part else ()
    return next((part[: tail.start()] for tail in tails if _named(tail[1], names, taken)), part)


def _named(name: str, names: rules.Names, taken: list[str]) -> bool:
    said = unquote(name) if "%" in name else name
    if said.lower().lstrip("?") not in names:
        return False
    taken.append(plain(said.lstrip("?"))[:_LONGEST_NAME])
    return True
