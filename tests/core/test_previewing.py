"""How often a feed publishes, by its dates alone, and how that is said."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.conftest import an_item
from tests.fakes import FakeClock
from veille.core.curating.previewing import full_text, rhythm, tongue, weekly
from veille.model import Item, ItemKind

NOW = FakeClock().now()


def dated(*days: float) -> list[Item]:
    """Articles, each so many days old."""
    return [an_item(1, str(at), NOW - timedelta(days=age)) for at, age in enumerate(days)]


@pytest.mark.parametrize(("days", "pace"), [
    ((0, 1, 2, 3, 4, 5, 6, 7), 8), ((0.0, 0.1, 0.2, 0.3), 28), ((0, 7, 14, 21, 28), 1.25),
    ((700, 707, 714), 3 * 7 / 714),  # a feed that fell silent is no weekly one
    ((1, 2, 3, 4, 5, 400, 500), 7),  # what it did long ago does not count
    ((-300, 1, 2, 3), 7), ((), None), ((1, 2), None), ((5, 5, 5, 5), None), ((-50, -60, -70), None),
])  # fmt: skip
def test_the_pace(days: tuple[float, ...], pace: float | None) -> None:
    assert weekly(dated(*days), NOW) == (None if pace is None else pytest.approx(pace))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-5000, 15000), max_size=30))
def test_any_dates_give_a_pace_or_none(days: list[float]) -> None:
    pace = weekly(dated(*days), NOW)
    assert pace is None or 0 < pace <= 7 * len(days)
    if pace:
        assert rhythm(pace)


@pytest.mark.parametrize(("pace", "said"), [
    (200, "It publishes about 29 items a day."), (14, "It publishes about 2 items a day."),
    (7, "It publishes about 7 items a week."), (0.8, "It publishes about 1 item a week."),
    (0.5, "It publishes about 2 items a month."), (0.2, "It publishes about 1 item a month."),
    (0.05, "It publishes less than once a month."),
])  # fmt: skip
def test_how_the_pace_is_said(pace: float, said: str) -> None:
    assert rhythm(pace) == said


def test_posts_are_whole_and_a_few_notes_tell_nothing() -> None:
    post = an_item(1, "a", NOW, kind=ItemKind.POST)
    assert full_text([post] * 5) is None
    assert full_text([an_item(1, "a", NOW)]) is None
    assert full_text([]) is None


def test_what_the_words_say_comes_before_what_is_declared() -> None:
    french = an_item(
        1, "a", NOW, title="Le gouvernement et les entreprises", summary="Ce que la loi change pour les villes"
    )
    assert tongue("en", [french]) == "fr"
    assert tongue("de", [an_item(1, "a", NOW, title="Nachrichten", summary="Worte")]) == "de"
