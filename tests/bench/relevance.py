"""How good the order by relevance is, beside stock Whoosh on the same texts in the same run: nDCG@10.

Cranfield: abstracts on aeronautics, and questions whose answers were judged. The judgements say 1 for a complete answer
to 4 for one of minimum interest: gains of 4 to 1; what has none, and -1, gains nothing. (Stock Whoosh then gets the .38
that it is known to get.)

OrangeSum: French news. A title, or an abstract, is asked, and the one right answer is its article: 1 / log2(1 + rank)
where that is among the first ten. Where the data has no abstracts, the first sentence of each article of the titles
takes their place: it is asked, and looked for in the rest of its article. That is harder than abstracts are.

A question is asked as "any of these words". Stock Whoosh has its own analyser of the language with accents folded,
title and text as two fields, OrGroup, and its default BM25F.
"""

import argparse
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.corpus import END
from tests.corpora import corpus
from veille.model import ItemKind, Order
from veille.search.index import Document, Index
from veille.search.query.question import Any, Word
from veille.search.words.analysis import tokens

FIRST = 10
GAINS = {1: 4, 2: 3, 3: 2, 4: 1}  # by the code of the judgement
_LEAD = 12  # words that the first sentence has at least
_SENTENCE = re.compile(r'[.!?…"»](?=\s|[A-ZÀÉ"«])')
_FIELD = re.compile(r"^\.([TAW])\n(.*?)(?=^\.[TABW]\n|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Text:
    """What is looked for."""

    text: str
    title: str = ""
    author: str = ""


@dataclass(frozen=True)
class Collection:
    """Texts, numbered from 1 as they come; questions, each with the gain of every text that answers it."""

    lang: str
    texts: list[Text]
    questions: list[tuple[str, dict[int, int]]]


Search = Callable[[str], list[int]]


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench relevance", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--questions", type=int, help="of each collection (all of them otherwise)")
    most = parser.parse_args(arguments).questions
    print(f"{'collection':22} {'questions':>9} {'stock Whoosh':>12} {'Veille':>8}")
    results = []
    for name, collection in (("cranfield", cranfield(most)), _abstracts(most), ("orangesum_titles", titles(most))):
        stock, ours = _ndcg(collection, _stock(collection)), _ndcg(collection, _veille(collection))
        print(f"{name:22} {len(collection.questions):9} {stock:12.3f} {ours:8.3f}", flush=True)
        results.append((ours, stock))
    names = ("cranfield", "orangesum_abstracts", "orangesum_titles")
    keys = [f"{name}={ours:.4f}" for name, (ours, _stock) in zip(names, results, strict=True)]
    keys += [f"stock_{name}={stock:.4f}" for name, (_ours, stock) in zip(names, results, strict=True)]
    print("relevance", *keys)


# The collections -----------------------------------------------------------------------------------------


def cranfield(most: int | None = None) -> Collection:
    """The judged one; of its questions the first ``most``."""
    folder = corpus("F_search", "cranfield")
    gains: dict[int, dict[int, int]] = {}
    for line in (folder / "cranqrel").read_text().splitlines():
        question, text, code = map(int, line.split())
        if code in GAINS:
            gains.setdefault(question, {})[text] = GAINS[code]
    texts = [Text(each["W"], each["T"], each["A"]) for _number, each in _records(folder / "cran.all.1400")]
    asked = [(each["W"], gains[number]) for number, each in _records(folder / "cran.qry") if number in gains]
    return Collection("en", texts, asked[:most])


def titles(most: int | None = None) -> Collection:
    """Titles and their articles."""
    return _known(corpus("F_search", "orangesum-fr", "summaries", "titles"), most)


def _abstracts(most: int | None) -> tuple[str, Collection]:
    folder = corpus("F_search", "orangesum-fr", "summaries")
    if (folder / "abstracts" / "gold.txt").exists():
        return "orangesum_abstracts", _known(folder / "abstracts", most)
    parted = [_parted(article) for article in _lines(folder / "titles" / "source_documents.txt")]
    return "orangesum_first_lines", _answered([lead for lead, _rest in parted], [rest for _lead, rest in parted], most)


def _known(folder: Path, most: int | None) -> Collection:
    return _answered(_lines(folder / "gold.txt"), _lines(folder / "source_documents.txt"), most)


def _answered(asked: list[str], articles: list[str], most: int | None) -> Collection:
    """Each question is answered by the article that stands in the same place."""
    pairs = list(zip(asked, articles, strict=True))[:most]
    questions = [(question, {number: 1}) for number, (question, _article) in enumerate(pairs, 1)]
    return Collection("fr", [Text(article) for _question, article in pairs], questions)


def _records(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each record of a file of Cranfield: its number, and title, author and words."""
    for record in re.split(r"^\.I ", file.read_text(), flags=re.MULTILINE)[1:]:
        number, _, rest = record.partition("\n")
        yield int(number), {"T": "", "A": "", "W": ""} | dict(_FIELD.findall(rest))


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]


def _parted(article: str) -> tuple[str, str]:
    """The first sentence that is long enough to tell something, and what comes after it."""
    for found in _SENTENCE.finditer(article):
        if len(article[: found.end()].split()) >= _LEAD:
            return article[: found.end()], article[found.end() :]
    return article, ""


# The measure, and both who are measured ------------------------------------------------------------------


def _ndcg(collection: Collection, search: Search) -> float:
    """The mean over all questions."""
    return sum(_gained(search(text), gains) for text, gains in collection.questions) / len(collection.questions)


def _gained(found: list[int], gains: dict[int, int]) -> float:
    """What ``found`` gains of the most that could be gained."""
    best = sorted(gains.values(), reverse=True)[:FIRST]
    return _discounted([gains.get(each, 0) for each in found[:FIRST]]) / _discounted(best)


def _discounted(gains: list[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def _veille(collection: Collection) -> Search:
    """The real index; all texts are of one moment."""
    with TemporaryDirectory() as folder:
        index = Index.open(Path(folder))
        index.write(
            Document(number, each.title, each.text, each.author, 1, ItemKind.ARTICLE, collection.lang, END)
            for number, each in enumerate(collection.texts, 1)
        )
        answers = {
            text: index.find(Any(tuple(map(Word, dict.fromkeys(tokens(text))))), Order.RELEVANCE, FIRST).ids.tolist()
            for text, _gains in collection.questions
        }
        index.close()
    return answers.__getitem__


def _stock(collection: Collection) -> Search:
    from whoosh.analysis import CharsetFilter, LanguageAnalyzer
    from whoosh.fields import STORED, TEXT, Schema
    from whoosh.filedb.filestore import RamStorage
    from whoosh.qparser import MultifieldParser, OrGroup
    from whoosh.support.charset import accent_map

    analyser = LanguageAnalyzer(collection.lang) | CharsetFilter(accent_map)
    schema = Schema(number=STORED, title=TEXT(analyser), text=TEXT(analyser))
    index = RamStorage().create_index(schema)
    writer = index.writer(limitmb=512)
    for number, each in enumerate(collection.texts, 1):
        writer.add_document(number=number, title=each.title, text=each.text)
    writer.commit()
    searcher, parser = index.searcher(), MultifieldParser(["title", "text"], schema, group=OrGroup)

    def search(text: str) -> list[int]:
        plain = re.sub(r"[^\w\s]", " ", text)  # what its parser takes for operators
        return [hit["number"] for hit in searcher.search(parser.parse(plain), limit=FIRST)]

    return search
