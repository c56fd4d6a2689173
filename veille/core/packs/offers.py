"""Receiving packs: noticing another edition, saying what it changes, taking it over whole or in part."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from veille.content.text import plain
from veille.core.history import standing
from veille.core.packs import places
from veille.core.packs.comparing import Change, apply, compare
from veille.core.packs.doubts import beside, doubtful, personal, personal_said
from veille.core.packs.looking import Edition, Looking, Vanished, edition, in_folder, unreadable
from veille.core.packs.offered import (
    SUSPICIOUS,
    Author,
    Look,
    Offer,
    author_of,
    author_said,
    is_offered,
    offered,
    signer_mark,
    taken_over,
)  # fmt: skip
from veille.core.packs.pack import Pack, PackSource
from veille.core.packs.places import PATIENCE, SUFFIX
from veille.core.packs.reading import read
from veille.core.packs.signing import Signature, fingerprint, signature
from veille.core.packs.taking import Taking, own_choice
from veille.core.packs.writing import write
from veille.errors import (
    BadFile,
    NotFound,
    OlderPack,
    PackNewer,
    SuspiciousPack,
    UnsignedPack,
    VeilleError,
)  # fmt: skip
from veille.i18n import _, labelled
from veille.model import Changes, Clock, Progress
from veille.store.packs import PackRow

if TYPE_CHECKING:
    from veille.store import Store

__all__ = ["PATIENCE", "Author", "Look", "Offer", "Offers"]

_FOLDER = "folder:"  # begins the key of a row that stands for a folder: no sector is called so
_LEFT = "left"  # among what is declined: the whole pack
_SEEN = "pack.edition."  # in the store's values, followed by the key: the newest edition that was ever taken over


class Offers:
    """``strict`` is as of :class:`veille.core.curating.curation.Curation`."""

    def __init__(self, store: "Store", clock: Clock, strict: Callable[[], bool] = lambda: False) -> None:
        self._store = store
        self._clock = clock
        self._strict = strict
        self._looking = Looking(clock)
        self._bases: dict[str, tuple[str, Pack]] = {}  # what each base says, by key

    def all(self) -> tuple[PackRow, ...]:
        """The packs that are received."""
        return tuple(each for each in self._store.packs.all() if not each.mine and not each.key.startswith(_FOLDER))

    def folders(self) -> tuple[Path, ...]:
        """The folders in which packs that appear later are offered, too."""
        return tuple(Path(each.place) for each in self._store.packs.all() if each.key.startswith(_FOLDER))

    # What is offered -----------------------------------------------------------------------------

    def follow(self, place: Path) -> tuple[Offer, ...]:
        """Look at a pack, or at every pack in a folder, from now on; what is there now is offered. Raises BadFile."""
        place = places.absolute(place)
        folder = places.is_folder(place)
        found = in_folder(place) if folder else {place: edition(places.given(place), place.name)}
        rows, elsewhere = [], False
        for path, each in found.items():
            row = self._store.packs.get(each.pack.key) or PackRow(each.pack.key)
            if folder and _is_elsewhere(row, path):  # a copy in another folder does not take the place of a pack
                elsewhere = True
                continue
            if row.mine and not folder:
                raise BadFile(name=place.name, detail=_("you publish this pack yourself"))
            if not row.mine:
                rows.append((replace(row, place=str(path)), each))
        if not rows and not elsewhere:
            raise BadFile(name=place.name, detail=_("there is no pack of somebody else in it"))
        name = place.name if folder else rows[0][1].pack.title
        with self._store.history.recording(_("Veille looks for new editions of “{name}”.").format(name=name)):
            if folder:
                self._store.packs.put(PackRow(_FOLDER + str(place), str(place)))
            for row, _edition in rows:
                self._store.packs.put(row)
        offers = ((row, self._offer(row, each, row.place)) for row, each in rows)
        return tuple(offer for row, offer in offers if is_offered(row, offer))

    def open(self, file: Path) -> Offer:
        """A pack that was sent as a file; accepting it does not look at that place again. Raises BadFile, PackNewer."""
        file = places.absolute(file)
        found = edition(places.given(file), file.name)
        row = self._store.packs.get(found.pack.key)
        if row is not None and row.mine:
            raise BadFile(name=file.name, detail=_("you publish this pack yourself"))
        return self._offer(row, found, "")

    def look(self, progress: Progress | None = None) -> Look:
        """Look at every place, reading only files that changed since; take over what is accepted without a question."""
        offers: list[Offer] = []
        accepted: list[Changes] = []
        problems, waiting = dict[str, str](), dict[str, str]()
        looked = list(self._places(problems))
        self._looking.forget_others(path for _row, path in looked)
        for done, (row, path) in enumerate(looked, 1):
            if progress:
                progress.step(done, len(looked), path.name)
                if progress.cancelled:
                    break
            try:
                offer = self._offer(row, self._looking.of(path, row.key if row else _named(path)), str(path))
                if row is not None and self._is_automatic(row, offer):
                    accepted.append(self.accept(offer))
                elif is_offered(row or PackRow(offer.pack.key), offer):
                    offers.append(offer)
                elif offer.suspicious:
                    problems[row.key if row else str(path)] = labelled(offer.pack.title, offer.author_text)
            except Vanished as error:
                problems[error.place] = str(error)
            except PackNewer as error:
                problems[row.key if row else str(path)] = str(error)
            except (BadFile, OSError) as error:
                text = str(error) if isinstance(error, BadFile) else unreadable(path, error)
                (waiting if self._looking.patient(path) else problems)[row.key if row else str(path)] = text
            except VeilleError as error:
                problems[row.key if row else str(path)] = str(error)
        return Look(tuple(offers), tuple(problems.items()), tuple(accepted), tuple(waiting.items()))

    def _places(self, problems: dict[str, str]) -> Iterator[tuple[PackRow | None, Path]]:
        """What is to be looked at: the packs that are received, and what is new in the folders."""
        rows = [each for each in self.all() if each.place]
        known = {each.place for each in rows} | {each.place for each in self._store.packs.all() if each.mine}
        yield from ((each, Path(each.place)) for each in rows)
        for folder in self.folders():
            try:
                listed = places.listed(folder)
            except OSError as error:
                problems[str(folder)] = str(Vanished(folder, error))
                continue
            for path in listed:
                key = _named(path)
                left = self._store.packs.set_aside(key)
                taken = self._store.packs.get(key) is not None
                if str(path) not in known and not taken and (left is None or _LEFT not in left.declined):
                    yield None, path

    def _offer(self, row: PackRow | None, found: Edition, place: str) -> Offer:
        row = row or PackRow(found.pack.key)
        pack, author = found.pack, author_of(row, found.signature)
        changes = tuple(each for each in self._changes(row, pack) if each.mark not in row.declined)
        mark = fingerprint(found.signature.key)
        text = " ".join(filter(None, (offered(row, pack, len(changes)), "" if row.base else beside(self._store, pack))))
        return Offer(
            pack, place, changes, author, mark, text,
            author_said(author, mark), author in SUSPICIOUS, pack.version < row.edition,
            found.text)  # fmt: skip

    def _changes(self, row: PackRow, pack: Pack) -> tuple[Change, ...]:
        """What ``pack`` changes, but not in sources that the person set aside."""
        return tuple(each for each in compare(self._base(row), pack) if not self._is_aside(each))

    def _is_aside(self, change: Change) -> bool:
        sides = [each for each in (change.after, change.before) if isinstance(each, PackSource)]
        return bool(sides) and own_choice(self._store, [key for each in sides for key in (each.key, *each.former)])

    def _base(self, row: PackRow) -> Pack | None:
        """The edition in force, as far as it was accepted."""
        if not row.base:
            return None
        known = self._bases.get(row.key)
        if known is None or known[0] != row.base:
            known = self._bases[row.key] = (row.base, read(row.base, row.key))
        return known[1]

    def _is_automatic(self, row: PackRow, offer: Offer) -> bool:
        """Whether it is taken over without a question: nothing that a person should look at is."""
        wanted = row.automatic and bool(offer.changes) and self._store.writable
        sure = offer.author is Author.EXPECTED and not offer.older
        undone = offer.pack.version <= int(self._store.values.get(_SEEN + row.key, "0"))
        return wanted and sure and not undone and not any(doubtful(self._store, each) for each in offer.changes)

    # What is done with it ------------------------------------------------------------------------

    def accept(self, offer: Offer, wanted: Collection[str] | None = None, *, insist: bool = False) -> Changes:
        """Take over the changes with these marks (None: all), in one entry of the history; the others are declined.

        The person's own sources, marks and rules stay as they are. Raises SuspiciousPack for an edition that is not
        by whom it should be, and OlderPack, unless they ``insist``; then the new key is expected from now on, and what
        they declined or set aside comes, too.
        """
        pack = offer.pack
        row = self._store.packs.get(pack.key) or PackRow(pack.key, offer.place)
        signed = signature(offer.source_text)
        author = author_of(row, signed)
        self._refuse(row, offer, author, insist)
        base = self._base(row)
        changes = compare(base, pack)
        aside = {each.mark for each in changes if self._is_aside(each)}
        declined = frozenset() if insist else row.declined
        chosen = {
            each.mark
            for each in changes
            if each.mark in aside or (each.mark not in declined if wanted is None else each.mark in wanted)
        }
        barred = [each for each in changes if each.mark in chosen and personal(self._store, each)]
        if self._strict():
            chosen -= {each.mark for each in barred}
        if not chosen - aside and changes and base is None:
            return self.decline(offer)
        text = taken_over(pack, len(chosen - aside), len({each.mark for each in changes} - aside))
        text = " ".join([text, *(personal_said(self._store, each, self._strict()) for each in barred)])
        target = apply(base, pack, chosen)
        written = write(target)
        read(written, pack.title)  # what was declined and stays may leave no room for what is new
        with self._store.history.recording(text) as entry:
            taking = Taking(self._store, self._clock, insist=insist, brought=set(row.brought))
            taken = taking.take(base, target)
            self._store.packs.put(
                replace(
                    self._signed(row, author, signed), base=written, edition=pack.version,
                    brought=taken.brought, declined=frozenset(each.mark for each in changes) - chosen)
            )  # fmt: skip
            self._store.values.put(_SEEN + row.key, str(pack.version))  # stays when it is undone
        return Changes(taken.sources, outline=True, undo=standing(self._store, entry), text=text)

    def _refuse(self, row: PackRow, offer: Offer, author: Author, insist: bool) -> None:
        title = offer.pack.title
        if row.mine:
            raise BadFile(name=title, detail=_("you publish this pack yourself"))
        if author in SUSPICIOUS and not insist:
            raise SuspiciousPack(title=title, detail=author_said(author, offer.fingerprint))
        if offer.pack.version < row.edition and not insist:
            raise OlderPack(title=title, found=offer.pack.version, known=row.edition)

    def _signed(self, row: PackRow, author: Author, signed: Signature) -> PackRow:
        """``row`` with whom to expect from now on; a new one is not accepted without a question."""
        if author is Author.BROKEN:
            return row
        trusted = row.automatic and author is Author.EXPECTED
        return replace(row, signer=signed.key if signed.valid else "", automatic=trusted)

    def decline(self, offer: Offer) -> Changes:
        """Do not offer these changes again; a later edition that changes something else is offered."""
        pack = offer.pack
        row = self._store.packs.get(pack.key) or PackRow(pack.key, offer.place)
        known = {each.mark for each in compare(self._base(row), pack)}
        text = _("Edition {version} of the pack “{title}” was declined.")
        text = text.format(version=pack.version, title=pack.title)
        with self._store.history.recording(text) as entry:
            new = (row.declined & known) | {each.mark for each in offer.changes} | {signer_mark(offer)}
            self._store.packs.put(replace(row, declined=frozenset(new)))
        return Changes(undo=standing(self._store, entry), text=text)

    def set_automatic(self, key: str, on: bool) -> Changes:
        """Accept from this curator without asking. Raises UnsignedPack: nobody could tell who wrote it."""
        row = self._received(key)
        title = self._title(row)
        if on and not row.signer:
            raise UnsignedPack(title=title)
        text = (
            _("New editions of “{title}” are taken over without a question.")
            if on
            else _("Veille asks before it takes over a new edition of “{title}”.")
        )
        text = text.format(title=title)
        with self._store.history.recording(text) as entry:
            self._store.packs.put(replace(row, automatic=on))
        return Changes(undo=standing(self._store, entry), text=text)

    def leave(self, key: str) -> Changes:
        """Receive it no longer; its sources and rules become the person's own. ``key`` may be a folder that is
        followed: then what is new there is no longer offered. Raises NotFound."""
        folder = self._store.packs.get(_FOLDER + str(places.absolute(Path(key)))) if key else None
        if folder is not None:
            return self._leave_folder(folder)
        row = self._received(key)
        text = _("The pack “{title}” is no longer received; its sources are your own.").format(title=self._title(row))
        sources = set()
        with self._store.history.recording(text) as entry:
            for source in self._members(key):
                for member in self._store.sources.memberships(source):
                    if member.sector == key and member.pack == key:
                        self._store.sources.put_member(replace(member, origin="person"))
                        sources.add(source)
            for rule in self._store.rules.all():
                if rule.pack == key:
                    self._store.rules.put(replace(rule, origin="person"))
            self._store.packs.put(replace(row, declined=frozenset({_LEFT})))  # also where its folder is looked at
            self._store.packs.remove(key)
        return Changes(frozenset(sources), outline=True, undo=standing(self._store, entry), text=text)

    def _members(self, key: str) -> set[int]:
        """The sources in the sector, those that the person set aside, too."""
        base = self._base(self._received(key))
        found = (self._store.sources.meant_by(each.key) for each in (base.sources if base else ()))
        here = self._store.sources.outline().members.get(key, ())
        return {each.id for each in found if each is not None} | {each.source for each in here}

    def _leave_folder(self, row: PackRow) -> Changes:
        text = _("Veille no longer looks for new packs in “{name}”.").format(name=Path(row.place).name)
        with self._store.history.recording(text) as entry:
            self._store.packs.remove(row.key)
        return Changes(undo=standing(self._store, entry), text=text)

    def _received(self, key: str) -> PackRow:
        found = next((each for each in self.all() if each.key == key), None)
        if found is None:
            raise NotFound(what=_("pack that is received"), name=plain(key)[:200])
        return found

    def _title(self, row: PackRow) -> str:
        base = self._base(row)
        return base.title if base else row.key


def _is_elsewhere(row: PackRow, path: Path) -> bool:
    """Whether the pack is looked at in another place than ``path``, where it still is."""
    if row.mine or not row.place or Path(row.place) == path:
        return False
    try:
        places.fingerprint(Path(row.place))
    except (OSError, BadFile):
        return False
    return True


def _named(path: Path) -> str:
    """The key of the pack that a file in a folder is called after."""
    return path.name.removesuffix(SUFFIX)
