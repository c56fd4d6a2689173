"""What stands over the list: the search box, filters, and what came of a search."""

from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from veille.i18n import _, ngettext, number
from veille.model import ItemKind, Listing, Order, Query
from veille.ui.icons import IconButton
from veille.ui.labels import Elided, PlainLabel
from veille.ui.layouts import across, down, named
from veille.ui.places import Place
from veille.ui.search.box import Box
from veille.ui.search.chips import Chips, Link

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
        self.notes.hide()
        self.count = named(Elided(), "muted")
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.filters = Chips((("all", _("All")), ("unread", _("Unread")), ("articles", _("Articles")),
                              ("posts", _("Posts"))), _("Filter"))  # fmt: skip
        self.scope = Chips(
            (("here", _("In this view")), ("everywhere", _("Everywhere"))), _("Where to search"), "quiet"
        )
        self.order = Chips(((Order.RELEVANCE.value, _("Best")), (Order.DATE.value, _("Newest"))), _("Order"), "quiet")
        self.order.choose(order.value)
        self.narrow = IconButton("narrow", _("Narrow by sector, source, kind and month"))
        self.narrow.setIconSize(QSize(16, 16))
        self.narrow.setCheckable(True)
        for chips in (self.filters, self.scope, self.order):
            chips.changed.connect(self._ask)
        self._lay_out()

    def _lay_out(self) -> None:
        filters = across(spacing=4)
        filters.addWidget(self.filters)
        filters.addWidget(self.count, 1)
        filters.addWidget(self.narrow)
        self._more = QWidget()
        more = across(self._more, spacing=4)
        more.addWidget(self.scope)
        more.addStretch(1)
        more.addWidget(self.order)
        column = down(self, spacing=8, margins=(16, 12, 14, 9))
        first = across(spacing=6)
        first.addWidget(self.places)
        first.addWidget(self.box, 1)
        column.addLayout(first)
        column.addWidget(self._more)
        column.addWidget(self.meant)
        column.addWidget(self.notes)
        column.addLayout(filters)
        self._show_choices()

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
        """What can be chosen there: a search that the person keeps has counts, too."""
        self._kept = place.name == "search"
        self._show_choices()

    def show_listing(self, listing: Listing) -> None:
        """Tell how many there are, what of the search was passed over, and what was perhaps meant."""
        count = ngettext("{n} item", "{n} items", listing.total).format(n=number(listing.total))
        self.count.say(count, number(listing.total))
        self.notes.setText("\n".join(listing.notes))
        self.notes.setVisible(bool(listing.notes))
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
        self._more.setVisible(typed)
        self.narrow.setVisible(typed or self._kept)

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
