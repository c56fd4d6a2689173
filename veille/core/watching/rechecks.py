"""Whether stored posts still stand at their networks, and as they were: what was edited or deleted there follows here.

Rounds have a schedule of their own. Which posts are asked about depends on their age and on when they were last asked
about, never on what the person read, opened or saved: a network could tell that from what it is asked.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING

from veille.contacts import Purpose, Reason
from veille.content.addresses import host
from veille.core.watching.decide import decide
from veille.core.watching.schedule import HOUR, Rhythm
from veille.core.watching.timetable import Chance
from veille.errors import (
    BadStatus,
    Cancelled,
    Garbled,
    NoAccount,
    NotAllowed,
    NotInSample,
    QueryRefused,
    SourceError,
    TooLarge,
)
from veille.model import Changes, Clock, Mode, Progress, Source
from veille.posts import Fate, Network, Standing
from veille.settings import Settings

if TYPE_CHECKING:
    from veille.core.discretion import Discretion
    from veille.sources.base import Checker, Verdict
    from veille.store import Store

MOST = 2000  # posts that a round asks about at one host
_LOOKED_AT = 20_000  # posts of one network whose turn it is, those included of a host that cannot be reached
GONE = frozenset({Fate.DELETED, Fate.PROTECTED, Fate.SUSPENDED, Fate.WITHHELD})  # their text goes
# X bills a post once a day (UTC): in the evening, what it gave that day is asked about again for nothing.
EVENING = timedelta(hours=22)
LATE = timedelta(days=1)  # what has waited for an evening that long is asked about at any hour
_OF_ONE = (BadStatus, Garbled, NoAccount, NotAllowed, QueryRefused, TooLarge)  # others may still be asked about
_LAST = "rechecks.last"  # in the store's values: when the last round began


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did: posts asked about, of which some were edited and some are gone; and what went wrong."""

    asked: int = 0
    edited: int = 0
    gone: int = 0
    failed: tuple[str, ...] = ()
    changes: Changes = field(default_factory=Changes)

    def __or__(self, other: "Round") -> "Round":
        return Round(
            self.asked + other.asked, self.edited + other.edited, self.gone + other.gone,
            tuple(dict.fromkeys(self.failed + other.failed)), self.changes | other.changes)  # fmt: skip


