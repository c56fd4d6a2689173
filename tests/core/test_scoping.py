"""A query as one question for the index, and as the store's filter where that says the same."""

from array import array
from datetime import UTC, datetime

import pytest

from tests.core.conftest import add_source, put_items
from tests.fakes import FakeClock
from tests.posted import posted
from veille.core.curating.curation import Curation
from veille.core.searching.known import Known
from veille.core.searching.scoping import Scoped, scoped
from veille.model import ItemKind
from veille.search.query.question import (
    NOTHING,
    Alike,
    All,
    Any,
    Beginning,
    Between,
    FromSource,
    HasTag,
    InSector,
    Like,
    Mark,
    Marked,
    Node,
    Not,
    OfItems,
    OfKind,
    OfSources,
    Part,
    Phrase,
    Tagged,
    Word,
)
from veille.store import Filter, Store

WIND, SUN = Word("wind"), Word("sun")
MARCH, APRIL, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5))


@pytest.fixture
def sources(store: Store, clock: FakeClock) -> dict[str, int]:
    """Énergie has Gridmoor, Santé has Clinique; Loose is in none."""
    curation = Curation(store, clock)
    ids = {name: add_source(store, name).id for name in ("Gridmoor", "Clinique", "Loose")}
    for title, name in (("Énergie", "Gridmoor"), ("Santé", "Clinique")):
        curation.move(ids[name], curation.add_sector(title)[0].key)
    return ids


def ask(store: Store, *asked: Node, view: Filter | None = None) -> Scoped:
    likeness = {7: ("Title", Alike((("e", 1.0),)))}
    return scoped(view or Filter(), asked, Known(store), likeness.get, store=False)


def in_store(store: Store, *asked: Node, view: Filter | None = None) -> Filter | None:
    """The filter that says the same, where there is one."""
    found = scoped(view or Filter(), asked, Known(store), lambda _id: None).asks
    return found if isinstance(found, Filter) else None


def of(*ids: int) -> OfSources:
    return OfSources(frozenset(ids))


def items(*ids: int) -> OfItems:
    return OfItems(array("q", ids).tobytes())


def test_words_alone_stay_as_they_are(store: Store):
    for node in (WIND, Any((WIND, Beginning("wind"))), All((WIND, Not(SUN))), Phrase(("wind", "farm")), Not(WIND)):
        assert ask(store, node) == Scoped(node)


def test_names_become_sources(store: Store, sources: dict[str, int]):
    assert ask(store, All((WIND, InSector("énergie")))).asks == All((WIND, of(sources["Gridmoor"])))
    assert ask(store, All((WIND, FromSource("loose")))).asks == All((WIND, of(sources["Loose"])))
    assert ask(store, All((WIND, Not(InSector("santé"))))).asks == All((WIND, Not(of(sources["Clinique"]))))


def test_a_name_may_mean_several(store: Store, clock: FakeClock, sources: dict[str, int]):
    curation = Curation(store, clock)
    curation.move(sources["Loose"], curation.add_sector("Énergie nucléaire")[0].key)
    asked = All((WIND, InSector("éner")))
    assert ask(store, asked).asks == All((WIND, of(sources["Gridmoor"], sources["Loose"])))
    assert ask(store, All((WIND, FromSource("i")))).asks == All((WIND, of(sources["Gridmoor"], sources["Clinique"])))
    curation.add_sector("Vide")
    assert ask(store, All((WIND, InSector("vide")))).asks == All((WIND, of()))


def test_what_nobody_is_called_is_left_out_and_said(store: Store, sources: dict[str, int]):
    navy, nobody = InSector("navy"), FromSource("nobody")
    for node in (
        All((WIND, navy)), All((WIND, Not(navy))), Any((WIND, navy)), All((WIND, Any((navy, navy)))),
        All((WIND, Not(All((navy, navy))))), All((WIND, Any((Not(navy), All((navy,)))))),
    ):  # fmt: skip
        assert ask(store, node) == Scoped(WIND, notes=("There is no sector “navy”; it was ignored.",)), node
    assert ask(store, Any((navy, InSector("santé"), nobody))).asks == of(sources["Clinique"])
    assert ask(store, navy, nobody).asks == All()
    assert in_store(store, navy, nobody) == Filter()
    assert len(ask(store, All((navy, nobody))).notes) == 2
    assert ask(store, All((WIND, NOTHING))).asks == All((WIND, NOTHING))  # that was asked for


