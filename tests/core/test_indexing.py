import logging
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.core.conftest import add_source, an_item, put_items
from tests.fakes import FakeClock, FakeProgress
from tests.posted import GRACE, posted
from veille import i18n
from veille.core.library import Library
from veille.core.searching import indexing
from veille.core.searching.documents import document
from veille.core.searching.indexing import Indexer
from veille.errors import IndexBroken, IndexUnwritable, ProfileUnwritable
from veille.i18n import N_
from veille.model import Item, ItemKind, Query
from veille.posts import Fate, Media, Person, Poll, Referred, Relation
from veille.rules import Action, Rule
from veille.search.index import Index
from veille.store import Store, open_store


@pytest.fixture
def library(store: Store, indexer: Indexer, clock: FakeClock) -> Library:
    return library_of(store, indexer, clock)


def library_of(store: Store, indexer: Indexer, clock: FakeClock) -> Library:
    return Library(store, indexer.index, clock, indexer.renew, lambda: indexer.problem)


def found(library: Library, text: str) -> int:
    return library.listing(Query(text=text)).total


def test_what_is_stored_is_found_after_draining(store: Store, clock: FakeClock, indexer: Indexer, library: Library):
    source = add_source(store, "Paper")
    put_items(store, source.id, clock, "a", "b", content="<p>Un <b>réseau</b> électrique</p>", lang="fr")
    assert found(library, "reseaux") == 0
    assert indexer.drain() == 2
    assert store.queue.count() == 0
    assert found(library, "reseaux") == 2
    assert indexer.drain() == 0


def test_an_item_without_content_is_found_by_its_summary(
    store: Store, clock: FakeClock, indexer: Indexer, library: Library
):
    put_items(store, add_source(store, "Paper").id, clock, "a", content="", summary="Hydrogène")
    indexer.drain()
    assert found(library, "hydrogene") == 1


QUOTED = Referred(
    Relation.QUOTED, "9", Person("@marie@mastodon.example", "Marie Curie"), html="<p>Le radium #PrixNobel ☢️</p>",
    media=(Media("image", "https://media.example/9.png", "Une balance de Coulomb"),))  # fmt: skip


def keep_a_post(store: Store) -> int:
    """A post that says something in every part."""
    item = posted(
        "Voici la #TransitionÉnergétique 👍🏽 avec @jean_dupont", GRACE, source=add_source(store, "Posts").id,
        reposted_by=Person("@le.relais.bsky.social", "Bruno Relais"), referred=(QUOTED,), warning="Vie politique",
        poll=Poll((("Éolien marin", 3), ("Nucléaire", None))), mentions=(Person("@paul@instance.example", "Paul"),),
        media=(Media("image", "https://media.example/1.png", "Un barrage"),), tags=("HydrogèneVert",))  # fmt: skip
    (number,) = store.items.apply([item], [])
    return number


def test_all_that_a_post_says_is_found(store: Store, indexer: Indexer, library: Library):
    keep_a_post(store)
    indexer.drain()
    for text in (
        "voici", "#TransitionÉnergétique", "transitionenergetique", "énergétique", '"la transition énergétique"', "👍",
        "@jean_dupont", "jean_dup", "hopper", "@grace", "grace", "@le.relais.bsky.social", "bruno", "marie curie",
        "@marie@mastodon.example", "marie@mastodon.example", "radium", "#prixnobel", "nobel", "☢", "coulomb",
        "politique", "éoliens ", "nucléaire", "barrage", "#HydrogèneVert", "hydrogène", "@paul@instance.example",
    ):  # fmt: skip
        assert found(library, text) == 1, text
    for text in ("3", "media.example", "https", '"dupont politique"', '"hopper marie"'):
        assert found(library, text) == 0, text


def test_a_post_that_is_gone_is_found_by_its_author_alone(store: Store, indexer: Indexer, library: Library):
    number = keep_a_post(store)
    indexer.drain()
    store.items.withdraw([number], Fate.DELETED)
    assert indexer.drain() == 1
    assert [found(library, text) for text in ("@grace", "hopper", "@le.relais.bsky.social")] == [1, 1, 1]
    for text in (
        "voici",
        "👍",
        "énergétique",
        "radium",
        "curie",
        "politique",
        "éolien",
        "barrage",
        "hydrogène",
        "paul",
    ):
        assert found(library, text) == 0, text


