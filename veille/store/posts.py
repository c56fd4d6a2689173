"""What makes an item a post, in its table: written and read with the item, joined into threads, checked at times."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from veille.posts import Fate, Figures, Media, Network, Person, Poll, Post, Referred, Relation, Standing
from veille.store.database import Database
from veille.store.times import moment_or_none, stored

COLUMNS = "post.network, post.name, post.continues, post.fate, post.said"
JOIN = "LEFT JOIN post ON post.item = item.id"
# Said twice so that SQLite may use the index of those that follow, and of those that continue, another. CROSS JOIN: it
# keeps to this order of tables.
FOLLOW = "UPDATE item SET follows = ? WHERE id = ? OR (follows <> 0 AND follows = ?)"
HAVING = (
    "SELECT item.id, lead, follows FROM post CROSS JOIN item ON item.id = post.item "
    "WHERE post.{column} = ? AND post.{column} <> '' AND source = ? AND gone = 0 AND repost = 0 ORDER BY at"
)
_APART = {"network", "id", "continues", "fate"}  # what has columns of its own
_DAY = 86_400_000_000  # microseconds
_AMONG = "IN (SELECT value FROM json_each(?))"
_UNREAD = "NOT EXISTS (SELECT 1 FROM mark WHERE mark.item = item.id AND mark.read = 1)"


# One post ----------------------------------------------------------------------------------------


def write(db: sqlite3.Connection, item: int, post: Post, checked: datetime) -> None:
    """Keep what ``post`` says with its item, in place of what was kept; a thread is not looked at."""
    db.execute(
        "INSERT INTO post (item, network, name, repost, continues, lead, fate, checked, said) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (item) DO UPDATE SET "
        "(network, name, repost, continues, fate, said) = (excluded.network, excluded.name, excluded.repost, "
        "excluded.continues, excluded.fate, excluded.said)",
        (
            item, post.network, post.id, post.reposted_by is not None, post.continues, item, post.fate,
            stored(checked), _said(post)),
    )  # fmt: skip


def read(row: tuple[Any, ...]) -> Post | None:
    """The post of a row of :data:`COLUMNS`; None where there is none."""
    network, name, continues, fate, said = row
    if network is None:
        return None
    rest = json.loads(said)
    return Post(
        Network(network), name, _person(rest["author"]), _person_or_none(rest.get("reposted_by")), continues,
        tuple(map(_referred, rest.get("referred", ()))), _poll(rest.get("poll")), Figures(**rest.get("figures", {})),
        tuple(map(_person, rest.get("mentions", ()))), rest.get("warning", ""), tuple(rest.get("withheld", ())),
        Fate(fate), moment_or_none(rest.get("fated")))  # fmt: skip


def _said(post: Post) -> str:
    rest = {name: value for name, value in _packed(post).items() if name not in _APART}
    return json.dumps(rest, ensure_ascii=False, separators=(",", ":"))


def _packed(value: Any) -> Any:
    """``value`` as JSON has it; of a dataclass the fields that are not as by default."""
    if is_dataclass(value) and not isinstance(value, type):
        given = ((each, getattr(value, each.name)) for each in fields(value))
        return {each.name: _packed(one) for each, one in given if one != each.default}
    if isinstance(value, datetime):
        return stored(value)
    return [_packed(each) for each in value] if isinstance(value, tuple) else value


def _person(kept: dict[str, str]) -> Person:
    return Person(**kept)


def _person_or_none(kept: dict[str, str] | None) -> Person | None:
    return None if kept is None else Person(**kept)


def _referred(kept: dict[str, Any]) -> Referred:
    media = tuple(Media(**each) for each in kept.get("media", ()))
    fate = Fate(kept.get("fate", Fate.THERE))
    return Referred(
        Relation(kept["relation"]), kept.get("id", ""), _person_or_none(kept.get("author")), kept.get("url", ""),
        kept.get("html", ""), moment_or_none(kept.get("published")), media, fate)  # fmt: skip


def _poll(kept: dict[str, Any] | None) -> Poll | None:
    if kept is None:
        return None
    options = tuple((text, votes) for text, votes in kept["options"])
    return Poll(options, kept.get("votes"), moment_or_none(kept.get("ends")))


# Threads -----------------------------------------------------------------------------------------


def join_threads(db: sqlite3.Connection, items: Iterable[int], *, read: bool = False) -> None:
    """Join new posts to the threads of their authors.

    A list shows what carries on a thread under its beginning, as long as the person has not read that: what comes
    later stands by itself, so that it is seen. With ``read`` it never does: it is no news.
    """
    given = json.dumps(list(items))
    new = db.execute(
        f"SELECT item.id, source, name, continues FROM item JOIN post ON post.item = item.id "
        f"WHERE item.id {_AMONG} AND repost = 0 ORDER BY at, item.id", (given,)).fetchall()  # fmt: skip
    for item, source, name, continues in new:
        if continues and (before := _found(db, source, "name", continues)):
            _join(db, item, *before[0], read=read)
        for child, *_rest in _found(db, source, "continues", name):
            sql = "SELECT lead, follows FROM post JOIN item ON id = item WHERE id = ?"
            _join(db, child, item, *db.execute(sql, (item,)).fetchone(), read=read)


def _found(db: sqlite3.Connection, source: int, column: str, value: str) -> list[tuple[int, int, int]]:
    """Item, lead, and the item it follows, of the posts of ``source`` with that value, reposts apart."""
    return db.execute(HAVING.format(column=column), (value, source)).fetchall()


def _join(db: sqlite3.Connection, item: int, before: int, lead: int, follows: int, *, read: bool) -> None:
    """Put ``item``, and what follows it, after the post ``before``."""
    if lead == item:
        return  # a circle that some answer drew
    db.execute("UPDATE post SET lead = ? WHERE lead = ?", (lead, item))
    row = follows or before
    if read or db.execute(f"SELECT 1 FROM item WHERE id = ? AND {_UNREAD}", (row,)).fetchone():
        db.execute(FOLLOW, (row, item, item))


# All of them -------------------------------------------------------------------------------------


class Posts:
    """What is asked of many posts at once; single ones come with their items."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def thread(self, item: int) -> "list[int]":
        """The posts of the author's thread that ``item`` is part of, oldest first; itself alone when it is in none."""
        found = self._db.numbers(
            "SELECT item.id FROM post JOIN item ON item.id = post.item WHERE gone = 0 AND lead = "
            "(SELECT lead FROM post WHERE item = ?) ORDER BY at, item.id", (item,))  # fmt: skip
        return list(found) or [item]

    def spread(self, items: Iterable[int]) -> list[int]:
        """``items`` and all that lists show with them, or in whose place they show another."""
        given = list(items)
        rows = "SELECT CASE follows WHEN 0 THEN id ELSE follows END FROM item WHERE id " + _AMONG
        found = self._db.numbers(
            f"SELECT id FROM item WHERE id IN ({rows}) OR (follows <> 0 AND follows IN ({rows}))",
            (json.dumps(given),) * 2)  # fmt: skip
        return list(dict.fromkeys([*given, *found]))

    def rows(self, items: Iterable[int]) -> dict[int, int]:
        """The item under which lists show each of ``items``: itself, or the beginning of its thread."""
        sql = f"SELECT id, CASE follows WHEN 0 THEN id ELSE follows END FROM item WHERE id {_AMONG}"
        return dict(self._db.query(sql, (json.dumps(list(items)),)))

    def followers(self, items: Iterable[int]) -> dict[int, int]:
        """How many posts lists show under each of ``items``; those without any are left out."""
        among = f"follows <> 0 AND follows {_AMONG} AND gone = 0"
        sql = f"SELECT follows, count(*) FROM item WHERE {among} GROUP BY follows"
        return dict(self._db.query(sql, (json.dumps(list(items)),)))

    # Whether they still stand

    def standing(
        self, network: Network, since: datetime, now: datetime, limit: int,
        also: tuple[datetime, datetime] | None = None,
    ) -> list[Standing]:  # fmt: skip
        """Posts of ``network``, from itself and no mirror, published ``since``, that are to be asked about at ``now``.

        A post is asked about when it has not been for half of its age, a day at least; those whose turn came first
        come first. ``also`` are those that were last asked about, or came, between the two times. What was read, opened
        or saved plays no part, nor whether its source was set aside: it is stored.
        """
        first, last = also or (now, now)
        rows = self._db.query(
            "SELECT item.id, source, uid, network, post.name, url, hash, address, allow_private FROM post "
            "JOIN item ON item.id = post.item JOIN source ON source.id = item.source "
            "WHERE fate = 'there' AND gone = 0 AND network = ? AND source.kind = network AND at >= ? "
            "AND (checked + max(?, (? - at) / 2) <= ? OR (checked >= ? AND checked < ?)) "
            "ORDER BY checked, item.id LIMIT ?",
            (network, stored(since), _DAY, stored(now), stored(now), stored(first), stored(last), limit))  # fmt: skip
        return [
            Standing(item, source, uid, Network(network), name, url, hash, address, bool(private))
            for item, source, uid, network, name, url, hash, address, private in rows
        ]

    def checked(self, items: Iterable[int], when: datetime) -> None:
        """Their network was asked about ``items``."""
        with self._db.write() as db:
            db.execute(f"UPDATE post SET checked = ? WHERE item {_AMONG}", (stored(when), json.dumps(list(items))))
