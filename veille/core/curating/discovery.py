"""Finding what can be watched at an address: announced first, then asked, then shown, then added."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from veille.contacts import Purpose, Reason
from veille.content.addresses import host, normalise
from veille.content.networks import meant
from veille.core.curating import planning
from veille.core.curating.documents import Document, Memory, Run, ask
from veille.core.curating.finds import Candidate, Found, Plan, Preview, Role, Step
from veille.core.curating.previews import Previews
from veille.core.discretion import Discretion
from veille.errors import (
    BadAddress,
    BadCertificate,
    Busy,
    Cancelled,
    LeadsElsewhere,
    NoProxy,
    PrivateAddress,
    ProxyFailed,
    SourceError,
    TimedOut,
    Unreachable,
    Unreadable,
)
from veille.i18n import N_, _
from veille.model import Clock, Progress, Source, SourceKind
from veille.sources.discovery.values import Declared, How, Page, Read

if TYPE_CHECKING:
    from veille.core.doors import Door
    from veille.net.gateway import Response
    from veille.store import Store

__all__ = ["Candidate", "Discovery", "Found", "Plan", "Preview", "Role", "Run", "Step"]


_CHANNEL = N_(
    "YouTube: give the address of the channel with its number (youtube.com/channel/UC…). Its page tells it under "
    "“About”, “Share channel”."
)


class _Look:
    """One look: what it found so far."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.feeds: list[Declared] = []  # that answered
        self.page: Page | None = None
        self.problems: list[str] = []
        self.led: list[tuple[str, Role]] = []
        self.silent = False  # the host does not answer, wants to be left alone, or may not be asked
        self.unreachable = False

    @property
    def first(self) -> Role | None:
        """What was asked for."""
        return self.plan.steps[0].role if self.plan.steps else None


