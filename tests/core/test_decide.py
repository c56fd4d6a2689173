from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.core.conftest import an_item
from veille.core.watching.decide import decide
from veille.posts import Network, Person, Post

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)


def test_unknown_items_are_inserted_in_the_order_given():
    new = [an_item(1, "b", NOW), an_item(1, "a", NOW)]
    decision = decide({}, new)
    assert decision.inserts == tuple(new)
    assert decision.updates == ()


def test_an_item_with_the_same_hash_is_left_alone():
    old = an_item(1, "a", NOW, id=7)
    decision = decide({"a": old}, [replace(old, id=0, title="not looked at")])
    assert decision.inserts == decision.updates == ()


def test_a_changed_item_keeps_its_id_and_when_it_was_first_seen():
    old = an_item(1, "a", NOW, id=7)
    changed = an_item(1, "a", LATER, title="Better", hash="other")
    (update,) = decide({"a": old}, [changed]).updates
    assert (update.id, update.seen, update.title) == (7, NOW, "Better")
    assert update.at == LATER  # the source says when


def test_a_changed_item_without_a_date_keeps_its_place():
    old = an_item(1, "a", NOW, id=7, published=None)
    changed = an_item(1, "a", LATER, published=None, hash="other")
    assert decide({"a": old}, [changed]).updates[0].at == NOW


def test_an_entry_that_a_feed_empties_keeps_its_text():
    old = an_item(1, "a", NOW, id=7)
    emptied = replace(old, id=0, title="", content="", summary="", author="Ada", hash="other")
    (update,) = decide({"a": old}, [emptied]).updates
    assert update == replace(old, author="Ada", hash="other")
    assert decide({"a": old}, [replace(emptied, title="Better")]).updates[0].title == "Better"
    shorter = replace(emptied, summary="Less", content="<p>Less</p>")
    assert decide({"a": old}, [shorter]).updates == (replace(shorter, id=7),)


def test_a_post_that_its_author_empties_is_empty():
    post = Post(Network.MASTODON, "1", Person("@ada"))
    old = an_item(1, "a", NOW, id=7, post=post)
    (update,) = decide({"a": old}, [replace(old, id=0, content="", summary="", hash="other")]).updates
    assert (update.content, update.summary) == ("", "")


def test_a_uid_that_is_given_twice_counts_once():
    first, second = an_item(1, "a", NOW, title="First"), an_item(1, "a", NOW, title="Second", hash="other")
    assert decide({}, [first, second]).inserts == (first,)
    old = an_item(1, "a", NOW, id=7, hash="old")
    assert [each.title for each in decide({"a": old}, [first, second]).updates] == ["First"]
