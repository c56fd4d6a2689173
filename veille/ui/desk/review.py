"""What an edition of a pack changes and why, to take over whole or in part."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from veille.core.packs.offered import Offer
from veille.i18n import _, day, ngettext, number
from veille.model import Changes
from veille.ui.dialogs.notes import Note
from veille.ui.labels import PlainLabel, safe
from veille.ui.layouts import across, down, fitting, named, scrolling
from veille.ui.pressing import is_enter, press
from veille.ui.tasks import Tasks
from veille.ui.theme import colours, dress, sized

if TYPE_CHECKING:
    from veille.core.services import Services

MARK = Qt.ItemDataRole.UserRole + 1
NOTE = 2000  # characters of the curator's note that are shown


class ReviewDialog(QDialog):
    """Every change is chosen at first. ``decided`` carries the :class:`Changes` that were made.

    An edition that is not by whom it should be, or an older one, is taken over only once the person says so.
    """

    decided = Signal(object)

    def __init__(self, parent: QWidget, services: "Services", tasks: Tasks, offer: Offer) -> None:
        super().__init__(parent)
        self._services, self._tasks, self.offer = services, tasks, offer
        self._dressed = colours()
        dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Pack “{title}”").format(title=offer.pack.title))
        self._build()
        self._lay_out()
        self._connect()
        self.resize(QSize(720, 620).boundedTo(self.screen().availableSize() * 0.9))
        self._count()
        self.list.setFocus()

    # Layout ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        offer, pack = self.offer, self.offer.pack
        self.head = PlainLabel(offer.text)
        self.head.setFont(sized(self.font(), 1.1, bold=True))
        self.about = named(PlainLabel(_about(offer)), "muted")
        self.author = PlainLabel(offer.author_text)
        self.author.setObjectName("" if offer.suspicious else "muted")
        self.note = PlainLabel("\n".join((_("A word from the curator:"), pack.note[:NOTE])) if pack.note else "")
        self.note.setVisible(bool(pack.note))
        for label in (self.head, self.about, self.author, self.note):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.all = QCheckBox(_("All changes"))
        self.all.setTristate(True)
        self.list = named(QListWidget(), "roomy")
        self.list.setAccessibleName(_("Changes"))
        self.list.setWordWrap(True)
        self.list.setSpacing(4)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setStyleSheet(
            "QListWidget { outline: none; } QListWidget::item { padding: 4px; border: 1px solid transparent; }"
            "QListWidget::item:focus { border-color: palette(link); }"
        )
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for change in offer.changes:
            text = "\n".join(filter(None, (change.text, change.why and _("Why: {why}").format(why=change.why))))
            row = QListWidgetItem(text)
            row.setFlags(row.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            row.setCheckState(Qt.CheckState.Checked)
            row.setData(MARK, change.mark)
            row.setToolTip(safe(text))
            self.list.addItem(row)
        self.list.setCurrentRow(0)
        self.insist = QCheckBox()
        self.insist.setVisible(offer.suspicious or offer.older)
        self.insist.setText(
            _("I know who wrote it: take it over all the same")
            if offer.suspicious
            else _("Go back to this older edition")
        )
        self.problem = Note(self.list)
        self.accept_button = QPushButton(_("Take over"), autoDefault=True)
        self.accept_button.setDefault(True)
        self.decline = QPushButton(_("Decline"), autoDefault=False)
        self.decline.setToolTip(safe(_("Do not offer these changes again; a later edition is offered.")))
        self.later = QPushButton(_("Later"), autoDefault=False)

    def _lay_out(self) -> None:
        page = down(spacing=10)
        for label in (self.head, self.about, self.author, self.note):
            page.addWidget(label)
        self.words = scrolling(page)
        self.words.setFocusPolicy(Qt.FocusPolicy.NoFocus if not self.offer.pack.note else Qt.FocusPolicy.TabFocus)
        foot = across(spacing=8)
        foot.addWidget(self.decline)
        foot.addStretch(1)
        foot.addWidget(self.later)
        foot.addWidget(self.accept_button)
        column = down(self, spacing=10, margins=(24, 18, 24, 16))
        column.addWidget(self.words)
        column.addWidget(self.all)
        column.addWidget(self.list, 1)
        column.addWidget(self.problem)
        column.addWidget(fitting(self.insist))
        column.addLayout(foot)

    def _connect(self) -> None:
        self.list.itemChanged.connect(lambda _item: self._count())
        self.all.clicked.connect(self._choose_all)
        self.insist.toggled.connect(lambda _on: self._count())
        self.accept_button.clicked.connect(self._accept)
        self.decline.clicked.connect(self._decline)
        self.later.clicked.connect(self.reject)

    # What is chosen -------------------------------------------------------------------------------

    @property
    def chosen(self) -> frozenset[str]:
        """The marks of the changes that are chosen."""
        rows = (self.list.item(at) for at in range(self.list.count()))
        return frozenset(row.data(MARK) for row in rows if row.checkState() is Qt.CheckState.Checked)

    def _choose_all(self) -> None:
        state = Qt.CheckState.Unchecked if len(self.chosen) == self.list.count() else Qt.CheckState.Checked
        self.list.blockSignals(True)
        for at in range(self.list.count()):
            self.list.item(at).setCheckState(state)
        self.list.blockSignals(False)
        self._count()

    def _count(self) -> None:
        chosen, whole = len(self.chosen), self.list.count()
        text = ngettext("{chosen} of {n} change", "{chosen} of {n} changes", whole)
        self.all.setText(text.format(chosen=number(chosen), n=number(whole)))
        self.all.setVisible(whole > 1)
        part = Qt.CheckState.PartiallyChecked
        self.all.setCheckState(
            Qt.CheckState.Checked if chosen == whole else part if chosen else Qt.CheckState.Unchecked
        )
        held = (self.offer.suspicious or self.offer.older) and not self.insist.isChecked()
        self.accept_button.setEnabled(not held and (chosen > 0 or whole == 0))
        self.accept_button.setText(_("Take over") if chosen == whole else _("Take over what is chosen"))

    # What is done ---------------------------------------------------------------------------------

    def _accept(self) -> None:
        offer, chosen, insist = self.offer, self.chosen, self.insist.isChecked()
        whole = len(chosen) == self.list.count()
        self._do(lambda: self._services.offers.accept(offer, None if whole else chosen, insist=insist))

    def _decline(self) -> None:
        offer = self.offer
        self._do(lambda: self._services.offers.decline(offer))

    def _do(self, call: Callable[[], Changes]) -> None:
        """Do it once; what cannot be done is said here."""
        from veille.errors import VeilleError

        def attempt() -> Changes | str:
            try:
                return call()
            except VeilleError as error:
                return str(error)

        def then(answer: Changes | str) -> None:
            if isinstance(answer, str):
                self.problem.tell(answer)
                self.setEnabled(True)
                self._count()
            else:
                self.decided.emit(answer)
                self.accept()

        self.setEnabled(False)
        self._tasks.change(attempt, then)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (is_enter(event) and press(self.focusWidget())):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as its words, but no more than a third: the changes come first."""
        super().resizeEvent(event)
        inner = self.words.widget()
        page = inner.layout() if inner else None
        high = page.totalHeightForWidth(self.words.viewport().width()) if page else 0
        self.words.setFixedHeight(max(0, min(high, self.height() // 3)))

    def changeEvent(self, event: QEvent) -> None:
        """The scheme may have changed."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._dressed is not colours():
            self._dressed = colours()
            dress(self)


def _about(offer: Offer) -> str:
    """Whose it is, of when, and where it lies."""
    pack = offer.pack
    facts = [
        _("by {name}").format(name=pack.by) if pack.by else "",
        _("published {day}").format(day=day(pack.published.astimezone().date())) if pack.published else "",
        offer.place,
    ]
    return " · ".join(filter(None, facts))
