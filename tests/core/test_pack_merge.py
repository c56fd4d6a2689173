from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.packed import Maker, editions, packs, seeds
from tests.core.test_pack_compare import BASE, HIDE, PAGE, A, B, moved
from veille.core.packs.merging import Merged, Side, merge
from veille.core.packs.pack import Pack, PackRule, PackSource, Removal
from veille.core.packs.reading import read
from veille.core.packs.writing import write
from veille.rules import Action, Condition, Rule

THERE = moved(A, "https://new.example/feed")


def with_sources(*sources: PackSource, base: Pack = BASE, **parts) -> Pack:
    return replace(base, sources=sources, version=base.version + 1, **parts)


def keys(merged: Merged) -> list[str]:
    return [each.key for each in merged.pack.sources]


def test_both_work_on_one_source_and_both_are_kept() -> None:
    found = merge(BASE, with_sources(THERE, B), with_sources(replace(A, reasons={"": "First to know."}), B))
    assert found.conflicts == ()
    assert found.pack.version == 5
    assert found.pack.sources == (replace(THERE, reasons={"": "First to know."}), B)


def test_the_same_field_in_two_ways_is_asked() -> None:
    mine, theirs = with_sources(replace(A, title="X"), B), with_sources(replace(A, title="Y", lang="fr"), B)
    found = merge(BASE, mine, theirs)
    (conflict,) = found.conflicts
    assert (conflict.key, conflict.title, conflict.field) == (A.key, "X", "Title")
    assert (conflict.mine, conflict.theirs) == ("X", "Y")
    assert found.pack.sources[0] == replace(A, title="X", lang="fr")
    settled = merge(BASE, mine, theirs, {conflict.name: Side.THEIRS})
    assert settled.conflicts == ()
    assert settled.pack.sources[0] == replace(A, title="Y", lang="fr")


def test_a_choice_holds_for_what_was_shown_alone() -> None:
    mine, theirs = with_sources(replace(A, title="X"), B), with_sources(replace(A, title="Y"), B)
    (conflict,) = merge(BASE, mine, theirs).conflicts
    later = with_sources(replace(A, title="Z"), B)
    assert len(merge(BASE, mine, later, {conflict.name: Side.THEIRS}).conflicts) == 1


@pytest.mark.parametrize("side", Side)
def test_removed_here_and_changed_there_is_asked(side: Side) -> None:
    gone = with_sources(B, removals=(Removal(A.key, A.title, "Silent."),))
    edited = with_sources(replace(A, title="X"), B)
    mine, theirs = (gone, edited) if side is Side.MINE else (edited, gone)
    found = merge(BASE, mine, theirs)
    (conflict,) = found.conflicts
    assert (conflict.title, conflict.field) == ("X", "")
    assert {conflict.mine, conflict.theirs} == {"It is removed.", "“Le Courant” is now called “X”."}
    assert (A.key in keys(found)) == (side is Side.THEIRS)
    kept = merge(BASE, mine, theirs, {conflict.name: Side.THEIRS if side is Side.MINE else Side.MINE}).pack
    assert kept.sources == edited.sources
    assert kept.removals == ()
    lost = merge(BASE, mine, theirs, {conflict.name: side}).pack
    assert (lost.sources, lost.removals) == (gone.sources, gone.removals)


def test_both_remove_one_and_add_another() -> None:
    mine = with_sources(A, PAGE, removals=(Removal(B.key, "Gridmoor", "Mine."),))
    theirs = with_sources(A, removals=(Removal(B.key, "Gridmoor", "Theirs."), Removal("feed:https://z.example/", "Z")))
    found = merge(BASE, mine, theirs)
    assert found.conflicts == ()
    assert keys(found) == [A.key, PAGE.key]
    assert [each.why for each in found.pack.removals] == ["Mine.", ""]


