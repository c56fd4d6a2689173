"""Search beside SQLite's FTS5, on the same items in the same run: building, then six classes of questions.

Every question is asked once, after others have warmed both sides up, for the first 50 and the exact total.
Veille also matches inflections and folds œ and æ; FTS5 does not. A ratio is taken over FTS5's p95 or one
millisecond, whichever is more.
"""

import argparse
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from tests.bench.corpus import END, SECTORS, Corpus
from veille.model import Order
from veille.search.index import Document, Index, Scope
from veille.search.query import parse

QUESTIONS = 60  # of each class and order
WARM = 5
TOP = 50


@dataclass(frozen=True)
class Asked:
    """One question for both: ``text`` for Veille, ``match`` for FTS5."""

    text: str
    match: str
    sector: str = ""
    since: datetime | None = None
    until: datetime | None = None


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench search", description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where to build (a temporary folder otherwise)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        _run(options.items, Path(folder))


def _run(items: int, folder: Path) -> None:
    corpus = Corpus(items)
    documents = list(corpus.documents())
    index = Index.open(folder / "index")
    build = _seconds(lambda: index.write(documents))
    fts5 = sqlite3.connect(folder / "fts5.db")
    fts5_build = _seconds(lambda: _build_fts5(fts5, corpus, documents))
    size = sum(each.stat().st_size for each in (folder / "index").iterdir()) / 1e6
    print(f"{items} items; building: Veille {build:.1f} s ({size:.0f} MB), FTS5 {fts5_build:.1f} s")
    print(
        f"{'class':12} {'order':10} {'Veille p50':>10} {'p95':>8} {'FTS5 p50':>10} {'p95':>8} {'ratio':>7} {'hits':>7}"
    )
    worst = max(_compare(corpus, index, fts5), default=(0.0, "none"))
    index.close()
    fts5.close()
    print(
        f"search items={items} build_s={build:.1f} fts5_build_s={fts5_build:.1f} "
        f"worst_ratio_fts5={worst[0]:.2f} worst_class={worst[1]}"
    )


def _compare(corpus: Corpus, index: Index, fts5: sqlite3.Connection) -> Iterable[tuple[float, str]]:
    for name, asked in _classes(corpus).items():
        half = len(asked) // 2
        for order, questions in ((Order.RELEVANCE, asked[:half]), (Order.DATE, asked[half:])):
            ours, hits = _latencies(lambda each, order=order: _ask_veille(corpus, index, each, order), questions)
            theirs, _ = _latencies(lambda each, order=order: _ask_fts5(corpus, fts5, each, order), questions)
            ratio = ours[1] / max(1.0, theirs[1])
            print(
                f"{name:12} {order:10} {ours[0]:10.2f} {ours[1]:8.2f} {theirs[0]:10.2f} {theirs[1]:8.2f} "
                f"{ratio:7.2f} {hits:7}"
            )
            yield ratio, f"{name}/{order}"


def _classes(corpus: Corpus) -> dict[str, list[Asked]]:
    """Made-up words only: function words are not what people search."""
    rng = random.Random(11)
    count = 2 * (QUESTIONS + WARM)
    made_up = {lang: [word for word in each.words if len(word) > 4] for lang, each in corpus.languages.items()}
    both = [word for pair in zip(made_up["fr"], made_up["en"], strict=False) for word in pair]
    common, rare = both[: count * 2], both[8000:20_000]
    two = [(words[rng.randrange(300)], words[rng.randrange(3000)]) for words in made_up.values() for _ in range(count)]
    # Half of a word is what is typed most of the time; short beginnings are the hard ones.
    typed = [word[: rng.choice((2, 3, 4, 5))] for word in rng.sample(both[:6000], count)]
    narrowed = [_narrowed(word, rng) for word in rng.sample(common, count)]
    return {
        "common": [Asked(f"{word} ", f'"{word}"') for word in rng.sample(common, count)],
        "rare": [Asked(f"{word} ", f'"{word}"') for word in rng.sample(rare, count)],
        "two": [Asked(f"{a} {b} ", f'"{a}" AND "{b}"') for a, b in rng.sample(two, count)],
        "phrase": [Asked(f'"{name}"', f'"{name}"') for name in rng.sample(corpus.names, count)],
        "prefix": [Asked(each, f'"{each}"*') for each in typed],
        "narrowed": narrowed,
    }


def _narrowed(word: str, rng: random.Random) -> Asked:
    since = END - timedelta(days=rng.randrange(100, 1000))
    until = since + timedelta(days=rng.choice((7, 30, 365)))
    return Asked(f"{word} ", f'"{word}"', rng.choice(SECTORS), since, until)


def _ask_veille(corpus: Corpus, index: Index, asked: Asked, order: Order) -> int:
    sources = corpus.sources_of(asked.sector) if asked.sector else None
    scope = Scope(sources=sources, since=asked.since, until=asked.until)
    return index.find(parse(asked.text, END), scope, order, TOP).total


def _ask_fts5(corpus: Corpus, fts5: sqlite3.Connection, asked: Asked, order: Order) -> int:
    where, values = "fts match ?", [asked.match]
    if asked.sector:
        sources = ",".join(map(str, corpus.sources_of(asked.sector)))
        where += f" and items.at >= ? and items.at < ? and items.source in ({sources})"
        values += [asked.since.timestamp(), asked.until.timestamp()]
    joined = "fts join items on items.id = fts.rowid"
    by = "fts.rank" if order is Order.RELEVANCE else "items.at desc, items.id desc"
    fts5.execute(f"select fts.rowid from {joined} where {where} order by {by} limit {TOP}", values).fetchall()
    counted = joined if asked.sector else "fts"
    return fts5.execute(f"select count(*) from {counted} where {where}", values).fetchone()[0]


def _build_fts5(fts5: sqlite3.Connection, corpus: Corpus, documents: Sequence[Document]) -> None:
    fts5.executescript(
        """
        pragma journal_mode = wal;
        create table items(
            id integer primary key, at real, source integer, sector text, title text, text text, author text);
        create virtual table fts using fts5(
            title, text, author, content='items', content_rowid='id', tokenize="unicode61 remove_diacritics 2");
        """
    )
    rows = (
        (each.id, each.at.timestamp(), each.source, corpus.sector_of[each.source], each.title, each.text, each.author)
        for each in documents
    )
    with fts5:
        fts5.executemany("insert into items values (?, ?, ?, ?, ?, ?, ?)", rows)
        fts5.execute("create index items_at on items(at)")
        fts5.execute("insert into fts(fts) values ('rebuild')")
        fts5.execute("insert into fts(fts, rank) values ('rank', 'bm25(3.0, 1.0, 1.0)')")


def _latencies(ask: Callable[[Asked], int], questions: Sequence[Asked]) -> tuple[tuple[float, float], int]:
    """p50 and p95 in milliseconds, and the median number of hits."""
    for each in questions[:WARM]:
        ask(each)
    times, hits = [], []
    for each in questions[WARM:]:
        start = perf_counter()
        hits.append(ask(each))
        times.append((perf_counter() - start) * 1000)
    times.sort()
    return (times[len(times) // 2], times[int(len(times) * 0.95)]), sorted(hits)[len(hits) // 2]


def _seconds(call: Callable[[], None]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start
