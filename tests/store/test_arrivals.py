"""Pages that wait, and pictures that were asked for: both go with their item."""

from dataclasses import replace
from datetime import timedelta

from tests.store.build import START, feed, item
from veille.model import ItemKind
from veille.store import Store

LATER = START + timedelta(hours=1)


def waiting(store: Store) -> list[int]:
    return [each.item for each in store.arrivals.waiting(LATER)]


def chosen(store: Store) -> int:
    """A source of which every page is wanted."""
    source = feed(store)
    store.sources.replace(replace(source, full_text=True))
    return source.id


def test_articles_with_a_link_wait_in_order(store: Store) -> None:
    source = chosen(store)
    given = [
        item(source, "a", url="https://a.example/1"), item(source, "b", url=""),
        item(source, "c", url="ftp://a.example/1"), item(source, "d", url="http://a.example/2"),
        item(source, "e", url="https://a.example/3", kind=ItemKind.POST)]  # fmt: skip
    a, _b, _c, d, _e = numbers = store.items.apply(given, [])
    store.arrivals.add(numbers, START, 10)
    assert waiting(store) == [a, d]
    assert store.arrivals.next() == START
    store.arrivals.postpone([a], START + timedelta(minutes=1))
    store.arrivals.postpone([a], START)
    assert waiting(store) == [d, a], "nothing comes earlier by being put off"
    store.arrivals.tried(a)
    assert [each.tries for each in store.arrivals.waiting(LATER)] == [0, 1]
    store.arrivals.forget([a])
    assert waiting(store) == [d]
    store.arrivals.forget_source(source)
    assert store.arrivals.next() is None


def test_a_page_that_waits_goes_with_its_item(store: Store) -> None:
    source = chosen(store)
    numbers = store.items.apply([item(source, uid, url=f"https://a.example/{uid}") for uid in "ab"], [])
    store.arrivals.add(numbers, START, 10)
    store.items.remove(numbers[:1])
    assert waiting(store) == numbers[1:]


# Pictures -----------------------------------------------------------------------------------------


def test_pictures_stand_in_their_order_and_each_once(store: Store) -> None:
    (number,) = store.items.apply([item(feed(store).id, "a")], [])
    store.pictures.put(number, [(1, "https://p.example/2", b"two"), (0, "https://p.example/1", b"one")])
    store.pictures.put(number, [(2, "https://p.example/2", b"another"), (3, "https://p.example/3", b"three")])
    assert list(store.pictures.of(number).values()) == [b"one", b"two", b"three"]
    store.items.remove([number])
    assert store.pictures.of(number) == {}
    store.pictures.put(number, [(0, "https://p.example/1", b"one")])
    assert store.pictures.of(number) == {}, "its item has gone"


def test_an_item_has_so_much_room_for_pictures(store: Store) -> None:
    from veille.store import Pictures

    (number,) = store.items.apply([item(feed(store).id, "a")], [])
    small = Pictures(store.db, most=3, room=100)
    small.put(number, [(at, f"https://p.example/{at}", bytes(60 if at < 2 else 10)) for at in range(5)])
    assert [len(each) for each in store.pictures.of(number).values()] == [60, 10, 10]
