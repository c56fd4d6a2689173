"""What is done from the desk: to the sources that are chosen, and to one that ails. Each change can be undone."""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from veille.content.text import fold
from veille.i18n import N_, _
from veille.model import Changes, Membership, Outline
from veille.ui.layouts import named
from veille.ui.strips import Flow
from veille.ui.theme import dress

if TYPE_CHECKING:
    from veille.core.curating.desk import DeskRow
    from veille.core.curating.findings import Cure, Finding
    from veille.ui.window import Window

TRIALS = ((14, N_("For two weeks")), (30, N_("For a month")), (91, N_("For three months")))
Fill = Callable[[QMenu], None]


class Deeds(QObject):
    """Acts on ``chosen``, the rows that are selected. ``done`` carries the :class:`Changes` of each deed, ``showing``
    the source whose items are to be looked at."""

    done = Signal(object)
    showing = Signal(int)

    def __init__(self, window: "Window", parent: QWidget) -> None:
        super().__init__(parent)
        self._window, self._services, self._tasks = window, window.services, window.tasks
        self._parent, self._open = parent, True
        self.outline = Outline()
        self.chosen: Sequence[DeskRow] = ()

    @property
    def ids(self) -> tuple[int, ...]:
        """The sources that are chosen."""
        return tuple(row.source.id for row in self.chosen)

    def change(self, call: Callable[[], Changes]) -> None:
        """Do it, after what was begun before."""
        self._tasks.change(call, self._tell)

    def _tell(self, changes: Changes) -> None:
        if self._open:
            self.done.emit(changes)

    def forget(self) -> None:
        """Nobody looks any more; what was begun is done."""
        self._open = False

    # On those that are chosen -----------------------------------------------------------------------

    def move(self, sector: str, new: str = "") -> None:
        """Into ``sector``, or into a ``new`` one of that title, and out of the others."""
        ids = self.ids
        self.change(lambda: self._services.several.move(ids, sector, new_sector=new))

    def place(self, sector: str, new: str = "") -> None:
        """Into ``sector``, or into a ``new`` one of that title, too."""
        ids = self.ids
        self.change(lambda: self._services.several.place(ids, sector, new_sector=new))

    def label(self, label: str, on: bool = True) -> None:
        """Give them ``label``, or take it from them."""
        ids, several = self.ids, self._services.several
        self.change(lambda: several.label(ids, (label,)) if on else several.label(ids, remove=(label,)))

    def try_out(self, days: int | None) -> None:
        """Watch them for so many days from today; None: for good."""
        ids = self.ids
        until = None if days is None else (self._services.clock.now().astimezone() + timedelta(days=days)).date()
        self.change(lambda: self._services.several.on_trial(ids, until))

    @property
    def all_paused(self) -> bool:
        """Whether each of them is paused."""
        return bool(self.chosen) and all(row.paused for row in self.chosen)

    def pause(self) -> None:
        """Ask them no longer, or, where all are paused, again."""
        ids, paused = self.ids, not self.all_paused
        self.change(lambda: self._services.several.pause(ids, paused))

    def remove(self) -> None:
        """Set them aside."""
        ids = self.ids
        self.change(lambda: self._services.several.remove(ids))

    def refresh(self) -> None:
        """Ask them now."""
        self._window.curating.refresh(self.ids)

    def show(self) -> None:
        """Look at what the first of them gave."""
        if self.chosen:
            self.showing.emit(self.chosen[0].source.id)

    # On one -----------------------------------------------------------------------------------------

    def cure(self, row: "DeskRow", finding: "Finding", cure: "Cure") -> None:
        """Do what a finding offers."""
        from veille.core.curating.findings import Cure, where_to_look

        if cure is Cure.RETRY:
            self._window.curating.refresh((row.source.id,))
        elif cure is Cure.FIND:
            sector = row.members[0].sector if row.members else None
            self._window.curating.add_address(sector, where_to_look(row.source), over=self._parent)
        else:
            self.change(lambda: self._services.health.cure(finding, cure))

    def explain(self, row: "DeskRow", member: Membership) -> None:
        """Ask why it stands there."""
        from veille.ui.dialogs.naming import ask_name

        title = next((each.title for each in self.outline.sectors if each.key == member.sector), member.sector)
        text = _("Why “{title}” is in “{sector}”").format(title=row.source.label, sector=title)
        why = ask_name(self._parent, text, member.why)
        if why is not None and why != member.why:
            self.change(lambda: self._services.several.explain(row.source.id, member.sector, why))

    # Menus ------------------------------------------------------------------------------------------

    def fill_moves(self, menu: QMenu) -> None:
        """The sectors into which they can go."""
        self._fill_sectors(menu, self.move)

    def fill_places(self, menu: QMenu) -> None:
        """The sectors in which they can be, too."""
        self._fill_sectors(menu, self.place)

    def _fill_sectors(self, menu: QMenu, do: Callable[[str, str], None]) -> None:
        there = [{each.sector for each in row.members} for row in self.chosen]
        for sector in self.outline.sectors:
            action = menu.addAction(_name(sector.title))
            action.triggered.connect(partial(_call, do, sector.key))
            if do == self.place:
                action.setEnabled(not all(sector.key in each for each in there))
        menu.addSeparator()
        menu.addAction(_("New sector…")).triggered.connect(lambda _on=False: self._new_sector(do))

    def _new_sector(self, do: Callable[[str, str], None]) -> None:
        from veille.ui.dialogs.naming import ask_name

        if name := ask_name(self._parent, _("Name of the sector"), ""):
            do("", name)

    def fill_labels(self, menu: QMenu) -> None:
        """All labels; those that each of them has are ticked."""
        labels = {fold(each): each for source in self.outline.sources.values() for each in source.labels}
        theirs = [set(map(fold, row.source.labels)) for row in self.chosen]
        for folded, label in sorted(labels.items()):
            action = menu.addAction(_name(label))
            action.setCheckable(True)
            action.setChecked(all(folded in each for each in theirs))
            action.triggered.connect(lambda on, label=label: self.label(label, on))
        menu.addSeparator()
        menu.addAction(_("New label…")).triggered.connect(lambda _on=False: self._new_label())

    def _new_label(self) -> None:
        from veille.ui.dialogs.naming import ask_name

        if name := ask_name(self._parent, _("Label"), ""):
            self.label(name)

    def fill_trials(self, menu: QMenu) -> None:
        """How long they are tried."""
        for days, text in TRIALS:
            menu.addAction(_(text)).triggered.connect(partial(_call, self.try_out, days))
        menu.addSeparator()
        menu.addAction(_("No trial: keep for good")).triggered.connect(lambda _on=False: self.try_out(None))

    def menu(self, parent: QWidget) -> QMenu:
        """What can be done with them, for a right click."""
        menu = QMenu(parent)
        dress(menu)
        if len(self.chosen) == 1:
            menu.addAction(_("Show what it gave")).triggered.connect(lambda _on=False: self.show())
        menu.addAction(_("Refresh")).triggered.connect(lambda _on=False: self.refresh())
        menu.addSeparator()
        for text, fill in self.menus:
            beside = menu.addMenu(text)
            dress(beside)
            fill(beside)
        menu.addSeparator()
        pause = _("Resume") if self.all_paused else _("Pause")
        menu.addAction(pause).triggered.connect(lambda _on=False: self.pause())
        menu.addAction(_("Remove")).triggered.connect(lambda _on=False: self.remove())
        return menu

    @property
    def menus(self) -> tuple[tuple[str, Fill], ...]:
        """What opens below a button, and what fills it."""
        return (
            (_("Move to"), self.fill_moves), (_("Also in"), self.fill_places), (_("Label"), self.fill_labels),
            (_("Trial"), self.fill_trials),
        )  # fmt: skip


