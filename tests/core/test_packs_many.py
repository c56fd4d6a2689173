"""Random editions, two hundred in all: whatever the curator changes and the executive does with it, nothing of theirs
is lost.

``VEILLE_UPDATES=N`` makes N editions for each of twice as many seeds; ``VEILLE_SOURCES=N`` hands over so many sources.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.core.conftest import put_items
from tests.core.curators import KEY, Someone, people
from tests.fakes import FakeClock
from veille.core.packs.offers import Offer
from veille.errors import FromPack, VeilleError
from veille.model import Highlight, Mark, Outline, Source
from veille.rules import Rule
from veille.store.packs import PackRow

UPDATES = int(os.environ.get("VEILLE_UPDATES", "0"))
SOURCES = int(os.environ.get("VEILLE_SOURCES", "60"))


class Curator:
    """Changes anything, at random."""

    def __init__(self, one: Someone, random: Random, clock: FakeClock) -> None:
        self.one, self.random, self.clock = one, random, clock
        self.count = 0

    def work(self) -> None:
        """Some changes of a day."""
        deeds = (
            self.add, self.add, self.add, self.remove, self.back, self.explain, self.rename, self.label, self.move,
            self.rank, self.trial, self.title, self.rule, self.rule_of_source, self.drop_rule, self.change_rule,
        )  # fmt: skip
        for _time in range(self.random.randint(1, 5)):
            self.random.choice(deeds)()

    def any(self) -> Source | None:
        members = self.one.members()
        return self.one.outline.sources[self.random.choice(members).source] if members else None

    def add(self) -> None:
        self.count += 1
        self.one.add(f"Source {self.count}", why=f"Reason {self.count}")

    def back(self) -> None:
        if self.count:
            self.one.add(f"Source {self.random.randint(1, self.count)}")

    def remove(self) -> None:
        if (source := self.any()) is not None:
            self.one.curation.remove_source(source.id)

    def explain(self) -> None:
        if (source := self.any()) is not None:
            self.one.several.explain(source.id, KEY, f"Because {self.random.random()}")

    def rename(self) -> None:
        if (source := self.any()) is not None:
            self.one.curation.rename_source(source.id, f"Name {self.random.randint(0, 10**6)}")

    def label(self) -> None:
        if (source := self.any()) is not None:
            labels = self.random.sample(["daily", "weekly", "press", "law"], 2)
            self.one.several.label([source.id], add=labels[:1], remove=labels[1:])

    def move(self) -> None:
        source = self.any()
        key = f"feed:https://moved-{self.random.randint(0, 40)}.example/feed"
        if source is not None and self.one.store.sources.by_key(key) is None:
            self.one.store.sources.replace(replace(source, key=key, address=key.removeprefix("feed:")))

    def rank(self) -> None:
        if (source := self.any()) is not None:
            self.one.curation.rank(source.id, KEY, self.random.choice([None, 1, -1, 3]))

    def trial(self) -> None:
        if (source := self.any()) is not None:
            until = date(2026, 4, 1) + timedelta(days=self.random.randint(0, 300))
            self.one.several.on_trial([source.id], self.random.choice([None, until]))

    def title(self) -> None:
        self.one.curation.rename_sector(KEY, f"Energy {self.random.randint(0, 3)}")

    def rule(self) -> None:
        if len(self.one.rules.all()) < 20:
            self.one.rule(f"word{self.random.randint(0, 10**6)}")

    def rule_of_source(self) -> None:
        source = self.any()
        if source is not None and len(self.one.rules.all()) < 20:
            self.one.rule(f"word{self.random.randint(0, 10**6)}", source=source.id)

    def drop_rule(self) -> None:
        if rules := self.one.rules.all():
            self.one.rules.remove(self.random.choice(rules).id)

    def change_rule(self) -> None:
        rules = [each for each in self.one.rules.all() if not each.source or each.source in self.one.outline.sources]
        if rules:
            rule = self.random.choice(rules)
            words = (f"word{self.random.randint(0, 10**6)}",)
            self.one.rules.keep(replace(rule, condition=replace(rule.condition, words=words)))


class Executive:
    """Lives with a pack: reads, saves, adds, pauses, and takes over or not."""

    def __init__(self, one: Someone, random: Random, clock: FakeClock) -> None:
        self.one, self.random, self.clock = one, random, clock
        self.count = 0
        self.marks: dict[int, Mark] = {}
        self.highlights: dict[int, tuple[Highlight, ...]] = {}
        self.routes: dict[int, str] = {}
        self.labels: dict[int, tuple[str, ...]] = {}  # of sources of their own
        self.own: set[str] = set()  # keys of sources of their own
        self.own_places: set[tuple[str, str]] = set()  # sector and key
        self.own_rules: dict[str, Rule] = {}
        self.names: dict[int, str] = {}
        self.paused: set[int] = set()
        one.sector("Mine")

    def work(self) -> None:
        for _time in range(self.random.randint(0, 4)):
            self.random.choice((
                self.add, self.add_beside, self.mark, self.mark, self.mark, self.pause, self.rename, self.rule,
                self.route, self.label,
            ))()  # fmt: skip

    def any(self) -> Source | None:
        return self.random.choice(list(self.one.outline.sources.values())) if self.one.outline.sources else None

    def add(self) -> None:
        self._add("mine")

    def add_beside(self) -> None:
        if any(each.key == KEY for each in self.one.outline.sectors):
            self._add(KEY)

    def _add(self, sector: str) -> None:
        self.count += 1
        source = self.one.add(f"Own {self.count}", sector)
        self.own.add(source.key)
        self.own_places.add((sector, source.key))

    def mark(self) -> None:
        source = self.any()
        if source is None:
            return
        self.count += 1
        (item,) = put_items(self.one.store, source.id, self.clock, f"item {self.count}")
        marks, now = self.one.store.marks, self.clock.now()
        self.random.choice((
            lambda: marks.set_read([item]), lambda: marks.set_saved([item], now),
            lambda: marks.set_flagged([item], now), lambda: marks.set_tags([item], [f"tag {self.count}"]),
            lambda: marks.set_note(item, f"Note {self.count}", now),
            lambda: self.one.store.highlights.put([Highlight(item, f"Passage {self.count}", now)]),
        ))()  # fmt: skip
        self.marks |= marks.get([item])
        self.highlights |= self.one.store.highlights.of([item])

    def pause(self) -> None:
        source = self.any()
        if source is not None and self.one.store.sources.memberships(source.id):
            paused = self.random.random() < 0.5
            self.one.curation.pause(source.id, paused)
            (self.paused.add if paused else self.paused.discard)(source.id)

    def rename(self) -> None:
        source = self.any()
        if source is not None:
            self.count += 1
            self.names[source.id] = f"My name {self.count}"
            self.one.curation.rename_source(source.id, self.names[source.id])

    def route(self) -> None:
        source = self.any()
        if source is not None:
            self.routes[source.id] = self.random.choice(["", "direct"])
            self.one.curation.set_route(source.id, self.routes[source.id])

    def label(self) -> None:
        own = [each for each in self.one.outline.sources.values() if each.key in self.own]
        if own:
            source, self.count = self.random.choice(own), self.count + 1
            self.one.several.label([source.id], add=[f"mine {self.count % 3}"])
            self.labels[source.id] = self.one.outline.sources[source.id].labels

    def rule(self) -> None:
        if len(self.own_rules) < 10:
            self.count += 1
            rule = self.one.rule(f"mine{self.count}", "mine")
            self.own_rules[rule.key] = rule

    def check(self) -> None:
        """What is the executive's is as they left it."""
        store, outline = self.one.store, self.one.outline
        assert store.marks.get(self.marks) == self.marks
        assert store.highlights.of(self.highlights) == self.highlights
        for source, route in self.routes.items():
            assert store.sources.some([source])[source].route == route
        for source, labels in self.labels.items():
            assert outline.sources[source].labels == labels
        keys = {each.key for each in outline.sources.values()}
        assert self.own <= keys
        places = {(each.sector, outline.sources[each.source].key) for m in outline.members.values() for each in m}
        assert self.own_places <= places
        rules = {each.key: each for each in store.rules.all()}
        assert {key: rules.get(key) for key in self.own_rules} == self.own_rules
        for source, name in self.names.items():
            assert source not in outline.sources or outline.sources[source].name == name
        standing = {each.source for m in outline.members.values() for each in m}
        self.paused &= standing  # what left its last place forgets that it was paused there
        assert self.paused <= outline.paused


