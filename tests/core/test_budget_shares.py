"""Who may be asked when the month's money does not suffice for all, and what each source is taken to cost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.core.conftest import an_item
from tests.fakes import FakeClock
from veille.core.curating.curation import Curation
from veille.core.x.budget import Budget
from veille.errors import BudgetKept, NoAccount, code
from veille.model import Membership, SourceKind, SourceState
from veille.settings import Settings
from veille.sources.paid import Bill, Use
from veille.store import Store


@pytest.fixture
def accounts(store: Store, clock: FakeClock) -> list[int]:
    """In one sector, in its order: the last added is ranked first."""
    sector = Curation(store, clock).add_sector("Energy")[0].key
    added = []
    for each in range(20):
        address = f"https://x.com/a{each}"
        source = store.sources.add(f"x:{address}", SourceKind.X, address, f"@a{each}")
        store.sources.put_member(Membership(sector, source.id, "person", "person", clock.now(), rank=20 - each))
        added.append(source.id)
    return added[::-1]


def budget_of(store: Store, clock: FakeClock, cap: int) -> Budget:
    return Budget(store, clock, lambda: Settings(x_cap=cap))


def pay(budget: Budget, clock: FakeClock, source: int, posts: int) -> None:
    held = {f"{source} {clock.now()} {each}" for each in range(posts)}
    budget.settle(budget.reserve(Use.POLL, posts), Bill({source: held}), clock.now())


def was_read(store: Store, clock: FakeClock, source: int, *ages: float) -> None:
    """It was read just now, and its posts are so many days old."""
    items = [
        an_item(source, f"{source} {clock.now()} {at}", clock.now(), at=clock.now() - timedelta(days=age))
        for at, age in enumerate(ages)
    ]
    store.items.apply(items, [])
    before = store.sources.outline().states.get(source)
    changed = clock.now() if ages else before and before.changed
    store.sources.put_states([SourceState(source, checked=clock.now(), changed=changed, cursor="1")])


def kept(store: Store, clock: FakeClock, source: int) -> None:
    state = store.sources.outline().states[source]
    store.sources.put_states([replace(state, checked=clock.now(), error=BudgetKept().pack())])


def test_one_that_is_asked_alone_is_kept_back_for_those_before_it(
    store: Store, clock: FakeClock, accounts: list[int]
) -> None:
    """By hand, for instance; who is not asked this time has its place all the same."""
    budget = budget_of(store, clock, 5)
    assert budget.admitted(accounts[:1]) == (accounts[:1], {})
    chosen, why = budget.admitted(accounts[-1:])
    assert chosen == []
    assert code(why[accounts[-1]]) == BudgetKept.code
    assert budget.admitted(accounts[4:8])[0] == accounts[4:6]


def test_who_is_paused_or_not_there_has_no_place(store: Store, clock: FakeClock, accounts: list[int]) -> None:
    curation, budget = Curation(store, clock), budget_of(store, clock, 5)
    for each in accounts[:3]:
        curation.pause(each)
    gone = NoAccount(host="x.com", name="@a").pack()
    store.sources.put_states(SourceState(each, checked=clock.now(), error=gone) for each in accounts[3:5])
    assert budget.admitted(accounts[5:])[0] == accounts[5:11]


def test_the_first_reading_tells_how_often_it_publishes_not_what_it_costs(
    store: Store, clock: FakeClock, accounts: list[int]
) -> None:
    budget = budget_of(store, clock, 20)
    slow, fast = accounts[:2]
    for source, ages in ((slow, range(1, 11)), (fast, [each / 20 for each in range(1, 11)])):
        pay(budget, clock, source, 10)
        was_read(store, clock, source, *ages)
    clock.advance(hours=30)
    rates = budget.posts_a_day([slow, fast])
    assert rates[slow] == 1
    assert rates[fast] == 10


def test_what_whole_days_cost_counts_more(store: Store, clock: FakeClock, accounts: list[int]) -> None:
    """The posts inside others, too; neither the first day nor the one that is not over."""
    budget, source = budget_of(store, clock, 20), accounts[0]
    for posts in (10, 3, 0, 6, 1):
        if posts:
            pay(budget, clock, source, posts)
        was_read(store, clock, source, 0.1)
        clock.advance(days=1)
    clock.advance(days=-1)
    assert budget.posts_a_day([source]) == {source: 3}


def test_a_source_that_is_silent_costs_nothing(store: Store, clock: FakeClock, accounts: list[int]) -> None:
    budget, source = budget_of(store, clock, 20), accounts[0]
    was_read(store, clock, source)
    assert budget.posts_a_day(accounts[:2]) == dict.fromkeys(accounts[:2], 5)  # too early to say
    clock.advance(days=2)
    was_read(store, clock, source)
    assert budget.posts_a_day([source]) == {source: 0}


def test_who_waits_for_money_is_taken_to_cost_what_it_did(store: Store, clock: FakeClock, accounts: list[int]) -> None:
    budget, source = budget_of(store, clock, 20), accounts[0]
    for _day in range(3):
        pay(budget, clock, source, 6)
        clock.advance(days=1)
    was_read(store, clock, source, *(each / 6 for each in range(1, 13)))
    before = budget.posts_a_day([source])
    for _day in range(10):
        kept(store, clock, source)
        clock.advance(days=1)
    assert before[source] == 6
    assert budget.posts_a_day([source])[source] == pytest.approx(6, rel=0.1)
