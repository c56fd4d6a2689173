"""Copies of the databases of a profile that is in use, and what a copy must be to become a profile again."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from veille.errors import ProfileDamaged, ProfileNewer, ProfileUnwritable, TracesDamaged
from veille.i18n import N_, _
from veille.store import header, schema, tracing
from veille.store.database import Database
from veille.store.migration import Schema
from veille.store.replacing import DATABASES
from veille.store.spending import Books

_DATABASE, _TRACES = DATABASES
PARTS = {_DATABASE: schema.PROFILE, _TRACES: tracing.SCHEMA}
_PAGES = 1000  # copied at a time
_INSTRUCTIONS = 100_000  # of SQLite between two looks at whether to stop
_STATISTICS = {  # what ANALYZE may have left; by their names alone, a trigger could go by one of them
    ("table", name, name, f"CREATE TABLE {name}({columns})")
    for name, columns in (("sqlite_stat1", "tbl,idx,stat"), ("sqlite_stat4", "tbl,idx,neq,nlt,ndlt,sample"))
}
_DAMAGED = N_("what it holds is damaged")
_FOREIGN = N_("it is not a profile of Veille")
_UNWRITABLE = {
    sqlite3.SQLITE_FULL: N_("the disk is full"),
    sqlite3.SQLITE_IOERR: N_("the disk failed to read or write"),
}
_COUNTS = {
    "items": "SELECT count(*) FROM item WHERE gone = 0",
    "saved": "SELECT count(*) FROM mark WHERE saved IS NOT NULL",
    "tagged": "SELECT count(DISTINCT item) FROM tag",
    "noted": "SELECT count(*) FROM note",
    "sources": "SELECT count(*) FROM source WHERE removed IS NULL AND kind <> 'collection'",
}

Tell = Callable[[int, int], None]  # how much of how much is done; it raises to stop the work
_BOOKS = (
    "day, use, source, posts, users, price FROM spending", "day, use, price FROM reserved", "day, kind, name FROM paid",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holdings:
    """How many items there are, how many of them the person saved, tagged and noted, and how many sources it has."""

    items: int = 0
    saved: int = 0
    tagged: int = 0
    noted: int = 0
    sources: int = 0


def copy(database: Database, traces: Database | None, folder: Path, tell: Tell) -> None:
    """Copy both into ``folder``, as they are at one moment; whoever writes to them goes on.

    A read transaction holds the moment, so that a page that changes meanwhile does not begin the copy anew.
    ``VACUUM INTO`` takes half as long again, cannot share its moment with another file, and tells of no progress.
    Traces that cannot be read are left out, or cut short. Raises ProfileUnwritable when the disk is full,
    ProfileDamaged, and what ``tell`` raises.
    """
    with database.snapshot():
        source = _begun(database)
        if traces is not None:  # looked at last: of what was stored they know where it came from
            with suppress(TracesDamaged), traces.snapshot():
                _copy(_begun(traces), folder / _TRACES, lambda _done, _of: None)
        _copy(source, folder / _DATABASE, tell)


def _begun(database: Database) -> sqlite3.Connection:
    """This thread's connection, from now on in a snapshot: one begins with the first look."""
    connection = database.read()
    connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    return connection


def _copy(source: sqlite3.Connection, path: Path, tell: Tell) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(path, isolation_level=None)) as target, _writing(path):
        for pragma in ("synchronous = OFF", "journal_mode = OFF"):  # it is only on the way into the backup
            target.execute(f"PRAGMA {pragma}")
        source.backup(target, pages=_PAGES, progress=lambda _status, left, all: tell(all - left, all))
        target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        detail = _UNWRITABLE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if detail is None:
            raise
        raise ProfileUnwritable(path=str(path.parent.parent), detail=detail) from error


def size_of(database: Database | None) -> int:
    """Bytes that a copy takes."""
    if database is None:
        return 0
    pages, page = (database.query(f"PRAGMA {name}")[0][0] for name in ("page_count", "page_size"))
    return int(pages * page)


# What a copy must be -----------------------------------------------------------------------------


def check(path: Path, known: Schema, tell: Tell) -> int:
    """The version of the database at ``path``, which nobody else has open, once all of it was found sound.

    Its tables, indexes and whatever else must be those that this version had, word for word: a trigger or a view could
    do anything later. Raises ``known.damaged``, ProfileNewer (before SQLite has seen it), and what ``tell`` raises.
    """
    version = header.version_of(path, known)
    if version > known.version:
        raise ProfileNewer(found=version, known=known.version)
    if not version:
        raise known.damaged(path=str(path), detail=_("it is not a database"))
    with _reading(path, known) as connection, _stoppable(connection, tell):
        if _objects(connection) - _STATISTICS != _expected(known, version):
            raise known.damaged(path=str(path), detail=_(_FOREIGN))
        if connection.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
            raise known.damaged(path=str(path), detail=_(_DAMAGED))
    return version


def holdings(path: Path) -> Holdings:
    """What the database at ``path`` holds, also when another process has it open. Raises ProfileDamaged."""
    with _reading(path, schema.PROFILE) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        later = {"tagged": "tag", "noted": "note"}  # came with version 4
        return Holdings(**{
            name: connection.execute(sql).fetchone()[0]
            for name, sql in _COUNTS.items() if later.get(name, "item") in tables
        })  # fmt: skip


def present(path: Path) -> Holdings | None:
    """What the profile whose database is at ``path`` holds, whatever state it is in; None where that cannot be read.

    SQLite alone opens the file: who else does so and closes it takes the locks away from a window of this process.
    """
    try:
        if not path.exists() or not path.stat().st_size:
            return Holdings()
        with _reading(path, schema.PROFILE) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > schema.PROFILE.version:
            return None
        return holdings(path) if version else Holdings()
    except (ProfileDamaged, OSError):
        return None


def books(path: Path) -> Books:
    """What reading cost, by the database at ``path``; nothing where that cannot be read."""
    try:
        if not path.exists() or not path.stat().st_size:
            return Books()
        with _reading(path, schema.PROFILE) as connection:
            return Books(*(tuple(connection.execute(f"SELECT {columns}")) for columns in _BOOKS))
    except (ProfileDamaged, OSError, sqlite3.Error):
        return Books()


@contextmanager
def _reading(path: Path, known: Schema) -> Iterator[sqlite3.Connection]:
    """A connection that writes nothing, and makes no file where no log is; what cannot be read is ``known.damaged``."""
    way = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{way}", uri=True, isolation_level=None)) as connection:
            for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON"):
                connection.execute(f"PRAGMA {pragma}")
            yield connection
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise known.damaged(path=str(path), detail=_(_DAMAGED)) from error


@contextmanager
def _stoppable(connection: sqlite3.Connection, tell: Tell) -> Iterator[None]:
    """What ``tell`` raises ends the query that runs."""
    raised: list[BaseException] = []

    def look() -> int:
        try:
            tell(0, 1)
        except BaseException as error:
            raised.append(error)
        return len(raised)

    connection.set_progress_handler(look, _INSTRUCTIONS)
    try:
        yield
    except sqlite3.Error:
        if raised:
            raise raised[0] from None
        raise


def _objects(connection: sqlite3.Connection) -> set[tuple[str, ...]]:
    """All that a database defines, each with its words (a hostile one may have bytes for them)."""
    rows = connection.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master")
    return {(*row[:3], " ".join(str(row[3]).split())) for row in rows}


def _expected(known: Schema, version: int) -> set[tuple[str, ...]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        Schema(known.application, known.migrations[:version], known.damaged).migrate(fresh, "")
        return _objects(fresh)
