"""Articles and posts: what came, as it is now and as it was."""

import json
import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from veille.content.text import fold
from veille.model import GONE, Clock, Counts, Item, ItemKind, SourceKind, Version
from veille.posts import Fate, Media, Person, Post
from veille.store import posts
from veille.store.arrivals import forget_older
from veille.store.burying import TEXTS, bury
from veille.store.database import Database
from veille.store.filters import IS_KEPT, IS_READ, Filter, conditions, hidden_by, hiding
from veille.store.queue import enqueue
from veille.store.remembered import Remembered
from veille.store.room import expires
from veille.store.times import moment, moment_or_none, stored

_MOST = 2**63 - 1  # SQLite's largest number
_VERSIONS = 10  # former versions kept of an item
_LISTS = 8  # whole lists that are remembered

_COLUMNS = "kind, url, title, author, summary, lang, published, updated, at, hash, media, tags"
_ALL = f"item.id, source, uid, seen, {_COLUMNS}"
_INSERT = (
    f"INSERT INTO item (source, uid, seen, {_COLUMNS}) VALUES ({', '.join('?' * 15)}) "
    "ON CONFLICT (source, uid) DO NOTHING"
)
_UPDATE = f"UPDATE item SET ({_COLUMNS}) = ({', '.join('?' * 12)}) WHERE id = ?"
# The version of a saved item that it was when it was saved: the first that was replaced afterwards.
_AS_SAVED = """SELECT id FROM version WHERE item = ? AND replaced >= (SELECT saved FROM mark WHERE item = ?)
    ORDER BY id LIMIT 1"""
_same = attrgetter("title", "author", "summary", "content", "kind", "lang", "at")
_AMONG = "IN (SELECT value FROM json_each(?))"


