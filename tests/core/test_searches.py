"""Saved searches: kept, named, ordered, counted, taken back; and what was searched for lately."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.core.conftest import add_source, put_items
from tests.fakes import FakeClock
from veille.core.history import History
from veille.core.library import Library
from veille.core.searching.indexing import Indexer
from veille.core.searching.searches import Searches
from veille.errors import IndexBroken, NotFound, NothingAsked, TooLong, TooMany
from veille.model import Changes, Query, SavedSearch
from veille.store import Store, open_store


def broken(_query: Query) -> int:
    raise IndexBroken


@pytest.fixture
def searches(store: Store) -> Searches:
    return Searches(store, broken)


def texts(searches: Searches) -> list[str]:
    return [each.label for each in searches.all()]


def test_a_search_is_kept_with_its_blanks_collapsed(searches: Searches, store: Store) -> None:
    changes = searches.save("  hydrogène\n  is:unread\t", " H2 ")
    assert changes == Changes(outline=True, undo=1, text="Search “H2” saved.")
    assert searches.save("5G").text == "Search “5G” saved."
    assert searches.all() == (SavedSearch(1, "hydrogène is:unread", "H2", 0), SavedSearch(2, "5G", "", 1))
    assert store.sources.outline().searches == searches.all()
    assert searches.find(" hydrogène  is:unread") == searches.all()[0]
    assert searches.find("hydrogène") is None


@pytest.mark.parametrize("text", ["", "  ", "\n\t", "\u202e", "\x00"])
def test_a_search_for_nothing_is_not_kept(searches: Searches, text: str) -> None:
    with pytest.raises(NothingAsked):
        searches.save(text)
    assert searches.all() == ()


def test_the_same_search_is_kept_once(searches: Searches) -> None:
    searches.save("5G")
    assert searches.save(" 5G ") == Changes(text="Search “5G” is there already.")
    assert searches.save("5G", "Networks").text == "Search “5G” is now called “Networks”."
    assert searches.save("5G", "Networks") == searches.save("5G") == Changes(
        text="Search “Networks” is there already."
    )  # fmt: skip
    assert searches.all() == (SavedSearch(1, "5G", "Networks", 0),)


def test_one_is_found_by_its_number_name_or_text(searches: Searches) -> None:
    searches.save("œuvre", "Fusées")
    searches.save("1")
    first, second = searches.all()
    assert [searches.named(name) for name in ("1", "FUSEES", " oeuvre ")] == [first] * 3
    assert searches.named("2") == second
    with pytest.raises(NotFound, match="no saved search named “3”"):
        searches.named("3")
    with pytest.raises(NotFound):
        searches.named("")


def test_a_name_is_changed_and_taken_away(searches: Searches) -> None:
    searches.save("5G")
    assert searches.rename(1, "Networks").text == "Search “5G” is now called “Networks”."
    assert searches.rename(1, " ").text == "Search “Networks” is now called “5G”."
    assert searches.all() == (SavedSearch(1, "5G"),)
    assert searches.rename(1, "").undo is None


def test_one_is_removed_and_comes_back(searches: Searches, store: Store) -> None:
    for text in ("a", "b", "c"):
        searches.save(text)
    changes = searches.remove(2)
    assert (changes.outline, changes.text, texts(searches)) == (True, "Search “b” removed.", ["a", "c"])
    History(store).undo(changes.undo)
    assert texts(searches) == ["a", "b", "c"]
    searches.remove(2)
    searches.save("b")
    assert [(each.id, each.text) for each in searches.all()] == [(1, "a"), (3, "c"), (2, "b")]


@pytest.mark.parametrize(("to", "order"), [(0, "cab"), (1, "acb"), (2, "abc"), (99, "abc"), (-1, "cab")])
def test_one_is_moved(searches: Searches, store: Store, to: int, order: str) -> None:
    for text in ("a", "b", "c"):
        searches.save(text)
    changes = searches.move(3, to)
    assert ("".join(texts(searches)), changes.text) == (order, "Search “c” moved.")
    assert (changes.undo is not None) == (order != "abc")
    if changes.undo:
        History(store).undo()
    assert texts(searches) == ["a", "b", "c"]


def test_every_change_is_taken_back_in_turn(searches: Searches, store: Store) -> None:
    searches.save("a")
    searches.save("b")
    searches.move(2, 0)
    searches.rename(2, "B")
    searches.remove(1)
    seen = []
    while (changes := History(store).undo()).text:
        assert changes.outline
        seen.append(texts(searches))
    assert seen == [["B", "a"], ["b", "a"], ["a", "b"], ["a"], []]


@pytest.mark.parametrize("change", [lambda s: s.rename(9, "x"), lambda s: s.remove(9), lambda s: s.move(9, 0)])
def test_what_is_not_there_cannot_be_changed(searches: Searches, change: Callable[[Searches], Changes]) -> None:
    with pytest.raises(NotFound, match="no saved search named “9”"):
        change(searches)


def test_there_is_an_end_to_what_is_kept(searches: Searches, store: Store) -> None:
    with pytest.raises(TooLong):
        searches.save("x" * 1001)
    with pytest.raises(TooLong):
        searches.save("x", "n" * 201)
    for number in range(200):
        searches.save(str(number))
    with pytest.raises(TooMany):
        searches.save("one more")
    assert len(searches.all()) == 200
    assert store.history.last().text == "Search “199” saved."  # type: ignore[union-attr]


def test_a_long_search_is_cut_in_a_sentence_alone(searches: Searches) -> None:
    text = " ".join(["word"] * 100)
    assert len(searches.save(text).text) < 110
    assert searches.all()[0].text == text


# Numbers ------------------------------------------------------------------------------------------


def test_unread_ones_are_counted_for_each(store: Store) -> None:
    asked: list[Query] = []

    def total(query: Query) -> int:
        asked.append(query)
        return 7 if query.unread else 9

    searches = Searches(store, total)
    searches.save("5G")
    searches.save("hydrogène")
    assert (searches.unread(), searches.items()) == ({1: 7, 2: 7}, {1: 9, 2: 9})
    assert asked[:2] == [Query(within="5G", unread=True), Query(within="hydrogène", unread=True)]
    assert asked[2:] == [replace(each, unread=False) for each in asked[:2]]


def test_one_that_cannot_be_answered_counts_nothing(searches: Searches) -> None:
    searches.save("5G")
    assert (searches.unread(), searches.items()) == ({1: 0}, {1: 0})


def test_the_counts_are_those_of_the_lists(store: Store, library: Library, indexer: Indexer, clock: FakeClock) -> None:
    source = add_source(store, "Energy").id
    a, *_rest = put_items(store, source, clock, "a", "b", "c", title="Hydrogen")
    put_items(store, source, clock, "d", title="Wind")
    indexer.drain()
    searches = Searches(store, library.total)
    for text in ("hydrogen", "wind is:saved", "source:energy", "hydrog"):
        searches.save(text)
    assert list(searches.unread().values())[:3] == [3, 0, 4]
    assert searches.items()[4] == library.listing(Query(within="hydrog")).total
    library.mark_read([a])
    assert searches.unread()[1] == 2
    assert searches.items()[1] == library.listing(Query(within="hydrogen")).total == 3


# What was searched for lately ---------------------------------------------------------------------


def test_what_was_searched_for_is_remembered_and_forgotten(searches: Searches) -> None:
    for text in ("5G", "  hydrogène \n vert ", "", " ", "5G"):
        searches.remember(text)
    assert searches.recent() == ["5G", "hydrogène vert"]
    assert searches.recent(1) == ["5G"]
    searches.forget()
    assert searches.recent() == []


def test_beside_a_window_nothing_is_remembered(store: Store, clock: FakeClock) -> None:
    Searches(store, broken).remember("5G")
    beside = open_store(store.folder, write=False, clock=clock)
    try:
        searches = Searches(beside, broken)
        searches.remember("other")
        assert searches.recent() == ["5G"]
    finally:
        beside.close()
