from dataclasses import replace

import pytest

from tests.core.conftest import add_source
from veille.core.naming import one_sector, one_source, sectors_named, slug, sources_named
from veille.errors import NotFound
from veille.model import Outline, Sector
from veille.store import Store


def outline(*titles: str) -> Outline:
    return Outline(sectors=tuple(Sector(slug(title), title) for title in titles))


def test_a_slug_is_plain_and_unlike_the_others():
    assert slug("Télécoms & Réseaux") == "telecoms-reseaux"
    assert slug("Œuvre d’art") == "oeuvre-d-art"
    assert slug("Media", ["media", "media-2"]) == "media-3"
    assert slug("…") == "sector"
    assert slug("日本") == "日本"
    assert len(slug("a" * 500)) == 60


def test_the_very_name_wins_over_the_beginning_and_the_beginning_over_the_middle():
    known = outline("Énergie", "Énergie nucléaire", "Industrie et énergie")
    assert [each.title for each in sectors_named(known, "ENERGIE")] == ["Énergie"]
    assert [each.title for each in sectors_named(known, "energie n")] == ["Énergie nucléaire"]
    assert [each.title for each in sectors_named(known, "éner")] == ["Énergie", "Énergie nucléaire"]
    assert [each.title for each in sectors_named(known, "et")] == ["Industrie et énergie"]
    assert sectors_named(known, "  ") == []


def test_a_source_is_found_by_the_name_the_person_gave_it_and_by_its_own(store: Store):
    source = add_source(store, "Le Quotidien")
    store.sources.replace(replace(source, name="Mon journal"))
    found = store.sources.outline()
    for name in ("mon jour", "quotidien", "https://le-quotidien.example/feed"):
        assert [each.id for each in sources_named(found, name)] == [source.id]


def test_one_means_one(store: Store):
    add_source(store, "Alpha one")
    add_source(store, "Alpha two")
    assert one_source(store.sources.outline(), "alpha t").title == "Alpha two"
    with pytest.raises(NotFound, match="no source named “alpha”"):
        one_source(store.sources.outline(), "alpha")
    with pytest.raises(NotFound, match="no sector named “x”"):
        one_sector(store.sources.outline(), "x")
