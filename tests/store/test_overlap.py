"""Which addresses the profile has, whatever way they are spelt."""

from datetime import timedelta

import pytest

from tests.core.conftest import add_source, an_item
from tests.fakes import FakeClock
from veille.store import Store
from veille.store.overlap import MOST, holders

URL = "https://news.example/a"


@pytest.mark.parametrize(("there", "found"), [
    (URL, True), ("http://news.example/a", True), ("https://www.news.example/a/", True),
    ("https://news.example/a?b=1", False), ("https://blog.news.example/a", False), ("https://news.example/A", False),
])  # fmt: skip
def test_spellings_of_one_address(store: Store, clock: FakeClock, there: str, found: bool) -> None:
    source = add_source(store, "One")
    store.items.apply([an_item(source.id, "a", clock.now(), url=there)], [])
    held = holders(store.db, [URL], clock.now() - timedelta(days=1), [])
    assert held == ({URL: frozenset({source.id})} if found else {})


def test_old_items_count_only_for_the_sources_that_are_named(store: Store, clock: FakeClock) -> None:
    one, other = add_source(store, "One"), add_source(store, "Other")
    for source in (one, other):
        store.items.apply([an_item(source.id, "a", clock.now() - timedelta(days=400), url=URL)], [])
    since = clock.now() - timedelta(days=60)
    assert holders(store.db, [URL], since, []) == {}
    assert holders(store.db, [URL], since, [other.id]) == {URL: frozenset({other.id})}


def test_odd_and_many_addresses(store: Store, clock: FakeClock) -> None:
    assert holders(store.db, ["", "mailto:x", "x" * 9000, *map(str, range(3 * MOST))], clock.now(), [1, 2]) == {}