def state(one: Someone) -> tuple[Outline, tuple[Rule, ...], tuple[PackRow, ...]]:
    """All that an acceptance may change."""
    return one.outline, one.store.rules.all(), one.store.packs.all()


def agree(curator: Someone, executive: Executive) -> None:
    """The pack's part of the executive's sector is the curator's, apart from what they chose themselves."""
    mine, theirs = curator.outline, executive.one.outline
    ours = {each.key: each for each in mine.sources.values()}
    own = {key for sector, key in executive.own_places if sector == KEY}
    members = [each for each in theirs.members[KEY] if theirs.sources[each.source].key not in own]
    assert [theirs.sources[each.source].key for each in members] == [
        mine.sources[each.source].key for each in mine.members[KEY]
    ]
    for one, other in zip(mine.members[KEY], members, strict=True):
        assert (other.why, other.trial, other.pack) == (one.why, one.trial, KEY)
        source, known = theirs.sources[other.source], ours[theirs.sources[other.source].key]
        assert source.labels == known.labels
        if source.id not in executive.names:
            assert source.label == known.label
    rules = {each.key: each for each in curator.store.rules.all() if _is_of_pack(each, mine)}
    received = {each.key: each for each in executive.one.store.rules.all() if each.pack == KEY}
    assert received.keys() == rules.keys()
    for key, rule in rules.items():
        assert (received[key].actions, received[key].condition) == (rule.actions, rule.condition)
        if rule.source:
            assert theirs.sources[received[key].source].key == mine.sources[rule.source].key


def _is_of_pack(rule: Rule, outline: Outline) -> bool:
    return rule.sector == KEY or rule.source in {each.source for each in outline.members[KEY]}


