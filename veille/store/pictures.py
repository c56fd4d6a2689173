"""Pictures of items, kept as they came because the person asked for them. They go with their item."""

import json
from collections.abc import Iterable

from veille.store.database import Database

_KEEPS_ANY = "gone = 0 AND NOT EXISTS (SELECT 1 FROM post WHERE post.item = id AND fate <> 'there')"


class Pictures:
    """By item and address; of one item no more than ``most`` pictures and ``room`` bytes."""

    def __init__(self, db: Database, most: int = 20, room: int = 30_000_000) -> None:
        self._db = db
        self._most = most
        self._room = room

    def of(self, item: int) -> dict[str, bytes]:
        """The pictures of an item by address, in the order in which they stand there."""
        return dict(self._db.query("SELECT url, data FROM picture WHERE item = ? ORDER BY place, url", (item,)))

    def there(self, items: Iterable[int]) -> dict[int, frozenset[str]]:
        """The addresses of which there are pictures, by item; items without any are left out."""
        sql = "SELECT item, url FROM picture WHERE item IN (SELECT value FROM json_each(?))"
        found: dict[int, set[str]] = {}
        for item, url in self._db.query(sql, (json.dumps(list(items)),)):
            found.setdefault(item, set()).add(url)
        return {item: frozenset(urls) for item, urls in found.items()}

    def put(self, item: int, pictures: Iterable[tuple[int, str, bytes]]) -> None:
        """Keep ``pictures``, each with its place and address, as far as there is room; one that is there stays.

        Passed over when the item has gone meanwhile, or its network shows the post no more.
        """
        with self._db.write() as db:
            if not db.execute(f"SELECT 1 FROM item WHERE id = ? AND {_KEEPS_ANY}", (item,)).fetchone():
                return
            sql = "SELECT count(*), coalesce(sum(length(data)), 0) FROM picture WHERE item = ?"
            count, size = db.execute(sql, (item,)).fetchone()
            for place, url, data in pictures:
                if count >= self._most or size + len(data) > self._room:
                    continue
                insert = "INSERT OR IGNORE INTO picture (item, url, place, data) VALUES (?, ?, ?, ?)"
                if db.execute(insert, (item, url, place, data)).rowcount:
                    count, size = count + 1, size + len(data)
