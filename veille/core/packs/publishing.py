"""Publishing a sector as a pack, into a folder that others see or as a file to send."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from veille.core.history import standing
from veille.core.packs import places, signing
from veille.core.packs.comparing import Change, compare
from veille.core.packs.drafting import Drafting, unseen
from veille.core.packs.key import Key
from veille.core.packs.looking import Edition, edition
from veille.core.packs.merging import Conflict, Side, merge
from veille.core.packs.pack import Pack
from veille.core.packs.places import SUFFIX, Changed
from veille.core.packs.reading import read
from veille.core.packs.received import refuse_sector
from veille.core.packs.taking import Taking
from veille.core.packs.writing import write
from veille.errors import BadFile, NoPlace, NotFound, PackConflicts, PackUnfinished
from veille.files import writing
from veille.i18n import _
from veille.model import Changes, Clock, Sector
from veille.store.packs import PackRow

if TYPE_CHECKING:
    from veille.store import Store

__all__ = ["SUFFIX", "Draft", "Publishing"]

AUTHOR = "author"  # the name of the conflict that asks whether somebody else's edition is to be believed
_TRIES = 5  # to write while others write, too
_KEPT = 5  # former editions, to tell from which of them another curator's comes
_EDITIONS = "pack.editions."  # in the store's values, followed by the key: their texts, the newest last


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be published. ``changes`` are those since the edition published last; ``theirs`` what another curator
    published meanwhile and this profile has not; ``conflicts`` are asked."""

    pack: Pack
    place: str = ""
    changes: tuple[Change, ...] = ()
    theirs: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    signed: bool = False


@dataclass(frozen=True, slots=True)
class _Work:
    """A draft with what it was made of. ``before`` is the text at the place, None where nothing is."""

    draft: Draft
    row: PackRow
    sector: Sector
    base: Pack | None
    mine: Pack
    before: str | None = None
    theirs: Edition | None = None

    @property
    def is_new(self) -> bool:
        """Whether there is anything that the place has not yet."""
        same = self.base is not None and self.before == self.row.base and not self.draft.pack.note
        elsewhere = self.draft.place != self.row.place
        return not same or elsewhere or bool(self.draft.changes) or self.draft.signed != bool(self.row.signer)

    @property
    def adds_nothing(self) -> bool:
        """Whether another curator's edition has all that would be published."""
        if self.theirs is None or self.draft.pack.note or self.draft.signed != bool(self.row.signer):
            return False
        return not compare(self.theirs.pack, self.draft.pack)


