"""Three-way merge of two editions that come from one, by source and by rule. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from veille.content.text import plain
from veille.core.packs.matching import alike, digest, partners, woven
from veille.core.packs.pack import FORMER, LABELS, Pack, PackRule, PackSource, Removal
from veille.core.packs.wording import FIELDS, Sentences, changed, moved, named, value, where
from veille.core.packs.writing import lines, rule_fields, source_fields
from veille.core.tables import Texts, speak
from veille.i18n import _

T = TypeVar("T")
LEARNT = ("site", "lang")  # from what the source itself says


class Side(StrEnum):
    """Whose is taken where both changed the same."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both changed ``key`` (of a source or rule; "" of the whole), and not in the same way. ``name`` tells it from
    others; ``title`` is what a person calls the source or rule, ``field`` what of it ("": one removed what the other
    changed), translated; the texts say what each made of it."""

    name: str
    key: str
    title: str
    field: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merged:
    """``pack`` has everything that both did, and mine where they conflict; its version is one more than either's."""

    pack: Pack
    conflicts: tuple[Conflict, ...] = ()


def merge(base: Pack | None, mine: Pack, theirs: Pack, choices: Mapping[str, Side] | None = None) -> Merged:
    """What both changed since ``base`` (None: they had nothing in common). ``choices`` settle conflicts by their
    names; what is settled is no conflict any more. Nothing that one side alone added is lost.

    A name holds for what each side says now: when one of them says something else, it is another conflict. Who added
    what when, and the curator's note, are mine unless only they changed it. What Veille learnt from a source itself is
    no conflict: it is theirs.
    """
    return _Merging(base or Pack(mine.key, 0, {}), mine, theirs, choices or {}).merged()


