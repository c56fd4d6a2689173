"""What a person wants asked at the strict level's next window. Kept on the disk: a command asks, the window does it."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from veille.store import Store

_NOTED = "refresh.noted"  # in the store's values: JSON, source id -> when the person said so


class Noted:
    """Sources that wait for a window, until they were asked."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def all(self) -> dict[int, datetime]:
        """When each was noted, by source id."""
        kept = json.loads(self._store.values.get(_NOTED, "{}"))
        return {int(source): datetime.fromisoformat(when) for source, when in kept.items()}

    def add(self, sources: Iterable[int], now: datetime) -> None:
        """Note ``sources``; who waits already keeps their place."""
        self._keep(dict.fromkeys(sources, now) | self.all())

    def forget(self, sources: Iterable[int]) -> None:
        """``sources`` were asked."""
        noted, asked = self.all(), set(sources)
        left = {source: when for source, when in noted.items() if source not in asked}
        if left != noted:
            self._keep(left)

    def _keep(self, noted: dict[int, datetime]) -> None:
        self._store.values.put(_NOTED, json.dumps({str(source): when.isoformat() for source, when in noted.items()}))
