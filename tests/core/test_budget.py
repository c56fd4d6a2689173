"""The month's budget: never passed, whatever happens to clocks, processes and answers."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.conftest import an_item
from tests.fakes import FakeClock
from veille.content.networks import Form
from veille.core.curating.curation import Curation
from veille.core.x.budget import DOLLAR, LEAST, Budget
from veille.core.x.costs import dollars
from veille.errors import BudgetKept, BudgetSpent, code
from veille.i18n import use
from veille.model import SourceKind
from veille.settings import Settings
from veille.sources.paid import Bill, Use
from veille.store import Store, open_store

POST = 5000  # millionths of a dollar


@pytest.fixture
def budget(store: Store, clock: FakeClock) -> Budget:
    return Budget(store, clock, lambda: Settings(x_cap=1))


def ids(*numbers: int) -> set[str]:
    return {str(each) for each in numbers}


def read(budget: Budget, clock: FakeClock, posts: set[str], source: int = 1, at: datetime | None = None) -> None:
    budget.settle(budget.reserve(Use.POLL, len(posts)), Bill({source: posts}), at or clock.now())


def test_money_is_set_aside_before_and_settled_after(store: Store, clock: FakeClock, budget: Budget) -> None:
    number = budget.reserve(Use.POLL, 100, 2)
    assert budget.spent() == 100 * POST + 2 * 10_000
    budget.settle(number, Bill({1: ids(1, 2, 3)}, {1: ids(9)}), clock.now())
    assert budget.spent() == 3 * POST + 10_000
    assert store.spending.by_source(clock.now().date(), clock.now().date()) == {1: (3, 25_000)}


def test_the_cap_is_a_hard_stop(clock: FakeClock, budget: Budget) -> None:
    budget.reserve(Use.POLL, 150)
    with pytest.raises(BudgetSpent) as caught:
        budget.reserve(Use.POLL, 51)
    assert caught.value.facts["day"] == "2026-04-01"
    assert 0 < caught.value.facts["retry_after"] <= 3600
    assert budget.room(Use.POLL) == 50


def test_what_never_came_to_an_end_stays_counted(store: Store, clock: FakeClock, budget: Budget) -> None:
    budget.reserve(Use.POLL, 150)
    again = Budget(store, clock, lambda: Settings(x_cap=1))
    assert again.room(Use.POLL) == 50
    again.heard(clock.now())
    clock.advance(days=40)
    again.heard(clock.now())
    assert again.room(Use.POLL) == 200


def test_what_may_have_been_billed_after_the_turn_of_the_month_counts_in_both(store: Store, clock: FakeClock) -> None:
    clock.time = datetime(2026, 3, 31, 23, 50, tzinfo=UTC)
    budget = Budget(store, clock, lambda: Settings(x_cap=1))
    budget.heard(clock.now())
    budget.reserve(Use.POLL, 150)  # and then the process dies, X answered a little later, or never
    again = Budget(store, clock, lambda: Settings(x_cap=1))
    clock.advance(minutes=20)
    again.heard(clock.now())
    assert again.room(Use.POLL) == 50


def test_an_answer_without_a_date_counts_in_the_month_that_x_tells_next(clock: FakeClock, budget: Budget) -> None:
    budget.heard(clock.now())
    budget.settle(budget.reserve(Use.POLL, 50), Bill({1: {str(each) for each in range(50)}}), None)
    assert budget.room(Use.POLL) == 150
    clock.advance(days=30)
    budget.heard(clock.now())
    assert budget.room(Use.POLL) == 150


def test_what_was_released_is_free(budget: Budget) -> None:
    budget.release(budget.reserve(Use.POLL, 150))
    assert budget.room(Use.POLL) == 200


def test_a_post_is_paid_once_a_day(clock: FakeClock, budget: Budget) -> None:
    read(budget, clock, ids(1, 2))
    read(budget, clock, ids(2, 3), source=2)
    assert budget.spent() == 3 * POST
    clock.advance(days=1)
    read(budget, clock, ids(2, 3))
    assert budget.spent() == 5 * POST


def test_just_after_midnight_it_may_be_paid_twice(clock: FakeClock, budget: Budget) -> None:
    clock.time = datetime(2026, 3, 3, 0, 0, 20, tzinfo=UTC)
    read(budget, clock, ids(1))
    clock.advance(hours=1)
    read(budget, clock, ids(1))
    assert budget.spent() == 2 * POST


def test_checks_have_a_share_of_their_own(clock: FakeClock, budget: Budget) -> None:
    assert budget.room(Use.RECHECK) == 20  # a tenth
    budget.settle(budget.reserve(Use.RECHECK, 15), Bill({1: {str(each) for each in range(15)}}), clock.now())
    with pytest.raises(BudgetSpent):
        budget.reserve(Use.RECHECK, 6)
    assert budget.room(Use.POLL) == 185


# Clocks --------------------------------------------------------------------------------------------


def test_a_clock_that_is_set_back_brings_nothing(clock: FakeClock, budget: Budget) -> None:
    read(budget, clock, {str(each) for each in range(190)})
    clock.time -= timedelta(days=60)
    assert budget.room(Use.POLL) == 10


def test_a_clock_that_leaps_ahead_brings_nothing_until_x_says_so(clock: FakeClock, budget: Budget) -> None:
    read(budget, clock, {str(each) for each in range(190)})
    true = clock.now()
    clock.time += timedelta(days=31)
    assert budget.needs_time()
    with pytest.raises(BudgetSpent):
        budget.reserve(Use.POLL, 1)
    budget.heard(true + timedelta(minutes=1))
    clock.advance(minutes=1)
    assert not budget.needs_time()
    assert budget.room(Use.POLL) == 10
    budget.heard(clock.now())  # it is true after all
    assert budget.room(Use.POLL) == 200


def test_a_broken_date_is_not_believed_unless_it_is_told_again(clock: FakeClock, budget: Budget) -> None:
    read(budget, clock, {str(each) for each in range(190)})
    budget.heard(clock.now() + timedelta(days=400))
    assert budget.room(Use.POLL) == 10
    budget.heard(clock.now() + timedelta(days=400, minutes=5))
    assert budget.room(Use.POLL) == 200


def test_an_answer_that_was_lost_at_the_turn_of_the_month_counts_in_both(clock: FakeClock, budget: Budget) -> None:
    """X may have billed it in either."""
    clock.time = datetime(2026, 3, 31, 23, 59, 55, tzinfo=UTC)
    budget.heard(clock.now())
    budget.reserve(Use.POLL, 150)
    assert budget.room(Use.POLL) == 50
    for seconds in (15, 60, 3600):
        clock.advance(seconds=seconds)
        budget.heard(clock.now())
        assert budget.room(Use.POLL) == 50


def test_a_clock_that_is_set_right_again_lets_x_tell_its_time(clock: FakeClock, budget: Budget) -> None:
    clock.time += timedelta(days=365)
    true = clock.now() - timedelta(days=365)
    read(budget, clock, {str(each) for each in range(200)}, at=true)
    clock.time -= timedelta(days=365)
    with pytest.raises(BudgetSpent):
        budget.reserve(Use.POLL, 1)
    clock.advance(days=40)
    assert budget.needs_time()
    budget.heard(clock.now())
    assert not budget.needs_time()
    assert budget.room(Use.POLL) == 200


def test_at_the_turn_of_the_month_a_request_must_fit_into_both(clock: FakeClock, budget: Budget) -> None:
    clock.time = datetime(2026, 3, 31, 23, 58, 50, tzinfo=UTC)
    read(budget, clock, {str(each) for each in range(190)})
    clock.advance(seconds=75)
    budget.heard(clock.now())
    assert budget.room(Use.POLL) == 10
    clock.advance(minutes=1)
    assert budget.needs_time()  # is the first minute over for X, too?
    budget.heard(clock.now())
    assert budget.room(Use.POLL) == 200


def test_what_is_read_in_the_last_minute_of_a_month_counts_in_both(clock: FakeClock, budget: Budget) -> None:
    clock.time = datetime(2026, 3, 31, 23, 59, 50, tzinfo=UTC)
    read(budget, clock, {str(each) for each in range(190)})
    clock.advance(minutes=15)
    budget.heard(clock.now())
    assert budget.room(Use.POLL) == 10


def test_what_was_lost_is_free_when_it_came_again_on_the_same_day(clock: FakeClock, budget: Budget) -> None:
    budget.heard(clock.now())
    first, second = budget.reserve(Use.POLL, 50), budget.reserve(Use.POLL, 30)
    budget.lose(first)
    budget.lose(second)
    clock.advance(hours=1)
    budget.again(first, clock.now())
    assert budget.room(Use.POLL) == 170
    clock.advance(days=1)
    budget.again(second, clock.now())
    assert budget.room(Use.POLL) == 170


def test_a_clock_that_was_set_back_is_put_right_by_x(clock: FakeClock, budget: Budget) -> None:
    budget.heard(clock.now())
    true, clock.time = clock.now() + timedelta(days=40), clock.now() - timedelta(days=300)
    assert budget.needs_time()
    budget.heard(true)  # too far off to be believed at once
    budget.heard(true + timedelta(minutes=1))
    assert not budget.needs_time()
    assert budget.now == true + timedelta(minutes=1)


deeds = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.integers(1, 40), st.integers(0, 60)),
        st.tuples(st.just("crash"), st.integers(1, 40), st.just(0)),
        st.tuples(st.just("fail"), st.integers(1, 40), st.just(0)),
        st.tuples(st.just("recheck"), st.integers(1, 10), st.integers(0, 60)),
        st.tuples(st.just("pass"), st.integers(1, 5_000_000), st.just(0)),  # seconds of true time
        st.tuples(st.just("leap"), st.integers(-5_000_000, 5_000_000), st.just(0)),  # of our clock alone
        st.tuples(st.just("reopen"), st.just(0), st.just(0)),
        st.tuples(st.just("midnight"), st.integers(-70, 70), st.just(0)),
    ),
    max_size=40,
)


class World:
    """X, its clock and its bills; and a machine here whose clock does what it likes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, FakeClock()
        self.true = self.clock.now()
        self.bill: dict[tuple[date, str], int] = {}
        self.open()

    def open(self) -> None:
        self.store = open_store(self.folder, write=True, clock=self.clock)
        self.budget = Budget(self.store, self.clock, lambda: Settings(x_cap=1, x_recheck_share=20))

    def step(self, seconds: float) -> None:
        self.true += timedelta(seconds=seconds)
        self.clock.time += timedelta(seconds=seconds)

    def do(self, deed: str, amount: int, first: int) -> None:
        if deed == "pass":
            self.step(amount)
        elif deed == "leap":
            self.clock.time += timedelta(seconds=amount)
        elif deed == "reopen":
            self.store.close()
            self.open()
        elif deed == "midnight":  # of the last day of the month, or so
            turn = (self.true.replace(day=1, hour=0, minute=0, second=0) + timedelta(days=32)).replace(day=1)
            self.step(max(0.0, (turn + timedelta(seconds=amount) - self.true).total_seconds()))
        else:
            self.ask(deed, amount, first)

    def ask(self, deed: str, amount: int, first: int) -> None:
        if self.budget.needs_time():
            self.budget.heard(self.true)
        use = Use.RECHECK if deed == "recheck" else Use.POLL
        try:
            number = self.budget.reserve(use, amount)
        except BudgetSpent:
            return
        self.step(2)
        if deed == "fail":
            self.budget.release(number)
            return
        posts = {str(each) for each in range(first, first + amount)}
        for each in posts:
            self.bill[self.true.date(), each] = POST
        if deed == "crash":
            self.store.close()
            self.open()
        else:
            self.budget.settle(number, Bill({1: posts}), self.true)

    def by_month(self) -> dict[tuple[int, int], int]:
        sums: dict[tuple[int, int], int] = {}
        for (day, _post), price in self.bill.items():
            sums[day.year, day.month] = sums.get((day.year, day.month), 0) + price
        return sums


