"""A real profile in a folder of its own, and items to put into it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from veille.content.addresses import source_key
from veille.core.indexing import Indexer
from veille.core.library import Library
from veille.model import Item, ItemKind, Source, SourceKind
from veille.search.index import Index
from veille.store import Store, open_store


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
