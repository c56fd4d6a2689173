"""A real profile in a folder of its own, items to put into it, and a web of sources that answers as it is told."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.fakes import FakeClock
from veille.contacts import Purpose, Reason
from veille.content.addresses import source_key
from veille.core.curating.curation import Curation
from veille.core.library import Library
from veille.core.searching.indexing import Indexer
from veille.core.watching.refresh import Refresher
from veille.errors import SourceError
from veille.model import Fetched, Item, ItemKind, Mode, Query, Source, SourceKind, SourceState, Validators
from veille.search.index import Index
from veille.settings import Settings
from veille.store import Filter, Store, open_store


@pytest.fixture
def indexer(store: Store) -> Iterator[Indexer]:
    """The index of ``store``, in its folder."""
    made = Indexer(store, lambda: Index.open(store.folder / "index"))
    yield made
    made.close()


@pytest.fixture
def library(store: Store, indexer: Indexer, clock: FakeClock) -> Library:
    """The library of ``store`` with its real index."""
    return Library(store, indexer.index, clock, indexer.renew)


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    """An empty, writable profile."""
    opened = open_store(tmp_path / "profile", write=True, clock=clock)
    yield opened
    opened.close()


def add_source(store: Store, name: str) -> Source:
    """A source ``https://NAME.example/feed`` called ``name``."""
    address = f"https://{name.lower().replace(' ', '-')}.example/feed"
    return store.sources.add(source_key("feed", address), SourceKind.FEED, address, name)


def an_item(source: int, uid: str, now: datetime, **parts) -> Item:
    """An item of ``source``, seen and published ``now``, an article unless ``parts`` say otherwise."""
    item = Item(
        id=0, source=source, uid=uid, kind=ItemKind.ARTICLE, url=f"https://news.example/{uid}", title=f"Title {uid}",
        author="", summary=f"Summary {uid}", content=f"<p>Content {uid}</p>", lang="en", published=now, updated=None,
        seen=now, at=now, hash=f"hash {uid}")  # fmt: skip
    return replace(item, **parts)


def put_items(store: Store, source: int, clock: FakeClock, *uids: str, **parts) -> list[int]:
    """Items of ``source``, each an hour older than the one before; returns their ids."""
    now = clock.now()
    items = [an_item(source, uid, now - timedelta(hours=hours), **parts) for hours, uid in enumerate(uids)]
    return store.items.apply(items, [])


@dataclass
class FakeFetcher:
    """A web of sources: ``feeds`` maps addresses to items, an error, or an answer that is made when asked."""

    clock: FakeClock
    feeds: dict[str, tuple[Item, ...] | Exception | Callable[[Source], Fetched]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    known: dict[str, Mapping[str, str]] = field(default_factory=dict)
    purposes: dict[str, Purpose] = field(default_factory=dict)

    def fetch(
        self,
        source: Source,
        state: SourceState,
        known: Mapping[str, str],
        purpose: Purpose,
        cancelled: Callable[[], bool],
    ) -> Fetched:
        self.asked.append(source.address)
        self.known[source.address] = known
        self.purposes[source.address] = purpose
        answer = self.feeds.get(source.address, ())
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            return answer(source)
        items = tuple(replace(item, source=source.id) for item in answer if known.get(item.uid) != item.hash)
        now = self.clock.now()
        good = replace(state, checked=now, changed=now, failures=0, error="", validators=Validators('"1"'))
        return Fetched(source.id, good, items, title=f"{source.title} itself", unchanged=not items)


def give(web: FakeFetcher, source: Source, *uids: str, **parts) -> None:
    web.feeds[source.address] = tuple(an_item(source.id, uid, web.clock.now(), **parts) for uid in uids)


def titles(store: Store) -> set[str]:
    return {item.title for item in store.items.rows(store.items.ids(Filter()))}


@dataclass
class FakeDiscretion:
    """The mode in force, and sources (0: those of nobody's list) to which there is no way out, with the reason."""

    mode: Mode = Mode.DISCREET
    barred: dict[int, SourceError] = field(default_factory=dict)

    def purpose(self, source: Source | None, reason: Reason) -> Purpose:
        number = source.id if source else 0
        if number in self.barred:
            raise self.barred[number]
        return Purpose(reason, number, strict=self.mode is Mode.STRICT)


@pytest.fixture
def web(clock: FakeClock) -> FakeFetcher:
    return FakeFetcher(clock)


@pytest.fixture
def discretion() -> FakeDiscretion:
    return FakeDiscretion()


@pytest.fixture
def woken() -> list[int]:
    return []


def refresher_of(
    store: Store,
    clock: FakeClock,
    web: FakeFetcher,
    discretion: FakeDiscretion | None = None,
    settings: Settings | None = None,
    *,
    seed: int = 1,
    **more,
) -> Refresher:
    """A refresher of ``web``."""
    given = settings or Settings(keep_days=30)
    wake = more.pop("wake", lambda: None)
    return Refresher(
        store, clock, Random(seed), lambda: {SourceKind.FEED: web}, lambda: given, discretion or FakeDiscretion(), wake,
        **more)  # fmt: skip


@pytest.fixture
def refresher(
    store: Store, clock: FakeClock, web: FakeFetcher, discretion: FakeDiscretion, woken: list[int]
) -> Refresher:
    return refresher_of(store, clock, web, discretion, wake=lambda: woken.append(1))


@pytest.fixture
def world(store: Store, clock: FakeClock, indexer: Indexer) -> dict[str, int]:
    """Two sectors and a loose source; ids of items by uid, all indexed.

    Energy: Le Courant (c1…c3, French articles) and Gridmoor (g1, g2, posts). Retail: Shops (s1…s3). Loose: Loose (l1).
    """
    curation = Curation(store, clock)
    for title in ("Énergie", "Retail"):
        curation.add_sector(title)
    sources = {name: add_source(store, name).id for name in ("Le Courant", "Gridmoor", "Shops", "Loose")}
    for name, sector in (("Le Courant", "energie"), ("Gridmoor", "energie"), ("Shops", "retail")):
        curation.move(sources[name], sector)
    ids: dict[str, int] = {}
    for name, kind, uids, words in (
        ("Le Courant", ItemKind.ARTICLE, ("c1", "c2", "c3"), "batterie au sodium"),
        ("Gridmoor", ItemKind.POST, ("g1", "g2"), "battery news"),
        ("Shops", ItemKind.ARTICLE, ("s1", "s2", "s3"), "paper on shops"),
        ("Loose", ItemKind.ARTICLE, ("l1",), "battery paper"),
    ):
        new = put_items(
            store, sources[name], clock, *uids, kind=kind, lang="fr" if name == "Le Courant" else "en",
            content=f"<p>{words}</p>", summary=words)  # fmt: skip
        ids |= dict(zip(uids, new, strict=True))
        clock.advance(minutes=1)
    indexer.drain()
    return ids | sources


def uids(library: Library, **parts) -> list[str]:
    return [hit.item.uid for hit in library.hits(library.listing(Query(**parts)).ids)]
