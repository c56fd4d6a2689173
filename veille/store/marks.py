"""What the person did with items, or a rule of theirs when these arrived: read, saved, flagged, tags, a note."""

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from veille.content.text import fold
from veille.errors import TooLong, TooMany
from veille.i18n import _, number
from veille.model import Mark
from veille.store.database import Database
from veille.store.filters import KEEPS
from veille.store.history import DELETED, INSERTED, UPDATED, HistoryLog
from veille.store.queue import enqueue
from veille.store.remembered import Remembered
from veille.store.times import moment_or_none, stored

TAG, NOTE = 60, 20_000  # characters
TAGS = 50  # on one item

_AMONG = "IN (SELECT value FROM json_each(?))"
# Those of the given items whose mark is not yet so, with how it was. CROSS JOIN: SQLite keeps to this order of tables.
_DIFFERENT = """
    SELECT item.id, {old} FROM json_each(?) AS given
    CROSS JOIN item ON item.id = given.value AND item.gone = 0 LEFT JOIN mark ON mark.item = item.id
    WHERE {differs}
"""


class Marks:
    """Only what changes is written, so that each change can be undone by itself.

    Sets of all items with a mark are remembered until something is written: they are not to be changed.
    """

    def __init__(self, db: Database, history: HistoryLog) -> None:
        self._db = db
        self._history = history
        self._read = Remembered(db, lambda: self._ids("mark WHERE read = 1"))
        self._saved = Remembered(db, lambda: self._ids("mark WHERE saved IS NOT NULL"))
        self._flagged = Remembered(db, lambda: self._ids("mark WHERE flagged IS NOT NULL"))
        self._noted = Remembered(db, lambda: self._ids("note"))
        self._notes = Remembered(db, lambda: dict[int, str](db.query("SELECT item, text FROM note ORDER BY item")))
        self._spellings = Remembered(db, self._now_spelt)
        self._tagged: Remembered[dict[tuple[str, ...], array[int]]] = Remembered(db, dict)  # filled as it is asked for

    def get(self, items: Iterable[int]) -> dict[int, Mark]:
        """The marks of ``items``, tags in the order of the alphabet; one that nobody marked has none here."""
        items = list(items)
        given = (json.dumps(items),)
        rows = self._db.query(f"SELECT item, read, saved, flagged FROM mark WHERE item {_AMONG}", given)
        marks = {
            item: (bool(read), moment_or_none(saved), moment_or_none(flagged)) for item, read, saved, flagged in rows
        }
        tags: dict[int, list[str]] = {}
        for item, name in self._db.query(f"SELECT item, name FROM tag WHERE item {_AMONG}", given):
            tags.setdefault(item, []).append(name)
        notes = self.notes_of(items)
        return {
            item: Mark(item, read, saved, tuple(sorted(tags.get(item, ()), key=fold)), notes.get(item, ""), flagged)
            for item in {**marks, **tags, **notes}
            for read, saved, flagged in [marks.get(item, (False, None, None))]
        }

    # Read, saved and flagged

    def set_read(self, items: Iterable[int], read: bool = True) -> list[int]:
        """Mark ``items`` read or unread; returns those that were not so before."""
        old = "coalesce(mark.read, 0)"
        return self._set("read", int(read), old, f"{old} = {int(not read)}", items)

    def set_saved(self, items: Iterable[int], when: datetime | None) -> list[int]:
        """Save ``items`` (``when``: now), or let go of them (None); returns those that were not so before.

        What was saved already keeps its date. When this returns, outside another transaction, it is on the disk.
        """
        differs = "mark.saved IS NULL" if when else "mark.saved IS NOT NULL"
        return self._set("saved", stored(when), "mark.saved", differs, items)

    def save_each(self, when: Mapping[int, datetime]) -> list[int]:
        """Save items, each since its own time; returns those that were not saved. What was saved keeps its date."""
        with self._db.write() as db:
            differing = _DIFFERENT.format(old="mark.saved", differs="mark.saved IS NULL")
            found = [item for item, _before in db.execute(differing, (json.dumps(list(when)),))]
            sql = "INSERT INTO mark (item, saved) VALUES (?, ?) ON CONFLICT (item) DO UPDATE SET saved = excluded.saved"
            db.executemany(sql, [(item, stored(when[item])) for item in found])
            self._history.keep(UPDATED, "mark", [(item,) for item in found], {"saved": None})
        return found

    def set_flagged(self, items: Iterable[int], when: datetime | None) -> list[int]:
        """Flag ``items`` (``when``: now), or take the flag away (None); returns those that were not so before.

        A flag says "look at this", and keeps nothing: a flagged item expires as any other.
        """
        differs = "mark.flagged IS NULL" if when else "mark.flagged IS NOT NULL"
        return self._set("flagged", stored(when), "mark.flagged", differs, items)

    def read_ids(self) -> "array[int]":
        """All items that were read, ascending."""
        return self._read()

    def saved_ids(self) -> "array[int]":
        """All items that are saved, ascending."""
        return self._saved()

    def flagged_ids(self) -> "array[int]":
        """All items that are flagged, ascending."""
        return self._flagged()

    def kept(self, items: Iterable[int]) -> "array[int]":
        """Those of ``items`` that the person saved, tagged, noted or highlighted, ascending."""
        sql = f"SELECT id FROM item WHERE id {_AMONG} AND {KEEPS} ORDER BY id"
        return self._db.numbers(sql, (json.dumps(list(items)),))

    # Tags and notes

    def set_tags(self, items: Iterable[int], add: Iterable[str] = (), remove: Iterable[str] = ()) -> list[int]:
        """Give ``items`` the tags ``add`` and take ``remove`` from them; returns those whose tags changed.

        Tags that fold to the same are one: it is written as on other items, or else as it is added. A tag to be added
        and removed is removed. Raises TooLong for a tag, and TooMany for an item.
        """
        given = (json.dumps(list(dict.fromkeys(items))),)
        goes = set(map(fold, remove))
        comes = {folded: name for folded, name in self._spelt(add).items() if folded not in goes}
        if any(len(name) > TAG for name in comes.values()):
            raise TooLong(what=_("A tag"), most=TAG)
        with self._db.write() as db:
            there = self._db.numbers(f"SELECT id FROM item WHERE id {_AMONG} AND gone = 0", given)
            rows = db.execute(f"SELECT item, name FROM tag WHERE item {_AMONG}", given).fetchall()
            has = {(item, fold(name)) for item, name in rows}
            taken = [(item, name) for item, name in rows if fold(name) in goes]
            put = [(item, name) for item in there for folded, name in comes.items() if (item, folded) not in has]
            had = Counter(item for item, _name in rows)
            had.update(item for item, _name in put)
            had.subtract(item for item, _name in taken)
            if put and max(had[item] for item, _name in put) > TAGS:
                raise TooMany(most=TAGS, what=_("tags on one item"))
            db.executemany("DELETE FROM tag WHERE item = ? AND name = ?", taken)
            db.executemany("INSERT INTO tag (item, name) VALUES (?, ?)", put)
            self._history.keep(DELETED, "tag", taken, {})
            self._history.keep(INSERTED, "tag", put)
        return list(dict.fromkeys(item for item, _name in (*taken, *put)))

    def tag_each(self, tags: Mapping[int, Iterable[str]]) -> dict[int, list[str]]:
        """Give each item its tags, as :meth:`set_tags` does; returns those for which an item has no room. Raises
        TooLong."""
        left: dict[int, list[str]] = {}
        with self._db.write() as db:
            spellings = dict(self._spellings())
            there = self._db.numbers(f"SELECT id FROM item WHERE id {_AMONG} AND gone = 0", (json.dumps(list(tags)),))
            has: dict[int, set[str]] = {item: set() for item in there}
            for item, name in db.execute(f"SELECT item, name FROM tag WHERE item {_AMONG}", (json.dumps(list(tags)),)):
                has[item].add(fold(name))
            put = list[tuple[int, str]]()
            for item in there:
                for name in tags[item]:
                    folded = fold(name)
                    if folded in has[item]:
                        continue
                    if len(has[item]) >= TAGS:
                        left.setdefault(item, []).append(name)
                        continue
                    has[item].add(folded)
                    put.append((item, next(iter(spellings.setdefault(folded, {name: 1})))))
            if any(len(name) > TAG for _item, name in put):
                raise TooLong(what=_("A tag"), most=TAG)
            db.executemany("INSERT INTO tag (item, name) VALUES (?, ?)", put)
            self._history.keep(INSERTED, "tag", put)
        return left

    def set_note(self, item: int, text: str, when: datetime) -> bool:
        """Write ``text`` on ``item`` in place of what was noted, "" for nothing; whether that changed anything.

        Raises TooLong.
        """
        if len(text) > NOTE:
            raise TooLong(what=_("A note"), most=number(NOTE))
        with self._db.write() as db:
            old = self.get([item]).get(item, Mark(item)).note
            there = db.execute("SELECT 1 FROM item WHERE id = ? AND gone = 0", (item,)).fetchone()
            if text == old or there is None:
                return False
            if text:
                self._history.put("note", {"item": item, "text": text, "changed": stored(when)})
            else:
                self._history.delete("note", (item,))
            enqueue(db, [item], removed=False)
        return True

    def rename_tag(self, old: str, new: str) -> list[int]:
        """Call the tag that folds as ``old`` does ``new`` on all items; returns those items.

        Where another tag folds as ``new`` does, both become one, written as that is. Raises TooLong.
        """
        if len(new) > TAG:
            raise TooLong(what=_("A tag"), most=TAG)
        folded = fold(new)
        with self._db.write() as db:
            spellings = self._now_spelt()
            name = new if folded == fold(old) else next(iter(spellings.get(folded, ())), new)
            given = (json.dumps([each for each in spellings.get(fold(old), ()) if each != name]),)
            taken = db.execute(f"SELECT item, name FROM tag WHERE name {_AMONG} ORDER BY item", given).fetchall()
            has = set(self._db.numbers("SELECT item FROM tag WHERE name = ?", (name,)))
            put = [(item, name) for item in dict.fromkeys(item for item, _name in taken) if item not in has]
            db.executemany("DELETE FROM tag WHERE item = ? AND name = ?", taken)
            db.executemany("INSERT INTO tag (item, name) VALUES (?, ?)", put)
            self._history.keep(DELETED, "tag", taken, {})
            self._history.keep(INSERTED, "tag", put)
        return list(dict.fromkeys(item for item, _name in taken))

    def tagged(self, name: str, *, begins: bool = False) -> "array[int]":
        """All items with the person's tag that folds to ``name``, or with ``begins`` to what begins so, ascending."""
        found, spellings = self._tagged(), self._spellings()
        tags = tuple(each for each in spellings if each.startswith(name)) if begins else (name,)
        if tags not in found:
            names = [written for each in tags for written in spellings.get(each, ())]
            found[tags] = self._ids(f"tag WHERE name {_AMONG}", (json.dumps(names),))
        return found[tags]

    def spellings(self, name: str) -> tuple[str, ...]:
        """How the person's tag that folds to ``name`` is written, the most used way first."""
        return tuple(self._spellings().get(name, ()))

    def noted_ids(self) -> "array[int]":
        """All items with a note, ascending."""
        return self._noted()

    def notes_of(self, items: Iterable[int]) -> dict[int, str]:
        """The notes on ``items``, by item."""
        sql = f"SELECT item, text FROM note WHERE item {_AMONG}"
        return dict(self._db.query(sql, (json.dumps(list(items)),)))

    def notes(self) -> Mapping[int, str]:
        """All notes, by item. Remembered: not to be changed."""
        return self._notes()

    def tags(self) -> list[tuple[str, int]]:
        """The person's tags in the order of the alphabet, with how many items have each."""
        return list(_ordered(self._spellings()))

    def _spelt(self, names: Iterable[str]) -> dict[str, str]:
        """By how it folds, how each of ``names`` is written."""
        known = self._spellings()
        return {folded: next(iter(known.get(folded, ())), name) for name in names for folded in [fold(name)]}

    def _now_spelt(self) -> Mapping[str, Mapping[str, int]]:
        return _spelt_now(self._db)

    # Pieces

    def _set(self, column: str, value: int | None, old: str, differs: str, items: Iterable[int]) -> list[int]:
        given = json.dumps(list(dict.fromkeys(items)))
        with self._db.write() as db:
            found = db.execute(_DIFFERENT.format(old=old, differs=differs), (given,)).fetchall()
            db.executemany(
                f"INSERT INTO mark (item, {column}) VALUES (?, ?) "
                f"ON CONFLICT (item) DO UPDATE SET {column} = excluded.{column}",
                [(item, value) for item, _before in found],
            )
            groups: dict[int | None, list[tuple[int]]] = {}  # by how they were: for "read" there is one
            for item, before in found:
                groups.setdefault(before, []).append((item,))
            for before, keys in groups.items():
                self._history.keep(UPDATED, "mark", keys, {column: before})
        return [item for item, _before in found]

    def _ids(self, where: str, parameters: Sequence[str] = ()) -> "array[int]":
        sql = f"SELECT json_group_array(item) FROM (SELECT DISTINCT item FROM {where} ORDER BY item)"
        return self._db.listed(sql, parameters)


def in_alphabet(db: Database) -> tuple[tuple[str, int], ...]:
    """The person's tags in the order of the alphabet, with how many items have each."""
    return _ordered(_spelt_now(db))


def _spelt_now(db: Database) -> dict[str, dict[str, int]]:
    """By how they fold, the tags as they are written, the most used first, with how many items have each."""
    found: dict[str, dict[str, int]] = {}
    for name, count in db.query("SELECT name, count(*) AS n FROM tag GROUP BY name ORDER BY n DESC, name"):
        found.setdefault(fold(name), {})[name] = count
    return found


def _ordered(found: Mapping[str, Mapping[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple((next(iter(found[folded])), sum(found[folded].values())) for folded in sorted(found))
