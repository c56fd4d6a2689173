"""How much room the profile takes, and what could go."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from veille.errors import Cancelled, ProfileBusy, ProfileUnwritable
from veille.i18n import _, day, ngettext, number, size
from veille.model import Changes, Clock, Progress
from veille.settings import Settings

if TYPE_CHECKING:
    from veille.store import Store

BATCH = 1000  # items in one transaction: nobody waits longer than for that


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes on the disk of ``database``, ``index`` and ``traces``; of the first, about what ``articles``, ``pictures``
    and ``free`` take. ``items`` of which ``kept`` never expire; ``oldest`` is the date of the oldest item."""

    database: int
    index: int
    traces: int
    articles: int
    pictures: int
    free: int
    items: int
    kept: int
    oldest: datetime | None

    @property
    def whole(self) -> int:
        """All of it."""
        return self.database + self.index + self.traces

    @property
    def text(self) -> str:
        """How many items there are, in one sentence."""
        items = ngettext("{n} item", "{n} items", self.items).format(n=number(self.items))
        oldest = _("the oldest is of {day}").format(day=day(self.oldest.astimezone())) if self.oldest else ""
        kept = ngettext("{n} is kept for ever", "{n} are kept for ever", self.kept).format(n=number(self.kept))
        kept = kept if self.kept else ""
        return ", ".join(filter(None, (items, oldest, kept))) + "."


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a clean-up would remove: ``items`` that came before ``before`` and that nobody kept, about ``bytes`` of
    them, the ``oldest`` of that date, the most by source label in ``sources``; ``kept`` are as old and stay.

    ``before`` is None when nothing expires: for 0 days (``never``), or where no source ever gave a date.
    """

    before: datetime | None
    items: int = 0
    bytes: int = 0
    kept: int = 0
    sources: tuple[tuple[str, int], ...] = ()
    oldest: datetime | None = None
    ids: "array[int]" = field(default_factory=lambda: array("q"), repr=False, compare=False)
    never: bool = False

    @property
    def text(self) -> str:
        """What would go, in a sentence or two."""
        if self.never:
            return _("Nothing is deleted: 0 days means never.")
        if self.before is None or self.oldest is None:
            return _("There is nothing to delete.")
        text = ngettext(
            "{n} item that came before {day} would go, about {size}. It is of {oldest}.",
            "{n} items that came before {day} would go, about {size}. The oldest is of {oldest}.", self.items
        )  # fmt: skip
        oldest, before = (day(when.astimezone()) for when in (self.oldest, self.before))
        return text.format(n=number(self.items), day=before, size=size(self.bytes), oldest=oldest)

    @property
    def kept_text(self) -> str:
        """What is as old and stays, and why; "" when nothing is."""
        if not self.kept:
            return ""
        text = ngettext("{n} item as old stays: you kept it.", "{n} items as old stay: you kept them.", self.kept)
        return text.format(n=number(self.kept))


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a clean-up did: so many items ``removed``, bytes ``given`` back to the disk. ``text`` says it."""

    removed: int
    given: int
    changes: Changes
    text: str
    cancelled: bool = False


class Storage:
    """Sizes and clean-up of one profile. ``wake`` tells the indexer."""

    def __init__(
        self, store: "Store", clock: Clock, settings: Callable[[], Settings], wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._wake = wake

    def sizes(self) -> Sizes:
        """What is there now."""
        room = self._store.room
        inside = room.inside()
        return Sizes(
            room.database(), room.index(), room.traces(), inside.articles, inside.pictures, inside.free, inside.items,
            inside.kept, inside.oldest)  # fmt: skip

    def propose(self, days: int | None = None) -> Proposal:
        """What would go of all that is older than ``days`` (None: as the setting says; 0: nothing, as in the setting),
        counted as expiry counts. Changes nothing."""
        days = self._settings().keep_days if days is None else days
        before = horizon(self._store, days)
        if before is None:
            return Proposal(None, never=not days)
        going = self._store.room.going(before)
        sources = self._store.sources.some(going.sources)
        named = tuple((sources[id].label, count) for id, count in going.sources.items())
        return Proposal(before, len(going.ids), going.bytes, going.kept, named, going.oldest, going.ids)

    def clean(self, proposal: Proposal, progress: Progress) -> Cleaned:
        """Remove what ``proposal`` said, but what was kept meanwhile, and give the room back to the disk.

        It cannot be undone. Removed items leave their identity, so that their sources do not bring them back. What was
        removed before it was cancelled is removed. Raises ProfileUnwritable.
        """
        before = self._store.room.database()
        removed = self._remove(proposal, progress)
        if removed:
            self._wake()
        done, why = self._give_back(progress) if removed and not progress.cancelled else (False, "")
        given = max(0, before - self._store.room.database()) if done else 0
        sources = self._store.sources.outline().named if removed else ()
        changes = Changes(sources=frozenset(sources), items=frozenset(proposal.ids if removed else ()))
        text = " ".join(filter(None, (_removed_text(removed), _given_text(given) if removed else "", why)))
        return Cleaned(removed, given, changes, text, progress.cancelled)

    def _remove(self, proposal: Proposal, progress: Progress) -> int:
        removed = 0
        for first in range(0, len(proposal.ids), BATCH):
            if progress.cancelled or proposal.before is None:
                break
            progress.step(first, len(proposal.ids), _("Deleting old items"))
            removed += self._store.items.expire(proposal.before, proposal.ids[first : first + BATCH])
        return removed

    def _give_back(self, progress: Progress) -> tuple[bool, str]:
        """Whether the room was given back to the disk, and what kept it from that."""
        if not self._store.room.worth_giving_back:
            return False, ""
        progress.step(0, 0, _("Giving room back to the disk; changes wait until then"))
        try:
            self._store.room.give_back(lambda: progress.cancelled)
        except Cancelled:
            return False, ""
        except (ProfileUnwritable, ProfileBusy) as error:  # what was to be removed is
            return False, _("The file could not be made smaller now: {why}").format(why=error)
        return True, ""


def horizon(store: "Store", days: int) -> datetime | None:
    """Before when what came is older than ``days``; None when nothing is: for 0 days, and where no source gave a date.

    Counted from the newest date that a source gave: were this machine's clock ahead, all would expire.
    """
    latest = store.items.latest() if days > 0 else None
    try:
        return None if latest is None else latest - timedelta(days=days)
    except OverflowError:  # older than any date
        return None


def expiry_text(days: int) -> str:
    """What the setting ``keep_days`` does, in a sentence."""
    if not days:
        return _("Nothing is deleted by itself.")
    text = ngettext(
        "What you did not save, tag, highlight or note is deleted after {n} day.",
        "What you did not save, tag, highlight or note is deleted after {n} days.", days
    )  # fmt: skip
    return text.format(n=number(days))


def _removed_text(removed: int) -> str:
    return ngettext("{n} item was deleted.", "{n} items were deleted.", removed).format(n=number(removed))


def _given_text(given: int) -> str:
    if given:
        return _("{size} given back to the disk.").format(size=size(given))
    return _("Their room is used for what comes.")
