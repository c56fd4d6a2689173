"""What rules hide is in no list, number, search or briefing, but where it is asked for. Flags beside it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.conftest import FakeFetcher, uids
from tests.fakes import FakeClock
from veille.core.briefing import Briefings
from veille.core.curating.curation import Curation
from veille.core.history import History
from veille.core.library import Library
from veille.core.searching.known import Known
from veille.core.searching.scoping import scoped
from veille.model import ItemKind, Query
from veille.rules import Action, Rule
from veille.search.query.question import All, Any, Mark, Marked, Node, Not, OfItems, OfKind, Word
from veille.store import Filter, Store

EVERY = ["l1", "s1", "g1", "c1", "s2", "g2", "c2", "s3", "c3"]
HIDDEN = ["g1", "s2", "c3"]
SEEN = [uid for uid in EVERY if uid not in HIDDEN]


@pytest.fixture
def rule(store: Store, world: dict[str, int]) -> int:
    """A rule that hides g1, s2, and c3."""
    number = store.rules.put(Rule(frozenset({Action.HIDE}), key="k")).id
    store.rules.hide(number, [world[uid] for uid in HIDDEN])
    return number


def test_lists_and_numbers_leave_it_out(library: Library, world: dict[str, int], rule: int) -> None:
    assert sorted(uids(library)) == sorted(SEEN)
    assert set(uids(library, sector="energie")) == {"g2", "c1", "c2"}
    assert uids(library, source=world["Shops"]) == ["s1", "s3"]
    assert library.total(Query()) == library.counts().items == 6
    assert library.counts().unread == {
        world["Le Courant"]: 2, world["Gridmoor"]: 1, world["Shops"]: 2, world["Loose"]: 1}  # fmt: skip
    assert library.mark_all_read(Query()).items == {world[uid] for uid in SEEN}
    assert sorted(uids(library, hidden=True, unread=True)) == sorted(HIDDEN)


def test_the_list_of_what_is_hidden(library: Library, world: dict[str, int], rule: int) -> None:
    assert sorted(uids(library, hidden=True)) == sorted(HIDDEN)
    assert uids(library, hidden=True, sector="energie", kind=ItemKind.POST) == ["g1"]
    assert library.total(Query(hidden=True)) == 3
    assert library.listing(Query(hidden=True, limit=1)).total == 3
    assert set(uids(library, hidden=True, text="batter*")) == {"g1", "c3"}
    assert uids(library, hidden=True, text="paper") == ["s2"]
    assert uids(library, hidden=True, within="kind:post", text="news") == ["g1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("batter*", {"l1", "g2", "c1", "c2"}),
        ("is:hidden", {*HIDDEN}),
        ("est:masqué", {*HIDDEN}),
        ("est:masquées", {*HIDDEN}),
        ("is:hidden batter*", {"g1", "c3"}),
        ("is:hidden source:shops", {"s2"}),
        ("-is:hidden", {*SEEN}),
        ("-is:hidden news", {"g2"}),
        ("news OR is:hidden", {"g2", *HIDDEN}),
        ("(news OR is:hidden) kind:post", {"g1", "g2"}),
        ("news OR (shops is:hidden)", {"g2", "s2"}),
        ("-(is:hidden OR batter*)", {"s1", "s3"}),
        ("is:hidden is:unread", {*HIDDEN}),
        ("is:hidden is:saved", set()),
    ],
)
def test_a_search_finds_it_where_it_is_asked_for(
    library: Library, world: dict[str, int], rule: int, text: str, expected: set[str]
) -> None:
    assert set(uids(library, text=text)) == expected
    assert library.total(Query(text)) == len(expected)
    assert sum(library.facets(Query(text)).kinds.values()) == len(expected)


def test_facets_leave_it_out(library: Library, world: dict[str, int], rule: int) -> None:
    assert library.facets(Query()).sources == {
        world["Le Courant"]: 2, world["Shops"]: 2, world["Gridmoor"]: 1, world["Loose"]: 1}  # fmt: skip
    assert library.facets(Query(hidden=True)).sources == {
        world["Le Courant"]: 1, world["Shops"]: 1, world["Gridmoor"]: 1}  # fmt: skip


def test_a_briefing_leaves_it_out(library: Library, store: Store, clock: FakeClock, rule: int) -> None:
    sections = Briefings(store, library, clock).brief(clock.now() - timedelta(days=1))
    assert sorted(hit.item.uid for each in sections for hit in each.hits) == sorted(SEEN)
    assert sum(each.total for each in sections) == 6


def test_what_was_kept_is_shown_and_found(library: Library, world: dict[str, int], rule: int, store: Store) -> None:
    library.save([world["s2"]])
    assert "s2" in uids(library)
    assert "s2" in uids(library, text="paper")
    assert "s2" not in uids(library, hidden=True)
    assert uids(library, text="is:saved") == ["s2"]
    library.save([world["s2"]], saved=False)
    assert "s2" not in uids(library, text="paper")


def test_without_a_rule_nothing_is_asked_for_it(store: Store, world: dict[str, int]) -> None:
    known = Known(store)
    assert known.hidden() == OfItems(b"")
    assert scoped(Filter(), [Word("wind")], known, lambda _id: None).asks == Word("wind")
    asked = scoped(Filter(hidden=True), [Word("wind")], known, lambda _id: None).asks
    assert asked == All((OfItems(b""), Word("wind")))


def test_a_source_that_was_set_aside_is_not_among_it(
    library: Library, store: Store, clock: FakeClock, world: dict[str, int], rule: int
) -> None:  # fmt: skip
    Curation(store, clock).remove_source(world["Shops"])
    for query in ({"hidden": True}, {"text": "is:hidden"}, {"text": "is:hidden OR paper OR news", "hidden": True}):
        assert set(uids(library, **query)) == {"g1", "c3"}, query


LEAVES = st.sampled_from(
    [Word("news"), Word("paper"), OfKind(ItemKind.POST), Marked(Mark.HIDDEN), Marked(Mark.FLAGGED), Marked(Mark.UNREAD)]
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda nodes: All(tuple(nodes))),
        st.lists(inner, min_size=1, max_size=3).map(lambda nodes: Any(tuple(nodes))),
        inner.map(Not),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES, st.booleans())
def test_any_question_finds_what_is_hidden_just_where_it_asks_for_that(
    library: Library, store: Store, world: dict[str, int], rule: int, tree: Node, listed: bool
) -> None:
    """Against a plain reading of the tree, item by item."""
    store.marks.set_flagged([world["g1"], world["s1"]], FakeClock().now())
    texts = {"g": ("news",), "s": ("paper",), "l": ("paper",), "c": ()}

    def is_so(node: Node, uid: str) -> tuple[bool, bool]:
        """Whether it matches, and whether as something hidden that is asked for."""
        match node:
            case All(nodes):
                every = [is_so(each, uid) for each in nodes]
                return all(so for so, _asked in every), any(asked for _so, asked in every)
            case Any(nodes):
                some = [is_so(each, uid) for each in nodes]
                return any(so for so, _asked in some), any(so and asked for so, asked in some)
            case Not(inner):
                return not is_so(inner, uid)[0], False
            case Word(text):
                return text in texts[uid[0]], False
            case OfKind():
                return uid[0] == "g", False
            case Marked(Mark.HIDDEN):
                return uid in HIDDEN, True
            case Marked(Mark.FLAGGED):
                return uid in ("g1", "s1"), False
        return True, False

    asks = scoped(Filter(hidden=listed), [tree], Known(store), lambda _id: None, store=False).asks
    found = library._finder._found(asks, Query().order, None)[0]  # not every tree can be typed
    expected = set()
    for uid in EVERY:
        so, asked = is_so(All((Marked(Mark.HIDDEN), tree)) if listed else tree, uid)
        if so and (uid not in HIDDEN or asked):
            expected.add(world[uid])
    assert set(found) == expected


# Flags -------------------------------------------------------------------------------------------


def test_flags_are_given_taken_listed_found_and_undone(
    library: Library, store: Store, world: dict[str, int], web: FakeFetcher
) -> None:  # fmt: skip
    changes = library.flag([world["s1"], world["c1"]])
    assert (changes.text, changes.items) == ("2 items flagged.", {world["s1"], world["c1"]})
    assert set(uids(library, flagged=True)) == set(uids(library, text="is:flagged")) == {"s1", "c1"}
    assert uids(library, text="est:signalé", flagged=True, sector="retail") == ["s1"]
    assert uids(library, flagged=True, text="paper") == ["s1"]
    assert set(uids(library, text="-is:flagged paper")) == {"l1", "s2", "s3"}
    assert library.counts().flagged == 2
    (hit,) = library.hits([world["s1"]])
    assert hit.mark.flagged == web.clock.now()
    assert library.flag([world["s1"]], flagged=False).text == "1 item no longer flagged."
    assert uids(library, flagged=True) == ["c1"]
    History(store).undo()
    History(store).undo(changes.undo)
    assert library.counts().flagged == 0
    assert uids(library, flagged=True) == []
