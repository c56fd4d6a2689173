"""Accounts that were looked up where a look is billed: keeps the promises of :class:`veille.sources.paid.People`."""

import json
from collections.abc import Iterable
from typing import Any

from veille.posts import Account, Fate
from veille.store.database import Database
from veille.store.times import moment, moment_or_none, stored

_COLUMNS = "id, handle, name, asked, fate, posts, since"
_AMONG = "IN (SELECT value FROM json_each(?))"
NAMED = f"handle COLLATE NOCASE {_AMONG}"  # as the index of handles has it
LOST = "UPDATE person SET handle = '' WHERE handle = ? COLLATE NOCASE AND id <> ?"


class People:
    """An address book on disk."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def by_handle(self, handles: Iterable[str]) -> dict[str, Account]:
        """The accounts known by these handles (any case, without "@"), by handle in lower case."""
        found = self._select(NAMED, json.dumps(list(handles)))
        return {each.handle.lower(): each for each in found}

    def by_id(self, ids: Iterable[str]) -> dict[str, Account]:
        """The accounts known by these ids."""
        return {each.id: each for each in self._select(f"id {_AMONG}", json.dumps(list(ids)))}

    def put(self, accounts: Iterable[Account]) -> None:
        """Remember ``accounts``; one whose handle went over to another id loses it."""
        with self._db.write() as db:
            for each in accounts:
                db.execute(LOST, (each.handle, each.id))
                db.execute(
                    f"INSERT OR REPLACE INTO person ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (each.id, each.handle, each.name, stored(each.asked), each.fate, each.posts, stored(each.since)),
                )  # fmt: skip

    def _select(self, where: str, parameter: str) -> list[Account]:
        sql = f"SELECT {_COLUMNS} FROM person WHERE {where} AND handle <> ''"
        return [_account(row) for row in self._db.query(sql, (parameter,))]


def _account(row: tuple[Any, ...]) -> Account:
    id, handle, name, asked, fate, posts, since = row
    return Account(id, handle, name, moment(asked), Fate(fate), posts, moment_or_none(since))
