"""Whatever is done with rules and marks while items arrive, undoing all of it shows what was there, and what came."""

import os
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.conftest import FakeFetcher, add_source, an_item, refresher_of
from tests.fakes import FakeClock, FakeProgress
from tests.posted import posted
from veille.core.curating.curation import Curation
from veille.core.history import History
from veille.core.library import Library
from veille.core.rules.matching import matches, subject
from veille.core.rules.rules import Rules
from veille.core.watching.refresh import Refresher
from veille.errors import VeilleError
from veille.model import Item, ItemKind, Mark, Source
from veille.rules import Action, Condition, Rule
from veille.store import Filter, Store, open_store

EXAMPLES = int(os.environ.get("VEILLE_EXAMPLES", "15"))
TITLES = ("wind promo", "sun", "wind", "promo")

ACTIONS = st.one_of(
    st.just(frozenset({Action.HIDE})),
    st.just(frozenset({Action.HIDE, Action.READ})),
    st.sets(st.sampled_from([Action.READ, Action.FLAG, Action.TAG, Action.SAVE]), min_size=1).map(frozenset),
)
CONDITIONS = st.sampled_from(
    [Condition(words=("wind",)), Condition(words=("promo",)), Condition(without=("sun",)),
     Condition(kind=ItemKind.POST), Condition(words=("sun",), in_title=True), Condition(shorter=2)]
)  # fmt: skip
WISHED = st.builds(
    lambda actions, condition, where: Rule(
        actions, condition, tags=("t", "u"), sector=where if isinstance(where, str) else "",
        source=where if isinstance(where, int) else 0),
    ACTIONS, CONDITIONS, st.sampled_from(["", "energy", "retail", 1, 2]))  # fmt: skip
WHICH = st.integers(0, 30)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), WISHED, st.booleans()),
        st.tuples(st.just("change"), WISHED, st.booleans(), WHICH),
        st.tuples(st.sampled_from(["pause", "resume", "remove"]), WHICH),
        st.tuples(st.just("arrive"), st.sampled_from([1, 2])),
        st.tuples(st.sampled_from(["save", "let go", "flag", "unflag", "read", "tag", "note"]), WHICH),
        st.tuples(st.sampled_from(["move", "join", "remove source", "remove sector"])),
        st.tuples(st.just("undo")),
    ),
    max_size=14,
)