@given(deeds)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_x_bills_in_a_month_is_never_more_than_the_cap(told: list[tuple[str, int, int]]) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.budget.heard(world.true)
        for deed in told:
            world.do(*deed)
            assert all(each <= DOLLAR for each in world.by_month().values())
        world.store.close()


# Who may be asked ----------------------------------------------------------------------------------


@pytest.fixture
def accounts(store: Store, clock: FakeClock) -> list[int]:
    return [
        store.sources.add(f"x:https://x.com/a{each}", SourceKind.X, f"https://x.com/a{each}", f"@a{each}").id
        for each in range(20)
    ]


def test_with_enough_money_everybody_is_asked(store: Store, clock: FakeClock, accounts: list[int]) -> None:
    budget = Budget(store, clock, lambda: Settings(x_cap=300))
    assert budget.admitted(accounts) == (accounts, {})


def test_with_little_the_first_ones_are(store: Store, clock: FakeClock, accounts: list[int]) -> None:
    budget = Budget(store, clock, lambda: Settings(x_cap=5))
    order = accounts[::-1]
    admitted, kept = budget.admitted(order)  # five posts a day each: 0.025 dollars; 5 dollars in 29.6 days
    assert admitted == order[:6]
    assert {code(each) for each in kept.values()} == {BudgetKept.code}
    assert set(kept) == set(order[6:])


