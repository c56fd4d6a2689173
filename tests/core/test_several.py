"""Changes to many sources at once: each is one entry of the history, and undo restores exactly."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.core.conftest import add_source
from tests.fakes import FakeClock
from veille.core.curating.curation import Curation
from veille.core.curating.several import LABEL, LABELS, Several
from veille.core.history import History
from veille.errors import FromPack, NeverAsked, NotFound, TooLong, TooMany, VeilleError
from veille.model import Changes, Membership, Outline, Sector, SourceKind
from veille.store import Store, open_store
from veille.store.packs import PackRow

NEVER = 999


@pytest.fixture
def several(store: Store, clock: FakeClock) -> Several:
    return Several(store, Curation(store, clock, by="Ann"))


@pytest.fixture
def ids(store: Store, clock: FakeClock) -> list[int]:
    """Alpha in Energy with a reason, Beta in Energy and Health, Gamma in none."""
    return filled(store, clock)


def filled(store: Store, clock: FakeClock) -> list[int]:
    sources = [add_source(store, name).id for name in ("Alpha", "Beta", "Gamma")]
    for rank, key in enumerate(("energy", "health", "law")):
        store.sources.put_sector(Sector(key, key.title(), rank=rank))
    alpha, beta, _gamma = sources
    for sector, source, why in (("energy", alpha, "The best"), ("energy", beta, ""), ("health", beta, "Also")):
        store.sources.put_member(Membership(sector, source, "opml:x", "person", clock.now(), why=why))
    return sources


def where(store: Store) -> dict[str, list[int]]:
    return {key: [each.source for each in members] for key, members in store.sources.outline().members.items()}


def member(store: Store, sector: str, source: int) -> Membership:
    return next(each for each in store.sources.outline().members[sector] if each.source == source)


def by_pack(store: Store, clock: FakeClock, source: int, sector: str = "law") -> None:
    store.packs.put(PackRow("law", base="its edition 3", edition=3))
    store.sources.put_member(Membership(sector, source, "pack:law@3", "Bob", clock.now()))


# Moving ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["move", "place"])
def test_a_new_sector_is_made_in_the_same_entry(
    store: Store, clock: FakeClock, several: Several, ids: list[int], way: str
) -> None:
    before, entries = store.sources.outline(), len(store.history.entries())
    changes = getattr(several, way)(ids[:2], new_sector=" Water ")
    assert "“Water”" in changes.text
    assert where(store)["water"] == ids[:2]
    assert len(store.history.entries()) == entries + 1
    getattr(several, way)(ids[2:], new_sector="WATER")
    assert where(store)["water"] == ids
    History(store).undo()
    History(store).undo()
    assert store.sources.outline() == before


def test_no_sector_is_made_when_nothing_is_moved(store: Store, several: Several, ids: list[int]) -> None:
    with pytest.raises(NotFound):
        several.move([ids[0], NEVER], new_sector="Water")
    assert "water" not in where(store)


def test_all_are_moved_out_of_where_they_were(several: Several, store: Store, ids: list[int]) -> None:
    changes = several.move(ids, "law")
    assert where(store) == {"energy": [], "health": [], "law": ids}
    assert changes.text == "3 sources moved to “Law”."
    assert (changes.outline, changes.sources) == (True, frozenset(ids))
    assert (member(store, "law", ids[0]).why, member(store, "law", ids[0]).origin) == ("The best", "opml:x")
    assert (member(store, "law", ids[2]).by, member(store, "law", ids[2]).origin) == ("Ann", "person")
    assert [each.rank for each in store.sources.outline().members["law"]] == [0, 1, 2]


def test_they_are_moved_out_of_one_sector_alone(several: Several, store: Store, ids: list[int]) -> None:
    several.move(ids[:2], "law", "energy")
    assert where(store) == {"energy": [], "health": [ids[1]], "law": ids[:2]}


def test_what_is_there_stays_as_it_stands(several: Several, store: Store, ids: list[int]) -> None:
    before = member(store, "health", ids[1])
    several.move(ids[:2], "health")
    assert where(store) == {"energy": [], "health": [ids[1], ids[0]], "law": []}
    assert member(store, "health", ids[1]) == before


def test_they_are_placed_in_a_sector_too(several: Several, store: Store, ids: list[int]) -> None:
    changes = several.place(ids, "health")
    assert where(store) == {"energy": ids[:2], "health": [ids[1], ids[0], ids[2]], "law": []}
    assert changes.text == "3 sources are in “Health”, too."


def test_a_paused_one_stays_paused_where_it_is_placed(several: Several, store: Store, ids: list[int]) -> None:
    several.pause(ids[:1])
    several.place(ids[:1], "law")
    assert store.sources.outline().paused == {ids[0]}


def test_one_is_said_by_its_name(several: Several, ids: list[int]) -> None:
    assert several.move(ids[:1], "law").text == "“Alpha” is now in “Law”."
    assert several.place(ids[:1] * 2, "health").text == "“Alpha” is in “Health”, too."
    assert several.remove(ids[:1]).text == "“Alpha” was removed."


def test_what_changes_nothing_cannot_be_undone(several: Several, ids: list[int]) -> None:
    assert several.move(ids[:1], "energy").undo is None
    assert several.label(ids, remove=["none"]).undo is None


# Pausing, removing, trying -------------------------------------------------------------------------


def test_they_are_paused_and_watched_again(several: Several, store: Store, ids: list[int]) -> None:
    changes = several.pause(ids)
    assert store.sources.outline().paused == set(ids[:2])
    assert changes.text == "2 sources are paused. Left out, being in no sector: “Gamma”."
    assert changes.sources == set(ids[:2])
    assert several.pause(ids[:2], paused=False).text == "2 sources are watched again."
    assert not store.sources.outline().paused
    assert several.pause(ids[2:]).text == "Left out, being in no sector: “Gamma”."


def test_many_that_are_left_out_are_not_all_named(several: Several, store: Store) -> None:
    loose = [add_source(store, f"Loose {at}").id for at in range(8)]
    assert several.pause(loose).text.endswith("“Loose 4” and 3 others.")
    assert several.pause(loose[:6]).text.endswith("“Loose 4” and 1 other.")


def test_they_are_removed(several: Several, store: Store, ids: list[int]) -> None:
    assert several.remove(ids).text == "3 sources were removed."
    assert not store.sources.outline().sources


def test_they_are_on_trial_or_there_to_stay(several: Several, store: Store, ids: list[int]) -> None:
    until = date(2030, 1, 2)
    text = several.on_trial(ids, until).text
    assert text == "2 sources are on trial until 02 Jan 2030. Left out, being in no sector: “Gamma”."
    assert member(store, "health", ids[1]).trial == until
    assert several.on_trial(ids[:1], None).text == "“Alpha” is there to stay."
    assert member(store, "energy", ids[0]).trial is None


# Labels and reasons --------------------------------------------------------------------------------


def labels(store: Store, source: int) -> tuple[str, ...]:
    return store.sources.outline().sources[source].labels


def test_they_are_labelled(several: Several, store: Store, ids: list[int]) -> None:
    changes = several.label(ids, ["to check", " Été "], [])
    assert changes.text == "3 sources are labelled “Été”, “to check”."
    assert labels(store, ids[0]) == ("Été", "to check")
    assert several.label(ids[:1], remove=["ETE"]).text == "“Alpha” is no longer labelled “ETE”."
    assert labels(store, ids[0]) == ("to check",)
    assert several.label(ids[:1], ["a"], ["to check"]).text == "The labels of “Alpha” were changed."


def test_a_label_is_written_as_it_is_elsewhere(several: Several, store: Store, ids: list[int]) -> None:
    several.label(ids[:1], ["Été"])
    several.label(ids, ["ete", "ETE"])
    assert [labels(store, each) for each in ids] == [("Été",)] * 3


def test_braces_in_a_label_are_text(several: Several, ids: list[int]) -> None:
    assert several.label(ids, ["{title}{0}"]).text == "3 sources are labelled “{title}{0}”."
    assert several.label(ids[:1], ["{n}"]).text == "“Alpha” is labelled “{n}”."


def test_labels_have_limits(several: Several, store: Store, ids: list[int]) -> None:
    with pytest.raises(TooLong):
        several.label(ids, ["x" * (LABEL + 1)])
    several.label(ids[:1], map(str, range(LABELS)))
    with pytest.raises(TooMany):
        several.label(ids, ["one more"])
    assert labels(store, ids[1]) == ()
    assert several.label(ids, ["", " "]).undo is None


def test_the_reason_is_written(several: Several, store: Store, ids: list[int]) -> None:
    changes = several.explain(ids[0], "energy", "Better\nthan all")
    assert changes.text == "The reason for “Alpha” in “Energy” was changed."
    assert member(store, "energy", ids[0]).why == "Better than all"
    with pytest.raises(TooLong):
        several.explain(ids[0], "energy", "x" * 1001)
    with pytest.raises(NotFound):
        several.explain(ids[0], "health", "It is not there")


# What is refused ----------------------------------------------------------------------------------

DEEDS: dict[str, Callable[[Several, list[int]], Changes]] = {
    "move": lambda several, ids: several.move(ids, "law"),
    "place": lambda several, ids: several.place(ids, "law"),
    "pause": lambda several, ids: several.pause(ids),
    "remove": lambda several, ids: several.remove(ids),
    "label": lambda several, ids: several.label(ids, ["new"]),
    "trial": lambda several, ids: several.on_trial(ids, date(2030, 1, 1)),
    "explain": lambda several, ids: several.explain(ids[-1], "energy", "new"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_is_not_there_changes_nothing(deed: str, several: Several, store: Store, ids: list[int]) -> None:
    collection = store.sources.add("collection:x", SourceKind.COLLECTION, "x", "Pocket").id
    store.sources.remove(add_source(store, "Gone").id)
    before = store.sources.outline()
    for wrong, error in ((NEVER, NotFound), (collection, NeverAsked), (collection + 1, NotFound)):
        with pytest.raises(error):
            DEEDS[deed](several, [*ids, wrong])
    assert store.sources.outline() == before
    assert store.history.last() is None


def test_no_such_sector(several: Several, store: Store, ids: list[int]) -> None:
    for call in (
        lambda: several.move(ids, "none"), lambda: several.move(ids, "law", "none"), lambda: several.place(ids, "none"),
        lambda: several.explain(ids[0], "none", "x"),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            call()


def test_what_belongs_to_a_pack_is_its_curators(
    several: Several, store: Store, clock: FakeClock, ids: list[int]
) -> None:
    by_pack(store, clock, ids[0])
    before = store.sources.outline()
    for call in (
        lambda: several.move(ids[:1], "health", "law"),
        lambda: several.explain(ids[0], "law", "x"),
    ):  # fmt: skip
        with pytest.raises(FromPack) as refused:
            call()
        assert "“Alpha” comes from the pack “Law”" in str(refused.value)
    assert store.sources.outline() == before
    assert several.pause(ids[:2]).undo
    assert member(store, "law", ids[0]).paused
    assert several.remove(ids).undo  # to watch it no longer is for its reader to decide
    assert not store.sources.all()


def test_beside_a_pack_the_persons_own_is_moved(
    several: Several, store: Store, clock: FakeClock, ids: list[int]
) -> None:
    by_pack(store, clock, ids[0])
    by_pack(store, clock, ids[2])
    several.on_trial(ids[:1], date(2030, 1, 1))
    assert member(store, "law", ids[0]).trial is None
    with pytest.raises(FromPack):
        several.on_trial(ids[2:], date(2030, 1, 1))
    several.move(ids, "health")
    assert where(store) == {"energy": [], "health": [ids[1], ids[0], ids[2]], "law": [ids[0], ids[2]]}
    assert member(store, "health", ids[2]).pack == ""
    assert member(store, "law", ids[2]).pack == "law"


# Undo -----------------------------------------------------------------------------------------------

STEPS = some.lists(
    some.tuples(some.sampled_from(sorted(DEEDS)), some.lists(some.integers(0, 2), min_size=1, max_size=3)), max_size=6
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_undo_restores_exactly(steps: list[tuple[str, list[int]]], tmp_path_factory: pytest.TempPathFactory) -> None:
    clock = FakeClock()
    store = open_store(tmp_path_factory.mktemp("undo") / "profile", write=True, clock=clock)
    several, history = Several(store, Curation(store, clock)), History(store)
    ids = filled(store, clock)
    before: list[tuple[int, Outline]] = []
    for deed, places in steps:
        outline = store.sources.outline()
        try:
            changes = DEEDS[deed](several, [ids[at] for at in places])
        except VeilleError:
            assert store.sources.outline() == outline
            continue
        if changes.undo:
            before.append((changes.undo, outline))
    for entry, outline in reversed(before):
        assert store.history.last().id == entry  # type: ignore[union-attr]
        history.undo()
        assert comparable(store.sources.outline()) == comparable(outline)
    store.close()


def comparable(outline: Outline) -> Outline:
    """Without the order in which a dictionary was filled."""
    return replace(outline, sources=dict(sorted(outline.sources.items())))
