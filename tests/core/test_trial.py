"""Trying starter sectors: what answers is remembered, what does not says why, nothing else is kept."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.core.conftest import FakeDiscretion
from tests.fakes import FakeClock, FakeProgress
from veille.contacts import Purpose, Reason
from veille.core.curating.starters import Starters
from veille.core.watching.trial import Trials
from veille.errors import NoProxy, NotFound, Unreachable
from veille.model import Fetched, Source, SourceKind, SourceState
from veille.store import Store


class Web:
    """A fetcher of a small web: every address answers but those in ``silent``."""

    def __init__(self, silent: frozenset[str] = frozenset()) -> None:
        self.silent = silent
        self.asked: list[str] = []
        self.purposes: set[Purpose] = set()

    def fetch(
        self, source: Source, state: SourceState, known: Mapping[str, str], purpose: Purpose, cancelled
    ) -> Fetched:
        self.asked.append(source.address)
        self.purposes.add(purpose)
        if source.address in self.silent:
            raise Unreachable(host=source.address, detail="off")
        return Fetched(source.id, state)


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def trials(store: Store, clock: FakeClock, web: Web, discretion: FakeDiscretion) -> Trials:
    return Trials(store, clock, lambda: {SourceKind.FEED: web}, discretion)


@pytest.fixture
def starters(store: Store, clock: FakeClock, trials: Trials) -> Starters:
    return Starters(store, clock, answered=trials.answered)


def test_each_address_is_asked_once_and_the_day_of_its_answer_is_kept(
    starters: Starters, trials: Trials, web: Web, clock: FakeClock
) -> None:
    chosen = starters.named(["energy"])
    wanted = [source.address for source in chosen[0].sources]
    assert all(source.tried is None for source in chosen[0].sources)
    found = list(trials.run(chosen, FakeProgress()))
    assert sorted(web.asked) == sorted(wanted)
    assert {trial.problem for trial in found} == {""}
    again = starters.named(["energy"])[0]
    assert {source.tried for source in again.sources} == {clock.now().date()}


def test_the_traces_will_say_that_they_were_tried(starters: Starters, trials: Trials, web: Web) -> None:
    list(trials.run(starters.named(["energy"]), FakeProgress()))
    assert web.purposes == {Purpose(Reason.TRIED)}


def test_without_a_way_out_nobody_is_asked(
    starters: Starters, trials: Trials, web: Web, discretion: FakeDiscretion
) -> None:
    discretion.barred[0] = NoProxy()
    found = list(trials.run(starters.named(["energy"]), FakeProgress()))
    assert {trial.problem for trial in found} == {"Strict level: no proxy is set, so nothing is asked."}
    assert web.asked == []


def test_what_does_not_answer_says_why_and_stays_untried(starters: Starters, trials: Trials, web: Web) -> None:
    first = starters.named(["energy"])[0].sources[0]
    web.silent = frozenset([first.address])
    found = {trial.source.key: trial.problem for trial in trials.run(starters.named(["energy"]), FakeProgress())}
    assert found.pop(first.key) == f"{first.address} cannot be reached (off)."
    assert set(found.values()) == {""}
    assert starters.named(["energy"])[0].sources[0].tried is None


def test_stopped_halfway_it_keeps_what_answered(starters: Starters, trials: Trials) -> None:
    found = list(trials.run(starters.starter_sectors(), FakeProgress(stop_after=4)))
    assert len(found) == 3  # the first step says that nothing is done yet
    assert trials.answered().keys() >= {trial.source.key for trial in found}


def test_nothing_is_added_to_the_list(starters: Starters, trials: Trials, store: Store) -> None:
    list(trials.run(starters.named(["media"]), FakeProgress()))
    assert store.sources.all() == []


def test_a_sector_that_there_is_not(starters: Starters) -> None:
    with pytest.raises(NotFound, match="alchemy"):
        starters.named(["energy", "alchemy"])


def test_each_kind_is_asked_by_its_fetcher_and_x_is_left_out(
    store: Store, clock: FakeClock, web: Web, discretion: FakeDiscretion, starters: Starters
) -> None:
    mastodon, (energy,) = Web(), starters.named(["energy"])
    keys = ["mastodon:https://piaille.fr/@user", "x:https://x.com/gridmoor", "feed:https://a.example/"]
    sources = tuple(replace(energy.sources[0], key=key, address=key.partition(":")[2]) for key in keys)
    trials = Trials(store, clock, lambda: {SourceKind.FEED: web, SourceKind.MASTODON: mastodon}, discretion)
    found = list(trials.run([replace(energy, sources=sources)], FakeProgress()))
    assert sorted(each.source.key for each in found) == [keys[2], keys[0]]
    assert (web.asked, mastodon.asked) == (["https://a.example/"], ["https://piaille.fr/@user"])