def test_who_was_asked_stays_in_when_somebody_else_is_asked_alone(
    store: Store, clock: FakeClock, accounts: list[int]
) -> None:
    caps = [6, 5]
    budget = Budget(store, clock, lambda: Settings(x_cap=caps[0]))
    before, _kept = budget.admitted(accounts)
    assert len(before) == 8
    caps.pop(0)
    budget.admitted(accounts[-1:])  # by hand
    after, _kept = budget.admitted(accounts)
    assert after == before[:7]  # a little more than fits
    assert Budget(store, clock, lambda: Settings(x_cap=5)).admitted(accounts)[0] == before[:6]


def test_with_nothing_nobody_is(store: Store, clock: FakeClock, accounts: list[int]) -> None:
    budget = Budget(store, clock, lambda: Settings(x_cap=0))
    admitted, kept = budget.admitted(accounts)
    assert admitted == []
    assert {code(each) for each in kept.values()} == {BudgetSpent.code}


def test_what_a_source_costs_is_learnt(store: Store, clock: FakeClock, accounts: list[int]) -> None:
    budget = Budget(store, clock, lambda: Settings(x_cap=5))
    for day in range(4):
        for each, posts in ((accounts[0], 2), (accounts[1], 20)):
            read(budget, clock, {f"{each} {day} {post}" for post in range(posts)}, source=each)
        clock.advance(days=1)
    rates = budget.posts_a_day(accounts[:3])
    assert (rates[accounts[0]], rates[accounts[1]]) == (2, 20)
    assert rates[accounts[2]] == 11  # the mean of the others


