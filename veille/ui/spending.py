"""The budget for X: what this month cost, of how much; which sources it went to, and what they brought."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from veille.core.x.costs import dollars
from veille.i18n import _, number
from veille.model import Changes
from veille.sources.paid import Use
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, down, fitting, named
from veille.ui.spendinglist import SECTOR, SpendingModel, SpendingView
from veille.ui.strips import Strip
from veille.ui.tasks import Tasks
from veille.ui.theme import colours, dress, sized

if TYPE_CHECKING:
    from veille.core.services import Services
    from veille.core.x.costs import Line, Statement

SLOT = "spending"
CALM = 400  # ms between two looks while changes pour in
SOURCES, SECTORS, WAITING = range(3)
WARN = 80  # per cent, from which on the bar warns


class Bar(QWidget):
    """How much of the cap is spent, and behind it what is set aside for answers that have not come yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spent = self.whole = 0.0  # as parts of the cap
        self.setFixedHeight(10)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_shares(self, spent: float, whole: float) -> None:
        """``whole`` is with what is set aside."""
        self.spent, self.whole = min(spent, 1.0), min(whole, 1.0)
        self.setAccessibleName(_("{share} % of the budget is used").format(share=int(self.whole * 100)))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        c = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        full = QColor(c.warn if self.whole * 100 >= WARN else c.accent)
        pale = QColor(full)
        pale.setAlphaF(0.35)
        radius = self.height() / 2
        for share, colour in ((1.0, QColor(c.line)), (self.whole, pale), (self.spent, full)):
            if share > 0:
                painter.setBrush(colour)
                width = max(self.width() * share, self.height())
                painter.drawRoundedRect(QRectF(0, 0, width, self.height()), radius, radius)
        painter.end()


