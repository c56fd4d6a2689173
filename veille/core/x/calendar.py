"""X's own time: the days and months in which it bills, whatever this machine's clock says."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from veille.model import Clock

if TYPE_CHECKING:
    from veille.store import Store

MARGIN = timedelta(minutes=1)  # X may bill by another of its machines, whose clock goes a little otherwise
_FAR = timedelta(days=1)  # by how much X's clock may be ahead of what is expected and still be believed
_HEARD = "x.clock"  # in the store's values: JSON, X's time of its newest answer, and ours at that moment
_Heard = tuple[datetime, datetime]  # that


class XCalendar:
    """X's time, as its answers told it, carried on by our clock but never back.

    A month that only our clock says has begun is not believed: a clock that leaps ahead would bring a second budget.
    """

    def __init__(self, store: "Store", clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._doubted: datetime | None = None

    def now(self) -> datetime:
        """X's time as far as known: that of its newest answer, and what has passed here since."""
        return self._carried_on(self._heard())

    def today(self) -> date:
        """The day of :meth:`now`; while its month is not confirmed, the day on which X answered last."""
        heard = self._heard()
        now = self._carried_on(heard)
        return now.date() if _confirmed(heard, now) or heard is None else heard[0].date()

    @property
    def told(self) -> datetime | None:
        """X's time as its newest answer told it; None before the first."""
        heard = self._heard()
        return heard[0] if heard else None

    @property
    def confirmed(self) -> bool:
        """Whether X has said that it is this month; before its first answer there is nothing to contradict."""
        heard = self._heard()
        return _confirmed(heard, self._carried_on(heard))

    def needs_time(self) -> bool:
        """Whether X should be asked for its time: before it told any; when our clock says that another month has begun,
        or that the first minute of one is over, and X has not said so yet; and when our clock was set back."""
        heard = self._heard()
        if heard is None:
            return True
        theirs, ours = heard
        now = self._carried_on(heard)
        over = month_of((now - MARGIN).date()) != month_of((theirs - MARGIN).date())
        return over or not _confirmed(heard, now) or self._clock.now() < ours - MARGIN

    def hear(self, at: datetime | None) -> datetime | None:
        """X answered at ``at`` by its own clock (None: it did not say). Returns the time that is believed, if any.

        One that is far ahead of what both clocks say is believed when the next answer says the same.
        """
        if at is None:
            return None
        at = at.astimezone(UTC)
        if at > max(self.now(), self._clock.now()) + _FAR and not self._again(at):
            return None
        heard = self._heard()
        if heard is None or at >= heard[0] - MARGIN:
            newest = max(at, heard[0]) if heard else at
            self._store.values.put(_HEARD, json.dumps([newest.isoformat(), self._clock.now().isoformat()]))
        return at

    def _again(self, at: datetime) -> bool:
        before, self._doubted = self._doubted, at
        return before is not None and timedelta() <= at - before < _FAR

    @property
    def month(self) -> tuple[date, date]:
        """First and last day of X's month."""
        return month_of(self.today())

    @property
    def before(self) -> tuple[date, date] | None:
        """Until X has told that the first minute of a month is over, it may bill in the one before: the first day of
        that, and the last of this month. None otherwise."""
        this = self.month
        before = month_of(((self.told or self.now()) - MARGIN).date())
        return None if before == this else (before[0], this[1])

    def _carried_on(self, heard: _Heard | None) -> datetime:
        if heard is None:
            return self._clock.now().astimezone(UTC)
        theirs, ours = heard
        return theirs + max(timedelta(), self._clock.now() - ours)

    def _heard(self) -> _Heard | None:
        kept = self._store.values.get(_HEARD)
        if not kept:
            return None
        theirs, ours = map(datetime.fromisoformat, json.loads(kept))
        return theirs, ours


def _confirmed(heard: _Heard | None, now: datetime) -> bool:
    return heard is None or month_of(now.date()) == month_of(heard[0].date())


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month of ``day``."""
    first = day.replace(day=1)
    return first, next_month(day) - timedelta(days=1)


def next_month(day: date) -> date:
    """The first day of the month after that of ``day``."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
