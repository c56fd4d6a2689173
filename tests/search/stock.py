"""The same documents and questions, put to stock Whoosh: its own codec, writer, queries, matchers and scorers."""

from array import array
from collections.abc import Callable, Iterable
from math import log
from pathlib import Path
from typing import Any as Whatever

from whoosh import index as whoosh_index
from whoosh import query, scoring
from whoosh.matching import DisjunctionMaxMatcher, ListMatcher, NullMatcher

from veille.search.engine import scoring as ours
from veille.search.engine.codec import ArrayCodec
from veille.search.engine.layout import (
    KINDS,
    NAME,
    WORDS_OF,
    Document,
    language_number,
    lookup,
    microseconds,
    schema,
)
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
    Phrase,
    Word,
)

_NAUGHT = 1e-12  # a score that Whoosh does not take for none


class Stock:
    """An index of Whoosh's; with ``arrays`` Whoosh writes it by our codec, otherwise by its own (W3)."""

    def __init__(self, folder: Path, *, arrays: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._codec = {"codec": ArrayCodec()} if arrays else {}
        self.index = whoosh_index.create_in(str(folder), schema(), NAME)

    def write(self, documents: Iterable[Document], removed: Iterable[int] = (), *, optimize: bool = False) -> None:
        """One commit; of several documents with one id the last stays."""
        latest = {each.id: each for each in documents}
        writer = self.index.writer(**self._codec)
        writer.delete_by_query(_Column("id", {*removed, *latest}.__contains__))
        for each in latest.values():
            writer.add_document(**fields(each))
        writer.commit(optimize=optimize)


def fields(document: Document) -> dict[str, Whatever]:
    """What Whoosh's ``add_document`` takes of a document: each field finds its part of it."""
    columns = {
        "id": document.id, "at": microseconds(document.at), "source": document.source,
        "kind": KINDS.index(document.kind), "lang": language_number(document.lang)}  # fmt: skip
    return dict.fromkeys(("words", "stems", "title", "title_stems", "author", "tags"), document) | columns


def found(index: Whatever, node: Node) -> dict[int, float]:
    """The score of each item that stock Whoosh finds."""
    with index.searcher(weighting=scoring.BM25F(B=ours.B, K1=ours.K1)) as searcher:
        results = searcher.search(asked(node), limit=None)
        leaves = [leaf.reader() for leaf, _base in searcher.leaf_searchers()]
        ids = [id for each in leaves if each.doc_count_all() for id in each.column_reader("id")]  # by document
        return {ids[document]: score for score, document in results.top_n}


def asked(node: Node) -> Whatever:
    """Whoosh's query for ``node``."""
    match node:
        case All(nodes):
            return query.And([asked(each) for each in nodes]) if nodes else _everything()
        case Any(nodes):
            return query.Or([asked(each) for each in nodes]) if nodes else query.NullQuery
        case Not(inner):
            return query.AndNot(_everything(), asked(inner))
        case Word():
            return _word(node)
        case Beginning(text, part):
            return query.Prefix(WORDS_OF[part], text)
        case Phrase(words, part):
            return _Phrase(WORDS_OF[part], list(words))
        case HasTag(name, begins):
            return query.ConstantScoreQuery((query.Prefix if begins else query.Term)("tags", name), _NAUGHT)
        case OfSources(sources):
            return _Column("source", sources.__contains__)
        case OfItems(packed):
            return _Column("id", frozenset(array("q", packed)).__contains__)
        case OfKind(kind):
            return _Column("kind", KINDS.index(kind).__eq__)
        case InLanguage(code):
            return _Column("lang", language_number(code).__eq__)
        case Between(since, until):
            start, end = (microseconds(each) if each else None for each in (since, until))
            return _Column("at", lambda at: (start is None or at >= start) and (end is None or at < end))
    raise TypeError(node)


class _Column(query.Query):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's own ColumnQuery finds deleted documents too, and cannot stand in an And."""

    def __init__(self, name: str, condition: Callable[[int], bool]) -> None:
        self.name, self.condition = name, condition

    def estimate_size(self, reader: Whatever) -> int:
        return int(reader.doc_count_all())

    def estimate_min_size(self, reader: Whatever) -> int:
        return 0

    def matcher(self, searcher: Whatever, context: Whatever = None) -> Whatever:
        reader = searcher.reader()
        if not reader.doc_count():
            return NullMatcher()
        column = reader.column_reader(self.name)
        kept = [document for document in reader.all_doc_ids() if self.condition(column[document])]
        return ListMatcher(kept, all_weights=_NAUGHT) if kept else NullMatcher()


def _everything() -> Whatever:
    return _Column("id", lambda _id: True)


def _word(word: Word) -> Whatever:
    """Its best form, and a little of the very word; function words count less."""
    field, terms = lookup(word)
    share = ours.share(word.text)
    forms = [(field, term) for term in terms]
    parts = [_Best([Form(*each, forms, share) for each in forms])]
    exact = (WORDS_OF[word.part], word.text.encode())
    if exact not in forms:
        parts.append(Form(*exact, [exact], share * ours.EXACT))
    return query.AndMaybe(*parts) if len(parts) > 1 else parts[0]


class _Best(query.DisjunctionMax):  # type: ignore[misc]
    """The better of a word's forms. Whoosh's own matcher compares scores of different documents."""

    def _matcher(self, subs: Whatever, searcher: Whatever, context: Whatever) -> Whatever:
        return self._tree_matcher(subs, _BestMatcher, searcher, context, lambda each: 0)


class _BestMatcher(DisjunctionMaxMatcher):  # type: ignore[misc]
    def score(self) -> float:
        ids = [each.id() if each.is_active() else float("inf") for each in (self.a, self.b)]
        scores = [each.score() for each, id in zip((self.a, self.b), ids, strict=True) if id == min(ids)]
        return float(max(scores))


class _Phrase(query.Phrase):  # type: ignore[misc]
    """A phrase whose words are weighed as we do."""

    def matcher(self, searcher: Whatever, context: Whatever = None) -> Whatever:
        terms = [(self.fieldname, word.encode()) for word in self.words]
        if any(each not in searcher.reader() for each in terms):
            return NullMatcher()
        return query.SpanNear2([Form(*each, [each], 1.0) for each in terms]).matcher(searcher, context)

    def normalize(self) -> Whatever:
        return self


class Form(query.Term):  # type: ignore[misc]
    """One form of a word: how rare it is, is reckoned of all forms together."""

    def __init__(self, field: str, term: bytes, group: list[tuple[str, bytes]], share: float) -> None:
        super().__init__(field, term)
        self.group, self.share = group, share

    def matcher(self, searcher: Whatever, context: Whatever = None) -> Whatever:
        if (self.fieldname, self.text) not in searcher.reader():
            return NullMatcher()
        return searcher.postings(self.fieldname, self.text, weighting=_Weighting(self.group, self.share))


class _Weighting(scoring.BM25F):  # type: ignore[misc]
    """Whoosh's BM25F, told how rare a word is: Whoosh's own formula goes below nothing for frequent words."""

    def __init__(self, group: list[tuple[str, bytes]], share: float = 1.0) -> None:
        super().__init__(B=ours.B, K1=ours.K1)
        self.group, self.share = group, share

    def scorer(self, searcher: Whatever, fieldname: str, text: bytes, qf: int = 1) -> Whatever:
        scorer = super().scorer(searcher, fieldname, text, qf)
        parent = searcher.get_parent()
        documents, having = parent.doc_count_all(), sum(parent.reader().doc_frequency(*each) for each in self.group)
        having = min(having, documents)
        scorer.idf = self.share * log(1 + (documents - having + 0.5) / (having + 0.5))
        return scorer
