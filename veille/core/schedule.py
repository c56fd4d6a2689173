"""When a source is asked again. It depends on the source and on chance, never on what the person reads."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from veille.errors import Gone, SourceError
from veille.model import Fetched, Source, SourceState

HOUR = timedelta(hours=1)  # a source that gives no hint of being faster is asked at most once an hour
DAY = timedelta(days=1)  # the longest that failures, or a good answer's max-age, put a source off
WEEK = timedelta(days=7)  # a Retry-After beyond it is held to be a mistake
JITTER = 0.15


def due(sources: Iterable[Source], states: Mapping[int, SourceState], now: datetime) -> list[Source]:
    """Those whose time has come."""
    return [source for source in sources if not rests(states.get(source.id), now)]


def rests(state: SourceState | None, now: datetime) -> bool:
    """Whether its time is still to come. A due time further off than any rule gives was written by a wrong clock."""
    return state is not None and state.next_due is not None and now < state.next_due <= now + 2 * WEEK


def next_due(
    state: SourceState, answer: Fetched | SourceError, now: datetime, every: timedelta, chance: float
) -> datetime:
    """When to ask the source of ``state`` again after ``answer``.

    ``state`` already counts a failure that ``answer`` tells of; ``every`` is the person's interval (zero:
    none). The interval is kept where the source asks for less, the source's wish (Retry-After, max-age,
    ttl) where it asks for more; ``chance``, from 0 to 1, moves it by 15 % at most, never to before what the
    source asked.
    """
    least = _asked(answer)
    wait = max(every, least)
    if isinstance(answer, SourceError):
        doubled = max(every, HOUR) * 2 ** min(state.failures - 1, 10)
        wait = max(wait, min(doubled, DAY), _absence(answer))
    return now + max(least, wait * (1 - JITTER + 2 * JITTER * chance))


def _absence(error: SourceError) -> timedelta:
    """How long what is not there is left alone; 410 says that it is gone for good (RFC 9110, 15.5.11)."""
    if not isinstance(error, Gone):
        return timedelta()
    return WEEK if error.facts.get("status") == 410 else DAY


def _asked(answer: Fetched | SourceError) -> timedelta:
    """The shortest wait that is polite."""
    hint = answer.facts.get("retry_after") if isinstance(answer, SourceError) else answer.retry_after
    if not isinstance(hint, int) or hint <= 0:  # 0: the server named none
        return HOUR
    most = WEEK if isinstance(answer, SourceError) else DAY
    return timedelta(seconds=min(hint, most.total_seconds()))
