"""What goes of an item that is no more: everything but its identity, by which its source does not bring it back."""

import json
import sqlite3
from collections.abc import Iterable

from veille.store.queue import enqueue

TEXTS = ("content", "version", "article", "picture", "highlight", "arrival")  # what an item says, with what quotes it
_BESIDE = (*TEXTS, "mark", "tag", "note", "post", "hidden")
_AMONG = "IN (SELECT value FROM json_each(?))"


def bury(db: sqlite3.Connection, items: Iterable[int]) -> None:
    """Empty ``items``; what lists show under one of them stands by itself from now on."""
    items = list(items)
    given = (json.dumps(items),)
    for table in _BESIDE:
        db.execute(f"DELETE FROM {table} WHERE item {_AMONG}", given)
    db.execute(f"UPDATE item SET follows = 0 WHERE follows <> 0 AND follows {_AMONG}", given)
    db.execute(
        f"UPDATE item SET gone = 1, hash = '', url = '', title = '', author = '', lang = '', summary = '', "
        f"media = '', tags = '' WHERE id {_AMONG}",
        given,
    )
    enqueue(db, items, removed=True)
