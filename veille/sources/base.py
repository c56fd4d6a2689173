"""What every kind of source promises."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from veille.contacts import Purpose
from veille.model import Fetched, Item, Source, SourceState


class Fetcher(Protocol):
    """Asks one kind of source what it has."""

    def fetch(
        self,
        source: Source,
        state: SourceState,
        known: Mapping[str, str],
        purpose: Purpose,
        cancelled: Callable[[], bool],
    ) -> Fetched:
        """What ``source`` has that is not in ``known`` (uid to :attr:`veille.model.Item.hash`, or ``GONE``).

        ``purpose`` goes with every request that it takes.
        The state it returns has everything but ``next_due``, which is the scheduler's.

        :raises veille.errors.SourceError: no usable answer; the caller notes it in the state.
        """


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a document says. ``items`` are new or changed, newest first; ``entries`` counts all that it holds.

    ``title``, ``site`` and ``lang`` are the source's own words, "" when it said none; ``every`` is how often
    it says that it changes, in seconds.
    """

    items: tuple[Item, ...]
    entries: int
    title: str = ""
    site: str = ""
    lang: str = ""
    every: int | None = None
