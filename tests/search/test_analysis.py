"""What a word is, and which forms of it are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.search.written import LATIN_TEXTS, TEXTS
from veille.content.text import fold
from veille.search.words import chains, cjk, latin
from veille.search.words.analysis import LONGEST, Asked, asked, english, french, placed, row, spans, tokens
from veille.search.words.elisions import elided


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


def words_with_places(text: str) -> list[tuple[int, str]]:
    return [(each.place, each.word) for each in spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e-commerce", "e=ecommerce commerce"),
        ("un porte‑avions à Saint‐Denis", "un porte=porteavions avions a saint=saintdenis denis"),
        ("COVID-19, F-16A", "covid=covid19 19 f=f16a 16a"),
        ("l’e-commerce d'avant-garde", "e=ecommerce commerce avant=avantgarde garde"),
        ("Coca-Cola's state-of-the-art", "coca=cocacola cola state=stateoftheart of the art"),
        ("cœur-à-cœur", "coeur=coeuracoeur a coeur"),
        ("#Covid-19 #AI-Act", "covid=covid19 19 ai=aiact act"),
        ("#VilleVerte-2030", "ville=villeverte verte 2030"),
        ("rendez-vous, vis-à-vis, add-on", "rendez=rendezvous vous vis=visavis a vis add=addon on"),
        ("est-il, dit-elle, a-t-on, va-t-il, peut-on, était-ce", "est il dit elle a t on va t il peut on etait ce"),
        ("celui-ci, ces jours-là, là-bas, elles-mêmes", "celui ci ces jours la la bas elles memes"),
        ("prends-en, vas-y, dis-moi", "prends=prendsen en vas y dis moi"),
        ("2024-01-15, 2019-2020, 06-12", "2024 01 15 2019 2020 06 12"),
        ("a-b-c-d, a-b-c-d-e", "a=abcd b c d a b c d e"),
        (f"{'x' * 20}-{'y' * 20} {'x' * 20}-{'y' * 21}",
         f"{'x' * 20}={'x' * 20}{'y' * 20} {'y' * 20} {'x' * 20} {'y' * 21}"),
        ("auto-\nmobile -dire Paris–Lyon a--b pro- et", "auto mobile dire paris lyon a b pro et"),
        ("½-finale 東京-大阪", "1 2 finale 東京 京 大阪 阪"),
        ("jean_du-bois user@mail-box.org", "jean du=dubois bois user mail=mailbox box org"),
    ],
)  # fmt: skip
def test_what_hyphens_join_is_also_one_word(text: str, expected: str) -> None:
    """Here "=" stands before the word that is at the place of the one before it."""
    found, before = "", -1
    for place, word in placed(text.replace("\n", " ")):
        found += f"={word}" if place == before else f" {word}"
        before = place
    assert found[1:] == expected
    assert [word for _place, word in placed(text)] == expected.replace("=", " ").split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("東京都", "東京 京都 都"),
        ("東", "東"),
        ("日本Sony株2社", "日本 本 sony 株 2 社"),
        ("東京、大阪。", "東京 京 大阪 阪"),
        ("한국어 뉴스", "한국 국어 어 뉴스 스"),
        ("メモ", "メモ モ"),
        ("ﾄﾞｲﾂ ト\u3099イツ ドイツ", "ドイ イツ ツ ドイ イツ ツ ドイ イツ ツ"),
        ("\u1112\u1161\u11ab\u1100\u116e\u11a8 한국", "한국 국 한국 국"),
        ("人々のコーヒー", "人々 々の のコ コー ーヒ ヒー ー"),
        ("𠮷野家", "𠮷野 野家 家"),
        ("㈠ 〇", "一 〇"),
        ("#東京2020 @東京Tower", "東京 京 2020 東京 京 tower"),
        ("東京👍都", "東京 京 👍 都"),
    ],
)
def test_chinese_japanese_and_korean_are_read_by_two(text: str, expected: str) -> None:
    assert tokens(text) == [word for _place, word in placed(text)] == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＡＢＣ１２３ ｅ", "abc123 e"),
        ("ﬁn ﬂeur Ǆ ĳs", "fin fleur dz ijs"),
        ("Ａ\u0301", "a"),
        ("in\u00adter\u00adna\u00adtio\u00adnal", "international"),
        ("l\u00ad'eau", "eau"),
        ("İstanbul Łódź Đorđe Þór", "istanbul lodz dorde thor"),
        ("ΣΊΣΥΦΟΣ Ёлка", "σισυφοσ елка"),
        ("ç’a e\u0301l'eau ʼn", "a el eau n"),
    ],
)
def test_ways_of_writing_a_letter_are_one(text: str, expected: str) -> None:
    assert tokens(text) == expected.split()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("énergie", [("energie",)]),
        ("l'Énergie", [("energie",)]),
        ("e-commerce", [("ecommerce", ("e", "commerce"))]),
        ("dit-elle", [("dit",), ("elle",)]),
        ("2024-01-15", [("", ("2024", "01", "15"))]),
        ("a-b-c-d-e", [("", ("a", "b", "c", "d", "e"))]),
        ("#VilleVerte @Jean_Dupont", [("villeverte",), ("jean",), ("dupont",)]),
        ("#Covid-19 #VilleVerte-19", [("covid19", ("covid", "19")), ("villeverte",), ("19",)]),
        ("東京都知", [("", ("東京", "京都", "都知"))]),
        ("東京", [("東京",)]),
        ("東", [("東", (), True)]),
        ("日本Sony株", [("日本",), ("sony",), ("株", (), True)]),
        ("东京-Sony", [("东京",), ("sony",)]),
        ("👍🏽", [("👍",)]),
        ("½", [("1",), ("2",)]),
        ("— ' …", []),
    ],
)
def test_how_something_typed_is_looked_up(typed: str, expected: list[tuple[object, ...]]) -> None:
    assert asked(typed) == [Asked(*each) for each in expected]


def finds(each: Asked, text: str) -> bool:
    """Whether ``text`` has what is looked up."""
    there = words_with_places(text)
    words = {word for _place, word in there}
    if each.beginning:
        return any(word.startswith(each.whole) for word in words)
    row = any(set(enumerate(each.parts, place)) <= set(there) for place, _word in there) if each.parts else False
    return row or each.whole in words


@given(TEXTS, st.sampled_from(["", " ", "vu "]), st.sampled_from(["", " ", " vu", "\n"]))
def test_what_is_typed_finds_every_text_that_has_it(typed: str, before: str, after: str) -> None:
    assert all(finds(each, before + typed + after) for each in asked(typed))


@given(st.text(alphabet="東京都カーﾞ한", min_size=1, max_size=6), st.text(alphabet="東京都カー한a ", max_size=4))
def test_a_piece_of_a_run_of_characters_finds_it(typed: str, around: str) -> None:
    if not typed.startswith("ﾞ"):  # it belongs to what is before it
        assert all(finds(each, around + typed + around) for each in asked(typed))


@given(TEXTS, st.integers(0, 9))
def test_spans_are_the_words_and_where_they_stand(text: str, most: int) -> None:
    found = spans(text)
    words = words_with_places(text)
    assert words == list(placed(text)) == sorted(words, key=lambda each: each[0])
    assert list(placed(text, 5, most)) == [(place + 5, word) for place, word in words if place < most]
    assert all(0 <= each.start < each.end <= len(text) for each in found)


@given(LATIN_TEXTS)
def test_latin_letters_read_at_once_are_the_same_words(text: str) -> None:
    plain = elided(text)
    assert spans(text) == chains.spans(plain)
    assert tokens(text) == list(chains.words(plain))


def test_most_texts_are_read_at_once() -> None:
    assert latin.level("L’Été\u202f: “Ça” coûte 5\u00a0€…\n") == b"l'ete    ca  coute 5   \n"
    assert latin.level("→ ŁódŹ ʼt – a‑b_c #d @e") == b"  lodz 't   a-b_c #d @e"
    for text in ("été 👍", "½", "un\u00ad", "e\u0301", "1\ufe0f\u20e3", "©\ufe0f", "中", "Ω"):
        assert latin.level(text) is None


@given(TEXTS)
def test_every_word_of_a_text_is_one_that_can_be_asked_for(text: str) -> None:
    words = [word for _place, word in placed(text)]
    assert set(tokens(text)) <= set(words)
    assert set(row(text)) <= set(words)
    assert all(
        tokens(word)[0] == word and len(tokens(word)) == 1 + (len(word) > 1 and cjk.within(word)) for word in words
    )
    assert len(words) < 10 * len(text) + 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l'e-commerce en ligne", "e commerce en ligne"),
        ("東京都", "東京 京都"),
        ("東京 東", "東京 京 東"),
        ("日本Sony", "日本 本 sony"),
        ("la #VilleVerte", "la ville verte"),
    ],
)
def test_a_phrase_is_the_row_of_words(text: str, expected: str) -> None:
    assert row(text) == expected.split()


@pytest.mark.parametrize(
    "forms",
    """
    annonce annonces annoncé annoncée annoncés annoncées annoncer annonçait annoncent annoncera
    banque banques
    réseau réseaux
    cheval chevaux
    travail travaux
    journal journaux
    national nationale nationaux nationales
    nouveau nouvel nouveaux nouvelle nouvelles
    beau bel belle beaux belles
    vieux vieille vieilles
    actif active actifs activité
    président présidente présidents présidentes
    premier première premiers premières
    étranger étrangère étrangers étrangères
    danger dangers
    conseiller conseillère conseillers
    directeur directrice directeurs directrices
    vendeur vendeuse vendeurs
    développer développement développé développent
    français française françaises
    chinois chinoise chinoises
    canadien canadienne canadiens
    heureux heureuse heureuses
    nombreux nombreuse nombreuses
    public publique publics publiques
    grec grecque grecs
    blanc blanche blancs blanches
    long longue
    petit petite petits petites
    précise précisent préciser
    œuvre œuvres
    énergie énergies
    entreprise entreprises
    loi lois
    emploi emplois emploie employer employé
    essai essais
    lieu lieux
    enjeu enjeux
    bijou bijoux
    euro euros
    média médias
    photo photos
    élu élue élus
    prévu prévue prévus prévues
    ami amis
    appeler appelle appellent appelé
    payer paie payé payent
    vendre vend vendent
    répondre répond
    perdre perd
    parent parents
    présent présente présents
    violent violente violents
    régulateur régulation régulateurs
    investir investissement investissent
    """.strip().split("\n"),
)
def test_french_forms_are_one_word(forms: str) -> None:
    assert len({french(fold(form)) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    "forms",
    """
    company companies
    battery batteries
    study studies
    invest invests invested investing investment
    buy buys buying bought
    sell sells selling sold
    announce announced announcing announcement
    price prices pricing
    regulator regulation regulators
    analysis analyses
    crisis crises
    woman women
    index indexes indices
    """.strip().split("\n"),
)
def test_english_forms_are_one_word(forms: str) -> None:
    assert len({english(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("banque", "banquise"), ("prix", "prise"), ("marge", "marche"), ("par", "parents"), ("près", "présent"),
        ("viol", "violent"), ("conte", "content"), ("loi", "loyer"), ("foi", "foyer"), ("Paris", "pari"),
        ("pays", "payé"), ("peu", "peux"), ("mobilier", "mobilise"), ("pétition", "petit"), ("univers", "université"),
        ("mai", "mais"), ("fois", "foi"), ("moi", "mois"), ("plu", "plus"), ("bas", "base"), ("cas", "case"),
    ],
)  # fmt: skip
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert french(fold(one)) != french(fold(other))


@given(st.text(alphabet="abcdeghilmnoprstuvy0123é中", min_size=1, max_size=50))
def test_stems_are_words_that_folding_leaves_alone(text: str) -> None:
    for word in tokens(text):
        assert french(word) == fold(french(word)) != ""
        assert english(word) == fold(english(word)) != ""
