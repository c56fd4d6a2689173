from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import given, settings

from tests.core.packed import Maker, packs, seeds
from veille import i18n
from veille.core.packs.comparing import Change, Kind, apply, compare
from veille.core.packs.pack import Pack, PackRule, PackSource, Removal
from veille.core.packs.reading import read
from veille.core.packs.writing import write
from veille.rules import Action, Condition, Rule

A = PackSource("feed:https://a.example/feed", "https://a.example/feed", "Le Courant", reasons={"": "The daily."})
B = PackSource("feed:https://b.example/feed", "https://b.example/feed", "Gridmoor", trial=date(2026, 12, 31))
PAGE = PackSource("page:https://c.example/news", "https://c.example/news", "The regulator", selector="article")
HIDE = PackRule(Rule(frozenset({Action.HIDE}), Condition(("promo",)), key="r-1"))
BASE = Pack("energy", 3, {"": "Energy"}, {"": "Power."}, sources=(A, B), rules=(HIDE,))


def moved(source: PackSource, address: str) -> PackSource:
    kind, former = source.key.partition(":")[0], (*source.former, source.key)
    return replace(source, key=f"{kind}:{address}", address=address, former=former)


def changes(new: Pack, old: Pack | None = BASE) -> list[tuple[Kind, str, str, str]]:
    return [(each.kind, each.title, each.text, each.why) for each in compare(old, new)]


def one(new: Pack) -> Change:
    (change,) = compare(BASE, new)
    return change


def test_each_change_says_what_and_why() -> None:
    new = replace(
        BASE, version=4, titles={"": "Energies"}, summaries={}, note="Read this.",
        sources=(
            moved(replace(A, title="Courant", reasons={"": "First to know."}), "https://new.example/feed"),
            replace(PAGE, reasons={"": "Decisions."}),
        ),
        removals=(Removal(B.key, "Gridmoor", "Silent since May."),),
    )  # fmt: skip
    assert changes(new) == [
        (Kind.TITLE, "Energies", "Title: “Energy” becomes “Energies”.", ""),
        (Kind.SUMMARY, "Energies", "What it covers: “Power.” is taken away.", ""),
        (
            Kind.ADDED, "The regulator",
            "“The regulator” is added, a page without a feed: https://c.example/news", "Decisions.",
        ),
        (Kind.REMOVED, "Gridmoor", "“Gridmoor” is removed.", "Silent since May."),
        (Kind.MOVED, "Courant", "“Courant” moves from https://a.example/feed to https://new.example/feed.", ""),
        (
            Kind.CHANGED, "Courant",
            "“Le Courant” is now called “Courant”. Reason: “The daily.” becomes “First to know.”.", "First to know.",
        ),
    ]  # fmt: skip


def test_fields_say_from_what_to_what() -> None:
    new = replace(BASE, sources=(replace(A, lang="fr", labels=("presse",)), replace(B, trial=None)))
    assert [each.text for each in compare(BASE, new)] == [
        "Language: “fr”, which was not given before. Labels: “presse”, which was not given before.",
        "Last day of the trial: “31 Dec 2026” is taken away.",
    ]
    other = replace(BASE, sources=(replace(A, reasons={"": "The daily.", "fr": "Le quotidien."}), B))
    assert one(other).text == "Reason: it changes in another language."


def test_who_added_what_when_and_the_edition_itself_are_no_changes() -> None:
    sources = tuple(replace(each, by="Ana", added=date(2026, 1, 1), tried=date(2026, 1, 2)) for each in BASE.sources)
    rule = replace(HIDE, rule=replace(HIDE.rule, by="Ana", id=5, rank=3, origin="pack:x@1", sector="x", paused=True))
    new = replace(BASE, version=9, note="n", by="Ana", sources=sources, rules=(rule,))
    assert compare(BASE, new) == ()
    assert apply(BASE, new, ()) == new


