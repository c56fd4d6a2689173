"""Rules: kept, changed, tried on what came lately, and applied to what is there."""

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from veille.content.text import excerpt, plain
from veille.core.history import standing
from veille.core.packs.received import is_received, refuse_rule
from veille.core.rules.applying import Lists, carry_out
from veille.core.rules.checking import checked, new_key
from veille.core.rules.matching import looks_first, needs_content, subject
from veille.core.rules.sentences import done, sentence
from veille.errors import Cancelled, NotFound, TooMany
from veille.i18n import _, ngettext, number
from veille.model import Changes, Clock, Item, Outline, Progress
from veille.rules import MOST, Action, Condition, Rule
from veille.store.times import stored

if TYPE_CHECKING:
    from veille.store import Store

DAYS = 30  # that a preview looks back
WHY = 1000  # characters of a reason
_SHORT = 300  # characters of a sentence in the history
_LOOKED = 300  # items between two steps of the progress
_AT_ONCE = 3000  # items that are changed in one transaction: nobody waits longer than for that


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have done over the last :data:`DAYS` days: ``items`` in its sources, ``ids`` those it is for,
    the newest first. ``text`` says it: "Of 412 items of the last 30 days, 23 would have been hidden."
    """

    rule: Rule
    items: int = 0
    ids: "array[int]" = field(default_factory=lambda: array("q"))
    text: str = ""


class Rules:
    """``wake`` tells the indexer that there is something to index."""

    def __init__(
        self, store: "Store", clock: Clock, wake: Callable[[], None] = lambda: None, by: str = "person"
    ) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake
        self._by = by

    def all(self) -> tuple[Rule, ...]:
        """The rules in use, in their order."""
        return self._store.rules.all()

    def sentence(self, rule: Rule) -> str:
        """``rule`` as a sentence, in the language in force."""
        return sentence(rule, self._store.sources.outline())

    # Trying ----------------------------------------------------------------------------------------

    def preview(self, rule: Rule, progress: Progress) -> Preview:
        """What ``rule``, kept or not, would have done. Changes nothing. Raises Cancelled, BadRule, NotFound.

        It looks at what Veille first had in these days, hidden or not, from sources that are in use now. What the
        person kept since is counted with the others: a rule that hides does not hide it, and ``text`` says so.
        """
        rule = self._checked(rule)
        ids, reach = self._tried(rule, progress)
        there = set(reach)
        whole = array("q", [id for id in ids if id in there])
        whole.extend(sorted(there - set(ids)))  # older parts of threads
        items = len(ids) + len(whole) - len(there & set(ids))
        return Preview(rule, items, whole, self._said(rule, items, whole))

    def _tried(
        self, rule: Rule, progress: Progress, known: Collection[int] = frozenset()
    ) -> "tuple[array[int], list[int]]":
        """The items of the last days in the sources of ``rule``, the newest first; and those that it is for. What is
        ``known`` is left out."""
        since = self._clock.now() - timedelta(days=DAYS)
        ids = self._store.rules.lately(stored(since), self._sources(rule, self._store.sources.outline()))
        ids = array("q", [id for id in ids if id not in known]) if known else ids
        progress.step(0, len(ids))
        reached: dict[int, None] = {}
        for start in range(0, len(ids), _LOOKED):
            if progress.cancelled:
                raise Cancelled
            items = self._read(ids[start : start + _LOOKED], rule.condition)
            reached |= dict.fromkeys(sorted(Lists(self._store, items, alone=True).reached(rule)))
            progress.step(min(start + _LOOKED, len(ids)), len(ids))
        return ids, list(reached)

    def _read(self, ids: Sequence[int], condition: Condition) -> dict[int, Item]:
        """The items, with their contents where ``condition`` needs these: most of the time goes into reading them."""
        if not looks_first(condition):
            return {item.id: item for item in self._store.items.whole(ids)}
        items = {item.id: item for item in self._store.items.rows(ids)}
        open = [id for id, item in items.items() if needs_content(condition, subject(item, alone=True))]
        return items | {item.id: item for item in self._store.items.whole(open)}

    def _sources(self, rule: Rule, outline: Outline) -> Iterable[int]:
        """The sources that ``rule`` is for now; what was brought from elsewhere never arrives."""
        if rule.sector:
            return [member.source for member in outline.members.get(rule.sector, ())]
        return [rule.source] if rule.source else list(outline.sources)

    def _said(self, rule: Rule, items: int, ids: Sequence[int]) -> str:
        days = number(DAYS)
        if not items:
            return _("Nothing came in the last {days} days that this rule could look at.").format(days=days)
        of = ngettext("{n} item", "{n} items", items).format(n=number(items))
        if not ids:
            return _("Of {items} of the last {days} days, none is what this rule is for.").format(items=of, days=days)
        said = done(rule, len(ids), of, days)
        kept = len(self._store.marks.kept(ids)) if Action.HIDE in rule.actions else 0
        if not kept:
            return said
        more = ngettext(
            "{n} of them you kept since: it stays where it is.",
            "{n} of them you kept since: they stay where they are.", kept
        )  # fmt: skip
        return " ".join((said, more.format(n=number(kept))))

    # Keeping ---------------------------------------------------------------------------------------

    def keep(self, rule: Rule, *, also_there: bool = False, progress: Progress | None = None) -> tuple[Rule, Changes]:
        """Keep a new rule (``id`` 0) or a changed one, for items that arrive from now on; with ``also_there`` for
        those of the last :data:`DAYS` days too, in the same entry of the history.

        Of a changed one the actions, the condition, the tags, the place and the reason are taken over. Where it is for
        other items now, or hides them no more, it starts anew: what it hid is shown again, unless ``also_there`` finds
        it; what it marked stays. Stopped while it looks, it raises Cancelled and nothing is kept; stopped while items
        are changed, the rule and what was done so far stay.

        Raises BadRule for one without an action or whose parts make no sense, NotFound, TooMany, TooLong, FromPack.
        """
        steps = progress or _Unseen()
        old = self._own(rule.id) if rule.id else None
        new = self._named(self._checked(rule), old)
        looked, reach = self._tried(new, steps) if also_there else (array("q"), [])
        text = _("A rule was changed: {sentence}") if old else _("A rule was added: {sentence}")
        text = text.format(sentence=self._short(new))
        before = set(self._store.rules.hidden_by(rule.id))
        with self._store.history.recording(text) as entry:
            kept = self._store.rules.put(new)
        touched = before - set(self._store.rules.hidden_by(kept.id))
        if also_there:  # and what arrived while the others were looked at: from now on the rule is followed
            reach += self._tried(kept, _Unseen(), set(looked))[1]
        for start in range(0, len(reach), _AT_ONCE):
            if steps.cancelled:
                break
            some = reach[start : start + _AT_ONCE]
            with self._store.history.recording(text, entry) as entry:
                carry_out(self._store, self._clock, kept, some)
            touched.update(some)
            steps.step(start + len(some), len(reach), text)
        return kept, self._changed(entry, text, touched, tags=Action.TAG in kept.actions and bool(reach))

    def _checked(self, rule: Rule) -> Rule:
        """``rule`` as it would be kept."""
        outline = self._store.sources.outline()
        if rule.sector and all(each.key != rule.sector for each in outline.sectors):
            raise NotFound(what=_("sector"), name=rule.sector)
        if rule.source and rule.source not in outline.sources:
            raise NotFound(what=_("source"), name=str(rule.source))
        return checked(replace(rule, why=plain(rule.why)[:WHY]))

    def _named(self, rule: Rule, old: Rule | None) -> Rule:
        """``rule`` with what is not the person's to choose."""
        if old is not None:
            return replace(
                rule, key=old.key, origin=old.origin, by=old.by, added=old.added, rank=old.rank,
                paused=old.paused)  # fmt: skip
        self._refuse(rule)
        others = self.all()
        if len(others) >= MOST:
            raise TooMany(most=MOST, what=_("rules"))
        now = self._clock.now()
        key = new_key(rule, now, lambda key: self._store.rules.by_key(key) is not None)
        rank = max((each.rank for each in others), default=-1) + 1
        return replace(rule, key=key, by=self._by, added=now, rank=rank)

    # Changing --------------------------------------------------------------------------------------

    def pause(self, rule: int, paused: bool = True) -> Changes:
        """Leave it out, or follow it again. What it hid stays hidden only while it is followed. A pack's, too."""
        old = self._one(rule)
        text = _("A rule was paused: {sentence}") if paused else _("A rule is followed again: {sentence}")
        text = text.format(sentence=self._short(old))
        with self._store.history.recording(text) as entry:
            self._store.rules.put(replace(old, paused=paused))
        touched = self._store.rules.hidden_by(rule) if paused != old.paused else ()
        return self._changed(entry, text, touched)

    def remove(self, rule: int) -> Changes:
        """Set it aside: what it hid is shown again, what it marked stays. Raises FromPack."""
        old = self._own(rule)
        text = _("A rule was removed: {sentence}").format(sentence=self._short(old))
        with self._store.history.recording(text) as entry:
            self._store.rules.remove(rule)
        return self._changed(entry, text, self._store.rules.hidden_by(rule))

    def lost(self) -> tuple[Rule, ...]:
        """The person's own rules for a sector or a source that was removed: nothing arrives for them any more."""
        outline = self._store.sources.outline()
        sectors = {each.key for each in outline.sectors}
        return tuple(
            rule
            for rule in self.all()
            if (rule.sector and rule.sector not in sectors) or (rule.source and rule.source not in outline.sources)
            if not (rule.pack and is_received(self._store, rule.pack))
        )

    def remove_lost(self) -> Changes:
        """Set :meth:`lost` rules aside, all in one entry of the history: what they hid is shown again."""
        lost = self.lost()
        text = ngettext("{n} rule was removed.", "{n} rules were removed.", len(lost)).format(n=number(len(lost)))
        with self._store.history.recording(text) as entry:
            for rule in lost:
                self._store.rules.remove(rule.id)
        return self._changed(entry, text, {item for rule in lost for item in self._store.rules.hidden_by(rule.id)})

    # Pieces ----------------------------------------------------------------------------------------

    def _one(self, rule: int) -> Rule:
        for each in self.all():
            if each.id == rule:
                return each
        raise NotFound(what=_("rule"), name=str(rule))

    def _own(self, rule: int) -> Rule:
        """One that the person may change."""
        found = self._one(rule)
        self._refuse(found)
        return found

    def _refuse(self, rule: Rule) -> None:
        if rule.pack:
            refuse_rule(self._store, rule.pack, self._short(rule))

    def _short(self, rule: Rule) -> str:
        """The sentence where there is no room for fifty words."""
        return excerpt(self.sentence(rule), _SHORT)

    def _changed(self, entry: int, text: str, items: Iterable[int], *, tags: bool = False) -> Changes:
        self._wake()
        return Changes(items=frozenset(items), outline=True, tags=tags, undo=standing(self._store, entry), text=text)


class _Unseen:
    """Work that nobody watches."""

    cancelled = False

    def step(self, done: int, total: int, text: str = "") -> None:
        """Nobody hears of it."""
