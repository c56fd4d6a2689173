"""A discovery that behaves: prepared sites in place of the network. It keeps what :class:`Discovery` promises: nobody
is asked but by ``look`` and ``preview``, and then what was announced, no more."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event

from veille.content.networks import Meant, meant
from veille.core.curating.discovery import Candidate, Found, Plan, Preview, Step
from veille.errors import BadAddress, BadSelector, Cancelled, LeadsElsewhere, NotFound
from veille.model import Item, ItemKind, Progress, SourceKind

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def feed(address: str) -> Meant:
    return meant(SourceKind.FEED, address)


def candidate(address: str, said: str = "", why: str = "declared by the page", **parts) -> Candidate:
    return Candidate(feed(address), said, why, declared=True, **parts)


def items(*titles: str) -> tuple[Item, ...]:
    """Articles, each a day older than the one before."""
    return tuple(
        Item(
            id=0, source=0, uid=title, kind=ItemKind.ARTICLE, url=f"https://x.example/{at}", title=title, author="",
            summary=f"What {title} says", content="", lang="en", published=NOW - timedelta(days=at), updated=None,
            seen=NOW, at=NOW)
        for at, title in enumerate(titles)
    )  # fmt: skip


class FakePlan(Plan):
    """A plan whose announcement is easily told from others."""

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.url.split("/")[2] for each in self.steps))

    @property
    def text(self) -> str:
        return f"{len(self.steps)} request: {', '.join(each.url for each in self.steps)}" if self.steps else ""

    @property
    def brief(self) -> str:
        return self.text


def plan(typed: str, *urls: str) -> FakePlan:
    return FakePlan(typed, tuple(Step(url, "the page itself") for url in urls))


@dataclass
class FakeDiscovery:
    """``sites`` are what a look at an address finds, or raises; ``known`` what an address tells by itself; ``gives``
    what a candidate's address gives, or raises; ``here`` are addresses whose document a look brought along;
    ``led`` where a preview was sent on to, ``note`` what is said where nothing can be found.

    ``asked`` are the addresses of all requests. While ``gate`` is closed a request waits, until it is cancelled.
    """

    sites: dict[str, Found | Exception] = field(default_factory=dict)
    known: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)
    gives: dict[str, Preview | Exception] = field(default_factory=dict)
    pages: dict[str, dict[str, tuple[Item, ...]]] = field(default_factory=dict)
    here: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    private: list[bool] = field(default_factory=list)
    selected: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""
    led: dict[str, str] = field(default_factory=dict)
    gate: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def plan(self, typed: str, allow_private: bool = False) -> tuple[Plan, tuple[Candidate, ...]]:
        if "://" not in typed:
            raise BadAddress(address=typed)
        if self.note:
            return replace(plan(typed), note=self.note), ()
        urls = () if typed in self.known and typed not in self.sites else (typed,)
        return replace(plan(typed, *urls), private=allow_private), self.known.get(typed, ())

    def look(self, wanted: Plan, progress: Progress) -> Found:
        self.private.append(wanted.private)
        for at, step in enumerate(wanted.steps):
            progress.step(at, len(wanted.steps), wanted.hosts[0])
            self._ask(step.url, progress)
        return _given(self.sites.get(wanted.steps[0].url, Found()))

    def announce(self, one: Candidate) -> Plan:
        address = one.meant.address
        return plan(address) if address in self.here else plan(address, self.led.get(address, address))

    def preview(self, one: Candidate, progress: Progress, announced: Plan | None = None) -> Preview:
        for step in (announced or self.announce(one)).steps:
            self._ask(step.url, progress)
        if isinstance(moved := self.gives.get(one.meant.address), LeadsElsewhere):
            self.led[one.meant.address] = str(moved.facts["to"])
        return _given(self.gives.get(one.meant.address, Preview(one.meant)))

    def selectors(self, page: str) -> tuple[str, ...]:
        return tuple(self.pages.get(page, {}))

    def select(self, page: str, selector: str) -> Preview:
        self.selected.append((page, selector))
        if page not in self.pages:
            raise NotFound(what="page", name=page)
        if selector.endswith("["):
            raise BadSelector(selector=selector, detail="it ends too soon")
        found = self.pages[page].get(selector, ())
        one = meant(SourceKind.PAGE, page)
        return Preview(
            one, items=found, entries=len(found), selector=selector, text=(f"{len(found)} items.",) if found else ()
        )

    def _ask(self, url: str, progress: Progress) -> None:
        self.asked.append(url)
        while not self.gate.wait(0.01):
            if progress.cancelled:
                raise Cancelled


def _given(answer):
    if isinstance(answer, Exception):
        raise answer
    return answer