def test_a_hashtag_that_the_text_has_weighs_once():
    said = [document(posted("le #Climat ici", tags=tags)).text for tags in ((), ("climat",))]
    assert said == ["le #Climat ici"] * 2
    other = document(posted("les #Climats ici", tags=("climat",)))
    assert other.text == "les #Climats ici\n#climat"


def test_a_post_of_a_feed_has_its_hashtags_and_pictures(
    store: Store, clock: FakeClock, indexer: Indexer, library: Library
):
    source = add_source(store, "Mirror").id
    parts = {"tags": ("VilleVerte",), "media": (Media("image", "https://media.example/1.png", "Un tramway"),)}
    put_items(store, source, clock, "p", kind=ItemKind.POST, title="", **parts)
    put_items(store, source, clock, "a", **parts)
    indexer.drain()
    assert [found(library, text) for text in ("#villeverte", "verte", "tramway")] == [1, 1, 1]


def test_an_index_of_the_format_before_is_made_anew(store: Store, indexer: Indexer, library: Library):
    keep_a_post(store)
    indexer.drain()
    indexer.close()
    (store.folder / "index" / "format").write_text("1")
    assert store.queue.count() == 0
    beside = Index.open(store.folder / "index", write=False)
    assert beside.fresh
    again = Indexer(store, lambda: Index.open(store.folder / "index"))
    assert again.index().count() == 0
    assert again.drain() == 1
    assert again.index().count() == 1
    again.close()
    assert found(library, "énergétique 👍") == 1


def test_an_item_that_nobody_can_read_holds_up_no_other(
    store: Store, clock: FakeClock, indexer: Indexer, library: Library, monkeypatch: pytest.MonkeyPatch
):
    def picky(item: Item) -> object:
        if "poison" in item.content:
            raise RecursionError
        return document(item)

    monkeypatch.setattr(indexing, "document", picky)
    feed = add_source(store, "Paper").id
    ids = put_items(store, feed, clock, "a", "b", title="Wind")
    ids += put_items(store, feed, clock, "c", title="Wind", content="<p>poison</p>")
    indexer.drain()
    assert sorted(library.listing(Query(text="wind ")).ids) == sorted(ids)
    assert library.listing(Query(text="poison ")).total == 0
    assert store.queue.count() == 0


def test_what_waits_to_be_taken_out_is_not_listed(store: Store, clock: FakeClock, indexer: Indexer, library: Library):
    ids = put_items(store, add_source(store, "Paper").id, clock, "a", "b", "c")
    indexer.drain()
    store.items.remove(ids[:2])
    listing = library.listing(Query(text="content "))
    assert (list(listing.ids), listing.total, listing.notes) == (ids[2:], 1, ())


def test_what_expired_is_found_no_more(store: Store, clock: FakeClock, indexer: Indexer, library: Library):
    ids = put_items(store, add_source(store, "Paper").id, clock, "a", "b")
    indexer.drain()
    store.items.remove(ids[:1])
    assert indexer.drain() == 1
    assert list(library.listing(Query(text="content")).ids) == ids[1:]


def test_a_missing_index_is_made_anew(store: Store, clock: FakeClock, indexer: Indexer):
    put_items(store, add_source(store, "Paper").id, clock, *"abc")
    indexer.drain()
    indexer.close()
    for path in (store.folder / "index").iterdir():
        path.unlink()
    again = Indexer(store, lambda: Index.open(store.folder / "index"))
    assert again.drain() == 3
    assert again.index().count() == 3
    again.close()


def test_an_index_that_lost_its_queue_is_filled(store: Store, clock: FakeClock):
    """As after a kill between making the index and queueing everything for it."""
    put_items(store, add_source(store, "Paper").id, clock, *"abc")
    store.queue.done(10**9)
    Index.open(store.folder / "index").close()
    opened = Index.open(store.folder / "index")
    assert not opened.fresh
    again = Indexer(store, lambda: opened)
    assert again.drain() == 3
    again.close()