def test_rules_are_told_as_sentences() -> None:
    other = PackRule(Rule(frozenset({Action.FLAG}), Condition(("grid",)), key="r-2", why="News."), A.key)
    changed = replace(HIDE, rule=replace(HIDE.rule, condition=Condition(("promo", "sponsored"))))
    added, edited = compare(BASE, replace(BASE, rules=(changed, other)))
    assert (added.kind, added.key, added.title, added.why) == (Kind.RULE_ADDED, "r-2", "Le Courant", "News.")
    assert added.text.startswith("A new rule: ")
    assert "“grid”" in added.text
    assert "Le Courant" in added.text
    assert (edited.kind, edited.title) == (Kind.RULE_CHANGED, "Energy")
    assert edited.text.startswith("A rule changes. Before: ")
    assert "“sponsored”" in edited.text
    (gone,) = compare(BASE, replace(BASE, rules=()))
    assert (gone.kind, gone.text.partition(": ")[0]) == (Kind.RULE_REMOVED, "This rule goes")
    reason = replace(HIDE, rule=replace(HIDE.rule, why="Noise."))
    assert one(replace(BASE, rules=(reason,))).text.startswith("The reason for a rule changes: ")


def test_a_rule_follows_its_source_when_that_moves() -> None:
    rule = PackRule(Rule(frozenset({Action.READ}), key="r-2"), A.key)
    old = replace(BASE, rules=(rule,))
    there = moved(A, "https://new.example/feed")
    new = replace(old, version=4, sources=(there, B), rules=(replace(rule, source=there.key),))
    (change,) = compare(old, new)
    assert change.kind is Kind.MOVED
    assert apply(old, new, ()) == replace(old, version=4)
    assert apply(old, new, [change.mark]) == new


def test_an_order_is_one_change() -> None:
    new = replace(BASE, sources=(PAGE, B, A))
    added, order = compare(BASE, new)
    assert (order.kind, order.text) == (Kind.ORDER, "The order of the sources changes.")
    assert [each.key for each in apply(BASE, new, [added.mark]).sources] == [PAGE.key, A.key, B.key]
    assert [each.key for each in apply(BASE, new, [order.mark]).sources] == [B.key, A.key]


def test_the_first_edition_is_added_as_a_whole() -> None:
    assert [each.kind for each in compare(None, BASE)] == [Kind.ADDED, Kind.ADDED, Kind.RULE_ADDED]
    assert compare(None, BASE)[1].text == "“Gridmoor” is added on trial until 31 Dec 2026: https://b.example/feed"
    assert apply(None, BASE, ()) == replace(BASE, sources=(), rules=())


def test_a_mark_is_the_same_whatever_the_language_and_another_for_another_change() -> None:
    new = replace(BASE, sources=(replace(A, title="Courant"), B, PAGE), summaries={"": "All."})
    marks = {each.mark for each in compare(BASE, new)}
    i18n.use("fr")
    assert {each.mark for each in compare(BASE, new)} == marks
    later = replace(new, version=5, sources=(replace(A, title="Courants"), B, PAGE))
    assert len({each.mark for each in compare(BASE, later)} & marks) == 2


@settings(max_examples=60, deadline=None)
@given(packs)
def test_nothing_changes_in_itself(pack: Pack) -> None:
    assert compare(pack, pack) == ()
    assert apply(pack, pack, ()) == pack


def two(seed: int) -> tuple[Pack, Pack, Random]:
    maker = Maker(seed)
    old = maker.pack()
    return old, maker.edited(old) if seed % 2 else maker.pack(), maker.random


@settings(max_examples=80, deadline=None)
@given(seeds)
def test_all_together_make_the_new_one(seed: int) -> None:
    old, new, _random = two(seed)
    for before in (old, None):
        marks = [each.mark for each in compare(before, new)]
        assert len(set(marks)) == len(marks)
        assert apply(before, new, marks) == new


@settings(max_examples=120, deadline=None)
@given(seeds)
def test_some_after_others_give_the_same_as_at_once(seed: int) -> None:
    old, new, random = two(seed)
    marks = {each.mark for each in compare(old, new)}
    pick: Callable[[set[str]], set[str]] = lambda of: {each for each in sorted(of) if random.random() < 0.5}  # noqa: E731
    first = pick(marks)
    some = apply(old, new, first)
    assert {each.mark for each in compare(some, new)} == marks - first  # what was declined keeps its mark
    second = pick(marks - first)
    assert apply(some, new, second) == apply(old, new, first | second) == apply(apply(old, new, second), new, first)
    assert apply(some, new, marks) == new
    assert read(write(some), "p") == some
