"""Finding: words and their forms, scopes, orders, totals, changes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.search.made import NOW, document, found, items, within
from veille.model import ItemKind, Order
from veille.search.engine import committing
from veille.search.index import Index
from veille.search.query.question import Any, Between, InLanguage, Node, Not, OfItems, OfKind, OfSources, Word


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index.open(tmp_path / "index")
    yield index
    index.close()


def test_a_new_index_is_fresh_and_empty(tmp_path: Path) -> None:
    index = Index.open(tmp_path / "a" / "b")
    assert (index.fresh, index.count(), found(index, "anything"), found(index, "")) == (True, 0, [], [])
    index.write([document(1, "mot")])
    index.close()
    again = Index.open(tmp_path / "a" / "b")
    assert (again.fresh, found(again, "mot")) == (False, [1])


def test_title_text_and_author_are_searched(index: Index) -> None:
    index.write([document(1, title="Éolien"), document(2, "des éoliennes"), document(3, author="Jean Éolien")])
    assert found(index, "eolien ") == [3, 2, 1]
    assert found(index, "EOLI") == [3, 2, 1]


@pytest.mark.parametrize(
    ("text", "lang", "query"),
    [
        ("Les banques annoncent", "fr", "annonce banque "),
        ("Les journaux nationaux", "fr", "journal national "),
        ("Companies were investing", "en", "company invest "),
        ("Les banques", "", "banque "),
        ("The companies", "", "company "),
        ("Die Banken", "de", "banken "),
        ("Un cœur d'œuvre", "fr", "coeur oeuvre "),
        ("un coeur", "fr", "CŒUR "),
        ("L’été à la plage", "fr", "ete "),
        ("@Nasa et #Énergie", "fr", "nasa #energie "),
        ("la 5G", "fr", "5g "),
        ("vente en e-commerce", "fr", "e-commerce "),
    ],
)
def test_forms(index: Index, text: str, lang: str, query: str) -> None:
    index.write([document(1, text, lang=lang), document(2, "tout autre chose", lang=lang)])
    assert found(index, query) == [1]


def test_inflections_follow_the_items_language(index: Index) -> None:
    index.write([document(1, "companies", lang="en"), document(2, "companies", lang="fr"), document(3, "companies")])
    assert found(index, "company ") == [1]


def test_phrases_are_exact_and_stay_in_one_part(index: Index) -> None:
    index.write([
        document(1, "la batterie verte", title="une grande"),
        document(2, "des batteries vertes"),
        document(3, "verte batterie"),
        document(4, "verte", title="batterie"),
        document(5, "batterie batterie verte", lang="en"),
    ])  # fmt: skip
    assert found(index, '"batterie verte"') == [5, 1]
    assert found(index, '"grande la"') == []
    assert found(index, '"batterie verte" -grand') == [5]
    assert found(index, '-"batterie verte"') == [4, 3, 2]


def test_prefixes(index: Index) -> None:
    index.write([document(1, "énergétique"), document(2, "énergie"), document(3, "ère"), document(4, "nuage")])
    assert found(index, "e") == [3, 2, 1]
    assert found(index, "éne") == [2, 1]
    assert found(index, "énergét") == [1]
    assert found(index, "énergies") == [2]  # typed to its end: its other forms too
    assert found(index, "energe* ") == [1]


def test_without(index: Index) -> None:
    index.write([document(1, "vent pluie"), document(2, "vents"), document(3, "soleil")])
    assert found(index, "vent -pluies ") == [2]
    assert found(index, "-vent") == [3]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (OfSources(frozenset({1, 2})), [2, 1]),
        (OfSources(frozenset({2, 99, -1})), [2]),
        (OfSources(frozenset()), []),
        (items(3, 1, 99), [3, 1]),
        (OfItems(b""), []),
        (Not(items(2, 99)), [3, 1]),
        (OfKind(ItemKind.POST), [1]),
        (InLanguage("en"), [3]),
        (InLanguage("xx"), []),
        (Any((OfKind(ItemKind.POST), InLanguage("en"))), [3, 1]),
    ],
)
def test_what_documents_say_of_themselves(index: Index, node: Node, expected: list[int]) -> None:
    index.write([
        document(1, "mot", source=1, kind=ItemKind.POST),
        document(2, "mot", source=2),
        document(3, "mot", source=3, lang="EN-gb"),
    ])  # fmt: skip
    assert found(index, within("mot", node)) == expected
    assert found(index, node) == expected


def test_dates_include_the_start_and_not_the_end(index: Index) -> None:
    index.write([document(n, "mot", hours=n) for n in range(6)])
    start, end = NOW - timedelta(hours=4), NOW - timedelta(hours=2)
    assert found(index, within("mot", Between(start, end))) == [3, 4]
    assert found(index, within("mot", Between(end))) == [0, 1, 2]
    assert found(index, within("mot", Between(None, start))) == [5]
    assert found(index, within("mot since:2026-03-02 until:2026-03-02", Between(start))) == [0, 1, 2, 3, 4]
    assert found(index, Between(end, start)) == []


def test_titles_authors_and_tags(index: Index) -> None:
    index.write([
        document(1, "des banques", title="Énergies"),
        document(2, "énergie", author="Jean Banque"),
        document(3, "énergie", tags=("Transition Énergétique", "#eau", "EAU")),
    ])  # fmt: skip
    assert found(index, "title:energie ") == found(index, 'title:"énergies"') == found(index, "titre:éner") == [1]
    assert found(index, "author:banque ") == found(index, "auteur:ban") == found(index, 'author:"jean banque"') == [2]
    assert found(index, "author:banques ") == []
    assert found(index, "banque ") == [2, 1]


def test_facets_count_what_matches(index: Index) -> None:
    index.write([document(n, "mot", source=n % 3, kind=list(ItemKind)[n % 2], hours=n) for n in range(12)])
    index.write([document(12, "autre", source=1, hours=1)], [0])
    bounds = [NOW - timedelta(hours=hours) for hours in (9, 6, 3, 0)]
    counted = index.facets(Word("mot"), bounds)
    assert counted.sources == {0: 3, 1: 4, 2: 4}
    assert counted.kinds == {ItemKind.ARTICLE: 5, ItemKind.POST: 6}
    assert counted.periods == (3, 3, 3)
    assert index.facets(Word("rien")).sources == {}


def test_a_word_that_nobody_wrote_is_suggested(index: Index) -> None:
    index.write([document(1, "batteries batteries énergie"), document(2, "batterie batterie butterie, électrolyseur")])
    index.write([document(3, "battery", lang="en"), document(4, "東京都の電力")])
    asked = ["baterie", "batetrie", "electrolizeur", "energies", "batterie", "xyz", "", "eneergie" * 20, "東京"]
    assert index.suggest(asked) == {"baterie": "batterie", "batetrie": "batterie", "electrolizeur": "electrolyseur"}
    assert index.suggest(["enregie"]) == {"enregie": "energie"}
    index.write([document(n, "bakery bakeries", lang="en") for n in range(5, 9)])
    assert index.suggest(["batery"]) == {"batery": "battery"}  # a doubled letter is what one errs in most


def test_more_like_an_item(index: Index) -> None:
    index.write([document(n, f"météo du jour {n % 7} et pluie fine") for n in range(30)])
    about = [
        document(100 + n, "une usine de batteries au lithium à Dunkerque emploiera mille personnes") for n in range(3)
    ]
    other = document(200, "le lithium monte en bourse")
    index.write([*about, other])
    node = index.alike(about[1])
    assert set(found(index, node, Order.RELEVANCE)) == {100, 101, 102}
    assert found(index, index.alike(document(300, "zzz")), Order.RELEVANCE) == []
    assert found(index, index.alike(document(300)), Order.RELEVANCE) == []


def test_two_items_may_be_all_that_there_is(index: Index) -> None:
    both = [document(n, "une usine de batteries au lithium", title="Dunkerque") for n in range(2)]
    index.write([*both, document(2, "une usine")], [2])
    assert set(found(index, index.alike(both[0]), Order.RELEVANCE)) == {0, 1}


def test_the_total_is_exact_under_a_limit(index: Index) -> None:
    index.write([document(n, "mot") for n in range(100)])
    for order in Order:
        answer = index.find(Word("mot"), order, 3)
        assert (list(answer.ids), answer.total) == ([99, 98, 97], 100)


def test_relevance(index: Index) -> None:
    index.write([
        document(1, "énergie " + "remplissage " * 20, title="rien à voir"),
        document(2, "remplissage " * 20, title="énergie"),
        document(3, "énergie énergie énergie " + "remplissage " * 18),
        document(4, "remplissage " * 20),
        document(5, "énergie " + "remplissage " * 2000),
    ])  # fmt: skip
    order = found(index, "énergie ", Order.RELEVANCE)
    assert set(order[:2]) == {2, 3}
    assert order[2:] == [1, 5]


def test_what_is_rare_weighs_more(index: Index) -> None:
    index.write([document(1, "rare rare fréquent"), document(2, "rare fréquent fréquent")])
    index.write([document(n, "fréquent") for n in range(3, 30)])
    assert found(index, "rare fréquent ", Order.RELEVANCE) == [1, 2]


def test_equally_good_ones_are_newest_first(index: Index) -> None:
    index.write([document(n, "mot", hours=n % 3) for n in range(9)])
    expected = [6, 3, 0, 7, 4, 1, 8, 5, 2]
    assert found(index, "mot ", Order.RELEVANCE) == expected
    assert found(index, "mot ", Order.DATE) == expected


def test_updates_and_removals(index: Index) -> None:
    index.write([document(1, "avant"), document(2, "avant")])
    index.write([document(1, "après")], [2, 99])
    assert (found(index, "avant"), found(index, "après"), index.count()) == ([], [1], 1)
    index.write([document(3, "un"), document(3, "deux")], [1, 3])
    assert (found(index, "un "), found(index, "deux"), index.count()) == ([], [3], 1)
    index.write([], [3])
    assert (found(index, ""), index.count(), list(index.ids())) == ([], 0, [])


def test_many_commits_stay_few_files(index: Index, tmp_path: Path) -> None:
    for n in range(300):
        index.write([document(n, f"mot numéro{n}", title="titre")], [n - 10] if n % 3 == 0 else [])
    alive = [n for n in range(300) if (n + 10) % 3 or n + 10 > 299]
    assert index.count() == len(alive)
    assert found(index, '"mot numéro250"') == [250]
    assert found(index, "titre ") == alive[::-1]
    assert list(index.ids()) == alive
    assert len(list((tmp_path / "index").glob("*.terms"))) <= 8


def test_a_large_write_becomes_several_segments(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committing, "SEGMENT_WORDS", 10)
    index.write([document(n % 7, f"mot mot mot numéro{n}") for n in range(30)])
    assert found(index, "mot ") == [6, 5, 4, 3, 2, 1, 0]
    assert found(index, "numéro29 ") == [1]
    assert found(index, "numéro22 ") == []


def test_another_reader_sees_each_commit(index: Index, tmp_path: Path) -> None:
    reader = Index.open(tmp_path / "index", write=False)
    assert (reader.fresh, found(reader, "mot")) == (False, [])
    for n in range(20):
        index.write([document(n, "mot")])
        assert len(found(reader, "mot ")) == n + 1


def test_reading_makes_nothing(tmp_path: Path) -> None:
    reader = Index.open(tmp_path / "none", write=False)
    assert (reader.fresh, found(reader, "mot"), reader.count()) == (True, [], 0)
    assert not (tmp_path / "none").exists()


def test_another_format_is_made_anew(index: Index, tmp_path: Path) -> None:
    index.write([document(1, "mot")])
    index.close()
    (tmp_path / "index" / "format").write_text("0")
    again = Index.open(tmp_path / "index")
    assert (again.fresh, found(again, "mot")) == (True, [])


def test_odd_documents(index: Index) -> None:
    odd = ["", "\0\ud7ff", "x" * 100_000, "mot " * 80_000, "🔋 ½ ﷽", "a\u0301" * 50, "日本語 テキスト", "'" * 1000]
    index.write([document(n, text, title=text, author=text) for n, text in enumerate(odd)])
    assert index.count() == len(odd)
    assert found(index, "mot ") == [3]
    assert found(index, "x" * 90_000) == [2]
    assert found(index, "日本語 ") == [6]
