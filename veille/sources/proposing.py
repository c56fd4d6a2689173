"""Which selectors a page may be watched by: those of its lists of links, the likeliest first. Pure.

Meant for a worker process, as :mod:`veille.sources.pages`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from veille.content.addresses import resolve
from veille.sources.listed import (
    HEADINGS,
    TELLING,
    TITLE,
    Listed,
    base_of,
    entry_of,
    heading_of,
    read,
    selected,
    told_apart,
    weight,
    words,
)

_PROPOSED = 5  # selectors
_FEW = 3  # a list has more than two
_READ = 3000  # links
_TRIED = 60  # selectors that are tried on the page
_LOOKED = 40  # of what one finds
_SHORT = 15  # letters that titles have at least, about
_HEADLINE = 100  # letters from which a headline is no better for being longer
_UP = 6  # elements around a link that may be its entry
_ENTRIES = frozenset({"article", "li", "tr", "dt", "section", *HEADINGS})
_BESIDE = frozenset({"nav", "footer", "aside"})  # where no news are
_AROUND = frozenset({"article", "section", "li", "main"})  # whose header is not the page's

# A class that a person made, and that says what a thing is: no "iorIHl", "col-md-4", "odd".
_HUMP = r"(?:[a-z]{2,}|[A-Z][a-z]{2,}|[A-Z]{2,}(?![a-z]))"
_CLASS = re.compile(rf"{_HUMP}+(?:[_-]{{1,2}}{_HUMP}+){{0,5}}\Z")
_NO_NAME = frozenset(
    {"odd", "even", "first", "last", "active", "current", "clear", "clearfix", "undefined", "left", "right", "new"}
)
# Names of places where no news are, and of those where news stand a second time.
_MENU = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|submenu|dropdown|footer|breadcrumbs?|tags?|social|share|sharing|cookies?"
    r"|legal|disclaimer|pagination|pager|languages?)(?:$|[\s_-])",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"(?:^|[\s_-])(?:related|similar|popular|trending|recommended|sponsored|sidebar|widgets?|promo|most-read|comments?)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)


def selectors(body: bytes, content_type: str, address: str) -> tuple[str, ...]:
    """Selectors that find a list of links on the page, the likeliest first; () when there is no list."""
    root = read(body, content_type)
    if root is None:
        return ()
    base = base_of(root, address)
    for same in (True, False):  # a list of links to others is one, too, where there is none of its own
        links = list(islice(_telling_links(root, address, base, same=same), _READ))
        if found := _of_links(root, address, links, base):
            return found
    return ()


def _of_links(root: Any, address: str, links: list[tuple[Any, str]], base: str) -> tuple[str, ...]:
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for link, there in links:
        telling = min(weight(words(link, TITLE)), _HEADLINE) ** 2  # headlines are longer than names
        for name in _names(link):
            groups[name][there] = max(telling, groups[name].get(there, 0))
    several = {name: sum(its.values()) for name, its in groups.items() if len(its) >= _FEW}
    likeliest = sorted(several, key=lambda name: (-several[name], len(name), name))[:_TRIED]
    worths: dict[str, tuple[float, frozenset[str]]] = {}
    for name in likeliest:
        found = selected(root, name)
        if len(found) >= _FEW and len(groups[name]) >= 0.6 * len(found):  # one link each, or nearly
            entries = told_apart([entry_of(each, address, base) for each in found[:_LOOKED]])
            worth = _worth(found, entries, len(groups[name])) if len(entries) >= _FEW else 0.0
            if worth:
                worths[name] = worth, frozenset(each.guid for each in entries)
    ranked = sorted(worths, key=lambda name: (-worths[name][0], len(name), name))
    return tuple(_unlike((name, worths[name][1]) for name in ranked))


def _worth(found: list[Any], entries: tuple[Listed, ...], links: int) -> float:
    """How likely ``found``, with so many ``links`` in all, are news: many of them, with headlines, one each."""
    telling = [min(weight(each.title.value), _HEADLINE) ** 2 for each in entries]
    usual = sum(telling) / len(telling)
    if usual < _SHORT**2:
        return 0.0
    worth, looked = sum(telling) * usual, found[:_LOOKED]
    crowded = max(1.0, links / len(found))
    if sum(map(_headed, looked)) > len(looked) / 2:
        worth *= 2 / crowded
    else:
        worth /= crowded**4
    if sum(each.published is not None for each in entries) > len(entries) / 2:
        worth *= 2
    if sum(bool(each.summary.value) for each in entries) > len(entries) / 2:
        worth *= 1.5
    named = Counter(_standing(each) for each in looked[:10]).most_common(1)[0][0]
    return worth * named


def _headed(element: Any) -> bool:
    """Whether it has a heading that leads to it."""
    heading = heading_of(element)
    if heading is None:
        return False
    return heading.find(".//a[@href]") is not None or any(each.tag == "a" for each in heading.iterancestors())


def _standing(element: Any) -> float:
    """How likely news are where it stands, by the names of what is around it."""
    worth = 1.0
    for each in (element, *element.iterancestors()):
        if each.tag in ("body", "html"):
            break
        names = f"{each.get('class', '')} {each.get('id', '')}"
        if _MENU.search(names):
            return 0.0
        if _AGAIN.search(names):
            worth = 0.3
    return worth


def _telling_links(root: Any, address: str, base: str, *, same: bool) -> Iterator[tuple[Any, str]]:
    """Links with words, to pages of the ``same`` site or anywhere, where news may be; each with where it leads."""
    site, here = _site(address), address.partition("#")[0]
    heads = sum(1 for _head in root.iter("header"))
    for link in root.iter("a"):
        there = resolve(link.get("href", ""), base)
        if not there.startswith("http") or there.partition("#")[0] == here or (same and _site(there) != site):
            continue
        if weight(words(link, TITLE)) >= TELLING and not _beside(link, heads):
            yield link, there


def _beside(link: Any, heads: int) -> bool:
    """Whether it stands in a menu, or in the head or foot of the page: where there are so many ``heads``, articles have
    their own."""
    head = False
    for each in link.iterancestors():
        if each.tag in _BESIDE:
            return True
        if each.tag == "header":
            head = heads <= _FEW
        elif head and each.tag in _AROUND:
            head = False
    return head


def _site(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _names(link: Any) -> Iterator[str]:
    """Selectors for the link's entry: for itself, and for what is around it, from the inside out."""
    element = link
    for _step in range(_UP):
        if element is None or element.tag in ("body", "html", "main"):
            return
        own, parent = _name(element), element.getparent()
        if element.tag in _ENTRIES or "." in own:
            yield own
            around = _name(parent, of_id=True) if parent is not None and parent.tag != "body" else ""
            if "." in around or "#" in around:
                yield f"{around} > {own}"
                if "." in own and element.tag in _ENTRIES:
                    yield f"{around} > {element.tag}"
        element = parent


def _name(element: Any, *, of_id: bool = False) -> str:
    """Tag, and the first class that a person made; with ``of_id`` an id, where it has one."""
    tag = str(element.tag) if isinstance(element.tag, str) and element.tag.isalnum() else "*"
    if of_id and _made(element.get("id", "")):
        return f"{tag}#{element.get('id')}"
    kind = next(filter(_made, (element.get("class") or "").split()), "")
    return f"{tag}.{kind}" if kind else tag


def _made(name: str) -> bool:
    return len(name) <= 40 and name not in _NO_NAME and bool(_CLASS.match(name))


def _unlike(ranked: Iterable[tuple[str, frozenset[str]]]) -> list[str]:
    """The first of ``ranked`` that find different things."""
    kept: list[str] = []
    seen: list[frozenset[str]] = []
    for name, links in ranked:
        if links not in seen:
            kept.append(name)
            seen.append(links)
        if len(kept) == _PROPOSED:
            break
    return kept
