"""The rules window: each rule as a sentence, and what can be done with it; and the ways to a new one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QStackedWidget, QWidget

from veille.core.rules.sentences import sentence
from veille.i18n import _, day, ngettext, number
from veille.model import Changes, Item, Outline
from veille.rules import Rule
from veille.ui.desk.beside import Beside
from veille.ui.desk.ruleform import RuleForm
from veille.ui.desk.rulelist import RuleList
from veille.ui.labels import PlainLabel, safe
from veille.ui.layouts import down, named
from veille.ui.places import HIDDEN, Place
from veille.ui.strips import TELLS, Flow

if TYPE_CHECKING:
    from veille.ui.window import Window

SLOT = "rules"
CALM = 400  # ms between two looks while changes pour in

Told = tuple[Rule, str]  # with its sentence


class RulesWindow(Beside):
    """Beside the main window, which stays usable. It never asks in the face's own thread."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._outline = Outline()
        self._lost: frozenset[int] = frozenset()  # rules for what was removed
        self._offered: frozenset[int] = frozenset()  # to be removed, before
        self.setWindowTitle(_("Rules"))
        self.setProperty(TELLS, True)
        self._build()
        self._lay_out()
        self._connect()
        self.resize(QSize(760, 520).boundedTo(self.screen().availableSize() * 0.9))
        self._show_choices()
        self.look()
        self.list.setFocus()

    # Layout ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        text = _("Rules are followed when items arrive. What a rule hides is kept, and comes back when the rule goes.")
        self.about = named(PlainLabel(text), "muted")
        self.list = RuleList()
        self.empty = named(PlainLabel(), "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(28, 0, 28, 0)
        for label in (self.about, self.empty):
            label.setWordWrap(True)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self.stack.addWidget(self.empty)
        self.stack.setMinimumHeight(4 * self.fontMetrics().lineSpacing())
        self.new = _button(_("New…"))
        self.change = _button(_("Change…"))
        self.pause = _button(_("Pause"))
        self.remove = _button(_("Remove"))
        self.hidden = _button(_("See what rules hide"))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self._calm = QTimer(self, singleShot=True, interval=CALM)

    def _lay_out(self) -> None:
        row = QWidget()
        flow = Flow()
        row.setLayout(flow)
        for button in (self.new, self.change, self.pause, self.remove, self.hidden):
            flow.addWidget(button)
        column = down(self, spacing=12, margins=(24, 18, 24, 16))
        column.addWidget(self.about)
        column.addWidget(self.strip)
        column.addWidget(self.stack, 1)
        column.addWidget(row)
        column.addWidget(self.buttons)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(lambda _row: self._show_choices())
        self.list.itemActivated.connect(lambda _item: self._change())
        for button, deed in (
            (self.new, self.ask_new), (self.change, self._change), (self.pause, self._pause),
            (self.remove, self._remove), (self.hidden, self._see_hidden),
        ):  # fmt: skip
            button.clicked.connect(lambda _checked=False, deed=deed: deed())
        self.buttons.rejected.connect(self.reject)
        self.strip.left.connect(self.list.setFocus)
        self._calm.timeout.connect(self.look)
        self._tasks.changed.connect(self._take_changes)
        self._tasks.failed.connect(self._fail)
        self._window.browsing.told.connect(self._undone)

    # Asking ---------------------------------------------------------------------------------------

    def look(self) -> None:
        """Ask for the rules and how they read."""
        rules, curation = self._services.rules, self._services.curation

        def ask() -> tuple[list[Told], Outline, frozenset[int]]:
            outline = curation.outline()
            lost = frozenset(rule.id for rule in rules.lost())
            return [(rule, sentence(rule, outline)) for rule in rules.all()], outline, lost

        self._tasks.query(SLOT, ask, lambda answer: self._take(*answer))

    def _take_changes(self, changes: Changes) -> None:
        """A change of the list may have changed a rule, or what it names."""
        if (changes.text or changes.outline) and not self._calm.isActive():
            self._calm.start(0)

    def _take(self, told: Sequence[Told], outline: Outline, lost: frozenset[int]) -> None:
        self._outline, self._lost = outline, lost
        current, row = self.rule, max(0, self.list.currentRow())
        focused = self.list.hasFocus()
        self.list.clear()
        for rule, said in told:
            self.list.add(rule, said, self._about(rule))
        same = [at for at, (rule, _said) in enumerate(told) if current and rule.id == current.id]
        if told:
            self.list.setCurrentRow(same[0] if same else min(row, len(told) - 1))
        else:
            self.empty.setText(
                _(
                    "There are no rules yet. A rule hides, marks as read, flags, tags or saves what arrives, by its "
                    "words, author, language, kind or length: for all sources, a sector or one source. Before you keep "
                    "it, you see what it would have done."
                )
            )
        self.stack.setCurrentWidget(self.list if told else self.empty)
        self._show_choices()
        if focused and not told:
            self.new.setFocus()
        if lost - self._offered and not self.strip.isVisible():
            self._offer()
        self._offered = lost

    def _offer(self) -> None:
        """Offer to remove the rules for what is no longer there."""
        count = len(self._lost)
        text = ngettext(
            "{n} rule is for a sector or a source that was removed: nothing arrives for it any more.",
            "{n} rules are for a sector or a source that was removed: nothing arrives for them any more.", count
        )  # fmt: skip
        choice = ngettext("Remove {n} rule", "Remove {n} rules", count).format(n=number(count))
        self.strip.tell(text.format(n=number(count)), (choice, self._remove_lost), sign="warning")

    def _about(self, rule: Rule) -> str:
        """Where it comes from, and why."""
        facts = [_("Paused") if rule.paused else "", self._origin(rule), rule.why]
        if rule.added:
            facts.append(_("added {day}").format(day=day(rule.added.astimezone().date())))
        return " · ".join(filter(None, facts))

    def _origin(self, rule: Rule) -> str:
        if not rule.pack:
            return ""
        title = next((each.title for each in self._outline.sectors if each.key == rule.pack), rule.pack)
        return _("from the pack “{title}”").format(title=title)

    # What is done ---------------------------------------------------------------------------------

    @property
    def rule(self) -> Rule | None:
        """The one that is chosen."""
        return self.list.rule

    def _show_choices(self) -> None:
        rule = self.rule
        own = rule is not None and not rule.pack
        self.change.setEnabled(own)
        self.remove.setEnabled(own)
        self.pause.setEnabled(rule is not None)
        self.pause.setText(_("Follow again") if rule is not None and rule.paused else _("Pause"))
        self.hidden.setVisible(self.list.count() > 0)
        why = _("It comes from a pack: its curator changes it. You can pause it.") if rule and rule.pack else ""
        for button in (self.change, self.remove):
            button.setToolTip(safe(why))

    def ask_new(self, rule: Rule | None = None) -> RuleForm:
        """Ask for a new rule, beginning with ``rule``, or change that one where it was kept."""
        form = RuleForm(self, self._services, self._tasks, self._window.browsing.outline, rule or Rule(frozenset()))
        form.kept.connect(self._tell)
        form.open()
        return form

    def _change(self) -> None:
        if (rule := self.rule) and not rule.pack:
            self.ask_new(rule)

    def _pause(self) -> None:
        if rule := self.rule:
            self._do(lambda: self._services.rules.pause(rule.id, not rule.paused))

    def _remove(self) -> None:
        if (rule := self.rule) and not rule.pack:
            self._do(lambda: self._services.rules.remove(rule.id))

    def _remove_lost(self) -> None:
        self._do(self._services.rules.remove_lost)

    def _see_hidden(self) -> None:
        """List it in the main window."""
        see_hidden(self._window)
        self.accept()

    # Qt's own -------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete in the list removes."""
        if self.list.hasFocus() and event.key() == Qt.Key.Key_Delete:
            self._remove()
        else:
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        """Close; what is under way for it is dropped."""
        self._calm.stop()
        self._tasks.forget(SLOT)
        super().done(result)


def open_rules(window: "Window", rule: Rule | None = None) -> RulesWindow:
    """Open the rules beside ``window``, once; and with a ``rule`` the form that begins with it, or changes it."""
    there = [each for each in window.findChildren(RulesWindow) if each.isVisible()]
    rules = there[0] if there else RulesWindow(window)
    rules.show()
    rules.activateWindow()
    if rule is not None:
        rules.ask_new(rule)
    return rules


def new_rule(window: "Window", place: Place) -> RuleForm:
    """Ask for a rule for a sector or a source."""
    source = place.source or 0
    return _ask(window, Rule(frozenset(), sector="" if source else place.sector or "", source=source))


def ask_rule(window: "Window") -> RuleForm | None:
    """Ask for a rule made from the item that is read."""
    hit = window.reader.hit
    if hit is None:
        window.say(_("Choose an item first."))
        return None
    watched = hit.item.source in window.browsing.outline.sources  # what was brought never arrives
    return _ask(window, Rule(frozenset(), source=hit.item.source if watched else 0), hit.item)


def see_hidden(window: "Window") -> None:
    """List what rules hide."""
    window.search.clear()
    window.browsing.go(HIDDEN)
    window.activateWindow()
    window.items.setFocus()


def _ask(window: "Window", rule: Rule, item: Item | None = None) -> RuleForm:
    form = RuleForm(window, window.services, window.tasks, window.browsing.outline, rule, item)
    form.open()
    return form


def _button(text: str) -> QPushButton:
    return QPushButton(text, autoDefault=False)
