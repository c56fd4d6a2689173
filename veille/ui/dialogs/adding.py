"""One box for whatever can be watched: an address or an account, and the sector that it goes into."""

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from veille.content.networks import Form, Meant
from veille.core.x.costs import dollars
from veille.errors import VeilleError
from veille.i18n import _
from veille.model import Outline, SourceKind
from veille.ui.dialogs.notes import Note
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, down, fitting, named
from veille.ui.meanings import Meanings
from veille.ui.tasks import Task, Tasks
from veille.ui.theme import dress

if TYPE_CHECKING:
    from veille.core.services import Services

SLOT = "x.estimate"
LONGEST = 2000  # letters of an address


class NewAddress(NamedTuple):
    """What the person gave: ``sector`` is a key, None for none."""

    meant: Meant
    sector: str | None
    allow_private: bool
    allow_personal: bool


class AddressDialog(QDialog):
    """Says what it understood before it is added; nothing is asked of the network here.

    A feed's address that looks made for one reader is flagged; in strict level it is added only when that is ticked.
    """

    def __init__(
        self, parent: QWidget | None, services: "Services", tasks: Tasks, outline: Outline, sector: str | None
    ) -> None:
        super().__init__(parent)
        dress(self)
        fitting(self)
        self._services = services
        self.setWindowTitle(_("Add an address or account"))
        self.address = QLineEdit(maxLength=LONGEST)
        self.address.setPlaceholderText("@name, @name@host, name.bsky.social, https://…")
        self.address.setAccessibleName(_("Address or account"))
        self.meanings = Meanings(self.address)
        self.note = Note(self.address)
        self.personal = QCheckBox(_("Add it all the same"))
        self.personal.hide()
        self.price = Price(services, tasks)
        self.sector = QComboBox()
        self.sector.addItem(_("No sector"), None)
        for each in outline.sectors:
            self.sector.addItem(each.title, each.key)
        self.sector.setCurrentIndex(max(0, self.sector.findData(sector)))
        self.sector.setAccessibleName(_("Sector"))
        self.private = QCheckBox(_("Allow a private or local address for this source"))
        self.address.textChanged.connect(self._judge)
        self.meanings.chosen.connect(self._take_meaning)
        self.personal.toggled.connect(self._allow)
        self._lay_out()
        self._judge()

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._add = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._add.setText(_("Add"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = down(self, spacing=10, margins=(24, 20, 24, 16))
        column.addWidget(PlainLabel(self.address.accessibleName()))
        for each in (self.address, self.meanings, self.note, self.personal, self.price):
            column.addWidget(each)
        form = QFormLayout(verticalSpacing=10, horizontalSpacing=16)
        form.addRow(PlainLabel(_("Sector")), self.sector)
        form.addRow(self.private)
        column.addSpacing(4)
        column.addLayout(form)
        column.addStretch(1)
        column.addWidget(buttons)
        self.setMinimumWidth(min(600, int(self.screen().availableSize().width() * 0.9)))

    @property
    def found(self) -> NewAddress | None:
        """What stands there; None where nothing is understood."""
        meant = self.meanings.meant
        if meant is None:
            return None
        private = self.private.isVisibleTo(self) and self.private.isChecked()
        personal = self.personal.isVisibleTo(self) and self.personal.isChecked()
        return NewAddress(meant, self.sector.currentData(), private, personal)

    def _judge(self) -> None:
        self.meanings.read(self.address.text())
        self._take_meaning()

    def _take_meaning(self) -> None:
        from veille.content.personal import token

        meant = self.meanings.meant
        self.address.setAccessibleDescription(self.meanings.text)
        key = token(meant.address) if meant and meant.kind is SourceKind.FEED else ""
        text = _("This address holds what looks like a key of your own ({token}): the source knows you by it.")
        self.note.tell(text.format(token=key) if key else "")
        self.personal.setVisible(bool(key) and self._services.discretion.strict)
        self.private.setVisible(meant is None or meant.kind.by_host)
        self.price.show_for(meant)
        self._allow()

    def _allow(self) -> None:
        held = self.personal.isVisibleTo(self) and not self.personal.isChecked()
        self._add.setEnabled(self.meanings.meant is not None and not held)

    def done(self, result: int) -> None:
        """Close; what is under way for it is dropped."""
        self.price.show_for(None)
        super().done(result)


class Price(QWidget):
    """What a source on X will probably cost; or that X is off, and the way to the page about it.

    X is asked about the account only when the person presses the button, which says what that costs.
    """

    def __init__(self, services: "Services", tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._tasks = services, tasks
        self._meant: Meant | None = None
        self.line = named(PlainLabel(), "muted")
        self.line.setWordWrap(True)
        self.page = QPushButton(_("About X…"), autoDefault=False)
        self.page.clicked.connect(self._open_page)
        price = dollars(services.preferences.values.x_user_price * 1000)  # millionths of a dollar
        self.ask = QPushButton(_("Ask X first ({price})").format(price=price), autoDefault=False)
        self.ask.clicked.connect(self._look_up)
        row = across(self, spacing=12)
        row.addWidget(self.line, 1)
        row.addWidget(self.page)
        row.addWidget(self.ask)
        self.hide()

    def show_for(self, meant: Meant | None) -> None:
        """Say it for ``meant``, if that is on X."""
        meant = meant if meant is not None and meant.kind is SourceKind.X else None
        self.setVisible(meant is not None)
        if meant != self._meant:
            self._meant = meant
            self._say()

    def _say(self) -> None:
        meant, on = self._meant, self._services.x.state.on
        self.page.setVisible(not on and not self._services.sample)
        self.ask.setVisible(on and meant is not None and meant.form is Form.ACCOUNT)
        self.forget()
        if meant is None:
            return
        if on:
            form = meant.form
            self.line.setText(_("Working out what it will cost on X…"))
            self._tasks.query(SLOT, lambda: self._services.budget.estimate(form).in_words, self.line.setText)
        else:
            self.line.setText(_("X is off. It can be added all the same; nothing is asked there until you turn X on."))

    def _look_up(self) -> None:
        meant = self._meant
        if meant is None:
            return

        def call(_task: Task) -> str:
            try:
                return self._services.lookups.estimate(meant).in_words
            except VeilleError as error:
                return str(error)

        def show(said: str) -> None:
            if self._meant == meant:
                self.line.setText(said)

        self.forget()
        if self._tasks.job("lookup", call, show):
            self.ask.hide()  # once is enough
            self.line.setText(_("X is being asked…"))

    def _open_page(self) -> None:
        from veille.ui.dialogs.x import open_x

        open_x(self.window(), self._services, self._tasks).turned.connect(self._say)

    def forget(self) -> None:
        """Drop what is under way; an answer of X is paid for all the same, and is kept."""
        self._tasks.forget(SLOT)


def ask_address(
    parent: QWidget, services: "Services", tasks: Tasks, outline: Outline, sector: str | None
) -> NewAddress | None:
    """What the person gave, None where they thought better of it."""
    dialog = AddressDialog(parent, services, tasks, outline, sector)
    answer = dialog.found if dialog.exec() else None
    dialog.deleteLater()
    return answer
