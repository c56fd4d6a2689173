"""Documents for the tests of search."""

from datetime import UTC, datetime, timedelta

from veille.model import ItemKind
from veille.search.index import Document, Index
from veille.search.query import parse

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def document(
    id: int, text: str = "", title: str = "", *, author: str = "", source: int = 1, kind: ItemKind = ItemKind.ARTICLE,
    lang: str = "fr", hours: float | None = None
) -> Document:  # fmt: skip
    """A document; the higher its id the newer, unless ``hours`` (before NOW) says otherwise."""
    age = timedelta(hours=1000 - id if hours is None else hours)
    return Document(id, title, text, author, source, kind, lang, NOW - age)


def found(index: Index, text: str, *arguments: object) -> list[int]:
    """Ids that ``text`` finds; arguments as for find()."""
    answer = index.find(parse(text, NOW), *arguments)  # type: ignore[arg-type]
    ids = list(answer.ids)
    assert answer.total == len(ids) or len(arguments) == 3
    return ids