class SpendingWindow(QDialog):
    """The sum above, a table below. It never asks in the face's own thread."""

    def __init__(self, parent: QWidget, services: "Services", tasks: Tasks) -> None:
        super().__init__(parent)
        self._services, self._tasks = services, tasks
        self._dressed = colours()
        self._statement: Statement | None = None
        dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Budget for X"))
        self._build()
        self._lay_out()
        self._connect()
        self.resize(QSize(1000, 620).boundedTo(self.screen().availableSize() * 0.9))
        self.look()
        self.table.setFocus()

    # Layout ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.sum = PlainLabel()
        self.sum.setFont(sized(self.font(), 1.1, bold=True))
        self.bar = Bar()
        self.uses = named(PlainLabel(), "muted")
        self.strip = Strip()
        self.model = SpendingModel(self)
        self.table = SpendingView(self.model)
        self.empty = named(PlainLabel(), "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.help = named(PlainLabel(), "muted")
        for label in (self.sum, self.uses, self.empty, self.help):
            label.setWordWrap(True)
        self.views = QButtonGroup(self)
        for at, text in enumerate((_("By source"), _("By sector"), _("Waiting"))):
            chip = named(QToolButton(), "chip")
            chip.setText(text)
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.views.addButton(chip, at)
        self.views.button(SOURCES).setChecked(True)
        self._calm = QTimer(self, singleShot=True, interval=CALM)

    def _lay_out(self) -> None:
        above = fitting(QWidget())
        head = down(above, spacing=8)
        for part in (self.sum, self.bar, self.uses, self.strip):
            head.addWidget(part)
        chips = across(spacing=4)
        for chip in self.views.buttons():
            chips.addWidget(chip)
        chips.addStretch(1)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.stack.setMinimumHeight(5 * self.fontMetrics().lineSpacing())
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        column = down(self, spacing=8, margins=(24, 18, 24, 16))
        column.addWidget(above)
        column.addLayout(chips)
        column.addWidget(self.stack, 1)
        column.addWidget(self.help)
        column.addWidget(self.buttons)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)

    def _connect(self) -> None:
        self.views.idToggled.connect(lambda _view, on: self._show() if on else None)
        self.buttons.rejected.connect(self.reject)
        self._calm.timeout.connect(self.look)
        self._tasks.changed.connect(self._take)

    # Asking ---------------------------------------------------------------------------------------

    def look(self) -> None:
        """Ask how it stands."""
        self._tasks.query(SLOT, self._services.budget.statement, self._take_statement)

    def _take(self, _changes: Changes) -> None:
        if not self._calm.isActive():
            self._calm.start()

    def _take_statement(self, statement: "Statement") -> None:
        self._statement = statement
        cap = statement.cap
        self.sum.setText(in_words(statement))
        self.uses.setText(uses(statement))
        spent = statement.month / cap if cap else 1.0
        self.bar.show_shares(spent, (statement.month + statement.reserved) / cap if cap else 1.0)
        waiting = len(statement.waiting)
        self.views.button(WAITING).setText(_("Waiting ({n})").format(n=number(waiting)) if waiting else _("Waiting"))
        if statement.warning:
            self.strip.tell(statement.warning, sign="warning", warn=True)
        else:
            self.strip.dismiss()
        self._show()

    def _show(self) -> None:
        statement, view = self._statement, self.views.checkedId()
        if statement is None:
            return
        lines: Sequence[Line] = (statement.sources, statement.sectors, statement.waiting)[view]
        chosen = self.table.currentIndex().row()
        self.table.setColumnHidden(SECTOR, view == SECTORS)
        self.model.show(lines)
        self.stack.setCurrentWidget(self.table if lines else self.empty)
        if lines:
            self.table.setCurrentIndex(self.model.index(min(max(chosen, 0), len(lines) - 1), 0))
        nothing = (
            _("No source on X yet."), _("No source on X in any sector."),
            _("Nothing waits: every source could be asked."),
        )  # fmt: skip
        help = (
            "", _("A source counts in each of its sectors, so these may add up to more than the whole."),
            _("There was no budget left for these. The first ones of a sector are asked first: move a source up by "
              "its menu."),
        )  # fmt: skip
        self.empty.setText(nothing[view])
        self.help.setText(help[view] if lines else "")
        self.help.setVisible(bool(self.help.text()))

    # Qt's own -------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Back here there may be more to see; and the scheme may have changed."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self._take(Changes())
        elif event.type() is QEvent.Type.PaletteChange and self._dressed is not colours():
            self._dressed = colours()
            dress(self)

    def done(self, result: int) -> None:
        """Close; what is under way for it is dropped."""
        self._calm.stop()
        self._tasks.forget(SLOT)
        super().done(result)


def open_spending(window: QWidget, services: "Services", tasks: Tasks) -> SpendingWindow:
    """Open the budget beside ``window``, which stays usable; once."""
    there = [each for each in window.findChildren(SpendingWindow) if each.isVisible()]
    spending = there[0] if there else SpendingWindow(window, services, tasks)
    spending.show()
    spending.activateWindow()
    return spending


# In words ----------------------------------------------------------------------------------------


def in_words(statement: "Statement") -> str:
    """The sum of the month and of the day."""
    text = _("{month} of {cap} this month, {today} today.")
    return text.format(month=dollars(statement.month), cap=dollars(statement.cap), today=dollars(statement.today))


def uses(statement: "Statement") -> str:
    """What it was spent for, as far as anything was."""
    spent = {
        Use.POLL: _("New posts: {sum}."), Use.RECHECK: _("Checks of stored posts: {sum}."),
        Use.PEOPLE: _("Accounts looked up: {sum}."),
    }  # fmt: skip
    parts = [text.format(sum=dollars(statement.uses[use])) for use, text in spent.items() if statement.uses.get(use)]
    if statement.reserved:
        parts.append(_("Set aside for answers that have not come: {sum}.").format(sum=dollars(statement.reserved)))
    parts.append(_("Days and months are those of X (UTC). The limit and the prices are in the preferences."))
    return " ".join(parts)
