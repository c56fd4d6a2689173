"""Changes to several sources at once, each one entry of the history."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from veille.content.text import fold, plain
from veille.core.curating.curation import WHY
from veille.core.history import standing
from veille.core.naming import next_rank
from veille.core.packs.received import is_placed
from veille.errors import FromPack, NeverAsked, NotFound, TooLong, TooMany
from veille.i18n import _, day, ngettext, number, quoted
from veille.model import Changes, Membership, Sector, Source, SourceKind

if TYPE_CHECKING:
    from veille.core.curating.curation import Curation
    from veille.store import Store

LABEL = 60  # characters
LABELS = 20  # of one source
_NAMED = 5  # sources that were left out, by name
_Plan = Callable[["_Chosen"], str]  # what is to be done with the chosen ones; says it, and does nothing yet


class Several:
    """What :class:`Curation` does to one source, done to many. Raises NotFound for a source or sector, NeverAsked for a
    collection, FromPack for what a received pack alone may change; then nothing is changed."""

    def __init__(self, store: "Store", curation: "Curation") -> None:
        self._store = store
        self._curation = curation

    def move(
        self, sources: Collection[int], to_sector: str = "", from_sector: str | None = None, *, new_sector: str = ""
    ) -> Changes:
        """Put them into ``to_sector``, and out of ``from_sector``, or (None) of every sector of the person's own.

        What was noted of a source where it stood goes along. Where it stands by a pack it stays. ``new_sector`` is the
        title of a sector to make for them, in the same entry of the history; raises TooLong.
        """

        def plan(chosen: "_Chosen") -> str:
            into = self._made(chosen, new_sector) if new_sector else chosen.sector(to_sector)
            if from_sector is not None:
                chosen.sector(from_sector)
            placing = _Placing(self._store, self._curation, chosen, into)
            for each in chosen.sources:
                members = chosen.members(each)
                left = [one for one in members if from_sector in (None, one.sector) and one.sector != into.key]
                if from_sector is not None:
                    chosen.refuse_packs(each, left)
                own = [one for one in left if not chosen.is_placed(one)]
                placing.put(each, members, next(iter(own), None))
                for one in own:
                    chosen.do(partial(self._store.sources.remove_member, one.sector, each.id))
            return chosen.said(
                _("“{title}” is now in “{sector}”."),
                ngettext("{n} source moved to “{sector}”.", "{n} sources moved to “{sector}”.", len(chosen.sources)),
                sector=into.title,
            )

        return self._change(sources, plan)

    def place(self, sources: Collection[int], sector: str = "", *, new_sector: str = "") -> Changes:
        """Put them into ``sector``, too; or into one that is made for them, as :meth:`move`."""

        def plan(chosen: "_Chosen") -> str:
            into = self._made(chosen, new_sector) if new_sector else chosen.sector(sector)
            placing = _Placing(self._store, self._curation, chosen, into)
            for each in chosen.sources:
                placing.put(each, chosen.members(each), None)
            count = len(chosen.sources)
            return chosen.said(
                _("“{title}” is in “{sector}”, too."),
                ngettext("{n} source is in “{sector}”, too.", "{n} sources are in “{sector}”, too.", count),
                sector=into.title,
            )

        return self._change(sources, plan)

    def pause(self, sources: Collection[int], paused: bool = True) -> Changes:
        """Ask them no longer, or again. A source in no sector, which :meth:`Curation.pause` refuses, is left out and
        named in the text."""

        def plan(chosen: "_Chosen") -> str:
            for each in chosen.sources:
                members = self._store.sources.memberships(each.id)  # a pause outlives a sector that is set aside
                if not members:
                    chosen.leave_out(each)
                for one in members:
                    chosen.do(partial(self._store.sources.put_member, replace(one, paused=paused)))
            count = len(chosen.done)
            if paused:
                return chosen.said(
                    _("“{title}” is paused."), ngettext("{n} source is paused.", "{n} sources are paused.", count)
                )
            text = ngettext("{n} source is watched again.", "{n} sources are watched again.", count)
            return chosen.said(_("“{title}” is watched again."), text)

        return self._change(sources, plan)

    def remove(self, sources: Collection[int]) -> Changes:
        """Set them aside, a pack's own, too: a later edition does not bring them back."""

        def plan(chosen: "_Chosen") -> str:
            for each in chosen.sources:
                chosen.do(partial(self._store.sources.remove, each.id))
            text = ngettext("{n} source was removed.", "{n} sources were removed.", len(chosen.sources))
            return chosen.said(_("“{title}” was removed."), text)

        return self._change(sources, plan)

    def label(self, sources: Collection[int], add: Iterable[str] = (), remove: Iterable[str] = ()) -> Changes:
        """Give them labels and take others from them; labels that fold to the same are one. Raises TooLong, TooMany.

        A label that any source has already is written as it is there.
        """
        given, taken = _labels(add), _labels(remove)

        def plan(chosen: "_Chosen") -> str:
            known = {fold(label): label for each in chosen.outline.sources.values() for label in each.labels}
            new = {folded: known.get(folded, label) for folded, label in given.items()}
            for each in chosen.sources:
                labels = {**new, **{fold(label): label for label in each.labels}}
                kept = [label for folded, label in sorted(labels.items()) if folded not in taken or folded in given]
                if len(kept) > LABELS:
                    raise TooMany(most=LABELS, what=_("labels on one source"))
                if tuple(kept) != each.labels:
                    chosen.do(partial(self._store.sources.replace, replace(each, labels=tuple(kept))))
            return chosen.said(*_labelled(list(new.values()), list(taken.values()), len(chosen.sources)))

        return self._change(sources, plan)

    def on_trial(self, sources: Collection[int], until: date | None) -> Changes:
        """Watch them until that day for a trial; None: for good. Of a pack's own only what the person added.

        Sources in no sector are left out and named in the text.
        """

        def plan(chosen: "_Chosen") -> str:
            for each in chosen.sources:
                members = chosen.members(each)
                own = [one for one in members if not chosen.is_placed(one)]
                if not own:
                    chosen.refuse_packs(each, members)
                    chosen.leave_out(each)
                for one in own:
                    chosen.do(partial(self._store.sources.put_member, replace(one, trial=until)))
            count = len(chosen.done)
            if until is None:
                text = ngettext("{n} source is there to stay.", "{n} sources are there to stay.", count)
                return chosen.said(_("“{title}” is there to stay."), text)
            text = ngettext("{n} source is on trial until {day}.", "{n} sources are on trial until {day}.", count)
            return chosen.said(_("“{title}” is on trial until {day}."), text, day=day(until))

        return self._change(sources, plan)

    def explain(self, source: int, sector: str, why: str) -> Changes:
        """Write why it is in ``sector``; raises TooLong."""
        reason = plain(why)
        if len(reason) > WHY:
            raise TooLong(what=_("A reason"), most=number(WHY))

        def plan(chosen: "_Chosen") -> str:
            where, (each,) = chosen.sector(sector), chosen.sources
            member = next((one for one in chosen.members(each) if one.sector == where.key), None)
            if member is None:
                raise NotFound(what=_("source in “{sector}”").format(sector=where.title), name=each.label)
            chosen.refuse_packs(each, [member])
            chosen.do(partial(self._store.sources.put_member, replace(member, why=reason)))
            return chosen.said(_("The reason for “{title}” in “{sector}” was changed."), sector=where.title)

        return self._change((source,), plan)

    def _made(self, chosen: "_Chosen", title: str) -> Sector:
        """The sector of that title, which is made first where there is none."""
        sector, there = self._curation.sector_called(title)
        if not there:
            chosen.do(partial(self._store.sources.put_sector, sector))
        return sector

    def _change(self, sources: Collection[int], plan: _Plan) -> Changes:
        """Do what ``plan`` says with ``sources``, in one entry of the history; nothing of it when it raises."""
        with self._store.db.write():
            chosen = _Chosen(self._store, sources)
            text = plan(chosen)
            with self._store.history.recording(text) as entry:
                for deed in chosen.deeds:
                    deed()
        ids = frozenset(each.id for each in chosen.done)
        return Changes(sources=ids, outline=True, undo=standing(self._store, entry), text=text)


