"""What another program saved comes in whole: every row is accounted for, twice is once, undo takes all of it back."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.conftest import FakeFetcher, add_source, an_item, put_items, refresher_of
from tests.fakes import FakeClock, FakeProgress
from veille.core.briefing import Briefings
from veille.core.curating.curation import Curation
from veille.core.history import History
from veille.core.library import Library
from veille.core.transfer.exchange import Exchange
from veille.core.transfer.importing import BATCH, Importer, Report
from veille.errors import BadFile, NeverAsked, ProfileUnwritable, Unreadable
from veille.formats.entry import Batch, Collection, Entry, Format, Refused, Row
from veille.model import Article, Changes, Deed, Highlight, ItemKind, Query, SourceKind
from veille.posts import Fate, Media, Network, Person, Post
from veille.store import Filter, Store, open_store
from veille.store.highlights import HIGHLIGHTS, TEXT
from veille.store.marks import NOTE, TAG, TAGS

SAVED = datetime(2019, 5, 4, 12, 0, tzinfo=UTC)
PATH = Path("/home/me/saved.html")


def entry(number: int, collection: Collection = Collection.BOOKMARKS, **parts) -> Entry:
    """The row ``number``, a page of its own, saved in 2019; ``parts`` are of the entry or of its item."""
    names = ("saved", "read", "tags", "note", "highlights", "passages", "article", "origin")
    own = {name: parts.pop(name) for name in names if name in parts}
    item = an_item(0, f"https://old.example/{number}", SAVED, url=f"https://old.example/{number}")
    return Entry(number, replace(item, **parts), collection, **{"saved": SAVED, **own})


def post(row: int, number: str, collection: Collection = Collection.X_LIKES, **parts) -> Entry:
    """A post on X."""
    said = Post(Network.X, number, Person("@ada", "Ada"))
    return entry(
        row, collection, uid=number, url=f"https://x.com/ada/status/{number}", title="", kind=ItemKind.POST,
        post=parts.pop("post", said), **parts)  # fmt: skip


def importer(store: Store, clock: FakeClock, rows: Iterable[Row] | Callable[[], Iterator[Batch]], size: int = 500):
    """An importer that reads ``rows``, or the batches that it is given."""

    def batches(_path: Path, _format: Format) -> Iterator[Batch]:
        if callable(rows):
            yield from rows()
            return
        every = list(rows)
        for start in range(0, len(every), size):
            yield Batch(tuple(every[start : start + size]), start, len(every))

    return Importer(store, clock, batches, lambda: None)


def bring(store: Store, clock: FakeClock, *rows: Row, progress: FakeProgress | None = None) -> Report:
    return importer(store, clock, rows).run(PATH, Format.BOOKMARKS, progress or FakeProgress())


def totals(report: Report) -> tuple[int, int, int]:
    assert report.added + report.known + report.refused == report.rows
    return report.added, report.known, report.refused


def saved(store: Store) -> list[int]:
    return list(store.marks.saved_ids())


def everything(store: Store) -> object:
    """All that an import could change."""
    ids = store.items.ids(Filter(folded=False))
    return (
        store.items.whole(ids), store.marks.get(ids), store.highlights.of(ids), store.articles.html(ids),
        store.sources.outline(), store.history.entries())  # fmt: skip


# What becomes of a row ---------------------------------------------------------------------------


def test_each_row_is_added_there_already_or_refused(store: Store, clock: FakeClock) -> None:
    refused = Refused(3, "Bad", "ftp://x.example/", "no web address")
    report = bring(
        store, clock, entry(1), entry(2), refused, entry(4, uid="https://old.example/1", url=entry(1).item.url)
    )
    assert totals(report) == (2, 1, 1)
    assert report.refusals == (refused,)
    assert report.text == "2 items added, 1 there already, 1 could not be used."
    assert report.changes.new == 0


def test_it_is_saved_since_it_was_saved_there_with_what_the_person_did(store: Store, clock: FakeClock) -> None:
    bring(store, clock, entry(1, tags=("Énergie", "#b"), note="A note", highlights=("One", "two")))
    (item,) = saved(store)
    mark = store.marks.get([item])[item]
    assert (mark.saved, mark.read, mark.tags, mark.note) == (SAVED, True, ("b", "Énergie"), "A note")
    assert [each.text for each in store.highlights.of([item])[item]] == ["One", "two"]


def test_what_was_not_read_there_is_unread_and_what_has_no_date_is_saved_now(store: Store, clock: FakeClock) -> None:
    bring(store, clock, entry(1, read=False, saved=None))
    (mark,) = store.marks.get(saved(store)).values()
    assert (mark.read, mark.saved) == (False, clock.now())


def test_it_lives_in_the_collection_of_its_program(store: Store, clock: FakeClock) -> None:
    report = bring(store, clock, entry(1, Collection.POCKET), post(2, "77"))
    outline = store.sources.outline()
    assert [(each.key, each.label) for each in outline.collections.values()] == [
        ("collection:pocket", "Pocket"), ("collection:x-likes", "My likes on X"),
    ]  # fmt: skip
    assert not outline.sources
    assert report.changes.sources == set(outline.collections)


def test_a_collection_is_made_for_what_is_added_alone(store: Store, clock: FakeClock) -> None:
    source = add_source(store, "Old")
    store.items.apply([an_item(source.id, "1", clock.now(), url="https://old.example/1")], [])
    assert totals(bring(store, clock, entry(1), Refused(2, "", "", "no"))) == (0, 1, 1)
    assert not store.sources.outline().collections


# What is there already ---------------------------------------------------------------------------


def known(store: Store, clock: FakeClock, url: str, **parts) -> int:
    return store.items.apply([an_item(add_source(store, "News").id, "uid", clock.now(), url=url, **parts)], [])[0]


@pytest.mark.parametrize(
    "url",
    ["https://old.example/1", "HTTPS://Old.Example:443/1#part", "https://old.example/1?utm_source=feed"],
)
def test_an_address_that_is_there_makes_no_second_item(store: Store, clock: FakeClock, url: str) -> None:
    item = known(store, clock, url)
    assert totals(bring(store, clock, entry(1, tags=("a",), note="Mine"))) == (0, 1, 0)
    mark = store.marks.get([item])[item]
    assert (mark.saved, mark.read, mark.tags, mark.note) == (SAVED, False, ("a",), "Mine")


def test_pages_of_an_application_are_told_apart(store: Store, clock: FakeClock) -> None:
    rows = [
        entry(at, uid=url, url=url) for at, url in enumerate(("https://app.example/#/a", "https://app.example/#/b"))
    ]
    assert totals(bring(store, clock, *rows)) == (2, 0, 0)


def test_what_was_saved_before_keeps_its_date(store: Store, clock: FakeClock) -> None:
    item = known(store, clock, "https://old.example/1")
    store.marks.set_saved([item], clock.now())
    bring(store, clock, entry(1))
    assert store.marks.get([item])[item].saved == clock.now()


def test_a_note_goes_below_the_one_that_is_there_once(store: Store, clock: FakeClock) -> None:
    item = known(store, clock, "https://old.example/1")
    store.marks.set_note(item, "a note that is longer", clock.now())
    for _again in range(2):
        bring(store, clock, entry(1, note="note"))  # is part of a line there, and no line
    assert store.marks.get([item])[item].note == "a note that is longer\n\nnote"


def test_a_passage_that_is_marked_is_marked_once(store: Store, clock: FakeClock) -> None:
    item = known(store, clock, "https://old.example/1")
    store.highlights.put([Highlight(item, "One", clock.now(), before="before", after="after")])
    for _again in range(2):
        bring(store, clock, entry(1, highlights=("One", "two")))
    assert [each.text for each in store.highlights.of([item])[item]] == ["One", "two"]


def test_more_text_becomes_the_article(store: Store, clock: FakeClock) -> None:
    item = known(store, clock, "https://old.example/1", content="<p>Short.</p>")
    bring(store, clock, entry(1, content="<p>The whole of what it said.</p>", title="Its title"))
    article = store.articles.get(item)
    assert article is not None
    assert (article.html, article.title) == ("<p>The whole of what it said.</p>", "Its title")
    assert item in store.queue.take(100)[0]
    bring(store, clock, entry(1, content="<p>The whole of what it said, and still more.</p>"))
    assert store.articles.get(item) == article  # one that was fetched is not lost


def test_the_page_behind_a_row_is_the_article_of_an_item_that_has_none(store: Store, clock: FakeClock) -> None:
    page = Article(0, "<p>The page</p>", SAVED, "T", "Roe", "Site", SAVED, (Media("image", "https://a.example/p"),))
    bring(store, clock, entry(1, content="<p>Said</p>", article=page), entry(2))
    first, second = sorted(saved(store))
    assert store.articles.get(first) == replace(page, item=first)
    assert store.items.whole([first])[0].content == "<p>Said</p>"
    bring(store, clock, entry(1, article=replace(page, html="<p>Other</p>")), entry(2, article=page))
    assert store.articles.html([first, second]) == {first: "<p>The page</p>", second: "<p>The page</p>"}


def test_passages_keep_their_time_and_place_and_come_once(store: Store, clock: FakeClock) -> None:
    marked = [Highlight(0, "one", SAVED, "a", "b"), Highlight(0, "one", SAVED, "c", "d"), Highlight(0, "two", SAVED)]
    for _time in range(2):
        bring(store, clock, entry(1, passages=tuple(marked)), replace(entry(1, highlights=("one", "two")), row=2))
    (item,) = saved(store)
    kept = store.highlights.of([item])[item]
    assert [each.text + each.before + each.after for each in kept] == ["oneab", "onecd", "two"]
    assert kept[0].made == SAVED


def test_one_without_an_address_is_known_by_its_source(store: Store, clock: FakeClock) -> None:
    source = add_source(store, "A feed")
    (there,) = put_items(store, source.id, clock, "guid", url="")
    rows = [
        entry(1, Collection.VEILLE, uid=f"{source.key}:guid", url="", note="n", origin=(source.key, "guid")),
        entry(2, Collection.VEILLE, uid="feed:other:guid", url="", origin=("feed:other", "guid")),
    ]
    assert totals(bring(store, clock, *rows)) == (1, 1, 0)
    assert store.marks.get([there])[there].note == "n"
    assert totals(bring(store, clock, *rows)) == (0, 2, 0)


def test_of_two_rows_that_are_one_the_longer_text_is_kept(store: Store, clock: FakeClock) -> None:
    rows = [entry(1, content="<p>Short</p>"), replace(entry(1, content="<p>Much longer than that</p>"), row=2)]
    assert totals(bring(store, clock, *rows)) == (1, 1, 0)
    assert store.articles.html(saved(store)) == {saved(store)[0]: "<p>Much longer than that</p>"}


def test_less_text_does_not(store: Store, clock: FakeClock) -> None:
    item = known(store, clock, "https://old.example/1", content="<p>Long, and whole.</p>")
    bring(store, clock, entry(1, content="<p><b><i>Long</i></b></p>"))
    assert store.articles.get(item) is None


def test_rows_that_are_the_same_become_one_with_all_that_they_say(store: Store, clock: FakeClock) -> None:
    rows = [
        entry(1, tags=("a",), note="one", highlights=("x",)), entry(2),
        replace(entry(1, tags=("b", "A"), note="two", highlights=("x", "y"), saved=SAVED - timedelta(days=9)), row=3),
    ]  # fmt: skip
    report = bring(store, clock, *rows)
    assert totals(report) == (2, 1, 0)
    item = store.items.ids(Filter(saved=True))[0]
    item = next(each.id for each in store.items.rows(saved(store)) if each.url.endswith("/1"))
    mark = store.marks.get([item])[item]
    assert (mark.tags, mark.note, mark.saved) == (("a", "b"), "one\n\ntwo", SAVED - timedelta(days=9))
    assert [each.text for each in store.highlights.of([item])[item]] == ["x", "y"]


def test_a_post_is_known_by_its_number(store: Store, clock: FakeClock) -> None:
    source = add_source(store, "Ada on X")
    said = Post(Network.X, "77", Person("@ada"))
    mirrored = an_item(source.id, "77", clock.now(), kind=ItemKind.POST, url="https://n.example/ada/77", post=said)
    (item,) = store.items.apply([mirrored], [])
    rows = [
        post(1, "77"),
        post(2, "77", Collection.X_BOOKMARKS),
        entry(3, url="https://mobile.twitter.com/a/status/77?s=20"),
    ]
    for row in rows:  # the address of the mirror tells nothing of X's
        assert totals(bring(store, clock, row)) == (0, 1, 0)
    assert store.marks.get([item])[item].saved == SAVED


def test_a_post_is_known_by_any_of_its_addresses(store: Store, clock: FakeClock) -> None:
    bring(store, clock, post(1, "77"))
    assert totals(bring(store, clock, entry(1, url="https://mobile.twitter.com/i/web/status/77/photo/1"))) == (0, 1, 0)


def test_a_post_that_its_network_took_away_comes_back_from_the_archive(store: Store, clock: FakeClock) -> None:
    bring(store, clock, post(1, "77"))
    source = add_source(store, "Ada on X")
    said = Post(Network.X, "88", Person("@ada"))
    (item,) = store.items.apply([an_item(source.id, "88", clock.now(), kind=ItemKind.POST, url="", post=said)], [])
    store.items.withdraw([item], Fate.DELETED)
    assert totals(bring(store, clock, post(1, "88", Collection.X_POSTS))) == (1, 0, 0)


def test_a_post_of_a_thread_is_saved_with_it(store: Store, clock: FakeClock) -> None:
    source, ada = add_source(store, "Ada on X"), Person("@ada")
    parts = {"kind": ItemKind.POST, "title": ""}
    first = an_item(
        source.id, "1", clock.now(), url="https://x.com/ada/status/1", post=Post(Network.X, "1", ada), **parts
    )
    second = replace(first, uid="2", url="https://x.com/ada/status/2", post=Post(Network.X, "2", ada, continues="1"))
    ids = store.items.apply([first, second], [])
    bring(store, clock, post(1, "2"))
    assert saved(store) == ids


def test_threads_of_an_archive_are_threads_in_whatever_order_they_come(store: Store, clock: FakeClock) -> None:
    ada = Person("@ada")
    rows = [
        post(at, str(at), post=Post(Network.X, str(at), ada, continues=str(at - 1) if at > 1 else ""))
        for at in (3, 1, 2)
    ]
    for row in rows:
        bring(store, clock, row)
    assert len(store.items.ids(Filter())) == 1
    assert len(store.posts.thread(store.items.ids(Filter())[0])) == 3


# Again -------------------------------------------------------------------------------------------


def test_twice_is_once(store: Store, clock: FakeClock) -> None:
    known(store, clock, "https://old.example/5", content="")
    rows = [entry(at, tags=(f"t{at}",), note=f"n{at}", highlights=(f"h{at}",)) for at in range(1, 9)]
    bring(store, clock, *rows)
    before = everything(store)
    clock.advance(days=1)
    report = bring(store, clock, *rows)
    assert totals(report) == (0, 8, 0)
    assert everything(store) == before
    assert report.changes.undo is None


def test_what_had_expired_comes_back(store: Store, clock: FakeClock) -> None:
    bring(store, clock, entry(1, tags=("a",)), entry(2))
    before = saved(store)
    store.items.remove(before)
    assert totals(bring(store, clock, entry(1, tags=("a",)), entry(2))) == (2, 0, 0)
    assert saved(store) == before
    assert [each.title for each in store.items.whole(before)] == [entry(1).item.title, entry(2).item.title]
    assert store.queue.take(10)[0] == before


def test_a_collection_that_was_removed_keeps_what_is_saved_and_comes_back(store: Store, clock: FakeClock) -> None:
    bring(store, clock, entry(1), entry(2))
    curation = Curation(store, clock)
    (collection,) = store.sources.outline().collections
    curation.rename_source(collection, "My bookmarks")
    curation.remove_source(collection)
    assert not store.sources.outline().collections
    assert len(store.items.ids(Filter())) == 2
    assert totals(bring(store, clock, entry(1))) == (0, 1, 0)
    assert store.sources.outline().collections[collection].label == "My bookmarks"


# Undo --------------------------------------------------------------------------------------------


def test_undo_takes_all_of_it_back_though_others_wrote_in_between(store: Store, clock: FakeClock) -> None:
    feed = put_items(store, add_source(store, "News").id, clock, "a", "b")
    item = known(store, clock, "https://old.example/3")
    rows = [entry(at, tags=("t",), note="n", highlights=("h",)) for at in range(1, 2 * BATCH)]
    library = Library(store, lambda: None, clock)

    def mine() -> list[int]:
        return [each.id for each in store.items.rows(saved(store)) if each.url.endswith("/7")]

    def batches() -> Iterator[Batch]:
        yield Batch(tuple(rows[:BATCH]), 1, 2)
        library.save(feed)
        with store.history.recording("Tagged"):
            store.marks.set_tags(mine(), ["mine"])
        yield Batch(tuple(rows[BATCH:]), 2, 2)

    report = importer(store, clock, batches).run(PATH, Format.BOOKMARKS, FakeProgress())
    assert totals(report) == (len(rows) - 1, 1, 0)
    assert [each.text for each in store.history.entries()][-1] == "“saved.html” was imported."
    kept = mine()
    changes = store.history.undo(report.changes.undo)
    assert len(changes.items) == len(rows)
    assert saved(store) == feed
    assert set(store.items.ids(Filter())) == {*feed, item, *kept}
    assert not store.sources.outline().collections
    mark = store.marks.get([item]).get(item)
    assert mark is None or (mark.saved, mark.tags, mark.note) == (None, (), "")
    assert store.sources.outline().tags == (("mine", 1),)
    assert totals(importer(store, clock, rows).run(PATH, Format.BOOKMARKS, FakeProgress())) == (len(rows) - 2, 2, 0)


def test_what_the_person_kept_since_stays(store: Store, clock: FakeClock) -> None:
    report = bring(store, clock, entry(1), entry(2))
    first, second = saved(store)
    store.marks.set_note(first, "Mine", clock.now())
    store.history.undo(report.changes.undo)
    assert list(store.items.ids(Filter())) == [first]
    assert store.items.get(second) is None


def test_an_undo_that_takes_a_while_is_known_beforehand(store: Store, clock: FakeClock) -> None:
    history = History(store)
    assert history.lasting() is None
    bring(store, clock, *map(entry, range(1, 20)))
    assert history.lasting() is None
    large = bring(store, clock, *map(entry, range(100, 1200))).changes.undo
    assert history.lasting() == history.lasting(large) == large
    bring(store, clock, entry(5000))
    assert (history.lasting(), history.lasting(large)) == (None, large)


def test_undo_of_a_second_import_leaves_the_first(store: Store, clock: FakeClock) -> None:
    bring(store, clock, entry(1, tags=("a",)))
    before = saved(store)
    report = bring(store, clock, entry(1, tags=("b",)), entry(2))
    store.history.undo(report.changes.undo)
    assert saved(store) == before
    assert store.sources.outline().tags == (("a", 1),)
    assert store.sources.outline().collections


# Stopped, full, damaged --------------------------------------------------------------------------


def test_stopped_it_keeps_what_came_and_can_be_done_again(store: Store, clock: FakeClock) -> None:
    rows = [entry(at) for at in range(1, 1201)]
    report = bring(store, clock, *rows, progress=FakeProgress(stop_after=2))
    assert report.cancelled
    assert totals(report) == (1000, 0, 0)
    assert report.text == "Stopped before the end: 1,000 items added, 0 there already, 0 could not be used."
    assert totals(bring(store, clock, *rows)) == (200, 1000, 0)


def test_a_full_disk_keeps_what_came_and_it_can_be_done_again(tmp_path: Path, clock: FakeClock) -> None:
    store = open_store(tmp_path / "profile", write=True, clock=clock)
    rows = [entry(at, content=f"<p>{'word ' * 400}</p>") for at in range(1, 1201)]
    with store.db.write() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
    store.db._writer.execute(f"PRAGMA max_page_count = {pages + 400}")
    with pytest.raises(ProfileUnwritable):
        importer(store, clock, rows).run(PATH, Format.BOOKMARKS, FakeProgress())
    kept = len(saved(store))
    assert 0 < kept < 1200
    store.close()
    store = open_store(tmp_path / "profile", write=True, clock=clock)
    assert totals(importer(store, clock, rows).run(PATH, Format.BOOKMARKS, FakeProgress())) == (1200 - kept, kept, 0)
    store.close()


@pytest.mark.parametrize(
    "bad",
    [
        {"title": "half a \ud800 pair"}, {"uid": "\udcff"}, {"tags": ("\ud800",)}, {"content": None, "summary": None},
        {"at": None},
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_stored_leaves_the_others_alone(store: Store, clock: FakeClock, bad: dict) -> None:
    rows = [entry(at) for at in range(1, 20)]
    rows[7] = entry(8, **bad)
    report = bring(store, clock, *rows)
    if "tags" in bad:  # which is cleaned
        assert totals(report) == (19, 0, 0)
        return
    assert totals(report) == (18, 0, 1)
    assert report.refusals[0].row == 8
    assert report.refusals[0].reason.startswith("It cannot be stored (")
    assert report.refusals[0].title.isprintable()
    assert len(saved(store)) == 18


def test_the_damaged_rest_of_a_file_counts_as_a_refused_row(store: Store, clock: FakeClock) -> None:
    def batches() -> Iterator[Batch]:
        yield Batch((entry(1), entry(2)), 1, 2)
        raise Unreadable(detail="reading it failed altogether")

    report = importer(store, clock, batches).run(PATH, Format.BOOKMARKS, FakeProgress())
    assert totals(report) == (2, 0, 1)
    assert report.refusals[0].reason == "The rest of the file cannot be read: reading it failed altogether."


@pytest.mark.parametrize(
    "error", [Unreadable(detail="it is damaged"), BadFile(name="saved.html", detail="it is damaged")]
)
def test_a_file_that_cannot_be_read_at_all_says_so(store: Store, clock: FakeClock, error: Exception) -> None:
    def batches() -> Iterator[Batch]:
        yield from ()
        raise error

    with pytest.raises(BadFile, match=r"saved\.html cannot be read: it is damaged"):
        importer(store, clock, batches).run(PATH, Format.BOOKMARKS, FakeProgress())
    assert store.history.entries() == []


def test_the_reader_is_closed_when_it_is_stopped(store: Store, clock: FakeClock) -> None:
    closed = []

    def batches() -> Iterator[Batch]:
        try:
            while True:
                yield Batch((entry(1),), 1, 2)
        finally:
            closed.append(True)

    importer(store, clock, batches).run(PATH, Format.BOOKMARKS, FakeProgress(stop_after=2))
    assert closed == [True]


def test_a_report_of_very_many_refused_rows_counts_them_all(store: Store, clock: FakeClock) -> None:
    report = bring(store, clock, *(Refused(at, "", "", "no") for at in range(2500)))
    assert totals(report) == (0, 0, 2500)
    assert len(report.refusals) == 1000


# Caps --------------------------------------------------------------------------------------------


def test_what_is_too_long_or_too_much_is_cut_and_said(store: Store, clock: FakeClock) -> None:
    tags = tuple(f"tag {at}" for at in range(TAGS + 2))
    passages = tuple(f"passage {at}" for at in range(HIGHLIGHTS + 1))
    rows = [
        entry(1, tags=("x" * (TAG + 1),)), entry(2, tags=tags), entry(3, note="n" * (NOTE + 5)),
        entry(4, highlights=passages), entry(5, highlights=(" ".join(map(str, range(TEXT))),)),
    ]  # fmt: skip
    report = bring(store, clock, *rows)
    assert totals(report) == (5, 0, 0)
    assert report.cut == 4
    assert [each.row for each in sorted(report.losses, key=lambda each: each.row)] == [1, 2, 3, 4]
    assert report.text.endswith("4 were not kept whole.")
    losses = {each.row: each.reason for each in report.losses}
    assert losses[2] == "No room for more tags: tag 50, tag 51"
    assert losses[3] == "The note is too long: its last 5 characters were left out."
    assert losses[4] == "No room for 1 more highlight."
    pieces = store.highlights.of(saved(store))[saved(store)[4]]
    assert " ".join(each.text for each in pieces).split() == list(map(str, range(TEXT)))
    before = everything(store)
    bring(store, clock, *rows)
    assert everything(store) == before


# Nobody waits, nobody is asked -------------------------------------------------------------------


def test_a_mark_made_meanwhile_is_on_the_disk_before_the_import_ends(store: Store, clock: FakeClock) -> None:
    (item,) = put_items(store, add_source(store, "News").id, clock, "a")
    asked, marked = threading.Event(), threading.Event()

    def mark() -> None:
        asked.wait(10)
        store.marks.set_saved([item], clock.now())
        marked.set()

    def batches() -> Iterator[Batch]:
        for start in range(0, 5000, 500):
            yield Batch(tuple(entry(start + at) for at in range(500)), start, 5000)
            asked.set()
            if start == 4000:
                assert marked.wait(10)

    thread = threading.Thread(target=mark)
    thread.start()
    importer(store, clock, batches).run(PATH, Format.BOOKMARKS, FakeProgress())
    thread.join()
    assert store.marks.get([item])[item].saved == clock.now()


def test_what_came_is_told_about_once_a_second(store: Store, clock: FakeClock) -> None:
    told: list[Changes] = []

    def batches() -> Iterator[Batch]:
        for start in range(0, 8):
            clock.advance(seconds=0.4)
            yield Batch((entry(start),), start, 8)

    importer(store, clock, batches).run(PATH, Format.BOOKMARKS, FakeProgress(), told.append)
    assert len(told) == 3
    assert not any(each.new for each in told)


def test_a_collection_is_never_asked_nor_news(store: Store, clock: FakeClock, web: FakeFetcher) -> None:
    add_source(store, "News")
    bring(store, clock, entry(1, read=False), post(2, "5"))
    collections = store.sources.outline().collections
    refresher = refresher_of(store, clock, web)
    refresher.run(FakeProgress())
    assert refresher.run(FakeProgress(), list(collections)).asked == 0
    clock.advance(days=2)
    assert not set(refresher.due()) & set(collections)
    assert web.asked == ["https://news.example/feed"]
    library = Library(store, lambda: None, clock)
    assert Briefings(store, library, clock).brief(clock.now() - timedelta(days=30)) == []
    assert store.posts.standing(Network.X, SAVED - timedelta(days=1), clock.now(), 10) == []
    assert b"collection" not in Exchange(store, clock).export_opml()
    assert store.items.counts().unread == {next(iter(collections)): 1}


def test_an_imported_date_makes_nothing_expire(store: Store, clock: FakeClock) -> None:
    put_items(store, add_source(store, "News").id, clock, "a")
    latest = store.items.latest()
    clock.advance(days=200)
    bring(store, clock, entry(1, published=clock.now(), at=clock.now()))
    assert store.items.latest() == latest


def test_deeds_of_sources_are_refused_for_a_collection(store: Store, clock: FakeClock) -> None:
    bring(store, clock, entry(1))
    (collection,) = store.sources.outline().collections
    curation = Curation(store, clock)
    sector = curation.add_sector("Energy")[0]
    for deed in (
        lambda: curation.set_route(collection, "direct"), lambda: curation.allow(collection, Deed.OPEN),
        lambda: curation.allow_private(collection), lambda: curation.pause(collection),
        lambda: curation.move(collection, sector.key), lambda: curation.rank(collection, sector.key),
        lambda: curation.set_full_text(collection),
    ):  # fmt: skip
        with pytest.raises(NeverAsked, match="“Browser bookmarks” holds what you brought from another program"):
            deed()


def test_it_is_found_by_the_name_of_its_collection(store: Store, clock: FakeClock, indexer, library: Library) -> None:
    bring(store, clock, entry(1, Collection.POCKET, title="Lithium"), entry(2, title="Lithium too"))
    indexer.drain()
    assert library.listing(Query(text="lithium source:pocket")).total == 1
    assert library.listing(Query(text="lithium")).total == 2
    assert store.sources.by_key("collection:pocket").kind is SourceKind.COLLECTION


# Whatever comes ----------------------------------------------------------------------------------

_WORDS = st.sampled_from(("a", "A", "b", "é", ""))
_ROWS = st.lists(
    st.one_of(
        st.builds(lambda at: Refused(at, "", "", "no"), st.integers(1, 9)),
        st.builds(
            lambda at, tags, note, passages, collection: entry(
                at, collection, tags=tuple(tags), note=note, highlights=tuple(passages)
            ),
            st.integers(1, 5), st.lists(_WORDS, max_size=3), _WORDS, st.lists(_WORDS, max_size=2),
            st.sampled_from((Collection.POCKET, Collection.BOOKMARKS)),
        ),
    ),
    max_size=12,
)  # fmt: skip


@given(rows=_ROWS, size=st.integers(1, 5), stop=st.integers(1, 6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_it_is_cut_or_stopped_the_same_is_there_in_the_end(
    rows: list[Row], size: int, stop: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clock = FakeClock()
    folder = tmp_path_factory.mktemp("import")
    one, other = (open_store(folder / name, write=True, clock=clock) for name in ("one", "other"))
    try:
        first = importer(one, clock, rows).run(PATH, Format.BOOKMARKS, FakeProgress())
        totals(first)
        totals(importer(other, clock, rows, size).run(PATH, Format.BOOKMARKS, FakeProgress(stop_after=stop)))
        again = importer(other, clock, rows, size).run(PATH, Format.BOOKMARKS, FakeProgress())
        totals(again)
        assert again.refused == first.refused
        assert _said(one) == _said(other)
        for entry in other.history.entries():
            other.history.undo(entry.id)
        assert len(other.items.ids(Filter())) == 0
        assert other.sources.outline().tags == ()
    finally:
        one.close()
        other.close()


def _said(store: Store) -> dict[str, tuple[object, ...]]:
    """What was brought, whatever the numbers and the order in which it came."""
    ids = store.items.ids(Filter(folded=False))
    marks, passages = store.marks.get(ids), store.highlights.of(ids)
    return {
        each.url: (
            store.sources.get(each.source).key, marks[each.id].saved, marks[each.id].read,
            tuple(map(str.lower, marks[each.id].tags)), set(marks[each.id].note.split("\n\n")),
            {one.text for one in passages.get(each.id, ())})
        for each in store.items.rows(ids)
    }  # fmt: skip
