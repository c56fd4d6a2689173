"""What narrows a search, as pieces of its text; and the lines of counts that offer it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from veille import i18n
from veille.content.text import fold
from veille.core.naming import sources_named
from veille.model import Facets, ItemKind, Membership, Outline, Sector, Source, SourceKind
from veille.search.query import operators
from veille.search.query.joining import every
from veille.search.query.parsing import parse
from veille.search.query.question import EVERYTHING, All, Any, FromSource, Node, Not, Phrase, Word
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
        ('sector:"a" -source:"b c" NOT source:"d"', [("sector", "a")]),
        ('kind:post"b c" sector: "d"', [("kind", "post")]),
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
    assert narrowing.narrowed("a OR b ", ENERGY, set()) == 'sector:"Énergie" (a OR b)'
    assert narrowing.narrowed("a OR b ", (), set()) == "a OR b "
    assert narrowing.narrowed("(a OR b) c", ENERGY, set()) == 'sector:"Énergie" (a OR b) c'
    assert narrowing.narrowed("a) OR b ", ENERGY, set()) == 'sector:"Énergie" (a OR b)', "a stray one closes nothing"


def test_a_word_in_the_typing_stays_a_beginning() -> None:
    assert narrowing.narrowed("a OR lith", ENERGY, set()) == 'sector:"Énergie" (a OR lith*)'
    assert narrowing.narrowed("a OR -lith", ENERGY, set()) == 'sector:"Énergie" (a OR -lith)'
    assert narrowing.narrowed('a OR "lith"', ENERGY, set()) == 'sector:"Énergie" (a OR "lith")'


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
    assert narrowing.without('sector:"Énergie" (a OR b)', ENERGY) == "a OR b"
    assert narrowing.without('sector:"Énergie" (a OR b) (c OR d)', ENERGY) == "(a OR b) (c OR d)"


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
    sectors = (Sector("key", "a “b”"), Sector("health", "Energy"), Sector("energy", "Other"))
    assert narrowing.sector_terms(Outline(sectors)) == {
        "key": (("sector", "key"),),
        "health": (("sector", "health"),),
        "energy": (("sector", "Other"),),
    }


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (ALL, "lith"),
        (UNREAD, "is:unread lith"),
        (SAVED, "is:saved lith"),
        (Place("sector", "energie"), 'sector:"Énergie" lith'),
        (Place("source", "energie", 1), 'source:"Alpha" lith'),
        (Place("search", search=3, text="a OR b "), "(a OR b) lith"),
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


def test_a_section_with_nothing_to_count_is_left_out() -> None:
    assert lines(Facets(), outline("Alpha"), "lith") == []
    found = lines(Facets({}, {1: 4}, {ItemKind.POST: 4}), outline("Alpha"), 'source:"alpha" lith')
    assert [each.label for each in found] == ["Sources", "Alpha", "Kinds", "Posts"]
    assert [each.label for each in facets(found) if each.chosen] == ["Alpha"], "what is in force can be taken out"


def test_what_is_in_force_stays_though_nothing_is_found() -> None:
    found = facets(
        lines(Facets(), outline("Alpha"), 'sector:"Santé" source:alpha kind:post since:2026-03 until:2026-03')
    )
    assert [each.label for each in found] == ["Santé", "Alpha", "Posts", "March 2026"]
    assert all(each.chosen and not each.count for each in found)


def test_a_long_section_unfolds() -> None:
    names = [f"Source {at}" for at in range(SHOWN + 3)]
    counted = Facets({}, {at: 100 - at for at in range(1, len(names) + 1)})
    found = lines(counted, outline(*names), "lith")
    assert len(found) == SHOWN + 2
    assert found[-1] == More("source", "More…", "More: Sources")
    found = lines(counted, outline(*names), "lith", frozenset({"source"}))
    assert len(found) == len(names) + 2
    assert found[-1] == More("source", "Fewer", "Fewer: Sources")
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


# Hostile names and texts ---------------------------------------------------------------------------

NAMES = st.lists(st.sampled_from([
    "a", "A", "é", "œ", "Le Monde", "le monde", '"', "“", "”", "«", "»", "＂", ":", "source:", "sector:", "OR", " ",
    "  ", "\t", "\n", "(", ")", "-", "−", "*", "＊", "’", "'", "ʼ", "：", "\u202e", "\u200b", "\u00a0", "\ufeff", "<b>",
    "&", "日本", "🔋", "ﬁ", "İ", "ß", "#", "@", "\\", "\x00", "https://1.example/feed",
]), max_size=6).map("".join)  # fmt: skip
ADDRESSES = st.sampled_from([
    "https://1.example/feed", "https://2.example/feed?q=%22a%22:b", "https://3.example/(x)", "https://4.example/-x?OR=(",
    "https://x.com/search?q=%22a%22%20OR%20b", "https://6.example/a'b"])  # fmt: skip
PIECES = st.lists(st.sampled_from([
    "a", "b", "c ", "OR", " OU ", "(", " )", " (", " -", "NOT ", "title:", "sector:x", "kind:post ", "kind:post",
    'source:"q r" ', '"', '"x y" ', " ", "“", "since:2026", "lith*", '"unclosed', "like:3 "]), max_size=10)  # fmt: skip


@st.composite
def outlines(draw: st.DrawFn) -> Outline:
    some = enumerate(draw(st.lists(ADDRESSES, min_size=1, max_size=5, unique=True)), 1)
    return Outline((), {
        id: Source(id, f"feed:{id}", SourceKind.FEED, address, draw(NAMES), WHEN, draw(st.just("") | NAMES))
        for id, address in some
    })  # fmt: skip


def read(node: Node, watched: Outline) -> set[int]:
    """The sources that ``node`` names."""
    if isinstance(node, FromSource):
        return {each.id for each in sources_named(watched, node.name)}
    assert isinstance(node, All), node
    return set.intersection(*(read(each, watched) for each in node.nodes))


@given(outlines())
def test_whatever_a_source_is_called_the_text_means_that_very_source(watched: Outline) -> None:
    for id, terms in narrowing.source_terms(watched).items():
        text = narrowing.narrowed("", terms, set())
        question = parse(text, WHEN)
        assert question.notes == ()
        others = [each for each in watched.sources.values() if each.id != id]
        taken = {fold(name) for each in others for name in (each.label, each.title, each.address)}
        found = read(question.root, watched)
        assert found == {id} or (id in found and watched.sources[id].address in taken), text
        assert narrowing.holds(narrowing.in_force(text), terms)
        assert narrowing.without(text, terms) == ""


def unplaced(node: Node) -> Node:
    """``node`` wherever its words stand in the text."""
    match node:
        case All(nodes) | Any(nodes):
            return replace(node, nodes=tuple(map(unplaced, nodes)))
        case Not(inner):
            return Not(unplaced(inner))
    return replace(node, at=(0, 0)) if isinstance(node, Word | Phrase) or hasattr(node, "at") else node


@given(PIECES.map("".join))
def test_whatever_was_typed_is_narrowed_and_widened_again(text: str) -> None:
    assume(not re.search(r"(NOT|-)\s*\)", text))  # what it negates would be another thing without the stray one
    alpha, text = (("source", "Alpha"),), f"{text} "
    narrower = narrowing.narrowed(text, alpha, set())
    typed = parse(text, WHEN, typing=False).root
    wanted = FromSource("Alpha") if typed == EVERYTHING else every([FromSource("Alpha"), typed])
    assert unplaced(parse(narrower, WHEN, typing=False).root) == unplaced(wanted)
    assert narrowing.holds(narrowing.in_force(narrower), alpha)
    assert unplaced(parse(narrowing.without(narrower, alpha), WHEN, typing=False).root) == unplaced(typed)


def test_five_hundred_sources_are_told_apart() -> None:
    watched = outline(*(f"Source {at}: “news” & more" for at in range(500)))
    assert len(set(narrowing.source_terms(watched).values())) == 500


@pytest.mark.parametrize(
    ("text", "looks_for"),
    [
        ("lith", {"words"}),
        ('title:lith -"a b"', {"words"}),
        ("tag:a is:unread", {"names"}),
        ('sector:"a b" lith', {"names", "words"}),
        ("like:3 kind:post", {"like", "names"}),
        ("like:me source:", set()),
    ],
)
def test_what_is_looked_for_in_short(text: str, looks_for: set[str]) -> None:
    assert narrowing.sought(text) == looks_for
