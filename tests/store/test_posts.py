"""Posts come back as they were stored, threads are joined, and what a network withdrew is gone from everywhere."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.store.build import START, feed, item
from veille.model import Article, ItemKind, SourceKind
from veille.posts import Fate, Figures, Media, Network, Person, Poll, Post, Referred, Relation
from veille.store import Filter, Store, open_store
from veille.store.posts import FOLLOW, HAVING

ADA = Person("@ada", "Ada Lovelace", "https://x.com/ada", "1")
BOB = Person("@bob", "Bob", "https://x.com/bob", "2")
WHOLE = Post(
    Network.X, "100", ADA, BOB, "99",
    (Referred(Relation.QUOTED, "7", BOB, "https://x.com/bob/status/7", "<p>Quoted</p>", START,
              (Media("image", "https://pbs.example/1.jpg", "A mast"),)),
     Referred(Relation.ANSWERED, "8", None, fate=Fate.DELETED)),
    Poll((("Yes", 3), ("No", None)), 3, START), Figures(1, 2, 3, 4, 5), (BOB,), "A warning", ("FR", "DE"))  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    opened = open_store(tmp_path, write=True, clock=clock)
    opened.sources.add("x:https://one.example/feed", SourceKind.X, "https://one.example/feed", "One")
    yield opened
    opened.close()


def a_post(name: str, *, hours: float = 0, author: Person = ADA, **parts: object) -> object:
    """An item of source 1 that is the post ``name``."""
    post = Post(Network.X, name, author, **parts)
    return item(1, name, hours=hours, kind=ItemKind.POST, title="", content=f"<p>Post {name}</p>", post=post)


def put(store: Store, *items: object) -> list[int]:
    return store.items.apply(items, [])


def listed(store: Store, **filter: object) -> list[str]:
    return [each.uid for each in store.items.rows(store.items.ids(Filter(**filter)))]


def test_a_post_comes_back_as_it_was(store: Store) -> None:
    kept = replace(a_post("100"), post=WHOLE)
    (number,) = put(store, kept)
    assert store.items.get(number) == replace(kept, id=number)
    assert store.items.rows([number])[0].post == WHOLE


def test_an_article_has_no_post(store: Store) -> None:
    (number,) = put(store, item(1, "a"))
    assert store.items.get(number).post is None


def test_an_edit_keeps_what_the_post_said_before(store: Store, clock: FakeClock) -> None:
    (number,) = put(store, a_post("1"))
    edited = replace(a_post("1"), content="<p>Better</p>", hash="new", updated=START)
    store.items.apply([], [edited])
    assert [each.content for each in store.items.versions(number)] == ["<p>Post 1</p>"]


def test_counts_alone_make_no_version_and_are_not_indexed_again(store: Store) -> None:
    (number,) = put(store, a_post("1"))
    store.queue.done(store.queue.take(10)[2])
    store.items.apply([], [replace(a_post("1", figures=Figures(likes=9)), hash="new")])
    assert store.items.get(number).post.figures == Figures(likes=9)
    assert store.items.versions(number) == []
    assert store.queue.count() == 0


def test_what_changes_inside_a_post_is_indexed_again(store: Store) -> None:
    put(store, a_post("1"))
    store.queue.done(store.queue.take(10)[2])
    store.items.apply([], [replace(a_post("1", referred=WHOLE.referred), hash="new")])
    assert store.queue.count() == 1


# Threads -------------------------------------------------------------------------------------------


def thread(store: Store, *order: str) -> dict[str, int]:
    """A thread of three posts, taken in as ``order`` says; the ids by name."""
    posts = {
        "1": a_post("1", hours=3),
        "2": a_post("2", hours=2, continues="1"),
        "3": a_post("3", hours=1, continues="2"),
    }
    return {name: put(store, posts[name])[0] for name in order}


@pytest.mark.parametrize("order", ["123", "321", "213", "312", "132", "231"])
def test_a_thread_is_one_row_in_whatever_order_it_came(store: Store, order: str) -> None:
    ids = thread(store, *order)
    assert listed(store) == ["1"]
    assert store.items.counts().items == 1
    assert store.items.counts().unread == {1: 1}
    for number in ids.values():
        assert store.posts.thread(number) == [ids["1"], ids["2"], ids["3"]]
    assert store.posts.followers([ids["1"]]) == {ids["1"]: 2}
    assert sorted(store.posts.spread([ids["2"]])) == sorted(ids.values())
    assert list(store.items.following()) == sorted([ids["2"], ids["3"]])
    assert len(store.items.ids(Filter(folded=False))) == 3


def test_a_thread_in_one_answer_newest_first(store: Store) -> None:
    put(store, a_post("3", hours=1, continues="2"), a_post("2", hours=2, continues="1"), a_post("1", hours=3))
    assert listed(store) == ["1"]


def test_what_comes_after_the_person_has_read_stands_by_itself(store: Store) -> None:
    (first,) = put(store, a_post("1", hours=3))
    store.marks.set_read([first])
    (second,) = put(store, a_post("2", hours=2, continues="1"))
    (third,) = put(store, a_post("3", hours=1, continues="2"))
    assert listed(store, unread=True) == ["2"]
    assert store.posts.thread(third) == [first, second, third]
    assert store.posts.spread([second]) == [second, third]


@pytest.mark.parametrize("column", ["name", "continues"])
def test_what_a_post_is_joined_to_is_found_by_an_index(store: Store, column: str) -> None:
    """Not among all that a busy source ever gave, for each post that comes."""
    plan = store.db.query(f"EXPLAIN QUERY PLAN {HAVING.format(column=column)}", ("1", 1))
    assert f"SEARCH post USING INDEX post_{column}" in plan[0][3]


def test_who_follows_a_post_is_found_by_an_index(store: Store) -> None:
    plan = store.db.query(f"EXPLAIN QUERY PLAN {FOLLOW}", (1, 2, 2))
    assert not any("SCAN" in row[3] for row in plan)


def test_another_source_and_a_repost_begin_no_thread(store: Store) -> None:
    other = feed(store, "two").id
    put(store, replace(a_post("1", hours=3), source=other))
    put(store, replace(a_post("1", hours=3, reposted_by=BOB), uid="r1"))
    put(store, a_post("2", hours=2, continues="1"))
    assert set(listed(store)) == {"1", "r1", "2"}


def test_a_circle_is_no_thread_without_end(store: Store) -> None:
    put(store, a_post("1", hours=3, continues="2"), a_post("2", hours=2, continues="1"), a_post("4", continues="4"))
    assert set(listed(store, folded=False)) == {"1", "2", "4"}
    assert listed(store)


def test_the_rest_of_a_thread_stays_when_its_beginning_goes(store: Store) -> None:
    ids = thread(store, "1", "2", "3")
    store.items.remove([ids["1"]])
    assert set(listed(store)) == {"2", "3"}
    assert store.posts.thread(ids["2"]) == [ids["2"], ids["3"]]


# What is gone at its network ------------------------------------------------------------------------


def test_a_post_that_was_deleted_leaves_a_mark_and_nothing_else(store: Store, clock: FakeClock) -> None:
    (number,) = put(store, replace(a_post("100"), post=WHOLE, media=WHOLE.referred[0].media, tags=("tag",)))
    store.items.apply([], [replace(a_post("100"), content="<p>Second</p>", hash="2", post=WHOLE)])
    store.marks.set_saved([number], START)
    store.articles.put(Article(number, "<p>All of it</p>", START))
    store.queue.done(store.queue.take(10)[2])
    clock.advance(days=1)

    assert store.items.withdraw([number], Fate.DELETED) == 1
    left = store.items.get(number)
    assert (left.content, left.summary, left.media, left.tags, left.hash) == ("", "", (), (), "")
    assert (left.post.author, left.post.reposted_by, left.post.referred) == (ADA, BOB, ())
    assert (left.post.fate, left.post.fated) == (Fate.DELETED, clock.now())
    assert store.items.versions(number) == []
    assert store.articles.get(number) is None
    assert list(store.marks.saved_ids()) == [number]
    assert store.queue.take(10)[0] == [number]
    assert listed(store) == ["100"]
    folder = store.folder
    store.close()
    assert b"Quoted" not in (folder / "veille.db").read_bytes()


def test_what_a_network_shows_again_comes_back(store: Store) -> None:
    (number,) = put(store, a_post("1"))
    store.items.withdraw([number], Fate.SUSPENDED)
    store.items.apply([], [replace(a_post("1"), hash="again")])
    assert store.items.get(number).content == "<p>Post 1</p>"
    assert store.items.get(number).post.fate is Fate.THERE


def test_what_comes_back_was_not_edited(store: Store) -> None:
    (number,) = put(store, a_post("1"))
    store.items.withdraw([number], Fate.SUSPENDED)
    store.items.apply([], [replace(a_post("1"), hash="again")])
    assert store.items.versions(number) == []


def test_an_article_is_never_withdrawn(store: Store) -> None:
    (number,) = put(store, item(1, "a"))
    assert store.items.withdraw([number], Fate.DELETED) == 0
    assert store.items.get(number).content


# Whose turn it is ----------------------------------------------------------------------------------


def test_posts_are_asked_about_less_often_as_they_grow_old(store: Store, clock: FakeClock) -> None:
    clock.time = START
    (number,) = put(store, a_post("1"))
    asked = []
    for hour in range(24 * 40):
        clock.advance(hours=1)
        if store.posts.standing(Network.X, START - timedelta(days=60), clock.now(), 10):
            store.posts.checked([number], clock.now())
            asked.append(round((hour + 1) / 24, 1))
    assert asked[:2] == [1.0, 2.0]
    assert 4 <= len(asked) <= 6
    assert all(later >= 2 * before - 0.1 for before, later in pairwise(asked[1:]))


def test_marks_play_no_part_in_whose_turn_it_is(store: Store, clock: FakeClock) -> None:
    clock.time = START
    ids = put(store, *(a_post(str(number), hours=number) for number in range(6)))
    clock.advance(days=2)
    before = store.posts.standing(Network.X, START - timedelta(days=9), clock.now(), 3)
    store.marks.set_read(ids[:3])
    store.marks.set_saved(ids[2:5], START)
    store.sources.remove(1)
    assert store.posts.standing(Network.X, START - timedelta(days=9), clock.now(), 3) == before
    assert (before[0].address, before[0].private) == ("https://one.example/feed", False)


def test_what_is_too_old_or_gone_is_not_asked_about(store: Store, clock: FakeClock) -> None:
    clock.time = START
    old, gone, _other = put(store, a_post("1", hours=500), a_post("2"), a_post("3"))
    store.items.withdraw([gone], Fate.DELETED)
    clock.advance(days=3)
    assert [each.uid for each in store.posts.standing(Network.X, START - timedelta(days=9), clock.now(), 9)] == ["3"]
    assert store.posts.standing(Network.BLUESKY, START - timedelta(days=90), clock.now(), 9) == []
    assert old


def test_what_a_mirror_gave_is_not_asked_about_at_the_network(store: Store, clock: FakeClock) -> None:
    mirror = feed(store, "nitter").id
    put(store, replace(a_post("1"), source=mirror))
    clock.advance(days=3)
    assert store.posts.standing(Network.X, START - timedelta(days=9), clock.now(), 9) == []
