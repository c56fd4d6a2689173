"""Which items have an address, or are a post, that is asked about: for the many rows of an import.

Half a million addresses are looked through once; what is kept of each is a number, in a file without a name that SQLite
takes away with the connection. So no profile carries an index for it, and memory stays small.
"""

import json
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from veille.content.addresses import page
from veille.content.cleaning import clean_link
from veille.content.xposts import STATUS
from veille.errors import BadAddress
from veille.i18n import _
from veille.model import Progress
from veille.store.database import Database

_AT_ONCE = 20_000  # items that are read at a time
_CACHE_KIB = 16_000
_AMONG = "IN (SELECT value FROM json_each(?))"
_AS_IT_IS = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+/[A-Za-z0-9!$%&'()*+,/:;=@_.~-]*\Z")
_X = "x:"  # before the number of a post

# Items that a row may be: of those that their network shows, and no reposts, saved ones first, then those in lists.
_CHOICE = f"""
    SELECT item.id, source, uid, url, CASE network WHEN 'x' THEN post.name ELSE '' END FROM item
    JOIN source ON source.id = item.source LEFT JOIN post ON post.item = item.id
    WHERE item.id {_AMONG} AND gone = 0 AND coalesce(fate, 'there') = 'there' AND coalesce(repost, 0) = 0
    ORDER BY NOT EXISTS (SELECT 1 FROM mark WHERE mark.item = item.id AND saved IS NOT NULL),
    source.removed IS NOT NULL, item.id
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of a row: the ``url`` of its item, its ``uid`` in ``source`` (0: in none yet), and what X calls it
    when it is a ``post`` there."""

    url: str
    uid: str
    source: int = 0
    post: str = ""

    @property
    def names(self) -> tuple[tuple[Any, ...], ...]:
        """Two rows with one of these in common are the same."""
        addresses = {identity(self.url) if self.url else "", f"{_X}{self.post}" if self.post else ""} - {""}
        return (
            *sorted(("address", each) for each in addresses),
            *(("uid", self.source, self.uid),) * bool(self.source),
        )


class Lookup:
    """For one import, in one thread; to be closed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._last = 0  # the newest item that is known here
        self._kept = sqlite3.connect("", isolation_level=None)
        for pragma in (f"cache_size = -{_CACHE_KIB}", "journal_mode = OFF", "synchronous = OFF"):
            self._kept.execute(f"PRAGMA {pragma}")
        self._kept.execute("CREATE TABLE address (hash INTEGER, item INTEGER, PRIMARY KEY (hash, item)) WITHOUT ROWID")

    def learn(self, progress: Progress | None = None) -> None:
        """Look through the addresses of what came since the last time, unless it is stopped: some seconds for half a
        million items."""
        newest = int(self._db.query("SELECT coalesce(max(id), 0) FROM item")[0][0])
        while self._last < newest and not (progress and progress.cancelled):
            sql = "SELECT id, url FROM item WHERE id > ? ORDER BY id LIMIT ?"
            rows = self._db.query(sql, (self._last, _AT_ONCE))
            self._last = rows[-1][0]
            if progress:
                progress.step(self._last, newest, _("Looking through your library"))
            new = [(hash(identity(url)), item) for item, url in rows if url]
            self._kept.execute("BEGIN")
            self._kept.executemany("INSERT OR IGNORE INTO address (hash, item) VALUES (?, ?)", sorted(new))
            self._kept.execute("COMMIT")

    def find(self, rows: Sequence[Wanted]) -> list[int]:
        """The item that each of ``rows`` is, 0 for none; to be asked in the transaction that acts on it.

        An item of its own source under its ``uid``, whatever became of it there, else one of any source.
        """
        self.learn()
        names = [row.names for row in rows]
        own = self._own(rows)
        addresses = [name[1] for some in names for name in some if name[0] == "address"]
        items = {*self._by_address(addresses), *self._by_post(addresses)}
        found: dict[tuple[Any, ...], int] = {}
        for item, source, uid, url, post in self._db.query(_CHOICE, (json.dumps(sorted(items)),)):
            for name in Wanted(url, uid, source, post).names:
                found.setdefault(name, item)
        known = [[found[name] for name in some if name in found] for some in names]
        return [(some or [own.get((row.source, row.uid), 0)])[0] for some, row in zip(known, rows, strict=True)]

    def close(self) -> None:
        """Let go of what was learnt."""
        self._kept.close()

    def _own(self, rows: Sequence[Wanted]) -> dict[tuple[int, str], int]:
        found: dict[tuple[int, str], int] = {}
        for source in {row.source for row in rows if row.source}:
            uids = json.dumps([row.uid for row in rows if row.source == source])
            sql = f"SELECT uid, id FROM item WHERE source = ? AND uid {_AMONG} AND gone = 0"
            found.update({(source, uid): item for uid, item in self._db.query(sql, (source, uids))})
        return found

    def _by_address(self, addresses: Sequence[str]) -> list[int]:
        sql = f"SELECT item FROM address WHERE hash {_AMONG}"
        with closing(self._kept.execute(sql, (json.dumps(list(map(hash, addresses))),))) as cursor:
            return [item for (item,) in cursor]

    def _by_post(self, addresses: Sequence[str]) -> list[int]:
        posts = [each.removeprefix(_X) for each in addresses if each.startswith(_X)]
        sql = f"SELECT item FROM post WHERE network = 'x' AND name {_AMONG}"
        return list(self._db.numbers(sql, (json.dumps(posts),))) if posts else []


def identity(url: str) -> str:
    """What tells the page at ``url`` from others, for comparison: its one spelling, cleaned
    (:func:`veille.content.addresses.page`). A post on X is itself at any of its addresses. Something that is no web
    address stays.
    """
    if _AS_IT_IS.match(url) and not STATUS.match(url):
        return url
    url = clean_link(url)
    if post := STATUS.match(url):
        return f"{_X}{post[2]}"
    try:
        return page(url)
    except BadAddress:
        return url
