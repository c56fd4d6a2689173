"""What reading X may cost: a cap for each month that is never passed. Keeps the promises of ``sources/paid.Purse``."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from threading import RLock
from typing import TYPE_CHECKING

from veille.core.x import allotment
from veille.core.x.calendar import MARGIN, XCalendar, month_of, next_month
from veille.core.x.doubts import Doubts, same_day
from veille.errors import BudgetKept, BudgetSpent
from veille.i18n import _
from veille.model import Clock, SourceKind
from veille.settings import Settings
from veille.sources.paid import Bill, Use
from veille.store.spending import Cost

if TYPE_CHECKING:
    from veille.content.networks import Form
    from veille.core.x.costs import Estimate, Statement
    from veille.store import Store

DOLLAR = 1_000_000  # money is in millionths
WARN = 80  # per cent of the cap
LEAST = 30  # posts that the smallest request may hold, those inside others included
_HOUR = 3600  # seconds until the purse is looked into again: the person may give it more


class Budget:
    """See :class:`veille.sources.paid.Purse`. Thread-safe; ``settings`` give cap and prices as they are now."""

    def __init__(self, store: "Store", clock: Clock, settings: Callable[[], Settings]) -> None:
        self._store = store
        self._settings = settings
        self._calendar = XCalendar(store, clock)
        self._doubts = Doubts(store)
        self._lock = RLock()
        self._clock = clock
        self._under_way: dict[int, tuple[datetime, float]] = {}  # reservations, and when they were made, by both clocks
        self._lost: dict[int, tuple[datetime, float]] = {}  # those whose answer never came
        self._within: frozenset[int] = frozenset()  # who was admitted last

    # The purse -----------------------------------------------------------------------------------

    def needs_time(self) -> bool:
        """See :meth:`veille.sources.paid.Purse.needs_time`."""
        return self._calendar.needs_time()

    def heard(self, at: datetime | None) -> None:
        """See :meth:`veille.sources.paid.Purse.heard`."""
        with self._lock, self._store.db.write():
            self._hear(at)

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
            number = self._store.spending.set_aside(self._calendar.today(), use, price)
            self._under_way[number] = self._clock.now(), self._clock.monotonic()
            return number

    def settle(self, number: int, bill: Bill, at: datetime | None) -> None:
        """See :meth:`veille.sources.paid.Purse.settle`."""
        with self._lock, self._store.db.write():
            self._under_way.pop(number, None)
            when = self._hear(at)
            costs: dict[int, Cost] = {}
            for kind, held, price in (("post", bill.posts, self._post_price), ("user", bill.users, self._user_price)):
                for source, count in self._paid(when, kind, held).items():
                    old = costs.get(source, Cost(source, 0, 0, 0))
                    posts, users = (count, 0) if kind == "post" else (0, count)
                    costs[source] = Cost(
                        source, old.posts + posts, old.users + users, old.price + count * price)  # fmt: skip
            day = self._calendar.today()
            day = max(when.date(), day) if when else day  # were X's clock wrong once, no month would be free of charge
            use = self._store.spending.settle(number, day, costs.values())
            if use and (when is None or month_of((when + MARGIN).date()) != month_of(day)):
                self._doubts.leave(month_of(day)[0], use, sum(each.price for each in costs.values()))

    def release(self, number: int) -> None:
        """See :meth:`veille.sources.paid.Purse.release`."""
        with self._lock:
            self._store.spending.release(number)
            self._under_way.pop(number, None)

    def lose(self, number: int) -> None:
        """See :meth:`veille.sources.paid.Purse.lose`."""
        with self._lock:
            if made := self._under_way.pop(number, None):
                self._lost[number] = made

    def again(self, number: int, at: datetime | None) -> None:
        """See :meth:`veille.sources.paid.Purse.again`."""
        with self._lock:
            made, until = self._lost.pop(number, None), at or self._calendar.now()
            if made and same_day(until - self._since(*made), until):
                self._store.spending.release(number)

    def _since(self, wall: datetime, counted: float) -> timedelta:
        """How long it is since then: a clock that was set back does not make it less."""
        return max(self._clock.now() - wall, timedelta(seconds=self._clock.monotonic() - counted))

    def _hear(self, at: datetime | None) -> datetime | None:
        """The time that X told, None where it told none that can be believed."""
        before = self._calendar.told
        when = self._calendar.hear(at)
        told = self._calendar.told
        if when and told and (before is None or when >= before - MARGIN):
            self._doubts.told(told, self._under_way)
        return when

    # Who may be asked ----------------------------------------------------------------------------

    def admitted(self, sources: Sequence[int]) -> tuple[list[int], dict[int, str]]:
        """See :meth:`veille.sources.paid.Purse.admitted`.

        When the money left will not last for all until the month ends, each day has its share of it, and those are
        asked whose usual cost fits into that, the first of the curator's order first. Who is not asked this time has
        its place all the same.
        """
        with self._lock:
            left = self._left(Use.POLL)
            if left < LEAST * self._post_price:
                return [], dict.fromkeys(sources, self._spent().pack())
            outline = self._store.sources.outline()
            everybody = allotment.everybody(outline, sources)
            rates = allotment.rates(self._store, outline, everybody, self._calendar.today())
            costs = {each: rates[each] * self._post_price for each in everybody}
            now = self._calendar.now()
            ends = datetime.combine(next_month(now.date()), time(), UTC)
            days = max((ends - now) / timedelta(days=1), 1 / 24)
            enough = sum(costs.values()) * days <= left
            chosen = everybody if enough else allotment.fitting(everybody, costs, left / days, self._within)
            self._within = frozenset(chosen)
            kept = {each: BudgetKept().pack() for each in sources if each not in self._within}
            return [each for each in sources if each not in kept], kept

    def posts_a_day(self, sources: Collection[int]) -> dict[int, float]:
        """How many posts each of ``sources`` costs on a usual day."""
        return allotment.rates(self._store, self._store.sources.outline(), sources, self._calendar.today())

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
        month = month_of(self.now.date())
        return self._total(month) if self._calendar.confirmed else self._store.spending.total(*month)

    def warning(self) -> str:
        """What the person should know of the month's money; "" while there is enough, or a month seems to begin."""
        if not self.cap or not self._watches_x() or not self._calendar.confirmed:
            return ""
        share = self.spent() * 100 // self.cap
        if self._left(Use.POLL) < LEAST * self._post_price:
            return str(self._spent())
        if share < WARN:
            return ""
        return _("{share} % of the month's budget for X is used up.").format(share=share)

    def statement(self) -> "Statement":
        """Where the month's money went."""
        from veille.core.x.costs import statement

        return statement(self._store, self)

    def estimate(self, form: "Form", posts_a_day: float | None = None) -> "Estimate":
        """What a source of that form is likely to cost; ``posts_a_day`` where that is known of it."""
        from veille.core.x.costs import estimate

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
        if not self._calendar.confirmed:
            return 0
        left = self.cap - self._total(self._calendar.month)
        if use is Use.RECHECK:
            left = min(
                left, self.cap * self._settings().x_recheck_share // 100 - self._total(self._calendar.month, use)
            )
        if before := self._calendar.before:
            left = min(left, self.cap - self._store.spending.total(*before, since=self._doubts.since))
        return left

    def _total(self, month: tuple[date, date], use: Use | None = None) -> int:
        """What X may bill in ``month``, its present one."""
        spent = self._store.spending.total(*month, use, since=self._doubts.since)
        return spent + self._doubts.other(use)

    def _paid(self, when: datetime | None, kind: str, held: Mapping[int, Collection[str]]) -> dict[int, int]:
        """How many of the ids that each source brought are to be paid for; they count as paid from then on.

        Around midnight, and where X did not tell the time, X may bill on another day than it seems: then nothing is
        taken for paid.
        """
        day = when.date() if when and same_day(when, when) else None
        known = self._store.spending.paid(day, kind, {id for ids in held.values() for id in ids}) if day else set()
        taken, fresh = set(known), dict[int, int]()
        for source, ids in held.items():
            new = set(ids) - taken
            taken |= new
            fresh[source] = len(new)
        if day:
            self._store.spending.note_paid(day, kind, taken - known, day - timedelta(days=2))
        return fresh

    def _spent(self) -> BudgetSpent:
        now = self._calendar.now()
        begins = next_month(now.date())
        wait = datetime.combine(begins, time(), UTC) - now
        return BudgetSpent(day=begins.isoformat(), retry_after=min(int(wait.total_seconds()) + 1, _HOUR))

    def _watches_x(self) -> bool:
        return any(each.kind is SourceKind.X for each in self._store.sources.all())
