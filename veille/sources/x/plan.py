"""What is asked of X next, so that nothing is read twice and nothing missed: cursors, and accounts in groups. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from veille.content.xposts import first_of
from veille.posts import Account
from veille.sources.base import Wanted

LONGEST_QUERY = 512  # characters of a search; some tokens may use more
BACK = timedelta(days=7)  # how far search goes back

_HASTE = timedelta(minutes=10)  # what is as near to the end of that is not asked of search any more
_SETTLED = timedelta(hours=1)  # X shows a post within half a minute: what is older was in every answer
_CURSOR = re.compile(r"([0-9]{1,19})(?::([0-9]{1,19}):([0-9]{1,19}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cursor:
    """What was read: every post up to the id ``since``.

    A reading that broke off leaves a gap: the posts between ``since`` and ``until`` are still to be read; those from
    ``until`` to ``newest`` were. ``until`` is 0 where there is no gap. As text: "since", or "since:until:newest".
    """

    since: int
    until: int = 0
    newest: int = 0

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """None for a source that was never read."""
        found = _CURSOR.fullmatch(text)
        return cls(*(int(each or 0) for each in found.groups())) if found else None

    def __str__(self) -> str:
        return f"{self.since}:{self.until}:{self.newest}" if self.until else str(self.since)

    @property
    def filled(self) -> "Cursor":
        """When the gap was read."""
        return Cursor(max(self.since, self.newest))

    def read(self, newest: int, at: datetime | None) -> "Cursor":
        """When everything after ``since`` was read, up to ``newest`` (0: there was nothing), and X said it was ``at``.

        A source that is silent moves on, too, in steps of an hour, so that its cursor never gets too old for search.
        """
        return Cursor(max(self.since, newest, settled(at)))

    def broken(self, oldest: int, newest: int) -> "Cursor":
        """When only the posts from ``newest`` down to ``oldest`` were read."""
        if self.until:
            return Cursor(self.since, min(oldest, self.until), self.newest)
        return Cursor(self.since, oldest, newest)

    def within_reach(self, now: datetime) -> "Cursor":
        """What of it search can still do: what is older than seven days is out of its reach."""
        reach = first_of(now - BACK + _HASTE)
        if self.since >= reach:
            return self
        return Cursor(reach, self.until, self.newest) if self.until > reach else Cursor(max(reach, self.newest))


def settled(at: datetime | None) -> int:
    """The id up to which an answer that X gave ``at`` holds everything, whatever was posted meanwhile; 0: unknown."""
    if at is None:
        return 0
    return first_of((at - _SETTLED).replace(minute=0, second=0, microsecond=0))


def searchable(since: int, now: datetime) -> bool:
    """Whether search goes back as far as ``since``."""
    return since >= first_of(now - BACK + _HASTE)


# Groups ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """An account that is read with others. ``rank`` is its place in the curator's order."""

    wanted: Wanted
    account: Account
    cursor: Cursor
    rank: int

    @property
    def term(self) -> str:
        """What searches for its posts."""
        return f"from:{self.account.handle}"


def query(members: Iterable[Member]) -> str:
    """The search for the posts of ``members``."""
    return " OR ".join(each.term for each in members)


def groups(members: Sequence[Member]) -> list[list[Member]]:
    """``members`` in groups that one search each can ask for, in the curator's order.

    Those that were read together are read together again: their cursor is the same. Groups with room take in others,
    whose members have to catch up once.
    """
    alike: dict[Cursor, list[Member]] = {}
    for member in members:
        alike.setdefault(member.cursor, []).append(member)
    packed: list[list[Member]] = []
    for group in sorted((each for one in alike.values() for each in _split(one)), key=len, reverse=True):
        taken = None if group[0].cursor.until else next((each for each in packed if _fits(each, group)), None)
        if taken is None:
            packed.append(group)
        else:
            taken.extend(group)
    for group in packed:
        group.sort(key=lambda each: each.rank)
    return sorted(packed, key=lambda each: each[0].rank)


def _fits(group: Sequence[Member], more: Sequence[Member]) -> bool:
    return not group[0].cursor.until and len(query((*group, *more))) <= LONGEST_QUERY


def _split(members: Sequence[Member]) -> list[list[Member]]:
    """In groups as long as a search may be."""
    split: list[list[Member]] = []
    length = 0
    for member in members:
        longer = length + len(" OR ") + len(member.term)
        if not split or longer > LONGEST_QUERY:
            split.append([])
            longer = len(member.term)
        split[-1].append(member)
        length = longer
    return split