def test_what_rules_hide_counts_among_what_the_index_should_have(store: Store, clock: FakeClock):
    """Else an index that lost as much as is hidden would pass for whole."""
    ids = put_items(store, add_source(store, "Paper").id, clock, *"abcdef")
    store.rules.hide(store.rules.put(Rule(frozenset({Action.HIDE}), key="k")).id, ids[:4])
    old = Index.open(store.folder / "index")
    old.write([document(item) for item in store.items.whole(ids[:2])], [])
    old.close()
    store.queue.done(10**9)
    again = Indexer(store, lambda: Index.open(store.folder / "index"))
    assert again.drain() == 4
    assert again.index().count() == store.items.held() == 6
    again.close()


def test_an_empty_index_is_filled_even_when_much_waits_to_be_taken_out(store: Store, clock: FakeClock):
    ids = put_items(store, add_source(store, "Paper").id, clock, *"abcdef")
    store.queue.done(10**9)
    store.items.remove(ids[:3])
    Index.open(store.folder / "index").close()
    again = Indexer(store, lambda: Index.open(store.folder / "index"))
    assert again.drain() == 6
    assert again.index().count() == 3
    again.close()


def test_an_older_index_is_mended_with_what_it_lacks_and_what_is_gone(
    store: Store, clock: FakeClock, indexer: Indexer, library: Library
):
    """As after a power cut that the store outlived by a commit."""
    source = add_source(store, "Paper").id
    ids = put_items(store, source, clock, "a", "b")
    indexer.drain()
    put_items(store, source, clock, "c", "d")
    store.items.remove(ids[:1])
    store.queue.done(10**9)
    indexer.renew()
    indexer.drain()
    assert found(library, "content") == 3


def test_a_search_in_a_broken_index_says_so_and_it_is_made_anew(
    store: Store, clock: FakeClock, indexer: Indexer, library: Library
):
    put_items(store, add_source(store, "Paper").id, clock, *"abc")
    indexer.drain()
    indexer.renew()
    for path in (store.folder / "index").iterdir():
        if path.suffix not in (".toc", "") and path.stat().st_size:
            path.write_bytes(b"\0")
    listing = library.listing(Query(text="content"))
    assert listing.total == 0
    assert listing.notes == (
        "The search index was damaged and is being made anew: 3 items cannot be searched yet.",)  # fmt: skip
    assert indexer.drain() == 3
    assert library.listing(Query(text="content")).notes == ()
    assert found(library, "content") == 3


class Breaking:
    """An index that breaks at a commit, as on a bad disk, so many ``times``; the next one is sound."""

    def __init__(self, folder: Path, times: int = 1) -> None:
        self.folder = folder
        self.times = times
        self.opened = 0

    def open(self) -> Index:
        self.opened += 1
        index = Index.open(self.folder)
        if self.opened <= self.times:
            index.write = self.fail  # type: ignore[method-assign]
        return index

    def fail(self, documents, removed, stopped) -> None:
        raise IndexBroken


def test_a_commit_that_breaks_is_tried_on_a_new_index(store: Store, clock: FakeClock, tmp_path: Path):
    put_items(store, add_source(store, "Paper").id, clock, *"abc")
    breaking = Breaking(tmp_path / "index")
    indexer = Indexer(store, breaking.open)
    assert indexer.drain() == 3
    assert breaking.opened == 2
    indexer.close()


def test_long_work_goes_in_chunks_and_can_be_cancelled(
    store: Store, clock: FakeClock, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(indexing, "CHUNK", 10)
    source = add_source(store, "Paper")
    store.items.apply([an_item(source.id, str(n), clock.now()) for n in range(35)], [])
    progress = FakeProgress(stop_after=2)
    assert indexer.drain(progress) == 20
    assert [step[:2] for step in progress.steps] == [(10, 35), (20, 35)]
    assert store.queue.count() == 15
    assert indexer.drain() == 15


def test_the_thread_indexes_what_it_is_woken_for(store: Store, clock: FakeClock, indexer: Indexer, library: Library):
    came, counts = threading.Semaphore(0), []

    def indexed(count: int) -> None:
        counts.append(count)
        came.release()

    source = add_source(store, "Paper")
    put_items(store, source.id, clock, "a")
    indexer.start(indexed)
    assert came.acquire(timeout=10)
    put_items(store, source.id, clock, "b", "c")
    indexer.wake()
    assert came.acquire(timeout=10)
    assert counts == [1, 2]
    assert found(library, "content") == 3
    indexer.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "indexer"]