def test_added_by_both_it_is_asked_field_by_field() -> None:
    mine = with_sources(A, B, replace(PAGE, reasons={"": "X"}))
    theirs = with_sources(A, B, replace(PAGE, title="Regulator", lang="fr"))
    found = merge(BASE, mine, theirs)
    assert [(each.field, each.mine, each.theirs) for each in found.conflicts] == [
        ("Title", "The regulator", "Regulator")
    ]
    assert found.pack.sources[2] == replace(PAGE, reasons={"": "X"}, lang="fr")


def test_both_move_it_elsewhere() -> None:
    other = moved(A, "https://other.example/feed")
    found = merge(BASE, with_sources(THERE, B), with_sources(other, B))
    (conflict,) = found.conflicts
    assert (conflict.field, conflict.mine, conflict.theirs) == ("Address", THERE.address, other.address)
    assert found.pack.sources[0] == replace(THERE, former=(A.key, other.key))


def test_moved_here_and_added_again_there_it_is_one_source() -> None:
    again = replace(A, key=THERE.key, address=THERE.address, title="Le Courant, new")
    found = merge(BASE, with_sources(THERE, B), with_sources(again, B))
    assert keys(found) == [THERE.key, B.key]
    assert found.pack.sources[0].title == "Le Courant, new"
    assert found.conflicts == ()
    twice = merge(BASE, with_sources(THERE, B), with_sources(A, B, again))
    assert keys(twice) == [THERE.key, B.key]


def test_a_rule_goes_along_with_its_source() -> None:
    rule = PackRule(Rule(frozenset({Action.READ}), key="r-2"), A.key)
    found = merge(BASE, with_sources(THERE, B), with_sources(A, B, rules=(HIDE, rule)))
    assert found.conflicts == ()
    assert found.pack.rules == (HIDE, replace(rule, source=THERE.key))


def test_a_rule_that_both_changed_is_asked_in_sentences() -> None:
    one, two = (
        replace(HIDE, rule=replace(HIDE.rule, condition=Condition((word,)))) for word in ("sponsored", "advert")
    )
    mine, theirs = with_sources(A, B, rules=(one,)), with_sources(A, B, rules=(two,))
    (conflict,) = merge(BASE, mine, theirs).conflicts
    assert (conflict.key, conflict.title, conflict.field) == ("r-1", "Energy", "Rule")
    assert "“sponsored”" in conflict.mine
    assert "“advert”" in conflict.theirs
    assert merge(BASE, mine, theirs, {conflict.name: Side.THEIRS}).pack.rules == (two,)
    (removed,) = merge(BASE, with_sources(A, B, rules=()), theirs).conflicts
    assert (removed.field, removed.mine) == ("", "It is removed.")


def test_title_and_summary_are_fields_of_their_own() -> None:
    mine = with_sources(A, B, titles={"": "Energies"}, note="Mine.")
    theirs = with_sources(A, B, summaries={"": "All."}, note="Theirs.")
    found = merge(BASE, mine, theirs)
    assert (found.pack.title, found.pack.summary, found.pack.note) == ("Energies", "All.", "Mine.")
    (conflict,) = merge(BASE, mine, replace(theirs, titles={"": "Power"})).conflicts
    assert (conflict.key, conflict.field, conflict.mine, conflict.theirs) == ("", "Title", "Energies", "Power")


def test_the_order_of_whoever_changed_it_is_kept() -> None:
    mine, theirs = with_sources(A, PAGE, B), with_sources(B, A)
    assert keys(merge(BASE, mine, theirs)) == [B.key, A.key, PAGE.key]
    assert keys(merge(BASE, theirs, mine)) == [B.key, A.key, PAGE.key]


# Properties --------------------------------------------------------------------------------------


def content(merged: Merged) -> Pack:
    return replace(merged.pack, version=0)


@settings(max_examples=80, deadline=None)
@given(editions(), packs)
def test_one_side_alone_is_taken_as_it_is(three: tuple[Pack, Pack, Pack], other: Pack) -> None:
    base, mine, _theirs = three
    for new in (mine, other):
        for merged in (merge(base, new, base), merge(base, base, new), merge(base, new, new), merge(None, new, new)):
            assert merged.conflicts == ()
            assert content(merged) == replace(new, version=0)