class _Chosen:
    """The sources of one change, in the outline as it was before it: it is read once."""

    def __init__(self, store: "Store", ids: Collection[int]) -> None:
        self._store = store
        self.outline = outline = store.sources.outline()
        self.sources = [self._source(each) for each in dict.fromkeys(ids)]
        self.deeds: list[Callable[[], None]] = []
        self._left_out: list[Source] = []
        self._members: dict[int, list[Membership]] = {}
        for members in outline.members.values():
            for each in members:
                self._members.setdefault(each.source, []).append(each)
        self._titles = {each.key: each for each in outline.sectors}

    def _source(self, number: int) -> Source:
        found = self.outline.named.get(number) if number not in self.outline.sources else self.outline.sources[number]
        if found is None:
            raise NotFound(what=_("source"), name=str(number))
        if found.kind is SourceKind.COLLECTION:
            raise NeverAsked(title=found.label)
        return found

    @property
    def done(self) -> list[Source]:
        """Those that were not left out."""
        aside = {each.id for each in self._left_out}
        return [each for each in self.sources if each.id not in aside]

    def do(self, deed: Callable[[], None]) -> None:
        """Do it once the plan is whole."""
        self.deeds.append(deed)

    def leave_out(self, source: Source) -> None:
        """It is in no sector."""
        self._left_out.append(source)

    def sector(self, key: str) -> Sector:
        """The sector with that key; raises NotFound."""
        if key not in self._titles:
            raise NotFound(what=_("sector"), name=key)
        return self._titles[key]

    def members(self, source: Source) -> list[Membership]:
        """Where it stands, in sectors in use."""
        return self._members.get(source.id, [])

    def is_placed(self, member: Membership) -> bool:
        """Whether a received pack put the source there."""
        return is_placed(self._store, member)

    def refuse_packs(self, source: Source, members: Iterable[Membership]) -> None:
        """Raises FromPack when it stands in one of these places by a pack."""
        for each in members:
            if self.is_placed(each):
                raise FromPack(title=source.label, pack=self._titles[each.sector].title)

    def said(self, one: str, several: str = "", **facts: str) -> str:
        """What was done: ``one`` where it was done to a single source; then who was left out."""
        done, left = self.done, self._left_out
        parts = []
        if len(done) == 1 or not several:
            parts.append(one.format(title=done[0].label if done else "", **facts) if done else "")
        elif done:
            parts.append(several.format(n=number(len(done)), **facts))
        if left:
            names = ", ".join(quoted(each.label) for each in left[:_NAMED])
            if more := len(left) - _NAMED if len(left) > _NAMED else 0:
                text = ngettext(
                    "Left out, being in no sector: {names} and {n} other.",
                    "Left out, being in no sector: {names} and {n} others.",
                    more,
                )
                parts.append(text.format(names=names, n=number(more)))
            else:
                parts.append(_("Left out, being in no sector: {names}.").format(names=names))
        return " ".join(filter(None, parts))


