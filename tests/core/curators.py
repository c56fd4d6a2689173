"""People with a real profile each, who hand sectors to one another by files."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.fakes import FakeClock
from veille.core.curating.curation import Curation
from veille.core.curating.several import Several
from veille.core.history import History
from veille.core.packs.offers import Offer, Offers
from veille.core.packs.publishing import Publishing
from veille.core.rules.rules import Rules
from veille.model import Membership, Outline, Source
from veille.rules import Action, Condition, Rule
from veille.store import Store, open_store

KEY = "energy"


@dataclass
class Someone:
    """A person at their desk, called ``name``."""

    store: Store
    clock: FakeClock
    name: str
    strict: bool = False
    curation: Curation = field(init=False)
    several: Several = field(init=False)
    history: History = field(init=False)
    rules: Rules = field(init=False)
    publishing: Publishing = field(init=False)
    offers: Offers = field(init=False)

    def __post_init__(self) -> None:
        self.curation = Curation(self.store, self.clock, strict=lambda: self.strict)
        self.several = Several(self.store, self.curation)
        self.history = History(self.store)
        self.rules = Rules(self.store, self.clock)
        self.publishing = Publishing(self.store, self.clock, lambda: self.name)
        self.offers = Offers(self.store, self.clock, lambda: self.strict)

    @property
    def outline(self) -> Outline:
        return self.store.sources.outline()

    def sector(self, title: str = "Energy") -> str:
        return self.curation.add_sector(title)[0].key

    def add(self, name: str, sector: str | None = KEY, why: str = "") -> Source:
        """Watch ``https://NAME.example/feed``, called NAME."""
        return self.curation.add_feed(address(name), sector, name, why=why)[0]

    def move(self, name: str, to: str) -> None:
        """The source called ``name`` moved, as a refresh learns."""
        source = self.source(name)
        self.store.sources.replace(replace(source, key=f"feed:{address(to)}", address=address(to)))

    def source(self, name: str) -> Source:
        (found,) = (each for each in self.outline.sources.values() if each.label == name)
        return found

    def members(self, sector: str = KEY) -> list[Membership]:
        return list(self.outline.members.get(sector, ()))

    def names(self, sector: str = KEY) -> list[str]:
        """What the sources of ``sector`` are called, in order."""
        return [self.outline.sources[each.source].label for each in self.members(sector)]

    def watched(self) -> set[str]:
        return {each.label for each in self.outline.sources.values()}

    def rule(self, word: str, sector: str = KEY, source: int = 0) -> Rule:
        rule = Rule(frozenset({Action.HIDE}), Condition(words=(word,)), "" if source else sector, source)
        return self.rules.keep(rule)[0]

    def look(self) -> Offer:
        """The one edition that is offered."""
        look = self.offers.look()
        assert not look.problems
        (found,) = look.offers
        return found


def address(name: str) -> str:
    return f"https://{name.lower().replace(' ', '-')}.example/feed"


@contextmanager
def people(folder: Path, clock: FakeClock, *names: str) -> Iterator[list[Someone]]:
    """Each of these with a profile in ``folder``."""
    stores = [open_store(folder / name.lower(), write=True, clock=clock) for name in names]
    try:
        yield [Someone(store, clock, name) for store, name in zip(stores, names, strict=True)]
    finally:
        for store in stores:
            store.close()
