"""Sectors, sources, who is in what, and what the fetcher remembers.

Removing a sector or a source sets it aside: its row, its place in sectors and its items stay, and it comes back as
it was when it is put or added again. What is set aside is left out of every list here.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from veille.model import Clock, Deed, Membership, Outline, Sector, Source, SourceKind, SourceState, Validators
from veille.store.database import Database
from veille.store.history import HistoryLog
from veille.store.marks import in_alphabet
from veille.store.remembered import Remembered
from veille.store.searches import in_use
from veille.store.times import moment, moment_or_none, stored

_SOURCE = (
    "id, key, kind, address, title, added, name, site, lang, allow_private, removed, route, allowed, full_text, "
    "labels, was, selector"
)
_MEMBER = "sector, source, origin, who, added, why, rank, paused, trial"
_STATE = (
    "source, etag, last_modified, etag_agreed, modified_agreed, validators_url, validators_route, "
    "moved, body_hash, checked, changed, next_due, failures, error, cursor, failing"
)


class Sources:
    """The list of what is watched. Its writes can be undone (``history.py``), states apart."""

    def __init__(self, db: Database, history: HistoryLog, clock: Clock) -> None:
        self._db = db
        self._history = history
        self._clock = clock
        self._outline = Remembered(db, self._now_outlined)

    def outline(self) -> Outline:
        """Everything in use at one moment: sectors by rank then title, each with its members by rank, sources by id,
        saved searches. Remembered: not to be changed."""
        return self._outline()

    def _now_outlined(self) -> Outline:
        with self._db.snapshot():
            sectors = tuple(self.sectors())
            sources = {source.id: source for source in self.all()}
            members: dict[str, list[Membership]] = {sector.key: [] for sector in sectors}
            awake: dict[int, bool] = {}  # where a set-aside sector has it, too: its pause outlives the sector
            for row in self._db.query(f"SELECT {_MEMBER} FROM membership ORDER BY rank, added, source"):
                member = _member(row)
                awake[member.source] = awake.get(member.source, False) or not member.paused
                if member.sector in members and member.source in sources:
                    members[member.sector].append(member)
            states = [_state(row) for row in self._db.query(f"SELECT {_STATE} FROM state")]
            collections = {source.id: source for source in self.collections()}
            searches, tags = in_use(self._db), in_alphabet(self._db)
        return Outline(
            sectors=sectors,
            sources=sources,
            members={key: tuple(each) for key, each in members.items()},
            states={state.source: state for state in states if state.source in sources},
            paused=frozenset(source for source in sources if not awake.get(source, True)),
            searches=searches,
            collections=collections,
            tags=tags,
        )

    # Sources

    def all(self) -> list[Source]:
        """The sources in use, by id."""
        return self._sources("removed IS NULL AND kind <> ? ORDER BY id", SourceKind.COLLECTION)

    def collections(self) -> list[Source]:
        """What the person brought along, by id."""
        return self._sources("removed IS NULL AND kind = ? ORDER BY id", SourceKind.COLLECTION)

    def get(self, source: int) -> Source | None:
        """One source, in use or set aside."""
        return next(iter(self._sources("id = ?", source)), None)

    def some(self, ids: Iterable[int]) -> dict[int, Source]:
        """Several sources by id, in use or set aside."""
        found = self._sources("id IN (SELECT value FROM json_each(?))", json.dumps(list(ids)))
        return {source.id: source for source in found}

    def by_key(self, key: str) -> Source | None:
        """The source with that key, in use or set aside."""
        return next(iter(self._sources("key = ?", key)), None)

    def meant_by(self, key: str) -> Source | None:
        """The source with that key, or else the one that had it before it moved; in use or set aside."""
        moved = "id = (SELECT source FROM former WHERE key = ?)"
        return self.by_key(key) or next(iter(self._sources(moved, key)), None)

    def former(self) -> dict[int, tuple[str, ...]]:
        """The keys that sources had before they moved, by source; those that a source has now are left out."""
        found: dict[int, tuple[str, ...]] = {}
        sql = "SELECT source, key FROM former WHERE key NOT IN (SELECT key FROM source) ORDER BY source, key"
        for source, key in self._db.query(sql):
            found[source] = (*found.get(source, ()), key)
        return found

    def add(
        self,
        key: str,
        kind: SourceKind,
        address: str,
        title: str,
        *,
        site: str = "",
        lang: str = "",
        allow_private: bool = False,
        selector: str = "",
    ) -> Source:
        """A new source, added now. One that was set aside comes back, with its route but without what was allowed for
        it; one in use is given back as it is."""
        with self._db.write():
            old = self.by_key(key)
            if old is None:
                now = self._clock.now()
                new = Source(0, key, kind, address, title, now, "", site, lang, allow_private, selector=selector)
                return replace(new, id=self._history.put("source", _source_row(new)))
            if old.removed:
                old = replace(
                    old, removed=None, allow_private=allow_private, allowed=frozenset(),
                    selector=selector or old.selector)  # fmt: skip
                self.replace(old)
            return old

    def replace(self, source: Source) -> None:
        """Write all of ``source``, whose id is known. Its key must not be another's: look :meth:`by_key` first.

        A key that it had before still means it.
        """
        with self._db.write() as db:
            sql = "INSERT OR REPLACE INTO former (key, source) SELECT key, id FROM source WHERE id = ? AND key <> ?"
            db.execute(sql, (source.id, source.key))
            self._history.put("source", {"id": source.id, **_source_row(source)})

    def remove(self, source: int) -> None:
        """Set a source aside, with its items; saved ones stay in the lists."""
        if self.get(source):
            self._history.put("source", {"id": source, "removed": stored(self._clock.now())})

    # Sectors

    def sectors(self) -> list[Sector]:
        """The sectors in use, by rank, then title."""
        rows = self._db.query("SELECT key, title, summary, rank FROM sector WHERE removed IS NULL ORDER BY rank, title")
        return [Sector(*row) for row in rows]

    def put_sector(self, sector: Sector) -> None:
        """Add a sector or change it; one that was set aside comes back, with its sources."""
        self._history.put(
            "sector",
            {"key": sector.key, "title": sector.title, "summary": sector.summary, "rank": sector.rank, "removed": None},
        )

    def remove_sector(self, key: str) -> None:
        """Set a sector aside; its sources stay in use."""
        with self._db.write():
            if any(sector.key == key for sector in self.sectors()):
                self._history.put("sector", {"key": key, "removed": stored(self._clock.now())})

    def put_member(self, member: Membership) -> None:
        """Put a source into a sector, or change how it stands there. Both exist already."""
        self._history.put(
            "membership",
            {
                "sector": member.sector, "source": member.source, "origin": member.origin, "who": member.by,
                "added": stored(member.when), "why": member.why, "rank": member.rank, "paused": int(member.paused),
                "trial": member.trial.isoformat() if member.trial else ""},
        )  # fmt: skip

    def remove_member(self, sector: str, source: int) -> None:
        """Take a source out of a sector."""
        self._history.delete("membership", (sector, source))

    def memberships(self, source: int) -> list[Membership]:
        """Where a source stands, in sectors that were set aside too."""
        return [_member(row) for row in self._db.query(f"SELECT {_MEMBER} FROM membership WHERE source = ?", (source,))]

    # States

    def asked(self) -> bool:
        """Whether any source was ever asked."""
        return bool(self._db.query("SELECT 1 FROM state WHERE checked IS NOT NULL LIMIT 1"))

    def state(self, source: int) -> SourceState:
        """What the fetcher remembers of a source; an empty state when it never asked."""
        rows = self._db.query(f"SELECT {_STATE} FROM state WHERE source = ?", (source,))
        return _state(rows[0]) if rows else SourceState(source)

    def put_states(self, states: Iterable[SourceState]) -> None:
        """Remember these states, in place of the ones before."""
        rows = [
            (
                each.source, *_validators_row(each.validators), each.moved, each.body_hash, stored(each.checked),
                stored(each.changed), stored(each.next_due), each.failures, each.error, each.cursor,
                stored(each.failing))
            for each in states
        ]  # fmt: skip
        with self._db.write() as db:
            db.executemany(f"INSERT OR REPLACE INTO state ({_STATE}) VALUES ({', '.join('?' * 16)})", rows)

    def failing(self, sources: Iterable[int]) -> datetime | None:
        """Since when that of ``sources`` fails that began last; None when none does."""
        sql = """SELECT max(failing) FROM state
            WHERE source IN (SELECT value FROM json_each(?)) AND error <> ''"""
        return moment_or_none(self._db.query(sql, (json.dumps(list(sources)),))[0][0])

    def answered(self) -> datetime | None:
        """When a source in use gave its last good answer; None when none ever did."""
        sql = """SELECT max(checked) FROM state JOIN source ON source.id = state.source
            WHERE error = '' AND removed IS NULL"""
        return moment_or_none(self._db.query(sql)[0][0])

    def _sources(self, where: str, *parameters: Any) -> list[Source]:
        return [_source(row) for row in self._db.query(f"SELECT {_SOURCE} FROM source WHERE {where}", parameters)]


def _source_row(source: Source) -> dict[str, Any]:
    """The columns of a source but its id."""
    return {
        "key": source.key, "kind": source.kind, "address": source.address, "title": source.title,
        "added": stored(source.added), "name": source.name, "site": source.site, "lang": source.lang,
        "allow_private": int(source.allow_private), "removed": stored(source.removed),
        "route": source.route, "allowed": " ".join(sorted(source.allowed)),
        "full_text": int(source.full_text), "labels": "\n".join(source.labels), "was": source.was,
        "selector": source.selector}  # fmt: skip


def _source(row: tuple[Any, ...]) -> Source:
    number, key, kind, address, title, added, name, site, lang, allow_private, removed, route, allowed, full_text = row[
        :14
    ]
    labels, was, selector = row[14:]
    return Source(
        number, key, SourceKind(kind), address, title, moment(added), name, site, lang, bool(allow_private),
        moment_or_none(removed), route, _deeds(allowed),
        bool(full_text), tuple(labels.split("\n")) if labels else (), was, selector)  # fmt: skip


@lru_cache(maxsize=32)  # of thousands of sources, nearly all allow nothing
def _deeds(allowed: str) -> frozenset[Deed]:
    return frozenset(deed for deed in Deed if deed in allowed.split())


def _member(row: tuple[Any, ...]) -> Membership:
    sector, source, origin, who, added, why, rank, paused, trial = row
    return Membership(
        sector,
        source,
        origin,
        who,
        moment(added),
        why,
        rank,
        bool(paused),
        date.fromisoformat(trial) if trial else None,
    )


def _validators_row(given: Validators) -> tuple[Any, ...]:
    return (
        given.etag, given.last_modified, int(given.etag_agreed), int(given.modified_agreed), given.url,
        given.route)  # fmt: skip


def _state(row: tuple[Any, ...]) -> SourceState:
    source, etag, last_modified, etag_agreed, modified_agreed, url, route = row[:7]
    moved, body_hash, checked, changed, next_due, failures, error, cursor, failing = row[7:]
    return SourceState(
        source, Validators(etag, last_modified, bool(etag_agreed), bool(modified_agreed), url, route), moved,
        body_hash, moment_or_none(checked), moment_or_none(changed), moment_or_none(next_due), failures,
        error, cursor, moment_or_none(failing))  # fmt: skip
