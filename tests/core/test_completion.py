"""How what is typed may go on, in both languages, wherever the cursor is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.search.trees import leaves
from veille import i18n
from veille.content.text import fold, plain
from veille.core.naming import sectors_named, slug, sources_named
from veille.core.searching.completion import Completion, complete
from veille.model import Membership, Outline, Sector, Source, SourceKind
from veille.search.query.parsing import parse
from veille.search.query.question import FromSource, InSector, Tagged

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SECTORS = ("Énergie & batteries", "Santé", "Nuclear energy", "Transport")
SOURCES = (("Le Courant", "fr"), ("Gridmoor", "en"), ("L’Énergie d’abord", "fr"), ("Der Strom", "de"))


def source(id: int, title: str, lang: str = "", **parts) -> Source:
    address = f"https://{id}.example/feed"
    return replace(Source(id, f"feed:{address}", SourceKind.FEED, address, title, NOW, lang=lang), **parts)


def outline(sectors: tuple[str, ...] = SECTORS, sources: tuple[tuple[str, str], ...] = SOURCES) -> Outline:
    made = tuple(Sector(slug(title), title) for title in sectors)
    members = {made[0].key: (Membership(made[0].key, 1, "person", "person", NOW),)} if made else {}
    return Outline(sectors=made, sources={id: source(id, *each) for id, each in enumerate(sources, 1)}, members=members)


def offered(text: str, known: Outline | None = None, **parts) -> list[Completion]:
    """What is offered at the "|" in ``text``."""
    before, _bar, after = text.partition("|")
    return complete(before + after, len(before), outline() if known is None else known, **parts)


def taken(text: str, known: Outline | None = None, **parts) -> list[str]:
    """The text as it is after each of the completions that are offered at "|"."""
    typed = text.replace("|", "", 1)
    return [typed[: each.start] + each.text + typed[each.end :] for each in offered(text, known, **parts)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sec|", ["sector:"]),
        ("SE|", ["sector:"]),
        ("so|", ["source:"]),
        ("batteries si|", ["batteries since:"]),
        ("-ti|", ["-title:"]),
        ("(a OR ki|", ["(a OR kind:"]),
        ("by|", ["author:"]),
        ("se|c and more", ["sector: and more"]),
        ("ki|nd:post", []),
        ("a| b", []),
        ("s|", []),
        ("house|", []),
        ("|", []),
        ("foo |", []),
    ],
)
def test_the_names_of_operators(text: str, expected: list[str]):
    assert taken(text) == expected


EVERY = ['sector:"Énergie & batteries" ', "sector:Santé ", 'sector:"Nuclear energy" ', "sector:Transport "]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sector:nuc|", ['sector:"Nuclear energy" ']),
        ("sector:|", EVERY),
        ("sector:EN|", ['sector:"Énergie & batteries" ', 'sector:"Nuclear energy" ']),  # begins, then holds
        ('sector:"énergie & bat|', ['sector:"Énergie & batteries" ']),
        ("sector:“énergie & bat|", ['sector:"Énergie & batteries" ']),
        ('sector:"nu|clear" and more', ['sector:"Nuclear energy" and more']),
        ('sector:"nu| and more', ['sector:"Nuclear energy" and more']),
        ('sector:"nu| title:"a b"', ['sector:"Nuclear energy" title:"a b"']),
        ('sector:|"nu"', EVERY),
        ("-sector:sa| wind", ["-sector:Santé wind"]),
        ("SECTEUR:sa|", ["SECTEUR:Santé "]),
        ("(wind sector:tr|)", ["(wind sector:Transport)"]),
        ("sector:(tr|", ["sector:(Transport"]),
        ("sector:(Santé OR nuc|)", ['sector:(Santé OR "Nuclear energy")']),
        ('sector:(Santé OR "nuclear e|', ['sector:(Santé OR "Nuclear energy"']),
        ("sector:(Nuc OR |", [f"sector:(Nuc OR {each.strip().partition(':')[2]}" for each in EVERY]),
        ("sector:(Santé)|", []),
        ("sector:Santé |", []),
        ("source:der|", ['source:"Der Strom" ']),
        ("source:energ|", ['source:"L’Énergie d’abord" ']),
        ("source:zen|", []),
        ("kind:p|", ["kind:post "]),
        ("kind:pub|", []),
        ("is:un|", ["is:unread ", "is:unsaved "]),
        ("has:|", ["has:note ", "has:highlight "]),
        ("is:hi|", ["is:highlighted ", "is:hidden "]),
        ("not|", ["note:"]),
        ("note:ener|", []),
        ("since:yes|", ["since:yesterday "]),
        ("until:7|", ["until:7d "]),
        ("lang:ger|", ["lang:de "]),
        ("title:ener|", []),
        ("author:|", []),
        ("title:(wind ki|)", []),
        ("like:1|", []),
        ("nothing:en|", []),
        ("https://e|", []),
    ],
)  # fmt: skip
def test_the_values_of_operators(text: str, expected: list[str]):
    assert taken(text) == expected


def test_in_french():
    i18n.use("fr")
    assert taken("sec|") == ["secteur:"]
    assert taken("sect|") == taken("secteu|") == ["secteur:"]
    assert taken("so|") == ["source:"]
    assert taken("jus|") == ["jusqu'à:"]
    assert taken("is|") == []
    assert taken("secteur:san|") == ["secteur:Santé "]
    assert taken("est:non|") == ["est:non-lu ", "est:non-enregistré "]
    assert taken("type:pub|") == ["type:message "]
    assert taken("langue:all|") == ["langue:de "]
    assert taken("depuis:aujourd’|") == ["depuis:aujourd'hui "]
    (found,) = offered("tit|")
    assert (found.label, found.detail) == ("titre:", i18n._("words in the title"))


def test_what_a_person_sees():
    assert [(each.label, each.detail) for each in offered("sector:en|")] == [
        ("Énergie & batteries", "1 source"), ("Nuclear energy", "0 sources")]  # fmt: skip
    assert [(each.label, each.detail) for each in offered("source:grid|")] == [("Gridmoor", "https://2.example/feed")]
    assert [(each.label, each.detail) for each in offered("since:30|")] == [("30d", "30 days ago")]
    assert [(each.label, each.detail) for each in offered("sinc|")] == [("since:", "from that day on")]


def test_the_languages_of_the_sources_come_first():
    assert [each.label for each in offered("lang:|")][:3] == ["French", "English", "German"]
    germans = outline(sources=(("A", "de"), ("B", "de-AT"), ("C", "en")))
    assert [each.detail for each in offered("lang:|", germans)][:3] == ["de", "en", "fr"]
    assert len(offered("lang:|")) == 8


def test_tags_of_the_person():
    tags = ["Éolien", "offshore wind", 'a "b"']
    assert taken("tag:|", tags=tags) == ["tag:Éolien ", 'tag:"offshore wind" ']
    assert taken("tag:eo|", tags=tags) == ["tag:Éolien "]
    assert taken("tag:eo|") == []


def test_sources_that_a_name_does_not_tell_apart_go_by_their_address():
    known = outline(sources=(("News", ""), ("news", ""), ('The "Post"', ""), ("« Le Fil »", ""), ("Other", "")))
    assert [each.text for each in offered("source:new|", known)] == [
        'source:"https://1.example/feed" ', 'source:"https://2.example/feed" ']  # fmt: skip
    assert [each.text for each in offered("source:post|", known)] == ['source:"https://3.example/feed" ']
    assert [each.label for each in offered("source:fil|", known)] == ["« Le Fil »"]
    assert [each.text for each in offered("sector:|", outline(sectors=("“Quoted”",)))] == ["sector:quoted "]


def test_searches_of_before():
    recent = ["wind sector:Santé", "Wind farms", "sécheresse"]
    assert taken("|", recent=recent) == recent
    assert taken("  |", recent=recent) == recent
    assert taken("wi|", recent=recent) == ["wind sector:Santé", "Wind farms"]
    assert taken("wind |", recent=recent) == ["wind sector:Santé", "Wind farms"]
    assert taken("se|", recent=recent) == ["sector:", "sécheresse"]
    assert taken("wind sector:sa|", recent=recent) == ["wind sector:Santé ", "wind sector:Santé"]
    assert taken("wi| farms", recent=recent) == []  # in the middle
    assert taken("wind farms|", recent=recent) == []  # it is there
    assert len(offered("|", recent=[f"search {n}" for n in range(50)])) == 8


def test_an_offer_means_what_it_says():
    """What is put in is understood as the very thing that was offered."""
    hostile = ("R&D (pilot)", "kind:post", "a b", "-minus", "#tag", "C'est l’été", "OR", "x" * 200, "日本 語")
    known = outline(sectors=hostile, sources=tuple((each, "fr") for each in hostile))
    for prefix, find in (("sector:", sectors_named), ("source:", sources_named), ("sector:(", sectors_named)):
        for title in hostile:
            typed = f"{prefix}{title[:1]}"
            found = next(each for each in complete(typed, len(typed), known) if each.label == title)
            root = parse(typed[: found.start] + found.text, NOW, typing=False).root
            assert isinstance(root, InSector | FromSource), found.text
            assert [each.title for each in find(known, root.name)] == [title]


@pytest.mark.parametrize(
    "text",
    ["\x00|", '"|', '""|', "(((|", ")))|", "::|", "sector:\u202e|", "-|-", '"a":|', "sector:((((|", "a" * 5000 + "|",
     'sector:"' + "é" * 3000 + "|", "OR|", "NOT|", "\ud800|", "😀|", "sector:😀|😀", "(" * 4000 + "|"],
)  # fmt: skip
def test_nothing_that_is_typed_fails(text: str):
    for each in offered(text, recent=[text]):
        assert 0 <= each.start <= each.end <= len(text) - 1


def test_a_cursor_out_of_the_text_does_no_harm():
    assert complete("sec", 99, Outline()) == complete("sec", -1, Outline()) == []


_HOSTILE = (
    "OR", "ET", "*", "éner*", "a:b", "is:unread", "-x", "x)", "(x", "l’été", "«q»", "'a'", "…", "#tag", "a\nb",
    "a\u00adb", "\u202ea", "¯", "¯a", "ﬁ", "http://x", "a\\b", "0", "0:", "ß", "İ",
)  # fmt: skip
NAMES = st.one_of(st.sampled_from(_HOSTILE), st.text(max_size=30)).map(plain).filter(bool)
BEFORE = ("sector:", "-secteur:", "(sector:", 'sector:"', "source:", "a source:“", "tag:", "tag:#", "sector:(zq OR ")


@given(st.lists(NAMES, min_size=1, max_size=4, unique_by=fold), st.sampled_from(BEFORE))
@settings(max_examples=60, deadline=None)
def test_what_is_put_in_means_that_one_and_no_other(names: list[str], before: str):
    sectors: list[Sector] = []
    for each in names:
        sectors.append(Sector(slug(each, [sector.key for sector in sectors]), each))
    known = Outline(tuple(sectors), {id: source(id, each) for id, each in enumerate(names, 1)})
    for each in complete(before, len(before), known, tags=names):
        typed = before[: each.start] + each.text + before[each.end :]
        *_other, leaf = leaves(parse(f"{typed.rstrip()}{')' if '(' in before else ''} ", NOW, typing=False).root)
        if isinstance(leaf, InSector):
            assert [sector.title for sector in sectors_named(known, leaf.name)] == [each.label], typed
        elif isinstance(leaf, FromSource):
            assert [found.label for found in sources_named(known, leaf.name)] == [each.label], typed
        else:
            assert isinstance(leaf, Tagged), typed
            assert not leaf.begins
            assert fold(leaf.name) == fold(each.label.lstrip("# "))
