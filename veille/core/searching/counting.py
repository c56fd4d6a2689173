"""The numbers beside a list: how many of its items each sector, source, kind and month has."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from veille.model import Facets, Outline
from veille.search.query.question import All, Between, Node

if TYPE_CHECKING:
    from veille.search.index import Counted

T = TypeVar("T")
Month = tuple[int, int]  # year, month

MONTHS = 36  # that are counted
_FIRST = 1971  # some machines cannot tell when a year before this began


def months(root: Node, now: datetime) -> list[Month]:
    """The months of this machine's calendar that are counted: those up to now, or up to where ``root`` ends."""
    last = min([now, *(each.until for each in _spans(root) if each.until is not None)]).astimezone()
    end = max(last.year * 12 + last.month, _FIRST * 12 + MONTHS)
    return [(month // 12, month % 12 + 1) for month in range(end - MONTHS, end)]


def starts(counted: Sequence[Month]) -> list[datetime]:
    """When each of ``counted``, which follow one another, begins, and the one after them; UTC-aware."""
    year, month = counted[-1]
    every = [*counted, (year + month // 12, month % 12 + 1)]
    return [datetime(*each, 1).astimezone(UTC) for each in every]  # the person's own midnight


def facets(counted: "Counted", spans: Iterable[Month], outline: Outline) -> Facets:
    """``counted`` for a face. An item of a source in two sectors counts in both."""
    by_source = counted.sources
    sectors = {
        key: sum(by_source.get(source, 0) for source in {each.source for each in members})
        for key, members in outline.members.items()
    }
    return Facets(
        sectors=_most_first(sectors),
        sources=_most_first(by_source),
        kinds=_most_first(counted.kinds),
        months={month: count for month, count in zip(spans, counted.periods, strict=True) if count},
    )


def _spans(root: Node) -> Iterator[Between]:
    """The periods in which all of it must lie."""
    if isinstance(root, All):
        for each in root.nodes:
            yield from _spans(each)
    elif isinstance(root, Between):
        yield root


def _most_first(counts: Mapping[T, int]) -> dict[T, int]:
    return {key: count for key, count in sorted(counts.items(), key=_count, reverse=True) if count}


def _count(pair: tuple[object, int]) -> int:
    return pair[1]
