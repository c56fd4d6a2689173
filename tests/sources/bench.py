"""A fetcher of posts, the network that it asks, and what a store would keep between two passes."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from tests.fakes import FakeClock
from tests.internet import Internet
from veille.contacts import Purpose, Reason
from veille.model import Fetched, Item, Source, SourceKind, SourceState
from veille.posts import Network, Post, Standing
from veille.sources.base import Checker, Fetcher, Verdict

T = TypeVar("T")

SCHEDULED = Purpose(Reason.SCHEDULED, 5)
RECHECK = Purpose(Reason.RECHECK)


@dataclass
class Kept:
    """A source, its state and its items by uid."""

    fetcher: Any
    internet: Internet
    clock: FakeClock
    kind: SourceKind
    address: str
    state: SourceState = field(default_factory=lambda: SourceState(5, failures=2, error="{}"))
    items: dict[str, Item] = field(default_factory=dict)

    def fetch(self, purpose: Purpose = SCHEDULED, *, allow_private: bool = False) -> Fetched:
        """One pass; what came is kept."""
        source = Source(5, "k", self.kind, self.address, "", self.clock.now(), allow_private=allow_private)
        known = {uid: item.hash for uid, item in self.items.items()}
        fetcher: Fetcher = self.fetcher
        fetched = fetcher.fetch(source, self.state, known, purpose, lambda: False)
        self.state = fetched.state
        self.items |= {item.uid: item for item in fetched.items}
        return fetched

    def check(self, *items: Item, private: bool = False) -> dict[int, Verdict]:
        """The verdicts on ``items``, by their place among them."""
        checker: Checker = self.fetcher
        posts = [
            replace(standing(item, number), address=self.address, private=private) for number, item in enumerate(items)
        ]
        verdicts = checker.check(posts, RECHECK, lambda: False)
        assert len({each.item for each in verdicts}) == len(verdicts)
        return {each.item: each for each in verdicts}


def standing(item: Item, number: int = 0) -> Standing:
    """``item`` as the store gives it for a check."""
    said = post(item)
    return Standing(number, item.source, item.uid, said.network, said.id, item.url, item.hash)


def post(item: Item) -> Post:
    """The post of ``item``, which is one."""
    assert item.post is not None
    assert item.post.network in set(Network)
    return item.post


def here(call: Callable[..., T], /, *arguments: Any) -> T:
    """Runs a call in this process."""
    return call(*arguments)
