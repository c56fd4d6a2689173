"""What one edition of a pack changes in another: added, removed, moved, rules; and taking over some of it. Pure."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum

from veille.content.text import plain
from veille.core.packs.matching import alike, digest, partners, woven
from veille.core.packs.pack import Pack, PackRule, PackSource, Removal
from veille.core.packs.wording import FIELDS, Sentences, added, became, changed, moved, named
from veille.core.packs.writing import Fields, lines, rule_fields, source_fields
from veille.core.tables import speak
from veille.i18n import _


class Kind(StrEnum):
    """What a change is about, in the order in which changes are shown."""

    TITLE = "title"
    SUMMARY = "summary"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"  # another address
    CHANGED = "changed"  # title, reason, trial, labels, language, selector …
    ORDER = "order"
    RULE_ADDED = "rule-added"
    RULE_CHANGED = "rule-changed"
    RULE_REMOVED = "rule-removed"


@dataclass(frozen=True, slots=True)
class Change:
    """``key`` is of the source or rule ("" of the whole), ``title`` what a person calls it, ``text`` says what
    changes, in the language in force, ``why`` the curator's reason ("": none given). ``mark`` is the same for the
    same change on every machine, and another once it changes something else.
    """

    kind: Kind
    key: str
    title: str
    text: str
    why: str
    mark: str
    before: Pack | PackSource | PackRule | None = None
    after: Pack | PackSource | PackRule | Removal | None = None


def compare(old: Pack | None, new: Pack) -> tuple[Change, ...]:
    """What ``new`` changes in ``old`` (None: there was nothing), in the order of :class:`Kind`.

    Version, dates of publishing, the curator's note, and who added what when are no changes. A source keeps its
    identity when it moves (``PackSource.former``). Rules of a source that moved do not change by that.
    """
    both = _Both(old, new)
    found = [*both.head(), *both.sources(), *both.order(), *both.rules()]
    return tuple(sorted(found, key=lambda each: _PLACES[each.kind]))


def apply(old: Pack | None, new: Pack, wanted: Iterable[str]) -> Pack:
    """``old`` with those changes of ``new`` whose marks are ``wanted``; with all of them it is ``new``. Its version
    is that of ``new``."""
    return _Both(old, new).taken(frozenset(wanted))


_PLACES = {kind: place for place, kind in enumerate(Kind)}
_ADDING = ("by", "added")  # of a rule: who added it when is no change


class _Both:
    """Two editions, side by side. Sources that are in both are told by their new keys."""

    def __init__(self, old: Pack | None, new: Pack) -> None:
        self._first = old is None
        self._old = old or Pack(new.key, 0, new.titles, new.summaries)
        self._new = new
        self._now = partners(self._old.sources, new.sources)
        self._was = {now: was for was, now in self._now.items()}
        self._old_sources = {each.key: each for each in self._old.sources}
        self._new_sources = {each.key: each for each in new.sources}
        self._old_rules = {each.rule.key: each for each in self._old.rules}
        self._new_rules = {each.rule.key: each for each in new.rules}
        self._old_order = [self._now.get(key, key) for key in self._old_sources]
        self._reordered = not alike(self._old_order, list(self._new_sources))
        self._rules_reordered = not alike(list(self._old_rules), list(self._new_rules))

    # What changes

    def head(self) -> Iterator[Change]:
        """Title and summary."""
        for kind, name, old, new in (
            (Kind.TITLE, _("Title"), self._old.titles, self._new.titles),
            (Kind.SUMMARY, _("What it covers"), self._old.summaries, self._new.summaries),
        ):
            if dict(old) != dict(new):
                value = [part for lang in sorted(new) for part in (lang, new[lang])]
                yield self._whole(kind, became(name, speak(old), speak(new)), value)

    def sources(self) -> Iterator[Change]:
        """Sources that are new, gone, moved or described otherwise."""
        gone = {each.key: each for each in self._new.removals}
        for each in self._new.sources:
            before = self._old_sources.get(self._was.get(each.key, ""))
            if before is None:
                mark = _mark(Kind.ADDED, each.key, lines(_content(each)))
                yield Change(Kind.ADDED, each.key, named(each), added(each), each.why, mark, None, each)
                continue
            if before.key != each.key:
                mark, text = _mark(Kind.MOVED, each.key), moved(before, each)
                yield Change(Kind.MOVED, each.key, named(each), text, "", mark, before, each)
            old, new = _content(before), _content(each)
            if fields := [name for name in FIELDS if old.get(name) != new.get(name)]:
                mark = _mark(Kind.CHANGED, each.key, lines(new))
                why = each.why if "why" in fields else ""
                text = changed(before, each, fields)
                yield Change(Kind.CHANGED, each.key, named(each), text, why, mark, before, each)
        for each in self._old.sources:
            if each.key not in self._now:
                removal = gone.get(each.key)
                text = _("“{title}” is removed.").format(title=named(each))
                mark = _mark(Kind.REMOVED, each.key, f"{removal.when}" if removal else "")
                why = removal.why if removal else ""
                yield Change(Kind.REMOVED, each.key, named(each), text, why, mark, each, removal)

    def order(self) -> Iterator[Change]:
        """Sources or rules that change places."""
        if self._reordered or self._rules_reordered:
            text = _("The order of the sources changes.") if self._reordered else _("The order of the rules changes.")
            yield self._whole(Kind.ORDER, text, [*self._new_sources, "", *self._new_rules])

    def rules(self) -> Iterator[Change]:
        """Rules that are new, gone or say something else."""
        before, after = Sentences(self._old), Sentences(self._new)
        for key, each in self._new_rules.items():
            old, value = self._old_rules.get(key), lines(_ruling(each))
            if old is None:
                kind, text = Kind.RULE_ADDED, _("A new rule: {rule}").format(rule=after.of(each))
            elif self._ruling(old) != self._ruling(each):
                kind, text = Kind.RULE_CHANGED, _rule_text(before.of(old), after.of(each))
            else:
                continue
            yield Change(kind, key, after.title(each), text, each.rule.why, _mark(kind, key, value), old, each)
        for key, each in self._old_rules.items():
            if key not in self._new_rules:
                text = _("This rule goes: {rule}").format(rule=before.of(each))
                mark = _mark(Kind.RULE_REMOVED, key)
                yield Change(Kind.RULE_REMOVED, key, before.title(each), text, "", mark, each, None)

    def _whole(self, kind: Kind, text: str, value: Sequence[str]) -> Change:
        old = None if self._first else self._old
        return Change(kind, "", plain(self._new.title), text, "", _mark(kind, "", *value), old, self._new)

    # Taking it over

    def taken(self, wanted: frozenset[str]) -> Pack:
        """The old edition with what is wanted of the new one."""
        left = {
            (each.kind, each.key)
            for each in (*self.head(), *self.sources(), *self.order(), *self.rules())
            if each.mark not in wanted
        }
        sources = self._sources_taken(left)
        keys = {name: each.key for name, each in sources.items()}
        rules = self._rules_taken(left, keys)
        keep = (Kind.ORDER, "") in left
        order = _order(self._old_order, list(self._new_sources), sources, mine=keep and self._reordered)
        mine = keep and self._rules_reordered
        rule_order = _order(list(self._old_rules), list(self._new_rules), rules, mine=mine)
        there = set(keys.values())
        return replace(
            self._new,
            titles=(self._old if (Kind.TITLE, "") in left else self._new).titles,
            summaries=(self._old if (Kind.SUMMARY, "") in left else self._new).summaries,
            sources=tuple(sources[name] for name in order),
            rules=tuple(rules[key] for key in rule_order),
            removals=tuple(each for each in self._new.removals if each.key not in there),
        )

    def _sources_taken(self, left: Set[tuple[Kind, str]]) -> dict[str, PackSource]:
        """The sources, by their new keys."""
        found: dict[str, PackSource] = {}
        for key, new in self._new_sources.items():
            old = self._old_sources.get(self._was.get(key, ""))
            if old is None:
                if (Kind.ADDED, key) not in left:
                    found[key] = new
                continue
            place, words = old if (Kind.MOVED, key) in left else new, old if (Kind.CHANGED, key) in left else new
            found[key] = replace(
                new, key=place.key, address=place.address, former=place.former, title=words.title, site=words.site,
                lang=words.lang, reasons=words.reasons, trial=words.trial, labels=words.labels,
                selector=words.selector)  # fmt: skip
        for key, old in self._old_sources.items():
            if (Kind.REMOVED, key) in left:
                found[key] = old
        return found

    def _rules_taken(self, left: Set[tuple[Kind, str]], keys: Mapping[str, str]) -> dict[str, PackRule]:
        """The rules, by their keys; ``keys`` are those of the sources, by their new ones."""
        found = {
            key: new
            for key, new in self._new_rules.items()
            if key in self._old_rules or (Kind.RULE_ADDED, key) not in left
        }
        for key, old in self._old_rules.items():
            if (Kind.RULE_CHANGED, key) in left or (Kind.RULE_REMOVED, key) in left:
                found[key] = self._renamed(old, self._now)
        return {key: self._renamed(each, keys) for key, each in found.items()}

    def _ruling(self, rule: PackRule) -> str:
        """What of a rule is a change when it changes; its source by the new key, even where it names the old one."""
        return lines(_ruling(self._renamed(rule, self._now)))

    @staticmethod
    def _renamed(rule: PackRule, keys: Mapping[str, str]) -> PackRule:
        """``rule`` with the key that its source has now."""
        return replace(rule, source=keys.get(rule.source, rule.source))


def _order(old: Sequence[str], new: Sequence[str], there: Container[str], *, mine: bool) -> list[str]:
    """What is ``there`` in the order of ``new``, or (``mine``) of ``old``; what only the other has follows what it
    follows there.

    What was kept though it is gone comes before what is new: so one by one gives the same as all at once.
    """
    old, new = [each for each in old if each in there], [each for each in new if each in there]
    both = set(old) & set(new)
    spine = [each for each in (old if mine else new) if each in both]
    return woven(woven(spine, new), old)


def _content(source: PackSource) -> Fields:
    """What of a source is a change when it changes, apart from its address."""
    return {name: value for name, value in source_fields(source).items() if name in FIELDS}


def _ruling(rule: PackRule) -> Fields:
    return {name: value for name, value in rule_fields(rule).items() if name not in _ADDING}


def _rule_text(old: str, new: str) -> str:
    if old == new:
        return _("The reason for a rule changes: {rule}").format(rule=new)
    return _("A rule changes. Before: {old} From now on: {new}").format(old=old, new=new)


def _mark(kind: Kind, key: str, *value: str) -> str:
    return digest((kind, key, *value), 16)
