"""Rules of a profile: tried, kept, changed, paused, removed, applied to what is there, undone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.core.conftest import add_source, an_item, put_items
from tests.fakes import FakeClock, FakeProgress
from veille.core.curating.curation import Curation
from veille.core.history import History
from veille.core.rules import rules as module
from veille.core.rules.rules import Rules
from veille.errors import BadRule, Cancelled, FromPack, NotFound, TooLong, TooMany
from veille.model import ItemKind, Mark
from veille.rules import LISTED, MOST, WORD, Action, Condition, Rule
from veille.store import Filter, PackRow, Store

HIDE, READ, FLAG, TAG, SAVE = Action
WIND = Condition(words=("wind",))


def rule(*actions: Action, condition: Condition = WIND, **parts: object) -> Rule:
    return Rule(frozenset(actions), condition, **parts)


@pytest.fixture
def woken() -> list[int]:
    return []


@pytest.fixture
def rules(store: Store, clock: FakeClock, woken: list[int]) -> Rules:
    return Rules(store, clock, lambda: woken.append(1))


@pytest.fixture
def ids(store: Store, clock: FakeClock) -> dict[str, int]:
    """Energy has Gridmoor (wind1, wind2, sun1); Shops (wind3, sun2) is in no sector; each an hour apart."""
    curation = Curation(store, clock)
    sources = {name: add_source(store, name).id for name in ("Gridmoor", "Shops")}
    curation.move(sources["Gridmoor"], curation.add_sector("Energy")[0].key)
    found = dict(sources)
    for name, uids in (("Gridmoor", ("wind1", "wind2", "sun1")), ("Shops", ("wind3", "sun2"))):
        for uid in uids:
            (found[uid],) = put_items(store, sources[name], clock, uid, title=uid.rstrip("123"))
            clock.advance(hours=1)
    return found


def shown(store: Store, **wanted: object) -> list[str]:
    return sorted(item.uid for item in store.items.rows(store.items.ids(Filter(**wanted))))


def named(store: Store, ids) -> list[str]:
    return [item.uid for item in store.items.rows(ids)]


# Trying ------------------------------------------------------------------------------------------


def test_a_preview_says_what_would_have_been_done_and_does_nothing(rules: Rules, store: Store, ids: dict) -> None:
    progress = FakeProgress()
    found = rules.preview(rule(HIDE), progress)
    assert (found.items, named(store, found.ids)) == (5, ["wind3", "wind2", "wind1"])
    assert found.text == "Of 5 items of the last 30 days, 3 would have been hidden."
    assert progress.steps[-1][:2] == (5, 5)
    assert rules.all() == ()
    assert len(shown(store)) == 5
    assert store.history.last().text == "“Gridmoor” is now in “Energy”."


def test_a_preview_of_a_sector_and_of_a_source(rules: Rules, store: Store, ids: dict) -> None:
    found = rules.preview(rule(READ, FLAG, sector="energy"), FakeProgress())
    assert named(store, found.ids) == ["wind2", "wind1"]
    assert found.text == "Of 3 items of the last 30 days, this would have been done with 2: mark as read and flag."
    found = rules.preview(rule(TAG, SAVE, source=ids["Shops"], tags=("a", "b")), FakeProgress())
    assert (
        found.text == "Of 2 items of the last 30 days, this would have been done with 1: tag as “a” and “b” and save."
    )
    found = rules.preview(rule(HIDE, condition=Condition(words=("zebra",)), source=ids["Shops"]), FakeProgress())
    assert found.text == "Of 2 items of the last 30 days, none is what this rule is for."
    assert (found.items, list(found.ids)) == (2, [])


def test_a_preview_looks_back_thirty_days_and_at_hidden_items_too(
    rules: Rules, store: Store, clock: FakeClock, ids: dict
) -> None:  # fmt: skip
    kept, _changes = rules.keep(rule(HIDE), also_there=True)
    assert shown(store) == ["sun1", "sun2"]
    assert len(rules.preview(kept, FakeProgress()).ids) == 3
    store.marks.set_saved([ids["wind1"]], clock.now())
    text = rules.preview(kept, FakeProgress()).text
    assert text.endswith("3 would have been hidden. 1 of them you kept since: it stays where it is.")
    clock.advance(days=31)
    assert rules.preview(kept, FakeProgress()).text == "Nothing came in the last 30 days that this rule could look at."


def test_what_was_brought_from_elsewhere_or_set_aside_is_not_looked_at(rules: Rules, store: Store, ids: dict) -> None:
    store.sources.remove(ids["Shops"])
    assert rules.preview(rule(HIDE), FakeProgress()).items == 3


def test_a_preview_can_be_stopped(rules: Rules, store: Store, clock: FakeClock, ids: dict) -> None:
    with pytest.raises(Cancelled):
        rules.preview(rule(HIDE), FakeProgress(stop_after=1))
    with pytest.raises(Cancelled):
        rules.keep(rule(HIDE), also_there=True, progress=FakeProgress(stop_after=1))
    assert rules.all() == ()


# Keeping -----------------------------------------------------------------------------------------


def test_a_rule_is_kept_for_what_arrives(rules: Rules, store: Store, clock: FakeClock, ids: dict) -> None:
    kept, changes = rules.keep(rule(HIDE, condition=Condition(words=(" wind ", "Wind", "sun")), why=" Noise "))
    assert kept.condition.words == ("wind", "sun")
    assert (kept.why, kept.origin, kept.by, kept.added, kept.rank) == ("Noise", "person", "person", clock.now(), 0)
    assert len(kept.key) == 16
    assert rules.all() == (kept,)
    assert changes.text == "A rule was added: Hide items that say “wind” or “sun”."
    assert changes.outline
    assert len(shown(store)) == 5
    again, _changes = rules.keep(rule(HIDE, condition=Condition(words=(" wind ", "Wind", "sun")), why=" Noise "))
    assert (again.rank, again.key != kept.key) == (1, True)
    History(store).undo(changes.undo)
    assert rules.all() == (again,)


@pytest.mark.parametrize(
    ("action", "wanted"),
    [(HIDE, {"hidden": True}), (FLAG, {"flagged": True}), (SAVE, {"saved": True}), (TAG, {"tag": ("t",)})],
)
def test_also_there_does_just_what_the_preview_said_and_is_undone_as_one(
    rules: Rules, store: Store, ids: dict, action: Action, wanted: dict, woken: list[int]
) -> None:
    wished = rule(action, sector="energy", tags=("t",))
    preview = rules.preview(wished, FakeProgress())
    kept, changes = rules.keep(preview.rule, also_there=True, progress=FakeProgress())
    assert shown(store, **wanted) == sorted(named(store, preview.ids)) == ["wind1", "wind2"]
    assert changes.items == set(preview.ids)
    assert changes.tags is (action is TAG)
    assert kept.tags == (("t",) if action is TAG else ())
    assert woken
    History(store).undo(changes.undo)
    assert rules.all() == ()
    assert shown(store, **wanted) == []
    assert len(shown(store)) == 5


def test_marks_of_the_person_survive_a_rule_and_its_undo(
    rules: Rules, store: Store, clock: FakeClock, ids: dict
) -> None:  # fmt: skip
    early = clock.now()
    store.marks.set_read([ids["wind1"]])
    store.marks.set_saved([ids["wind1"]], early)
    store.marks.set_flagged([ids["wind1"]], early)
    store.marks.set_tags([ids["wind1"]], ["T"])
    clock.advance(hours=1)
    _kept, changes = rules.keep(rule(READ, FLAG, SAVE, TAG, tags=("t", "u")), also_there=True)
    assert store.marks.get([ids["wind1"]])[ids["wind1"]] == Mark(
        ids["wind1"], read=True, saved=early, tags=("T", "u"), flagged=early)  # fmt: skip
    assert store.marks.get([ids["wind2"]])[ids["wind2"]].tags == ("T", "u")
    History(store).undo(changes.undo)
    assert store.marks.get([ids["wind1"]])[ids["wind1"]] == Mark(
        ids["wind1"], read=True, saved=early, tags=("T",), flagged=early)  # fmt: skip
    assert store.marks.get([ids["wind2"]]).get(ids["wind2"], Mark(0)).saved is None


def test_a_changed_rule_starts_anew(rules: Rules, store: Store, ids: dict) -> None:
    kept, _changes = rules.keep(rule(HIDE), also_there=True)
    sunny = replace(kept, condition=Condition(words=("sun",)), key="forged", origin="pack:x@1", rank=9)
    changed, changes = rules.keep(sunny)
    assert changed == replace(kept, condition=Condition(words=("sun",)))
    assert rules.all() == (changed,)
    assert shown(store, hidden=True) == []
    assert changes.text == "A rule was changed: Hide items that say “sun”."
    assert changes.items == {ids["wind1"], ids["wind2"], ids["wind3"]}
    assert rules.keep(changed, also_there=True)[0] == changed
    assert shown(store, hidden=True) == ["sun1", "sun2"]
    rules.keep(replace(changed, why="Too bright"))  # nothing that matters to what it hides
    assert shown(store, hidden=True) == ["sun1", "sun2"]
    for _again in range(2):
        History(store).undo()
    History(store).undo(changes.undo)
    assert rules.all() == (kept,)
    assert shown(store, hidden=True) == ["wind1", "wind2", "wind3"]


def test_a_rule_that_does_more_with_the_same_items_hides_on(rules: Rules, store: Store, ids: dict) -> None:
    kept, _changes = rules.keep(rule(HIDE), also_there=True)
    _more, changes = rules.keep(replace(kept, actions=frozenset({HIDE, READ})))
    assert (shown(store, hidden=True), changes.items) == (["wind1", "wind2", "wind3"], frozenset())
    rules.keep(replace(kept, actions=frozenset({READ})))
    assert shown(store, hidden=True) == []
    History(store).undo()
    assert shown(store, hidden=True) == ["wind1", "wind2", "wind3"]


def test_rules_of_what_was_removed_are_found_and_removed_as_one(
    rules: Rules, store: Store, clock: FakeClock, ids: dict
) -> None:  # fmt: skip
    of_sector, _changes = rules.keep(rule(HIDE, sector="energy"), also_there=True)
    of_source, _changes = rules.keep(rule(READ, source=ids["Shops"]))
    everywhere, _changes = rules.keep(rule(FLAG))
    assert rules.lost() == ()
    curation = Curation(store, clock)
    curation.remove_source(ids["Shops"])
    curation.remove_sector("energy")
    assert rules.lost() == (of_sector, of_source)
    changes = rules.remove_lost()
    assert (changes.text, changes.items) == ("2 rules were removed.", {ids["wind1"], ids["wind2"]})
    assert rules.all() == (everywhere,)
    assert "wind1" in shown(store)
    History(store).undo()
    assert rules.lost() == (of_sector, of_source)
    assert "wind1" not in shown(store)


def test_a_rule_of_fifty_words_is_said_in_short_where_there_is_little_room(rules: Rules) -> None:
    words = tuple(f"{number}{'w' * 90}" for number in range(LISTED))
    kept, changes = rules.keep(rule(FLAG, condition=Condition(words=words)))
    assert len(rules.sentence(kept)) > 4500
    assert len(changes.text) < 330
    assert changes.text.endswith("…")


def test_a_rule_that_stays_the_same_is_applied_in_one_entry(rules: Rules, store: Store, ids: dict) -> None:
    kept, _changes = rules.keep(rule(FLAG))
    same, changes = rules.keep(kept, also_there=True)
    assert (same, shown(store, flagged=True)) == (kept, ["wind1", "wind2", "wind3"])
    History(store).undo(changes.undo)
    assert (rules.all(), shown(store, flagged=True)) == ((kept,), [])


def test_many_items_are_changed_in_several_transactions_and_undone_as_one(
    rules: Rules, store: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 40)
    source = add_source(store, "Big").id
    store.items.apply([an_item(source, str(n), clock.now() - timedelta(hours=n), title="wind") for n in range(100)], [])
    before = store.version
    progress = FakeProgress()
    kept, changes = rules.keep(rule(HIDE, READ), also_there=True, progress=progress)
    assert store.version - before == 4
    assert progress.steps[-1][:2] == (100, 100)
    assert len(changes.items) == len(store.rules.hidden()) == 100
    rules.keep(replace(kept, condition=Condition(words=("sun",))))
    assert len(store.rules.hidden()) == 0
    History(store).undo()
    assert len(store.rules.hidden()) == 100
    History(store).undo(changes.undo)
    assert store.items.counts().unread == {source: 100}


def test_stopped_while_items_are_changed_what_was_done_stays(
    rules: Rules, store: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    source = add_source(store, "Big").id
    put_items(store, source, clock, *"abcdef", title="wind")
    kept, changes = rules.keep(rule(FLAG), also_there=True, progress=FakeProgress(stop_after=3))
    assert rules.all() == (kept,)
    assert len(shown(store, flagged=True)) == len(changes.items) == 2
    History(store).undo(changes.undo)
    assert (rules.all(), shown(store, flagged=True)) == ((), [])


def test_what_arrives_while_the_others_are_looked_at_is_not_forgotten(
    rules: Rules, store: Store, clock: FakeClock, ids: dict
) -> None:  # fmt: skip
    class Arriving(FakeProgress):
        def step(self, done: int, total: int, text: str = "") -> None:
            if not self.steps:
                put_items(store, ids["Shops"], clock, "wind9", title="wind")
            super().step(done, total, text)

    _kept, changes = rules.keep(rule(HIDE), also_there=True, progress=Arriving())
    assert shown(store, hidden=True) == ["wind1", "wind2", "wind3", "wind9"]
    History(store).undo(changes.undo)
    assert shown(store, hidden=True) == []


# What cannot be meant ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "error", "text"),
    [
        (rule(), BadRule, "This rule cannot be kept: it does nothing."),
        (rule(TAG), BadRule, "it does not say which tag to give"),
        (rule(TAG, tags=("#", " ")), BadRule, "it does not say which tag to give"),
        (rule(HIDE, SAVE), BadRule, "what it hides cannot be flagged"),
        (rule(HIDE, condition=Condition()), BadRule, "it would hide everything"),
        (rule(HIDE, condition=Condition(words=(" ",), in_title=True)), BadRule, "it would hide everything"),
        (rule(HIDE, sector="energy", source=1), BadRule, "either for a sector or for a source"),
        (rule(READ, condition=Condition(words=("…",))), BadRule, "there is nothing to look for"),
        (rule(READ, condition=Condition(authors=("*",))), BadRule, "there is nothing to look for"),
        (rule(READ, condition=Condition(("wind",), ("WIND",))), BadRule, "a word cannot be there"),
        (rule(READ, condition=Condition(langs=("french",))), BadRule, "a language is said by its code"),
        (rule(READ, condition=Condition(shorter=-1)), BadRule, "no text has so many words"),
        (rule(READ, condition=Condition(shorter=5, longer=4)), BadRule, "no text is shorter and longer"),
        (rule(READ, sector="navy"), NotFound, "There is no sector named “navy”."),
        (rule(READ, source=99), NotFound, "There is no source named “99”."),
        (rule(READ, condition=Condition(words=tuple(map(str, range(LISTED + 1))))), TooMany, "words in one rule"),
        (rule(READ, condition=Condition(words=("w" * (WORD + 1),))), TooLong, "A word of a rule"),
        (rule(TAG, tags=("t" * 61,)), TooLong, "A tag"),
        (replace(rule(READ), id=7), NotFound, "There is no rule named “7”."),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(
    rules: Rules, ids: dict, wrong: Rule, error: type[Exception], text: str
) -> None:  # fmt: skip
    with pytest.raises(error) as raised:
        rules.keep(wrong)
    assert text in str(raised.value)
    assert rules.all() == ()


@pytest.mark.parametrize(
    "right",
    [
        rule(HIDE, condition=Condition(), sector="energy"),
        rule(READ, condition=Condition()),
        rule(HIDE, READ),
        rule(HIDE, condition=Condition(without=("wind",))),
        rule(READ, condition=Condition(shorter=6, longer=4)),
        rule(READ, condition=Condition(langs=("EN", "fr"), kind=ItemKind.POST)),
    ],
)
def test_what_can_be_meant_is_kept(rules: Rules, ids: dict, right: Rule) -> None:
    assert rules.keep(right)[0].id


def test_there_is_room_for_so_many(rules: Rules, store: Store, clock: FakeClock) -> None:
    with store.db.write():
        for number in range(MOST):
            store.rules.put(replace(rule(READ), key=f"k{number}", added=clock.now()))
    with pytest.raises(TooMany):
        rules.keep(rule(READ))


def test_what_is_no_longer_a_condition_in_the_title_is_not_kept_as_one(rules: Rules) -> None:
    assert rules.keep(rule(READ, condition=Condition(in_title=True, langs=("fr",))))[0].condition.in_title is False


# Pausing and removing ----------------------------------------------------------------------------


def test_a_paused_rule_hides_nothing_until_it_is_followed_again(rules: Rules, store: Store, ids: dict) -> None:
    kept, _changes = rules.keep(rule(HIDE), also_there=True)
    changes = rules.pause(kept.id)
    assert (changes.text, changes.outline) == ("A rule was paused: Hide items that say “wind”.", True)
    assert changes.items == {ids["wind1"], ids["wind2"], ids["wind3"]}
    assert len(shown(store)) == 5
    assert rules.keep(replace(kept, why="x", paused=False))[0].paused  # only here is that changed
    assert rules.pause(kept.id, paused=False).text == "A rule is followed again: Hide items that say “wind”."
    assert shown(store) == ["sun1", "sun2"]
    assert rules.pause(kept.id, paused=False).undo is None


def test_a_removed_rule_shows_what_it_hid_and_leaves_what_it_marked(rules: Rules, store: Store, ids: dict) -> None:
    hiding, _changes = rules.keep(rule(HIDE, sector="energy"), also_there=True)
    flagging, _changes = rules.keep(rule(FLAG), also_there=True)
    assert shown(store, flagged=True) == ["wind3"]
    changes = rules.remove(hiding.id)
    assert changes.items == {ids["wind1"], ids["wind2"]}
    rules.remove(flagging.id)
    assert rules.all() == ()
    assert shown(store, flagged=True) == ["wind1", "wind2", "wind3"]
    History(store).undo()
    History(store).undo()
    assert rules.all() == (hiding, flagging)
    assert shown(store, hidden=True) == ["wind1", "wind2"]
    with pytest.raises(NotFound):
        rules.remove(99)
    with pytest.raises(NotFound):
        rules.pause(99)


@pytest.mark.parametrize("change", [lambda rules, one: rules.keep(one), lambda rules, one: rules.remove(one.id)])
def test_a_rule_of_a_pack_is_its_curators(
    rules: Rules, store: Store, ids: dict, change: Callable[[Rules, Rule], object]
) -> None:  # fmt: skip
    store.packs.put(PackRow("energy", base="veille = 2"))
    one = store.rules.put(rule(HIDE, sector="energy", key="k", origin="pack:energy@2"))
    with pytest.raises(FromPack) as raised:
        change(rules, one)
    assert str(raised.value).startswith("“In “Energy”, hide items that say “wind”.” comes from the pack “Energy”")
    rules.pause(one.id)
    assert rules.all()[0].paused
    store.packs.remove("energy")  # left: it is the person's own now
    rules.remove(one.id)