class Discovery:
    """Asks through ``door``; what came is parsed beside this process (``run``). Pages that were read are kept in
    memory, the last few, so that a selector can be tried without another request.

    A request may be answered by a redirect within its site; where it leads to another one, that is announced anew.
    """

    def __init__(
        self, store: "Store", clock: Clock, discretion: Discretion, door: "Callable[[], Door]", run: Run
    ) -> None:  # fmt: skip
        self._clock = clock
        self._discretion = discretion
        self._door = door
        self._run = run
        self._pages, self._feeds = Memory(), Memory()
        self._previews = Previews(store, clock, discretion, door, run, self._pages, self._feeds)

    # Looking -------------------------------------------------------------------------------------

    def plan(self, typed: str, allow_private: bool = False) -> tuple[Plan, tuple[Candidate, ...]]:
        """What would be asked to find what ``typed`` means, and what is known without asking anybody.

        ``allow_private`` is the person's permission for the host and port that they typed, and for no other, to be in
        their own network. Raises BadAddress, LoginAddress.
        """
        plan, known = planning.first(typed, allow_private)
        return self._previews.by_its_way(plan, self._there(plan)), tuple(map(self._previews.marked, known))

    def _there(self, plan: Plan) -> Source | None:
        """The source that is watched at the one address that is asked: it is asked by its own way, now, too."""
        if len(plan.steps) != 1:
            return None
        try:
            return self._previews.watched(meant(SourceKind.FEED, plan.steps[0].url))
        except BadAddress:
            return None

    def look(self, plan: Plan, progress: Progress) -> Found:
        """Make the requests of ``plan``, and no other. Raises NoProxy and ProxyFailed, Cancelled, ProfileBusy."""
        look = _Look(plan)
        if plan.steps:
            purpose, door = self._discretion.purpose(self._there(plan), Reason.FOUND), self._door()
            try:
                for done, step in enumerate(plan.steps):
                    progress.step(done, len(plan.steps), host(step.url))
                    self._make(door, step, purpose, progress, look)
                    if look.silent or (plan.one_by_one and look.feeds):
                        break
            finally:
                door.hang_up()
            progress.step(len(plan.steps), len(plan.steps))
        return self._found(look)

    def _make(self, door: "Door", step: Step, purpose: Purpose, progress: Progress, look: _Look) -> None:
        """One request, and what it says."""
        if progress.cancelled:
            raise Cancelled
        try:
            answer = ask(door, step.url, purpose, progress, planning.allowed(look.plan, step.url))
            self._take(step, answer, look)
        except (NoProxy, ProxyFailed):
            raise
        except LeadsElsewhere as error:
            self._lead(str(error.facts["to"]), step, look, str(error))
        except (Unreachable, TimedOut, BadCertificate, Busy) as error:
            look.silent, look.unreachable = True, isinstance(error, Unreachable)
            look.problems.append(str(error))
        except Unreadable as error:  # which speaks of a feed
            text = _("What {host} sent cannot be read: {detail}.")
            look.problems.append(text.format(host=host(step.url), detail=error.facts["detail"]))
        except SourceError as error:
            if step.role is not Role.PLACE:
                look.problems.append(str(error))
                look.silent = look.silent or isinstance(error, PrivateAddress)  # nor are its common places asked

    def _lead(self, to: str, step: Step, look: _Look, said: str) -> None:
        """The site sends on to another one."""
        if not planning.asks_for_cookies(to):
            look.led.append((to, step.role))
            look.problems.append(said)
            return
        text = _("{host} shows this page only after a question about cookies, which Veille does not answer.")
        look.problems.append(text.format(host=host(step.url)))
        if host(step.url).endswith("youtube.com"):
            look.problems.append(_(_CHANNEL))
            look.silent = True  # it has no common places either

    def _take(self, step: Step, answer: "Response", look: _Look) -> None:
        """What came in answer to ``step``; raises Unreadable for what was made to do harm."""
        from veille.sources.discovery import declared

        kind = answer.headers.get("content-type", "")
        if step.role is Role.LOOKUP:
            found = self._run(declared.looked_up, answer.body)
            look.feeds += found
            if not found:
                look.problems.append(_("The directory knows no feed of this podcast."))
            return
        document = Document(answer.body, kind, answer.url)
        read: Read = self._run(declared.read, answer.body, kind, answer.url, self._clock.now())
        if read.parsed is not None:
            address = normalise(answer.moved or step.url)
            self._feeds.put(address, document)
            how = How.PLACE if step.role is Role.PLACE else How.SELF
            look.feeds.append(planning.itself(address, read.parsed.title, how))
        elif read.page is None and step.role is not Role.PLACE:
            look.problems.append(_("What {host} sent is neither a page nor a feed.").format(host=host(answer.url)))
        elif read.page is not None and (look.page is None or (not look.page.feeds and read.page.feeds)):
            look.page = read.page
            if step.role is Role.PAGE:
                self._pages.put(answer.url, document)

    def _found(self, look: _Look) -> Found:
        """What all of it comes to."""
        from veille.sources.discovery.ranking import ranked

        plan, first, page = look.plan, look.first, look.page
        asked = plan.steps[0].url if plan.steps and first is not Role.LOOKUP else ""
        here = page or Page(plan.page or asked)
        spoken = () if page is None or (first is Role.PLACE and look.feeds) else page.feeds
        once = {each.url: each for each in (*spoken, *look.feeds)}
        order = ranked(here, tuple(once.values()))
        candidates = [self._previews.marked(planning.candidate(each, plan)) for each in order]
        if first is Role.PAGE and not look.feeds:
            candidates += map(self._previews.marked, planning.perhaps(plan.typed))
        if first is Role.PLACE and not look.problems and not candidates:
            look.problems.append(_("At the places that were asked there is no feed."))
        read = page.address if page is not None and first is Role.PAGE else ""
        title = page.title if page is not None and read else ""
        return Found(tuple(candidates), tuple(dict.fromkeys(look.problems)), self._next(look, here), read, title)

    def _next(self, look: _Look, here: Page) -> Plan | None:
        """Another site to which this one sends on; or else, after a page, the common places of its site."""
        plan = look.plan
        following: Plan | None = None
        if look.led and not look.feeds:
            following = planning.elsewhere(plan, [url for url, _role in look.led], look.led[0][1])
        elif look.first is not Role.PAGE or look.feeds or (look.silent and not look.unreachable):
            return None
        elif look.silent:
            following = planning.unprotected(plan)
        else:
            following = planning.common(plan, here, [each.url for each in here.feeds])
        return following and self._previews.by_its_way(following, self._there(following))

    # What a candidate gives ----------------------------------------------------------------------

    def announce(self, candidate: Candidate) -> Plan:
        """What a preview of ``candidate`` will ask; nothing when its document is there already."""
        return self._previews.announce(candidate)

    def preview(self, candidate: Candidate, progress: Progress, announced: Plan | None = None) -> Preview:
        """What it gives, by the request of ``announced`` and no other (None: what would be announced now). Raises
        SourceError, Cancelled, ProfileBusy; NotFound where that plan does not do, since what was here is gone.

        Reading X costs money, so there is no preview of it; its text says so. Where the feed is at another site than
        its address, LeadsElsewhere is raised, and :meth:`announce` has the other one from then on.
        """
        return self._previews.preview(candidate, progress, announced or self.announce(candidate))

    def selectors(self, page: str) -> tuple[str, ...]:
        """Selectors that would find a list of links on a page that was read, the likeliest first. Raises NotFound."""
        return self._previews.selectors(page)

    def select(self, page: str, selector: str) -> Preview:
        """What ``selector`` would give on a page that was read; asks nobody. Raises BadSelector, NotFound."""
        return self._previews.select(page, selector)
