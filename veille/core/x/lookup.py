"""Asking X about an account before it is watched: how much it posts, so that its cost is known."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from veille.contacts import Purpose, Reason
from veille.content.networks import Meant
from veille.core.discretion import Discretion
from veille.core.x.budget import Budget
from veille.errors import NotInSample
from veille.model import Clock
from veille.posts import Account

if TYPE_CHECKING:
    from veille.core.x.costs import Estimate


class Asked(Protocol):
    """:class:`veille.sources.x.fetcher.XFetcher`, as far as it is needed here."""

    def look_up(self, handle: str, purpose: Purpose) -> Account:
        """The account; raises SourceError."""


class LookUps:
    """``x`` gives who asks X, ``settled`` hangs up afterwards."""

    def __init__(
        self, x: Callable[[], Asked], discretion: Discretion, budget: Budget, clock: Clock, settled: Callable[[], None],
        *, sample: bool = False
    ) -> None:  # fmt: skip
        self._x = x
        self._discretion = discretion
        self._budget = budget
        self._clock = clock
        self._settled = settled
        self._sample = sample

    def estimate(self, one: Meant) -> "Estimate":
        """What the account ``one`` is likely to cost, by how much it posted so far.

        Raises NotInSample, and a SourceError: X is off, the money is spent, or there is no such account to watch.
        """
        if self._sample:
            raise NotInSample
        purpose = self._discretion.purpose(None, Reason.TRIED)
        try:
            account = self._x().look_up(one.name, purpose)
        finally:
            self._settled()
        return self._budget.estimate(one.form, self._rate(account))

    def _rate(self, account: Account) -> float | None:
        """Posts a day since the account was opened; None when X does not say."""
        if account.posts is None or account.since is None:
            return None
        days = (self._clock.now() - account.since) / timedelta(days=1)
        return account.posts / max(days, 1)
