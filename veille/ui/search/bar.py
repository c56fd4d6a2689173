"""What stands over the list: the search box, filters, and what came of a search."""

from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from veille.i18n import _, ngettext, number
from veille.model import ItemKind, Listing, Order, Query
from veille.ui.icons import IconButton
from veille.ui.labels import Elided, PlainLabel, safe
from veille.ui.layouts import across, down, fitting, named
from veille.ui.places import Place
from veille.ui.search.box import Box
from veille.ui.search.chips import SMALL, Chips, Link
from veille.ui.theme import sized

MARGINS = (16, 12, 14, 9)  # logical pixels: left, top, right, bottom
WIDEST = "888,888"  # a number that has room in the narrowest pane
NOTES = 0.12  # of the window's height for notes, beyond the first; what has no room is in the tooltip
BURST = 25  # ms: of keys that come closer together, only the last is answered


class SearchBar(QWidget):
    """``asked`` says that what is looked for has changed, ``left`` that the person goes on to the list."""

    asked = Signal()
    left = Signal()

    def __init__(self, order: Order, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = Box()
        self.places = IconButton("menu", _("Sectors and sources"), "F9")
        self.places.hide()
        self._kept = False  # a search that the person keeps is looked at
        self._lent = False  # it is looked everywhere because a deed said so, not the person
        self._since = QElapsedTimer()
        self._since.start()
        self._wait = QTimer(self, singleShot=True)
        self._wait.timeout.connect(self._ask)
        self.box.textChanged.connect(self._typed)
        self.box.left.connect(self._leave)
        self._meant = ""
        self.meant = Link()
        self.meant.clicked.connect(lambda: self.put(self._meant))
        self.meant.hide()
        self.notes = named(PlainLabel(), "muted")
        self.notes.setWordWrap(True)
        self._notes: tuple[str, ...] = ()
        self.notes.hide()
        self.count = named(Elided(), "muted")
        self.count.setFont(sized(self.font(), SMALL))
        self.count.setMinimumWidth(self.count.fontMetrics().horizontalAdvance(WIDEST) + 2)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.filters = Chips((("all", _("All")), ("unread", _("Unread")), ("articles", _("Articles")),
                              ("posts", _("Posts"))), _("Filter"))  # fmt: skip
        self.scope = Chips((("here", _("Here")), ("everywhere", _("Everywhere"))), _("Where to search"), "quiet")
        self.order = Chips(((Order.RELEVANCE.value, _("Best")), (Order.DATE.value, _("Newest"))), _("Order"), "quiet")
        self.order.choose(order.value)
        self.narrow = IconButton("narrow", _("Narrow by sector, source, kind and month"))
        self.narrow.setIconSize(QSize(16, 16))
        self.narrow.setCheckable(True)
        for chips in (self.filters, self.scope, self.order):
            chips.changed.connect(self._ask)
        self._lay_out()

    def _lay_out(self) -> None:
        column = down(self, spacing=8, margins=MARGINS)
        self._first, self._second, self._last = across(spacing=6), across(spacing=4), across(spacing=4)
        self._first.addWidget(self.places)
        self._first.addWidget(self.box, 1)
        self._second.addWidget(self.scope)
        self._second.addStretch(1)
        self._second.addWidget(self.order)
        self._last.addWidget(self.filters)
        self._last.addWidget(self.count, 1)
        self._last.addWidget(self.narrow)
        column.addLayout(self._first)
        column.addLayout(self._second)
        column.addWidget(self.meant)
        column.addWidget(self.notes)
        column.addLayout(self._last)
        fitting(self)  # a note is never cut off
        self._show_choices()

    @property
    def least(self) -> int:
        """The width, in logical pixels, below which its choices or the number would be cut off."""
        second = self.scope.sizeHint().width() + self.order.sizeHint().width() + self.narrow.sizeHint().width() + 8
        return MARGINS[0] + MARGINS[2] + max(second, self._filtering)

    @property
    def _filtering(self) -> int:
        """What the filters and the number need."""
        return self.filters.sizeHint().width() + 4 + self.count.minimumWidth()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_narrow()
        self._show_notes()

    def _show_notes(self) -> None:
        """As many as there is room for."""
        every, room = "\n".join(self._notes), round(self.window().height() * NOTES)
        area = QRect(0, 0, self.width() - MARGINS[0] - MARGINS[2], 0)
        for most in range(len(self._notes), 0, -1):
            text = "\n".join(self._notes[:most]) + " …" * (most < len(self._notes))
            high = self.notes.fontMetrics().boundingRect(area, Qt.TextFlag.TextWordWrap, text).height()
            if most == 1 or high <= room:
                self.notes.setText(text)
                self.notes.setToolTip("" if most == len(self._notes) else safe(every))
                break
        self.notes.setVisible(bool(self._notes))

    def _place_narrow(self) -> None:
        """With the number; in a pane too narrow for that with the order, or beside the box that is empty."""
        room = self.width() - MARGINS[0] - MARGINS[2] - self._filtering
        fits = room >= 4 + self.narrow.sizeHint().width()
        row = self._last if fits else self._second if self.text else self._first
        if row.indexOf(self.narrow) < 0:
            for each in (self._first, self._second, self._last):
                each.removeWidget(self.narrow)
            row.addWidget(self.narrow)

    @property
    def text(self) -> str:
        """What is typed, without the blanks before it (those after it end its last word); "" for blanks alone."""
        return self.box.text().lstrip() if self.box.text().strip() else ""

    def within(self, place: Place) -> bool:
        """Whether what is typed narrows ``place``, and is not looked for everywhere."""
        return self.scope.chosen == "here" or not self.text or place.name == "all"

    def query(self, place: Place) -> Query:
        """What to list at ``place``."""
        query = place.query() if self.within(place) else Query()
        chosen = self.filters.chosen
        kind = {"articles": ItemKind.ARTICLE, "posts": ItemKind.POST}.get(chosen)
        query = replace(query, kind=kind, unread=query.unread or chosen == "unread")
        return replace(query, text=self.text, order=Order(self.order.chosen)) if self.text else query

    def show_place(self, place: Place) -> None:
        """What can be chosen there: a search that the person keeps, and a tag, have counts, too."""
        self._kept = bool(place.text or place.tag)
        self._show_choices()

    def show_listing(self, listing: Listing) -> None:
        """Tell how many there are, what of the search was passed over, and what was perhaps meant."""
        count = ngettext("{n} item", "{n} items", listing.total).format(n=number(listing.total))
        self.count.say(count, number(listing.total))
        self._notes = listing.notes
        self._show_notes()
        self._meant = listing.suggestion
        if self._meant:
            self.meant.say(_("Did you mean “{text}”?").format(text=self._meant))
        self.meant.setVisible(bool(self._meant))

    def show_total(self, items: int) -> None:
        """Tell in the empty box how much there is to search."""
        text = ngettext("Search {n} item…", "Search {n} items…", items).format(n=number(items))
        self.box.setPlaceholderText(text if items else _("Search…"))

    def look_here(self, text: str = "") -> None:
        """Go to the box, with ``text`` in it if given."""
        if text:
            self.box.setText(text)
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def look_everywhere(self, text: str) -> None:
        """Look for ``text``, wherever the person is; the next search is in the view again."""
        self.scope.choose("everywhere")
        self._lent = True
        self.box.setText(text)

    def put(self, text: str) -> None:
        """Have ``text`` in the box, to be typed on."""
        self.box.setText(text)
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> bool:
        """Empty the box; False if it was empty."""
        had = bool(self.box.text())
        self.box.clear()
        return had

    def _show_choices(self) -> None:
        typed = bool(self.text)
        self.scope.setVisible(typed)
        self.order.setVisible(typed)
        self.narrow.setVisible(typed or self._kept)
        self._place_narrow()

    def _typed(self) -> None:
        if not self.text and self._lent:
            self._lent = False
            self.scope.choose("here")
        self._show_choices()
        wait = BURST - self._since.elapsed() if self.text else 0  # an empty box has nothing to wait for
        if wait > 0:
            self._wait.start(wait)
        else:
            self._ask()
        self.box.tell_typed()  # what may be offered comes after what is asked

    def _leave(self) -> None:
        if self._wait.isActive():
            self._ask()
        self.left.emit()

    def _ask(self) -> None:
        self._wait.stop()
        self._since.restart()
        self.asked.emit()
