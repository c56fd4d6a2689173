"""The desk: all sources in one table, what narrows it above, the chosen ones beside it, and what is done to them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QPaintEvent, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QMenu, QSplitter, QStackedWidget, QToolButton

from veille.core.curating.desk import DeskFilter, narrowed
from veille.i18n import _, ngettext, number
from veille.model import Changes, Outline
from veille.ui.desk.deeds import DeedBar, Deeds, ailing, button, menu_button
from veille.ui.desk.details import Details
from veille.ui.desk.examining import Examining
from veille.ui.desk.filters import FOLDED, Filters
from veille.ui.desk.table import DeskModel, DeskView
from veille.ui.labels import Elided, PlainLabel, key_name
from veille.ui.layouts import across, down, named
from veille.ui.places import Place
from veille.ui.pressing import is_enter, press
from veille.ui.strips import TELLS, Strip
from veille.ui.theme import colours, dress, sized

if TYPE_CHECKING:
    from collections.abc import Sequence

    from veille.core.curating.desk import DeskRow
    from veille.ui.window import Window

SLOT, AHEAD, LOOK = "desk", "desk.figures", "desk.look"  # queries; the last is remembered under this name, too
CALM = 400  # ms between two looks while changes pour in
UNDO_SECONDS = 12
BESIDE = 980  # logical pixels of width from which on the details stand beside the table
LOW = 560  # logical pixels of height below which they are hidden until they are asked for
Answer = tuple[Outline, "Sequence[DeskRow]"]


class DeskWindow(QDialog):
    """Beside the main window, which stays usable. It never asks in the face's own thread: it opens with the outline of
    the main window and with figures and findings as they were last; as they are now they come when they are there."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window, self._services, self._tasks = window, window.services, window.tasks
        self._open = True
        self._dressed = colours()
        self.rows: Sequence[DeskRow] = ()
        self.whole = False  # whether figures and findings are there, as they are now or were last
        self.fresh = False  # whether they are as they are now
        self._tasks.query(LOOK, lambda: self._services.preferences.recall(LOOK), self._take_look)
        known = self._services.desk.known
        self._painted = not known
        if not known:  # there is nothing to paint yet but names
            self.look()
        dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Desk"))
        self.setProperty(TELLS, True)
        self._build()
        self._lay_out()
        self._connect()
        self.resize(QSize(1240, 760).boundedTo(self.screen().availableSize() * 0.95))
        self._arrange()
        outline, desk = window.browsing.outline, self._services.desk
        self._take((outline, desk.latest(outline)), whole=known, fresh=False)
        self.table.setFocus()

    # Layout ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.deeds = Deeds(self._window, self)
        self.counts = Elided()
        self.counts.setFont(sized(self.font(), 1.1, bold=True))
        self.add = button(_("Add anything…"), self._add)
        self.add.setDefault(True)  # to look so: Enter alone presses nothing here
        self.rules = button(_("Rules…"), self._open_rules)
        self.packs = button(_("Packs…"), lambda: self._window.open_packs())
        self.more = menu_button(_("More"), self._fill_more)
        self.beside = named(QToolButton(), "chip")
        self.beside.setText(_("Details"))
        self.beside.setCheckable(True)
        self.beside.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.filters = Filters()
        self.bar = DeedBar(self.deeds)
        self.strip = Strip()
        self.model = DeskModel(self)
        self.table = DeskView(self.model)
        self.empty = named(PlainLabel(), "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.details = Details(self._services, self._tasks, self.deeds)
        self.examining = Examining(self._services, self._tasks)
        self._calm = QTimer(self, singleShot=True, interval=CALM)

    def _lay_out(self) -> None:
        head = across(spacing=8)
        head.addWidget(self.counts, 1)
        for each in (self.beside, self.add, self.rules, self.packs, self.more):
            head.addWidget(each)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.stack.setMinimumSize(240, 5 * self.fontMetrics().lineSpacing())
        self.details.setMinimumSize(200, 3 * self.fontMetrics().lineSpacing())
        self.split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self.split.addWidget(self.stack)
        self.split.addWidget(self.details)
        self.split.setStretchFactor(0, 1)
        column = down(self, spacing=8, margins=(18, 14, 18, 12))
        column.addLayout(head)
        column.addWidget(self.filters)
        column.addWidget(self.bar)
        column.addWidget(self.strip)
        column.addWidget(self.examining)
        column.addWidget(self.split, 1)

    def _connect(self) -> None:
        self.filters.changed.connect(self._narrow)
        self.table.picked.connect(self._pick)
        self.table.opened.connect(self._show_items)
        self.table.removing.connect(self.deeds.remove)
        self.table.customContextMenuRequested.connect(self._open_menu)
        self.beside.toggled.connect(self._show_details)
        self.deeds.done.connect(self._tell)
        self.deeds.showing.connect(self._show_items)
        for part in (self.strip, self.details):
            part.left.connect(self.table.setFocus)
        self._calm.timeout.connect(self.look)
        self._tasks.changed.connect(self._take_changes)
        self._tasks.failed.connect(self._fail)
        self.examining.ended.connect(self._examined)
        self._window.browsing.told.connect(self._undone)
        self._window.installEventFilter(self)
        for keys, deed in (
            ("Ctrl+Z", lambda: self._window.browsing.undo()), ("Ctrl+F", self._find), ("F5", self._refresh),
            ("F10", self.more.showMenu),
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), self).activated.connect(deed)

    # Asking ---------------------------------------------------------------------------------------

    def look(self) -> None:
        """Ask for all rows; for the figures apart, which takes the database as long as the rest takes us."""
        if not self._open:  # it is about to be deleted
            return
        services = self._services
        self._tasks.query(
            SLOT, lambda: (services.curation.outline(), services.desk.rows()), lambda answer: self._take(answer)
        )
        self._tasks.query(AHEAD, services.desk.figures, lambda _figures: None)

    def _take(self, answer: Answer, whole: bool = True, fresh: bool = True) -> None:
        outline, self.rows = answer
        self.fresh = fresh
        self.whole = self.whole or whole
        self.deeds.outline = outline
        self.filters.take_outline(outline)
        self._narrow()

    def _take_look(self, text: str) -> None:
        if text:
            self.table.restore_look(text)

    def _take_changes(self, changes: Changes) -> None:
        """At once what the person changed in the list; what pours in now and then."""
        if changes.outline and changes.undo is not None:
            self._calm.stop()
            self.look()
            if self.isActiveWindow():
                self._tell(changes)
        elif not self._calm.isActive():
            self._calm.start()

    # What is shown ----------------------------------------------------------------------------------

    def _narrow(self) -> None:
        wanted = self.filters.wanted
        self.model.show(self.rows if wanted == DeskFilter() else narrowed(self.rows, wanted))
        if self.model.rows and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))
        self._count()
        there = bool(self.model.rows)
        if not there:
            nothing = _("No source yet. “Add anything…” begins the list.")
            self.empty.setText(_("No source is like that.") if self.rows else nothing)
        focused = self.table.hasFocus()
        self.stack.setCurrentWidget(self.table if there else self.empty)
        if focused and not there:
            (self.filters.text if self.rows else self.add).setFocus()

    def _count(self) -> None:
        whole, shown, sick = len(self.rows), len(self.model.rows), ailing(self.rows)
        if shown == whole:
            parts = [ngettext("{n} source", "{n} sources", whole).format(n=number(whole))]
        else:
            text = ngettext("{n} of {all} source", "{n} of {all} sources", whole)
            parts = [text.format(n=number(shown), all=number(whole))]
        if sick:
            parts.append(ngettext("{n} needs attention", "{n} need attention", sick).format(n=number(sick)))
        self.counts.say(" · ".join(parts), parts[0])

    def _pick(self) -> None:
        self.deeds.chosen = self.table.chosen
        self.bar.show_chosen()
        self.details.show_chosen()

    def _show_details(self, shown: bool) -> None:
        self.details.setVisible(shown)
        self.details.show_chosen()

    def _arrange(self) -> None:
        """The details beside the table, or below it; at first hidden where it is low. Where it is narrow, what opens
        further windows stands in the menu."""
        for each in (self.rules, self.packs):
            each.setVisible(self.width() >= FOLDED)
        way = Qt.Orientation.Horizontal if self.width() >= BESIDE else Qt.Orientation.Vertical
        if way is not self.split.orientation() or not self.split.property("arranged"):
            self.split.setOrientation(way)
            self.split.setProperty("arranged", True)
            beside = way is Qt.Orientation.Horizontal
            room = self.width() if beside else self.height()
            part = min(320, room // 3) if beside else room // 4
            self.split.setSizes([room - part, part])
            self.beside.setChecked(beside or self.height() >= LOW)
            self.details.setVisible(self.beside.isChecked())

    # What is done -----------------------------------------------------------------------------------

    def _tell(self, changes: Changes) -> None:
        if not self._open or not changes.text:
            return
        entry = changes.undo
        if entry is None:
            self.strip.tell(changes.text, sign="check", seconds=UNDO_SECONDS)
        else:
            undo = (_("Undo"), lambda: self._window.browsing.undo(entry))
            self.strip.tell(changes.text, undo, sign="undo", seconds=UNDO_SECONDS)

    def _undone(self, text: str) -> None:
        if self.isActiveWindow():
            self.strip.tell(text, sign="check", seconds=UNDO_SECONDS)

    def _fail(self, text: str) -> None:
        self.strip.tell(text, sign="warning", warn=True)

    def _show_items(self, source: int) -> None:
        row = next((each for each in self.rows if each.source.id == source), None)
        sector = row.members[0].sector if row and row.members else None
        self._window.browsing.go(Place("source", sector=sector, source=source))
        self._window.activateWindow()

    def _add(self) -> None:
        """From the sample to the person's own profile."""
        if self._services.sample:
            self._window.begin("add")
        else:
            self._window.curating.add_address(over=self)

    def _open_rules(self) -> None:
        from veille.ui.desk.rules import open_rules

        open_rules(self._window)

    def _fill_more(self, menu: QMenu) -> None:
        menu.addAction(_("Check thoroughly")).triggered.connect(lambda _on=False: self.examining.begin())
        if self.rules.isHidden():
            menu.addAction(_("Rules…")).triggered.connect(lambda _on=False: self._open_rules())
            menu.addAction(_("Packs…")).triggered.connect(lambda _on=False: self._window.open_packs())
            menu.addSeparator()
        undo = _("Undo the last change")
        action = menu.addAction(f"{undo}\t{key_name('Ctrl+Z')}")
        action.triggered.connect(lambda _on=False: self._window.browsing.undo())
        menu.addSeparator()
        menu.addAction(_("Export OPML…")).triggered.connect(lambda _on=False: self._window.export())

    def _open_menu(self, at: QPoint) -> None:
        if self.deeds.chosen:
            menu = self.deeds.menu(self)
            menu.exec(self.table.viewport().mapToGlobal(at))
            menu.deleteLater()

    def _refresh(self) -> None:
        if self.deeds.chosen:
            self.deeds.refresh()

    def _find(self) -> None:
        self.filters.text.setFocus()
        self.filters.text.selectAll()

    def _examined(self, text: str) -> None:
        self.strip.tell(text, sign="check")
        self.look()

    # Qt's own ---------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses a button and closes nothing; Esc takes away a message or what narrows the table first."""
        if is_enter(event):
            press(self.focusWidget())
            return
        if event.key() == Qt.Key.Key_Escape:
            if self.strip.isVisible():
                self.strip.dismiss()
                return
            if self.filters.clear():
                self.table.setFocus()
                return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is known is painted first: looking for what is new would only delay it."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self.look)

    def showEvent(self, event: QShowEvent) -> None:
        """A window like others: it does not stay above the main one, whose list may be what is wanted."""
        super().showEvent(event)
        if handle := self.windowHandle():
            handle.setTransientParent(None)  # type: ignore[arg-type]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """When the main window closes, while there is still somebody to remember how the table looked."""
        if watched is self._window and event.type() is QEvent.Type.Close:
            self.close()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible():
            self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """The scheme may have changed."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._dressed is not colours():
            self._dressed = colours()
            dress(self)

    def done(self, result: int) -> None:
        """Close, and remember how the table looked; what is under way for it is dropped."""
        if self._open:
            self._open = False
            look = self.table.look()
            self._tasks.change(lambda: self._services.preferences.remember(LOOK, look))
        self._calm.stop()
        for part in (self.details, self.deeds, self.examining):
            part.forget()
        for slot in (SLOT, AHEAD, LOOK):
            self._tasks.forget(slot)
        super().done(result)


def open_desk(window: "Window") -> DeskWindow:
    """Open the desk beside ``window``, which stays usable; once."""
    there = [each for each in window.findChildren(DeskWindow) if each.isVisible()]
    desk = there[0] if there else DeskWindow(window)
    desk.show()
    desk.activateWindow()
    return desk
