"""No schedule breaks what it promises: simulated days of looks, sleeps and answers, made by hypothesis."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from veille.core.watching.schedule import HOUR, WINDOW, Rhythm, next_due, rests
from veille.core.watching.timetable import APART, ASLEEP, CATCH_UP, Chance, Timetable
from veille.errors import Busy, SourceError, Unreachable
from veille.model import Fetched, Source, SourceKind, SourceState

START = datetime(2026, 3, 2, 8, 40, tzinfo=UTC)
TICK = timedelta(seconds=30)
HINTS = (None, 300, 3600, 5000, 40_000)  # what answers ask for, in seconds


def a_source(id: int, host: str, added: datetime = START - timedelta(days=9)) -> Source:
    address = f"https://{host}/{id}"
    return Source(id, f"feed:{address}", SourceKind.FEED, address, "", added)


@dataclass
class Life:
    """Days of one profile. ``asked`` is who was asked when; ``too_soon`` are those who had wished to be left alone."""

    sources: list[Source]
    rhythm: Rhythm
    seed: int
    answers: int = 0
    now: datetime = START
    states: dict[int, SourceState] = field(default_factory=dict)
    asked: list[tuple[int, datetime]] = field(default_factory=list)
    wished: dict[int, datetime] = field(default_factory=dict)
    too_soon: list[tuple[int, datetime]] = field(default_factory=list)
    by_hand: list[tuple[int, datetime]] = field(default_factory=list)
    launches: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.launch()

    def launch(self) -> None:
        self.chance = Chance(Random(self.seed))
        self.timetable = Timetable(self.chance)
        self.launches.append(self.now)

    def look(self) -> tuple[int, ...]:
        late = [each for each in self.sources if not rests(self.states.get(each.id), self.now)]
        return self.timetable.ready(late, self.sources, self.states, self.now, self.rhythm)

    def live(self, span: timedelta) -> None:
        until = self.now + span
        while self.now < until:
            for id in self.look():
                self.asked.append((id, self.now))
                if self.now < self.wished.get(id, self.now):
                    self.too_soon.append((id, self.now))
                self.answer(id)
            self.now += TICK

    def sleep(self, span: timedelta) -> None:
        self.now += span
        self.launches.append(self.now)

    def ask_by_hand(self, id: int) -> None:
        self.answer(id)
        self.by_hand.append((id, self.now))

    def answer(self, id: int) -> None:
        """What the source answers depends on the source and the moment alone."""
        drawn = Random(f"{self.answers} {id} {self.now}")
        hint, broken = drawn.choice(HINTS), drawn.random() < 0.2
        before = self.states.get(id, SourceState(id))
        state = SourceState(id, checked=self.now, failures=before.failures + 1 if broken else 0)
        answer: Fetched | SourceError = Fetched(id, state, retry_after=hint)
        if broken:
            answer = Busy(host="a", status=429, retry_after=hint or 0) if hint else Unreachable(host="a", detail="")
        due = next_due(state, answer, self.now, self.rhythm, self.chance("next", id, self.now))
        self.states[id] = SourceState(id, checked=self.now, failures=state.failures, next_due=due)
        self.wished[id] = self.now + (timedelta(seconds=hint) if hint else HOUR)

    def times(self, id: int) -> list[datetime]:
        return [when for each, when in self.asked if each == id]


hosts = st.lists(st.sampled_from(["a.example", "b.example", "c.example"]), min_size=1, max_size=14)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("live"), st.integers(1, 300)),
        st.tuples(st.just("sleep"), st.integers(6, 3000)),
        st.tuples(st.just("launch"), st.integers(0, 3000)),
        st.tuples(st.just("hand"), st.integers(0, 13)),
    ),
    max_size=8,
)


@st.composite
def lives(draw, strict: bool | None = None) -> Life:
    """A profile that lived through some of what can happen."""
    minutes = draw(st.sampled_from([15, 60, 90, 240]))
    chosen = draw(st.booleans()) if strict is None else strict
    sources = [a_source(id, host) for id, host in enumerate(draw(hosts), 1)]
    life = Life(sources, Rhythm(timedelta(minutes=minutes), chosen), draw(st.integers(0, 9)), draw(st.integers(0, 9)))
    for step, number in [*draw(steps), ("live", 200)]:
        if step == "live":
            life.live(timedelta(minutes=number))
        elif step == "sleep":
            life.sleep(timedelta(minutes=number))
        elif step == "launch":
            life.now += timedelta(minutes=number)
            life.launch()
        elif number < len(sources):
            life.ask_by_hand(sources[number].id)
    return life


quick = settings(max_examples=40, deadline=None)


@quick
@given(lives())
def test_nobody_is_asked_before_they_wished(life: Life):
    assert life.too_soon == []


def room(life: Life, source: Source) -> timedelta:
    count = sum(host(each) == host(source) for each in life.sources)
    return min(APART, (WINDOW if life.rhythm.strict else life.rhythm.period) / (2 * count))


def host(source: Source) -> str:
    return source.address.split("/")[2]


@quick
@given(lives())
def test_sources_of_one_host_are_asked_apart(life: Life):
    for name in {host(source) for source in life.sources}:
        here = {source.id: source for source in life.sources if host(source) == name}
        by_hand = [when for id, when in life.by_hand if id in here]
        scheduled = [when for id, when in life.asked if id in here]
        gap = room(life, next(iter(here.values())))
        for earlier, later in pairwise(sorted({*scheduled, *by_hand})):
            assert later in by_hand or later - earlier >= gap
        assert len(set(scheduled)) == len(scheduled)


@quick
@given(lives(strict=True))
def test_strict_asks_in_windows_that_began_while_it_looked(life: Life):
    for _id, when in life.asked:
        window = life.rhythm.window(when)
        assert window <= when < window + WINDOW
        assert not any(window <= launch <= when for launch in life.launches)


@quick
@given(lives(strict=False))
def test_everybody_is_asked_in_time(life: Life):
    """While it runs, nobody waits longer than their rest, the catch-up, and a turn for each source of the host."""
    asked_before = len(life.asked)
    life.live(timedelta(minutes=1))
    due = {source.id: max(life.now, life.states[source.id].next_due or life.now) for source in life.sources
           if source.id in life.states}  # fmt: skip
    life.live(timedelta(hours=30))
    turns = max(CATCH_UP, *(room(life, source) * len(life.sources) for source in life.sources))
    for source in life.sources:
        latest = due.get(source.id, life.now) + 2 * turns + TICK * len(life.sources)
        if latest < life.now:
            assert any(when <= latest for id, when in life.asked[asked_before:] if id == source.id)


def histories(life: Life, ids: set[int]) -> Iterator[list[datetime]]:
    return (life.times(id) for id in sorted(ids))


@quick
@given(
    st.lists(st.sampled_from(["a.example", "b.example"]), min_size=1, max_size=8),
    st.lists(st.sampled_from(["x.example", "y.example"]), max_size=8),
    st.lists(st.tuples(st.integers(1, 90), st.integers(0, 7)), max_size=6),
    st.integers(0, 99),
    st.booleans(),
)
def test_when_a_source_is_asked_has_nothing_to_do_with_other_hosts(
    shared: list[str], others: list[str], wishes: list[tuple[int, int]], seed: int, strict: bool
):
    """Two persons share some hosts; one watches others too, and asks those by hand now and then."""
    common = [a_source(id, name) for id, name in enumerate(shared, 1)]
    more = [a_source(id, name) for id, name in enumerate(others, 100)]
    one, two = (Life(sources, Rhythm(HOUR, strict), seed) for sources in (common, common + more))
    for minutes, number in wishes:
        for life in (one, two):
            life.live(timedelta(minutes=minutes))
        if number < len(more):
            two.ask_by_hand(more[number].id)
    for life in (one, two):
        life.sleep(timedelta(hours=3))
        life.live(timedelta(hours=3))
    ids = {source.id for source in common}
    assert list(histories(one, ids)) == list(histories(two, ids))


@quick
@given(st.lists(st.integers(1, 120), min_size=1, max_size=20), st.integers(0, 99))
def test_looking_more_often_moves_nobody(pauses: list[int], seed: int):
    sources = [a_source(id, f"{id}.example") for id in range(1, 9)]
    one, two = (Life(sources, Rhythm(HOUR), seed) for _each in range(2))
    for minutes in pauses:
        one.live(timedelta(minutes=minutes))
        two.live(timedelta(minutes=minutes))
        for _look in range(3):  # by somebody who asks nobody, at the moment of a look that asked
            two.now -= TICK
            two.look()
            two.now += TICK
    assert one.asked == two.asked


def launched(count: int, name: str = "{}.example") -> list[timedelta]:
    """After how long each of many sources is asked that waited while Veille did not run."""
    sources = [a_source(id, name.format(id)) for id in range(count)]
    life = Life(sources, Rhythm(HOUR), 4)
    life.states = {each.id: SourceState(each.id, checked=START - 5 * HOUR, next_due=START - HOUR) for each in sources}
    life.live(HOUR)
    return sorted(life.times(each.id)[0] - START for each in sources)


def test_catching_up_is_spread_over_minutes():
    waits = launched(200)
    assert waits[-1] <= CATCH_UP + TICK
    tenth = CATCH_UP / 10
    for part in range(10):
        assert 5 <= sum(part * tenth <= wait < (part + 1) * tenth for wait in waits) <= 40


def test_many_of_one_host_take_longer_to_catch_up_and_all_get_their_turn():
    waits = launched(15, "one.example")
    assert all(later - earlier >= HOUR / 30 for earlier, later in pairwise(waits))
    assert waits[-1] > 2 * CATCH_UP
    assert len(launched(60, "one.example")) == 60


def test_what_comes_due_while_it_runs_is_asked_at_once():
    source = a_source(1, "a.example")
    life = Life([source], Rhythm(HOUR), 1)
    life.states[1] = SourceState(1, checked=START - HOUR, next_due=START + timedelta(minutes=7))
    life.live(timedelta(minutes=8))
    assert life.times(1) == [START + timedelta(minutes=7)]


def test_a_new_source_is_asked_at_once_and_one_from_before_is_not():
    life = Life([], Rhythm(HOUR), 3)
    life.live(timedelta(minutes=20))
    life.sources += [a_source(1, "new.example", added=life.now), a_source(2, "old.example")]
    began = life.now
    life.live(CATCH_UP + TICK)
    assert life.times(1) == [began]
    assert began < life.times(2)[0] <= began + CATCH_UP + TICK


def test_a_switch_of_the_rhythm_does_not_show():
    sources = [a_source(id, f"{id}.example") for id in range(40)]
    life = Life(sources, Rhythm(HOUR, strict=True), 5)
    life.live(timedelta(minutes=10))
    life.rhythm = Rhythm(HOUR)  # everybody's time has come, and no window came so far
    began = life.now
    life.live(TICK)
    assert len(life.asked) < 5
    life.live(CATCH_UP)
    assert {id for id, _when in life.asked} == {each.id for each in sources}
    assert all(when > began for _id, when in life.asked[5:])


def test_going_over_to_strict_within_a_window_waits_for_the_next():
    life = Life([], Rhythm(HOUR), 5)
    life.live(datetime(2026, 3, 2, 10, 2, tzinfo=UTC) - life.now)
    life.sources, life.rhythm = [a_source(id, f"{id}.example") for id in range(9)], Rhythm(HOUR, strict=True)
    life.live(datetime(2026, 3, 2, 11, tzinfo=UTC) - life.now)
    assert life.asked == []
    life.live(WINDOW)
    assert len(life.asked) == 9


def test_a_clock_that_is_put_back_does_not_stop_anybody():
    life = Life([a_source(1, "a.example"), a_source(2, "a.example")], Rhythm(HOUR), 2)
    life.now += timedelta(days=400)
    life.live(HOUR)
    life.now -= timedelta(days=400)
    life.asked.clear()
    life.live(HOUR)
    assert {id for id, _when in life.asked} == {1, 2}


def test_a_slow_pass_of_less_than_five_minutes_is_no_sleep():
    source = a_source(1, "a.example")
    life = Life([source], Rhythm(HOUR), 1)
    life.look()
    life.now += ASLEEP
    life.states[1] = SourceState(1, next_due=life.now - TICK)
    assert life.look() == (1,)
    life.now += ASLEEP + TICK
    life.states[1] = SourceState(1, next_due=life.now - TICK)
    assert life.look() == ()