class _Placing:
    """Puts sources into one sector, each behind the one before."""

    def __init__(self, store: "Store", curation: "Curation", chosen: _Chosen, sector: Sector) -> None:
        self._store, self._curation, self._chosen = store, curation, chosen
        self._paused = chosen.outline.paused
        members = chosen.outline.members.get(sector.key, ())
        self._sector, self._rank = sector.key, next_rank(members)

    def put(self, source: Source, members: Iterable[Membership], before: Membership | None) -> None:
        """``source``, which stands in ``members``, unless it is there already; as it stood ``before``."""
        if any(each.sector == self._sector for each in members):
            return
        if before is None:
            before = self._curation.newcomer(source.id, self._sector, paused=source.id in self._paused)
        member = replace(before, sector=self._sector, rank=self._rank)
        self._chosen.do(partial(self._store.sources.put_member, member))
        self._rank += 1


def _labels(given: Iterable[str]) -> Mapping[str, str]:
    """Labels as they are kept, by how they are compared."""
    labels = [plain(each) for each in given]
    for each in labels:
        if len(each) > LABEL:
            raise TooLong(what=_("A label"), most=LABEL)
    folded = {fold(each): each for each in reversed(labels) if each}  # of two alike the first
    return dict(sorted(folded.items()))


def _labelled(given: list[str], taken: list[str], count: int) -> tuple[str, str]:
    """What is said of one source, and of several; both with the labels in place."""
    names = ", ".join(map(quoted, given or taken)).replace("{", "{{").replace("}", "}}")
    if given and taken:
        one = _("The labels of “{title}” were changed.")
        return one, ngettext("The labels of {n} source were changed.", "The labels of {n} sources were changed.", count)
    if given:
        one = _("“{title}” is labelled {labels}.")
        several = ngettext("{n} source is labelled {labels}.", "{n} sources are labelled {labels}.", count)
    else:
        one = _("“{title}” is no longer labelled {labels}.")
        several = ngettext(
            "{n} source is no longer labelled {labels}.", "{n} sources are no longer labelled {labels}.", count
        )
    return one.replace("{labels}", names), several.replace("{labels}", names)
