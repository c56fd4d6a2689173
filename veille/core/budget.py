"""What reading X may cost: a cap for each month that is never passed. Keeps the promises of ``sources/paid.Purse``."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from threading import RLock
from typing import TYPE_CHECKING

from veille.core.xcalendar import MARGIN, XCalendar, month_of, next_month
from veille.errors import BudgetKept, BudgetSpent
from veille.i18n import _
from veille.model import Clock, SourceKind
from veille.settings import Settings
from veille.sources.paid import Bill, Use
from veille.store.spending import Cost

if TYPE_CHECKING:
    from veille.content.networks import Form
    from veille.core.costs import Estimate, Statement
    from veille.store import Store

DOLLAR = 1_000_000  # money is in millionths
WARN = 80  # per cent of the cap
LEAST = 30  # posts that the smallest request may hold, those inside others included
USUAL = 5.0  # posts a day of a source of which nothing is known
STEADY = 1.1  # who was asked until now stays in while the day's money is passed by no more than this
_SEEN = timedelta(days=14)  # over which a source's posts a day are counted
_HOUR = 3600  # seconds until the purse is looked into again: the person may give it more


class Budget:
    """See :class:`veille.sources.paid.Purse`. Thread-safe; ``settings`` give cap and prices as they are now."""

    def __init__(self, store: "Store", clock: Clock, settings: Callable[[], Settings]) -> None:
        self._store = store
        self._settings = settings
        self._calendar = XCalendar(store, clock)
        self._lock = RLock()
        self._within: frozenset[int] = frozenset()  # who was admitted last

    # The purse -----------------------------------------------------------------------------------

    def needs_time(self) -> bool:
        """See :meth:`veille.sources.paid.Purse.needs_time`."""
        return self._calendar.needs_time()

    def heard(self, at: datetime | None) -> None:
        """See :meth:`veille.sources.paid.Purse.heard`."""
        with self._lock:
            self._calendar.hear(at)

    def room(self, use: Use) -> int:
        """See :meth:`veille.sources.paid.Purse.room`."""
        price = self._post_price
        left = self._left(use)
        return max(0, left // price) if price else 1_000_000

    def reserve(self, use: Use, posts: int, users: int = 0) -> int:
        """See :meth:`veille.sources.paid.Purse.reserve`."""
        price = posts * self._post_price + users * self._user_price
        with self._lock, self._store.db.write():
            if price > self._left(use):
                raise self._spent()
            return self._store.spending.set_aside(self._calendar.day_to_come(), use, price)

    def settle(self, number: int, bill: Bill, at: datetime | None) -> None:
        """See :meth:`veille.sources.paid.Purse.settle`."""
        with self._lock, self._store.db.write():
            when = self._calendar.hear(at)
            costs: dict[int, Cost] = {}
            for kind, held, price in (("post", bill.posts, self._post_price), ("user", bill.users, self._user_price)):
                for source, count in self._paid(when, kind, held).items():
                    old = costs.get(source, Cost(source, 0, 0, 0))
                    posts, users = (count, 0) if kind == "post" else (0, count)
                    costs[source] = Cost(
                        source, old.posts + posts, old.users + users, old.price + count * price)  # fmt: skip
            counts = max(when, self._calendar.now())  # were X's clock wrong once, no month would be free of charge
            self._store.spending.settle(number, counts.date(), costs.values())

    def release(self, number: int) -> None:
        """See :meth:`veille.sources.paid.Purse.release`."""
        self._store.spending.release(number)

    def admitted(self, sources: Sequence[int]) -> tuple[list[int], dict[int, str]]:
        """See :meth:`veille.sources.paid.Purse.admitted`.

        When the money left will not last for all until the month ends, each day has its share of it, and those are
        asked whose usual cost fits into that, the first of the curator's order first.
        """
        with self._lock:
            left = self._left(Use.POLL)
            if left < LEAST * self._post_price:
                why = self._spent().pack()
                return [], dict.fromkeys(sources, why)
            rates = self.posts_a_day(sources)
            costs = {each: rates[each] * self._post_price for each in sources}
            now = self._calendar.now()
            ends = datetime.combine(next_month(now.date()), time(), UTC)
            days = max((ends - now) / timedelta(days=1), 1 / 24)
            if sum(costs.values()) * days <= left:
                self._within = frozenset(sources)
                return list(sources), {}
            chosen = self._fitting(sources, costs, left / days)
            self._within = frozenset(chosen)
            return chosen, {each: BudgetKept().pack() for each in sources if each not in self._within}

    def _fitting(self, sources: Sequence[int], costs: Mapping[int, float], allowance: float) -> list[int]:
        """Those of ``sources``, the first first, whose cost a day fits; the first in any case."""
        chosen: list[int] = []
        spent = 0.0
        for each in sources:
            most = allowance * (STEADY if each in self._within else 1)
            if not chosen or spent + costs[each] <= most:
                chosen.append(each)
                spent += costs[each]
        return chosen

    # What it comes to ----------------------------------------------------------------------------

    @property
    def cap(self) -> int:
        """The most that a month may cost."""
        return self._settings().x_cap * DOLLAR

    @property
    def now(self) -> datetime:
        """X's time."""
        return self._calendar.now()

    def spent(self) -> int:
        """What this month has cost, and what is set aside."""
        return self._store.spending.total(*month_of(self._calendar.today()))

    def warning(self) -> str:
        """What the person should know of the month's money; "" while there is enough."""
        if not self.cap or not self._watches_x():
            return ""
        share = self.spent() * 100 // self.cap
        if self._left(Use.POLL) < LEAST * self._post_price:
            return str(self._spent())
        if share < WARN:
            return ""
        return _("{share} % of the month's budget for X is used up.").format(share=share)

    def posts_a_day(self, sources: Collection[int]) -> dict[int, float]:
        """How many posts each of ``sources`` costs on a usual day: as it did lately, else as the others do."""
        today = self._calendar.today()
        since = today - _SEEN
        posts = self._store.spending.by_source(since, today, Use.POLL)
        first = self._store.spending.first_days(since)
        known = {
            each: posts[each][0] / max((today - first[each]).days, 1)
            for each in sources
            if each in posts and first[each] < today
        }
        mean = sum(known.values()) / len(known) if known else USUAL
        return {each: known.get(each, mean) for each in sources}

    def statement(self) -> "Statement":
        """Where the month's money went."""
        from veille.core.costs import statement

        return statement(self._store, self)

    def estimate(self, form: "Form", posts_a_day: float | None = None) -> "Estimate":
        """What a source of that form is likely to cost; ``posts_a_day`` where that is known of it."""
        from veille.core.costs import estimate

        others = [each.id for each in self._store.sources.all() if each.kind is SourceKind.X]
        rates = self.posts_a_day(others)
        mean = sum(rates.values()) / len(rates) if rates else None
        left = self.cap - self.spent()
        return estimate(form, posts_a_day, mean, self._post_price, self._user_price, left)

    # Pieces --------------------------------------------------------------------------------------

    @property
    def _post_price(self) -> int:
        return self._settings().x_post_price * DOLLAR // 1000

    @property
    def _user_price(self) -> int:
        return self._settings().x_user_price * DOLLAR // 1000

    def _left(self, use: Use) -> int:
        """What may still be set aside for ``use``, in every month that X may count it in.

        A month that X has not confirmed has no money of its own.
        """
        if self._calendar.unconfirmed():
            return 0
        spending = self._store.spending
        left = [self.cap - spending.total(*month) for month in self._calendar.months()]
        if use is Use.RECHECK:
            share = self.cap * self._settings().x_recheck_share // 100
            left += [share - spending.total(*month, Use.RECHECK) for month in self._calendar.months()]
        return min(left)

    def _paid(self, when: datetime, kind: str, held: Mapping[int, Collection[str]]) -> dict[int, int]:
        """How many of the ids that each source brought are to be paid for; they count as paid from then on.

        What came just after midnight may have been billed on the day before, so it is no reason to take it for paid.
        """
        day, fresh = when.date(), dict[int, int]()
        known = self._store.spending.paid(day, kind, {id for ids in held.values() for id in ids})
        taken: set[str] = set(known)
        for source, ids in held.items():
            new = set(ids) - taken
            taken |= new
            fresh[source] = len(new)
        if (when - MARGIN).date() == day:
            self._store.spending.note_paid(day, kind, taken - known, day - timedelta(days=2))
        return fresh

    def _spent(self) -> BudgetSpent:
        now = self._calendar.now()
        begins = next_month(now.date())
        wait = datetime.combine(begins, time(), UTC) - now
        return BudgetSpent(day=begins.isoformat(), retry_after=min(int(wait.total_seconds()) + 1, _HOUR))

    def _watches_x(self) -> bool:
        return any(each.kind is SourceKind.X for each in self._store.sources.all())
