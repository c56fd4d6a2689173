import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.core.conftest import add_source, an_item, put_items
from tests.fakes import FakeClock, FakeProgress
from tests.posted import GRACE, posted
from veille.core import indexing
from veille.core.documents import document
from veille.core.indexing import Indexer
from veille.core.library import Library
from veille.errors import IndexBroken
from veille.model import ItemKind, Query
from veille.posts import Fate, Media, Person, Poll, Referred, Relation
from veille.search.index import Index
from veille.store import Store, open_store


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


def test_an_empty_index_is_filled_even_when_much_waits_to_be_taken_out(store: Store, clock: FakeClock):
    ids = put_items(store, add_source(store, "Paper").id, clock, *"abcdef")
    store.queue.done(10**9)
    store.items.remove(ids[:3])
    Index.open(store.folder / "index").close()
    again = Indexer(store, lambda: Index.open(store.folder / "index"))
    assert again.drain() == 3
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
    assert listing.notes == ("3 items cannot be searched yet: the index is being built.",)
    assert indexer.drain() == 3
    assert found(library, "content") == 3


class Breaking:
    """An index that breaks at its first commit, as on a bad disk; the next one is sound."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened = 0

    def open(self) -> Index:
        self.opened += 1
        index = Index.open(self.folder)
        if self.opened == 1:
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


KILLED = """
import os, sys, threading
from pathlib import Path
from tests.fakes import FakeClock
from veille.core.indexing import Indexer
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
