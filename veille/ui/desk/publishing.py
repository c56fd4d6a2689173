"""Publishing a sector: where, what is new since the last edition, where another curator disagrees, and a word."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from veille.core.packs.comparing import Change, Kind
from veille.core.packs.publishing import SUFFIX, Draft
from veille.errors import VeilleError
from veille.i18n import _, ngettext, number
from veille.model import Changes, Outline
from veille.ui.desk.deciding import ConflictBox, ReasonBox
from veille.ui.dialogs import files
from veille.ui.dialogs.notes import Note
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, down, named, scrolling
from veille.ui.pressing import is_enter, press
from veille.ui.tasks import Tasks
from veille.ui.theme import colours, dress, sized

if TYPE_CHECKING:
    from veille.core.services import Services

SLOT = "packs.draft"
CALM = 300  # ms after the last change of a choice
SLOW = 2000  # ms after which it is said that a place keeps us waiting
LISTED = 40  # changes that are listed; of the rest the number is said
NOTE = 2000  # characters to the reader
NAME = 80


class PublishDialog(QDialog):
    """``published`` carries the :class:`Changes`. What is shown is what would be written: it is asked for again
    whenever something is chosen."""

    published = Signal(object)

    def __init__(
        self, parent: QWidget, services: "Services", tasks: Tasks, outline: Outline, sector: str = ""
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._services, self._tasks = services, tasks
        self._dressed = colours()
        self._draft: Draft | None = None
        self._signed = False  # the edition before
        self._asked: tuple[str, Path | None] | None = None
        self._again = False  # to be asked for once more
        self._failure = ""  # why it could not be written: it stays until something else is chosen
        dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Publish a sector"))
        self._build(outline, sector)
        self._lay_out()
        self._connect()
        self.resize(QSize(720, 640).boundedTo(self.screen().availableSize() * 0.9))
        self._take_sector()
        (self.note if sector else self.sector).setFocus()

    # Layout ---------------------------------------------------------------------------------------

    def _build(self, outline: Outline, sector: str) -> None:
        self.sector = QComboBox()
        self.sector.setAccessibleName(_("Sector"))
        self.sector.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for each in outline.sectors:
            self.sector.addItem(each.title, each.key)
        self.sector.setCurrentIndex(max(0, self.sector.findData(sector)))
        self.place = QLineEdit(placeholderText=_("A folder that others see"))
        self.place.setAccessibleName(_("Folder"))
        self.choose = QPushButton(_("Choose…"), autoDefault=False)
        self.curator = QLineEdit(self._services.preferences.values.curator, maxLength=NAME)
        self.curator.setPlaceholderText(_("As readers know you"))
        self.curator.setAccessibleName(_("Your name"))
        self.sign = QCheckBox(_("Sign it"))
        self.key = named(PlainLabel(), "muted")
        self.key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note = QPlainTextEdit(tabChangesFocus=True, placeholderText=_("What they should know of this edition"))
        self.note.setObjectName("lines")
        self.note.setAccessibleName(_("A word to the reader"))
        self.note.setFixedHeight(4 * self.fontMetrics().lineSpacing())
        self.sum = PlainLabel()
        self.sum.setFont(sized(self.font(), 1.1, bold=True))
        self.changes, self.theirs = PlainLabel(), PlainLabel()
        for label in (self.key, self.sum, self.changes, self.theirs):
            label.setWordWrap(True)
        self.conflicts, self.removals = ConflictBox(), ReasonBox()
        self.problem = Note(self.place)
        self.go = QPushButton(_("Publish"), autoDefault=True)
        self.go.setDefault(True)
        self.send = QPushButton(_("Write to a file…"), autoDefault=False)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.leave = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        self.leave.setAutoDefault(False)
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._slow = QTimer(self, singleShot=True, interval=SLOW)

    def _lay_out(self) -> None:
        place = across(spacing=8)
        place.addWidget(self.place, 1)
        place.addWidget(self.choose)
        form = QFormLayout(verticalSpacing=10, horizontalSpacing=16)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow(PlainLabel(_("Sector")), self.sector)
        form.addRow(PlainLabel(_("Folder")), place)
        form.addRow(PlainLabel(_("Your name")), self.curator)
        form.addRow(PlainLabel(_("A word to the reader")), self.note)
        page = down(spacing=12)
        page.addLayout(form)
        page.addWidget(self.sign)
        page.addWidget(self.key)
        for part in (self.sum, self.changes, self.theirs, self.conflicts, self.removals):
            page.addWidget(part)
        page.addStretch(1)
        foot = across(spacing=8, margins=(0, 0, 12, 0))  # the page above has as much for its bar
        foot.addWidget(self.send)
        foot.addStretch(1)
        foot.addWidget(self.buttons)
        foot.addWidget(self.go)
        column = down(self, spacing=10, margins=(24, 18, 12, 16))
        column.addWidget(scrolling(page), 1)
        column.addWidget(self.problem)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.sector.currentIndexChanged.connect(lambda _at: self._take_sector())
        self.place.textChanged.connect(lambda _text: self._choose_anew())
        self.choose.clicked.connect(self._choose)
        self.sign.toggled.connect(lambda _on: self._choose_anew())
        self.note.textChanged.connect(self._cut_note)
        self.conflicts.settled.connect(self._choose_anew)
        self._calm.timeout.connect(self.look)
        self._slow.timeout.connect(lambda: self.sum.setText(_("Waiting for the folder to answer…")))
        self.go.clicked.connect(self.publish)
        self.send.clicked.connect(self._send)
        self.leave.clicked.connect(self.reject)

    # What would be published ----------------------------------------------------------------------

    @property
    def where(self) -> Path | None:
        """The folder, or None where none is named."""
        text = self.place.text().strip()
        return Path(text) if text else None

    @property
    def signing(self) -> bool | None:
        """Whether it is to be signed; None: as the edition before, with its key or not at all."""
        return None if self.sign.isChecked() is self._signed else self.sign.isChecked()

    def _choose_anew(self) -> None:
        """What failed before says nothing about what is chosen now."""
        self._failure = ""
        self._calm.start()

    def _take_sector(self) -> None:
        """Another sector: where it was published, and whether it was signed."""
        self._failure = ""
        key, services = self.sector.currentData(), self._services
        self.conflicts.forget()

        def ask() -> tuple[str, bool, str]:
            row = next((each for each in services.publishing.all() if each.key == key), None)
            place = str(Path(row.place).parent) if row and row.place else ""
            return place, bool(row and row.signer), services.publishing.fingerprint()

        def then(answer: tuple[str, bool, str]) -> None:
            place, signed, mark = answer
            self.place.setText(place)
            self._signed = signed
            self.sign.setChecked(signed)
            self._show_key(mark)
            self.look()

        if key is None:
            self._fail(_("There is no sector yet."))
        else:
            self._tasks.query("packs.row", ask, then)

    def _show_key(self, mark: str) -> None:
        if mark:
            text = _("Readers see when somebody else changed it. Tell them your key by another way: {fingerprint}")
            self.key.setText(text.format(fingerprint=mark))
        else:
            text = _("Readers see when somebody else changed it. Your key is made then, and stays on this machine.")
            self.key.setText(text)

    def look(self) -> None:
        """Ask what would be published there."""
        key, where, sign, choices = (
            self.sector.currentData(),
            self.where,
            self.signing,
            dict(self.conflicts.sides),
        )
        if key is None:
            return

        def ask() -> Draft | str:
            try:
                return self._services.publishing.draft(key, where, choices, sign=sign)
            except VeilleError as error:
                return str(error)

        # The place may be a share that hangs: nothing else waits for it, and somewhere else nobody does.
        if (key, where) != self._asked:
            self._asked, self._again = (key, where), False
            self._tasks.forget(SLOT)
        if self._tasks.aside(SLOT, lambda _task: ask(), self._take):
            self._slow.start()
        else:
            self._again = True

    def _take(self, answer: Draft | str) -> None:
        self._slow.stop()
        if self._again:  # something else was chosen meanwhile
            self._again = False
            self.look()
            return
        if isinstance(answer, str):
            self._fail(answer)
            return
        self.problem.tell(self._failure)
        self._draft = answer
        count = len(answer.changes)
        if answer.pack.version == 1:
            text = ngettext("A first edition with {n} source.", "A first edition with {n} sources.",
                            len(answer.pack.sources))  # fmt: skip
            self.sum.setText(text.format(n=number(len(answer.pack.sources))))
        elif count:
            text = ngettext("{n} change since the last edition.", "{n} changes since the last edition.", count)
            self.sum.setText(text.format(n=number(count)))
        else:
            self.sum.setText(_("Nothing has changed since the last edition."))
        self.changes.setText(_listed(answer.changes) if answer.pack.version > 1 else "")
        self.changes.setVisible(bool(self.changes.text()))
        self.theirs.setText(
            "\n".join((_("From another curator, and taken over here, too:"), _listed(answer.theirs)))
            if answer.theirs
            else ""
        )
        self.theirs.setVisible(bool(answer.theirs))
        self.conflicts.ask(answer.conflicts)
        gone = {each.key: each.title for each in answer.changes if each.kind is Kind.REMOVED}
        self.removals.ask(gone, {each.key: each.why for each in answer.pack.removals})
        self._allow()

    def _fail(self, text: str) -> None:
        self._draft = None
        self.sum.setText("")
        for part in (self.changes, self.theirs, self.conflicts, self.removals):
            part.hide()
        self.problem.tell(text)
        self._allow()

    def _allow(self) -> None:
        draft = self._draft
        self.go.setEnabled(draft is not None and not draft.conflicts and self.where is not None)
        self.send.setEnabled(draft is not None)

    def _cut_note(self) -> None:
        text = self.note.toPlainText()
        if len(text) > NOTE:
            cursor = self.note.textCursor()
            at = cursor.position()
            self.note.setPlainText(text[:NOTE])
            cursor.setPosition(min(at, NOTE))
            self.note.setTextCursor(cursor)

    def _choose(self) -> None:
        from veille.ui.desk.packs import ask_folder

        if folder := ask_folder(self, _("Folder to publish in")):
            self.place.setText(folder)

    # What is done ---------------------------------------------------------------------------------

    def publish(self) -> None:
        """Write the next edition, under the name that stands there."""
        key, where, sign = self.sector.currentData(), self.where, self.signing
        note, reasons, choices, name = (
            self.note.toPlainText(),
            self.removals.reasons,
            dict(self.conflicts.sides),
            self._curator(),
        )
        services = self._services

        def attempt() -> Changes | str:
            try:
                if name != services.preferences.values.curator:
                    services.preferences.set("curator", name)
                return services.publishing.publish(
                    key, where, note=note, reasons=reasons, choices=choices, sign=sign)[1]  # fmt: skip
            except VeilleError as error:
                return str(error)

        def then(answer: Changes | str) -> None:
            self.setEnabled(True)
            if isinstance(answer, str):
                self._failure = answer
                self.problem.tell(answer)
                self.look()  # somebody may have published meanwhile
                return
            self._tasks.changed.emit(answer)
            self.published.emit(answer)
            self.accept()

        self.setEnabled(False)
        self._tasks.change(attempt, then)

    def _curator(self) -> str:
        return self.curator.text().strip()

    def _send(self) -> None:
        key = self.sector.currentData()
        if path := files.ask_file(self, _("Write the pack to a file"), save=f"{key}{SUFFIX}", kinds=_kind()):
            self.send_to(Path(path))

    def send_to(self, path: Path) -> None:
        """Write the sector to a file, to send."""
        key, note, sign, services = (
            self.sector.currentData(),
            self.note.toPlainText(),
            self.sign.isChecked(),
            self._services,
        )

        def attempt() -> Changes | str:
            try:
                pack = services.publishing.send(key, path, note=note, sign=sign)
            except VeilleError as error:
                return str(error)
            text = _("The pack “{title}” was written to {path}.").format(title=pack.title, path=path)
            return Changes(text=text)

        def then(answer: Changes | str) -> None:
            self.setEnabled(True)
            if isinstance(answer, str):
                self._failure = answer
                self.problem.tell(answer)
            else:
                self.published.emit(answer)
                self.accept()

        self.setEnabled(False)
        self._tasks.change(attempt, then)

    # Qt's own -------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (is_enter(event) and press(self.focusWidget())):
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """The scheme may have changed."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._dressed is not colours():
            self._dressed = colours()
            dress(self)

    def done(self, result: int) -> None:
        """Close; what is under way for it is dropped."""
        self._calm.stop()
        self._slow.stop()
        self._tasks.forget(SLOT)
        super().done(result)


def _listed(changes: tuple[Change, ...]) -> str:
    """Changes, one a line with its reason; of very many the number of the rest."""
    lines = [f"• {each.text}" for each in changes[:LISTED]]
    if len(changes) > LISTED:
        lines.append(_("… and {n} more.").format(n=number(len(changes) - LISTED)))
    return "\n".join(lines)


def _kind() -> str:
    from veille.ui.desk.packs import KIND

    return KIND