def test_a_month_with_too_little_spends_nearly_all_on_the_first(
    store: Store, clock: FakeClock, accounts: list[int]
) -> None:
    clock.time = datetime(2026, 3, 1, 0, 2, tzinfo=UTC)
    budget = Budget(store, clock, lambda: Settings(x_cap=3))
    brought = dict.fromkeys(accounts, 0)
    while clock.now().month == 3:
        admitted, _kept = budget.admitted(accounts)
        for each in admitted:
            try:
                number = budget.reserve(Use.POLL, LEAST)
            except BudgetSpent:
                continue
            posts = {f"{each} {clock.now()} {post}" for post in range(5)}
            budget.settle(number, Bill({each: posts}), clock.now())
            brought[each] += 5
        clock.advance(days=1)
    march = store.spending.total(date(2026, 3, 1), date(2026, 3, 31))
    assert 2.4 * DOLLAR < march <= 3 * DOLLAR
    assert brought[accounts[0]] >= 150  # all days but, perhaps, the last
    assert brought[accounts[0]] >= brought[accounts[5]] >= brought[accounts[19]]
    assert brought[accounts[19]] == 0


# What is said of it --------------------------------------------------------------------------------


def test_it_warns_at_eighty_per_cent(store: Store, clock: FakeClock, budget: Budget, accounts: list[int]) -> None:
    read(budget, clock, {str(each) for each in range(159)})
    assert budget.warning() == ""
    read(budget, clock, {"159"})
    assert "80 %" in budget.warning()
    read(budget, clock, {str(each) for each in range(160, 190)})
    assert "used up" in budget.warning()