class Items:
    """Lists give ids, :meth:`rows` what a list shows, :meth:`get` and :meth:`whole` everything."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._hidden = Remembered(db, self._now_hidden)
        self._set_aside = Remembered(db, self._now_set_aside)
        self._following = Remembered(db, self._now_following)
        self._lists: Remembered[dict[Filter, array[int]]] = Remembered(db, dict)  # filled as they are asked for

    # What a refresh needs

    def known(self, source: int) -> dict[str, str]:
        """The hash of each item that this source ever gave, by uid; ``GONE`` for those that are no more."""
        sql = "SELECT uid, CASE gone WHEN 0 THEN hash ELSE ? END FROM item WHERE source = ?"
        return dict(self._db.query(sql, (GONE, source)))

    def by_uids(self, source: int, uids: Iterable[str]) -> dict[str, Item]:
        """Whole items of a source by uid; those that are not there, or gone, are left out."""
        found = self._select(f"source = ? AND uid {_AMONG} AND gone = 0", (source, _json(uids)), whole=True)
        return {item.uid: item for item in found}

    def apply(self, inserts: Sequence[Item], updates: Sequence[Item]) -> list[int]:
        """Store new items and new versions of old ones, and queue them for the index; returns the ids of the new.

        An item is found by source and uid. An insert of one that is known or gone is passed over, as is an
        update of one that is not there. An update leaves ``seen`` and the marks, and keeps what the item said
        before if its title or content differs.
        """
        with self._db.write() as db:
            new = [number for item in inserts if (number := self._insert(db, item))]
            changed = [number for item in updates if (number := self._update(db, item))]  # for the index
            posts.join_threads(db, new)
            enqueue(db, [*new, *changed], removed=False)
        return new

    def bring(self, items: Sequence[Item]) -> list[int]:
        """Store what the person brings from elsewhere, and queue it for the index; returns the ids, in order.

        What expired, or was removed, comes back under its old id. Of one that is there already the id is 0, and
        nothing is changed. Threads are joined whether their beginnings were read or not.
        """
        with self._db.write() as db:
            ids = [self._insert(db, item) or self._revive(db, item) for item in items]
            new = [number for number in ids if number]
            posts.join_threads(db, [number for number, item in zip(ids, items, strict=True) if item.post], read=True)
            enqueue(db, new, removed=False)
        return ids

    def withdraw(self, items: Iterable[int], fate: Fate) -> int:
        """Their network no longer shows these posts: text, versions and media go, saved or not; who wrote them, when,
        and what became of them stays. Returns how many there were."""
        given, now = _json(items), self._clock.now()
        with self._db.write() as db:
            found = self._select(f"item.id {_AMONG} AND gone = 0 AND post.item IS NOT NULL", (given,), whole=False)
            for each in found:
                db.execute(
                    "UPDATE item SET hash = '', title = '', summary = '', media = '', tags = '' WHERE id = ?",
                    (each.id,))  # fmt: skip
                if each.post:
                    posts.write(db, each.id, _mark_of(each.post, fate, now), now)
            for table in TEXTS:
                db.execute(f"DELETE FROM {table} WHERE item {_AMONG}", (_json(each.id for each in found),))
            enqueue(db, [each.id for each in found], removed=False)
        return len(found)

    def remove(self, items: Iterable[int]) -> int:
        """Empty these items, saved, tagged and noted ones too; their identity stays. Returns how many there were."""
        return self._bury(f"id {_AMONG}", _json(items))

    def expire(self, before: datetime, among: Iterable[int] | None = None) -> int:
        """As :meth:`remove`, for all (``among`` these) that expires when what Veille first had before ``before`` goes:
        nothing that the person kept (:func:`veille.store.room.expires`)."""
        where, parameters = expires(before, self._clock.now())
        if among is not None:
            where, parameters = f"item.id {_AMONG} AND {where}", [_json(among), *parameters]
        with self._db.write() as db:
            forget_older(db, before)
            return self._bury(where, *parameters)

    def latest(self) -> datetime | None:
        """The newest date that a source gave to an item, the future apart; None when none gave any.

        What was brought from elsewhere says nothing of when sources were last asked.
        """
        dated = "at = coalesce(published, updated) AND at <= ? AND source NOT IN (SELECT id FROM source WHERE kind = ?)"
        sql = f"SELECT at FROM item WHERE gone = 0 AND {dated} ORDER BY at DESC LIMIT 1"
        rows = self._db.query(sql, (stored(self._clock.now()), SourceKind.COLLECTION))
        return next((moment(at) for (at,) in rows), None)

    # What a face needs

    def get(self, item: int) -> Item | None:
        """The whole item; None when there is none, or no more."""
        return next(iter(self.whole([item])), None)

    def rows(self, items: Iterable[int]) -> list[Item]:
        """The items in the order given, without their content; those that are no more are left out."""
        return self._in_order(items, whole=False)

    def whole(self, items: Iterable[int]) -> list[Item]:
        """As :meth:`rows`, with content."""
        return self._in_order(items, whole=True)

    def versions(self, item: int) -> list[Version]:
        """What an item said before, newest first: the last ten times, and, when it is saved, as it was saved."""
        return self.versions_of([item]).get(item, [])

    def versions_of(self, items: Iterable[int]) -> dict[int, list[Version]]:
        """The same of several, by item; those that never said anything else are left out."""
        sql = f"SELECT item, replaced, title, summary, html FROM version WHERE item {_AMONG} ORDER BY id DESC"
        found: dict[int, list[Version]] = {}
        for number, replaced, *texts in self._db.query(sql, (_json(items),)):
            found.setdefault(number, []).append(Version(number, moment(replaced), *texts))
        return found

    def ids(self, wanted: Filter, *, limit: int | None = None, after: int | None = None) -> "array[int]":
        """Ids, newest first; with ``after``, only those that come after that item.

        The last few whole lists are remembered, not to be changed: a search begins and ends with what it narrows.
        """
        if limit is not None or after is not None:
            return self._listed(wanted, limit, after)
        lists = self._lists()
        found = lists.get(wanted)
        if found is None:
            if len(lists) >= _LISTS:
                lists.clear()
            found = lists[wanted] = self._listed(wanted, None, None)
        return found

    def hidden(self) -> "array[int]":
        """The ids that no list shows, ascending: items of sources that were set aside and those that rules hide
        (:meth:`veille.store.rules.Rules.hidden`), both apart from what the person saved, tagged, noted or highlighted,
        and what the index has not yet let go of. Remembered: not to be changed."""
        return self._hidden()

    def aside(self) -> "array[int]":
        """The same without those that only rules hide: not even a list of hidden items shows these."""
        return self._set_aside()

    def following(self) -> "array[int]":
        """The ids that lists show under the beginning of their thread, ascending. Remembered: not to be changed."""
        return self._following()

    def count(self, wanted: Filter) -> int:
        """How many ids :meth:`ids` would give."""
        where, parameters = self._conditions(wanted)
        return int(self._db.query(f"SELECT count(*) FROM item WHERE {where}", parameters)[0][0])

    def held(self) -> int:
        """How many items there are, whether lists show them or not: those that the index should have."""
        return int(self._db.query("SELECT count(*) FROM item WHERE gone = 0")[0][0])

    def counts(self) -> Counts:
        """Items that lists show, saved and flagged ones among them, and unread ones by source in use (zeros left
        out)."""
        with self._db.snapshot():
            aside = self._aside()
            saved, flagged = self.count(Filter(saved=True)), self.count(Filter(flagged=True))
            where, _parameters = conditions(Filter(), frozenset(), hiding(self._db))
            rows = self._db.query(
                f"SELECT source, count(*), sum(NOT {IS_READ}) FROM item WHERE {where} GROUP BY source"
            )
            kept = self.count(Filter(sources=aside)) if aside else 0
        in_use = [row for row in rows if row[0] not in aside]
        unread = {row[0]: row[2] for row in in_use if row[2]}
        return Counts(kept + sum(row[1] for row in in_use), saved, unread, flagged)

    def _listed(self, wanted: Filter, limit: int | None, after: int | None) -> "array[int]":
        where, parameters = self._conditions(wanted)
        if after is not None:
            where += " AND (at, id) < (SELECT at, id FROM item WHERE id = ?)"
            parameters.append(after)
        sql = f"SELECT id FROM item WHERE {where} ORDER BY at DESC, id DESC LIMIT ?"
        parameters.append(-1 if limit is None else min(limit, _MOST))
        return self._db.listed(f"SELECT json_group_array(id) FROM ({sql})", parameters)

    def _conditions(self, wanted: Filter) -> tuple[str, list[Any]]:
        return conditions(wanted, self._aside(), hiding(self._db))

    def _now_hidden(self) -> "array[int]":
        with self._db.snapshot():
            aside, rules = self._now_set_aside(), hiding(self._db)
            if not rules:
                return aside
            found = hidden_by(self._db, rules)
            return array("q", sorted({*aside, *found})) if aside else found

    def _now_set_aside(self) -> "array[int]":
        aside = ", ".join(map(str, self._aside()))
        sql = f"SELECT id FROM item WHERE gone = 0 AND source IN ({aside}) AND NOT {IS_KEPT}"
        return self._db.numbers(f"{sql} UNION SELECT item FROM index_queue WHERE removed = 1 ORDER BY 1")

    def _now_following(self) -> "array[int]":
        return self._db.numbers("SELECT id FROM item WHERE follows <> 0 AND gone = 0 ORDER BY id")

    def _aside(self) -> frozenset[int]:
        return frozenset(row[0] for row in self._db.query("SELECT id FROM source WHERE removed IS NOT NULL"))

    def _in_order(self, items: Iterable[int], *, whole: bool) -> list[Item]:
        wanted = list(items)
        found = {item.id: item for item in self._select(f"item.id {_AMONG} AND gone = 0", (_json(wanted),), whole)}
        return [found[number] for number in wanted if number in found]

    def _select(self, where: str, parameters: Sequence[Any], whole: bool) -> list[Item]:
        content, join = ("coalesce(html, '')", "LEFT JOIN content ON content.item = item.id") if whole else ("''", "")
        sql = f"SELECT {_ALL}, {posts.COLUMNS}, {content} FROM item {posts.JOIN} {join} WHERE {where}"
        return [_item(row) for row in self._db.query(sql, parameters)]

    def _insert(self, db: sqlite3.Connection, item: Item) -> int:
        cursor = db.execute(_INSERT, (item.source, item.uid, stored(item.seen), *_columns(item)))
        if not cursor.rowcount:
            return 0
        number = cursor.lastrowid or 0
        self._insert_beside(db, number, item)
        return number

    def _revive(self, db: sqlite3.Connection, item: Item) -> int:
        row = db.execute("SELECT id FROM item WHERE source = ? AND uid = ? AND gone = 1", (item.source, item.uid))
        number = int((row.fetchone() or (0,))[0])
        if number:
            db.execute(_UPDATE, (*_columns(item), number))
            db.execute("UPDATE item SET gone = 0, follows = 0, seen = ? WHERE id = ?", (stored(item.seen), number))
            self._insert_beside(db, number, item)
        return number

    def _insert_beside(self, db: sqlite3.Connection, number: int, item: Item) -> None:
        if item.content:
            db.execute("INSERT INTO content (item, html) VALUES (?, ?)", (number, item.content))
        if item.post:
            posts.write(db, number, item.post, self._clock.now())

    def _update(self, db: sqlite3.Connection, item: Item) -> int:
        """The id if the index is to hear of it, 0 if not: feeds change dates for nothing, again and again."""
        old = self.by_uids(item.source, [item.uid]).get(item.uid)
        if old is None:
            return 0
        withdrawn = old.post is not None and old.post.fate is not Fate.THERE  # it says nothing that could be kept
        if not withdrawn and (old.title, old.content) != (item.title, item.content):
            self._keep_version(db, old)
        db.execute(_UPDATE, (*_columns(item), old.id))
        db.execute("INSERT OR REPLACE INTO content (item, html) VALUES (?, ?)", (old.id, item.content))
        if item.post:
            posts.write(db, old.id, item.post, self._clock.now())
        return old.id if _indexed(old) != _indexed(item) else 0

    def _keep_version(self, db: sqlite3.Connection, old: Item) -> None:
        texts = (old.title, old.summary, old.content)
        as_saved = (old.id, old.id)
        # Some feeds say two things by turns: each of them is kept once.
        db.execute(
            f"DELETE FROM version WHERE item = ? AND (title, summary, html) = (?, ?, ?) AND id NOT IN ({_AS_SAVED})",
            (old.id, *texts, *as_saved))  # fmt: skip
        db.execute(
            "INSERT INTO version (item, replaced, title, summary, html) SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS "
            "(SELECT 1 FROM version WHERE item = ?1 AND (title, summary, html) = (?3, ?4, ?5))",
            (old.id, stored(self._clock.now()), *texts),
        )
        db.execute(
            "DELETE FROM version WHERE item = ? AND id NOT IN "
            f"(SELECT id FROM version WHERE item = ? ORDER BY id DESC LIMIT ?) AND id NOT IN ({_AS_SAVED})",
            (old.id, old.id, _VERSIONS, *as_saved),
        )

    def _bury(self, where: str, *parameters: Any) -> int:
        with self._db.write() as db:
            sql = f"SELECT id FROM item WHERE gone = 0 AND {where}"
            items = [row[0] for row in db.execute(sql, parameters)]
            bury(db, items)
        return len(items)


def _columns(item: Item) -> tuple[Any, ...]:
    """The values of ``_COLUMNS``."""
    media = [(each.kind, each.url, each.description, each.type) for each in item.media]
    return (
        item.kind, item.url, item.title, item.author, item.summary, item.lang, stored(item.published),
        stored(item.updated), stored(item.at), item.hash, _json(media) if media else "",
        _json(item.tags) if item.tags else "")  # fmt: skip


def _item(row: tuple[Any, ...]) -> Item:
    """The item of a row of ``_ALL`` and its content."""
    number, source, uid, seen, kind, url, title, author, summary, lang, published, updated, at, hash, media, tags = row[
        :16
    ]
    return Item(
        number, source, uid, ItemKind(kind), url, title, author, summary, row[-1], lang, moment_or_none(published),
        moment_or_none(updated), moment(seen), moment(at), hash,
        tuple(Media(*each) for each in json.loads(media)) if media else (),
        tuple(json.loads(tags)) if tags else (), posts.read(row[16:-1]))  # fmt: skip


def _indexed(item: Item) -> tuple[Any, ...]:
    """What the index has of an item: of a post what stands beside its text, too, but nothing that is counted."""
    tags = set(map(fold, item.tags))
    if item.kind is not ItemKind.POST:
        return (*_same(item), tags)
    post, descriptions = item.post, [each.description for each in item.media]
    if post is None:
        return (*_same(item), descriptions, tags)
    return (
        *_same(item), descriptions, tags, _named(post.author), _named(post.reposted_by), post.warning,
        [text for text, _votes in (post.poll.options if post.poll else ())], [each.handle for each in post.mentions],
        [(_named(each.author), each.html, [medium.description for medium in each.media]) for each in post.referred],
    )  # fmt: skip


def _named(person: Person | None) -> tuple[str, str]:
    return (person.handle, person.name) if person else ("", "")


def _mark_of(post: Post, fate: Fate, when: datetime) -> Post:
    """What stays of ``post``."""
    return Post(
        post.network, post.id, post.author, post.reposted_by, post.continues, withheld=post.withheld, fate=fate,
        fated=when)  # fmt: skip


def _json(values: Iterable[Any]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
