"""The box over the list: search as you type, filters, and what came of it."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from veille.i18n import _, ngettext, number
from veille.model import ItemKind, Listing, Order, Query
from veille.ui.icons import IconButton, icon
from veille.ui.labels import Elided, PlainLabel
from veille.ui.layouts import across, down, named
from veille.ui.places import Place
from veille.ui.theme import colours

DEBOUNCE = 80  # ms after the last key


class SearchBar(QWidget):
    """``asked`` says that what is looked for has changed."""

    asked = Signal()
    left = Signal()  # the person goes on to the list

    def __init__(self, order: Order, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = named(QLineEdit(clearButtonEnabled=True, maxLength=1000), "search")
        self.box.setAccessibleName(_("Search"))
        self.box.setPlaceholderText(_("Search…"))
        self.places = IconButton("menu", _("Sectors and sources"), "F9")
        self.places.hide()
        self._glass = self.box.addAction(icon("search", colours().muted), QLineEdit.ActionPosition.LeadingPosition)
        self._wait = QTimer(self, singleShot=True, interval=DEBOUNCE)
        self._wait.timeout.connect(self.asked)
        self.box.textChanged.connect(self._typed)
        self.box.installEventFilter(self)
        self.notes = named(PlainLabel(), "muted")
        self.notes.setWordWrap(True)
        self.notes.hide()
        self.count = named(Elided(), "muted")
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.filters = _Chips((("all", _("All")), ("unread", _("Unread")), ("articles", _("Articles")),
                               ("posts", _("Posts"))), _("Filter"))  # fmt: skip
        self.scope = _Chips(
            (("here", _("In this view")), ("everywhere", _("Everywhere"))), _("Where to search"), "quiet"
        )
        self.order = _Chips(((Order.RELEVANCE.value, _("Best")), (Order.DATE.value, _("Newest"))), _("Order"), "quiet")
        self.order.choose(order.value)
        for chips in (self.filters, self.scope, self.order):
            chips.changed.connect(self._wait.start)
        self._lay_out()

    def _lay_out(self) -> None:
        filters = across(spacing=4)
        filters.addWidget(self.filters)
        filters.addWidget(self.count, 1)
        self._more = QWidget()
        more = across(self._more, spacing=4)
        more.addWidget(self.scope)
        more.addStretch(1)
        more.addWidget(self.order)
        self._more.hide()
        column = down(self, spacing=8, margins=(16, 12, 14, 9))
        first = across(spacing=6)
        first.addWidget(self.places)
        first.addWidget(self.box, 1)
        column.addLayout(first)
        column.addWidget(self._more)
        column.addWidget(self.notes)
        column.addLayout(filters)

    @property
    def text(self) -> str:
        """What is typed, without the blanks before it (those after it end its last word); "" for blanks alone."""
        return self.box.text().lstrip() if self.box.text().strip() else ""

    def query(self, place: Place) -> Query:
        """What to list at ``place``."""
        query = place.query() if not self.text or self.scope.chosen == "here" else Query()
        chosen = self.filters.chosen
        kind = {"articles": ItemKind.ARTICLE, "posts": ItemKind.POST}.get(chosen)
        query = replace(query, kind=kind, unread=query.unread or chosen == "unread")
        return replace(query, text=self.text, order=Order(self.order.chosen)) if self.text else query

    def show_listing(self, listing: Listing) -> None:
        """Tell how many there are, and what of the search was passed over."""
        count = ngettext("{n} item", "{n} items", listing.total).format(n=number(listing.total))
        self.count.say(count, number(listing.total))
        self.notes.setText("\n".join(listing.notes))
        self.notes.setVisible(bool(listing.notes))

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

    def clear(self) -> bool:
        """Empty the box; False if it was empty."""
        had = bool(self.box.text())
        self.box.clear()
        return had

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.box and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            on = event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if on:
                self.left.emit()
            return on
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_glass"):
            self._glass.setIcon(icon("search", colours().muted))

    def _typed(self) -> None:
        self._more.setVisible(bool(self.text))
        if self.text:
            self._wait.start()
        else:  # nothing to wait for
            self._wait.stop()
            self.asked.emit()


class _Chips(QWidget):
    """A row of choices of which one holds."""

    changed = Signal()

    def __init__(self, choices: tuple[tuple[str, str], ...], name: str, look: str = "chip") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._group = QButtonGroup(self, exclusive=True)
        self._buttons: dict[str, QToolButton] = {}
        row = across(self, spacing=1)
        for key, text in choices:
            button = named(QToolButton(), look)
            button.setText(text)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button)
        self.choose(choices[0][0])
        self._group.buttonClicked.connect(self.changed)

    @property
    def chosen(self) -> str:
        """The key of the choice that holds."""
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def choose(self, key: str) -> None:
        """Let ``key`` hold, without telling."""
        self._buttons[key].setChecked(True)
