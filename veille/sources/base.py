"""What every kind of source promises."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from veille.contacts import Purpose
from veille.errors import SourceError
from veille.model import Fetched, Item, Source, SourceState
from veille.posts import Fate, Standing


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


# Networks of posts -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """A source that is to be asked together with others. ``known`` is read when it is called, as :meth:`Fetcher.fetch`
    has it."""

    source: Source
    state: SourceState
    known: Callable[[], Mapping[str, str]]
    purpose: Purpose


@runtime_checkable
class JointFetcher(Protocol):
    """Asks many sources of one kind by few requests."""

    def fetch_all(
        self, wanted: Sequence[Wanted], cancelled: Callable[[], bool]
    ) -> Iterator[list[tuple[Source, Fetched | SourceError]]]:
        """What each of ``wanted`` has, a list for each step of the work; every source answers exactly once.

        They are asked in the order given, which is the curator's: the first are asked first when not all can be.
        It runs in one thread at a time; when ``cancelled``, it ends early.
        """


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a network says of a post that is stored: ``fresh`` is what it says now, None when it says the same.

    Of a post that is not :attr:`Fate.THERE` there is nothing fresh.
    """

    item: int
    fate: Fate = Fate.THERE
    fresh: Item | None = None


class Checker(Protocol):
    """Asks a network whether posts still stand, and as they were."""

    @property
    def at_once(self) -> int:
        """How many posts one request asks about."""

    def check(self, posts: Sequence[Standing], purpose: Purpose, cancelled: Callable[[], bool]) -> Sequence[Verdict]:
        """The verdict on each of ``posts``: at most ``at_once``, all of one network and from one host.

        A post of which nothing was learnt is left out. Raises SourceError when the network does not answer.
        """
