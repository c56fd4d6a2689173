"""How long a source is left alone, and the fixed windows of the strict level. Pure.

It depends on the source, the person's settings and chance, never on what the person reads.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from veille.errors import BudgetKept, BudgetSpent, Gone, NoAccount, NoToken, Protected, SourceError, Suspended
from veille.model import Fetched, SourceKind, SourceState
from veille.settings import Settings

MINUTE = timedelta(minutes=1)  # between two requests to a network that is paid for what it gives
HOUR = timedelta(hours=1)  # a source that gives no hint of being faster is asked at most once an hour
DAY = timedelta(days=1)  # the longest that failures, or a good answer's max-age, put a source off
WEEK = timedelta(days=7)  # a Retry-After beyond it is held to be a mistake
JITTER = 0.3
WINDOW = timedelta(minutes=10)  # at the beginning of each period of the strict level
_UNASKED = (NoToken, BudgetKept, BudgetSpent)  # nobody was: to look again is no trouble to anybody
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a person wants sources asked: ``every`` (zero: only by hand), and whether only in fixed windows.

    ``least`` is the shortest wait that is polite when a source names none.
    """

    every: timedelta
    strict: bool = False
    least: timedelta = HOUR

    @classmethod
    def of(cls, settings: Settings, strict: bool, kind: SourceKind = SourceKind.FEED) -> "Rhythm":
        """The rhythm that ``settings`` ask for. X has one of its own; in the strict level its windows are the same."""
        if kind is SourceKind.X and settings.refresh_minutes and not strict:
            return cls(timedelta(minutes=settings.x_minutes), strict, MINUTE)
        return cls(timedelta(minutes=settings.refresh_minutes), strict)

    @property
    def period(self) -> timedelta:
        """The interval that politeness leaves of the wish; from one window to the next in the strict level."""
        return max(self.every, self.least)

    def window(self, now: datetime) -> datetime:
        """When the window of the period that ``now`` is in began: a whole number of periods since 1970, in UTC, so
        that it tells nothing of this person."""
        return _EPOCH + (now - _EPOCH) // self.period * self.period

    def allows(self, now: datetime) -> bool:
        """Whether a source may be asked at ``now`` at all."""
        return not self.strict or now < self.window(now) + WINDOW


def next_window(now: datetime, settings: Settings) -> datetime:
    """When the strict level asks next, for whoever wishes it at ``now``: the beginning of the next window."""
    rhythm = Rhythm.of(settings, strict=True)
    return rhythm.window(now) + rhythm.period


def rests(state: SourceState | None, now: datetime) -> bool:
    """Whether its time is still to come. A due time further off than any rule gives was written by a wrong clock."""
    return state is not None and state.next_due is not None and now < state.next_due <= now + 2 * WEEK


def next_due(
    state: SourceState, answer: Fetched | SourceError, now: datetime, rhythm: Rhythm, chance: float
) -> datetime:
    """When to ask the source of ``state`` again after ``answer``.

    ``state`` already counts a failure that ``answer`` tells of. The interval is kept where the source asks for less,
    the source's wish (Retry-After, max-age, ttl) where it asks for more; ``chance``, from 0 to 1, moves it by 30 %
    either way, all of it to later when earlier would be before what the source asked. In the strict level chance
    chooses the moment within a window instead.
    """
    least = _asked(answer, rhythm.least)
    wait = max(rhythm.period if rhythm.strict else rhythm.every, least)
    if isinstance(answer, SourceError) and not isinstance(answer, _UNASKED):
        doubled = rhythm.period * 2 ** min(state.failures - 1, 10)
        wait = max(wait, min(doubled, DAY), _absence(answer))
    if rhythm.strict:
        return now + max(least, wait - WINDOW)  # from late in this window to early in the one that is meant
    return now + max(least, wait * (1 - JITTER)) + wait * 2 * JITTER * chance


def _absence(error: SourceError) -> timedelta:
    """How long what is not there is left alone; 410 says that it is gone for good (RFC 9110, 15.5.11)."""
    if isinstance(error, NoAccount | Suspended | Protected):
        return DAY
    if not isinstance(error, Gone):
        return timedelta()
    return WEEK if error.facts.get("status") == 410 else DAY


def _asked(answer: Fetched | SourceError, least: timedelta) -> timedelta:
    """The shortest wait that is polite, ``least`` when nobody named one."""
    hint = answer.facts.get("retry_after") if isinstance(answer, SourceError) else answer.retry_after
    if not isinstance(hint, int) or hint <= 0:  # 0: the server named none
        return least
    most = WEEK if isinstance(answer, SourceError) else DAY
    return timedelta(seconds=min(hint, most.total_seconds()))
