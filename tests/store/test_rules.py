"""Rules as rows, the items that they hide, and what undo makes of both; flags."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes import FakeClock
from tests.store.build import START, feed, item
from veille.model import Counts, ItemKind, Mark
from veille.rules import Action, Condition, Rule
from veille.store import Filter, Store, open_store
from veille.store.filters import conditions, hiding

HIDE = frozenset({Action.HIDE})
WHOLE = Rule(
    frozenset({Action.FLAG, Action.TAG}),
    Condition(("promo", "appel d’offres"), ("hydro*",), True, ("@ada",), ("fr", "en"), ItemKind.POST, 300, 20),
    sector="energy", tags=("à lire", "B"), key="k1", origin="pack:energy@3", by="Ada", added=START, why="Noise",
    rank=4, paused=True)  # fmt: skip


def filled(store: Store, count: int = 4, name: str = "one") -> list[int]:
    """Items of a source, the newest first."""
    source = feed(store, name).id
    return store.items.apply([item(source, f"u{number}", hours=number) for number in range(count)], [])


def listed(store: Store, **wanted: object) -> list[int]:
    ids, count = store.items.ids(Filter(**wanted)), store.items.count(Filter(**wanted))
    assert len(ids) == count
    return list(ids)


def test_a_rule_comes_back_as_it_was(store: Store, clock: FakeClock) -> None:
    kept = store.rules.put(WHOLE)
    assert kept == replace(WHOLE, id=1)
    plain = store.rules.put(Rule(HIDE, source=7, key="k2"))
    assert plain.added == clock.now()
    assert store.rules.all() == (plain, kept)  # by rank
    assert store.rules.get(1) == store.rules.by_key("k1") == kept
    assert (kept.pack, plain.pack) == ("energy", "")
    assert store.rules.all() is store.rules.all()


def test_one_with_the_same_key_is_replaced_and_comes_back(store: Store) -> None:
    first = store.rules.put(Rule(HIDE, key="k", source=1))
    store.rules.remove(first.id)
    assert store.rules.all() == ()
    again = store.rules.put(Rule(HIDE, key="k", source=2, added=START))
    assert store.rules.all() == (again,)
    assert (again.id, again.source) == (first.id, 2)
    store.rules.remove(99)  # nothing


def test_what_a_rule_hides_is_in_no_list_but_that_of_hidden_ones(store: Store) -> None:
    a, b, c, d = filled(store)
    rule = store.rules.put(Rule(HIDE, key="k")).id
    assert store.rules.hide(rule, [b, c, 99]) == [b, c]
    assert store.rules.hide(rule, [c, d]) == [d]
    assert listed(store) == listed(store, unread=True) == listed(store, kind=ItemKind.ARTICLE) == [a]
    assert listed(store, hidden=True) == [b, c, d]
    assert listed(store, hidden=True, until=START - timedelta(hours=1)) == [c, d]
    assert list(store.rules.hidden()) == list(store.items.hidden()) == sorted([b, c, d])
    assert list(store.items.ids(Filter(), limit=2)) == [a]
    assert store.items.counts() == Counts(items=1, unread={1: 1})
    assert list(store.items.ids(Filter(hidden=True), limit=1, after=b)) == [c]
    assert list(store.items.aside()) == []


def test_two_rules_hide_one_item_until_both_are_gone(store: Store) -> None:
    a, *_ = filled(store, 1)
    one, two = (store.rules.put(Rule(HIDE, key=key)) for key in "12")
    for rule in (one, two):
        store.rules.hide(rule.id, [a])
    store.rules.remove(one.id)
    assert listed(store) == []
    store.rules.put(replace(two, paused=True))
    assert listed(store) == [a]
    assert listed(store, hidden=True) == list(store.rules.hidden()) == []
    store.rules.put(replace(two, paused=False))
    assert listed(store, hidden=True) == [a]
    assert store.rules.show(two.id) == [a]
    assert listed(store) == [a]
    assert list(store.rules.hidden_by(one.id)) == [a]


def test_what_the_person_kept_never_disappears(store: Store, clock: FakeClock) -> None:
    a, b, c, d = filled(store)
    store.marks.set_saved([a], START)
    store.marks.set_tags([b], ["x"])
    store.marks.set_note(c, "mine", START)
    store.marks.set_flagged([d], START)
    rule = store.rules.put(Rule(HIDE, key="k")).id
    store.rules.hide(rule, [a, b, c, d])
    assert listed(store) == [a, b, c]
    assert listed(store, saved=True) == [a]
    assert listed(store, tag=("x",)) == [b]
    assert listed(store, hidden=True) == list(store.rules.hidden()) == [d]  # a flag keeps nothing
    assert listed(store, flagged=True) == []
    assert list(store.marks.kept([a, b, c, d])) == [a, b, c]
    assert store.items.counts() == Counts(items=3, saved=1, unread={1: 3})
    store.marks.set_saved([a], None)
    assert listed(store, hidden=True) == [a, d]


def test_items_of_a_source_that_was_set_aside_are_not_among_the_hidden(store: Store) -> None:
    a, b = filled(store, 2)
    c, d = filled(store, 2, "two")
    rule = store.rules.put(Rule(HIDE, key="k")).id
    store.rules.hide(rule, [a, c])
    store.sources.remove(2)
    assert listed(store) == [b]
    assert listed(store, hidden=True) == [a]
    assert list(store.items.hidden()) == [a, c, d]
    assert list(store.items.aside()) == [c, d]


def test_undo_takes_back_a_rule_with_what_it_hid_and_a_removal(store: Store) -> None:
    a, b, *_ = filled(store)
    with store.history.recording("Added") as added:
        rule = store.rules.put(Rule(HIDE, key="k"))
        store.rules.hide(rule.id, [a, b])
    with store.history.recording("Removed"):
        store.rules.remove(rule.id)
    assert listed(store, hidden=True) == []
    changes = store.history.undo()
    assert changes.outline
    assert listed(store, hidden=True) == [a, b]
    changes = store.history.undo(added)
    assert changes.items == {a, b}
    assert store.rules.all() == ()
    assert list(store.rules.hidden_by(rule.id)) == []
    assert len(listed(store)) == 4


def test_undo_of_a_change_hides_again_what_it_showed(store: Store) -> None:
    a, b, *_ = filled(store)
    rule = store.rules.put(Rule(HIDE, key="k"))
    store.rules.hide(rule.id, [a, b])
    with store.history.recording("Changed"):
        store.rules.put(replace(rule, condition=Condition(words=("x",))))
        assert list(store.rules.hidden_by(rule.id)) == []
        store.rules.hide(rule.id, [b])
    assert listed(store, hidden=True) == [b]
    store.history.undo()
    assert store.rules.all() == (rule,)
    assert listed(store, hidden=True) == [a, b]


def test_an_item_that_is_removed_is_hidden_by_nothing_and_undo_does_not_bring_that_back(store: Store) -> None:
    a, b, *_ = filled(store)
    rule = store.rules.put(Rule(HIDE, key="k"))
    store.rules.hide(rule.id, [a, b])
    with store.history.recording("Changed"):
        store.rules.show(rule.id)
    store.items.remove([a])
    store.history.undo()
    assert list(store.rules.hidden_by(rule.id)) == [b]
    store.items.remove([b])
    assert list(store.rules.hidden_by(rule.id)) == []


def test_rules_are_there_after_a_restart(store: Store, clock: FakeClock) -> None:
    a, *_ = filled(store, 1)
    rule = store.rules.put(Rule(HIDE, key="k"))
    store.rules.hide(rule.id, [a])
    store.close()
    again = open_store(store.folder, write=False, clock=clock)
    assert again.rules.all() == (rule,)
    assert list(again.rules.hidden()) == [a]
    again.close()


def test_what_came_lately_is_told_by_when_it_was_seen(store: Store) -> None:
    one, two = feed(store, "one").id, feed(store, "two").id
    old = START - timedelta(days=40)
    ids = store.items.apply(
        [item(one, "a"), item(one, "old", seen=old), item(one, "late", hours=9999), item(two, "b", hours=1)], []
    )
    micro = int((START - timedelta(days=30)).timestamp() * 1_000_000)
    assert list(store.rules.lately(micro, [one])) == [ids[0], ids[2]]
    assert list(store.rules.lately(micro, [one, two])) == [ids[0], ids[3], ids[2]]


@pytest.mark.parametrize("wanted", [Filter(), Filter(unread=True), Filter(sources=frozenset(range(500)))])
def test_a_list_is_read_from_an_index_alone_whatever_is_hidden(store: Store, wanted: Filter) -> None:
    where, parameters = conditions(wanted, frozenset(), (1, 2))
    plan = store.db.query(
        f"EXPLAIN QUERY PLAN SELECT id FROM item WHERE {where} ORDER BY at DESC, id DESC LIMIT 200", parameters
    )
    assert [row[3] for row in plan if row[3].split()[1:2] == ["item"]] == ["SCAN item USING COVERING INDEX item_at"]
    assert any("hidden USING PRIMARY KEY (item=?)" in row[3] for row in plan)


def test_where_nothing_is_hidden_a_list_asks_for_nothing_more(store: Store) -> None:
    store.rules.put(Rule(HIDE, key="k"))
    assert hiding(store.db) == ()
    assert "hidden" not in conditions(Filter(unread=True), frozenset(), hiding(store.db))[0]


# Flags -------------------------------------------------------------------------------------------


def test_flags_say_what_changed_and_disturb_nothing_else(store: Store) -> None:
    a, b, c, _ = filled(store)
    later = START + timedelta(days=1)
    assert store.marks.set_flagged([a, b, 99], START) == [a, b]
    assert store.marks.set_flagged([b, c], later) == [c]
    store.marks.set_read([a])
    store.marks.set_saved([b], START)
    assert store.marks.get([a, b, c]) == {
        a: Mark(a, read=True, flagged=START), b: Mark(b, saved=START, flagged=START), c: Mark(c, flagged=later)
    }  # fmt: skip
    assert list(store.marks.flagged_ids()) == [a, b, c]
    assert listed(store, flagged=True) == [a, b, c]
    assert store.items.counts().flagged == 3
    with store.history.recording("No longer"):
        assert store.marks.set_flagged([a, c], None) == [a, c]
    assert listed(store, flagged=True) == [b]
    store.history.undo()
    assert store.marks.get([c])[c].flagged == later


def test_a_flag_keeps_nothing(store: Store) -> None:
    source = feed(store).id
    old = START - timedelta(days=100)
    a, b = store.items.apply([item(source, uid, seen=old, published=old, at=old) for uid in "ab"], [])
    store.marks.set_flagged([a], START)
    store.marks.set_saved([b], START)
    assert store.items.expire(START - timedelta(days=30)) == 1
    assert store.marks.get([a]) == {}
    assert listed(store) == [b]


# Everything at once --------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(st.sampled_from(["hide", "show", "pause", "resume", "remove", "put", "save", "tag", "let go"]),
              st.integers(0, 2), st.integers(0, 5)),
    max_size=25,
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_lists_are_what_the_rules_say_whatever_happened(tmp_path_factory: pytest.TempPathFactory, steps: list) -> None:
    store = open_store(tmp_path_factory.mktemp("rules"), write=True, clock=FakeClock(START))
    ids = filled(store, 6)
    rules = [store.rules.put(Rule(HIDE, key=str(number), added=START)) for number in range(3)]
    hides: dict[int, set[int]] = {each.id: set() for each in rules}
    off, kept = set[int](), set[int]()
    before = None
    for what, which, at in steps:
        rule, one = rules[which], ids[at]
        with store.history.recording(what):
            match what:
                case "hide":
                    store.rules.hide(rule.id, [one])
                    hides[rule.id].add(one)
                case "show":
                    store.rules.show(rule.id)
                    hides[rule.id].clear()
                case "pause":
                    store.rules.put(replace(rule, paused=True))
                    off.add(rule.id)
                case "resume" | "put":
                    store.rules.put(rule)
                    off.discard(rule.id)
                case "remove":
                    store.rules.remove(rule.id)
                    off.add(rule.id)
                case "save":
                    store.marks.set_saved([one], START)
                    kept.add(one)
                case "tag":
                    store.marks.set_tags([one], ["t"])
                    kept.add(one)
                case "let go":
                    store.marks.set_saved([one], None)
                    store.marks.set_tags([one], remove=["t"])
                    kept.discard(one)
        hidden = set().union(*(some for id, some in hides.items() if id not in off)) - kept
        assert listed(store, hidden=True) == [id for id in ids if id in hidden]
        assert listed(store) == [id for id in ids if id not in hidden]
        assert set(store.rules.hidden()) == set(store.items.hidden()) == hidden
        assert store.items.counts().items == 6 - len(hidden)
        before = listed(store)
    while store.history.last():
        store.history.undo()
    assert before is None or listed(store) == ids
    store.close()
