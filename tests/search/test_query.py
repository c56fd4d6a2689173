"""The parser: what it understands, in both languages, and what it says of the rest."""

from datetime import UTC, datetime

import pytest

from tests.search.trees import said, words
from veille import i18n
from veille.search.query.lexer import begun_at_end
from veille.search.query.parsing import parse
from veille.search.query.question import Question

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday


def read(text: str, typing: bool = False) -> Question:
    return parse(text, NOW, typing=typing)


WORDS = [
    ("", "everything"),
    ("   ", "everything"),
    ("énergie", "energie"),
    ("e\u0301", "e"),
    ("fibre tarif", "(fibre & tarif)"),
    ("fibre fibre", "fibre"),
    ("Œuvres d’art", "(oeuvres & art)"),
    ("l'énergie", "energie"),
    ("e-commerce", '(ecommerce | "e commerce")'),
    ("-e-commerce", '-(ecommerce | "e commerce")'),
    ("titre:e-commerce", '(title:ecommerce | title:"e commerce")'),
    ("@Nasa #IA", "(nasa & ia)"),
    ("#VilleVerte", "villeverte"),
    ("@jean_dupont", "(jean & dupont)"),
    ("@jean@mastodon.example", "(jean & mastodon & example)"),
    ("👍🏽", "👍"),
    ("🇫🇷 👩‍🔬", "(🇫🇷 & 👩 & 🔬)"),
    ("vert🔋", "(vert & 🔋)"),
    ("👍* vill*", "(👍* & vill*)"),
    ("東京都", '"東京 京都"'),
    ("東京", "東京"),
    ("東", "東*"),
    ("a & b", "(a & b)"),
    ("R&D", "(r & d)"),
    ("-", "everything"),
    ("@", "everything"),
    ("#", "everything"),
    ("https://example.org/x?y=1#z", "(https & example & org & x & y & 1 & z)"),
    ("12:30 c:\\temp", "(12 & 30 & c & temp)"),
    ('"exact phrase"', '"exact phrase"'),
    ("« l'énergie verte »", '"energie verte"'),
    ('"pluie"', '"pluie"'),
    ('"la #VilleVerte 🌳"', '"la ville verte 🌳"'),
    ('"le e-commerce"', '"le e commerce"'),
    ('27" monitor', "(27 & monitor)"),
    ("ener*", "ener*"),
    ("l’éner*", "ener*"),
]
JOINED = [
    ("-pluie", "-pluie"),
    ('-"mauvais temps"', '-"mauvais temps"'),
    ("a -b", "(a & -b)"),
    ("a-b", '(ab | "a b")'),
    ("a - b", "(a & b)"),
    ("--a", "a"),
    ("-(a b)", "-(a & b)"),
    ("-(-a)", "a"),
    ("NOT a", "-a"),
    ("SAUF a NON b", "(-a & -b)"),
    ("NOT NOT a", "a"),
    ("NOT -a", "a"),
    ("not a", "(not & a)"),
    ("-OR", "-or"),
    ("a OR b", "(a | b)"),
    ("a OU b", "(a | b)"),
    ("a or b", "(a & or & b)"),
    ("a AND b ET c", "(a & b & c)"),
    ("a b OR c d", "((a & b) | (c & d))"),
    ("a (b OR c) d", "(a & (b | c) & d)"),
    ("a -b OR NOT c", "((a & -b) | -c)"),
    ("(a OR (b OR c))", "(a | b | c)"),
    ("a (b (c))", "(a & b & c)"),
    ("((((a))))", "a"),
    ("(a OR b", "(a | b)"),
    ("a) b", "(a & b)"),
    ("a(b)c", "(a & b & c)"),
    ("NOT(a b)", "-(a & b)"),
    ("a OR since:x", "a"),
    (":) a", "a"),
]
OPERATORS = [
    ("title:energy", "title:energy"),
    ("titre:l’énergie", "title:energie"),
    ("title:ener*", "title:ener*"),
    ('TITLE:"solar power"', 'title:"solar power"'),
    ("title:(a OR b) c", "((title:a | title:b) & c)"),
    ('-titre:(a "b c")', '-(title:a & title:"b c")'),
    ("title:(a author:b (c))", "(title:a & author:b & title:c)"),
    ("author:dupont", "author:dupont"),
    ("auteur:dupont par:dup*", "(author:dupont & author:dup*)"),
    ('sector:"Énergie & batteries"', "InSector:Énergie & batteries"),
    ("secteur:énergie OR sector:health", "(InSector:énergie | InSector:health)"),
    ("sector:(energy OR -health)", "(InSector:energy | -InSector:health)"),
    ("-sector:energy", "-InSector:energy"),
    ("source:lemonde.fr", "FromSource:lemonde.fr"),
    ("source:ener*", "FromSource:ener"),
    ("source:https://example.org/a", "FromSource:https://example.org/a"),
    ("kind:post", "kind:post"),
    ("type:articles OR genre:message", "(kind:article | kind:post)"),
    ("lang:fr langue:anglais", "(InLanguage:fr & InLanguage:en)"),
    ("lang:français OR lang:en-GB OR lang:xx", "(InLanguage:fr | InLanguage:en | InLanguage:xx)"),
    ("tag:climate", "Tagged:climate"),
    ('étiquette:"#à lire" MOT-CLÉ:x motcle:y', "(Tagged:à lire & Tagged:x & Tagged:y)"),
    ("e\u0301tiquette:x", "Tagged:x"),
    ("is:saved", "is:saved"),
    ("est:enregistrée est:non-lu", "(is:saved & is:unread)"),
    ("is:read est:non-enregistré", "(-is:unread & -is:saved)"),
    ('-is:read est:"non lu"', "is:unread"),
    ("has:note a:note avec:note", "is:noted"),
    ("a:b", "(a & b)"),
    ("like:12 comme:13", "(Like:12 & Like:13)"),
    ("since:2026-02-01", "2026-02-01.."),
    ("depuis:2026-02", "2026-02-01.."),
    ("until:2026-02-01", "..2026-02-02"),
    ("jusqu'à:2025", "..2026-01-01"),
    ("jusqu’au:2026-01", "..2026-02-01"),
    ("jusqua:yesterday", "..2026-03-02"),
    ("since:aujourd'hui", "2026-03-02.."),
    ("since:-7d", "2026-02-23.."),
    ("depuis:−7j", "2026-02-23.."),
    ("depuis:mardi", "2026-02-24.."),
    ('depuis:"la semaine dernière"', "2026-02-23.."),
    ("until:last-week", "..2026-03-02"),
    ("a since:-2w until:today since:-1d", "(a & 2026-03-01..2026-03-03)"),
    ("a since:2025 OR until:2020", "((a & 2025-01-01..) | ..2021-01-01)"),
    ("-since:2025", "-2025-01-01.."),
    ("SINCE:today", "2026-03-02.."),
]