def test_a_month_that_x_has_not_confirmed_is_not_said_to_be_used_up(
    clock: FakeClock, budget: Budget, accounts: list[int]
) -> None:
    read(budget, clock, {str(each) for each in range(200)})
    assert "used up" in budget.warning()
    clock.advance(days=31)
    assert budget.warning() == ""
    said = budget.statement()
    assert (said.month, said.reserved, said.share) == (0, 0, 0)


def test_who_watches_nothing_on_x_is_not_warned(store: Store, clock: FakeClock) -> None:
    assert Budget(store, clock, lambda: Settings(x_cap=0)).warning() == ""


def test_the_statement_says_where_the_money_went(store: Store, clock: FakeClock, budget: Budget) -> None:
    curation = Curation(store, clock)
    sector = curation.add_sector("Energy")[0].key
    source = store.sources.add("x:https://x.com/a", SourceKind.X, "https://x.com/a", "@a").id
    curation.move(source, sector)
    read(budget, clock, ids(1, 2, 3), source=source)
    clock.advance(days=1)
    read(budget, clock, ids(4), source=source)
    new = store.items.apply([an_item(source, str(each), clock.now()) for each in range(2)], [])
    store.marks.set_read(new[:1])
    store.marks.set_saved(new[:1], clock.now())
    budget.reserve(Use.POLL, 10)
    said = budget.statement()
    assert (said.cap, said.month, said.today, said.reserved) == (DOLLAR, 4 * POST, POST, 10 * POST)
    (line,) = said.sources
    assert (line.title, line.sectors, line.posts, line.price, line.today) == ("@a", ("Energy",), 4, 20_000, 5_000)
    assert (line.items, line.read, line.saved, line.each) == (2, 1, 1, 10_000)
    assert [(each.title, each.price) for each in said.sectors] == [("Energy", 20_000)]
    assert said.uses == {"poll": 20_000}
    assert said.share == 7
    assert said.waiting == ()


def test_an_estimate_says_what_it_rests_on(store: Store, clock: FakeClock, budget: Budget) -> None:
    blind, told = budget.estimate(Form.ACCOUNT), budget.estimate(Form.ACCOUNT, 2)
    assert (blind.known, blind.month, blind.once) == (False, 760_000, 60_000)
    assert (told.known, told.month) == (True, 300_000)
    assert "$0.30" in told.in_words
    assert "2 posts a day" in told.in_words
    assert budget.estimate(Form.SEARCH).month == 10 * blind.month


@pytest.fixture
def english() -> Iterator[None]:
    yield
    use("en")


def test_dollars_are_written_as_people_do(english: None) -> None:
    assert [dollars(each) for each in (4_350_000, 1_234_000_000, 5_000, 0)] == ["$4.35", "$1,234.00", "$0.005", "$0.00"]
    use("fr")
    assert dollars(4_350_000) == "4,35\u00a0$"
    assert dollars(1_234_000_000) == "1\u202f234,00\u00a0$"
