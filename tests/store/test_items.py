"""Items: applied, listed, changed, gone for good."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes import FakeClock
from tests.store.build import START, feed, item
from veille.model import GONE, Counts, Item, ItemKind, Sector, Version
from veille.posts import Media
from veille.store import Filter, Store
from veille.store.filters import conditions


def uids(store: Store, wanted: Filter, **more: int) -> list[str]:
    return [each.uid for each in store.items.rows(store.items.ids(wanted, **more))]


@pytest.mark.parametrize(
    "at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), START]
)
def test_an_item_comes_back_as_it_was(store: Store, at: datetime) -> None:
    media = (Media("image", "https://e/p.png", "œuvre “x”", "image/png"), Media("audio", "https://e/s"))
    full = item(
        feed(store).id, "ü'\"", published=at, updated=at, at=at, seen=at, media=media, tags=("a", "b, c"),
        kind=ItemKind.POST, url="https://e/é", content="<p>\N{GRINNING FACE}</p>", summary="", title="")  # fmt: skip
    (number,) = store.items.apply([full], [])
    full = replace(full, id=number)
    assert store.items.get(number) == full
    assert store.items.rows([number]) == [replace(full, content="")]
    assert store.items.by_uids(full.source, [full.uid, "other"]) == {full.uid: full}
    assert store.items.known(full.source) == {full.uid: full.hash}


def test_rows_keep_the_order_asked_for_and_skip_what_is_not_there(store: Store) -> None:
    source = feed(store).id
    ids = store.items.apply([item(source, uid) for uid in "abc"], [])
    assert [each.uid for each in store.items.rows([ids[2], 99, ids[0]])] == ["c", "a"]
    assert [each.content for each in store.items.whole([ids[1]])] == ["<p>Content of b</p>"]
    assert store.items.get(99) is None
    assert store.items.rows([]) == []


def test_an_insert_that_is_known_is_passed_over(store: Store) -> None:
    source = feed(store).id
    (first,) = store.items.apply([item(source, "a")], [])
    new = store.items.apply([item(source, "a", title="other"), item(source, "b"), item(source, "b")], [])
    assert [each.uid for each in store.items.rows(new)] == ["b"]
    assert store.items.get(first).title == "Title of a"  # type: ignore[union-attr]


def test_the_same_uid_of_two_sources_is_two_items(store: Store) -> None:
    one, two = feed(store, "one").id, feed(store, "two").id
    assert len(store.items.apply([item(one, "a"), item(two, "a")], [])) == 2


def test_an_update_keeps_identity_marks_and_what_was_said_before(store: Store, clock: FakeClock) -> None:
    old = item(feed(store).id, "a")
    (number,) = store.items.apply([old], [])
    store.marks.set_saved([number], START)
    store.marks.set_read([number])
    marks = store.marks.get([number])
    clock.advance(hours=5)
    new = replace(old, title="New", content="<p>n</p>", seen=clock.now(), at=clock.now(), hash="n", tags=("t",))
    assert store.items.apply([], [new]) == []
    assert store.items.get(number) == replace(new, id=number, seen=START)
    assert store.items.versions(number) == [Version(number, clock.now(), old.title, old.summary, old.content)]
    assert store.items.versions_of([number, 99]) == {number: store.items.versions(number)}
    assert store.marks.get([number]) == marks


def test_only_a_new_title_or_content_makes_a_version(store: Store) -> None:
    old = item(feed(store).id, "a")
    (number,) = store.items.apply([old], [])
    store.items.apply([], [replace(old, hash="2", author="Bob", url="https://e/2")])
    assert store.items.versions(number) == []
    assert store.items.get(number).author == "Bob"  # type: ignore[union-attr]
    store.items.apply([], [replace(old, content="")])
    assert [version.content for version in store.items.versions(number)] == [old.content]


def test_ten_versions_are_kept_the_newest_first(store: Store) -> None:
    old = item(feed(store).id, "a", title="0")
    (number,) = store.items.apply([old], [])
    for title in range(1, 14):
        store.items.apply([], [replace(old, title=str(title))])
    assert [version.title for version in store.items.versions(number)] == [str(title) for title in range(12, 2, -1)]


def test_a_feed_that_says_two_things_by_turns_has_two_versions(store: Store) -> None:
    old = item(feed(store).id, "a", title="0")
    (number,) = store.items.apply([old], [])
    for title in "1ABABABABABABAB":
        store.items.apply([], [replace(old, title=title)])
    assert [version.title for version in store.items.versions(number)] == ["A", "B", "1", "0"]


def test_what_a_saved_item_said_when_it_was_saved_is_kept_besides(store: Store, clock: FakeClock) -> None:
    old = item(feed(store).id, "a", title="0")
    (number,) = store.items.apply([old], [])

    def say(*titles: object) -> list[str]:
        for title in titles:
            clock.advance(hours=1)
            store.items.apply([], [replace(old, title=str(title))])
        return [version.title for version in store.items.versions(number)]

    say(*range(1, 4))
    clock.advance(hours=1)
    store.marks.set_saved([number], clock.now())
    newest = [str(title) for title in range(32, 22, -1)]
    assert say(*range(4, 34)) == [*newest, "3"]
    say("3", 34)
    assert say(*range(35, 50))[-1] == "3", "a feed that says it again loses it as little"
    store.marks.set_saved([number], None)
    assert len(say(50)) == 10
    clock.advance(hours=1)
    store.marks.set_saved([number], clock.now())
    assert say(*range(60, 75))[-1] == "50"
    assert [len(say("A", "B")) for _ in range(6)] == [11] * 6


def test_an_update_of_what_is_not_there_is_passed_over(store: Store) -> None:
    source = feed(store).id
    assert store.items.apply([], [item(source, "a")]) == []
    assert store.items.known(source) == {}
    assert store.queue.count() == 0


def test_lists_are_newest_first_and_the_later_stored_wins_a_tie(store: Store) -> None:
    source = feed(store).id
    store.items.apply([item(source, "b", hours=2), item(source, "a", hours=1), item(source, "b2", hours=2)], [])
    assert uids(store, Filter()) == ["a", "b2", "b"]
    assert uids(store, Filter(), limit=10**30) == ["a", "b2", "b"]


def test_pages_follow_one_another_without_gap_or_repeat(store: Store) -> None:
    source = feed(store).id
    store.items.apply([item(source, f"u{number}", hours=number // 3) for number in range(20)], [])
    everything = list(store.items.ids(Filter()))
    pages: list[int] = []
    while page := store.items.ids(Filter(), limit=6, after=pages[-1] if pages else None):
        pages.extend(page)
    assert pages == everything
    assert len(everything) == 20


@pytest.fixture
def mixed(store: Store) -> Store:
    """Two sources in use, one set aside; articles and posts, read and saved ones."""
    one, two, aside = (feed(store, name).id for name in ("one", "two", "aside"))
    ids = store.items.apply(
        [
            item(one, "a"), item(one, "b", hours=1, kind=ItemKind.POST), item(two, "c", hours=2),
            item(aside, "d", hours=3), item(aside, "e", hours=4)],
        [],
    )  # fmt: skip
    store.marks.set_read([ids[0], ids[4]])
    store.marks.set_saved([ids[1], ids[4]], START)
    store.sources.remove(aside)
    return store


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), "abce"),
        (Filter(sources=frozenset({1})), "ab"),
        (Filter(sources=frozenset({2, 3})), "ce"),
        (Filter(sources=frozenset()), ""),
        (Filter(kind=ItemKind.POST), "b"),
        (Filter(unread=True), "bc"),
        (Filter(saved=True), "be"),
        (Filter(saved=True, unread=True), "b"),
        (Filter(since=START - timedelta(hours=2)), "abc"),
        (Filter(until=START - timedelta(hours=2)), "e"),
        (Filter(since=START - timedelta(hours=2), until=START), "bc"),
        (Filter(sources=frozenset(range(1, 500)), unread=True), "bc"),
    ],
)
def test_filters(mixed: Store, wanted: Filter, expected: str) -> None:
    assert "".join(uids(mixed, wanted)) == expected
    assert mixed.items.count(wanted) == len(expected)


def test_counts_are_those_of_the_lists(mixed: Store) -> None:
    assert mixed.items.counts() == Counts(items=4, saved=2, unread={1: 1, 2: 1})
    assert [each.uid for each in mixed.items.rows(mixed.items.hidden())] == ["d"]


def test_counts_of_an_empty_profile(store: Store) -> None:
    assert store.items.counts() == Counts()
    assert list(store.items.hidden()) == []


def test_what_was_removed_keeps_its_identity_and_never_comes_back(store: Store) -> None:
    source = feed(store).id
    ids = store.items.apply([item(source, "a", media=(Media("image", "u"),)), item(source, "b")], [])
    store.items.apply([], [item(source, "a", title="2")])
    store.marks.set_read(ids)
    assert store.items.remove([ids[0], 99]) == 1
    assert store.items.known(source) == {"a": GONE, "b": item(source, "b").hash}
    assert store.items.apply([item(source, "a")], [item(source, "a", title="3")]) == []
    assert uids(store, Filter()) == ["b"]
    assert (store.items.get(ids[0]), store.items.versions(ids[0]), store.items.by_uids(source, ["a"])) == (None, [], {})
    assert (list(store.marks.read_ids()), store.marks.set_read([ids[0]])) == ([ids[1]], [])
    assert store.items.remove([ids[0]]) == 0


def test_the_number_of_an_item_is_never_given_again(store: Store) -> None:
    source = feed(store).id
    store.items.apply([item(source, "a")], [])
    store.items.remove([1])
    assert store.items.apply([item(source, "b")], []) == [2]


def test_what_expires_is_old_and_not_saved(store: Store) -> None:
    source = feed(store).id
    old = START - timedelta(days=100)
    store.items.apply(
        [item(source, "old", seen=old, hours=2400), item(source, "saved", seen=old, hours=2400), item(source, "new"),
         item(source, "undated", seen=old, published=None), item(source, "long ago, but new here", hours=10_000),
         item(source, "seen by a clock that was behind", seen=old),
         item(source, "of the future", seen=old, hours=-10_000)], [])  # fmt: skip
    store.marks.set_saved([2], START)
    assert store.items.expire(START - timedelta(days=90)) == 3
    assert set(uids(store, Filter())) == {"saved", "new", "long ago, but new here", "seen by a clock that was behind"}
    assert store.items.known(source)["old"] == GONE
    assert store.items.expire(START - timedelta(days=90)) == 0


def test_the_newest_date_that_a_source_gave(store: Store) -> None:
    source = feed(store).id
    assert store.items.latest() is None
    store.items.apply([item(source, "undated", published=None), item(source, "of the future", hours=-1)], [])
    assert store.items.latest() is None
    dated = [item(source, "old", hours=9), item(source, "edited", hours=5, published=None)]
    store.items.apply([dated[0], replace(dated[1], updated=dated[1].at)], [])
    assert store.items.latest() == START - timedelta(hours=5)


def test_what_was_let_go_does_not_expire_while_that_can_be_undone(store: Store) -> None:
    source = feed(store).id
    (number,) = store.items.apply([item(source, "a")], [])
    store.marks.set_saved([number], START)
    with store.history.recording("Let go"):
        store.marks.set_saved([number], None)
    later = START + timedelta(days=1)
    assert store.items.expire(later) == 0
    store.history.undo()
    assert list(store.marks.saved_ids()) == [number]
    with store.history.recording("Read"):
        store.marks.set_read([number])
        store.marks.set_saved([number], None)
    for other in range(200):
        with store.history.recording("Changed"):
            store.sources.put_sector(Sector("a", str(other)))
    assert store.items.expire(later) == 1


def test_a_batch_is_stored_whole_or_not_at_all(store: Store) -> None:
    source = feed(store).id
    broken: Item = item(source, "b", title=None)
    with pytest.raises(Exception, match="NOT NULL"):
        store.items.apply([item(source, "a"), broken], [])
    assert store.items.known(source) == {}
    assert store.queue.count() == 0


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(unread=True, kind=ItemKind.POST),
        Filter(sources=frozenset({1})),
        Filter(sources=frozenset(range(500))),
    ],
)
def test_a_list_is_read_from_an_index_alone(store: Store, wanted: Filter) -> None:
    """What keeps a list of 100,000 ids under 60 ms: the rows, with their texts, are not touched."""
    where, parameters = conditions(wanted, frozenset({7}))
    plan = store.db.query(
        f"EXPLAIN QUERY PLAN SELECT id FROM item WHERE {where} ORDER BY at DESC, id DESC LIMIT 200", parameters
    )
    steps = [row[3] for row in plan if row[3].split()[1:2] == ["item"]]
    assert steps
    assert all("COVERING INDEX" in step for step in steps)
