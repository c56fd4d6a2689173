"""The window: its layout, and what it tells. What is looked at is in browsing.py, what is done to the list in
curating.py, what opens beside it in opening.py."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QSplitter, QStackedWidget, QWidget

from veille.i18n import _
from veille.model import Changes, Counts, Listing, Order, Outline, Query
from veille.resources import resource
from veille.settings import Settings
from veille.ui import memory
from veille.ui.browsing import Browsing
from veille.ui.curating import Curating
from veille.ui.desk.noticing import Noticing
from veille.ui.folding import Folding
from veille.ui.glass import Glass
from veille.ui.health import Health
from veille.ui.items import ItemsModel, ItemsView
from veille.ui.layouts import down, named
from veille.ui.links import Links
from veille.ui.opening import Opening
from veille.ui.places import Place
from veille.ui.reader import Reader
from veille.ui.revealing import Revealing
from veille.ui.search.bar import SearchBar
from veille.ui.search.searching import Searching
from veille.ui.sidebar import Sidebar
from veille.ui.status import StatusBar
from veille.ui.strips import TELLS, Choice, Strip
from veille.ui.tasks import Tasks
from veille.ui.welcome import Banner, Empty
from veille.ui.yielding import Yielding

if TYPE_CHECKING:
    from veille.core.packs.offered import Offer
    from veille.core.services import Services

TICK = 30_000  # ms between two looks at what is due
CALM = 5000  # ms after the beginning in which nothing is done that can wait
UNDO_SECONDS = 12
LIST = 80  # logical pixels that the list has at the least
TITLE_BAR = QSize(0, 40)  # what the desktop adds around a window, about


class Window(Opening):
    """Shows one profile. ``own`` opens the person's own profile in its place, then goes on there."""

    switch = Signal(str)  # "own" or "sample"
    settled = Signal(object)  # Settings that changed
    restored = Signal()  # a backup is to take the place of the profile
    painted = Signal()  # for the first time

    def __init__(self, services: "Services", own: "Callable[[Callable[[Window], None]], None]") -> None:
        super().__init__()
        self.services = services
        self.own = own
        self._started = False
        self._listed: tuple[Listing, Query] | None = None
        self._warned = False  # of the budget for X
        self.tasks = Tasks(self)
        self.links = Links(services, self.tasks, self)
        self._build()
        self._connect()
        self.resize(QSize(1360, 860).boundedTo(self.screen().availableSize() - TITLE_BAR))
        memory.restore(self)
        self.folding.fold()  # before it is shown: three panes would not let it be as narrow as its screen

    # Layout ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        values = self.services.preferences.values
        self.setWindowTitle(_("Sample – Veille") if self.services.sample else "Veille")
        self.setWindowIcon(QIcon(str(resource("icons", "veille.svg"))))
        self.side = Sidebar()
        self.search = SearchBar(Order(values.search_order))
        self.model = ItemsModel(self.services.library, self.tasks, self)
        self.items = ItemsView(self.model)
        self.reader = Reader()
        self.reader.set_size(values.text_size)
        self.curating = Curating(self.services, self.tasks, self)
        self.status = StatusBar()
        self.setStatusBar(self.status)
        self.split = QSplitter(Qt.Orientation.Horizontal, handleWidth=1, childrenCollapsible=False)
        self.middle = self._middle()
        for pane, width in ((self.side, 170), (self.middle, 300), (self.reader, 300)):
            pane.setMinimumWidth(width)
            self.split.addWidget(pane)
        for at, share in enumerate((0, 0, 1)):
            self.split.setStretchFactor(at, share)
        self.split.setSizes([250, 430, 680])
        whole = QWidget()
        column = down(whole)
        if self.services.sample:
            self.banner = Banner()
            self.banner.choices.chosen.connect(self.begin)
            column.addWidget(self.banner)
        column.addWidget(self.split, 1)
        self.question = Strip()
        column.addWidget(self.question)
        self.setCentralWidget(whole)
        self.browsing = Browsing(
            self.services, self.tasks, self.side.places, self.search, self.items, self.reader, self)  # fmt: skip
        self.searching = Searching(self.services, self.tasks, self.browsing, self.side, self)
        self.folding = Folding(self)
        self.revealing = Revealing(self.services, self.tasks, self.links, self.reader, self)
        self.noticing = Noticing(self.services, self.tasks, self)
        self.glass = Glass(self.services, self.tasks, self.status.mode, self.question, self)

    def _middle(self) -> QWidget:
        self.failure, self.news, self.done = Strip(), Strip(), Strip()
        self.health = Health(self.services, self.tasks, self.curating)
        self.empty = Empty()
        self.empty.choices.chosen.connect(self.begin)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.items)
        self.stack.addWidget(self.empty)
        self.stack.setMinimumHeight(LIST)  # what is empty asks for more: too much at 200 % on a small screen
        middle = named(QWidget(), "middle")
        middle.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = down(middle)
        for part in (self.search, self.failure, self.health):
            column.addWidget(part)
        column.addWidget(self.stack, 1)
        column.addWidget(self.news)
        column.addWidget(self.done)
        Yielding(middle, (self.done, self.failure, self.health, self.news), self.search, LIST)
        return middle

    def _connect(self) -> None:
        tasks, browsing, curating = self.tasks, self.browsing, self.curating
        tasks.failed.connect(self._tell_failure)
        tasks.changed.connect(self._offer_undo)
        tasks.progress.connect(self.status.show_progress)
        tasks.idle.connect(self.status.end_progress)
        self.status.cancel.connect(tasks.cancel)
        browsing.outlined.connect(self._take_outline)
        browsing.counted.connect(self._take_counts)
        browsing.listed.connect(self._explain_empty)
        self.side.places.chosen.connect(lambda _place: self._show_health())
        self.side.refresh.clicked.connect(lambda: curating.refresh())
        self.side.menu.clicked.connect(self.open_menu)
        self.side.wanted.connect(self._do)
        self.items.customContextMenuRequested.connect(self._open_item_menu)
        self.search.left.connect(lambda: browsing.then(self._to_list))
        for strip in (self.failure, self.health, self.news, self.done, self.reader.strip, self.question):
            strip.left.connect(self._focus_list)
        self.reader.wanted.connect(self._do_with_item)
        self.reader.text.customContextMenuRequested.connect(self._open_text_menu)
        self.reader.pointed.connect(lambda address: self.say(address, 0))
        self.reader.marked.connect(self.browsing.mark)
        self.reader.unmarked.connect(self.browsing.unmark)
        browsing.shown.connect(self.revealing.arrive)
        self.revealing.routed.connect(curating.ask_route)
        self.glass.wanted.connect(self._show_glass)
        self.links.opened.connect(self.glass.count)
        tellers = (self.links, curating, browsing, self.searching, self.revealing, self.reader)
        for teller in tellers:
            teller.told.connect(self.say)
        browsing.told.connect(lambda _text: self.done.dismiss())  # it offered to undo what is undone now
        curating.ready.connect(self._offer_refresh)
        curating.brought.connect(self._tell_brought)
        curating.budgeted.connect(self._warn_of_budget)
        curating.asked.connect(self._ask)
        self.noticing.offered.connect(self._tell_offers)
        self.noticing.noticed.connect(lambda look: None if look.offers else self.news.dismiss())
        self.noticing.told.connect(lambda text: self.say(text, 15_000))

    def _bind(self) -> None:
        from veille.ui.shortcuts import bind

        browsing, do = self.browsing, self.revealing.do
        bind(self, {
            "next": lambda: self.items.step(1), "previous": lambda: self.items.step(-1),
            "next-unread": browsing.next_unread, "page": self._read_on, "save": browsing.toggle_saved,
            "read": browsing.toggle_read, "open": lambda: do("open"), "copy": lambda: do("copy"),
            "pictures": lambda: do("pictures"), "article": lambda: do("article"), "all-read": browsing.mark_all_read,
            "undo": lambda: browsing.undo(), "search": self.search.look_here, "like": self.more_like,
            "keep-search": self.searching.keep, "recent-searches": self.search.box.recall,
            "flag": browsing.toggle_flagged, "tags": self.ask_tags, "note": self.ask_note,
            "highlight": self.reader.toggle_highlight, "export-list": self.export_list,
            "refresh": lambda: self.curating.refresh(), "places": self.folding.show_places, "menu": self.open_menu,
            "mode": self.glass.open_menu, "traces": self.open_traces, "desk": self.open_desk,
            "preferences": self.open_preferences,
            "keys": self.open_keys, "back": self._back, "quit": self.close,
        })  # fmt: skip

    # Life -----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._started:
            self._started = True
            QTimer.singleShot(0, self.start)

    def start(self) -> None:
        """After the first paint: fill the lists, then let the index and the schedule begin."""
        self.painted.emit()
        self._bind()
        self.reader.show_hit(None)
        self.browsing.start()
        self.items.setFocus()
        self.glass.count()
        timer = QTimer(self, interval=TICK)
        timer.timeout.connect(self.curating.refresh_due)
        timer.timeout.connect(self.noticing.look)
        timer.timeout.connect(self.glass.show)  # open mode ends by itself
        timer.start()
        QTimer.singleShot(CALM, self.noticing.look)
        QTimer.singleShot(CALM, self, self._look_ahead)

    def _look_ahead(self) -> None:
        """The desk opens with figures as they were last: let there be some before it is opened first."""
        if self.isVisible():
            self.tasks.query("desk.ahead", self.services.desk.rows, lambda _rows: None)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.tasks.cancel()  # at once: the rest may wait for what is under way
        self.remember()
        self.hide()  # nobody need see it wait
        if self.services.writable and not self.services.sample:
            self.tasks.change(self.services.briefings.visited)
        self.tasks.close()
        super().closeEvent(event)

    def remember(self) -> None:
        """Note the places of things for the next time."""
        memory.remember(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.folding.fold()

    def say(self, text: str, milliseconds: int = 5000) -> None:
        """A passing word in the bottom line."""
        self.status.say(text, milliseconds)

    # What came back -------------------------------------------------------------------------------

    def _take_outline(self, outline: Outline) -> None:
        self.side.show_outline(outline)
        self.curating.outline = self.revealing.outline = outline
        self.glass.take_outline(outline)
        self._show_status()
        self._show_health()
        if self._listed:  # the list may have come before its sources
            self._explain_empty(*self._listed)

    def _show_status(self) -> None:
        self.status.show_state(self.browsing.outline, sample=self.services.sample, clock=self.services.clock)

    def _take_counts(self, counts: Counts) -> None:
        brought = self.browsing.outline.collections  # which is no news
        unread = sum(count for source, count in counts.unread.items() if source not in brought)
        name = _("Sample – Veille") if self.services.sample else "Veille"
        self.setWindowTitle(f"({unread}) {name}" if unread else name)

    def _show_health(self) -> None:
        place = self.side.places.place()
        self.health.show_source(self.browsing.outline, place.source, place.sector)

    def _explain_empty(self, listing: Listing, query: Query) -> None:
        self._listed = listing, query
        focused = self.empty.hasFocus()
        self.stack.setCurrentWidget(self.items if listing.ids else self.empty)
        if listing.ids:
            if focused:
                self.items.setFocus()
            return
        own = not self.services.sample
        outline = self.browsing.outline
        brought = query.source in outline.collections
        self.empty.explain(query, nothing_watched=own and not outline.named, brought=brought)

    def _offer_undo(self, changes: Changes) -> None:
        if changes.text and (undo := self._undo(changes)):
            self.done.tell(changes.text, *undo, sign="undo", seconds=UNDO_SECONDS)

    def _offer_refresh(self, changes: Changes) -> None:
        refresh = (_("Refresh now"), lambda: self.curating.refresh())
        self.done.tell(changes.text, refresh, *self._undo(changes), sign="check")
        self.done.take_focus()

    def _tell_brought(self, changes: Changes) -> None:
        """It stays: whoever waited for a long import may be looking elsewhere."""
        self.done.tell(changes.text, *self._undo(changes), sign="check")

    def _tell_failure(self, text: str) -> None:
        """Unless a window before this one says it."""
        active = QApplication.activeWindow()
        if active is None or not active.property(TELLS):
            self.failure.tell(text, sign="warning", warn=True)

    def _tell_offers(self, offers: "tuple[Offer, ...]") -> None:
        """It stays until the person has looked, or closes it: the packs window has it, too."""
        from veille.ui.desk.noticing import choice, said

        warn = any(each.suspicious for each in offers)
        see = (choice(offers), lambda: self.open_packs(offers[0] if len(offers) == 1 else None))
        self.news.tell(said(offers), see, sign="warning" if warn else "inbox", warn=warn)

    def _warn_of_budget(self, warning: str) -> None:
        """Once, until there is money again."""
        if not warning:
            self._warned = False
        elif not self._warned and not self.failure.isVisible():  # what failed is said first
            self._warned = True
            self.failure.tell(warning, (_("See the budget"), self.open_spending), sign="warning", warn=True)

    def _undo(self, changes: Changes) -> list[Choice]:
        """Taking back these very changes; none where there is nothing to take back."""
        entry = changes.undo
        return [] if entry is None else [(_("Undo"), lambda: self.browsing.undo(entry))]

    def _ask(self, text: str, choices: list[Choice]) -> None:
        self.question.tell(text, *choices, sign="lock")
        self.question.take_focus()

    # What is done ---------------------------------------------------------------------------------

    def _do(self, deed: str, place: Place, with_what: object) -> None:
        if deed == "read":
            self.browsing.go(place)
            self.browsing.mark_all_read()
        elif deed == "edit":
            self.searching.edit(place.text)
        elif deed == "rule":
            from veille.ui.desk.rules import new_rule

            new_rule(self, place)
        elif deed == "copy":
            self.links.copy_whole(self.browsing.outline.sources[place.source or 0].address)
        else:
            self.curating.do(deed, place, with_what)

    def _show_glass(self, what: str) -> None:
        shown = {"traces": self.open_traces, "certificate": self.open_certificate, "preferences": self.open_preferences}
        shown[what]()

    def _do_with_item(self, deed: str, address: str) -> None:
        own = {
            "read": self.browsing.toggle_read, "save": self.browsing.toggle_saved,
            "flag": self.browsing.toggle_flagged, "like": self.more_like,
        }  # fmt: skip
        if deed in own:
            own[deed]()
        elif deed == "search":
            self.search.look_here(address)
        elif deed == "note":
            self.ask_note()
        else:
            self.revealing.do(deed, address)

    def more_like(self) -> None:
        """List what is like the item that is read."""
        self.searching.like()
        self._focus_list()

    def _read_on(self) -> None:
        focused = self.focusWidget()
        if isinstance(focused, QAbstractButton):  # its own key
            focused.click()
        elif not self.reader.page_down():
            self.browsing.next_unread()

    def _focus_list(self) -> None:
        (self.stack.currentWidget() or self.items).setFocus()

    def _to_list(self) -> None:
        self._focus_list()
        if not self.items.current():
            self.items.step(0)

    def _back(self) -> None:
        if self.search.box.close_popup():
            return
        for strip in (self.question, self.reader.strip, self.failure, self.health, self.news, self.done):
            if strip.isVisible():
                strip.dismiss()
                return
        if self.search.clear():
            return
        if self.search.box.hasFocus():
            self._focus_list()
        elif self.tasks.busy():
            self.tasks.cancel()

    # Preferences ----------------------------------------------------------------------------------

    def open_preferences(self) -> None:
        """The preferences window."""
        from veille.ui.dialogs.preferences import PreferencesWindow

        PreferencesWindow(self.services.preferences.values, self._set, self).open()

    def _set(self, key: str, text: str) -> None:
        self.tasks.change(lambda: self.services.preferences.set(key, text), self._settle)

    def _settle(self, values: Settings) -> None:
        self.glass.show()
        self.reader.set_size(values.text_size)
        self.search.order.choose(values.search_order)
        self._show_status()
        self.settled.emit(values)
