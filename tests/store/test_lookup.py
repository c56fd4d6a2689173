"""Whether an item is there: by its address in any spelling, by X's number of a post, by its identity."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.store.build import feed, item
from veille.content.addresses import normalise
from veille.content.cleaning import clean_link
from veille.errors import BadAddress
from veille.store import Store
from veille.store.lookup import Lookup, Wanted, identity


@pytest.fixture
def lookup(store: Store) -> Iterator[Lookup]:
    with closing(Lookup(store.db)) as opened:
        yield opened


def put(store: Store, source: int, uid: str, url: str) -> int:
    return store.items.apply([replace(item(source, uid), url=url)], [])[0]


def test_what_came_since_is_found_too(store: Store, lookup: Lookup) -> None:
    source, wanted = feed(store).id, [Wanted("https://a.example/1", "x"), Wanted("https://a.example/2", "y")]
    assert lookup.find(wanted) == [0, 0]
    first = put(store, source, "1", "https://a.example/1#part")
    assert lookup.find(wanted) == [first, 0]
    second = put(store, source, "2", "http://a.example/2")
    third = put(store, source, "3", "https://a.example/2?utm_source=x")
    assert lookup.find(wanted) == [first, third]
    store.items.remove([third])
    assert lookup.find([*wanted, Wanted("http://a.example/2", "")]) == [first, 0, second]


def test_one_without_an_address_is_found_in_its_source_alone(store: Store, lookup: Lookup) -> None:
    source = feed(store).id
    number = put(store, source, "ISBN 3", "")
    assert lookup.find([Wanted("", "ISBN 3", source), Wanted("", "ISBN 3"), Wanted("", "ISBN 3", 99)]) == [number, 0, 0]


def test_of_several_the_saved_one_is_meant_then_one_that_lists_show(store: Store, lookup: Lookup) -> None:
    sources = [feed(store, f"https://{name}.example/").id for name in "abc"]
    items = [put(store, source, "1", "https://page.example/") for source in sources]
    store.sources.remove(sources[0])
    assert lookup.find([Wanted("https://page.example/", "")]) == [items[1]]
    store.marks.set_saved(items[2:], store.items.rows(items)[0].seen)
    assert lookup.find([Wanted("https://page.example/", "")]) == [items[2]]


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://twitter.com/ada/status/12", "x:12"), ("http://mobile.twitter.com/i/web/status/12?s=20", "x:12"),
        ("https://x.com/ada/status/12/photo/1", "x:12"), ("https://x.com/ada/statuses/12#a", "x:12"),
        ("https://x.com/ada/status/12a", "https://x.com/ada/status/12a"), ("https://nox.com/a/status/1", "https://nox.com/a/status/1"),
        ("https://a.example/#/one", "https://a.example/#/one"), ("https://a.example/#!one", "https://a.example/#!one"),
        ("https://a.example#one", "https://a.example/"), ("no address", "no address"), ("https://u:p@a.example/", "https://u:p@a.example/"),
    ],
)  # fmt: skip
def test_what_tells_a_page_from_others(url: str, same: str) -> None:
    assert identity(url) == same


@given(
    st.from_regex(
        r"https?://[a-z0-9-]{1,5}(\.[a-z0-9-]{1,5}){1,2}/[A-Za-z0-9!$%&'()*+,/:;=@_.~-]{0,20}", fullmatch=True
    )
)
@example("https://www.google.com/amp/s/a.example/")
def test_the_short_way_gives_what_the_long_one_does(url: str) -> None:
    with suppress(BadAddress):
        assert identity(url) in (normalise(url), normalise(clean_link(url)))
