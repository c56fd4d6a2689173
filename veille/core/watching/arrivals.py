"""The pages behind new items, fetched when these arrive, for the sources for which the person chose so.

Which pages are asked for, and when, depends on what arrived alone, never on what the person read, opened or saved: an
entry waits on the disk from the transaction that stored its item until its page came, or was tried in vain.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from veille.contacts import Reason
from veille.content.addresses import host
from veille.core.watching.schedule import DAY, HOUR, WEEK, Rhythm
from veille.core.watching.timetable import ASLEEP, CATCH_UP, Chance
from veille.errors import (
    Busy,
    Cancelled,
    Downgraded,
    Gone,
    NoArticle,
    NoPages,
    NoProxy,
    NotFound,
    OnlyCopied,
    PersonalRedirect,
    PrivateAddress,
    ProxyFailed,
    RefusedAddress,
    SourceError,
    TooLarge,
    TooManyRedirects,
)
from veille.i18n import _
from veille.model import Changes, Clock, Mode, Progress, Source

if TYPE_CHECKING:
    from veille.core.articles import Articles
    from veille.core.discretion import Discretion, Question
    from veille.settings import Settings
    from veille.store import Arrival, Store

MOST = 50  # pages of one answer of a source: the newest
TRIES = 3
SPACING = timedelta(seconds=5)  # between two pages of one host, give or take 30 %
_REST = (HOUR, 6 * HOUR)  # for which a host that failed is left alone, by how often its page was tried
_PATIENT = timedelta(minutes=1)  # that a command waits for a host
_LATELY = 50  # items by whose links the question names hosts
_BEAT = 0.25  # seconds between two looks at whether to stop
# The page is what it is, and its host did nothing wrong: asking again would bring the same.
_IN_VAIN = (
    Downgraded, Gone, NoArticle, NotFound, OnlyCopied, PersonalRedirect, PrivateAddress, RefusedAddress, TooLarge,
    TooManyRedirects,
)  # fmt: skip


def first_moment(arrived: datetime, chance: float) -> datetime:
    """From when on the page of an item that ``arrived`` may be fetched: its host was just asked for the feed."""
    return arrived + SPACING * (1 + chance)


class Arrivals:
    """Fetches what ``store.arrivals`` holds, one page at a time and each host apart."""

    def __init__(
        self,
        store: "Store",
        clock: Clock,
        chance: Chance,
        settings: "Callable[[], Settings]",
        articles: "Callable[[], Articles]",
        discretion: "Discretion",
        wake: Callable[[], None],
        *,
        sample: bool = False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._settings = settings
        self._articles = articles
        self._discretion = discretion
        self._wake = wake
        self._sample = sample
        self._running = Lock()
        self._free: dict[str, datetime] = {}  # hosts that were asked a moment ago: when they may be again
        self._by_hand = False  # the person refreshed in this run
        self._seen: datetime | None = None  # the last look
        self._rhythm_then: Rhythm | None = None
        self._since: datetime | None = None  # looks go on without a gap, in one rhythm

    # Choosing it -----------------------------------------------------------------------------------

    def question(self, source: int) -> "Question":
        """What a person reads before :meth:`veille.core.curating.curation.Curation.set_full_text`.

        It names the hosts that the source's latest items link to, the most frequent first; that of its site where there
        are none.
        Raises NotFound, and NoPages for a source of posts.
        """
        from veille.content.cleaning import clean_link

        one = self._store.sources.outline().sources.get(source)
        if one is None:
            raise NotFound(what=_("source"), name=str(source))
        if not one.has_pages:
            raise NoPages(title=one.label)
        latest = self._store.desk.given(source, _LATELY)  # hidden or not: what is asked looks at no rule
        links = Counter(host(clean_link(item.url)) for item in latest if item.url.startswith(("http://", "https://")))
        hosts = [name for name, _count in links.most_common()] or [host(one.site or one.address)]
        return self._discretion.before_full_text(one, list(dict.fromkeys(hosts)))

    # When ------------------------------------------------------------------------------------------

    def due(self) -> bool:
        """Whether a page is to be fetched now. Asks nobody, writes nothing.

        Like the refresh: only while Veille may ask by itself, or after :meth:`follow`; what waited while Veille did
        not run comes after some minutes; the strict level asks within its windows, but not in one in which it began.
        """
        now, rhythm = self._clock.now(), self._rhythm()
        since = self._look(now, rhythm)
        if self._sample or self._running.locked() or not (rhythm.every or self._by_hand) or not rhythm.allows(now):
            return False
        first = self._store.arrivals.next()
        if first is None or first > now:
            return False
        if rhythm.strict and since >= rhythm.window(now):
            return False
        if not self._by_hand and now < since + CATCH_UP * self._chance("arrivals", 0, since):
            return False
        return bool(self._ready(now))

    def follow(self) -> None:
        """The person refreshed by hand: the pages of what arrived may follow, whether Veille asks by itself or not."""
        self._by_hand = True

    def _look(self, now: datetime, rhythm: Rhythm) -> datetime:
        """Note a look, and say since when there is no gap. Another rhythm begins anew: a switch must not show."""
        gap = self._seen is None or abs(now - self._seen) > ASLEEP
        if self._since is None or gap or rhythm != self._rhythm_then:
            self._since = now
        self._seen, self._rhythm_then = now, rhythm
        return self._since

    def _rhythm(self) -> Rhythm:
        return Rhythm.of(self._settings(), self._discretion.mode is Mode.STRICT)

    # Fetching --------------------------------------------------------------------------------------

    def run(
        self,
        progress: Progress,
        on_changes: Callable[[Changes], None] = lambda _changes: None,
        *,
        pause: Callable[[float], object] | None = None,
    ) -> int:
        """Fetch what is due, one page of each host, one after the other; returns how many came.

        With ``pause``, which waits so many seconds, go on until nothing more is due within a minute. Nothing in the
        sample; of two at a time the second does nothing.
        """
        if self._sample or not self._running.acquire(blocking=False):
            return 0
        try:
            came = 0
            while self._may_go_on(progress):
                for arrival in self._ready(self._clock.now()):
                    if self._may_go_on(progress) and self._waits(arrival) and self._fetched(arrival, progress):
                        came += 1
                        self._wake()
                        on_changes(Changes(items=frozenset({arrival.item})))
                        progress.step(came, 0, _host(arrival))
                if pause is None or not self._wait(progress, pause):
                    break
            return came
        finally:
            self._running.release()

    def _may_go_on(self, progress: Progress) -> bool:
        return not progress.cancelled and self._rhythm().allows(self._clock.now())

    def _waits(self, arrival: "Arrival") -> bool:
        """Whether it still does: its source may have been stopped, or its item be too old, since the round began."""
        paused = arrival.source in self._store.sources.outline().paused
        return not paused and arrival in self._store.arrivals.waiting(self._clock.now())

    def _wait(self, progress: Progress, pause: Callable[[float], object]) -> bool:
        """Wait until a page may be fetched; False when none may within a minute."""
        ends = self._clock.now() + _PATIENT
        if not self._ready(ends):
            return False
        while self._may_go_on(progress) and (now := self._clock.now()) < ends and not self._ready(now):
            pause(_BEAT)
        return True

    def _ready(self, now: datetime) -> "list[Arrival]":
        """The first that is due of each host that was not asked a moment ago, where there is a way out."""
        outline = self._store.sources.outline()
        watched = {id: source for id, source in outline.sources.items() if id not in outline.paused}
        first: dict[str, Arrival] = {}
        for arrival in self._store.arrivals.waiting(now):
            name, source = _host(arrival), watched.get(arrival.source)
            if source and self._free.get(name, now) <= now and self._has_way_out(source):
                first.setdefault(name, arrival)
        return list(first.values())

    def _has_way_out(self, source: Source) -> bool:
        try:
            self._discretion.purpose(source, Reason.ARRIVAL)
        except SourceError:
            return False
        return True

    def _fetched(self, arrival: "Arrival", progress: Progress) -> bool:
        """Whether its page came; where it did not, it waits, or is given up."""
        if self._clock.now() - arrival.seen > WEEK:  # a feed that fails for so long has said more by now
            self._store.arrivals.forget([arrival.item])
            return False
        try:
            self._articles().fetch(arrival.item, progress, Reason.ARRIVAL)
        except (Cancelled, NoProxy, ProxyFailed):
            return False  # nobody was asked
        except _IN_VAIN:
            self._store.arrivals.forget([arrival.item])
            return False
        except SourceError as error:
            self._put_off(arrival, error)
            return False
        finally:
            self._leave_alone(arrival)
        self._store.arrivals.forget([arrival.item])
        return True

    def _leave_alone(self, arrival: "Arrival") -> None:
        now = self._clock.now()
        self._free = {name: until for name, until in self._free.items() if until > now}
        self._free[_host(arrival)] = now + SPACING * (0.7 + 0.6 * self._chance("page", arrival.source, now))

    def _put_off(self, arrival: "Arrival", error: SourceError) -> None:
        """The host is left alone, for hours, with all that waits for it; after the last try its page is given up."""
        name, now, arrivals = _host(arrival), self._clock.now(), self._store.arrivals
        rest = _REST[min(arrival.tries, len(_REST) - 1)] * (0.7 + 0.6 * self._chance("rest", arrival.source, now))
        asked = error.facts.get("retry_after") if isinstance(error, Busy) else 0
        if isinstance(asked, int):
            rest = max(rest, timedelta(seconds=min(asked, DAY.total_seconds())))
        same = [each.item for each in arrivals.waiting(now + WEEK) if _host(each) == name]
        with self._store.db.write():
            arrivals.postpone(same, now + rest)
            arrivals.tried(arrival.item)
            if arrival.tries + 1 >= TRIES:
                arrivals.forget([arrival.item])


def _host(arrival: "Arrival") -> str:
    """Who is asked: known redirectors are passed by."""
    from veille.content.cleaning import clean_link

    return host(clean_link(arrival.url))