class Publishing:
    """``name`` gives what the curator is called in the packs. Their private key is kept in the profile's folder."""

    def __init__(self, store: "Store", clock: Clock, name: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._name = name
        self._key = Key(store.folder)

    def all(self) -> tuple[PackRow, ...]:
        """The packs that are published."""
        return tuple(each for each in self._store.packs.all() if each.mine)

    def draft(
        self, sector: str, place: Path | None = None, choices: Mapping[str, Side] | None = None, *,
        sign: bool | None = None
    ) -> Draft:  # fmt: skip
        """What would be published of ``sector`` at ``place`` (None: where it was last; a folder or a file), merged
        with what another curator published there. Changes nothing. Raises NotFound, BadFile, PackNewer, FromPack."""
        return self._work(sector, place, choices=choices, sign=sign).draft

    def publish(
        self, sector: str, place: Path | None = None, *, note: str = "", reasons: Mapping[str, str] | None = None,
        choices: Mapping[str, Side] | None = None, sign: bool | None = None
    ) -> tuple[Pack, Changes]:  # fmt: skip
        """Write the next edition to ``place``, whole or not at all, and take over what another curator changed there.

        ``reasons`` say why sources were removed, by key; ``sign`` None: as the edition before, with the same key. Where
        nothing changed, the edition before stays. Raises as :meth:`draft` does, NoPlace, PackConflicts while a conflict
        is not settled, PackUnfinished while another program writes there, ProfileUnwritable, BadKey.
        """
        row = self._row(sector)
        if place is None and not row.place:
            raise NoPlace(title=self._sector(sector).title)
        target = places.file_at(place or Path(row.place), sector)
        if sign is None and row.signer:
            self._key.check(row.signer)
        for _try in range(_TRIES):
            try:
                with places.alone(target):
                    work = self._work(sector, target, note, reasons, choices, sign)
                    if work.draft.conflicts:
                        raise PackConflicts(title=work.sector.title, n=len(work.draft.conflicts))
                    if not work.is_new:
                        text = _("There is nothing new to publish in “{title}”.").format(title=work.sector.title)
                        return work.base or work.mine, Changes(text=text)
                    if work.adds_nothing and work.theirs is not None:
                        return work.theirs.pack, self._joined(work, work.theirs)
                    text = self._text(work.draft)
                    places.write(target, text, work.before)
                return work.draft.pack, self._published(work, text)
            except Changed:  # by a program that knows nothing of our lock
                continue
        raise PackUnfinished(name=target.name)

    def send(self, sector: str, file: Path, *, note: str = "", sign: bool = False) -> Pack:
        """Write the sector to a file, to send; the place where it is published stays. Raises ProfileUnwritable."""
        file = places.absolute(file)
        work = self._work(sector, None, note, sign=sign)
        pack = work.draft.pack
        if work.base is not None and not work.draft.changes and not note:
            pack = replace(pack, version=work.base.version)
        text = self._text(replace(work.draft, pack=pack))
        with writing(file) as target:
            target.write(text.encode())
        if not work.row.place:
            said = _("The pack “{title}” was written to a file (edition {version}).")
            with self._store.history.recording(said.format(title=work.sector.title, version=pack.version)):
                self._keep(work, pack, text)
        return pack

    def fingerprint(self) -> str:
        """Of this curator's key; "" when there is none yet."""
        return signing.fingerprint(self._key.public())

    def stop(self, sector: str) -> Changes:
        """Publish it no longer; the file stays where it is."""
        row = self._store.packs.get(sector)
        if row is None or not row.mine:
            raise NotFound(what=_("pack that is published"), name=sector)
        title = next((each.title for each in self._store.sources.sectors() if each.key == sector), sector)
        text = _("The pack “{title}” is no longer published; its file stays where it is.").format(title=title)
        with self._store.history.recording(text) as entry:
            self._store.packs.remove(sector)
        return Changes(undo=standing(self._store, entry), text=text)

    # Pieces --------------------------------------------------------------------------------------

    def _sector(self, key: str) -> Sector:
        found = next((each for each in self._store.sources.sectors() if each.key == key), None)
        if found is None:
            raise NotFound(what=_("sector"), name=key)
        refuse_sector(self._store, key, found.title)
        return found

    def _row(self, key: str) -> PackRow:
        """What is remembered of the sector as a pack of this profile's, perhaps of one that was published before."""
        self._sector(key)
        row = self._store.packs.get(key)
        if row is None:
            row = self._store.packs.set_aside(key)
        return row if row is not None and row.mine else PackRow(key, mine=True)

    def _work(
        self, key: str, place: Path | None, note: str = "", reasons: Mapping[str, str] | None = None,
        choices: Mapping[str, Side] | None = None, sign: bool | None = None
    ) -> _Work:  # fmt: skip
        sector, row = self._sector(key), self._row(key)
        base = read(row.base, key) if row.base else None
        drafting = Drafting(self._store, base, self._name(), self._clock.now().date())
        mine = drafting.pack(sector, reasons)
        mine = read(write(replace(mine, version=max(1, mine.version))), key)  # as others will read it
        changes = compare(base, mine)
        signed = bool(row.signer) if sign is None else sign
        target = places.file_at(place or Path(row.place), key) if place or row.place else None
        before = places.there(target) if target else None
        pack, theirs, conflicts = mine, None, tuple[Conflict, ...]()
        if target and before is not None and before != row.base:
            theirs = edition(before, target.name)
            if theirs.pack.key != key:
                raise _other(target, theirs.pack)
            pack, conflicts = self._merged(row, base, mine, theirs, signed, choices or {})
        versions = [each.version for each in (base, theirs and theirs.pack) if each]
        pack = replace(
            pack, version=max(versions, default=0) + 1, by=self._name(), note=note or row.note,
            published=self._clock.now().replace(microsecond=0))  # fmt: skip
        read(write(pack), key)  # what cannot be read again is not written: two together may be too much
        news = compare(mine, pack) if theirs else ()
        draft = Draft(pack, str(target or ""), changes, news, conflicts, signed)
        return _Work(draft, row, sector, base, mine, before, theirs)

    def _merged(
        self, row: PackRow, base: Pack | None, mine: Pack, theirs: Edition, signed: bool, choices: Mapping[str, Side]
    ) -> tuple[Pack, tuple[Conflict, ...]]:
        """Mine with what another curator did. Who signs does not put their name to what they cannot tell the author
        of: that is asked before."""
        if signed and not self._is_known(row, theirs):
            side = choices.get(AUTHOR)
            if side is Side.MINE:
                return mine, ()
            if side is None:
                return mine, (_authors(theirs),)
        former = [read(each, row.key) for each in self._editions(row.key)]
        ancestor, other = common(base, former, theirs.pack)
        merged = merge(ancestor, mine, other, choices)
        return merged.pack, merged.conflicts

    def _is_known(self, row: PackRow, theirs: Edition) -> bool:
        found = theirs.signature
        return found.valid and (found.key in row.declined or found.key == self._key.public())

    def _text(self, draft: Draft) -> str:
        text = write(draft.pack)
        return signing.sign(text, self._key.private()) if draft.signed else text

    def _published(self, work: _Work, text: str) -> Changes:
        """Remember the edition, and take over in the profile what another curator did."""
        said = _("The pack “{title}” was published (edition {version}).")
        return self._recorded(work, work.draft.pack, text, said)

    def _joined(self, work: _Work, theirs: Edition) -> Changes:
        """The edition of another curator is ours, too, as it is."""
        said = _("Another curator’s edition {version} of “{title}” was taken over; you had changed nothing else.")
        return self._recorded(work, theirs.pack, theirs.text, said)

    def _recorded(self, work: _Work, pack: Pack, text: str, said: str) -> Changes:
        said = said.format(title=pack.title, version=pack.version)
        row, sources = replace(work.row, place=work.draft.place), frozenset[int]()
        with self._store.history.recording(said) as entry:
            if work.draft.theirs:
                taken = Taking(self._store, self._clock, own=True, brought=set(row.brought)).take(work.mine, pack)
                row, sources = replace(row, brought=taken.brought), taken.sources
            self._keep(replace(work, row=row), pack, text)
        return Changes(sources, outline=True, undo=standing(self._store, entry), text=said)

    def _keep(self, work: _Work, pack: Pack, text: str) -> None:
        row, known = work.row, work.row.declined
        if work.theirs is not None and work.theirs.signature.valid and work.draft.signed:
            known |= {work.theirs.signature.key}  # whoever else signs it, and was believed
        signer = self._key.public() if work.draft.signed else ""
        if row.base:
            editions = [*self._editions(row.key), row.base][-_KEPT:]
            self._store.values.put(_EDITIONS + row.key, json.dumps(editions))
        self._store.packs.put(
            replace(row, mine=True, base=text, edition=pack.version, signer=signer, declined=known, note="")
        )

    def _editions(self, key: str) -> list[str]:
        return [str(each) for each in json.loads(self._store.values.get(_EDITIONS + key, "[]"))]


def common(base: Pack | None, former: Sequence[Pack], theirs: Pack) -> tuple[Pack | None, Pack]:
    """The edition from which ``theirs`` comes, of those that this profile had, and ``theirs`` as it is to be merged.

    In a folder that is synchronised, another curator may not have seen our last edition when they published. What they
    knew nothing of they did not remove: they removed what they say that they removed.
    """
    known = [each for each in (base, *reversed(former)) if each is not None]
    if any(each.version == theirs.version and not compare(each, theirs) for each in known):
        return theirs, theirs  # an old copy of what we had
    known = [each for each in known if each.version < theirs.version]
    if not known:
        return None, theirs
    best = min(known, key=lambda each: len(unseen(each, theirs)))
    missing = unseen(best, theirs)
    more = tuple(each for each in best.sources if each.key in missing)
    return best, replace(theirs, sources=(*theirs.sources, *more))


def _authors(theirs: Edition) -> Conflict:
    found = theirs.signature
    if found.valid:
        said = _("signed with the key {fingerprint}").format(fingerprint=signing.fingerprint(found.key))
    else:
        said = _("changed after it was signed") if found.key else _("not signed")
    mine = _("leave that edition out")
    return Conflict(AUTHOR, "", theirs.pack.title, _("somebody else’s edition"), mine, said)


def _other(path: Path, found: Pack) -> BadFile:
    return BadFile(name=path.name, detail=_("it holds the pack “{found}”").format(found=found.key))
