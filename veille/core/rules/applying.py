"""Following the rules when items arrive: in the same transaction, so that nobody sees an item before its rules did.

Nothing here asks anybody, and nothing that is asked of the network looks at what rules did: an item that is hidden, or
saved, comes and goes over the wire as any other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from veille.core.rules.matching import Subject, matches, subject
from veille.model import Clock, Item, Source
from veille.rules import Action, Rule

if TYPE_CHECKING:
    from veille.store import Store

_KEEPING = {Action.TAG, Action.SAVE}  # what has these marks is never hidden
_OF_LISTS = {Action.FLAG, *_KEEPING}  # marks that put an item into a list


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done: so many of the new items are ``hidden``; ``older`` ones were marked, too, since they are of the
    same threads; ``tagged``: a tag was given."""

    hidden: int = 0
    older: frozenset[int] = frozenset()
    tagged: bool = False


class Applier:
    """Of one batch: the rules are read once."""

    def __init__(self, store: "Store", clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._rules: tuple[Rule, ...] | None = None
        self._sectors: frozenset[str] = frozenset()  # in use

    def apply(self, source: Source, ids: Sequence[int], items: Sequence[Item]) -> Applied:
        """Do to the new ``items``, stored as ``ids``, what the rules say. Never raises for what an item holds. It is
        not part of the history: what arrives is no change of the person's."""
        rules = self._holding(source) if ids else []
        if not rules:
            return Applied()
        lists = Lists(self._store, dict(zip(ids, items, strict=True)))
        reached = [(rule, lists.reached(rule)) for rule in rules]
        with self._store.db.write():
            for rule, reach in reached:
                carry_out(self._store, self._clock, rule, reach)
        new, everything = set(ids), _reached(reached, Action)
        hidden = _reached(reached, {Action.HIDE}) - _reached(reached, _KEEPING)
        return Applied(len(hidden & new), everything - new, bool(_reached(reached, {Action.TAG})))

    def _holding(self, source: Source) -> list[Rule]:
        """The rules that hold for ``source`` now."""
        if self._rules is None:
            self._rules = tuple(rule for rule in self._store.rules.all() if not rule.paused)
            if any(rule.sector for rule in self._rules):
                self._sectors = frozenset(sector.key for sector in self._store.sources.sectors())
        if not self._rules:
            return []
        within: frozenset[str] = frozenset()
        if self._sectors:
            within = self._sectors & {member.sector for member in self._store.sources.memberships(source.id)}
        return [
            rule
            for rule in self._rules
            if (rule.sector in within if rule.sector else rule.source in (0, source.id))
        ]  # fmt: skip


def _reached(reached: Iterable[tuple[Rule, set[int]]], actions: Iterable[Action]) -> frozenset[int]:
    """The items to which one of ``actions`` was done."""
    some = frozenset(actions)
    return frozenset[int]().union(*(items for rule, items in reached if rule.actions & some))


class Lists:
    """New items, and what lists show together with them: the parts of an author's thread.

    What a list shows in one row is hidden or marked read as one, and as its beginning says: else a thread would be
    hidden for one short part of it. It is flagged, tagged and saved as one as soon as one part asks for it: else the
    list of those would not show it.
    """

    def __init__(self, store: "Store", new: Mapping[int, Item], *, alone: bool = False) -> None:
        """``alone``: one rule alone will be asked about."""
        self._new = new
        posts = [id for id, item in new.items() if item.post]
        others = [id for id in store.posts.spread(posts) if id not in new] if posts else []
        self._subjects: dict[int, Subject] = {id: subject(item, alone=alone) for id, item in new.items()}
        self._subjects |= {item.id: subject(item, alone=alone) for item in store.items.whole(others)}
        self._rows = store.posts.rows(posts + others) if posts else {}

    def reached(self, rule: Rule) -> set[int]:
        """The items that ``rule`` is for: new ones, and what is shown with a new one that it is for."""
        found = {id for id, each in self._subjects.items() if matches(rule.condition, each)}
        if not self._rows:
            return found
        parts = bool(rule.actions & _OF_LISTS)
        causes: dict[int, set[int]] = {}  # by row
        for id in found:
            row = self._rows.get(id, id)
            if parts or row == id:
                causes.setdefault(row, set()).add(id)
        return {
            id
            for id in self._subjects
            for these in [causes.get(self._rows.get(id, id), ())]
            if these and (id in self._new or any(each in self._new for each in these))
        }


def carry_out(store: "Store", clock: Clock, rule: Rule, items: Iterable[int]) -> None:
    """Do to ``items`` what ``rule`` says; inside a transaction, and part of an entry that is recorded."""
    from veille.store.marks import TAG

    some = sorted(items)
    for action in rule.actions if some else ():
        match action:
            case Action.HIDE:
                store.rules.hide(rule.id, some)
            case Action.READ:
                store.marks.set_read(some)
            case Action.FLAG:
                store.marks.set_flagged(some, clock.now())
            case Action.SAVE:
                store.marks.set_saved(some, clock.now())
            case Action.TAG:  # where an item has no room for more, it gets none
                tags = [tag for tag in rule.tags if len(tag) <= TAG]
                store.marks.tag_each(dict.fromkeys(some, tags))