def test_a_note_on_a_name_is_short_and_plain(store: Store):
    (note,) = ask(store, InSector("\u202ea\n" + "b" * 500)).notes
    assert note == f"There is no sector “a {'b' * 37}…”; it was ignored."


def test_marks_become_items(store: Store, clock: FakeClock, sources: dict[str, int]):
    a, b, c = put_items(store, sources["Loose"], clock, *"abc")
    store.marks.set_saved([a, b], clock.now())
    store.marks.set_read([c])
    store.marks.set_note(b, "look", clock.now())
    saved, unread, noted = (Marked(mark) for mark in (Mark.SAVED, Mark.UNREAD, Mark.NOTED))
    assert ask(store, WIND, saved).asks == All((WIND, items(a, b)))
    assert ask(store, WIND, unread).asks == All((WIND, Not(items(c))))
    assert ask(store, WIND, Not(unread)).asks == All((WIND, Not(Not(items(c)))))
    assert ask(store, WIND, noted).asks == All((WIND, items(b)))


def test_a_tag_is_the_persons_or_the_sources(store: Store, clock: FakeClock, sources: dict[str, int]):
    (number,) = put_items(store, sources["Loose"], clock, "a")
    store.marks.set_tags([number], ["Éolien"])
    for name in ("Éolien", "eolien", "#EOLIEN "):
        assert ask(store, WIND, Tagged(name)).asks == All((WIND, Any((HasTag("eolien"), items(number)))))
    assert ask(store, WIND, Tagged("other")).asks == All((WIND, Any((HasTag("other"), items()))))
    assert ask(store, WIND, Tagged("Éol", begins=True)).asks == All((WIND, Any((HasTag("eol", True), items(number)))))


def test_items_like_an_item_but_not_itself(store: Store):
    found = ask(store, Like(7), WIND)
    assert found.asks == All((All((Alike((("e", 1.0),)), Not(items(7)))), WIND))
    assert found.notes == ("Items like “Title”.",)
    nobody = ask(store, Like(8), WIND)
    assert (nobody.asks, nobody.notes) == (All((NOTHING, WIND)), ("There is no item 8: nothing is like it.",))


def test_a_word_is_found_in_the_names_of_sources(store: Store, clock: FakeClock, sources: dict[str, int]):
    Curation(store, clock).rename_source(sources["Loose"], "The Wind Farm #SunPower")
    for node in (
        WIND, Word("sunpower"), Word("power"), Beginning("far"), Phrase(("wind", "farm")), Phrase(("sun", "power")),
        Phrase(("farm", "sun")),
    ):  # fmt: skip
        assert ask(store, node).asks == Any((node, of(sources["Loose"]))), node
        assert ask(store, SUN, Not(node)).asks == All((Any((SUN, of(sources["Loose"]))), Not(ask(store, node).asks)))
    for node in (
        Word("win"), Word("winds"), Word("wind", Part.TITLE), Beginning("wind", Part.AUTHOR), Beginning("arm"),
        Phrase(("farm", "wind")), Phrase(("the", "wind", "far")), Phrase(("wind", "farm"), Part.TITLE), Phrase(()),
    ):  # fmt: skip
        assert ask(store, node).asks == node, node


def test_names_that_change_are_heard_of(store: Store, clock: FakeClock, sources: dict[str, int]):
    known = Known(store)
    for name in ("Wind", "Sun", "Wind"):
        Curation(store, clock).rename_source(sources["Loose"], name)
        root = scoped(Filter(), [WIND], known, lambda _id: None).asks
        assert (root == WIND) == (name == "Sun")


