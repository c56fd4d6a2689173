"""Finding what can be watched at an address: what would be asked, what was found, and what the chosen one gives."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from veille.content.networks import Meant, meant, shown
from veille.content.text import plain
from veille.errors import BadAddress, VeilleError
from veille.i18n import _
from veille.model import SourceKind
from veille.ui.desk.asking import Asking
from veille.ui.desk.lines import Lines
from veille.ui.desk.previewing import Previewing
from veille.ui.desk.selecting import Selecting
from veille.ui.dialogs.notes import Note
from veille.ui.labels import PlainLabel, breakable
from veille.ui.layouts import down, named
from veille.ui.tasks import Tasks

if TYPE_CHECKING:
    from veille.core.curating.discovery import Candidate, Discovery, Found, Plan
    from veille.core.services import Services

PLAN = "discovery.plan"
LONGEST = 300  # letters of what a page calls a feed
ROWS = 5  # candidates that show at once
CHOICE = Qt.ItemDataRole.UserRole  # the number of the candidate; THE_PAGE for the page itself
THE_PAGE = -1


class Finding(QWidget):
    """Shown for web addresses. ``chosen`` says that something else would be added now, or that more is known of it;
    ``working`` that somebody is asked, or no longer; ``shown`` carries the widget that has something new to see;
    ``left`` that the person would rather look in a profile of their own, where the sample has nobody to ask."""

    chosen = Signal()
    working = Signal()
    shown = Signal(QWidget)
    left = Signal()

    def __init__(
        self, services: "Services", tasks: Tasks, *, leaves: bool = False, parent: QWidget | None = None
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._leaves = leaves and services.sample
        self._tasks = tasks
        self._services, self._sample = services, services.sample
        self._typed, self._private = "", False
        self._elsewhere: tuple[Meant, ...] = ()
        self._candidates: tuple[Candidate, ...] = ()
        self._picked: Meant | None = None  # by the person
        self._page = self._page_title = ""
        self._looked = self._planning = False
        self.asking = Asking(tasks)
        self.leave = QPushButton(_("Look in my own profile…"), autoDefault=True)
        self.leave.hide()
        self.note = Note(self.asking.button)
        self.problems = named(PlainLabel(), "muted")
        self.problems.setWordWrap(True)
        self.list = Lines(_("What was found"), ROWS)
        self.previewing = Previewing(None if self._sample else self._discovery, tasks)
        self.selecting = Selecting(self._discovery, tasks)
        self._column = down(self, spacing=10)
        self.leave.clicked.connect(self.left)
        for each in (self.asking, self.leave, self.note, self.problems, self.list, self.previewing, self.selecting):
            self._column.addWidget(each)
        self._column.setAlignment(self.leave, Qt.AlignmentFlag.AlignRight)
        self.list.itemSelectionChanged.connect(self._pick)
        self.asking.working.connect(self._work)
        self.previewing.asking.working.connect(self._work)
        self.previewing.came.connect(self.chosen)
        self.previewing.came.connect(lambda: self.shown.emit(self.previewing.gives))
        self.selecting.judged.connect(self.chosen)
        self.hide()

    def _discovery(self) -> "Discovery":
        """Called by threads, so that it is made in one of them."""
        return self._services.discovery

    # What counts -----------------------------------------------------------------------------------

    @property
    def candidate(self) -> "Candidate | None":
        """The one that is chosen."""
        at = self._at
        return self._candidates[at] if at is not None and at != THE_PAGE else None

    @property
    def on_page(self) -> bool:
        """Whether the page itself is chosen."""
        return self._at == THE_PAGE

    def meant(self, typed: Meant) -> Meant | None:
        """What would be added where ``typed`` was understood; None where nothing can be."""
        if self.candidate is not None:
            return self.candidate.meant
        if self.on_page:
            return _the_page(self._page) if self.selecting.good else None
        return None if self.known else typed

    @property
    def selector(self) -> str:
        """What finds the items of the page, where that is chosen; else ""."""
        return self.selecting.selector if self.on_page else ""

    @property
    def title(self) -> str:
        """What it calls itself, as far as that is known."""
        if self.on_page:
            return plain(self._page_title)
        preview = self.previewing.preview
        return plain((preview.title if preview else "") or (self.candidate.said if self.candidate else ""))

    @property
    def busy(self) -> bool:
        """Whether somebody is asked."""
        return self.asking.busy or self.previewing.asking.busy

    @property
    def looking(self) -> bool:
        """Whether it is not known yet what can be added."""
        return self.asking.busy

    @property
    def known(self) -> bool:
        """Whether it is known that the address leads elsewhere: it was looked at, or tells so by itself."""
        return bool(self._candidates) or (self._looked and bool(self._page))

    @property
    def first(self) -> bool:
        """Whether looking comes before adding: something is or will be announced, and nothing is chosen yet."""
        return (self._planning or self.asking.ready or not self.leave.isHidden()) and self._at is None

    @property
    def default(self) -> QPushButton:
        """The button that looks."""
        return self.asking.button if self.leave.isHidden() else self.leave

    @property
    def _at(self) -> int | None:
        rows = self.list.selectedItems()
        return int(rows[0].data(CHOICE)) if rows else None

    # What is typed ---------------------------------------------------------------------------------

    def read(self, typed: str, private: bool = False, elsewhere: tuple[Meant, ...] = ()) -> None:
        """Announce what would be asked for ``typed``, a web address ("" for anything else), which may be one of the
        person's own network (``private``). What is offered ``elsewhere`` is not offered here."""
        self._elsewhere = elsewhere
        if (typed, private) == (self._typed, self._private):
            return
        anew = typed != self._typed
        self._typed, self._private = typed, private
        self.asking.hold()
        self._tasks.forget(PLAN)
        if anew:
            self._clear()
        elif not self._candidates and not self._page:
            self._say("")  # what was wrong may be right now
        else:
            self._choose()
        self.leave.hide()
        self.setVisible(bool(typed))
        self._planning = bool(typed)
        if typed:
            self._plan()

    def _plan(self) -> None:
        typed, private = self._typed, self._private
        self._tasks.query(
            PLAN, lambda: _planned(self._discovery(), typed, private), self._take_plan, lambda: self._take_plan(None)
        )

    def _take_plan(self, answer: "tuple[Plan, tuple[Candidate, ...]] | None") -> None:
        plan, known = answer or (None, ())
        self._planning = False
        if plan is not None and plan.steps and self._sample:
            self.asking.say(_("The sample is invented: there is nothing to ask."))
            self.leave.setVisible(self._leaves)
        elif plan is not None and plan.steps:
            self._offer(_("Look for its feeds"), plan)
        else:
            self.asking.say(plan.note if plan is not None else "")
        if not self._looked:
            self._list(self._here(known), "")

    def _offer(self, name: str, plan: "Plan", *, quiet: bool = False) -> None:
        self.asking.offer(
            name, plan, lambda task: self._discovery().look(plan, task), self._take, self._fail, quiet=quiet
        )
        self._put(below=quiet)

    def _put(self, *, below: bool) -> None:
        """What can be asked stands above what was found, or below it and its preview."""
        if below == (self._column.indexOf(self.asking) > self._column.indexOf(self.list)):
            return
        self._column.removeWidget(self.asking)
        self._column.insertWidget(self._column.count() if below else 0, self.asking)
        before = self.selecting.gives.items if below else self.leave
        QWidget.setTabOrder(before, self.asking.button)
        QWidget.setTabOrder(self.asking.button, self.asking.stop)

    def _clear(self) -> None:
        """Nothing is known of what is typed now."""
        self._looked = False
        self._picked = None
        self._page = self._page_title = ""
        self.note.tell("")
        self._say("")
        self._tasks.forget(PLAN)
        self.previewing.forget()
        self.selecting.forget()
        self._list((), "")

    # What was found --------------------------------------------------------------------------------

    def _take(self, found: "Found") -> None:
        focused = self._focused
        self._looked = True
        self.note.tell("")
        self._page, self._page_title = found.page or self._page, found.title or self._page_title
        candidates = joined(self._here(found.candidates), self._candidates)
        said = [*found.problems]
        if not candidates and not found.problems:
            said.append(_("No feed was found there."))
        self._say("\n".join(said))
        if found.next is not None and found.next.steps:
            self._offer(_("Look further"), found.next, quiet=any(map(_likely, candidates)))
        elif candidates or self._page:
            self.asking.withdraw()
        self._list(candidates, self._page)
        if focused and candidates:
            self.list.setFocus()
        self.chosen.emit()
        if self.list.count():
            self.shown.emit(self.list)

    def _fail(self, problem: str) -> None:
        self.note.tell(breakable(problem))
        self.chosen.emit()

    def _say(self, text: str) -> None:
        self.problems.setText(breakable(text))
        self.problems.setVisible(bool(text))
        self.list.setAccessibleDescription(text)

    @property
    def _focused(self) -> bool:
        """Whether the keyboard is where the look began: it goes on to what was found."""
        focus = self.window().focusWidget()
        return focus is None or focus in (self.asking.button, self.asking.stop) or focus.objectName() == "address"

    def _list(self, candidates: "tuple[Candidate, ...]", page: str) -> None:
        """Show them, the one that was chosen still chosen, else the likeliest."""
        on_page = self.on_page
        self._candidates = candidates
        self.list.blockSignals(True)
        self.list.clear()
        for number, each in enumerate(candidates):
            called = plain(each.said)[:LONGEST] or shown(each.meant)
            tip = f"{called}\n{each.meant.address}\n{each.why}"
            row = self.list.add(called, (plain(each.meant.address), plain(each.why)), self._marks(each), tip)
            row.setData(CHOICE, number)
        if page:
            rest = (plain(page), _("where no feed is right"))
            self.list.add(_("Watch the page itself"), rest).setData(CHOICE, THE_PAGE)
        addresses = [each.meant for each in candidates]
        if on_page and page:
            self.list.setCurrentRow(len(candidates))
        elif candidates:
            self.list.setCurrentRow(addresses.index(self._picked) if self._picked in addresses else 0)
        self.list.blockSignals(False)
        self.list.fit()
        self._choose()

    def _here(self, candidates: "tuple[Candidate, ...]") -> "tuple[Candidate, ...]":
        return tuple(each for each in candidates if each.meant not in self._elsewhere)

    def _marks(self, candidate: "Candidate") -> tuple[str, ...]:
        watched = _("watched already") if candidate.source else ""
        return tuple(filter(None, (_("comments") if candidate.comments else "", watched)))

    def _choose(self) -> None:
        one = self.candidate  # which was perhaps allowed when it was found, and is no longer
        self.previewing.show_candidate(one if one is None or self._private else replace(one, private=False))
        self.selecting.show_page(self._page if self.on_page else "")
        self.chosen.emit()

    def _pick(self) -> None:
        self._picked = self.candidate.meant if self.candidate else None
        self._choose()
        if self.on_page:
            self.shown.emit(self.selecting.box)

    # What is under way -----------------------------------------------------------------------------

    def cancel(self) -> bool:
        """Stop what is under way; False where nothing is."""
        return self.asking.cancel() or self.previewing.asking.cancel()

    def close_down(self) -> None:
        """The dialogue closes: whatever is under way is dropped, what was chosen is kept."""
        self.cancel()
        self._tasks.forget(PLAN)
        self.previewing.close_down()
        self.selecting.close_down()

    def _work(self, _on: bool) -> None:
        self.asking.button.setEnabled(not self.previewing.asking.busy)
        self.previewing.asking.button.setEnabled(not self.asking.busy)
        self.list.setEnabled(not self.asking.busy)
        self.working.emit()


def _likely(one: "Candidate") -> bool:
    """Whether a person would choose it, so that hardly anybody looks further."""
    return (one.declared or one.answered) and not one.comments


def joined(found: "tuple[Candidate, ...]", before: "tuple[Candidate, ...]") -> "tuple[Candidate, ...]":
    """What was ``found`` beside what was there ``before``, each once; what answered stands for what did not."""
    told = {each.meant: each for each in (*before, *found) if each.answered}
    order = (*before, *found) if any(each.answered or each.declared for each in before) else (*found, *before)
    return tuple(told.get(each, first) for each, first in _firsts(order).items())


def _firsts(candidates: "tuple[Candidate, ...]") -> "dict[Meant, Candidate]":
    firsts: dict[Meant, Candidate] = {}
    for each in candidates:
        firsts.setdefault(each.meant, each)
    return firsts


def _planned(discovery: "Discovery", typed: str, private: bool) -> "tuple[Plan, tuple[Candidate, ...]] | None":
    try:
        return discovery.plan(typed, private)
    except VeilleError:
        return None  # what is wrong with it stands beside it already


def _the_page(address: str) -> Meant | None:
    try:
        return meant(SourceKind.PAGE, address)
    except BadAddress:
        return None