def test_the_thread_survives_a_failure(
    store: Store, clock: FakeClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    tries, came = [], threading.Event()

    def open_index() -> Index:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the disk is away")
        return Index.open(tmp_path / "index")

    put_items(store, add_source(store, "Paper").id, clock, "a")
    indexer = Indexer(store, open_index)
    with caplog.at_level(logging.CRITICAL):
        indexer.start(lambda count: came.set())
        for _attempt in range(100):
            indexer.wake()
            if came.wait(0.05):
                break
    assert came.is_set()
    indexer.close()


def test_beside_a_window_nothing_is_written(store: Store, clock: FakeClock):
    put_items(store, add_source(store, "Paper").id, clock, "a", "b")
    reader = open_store(store.folder, write=False, clock=clock)
    indexer = Indexer(reader, lambda: Index.open(store.folder / "index", write=False))
    library = Library(reader, indexer.index, clock, indexer.renew)
    assert indexer.drain() == 0
    listing = library.listing(Query(text="content"))
    assert listing.total == 0
    assert listing.notes == ("2 items cannot be searched yet: the index is being built.",)
    assert not (store.folder / "index").exists()
    indexer.close()
    reader.close()


# Damage ------------------------------------------------------------------------------------------


def two_segments(store: Store, clock: FakeClock, indexer: Indexer) -> tuple[list[int], list[int]]:
    """Items that were indexed in two commits, five and three."""
    source = add_source(store, "Paper").id
    first = put_items(store, source, clock, *"abcde")
    indexer.drain()
    second = put_items(store, source, clock, *"fgh")
    indexer.drain()
    return first, second


def files(store: Store) -> list[Path]:
    """The files of the segments, those of the first first."""
    return sorted((store.folder / "index").glob("MAIN_*.*"), key=lambda path: path.stat().st_mtime_ns)


def flip(path: Path) -> None:
    """Change one byte in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def test_only_what_was_lost_is_indexed_anew(store: Store, clock: FakeClock, indexer: Indexer, library: Library):
    _first, second = two_segments(store, clock, indexer)
    indexer.renew()
    files(store)[-1].write_bytes(b"\0")
    listing = library.listing(Query(text="content"))
    assert listing.total == 5  # what is sound is still there
    assert listing.notes == (
        "The search index was damaged and is being made anew: 3 items cannot be searched yet.",)  # fmt: skip
    assert store.queue.take(99)[:2] == (second, [])
    assert indexer.drain() == 3
    assert (found(library, "content"), indexer.problem) == (8, "")


def test_damage_that_no_search_met_is_found_and_mended(
    store: Store, clock: FakeClock, indexer: Indexer, library: Library, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(indexing, "IDLE", 0.05)
    two_segments(store, clock, indexer)
    indexer.close()
    for path in files(store):
        flip(path)
    again = Indexer(store, lambda: Index.open(store.folder / "index"))
    came = threading.Event()
    again.start(lambda count: came.set() if count == 8 else None)
    assert came.wait(10)
    assert found(library_of(store, again, clock), "content") == 8
    assert again.problem == ""
    again.close()


def test_items_that_went_astray_are_found(
    store: Store, clock: FakeClock, indexer: Indexer, library: Library, monkeypatch: pytest.MonkeyPatch
):
    """As many are there as should be, but not the right ones."""
    monkeypatch.setattr(indexing, "IDLE", 0.05)
    source = add_source(store, "Paper").id
    ids = put_items(store, source, clock, "a", "b")
    indexer.drain()
    store.items.remove(ids[:1])
    new = put_items(store, source, clock, "c")
    store.queue.done(10**9)
    came = threading.Event()
    indexer.start(lambda count: came.set())
    assert came.wait(10)
    assert set(library.listing(Query(text="content")).ids) == {ids[1], *new}
    indexer.close()


def test_two_that_find_the_same_damage_renew_the_index_once(store: Store, indexer: Indexer):
    broken = indexer.index()
    indexer.renew(broken)
    renewed = indexer.index()
    assert renewed is not broken
    indexer.renew(broken)
    assert indexer.index() is renewed


def test_an_index_that_stays_broken_finds_nothing_and_fails_nobody(store: Store, clock: FakeClock):
    def broken() -> Index:
        raise IndexBroken

    put_items(store, add_source(store, "Paper").id, clock, "a")
    library = library_of(store, Indexer(store, broken), clock)
    for query in (Query(text="content"), Query(text="like:1 content"), Query(within="content")):
        listing = library.listing(query)
        assert (listing.total, listing.suggestion) == (0, "")
        assert listing.notes[-1:] == ("1 item cannot be searched yet: the index is being built.",)
        assert library.total(query) == 0
        assert library.facets(query).kinds == {}
    assert library.listing(Query()).total == library.listing(Query(text="kind:article")).total == 1


def test_an_index_that_breaks_again_and_again_is_not_tried_all_the_time(
    store: Store, clock: FakeClock, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(indexing, "PAUSE", 0.2)
    put_items(store, add_source(store, "Paper").id, clock, "a")
    breaking = Breaking(tmp_path / "index", times=10**6)
    indexer = Indexer(store, breaking.open)
    with caplog.at_level(logging.CRITICAL):
        indexer.start()
        for _attempt in range(100):
            indexer.wake()
            time.sleep(0.005)
        indexer.close()
    assert 2 <= breaking.opened <= 8
    assert store.queue.count() == 1


# A disk that takes nothing -----------------------------------------------------------------------


@dataclass
class Disk:
    """Where an index is, and whether it may be written."""

    folder: Path
    full: bool = False
    refused: list[int] = field(default_factory=list)  # how many documents were offered in vain

    def open(self) -> Index:
        index = Index.open(self.folder)
        write = index.write

        def refuse(documents, removed, stopped) -> None:
            if self.full:
                self.refused.append(len(list(documents)))
                raise IndexUnwritable(detail=N_("the disk is full"))
            write(documents, removed, stopped)

        index.write = refuse  # type: ignore[method-assign]
        return index


FULL = "The search index cannot be written (the disk is full): {} cannot be searched yet."


def test_what_a_full_disk_does_not_take_waits(store: Store, clock: FakeClock, tmp_path: Path):
    disk = Disk(tmp_path / "index")
    indexer = Indexer(store, disk.open)
    library = library_of(store, indexer, clock)
    source = add_source(store, "Paper").id
    put_items(store, source, clock, "a", "b")
    indexer.drain()
    disk.full = True
    store.items.apply([an_item(source, str(n), clock.now()) for n in range(400)], [])
    assert indexer.drain() == 0
    assert store.queue.count() == 400
    listing = library.listing(Query(text="content"))
    assert (listing.total, listing.notes) == (2, (FULL.format("400 items"),))
    assert indexer.problem == FULL.format("400 items")
    assert (indexer.drain(), disk.refused) == (0, [400, indexing.TRIAL])  # not all of them again
    i18n.use("fr")
    assert "400" in indexer.problem
    i18n.use("en")
    disk.full = False
    assert indexer.drain() == 400
    assert indexer.problem == ""
    assert (found(library, "content"), library.listing(Query(text="content")).notes) == (402, ())
    indexer.close()


def test_a_full_disk_is_tried_again_by_itself_and_not_too_often(
    store: Store, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(indexing, "PAUSE", 0.1)
    disk = Disk(tmp_path / "index", full=True)
    indexer = Indexer(store, disk.open)
    came = threading.Event()
    put_items(store, add_source(store, "Paper").id, clock, "a")
    indexer.start(lambda count: came.set())
    for _attempt in range(100):
        indexer.wake()
        time.sleep(0.005)
    assert 1 <= len(disk.refused) <= 6
    disk.full = False
    assert came.wait(10)
    assert indexer.problem == ""
    indexer.close()


def test_closing_does_not_wait_for_the_disk(store: Store, clock: FakeClock, tmp_path: Path):
    disk = Disk(tmp_path / "index", full=True)
    indexer = Indexer(store, disk.open)
    put_items(store, add_source(store, "Paper").id, clock, "a")
    indexer.start()
    for _attempt in range(1000):
        if disk.refused:
            break
        time.sleep(0.005)
    indexer.close()
    assert len(disk.refused) == 1


def test_an_index_that_could_not_even_be_made_is_made_later(
    store: Store, clock: FakeClock, library: Library, indexer: Indexer
):
    put_items(store, add_source(store, "Paper").id, clock, "a", "b")
    (store.folder / "index").write_text("no folder")
    listing = library.listing(Query(text="content"))
    assert (listing.total, listing.notes) == (0, ("2 items cannot be searched yet: the index is being built.",))
    assert indexer.drain() == 0
    (note,) = library.listing(Query(text="content")).notes
    assert note.startswith("The search index cannot be written (")
    assert note.endswith("): 2 items cannot be searched yet.")
    (store.folder / "index").unlink()
    assert indexer.drain() == 2
    assert (found(library, "content"), indexer.problem) == (2, "")


def test_a_profile_that_takes_nothing_is_no_failure_either(
    store: Store, clock: FakeClock, indexer: Indexer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(indexing, "PAUSE", 0.05)
    done, tries = store.queue.done, threading.Semaphore(0)

    def refuse(token: int) -> None:
        tries.release()
        raise ProfileUnwritable(path="x", detail=N_("the disk is full"))

    monkeypatch.setattr(store.queue, "done", refuse)
    put_items(store, add_source(store, "Paper").id, clock, "a")
    came = threading.Event()
    indexer.start(lambda count: came.set())
    assert tries.acquire(timeout=10)
    assert tries.acquire(timeout=10)
    assert indexer.problem == FULL.format("1 item")
    monkeypatch.setattr(store.queue, "done", done)
    assert came.wait(10)
    assert indexer.problem == ""
    assert caplog.records == []


def test_an_index_that_cannot_be_mended_yet_is_searched_and_mended_later(
    store: Store, clock: FakeClock, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(indexing, "PAUSE", 0.05)
    monkeypatch.setattr(indexing, "IDLE", 0.05)
    two_segments(store, clock, indexer)
    indexer.renew()
    files(store)[-1].write_bytes(b"\0")
    mend = store.queue.mend

    def refuse(indexed: object) -> int:
        raise ProfileUnwritable(path="x", detail=N_("the disk is full"))

    monkeypatch.setattr(store.queue, "mend", refuse)
    library = library_of(store, indexer, clock)
    assert found(library, "content") == 5
    came = threading.Event()
    indexer.start(lambda count: came.set())
    assert not came.wait(0.3)
    monkeypatch.setattr(store.queue, "mend", mend)
    assert came.wait(10)
    assert (found(library, "content"), indexer.problem) == (8, "")


# A process that is killed ------------------------------------------------------------------------

KILLED = """
import os, sys, threading
from pathlib import Path
from tests.fakes import FakeClock
from veille.core.searching.indexing import Indexer
from veille.search.index import Index
from veille.store import open_store

store = open_store(Path(sys.argv[1]), write=True, clock=FakeClock())
index = Index.open(store.folder / "index")
write = index.write
def commit_then_die(*arguments):
    write(*arguments)
    os._exit(9)
index.write = commit_then_die
Indexer(store, lambda: index).drain()
"""


def test_killed_between_commit_and_queue_nothing_is_lost_nor_doubled(tmp_path: Path, clock: FakeClock):
    folder = tmp_path / "profile"
    store = open_store(folder, write=True, clock=clock)
    put_items(store, add_source(store, "Paper").id, clock, *"abcde")
    store.close()
    killed = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    assert killed.returncode == 9
    store = open_store(folder, write=True, clock=clock)
    assert store.queue.count() == 5
    indexer = Indexer(store, lambda: Index.open(folder / "index"))
    indexer.drain()
    assert indexer.index().count() == 5
    assert store.queue.count() == 0
    indexer.close()
    store.close()
