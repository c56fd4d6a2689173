"""Everything that a face gets for one open profile. ``app.py`` builds it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from veille.core.briefing import Briefings
from veille.core.curation import Curation
from veille.core.history import History
from veille.core.indexing import Indexer
from veille.core.library import Library
from veille.core.preferences import Preferences
from veille.core.refresh import Refresher
from veille.model import Clock, SourceKind

if TYPE_CHECKING:
    from veille.core.exchange import Exchange
    from veille.core.starters import Starters
    from veille.core.trial import Trials
    from veille.sources.base import Fetcher
    from veille.store import Store


@dataclass
class Services:
    """``writable`` is False beside a window that has the profile; ``closing`` is called in order at the end.

    What a window needs only when it is asked for is imported then.
    """

    folder: Path
    sample: bool
    writable: bool
    clock: Clock
    preferences: Preferences
    library: Library
    curation: Curation
    history: History
    refresher: Refresher
    indexer: Indexer
    briefings: Briefings
    _store: "Store"
    _fetchers: "Callable[[], Mapping[SourceKind, Fetcher]]"
    closing: list[Callable[[], None]] = field(default_factory=list)

    @cached_property
    def exchange(self) -> "Exchange":
        """Import and export."""
        from veille.core.exchange import Exchange

        return Exchange(self._store, self.clock)

    @cached_property
    def starters(self) -> "Starters":
        """The starter sectors."""
        from veille.core.starters import Starters

        return Starters(self._store, self.clock, answered=self.trials.answered)

    @cached_property
    def trials(self) -> "Trials":
        """Trying the addresses of starter sectors."""
        from veille.core.trial import Trials

        return Trials(self._store, self.clock, self._fetchers)

    def close(self) -> None:
        """Stop what runs and let go of the profile."""
        while self.closing:
            self.closing.pop(0)()
