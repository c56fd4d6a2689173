"""All tables of ``veille.db``, by the steps that made them (``migration.py``).

Times are microseconds since 1970 UTC (``times.py``); flags are 0 or 1. A change to the schema is a new entry
of :data:`PROFILE`, never an edit of an old one, and a new file under ``tests/store/data``.
"""

from veille.store.migration import Schema

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

_DISCRETION = """
-- Its own way out ('' for the profile's), and the deeds that are allowed without a question, between spaces.
ALTER TABLE source ADD COLUMN route TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN allowed TEXT NOT NULL DEFAULT '';

-- Validators from before have no address, so they are not sent: nobody knows whether two answers agreed on them.
ALTER TABLE state ADD COLUMN validators_url TEXT NOT NULL DEFAULT '';
ALTER TABLE state ADD COLUMN validators_route TEXT NOT NULL DEFAULT '';
ALTER TABLE state ADD COLUMN etag_agreed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE state ADD COLUMN modified_agreed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE state ADD COLUMN moved TEXT NOT NULL DEFAULT '';

-- The page behind an item, fetched because the person asked.
CREATE TABLE article (
    item INTEGER PRIMARY KEY REFERENCES item (id),
    html TEXT NOT NULL,
    fetched INTEGER NOT NULL
);
"""

_POSTS = """
-- Where the next answer of a network of posts begins.
ALTER TABLE state ADD COLUMN cursor TEXT NOT NULL DEFAULT '';

-- The item under which lists show it, as part of one author's thread; 0: it stands by itself.
ALTER TABLE item ADD COLUMN follows INTEGER NOT NULL DEFAULT 0;
DROP INDEX item_at;
DROP INDEX item_source;
CREATE INDEX item_at ON item (at, id, source, kind, gone, follows) WHERE gone = 0;
CREATE INDEX item_source ON item (source, at, id, kind, gone, follows) WHERE gone = 0;
CREATE INDEX item_follows ON item (follows) WHERE follows <> 0;

-- What makes an item a post. ``name`` is what the network calls it, ``continues`` the post of its author that it
-- carries on, ``lead`` the item that begins their thread (itself, or one before it), ``checked`` when the network was
-- last asked about it; ``said`` is the rest, JSON.
CREATE TABLE post (
    item INTEGER PRIMARY KEY REFERENCES item (id),
    network TEXT NOT NULL,
    name TEXT NOT NULL,
    repost INTEGER NOT NULL,
    continues TEXT NOT NULL,
    lead INTEGER NOT NULL,
    fate TEXT NOT NULL,
    checked INTEGER NOT NULL,
    said TEXT NOT NULL
);
CREATE INDEX post_name ON post (name);
CREATE INDEX post_continues ON post (continues) WHERE continues <> '';
CREATE INDEX post_lead ON post (lead);
CREATE INDEX post_checked ON post (checked) WHERE fate = 'there';

-- Accounts of networks that bill a look at them.
CREATE TABLE person (
    id TEXT PRIMARY KEY,
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    asked INTEGER NOT NULL,
    fate TEXT NOT NULL,
    posts INTEGER,
    since INTEGER
) WITHOUT ROWID;
CREATE INDEX person_handle ON person (handle COLLATE NOCASE);

-- What reading cost. Days are X's own, in UTC (2026-11-26); prices are millionths of a dollar; source 0: of none alone.
CREATE TABLE spending (
    day TEXT NOT NULL,
    use TEXT NOT NULL,
    source INTEGER NOT NULL,
    posts INTEGER NOT NULL,
    users INTEGER NOT NULL,
    price INTEGER NOT NULL,
    PRIMARY KEY (day, use, source)
) WITHOUT ROWID;

-- Money that is set aside for a request under way: the most that its answer may cost. It stays after a crash.
CREATE TABLE reserved (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    day TEXT NOT NULL,
    use TEXT NOT NULL,
    price INTEGER NOT NULL
);

-- What was paid for on a day is not paid for again on that day; older days are forgotten.
CREATE TABLE paid (
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (day, kind, name)
) WITHOUT ROWID;
"""

_SEARCHES = """
-- Searches that the person keeps as lists; ``removed`` sets one aside. Name '': its text says it.
CREATE TABLE search (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL,
    name TEXT NOT NULL,
    rank INTEGER NOT NULL,
    removed INTEGER
);

-- What was searched for lately; the newest has the highest rowid.
CREATE TABLE search_history (
    text TEXT PRIMARY KEY,
    at INTEGER NOT NULL
);

-- The person's own tags and note on an item, beside its mark; the tags of its source are in its own row.
CREATE TABLE tag (
    item INTEGER NOT NULL REFERENCES item (id),
    name TEXT NOT NULL,
    PRIMARY KEY (item, name)
) WITHOUT ROWID;
CREATE INDEX tag_name ON tag (name, item);

CREATE TABLE note (
    item INTEGER PRIMARY KEY REFERENCES item (id),
    text TEXT NOT NULL,
    changed INTEGER NOT NULL
);
"""

