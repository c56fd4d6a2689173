import pytest
from hypothesis import given
from hypothesis import strategies as st

from veille.content.text import excerpt, fold, plain


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Été à l'Œuvre", "ete a l'oeuvre"),
        ("L’ÆSTHETIQUE", "l'aesthetique"),
        ("STRAẞE Straße", "strasse strasse"),
        ("ﬁnance Ｅｎｅｒｇｙ", "finance energy"),
        ("Øresund Łódź İzmir", "oresund lodz izmir"),
        ("e\u0301te\u0301", "ete"),
        ("plain ASCII", "plain ascii"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_plain_is_one_line_without_tricks() -> None:
    assert plain(" a\r\n\tb\u2028c \u202egnp.exe\u202c \x07\x00\ud800\ufeffd ") == "a b c gnp.exe d"
    assert plain("\U0001f468\u200d\U0001f469\u200d\U0001f467 ok") == "\U0001f468\u200d\U0001f469\u200d\U0001f467 ok"


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_plain_can_always_be_stored(text: str) -> None:
    line = plain(text)
    assert line.encode().decode() == line == plain(line)
    assert len(line.splitlines()) <= 1


def test_excerpt_cuts_between_words() -> None:
    assert excerpt("Un texte court.") == "Un texte court."
    cut = excerpt("Première phrase, assez longue. " * 40)
    assert len(cut) <= 300
    assert cut.endswith("…")
    assert cut.removesuffix("…").split()[-1] in ("Première", "phrase", "assez", "longue")
    assert excerpt("x" * 400, 10) == "x" * 9 + "…"


@given(st.text(max_size=2000), st.integers(20, 300))
def test_excerpt_keeps_its_length(text: str, length: int) -> None:
    assert len(excerpt(text, length)) <= length
