"""find() against a plain matcher that looks at every document: random corpora, changes, questions and scopes."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.search.made import NOW, document
from veille.model import ItemKind, Order
from veille.search.analysis import english, french, placed, tokens
from veille.search.index import Document, Index, Scope
from veille.search.query import Question

WORDS = [
    "annonce", "annonces", "annoncé", "banque", "banques", "œuvre", "oeuvres", "l'énergie", "énergies", "énergétique",
    "buy", "buying", "company", "companies", "e-commerce", "a", "an", "ann", "à", "5G", "#BanqueÉnergie",
    "@buy_Company5G", "#BUYBanques2030", "👍🏽", "👍", "🇫🇷", "\n",
]  # fmt: skip
TOKENS = sorted({token for word in WORDS for token in (*tokens(word), *(inner for _place, inner in placed(word)))})
TEXT = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
MOMENTS = st.integers(0, 40)
DOCUMENTS = st.builds(
    document, id=st.integers(0, 14), text=TEXT, title=TEXT, author=st.sampled_from(["", "Ann Banque", "Énergie"]),
    source=st.integers(1, 4), kind=st.sampled_from(ItemKind), lang=st.sampled_from(["fr", "en", "", "FR-ca", "de"]),
    hours=MOMENTS)  # fmt: skip
COMMITS = st.lists(
    st.tuples(st.lists(DOCUMENTS, max_size=6), st.sets(st.integers(0, 14), max_size=3), st.booleans()),
    min_size=1, max_size=12)  # fmt: skip
TOKEN = st.sampled_from(TOKENS)
PHRASE = st.lists(TOKEN, min_size=2, max_size=3).map(tuple)
WHEN = st.one_of(st.none(), MOMENTS.map(lambda hours: document(0, hours=hours).at))
KIND = st.one_of(st.none(), st.sampled_from(ItemKind))
QUESTIONS = st.builds(
    Question, words=st.lists(TOKEN, max_size=2).map(tuple), last_is_prefix=st.booleans(),
    prefixes=st.lists(TOKEN.map(lambda each: each[:4]), max_size=1).map(tuple),
    phrases=st.lists(PHRASE, max_size=1).map(tuple), kind=KIND, since=WHEN, until=WHEN,
    without=st.lists(st.one_of(TOKEN.map(lambda each: (each,)), PHRASE), max_size=1).map(tuple))  # fmt: skip
IDS = st.one_of(st.none(), st.frozensets(st.integers(0, 16), max_size=10))
SOURCES = st.frozensets(st.integers(1, 5), max_size=4)
SCOPES = st.builds(
    Scope, sources=st.one_of(st.none(), SOURCES), ids=IDS, without=IDS, kind=KIND, since=WHEN, until=WHEN,
    named=st.dictionaries(st.one_of(TOKEN, PHRASE.map(" ".join)), SOURCES, max_size=3))  # fmt: skip


class Plain:
    """Documents in a dict; a question looks at each of them."""

    def __init__(self) -> None:
        self.documents: dict[int, Document] = {}

    def find(self, question: Question, scope: Scope) -> list[int]:
        kept = [each for each in self.documents.values() if self.inside(each, question, scope)]
        return [each.id for each in sorted(kept, key=lambda each: (each.at, each.id), reverse=True)]

    def inside(self, each: Document, question: Question, scope: Scope) -> bool:
        named = {name for name, sources in (scope.named or {}).items() if each.source in sources}
        words = [word for word in question.words if not (self.word(each, word) or word in named)]
        if words == [question.typed] and self.prefix(each, question.typed):
            words = []
        return (
            not words
            and all(self.prefix(each, prefix) or prefix in named for prefix in question.prefixes)
            and all(self.phrase(each, phrase) or " ".join(phrase) in named for phrase in question.phrases)
            and not any(self.excluded(each, words) or " ".join(words) in named for words in question.without)
            and (scope.sources is None or each.source in scope.sources)
            and (scope.ids is None or each.id in scope.ids)
            and each.id not in (scope.without or ())
            and all(each.kind is kind for kind in (question.kind, scope.kind) if kind)
            and all(each.at >= since for since in (question.since, scope.since) if since)
            and all(each.at < until for until in (question.until, scope.until) if until)
        )

    def parts(self, each: Document) -> list[set[tuple[int, str]]]:
        return [set(placed(each.title)), set(placed(each.text)), set(placed(each.author))]

    def word(self, each: Document, word: str) -> bool:
        lang = each.lang[:2].lower()
        forms = {"fr": (french,), "en": (english,)}.get(lang, (french, english))
        return any(form(word) == form(other) for form in forms for part in self.parts(each) for _place, other in part)

    def prefix(self, each: Document, prefix: str) -> bool:
        return any(word.startswith(prefix) for part in self.parts(each) for _place, word in part)

    def phrase(self, each: Document, phrase: tuple[str, ...]) -> bool:
        return any(part >= set(enumerate(phrase, start)) for part in self.parts(each) for start, _word in part)

    def excluded(self, each: Document, words: tuple[str, ...]) -> bool:
        return self.word(each, words[0]) if len(words) == 1 else self.phrase(each, words)


@settings(max_examples=60, deadline=None)
@given(COMMITS, st.lists(st.tuples(QUESTIONS, SCOPES), min_size=1, max_size=6), st.integers(1, 3))
def test_it_finds_what_looking_at_everything_finds(
    commits: list[tuple[list[Document], set[int], bool]], asked: list[tuple[Question, Scope]], limit: int
) -> None:
    with TemporaryDirectory() as folder:
        index, plain = Index.open(Path(folder)), Plain()
        for documents, removed, reopened in commits:
            index.write(documents, removed)
            for id in removed:
                plain.documents.pop(id, None)
            plain.documents |= {each.id: each for each in documents}
            if reopened:
                index.close()
                index = Index.open(Path(folder))
            assert index.count() == len(plain.documents)
            for question, scope in [(Question(), Scope()), *asked]:
                _compare(index, plain, question, scope, limit)
        index.close()


def _compare(index: Index, plain: Plain, question: Question, scope: Scope, limit: int) -> None:
    expected = plain.find(question, scope)
    by_date = index.find(question, scope)
    assert list(by_date.ids) == expected
    assert by_date.total == len(expected)
    best = index.find(question, scope, Order.RELEVANCE)
    assert sorted(best.ids) == sorted(expected)
    for order, whole in ((Order.DATE, by_date), (Order.RELEVANCE, best)):
        first = index.find(question, scope, order, limit)
        assert first.ids == whole.ids[:limit]
        assert first.total == len(expected)


def test_the_plain_matcher_can_tell() -> None:
    plain = Plain()
    plain.documents = {1: document(1, "Les banques"), 2: document(2, "buying", lang="en"), 3: document(3, "a b")}
    question = Question(words=("banque",))
    assert plain.find(question, Scope()) == [1]
    assert plain.find(Question(words=("buy",)), Scope()) == [2]
    assert plain.find(Question(phrases=(("a", "b"),)), Scope()) == [3]
    plain.documents[4] = document(4, "a\nb #VilleVerte là")
    assert plain.find(Question(phrases=(("a", "b"),)), Scope()) == [3]
    assert plain.find(Question(phrases=(("b", "ville", "verte", "la"),)), Scope()) == [4]
    assert plain.find(Question(phrases=(("b", "villeverte"),)), Scope()) == [4]
    assert plain.find(replace(question, last_is_prefix=True, since=NOW), Scope()) == []
