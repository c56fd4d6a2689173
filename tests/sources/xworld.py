"""Veille's side of X, with the whole way to a server of our own: tweepy, the gateway, TLS."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from tests.fakes import FakeClock
from tests.internet import Internet
from tests.net.conftest import FakeLedger
from tests.networks.purse import MemoryPeople, MemoryPurse
from tests.networks.x import TOKEN, XServer
from veille.contacts import Purpose, Reason
from veille.content.html import to_text
from veille.errors import SourceError
from veille.model import Fetched, Item, Source, SourceKind, SourceState
from veille.net.gateway import Gateway
from veille.posts import Standing
from veille.sources.base import Wanted
from veille.sources.x.fetcher import HOST, XFetcher


@dataclass
class World:
    """What is watched, what came of it, and both sides of the wire. ``items`` are by source and uid, as they are now;
    ``versions`` counts how often one came."""

    clock: FakeClock
    internet: Internet
    server: XServer
    gateway: Gateway
    ledger: FakeLedger
    purse: MemoryPurse
    people: MemoryPeople = field(default_factory=MemoryPeople)
    token: str = TOKEN
    sources: dict[int, Source] = field(default_factory=dict)
    states: dict[int, SourceState] = field(default_factory=dict)
    items: dict[int, dict[str, Item]] = field(default_factory=dict)
    came: list[str] = field(default_factory=list)
    answers: dict[int, Fetched | SourceError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """What is only in memory is forgotten."""
        self.fetcher = XFetcher(
            lambda purpose: self.gateway.session(purpose, token_host=HOST), self.clock, lambda: self.token,
            self.purse, self.people)  # fmt: skip

    def watch(self, *names: str) -> list[int]:
        """Accounts, by their handles; lists by "list:1", searches by "search:words"."""
        made = []
        for name in names:
            kind, _colon, rest = name.partition(":")
            path = {"list": f"i/lists/{rest}", "search": f"search?q={quote(rest)}"}.get(kind, name.lower())
            address, id = f"https://x.com/{path}", len(self.sources) + 1
            self.sources[id] = Source(id, f"x:{address}", SourceKind.X, address, "", self.clock.now())
            self.states[id] = SourceState(id)
            self.items[id] = {}
            made.append(id)
        return made

    def poll(
        self, ids: Iterable[int] = (), cancelled: Callable[[], bool] = lambda: False, **purpose: object
    ) -> dict[int, Fetched | SourceError]:
        """Ask for all, or ``ids``, and keep what comes as the store does; the answers by source."""
        wanted = [self.wanted(id, **purpose) for id in (list(ids) or self.sources)]
        answers: dict[int, Fetched | SourceError] = {}
        for step in self.fetcher.fetch_all(wanted, cancelled):
            for source, answer in step:
                assert source.id not in answers, "a source answered twice"
                answers[source.id] = answer
                self.keep(source, answer)
        assert cancelled() or set(answers) == {each.source.id for each in wanted}
        self.answers |= answers
        return answers

    def wanted(self, id: int, **purpose: object) -> Wanted:
        known = {uid: item.hash for uid, item in self.items[id].items()}
        made = replace(Purpose(Reason.SCHEDULED, source=id), **purpose)  # type: ignore[arg-type]
        return Wanted(self.sources[id], self.states[id], lambda: known, made)

    def keep(self, source: Source, answer: Fetched | SourceError) -> None:
        if isinstance(answer, SourceError):
            before = self.states[source.id]
            self.states[source.id] = replace(before, failures=before.failures + 1, error=answer.pack())
            return
        self.states[source.id] = answer.state
        for item in answer.items:
            self.items[source.id][item.uid] = item
            self.came.append(item.uid)

    def kept(self, id: int) -> list[str]:
        """The uids of a source, oldest first."""
        return sorted(self.items[id], key=int)

    def standings(self, id: int) -> list[Standing]:
        """What is stored of a source, as a re-check is given it."""
        return [
            Standing(number, id, item.uid, item.post.network, item.post.id, item.url, item.hash)
            for number, item in enumerate(self.items[id].values(), 1)
            if item.post
        ]


LOOK = Purpose(Reason.BY_HAND)


def texts(world: World, id: int) -> list[str]:
    return [to_text(world.items[id][uid].content) for uid in world.kept(id)]


def fetched(answer: object) -> Fetched:
    assert isinstance(answer, Fetched), answer
    return answer


def settle(x: World) -> None:
    """Poll until all accounts are read together."""
    for _time in range(2):
        x.clock.advance(minutes=15)
        x.poll()
    x.server.asked.clear()