class DeedBar(QWidget):
    """The same as buttons, in as many rows as they need."""

    def __init__(self, deeds: Deeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._deeds = deeds
        flow = Flow()
        flow.setContentsMargins(0, 0, 0, 0)
        self.setLayout(flow)
        self.buttons = [menu_button(text, fill) for text, fill in deeds.menus]
        self.pause = button(_("Pause"), deeds.pause)
        self.remove = button(_("Remove"), deeds.remove)
        self.buttons += [self.pause, self.remove]
        for each in self.buttons:
            flow.addWidget(each)
        self.show_chosen()

    def show_chosen(self) -> None:
        """What can be done with those that are chosen."""
        self.pause.setText(_("Resume") if self._deeds.all_paused else _("Pause"))
        for each in self.buttons:
            each.setEnabled(bool(self._deeds.chosen))


def button(text: str, deed: Callable[[], object]) -> QPushButton:
    """A button that does it; Enter presses it, too."""
    made = named(QPushButton(text, autoDefault=False), "act")
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.clicked.connect(lambda _on=False: deed())
    return made


def menu_button(text: str, fill: Fill) -> QPushButton:
    """A button that opens a menu, which is made when it opens."""
    made = named(QPushButton(text, autoDefault=False), "act")
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    menu = QMenu(made)

    def refill() -> None:
        menu.clear()
        dress(menu)
        fill(menu)

    menu.aboutToShow.connect(refill)
    made.setMenu(menu)
    return made


def ailing(rows: "Collection[DeskRow]") -> int:
    """How many of them need attention."""
    return sum(bool(row.findings) for row in rows)


def _name(text: str) -> str:
    """``text`` in a menu, where & would mark a letter."""
    return text.replace("&", "&&")


def _call(do: Callable[..., None], what: object, _on: bool = False) -> None:
    do(what)
