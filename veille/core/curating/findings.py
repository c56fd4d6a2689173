"""The values of health: what can be wrong with a source, and what can be done about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from veille.content.addresses import resolve
from veille.i18n import N_, _
from veille.model import Source, SourceKind


class Ill(StrEnum):
    """What is wrong, the worst first."""

    DEAD = "dead"  # nothing there any more, for days
    CERTIFICATE = "certificate"
    FAILING = "failing"  # it fails for another reason, for more than a day
    MOVED = "moved"  # it says that it moved, and the person has to say whether that is believed
    FROZEN = "frozen"  # it answers, with the very same document, far longer than usual
    SILENT = "silent"  # its document changes, but nothing new is in it
    PAID = "paid"  # it gives beginnings of articles where it gave whole ones, or asks for money
    DUPLICATE = "duplicate"  # another source gives the same items
    RENAMED = "renamed"
    TRIAL = "trial"  # its trial is over


class Cure(StrEnum):
    """What can be done with one click."""

    RETRY = "retry"  # ask it again
    FIND = "find"  # look for its feed, at its site
    FOLLOW = "follow"  # take its new address
    STAY = "stay"  # keep its old one
    PAUSE = "pause"
    REMOVE = "remove"
    KEEP = "keep"  # for good, after a trial
    NEW_NAME = "new-name"  # call it what it calls itself now
    OLD_NAME = "old-name"
    REMOVE_OTHER = "remove-other"  # of two alike, the other one
    LEAVE = "leave"  # say nothing of this for 30 days


WORST = {ill: at for at, ill in enumerate(Ill)}
ASKING = frozenset({Cure.RETRY, Cure.FIND})  # they ask the network: the face begins them


@dataclass(frozen=True, slots=True)
class Finding:
    """``text`` says what is wrong, in the language in force ("Usually 4 a day, nothing for 3 days."), ``advice`` what
    to do. ``cures`` are what can be done, the likeliest first. ``other`` is the source that a duplicate is like (0:
    none).
    """

    source: int
    ill: Ill
    text: str
    advice: str
    cures: tuple[Cure, ...]
    since: datetime | None = None
    other: int = 0


_NAMES = {
    Cure.RETRY: N_("Try again"),
    Cure.FIND: N_("Look for its feed…"),
    Cure.FOLLOW: N_("Keep the new address"),
    Cure.STAY: N_("Stay with the old one"),
    Cure.PAUSE: N_("Pause"),
    Cure.REMOVE: N_("Remove"),
    Cure.KEEP: N_("Keep it"),
    Cure.NEW_NAME: N_("Use the new name"),
    Cure.OLD_NAME: N_("Keep the old name"),
    Cure.REMOVE_OTHER: N_("Remove the other"),
    Cure.LEAVE: N_("Leave it for 30 days"),
}


def name(cure: Cure) -> str:
    """What its button says, in the language in force."""
    return _(_NAMES[cure])


def where_to_look(source: Source) -> str:
    """The address at which its feed is looked for: its site, or the first page of its host; of a page, the page."""
    if source.kind is SourceKind.PAGE:
        return source.address
    if source.site:
        return source.site
    return resolve("/", source.address) or source.address
