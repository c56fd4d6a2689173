"""What a person waits for, on a real profile with its store, its queue and its index."""

import gc
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter, sleep

from tests.bench.corpus import Corpus
from tests.bench.searching.questions import WARM, classes
from veille.app import open_services
from veille.core.searching.indexing import CHUNK
from veille.core.services import Services
from veille.model import Order, Query
from veille.search.index import Index
from veille.search.query.question import Word
from veille.ui.items import PAGE

SAVED = 20  # items
STARTS = 5  # processes
TYPED = 60  # searches that are typed
WRITTEN = 10_000  # documents that are there before others are written beside searches, twice as many
_PATIENCE = 60  # seconds
_ROOT = Path(__file__).parents[3]


def typing(profile: Path, corpus: Corpus) -> list[float]:
    """Milliseconds from each key to the listing with its first rows, words marked: what the window asks for.

    Each search is typed letter by letter, newest first and best first in turns; the first ones only warm up.
    """
    services = open_services(profile, write=True)
    try:
        took = []
        for number, text in enumerate(_texts(corpus)):
            order = Order.RELEVANCE if number % 2 else Order.DATE
            keys = [_milliseconds(services, Query(text[:end], order=order)) for end in range(1, len(text) + 1)]
            took += keys if number >= WARM else []
        return took
    finally:
        services.close()


def saved_and_found(profile: Path, corpus: Corpus) -> list[float]:
    """Milliseconds from before an item is stored until a search finds it, by the store's queue and the one writer."""
    services = open_services(profile, write=True)
    indexed = Event()
    try:
        services.library.total(Query("veille"))
        services.indexer.start(lambda _count: indexed.set())
        items = islice(corpus.items(), WARM + SAVED)
        took = []
        for number, item in enumerate(items):
            word = f"unheard{number:03}of"
            new = replace(item, uid=f"saved-{word}", url=f"{item.url}/{word}", content=f"<p>{item.summary} {word}</p>")
            indexed.clear()
            start = perf_counter()
            services._store.items.apply([new], [])
            services.indexer.wake()
            while not services.library.total(Query(f"{word} ")):
                assert indexed.wait(_PATIENCE), "it was never indexed"
                indexed.clear()
            took.append((perf_counter() - start) * 1000)
        return took[WARM:]
    finally:
        services.close()


def beside_the_writer(folder: Path, corpus: Corpus) -> list[float]:
    """Milliseconds of searches, one every few, while another thread writes and merges as the indexer does."""
    index, documents = Index.open(folder), list(islice(corpus.documents(), WRITTEN * 3))
    index.write(documents[:WRITTEN])
    words = [Word(word) for each in corpus.languages.values() for word in each.words[200:260]]

    def write() -> None:
        for start in range(WRITTEN, len(documents), CHUNK):
            index.write(documents[start : start + CHUNK])

    writer, took = Thread(target=write), []
    gc.collect()
    gc.freeze()  # what the corpus holds is no business of the collector's meanwhile
    writer.start()
    for word in cycle(words):
        start = perf_counter()
        index.find(word, Order.RELEVANCE if len(took) % 2 else Order.DATE, 50)
        took.append((perf_counter() - start) * 1000)
        sleep(0.005)
        if not writer.is_alive():
            break
    gc.unfreeze()
    index.close()
    return took


def cold(profile: Path, corpus: Corpus) -> float:
    """Milliseconds of the first search of a fresh process (``cold.py``), the median of some after one that warms the
    system's cache up and has all modules compiled, as they are where Veille is installed."""
    words = [word for each in corpus.languages.values() for word in each.words if len(word) > 4]
    with TemporaryDirectory() as compiled:
        times = [_first_search(profile, f"{word} ", compiled) for word in words[: STARTS + 1]]
    return median(times[1:])


def _first_search(profile: Path, text: str, compiled: str) -> float:
    command = [sys.executable, "-m", "tests.bench.searching.cold", str(profile), text]
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""}
    return float(subprocess.run(command, cwd=_ROOT, env=environment, stdout=subprocess.PIPE, check=True).stdout)


def _texts(corpus: Corpus) -> Iterator[str]:
    """One word or several, as people type them."""
    rng, asked = random.Random(5), classes(corpus)
    for _text in range(WARM + TYPED):
        kind = rng.choice(("common", "rare", "two", "two", "three", "phrase", "not"))
        yield rng.choice(asked[kind]).text.rstrip()


def _milliseconds(services: Services, query: Query) -> float:
    start = perf_counter()
    listing = services.library.listing(query)
    services.library.hits(listing.ids[:PAGE], listing.words)
    return (perf_counter() - start) * 1000
