"""X's bill, kept by a model that knows nothing of the budget, is never over the cap, whatever clocks do or who dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes import FakeClock
from veille.core.x.budget import DOLLAR, Budget
from veille.errors import BudgetSpent
from veille.settings import Settings
from veille.sources.paid import Bill, Use
from veille.store import open_store

SKEW = 59  # seconds by which X's machine that bills may differ from the one that answers


@dataclass
class Pending:
    """A request under way. ``billed``: X has dealt with it."""

    number: int
    posts: set[str]
    skew: int
    billed: bool = False


@dataclass
class World:
    """X, with its own time and its bill by day and post; and a machine here whose clock does what it likes."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    cap: int = 1
    price: int = 5  # dollars for 1,000 posts
    pending: list[Pending] = field(default_factory=list)
    lost: list[Pending] = field(default_factory=list)  # their answers never arrived
    bill: dict[tuple[date, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.true = self.clock.now()
        self.open()

    def open(self) -> None:
        self.store = open_store(self.folder, write=True, clock=self.clock)
        self.budget = Budget(
            self.store, self.clock, lambda: Settings(x_cap=self.cap, x_post_price=self.price, x_recheck_share=20)
        )

    def close(self) -> None:
        self.store.close()

    def step(self, seconds: float) -> None:
        self.true += timedelta(seconds=seconds)
        self.clock.advance(seconds=seconds)

    def turn(self) -> datetime:
        """When the next month begins, truly."""
        return (self.true.replace(day=1, hour=0, minute=0, second=0) + timedelta(days=32)).replace(day=1)

    def month(self, day: date) -> int:
        return sum(
            price for (when, _post), price in self.bill.items() if (when.year, when.month) == (day.year, day.month)
        )

    # Deeds ---------------------------------------------------------------------------------------

    def ask(self, amount: int, first: int, skew: int, *, recheck: bool = False) -> None:
        """Set money aside, and send a request."""
        if self.budget.needs_time():
            self.budget.heard(self.true)
        try:
            number = self.budget.reserve(Use.RECHECK if recheck else Use.POLL, amount)
        except BudgetSpent:
            return
        self.pending.append(Pending(number, {str(each) for each in range(first, first + amount)}, skew))

    def deal(self) -> None:
        """X deals with what is under way, and bills it by the clock of some machine of its own."""
        for each in self.pending:
            if not each.billed:
                each.billed = True
                day = (self.true + timedelta(seconds=each.skew)).date()
                for post in each.posts:
                    self.bill.setdefault((day, post), self.price * DOLLAR // 1000)
                assert self.month(day) <= self.cap * DOLLAR

    def answer(self, told: str) -> None:
        """The answers arrive, with a date, without one, or with a broken one."""
        self.deal()
        at = {"dated": self.true, "undated": None, "broken": self.true + timedelta(days=400)}[told]
        for each in self.pending:
            self.budget.settle(each.number, Bill({1: each.posts}), at)
            if told == "dated":
                self.hear_again(each.posts)
        self.pending = []

    def hear_again(self, posts: set[str]) -> None:
        """What was lost came again, as far as it was about the same."""
        for lost in [each for each in self.lost if each.posts <= posts]:
            self.lost.remove(lost)
            self.budget.again(lost.number, self.true)

    def lose(self) -> None:
        """X answers, and nothing arrives."""
        self.deal()
        for each in self.pending:
            self.budget.lose(each.number)
        self.lost += self.pending
        self.pending = []

    def fail(self) -> None:
        """What X has not dealt with is refused."""
        for each in self.pending:
            if not each.billed:
                self.budget.release(each.number)
        self.pending = [each for each in self.pending if each.billed]

    def crash(self) -> None:
        """kill -9 here; X deals with what was sent, all the same."""
        self.close()
        self.deal()
        self.pending, self.lost = [], []
        self.open()

    def recap(self, cap: int, price: int) -> None:
        """The person changes the cap, and X its price; not below what was spent."""
        near = {self.true.date(), (self.true - timedelta(minutes=5)).date()}
        most = max(self.budget.spent(), *(self.month(day) for day in near))
        if not self.pending and cap * DOLLAR >= most:
            self.cap, self.price = cap, price


skews = st.integers(-SKEW, SKEW)
asks = st.tuples(st.just("ask"), st.integers(50, 200), st.integers(0, 100).map(lambda each: each * 200), skews)
ends = st.one_of(
    st.tuples(st.just("answer"), st.sampled_from(["dated", "dated", "dated", "undated", "broken"])),
    st.tuples(st.just("deal")),
    st.tuples(st.just("fail")),
    st.tuples(st.just("lose")),
    st.tuples(st.just("crash")),
)
DEEDS = st.one_of(
    asks,
    st.tuples(st.just("ask"), st.integers(1, 100), st.integers(0, 3).map(lambda each: each * 30), skews),
    st.tuples(st.just("recheck"), st.integers(1, 40), st.integers(0, 60), skews),
    ends,
    st.tuples(st.just("pass"), st.one_of(st.integers(0, 130), st.integers(0, 5_000_000))),
    st.tuples(st.just("leap"), st.one_of(st.integers(-130, 130), st.integers(-5_000_000, 5_000_000))),
    st.tuples(st.just("turn"), st.integers(-130, 130)),
    st.tuples(st.just("midnight"), st.integers(-130, 130)),
    st.tuples(st.just("recap"), st.integers(1, 3), st.sampled_from([5, 7, 10])),
)
# Large requests, one after the other, while a month turns or a day does.
AROUND = st.one_of(
    asks,
    asks,
    st.tuples(st.just("ask"), st.integers(90, 100), st.just(0), skews),
    ends,
    ends,
    st.tuples(st.just("pass"), st.integers(0, 70)),
    st.tuples(
        st.just("leap"), st.one_of(st.integers(-130, 130), st.sampled_from([-5_000_000, -90_000, 90_000, 5_000_000]))
    ),
)


def do(world: World, deed: str, *told) -> None:
    if deed in ("ask", "recheck"):
        world.ask(*told, recheck=deed == "recheck")
    elif deed == "pass":
        world.step(*told)
    elif deed == "leap":
        world.clock.time += timedelta(seconds=told[0])
    elif deed == "turn":
        world.step(max(0.0, (world.turn() + timedelta(seconds=told[0]) - world.true).total_seconds()))
    elif deed == "midnight":
        night = world.true.replace(hour=0, minute=0, second=0) + timedelta(days=1)
        world.step(max(0.0, (night + timedelta(seconds=told[0]) - world.true).total_seconds()))
    else:
        getattr(world, deed)(*told)


@contextmanager
def a_world() -> Iterator[World]:
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        try:
            yield world
        finally:
            world.close()


@given(st.lists(DEEDS, max_size=40))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_x_bills_in_a_month_is_never_over_the_cap(deeds: list[tuple]) -> None:
    with a_world() as world:
        for deed in deeds:
            do(world, *deed)
        world.answer("dated")


@given(st.sampled_from(["turn", "midnight"]), st.integers(-130, 20), st.lists(AROUND, max_size=25))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nor_is_it_when_the_month_or_the_day_turns(turn: str, before: int, deeds: list[tuple]) -> None:
    with a_world() as world:
        world.budget.heard(world.true)
        do(world, turn, before)
        for deed in deeds:
            do(world, *deed)
        world.answer("dated")