def test_the_view_narrows_what_was_typed(store: Store, clock: FakeClock, sources: dict[str, int]):
    (number,) = put_items(store, sources["Loose"], clock, "a")
    store.marks.set_saved([number], clock.now())
    store.marks.set_read([number])
    view = Filter(frozenset([1, 2]), ItemKind.POST, unread=True, saved=True, since=MARCH, until=MAY)
    assert ask(store, WIND, view=view).asks == All((
        of(1, 2), OfKind(ItemKind.POST), Between(MARCH, MAY), items(number), Not(items(number)), WIND))  # fmt: skip
    assert ask(store, WIND, view=Filter(until=MAY)).asks == All((Between(None, MAY), WIND))


def test_what_lists_hide_is_hidden(store: Store, clock: FakeClock, sources: dict[str, int]):
    kept, hidden = put_items(store, sources["Loose"], clock, "a", "b")
    store.marks.set_saved([kept], clock.now())
    store.sources.remove(sources["Loose"])
    assert ask(store, WIND).asks == All((WIND, Not(items(hidden))))


def test_threads_are_folded_where_no_words_are_looked_for(store: Store, clock: FakeClock, sources: dict[str, int]):
    first = posted("one", id="1", source=sources["Loose"])
    second = posted("two", id="2", source=sources["Loose"], continues="1")
    _lead, carries_on = store.items.apply([first, second], [])
    for node in (Tagged("x"), Not(Marked(Mark.SAVED)), All()):
        assert Not(items(carries_on)) in getattr(ask(store, node).asks, "nodes", [ask(store, node).asks]), node
    for node in (WIND, Any((Marked(Mark.SAVED), Not(Any((WIND, SUN))))), Like(7), Phrase(("a", "b")), Beginning("w")):
        assert Not(items(carries_on)) not in getattr(ask(store, node).asks, "nodes", ()), node


# The store's filter ------------------------------------------------------------------------------


def test_what_the_store_can_answer(store: Store, sources: dict[str, int]):
    some = frozenset(sources.values())
    kinds = {kind: OfKind(kind) for kind in ItemKind}
    for nodes, expected in (
        ((), Filter()),
        ((All(),), Filter()),
        ((kinds[ItemKind.POST],), Filter(kind=ItemKind.POST)),
        ((All((kinds[ItemKind.POST], Marked(Mark.UNREAD))), Marked(Mark.SAVED)),
         Filter(kind=ItemKind.POST, unread=True, saved=True)),
        ((kinds[ItemKind.POST], kinds[ItemKind.ARTICLE]), Filter(frozenset(), ItemKind.POST)),
        ((InSector("énergie"),), Filter(frozenset([sources["Gridmoor"]]))),
        ((InSector("énergie"), FromSource("loose")), Filter(frozenset())),
        ((Any((InSector("énergie"), FromSource("loose"))),), Filter(some - {sources["Clinique"]})),
        ((Between(since=MARCH), Between(APRIL, MAY)), Filter(since=APRIL, until=MAY)),
        ((Between(MARCH, MAY), Between(until=APRIL)), Filter(since=MARCH, until=APRIL)),
    ):  # fmt: skip
        assert in_store(store, *nodes) == expected, nodes
    view = Filter(some, ItemKind.POST, since=APRIL)
    assert in_store(store, FromSource("loose"), Between(MARCH, MAY), view=view) == Filter(
        frozenset([sources["Loose"]]), ItemKind.POST, since=APRIL, until=MAY)  # fmt: skip


def test_what_the_index_must_answer(store: Store, sources: dict[str, int]):
    for node in (
        WIND, Not(WIND), Tagged("x"), Marked(Mark.NOTED), Not(Marked(Mark.UNREAD)), Not(InSector("énergie")),
        Any((InSector("énergie"), OfKind(ItemKind.POST))), Any((Marked(Mark.SAVED), Marked(Mark.UNREAD))), Like(7),
        Any((InSector("énergie"), WIND)), All((OfKind(ItemKind.POST), WIND)),
    ):  # fmt: skip
        assert in_store(store, node) is None, node


def test_nothing_needs_no_index(store: Store):
    assert in_store(store, NOTHING) == Filter(sources=frozenset())
