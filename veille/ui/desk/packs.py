"""The packs window: the sectors that are published, and those that are received, with what is new in them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDir, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from veille.core.packs.offered import Look, Offer
from veille.i18n import N_, _
from veille.model import Changes, Outline
from veille.ui.desk import packlist
from veille.ui.desk.beside import Beside
from veille.ui.desk.lines import BELOW, MARKS, LinesDelegate
from veille.ui.desk.noticing import Noticing
from veille.ui.desk.packlist import PackLine
from veille.ui.desk.review import ReviewDialog
from veille.ui.dialogs import files
from veille.ui.labels import PlainLabel
from veille.ui.layouts import down, named
from veille.ui.strips import TELLS, Flow
from veille.ui.theme import dress

if TYPE_CHECKING:
    from veille.ui.desk.publishing import PublishDialog
    from veille.ui.window import Window

SLOT = "packs.list"
CALM = 400  # ms between two looks while changes pour in
LOW = 420  # logical pixels of height below which nothing is explained
LINE = Qt.ItemDataRole.UserRole + 9
KIND = N_("Sector packs (*.veille.toml *.toml);;All files (*)")


class PacksWindow(Beside):
    """Beside the main window, which stays usable. It never asks in the face's own thread."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._noticing: Noticing = window.noticing
        self._look = self._noticing.last or Look()
        self.setWindowTitle(_("Packs"))
        self.setProperty(TELLS, True)
        self._build()
        self._lay_out()
        self._connect()
        self.resize(QSize(800, 540).boundedTo(self.screen().availableSize() * 0.9))
        self._show_choices()
        self.look()
        self._noticing.look()
        self.list.setFocus()

    # Layout ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        text = _(
            "A pack is a sector as a file: its sources with the reason for each, its rules, a word to the reader. Put "
            "it into a folder that others see, or send it. Whoever receives it sees what changes, and decides."
        )
        self.about = named(PlainLabel(text), "muted")
        self.list = named(QListWidget(), "roomy")
        self.list.setItemDelegate(LinesDelegate(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName(_("Packs"))
        self.empty = named(PlainLabel(_("No pack is published or received yet.")), "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for label in (self.about, self.empty):
            label.setWordWrap(True)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self.stack.addWidget(self.empty)
        self.stack.setMinimumHeight(4 * self.fontMetrics().lineSpacing())
        self.state = PlainLabel()
        self.state.setWordWrap(True)
        self.automatic = QCheckBox(_("Take over this curator’s new editions without asking"))
        self.review = _button(_("See what changes…"))
        self.publish = _button(_("Publish a sector…"))
        self.follow = _button(_("Follow a folder…"))
        self.file = _button(_("Open a pack…"))
        self.leave = _button(_("Leave"))
        self.again = _button(_("Look again"))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self._calm = QTimer(self, singleShot=True, interval=CALM)

    def _lay_out(self) -> None:
        row = QWidget()
        flow = Flow()
        row.setLayout(flow)
        for button in (self.review, self.publish, self.leave, self.follow, self.file, self.again):
            flow.addWidget(button)
        column = down(self, spacing=12, margins=(24, 18, 24, 16))
        column.addWidget(self.about)
        column.addWidget(self.strip)
        column.addWidget(self.stack, 1)
        column.addWidget(self.state)
        column.addWidget(self.automatic)
        column.addWidget(row)
        column.addWidget(self.buttons)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(lambda _row: self._show_choices())
        self.list.itemActivated.connect(lambda _item: self._activate())
        for button, deed in (
            (self.review, self._review), (self.publish, self._publish), (self.follow, self._follow),
            (self.file, self._open), (self.leave, self._leave), (self.again, self._look_again),
        ):  # fmt: skip
            button.clicked.connect(lambda _checked=False, deed=deed: deed())
        self.automatic.clicked.connect(self._set_automatic)
        self.buttons.rejected.connect(self.reject)
        self.strip.left.connect(self.list.setFocus)
        self._calm.timeout.connect(self.look)
        self._tasks.changed.connect(self._take_changes)
        self._tasks.failed.connect(self._fail)
        self._noticing.noticed.connect(self._notice)
        self._window.browsing.told.connect(self._undone)

    # Asking ---------------------------------------------------------------------------------------

    def look(self) -> None:
        """Ask which packs there are."""
        services = self._services
        self._tasks.query(SLOT, lambda: packlist.lines(services), self._take)

    def _take_changes(self, changes: Changes) -> None:
        if (changes.text or changes.outline) and not self._calm.isActive():
            self._calm.start()

    def _notice(self, look: Look) -> None:
        if look != self._look:  # else the list would lose its place each time
            self._look = look
            self.look()

    def _take(self, lines: Sequence[PackLine]) -> None:
        current = self.line
        self.list.clear()
        known = {line.key for line in lines}
        new = [
            PackLine(each.pack.key, each.pack.title, each.place) for each in self._look.offers
            if each.pack.key not in known
        ]  # fmt: skip
        for line in sorted((*lines, *new), key=lambda each: each.folder):  # the packs first
            row = QListWidgetItem(line.title)
            offer, problem = self._offer(line), self._problem(line)
            row.setData(LINE, line)
            row.setData(BELOW, (line.place, "" if line.folder else packlist.edition(line)))
            news = [_("new edition") if line.edition else _("new")] if offer else [_("problem")] if problem else []
            marks = [*news, *([packlist.kind(line)] if line.edition or line.folder else [])]  # not received yet
            row.setData(MARKS, marks)
            row.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join([line.title, *marks]))
            self.list.addItem(row)
            if current is not None and line.key == current.key:
                self.list.setCurrentItem(row)
        if self.list.count() and self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self.stack.setCurrentWidget(self.list if self.list.count() else self.empty)
        self._show_choices()

    def _offer(self, line: PackLine) -> Offer | None:
        return next((each for each in self._look.offers if each.pack.key == line.key), None)

    def _problem(self, line: PackLine) -> str:
        told = dict((*self._look.waiting, *self._look.problems))
        folder = str(Path(line.place).parent) if line.place else ""
        return told.get(line.key) or told.get(line.place) or told.get(folder) or ""

    # What is chosen -------------------------------------------------------------------------------

    @property
    def line(self) -> PackLine | None:
        """The row that is chosen."""
        row = self.list.currentItem()
        found: PackLine | None = row.data(LINE) if row is not None else None
        return found

    def _show_choices(self) -> None:
        line = self.line
        offer = self._offer(line) if line else None
        received = line is not None and not line.mine and not line.folder and line.edition > 0
        self.review.setVisible(offer is not None)
        self.publish.setText(_("Publish…") if line and line.mine else _("Publish a sector…"))
        self.leave.setVisible(line is not None and (line.edition > 0 or line.folder))
        self.leave.setText(packlist.leaving(line))
        self.automatic.setVisible(received)
        self.automatic.setEnabled(bool(line and line.signed))
        self.automatic.setChecked(bool(line and line.automatic))
        self.state.setText(self._said(line, offer) if line else "")
        self.state.setVisible(bool(self.state.text()))

    def _said(self, line: PackLine, offer: Offer | None) -> str:
        """What there is to say of it."""
        parts = [offer.text if offer else "", offer.author_text if offer else "", self._problem(line)]
        if not any(parts) and line.folder:
            parts = [_("Packs that appear in this folder are offered.")]
        elif not any(parts) and line.mine:
            parts = [_("Published; your changes since then are in the next edition.")]
        elif not any(parts):
            parts = [_("You have the newest edition that was found.")]
        if line.signed and not line.mine:
            key = _("The curator’s key: {fingerprint}").format(fingerprint=line.signed)
            return "\n".join((" ".join(filter(None, parts)), key))
        return " ".join(filter(None, parts))

    # What is done ---------------------------------------------------------------------------------

    def _activate(self) -> None:
        line = self.line
        if line and self._offer(line):
            self._review()
        elif line and line.mine:
            self._publish()

    def _review(self) -> None:
        line = self.line
        if line and (offer := self._offer(line)):
            self.show_offer(offer)

    def show_offer(self, offer: Offer) -> ReviewDialog:
        """What ``offer`` changes, to be decided."""
        dialog = ReviewDialog(self, self._services, self._tasks, offer)
        dialog.decided.connect(self._decided)
        dialog.open()
        return dialog

    def _decided(self, changes: Changes) -> None:
        self._tell(changes)
        self._noticing.look()

    def _publish(self) -> "PublishDialog":
        from veille.ui.desk.publishing import PublishDialog

        line = self.line
        dialog = PublishDialog(
            self, self._services, self._tasks, self._outline(), line.key if line and line.mine else ""
        )
        dialog.published.connect(self._tell)
        dialog.open()
        return dialog

    def _outline(self) -> Outline:
        return self._window.browsing.outline

    def _follow(self) -> None:
        if place := ask_folder(self, _("Follow the packs of a folder")):
            self.follow_place(Path(place))

    def follow_place(self, place: Path) -> None:
        """Look at a folder, or at one pack, from now on."""

        def then(offers: tuple[Offer, ...]) -> None:
            self._noticing.look()
            self.look()
            if len(offers) == 1 and self.isVisible():
                self.show_offer(offers[0])

        self._tasks.change(lambda: self._services.offers.follow(place), then)

    def _open(self) -> None:
        if path := files.ask_file(self, _("Open a pack"), kinds=KIND):
            self.open_file(Path(path))

    def open_file(self, path: Path) -> None:
        """Show what a pack that was sent would change."""

        def then(offer: Offer) -> None:
            if self.isVisible():
                self.show_offer(offer)

        self._tasks.query("packs.open", lambda: self._services.offers.open(path), then)

    def _leave(self) -> None:
        if (line := self.line) is None:
            return
        key, services = line.key, self._services
        self._do(lambda: services.publishing.stop(key) if line.mine else services.offers.leave(key))

    def _set_automatic(self, on: bool) -> None:
        if line := self.line:
            self._do(lambda: self._services.offers.set_automatic(line.key, on))

    def _look_again(self) -> None:
        self.strip.dismiss()
        self._noticing.look()

    def _undone(self, text: str) -> None:
        super()._undone(text)
        self._noticing.look()

    # Qt's own -------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is low, the list comes first."""
        super().resizeEvent(event)
        self.about.setVisible(self.height() >= LOW)

    def done(self, result: int) -> None:
        """Close; what is under way for it is dropped."""
        self._calm.stop()
        self._tasks.forget(SLOT)
        super().done(result)


def open_packs(window: "Window", offer: Offer | None = None) -> PacksWindow:
    """Open the packs beside ``window``, once; with an ``offer`` what it changes, too."""
    there = [each for each in window.findChildren(PacksWindow) if each.isVisible()]
    packs = there[0] if there else PacksWindow(window)
    packs.show()
    packs.activateWindow()
    if offer is not None:
        packs.show_offer(offer)
    return packs


def ask_folder(parent: QWidget, title: str) -> str:
    """A folder that the person chooses, "" where they thought better of it."""
    dialog = QFileDialog(parent, title, QDir.homePath())
    dress(dialog)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
    dialog.setViewMode(QFileDialog.ViewMode.List)
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, _("Folder:"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, _("Kind of file:"))
    dialog.resize(dialog.size().boundedTo(dialog.screen().availableSize() * 0.9))
    path = dialog.selectedFiles()[0] if dialog.exec() else ""
    dialog.deleteLater()
    return path


def _button(text: str) -> QPushButton:
    return QPushButton(text, autoDefault=False)
