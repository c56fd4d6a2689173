"""What a source on X will probably cost, before it is added."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton, QWidget

from veille.content.networks import Form, Meant
from veille.core.x.costs import dollars
from veille.errors import VeilleError
from veille.i18n import _
from veille.model import SourceKind
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, named
from veille.ui.tasks import Task, Tasks

if TYPE_CHECKING:
    from veille.core.services import Services

SLOT = "x.estimate"


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
