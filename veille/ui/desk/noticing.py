"""Noticing new editions of the packs that are followed, beside everything else, and saying so once."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from veille.i18n import _, ngettext, number
from veille.ui.tasks import Task, Tasks

if TYPE_CHECKING:
    from veille.core.packs.offered import Look, Offer
    from veille.core.services import Services

NAME = "packs"


class Noticing(QObject):
    """``noticed`` carries each :class:`Look`, ``offered`` all offers that are new since the last.

    A place may be a share that hangs: nobody waits for a look.
    """

    noticed = Signal(object)
    offered = Signal(object)
    told = Signal(str)

    def __init__(self, services: "Services", tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._tasks = services, tasks
        self.last: Look | None = None
        self._known: set[tuple[str, int, str]] = set()
        self._complained: set[tuple[str, str]] = set()

    def look(self) -> None:
        """Look at every place now, unless a look is under way."""
        if not self._services.sample and self._services.writable:
            self._tasks.aside(NAME, self._call, self._take)

    def _call(self, task: Task) -> "Look":
        return self._services.offers.look(task)

    def _take(self, look: "Look") -> None:
        self.last = look
        for changes in look.accepted:
            self._tasks.changed.emit(changes)  # the window says it, and offers to take it back
        self.noticed.emit(look)
        unknown = tuple(each for each in look.offers if _mark(each) not in self._known)
        self._known.update(map(_mark, unknown))
        if unknown:
            self.offered.emit(unknown)
        new = [each for each in look.problems if each not in self._complained]
        self._complained = set(look.problems)
        if new:
            self.told.emit(new[0][1])

    def settle(self, offer: "Offer") -> None:
        """``offer`` was decided on: look again."""
        self._known.add(_mark(offer))
        self.look()


def said(offers: "tuple[Offer, ...]") -> str:
    """What the window says of ``offers``: what one brings, and a warning where it is not by whom it should be."""
    if len(offers) > 1:
        return ngettext("{n} pack brings something new.", "{n} packs bring something new.", len(offers)).format(
            n=number(len(offers))
        )
    offer = offers[0]
    return " ".join(filter(None, (offer.text, offer.author_text if offer.suspicious else "")))


def choice(offers: "tuple[Offer, ...]") -> str:
    """The button beside it."""
    return _("See what changes…") if len(offers) == 1 else _("See them…")


def _mark(offer: "Offer") -> tuple[str, int, str]:
    return offer.pack.key, offer.pack.version, " ".join(sorted(each.mark for each in offer.changes))
