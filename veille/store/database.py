"""The connections to one SQLite file: one that writes, one per thread that reads.

Write-ahead log, so that reading never waits for writing and ``kill -9`` loses nothing that was committed.
``synchronous=FULL``: a commit returns once it is on the disk, so that what was confirmed as saved survives
a power cut too. NORMAL would spare one ``fsync`` (a few milliseconds) a transaction and could lose the last ones;
a refresh writes whole batches of sources in one transaction, so there is little to spare.
"""

import json
import os
import sqlite3
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from pathlib import Path
from threading import Lock, RLock, get_ident, local
from typing import Any
from weakref import WeakSet

from veille.errors import Cancelled, ProfileBusy, ProfileDamaged, ProfileUnwritable
from veille.i18n import N_
from veille.store.migration import Schema

_BUSY_SECONDS = 10.0
_EMPTYING_MS = 1000  # that readers of an older state are waited for
_CACHE_KIB = 8000
_STEPS = 1000  # of SQLite's machine between two looks at whether to go on
_LOG_BYTES = 32_000_000  # the log is cut back to this after a large transaction

_DAMAGED = {
    sqlite3.SQLITE_CORRUPT: N_("what it holds is damaged"),
    sqlite3.SQLITE_NOTADB: N_("it is not a database"),
}
_UNWRITABLE = {
    sqlite3.SQLITE_FULL: N_("the disk is full"),
    sqlite3.SQLITE_IOERR: N_("the disk failed to read or write"),
    sqlite3.SQLITE_READONLY: N_("it can only be read"),
    sqlite3.SQLITE_CANTOPEN: N_("it cannot be opened"),
    sqlite3.SQLITE_PERM: N_("permission was refused"),
}


