"""Whether an item is what a rule is for."""

from dataclasses import replace
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.conftest import an_item
from tests.fakes import FakeClock
from tests.posted import ADA, GRACE, posted
from veille.content.html import clean
from veille.core.rules.matching import has_words, looks_first, matches, needs_content, subject
from veille.model import Item, ItemKind
from veille.posts import Media, Person, Referred, Relation
from veille.rules import Condition
from veille.search.words.analysis import count, numbered, run_together

NOW = FakeClock().now()


def article(title: str = "", text: str = "", **parts: object) -> Item:
    return an_item(1, "a", NOW, title=title, content=f"<p>{text}</p>", summary="", **parts)


def holds(item: Item, *words: str, **parts: object) -> bool:
    return matches(Condition(words=words, **parts), subject(item))


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("énergie", "L’Énergie d’abord"),
        ("ENERGIE", "de l'énergie"),
        ("l’énergie", "Énergie"),
        ("œuvre", "une oeuvre"),
        ("hydro*", "Hydrogène vert"),
        ("hydro *", "Hydrogène vert"),
        ("energy trans*", "The energy transition"),
        ("coupe du monde", "La Coupe du monde de football"),
        ("appel d'offres", "Un appel d’offres public"),
        ("e-commerce", "ecommerce"),
        ("e-commerce", "le e-commerce"),
        ("e-commerce", "e commerce"),
        ("ecommerce", "le e-commerce"),
        ("transition", "#EnergyTransition now"),
        ("energy transition", "#EnergyTransition now"),
        ("#energytransition", "#EnergyTransition now"),
        ("trans*", "#EnergyTransition now"),
        ("@ada", "by @ada"),
        ("5G", "la 5G"),
        ("👍", "nice 👍"),
        ("北京", "我在北京大学"),
        ("北京大", "我在北京大学"),
        ("北", "我在北京大学"),
        ("R&D", "R & D"),
        ("promo", "promo"),
    ],
)
def test_words_beginnings_and_phrases_are_found(term: str, text: str) -> None:
    assert holds(article(text), term)
    assert holds(article("Other", f"before {text} after"), term)
    assert holds(article(text), "zebra", term)
    assert not matches(Condition(without=(term,)), subject(article(text)))


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("promo", "promotion"),
        ("promos", "promo"),  # the very word
        ("hydro*", "dehydrogenation"),
        ("coupe du monde", "le monde coupe du bois"),
        ("energy trans*", "energy big transition"),
        ("北大", "我在北京大学"),
        ("*", "anything"),
        ("l'", "la"),
        ("", "anything"),
    ],
)
def test_and_nothing_else(term: str, text: str) -> None:
    assert not holds(article(text, text), term)


def test_a_phrase_crosses_neither_from_the_title_to_the_text_nor_from_one_text_to_the_next() -> None:
    assert not holds(article("wind", "power"), "wind power")
    assert not holds(article("wind-x", "power-y"), "x power")


def test_the_title_alone() -> None:
    item = article("Wind", "about the sun")
    assert holds(item, "wind", in_title=True)
    assert not holds(item, "sun", in_title=True)
    assert matches(Condition(without=("sun",), in_title=True), subject(item))
    assert not matches(Condition(without=("sun",)), subject(item))


def test_the_text_of_a_post_is_its_title_too_but_not_what_it_quotes() -> None:
    quoted = Referred(Relation.QUOTED, "7", GRACE, html="<p>Electrolysers for Normandy</p>")
    item = posted("Look at the wind", referred=(quoted,), media=(Media("image", "https://x.example/1", "A mast"),))
    assert holds(item, "wind", in_title=True)
    assert holds(item, "electrolysers")
    assert holds(item, "mast")
    assert not holds(item, "electrolysers", in_title=True)


def test_the_summary_stands_for_a_text_that_is_not_there() -> None:
    item = replace(article("Title"), content="", summary="A few words")
    assert holds(item, "few words")
    assert subject(item).length == 3


@pytest.mark.parametrize("author", ["Ada Lovelace", "lovelace", "@ada", "ada", "LOVEL*"])
def test_authors_by_name_and_handle(author: str) -> None:
    condition = Condition(authors=("nobody", author))
    assert matches(condition, subject(posted("x", ADA)))
    assert matches(condition, subject(posted("x", GRACE, reposted_by=ADA)))
    assert not matches(condition, subject(posted("x", Person("@adam", "Adam"), id="p2")))
    assert matches(Condition(authors=("Ada Lovelace",)), subject(article(author="Ada Lovelace, Grace Hopper")))
    assert not matches(condition, subject(article("Ada Lovelace", "@ada lovelace")))


def test_a_handle_with_its_host() -> None:
    item = posted("x", Person("@ada@mastodon.example", "Ada"))
    assert matches(Condition(authors=("@ada@mastodon.example",)), subject(item))
    assert not matches(Condition(authors=("@ada@other.example",)), subject(item))


def test_language_kind_and_length() -> None:
    item = article("Title", "one two three l'énergie", lang="fr-CA")
    for condition, expected in (
        (Condition(langs=("en", "fr")), True),
        (Condition(langs=("en",)), False),
        (Condition(kind=ItemKind.ARTICLE), True),
        (Condition(kind=ItemKind.POST), False),
        (Condition(shorter=5), True),
        (Condition(shorter=4), False),
        (Condition(longer=3), True),
        (Condition(longer=4), False),
        (Condition(longer=3, shorter=5), True),
        (Condition(), True),
    ):
        assert matches(condition, subject(item)) is expected, condition
    assert not matches(Condition(langs=("en",)), subject(replace(item, lang="")))


