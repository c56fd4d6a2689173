import pytest

from veille.content.language import code, guess


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("EDF annonce la fermeture de deux centrales dans le sud de la France", "fr"),
        ("L'hydrogène, d'après l'étude", "fr"),
        ("Apple to cut the prices of its phones in the autumn", "en"),
        ("Nvidia Q3 results", ""),
        ("El gobierno de la nación no se ha visto por los ciudadanos", ""),
        ("De regering is in overleg met het bedrijf om de", ""),
        ("Der Vorstand hat die Zahlen des Quartals an der Börse", ""),
        ("", ""),
    ],
)
def test_guess(text: str, language: str) -> None:
    assert guess(text) == language


def test_the_default_is_for_what_is_not_known() -> None:
    assert guess("42", "fr") == "fr"


@pytest.mark.parametrize(
    ("tag", "two"),
    [
        ("fr-FR", "fr"),
        ("EN_us", "en"),
        ("fra", "fr"),
        ("English", "en"),
        ("de", "de"),
        ("zh-Hans-CN", "zh"),
        ("", ""),
        ("fr;q=1", ""),
        ("xx-" * 9, ""),
        ("français", "fr"),
        ("klingon", ""),
    ],
)
def test_code(tag: str, two: str) -> None:
    assert code(tag) == two