class _Merging:
    def __init__(self, base: Pack, mine: Pack, theirs: Pack, choices: Mapping[str, Side]) -> None:
        self._base, self._mine, self._theirs = base, mine, theirs
        self._choices = choices
        self._conflicts: list[Conflict] = []

    def merged(self) -> Merged:
        """The whole."""
        base, mine, theirs = self._base, self._mine, self._theirs
        titles = self._head("title", _("Title"), base.titles, mine.titles, theirs.titles)
        summaries = self._head("summary", _("What it covers"), base.summaries, mine.summaries, theirs.summaries)
        groups = _groups(base, mine, theirs)
        sources = self._sources(groups)
        pack = Pack(
            key=mine.key, version=max(mine.version, theirs.version) + 1, titles=titles, summaries=summaries,
            note=_newer(base.note, mine.note, theirs.note), by=_newer(base.by, mine.by, theirs.by),
            published=_newer(base.published, mine.published, theirs.published), sources=tuple(sources.values()),
            rules=self._rules(groups, sources), removals=self._removals(groups, sources))  # fmt: skip
        return Merged(pack, tuple(self._conflicts))

    def _head(self, name: str, field: str, base: Texts, mine: Texts, theirs: Texts) -> Texts:
        was, now, other = (lines({name: dict(sorted(each.items()))}) for each in (base, mine, theirs))
        side = _side(was, now, other)
        if side is None:
            conflict = Conflict("", "", plain(self._mine.title), field, speak(mine), speak(theirs))
            side = self._asked(conflict, name, now, other)
        return mine if side is Side.MINE else theirs

    # Sources

    def _sources(self, groups: "Sequence[_Three]") -> dict[int, PackSource]:
        """The sources by their numbers in ``groups``, in order; none twice."""
        found = {number: source for number, each in enumerate(groups) if (source := self._source(each))}
        order = _order(*([
            number for number in _in_order(groups, edition, side) if number in found
        ] for edition, side in ((self._base, "base"), (self._mine, "mine"), (self._theirs, "theirs"))))  # fmt: skip
        first: dict[str, int] = {}
        for number in sorted(found):
            first.setdefault(found[number].key, number)
        return {number: found[number] for number in order if first[found[number].key] == number}

    def _source(self, three: "_Three") -> PackSource | None:
        mine, theirs = three.mine, three.theirs
        if mine is None or theirs is None:
            return self._one_removed(three)
        base = three.base or PackSource(three.key, "", "")
        was, now, other = source_fields(base), source_fields(mine), source_fields(theirs)
        parts: dict[str, Any] = {}
        for name, field in FIELDS.items():
            side = _side(was.get(name), now.get(name), other.get(name))
            if side is None and name == "labels" and (labels := _labels(base, mine, theirs)):
                parts[name] = labels
                continue
            if side is None and name in LEARNT:
                side = Side.THEIRS  # neither curator said it
            if side is None:
                conflict = Conflict("", three.key, named(mine), _(field), value(mine, name), value(theirs, name))
                side = self._asked(conflict, name, str(now.get(name)), str(other.get(name)))
            attribute = "reasons" if name == "why" else name
            parts[attribute] = getattr(mine if side is Side.MINE else theirs, attribute)
        key, address, former = self._place(three, base, mine, theirs)
        return replace(
            mine, key=key, address=address, former=former, by=_newer(base.by, mine.by, theirs.by),
            added=_newer(base.added, mine.added, theirs.added), tried=_newer(base.tried, mine.tried, theirs.tried),
            **parts)  # fmt: skip

    def _place(
        self, three: "_Three", base: PackSource, mine: PackSource, theirs: PackSource
    ) -> tuple[str, str, tuple[str, ...]]:
        """Key, address and former keys."""
        side = _side(*((each.key, each.former) for each in (base, mine, theirs)))
        if side is not None:
            one = mine if side is Side.MINE else theirs
            return one.key, one.address, one.former
        side = _side(base.key, mine.key, theirs.key)
        if side is None:
            conflict = Conflict("", three.key, named(mine), _("Address"), where(mine), where(theirs))
            side = self._asked(conflict, "address", mine.key, theirs.key)
        one = mine if side is Side.MINE else theirs
        former = dict.fromkeys([*mine.former, *theirs.former, base.key, mine.key, theirs.key])
        return one.key, one.address, tuple(key for key in former if key != one.key)[-FORMER:]

    def _one_removed(self, three: "_Three") -> PackSource | None:
        kept = three.mine or three.theirs
        if three.base is None or kept is None:
            return kept
        was, now = source_fields(three.base), source_fields(kept)
        fields = [name for name in FIELDS if was.get(name) != now.get(name) and name not in LEARNT]
        if not fields and three.base.key == kept.key:
            return None
        text = changed(three.base, kept, fields)
        if three.base.key != kept.key:
            text = f"{moved(three.base, kept)} {text}".strip()
        gone = _("It is removed.")
        mine, theirs = (text, gone) if three.mine else (gone, text)
        said = lines(now)
        side = self._asked(
            Conflict("", three.key, named(kept), "", mine, theirs), "", *((said, "") if three.mine else ("", said))
        )
        return three.mine if side is Side.MINE else three.theirs

    # Rules

    def _rules(self, groups: "Sequence[_Three]", sources: Mapping[int, PackSource]) -> tuple[PackRule, ...]:
        numbers = {
            (side, each.key): number
            for number, three in enumerate(groups)
            for side, each in (("base", three.base), ("mine", three.mine), ("theirs", three.theirs))
            if each
        }
        sentences = Sentences(self._mine), Sentences(self._theirs)
        sides: list[dict[str, _Rule]] = []
        for side, edition in (("base", self._base), ("mine", self._mine), ("theirs", self._theirs)):
            found: dict[str, _Rule] = {}
            for each in edition.rules:
                number = numbers.get((side, each.source))
                now = sources[number].key if number is not None and number in sources else each.source
                found[each.rule.key] = _Rule(each, now, f"{number}" if number is not None else each.source)
            sides.append(found)
        base, mine, theirs = sides
        kept = {
            key: rule
            for key in {**base, **mine, **theirs}
            if (rule := self._rule(base.get(key), mine.get(key), theirs.get(key), sentences))
        }
        return tuple(kept[key] for key in _order(*([key for key in side if key in kept] for side in sides)))

    def _rule(
        self, base: "_Rule | None", mine: "_Rule | None", theirs: "_Rule | None", said: tuple[Sentences, Sentences]
    ) -> PackRule | None:
        was, now, other = (each.text if each else "" for each in (base, mine, theirs))
        side = _side(was, now, other)
        one = mine or theirs
        if side is None and one:
            gone = _("It is removed.")
            texts = said[0].of(mine.rule) if mine else gone, said[1].of(theirs.rule) if theirs else gone
            if mine and theirs and texts[0] == texts[1]:
                texts = mine.rule.rule.why, theirs.rule.rule.why
            titles = said[0] if mine else said[1]
            field = _("Rule") if mine and theirs else ""
            conflict = Conflict("", one.rule.rule.key, titles.title(one.rule), field, *texts)
            side = self._asked(conflict, "rule", now, other)
        found = mine if side is Side.MINE else theirs
        if found is None:
            return None
        rule = found.rule.rule
        if mine and theirs and now == other:  # who added it when is all that may differ
            first = base or mine
            by = _newer(first.rule.rule.by, mine.rule.rule.by, theirs.rule.rule.by)
            rule = replace(rule, by=by, added=_newer(first.rule.rule.added, rule.added, theirs.rule.rule.added))
        return PackRule(rule, found.source)

    # Removals

    def _removals(self, groups: "Sequence[_Three]", sources: Mapping[int, PackSource]) -> tuple[Removal, ...]:
        base, mine, theirs = (
            {each.key: each for each in edition.removals} for edition in (self._base, self._mine, self._theirs)
        )
        there = {each.key for each in sources.values()}
        for number in sources:
            three = groups[number]
            if three.base and not (three.mine and three.theirs):  # kept, though one side removed it
                there |= {each.key for each in (three.base, three.mine, three.theirs) if each}
        found: dict[str, Removal] = {}
        for key in sorted({**base, **mine, **theirs}):
            was, now, other = base.get(key), mine.get(key), theirs.get(key)
            one = other if now == was else now if other == was else now or other
            if one and key not in there:
                found[key] = one
        return tuple(found.values())

    def _asked(self, conflict: Conflict, field: str, mine: str, theirs: str) -> Side:
        """Which side is chosen; mine where nothing is, and then it is a conflict."""
        name = digest((conflict.key, field, mine, theirs), 6)
        if name in self._choices:
            return self._choices[name]
        self._conflicts.append(replace(conflict, name=name))
        return Side.MINE


