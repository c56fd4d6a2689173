"""What a newcomer sees: a quiet banner over the sample, the same choices in a profile that is still empty."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QPushButton, QSizePolicy, QWidget

from veille.i18n import _
from veille.model import Query
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, down, named
from veille.ui.strips import Flow
from veille.ui.theme import sized


class Choices(QWidget):
    """The three ways to a list of one's own. ``chosen`` is "starters", "import" or "add"."""

    chosen = Signal(str)

    def __init__(self, layout: QLayout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLayout(layout)
        for deed, text, name in (
            ("starters", _("Choose starter sectors…"), "first"),
            ("import", _("Import…"), "act"),
            ("add", _("Add an address or account…"), "act"),
        ):
            button = named(QPushButton(text, autoDefault=True), name)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.clicked.connect(lambda _checked=False, deed=deed: self.chosen.emit(deed))
            layout.addWidget(button)


class Banner(QWidget):
    """Over the sample profile."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.text = PlainLabel(
            _("You are looking at an invented sample. Nothing was asked of the network. Make Veille your own:")
        )
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.choices = Choices(Flow())  # in a narrow window in several rows
        self._body: QBoxLayout = across(self, spacing=8, margins=(18, 8, 14, 8))
        self._body.addWidget(self.text, 1)
        self._body.addWidget(self.choices)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The ways go below the text where there is no room for both."""
        super().resizeEvent(event)
        way = QBoxLayout.Direction
        narrow = self.width() - self.choices.sizeHint().width() < 300
        self._body.setDirection(way.TopToBottom if narrow else way.LeftToRight)


class Empty(QWidget):
    """In place of a list that has nothing to show: why, and what can be done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PlainLabel()
        self.title.setFont(sized(self.font(), 1.15, bold=True))
        self.text = named(PlainLabel(), "muted")
        self.choices = Choices(down(spacing=8))
        column = down(self, spacing=10, margins=(28, 40, 28, 28))
        for label in (self.title, self.text):
            label.setWordWrap(True)
            column.addWidget(label)
        column.addSpacing(8)
        column.addWidget(self.choices, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def show_reason(self, title: str, text: str, *, start: bool = False) -> None:
        """Say why there is nothing; ``start`` offers the three ways."""
        self.title.setText(title)
        self.text.setText(text)
        self.choices.setVisible(start)

    def explain(self, query: Query, *, nothing_watched: bool, brought: bool = False) -> None:
        """Say why ``query`` found nothing; ``nothing_watched``: the person's own profile is still empty, ``brought``:
        what is looked at is a collection, which asks nobody.
        """
        if query.text:
            self.show_reason(_("Nothing found"), _advice(query))
        elif query.within:
            self.show_reason(_("Nothing found yet"), _("What matches this search will appear here as it comes in."))
        elif nothing_watched:
            self.show_reason(_("Your own profile"), _("It is still empty. Choose what you want to watch:"), start=True)
        elif query.unread:
            self.show_reason(_("All read"), _("Nothing here waits for you."))
        elif query.saved:
            how = _("Press S on an item to keep it here. Import… in the menu brings what you saved elsewhere.")
            self.show_reason(_("Nothing saved yet"), how)
        elif query.flagged:
            self.show_reason(_("Nothing is flagged"), _("Press G on an item to flag it. A rule can do so, too."))
        elif query.hidden:
            self.show_reason(_("Nothing is hidden"), _("No rule hides an item."))
        elif brought:
            self.show_reason(_("Nothing here"), _("Import… in the menu brings what you saved elsewhere."))
        else:
            self.show_reason(_("Nothing here yet"), _("Press F5 to ask the sources."))


def _advice(query: Query) -> str:
    """What else could be looked for."""
    from veille.ui.search.narrowing import sought

    found = sought(query.text)
    if "like" in found:
        return _("Nothing else here is like this item.")
    here = any((
        query.within, query.tag, query.sector, query.source, query.kind, query.unread, query.saved, query.flagged,
        query.hidden,
    ))  # fmt: skip
    if "names" not in found:
        return _("Try fewer words, or search everywhere.") if here else _("Try fewer words.")
    if "words" not in found:
        return _("Take a condition out, or search everywhere.") if here else _("Take a condition out.")
    return _("Try fewer words or conditions, or search everywhere.") if here else _("Try fewer words or conditions.")