@pytest.mark.parametrize(("text", "expected"), [*WORDS, *JOINED, *OPERATORS])
def test_it_understands(text: str, expected: str) -> None:
    assert said(read(text).root) == expected
    assert said(read(f" {text} ").root) == expected


@pytest.mark.parametrize("text", [text for text, _expected in (*WORDS, *JOINED, *OPERATORS) if "since:x" not in text])
def test_what_is_understood_is_not_complained_of(text: str) -> None:
    assert read(text).notes == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("énergie", "(energie | energie*)"),
        ("énergie ", "energie"),
        ("e\u0301", "(e | e*)"),
        ("a b", "(a & (b | b*))"),
        ("a a", "(a & (a | a*))"),
        ("l’éner", "(ener | ener*)"),
        ("l’", "everything"),
        ("a d'", "a"),
        ("e-comm", '(ecomm | "e comm" | ecomm*)'),
        ("#villeV", "(villev | villev*)"),
        ("@jean_dup", "(jean & (dup | dup*))"),
        ("title:wor", "(title:wor | title:wor*)"),
        ("par:dup", "(author:dup | author:dup*)"),
        ("title:(a wor", "(title:a & (title:wor | title:wor*))"),
        ("a (b OR wor", "(a & (b | wor | wor*))"),
        ("a (b OR wor)", "(a & (b | wor))"),
        ("a, ", "a"),
        ("a.", "a"),
        ("-wor", "-wor"),
        ("-(a wor", "-(a & wor)"),
        ("wor*", "wor*"),
        ("vert🔋", "(vert & 🔋)"),
        ("東", "東*"),
        ("a OR", "a"),
        ("a OR ", "a"),
        ("a NOT ", "a"),
        ("a (", "a"),
        ("title:", "everything"),
        ("title:(", "everything"),
        ('source:"Le Mon', "FromSource:Le Mon"),
        ("sector:ener", "InSector:ener"),
        ("garde-", "(garde | garde*)"),
        ("garde -", "garde"),
        ("dit-o", '(dito | "dit o" | dito* | (dit & o*))'),
        ("lui-mê", '(luime | "lui me" | luime* | (lui & me*))'),
        ("Côte-d", '(coted | "cote d" | coted* | cote)'),
        ("Côte-d’", "cote"),
        ("le 2026-0", '(le & ("2026 0" | (2026 & 0*)))'),
        ('"l’', "everything"),
        ('"fin d’', '"fin"'),
        ("-dit-o", '-(dito | "dit o")'),
        ("36,2 %", "(36 & 2)"),
        ("kind:po", "kind:post"),
        ("est:non", "(is:unread | -is:saved)"),
        ("-est:non", "everything"),
        ("is:h", "is:highlighted"),
        ("is:hid", "everything"),
        ("is:hidden", "is:hidden"),
        ("est:masqu", "everything"),
        ("lang:ital", "InLanguage:it"),
        ("lang:fra", "InLanguage:fr"),
        ("lang:f", "everything"),
        ("tag:#", "everything"),
        ('sector:"*"', "InSector:*"),
        ("sector:ener*", "InSector:ener"),
        ('tag:"a*"', "Tagged:a*"),
        ("since:2026-0", "everything"),
        ("depuis:hi", "everything"),
        ("until:-", "everything"),
        ('"', "everything"),
        ('"appel', "(appel | appel*)"),
        ("\"appel d'off", '("appel" & (off | off*))'),
        ("\"appel d'offres ", '"appel offres"'),
        ('titre:"appel pub', '(title:"appel" & (title:pub | title:pub*))'),
        ('a -"b c', '(a & -("b" & c))'),
    ],
)
def test_while_typing_nothing_is_complained_of(text: str, expected: str) -> None:
    question = read(text, typing=True)
    assert said(question.root) == expected
    assert question.notes == ()


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("OU a", "“OU” has nothing to join here and was ignored."),
        ("a OR OR b", "“OR” has nothing to join here and was ignored."),
        ("(a OR) b", "“OR” has nothing to join here and was ignored."),
        ("a SAUF OU b", "“SAUF” has nothing to join here and was ignored."),
        ("a ()", "There is nothing between the parentheses."),
        ("*é* ", "A * is understood only at the end of a word."),
        ("* ", "A * is understood only at the end of a word."),
        ("→→→→ ", "There is nothing to search for in “→→→→”."),
        ('"..." ', "There is nothing to search for in “...”."),
        ("since:2026-02-31", "“since:2026-02-31” was ignored: a date is 2026-03-09, yesterday or 7d, for example."),
        ("since:99999999d", "“since:99999999d” was ignored: a date is 2026-03-09, yesterday or 7d, for example."),
        ("until:0000", "“until:0000” was ignored: a date is 2026-03-09, yesterday or 7d, for example."),
        ("kind:film", "“kind:film” was ignored; possible: article, post."),
        ("type:(post OR film)", "“film” was ignored; possible: article, post."),
        (
            "is:blue",
            "“is:blue” was ignored; possible: saved, unread, read, unsaved, flagged, noted, highlighted, hidden.",
        ),
        ("has:hope", "“has:hope” was ignored; possible: note, highlight."),
        ("lang:klingon", "“lang:klingon” was ignored: Veille knows no such language."),
        ("like:me", "“like:me” was ignored: it takes the number of an item."),
        ("like:" + "9" * 19, "“like:9999999999999999999” was ignored: it takes the number of an item."),
        ('tag:"#"', '“tag:"#"” is not understood and was ignored.'),
        ("since: 2026", "“since:” needs a value right after it, without a space."),
        ("heading:energy ", "“heading:” is not understood; its words were searched."),
        ("since:today until:2020", "The dates leave nothing: “since” is after “until”."),
        (" ".join(f"w{n}" for n in range(40)), "Only the first 32 words were searched."),
        ("東" * 40, "Only the first 32 words were searched."),
        (" ".join(f'"a{n}"' for n in range(9)), "Only the first 8 phrases were searched."),
        ('"' + "mot " * 33 + '"', "Only the first 32 words of a phrase were searched."),
        (" ".join(f"tag:{n}" for n in range(17)), "Only the first 16 conditions like “tag:” were read."),
        ("(" * 21 + "a", "Parentheses nested more than 20 deep were ignored."),
        ("x" * 5000, "Only the first 4000 characters were read."),
    ],
)
@pytest.mark.parametrize("typing", [True, False])
def test_what_is_not_understood_is_said(text: str, note: str, typing: bool) -> None:
    assert note in read(text, typing).notes


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("a OR", "“OR” has nothing to join here and was ignored."),
        ("(a OU", "“OU” has nothing to join here and was ignored."),
        ("a NOT", "“NOT” has nothing to join here and was ignored."),
        ("(((", "There is nothing between the parentheses."),
        ("title:", "“title:” needs a value right after it, without a space."),
        ("kind:po", "“kind:po” was ignored; possible: article, post."),
        ("since:2026-0", "“since:2026-0” was ignored: a date is 2026-03-09, yesterday or 7d, for example."),
    ],
)
def test_what_is_not_finished_is_said_when_it_is_no_longer_typed(text: str, note: str) -> None:
    assert read(text).notes == (note,)
    assert read(text, typing=True).notes == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wind sect", ("sect", 5, "sector:")),
        ("(a OR se", ("se", 6, "sector:")),
        ("secte", ("secte", 0, "secteur:")),
        ("œuvre d", ("d", 6, "d’")),
        ('"fin jus', ("jus", 5, "jusqu'à:")),
        ("a SAU", ("SAU", 2, "SAUF")),
        ("a O", ("O", 2, "OR")),
        *((text, None) for text in ("", "k", "sect ", "-sect", "garde-se", "sector:", "a x", "sect1", "é", "\0")),
        ("a" * 100_000, None),
        ("a-" * 100_000 + "1", None),
    ],
)
def test_what_is_perhaps_no_word_yet(text: str, expected: tuple[str, int, str] | None) -> None:
    assert begun_at_end(text) == expected


