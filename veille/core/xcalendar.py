"""X's own time: the days and months in which it bills, whatever this machine's clock says."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from veille.model import Clock

if TYPE_CHECKING:
    from veille.store import Store

MARGIN = timedelta(minutes=1)  # X may bill by another of its machines, whose clock is a little behind
_FAR = timedelta(days=1)  # by how much X's clock may be ahead of what is expected and still be believed
_HEARD = "x.clock"  # in the store's values: JSON, X's time of its newest answer, and ours at that moment


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
        heard = self._heard()
        if heard is None:
            return self._clock.now().astimezone(UTC)
        theirs, ours = heard
        return theirs + max(timedelta(), self._clock.now() - ours)

    def today(self) -> date:
        """The day of :meth:`now`."""
        return self.now().date()

    def needs_time(self) -> bool:
        """Whether X has to tell its time: see :meth:`unconfirmed`; or our clock was set back, so that it does not
        carry X's on any more."""
        heard = self._heard()
        return heard is not None and (self.unconfirmed() or heard[1] - self._clock.now() > _FAR)

    def unconfirmed(self) -> bool:
        """Whether our clock says that another month has begun, and X has not said so yet."""
        heard = self._heard()
        return heard is not None and month_of(self.now().date()) != month_of(heard[0].date())

    def hear(self, at: datetime | None) -> datetime:
        """X answered at ``at`` by its own clock (None: it did not say). Returns the time that is believed.

        One that is far ahead of what both clocks say is believed when the next answer says the same.
        """
        expected = self.now()
        if at is None:
            return expected
        if at > max(expected, self._clock.now()) + _FAR and not self._again(at):
            return expected
        heard = self._heard()
        if heard is None or at > heard[0]:
            now = self._clock.now()
            self._store.values.put(_HEARD, json.dumps([at.isoformat(), now.isoformat()]))
        return at

    def _again(self, at: datetime) -> bool:
        before, self._doubted = self._doubted, at
        return before is not None and timedelta() <= at - before < _FAR

    def months(self) -> list[tuple[date, date]]:
        """First and last days of the months in which X may bill a request that is made now.

        In the first minute of a month that is also the one before: up to its last day, and on to today. In the last
        minute it is the one after, too: in that it has its :meth:`day_to_come`.
        """
        now = self.now()
        month, before, after = (month_of(each.date()) for each in (now, now - MARGIN, now + MARGIN))
        if before != month:
            return [month, (before[0], month[1])]
        return [(month[0], after[1])]

    def day_to_come(self) -> date:
        """The day on which X bills a request that is made now, at the latest."""
        return (self.now() + MARGIN).date()

    def _heard(self) -> tuple[datetime, datetime] | None:
        kept = self._store.values.get(_HEARD)
        if not kept:
            return None
        theirs, ours = map(datetime.fromisoformat, json.loads(kept))
        return theirs, ours


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month of ``day``."""
    first = day.replace(day=1)
    return first, next_month(day) - timedelta(days=1)


def next_month(day: date) -> date:
    """The first day of the month after that of ``day``."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
