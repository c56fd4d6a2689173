"""Everything that a face gets for one open profile. ``app.py`` builds it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from veille.core.briefing import Briefings
from veille.core.curation import Curation
from veille.core.exchange import Exchange
from veille.core.history import History
from veille.core.indexing import Indexer
from veille.core.library import Library
from veille.core.preferences import Preferences
from veille.core.refresh import Refresher
from veille.core.starters import Starters
from veille.core.trial import Trials
from veille.model import Clock


@dataclass
class Services:
    """``writable`` is False beside a window that has the profile; ``closing`` is called in order at the end."""

    folder: Path
    sample: bool
    writable: bool
    clock: Clock
    preferences: Preferences
    library: Library
    curation: Curation
    history: History
    exchange: Exchange
    starters: Starters
    trials: Trials
    refresher: Refresher
    indexer: Indexer
    briefings: Briefings
    closing: list[Callable[[], None]] = field(default_factory=list)

    def close(self) -> None:
        """Stop what runs and let go of the profile."""
        while self.closing:
            self.closing.pop(0)()
