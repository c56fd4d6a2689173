"""Packs for property tests: editions that have some of the same sources and rules, and differ in the rest.

They grow from a number, field by field: hypothesis takes ten times longer to draw them one by one.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from veille.core.packs.pack import Pack, PackRule, PackSource, Removal
from veille.model import ItemKind
from veille.rules import Action, Condition, Rule

T = TypeVar("T")
KEYS = [
    *(f"feed:https://{name}.example/feed" for name in "abcdef"), "page:https://g.example/news", "x:https://x.com/gridmoor",
    "mastodon:https://piaille.fr/@user", "feed:https://xn--hydrogne-60a.example/%C3%A9?a=(b)",
]  # fmt: skip
RULE_KEYS = ["r1", "r2", "r3", "règle-4"]
TEXTS = ["Le Courant", "Grid “moor”", 'a "quoted" \\ text', "Énergie", "[end]", "# no comment", "1", "🌞 ", "’’’"]
MOMENT = datetime(2026, 11, 1, 8, 15, tzinfo=UTC)
DAY = date(2026, 11, 1)


class Maker:
    """Makes editions from a number."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def some(self, values: list[T], most: int) -> list[T]:
        """Some of ``values``, each once, in any order."""
        return self.random.sample(values, self.random.randint(0, min(most, len(values))))

    def text(self) -> str:
        """A text, or none."""
        return self.random.choice(["", *TEXTS]).strip()

    def texts(self, least: int = 0) -> dict[str, str]:
        """A text in some languages."""
        found = {lang: self.text() or "x" for lang in self.some(["", "en", "fr"], 2)}
        return found if len(found) >= least else {"": "Énergie"}

    def day(self) -> date | None:
        """A day, or none."""
        return self.random.choice([None, DAY + timedelta(self.random.randint(0, 900))])

    def moment(self) -> datetime | None:
        """A moment, or none."""
        return self.random.choice([None, MOMENT + timedelta(seconds=self.random.randint(0, 10**7))])

    def source(self, key: str) -> PackSource:
        """A source as its file gives it back."""
        page = key.startswith("page:")
        return PackSource(
            key, key.partition(":")[2], self.text(), self.random.choice(["", "https://a.example/"]),
            self.random.choice(["", "en", "fr"]), self.texts(), self.text(), self.day(), self.day(),
            tuple(self.some(["énergie", "b", '"'], 2)), "main > article" if page else "",
            tuple(each for each in self.some(KEYS, 2) if each != key and self.random.random() < 0.4),
            self.day())  # fmt: skip

    def rule(self, key: str) -> PackRule:
        """A rule as its file gives it back."""
        words = [tuple(each.strip() for each in self.some(TEXTS, 3)) for _part in range(3)]
        actions = frozenset(self.some(list(Action), 3)) or frozenset({Action.HIDE})
        condition = Condition(
            words[0], words[1], self.random.random() < 0.3, words[2], self.random.choice([(), ("fr", "en")]),
            self.random.choice([None, *ItemKind]), self.random.choice([0, 50]), self.random.choice([0, 1, 50])
        )  # fmt: skip
        tags = ("énergie", "b") if Action.TAG in actions else ()
        rule = Rule(
            actions, condition, tags=tags, key=key, by=self.text() or "person", added=self.moment(), why=self.text()
        )
        return PackRule(rule, self.random.choice(["", *KEYS]))

    def removal(self, key: str) -> Removal:
        """A removal as its file gives it back."""
        return Removal(key, self.text(), self.text(), self.text(), self.day())

    def pack(self) -> Pack:
        """An edition."""
        keys = self.some(KEYS, 6)
        gone = sorted(set(self.some(KEYS, 3)) - set(keys))
        return Pack(
            "energy", self.random.randint(1, 99), self.texts(1), self.texts(), self.text(), self.text(), self.moment(),
            tuple(map(self.source, keys)), tuple(map(self.rule, self.some(RULE_KEYS, 3))),
            tuple(map(self.removal, gone)))  # fmt: skip

    def edited(self, pack: Pack) -> Pack:
        """``pack`` after somebody worked on it: some sources and rules changed, moved, removed, added."""
        sources: list[PackSource] = []
        free = sorted(set(KEYS) - {each.key for each in pack.sources})
        for each in pack.sources:
            if self.random.random() > 0.1:
                sources.append(self._worked_on(each, free))
        there = {each.key for each in sources}
        sources += [self.source(key) for key in self.some(sorted(set(KEYS) - there), 2)]
        if self.random.random() < 0.3:
            self.random.shuffle(sources)
        there = {each.key for each in sources}
        gone = [self.removal(each.key) for each in pack.sources if self.random.random() < 0.7]
        removals = {each.key: each for each in (*pack.removals, *gone) if each.key not in there}
        rules = {each.rule.key: each for each in pack.rules if self.random.random() < 0.8}
        rules |= {key: self.rule(key) for key in self.some(RULE_KEYS, 1)}
        head = self.pack() if self.random.random() < 0.3 else pack
        return replace(
            pack, version=pack.version + 1, titles=head.titles, summaries=head.summaries, sources=tuple(sources),
            rules=tuple(rules.values()), removals=tuple(removals[key] for key in sorted(removals)))  # fmt: skip

    def _worked_on(self, source: PackSource, free: list[str]) -> PackSource:
        """``source``, perhaps changed, perhaps moved to a key that is ``free``."""
        other, chance = self.source(source.key), self.random.random()
        feeds = [key for key in free if key.startswith("feed:")]
        if chance < 0.2:
            return replace(source, title=other.title, trial=other.trial)
        if chance < 0.3:
            return replace(source, reasons=other.reasons)
        if chance < 0.4 and feeds and source.key.startswith("feed:"):
            key = self.random.choice(feeds)
            free.remove(key)
            former = tuple(each for each in (*source.former, source.key) if each != key)
            return replace(source, key=key, address=key.partition(":")[2], former=former)
        return source


seeds = st.integers(0, 10**9)
packs = seeds.map(lambda seed: Maker(seed).pack())


@st.composite
def editions(draw: st.DrawFn) -> tuple[Pack, Pack, Pack]:
    """An edition, and what two curators made of it."""
    base = Maker(draw(seeds)).pack()
    return base, Maker(draw(seeds)).edited(base), Maker(draw(seeds)).edited(base)