class Rechecks:
    """Asks about stored posts, in rounds. ``checkers`` is asked when a round begins."""

    def __init__(
        self,
        store: "Store",
        clock: Clock,
        chance: Chance,
        settings: Callable[[], Settings],
        checkers: "Callable[[], Mapping[Network, Checker]]",
        discretion: "Discretion",
        wake: Callable[[], None],
        *,
        settled: Callable[[], None] = lambda: None,
        sample: bool = False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._settings = settings
        self._checkers = checkers
        self._discretion = discretion
        self._wake = wake
        self._settled = settled
        self._sample = sample
        self._running = Lock()

    def due(self) -> bool:
        """Whether it is time for a round: one to two hours after the last, and when there is something to ask.

        Like the refresh, only while Veille may ask by itself, and in the strict level only within a window.
        """
        now = self._clock.now()
        rhythm = self._rhythm()
        if self._sample or not rhythm.every or not rhythm.allows(now) or self._running.locked():
            return False
        last = self._last()
        if last is not None and now < last + HOUR * (1 + self._chance("recheck", 0, last)):
            return False
        return any(self._standing(network, 1) for network in Network)

    def run(self, progress: Progress, on_changes: Callable[[Changes], None] = lambda _changes: None) -> Round:
        """One round over all networks; what was learnt before a failure or a cancellation is kept.

        Raises NotInSample; of two at a time the second does nothing.
        """
        if self._sample:
            raise NotInSample
        if not self._running.acquire(blocking=False):
            return Round()
        try:
            self._store.values.put(_LAST, self._clock.now().isoformat())
            return self._run(progress, on_changes)
        finally:
            self._running.release()
            self._settled()

    def _run(self, progress: Progress, on_changes: Callable[[Changes], None]) -> Round:
        checkers = self._checkers()
        posts = [each for network in checkers for each in self._standing(network, _LOOKED_AT)]
        progress.step(0, len(posts))
        done = Round()
        stopped: set[tuple[str, str, str]] = set()  # where the rest of a round would be asked in vain
        for way, batch, purpose in self._batches(posts, checkers):
            if progress.cancelled or not self._rhythm().allows(self._clock.now()):
                break
            if way in stopped:
                continue
            try:
                came = self._ask(checkers[batch[0].network], batch, purpose, progress)
            except SourceError as error:
                came = Round(failed=(str(error),))
                if not isinstance(error, _OF_ONE):
                    stopped.add(way)
            if came.changes.items:
                self._wake()
                on_changes(came.changes)
            done |= came
            progress.step(done.asked, len(posts))
        return done

    def _rhythm(self) -> Rhythm:
        return Rhythm.of(self._settings(), self._discretion.mode is Mode.STRICT)

    def _standing(self, network: Network, most: int) -> list[Standing]:
        settings, now = self._settings(), self._clock.now()
        if not settings.recheck_days:
            return []
        # What is not saved expires after so many days: asking about older posts would tell which were saved.
        since = now - timedelta(days=min(filter(None, (settings.recheck_days, settings.keep_days))))
        if network is not Network.X:
            return self._store.posts.standing(network, since, now, most)
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        evening = midnight + EVENING
        if now < evening:  # those that no evening reached: not every machine runs at that hour
            return self._store.posts.standing(network, since, now - LATE, most)
        return self._store.posts.standing(network, since, now, most, (midnight, evening))

    def _batches(
        self, posts: Sequence[Standing], checkers: "Mapping[Network, Checker]"
    ) -> Iterator[tuple[tuple[str, str, str], list[Standing], Purpose]]:
        """As many posts at a time as one request takes, of one network, host and way out, which come with them."""
        sources = {each.source: self._store.sources.get(each.source) for each in posts}
        ways = {number: self._purpose(source) for number, source in sources.items() if source}

        def key(post: Standing) -> tuple[str, str, str]:
            purpose = ways.get(post.source)
            shared = "" if post.network is not Network.MASTODON else f"{host(post.address)} {post.private}"
            return post.network, shared, purpose.route.key if purpose else ""

        open_to = sorted((post for post in posts if ways.get(post.source)), key=key)
        for way, group in groupby(open_to, key=key):
            left = list(group)[:MOST]
            source, purpose = sources[left[0].source], ways[left[0].source]
            # Looked at for each request: the person may have changed the mode or the way meanwhile.
            while left and source and purpose and self._purpose(source) == purpose:
                most = checkers[Network(way[0])].at_once
                yield way, left[:most], replace(purpose, source=0)
                left = left[most:]

    def _purpose(self, source: Source) -> Purpose | None:
        try:
            return self._discretion.purpose(source, Reason.RECHECK)
        except SourceError:
            return None

    def _ask(self, checker: "Checker", posts: Sequence[Standing], purpose: Purpose, progress: Progress) -> Round:
        try:
            verdicts = checker.check(posts, purpose, lambda: progress.cancelled)
        except Cancelled:
            return Round()
        return self._keep(posts, verdicts)

    def _keep(self, posts: Sequence[Standing], verdicts: "Sequence[Verdict]") -> Round:
        """One transaction for what one answer told."""
        now = self._clock.now()
        gone = {fate: [each.item for each in verdicts if each.fate is fate] for fate in GONE}
        fresh = [each.fresh for each in verdicts if each.fresh and each.fate is Fate.THERE]
        with self._store.db.write():
            edited: list[int] = []
            for item in fresh:
                decision = decide(self._store.items.by_uids(item.source, [item.uid]), [item])
                self._store.items.apply([], decision.updates)
                edited += [each.id for each in decision.updates]
            for fate, items in gone.items():
                self._let_go(items, fate)
            self._store.posts.checked([post.item for post in posts], now)
        lost = [item for items in gone.values() for item in items]
        return Round(len(posts), len(edited), len(lost), changes=Changes(items=frozenset([*edited, *lost])))

    def _let_go(self, items: list[int], fate: Fate) -> None:
        if not items:
            return
        if fate is Fate.DELETED and self._settings().deleted_posts == "nothing":
            self._store.items.remove(items)
        else:
            self._store.items.withdraw(items, fate)

    def _last(self) -> datetime | None:
        """When the last round began; None for never, or by a clock that was ahead."""
        kept = self._store.values.get(_LAST)
        last = datetime.fromisoformat(kept) if kept else None
        return last if last and last <= self._clock.now() else None
