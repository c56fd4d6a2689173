"""What is remembered of each sector pack that is received or published."""

import json
from dataclasses import dataclass
from typing import Any

from veille.model import Clock
from veille.store.database import Database
from veille.store.history import HistoryLog
from veille.store.remembered import Remembered
from veille.store.times import stored

_PACK = "key, place, mine, base, edition, signer, automatic, declined, brought, note"


@dataclass(frozen=True, slots=True)
class PackRow:
    """``key`` is the sector's. ``place`` is the file that is looked at ("": it came as a file, and is not looked at).

    ``mine``: this profile publishes it. ``base`` is the text of the edition that was published or accepted last, as far
    as it was accepted; ``edition`` its number. ``signer`` is the public key that is expected (base64, "": unsigned),
    ``automatic`` whether its editions are accepted without a question. ``declined`` names what the person does not want
    (marks of changes), ``brought`` the keys of sources that are there for the pack's sake alone. ``note`` is what the
    curator says to the reader with the next edition.
    """

    key: str
    place: str = ""
    mine: bool = False
    base: str = ""
    edition: int = 0
    signer: str = ""
    automatic: bool = False
    declined: frozenset[str] = frozenset()
    brought: frozenset[str] = frozenset()
    note: str = ""


class Packs:
    """Changes can be undone, together with what an edition changed in the list (``history.py``)."""

    def __init__(self, db: Database, history: HistoryLog, clock: Clock) -> None:
        self._db = db
        self._history = history
        self._clock = clock
        self._all = Remembered(db, self._in_use)

    def all(self) -> tuple[PackRow, ...]:
        """The packs in use, by key. Remembered: asked before each change of the list."""
        return self._all()

    def _in_use(self) -> tuple[PackRow, ...]:
        rows = self._db.query(f"SELECT {_PACK} FROM pack WHERE removed IS NULL ORDER BY key")
        return tuple(map(_row, rows))

    def get(self, key: str) -> PackRow | None:
        """The pack of the sector ``key``, in use."""
        return next((each for each in self.all() if each.key == key), None)

    def set_aside(self, key: str) -> PackRow | None:
        """The pack of the sector ``key`` as it was when it was set aside; None when it is in use, or never was."""
        rows = self._db.query(f"SELECT {_PACK} FROM pack WHERE key = ? AND removed IS NOT NULL", (key,))
        return _row(rows[0]) if rows else None

    def put(self, pack: PackRow) -> None:
        """Write all of ``pack``; one that was set aside comes back."""
        self._history.put(
            "pack",
            {
                "key": pack.key, "place": pack.place, "mine": int(pack.mine), "base": pack.base,
                "edition": pack.edition, "signer": pack.signer, "automatic": int(pack.automatic),
                "declined": json.dumps(sorted(pack.declined)), "brought": json.dumps(sorted(pack.brought)),
                "note": pack.note, "removed": None},
        )  # fmt: skip

    def remove(self, key: str) -> None:
        """Set it aside; nothing when it is not in use."""
        with self._db.write():
            if self.get(key):
                self._history.put("pack", {"key": key, "removed": stored(self._clock.now())})


def _row(row: tuple[Any, ...]) -> PackRow:
    key, place, mine, base, edition, signer, automatic, declined, brought, note = row
    return PackRow(
        key, place, bool(mine), base, edition, signer, bool(automatic), frozenset(json.loads(declined)),
        frozenset(json.loads(brought)), note)  # fmt: skip
