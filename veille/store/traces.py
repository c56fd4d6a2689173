"""The traces: every contact with another machine, on the disk before it is made.

A file of its own, ``traces.db``, so that writing a trace never waits for a batch of items. A commit costs a sync of
the disk, a few milliseconds, and ten threads make contacts at once: those that wait while one commits are committed
together by the next. An ending needs no commit of its own; it goes with the one that follows.
"""

import sqlite3
from array import array
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Condition
from typing import Any

from veille.contacts import Contact, Ending, Totals, Trace, TraceFilter
from veille.errors import ProfileBusy, ProfileUnwritable
from veille.store import tracing
from veille.store.database import Broken, Database
from veille.store.times import moment_or_none, stored

_MOST = 2**63 - 1  # SQLite's largest number
_INSERT = f"INSERT INTO trace ({tracing.CONTACT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_UPDATE = f"UPDATE trace SET ({tracing.ENDING}) = (?, ?, ?, ?, ?, ?) WHERE number = ?"
_FORGET = "INSERT INTO forgotten VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET until = max(until, excluded.until)"
_EVERYTHING = TraceFilter()
_SURE = timedelta(days=2) // timedelta(microseconds=1)  # a clock that is wrong for longer is believed


class _Begun:
    """A contact that waits for its number."""

    def __init__(self, row: tuple[Any, ...]) -> None:
        self.row = row
        self.number = 0


class Traces:
    """A :class:`veille.contacts.Ledger` that can be read. Thread-safe.

    What is asked of it counts every ending so far; another process sees those that were committed.
    """

    def __init__(self, db: Database | Broken, *, exists: bool = True) -> None:
        """``exists`` is False for a profile that is only read and has no ``traces.db``: there are no traces then."""
        self._db = db
        self._exists = exists
        self._change = Condition()  # of the three below; never held while the disk works
        self._committing = False  # a thread does, for all that wait
        self._begun: list[_Begun] = []
        self._ended: list[tuple[Any, ...]] = []

    def begin(self, contact: Contact) -> int:
        """Its number, once it is on the disk.

        Raises :class:`ProfileUnwritable`, :class:`TracesDamaged`, or :class:`ProfileBusy` in a profile that is only
        read: then nothing may leave.
        """
        mine = _Begun(tracing.contact_row(contact))
        with self._change:
            self._begun.append(mine)
            self._change.wait_for(lambda: mine.number or not self._committing)
            if mine.number:
                return mine.number  # another thread committed it
            self._committing = True
        self._commit(mine)
        return mine.number

    def end(self, number: int, ending: Ending) -> None:
        """How it ended; on the disk with the next commit. Never waits."""
        row = (*tracing.ending_row(ending), number)
        with self._change:
            self._ended.append(row)

    def flush(self) -> None:
        """Put every ending so far on the disk."""
        with self._change:
            self._change.wait_for(lambda: not self._committing)
            if not self._ended:
                return
            self._committing = True
        self._commit()

    def find(self, wanted: TraceFilter, *, limit: int | None = None, after: int | None = None) -> list[Trace]:
        """Newest first; with ``after``, the number of the last one of the page before, those that follow it."""
        where, parameters = tracing.conditions(wanted)
        if after is not None:
            where += " AND number < ?"
            parameters.append(after)
        sql = (
            f"SELECT number, {tracing.CONTACT}, {tracing.ENDING} FROM trace WHERE {where} ORDER BY number DESC LIMIT ?"
        )
        rows = self._rows(sql, [*parameters, -1 if limit is None else min(limit, _MOST)])
        return [tracing.trace(row) for row in rows]

    def numbers(self, wanted: TraceFilter = _EVERYTHING) -> "array[int]":
        """Their numbers, newest first. One that is missing in between was forgotten or taken out."""
        where, parameters = tracing.conditions(wanted)
        rows = self._rows(f"SELECT number FROM trace WHERE {where} ORDER BY number DESC", parameters)
        return array("q", (number for (number,) in rows))

    def count(self, wanted: TraceFilter = _EVERYTHING) -> int:
        """How many there are, unfinished ones too."""
        where, parameters = tracing.conditions(wanted)
        return int(self._one(f"SELECT count(*) FROM trace WHERE {where}", parameters) or 0)

    def totals(self, wanted: TraceFilter = _EVERYTHING) -> Totals:
        """What they add up to. All but ``by_reason`` leaves out links opened in the browser.

        ``failed`` are those with an error or a status of 400 and above.
        """
        where, parameters = tracing.conditions(wanted)
        sql = f"SELECT {tracing.TOTALS} FROM trace WHERE {where} GROUP BY host, method, reason, route"
        return tracing.add_up(self._rows(sql, parameters))

    def forget(self, before: datetime) -> int:
        """Delete what began before ``before`` and remember that; returns how many there were.

        Of a time without contacts two days count, and the rest when contacts were made for two days after it: were
        the clock far ahead for an hour, everything would be forgotten.
        """
        self.flush()
        with self._db.write() as db:
            until = stored(before) - _leap(db)
            gone = db.execute("DELETE FROM trace WHERE at < ?", (until,)).rowcount
            if gone:
                db.execute(_FORGET, (until,))
        return gone

    @property
    def kept_since(self) -> datetime | None:
        """Up to when traces were forgotten; None when none ever was."""
        return moment_or_none(self._one("SELECT until FROM forgotten"))

    @property
    def first(self) -> datetime | None:
        """When the oldest contact that is kept was made; None when there is none."""
        return moment_or_none(self._one("SELECT min(at) FROM trace"))

    @property
    def database(self) -> Database | None:
        """The file, to copy it whole; None where there is none, or a damaged one."""
        return self._db if self._exists and isinstance(self._db, Database) else None

    def close(self) -> None:
        """Write the last endings and close the file. Other threads have stopped using it."""
        try:
            self.flush()
        finally:
            self._db.close()

    def _commit(self, mine: _Begun | None = None) -> None:
        """Write what waits. When that fails all but ``mine`` go on waiting: each thread hears of it in its turn."""
        with self._change:
            begun, self._begun = self._begun, []
            ended, self._ended = self._ended, []
        try:
            with self._db.write() as db:
                numbers = [db.execute(_INSERT, each.row).lastrowid or 0 for each in begun]
                db.executemany(_UPDATE, ended)
            for each, number in zip(begun, numbers, strict=True):
                each.number = number
        except BaseException:
            with self._change:
                self._begun[:0] = [each for each in begun if each is not mine]
                self._ended[:0] = ended
            raise
        finally:
            with self._change:
                self._committing = False
                self._change.notify_all()

    def _one(self, sql: str, parameters: list[Any] | None = None) -> Any:
        return next((value for (value,) in self._rows(sql, parameters or [])), None)

    def _rows(self, sql: str, parameters: list[Any]) -> list[Any]:
        if not self._exists:
            return []
        with suppress(ProfileUnwritable, ProfileBusy):  # a full disk is no reason to show nothing
            self.flush()
        return self._db.query(sql, parameters)


def _leap(db: sqlite3.Connection) -> int:
    """The microseconds that lie behind the newest trace, and are not sure to have passed."""
    sql = "SELECT at FROM trace WHERE at <= ? ORDER BY number DESC LIMIT 1"
    newest = db.execute(sql, (_MOST,)).fetchone()
    earlier = newest and db.execute(sql, (newest[0] - _SURE,)).fetchone()
    return newest[0] - earlier[0] - _SURE if earlier else 0