class _Reader:
    """A thread's own connection, closed when the thread ends or the database is closed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Broken:
    """Stands for a database that is damaged: whoever writes to it or reads it is told ``why``."""

    def __init__(self, why: ProfileDamaged) -> None:
        self._why = why

    def write(self) -> AbstractContextManager[sqlite3.Connection]:
        """Raises."""
        raise type(self._why)(**self._why.facts)

    def query(self, _sql: str, _parameters: Sequence[Any] = ()) -> list[Any]:
        """Raises."""
        raise type(self._why)(**self._why.facts)

    def close(self) -> None:
        """Nothing is open."""


class Database:
    """Thread-safe. Failures of the file come out as :class:`ProfileUnwritable`, :class:`ProfileDamaged` or
    :class:`ProfileBusy`; a broken constraint is a bug and stays ``sqlite3.IntegrityError``."""

    def __init__(self, path: Path, schema: Schema, *, write: bool) -> None:
        """Open the database at ``path``; with ``write`` it is created or migrated, the caller holding the lock."""
        self.path = path
        self._schema = schema
        self._lock = RLock()
        self._depth = 0
        self._owner: int | None = None  # the thread that is writing
        self._closed = False
        self._local = local()
        self._readers: WeakSet[_Reader] = WeakSet()
        self._readers_lock = Lock()
        self._watch: _Reader | None = None  # sees what other processes write
        self._watching = Lock()
        self._writer = self._open_writer() if write else None
        self._written = 0  # transactions that were committed here

    @property
    def version(self) -> int:
        """A number that is another one once anything was written, here or by another process; microseconds to ask.

        Whoever keeps an answer asks for it before: an answer of the same version is still the right one, unless it was
        asked for :attr:`apart`.
        """
        if self._writer is not None:
            return self._written  # nobody else may write
        with self._watching, self._in_words():  # "data_version" of one connection says nothing to another
            if self._watch is None:
                self._watch = self._open_reader()
            return int(self._watch.connection.execute("PRAGMA data_version").fetchone()[0])

    @property
    def apart(self) -> bool:
        """Whether this thread sees another moment than others do: inside :meth:`write` or :meth:`snapshot`."""
        if self._owner == get_ident():
            return True
        reader: _Reader | None = getattr(self._local, "reader", None)
        return reader is not None and reader.connection.in_transaction

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction on the one writing connection: committed at the end, rolled back when an exception leaves it.

        A ``write`` inside another belongs to the outer transaction; if it fails, its own part alone is taken back.
        """
        writer = self._writer
        if writer is None:
            raise ProfileBusy(path=str(self.path.parent))
        with self._lock, self._in_words():
            mark = f"inner{self._depth}"
            writer.execute(f"SAVEPOINT {mark}" if self._depth else "BEGIN IMMEDIATE")
            self._depth += 1
            self._owner = get_ident()
            try:
                yield writer
                writer.execute(f"RELEASE {mark}" if self._depth > 1 else "COMMIT")
            except BaseException:
                self._roll_back(writer, mark)
                raise
            finally:
                self._depth -= 1
                self._owner = self._owner if self._depth else None
                self._written += not self._depth  # after the commit: who sees it sees what was written

    def empty_log(self) -> None:
        """Take what was let go of out of the log, too, which keeps former pages until it is written anew.

        Who reads an older state at the moment keeps it; then the log goes when the database is closed.
        """
        writer = self._writer
        if writer is None:
            raise ProfileBusy(path=str(self.path.parent))
        with self._lock, self._in_words():
            if self._depth:
                return  # a transaction is under way
            writer.execute(f"PRAGMA busy_timeout = {_EMPTYING_MS}")
            try:
                writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                writer.execute(f"PRAGMA busy_timeout = {int(_BUSY_SECONDS * 1000)}")

    def shrink(self, cancelled: Callable[[], bool]) -> None:
        """Write the file anew without the pages that are free. Readers go on meanwhile, writers wait.

        Raises Cancelled, and ProfileUnwritable where there is no room for the new one beside it: then all is as it was.
        """
        writer = self._writer
        if writer is None:
            raise ProfileBusy(path=str(self.path.parent))
        with self._lock, self._in_words():
            if self._depth:
                return  # a transaction is under way
            writer.set_progress_handler(cancelled, _STEPS)
            try:
                writer.execute("VACUUM")
            except sqlite3.OperationalError as error:
                if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
                    raise Cancelled from error
                raise
            finally:
                writer.set_progress_handler(None, 0)
                self.empty_log()  # it holds the whole new file, or what there was room for

    def read(self) -> sqlite3.Connection:
        """This thread's connection, which cannot write; inside :meth:`write`, the writing one, to see its changes."""
        if self._writer is not None and self._owner == get_ident():
            return self._writer
        reader: _Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = self._open_reader()
        return reader.connection

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a ``SELECT``, as tuples."""
        with self._in_words():
            return self.read().execute(sql, parameters).fetchall()

    def numbers(self, sql: str, parameters: Sequence[Any] = ()) -> "array[int]":
        """The one column of a ``SELECT``, whole numbers; far lighter than :meth:`query` for 100,000 ids."""
        with self._in_words():
            return array("q", chain.from_iterable(self.read().execute(sql, parameters)))

    def listed(self, sql: str, parameters: Sequence[Any] = ()) -> "array[int]":
        """As :meth:`numbers`, in half the time, of a ``SELECT json_group_array(…)``; its order is that of the rows."""
        (text,) = self.query(sql, parameters)[0]
        return array("q", json.loads(text))

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Inside it, this thread's queries all see the database at one moment."""
        connection = self.read()
        if connection.in_transaction:
            yield
            return
        with self._in_words():
            connection.execute("BEGIN")
            try:
                yield
            finally:
                connection.execute("COMMIT")

    def close(self) -> None:
        """Wait for the transaction that is under way, then close every connection."""
        with self._lock, self._readers_lock:
            self._closed = True
            for reader in list(self._readers):
                reader.connection.close()
            if self._writer is not None:
                self._writer.close()

    def _open_writer(self) -> sqlite3.Connection:
        with self._in_words():
            writer = self._connect("rwc")
            try:
                writer.execute("PRAGMA journal_mode = WAL")
                writer.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
                writer.execute("PRAGMA synchronous = FULL")
                writer.execute("PRAGMA fullfsync = ON")  # macOS: fsync alone stops at the drive's cache
                writer.execute("PRAGMA foreign_keys = ON")
                writer.execute("PRAGMA secure_delete = ON")  # what was let go of is gone from the file, too
                self._schema.migrate(writer, str(self.path))
            except BaseException:
                writer.close()
                raise
            return writer

    def _open_reader(self) -> _Reader:
        with self._readers_lock:  # not the writer's: a thread's first query must not wait for a transaction
            if self._closed:
                raise sqlite3.ProgrammingError("the database is closed")
            with self._in_words():
                connection = self._connect(self._reading())
                connection.execute("PRAGMA query_only = ON")
            reader = _Reader(connection)
            self._readers.add(reader)
            return reader

    def _reading(self) -> str:
        """How to read: a log beside the file needs a folder that can be written to, so without both nothing changes."""
        if self._writer is not None:
            return "rw"
        log = self.path.with_name(self.path.name + "-wal")
        return "ro" if log.exists() or os.access(self.path.parent, os.W_OK) else "ro&immutable=1"

    def _connect(self, mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.resolve().as_uri()}?mode={mode}", uri=True,
            timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)  # fmt: skip
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        return connection

    def _roll_back(self, writer: sqlite3.Connection, mark: str) -> None:
        if not writer.in_transaction:
            return  # SQLite did so itself, as it may when the disk is full
        if self._depth > 1:
            writer.execute(f"ROLLBACK TO {mark}")
            writer.execute(f"RELEASE {mark}")
        else:
            writer.execute("ROLLBACK")

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
            if "decode" in str(error):  # a text that is none, or a name in SQLite's own message
                code = sqlite3.SQLITE_CORRUPT
            if code in _DAMAGED:
                raise self._schema.damaged(path=str(self.path), detail=_DAMAGED[code]) from error
            if code in _UNWRITABLE:
                raise ProfileUnwritable(path=str(self.path.parent), detail=_UNWRITABLE[code]) from error
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise ProfileBusy(path=str(self.path.parent)) from error
            raise
