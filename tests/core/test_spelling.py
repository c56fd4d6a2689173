"""What was perhaps meant."""

import pytest

from veille.core.naming import Labels
from veille.core.searching.spelling import respelt, unsure
from veille.search.query.question import All, Any, Beginning, Node, Not, Part, Phrase, Word

LABELS = Labels({1: "Gridmoor", 2: "The Wind Farm"})


def words(root: Node, begins: bool = False) -> list[str]:
    return [each.text for each in unsure(root, LABELS, lambda _node: begins)]


def test_what_may_be_misspelt():
    typed = Word("batery", at=(0, 6))
    assert words(typed) == ["batery"]
    assert words(All((typed, Word("title", Part.TITLE, at=(7, 20))))) == ["batery", "title"]
    assert words(Not(typed)) == words(Phrase(("batery",), at=(0, 6))) == words(Beginning("bat", at=(0, 3))) == []
    assert words(Word("batery")) == []  # it stands nowhere
    assert words(All((typed, Word("gridmoor", at=(7, 15))))) == ["batery"]


def test_a_word_in_the_typing_is_not_yet_misspelt():
    typing = Any((Word("batt", at=(0, 4)), Beginning("batt", at=(0, 4))))
    assert words(typing, begins=True) == []
    assert words(typing, begins=False) == ["batt"]
    assert words(Any((Word("gri", at=(0, 3)), Beginning("gri", at=(0, 3))))) == []


@pytest.mark.parametrize(
    ("typed", "spans", "expected"),
    [
        ("batery", [(0, 6)], "battery"),
        ("SODIUM  Batery OR -x kind:POST", [(8, 14)], "SODIUM  battery OR -x kind:POST"),
        ("batery batery solr", [(0, 6), (7, 13), (14, 18)], "battery battery solar"),
        ("title:(batery*)", [(7, 13)], "title:(battery*)"),
        ("l’batery", [(0, 8)], "l’battery"),
        ("solr-batery", [(0, 11), (0, 11)], "solar-battery"),
        ("🔋 batery", [(2, 8)], "🔋 battery"),
        ("other", [(0, 5)], "other"),
    ],
)
def test_better_words_where_they_stand(typed: str, spans: list[tuple[int, int]], expected: str):
    found = [Word("any", at=span) for span in spans]
    assert respelt(typed, found, {"batery": "battery", "solr": "solar"}) == expected
