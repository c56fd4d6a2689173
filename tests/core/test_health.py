"""What is wrong with sources, and doing something about it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from tests.core.conftest import add_source, an_item
from tests.core.histories import WEEKDAYS, Make, at
from tests.fakes import FakeClock
from veille.core.curating.curation import Curation
from veille.core.curating.findings import Cure, Finding, Ill, name
from veille.core.curating.health import Health
from veille.core.history import History
from veille.errors import (
    BadCertificate,
    BadStatus,
    BudgetSpent,
    Busy,
    Gone,
    NoAccount,
    NotAFeed,
    SourceError,
    Suspended,
    TimedOut,
    Unreachable,
)
from veille.model import Membership, Source, SourceKind, SourceState
from veille.store import Store

HOST = "a.example"
DAY = timedelta(days=1)
MINE = "https://a.example/feed?token=3fa85f6457174562b3fc2c963f66afa6"


@pytest.fixture
def curation(store: Store, clock: FakeClock) -> Curation:
    return Curation(store, clock)


@pytest.fixture
def health(store: Store, clock: FakeClock, curation: Curation) -> Health:
    return Health(store, clock, curation)


@pytest.fixture
def source(store: Store, curation: Curation) -> Source:
    """In a sector of its own."""
    one = add_source(store, "Alpha")
    curation.add_sector("Energy")
    curation.move(one.id, "energy")
    return one


@pytest.fixture
def other(store: Store, clock: FakeClock) -> Source:
    """Another that answered a moment ago."""
    one = add_source(store, "Beta")
    store.sources.put_states([SourceState(one.id, checked=clock.now(), changed=clock.now())])
    return one


def ills(found: tuple[Finding, ...]) -> list[Ill]:
    return [each.ill for each in found]


def put(store: Store, source: Source, **parts: object) -> None:
    store.sources.put_states([replace(store.sources.state(source.id), **parts)])  # type: ignore[arg-type]


def fill(store: Store, source: Source, make: Make, until: datetime, days: int = 100) -> datetime:
    """Items of the last ``days`` before ``until``, as ``make`` has them; returns when the newest stands."""
    first = min(hours := make(Random(1), days))
    times = [until - days * DAY + timedelta(hours=each - first) for each in hours]
    store.items.apply([an_item(source.id, f"{each:%c}", each) for each in times if each <= until], [])
    return max(each for each in times if each <= until)


# It fails ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "lasted", "failures", "ill"),
    [
        (Gone(status=404), timedelta(days=3), 4, Ill.DEAD),
        (Gone(status=404), timedelta(days=1), 2, None),
        (Gone(status=410), timedelta(days=7), 2, Ill.DEAD),
        (Gone(status=410), timedelta(0), 1, None),
        (NoAccount(name="@a", host=HOST), timedelta(days=3), 3, Ill.DEAD),
        (Suspended(name="@a", host=HOST), timedelta(days=3), 3, Ill.DEAD),
        (NotAFeed(host=HOST), timedelta(days=8), 9, Ill.DEAD),
        (NotAFeed(host=HOST), timedelta(days=2), 5, Ill.FAILING),
        (Unreachable(host=HOST, detail="x"), timedelta(days=15), 20, Ill.DEAD),
        (Unreachable(host=HOST, detail="x"), timedelta(days=2), 9, Ill.FAILING),
        (Unreachable(host=HOST, detail="x"), timedelta(hours=20), 9, None),
        (BadCertificate(host=HOST, detail="expired"), timedelta(hours=7), 3, Ill.CERTIFICATE),
        (BadCertificate(host=HOST, detail="expired"), timedelta(hours=1), 1, None),
        (TimedOut(host=HOST, seconds=20), timedelta(days=2), 5, Ill.FAILING),
        (BadStatus(host=HOST, status=500), timedelta(days=2), 5, Ill.FAILING),
        (BadStatus(host=HOST, status=500), timedelta(days=2), 2, None),
        (BadStatus(host=HOST, status=402), timedelta(days=2), 5, Ill.PAID),
        (Busy(host=HOST, status=429), timedelta(days=2), 5, None),
        (Busy(host=HOST, status=429), timedelta(days=4), 9, Ill.FAILING),
        (BudgetSpent(day="2026-04-01"), timedelta(days=9), 30, None),
    ],
)
def test_what_fails(
    store: Store, clock: FakeClock, health: Health, source: Source, other: Source,
    error: SourceError, lasted: timedelta, failures: int, ill: Ill | None,
):  # fmt: skip
    now = clock.now()
    put(store, source, error=error.pack(), checked=now, changed=now - 30 * DAY, failing=now - lasted, failures=failures)
    found = health.of(source.id)
    assert ills(found) == ([ill] if ill else [])
    for each in found:
        assert str(error) in each.text
        assert each.since == now - lasted
        assert each.cures[-1] is Cure.LEAVE
    assert health.findings() == ({source.id: found} if found else {})


@pytest.mark.parametrize(
    "error", [Unreachable(host=HOST, detail="x"), BadCertificate(host=HOST, detail="x"), TimedOut(host=HOST, seconds=9)]
)
def test_an_outage_of_ones_own_network_is_no_alarm(
    store: Store, clock: FakeClock, health: Health, source: Source, other: Source, error: SourceError
):
    """Nobody answered since it began."""
    began = clock.now()
    clock.advance(days=2)
    for each in (source, other):
        put(store, each, error=error.pack(), checked=clock.now(), failing=began, failures=9)
    assert health.findings() == {}


def test_one_that_is_watched_alone_is_blamed_after_days(store: Store, clock: FakeClock, health: Health, source: Source):
    error, now = Unreachable(host=HOST, detail="x").pack(), clock.now()
    put(store, source, error=error, checked=now, failing=now - 2 * DAY, failures=9)
    assert health.of(source.id) == ()
    put(store, source, error=error, checked=now, failing=now - 4 * DAY, failures=9)
    assert ills(health.of(source.id)) == [Ill.FAILING]


# It gives nothing --------------------------------------------------------------------------------


def test_silent_against_its_own_habit(store: Store, clock: FakeClock, health: Health, source: Source):
    last = fill(store, source, at(8, 11, 15, 19), clock.now())
    clock.advance(days=3)
    now = clock.now()
    put(store, source, checked=now, changed=now)
    (found,) = health.of(source.id)
    assert (found.ill, found.since) == (Ill.SILENT, last.replace(minute=0, second=0, microsecond=0))
    assert found.text == "Usually 4 a day, nothing for 3 days."
    assert health.habit(source.id).text == "usually 4 a day"
    put(store, source, changed=now - 3 * DAY)
    (found,) = health.of(source.id)
    assert found.ill is Ill.FROZEN
    assert found.text.startswith("Usually 4 a day, nothing for 3 days. It answers, but its document has not changed")
    assert found.cures == (Cure.FIND, Cure.RETRY, Cure.PAUSE, Cure.REMOVE, Cure.LEAVE)
    assert health.findings() == {source.id: (found,)}


def test_while_nobody_asked_it_was_not_silent(store: Store, clock: FakeClock, health: Health, source: Source):
    fill(store, source, at(8, 11, 15, 19), clock.now())
    put(store, source, checked=clock.now(), changed=clock.now())
    clock.advance(days=8)
    assert health.findings() == {}
    put(store, source, checked=clock.now())  # asked, and there is nothing
    assert ills(health.of(source.id)) == [Ill.FROZEN]


def test_who_rests_on_weekends_is_not_silent(store: Store, clock: FakeClock, health: Health, source: Source):
    clock.time = datetime(2026, 3, 6, 20, tzinfo=UTC)  # a Friday
    fill(store, source, at(8, 11, 15, 19, days=WEEKDAYS), clock.now() + timedelta(days=3), days=102)
    put(store, source, changed=clock.now())
    for _hour in range(24 * 2 + 11):
        clock.advance(hours=1)
        put(store, source, checked=clock.now())
        assert health.of(source.id) == ()


def test_old_dates_are_no_silence_while_items_come(store: Store, clock: FakeClock, health: Health, source: Source):
    """A journal dates what it gives today by the month."""
    fill(store, source, at(8, 11, 15, 19), clock.now())
    clock.advance(days=9)
    now = clock.now()
    put(store, source, checked=now, changed=now)
    assert ills(health.of(source.id)) == [Ill.SILENT]
    store.items.apply([an_item(source.id, "late", now - 20 * DAY, seen=now)], [])
    assert health.of(source.id) == ()


def test_what_expired_counts_for_the_habit(store: Store, clock: FakeClock, health: Health, source: Source):
    fill(store, source, at(8, 11, 15, 19), clock.now())
    store.items.remove(range(1, 300))
    clock.advance(days=3)
    put(store, source, checked=clock.now(), changed=clock.now())
    assert ills(health.of(source.id)) == [Ill.SILENT]
    assert ills(health.findings()[source.id]) == [Ill.SILENT]


def test_the_paused_and_the_removed_are_left_out(
    store: Store, clock: FakeClock, health: Health, source: Source, curation: Curation
):
    fill(store, source, at(8, 11, 15, 19), clock.now())
    clock.advance(days=3)
    put(store, source, checked=clock.now(), changed=clock.now())
    changes = health.cure(health.of(source.id)[0], Cure.PAUSE)
    assert (health.of(source.id), health.findings()) == ((), {})
    History(store).undo(changes.undo)
    assert ills(health.of(source.id)) == [Ill.SILENT]
    changes = health.cure(health.of(source.id)[0], Cure.REMOVE)
    assert (health.of(source.id), health.findings()) == ((), {})
    History(store).undo(changes.undo)
    assert ills(health.of(source.id)) == [Ill.SILENT]


def test_what_is_left_is_not_said_for_30_days(store: Store, clock: FakeClock, health: Health, source: Source):
    fill(store, source, at(8, 11, 15, 19), clock.now())
    clock.advance(days=3)
    put(store, source, checked=clock.now(), changed=clock.now())
    store.sources.replace(replace(source, was="Aleph"))
    silent, renamed = health.of(source.id)
    assert "30 days" in health.cure(silent, Cure.LEAVE).text
    assert health.of(source.id) == (renamed,)
    clock.advance(days=29)
    put(store, source, checked=clock.now(), changed=clock.now())
    assert ills(health.of(source.id)) == [Ill.RENAMED]
    clock.advance(days=2)
    assert ills(health.of(source.id)) == [Ill.SILENT, Ill.RENAMED]


# The rest ----------------------------------------------------------------------------------------


def test_a_move_in_question(store: Store, clock: FakeClock, health: Health, source: Source):
    put(store, source, moved=MINE, checked=clock.now())
    (found,) = health.of(source.id)
    assert (found.ill, found.cures) == (Ill.MOVED, (Cure.STAY, Cure.FOLLOW))
    changes = health.cure(found, Cure.FOLLOW)
    assert store.sources.get(source.id).address == MINE
    History(store).undo(changes.undo)
    health.cure(found, Cure.STAY)
    assert health.of(source.id) == ()


@pytest.mark.parametrize(("cure", "label", "name"), [(Cure.NEW_NAME, "New", ""), (Cure.OLD_NAME, "Alpha", "Alpha")])
def test_renamed(store: Store, clock: FakeClock, health: Health, source: Source, cure: Cure, label: str, name: str):
    store.sources.replace(replace(source, title="New", was="Alpha"))
    (found,) = health.of(source.id)
    assert (found.ill, found.text) == (Ill.RENAMED, "It calls itself “New” by now; it was “Alpha”.")
    changes = health.cure(found, cure)
    after = store.sources.get(source.id)
    assert (after.label, after.name, after.was) == (label, name, "")
    assert health.of(source.id) == ()
    History(store).undo(changes.undo)
    assert health.of(source.id) == (found,)


def test_a_trial_that_is_over(store: Store, clock: FakeClock, health: Health, source: Source):
    (member,) = store.sources.memberships(source.id)
    store.sources.put_member(replace(member, trial=date(2026, 3, 2)))
    assert health.of(source.id) == ()  # its last day
    clock.advance(days=1)
    (found,) = health.of(source.id)
    assert (found.ill, found.cures) == (Ill.TRIAL, (Cure.KEEP, Cure.REMOVE, Cure.LEAVE))
    changes = health.cure(found, Cure.KEEP)
    assert health.of(source.id) == ()
    History(store).undo(changes.undo)
    assert health.of(source.id) == (found,)


def test_what_a_pack_brought_is_not_removed(store: Store, clock: FakeClock, health: Health, source: Source):
    now = clock.now()
    member = Membership("energy", source.id, "pack:energy@2", "Ann", now, trial=date(2026, 2, 1))
    store.sources.put_member(member)
    (found,) = health.of(source.id)
    assert found.cures == (Cure.PAUSE, Cure.LEAVE)
    put(store, source, error=Gone(status=404).pack(), checked=now, failing=now - 3 * DAY, failures=5)
    assert health.of(source.id)[0].cures == (Cure.FIND, Cure.RETRY, Cure.PAUSE, Cure.LEAVE)


def test_one_in_no_sector_is_not_paused(store: Store, clock: FakeClock, health: Health, other: Source):
    now = clock.now()
    put(store, other, error=Gone(status=404).pack(), checked=now, failing=now - 3 * DAY, failures=5)
    assert Cure.PAUSE not in health.of(other.id)[0].cures


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://one.example/feed", "http://one.example/feed"),
        ("https://one.example/feed", "https://www.one.example/feed/"),
    ],
)
def test_the_same_address_at_another_spelling(store: Store, health: Health, first: str, second: str):
    one, two = (store.sources.add(f"feed:{each}", SourceKind.FEED, each, each) for each in (first, second))
    assert list(health.findings()) == [two.id]
    (found,) = health.of(two.id)
    assert (found.ill, found.other) == (Ill.DUPLICATE, one.id)
    health.cure(found, Cure.REMOVE_OTHER)
    assert health.findings() == {}


def test_a_move_to_another_that_is_watched(
    store: Store, clock: FakeClock, health: Health, source: Source, other: Source
):
    put(store, source, moved="https://BETA.example/feed", checked=clock.now())
    (found,) = health.of(source.id)
    assert (found.ill, found.other) == (Ill.DUPLICATE, other.id)
    assert "moved to the address of “Beta”" in found.text
    for nowhere in ("nonsense", "https://elsewhere.example/feed", source.address):
        put(store, source, moved=nowhere)
        assert health.of(source.id) == ()


def test_the_worst_comes_first(store: Store, clock: FakeClock, health: Health, source: Source):
    now = clock.now()
    store.sources.replace(replace(source, was="Aleph"))
    put(store, source, moved=MINE, error=Gone(status=404).pack(), checked=now, failing=now - 3 * DAY, failures=5)
    assert ills(health.of(source.id)) == [Ill.DEAD, Ill.MOVED, Ill.RENAMED]


def test_findings_are_remembered(store: Store, clock: FakeClock, health: Health, source: Source):
    store.sources.replace(replace(source, was="Aleph"))
    first = health.findings()
    assert health.findings() is first
    store.values.put("x", "y")
    assert health.findings() is not first
    assert health.findings() == first


def test_what_was_kept_and_is_no_json_is_passed_over(store: Store, health: Health, source: Source):
    for each in ("health.left.1.silent", "health.left.x", "health.left.", "health.examined"):
        for text in ("nonsense", "[1]", '{"x": 1, "1": [], "1 silent": 5}'):
            store.values.put(each, text)
            assert health.findings() == {}


@pytest.mark.parametrize("cure", Cure)
def test_every_cure_has_a_name(cure: Cure):
    assert name(cure)


def test_every_cure_but_the_asking_ones_can_be_done(health: Health, source: Source):
    finding = Finding(source.id, Ill.DEAD, "", "", ())
    for cure in (Cure.RETRY, Cure.FIND):
        with pytest.raises(KeyError):
            health.cure(finding, cure)
