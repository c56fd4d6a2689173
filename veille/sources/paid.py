"""What reading costs where it is paid for, and what is remembered so that nothing is paid twice.

The sources know only these promises; ``core/x/budget.py`` and ``store/people.py`` keep them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from veille.posts import Account


class Use(StrEnum):
    """What money is spent for; re-checks have a share of their own."""

    POLL = "poll"
    RECHECK = "recheck"
    PEOPLE = "people"  # who is behind a handle


@dataclass(frozen=True, slots=True)
class Bill:
    """What an answer held that is paid for: ids of posts, those inside others too, and of users, by source id."""

    posts: Mapping[int, Collection[str]] = field(default_factory=dict)
    users: Mapping[int, Collection[str]] = field(default_factory=dict)


class Purse(Protocol):
    """Keeps the month's spending under its cap. Thread-safe; what it says is on the disk when it returns.

    Money is set aside before a request is made, for the most that its answer may cost, and settled afterwards: a
    crash in between costs what was set aside, never more than the cap. Days and months are those of the network, in
    UTC, by the clock of its answers.
    """

    def needs_time(self) -> bool:
        """Whether the network's time is not known well enough: it told none so far; this machine's clock says that a
        month has begun which the network has not confirmed; or it was set back. :meth:`heard` wants to be told it then,
        by a request that costs nothing; before, there may be no money."""

    def heard(self, at: datetime | None) -> None:
        """The network's own time, None where it told none."""

    def admitted(self, sources: Sequence[int]) -> tuple[list[int], dict[int, str]]:
        """Which of ``sources``, in the curator's order, may be polled now; and why, packed
        (:meth:`veille.errors.SourceError.pack`), each of the others may not."""

    def room(self, use: Use) -> int:
        """For how many posts money could be set aside now."""

    def reserve(self, use: Use, posts: int, users: int = 0) -> int:
        """Set money aside for so many posts and users; returns its number. Raises BudgetSpent."""

    def settle(self, number: int, bill: Bill, at: datetime | None) -> None:
        """What the answer cost in the end; ``at`` is the network's own time, None where it told none.

        What was paid for on the same day already costs nothing.
        """

    def release(self, number: int) -> None:
        """No answer came that costs anything: what was set aside is free again."""

    def lose(self, number: int) -> None:
        """An answer that may have cost something was lost: the money stays set aside, and the request is over."""

    def again(self, number: int, at: datetime | None) -> None:
        """All that the lost answer ``number`` held was asked for again, and answered ``at`` that time of the network's
        own (None: it did not say, or that answer was lost, too). If both were on one day, it is paid once: what was
        set aside for the lost one is free again."""


class People(Protocol):
    """Accounts that were looked up, kept on the disk. Thread-safe."""

    def by_handle(self, handles: Iterable[str]) -> dict[str, Account]:
        """The accounts that are known by these handles (any case, without "@"), by handle in lower case."""

    def by_id(self, ids: Iterable[str]) -> dict[str, Account]:
        """The accounts that are known by these ids."""

    def put(self, accounts: Iterable[Account]) -> None:
        """Remember ``accounts``; one whose handle went over to another id loses it."""
