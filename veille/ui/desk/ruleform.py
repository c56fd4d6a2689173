"""The form of a rule: its fields, how it reads, and what it would have done. It is kept once that was seen."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QDialog, QDialogButtonBox, QLineEdit, QWidget

from veille.core.rules.rules import DAYS
from veille.core.rules.sentences import sentence
from veille.errors import VeilleError
from veille.i18n import _, ngettext, number
from veille.rules import Action, Rule
from veille.ui.desk.rulefields import RuleFields
from veille.ui.desk.rulepreview import RulePreview
from veille.ui.dialogs.notes import Note
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, down, scrolling
from veille.ui.pressing import is_enter, press
from veille.ui.strips import Strip
from veille.ui.tasks import Task, Tasks
from veille.ui.theme import colours, dress, sized

if TYPE_CHECKING:
    from veille.core.services import Services
    from veille.model import Changes, Item, Outline

WORK = "rule"  # the long work of keeping one
WIDE = 820  # logical pixels, from which on the preview stands beside the fields


class RuleForm(QDialog):
    """``kept`` carries the :class:`veille.model.Changes` of what was kept. Nothing is lost when it cannot be kept.

    ``item`` is one that the rule is made from: what it is can be taken over.
    """

    kept = Signal(object)

    def __init__(
        self, parent: QWidget, services: "Services", tasks: Tasks, outline: "Outline", rule: Rule,
        item: "Item | None" = None) -> None:  # fmt: skip
        super().__init__(parent)
        self._services, self._tasks, self._outline = services, tasks, outline
        self._before = rule
        self._open = True
        self._dressed = colours()
        dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Change a rule") if rule.id else _("New rule"))
        self.fields = RuleFields(rule, outline, item)
        self._build()
        self._lay_out()
        self._connect()
        self.resize(QSize(1040, 620).boundedTo(self.screen().availableSize() * 0.9))
        self._change(at_once=True)
        first = self.fields.words if rule.actions else self.fields.deeds[Action.HIDE]
        first.setFocus()

    # Layout ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.sentence = PlainLabel()
        self.sentence.setFont(sized(self.font(), 1.1, bold=True))
        self.sentence.setWordWrap(True)
        self.sentence.setMinimumHeight(2 * self.sentence.fontMetrics().lineSpacing())
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.preview = RulePreview(self._services, self._tasks)
        text = ngettext(
            "Do it to what is there, too (the last {n} day)", "Do it to what is there, too (the last {n} days)", DAYS
        )
        self.also_there = QCheckBox(text.format(n=number(DAYS)))
        self.note = Note(self.fields.words)
        self.strip = Strip()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.keep = self.buttons.addButton(_("Keep the rule"), QDialogButtonBox.ButtonRole.ApplyRole)
        for button in (self.keep, self.buttons.button(QDialogButtonBox.StandardButton.Cancel)):
            button.setAutoDefault(False)
        self.keep.setDefault(True)

    def _lay_out(self) -> None:
        right = QWidget()
        beside = down(right, spacing=8)
        text = ngettext(
            "What it would have done over the last {n} day",
            "What it would have done over the last {n} days", DAYS).format(n=number(DAYS))  # fmt: skip
        title = PlainLabel(text)
        title.setFont(sized(self.font(), 1.0, bold=True))
        title.setWordWrap(True)
        beside.addWidget(title)
        beside.addWidget(self.preview, 1)
        beside.addWidget(self.also_there)
        left = QWidget()
        fields = down(left)
        fields.addWidget(self.fields)
        fields.addStretch(1)
        self._body: QBoxLayout = across(spacing=28)
        self._body.addWidget(left, 1)
        self._body.addWidget(right, 1)
        self._column = down(self, spacing=12, margins=(24, 18, 12, 16))
        self._column.addWidget(self.sentence)
        self._column.addWidget(scrolling(self._body), 1)
        for part in (self.note, self.strip):
            self._column.addWidget(part)
        foot = across(margins=(0, 0, 12, 0))  # the page above has as much for its bar
        foot.addWidget(self.buttons)
        self._column.addLayout(foot)
        self._fold()

    def _connect(self) -> None:
        self.fields.changed.connect(self._change)
        self.preview.settled.connect(self._previewed)
        self.keep.clicked.connect(self._keep)
        self.buttons.rejected.connect(self.reject)
        self._tasks.idle.connect(self._rest)  # it may have failed
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._keep)

    def _fold(self) -> None:
        """The list stands below the fields where there is no room for both; its sentence is always seen."""
        way = QBoxLayout.Direction
        wide = self.width() >= WIDE
        self._body.setDirection(way.LeftToRight if wide else way.TopToBottom)
        if wide:
            self.preview.take_head()
        elif self._column.indexOf(self.preview.head) < 0:
            self._column.insertWidget(1, self.preview.head)

    # The rule -------------------------------------------------------------------------------------

    def _rule(self) -> Rule | None:
        """What the fields say; None where that is no rule, which is said."""
        try:
            rule = self.fields.rule
        except VeilleError as error:
            self._say("", str(error))
            return None
        if not rule.actions:
            self._say(_("Say what is to be done, and with which items."), "")
        elif Action.TAG in rule.actions and not rule.tags:
            self._say(_("Say which tags are to be given."), "")
        else:
            self.note.tell("")
            return rule
        return None

    def _say(self, text: str, problem: str) -> None:
        """Why there is no rule yet."""
        self.sentence.setText(text or _("This is no rule yet."))
        self.note.tell(problem)
        self.preview.wait()

    def _change(self, *, at_once: bool = False) -> None:
        self.strip.dismiss()
        self.keep.setEnabled(False)
        rule = self._rule()
        if rule is not None:
            self.sentence.setText(sentence(rule, self._outline))
            self.preview.ask(rule, at_once=at_once)

    def _previewed(self, problem: str) -> None:
        self.note.tell(problem)
        said = (self.sentence.text(), self.preview.text.text())
        self.keep.setAccessibleDescription(" ".join(said))  # who is taken to the button hears what it keeps
        self._rest()

    # Keeping --------------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Keep what was shown, and nothing else."""
        rule, also = self.preview.shown, self.also_there.isChecked()
        if rule is None or not self.keep.isEnabled() or rule != self._rule():
            return
        rules = self._services.rules

        def work(task: Task) -> "Changes | str":
            try:
                return rules.keep(rule, also_there=also, progress=task)[1]
            except VeilleError as error:
                return str(error)

        if self._tasks.job(WORK, work, self._take):
            self._rest()
        else:
            self.note.tell(_("Another rule is still being kept: try again in a moment."))

    def _take(self, answer: "Changes | str") -> None:
        if not isinstance(answer, str):
            self._tasks.changed.emit(answer)
        if not self._open:
            return
        self._rest()
        if isinstance(answer, str):
            self.note.tell(answer)
        else:
            self.kept.emit(answer)
            self.accept()

    def _rest(self) -> None:
        """What can be done now."""
        if self._open:
            busy = self._tasks.busy(WORK)
            self.fields.setEnabled(not busy)
            self.also_there.setEnabled(not busy)
            self.keep.setEnabled(not busy and self.preview.preview is not None)

    # Qt's own -------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a line looks at once; Esc stops what is under way, then asks before what was typed is lost."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(self.focusWidget(), QLineEdit):
            self.preview.hurry()
        elif key == Qt.Key.Key_Escape and self._tasks.busy(WORK):
            self._tasks.cancel(WORK)
        elif key == Qt.Key.Key_Escape and self.preview.slow:
            self.preview.cancel()
        elif key == Qt.Key.Key_Escape and self._changed() and not self.strip.isVisible():
            choices = ((_("Go on"), self.fields.words.setFocus), (_("Leave it"), self.reject))
            self.strip.tell(_("This rule is not kept yet. Esc once more leaves it."), *choices, sign="warning")
        elif not (is_enter(event) and press(self.focusWidget())):
            super().keyPressEvent(event)

    def _changed(self) -> bool:
        try:
            return self.fields.rule != self._before
        except VeilleError:
            return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def changeEvent(self, event: QEvent) -> None:
        """The scheme may have changed."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._dressed is not colours():
            self._dressed = colours()
            dress(self)

    def done(self, result: int) -> None:
        """Close; a rule that is being kept goes on, as the main window shows."""
        self._open = False
        self.preview.forget()
        super().done(result)
