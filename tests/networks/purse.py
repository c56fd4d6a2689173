"""A purse and an address book in memory that keep what they promise."""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from veille.errors import BudgetKept, BudgetSpent
from veille.model import Clock
from veille.posts import Account
from veille.sources.paid import Bill, Use


class MemoryPurse:
    """A :class:`veille.sources.paid.Purse`. Prices and ``cap`` are millionths of a dollar.

    ``open`` is what is set aside, by number; ``paid`` is what was paid, by day, kind and id. That it never goes over
    the cap is asserted at each step. ``last`` keeps sources from being polled, as what is left of a budget does.
    """

    def __init__(self, clock: Clock, cap: int = 300_000_000, *, post: int = 5_000, user: int = 10_000) -> None:
        self.clock = clock
        self.cap, self.post, self.user = cap, post, user
        self.open: dict[int, tuple[Use, int]] = {}
        self.paid: dict[tuple[str, str, str], int] = {}  # day, kind, id: its price
        self.by_source: dict[int, int] = {}
        self.settled: list[tuple[Use, Bill, datetime | None]] = []
        self.last: set[int] = set()
        self.reserved = 0
        self._numbers = 0
        self._made: dict[int, datetime] = {}
        self._lock = threading.Lock()
        self._months: dict[str, int] = {}

    @property
    def spent(self) -> int:
        """This month, in millionths of a dollar."""
        return self._months.get(self.clock.now().strftime("%Y-%m"), 0)

    @property
    def left(self) -> int:
        return self.cap - self.spent - sum(price for _use, price in self.open.values())

    def needs_time(self) -> bool:
        return False

    def heard(self, at: datetime | None) -> None:
        """It is always right."""

    def admitted(self, sources: Sequence[int]) -> tuple[list[int], dict[int, str]]:
        kept = {each: BudgetKept().pack() for each in sources if each in self.last}
        return [each for each in sources if each not in kept], kept

    def room(self, use: Use) -> int:
        return max(0, self.left // self.post) if self.post else 1_000_000

    def reserve(self, use: Use, posts: int, users: int = 0) -> int:
        price = posts * self.post + users * self.user
        with self._lock:
            if price > self.left:
                raise BudgetSpent(day=_next_month(self.clock.now()))
            self._numbers += 1
            self.open[self._numbers] = (use, price)
            self._made[self._numbers] = self.clock.now()
            self.reserved += 1
            return self._numbers

    def settle(self, number: int, bill: Bill, at: datetime | None) -> None:
        day = (at or self.clock.now()).astimezone(UTC).strftime("%Y-%m-%d")
        with self._lock:
            use, most = self.open.pop(number)
            cost = self._pay(day, "post", bill.posts, self.post) + self._pay(day, "user", bill.users, self.user)
            assert cost <= most, f"an answer cost {cost}, and {most} was set aside"
            self.settled.append((use, bill, at))
        assert self.left >= 0

    def release(self, number: int) -> None:
        with self._lock:
            del self.open[number]

    def lose(self, number: int) -> None:
        assert number in self.open

    def again(self, number: int, at: datetime | None) -> None:
        if (at or self.clock.now()).date() == self._made[number].date():
            self.release(number)

    def _pay(self, day: str, kind: str, held: Mapping[int, Collection[str]], price: int) -> int:
        cost = 0
        for source, ids in held.items():
            for id in ids:
                if (day, kind, id) not in self.paid:
                    self.paid[day, kind, id] = price
                    self.by_source[source] = self.by_source.get(source, 0) + price
                    cost += price
        self._months[day[:7]] = self._months.get(day[:7], 0) + cost
        return cost


def _next_month(now: datetime) -> str:
    return (now.replace(day=1) + timedelta(days=32)).replace(day=1).strftime("%Y-%m-%d")


class MemoryPeople:
    """A :class:`veille.sources.paid.People`."""

    def __init__(self) -> None:
        self.known: dict[str, Account] = {}
        self._names: dict[str, str] = {}
        self._lock = threading.Lock()

    def by_handle(self, handles: Iterable[str]) -> dict[str, Account]:
        with self._lock:
            found = {each.lower(): self._names.get(each.lower()) for each in handles}
            return {name: self.known[id] for name, id in found.items() if id is not None}

    def by_id(self, ids: Iterable[str]) -> dict[str, Account]:
        with self._lock:
            return {each: self.known[each] for each in ids if each in self.known}

    def put(self, accounts: Iterable[Account]) -> None:
        with self._lock:
            for account in accounts:
                before = self.known.get(account.id)
                if before is not None:
                    self._names.pop(before.handle.lower(), None)
                self.known[account.id] = account
                self._names[account.handle.lower()] = account.id
