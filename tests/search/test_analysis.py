"""What a word is, and which forms of it are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veille.content.text import fold
from veille.search.analysis import LONGEST, english, french, placed, row, spans, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’énergie d'aujourd'hui, qu'il n'a", ["energie", "aujourd", "hui", "il", "a"]),
        ("Cœur ŒUVRE Æsir straße", ["coeur", "oeuvre", "aesir", "strasse"]),
        ("the company's plan; O'Reilly", ["the", "company", "plan", "o", "reilly"]),
        ("e-commerce COVID-19 U.S.", ["e", "commerce", "covid", "19", "u", "s"]),
        ("@nasa #AI_Act", ["nasa", "ai", "act"]),
        ("cafe\u0301 Intel™ ½", ["cafe", "intel", "1", "2"]),
        ("🔋 — …", ["🔋"]),
        ("Le YouTube de #YouTube", ["le", "youtube", "de", "youtube"]),
        ("x" * 100, ["x" * LONGEST]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("👍🏽👍👍🏿", ["👍", "👍", "👍"]),
        ("☎️ ☎ ☎︎", ["☎", "☎", "☎"]),
        ("🤷🏽‍♀️ 🤷‍♂ 🤷", ["🤷", "🤷", "🤷"]),
        ("🏳️‍🌈 👩🏾‍🔬 👨‍👩‍👧", ["🏳", "🌈", "👩", "🔬", "👨", "👩", "👧"]),
        ("🇫🇷🇪🇺 🇫", ["🇫🇷", "🇪🇺", "🇫"]),
        ("🏴\U000e0067\U000e0062\U000e007f🏴", ["🏴\U000e0067\U000e0062\U000e007f", "🏴"]),
        ("1️⃣ an1⃣ #️⃣ #1", ["1", "an", "1", "#⃣", "1"]),
        ("©️ ™ © ✓ → ❤", ["©", "❤"]),
        ("🔋verte☀️été", ["🔋", "verte", "☀", "ete"]),
        ("🏽", ["🏽"]),
        ("\u200d👍\u200d \ufe0f", ["👍"]),
    ],
)
def test_an_emoji_is_a_word(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("text", "inside", "beside"),
    [
        ("#TransitionEnergetique", "transition energetique", "transitionenergetique"),
        ("@JeanDupont", "jean dupont", "jeandupont"),
        ("#EnergyTransition2030", "energy transition 2030", "energytransition2030 transition2030"),
        ("#COP30Belem", "cop belem", "cop30belem cop30 30 30belem"),
        ("#iPhoneSecurity", "iphone security", "iphonesecurity"),
        ("#MarchePourLa6eRépublique", "marche pour la e republique", "6e la6 6 la6e marchepourla6erepublique"),
        ("#LesONGsEuropéennes", "les ongs europeennes", "lesongseuropeennes"),
        ("#IAAct #NATO #nasa", "ia act nato nasa", "iaact"),
        ("#B2BSales", "b b sales", "2 b2 2b b2b b2bsales"),
        ("#E\u0301nergieVerte", "energie verte", "energieverte"),
        ("#Loi_TransitionÉnergie", "loi transition energie", "transitionenergie"),
        ("la #VilleVerte de JeanDupont", "la ville verte de jeandupont", "villeverte"),
        ("un@DeuxTrois.QuatreCinq", "un deux trois quatrecinq", "deuxtrois"),
        ("# @ #_ @_", "", ""),
    ],
)
def test_words_inside_a_hashtag_are_in_the_row_and_the_whole_beside_them(text: str, inside: str, beside: str) -> None:
    assert row(text) == inside.split()
    assert {word for _place, word in placed(text)} == {*inside.split(), *beside.split()}


def test_the_row_goes_on_after_a_hashtag() -> None:
    assert list(placed("la #VilleVerte @ici\nbas", 10)) == [
        (10, "la"), (11, "ville"), (11, "villeverte"), (12, "verte"), (13, "ici"), (15, "bas")]  # fmt: skip


WRITTEN = st.text(
    alphabet=st.one_of(
        st.characters(), st.sampled_from("aAéÉBLs'’ œß™½e\u0301-qus #@_123\n👍🏽👩\u200d🔬\ufe0f\u20e3♀🇫🇷ℹ\U000e0067")),
    max_size=60)  # fmt: skip


@given(WRITTEN, st.integers(0, 9))
def test_spans_are_the_words_and_where_they_stand(text: str, most: int) -> None:
    found = spans(text)
    words = [(each.place, each.word) for each in found]
    assert words == list(placed(text)) == sorted(words, key=lambda each: each[0])
    assert list(placed(text, 5, most)) == [(place + 5, word) for place, word in words if place < most]
    assert all(0 <= each.start < each.end <= len(text) for each in found)


@given(WRITTEN)
def test_every_word_of_a_text_is_one_that_can_be_asked_for(text: str) -> None:
    words = [word for _place, word in placed(text)]
    assert set(tokens(text)) <= set(words)
    assert set(row(text)) <= set(words)
    assert all(tokens(word) == [word] for word in words)
    assert len(words) < 10 * len(text) + 1


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
