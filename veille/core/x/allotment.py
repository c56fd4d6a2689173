"""Who is asked of X when the money does not suffice for all, and what each source costs on a usual day."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from veille.errors import BudgetKept, BudgetSpent, code
from veille.model import Outline, SourceKind

if TYPE_CHECKING:
    from veille.store import Store

USUAL = 5.0  # posts a day of a source of which nothing is known
STEADY = 1.1  # who was asked until now stays in while the day's money is passed by no more than this
_SEEN = timedelta(days=14)  # over which a source's posts a day are counted
_ENOUGH = 5  # posts that tell how often a source publishes that was not watched for a day


def everybody(outline: Outline, sources: Sequence[int]) -> list[int]:
    """``sources``, which are in the curator's order, and all others that money is kept for, in their places."""
    asked = set(sources)
    watched = [each for each in outline.ranked if each in asked or _counts(outline, each)]
    if asked.issuperset(watched):
        return list(sources)
    return [*watched, *(each for each in sources if each not in watched)]


def fitting(
    sources: Sequence[int], costs: Mapping[int, float], allowance: float, within: Collection[int]
) -> list[int]:  # fmt: skip
    """Those of ``sources``, the first first, whose cost fits into ``allowance`` together; the first in any case. Those
    that are ``within`` from before do not have to go for a little."""
    chosen: list[int] = []
    spent = 0.0
    for each in sources:
        most = allowance * (STEADY if each in within else 1)
        if not chosen or spent + costs[each] <= most:
            chosen.append(each)
            spent += costs[each]
    return chosen


def rates(store: "Store", outline: Outline, sources: Collection[int], today: date) -> dict[int, float]:
    """How many posts each of ``sources`` costs a day: as it did lately, else as many as it published, else as many as
    the others cost."""
    known = {
        source: posts / min(max(spread, 1.0), _SEEN.days)
        for source, (posts, spread, watched) in store.spending.published(_SEEN).items()
        if posts >= _ENOUGH or watched >= 1
    }
    paces = store.spending.paces(today - _SEEN, today)
    known |= {each: pace for each, pace in paces.items() if not waits(outline, each)}  # who waits costs nothing
    among = set(sources)
    found = [rate for each, rate in known.items() if each in among]
    mean = sum(found) / len(found) if found else USUAL
    return {each: known.get(each, mean) for each in sources}


def waits(outline: Outline, source: int) -> bool:
    """Whether it was not asked lately for want of money."""
    state = outline.states.get(source)
    return state is not None and code(state.error) in (BudgetKept.code, BudgetSpent.code)


def _counts(outline: Outline, source: int) -> bool:
    """Whether money goes to a source, or would if there were enough."""
    if outline.sources[source].kind is not SourceKind.X or source in outline.paused:
        return False
    state = outline.states.get(source)
    return state is None or not state.error or waits(outline, source)
