"""The pages behind items, kept because the person asked for them. They go with their item."""

from veille.model import Article
from veille.store.database import Database
from veille.store.times import moment, stored


class Articles:
    """One article for an item at most."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, item: int) -> Article | None:
        """The article behind ``item``; None when none was fetched, or the item is no more."""
        rows = self._db.query("SELECT html, fetched FROM article WHERE item = ?", (item,))
        return next((Article(item, html, moment(fetched)) for html, fetched in rows), None)

    def put(self, article: Article) -> None:
        """Keep ``article`` in place of the one before; passed over when its item has gone meanwhile."""
        sql = "INSERT OR REPLACE INTO article (item, html, fetched) SELECT id, ?, ? FROM item WHERE id = ? AND gone = 0"
        with self._db.write() as db:
            db.execute(sql, (article.html, stored(article.fetched), article.item))
