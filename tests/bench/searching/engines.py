"""Who is asked: Veille's index, SQLite's FTS5 and tantivy, each with a folder of its own on the disk.

Each gives the first 50 and the exact total, and its answer is ready when it has the ids. All fold accents; Veille also
matches inflections and folds œ (so does tantivy). None scores what narrows.
"""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import tantivy

from tests.bench.corpus import END
from tests.bench.searching.questions import Asked
from veille.model import Order
from veille.search.index import Document, Index
from veille.search.query.parsing import parse
from veille.search.query.question import All, Between, OfSources

TOP = 50


class Engine(Protocol):
    """One who is asked."""

    name: str

    def build(self, documents: Iterable[Document]) -> None:
        """All of it from nothing, in one go."""

    def find(self, asked: Asked, order: Order) -> int:
        """Get the first ones; returns how many there are."""

    def close(self) -> None: ...


class Veille:
    """The real index; what is typed is parsed each time."""

    name = "Veille"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = Index.open(folder)

    def build(self, documents: Iterable[Document]) -> None:
        self._index.write(documents)

    def find(self, asked: Asked, order: Order) -> int:
        node = parse(asked.text, END).root
        if asked.sources:
            node = All((node, OfSources(asked.sources), Between(asked.since, asked.until)))
        return self._index.find(node, order, TOP).total

    def close(self) -> None:
        self._index.close()

    @property
    def megabytes(self) -> float:
        """What it takes on the disk."""
        return sum(each.stat().st_size for each in self._folder.iterdir()) / 1e6


class Fts5:
    """A table of items, indexed on time, and FTS5 over its texts with the title worth three times."""

    name = "FTS5"

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "fts5.db")

    def build(self, documents: Iterable[Document]) -> None:
        self._db.executescript(
            """
            pragma journal_mode = wal;
            create table items(
                id integer primary key, at real, source integer, title text, text text, author text);
            create virtual table fts using fts5(
                title, text, author, content='items', content_rowid='id', tokenize="unicode61 remove_diacritics 2");
            """
        )
        rows = ((each.id, each.at.timestamp(), each.source, each.title, each.text, each.author) for each in documents)
        with self._db:
            self._db.executemany("insert into items values (?, ?, ?, ?, ?, ?)", rows)
            self._db.execute("create index items_at on items(at)")
            self._db.execute("insert into fts(fts) values ('rebuild')")
            self._db.execute("insert into fts(fts, rank) values ('rank', 'bm25(3.0, 1.0, 1.0)')")

    def find(self, asked: Asked, order: Order) -> int:
        where, values = "fts match ?", [asked.match]
        if asked.since and asked.until:
            sources = ",".join(map(str, asked.sources))
            where += f" and items.at >= ? and items.at < ? and items.source in ({sources})"
            values += [asked.since.timestamp(), asked.until.timestamp()]
        joined = "fts join items on items.id = fts.rowid"
        table = joined if asked.sources else "fts"
        by, among = ("fts.rank", table) if order is Order.RELEVANCE else ("items.at desc, items.id desc", joined)
        sql = f"select fts.rowid from {among} where {where} order by {by} limit {TOP}"
        self._db.execute(sql, values).fetchall()
        return self._db.execute(f"select count(*) from {table} where {where}", values).fetchone()[0]

    def close(self) -> None:
        self._db.close()


class Tantivy:
    """Title, text and author with positions, and fast fields for the rest: one commit, one segment.

    It has several queries for a prefix. The one taken is quicker than its regular expressions and finds all words,
    which ``PhrasePrefixQuery`` does not; like these it gives every match the same score. ``title`` weighs the same as
    ``text``, which is less to do.
    """

    name = "tantivy"

    def __init__(self, folder: Path) -> None:
        builder = tantivy.SchemaBuilder()
        for name in _TEXTS:
            builder.add_text_field(name, tokenizer_name="folded", index_option="position")
        for name in ("id", "source", "at"):
            builder.add_integer_field(name, indexed=True, fast=True)
        self._schema = builder.build()
        folder.mkdir()
        self._index = tantivy.Index(self._schema, path=str(folder))
        words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        folded = words.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold())
        self._index.register_tokenizer("folded", folded.build())

    def build(self, documents: Iterable[Document]) -> None:
        writer = self._index.writer(heap_size=_HEAP, num_threads=1)  # one thread: one segment, quickest to search
        for each in documents:
            texts = {"title": each.title, "text": each.text, "author": each.author}
            writer.add_document(tantivy.Document(id=each.id, source=each.source, at=_number(each.at), **texts))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def find(self, asked: Asked, order: Order) -> int:
        by = "at" if order is Order.DATE else None
        found = self._searcher.search(self._query(asked), TOP, count=True, order_by_field=by)
        self._searcher.fast_field_values("id", [address for _key, address in found.hits])
        return found.count

    def close(self) -> None:
        del self._searcher, self._index

    def _query(self, asked: Asked) -> Any:
        query, make = tantivy.Query, self._schema
        if asked.beginning:
            each = (query.fuzzy_term_query(make, name, asked.beginning, distance=0, prefix=True) for name in _TEXTS)
            return query.boolean_query([(tantivy.Occur.Should, one) for one in each])
        words = self._index.parse_query(asked.query, _TEXTS)
        if not asked.sources:
            return words
        inside = query.term_set_query(make, "source", sorted(asked.sources))
        kind = tantivy.FieldType.Integer
        since, until = _number(asked.since), _number(asked.until)
        period = query.range_query(make, "at", kind, since, until, include_upper=False)
        narrow = [query.const_score_query(one, 0.0) for one in (inside, period)]
        return query.boolean_query([(tantivy.Occur.Must, one) for one in (words, *narrow)])


_TEXTS = ["title", "text", "author"]
_HEAP = 2_000_000_000


def _number(moment: datetime | None) -> int:
    """Microseconds since 1970."""
    assert moment
    return int(moment.timestamp() * 1e6)
