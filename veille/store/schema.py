"""All tables, and how a database of an older version becomes one of today.

Times are microseconds since 1970 UTC (``times.py``); flags are 0 or 1. A change to the schema is a new entry
of :data:`MIGRATIONS`, never an edit of an old one, and a new file under ``tests/store/data``.
"""

import sqlite3

from veille.errors import ProfileDamaged, ProfileNewer
from veille.i18n import _

APPLICATION = 0x5645494C  # "VEIL"

_FIRST = """
-- What is watched. Nothing is ever deleted from sector and source: ``removed`` sets a row aside.
CREATE TABLE sector (
    key TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    rank INTEGER NOT NULL,
    removed INTEGER
) WITHOUT ROWID;

CREATE TABLE source (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    title TEXT NOT NULL,
    name TEXT NOT NULL,
    site TEXT NOT NULL,
    lang TEXT NOT NULL,
    allow_private INTEGER NOT NULL,
    added INTEGER NOT NULL,
    removed INTEGER
);

CREATE TABLE membership (
    sector TEXT NOT NULL REFERENCES sector (key),
    source INTEGER NOT NULL REFERENCES source (id),
    origin TEXT NOT NULL,
    who TEXT NOT NULL,
    added INTEGER NOT NULL,
    why TEXT NOT NULL,
    rank INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    PRIMARY KEY (sector, source)
) WITHOUT ROWID;
CREATE INDEX membership_source ON membership (source);

CREATE TABLE state (
    source INTEGER PRIMARY KEY REFERENCES source (id),
    etag TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    checked INTEGER,
    changed INTEGER,
    next_due INTEGER,
    failures INTEGER NOT NULL,
    error TEXT NOT NULL
);

-- What came. A row whose item expired or was removed stays, emptied, with gone = 1: its feed may still list it.
CREATE TABLE item (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL REFERENCES source (id),
    gone INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    published INTEGER,
    updated INTEGER,
    hash TEXT NOT NULL,
    uid TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    lang TEXT NOT NULL,
    summary TEXT NOT NULL,
    media TEXT NOT NULL,
    tags TEXT NOT NULL,
    UNIQUE (source, uid)
);
-- Both cover a list of ids with every filter, so that the rows themselves are not read (gone is there for that alone).
CREATE INDEX item_at ON item (at, id, source, kind, gone) WHERE gone = 0;
CREATE INDEX item_source ON item (source, at, id, kind, gone) WHERE gone = 0;

CREATE TABLE content (
    item INTEGER PRIMARY KEY REFERENCES item (id),
    html TEXT NOT NULL
);

CREATE TABLE version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item INTEGER NOT NULL REFERENCES item (id),
    replaced INTEGER NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    html TEXT NOT NULL
);
CREATE INDEX version_item ON version (item);

-- What the person did with an item; no row: nothing yet.
CREATE TABLE mark (
    item INTEGER PRIMARY KEY REFERENCES item (id),
    read INTEGER NOT NULL DEFAULT 0,
    saved INTEGER
);
CREATE INDEX mark_saved ON mark (item) WHERE saved IS NOT NULL;

-- What the search index has not heard of yet; a newer change of the same item takes a higher seq.
CREATE TABLE index_queue (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    item INTEGER NOT NULL UNIQUE,
    removed INTEGER NOT NULL
);

-- What the person changed, and how the rows were before. ``keys`` and ``before`` are JSON, see history.py.
CREATE TABLE history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE history_row (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    entry INTEGER NOT NULL REFERENCES history (id) ON DELETE CASCADE,
    change TEXT NOT NULL,
    tbl TEXT NOT NULL,
    keys TEXT NOT NULL,
    before TEXT NOT NULL
);
CREATE INDEX history_row_entry ON history_row (entry);

CREATE TABLE value (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
"""

MIGRATIONS: tuple[str, ...] = (_FIRST,)
VERSION = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Bring the database to :data:`VERSION`, each step in a transaction of its own; ``path`` is for the error."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:  # brought further between the first look (header.py) and the lock
        raise ProfileNewer(found=version, known=VERSION)
    if not version and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise ProfileDamaged(path=path, detail=_("it belongs to another program"))
    for number in range(version, VERSION):
        marks = f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {number + 1};"
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {MIGRATIONS[number]} {marks} COMMIT;")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
