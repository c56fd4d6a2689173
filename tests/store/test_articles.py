"""Articles: kept with their item, gone with it."""

from datetime import timedelta

from tests.store.build import START, feed, item
from veille.model import Article
from veille.store import Store


def test_an_article_is_kept_and_the_later_one_takes_its_place(store: Store) -> None:
    (number,) = store.items.apply([item(feed(store).id, "a")], [])
    assert store.articles.get(number) is None
    store.articles.put(Article(number, "<p>one</p>", START))
    later = Article(number, "<p>œuvre</p>", START + timedelta(microseconds=1))
    store.articles.put(later)
    assert store.articles.get(number) == later
    assert store.articles.some([number, 99]) == {number: later}


def test_an_article_goes_when_its_item_expires_and_stays_with_a_saved_one(store: Store) -> None:
    source = feed(store).id
    items = [item(source, uid, seen=START - timedelta(days=100), hours=2400) for uid in ("old", "saved")]
    old, saved = store.items.apply(items, [])
    for number in (old, saved):
        store.articles.put(Article(number, "<p>all</p>", START))
    store.marks.set_saved([saved], START)
    store.items.expire(START - timedelta(days=90))
    assert store.articles.get(old) is None
    assert store.articles.get(saved) == Article(saved, "<p>all</p>", START)


def test_an_article_whose_item_went_meanwhile_is_passed_over(store: Store) -> None:
    (number,) = store.items.apply([item(feed(store).id, "a")], [])
    store.items.remove([number])
    for gone in (number, 99):
        store.articles.put(Article(gone, "<p>all</p>", START))
        assert store.articles.get(gone) is None