def test_it_is_named_in_the_language_of_the_person() -> None:
    i18n.use("fr")
    assert begun_at_end("sect") == ("sect", 0, "secteur:")


def test_a_quotation_mark_that_is_missing() -> None:
    question = read('"open words')
    assert said(question.root) == "(open & words)"
    assert question.notes == ("A quotation mark is missing: the words were searched one by one.",)
    assert read('"open kind:post words', typing=True).notes == question.notes  # it has taken in what was not meant
    assert read('"open words', typing=True).notes == ()


def test_the_rest_still_works() -> None:
    question = read('(solar OR wind) since:nonsense "open sea" -storm kind:post title: ')
    assert said(question.root) == '((solar | wind) & "open sea" & -storm & kind:post)'
    assert len(question.notes) == 2


def test_notes_are_in_the_persons_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n._catalogue, "gettext", lambda message: f"fr:{message}")
    monkeypatch.setattr(i18n, "_language", "fr")
    assert read("() type:film").notes == (
        "fr:There is nothing between the parentheses.",
        "fr:“type:film” was ignored; possible: article, message.",
    )


def test_a_note_shows_nothing_that_could_mislead() -> None:
    (note,) = read("since:\u202e" + "x" * 200).notes
    assert "\u202e" not in note
    assert len(note) < 140


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("énergie d’œuvres ", ["énergie", "œuvres"]),
        ("l’énergie* -pluie title:vent ", ["énergie", "pluie", "vent"]),
        ("« l’art  brut » #IA @jean_d ", ["l’art  brut", "IA", "jean", "d"]),
        ("e-commerce e-commerce ", ["e-commerce", "e-commerce"]),
        ("#VilleVerte,verte ", ["VilleVerte", "verte"]),
        ("東京都 x ", ["東京都", "x"]),
        ("e\u0301te\u0301 ", ["e\u0301te\u0301"]),
        ('"ouvert et fe', ["ouvert et", "fe"]),
    ],
)
def test_words_know_where_they_stand(text: str, places: list[str]) -> None:
    found = dict.fromkeys(each.at for each in words(parse(text, NOW).root))
    assert [text[start:end] for start, end in found] == places or len(set(places)) < len(places)
