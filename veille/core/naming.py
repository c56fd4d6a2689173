"""How sectors and sources are keyed and ranked, and found by what a person calls them."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from veille.content.text import fold
from veille.errors import NotFound
from veille.i18n import _
from veille.model import Membership, Outline, Sector, Source

T = TypeVar("T")


def slug(title: str, taken: Iterable[str] = ()) -> str:
    """A key for ``title``: lower-case letters, digits and hyphens, unlike all that are ``taken``."""
    words = "".join(each if each.isalnum() else " " for each in fold(title)).split()
    base = "-".join(words)[:60].strip("-") or "sector"
    others, key, count = set(taken), base, 1
    while key in others:
        count += 1
        key = f"{base}-{count}"
    return key


def next_rank(ordered: Sequence[Sector] | Sequence[Membership]) -> int:
    """The rank after all of ``ordered``, which are in rank order, as an :class:`Outline` has them."""
    return ordered[-1].rank + 1 if ordered else 0


def sectors_named(outline: Outline, name: str) -> list[Sector]:
    """The sectors that ``name`` may mean: that very key or title, else titles that begin with it, else contain it."""
    return _named([((each.key, each.title), each) for each in outline.sectors], name)


def sources_named(outline: Outline, name: str) -> list[Source]:
    """The sources that ``name`` may mean, by their names and their address."""
    return _named([((each.label, each.title, each.address), each) for each in outline.sources.values()], name)


def one_sector(outline: Outline, name: str) -> Sector:
    """The one sector that ``name`` means; raises NotFound for none or several."""
    found = sectors_named(outline, name)
    if len(found) != 1:
        raise NotFound(what=_("sector"), name=name)
    return found[0]


def one_source(outline: Outline, name: str) -> Source:
    """The one source that ``name`` means; raises NotFound for none or several."""
    found = sources_named(outline, name)
    if len(found) != 1:
        raise NotFound(what=_("source"), name=name)
    return found[0]


def _named(named: list[tuple[tuple[str, ...], T]], name: str) -> list[T]:
    wanted = fold(name).strip()
    if not wanted:
        return []
    folded = [([fold(text) for text in texts if text], each) for texts, each in named]
    exact = [each for texts, each in folded if wanted in texts]
    begins = [each for texts, each in folded if any(text.startswith(wanted) for text in texts)]
    contains = [each for texts, each in folded if any(wanted in text for text in texts)]
    return exact or begins or contains