def some(offer: Offer, random: Random) -> list[str]:
    return [each.mark for each in offer.changes if random.random() < 0.5]


@pytest.mark.parametrize("seed", range(4 if UPDATES else 2))
def test_marks_own_sources_and_undo_survive_many_editions(tmp_path: Path, clock: FakeClock, seed: int) -> None:
    random = Random(seed)
    share = tmp_path / "share"
    share.mkdir()
    with people(tmp_path, clock, "Ann", "Max") as (ann, max_):
        ann.sector()
        ann.add("First")
        ann.publishing.publish(KEY, share)
        curator, executive = Curator(ann, random, clock), Executive(max_, random, clock)
        max_.offers.accept(max_.offers.follow(share)[0])
        for _time in range(UPDATES or 50):
            clock.advance(hours=7)
            curator.work()
            ann.publishing.publish(KEY)
            executive.work()
            look = max_.offers.look()
            assert not look.problems
            for offer in look.offers:
                before = state(max_)
                deed = random.random()
                if deed < 0.25:
                    changes = max_.offers.accept(offer)
                    executive.check()
                    assert max_.history.undo(changes.undo)
                    assert state(max_) == before
                    (offer,) = max_.offers.look().offers
                if deed < 0.85:
                    max_.offers.accept(offer)
                    agree(ann, executive)
                elif deed < 0.93:
                    _taken(max_, lambda offer=offer: max_.offers.accept(offer, some(offer, random)), before)
                else:
                    _taken(max_, lambda offer=offer: max_.offers.decline(offer), before)
            executive.check()


def _taken(one: Someone, deed: Callable[[], object], before: object) -> None:
    """Something in part: it can be taken back exactly, and is, so that the next edition is compared with the whole."""
    deed()
    assert not one.offers.look().offers
    one.history.undo()
    assert state(one) == before


@pytest.mark.parametrize("seed", range(4 if UPDATES else 2))
def test_an_executive_who_picks_loses_nothing(tmp_path: Path, clock: FakeClock, seed: int) -> None:
    """Accepts parts, declines, removes what the pack brought, undoes at random; never once is something of theirs
    gone, and what they took over stays in the order and words of the pack."""
    random = Random(1000 + seed)
    share = tmp_path / "share"
    share.mkdir()
    with people(tmp_path, clock, "Ann", "Max") as (ann, max_):
        ann.sector()
        ann.add("First")
        ann.publishing.publish(KEY, share, sign=True)
        curator, executive = Curator(ann, random, clock), Executive(max_, random, clock)
        max_.offers.accept(max_.offers.follow(share)[0])
        gone: set[int] = set()
        for _time in range(UPDATES or 50):
            clock.advance(hours=7)
            curator.work()
            ann.publishing.publish(KEY)
            executive.work()
            brought = [each for each in max_.members() if each.pack]
            if brought and random.random() < 0.2:
                gone.add(random.choice(brought).source)
                for number in gone & set(max_.outline.sources):
                    max_.curation.remove_source(number)
            max_.offers.set_automatic(KEY, random.random() < 0.3)
            look = max_.offers.look()
            assert not look.problems
            for offer in look.offers:
                deed = random.random()
                if deed < 0.4:
                    max_.offers.accept(offer, some(offer, random))
                elif deed < 0.6:
                    max_.offers.accept(offer)
                elif deed < 0.8:
                    max_.offers.decline(offer)
            if look.accepted and random.random() < 0.5:
                max_.history.undo(look.accepted[0].undo)
            executive.check()
            assert not gone & set(max_.outline.sources)
            for each in max_.members():
                if each.pack:
                    with pytest.raises(FromPack):
                        max_.curation.rank(each.source, KEY)
                    break


def test_many_sources_are_handed_over(tmp_path: Path, clock: FakeClock) -> None:
    share = tmp_path / "share"
    share.mkdir()
    with people(tmp_path, clock, "Ann", "Max") as (ann, max_):
        ann.sector()
        with ann.store.history.recording("Many"):
            for number in range(SOURCES):
                ann.add(f"Source {number}", why=f"Why {number}")
        ann.publishing.publish(KEY, share, sign=True)
        (offer,) = max_.offers.follow(share)
        max_.offers.accept(offer)
        assert max_.names() == ann.names()
        max_.history.undo()
        assert not max_.outline.sources


def test_what_fails_leaves_everything_as_it_was(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    with people(tmp_path, clock, "Ann", "Max") as (ann, max_):
        ann.sector()
        for number in range(5):
            ann.add(f"Source {number}")
        ann.publishing.publish(KEY, share)
        (offer,) = max_.offers.follow(share)
        before, puts = state(max_), []
        put = max_.store.sources.put_member

        def failing(member):
            puts.append(member)
            if len(puts) == 3:
                raise VeilleError(detail="the disk is full")
            put(member)

        monkeypatch.setattr(max_.store.sources, "put_member", failing)
        with pytest.raises(VeilleError):
            max_.offers.accept(offer)
        assert state(max_) == before
        max_.offers.accept(offer)
        assert max_.names() == ann.names()
