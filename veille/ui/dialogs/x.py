"""The page about X: what it asks, costs and sees; there it is turned on, with a token, and off."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QDialog, QDialogButtonBox, QLineEdit, QRadioButton, QWidget

from veille.core.x.access import Kept, State
from veille.errors import NotInSample, VeilleError
from veille.i18n import _
from veille.ui.dialogs.notes import Note
from veille.ui.labels import PlainLabel
from veille.ui.layouts import down, named, scrolling
from veille.ui.tasks import Tasks
from veille.ui.theme import colours, dress, sized

if TYPE_CHECKING:
    from veille.core.services import Services

SLOT, WORK = "x.place", "x"
LONGEST = 2000  # characters that the field takes: more than a token has, so that one is not cut in silence


class XWindow(QDialog):
    """``turned`` says that X is on or off now. The keyring, which may ask for a password, is left to a thread."""

    turned = Signal()

    def __init__(self, parent: QWidget | None, services: "Services", tasks: Tasks) -> None:
        super().__init__(parent)
        self._services, self._tasks, self._open, self._working = services, tasks, True, False
        self._dressed = colours()
        dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("X")
        self._build()
        self._lay_out()
        self._connect()
        self.resize(QSize(640, 720).boundedTo(self.screen().availableSize() * 0.9))
        self.show_state()
        self._look_for_keyring()
        self.area.setFocus()

    # Layout ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.state = PlainLabel()
        self.state.setFont(sized(self.font(), 1.1, bold=True))
        self.read = QCheckBox(_("I have read this page"))
        self.token = QLineEdit(echoMode=QLineEdit.EchoMode.Password, maxLength=LONGEST, clearButtonEnabled=True)
        self.token.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.token.setAccessibleName(_("Bearer token of X"))
        self.note = Note(self.token)
        self.places = QButtonGroup(self)
        for at, kept in enumerate(Kept):
            text = _("Keep it {where}").format(where=kept.in_words)
            if kept is Kept.ENVIRONMENT:
                text = _("Take the one {where}").format(where=kept.in_words)
            self.places.addButton(QRadioButton(text), at)
        self.way(Kept.RUN).setChecked(True)
        self.way(Kept.KEYRING).setEnabled(False)
        self.way(Kept.ENVIRONMENT).setVisible(self._services.x.given)
        self.where = named(PlainLabel(_("Looking for the keyring of this system…")), "muted")
        for label in (self.state, self.where):
            label.setWordWrap(True)
        self.places.idToggled.connect(lambda *_which: self._let_tab())
        self._let_tab()

    def way(self, kept: Kept) -> QRadioButton:
        """The button for keeping it there."""
        button = self.places.button(list(Kept).index(kept))
        assert isinstance(button, QRadioButton)
        return button

    def _let_tab(self) -> None:
        """The Tab key comes to the button that is chosen, arrows to the others."""
        for each in self.places.buttons():
            each.setFocusPolicy(Qt.FocusPolicy.StrongFocus if each.isChecked() else Qt.FocusPolicy.ClickFocus)

    def _lay_out(self) -> None:
        page = down(spacing=10)
        page.addWidget(self.state)
        for paragraph in self._services.x.notice():
            label = PlainLabel(paragraph)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            page.addWidget(label)
        page.addSpacing(4)
        page.addWidget(self.read)
        self.form = QWidget()
        rows = down(self.form, spacing=6)
        rows.addWidget(PlainLabel(self.token.accessibleName()))
        for each in (self.token, self.note, *self.places.buttons(), self.where):
            rows.addWidget(each)
        page.addWidget(self.form)
        page.addStretch(1)
        self.area = scrolling(page)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # arrows and Page down read on
        self.area.setAccessibleName(_("What X asks, costs and sees"))
        self.area.setAccessibleDescription("\n".join(self._services.x.notice()))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.on = self.buttons.addButton(_("Turn on"), QDialogButtonBox.ButtonRole.ActionRole)
        self.off = self.buttons.addButton(_("Turn off"), QDialogButtonBox.ButtonRole.ActionRole)
        column = down(self, spacing=14, margins=(24, 20, 12, 16))
        column.addWidget(self.area, 1)
        column.addWidget(self.buttons)

    def _connect(self) -> None:
        self.token.textChanged.connect(lambda _text: self.note.tell(""))
        for changed in (self.token.textChanged, self.read.toggled, self.places.idToggled):
            changed.connect(lambda *_what: self._allow())
        self.token.returnPressed.connect(self.on.click)
        self.on.clicked.connect(self.turn_on)
        self.off.clicked.connect(self.turn_off)
        self.buttons.rejected.connect(self.reject)

    # What is shown --------------------------------------------------------------------------------

    def show_state(self) -> None:
        """Say how it stands, and offer what can be done."""
        state, sample = self._services.x.state, self._services.sample
        self.state.setText(str(NotInSample()) if sample else state.in_words)
        self.on.setText(_("Take this token") if state.on else _("Turn on"))
        self.off.setVisible(state.on)
        for each in (self.read, self.form, self.on):
            each.setVisible(not sample)
        self.way(Kept.ENVIRONMENT).setVisible(self._services.x.given)
        if self._services.x.given and not state.on:
            self.way(Kept.ENVIRONMENT).setChecked(True)
        self._allow()

    @property
    def chosen(self) -> Kept:
        """Where the token is to be kept, or comes from."""
        return list(Kept)[self.places.checkedId()]

    def _allow(self) -> None:
        given = self.chosen is Kept.ENVIRONMENT
        typed = bool(self.token.text().strip())
        self.token.setEnabled(not given and not self._working)
        self.on.setEnabled(self.read.isChecked() and (given or typed) and not self._working)
        self.off.setEnabled(not self._working)
        self.on.setDefault(self.on.isEnabled())

    def _look_for_keyring(self) -> None:
        if not self._services.sample:
            self._tasks.query(SLOT, self._services.x.place, self._take_place)

    def _take_place(self, place: Kept) -> None:
        if not self._open:
            return
        there = place is Kept.KEYRING
        self.way(Kept.KEYRING).setEnabled(there)
        if there and self.chosen is not Kept.ENVIRONMENT:
            self.way(Kept.KEYRING).setChecked(True)
        none = _("This system has no keyring that Veille trusts: the token is given anew each time, or by the "
                 "environment variable VEILLE_X_TOKEN.")  # fmt: skip
        self.where.setText(none)
        self.where.setVisible(not there)

    # What is done ---------------------------------------------------------------------------------

    def turn_on(self) -> None:
        """With the token that stands there, or the one of the environment."""
        if not self.on.isEnabled():
            return
        kept = self.chosen
        token = "" if kept is Kept.ENVIRONMENT else self.token.text()
        self._work(lambda: self._services.x.turn_on(token, where=kept))

    def turn_off(self) -> None:
        """Forget the token."""
        self._work(self._services.x.turn_off)

    def _work(self, deed: Callable[[], State]) -> None:
        def work() -> str:
            try:
                deed()
            except VeilleError as error:  # said here, beside the field
                return str(error)
            return ""

        self._working = self._tasks.job(WORK, lambda _task: work(), self._done_with)
        self._allow()

    def _done_with(self, problem: str) -> None:
        if not self._open:
            return
        self._working = False
        if not problem:
            self.token.clear()
            self.read.setChecked(False)
        self.show_state()
        self.note.tell(problem)
        if problem:
            self.token.setFocus()
            self.area.ensureWidgetVisible(self.note)
        else:
            self.area.setFocus()
            self.area.verticalScrollBar().setValue(0)  # where the state is
        self.turned.emit()

    # Qt's own -------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """The scheme may have changed."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._dressed is not colours():
            self._dressed = colours()
            dress(self)

    def done(self, result: int) -> None:
        """Close; what stands in the field is gone."""
        self._open = False
        self.token.clear()
        self._tasks.forget(SLOT)
        super().done(result)


def open_x(parent: QWidget, services: "Services", tasks: Tasks) -> XWindow:
    """Open the page over ``parent``; once."""
    there = [each for each in parent.findChildren(XWindow) if each.isVisible()]
    page = there[0] if there else XWindow(parent, services, tasks)
    page.open()
    return page
