"""The numbers beside a list."""

import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from veille.core.searching.counting import MONTHS, facets, months, starts
from veille.model import ItemKind, Membership, Outline, Sector
from veille.search.query.question import All, Any, Between, Word

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_the_months_up_to_now():
    found = months(Word("wind"), NOW)
    assert len(found) == MONTHS
    assert found[0] == (2023, 4)
    assert found[8:10] == [(2023, 12), (2024, 1)]
    assert found[-1] == (2026, 3)


def test_the_months_up_to_where_a_question_ends():
    until = datetime(2020, 12, 31, 12, tzinfo=UTC)
    for root in (Between(until=until), All((Word("a"), All((Between(until=until), Between(since=NOW)))))):
        assert months(root, NOW)[-1] == (2020, 12)
    assert months(Any((Word("a"), Between(until=until))), NOW)[-1] == (2026, 3)
    assert months(Between(until=datetime(2999, 1, 1, tzinfo=UTC)), NOW)[-1] == (2026, 3)
    assert months(Between(until=datetime(3, 1, 1, tzinfo=UTC)), NOW)[0] == (1971, 1)


def test_a_month_begins_at_midnight_here(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    try:
        late = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # April in Paris
        found = months(Word("a"), late)
        assert found[-1] == (2026, 4)
        assert starts(found)[-2:] == [
            datetime(2026, 3, 31, 22, tzinfo=UTC), datetime(2026, 4, 30, 22, tzinfo=UTC)]  # fmt: skip
    finally:
        monkeypatch.undo()
        time.tzset()
    assert starts([(2025, 11), (2025, 12)]) == [
        datetime(*each, 1, tzinfo=UTC) for each in ((2025, 11), (2025, 12), (2026, 1))
    ]


def test_the_most_first_and_no_zeros():
    now = NOW
    members = {
        key: tuple(Membership(key, source, "person", "person", now) for source in ids)
        for key, ids in (("one", (1, 2, 2)), ("two", (2, 3)), ("none", (9,)))
    }
    outline = Outline(sectors=tuple(Sector(key, key) for key in members), members=members)
    kinds = {ItemKind.ARTICLE: 1, ItemKind.POST: 17}
    counted = SimpleNamespace(sources={1: 2, 2: 5, 3: 4, 8: 7, 9: 0}, kinds=kinds, periods=(3, 0, 8))
    found = facets(counted, [(2026, 1), (2026, 2), (2026, 3)], outline)
    assert list(found.sectors.items()) == [("two", 9), ("one", 7)]
    assert list(found.sources.items()) == [(8, 7), (2, 5), (3, 4), (1, 2)]
    assert list(found.kinds.items()) == [(ItemKind.POST, 17), (ItemKind.ARTICLE, 1)]
    assert list(found.months.items()) == [((2026, 1), 3), ((2026, 3), 8)]
