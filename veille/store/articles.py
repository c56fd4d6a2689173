"""The pages behind items, kept because the person asked for them. They go with their item."""

import json
from collections.abc import Iterable

from veille.model import Article
from veille.posts import Media
from veille.store.database import Database
from veille.store.queue import enqueue
from veille.store.times import moment, moment_or_none, stored

_COLUMNS = "html, fetched, title, author, site, published, media"


class Articles:
    """One article for an item at most."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, item: int) -> Article | None:
        """The article behind ``item``; None when none was fetched, or the item is no more."""
        return self.some([item]).get(item)

    def some(self, items: Iterable[int]) -> dict[int, Article]:
        """The articles behind ``items``, by item; those without one are left out."""
        sql = f"SELECT item, {_COLUMNS} FROM article WHERE item IN (SELECT value FROM json_each(?))"
        return {row[0]: _article(*row) for row in self._db.query(sql, (json.dumps(list(items)),))}

    def html(self, items: Iterable[int]) -> dict[int, str]:
        """What the articles behind ``items`` say, by item; those without one are left out."""
        sql = "SELECT item, html FROM article WHERE item IN (SELECT value FROM json_each(?))"
        return dict(self._db.query(sql, (json.dumps(list(items)),)))

    def put(self, article: Article) -> bool:
        """Keep ``article`` in place of the one before, and queue its item for the index.

        False, and nothing is kept, when its item has gone meanwhile, or its network shows the post no more.
        """
        sql = f"""INSERT OR REPLACE INTO article (item, {_COLUMNS}) SELECT id, ?, ?, ?, ?, ?, ?, ? FROM item
            WHERE id = ? AND gone = 0 AND NOT EXISTS (SELECT 1 FROM post WHERE post.item = id AND fate <> 'there')"""
        media = [(each.kind, each.url, each.description, each.type) for each in article.media]
        values = (
            article.html, stored(article.fetched), article.title, article.author, article.site,
            stored(article.published), json.dumps(media, ensure_ascii=False) if media else "",
            article.item)  # fmt: skip
        with self._db.write() as db:
            kept = db.execute(sql, values).rowcount > 0
            if kept:
                enqueue(db, [article.item], removed=False)
        return kept


def _article(
    item: int, html: str, fetched: int, title: str, author: str, site: str, published: int | None, media: str
) -> Article:  # fmt: skip
    return Article(
        item, html, moment(fetched), title, author, site, moment_or_none(published),
        tuple(Media(*each) for each in json.loads(media)) if media else ())  # fmt: skip