@dataclass
class Life:
    """A profile in use: two sources in sectors of their own, the second in both at times."""

    store: Store
    clock: FakeClock
    arrived: int = 0
    web: FakeFetcher = field(init=False)
    refresher: Refresher = field(init=False)

    def __post_init__(self) -> None:
        self.web = FakeFetcher(self.clock)
        self.refresher = refresher_of(self.store, self.clock, self.web)
        self.curation = Curation(self.store, self.clock)
        self.rules = Rules(self.store, self.clock)
        self.library = Library(self.store, lambda: pytest.fail("no index is needed"), self.clock)
        for name, sector in (("One", "Energy"), ("Two", "Retail")):
            source = add_source(self.store, name)
            self.curation.move(source.id, self.curation.add_sector(sector)[0].key)
            for _again in range(2):
                self.arrive(source)

    def arrive(self, source: Source) -> None:
        """Two articles, and a post that carries on the one before."""
        start = self.arrived
        self.arrived += 3
        made = [
            an_item(source.id, str(start + at), self.clock.now(), title=TITLES[(start + at) % 4], content="")
            for at in range(2)
        ]
        post = posted(TITLES[start % 4], id=str(start + 2), source=source.id)
        assert post.post is not None
        before = str(start - 1) if start % 2 else ""
        self.web.feeds[source.address] = (*made, replace(post, post=replace(post.post, continues=before)))
        self.clock.advance(hours=3)
        self.refresher.run(FakeProgress(), [source.id])

    def ids(self) -> list[int]:
        return [id for (id,) in self.store.db.query("SELECT id FROM item WHERE gone = 0 ORDER BY id")]

    def do(self, step: tuple) -> None:
        rules, ids = self.rules.all(), self.ids()
        match step:
            case "add", wished, also:
                self.rules.keep(wished, also_there=also)
            case "change", wished, also, which if rules:
                self.rules.keep(replace(wished, id=rules[which % len(rules)].id), also_there=also)
            case ("pause" | "resume") as what, which if rules:
                self.rules.pause(rules[which % len(rules)].id, what == "pause")
            case "remove", which if rules:
                self.rules.remove(rules[which % len(rules)].id)
            case "arrive", number:
                source = self.store.sources.get(number)
                if source and not source.removed:
                    self.arrive(source)
            case ("save" | "let go") as what, which:
                self.library.save([ids[which % len(ids)]], what == "save")
            case ("flag" | "unflag") as what, which:
                self.library.flag([ids[which % len(ids)]], what == "flag")
            case "read", which:
                self.library.mark_read([ids[which % len(ids)], ids[0]])  # of one alone the history says nothing
            case "tag", which:
                with self.store.history.recording("tag"):
                    self.store.marks.set_tags([ids[which % len(ids)]], ["t"], ["u"])
            case "note", which:
                with self.store.history.recording("note"):
                    self.store.marks.set_note(ids[which % len(ids)], "mine", self.clock.now())
            case ("move",):
                self.curation.move(2, "energy", "retail")
            case ("join",):
                self.curation.move(2, "energy")
            case ("remove source",):
                self.curation.remove_source(2)
            case ("remove sector",):
                self.curation.remove_sector("energy")
            case ("undo",):
                History(self.store).undo()

    def seen(self, among: list[int]) -> dict[str, object]:
        """All that a person sees of the items ``among``."""
        store, some = self.store, set(among)
        lists = {
            str(wanted): [id for id in store.items.ids(wanted) if id in some]
            for wanted in (
                Filter(), Filter(unread=True), Filter(saved=True), Filter(flagged=True), Filter(hidden=True),
                Filter(tag=("t",)), Filter(folded=False), Filter(sources=frozenset([2])),
            )
        }  # fmt: skip
        marks = {id: mark for id, mark in store.marks.get(among).items() if mark != Mark(id)}
        hidden = [id for id in store.items.hidden() if id in some]
        outline = store.sources.outline()
        watched = (outline.sectors, outline.members, set(outline.sources), outline.paused)
        return {**lists, "marks": marks, "hidden": hidden, "rules": store.rules.all(), "watched": watched}


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_undoing_everything_shows_what_was_there(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple]) -> None:
    clock = FakeClock()
    store = open_store(tmp_path_factory.mktemp("rules"), write=True, clock=clock)
    life = Life(store, clock)
    life.do(("add", Rule(frozenset({Action.HIDE}), Condition(words=("wind",)), sector="energy"), True))
    life.do(("add", Rule(frozenset({Action.FLAG, Action.TAG}), tags=("u",)), True))
    life.do(("save", 3))
    life.do(("tag", 5))
    first, entries = life.ids(), len(store.history.entries())
    before = life.seen(first)
    for step in steps:
        if step == ("undo",) and len(store.history.entries()) <= entries:
            continue
        try:
            life.do(step)
        except VeilleError:
            continue  # what cannot be done any more
        hidden = set(store.rules.hidden())
        assert not hidden & set(store.marks.kept(life.ids()))
        assert not hidden & {*store.items.ids(Filter(folded=False)), *store.items.ids(Filter(saved=True))}
        counts = store.items.counts()
        assert counts.items == len(store.items.ids(Filter()))
        assert sum(counts.unread.values()) <= len(store.items.ids(Filter(unread=True)))
    while len(store.history.entries()) > entries:
        History(store).undo()
    # What came may have carried on a thread that was there, and the rules of then hold for both.
    carried_on = {id for id in first if not set(store.posts.thread(id)) <= set(first)}
    now = life.seen(first)
    for what, was in before.items():
        if isinstance(was, list):
            assert [id for id in now[what] if id not in carried_on] == [id for id in was if id not in carried_on], what
        elif what == "marks":
            assert {id: mark for id, mark in now[what].items() if id not in carried_on} == {
                id: mark for id, mark in was.items() if id not in carried_on
            }
        else:
            assert now[what] == was
    assert set(first) <= set(life.ids())
    assert store.items.ids(Filter(hidden=True)) == store.items.ids(Filter(hidden=True, saved=False))
    came: list[Item] = store.items.whole(set(life.ids()) - set(first))
    for rule in store.rules.all():  # what is hidden of it is hidden by rules as they are now
        hides = set(store.rules.hidden_by(rule.id))
        for item in came:
            assert item.id not in hides or item.post or matches(rule.condition, subject(item))
    store.close()
