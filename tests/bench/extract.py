"""How well articles are found on pages, by the metric of scrapinghub's article-extraction-benchmark, beside
trafilatura with its own defaults in the same run.

A text is the bag of its shingles (four words in a row); precision and recall of each page are averaged, and F1 is made
of the two averages (its ``evaluate.py``). Pages and the text that people found on them: ``D_articles``. Seconds are
those of one page in this process, everything imported.
"""

import argparse
import gzip
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.corpora import corpus

_WORD = re.compile(r"\w+")
_SHINGLE = 4


@dataclass(frozen=True)
class Page:
    """A page, and the text of its article."""

    html: bytes
    address: str
    article: str


@dataclass(frozen=True)
class Score:
    """Figures from 0 to 1, and the median seconds of a page."""

    f1: float
    precision: float
    recall: float
    seconds: float


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench extract", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pages", type=int, help="the first so many (all of them otherwise)")
    pages, known = stored(parser.parse_args(arguments).pages)
    print(f"{len(pages)} pages of {known} whose article is known")
    print(f"{'':22} {'F1':>6} {'precision':>9} {'recall':>6} {'ms a page':>9}")
    scores = {name: score(pages, find) for name, find in (("trafilatura's defaults", theirs), ("Veille", ours))}
    for name, one in scores.items():
        print(f"{name:22} {one.f1:6.4f} {one.precision:9.4f} {one.recall:6.4f} {one.seconds * 1000:9.1f}")
    peer, one = scores.values()
    print(
        f"extract f1={one.f1:.4f} precision={one.precision:.4f} recall={one.recall:.4f} s_page={one.seconds:.4f} "
        f"pages={len(pages)} peer_f1={peer.f1:.4f} peer_s_page={peer.seconds:.4f}"
    )


def stored(most: int | None = None) -> tuple[list[Page], int]:
    """The pages that are there, in the order of their names, and of how many the article is known."""
    folder = corpus("D_articles", "article-extraction-benchmark")
    known: dict[str, dict[str, Any]] = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    files = {name: folder / "html" / f"{name}.html.gz" for name in sorted(known)}
    there = [(name, file) for name, file in files.items() if file.exists()][:most]
    pages = [
        Page(gzip.decompress(file.read_bytes()), known[name]["url"], known[name]["articleBody"]) for name, file in there
    ]
    return pages, len(known)


def score(pages: Sequence[Page], find: Callable[[Page], str]) -> Score:
    """What ``find`` makes of ``pages``; the first is found once before, so that nothing is imported on the clock."""
    find(pages[0])
    seconds, precisions, recalls = [], [], []
    for page in pages:
        began = time.perf_counter()
        found = find(page)
        seconds.append(time.perf_counter() - began)
        precision, recall = compared(page.article, found)
        precisions += [precision] if precision is not None else []
        recalls += [recall] if recall is not None else []
    precision, recall = statistics.mean(precisions), statistics.mean(recalls)
    return Score(2 * precision * recall / (precision + recall), precision, recall, statistics.median(seconds))


def compared(article: str, found: str) -> tuple[float | None, float | None]:
    """Precision and recall of ``found``; None where there is nothing to be precise about, or to be recalled."""
    wanted, had = _shingles(article), _shingles(found)
    right = (wanted & had).total()
    return right / had.total() if had else None, right / wanted.total() if wanted else None


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1)) if words)


def ours(page: Page) -> str:
    """Veille's."""
    from veille.content.html import to_text
    from veille.errors import NoArticle
    from veille.sources.articles import extract

    try:
        return to_text(extract(page.html, "text/html; charset=utf-8", page.address).html)
    except NoArticle:
        return ""


def theirs(page: Page) -> str:
    """What trafilatura gives when it is asked for nothing in particular."""
    import trafilatura

    return trafilatura.extract(page.html.decode("utf-8", "replace")) or ""
