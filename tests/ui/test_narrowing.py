"""What narrows a search, as pieces of its text; and the lines of counts that offer it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest

from veille import i18n
from veille.model import Facets, ItemKind, Membership, Outline, Sector, Source, SourceKind
from veille.search.query import operators
from veille.ui.places import ALL, SAVED, UNREAD, Place
from veille.ui.search import narrowing
from veille.ui.search.facetlines import SHOWN, Facet, Heading, Line, More, lines, month_name

WHEN = datetime(2026, 3, 1, tzinfo=UTC)
ENERGY = (("sector", "Énergie"),)
HEALTH = (("sector", "Santé"),)
MARCH = narrowing.month_term(2026, 3)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.use("en")
    yield
    i18n.use("en")


def source(id: int, label: str) -> Source:
    return Source(id, f"feed:{id}", SourceKind.FEED, f"https://{id}.example/feed", label, WHEN)


def outline(*labels: str) -> Outline:
    sources = {id: source(id, label) for id, label in zip(count(1), labels, strict=False)}
    member = Membership("energie", 1, "person", "person", WHEN)
    sectors = (Sector("energie", "Énergie"), Sector("sante", "Santé"))
    return Outline(sectors, sources, {"energie": (member,)})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('lithium sector:"Énergie" kind:post', [("sector", "Énergie"), ("kind", "post")]),
        ("secteur:énergie type:message", [("sector", "énergie"), ("kind", "message")]),
        ("sector:“Énergie”", [("sector", "Énergie")]),
        ("jusqu’à:2026-03", [("until", "2026-03")]),
        ('-sector:"Énergie" (source:a) "kind:post" https://x.example nosuch:thing', []),
        ("NOT sector:c SAUF sector:d kind:post", [("kind", "post")]),
        ("sector:a lith OR kind:post", []),
        ("sector:a (b OR c)", [("sector", "a")]),
        ("((((((", []),
        ('sector:"unclosed and more', [("sector", "unclosed and more")]),
    ],
)
def test_pieces(text: str, found: list[tuple[str, str]]) -> None:
    assert [(each.key, each.value) for each in narrowing.pieces(text)] == found


def test_what_narrows_goes_before_what_is_typed() -> None:
    put: set[str] = set()
    text = narrowing.narrowed("lith", ENERGY, put)
    assert text == 'sector:"Énergie" lith', "the last word is still in the typing"
    assert narrowing.narrowed("lith ", ENERGY, set()) == 'sector:"Énergie" lith ', "it is not"
    assert narrowing.narrowed("", ENERGY, set()) == 'sector:"Énergie"'


def test_another_of_the_same_takes_its_place_but_not_of_what_was_typed() -> None:
    put: set[str] = set()
    text = narrowing.narrowed("sector:mine lith", ENERGY, put)
    text = narrowing.narrowed(text, MARCH, put)
    assert text == 'since:2026-03 until:2026-03 sector:"Énergie" sector:mine lith'
    text = narrowing.narrowed(text, HEALTH, put)
    assert text == 'sector:"Santé" since:2026-03 until:2026-03 sector:mine lith'


def test_an_or_is_narrowed_as_a_whole() -> None:
    assert narrowing.narrowed("a OR b", ENERGY, set()) == 'sector:"Énergie" (a OR b)'
    assert narrowing.narrowed("a OR b", (), set()) == "a OR b"
    assert narrowing.narrowed("(a OR b) c", ENERGY, set()) == 'sector:"Énergie" (a OR b) c'


def test_what_narrows_is_seen_and_taken_out() -> None:
    text = "secteur:energie lith since:2026-03 until:2026-03"
    force = narrowing.in_force(text)
    assert narrowing.holds(force, ENERGY)
    assert narrowing.holds(force, MARCH)
    assert narrowing.month_of(force) == (2026, 3)
    assert not narrowing.holds(force, HEALTH)
    assert not narrowing.holds(force, narrowing.month_term(2026, 2))
    assert narrowing.without(text, ENERGY) == "lith since:2026-03 until:2026-03"
    assert narrowing.without(text, MARCH) == "secteur:energie lith"
    assert narrowing.without('sector:"Énergie"', ENERGY) == ""


def test_names_are_in_the_person_s_language() -> None:
    i18n.use("fr")
    post = narrowing.kind_term(ItemKind.POST)
    assert narrowing.narrowed("lith", (*ENERGY, *post), set()) == 'secteur:"Énergie" type:message lith'
    assert narrowing.holds(narrowing.in_force("kind:posts"), post), "in whatever language it was typed"
    assert month_name(2026, 3) == "Mars 2026"


def test_a_text_does_not_grow_beyond_what_is_read() -> None:
    text = "x" * narrowing.LONGEST
    assert narrowing.narrowed(text, ENERGY, set()) == text


def test_sources_that_share_a_name_are_told_apart_by_their_address() -> None:
    terms = narrowing.source_terms(outline("Le Monde", "le monde", 'The "Daily"', "Alpha"))
    assert [terms[id][0][1] for id in (1, 2, 3, 4)] == [
        "https://1.example/feed", "https://2.example/feed", "https://3.example/feed", "Alpha"]  # fmt: skip
    assert narrowing.sector_term(Sector("key", "a “b”")) == (("sector", "key"),)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (ALL, "lith"),
        (UNREAD, "is:unread lith"),
        (SAVED, "is:saved lith"),
        (Place("sector", "energie"), 'sector:"Énergie" lith'),
        (Place("source", "energie", 1), 'source:"Alpha" lith'),
        (Place("search", search=3, text="a OR b"), "(a OR b) lith"),
        (Place("sector", "gone"), "lith"),
    ],
)
def test_a_search_is_kept_as_it_was_seen(place: Place, text: str) -> None:
    assert narrowing.whole(" lith ", place, outline("Alpha")) == text


def facets(found: list[Line]) -> list[Facet]:
    return [each for each in found if isinstance(each, Facet)]


def test_lines_of_counts() -> None:
    counted = Facets(
        {"sante": 3, "energie": 4}, {1: 4, 2: 3, 99: 1}, {ItemKind.POST: 5, ItemKind.ARTICLE: 3},
        {(2025, 12): 2, (2026, 3): 6})  # fmt: skip
    found = lines(counted, outline("Alpha", "Beta"), "kind:posts lith")
    assert [each.label for each in found] == [
        "Sectors", "Énergie", "Santé", "Sources", "Alpha", "Beta", "Kinds", "Posts", "Articles",
        "Months", "March 2026", "December 2025"]  # fmt: skip
    assert [each.count for each in facets(found)] == [4, 3, 4, 3, 5, 3, 6, 2]
    assert [each.label for each in facets(found) if each.chosen] == ["Posts"]
    assert facets(found)[1].share == 0.75


def test_a_section_that_cannot_narrow_is_left_out() -> None:
    counted = Facets({"energie": 4}, {1: 4}, {ItemKind.POST: 4}, {(2026, 3): 4})
    assert lines(counted, outline("Alpha"), "lith") == []
    found = lines(counted, outline("Alpha"), 'source:"alpha" lith')
    assert [each.label for each in found] == ["Sources", "Alpha"], "what is in force can be taken out"


def test_what_is_in_force_stays_though_nothing_is_found() -> None:
    found = facets(
        lines(Facets(), outline("Alpha"), 'sector:"Santé" source:alpha kind:post since:2026-03 until:2026-03')
    )
    assert [each.label for each in found] == ["Santé", "Alpha", "Posts", "March 2026"]
    assert all(each.chosen and not each.count for each in found)


def test_a_long_section_unfolds() -> None:
    names = [f"Source {at}" for at in range(SHOWN + 3)]
    counted = Facets({}, {at: 100 - at for at in range(1, len(names) + 1)}, {ItemKind.POST: 1000})
    found = lines(counted, outline(*names), "lith")
    assert len(found) == SHOWN + 2
    assert found[-1] == More("source", "More…", "Sources")
    found = lines(counted, outline(*names), "lith", frozenset({"source"}))
    assert len(found) == len(names) + 2
    assert isinstance(found[-1], More)
    last = lines(counted, outline(*names), f'source:"{names[-1]}" lith')
    assert isinstance(last[0], Heading)
    assert last[1].label == names[-1], "what is in force is seen"


def test_every_term_means_what_it_should() -> None:
    for terms in (ENERGY, MARCH, narrowing.kind_term(ItemKind.POST), (("is", "saved"), ("like", "12"))):
        for key, value in terms:
            name, _colon, typed = narrowing.written(key, value).partition(":")
            found = operators.find(name)
            assert found is not None
            assert found.key == key
            assert typed.strip('"') == value
