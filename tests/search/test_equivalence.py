"""The evaluator against stock Whoosh: the same documents in an index with Whoosh's own codec, written and searched by
Whoosh alone, must give the same items, whatever came, went and was merged; and scores must give the same order."""

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import index as whoosh_index

from tests.search import stock
from tests.search.made import BEGINNINGS, COMMITS, DOCUMENTS, SCORED, SETS, document, found, trees
from tests.search.stock import Stock
from veille.model import Order
from veille.search.engine import building, committing
from veille.search.engine.layout import NAME
from veille.search.index import Document, Index
from veille.search.query.question import EVERYTHING, All, Beginning, Node, Not, Phrase, Word

Commits = list[tuple[list[Document], set[int], bool]]


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few documents make many segments, and merges."""
    monkeypatch.setattr(committing, "FAN", 3)
    monkeypatch.setattr(committing, "SMALLEST", 2)
    monkeypatch.setattr(building, "AT_ONCE", 7)


@settings(max_examples=40, deadline=None)
@given(COMMITS, st.lists(trees(st.one_of(SCORED, BEGINNINGS, SETS)), min_size=1, max_size=5), st.integers(1, 3))
def test_it_finds_what_stock_whoosh_finds(commits: Commits, asked: list[Node], limit: int) -> None:
    with TemporaryDirectory() as folder:
        index, theirs = Index.open(Path(folder, "ours")), Stock(Path(folder, "theirs"))
        at = {}
        for documents, removed, reopened in commits:
            index.write(documents, removed)
            theirs.write(documents, removed, optimize=reopened)
            at = {id: when for id, when in at.items() if id not in removed}
            at |= {each.id: (each.at, each.id) for each in documents}
            if reopened:
                index.close()
                index = Index.open(Path(folder, "ours"))
            assert index.count() == len(at)
            for node in (EVERYTHING, *asked):
                expected = sorted(stock.found(theirs.index, node), key=at.__getitem__, reverse=True)
                assert found(index, node) == expected
                assert index.find(node, Order.DATE, limit).ids.tolist() == expected[:limit]
                assert index.find(node, Order.DATE, 0).total == len(expected)
                best = found(index, node, Order.RELEVANCE)
                assert sorted(best) == sorted(expected)
                assert found(index, node, Order.RELEVANCE, limit) == best[:limit]
        index.close()


@settings(max_examples=40, deadline=None)
@given(COMMITS, st.lists(trees(st.one_of(SCORED, SETS)), min_size=1, max_size=5))
def test_the_best_come_as_stock_scores_say(commits: Commits, asked: list[Node]) -> None:
    """Stock Whoosh scores our own segments: what is deleted and not yet merged counts the same for both."""
    with TemporaryDirectory() as folder:
        index = Index.open(Path(folder))
        for documents, removed, _reopened in commits:
            index.write(documents, removed)
        for node in asked:
            scores = stock.found(whoosh_index.open_dir(folder, NAME), node)
            assert_ordered(found(index, node, Order.RELEVANCE), scores)
        index.close()


@settings(max_examples=30, deadline=None)
@given(st.lists(DOCUMENTS, max_size=12, unique_by=lambda each: each.id), trees(st.one_of(SCORED, SETS)))
def test_and_as_scores_over_its_own_codec_say(documents: list[Document], node: Node) -> None:
    with TemporaryDirectory() as folder:
        index, theirs = Index.open(Path(folder, "ours")), Stock(Path(folder, "theirs"))
        for start in range(0, len(documents), 5):
            index.write(documents[start : start + 5])
            theirs.write(documents[start : start + 5])
        assert_ordered(found(index, node, Order.RELEVANCE), stock.found(theirs.index, node))
        index.close()


def assert_ordered(ids: list[int], scores: dict[int, float]) -> None:
    """``ids`` are those that have scores, and never does a worse one come before a better one."""
    assert sorted(ids) == sorted(scores)
    assert all(scores[one] >= scores[next] - 1e-9 for one, next in pairwise(ids))


@settings(max_examples=30, deadline=None)
@given(COMMITS, trees(st.one_of(SCORED, BEGINNINGS, SETS)))
def test_stock_whoosh_reads_and_writes_our_codec(commits: Commits, node: Node) -> None:
    with TemporaryDirectory() as folder:
        index, theirs = Index.open(Path(folder, "ours")), Stock(Path(folder, "theirs"), arrays=True)
        for documents, removed, _reopened in commits:
            index.write(documents, removed)
            theirs.write(documents, removed)
        expected = found(index, node)
        for each in (whoosh_index.open_dir(str(Path(folder, "ours")), NAME), theirs.index):
            assert sorted(stock.found(each, node)) == sorted(expected)
        index.close()


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Word("banque"), {1}),
        (Word("buy"), {2}),
        (Phrase(("a", "b")), {3}),
        (Phrase(("b", "ville", "verte", "la")), {4}),
        (Phrase(("b", "villeverte")), {4}),
        (Beginning("ba"), {1}),
        (Not(Word("a")), {1, 2}),
        (All((Word("a"), Not(Phrase(("a", "b"))))), {4}),
    ],
)
def test_stock_whoosh_can_tell(tmp_path: Path, node: Node, expected: set[int]) -> None:
    theirs = Stock(tmp_path)
    theirs.write([document(1, "Les banques"), document(2, "buying", lang="en"), document(3, "a b")])
    theirs.write([document(4, "a\nb #VilleVerte là"), document(5, "a b")], [5, 6])
    theirs.write([], [5])
    assert set(stock.found(theirs.index, node)) == expected


def test_beginnings_score_as_one_word(tmp_path: Path) -> None:
    """How often any word begins so; stock Whoosh scores them all alike."""
    index = Index.open(tmp_path)
    index.write([
        document(1, "banque bancaire banal mot mot mot"),
        document(2, "banque mot mot mot mot mot"),
        document(3, "mot mot mot mot mot mot"),
        document(4, "mot mot mot mot mot bancaire", hours=0),
    ])  # fmt: skip
    assert found(index, Beginning("ban"), Order.RELEVANCE) == [1, 4, 2]
    assert found(index, All((Word("mot"), Beginning("ban"))), Order.RELEVANCE)[0] == 1