_LIBRARY = """
-- The page of each new item is fetched when it arrives, since the person chose so for this source.
ALTER TABLE source ADD COLUMN full_text INTEGER NOT NULL DEFAULT 0;

-- What the page says of its article; ``media`` as in item.
ALTER TABLE article ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE article ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE article ADD COLUMN site TEXT NOT NULL DEFAULT '';
ALTER TABLE article ADD COLUMN published INTEGER;
ALTER TABLE article ADD COLUMN media TEXT NOT NULL DEFAULT '';

-- Pages that are still to be fetched because their item arrived: in the order of ``due``.
CREATE TABLE arrival (
    item INTEGER PRIMARY KEY REFERENCES item (id),
    due INTEGER NOT NULL,
    tries INTEGER NOT NULL
);
CREATE INDEX arrival_due ON arrival (due);

-- Pictures that the person asked for, as they came, in the order of ``place``.
CREATE TABLE picture (
    item INTEGER NOT NULL REFERENCES item (id),
    url TEXT NOT NULL,
    place INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (item, url)
);

-- Passages that the person marked. Text around each finds it again; ``made`` tells those of one item apart.
CREATE TABLE highlight (
    item INTEGER NOT NULL REFERENCES item (id),
    made INTEGER NOT NULL,
    text TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    PRIMARY KEY (item, made)
) WITHOUT ROWID;

-- Notes and fetched articles can be searched from now on.
INSERT OR IGNORE INTO index_queue (item, removed) SELECT item, 0 FROM note UNION SELECT item, 0 FROM article;
"""

_DESK = """
-- Labels that the curator gave it, between line ends; what it called itself before it renamed itself, until the person
-- has seen that; and the CSS selector by which a page without a feed is watched.
ALTER TABLE source ADD COLUMN labels TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN was TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN selector TEXT NOT NULL DEFAULT '';

-- Keys under which a source was known before it moved: an older list still means it.
CREATE TABLE former (
    key TEXT PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES source (id)
) WITHOUT ROWID;
CREATE INDEX former_source ON former (source);

-- Since when it fails without a good answer in between.
ALTER TABLE state ADD COLUMN failing INTEGER;

-- When items stood in time that are no more: what its habit is, a source does not lose by expiry.
CREATE INDEX item_gone ON item (source, at) WHERE gone = 1;

-- The last day of its trial (2026-12-31); '' for none.
ALTER TABLE membership ADD COLUMN trial TEXT NOT NULL DEFAULT '';

-- Since when an item is flagged.
ALTER TABLE mark ADD COLUMN flagged INTEGER;
CREATE INDEX mark_flagged ON mark (item) WHERE flagged IS NOT NULL;

-- What is done with items when they arrive. ``sector`` '' and ``source`` 0: wherever from; ``said`` is the rest, JSON.
CREATE TABLE rule (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    sector TEXT NOT NULL,
    source INTEGER NOT NULL,
    said TEXT NOT NULL,
    origin TEXT NOT NULL,
    who TEXT NOT NULL,
    added INTEGER NOT NULL,
    why TEXT NOT NULL,
    rank INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    removed INTEGER
);

-- Which rules hide an item: it is hidden while one of them is in use.
CREATE TABLE hidden (
    item INTEGER NOT NULL REFERENCES item (id),
    rule INTEGER NOT NULL REFERENCES rule (id),
    PRIMARY KEY (item, rule)
) WITHOUT ROWID;
CREATE INDEX hidden_rule ON hidden (rule);

-- Sector packs: ``key`` is the sector's, ``place`` the file that is looked at, ``base`` the edition that was published
-- or accepted last, whole; ``signer`` the public key that is expected; ``declined`` what is not wanted, and ``brought``
-- the sources that are there for its sake alone, JSON.
CREATE TABLE pack (
    key TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    mine INTEGER NOT NULL,
    base TEXT NOT NULL,
    edition INTEGER NOT NULL,
    signer TEXT NOT NULL,
    automatic INTEGER NOT NULL,
    declined TEXT NOT NULL,
    brought TEXT NOT NULL,
    note TEXT NOT NULL,
    removed INTEGER
) WITHOUT ROWID;
"""

_STEPS = (_FIRST, _DISCRETION, _POSTS, _SEARCHES, _LIBRARY, _DESK)
PROFILE = Schema(application=0x5645494C, migrations=_STEPS)  # "VEIL"
