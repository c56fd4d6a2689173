"""One box for whatever can be watched: an address or an account; what is found there; and where it goes."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QWidget

from veille.content.networks import Meant
from veille.core.curating.adding import NewAddress
from veille.i18n import _
from veille.model import Outline, SourceKind
from veille.ui.desk.finding import Finding
from veille.ui.desk.newcomer import More, Where
from veille.ui.dialogs.notes import Note
from veille.ui.labels import PlainLabel
from veille.ui.layouts import down, named, scrolling
from veille.ui.meanings import Meanings
from veille.ui.pricing import Price
from veille.ui.tasks import Tasks
from veille.ui.theme import dress

if TYPE_CHECKING:
    from veille.core.services import Services

__all__ = ["AddressDialog", "NewAddress", "ask_address"]

LONGEST = 2000  # letters of an address
WIDTH = 680  # logical pixels, where the screen has them
FEEDS = (SourceKind.FEED, SourceKind.PAGE)


class AddressDialog(QDialog):
    """Says what it understood before it is added; whoever types asks nobody.

    A web address may be looked at first: what would be asked is announced, and Enter asks it. Whether that was done or
    not, “Add” adds what is chosen. An address that looks made for one reader is flagged; in strict level it is added
    only when that is ticked.
    """

    def __init__(
        self, parent: QWidget | None, services: "Services", tasks: Tasks, outline: Outline, sector: str | None,
        address: str = "", *, leaves: bool = False
    ) -> None:  # fmt: skip
        super().__init__(parent)
        dress(self)
        self._services = services
        self._told: Meant | None = None
        self.leaves_with = ""  # the address that the person would rather look at in their own profile
        self.setWindowTitle(_("Add an address or account"))
        self.address = named(QLineEdit(maxLength=LONGEST), "address")
        self.address.setPlaceholderText("@name, @name@host, name.bsky.social, https://…")
        self.address.setAccessibleName(_("Address or account"))
        self.meanings = Meanings(self.address)
        self.note = Note(self.address)
        self.personal = QCheckBox(_("Add it all the same"))
        self.personal.hide()
        self.price = Price(services, tasks)
        self.finding = Finding(services, tasks, leaves=leaves)
        self.where = Where(outline, sector)
        self.private = QCheckBox(_("Allow a private or local address for this source"))
        self.more = More(services.clock)
        self._lay_out()
        self._connect()
        self._judge()
        if address:
            self.address.setText(address)
            self.address.setCursorPosition(0)

    # Layout ---------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._add = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._add.setText(_("Add"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(verticalSpacing=10, horizontalSpacing=16)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(PlainLabel(_("Sector")), self.where)
        form.addRow(self.private)
        page = down(spacing=10)
        for each in (self.meanings, self.note, self.personal, self.price, self.finding):
            page.addWidget(each)
        page.addSpacing(4)
        page.addLayout(form)
        page.addWidget(self.more)
        page.addStretch(1)
        self.area = scrolling(page)
        self.page = self.area.widget()
        assert self.page is not None
        self.page.installEventFilter(self)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = down(self, spacing=10, margins=(24, 20, 12, 16))
        head = down(spacing=10, margins=(0, 0, 12, 0))
        head.addWidget(PlainLabel(self.address.accessibleName()))
        head.addWidget(self.address)
        foot = down(margins=(0, 0, 12, 0))
        foot.addWidget(buttons)
        column.addLayout(head)
        column.addWidget(self.area, 1)
        column.addLayout(foot)
        self.setMinimumWidth(min(WIDTH, int(self.screen().availableSize().width() * 0.9)))
        self.setMinimumHeight(min(300, int(self.screen().availableSize().height() * 0.9)))

    def _connect(self) -> None:
        self.address.textChanged.connect(self._judge)
        self.meanings.chosen.connect(self._take_meaning)
        self.private.toggled.connect(lambda _on: self._take_meaning())
        self.personal.toggled.connect(self._allow)
        self.where.changed.connect(self._allow)
        self.finding.chosen.connect(self._take_choice)
        self.finding.working.connect(self._allow)
        self.finding.shown.connect(self._bring_in)
        self.finding.left.connect(self._leave)
        self.more.fold.toggled.connect(lambda on: self._bring_in(self.more) if on else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """More shows: the window grows with it, as far as the screen goes."""
        if event.type() is QEvent.Type.LayoutRequest and watched is self.page:
            QTimer.singleShot(0, self, self._grow)
        return super().eventFilter(watched, event)

    def _grow(self) -> None:
        if self.page is None or not self.isVisible():
            return
        frame = self.screen().availableGeometry()
        need = self.page.minimumHeight() + self.height() - self.area.viewport().height()
        high = min(need, int(frame.height() * 0.9))
        if high > self.height():
            self.resize(self.width(), high)
            below = self.frameGeometry().bottom() - frame.bottom()
            if below > 0:
                self.move(self.x(), max(frame.top(), self.y() - below))

    def _bring_in(self, widget: QWidget) -> None:
        """On a small screen, what is new comes into sight."""

        def scroll() -> None:
            self.area.ensureWidgetVisible(widget, 0, 12)
            if self.page is not None and widget.height() > self.area.viewport().height():  # it begins at its top
                self.area.verticalScrollBar().setValue(widget.mapTo(self.page, QPoint(0, 0)).y())

        QTimer.singleShot(0, self, scroll)

    # What counts ----------------------------------------------------------------------------------

    @property
    def meant(self) -> Meant | None:
        """What would be added; None where nothing can be."""
        typed = self.meanings.meant
        return self.finding.meant(typed) if typed is not None and typed.kind is SourceKind.FEED else typed

    @property
    def found(self) -> NewAddress | None:
        """What stands there; None where nothing is understood."""
        meant = self.meant
        if meant is None:
            return None
        finding = self.finding.isVisibleTo(self)
        return NewAddress(
            meant, self.where.key,
            allow_private=self.private.isVisibleTo(self) and self.private.isEnabled() and self.private.isChecked(),
            allow_personal=self.personal.isVisibleTo(self) and self.personal.isChecked(),
            title=self.finding.title if finding else "", name=self.more.name.text().strip(), new_sector=self.where.new,
            why=self.more.reason, trial=self.more.last_day, labels=self.more.labelled,
            selector=self.finding.selector if finding else "")  # fmt: skip

    def _judge(self) -> None:
        self.meanings.read(self.address.text())
        self._take_meaning()

    def _take_meaning(self) -> None:
        typed = self.meanings.meant
        self.address.setAccessibleDescription(self.meanings.text)
        web = typed is not None and typed.kind is SourceKind.FEED
        self.private.setVisible(typed is None or typed.kind.by_host)
        others = tuple(each for each in self.meanings.found if each.kind is not SourceKind.FEED)
        self.finding.read(self.address.text().strip() if web else "", self.private.isChecked(), others)
        self._take_choice()

    def _take_choice(self) -> None:
        """Say what there is to say of what would be added now."""
        from veille.content.personal import token

        meant, typed = self.meant, self.meanings.meant
        self.private.setEnabled(meant is None or typed is None or _place(meant) == _place(typed))  # typed, so allowed
        self.meanings.setVisible(not (self.finding.known and len(self.meanings.found) == 1))
        key = token(meant.address) if meant and meant.kind in FEEDS else ""
        text = _("This address holds what looks like a key of your own ({token}): the source knows you by it.")
        self.note.tell(text.format(token=key) if key else "")
        self.personal.setVisible(bool(key) and self._services.discretion.strict)
        if meant != self._told:
            self._told = meant
            self.personal.setChecked(False)  # it was meant for the other address
        self.price.show_for(meant)
        self._allow()

    def _allow(self) -> None:
        placed = self.where.key is not None or bool(self.where.new)
        self.more.show_for(self.finding.title if self.finding.isVisibleTo(self) else "", placed=placed)
        held = self.personal.isVisibleTo(self) and not self.personal.isChecked()
        good = self.meant is not None and not held and self.where.told and not self.finding.looking
        self._add.setEnabled(good)
        first = self.finding.isVisibleTo(self) and self.finding.first
        if first:
            self.finding.default.setDefault(True)
        else:
            self._add.setDefault(True)

    def _leave(self) -> None:
        self.leaves_with = self.address.text().strip()
        self.reject()

    # Qt's own -------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc stops what is under way before it closes anything; Enter waits for it."""
        if event.key() == Qt.Key.Key_Escape and self.finding.cancel():
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.finding.looking:
            return
        super().keyPressEvent(event)

    def done(self, result: int) -> None:
        """Close; what is under way for it is dropped."""
        self.price.show_for(None)
        self.finding.close_down()
        super().done(result)


def _place(one: Meant) -> str:
    """Its host and port."""
    return urlsplit(one.address).netloc


def ask_address(
    parent: QWidget, services: "Services", tasks: Tasks, outline: Outline, sector: str | None, address: str = "",
    leave: Callable[[str], None] | None = None
) -> NewAddress | None:  # fmt: skip
    """What the person gave, None where they thought better of it; ``address`` stands there already.

    ``leave`` is called with what was typed when they leave the sample to look at it in their own profile.
    """
    dialog = AddressDialog(parent, services, tasks, outline, sector, address, leaves=leave is not None)
    answer = dialog.found if dialog.exec() else None
    typed = dialog.leaves_with
    dialog.deleteLater()
    if typed and leave is not None:
        leave(typed)
    return answer
