"""Documents and questions for the tests of search."""

from array import array
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from veille.model import ItemKind, Order
from veille.search.engine.layout import tag
from veille.search.index import Document, Index
from veille.search.query.parsing import parse
from veille.search.query.question import (
    All,
    Any,
    Beginning,
    Between,
    HasTag,
    InLanguage,
    Node,
    Not,
    OfItems,
    OfKind,
    OfSources,
    Part,
    Phrase,
    Word,
)
from veille.search.words.analysis import placed

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def document(
    id: int, text: str = "", title: str = "", *, author: str = "", source: int = 1, kind: ItemKind = ItemKind.ARTICLE,
    lang: str = "fr", hours: float | None = None, tags: tuple[str, ...] = ()
) -> Document:  # fmt: skip
    """A document; the higher its id the newer, unless ``hours`` (before NOW) says otherwise."""
    age = timedelta(hours=1000 - id if hours is None else hours)
    return Document(id, title, text, author, source, kind, lang, NOW - age, tags)


def found(index: Index, asked: str | Node, order: Order = Order.DATE, limit: int | None = None) -> list[int]:
    """Ids that are found by what is typed, or by a node."""
    node = parse(asked, NOW).root if isinstance(asked, str) else asked
    answer = index.find(node, order, limit)
    ids = list(answer.ids)
    assert answer.total == len(ids) if limit is None else answer.total >= len(ids)
    return ids


def items(*ids: int) -> OfItems:
    """A set of items as the index takes it."""
    return OfItems(array("q", sorted(ids)).tobytes())


def within(typed: str, *narrowing: Node) -> Node:
    """What is typed, narrowed by other nodes."""
    return All((parse(typed, NOW).root, *narrowing))


# Random ones ---------------------------------------------------------------------------------------------

WORDS = [
    "annonce", "annonces", "annoncé", "banque", "banques", "œuvre", "oeuvres", "l'énergie", "énergies", "énergétique",
    "buy", "buying", "company", "companies", "e-commerce", "a", "an", "ann", "à", "5G", "#BanqueÉnergie",
    "@buy_Company5G", "#BUYBanques2030", "👍🏽", "👍", "🇫🇷", "東京都", "京", "\n",
]  # fmt: skip
TOKENS = sorted({word for text in WORDS for _place, word in placed(text)})
TAGS = ["Énergie", "#banque", "e-commerce", "東京"]
TEXT = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
MOMENTS = st.integers(0, 40)
IDS = st.integers(0, 14)
DOCUMENTS = st.builds(
    document, id=IDS, text=TEXT, title=TEXT, author=st.sampled_from(["", "Ann Banque", "Énergie"]),
    source=st.integers(1, 4), kind=st.sampled_from(ItemKind), lang=st.sampled_from(["fr", "en", "", "FR-ca", "de"]),
    hours=MOMENTS, tags=st.lists(st.sampled_from(TAGS), max_size=2).map(tuple))  # fmt: skip
COMMITS = st.lists(
    st.tuples(st.lists(DOCUMENTS, max_size=6), st.sets(IDS, max_size=3), st.booleans()), min_size=1, max_size=10
)

_TOKEN, _PART = st.sampled_from(TOKENS), st.sampled_from(Part)
_WHEN = st.one_of(st.none(), MOMENTS.map(lambda hours: document(0, hours=hours).at))
SCORED = st.one_of(
    st.builds(Word, _TOKEN, _PART),
    st.builds(Phrase, st.lists(_TOKEN, min_size=1, max_size=3).map(tuple), _PART),
)
SETS = st.one_of(
    st.builds(OfSources, st.frozensets(st.integers(1, 5), max_size=4)),
    st.sets(st.integers(0, 16), max_size=10).map(lambda ids: items(*ids)),
    st.builds(OfKind, st.sampled_from(ItemKind)),
    st.builds(InLanguage, st.sampled_from(["fr", "en", "de"])),
    st.builds(HasTag, st.sampled_from([tag(each) for each in TAGS])),
    st.builds(HasTag, st.sampled_from(["e", "en", "banq", "東", "x"]), st.just(True)),
    st.builds(Between, _WHEN, _WHEN),
)
BEGINNINGS = st.builds(Beginning, _TOKEN.map(lambda word: word[:3]), _PART)


def trees(leaves: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Whole questions of such leaves."""

    def joined(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(children, max_size=3).map(tuple)
        return st.one_of(st.builds(All, several), st.builds(Any, several), st.builds(Not, children))

    return st.recursive(leaves, joined, max_leaves=6)
