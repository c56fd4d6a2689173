"""What takes long to find out: which sources give the same, and which no longer give whole articles. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from veille.content.addresses import page
from veille.content.text import fold
from veille.errors import BadAddress

if TYPE_CHECKING:
    from veille.store.desk import Given

LOOKED = 60  # items of each source
RECENT = 30  # of them that are compared with those of others
_FEWEST = 8  # of those, or nothing is said
SAME = 0.8  # share of them that makes a duplicate
_COMMON = 40  # sources that give one page: it says nothing of any two of them
_NEWEST = 10  # items that are compared with those before them
_BEFORE = 6  # of those at least
_WHOLE = 1200  # characters from which it is an article that was given
_BEGINNING = 0.35  # share of that which a beginning has at most
_MOST = 0.7  # share of the newest items
_SELDOM = 0.2  # share of those before

# Folded: no accents, ’ as '.
_PHRASES = re.compile(
    r"subscribe to (?:read|continue|unlock|keep reading)|subscribers? only|for subscribers\b|subscription required"
    r"|already a subscriber|(?:sign|log) in to (?:read|continue)|become a (?:member|subscriber|paid)"
    r"|this (?:post|article) is for (?:paid|paying)?\s?(?:subscribers|members)|to read (?:the rest|the full|more), sub"
    r"|(?:article|contenu|lecture|acces) reservee? aux abonne|reservee?s? (?:a nos|aux) abonne|abonnez-vous pour"
    r"|il (?:vous )?reste [\d.,\s]+ ?% (?:de cet article )?a lire|deja abonne|la suite est reservee|pour lire la suite"
    r"|s'abonner pour lire|article payant|cet article est pour les abonne"
)


@dataclass(frozen=True, slots=True)
class Alike:
    """``source`` gives what ``other`` gives: ``share``, from 0 to 1, of its newest items are there, too."""

    source: int
    other: int
    share: float


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages behind the items of a source, the newest first, and how long its texts usually are."""

    pages: tuple[str, ...]
    length: float

    @classmethod
    def of(cls, items: Iterable["Given"]) -> "Pages":
        """Of its newest ``items``, the newest first."""
        given = list(items)
        found = dict.fromkeys(filter(None, (address(each.url) for each in given)))
        return cls(tuple(found), median(each.length for each in given) if given else 0.0)


def address(url: str) -> str:
    """What the page at ``url`` is compared by: without its scheme, www. and a slash at its end; "" for no page."""
    if not url:
        return ""
    try:
        rest = page(url).partition("://")[2]
    except BadAddress:
        return ""
    return rest.removeprefix("www.").rstrip("/")


def duplicates(sources: Mapping[int, Pages]) -> list[Alike]:
    """The sources whose newest items stand in another one as well, each with the one that has most of them.

    Of two that give the same it is the poorer: that with fewer items, else with shorter texts, else the younger.
    """
    givers: dict[str, list[int]] = defaultdict(list)
    for source, its in sources.items():
        for each in its.pages:
            givers[each].append(source)
    found: dict[int, Alike] = {}
    for source, its in sources.items():
        recent = its.pages[:RECENT]
        if len(recent) < _FEWEST:
            continue
        shared = Counter(
            other
            for each in recent
            if 1 < len(givers[each]) <= _COMMON
            for other in givers[each]
            if other != source
        )  # fmt: skip
        for other, count in shared.most_common(1):
            if count >= SAME * len(recent):
                found[source] = Alike(source, other, count / len(recent))
    return [each for each in found.values() if not _richer(each, found.get(each.other), sources)]


def _richer(one: Alike, back: Alike | None, sources: Mapping[int, Pages]) -> bool:
    """Whether, of two that are each said to be like the other, ``one`` is about the one to keep."""
    if back is None or back.other != one.source:
        return False
    return _worth(one.source, sources) > _worth(one.other, sources)


def _worth(source: int, sources: Mapping[int, Pages]) -> tuple[int, float, int]:
    its = sources[source]
    return (len(its.pages), its.length, -source)


def spellings(addresses: Mapping[int, tuple[str, str]]) -> list[Alike]:
    """The sources whose address differs from that of an older one by http or https, www. or a slash at its end.

    ``addresses`` are kind and address by source; a ``share`` of 0 says that nothing was compared but these.
    """
    first: dict[tuple[str, str], int] = {}
    found = []
    for source in sorted(addresses):
        kind, there = addresses[source]
        rest = there.partition("://")[2].partition("#")[0].removeprefix("www.")
        other = first.setdefault((kind, rest.rstrip("/")), source)
        if other != source:
            found.append(Alike(source, other, 0.0))
    return found


def paid(items: Sequence["Given"]) -> str:
    """How a source came to ask for money: "phrases" in most of its newest items, "short" texts where they were whole;
    "" when it did not. ``items`` are the newest first; what was always so is no change."""
    newest, before = items[:_NEWEST], items[_NEWEST:]
    if len(newest) < _NEWEST or len(before) < _BEFORE:
        return ""
    if _share(newest, _asks) >= _MOST and _share(before, _asks) <= _SELDOM:
        return "phrases"
    usual = median(each.length for each in before)
    if usual < _WHOLE or median(each.length for each in newest) > _BEGINNING * usual:
        return ""
    return "short" if sum(each.length <= usual / 2 for each in newest) >= _MOST * len(newest) else ""


def _share(items: Collection["Given"], holds: Callable[["Given"], bool]) -> float:
    return sum(map(holds, items)) / len(items)


def _asks(item: "Given") -> bool:
    return bool(_PHRASES.search(fold(f"{item.summary} {item.ending}")))
