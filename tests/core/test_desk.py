"""The table of all sources: what it says of each, and how it is narrowed and ordered."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.core.conftest import add_source, put_items
from tests.fakes import FakeClock
from veille.core.curating.desk import (
    DAYS,
    Column,
    Desk,
    DeskFilter,
    DeskRow,
    ill_in_words,
    kind_in_words,
    narrowed,
    often,
    ordered,
    origin_in_words,
    outline_row,
    share,
)
from veille.core.curating.findings import Cure, Finding, Ill
from veille.core.x.budget import Budget
from veille.model import Membership, Sector, Source, SourceKind
from veille.settings import Settings
from veille.sources.paid import Bill, Use
from veille.store import Store


@dataclass
class FakeHealth:
    """What it was told is wrong."""

    found: dict[int, tuple[Finding, ...]] = field(default_factory=dict)

    def findings(self) -> dict[int, tuple[Finding, ...]]:
        return self.found


def finding(source: int, ill: Ill = Ill.SILENT) -> Finding:
    return Finding(source, ill, "Usually 4 a day, nothing for 3 days.", "Look at its site.", (Cure.RETRY,))


@pytest.fixture
def health() -> FakeHealth:
    return FakeHealth()


@pytest.fixture
def desk(store: Store, clock: FakeClock, health: FakeHealth) -> Desk:
    return Desk(store, clock, lambda: Budget(store, clock, Settings), lambda: health)  # type: ignore[arg-type,return-value]


def placed(store: Store, source: Source, sector: str, when: datetime, **more: object) -> Membership:
    store.sources.put_sector(Sector(sector, sector.title()))
    member = replace(Membership(sector, source.id, "person", "person", when), **more)  # type: ignore[arg-type]
    store.sources.put_member(member)
    return member


def test_a_row_says_where_a_source_stands_and_what_becomes_of_what_it_gives(
    desk: Desk, store: Store, clock: FakeClock, health: FakeHealth
) -> None:
    alpha, beta = add_source(store, "Alpha"), add_source(store, "Beta")
    placed(store, alpha, "energy", clock.now(), trial=date(2030, 3, 1))
    placed(store, alpha, "health", clock.now(), why="The best", trial=date(2030, 2, 1), origin="opml:mine.opml")
    ids = put_items(store, alpha.id, clock, *"abcdefgh")
    put_items(store, alpha.id, clock, "old", at=clock.now() - timedelta(days=DAYS + 2))
    store.marks.set_read(ids[:4], True)
    store.marks.set_saved(ids[:1], clock.now())
    health.found = {alpha.id: (finding(alpha.id),)}
    first, second = desk.rows()
    assert (first.source, first.sectors) == (alpha, ("Energy", "Health"))
    assert (first.weekly, first.read, first.last) == (2, 0.5, clock.now())
    assert first.saved == 0.125
    assert (first.why, first.by, first.added, first.trial) == ("The best", "You", clock.now(), date(2030, 2, 1))
    assert first.findings == (finding(alpha.id),)
    assert first.cost is None
    assert (second.source, second.sectors, second.members, second.by) == (beta, (), (), "")
    assert (second.last, second.weekly, second.read, second.saved) == (None, 0, None, None)
    assert second.added == beta.added


def test_kept_in_any_way_counts_as_saved(desk: Desk, store: Store, clock: FakeClock) -> None:
    alpha = add_source(store, "Alpha")
    ids = put_items(store, alpha.id, clock, *"abcd")
    store.marks.set_tags(ids[:1], ("mine",))
    store.marks.set_saved(ids[:2], clock.now())
    (row,) = desk.rows()
    assert row.saved == 0.5


def test_what_was_written_since_is_seen(desk: Desk, store: Store, clock: FakeClock) -> None:
    alpha = add_source(store, "Alpha")
    ids = put_items(store, alpha.id, clock, "a", "b")
    assert desk.rows()[0].read == 0
    store.marks.set_read(ids, True)
    assert desk.rows()[0].read == 1
    clock.time += timedelta(days=DAYS + 1)
    assert (desk.rows()[0].weekly, desk.rows()[0].last) == (0, clock.now() - timedelta(days=DAYS + 1))


def test_a_source_on_x_has_its_cost_of_this_month(desk: Desk, store: Store, clock: FakeClock) -> None:
    address = "https://x.com/ada"
    ada = store.sources.add(f"x:{address}", SourceKind.X, address, "@ada")
    silent = store.sources.add("x:https://x.com/bob", SourceKind.X, "https://x.com/bob", "@bob")
    budget = Budget(store, clock, Settings)
    number = budget.reserve(Use.POLL, 2)
    budget.settle(number, Bill({ada.id: {"1", "2"}}), clock.now())
    costs = {row.source.id: row.cost for row in desk.rows()}
    assert costs[ada.id]
    assert costs[silent.id] == 0


def test_collections_and_what_was_set_aside_are_no_rows(desk: Desk, store: Store, clock: FakeClock) -> None:
    alpha, gone = add_source(store, "Alpha"), add_source(store, "Gone")
    store.sources.add("collection:x", SourceKind.COLLECTION, "x", "Pocket")
    store.sources.remove(gone.id)
    assert [row.source.id for row in desk.rows()] == [alpha.id]


def test_the_outline_alone_gives_the_same_rows_without_figures(desk: Desk, store: Store, clock: FakeClock) -> None:
    alpha = add_source(store, "Alpha")
    add_source(store, "Beta")
    placed(store, alpha, "energy", clock.now(), paused=True, origin="pack:energy@3", by="Ann")
    outline = store.sources.outline()
    assert not desk.known
    assert desk.latest(outline) == desk.rows()
    assert desk.known
    assert outline_row(outline, alpha) == desk.rows()[0]
    assert (desk.rows()[0].paused, desk.rows()[0].pack) == (True, "energy")


def test_the_latest_figures_are_there_at_once(desk: Desk, store: Store, clock: FakeClock) -> None:
    alpha = add_source(store, "Alpha")
    put_items(store, alpha.id, clock, *"abcd")
    assert desk.latest(store.sources.outline())[0].weekly == 0
    desk.rows()
    put_items(store, alpha.id, clock, *"efgh")
    beta = add_source(store, "Beta")
    first, second = desk.latest(store.sources.outline())
    assert (first.weekly, second.source, second.weekly) == (1, beta, 0)
    assert [row.weekly for row in desk.rows()] == [2, 0]


# Narrowing and ordering ---------------------------------------------------------------------------


def row(name: str, number: int = 1, **parts: object) -> DeskRow:
    """A row of a feed called ``name``; ``parts`` of the source or of the row."""
    now = datetime(2026, 3, 1, tzinfo=UTC)
    address = f"https://{number}.example/feed"
    source = Source(number, f"feed:{address}", SourceKind.FEED, address, name, now)
    of_source = {key: value for key, value in parts.items() if key in ("lang", "labels", "kind")}
    others = {key: value for key, value in parts.items() if key not in of_source}
    return DeskRow(replace(source, **of_source), added=now, **others)  # type: ignore[arg-type]


def member(sector: str, why: str = "") -> Membership:
    return Membership(sector, 1, "person", "person", datetime(2026, 3, 1, tzinfo=UTC), why=why)


ROWS = (
    row("Énergie", 1, lang="fr", labels=("Été",), members=(member("energy", "the very best"),), sectors=("Energy",)),
    row("Beta", 2, lang="en", findings=(finding(2),), paused=True),
    row("alpha", 3, kind=SourceKind.X, cost=5, trial=date(2026, 4, 1), members=(member("health"),)),
)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (DeskFilter(), [1, 2, 3]),
        (DeskFilter(text="ENERGIE"), [1]),
        (DeskFilter(text="best ener"), [1]),
        (DeskFilter(text="best beta"), []),
        (DeskFilter(text="ete"), [1]),
        (DeskFilter(text="2.example"), [2]),
        (DeskFilter(sector="energy"), [1]),
        (DeskFilter(sector=""), [2]),
        (DeskFilter(kind="x"), [3]),
        (DeskFilter(lang="en"), [2]),
        (DeskFilter(label="éTE"), [1]),
        (DeskFilter(ailing=True), [2]),
        (DeskFilter(paused=True), [2]),
        (DeskFilter(on_trial=True), [3]),
        (DeskFilter(text="alpha", ailing=True), []),
    ],
)
def test_rows_are_narrowed(wanted: DeskFilter, found: list[int]) -> None:
    assert [each.source.id for each in narrowed(ROWS, wanted)] == found


@pytest.mark.parametrize("descending", [False, True])
def test_names_are_ordered_folded(descending: bool) -> None:
    names = [each.source.label for each in ordered(ROWS, Column.NAME, descending=descending)]
    assert names == (["Énergie", "Beta", "alpha"] if descending else ["alpha", "Beta", "Énergie"])


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    ("column", "last"),
    [
        (Column.SECTOR, {2, 3}), (Column.HEALTH, {1, 3}), (Column.LAST, {1, 2, 3}), (Column.READ, {1, 2, 3}),
        (Column.COST, {1, 2}), (Column.LANGUAGE, {3}), (Column.LABELS, {2, 3}), (Column.BY, {1, 2, 3}),
    ],
)  # fmt: skip
def test_what_has_nothing_there_comes_last_either_way(column: Column, last: set[int], descending: bool) -> None:
    numbers = [each.source.id for each in ordered(ROWS, column, descending=descending)]
    assert set(numbers[len(numbers) - len(last) :]) == last
    assert sorted(numbers) == [1, 2, 3]


def test_the_worst_comes_first() -> None:
    ailing = [
        row(name, at, findings=(finding(at, ill),)) for at, (name, ill) in enumerate(zip("abc", Ill, strict=False))
    ]
    assert ordered(reversed(ailing), Column.HEALTH) == ailing  # type: ignore[arg-type]
    assert ordered(ailing, Column.HEALTH, descending=True) == ailing[::-1]


@given(
    some.lists(some.tuples(some.text(max_size=4), some.none() | some.floats(0, 1), some.integers(0, 3)), max_size=8),
    some.sampled_from(Column), some.booleans(),
)  # fmt: skip
def test_ordering_loses_nothing_and_is_the_same_twice(
    made: list[tuple[str, float | None, int]], column: Column, descending: bool
) -> None:
    rows = [row(name, at, read=share, weekly=often) for at, (name, share, often) in enumerate(made)]
    found = ordered(rows, column, descending=descending)
    assert sorted(each.source.id for each in found) == list(range(len(rows)))
    assert ordered(found, column, descending=descending) == found


# In words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "by", "words"),
    [
        ("person", "person", "You"),
        ("person", "Ann", "Ann"),
        ("opml:mine.opml", "person", "The file “mine.opml”"),
        ("opml:", "person", "A file"),
        ("starter:energy@2", "person", "The starter sector “energy”"),
        ("pack:energy@2", "Ann", "Ann, by the pack “energy”"),
        ("pack:energy@2", "person", "The pack “energy”"),
        ("sample", "person", "The sample"),
    ],
)
def test_where_a_source_comes_from_is_said(origin: str, by: str, words: str) -> None:
    assert origin_in_words(Membership("s", 1, origin, by, datetime(2026, 3, 1, tzinfo=UTC))) == words


def test_every_kind_and_every_ill_has_a_word() -> None:
    assert all(map(kind_in_words, SourceKind))
    assert all(map(ill_in_words, Ill))


@pytest.mark.parametrize(
    ("weekly", "words"), [(0, "0"), (0.25, "0.2"), (2.0, "2"), (9.94, "9.9"), (9.96, "10"), (123.4, "123")]
)
def test_how_often_is_said_shortly(weekly: float, words: str) -> None:
    assert often(weekly) == words
    assert share(None) == ""
    assert share(0.123) == "12 %"
