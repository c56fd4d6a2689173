"""What a word is, and which forms of it are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veille.content.text import fold
from veille.search.analysis import LONGEST, english, french, spans, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’énergie d'aujourd'hui, qu'il n'a", ["energie", "aujourd", "hui", "il", "a"]),
        ("Cœur ŒUVRE Æsir straße", ["coeur", "oeuvre", "aesir", "strasse"]),
        ("the company's plan; O'Reilly", ["the", "company", "plan", "o", "reilly"]),
        ("e-commerce COVID-19 U.S.", ["e", "commerce", "covid", "19", "u", "s"]),
        ("@nasa #AI_Act", ["nasa", "ai", "act"]),
        ("cafe\u0301 Intel™ ½", ["cafe", "intel", "1", "2"]),
        ("🔋 — …", []),
        ("x" * 100, ["x" * LONGEST]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("aéL'’ œß™½e\u0301-qus ")), max_size=60))
def test_spans_are_the_words_and_where_they_stand(text: str) -> None:
    found = spans(text)
    assert [word for _start, _end, word in found] == tokens(text)
    assert all(0 <= start < end <= len(text) for start, end, _word in found)


@pytest.mark.parametrize(
    "forms",
    [
        "annonce annonces annoncé annoncée annoncés annoncées annoncer annonçait annoncent annoncera",
        "banque banques", "réseau réseaux", "cheval chevaux", "travail travaux", "journal journaux",
        "national nationale nationaux nationales", "nouveau nouveaux nouvelle nouvelles",
        "actif active actifs activité",
        "président présidente présidents présidentes", "premier première premiers premières",
        "développer développement développé développent", "français française françaises", "œuvre œuvres",
        "énergie énergies", "heureux heureuse", "régulateur régulation régulateurs",
        "investir investissement investissent",
    ],
)  # fmt: skip
def test_french_forms_are_one_word(forms: str) -> None:
    assert len({french(fold(form)) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    "forms",
    [
        "company companies", "battery batteries", "invest invests invested investing investment", "buy buys buying",
        "announce announced announcing announcement", "price prices pricing", "regulator regulation regulators",
    ],
)  # fmt: skip
def test_english_forms_are_one_word(forms: str) -> None:
    assert len({english(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(("one", "other"), [("banque", "banquise"), ("prix", "prise"), ("marge", "marche")])
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert french(one) != french(other)


@given(st.text(alphabet="abcdeghilmnoprstuvy0123é中", min_size=1, max_size=50))
def test_stems_are_words_that_folding_leaves_alone(text: str) -> None:
    for word in tokens(text):
        assert french(word) == fold(french(word)) != ""
        assert english(word) == fold(english(word)) != ""