@settings(max_examples=120, deadline=None)
@given(editions(), st.booleans())
def test_nothing_is_lost_nothing_is_twice_and_every_question_can_be_settled(
    three: tuple[Pack, Pack, Pack], related: bool
) -> None:
    base, mine, theirs = three[0] if related else None, three[1], three[2]
    found = merge(base, mine, theirs)
    there = keys(found)
    assert len(set(there)) == len(there)
    assert read(write(found.pack), "p") == found.pack
    assert found.pack.version > max(mine.version, theirs.version)
    known = {key for each in (base.sources if base else ()) for key in (each.key, *each.former)}
    old_rules = {each.rule.key for each in (base.rules if base else ())}
    names = {key for each in found.pack.sources for key in (each.key, *each.former)}
    ruled = {each.rule.key for each in found.pack.rules}
    for side in (mine, theirs):
        assert {each.key for each in side.sources if not {each.key, *each.former} & known} <= names
        assert {each.rule.key for each in side.rules} - old_rules <= ruled
    choices = {each.name: side for each, side in zip(found.conflicts, [*Side] * 40, strict=False)}
    assert len(choices) == len(found.conflicts)
    settled = merge(base, mine, theirs, choices)
    assert settled.conflicts == ()
    assert read(write(settled.pack), "p") == settled.pack
    some = dict(list(choices.items())[::2])
    assert {each.name for each in merge(base, mine, theirs, some).conflicts} == set(choices) - set(some)


def said(pack: Pack) -> tuple[object, ...]:
    """A pack without order and without who added what when."""
    sources = {
        each.key: replace(
            each, by="", added=None, tried=None, former=tuple(sorted(each.former)), labels=tuple(sorted(each.labels))
        )
        for each in pack.sources
    }
    rules = {each.rule.key: (replace(each.rule, by="", added=None), each.source) for each in pack.rules}
    return dict(pack.titles), dict(pack.summaries), sources, rules, {each.key for each in pack.removals}


@settings(max_examples=80, deadline=None)
@given(editions())
def test_it_is_the_same_whoever_merges(three: tuple[Pack, Pack, Pack]) -> None:
    base, mine, theirs = three
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    asked = sorted((each.key, each.field, each.mine, each.theirs) for each in one.conflicts)
    assert asked == sorted((each.key, each.field, each.theirs, each.mine) for each in other.conflicts)
    if not asked:
        assert said(one.pack) == said(other.pack)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_what_was_merged_is_the_base_of_the_next(seed: int) -> None:
    maker = Maker(seed)
    base = maker.pack()
    mine, theirs = maker.edited(base), maker.edited(base)
    once = merge(base, mine, theirs)
    assert content(merge(theirs, once.pack, theirs)) == content(once)
    assert content(merge(once.pack, once.pack, replace(once.pack, by="Ana", version=99))).by == "Ana"


def test_a_trial_is_a_field() -> None:
    found = merge(BASE, with_sources(A, replace(B, trial=date(2027, 1, 1))), with_sources(A, replace(B, trial=None)))
    (conflict,) = found.conflicts
    assert (conflict.field, conflict.mine, conflict.theirs) == ("Last day of the trial", "01 Jan 2027", "")


def test_labels_of_both_are_united() -> None:
    base = with_sources(replace(A, labels=("press", "old", "grid")))
    mine, theirs = (
        with_sources(replace(A, labels=labels), base=base)
        for labels in (("press", "grid", "mine"), ("theirs", "press", "old"))
    )
    found = merge(base, mine, theirs)
    assert (found.conflicts, found.pack.sources[0].labels) == ((), ("press", "mine", "theirs"))
    many = with_sources(replace(A, labels=tuple(f"l{n}" for n in range(20))), base=base)
    assert [each.field for each in merge(base, mine, many).conflicts] == ["Labels"]