@dataclass(frozen=True, slots=True)
class _Three:
    """One source in the three editions, where it is there."""

    base: PackSource | None
    mine: PackSource | None
    theirs: PackSource | None

    @property
    def key(self) -> str:
        """What it is called in a conflict: the same whoever merges."""
        return self.base.key if self.base else min(each.key for each in (self.mine, self.theirs) if each)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule of one edition. ``source`` is the key that its source has after the merge, ``of`` is the same for the same
    source in every edition."""

    rule: PackRule
    source: str
    of: str

    @property
    def text(self) -> str:
        """What makes it another rule when it changes."""
        fields = {name: each for name, each in rule_fields(self.rule).items() if name not in ("by", "added")}
        return lines({**fields, "source": self.of})


def _groups(base: Pack, mine: Pack, theirs: Pack) -> list[_Three]:
    """Which sources of the editions are the same. Each source is in one group."""
    ours, others = ({each.key: each for each in edition.sources} for edition in (mine, theirs))
    found: list[_Three] = []
    now, other = partners(base.sources, mine.sources), partners(base.sources, theirs.sources)
    for each in base.sources:
        found.append(_Three(each, ours.pop(now.get(each.key, ""), None), others.pop(other.get(each.key, ""), None)))
    # Removed and added again at the address to which the other side moved it.
    for at, three in enumerate(found):
        if three.mine is None and three.theirs:
            found[at] = replace(three, mine=ours.pop(three.theirs.key, None))
        elif three.theirs is None and three.mine:
            found[at] = replace(three, theirs=others.pop(three.mine.key, None))
    same = partners(tuple(ours.values()), tuple(others.values()))
    found += [_Three(None, each, others.pop(same.get(each.key, ""), None)) for each in ours.values()]
    return [*found, *(_Three(None, None, each) for each in others.values())]


def _in_order(groups: Sequence[_Three], edition: Pack, side: str) -> list[int]:
    """The numbers of the groups in the order of one edition."""
    numbers = {each.key: number for number, three in enumerate(groups) if (each := getattr(three, side))}
    return [numbers[each.key] for each in edition.sources]


def _order(base: Sequence[T], mine: Sequence[T], theirs: Sequence[T]) -> list[T]:
    """The order of the side that changed it, mine where both did; what only the other has follows what it follows
    there."""
    return woven(theirs, mine) if alike(base, mine) else woven(mine, theirs)


def _labels(base: PackSource, mine: PackSource, theirs: PackSource) -> tuple[str, ...]:
    """What both did to the labels; nothing where there is no room for all."""
    both = dict.fromkeys([*mine.labels, *theirs.labels])
    kept = [each for each in both if each not in base.labels or (each in mine.labels and each in theirs.labels)]
    return tuple(kept) if len(kept) <= LABELS else ()


def _side(was: object, now: object, other: object) -> Side | None:
    """Whose is taken of something that was, is now, and is on the other side; None: each changed it in its own way."""
    if now == other or other == was:
        return Side.MINE
    return Side.THEIRS if now == was else None


def _newer(was: T, now: T, other: T) -> T:
    return other if now == was else now
