"""How much room the profile takes, what is kept for how long, and a clean-up that shows first what it would remove."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QProgressBar, QPushButton, QSpinBox, QWidget

from veille import settings
from veille.core.keeping.storage import Cleaned, Proposal, Sizes
from veille.i18n import _, ngettext, number, size
from veille.model import Changes
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, down, fitting, named, scrolling
from veille.ui.strips import Strip
from veille.ui.tasks import Task
from veille.ui.theme import colours, dress, sized

if TYPE_CHECKING:
    from veille.ui.window import Window

SIZES, PROPOSAL, WORK = "storage.sizes", "storage.proposal", "clean"
CALM = 800  # ms between a change and a look at what it did to the sizes
TYPING = 150  # ms after a number of days before it is looked at
SOURCES = 5  # that are named
SETTING = "keep_days"


class CleanUp(QWidget):
    """From how many days to what would go; :attr:`proposal` is None while that is being found out."""

    def __init__(self, window: "Window", parent: QWidget) -> None:
        super().__init__(parent)
        self._window = window
        self.proposal: Proposal | None = None
        self.days = QSpinBox(minimum=1, maximum=settings.find(SETTING).high)
        self.days.setSuffix(" " + _("days"))
        self.days.setAccessibleName(_("Delete what is older than"))
        self.text, self.kept, self.sources = PlainLabel(), PlainLabel(), named(PlainLabel(), "muted")
        self.final = PlainLabel(_("This cannot be undone. What you kept stays, whatever its age."))
        self.remove = QPushButton(_("Delete"), autoDefault=False)
        self.leave = QPushButton(_("Leave it as it is"), autoDefault=False)
        for label in (self.text, self.kept, self.sources, self.final):
            label.setWordWrap(True)
        head = across(spacing=12)
        head.addWidget(PlainLabel(self.days.accessibleName()))
        head.addWidget(self.days)
        head.addStretch(1)
        foot = across(spacing=8)
        foot.addWidget(self.remove)
        foot.addWidget(self.leave)
        foot.addStretch(1)
        column = down(self, spacing=8)
        column.addLayout(head)
        for label in (self.text, self.sources, self.kept, self.final):
            column.addWidget(label)
        column.addLayout(foot)
        self._calm = QTimer(self, singleShot=True, interval=TYPING)
        self._calm.timeout.connect(self.look)
        self.days.valueChanged.connect(lambda _days: self._wait())
        self.leave.clicked.connect(self.hide)
        self.hide()

    def begin(self, days: int) -> None:
        """Show what would go."""
        self.days.setValue(days or settings.find(SETTING).default)  # type: ignore[arg-type]
        self._calm.stop()
        self._empty()
        self.show()
        self.days.setFocus(Qt.FocusReason.TabFocusReason)
        self.days.selectAll()
        self.look()

    def look(self) -> None:
        """Ask what would go."""
        days, storage = self.days.value(), self._window.services.storage
        self._window.tasks.query(PROPOSAL, lambda: storage.propose(days), self._take)

    def _wait(self) -> None:
        self._window.tasks.forget(PROPOSAL)
        self._empty()
        self._calm.start()

    def _empty(self) -> None:
        self.proposal = None
        self.remove.setEnabled(False)
        self.text.setText(_("Looking for what would go…"))
        self.sources.hide()
        self.kept.hide()

    def _take(self, proposal: Proposal) -> None:
        self.proposal = proposal
        self.text.setText(proposal.text)
        self.kept.setText(proposal.kept_text)
        self.kept.setVisible(bool(proposal.kept))
        lines = [f"{title} · {number(count)}" for title, count in proposal.sources[:SOURCES]]
        if (left := len(proposal.sources) - SOURCES) > 0:
            lines.append(ngettext("and {n} more source", "and {n} more sources", left).format(n=number(left)))
        self.sources.setText("\n".join(lines))
        self.sources.setVisible(bool(lines))
        count = proposal.items
        text = ngettext("Delete {n} item", "Delete {n} items", count).format(n=number(count))
        self.remove.setText(text if count else _("Delete"))
        self.remove.setVisible(bool(count))
        self.final.setVisible(bool(count))
        self.remove.setAccessibleDescription(f"{proposal.text} {proposal.kept_text}")
        self.remove.setEnabled(bool(count))

    def stop(self) -> None:
        """Ask nothing more."""
        self._calm.stop()
        self._window.tasks.forget(PROPOSAL)


class StorageWindow(QDialog):
    """Beside the main window, which stays usable."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window, self._tasks, self._services = window, window.tasks, window.services
        self._work: Task | None = None
        self._open = True
        self._dressed = colours()
        dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Storage"))
        self._build()
        self._lay_out()
        self._connect()
        self.resize(QSize(560, 620).boundedTo(self.screen().availableSize() * 0.9))
        self._rest()
        self.look()
        self.begin.setFocus()

    # Layout ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.sum = PlainLabel()
        self.sum.setFont(sized(self.font(), 1.1, bold=True))
        self.table = QGridLayout()
        self.table.setHorizontalSpacing(24)
        self.table.setVerticalSpacing(4)
        self.table.setColumnStretch(2, 1)
        self.cells: dict[str, PlainLabel] = {}
        for row, (key, text, part) in enumerate((
            ("database", _("Database"), False), ("articles", _("of which full articles"), True),
            ("pictures", _("of which pictures"), True), ("free", _("of which free, for later items"), True),
            ("index", _("Search index"), False), ("traces", _("Traces"), False),
        )):  # fmt: skip
            name, cell = PlainLabel(f"    {text}" if part else text), PlainLabel()
            for label in (name, cell):
                named(label, "muted" if part else "")
            self.table.addWidget(name, row, 0)
            self.table.addWidget(cell, row, 1, Qt.AlignmentFlag.AlignRight)
            self.cells[key] = cell
        self.items = PlainLabel()
        setting = settings.find(SETTING)
        self.days = QSpinBox(minimum=setting.low, maximum=setting.high)
        self.days.setKeyboardTracking(False)
        self.days.setSuffix(f" {setting.unit}")
        self.days.setSpecialValueText(_("for ever"))
        self.days.setValue(self._services.preferences.values.keep_days)
        self.days.setAccessibleName(setting.title)
        self.days.setAccessibleDescription(setting.help)
        self.help = named(PlainLabel(setting.help), "muted")
        self.clean_up = CleanUp(self._window, self)
        self.strip = Strip()
        self.progress = QWidget()
        self.what, self.bar = named(PlainLabel(), "muted"), QProgressBar(textVisible=False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(_("Progress"))
        self.stop = QPushButton(_("Cancel"), autoDefault=False)
        self.begin = QPushButton(_("Clean up…"))
        self.shut = QPushButton(_("Close"))
        for label in (self.sum, self.items, self.help, self.what):
            label.setWordWrap(True)
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._watch = QTimer(self, interval=100)

    def _lay_out(self) -> None:
        page = down(spacing=14)
        page.addWidget(self.sum)
        page.addLayout(self.table)
        page.addWidget(self.items)
        row = across(spacing=12)
        row.addWidget(PlainLabel(self.days.accessibleName()))
        row.addWidget(self.days)
        row.addStretch(1)
        page.addLayout(row)
        page.addWidget(self.help)
        page.addWidget(fitting(self.clean_up))
        page.addStretch(1)
        work = down(self.progress, spacing=6)
        line = across(spacing=12)
        line.addWidget(self.bar, 1)
        line.addWidget(self.stop)
        work.addWidget(self.what)
        work.addLayout(line)
        foot = across(spacing=8)
        foot.addWidget(self.begin)
        foot.addStretch(1)
        foot.addWidget(self.shut)
        column = down(self, spacing=14, margins=(24, 20, 12, 16))
        self.area = scrolling(page)
        column.addWidget(self.area, 1)
        column.addWidget(self.progress)
        column.addWidget(self.strip)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.days.valueChanged.connect(self._set)
        self.begin.clicked.connect(lambda: self.clean_up.begin(self.days.value()))
        self.clean_up.remove.clicked.connect(self.clean)
        self.clean_up.leave.clicked.connect(self.begin.setFocus)
        self.area.verticalScrollBar().rangeChanged.connect(self._show_proposal)
        self.stop.clicked.connect(lambda: self._tasks.cancel(WORK))
        self.shut.clicked.connect(self.reject)
        self._calm.timeout.connect(self.look)
        self._watch.timeout.connect(self._show_progress)
        self._tasks.changed.connect(self._take_changes)
        self._tasks.idle.connect(self._rest)  # it may have failed

    def _show_proposal(self, _low: int, high: int) -> None:
        """It stands last, on a small screen below what is seen."""
        if self.clean_up.isVisible():
            self.area.verticalScrollBar().setValue(high)

    # Asking ---------------------------------------------------------------------------------------

    def look(self) -> None:
        """Ask how much room there is."""
        self._tasks.query(SIZES, self._services.storage.sizes, self._take)

    def _take(self, sizes: Sizes) -> None:
        self.sum.setText(_("This profile takes {size}.").format(size=size(sizes.whole)))
        for key, cell in self.cells.items():
            cell.setText(size(getattr(sizes, key)))
        self.items.setText(sizes.text)

    def _take_changes(self, _changes: Changes) -> None:
        if not self._calm.isActive():
            self._calm.start()

    def _set(self, days: int) -> None:
        self._tasks.change(lambda: self._services.preferences.set(SETTING, str(days)))

    # Cleaning up ----------------------------------------------------------------------------------

    def clean(self) -> None:
        """Remove what is shown."""
        proposal, storage = self.clean_up.proposal, self._services.storage
        if proposal is None:
            return

        def work(task: Task) -> Cleaned:
            self._work = task
            return storage.clean(proposal, task)

        if self._tasks.job(WORK, work, self._take_cleaned):
            self.clean_up.hide()
            self.strip.dismiss()
            self.progress.show()
            self.begin.setEnabled(False)
            self.what.setText(_("Deleting old items"))
            self.bar.setRange(0, 0)
            self._watch.start()
            self.stop.setFocus()

    def _show_progress(self) -> None:
        if self._work is not None:
            done, total, text = self._work.state
            self.what.setText(text)
            self.bar.setRange(0, total)
            self.bar.setValue(done)

    def _take_cleaned(self, cleaned: Cleaned) -> None:
        self._tasks.changed.emit(cleaned.changes)
        if self._open:
            self._rest()
            self.strip.tell(cleaned.text, sign="check")
            self.look()

    def _rest(self) -> None:
        """Nothing is being cleaned up."""
        if self._tasks.busy(WORK):
            return
        self._work = None
        self._watch.stop()
        focused = self.stop.hasFocus()
        self.progress.hide()
        self.begin.setEnabled(True)
        if focused:
            self.begin.setFocus()

    # Qt's own -------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter ends a number and does nothing else; Esc leaves what is under way first."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(self.focusWidget(), QSpinBox):
            return
        if event.key() == Qt.Key.Key_Escape and self._tasks.busy(WORK):
            self._tasks.cancel(WORK)
        elif event.key() == Qt.Key.Key_Escape and self.clean_up.isVisible():
            self.clean_up.leave.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """The scheme may have changed."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._dressed is not colours():
            self._dressed = colours()
            dress(self)

    def done(self, result: int) -> None:
        """Close; a clean-up goes on, as the main window shows."""
        self._open = False
        self._calm.stop()
        self._watch.stop()
        self.clean_up.stop()
        self._tasks.forget(SIZES)
        super().done(result)


def open_storage(window: "Window") -> StorageWindow:
    """Open the window beside the main one; once."""
    there = [each for each in window.findChildren(StorageWindow) if each.isVisible()]
    storage = there[0] if there else StorageWindow(window)
    storage.show()
    storage.activateWindow()
    return storage
