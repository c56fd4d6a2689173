"""Search beside SQLite's FTS5 and tantivy, on the same items in the same run; and what a person waits for.

100,000 items, 70 % of them posts. Ten classes of questions, each asked once in each order, after others have warmed
all sides up, for the first 50 and the exact total. A ratio is ours over the peer's p95 or one millisecond, whichever
is more. Nobody works while another is measured.

Then, on a real profile with as many items: from each key that is typed to the first rows with their words marked
(``typing_p95_ms``); the first search of a fresh process, from before its imports (``cold_first_ms``); from storing
an item until a search finds it (``save_found_ms``). Last, ours alone with 500,000 posts: the p95 of the worst class.
"""

import argparse
import gc
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from tests.bench.corpus import Corpus
from tests.bench.searching import living
from tests.bench.searching.engines import Engine, Fts5, Tantivy, Veille
from tests.bench.searching.questions import WARM, Asked, classes
from tests.bench.start import prepared
from veille.model import Order
from veille.search.index import Document

Found = tuple[list[float], list[int]]


class Worst(NamedTuple):
    """A figure, and the class and order that it is of."""

    figure: float
    of: str


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench search", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=500_000, help="posts of the large corpus")
    parser.add_argument("--folder", type=Path, help="where to build (a temporary folder otherwise)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        figures = _beside_peers(Path(folder), options.items)
        figures |= _lived(Path(folder), options.items)
        figures |= _large(Path(folder), options.large)
    print("search", *(f"{key}={value}" for key, value in figures.items()))


# Beside peers --------------------------------------------------------------------------------------------


def _beside_peers(folder: Path, count: int) -> dict[str, object]:
    corpus = Corpus(count)
    ours = Veille(folder / "index")
    engines: list[Engine] = [ours, Fts5(folder), Tantivy(folder / "tantivy")]
    built = _built(engines, list(corpus.documents()))
    print(f"{count} items; index {ours.megabytes:.0f} MB; built in", end=" ")
    print(*(f"{name} {seconds:.1f} s" for name, seconds in built.items()), sep=", ", flush=True)
    worst = _compared(corpus, engines)
    for each in engines:
        each.close()
    return {
        "items": count,
        "worst_ratio_fts5": f"{worst['FTS5'].figure:.2f}", "worst_class_fts5": worst["FTS5"].of,
        "worst_ratio_tantivy": f"{worst['tantivy'].figure:.2f}", "worst_class_tantivy": worst["tantivy"].of,
        "build_s": f"{built['Veille']:.1f}", "fts5_build_s": f"{built['FTS5']:.1f}",
        "build_ratio_fts5": f"{built['Veille'] / built['FTS5']:.2f}",
        "index_mb": f"{ours.megabytes:.1f}",
    }  # fmt: skip


def _built(engines: Sequence[Engine], documents: Sequence[Document]) -> dict[str, float]:
    """Seconds that each takes; the items are there already."""
    return {each.name: _seconds(lambda each=each: each.build(documents)) for each in engines}


def _compared(corpus: Corpus, engines: Sequence[Engine]) -> dict[str, Worst]:
    """The worst ratio to each peer."""
    print(f"{'p50/p95 in ms':20}", *(f"{each.name:>15} {'hits':>6}" for each in engines), f"{'ratios':>12}")
    worst = {each.name: Worst(0.0, "none") for each in engines[1:]}
    for name, order, questions in _rounds(corpus):
        p95 = {}
        print(f"{name:9} {order:10}", end=" ")
        for each in engines:
            times, hits = _asked(each, order, questions)
            p95[each.name] = _p95(times)
            print(f"{_both(times):>15} {median(hits):6.0f}", end=" ")
        ratios = {peer: p95[engines[0].name] / max(1.0, p95[peer]) for peer in worst}
        worst = {peer: max(worst[peer], Worst(ratio, f"{name}/{order}")) for peer, ratio in ratios.items()}
        print(" ".join(f"{ratio:6.2f}" for ratio in ratios.values()), flush=True)
    return worst


def _rounds(corpus: Corpus) -> Iterable[tuple[str, Order, list[Asked]]]:
    """Each class in each order, with questions of its own."""
    for name, asked in classes(corpus).items():
        half = len(asked) // 2
        yield name, Order.RELEVANCE, asked[:half]
        yield name, Order.DATE, asked[half:]


def _asked(engine: Engine, order: Order, questions: Sequence[Asked]) -> Found:
    """Milliseconds and hits of each question but the first ones."""
    times, hits = [], []
    gc.collect()
    for each in questions:
        start = perf_counter()
        hits.append(engine.find(each, order))
        times.append((perf_counter() - start) * 1000)
    return times[WARM:], hits[WARM:]


# A profile, and a large one ------------------------------------------------------------------------------


def _lived(folder: Path, count: int) -> dict[str, object]:
    corpus = Corpus(count)
    profile = prepared(folder / "profile", count)
    typed = living.typing(profile, corpus)
    cold = living.cold(profile, corpus)
    saved = living.saved_and_found(profile, corpus)
    beside = living.beside_the_writer(folder / "written", corpus)
    print(f"p50/p95 in ms; {len(typed)} keys typed: {_both(typed)}; saved and found again: {_both(saved)}")
    print(f"first search of a fresh process: {cold:.0f} ms")
    print(f"{len(beside)} searches beside the writer: {_both(beside)}, at most {max(beside):.1f} ms", flush=True)
    return {
        "typing_p50_ms": f"{median(typed):.2f}", "typing_p95_ms": f"{_p95(typed):.2f}",
        "cold_first_ms": f"{cold:.1f}", "save_found_ms": f"{median(saved):.1f}",
        "beside_writer_p95_ms": f"{_p95(beside):.1f}", "beside_writer_max_ms": f"{max(beside):.1f}",
    }  # fmt: skip


def _large(folder: Path, count: int) -> dict[str, object]:
    corpus = Corpus(count, posts=1.0)
    ours = Veille(folder / "large")
    seconds = _seconds(lambda: ours.build(corpus.documents()))
    print(f"{count} posts; index {ours.megabytes:.0f} MB; made up and built in {seconds:.0f} s")
    worst = Worst(0.0, "none")
    for name, order, questions in _rounds(corpus):
        times, hits = _asked(ours, order, questions)
        worst = max(worst, Worst(_p95(times), f"{name}/{order}"))
        print(f"{name:9} {order:10} {_both(times):>15} {median(hits):6.0f}", flush=True)
    ours.close()
    return {"large": count, "at500k_p95_ms": f"{worst.figure:.2f}", "at500k_worst_class": worst.of}


def _both(times: Sequence[float]) -> str:
    return f"{median(times):.2f}/{_p95(times):.2f}"


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _seconds(call: Callable[[], None]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start
