"""Every feed and every attack of the shared corpora through the real pipeline."""

from collections import Counter

import pytest

from tests.families import families, feed_counts, hostile_feeds, payloads, read
from tests.harmless import item_faults
from veille.sources.base import Parsed


@pytest.mark.timeout(300)
def test_every_feed_is_harmless_and_the_real_ones_are_understood() -> None:
    total: Counter[str] = Counter()
    for name, files in families("A_feeds"):
        counts, faults, slowest = feed_counts(files)
        assert faults == [], name
        assert slowest < 10, name
        total += counts
    assert total["large"] >= 80
    assert total["title"] >= 0.98 * total["large items"]
    assert total["link"] >= 0.98 * total["large items"]
    assert total["date"] >= 0.97 * total["large items"]


@pytest.mark.timeout(120)
def test_every_hostile_file_is_harmless() -> None:
    for name, files in families("E_hostile"):
        _counts, faults, slowest = feed_counts(files)
        assert faults == [], name
        assert slowest < 10, name


@pytest.mark.timeout(300)
def test_every_attack_in_every_place_of_a_feed_is_harmless() -> None:
    lines = payloads()
    assert len(lines) > 9000
    items = 0
    for body in hostile_feeds(lines):
        parsed = read(body)
        if isinstance(parsed, Parsed):  # the lists hold entity declarations: refused
            items += len(parsed.items)
            assert [fault for item in parsed.items for fault in item_faults(item)] == []
    assert items > 2 * len(lines)
