"""Which sources give the same, and which no longer give whole articles."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.conftest import add_source, an_item
from tests.fakes import FakeClock, FakeProgress
from veille.core.curating.curation import Curation
from veille.core.curating.examining import Pages, address, duplicates, paid, spellings
from veille.core.curating.findings import Cure, Ill
from veille.core.curating.health import Health
from veille.errors import Cancelled
from veille.model import Source
from veille.store import Store
from veille.store.desk import Given


def pages(numbers: range, length: float = 100.0) -> Pages:
    return Pages(tuple(f"news.example/{each}" for each in numbers), length)


def items(count: int, length: int, ending: str = "") -> list[Given]:
    return [Given("", "", "", length, ending) for _at in range(count)]


# Duplicates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.news.example/a/", "http://news.example/a"),
        ("https://news.example/a#comments", "https://news.example/a"),
        ("HTTPS://News.Example/a", "https://news.example/a"),
    ],
)
def test_one_page_at_several_spellings(one: str, other: str):
    assert address(one) == address(other)


@pytest.mark.parametrize("url", ["", "mailto:a@b.example", "https://", "nonsense"])
def test_no_page(url: str):
    assert address(url) == ""


def test_of_two_alike_the_poorer_is_the_duplicate():
    """The one with fewer items, with shorter texts, the younger."""
    for poor, rich in (
        (pages(range(0, 20)), pages(range(0, 40))),
        (pages(range(20), 100), pages(range(20), 3000)),
        (pages(range(20)), pages(range(20))),
    ):
        (found,) = duplicates({1: rich, 2: poor, 3: pages(range(100, 140))})
        assert (found.source, found.other, found.share) == (2, 1, 1.0)


def test_four_of_five_are_enough():
    (found,) = duplicates({1: pages(range(60)), 2: pages(range(36, 66))})
    assert (found.source, found.other, round(found.share, 2)) == (2, 1, 0.8)
    assert duplicates({1: pages(range(60)), 2: pages(range(40, 70))}) == []


def test_a_few_items_say_nothing():
    assert duplicates({1: pages(range(7)), 2: pages(range(7))}) == []


def test_a_page_that_all_have_says_nothing():
    """The page of a site's owner, say."""
    assert duplicates({each: pages(range(10)) for each in range(50)}) == []


@given(st.dictionaries(st.integers(1, 6), st.lists(st.integers(0, 40), max_size=40, unique=True)))
def test_of_two_one_always_stays(given_: dict[int, list[int]]):
    """No two are each said to be like the other."""
    found = duplicates({source: Pages(tuple(map(str, each)), 1.0) for source, each in given_.items()})
    for each in found:
        assert each.source != each.other
        assert not any((back.source, back.other) == (each.other, each.source) for back in found)


def test_spellings_of_a_feed():
    addresses = {
        1: ("feed", "https://news.example/feed"), 2: ("feed", "http://www.news.example/feed/"),
        3: ("feed", "https://news.example/feed?x=1"), 4: ("page", "https://news.example/feed"),
    }  # fmt: skip
    (found,) = spellings(addresses)
    assert (found.source, found.other, found.share) == (2, 1, 0.0)


# Paid --------------------------------------------------------------------------------------------


def test_texts_that_were_whole():
    assert paid(items(10, 300) + items(20, 4000)) == "short"
    assert paid(items(10, 3000) + items(20, 4000)) == ""
    assert paid(items(10, 300) + items(20, 400)) == ""  # it never gave more than beginnings
    assert paid(items(5, 300) + items(25, 4000)) == ""  # some short ones
    assert paid(items(10, 300) + items(3, 4000)) == ""


@pytest.mark.parametrize(
    "ending",
    [
        "<p>Subscribe to continue reading.</p>", "This post is for paid subscribers", "Already a subscriber? Sign in",
        "<p>Article réservé aux abonnés</p>", "Il vous reste 85 % de cet article à lire.",
        "Déjà abonné ? Connectez-vous", "La suite est réservée aux abonnés",
    ],
)  # fmt: skip
def test_phrases_of_those_who_sell(ending: str):
    assert paid(items(10, 2000, ending) + items(20, 2000)) == "phrases"
    assert paid(items(6, 2000, ending) + items(24, 2000)) == ""
    assert paid(items(30, 2000, ending)) == ""  # so it was always


@pytest.mark.parametrize("ending", ["Thank you for subscribing to our channel.", "Merci à nos abonnés !", "Read more"])
def test_other_phrases(ending: str):
    assert paid(items(10, 2000, ending) + items(20, 2000)) == ""


# In a profile ------------------------------------------------------------------------------------


@pytest.fixture
def health(store: Store, clock: FakeClock) -> Health:
    return Health(store, clock, Curation(store, clock))


@pytest.fixture
def two(store: Store, clock: FakeClock) -> tuple[Source, Source]:
    """Two that give the same pages; the texts of the second are shorter."""
    one, two = add_source(store, "Alpha"), add_source(store, "Beta")
    for source, text in ((one, "<p>many words</p>" * 30), (two, "<p>few words</p>")):
        store.items.apply([an_item(source.id, str(at), clock.now(), content=text) for at in range(20)], [])
    return one, two


def test_duplicates_of_a_profile(store: Store, health: Health, two: tuple[Source, Source]):
    assert health.findings() == {}
    assert health.examine(FakeProgress()) == 1
    one, other = two
    (found,) = health.of(other.id)
    assert health.findings() == {other.id: (found,)}
    assert (found.ill, found.other) == (Ill.DUPLICATE, one.id)
    assert "“Alpha” gives the same: 100 %" in found.text
    health.cure(found, Cure.REMOVE)
    assert health.findings() == {}


def test_findings_fall_with_what_they_were_found_of(store: Store, health: Health, two: tuple[Source, Source]):
    one, other = two
    health.examine(FakeProgress())
    store.sources.replace(replace(one, key="feed:https://new.example/", address="https://new.example/"))
    assert health.findings() == {}
    health.examine(FakeProgress())
    assert len(health.findings()) == 1
    store.sources.replace(replace(other, key="feed:https://old.example/", address="https://old.example/"))
    assert health.findings() == {}


def test_paid_of_a_profile(store: Store, clock: FakeClock, health: Health):
    source = add_source(store, "Alpha")
    whole = "<p>" + "words " * 800 + "</p>"
    store.items.apply([an_item(source.id, f"old {at}", clock.now(), content=whole) for at in range(20)], [])
    clock.advance(days=3)
    store.items.apply([an_item(source.id, f"new {at}", clock.now(), content="<p>words</p>") for at in range(10)], [])
    assert health.examine(FakeProgress()) == 1
    (found,) = health.of(source.id)
    assert found.ill is Ill.PAID


def test_an_examination_that_is_stopped_leaves_what_was_found(health: Health, two: tuple[Source, Source]):
    health.examine(FakeProgress())
    before = health.findings()
    with pytest.raises(Cancelled):
        health.examine(FakeProgress(stop_after=1))
    assert health.findings() == before
