"""A new source with all that the person says of it is one change, made and taken back as a whole."""

from datetime import date

import pytest

from tests.fakes import FakeClock
from veille.content.networks import meant
from veille.core.curating.adding import Adding, NewAddress
from veille.core.curating.curation import Curation
from veille.core.curating.several import LABEL, Several
from veille.core.history import History
from veille.errors import BadSelector, NotFound, TooLong
from veille.model import SourceKind
from veille.store import Store

FEED = meant(SourceKind.FEED, "https://news.example/feed")
PAGE = meant(SourceKind.PAGE, "https://news.example/")
DAY = date(2026, 4, 1)


@pytest.fixture
def curation(store: Store, clock: FakeClock) -> Curation:
    return Curation(store, clock)


@pytest.fixture
def adding(store: Store, curation: Curation) -> Adding:
    return Adding(store, curation, lambda: Several(store, curation))


def test_all_of_it_is_one_entry(store: Store, curation: Curation, adding: Adding) -> None:
    changes = adding.add(
        NewAddress(
            FEED, title="News", name="Mine", new_sector="Energy", why="It is first", trial=DAY, labels=("a", "b")
        )
    )
    outline = curation.outline()
    (source,) = outline.sources.values()
    assert (source.title, source.name, source.labels) == ("News", "Mine", ("a", "b"))
    ((member,),) = outline.members.values()
    assert (member.why, member.trial, member.sector) == ("It is first", DAY, "energy")
    assert changes.text == "“Mine” was added."
    assert changes.sources == {source.id}
    assert changes.outline
    last = History(store).last()
    assert last is not None
    assert (last.id, last.text) == (changes.undo, changes.text)
    History(store).undo(changes.undo)
    assert not curation.outline().sources
    assert not curation.outline().sectors
    assert History(store).last() is None, "nothing else is left to take back"


def test_what_is_there_already_keeps_its_place_and_takes_what_is_said(
    store: Store, curation: Curation, adding: Adding
) -> None:
    adding.add(NewAddress(FEED, title="News"))
    before = History(store).last()
    changes = adding.add(NewAddress(FEED, labels=("a",)))
    assert changes.text == "“News” is there already."
    (source,) = curation.outline().sources.values()
    assert source.labels == ("a",)
    History(store).undo(changes.undo)
    assert [each.labels for each in curation.outline().sources.values()] == [()]
    assert History(store).last() == before


@pytest.mark.parametrize(
    ("new", "error"),
    [
        (NewAddress(FEED, labels=("x" * (LABEL + 1),)), TooLong),
        (NewAddress(FEED, sector="nowhere", name="Mine"), NotFound),
        (NewAddress(PAGE, name="Mine", selector="a["), BadSelector),
    ],
)
def test_what_cannot_be_done_whole_is_not_begun(
    store: Store, curation: Curation, adding: Adding, new: NewAddress, error: type[Exception]
) -> None:
    with pytest.raises(error):
        adding.add(new)
    assert not curation.outline().sources
    assert History(store).last() is None


def test_a_page_keeps_its_selector(curation: Curation, adding: Adding) -> None:
    adding.add(NewAddress(PAGE, selector="article a", title="News"))
    (source,) = curation.outline().sources.values()
    assert (source.kind, source.selector, source.label) == (SourceKind.PAGE, "article a", "News")


def test_a_reason_that_is_given_anew_is_written(store: Store, curation: Curation, adding: Adding) -> None:
    adding.add(NewAddress(FEED, title="News", new_sector="Energy", why="It was first"))
    for given in (
        NewAddress(FEED, "energy", why="It is the best"),
        NewAddress(FEED, new_sector="energy", why="It is quick"),
    ):
        before = History(store).last()
        changes = adding.add(given)
        ((member,),) = curation.outline().members.values()
        assert member.why == given.why
        assert changes.text == "“News” is there already."
        History(store).undo(changes.undo)
        assert History(store).last() == before
        ((member,),) = curation.outline().members.values()
        assert member.why == "It was first"
    adding.add(NewAddress(FEED, "energy"))
    ((member,),) = curation.outline().members.values()
    assert member.why == "It was first", "nothing was said"


def test_a_name_is_not_said_of_what_is_there_already(curation: Curation, adding: Adding) -> None:
    adding.add(NewAddress(FEED, title="News"))
    assert adding.add(NewAddress(FEED, name="Mine")).text == "“News” is there already."
    (source,) = curation.outline().sources.values()
    curation.remove_source(source.id)
    assert adding.add(NewAddress(FEED, name="Ours")).text == "“Ours” was added."
