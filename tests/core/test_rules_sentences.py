"""Rules read like sentences."""

import pytest

from tests.fakes import FakeClock
from veille.core.rules.sentences import done, either, sentence, together
from veille.model import ItemKind, Outline, Sector, Source, SourceKind
from veille.rules import Action, Condition, Rule

HIDE, READ, FLAG, TAG, SAVE = Action
POST, ARTICLE = ItemKind.POST, ItemKind.ARTICLE
PAPER = Source(3, "feed:p", SourceKind.FEED, "https://paper.example/feed", "The Paper", FakeClock().now())
OUTLINE = Outline(sectors=(Sector("energy", "Energy"),), sources={3: PAPER})


def said(*actions: Action, sector: str = "", source: int = 0, tags: tuple[str, ...] = (), **condition) -> str:
    return sentence(Rule(frozenset(actions), Condition(**condition), sector, source, tags), OUTLINE)


def test_each_kind_of_rule_is_a_sentence() -> None:
    assert [
        said(HIDE, sector="energy", words=("promo", "sponsored"), without=("hydrogen",), langs=("en",), kind=POST),
        said(HIDE, source=3),
        said(READ),
        said(FLAG, sector="energy"),
        said(TAG, tags=("to read", "H2"), source=3),
        said(SAVE, langs=("fr", "de", "xx")),
        said(HIDE, words=("horoscope",), in_title=True),
        said(READ, kind=ARTICLE, without=("wind*", "appel d'offres"), in_title=True),
        said(FLAG, authors=("Ada Lovelace", "@grace"), kind=POST),
        said(READ, shorter=1500),
        said(SAVE, longer=1),
        said(SAVE, longer=100, shorter=2000, kind=ARTICLE),
        said(READ, FLAG, words=("hydro*",)),
        said(SAVE, TAG, READ, tags=("dossier",), sector="energy", words=("tariff",)),
        said(HIDE, READ, source=3),
        said(HIDE, sector="gone", words=("x",)),
        said(HIDE, source=99, words=("x",)),
        said(words=("x",)),
    ] == [
        "In “Energy”, hide posts in English that say “promo” or “sponsored”, unless they say “hydrogen”.",
        "From “The Paper”, hide everything.",
        "Mark everything as read.",
        "In “Energy”, flag everything.",
        "From “The Paper”, tag everything as “to read” and “H2”.",
        "Save items in French, German or xx.",
        "Hide items with “horoscope” in the title.",
        "Mark as read articles, unless their title says “wind…” or “appel d'offres”.",
        "Flag posts by “Ada Lovelace” or “@grace”.",
        "Mark as read items of fewer than 1,500 words.",
        "Save items of more than 1 word.",
        "Save articles of more than 100 and fewer than 2,000 words.",
        "Mark as read and flag items that say “hydro…”.",
        "In “Energy”, mark as read, tag as “dossier” and save items that say “tariff”.",
        "From “The Paper”, hide and mark as read everything.",
        "In a sector that was removed, hide items that say “x”.",
        "From a source that was removed, hide items that say “x”.",
        "Do nothing with items that say “x”.",
    ]


def test_what_would_have_been_done_is_said() -> None:
    each = [done(Rule(frozenset({action}), tags=("H2", "{n}")), 1200, "2,000 items", "30") for action in Action]
    assert each == [
        "Of 2,000 items of the last 30 days, 1,200 would have been hidden.",
        "Of 2,000 items of the last 30 days, 1,200 would have been marked as read.",
        "Of 2,000 items of the last 30 days, 1,200 would have been flagged.",
        "Of 2,000 items of the last 30 days, 1,200 would have been tagged as “H2” and “{n}”.",
        "Of 2,000 items of the last 30 days, 1,200 would have been saved.",
    ]
    several = done(Rule(frozenset({READ, TAG}), tags=("H2",)), 1, "1 item", "30")
    assert several == "Of 1 item of the last 30 days, this would have been done with 1: mark as read and tag as “H2”."


def test_braces_in_words_are_words() -> None:
    assert said(HIDE, words=("{what}", "{0}"), kind=POST) == "Hide posts that say “{what}” or “{0}”."
    assert said(TAG, tags=("{words}",)) == "Tag everything as “{words}”."


@pytest.mark.parametrize(("parts", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a or b"), ("abc", "a, b or c")])
def test_lists(parts: list[str], text: str) -> None:
    assert either(parts) == text
    assert together(parts) == text.replace(" or ", " and ")
