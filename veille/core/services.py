"""Everything that a face gets for one open profile. ``app.py`` builds it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from veille.core.briefing import Briefings
from veille.core.curating.curation import Curation
from veille.core.discretion import Discretion
from veille.core.history import History
from veille.core.library import Library
from veille.core.preferences import Preferences
from veille.core.searching.indexing import Indexer
from veille.core.searching.searches import Searches
from veille.core.watching.refresh import Refresher
from veille.core.x.access import XAccess
from veille.model import Clock, SourceKind

if TYPE_CHECKING:
    from veille.core.annotations import Annotations
    from veille.core.articles import Articles, Extract
    from veille.core.certificate import Certificates
    from veille.core.curating.adding import Adding
    from veille.core.curating.desk import Desk
    from veille.core.curating.discovery import Discovery, Run
    from veille.core.curating.health import Health
    from veille.core.curating.several import Several
    from veille.core.curating.starters import Starters
    from veille.core.doors import Door
    from veille.core.keeping.backups import Backups
    from veille.core.keeping.restoring import Restorer
    from veille.core.keeping.storage import Storage
    from veille.core.packs.offers import Offers
    from veille.core.packs.publishing import Publishing
    from veille.core.pictures import Pictures
    from veille.core.rules.rules import Rules
    from veille.core.traces import Traces
    from veille.core.transfer.exchange import Exchange
    from veille.core.transfer.exporting import Exporter
    from veille.core.transfer.importing import Importer
    from veille.core.watching.arrivals import Arrivals
    from veille.core.watching.rechecks import Rechecks
    from veille.core.watching.timetable import Chance
    from veille.core.watching.trial import Trials
    from veille.core.x.budget import Budget
    from veille.core.x.lookup import Asked, LookUps
    from veille.formats.entry import Batch, Format
    from veille.posts import Network
    from veille.sources.base import Checker, Fetcher
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
    searches: Searches
    curation: Curation
    history: History
    refresher: Refresher
    indexer: Indexer
    briefings: Briefings
    discretion: Discretion
    x: XAccess
    _store: "Store"
    _chance: "Chance"
    _fetchers: "Callable[[], Mapping[SourceKind, Fetcher]]"
    _checkers: "Callable[[], Mapping[Network, Checker]]"
    _x: "Callable[[], Asked]"
    _hang_up: Callable[[], None]
    _door: "Callable[[], Door]"
    _extract: "Extract"
    _read: "Callable[[Path, Format], Iterator[Batch]]"
    _run: "Run"
    closing: list[Callable[[], None]] = field(default_factory=list)

    @cached_property
    def budget(self) -> "Budget":
        """What reading X may cost, and did."""
        from veille.core.x.budget import Budget

        return Budget(self._store, self.clock, lambda: self.preferences.values)

    @cached_property
    def rechecks(self) -> "Rechecks":
        """Whether stored posts still stand at their networks."""
        from veille.core.watching.rechecks import Rechecks

        return Rechecks(
            self._store, self.clock, self._chance, lambda: self.preferences.values, self._checkers, self.discretion,
            self.indexer.wake, settled=self._hang_up, sample=self.sample)  # fmt: skip

    @cached_property
    def lookups(self) -> "LookUps":
        """Asking X about an account before it is watched."""
        from veille.core.x.lookup import LookUps

        return LookUps(self._x, self.discretion, self.budget, self.clock, self._hang_up, sample=self.sample)

    @cached_property
    def annotations(self) -> "Annotations":
        """The person's own tags, notes and highlights."""
        from veille.core.annotations import Annotations

        return Annotations(self._store, self.clock, self.indexer.wake)

    @cached_property
    def exchange(self) -> "Exchange":
        """Import and export."""
        from veille.core.transfer.exchange import Exchange

        return Exchange(self._store, self.clock, lambda: self.discretion.strict)

    @cached_property
    def starters(self) -> "Starters":
        """The starter sectors."""
        from veille.core.curating.starters import Starters

        return Starters(self._store, self.clock, answered=self.trials.answered)

    @cached_property
    def several(self) -> "Several":
        """Changes to many sources at once."""
        from veille.core.curating.several import Several

        return Several(self._store, self.curation)

    @cached_property
    def adding(self) -> "Adding":
        """A new source, with all that the person says of it."""
        from veille.core.curating.adding import Adding

        return Adding(self._store, self.curation, lambda: self.several)

    @cached_property
    def health(self) -> "Health":
        """What is wrong with sources."""
        from veille.core.curating.health import Health

        return Health(self._store, self.clock, self.curation)

    @cached_property
    def desk(self) -> "Desk":
        """The table of all sources."""
        from veille.core.curating.desk import Desk

        return Desk(self._store, self.clock, lambda: self.budget, lambda: self.health)

    @cached_property
    def discovery(self) -> "Discovery":
        """What can be watched at an address."""
        from veille.core.curating.discovery import Discovery

        return Discovery(self._store, self.clock, self.discretion, self._door, self._run)

    @cached_property
    def rules(self) -> "Rules":
        """What is done with items when they arrive."""
        from veille.core.rules.rules import Rules

        return Rules(self._store, self.clock, self.indexer.wake)

    @cached_property
    def offers(self) -> "Offers":
        """Sector packs that are received."""
        from veille.core.packs.offers import Offers

        return Offers(self._store, self.clock, lambda: self.discretion.strict)

    @cached_property
    def publishing(self) -> "Publishing":
        """Sector packs that are published."""
        from veille.core.packs.publishing import Publishing

        return Publishing(self._store, self.clock, lambda: self.preferences.values.curator)

    @cached_property
    def trials(self) -> "Trials":
        """Trying the addresses of starter sectors."""
        from veille.core.watching.trial import Trials

        return Trials(self._store, self.clock, self._fetchers, self.discretion)

    @cached_property
    def traces(self) -> "Traces":
        """The contacts that were made."""
        from veille.core.traces import Traces

        return Traces(self._store, self.clock)

    @cached_property
    def certificates(self) -> "Certificates":
        """Pages that state what was sent."""
        from veille.core.certificate import Certificates

        return Certificates(self.traces, self.discretion, self.clock)

    @cached_property
    def pictures(self) -> "Pictures":
        """The pictures of an item, when the person asks."""
        from veille.core.pictures import Pictures

        return Pictures(self._store, self.discretion, self._door)

    @cached_property
    def articles(self) -> "Articles":
        """The article behind an item, when the person asks."""
        from veille.core.articles import Articles

        return Articles(self._store, self.clock, self.discretion, self._door, self._extract)

    @cached_property
    def arrivals(self) -> "Arrivals":
        """The pages behind new items, where the person wants them all."""
        from veille.core.watching.arrivals import Arrivals

        return Arrivals(
            self._store, self.clock, self._chance, lambda: self.preferences.values, lambda: self.articles,
            self.discretion, self.indexer.wake, sample=self.sample)  # fmt: skip

    @cached_property
    def importer(self) -> "Importer":
        """Bringing in what was saved in other programs."""
        from veille.core.transfer.importing import Importer

        return Importer(self._store, self.clock, self._read, self.indexer.wake)

    @cached_property
    def exporter(self) -> "Exporter":
        """Taking items along."""
        from veille.core.transfer.exporting import Exporter

        return Exporter(self._store, self.library, self.clock)

    @cached_property
    def backups(self) -> "Backups":
        """The whole profile in one file."""
        from veille.core.keeping.backups import Backups

        return Backups(self._store, self.clock)

    @cached_property
    def restorer(self) -> "Restorer":
        """A backup in the place of this profile."""
        from veille.core.keeping.restoring import Restorer

        return Restorer(self.folder, self.clock)

    @cached_property
    def storage(self) -> "Storage":
        """Room on the disk."""
        from veille.core.keeping.storage import Storage

        return Storage(self._store, self.clock, lambda: self.preferences.values, self.indexer.wake)

    def close(self) -> None:
        """Stop what runs and let go of the profile."""
        while self.closing:
            self.closing.pop(0)()