def test_each_part_must_hold() -> None:
    item = article("Wind", "power", author="Ada", lang="en")
    whole = Condition(("wind",), ("sun",), False, ("ada",), ("en",), ItemKind.ARTICLE, 5, 0)
    assert matches(whole, subject(item))
    for broken in (
        replace(whole, words=("x",)), replace(whole, without=("power",)), replace(whole, authors=("x",)),
        replace(whole, langs=("fr",)), replace(whole, kind=ItemKind.POST), replace(whole, shorter=1),
        replace(whole, longer=9),
    ):  # fmt: skip
        assert not matches(broken, subject(item)), broken


def test_words_in_which_there_is_something_to_look_for() -> None:
    assert all(map(has_words, ["a", "a*", "👍", "l'été", "#x"]))
    assert not any(map(has_words, ["", "*", "…", "“ ”", "-"]))


ANY = st.text(max_size=60) | st.sampled_from(["\ud800", "#", "a" * 5000, "'" * 300, "* * *", "e-" * 200, "👍‍" * 50])
LISTS = st.lists(ANY, max_size=3).map(tuple)


@settings(max_examples=150, deadline=None)
@given(ANY, ANY, ANY, LISTS, LISTS, LISTS, st.sampled_from(ItemKind))
def test_it_never_raises(
    title: str, text: str, author: str, words: tuple, without: tuple, authors: tuple, kind
) -> None:
    item = replace(article(title, text, author=author), kind=kind, lang=text[:5], tags=(title,))
    assert matches(Condition(words, without, True, authors), subject(item)) in (True, False)
    assert matches(Condition(words, without, langs=words, shorter=3), subject(item)) in (True, False)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["wind", "l'énergie", "e-commerce", "#BigTag", "sun", "5G", "\n"]), max_size=8), st.data()
)
def test_each_word_and_each_stretch_of_a_text_is_found_in_it(words: list[str], data: st.DataObject) -> None:
    some = [word for word in words if word != "\n"]
    if not some:
        return
    item = article("x", " ".join(some))
    start = data.draw(st.integers(0, len(some) - 1))
    stretch = some[start : data.draw(st.integers(start + 1, len(some)))]
    assert holds(item, " ".join(stretch).replace("#BigTag", "Big Tag" if len(stretch) > 1 else "#BigTag"))


# Told in less time ---------------------------------------------------------------------------------

PIECES = st.lists(
    st.sampled_from(
        ["wind", "Wind", "l'énergie", "L’ÉNERGIE", "aujourd’hui", "company’s", "e-commerce", "garde-robe",
         "#BigTag2030", "#two_words", "@ada@host.example", "œuvre", "Straße", "5G", "R&D", "U.S.A.", "3,5", "👍",
         "北京大学", "Київ", "x", "\n", "soft\u00adhyphen", "zero\u200bwidth", "a" * 300, "“", "—"]
    ) | st.text(max_size=6),
    max_size=8,
)  # fmt: skip
TERMS = st.lists(
    PIECES.map(" ".join) | PIECES.map("".join) | PIECES.map(lambda some: " ".join(some) + "*"), min_size=1, max_size=3
).map(tuple)
MARKUP = st.sampled_from(
    ["<p>{}</p>", "{}", "<p>a</p>{}", "<b>{}</b>", "x<i>{}</i>y", "<ul><li>{}</li></ul>", "&amp;{}"]
)


@settings(max_examples=300, deadline=None)
@given(PIECES, PIECES, MARKUP, TERMS, TERMS, st.booleans(), st.sampled_from(ItemKind), st.sampled_from((0, 3, 7)))
def test_what_one_rule_alone_is_told_quickly_is_what_all_are_told(
    title: list, text: list, markup: str, words: tuple, without: tuple, in_title: bool, kind: ItemKind, length: int
) -> None:
    content = clean(markup.format(escape(" ".join(text)))).html
    item = replace(article(" ".join(title)), kind=kind, content=content, summary="about", tags=("#wind", "e-commerce"))
    if kind is ItemKind.POST:
        item = replace(item, post=posted("x", referred=(Referred(Relation.QUOTED, "7", GRACE, html=content),)).post)
    for condition in (
        Condition(words, (), in_title), Condition((), words, in_title), Condition(words, without, in_title),
        Condition(words, shorter=length), Condition((), without, in_title, longer=length, kind=ItemKind.ARTICLE),
    ):  # fmt: skip
        expected = matches(condition, subject(item))
        assert matches(condition, subject(item, alone=True)) is expected
        bare = subject(replace(item, content=""), alone=True)
        if looks_first(condition) and not needs_content(condition, bare):
            assert matches(condition, bare) is expected


@settings(max_examples=200, deadline=None)
@given(PIECES.map(" ".join) | PIECES.map("".join))
def test_all_words_are_among_the_letters_that_run_together_and_are_counted(text: str) -> None:
    places, words = numbered(text)
    assert count(text) == len(set(places))
    letters = run_together(text)
    assert letters is None or all(word in letters for word in words)
