"""What will be asked of whom, the button that asks it, and meanwhile how far it is and the way to stop it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QElapsedTimer, QTimer, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from veille.errors import Cancelled, VeilleError
from veille.i18n import _, labelled
from veille.model import Progress
from veille.ui.labels import PlainLabel, breakable, safe
from veille.ui.layouts import across, named
from veille.ui.tasks import QUIET, Task, Tasks

if TYPE_CHECKING:
    from veille.core.curating.discovery import Plan

JOB = "discovery"  # one at a time: whoever announced a request makes it before the next
LOOK = 100  # ms between two looks at how far it is


class Asking(QWidget):
    """Nobody is asked before the button is pressed. ``working`` tells when that begins and ends."""

    working = Signal(bool)

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._call: Callable[[Progress], Any] | None = None
        self._then: Callable[[Any], None] = lambda _answer: None
        self._otherwise: Callable[[str], None] = lambda _text: None
        self._under_way: object | None = None
        self._task: Task | None = None
        self._said = ""
        self.line = named(PlainLabel(), "muted")
        self.line.setWordWrap(True)
        self.button = QPushButton(autoDefault=True)
        self.stop = QPushButton(_("Stop"), autoDefault=True)
        self.stop.hide()
        row = across(self, spacing=12)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        row.addWidget(self.stop)
        self._since = QElapsedTimer()
        self._watch = QTimer(self, interval=LOOK)
        self._watch.timeout.connect(self._show_progress)
        self.button.clicked.connect(self.start)
        self.stop.clicked.connect(self.cancel)
        tasks.failed.connect(self._give_up)
        self.hide()

    # What is announced ----------------------------------------------------------------------------

    def offer(
        self, name: str, plan: "Plan", call: Callable[[Progress], Any], then: Callable[[Any], None],
        otherwise: Callable[[str], None], *, quiet: bool = False
    ) -> None:  # fmt: skip
        """Announce by ``plan`` what the button called ``name`` does: ``call``, in a thread, and ``then`` with its
        answer here; ``otherwise`` with a sentence where there is none. Each address is in the tooltip. ``quiet``: few
        will want it, so it takes one line, and what was said before is said again in the tooltip alone."""
        self._call, self._then, self._otherwise = call, then, otherwise
        self._said = breakable(plan.brief if quiet else plan.text)
        self.line.setText(self._said)
        self.button.setText(name)
        self.button.setAccessibleDescription(plan.text)
        self._dress(quiet=quiet)
        tip = "<br>".join(safe(each) for each in (plan.text, *(f"{step.url} – {step.why}" for step in plan.steps)))
        for widget in (self.line, self.button):
            widget.setToolTip(tip)
        self.button.show()
        self.show()

    def _dress(self, *, quiet: bool) -> None:
        name = "link" if quiet else ""
        if self.button.objectName() != name:
            self.button.setObjectName(name)
            self.button.style().unpolish(self.button)
            self.button.style().polish(self.button)

    def say(self, text: str) -> None:
        """Nothing can be asked; ``text`` says why."""
        self.withdraw()
        self.line.setText(breakable(text))
        self.button.hide()
        self.setVisible(bool(text))

    def hold(self) -> None:
        """What was announced no longer holds, and another word of it is on its way."""
        self.cancel()
        self._call = None

    def withdraw(self) -> None:
        """There is nothing to ask."""
        self.hold()
        self.hide()

    # While it is asked ----------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether it is under way."""
        return self._under_way is not None

    @property
    def ready(self) -> bool:
        """Whether the button would ask what its line announces."""
        return self._call is not None and not self.busy and not self.isHidden()

    def start(self) -> None:
        """Ask, as announced."""
        if self._call is None or self.busy:
            return
        call, ticket = self._call, object()

        def run(task: Task) -> tuple[Any, str]:
            if self._under_way is ticket:
                self._task = task
            try:
                return call(task), ""
            except Cancelled:
                return None, ""  # who stopped it has been told
            except VeilleError as error:
                return None, str(error)

        def ended(outcome: tuple[Any, str]) -> None:
            if self._under_way is not ticket:  # stopped, or the dialogue is closed
                return
            self._end()
            answer, problem = outcome
            if answer is not None:
                self._then(answer)
            else:
                self._otherwise(problem)

        self._under_way, self._task = ticket, None
        if not self._tasks.job(JOB, run, ended):
            self._under_way = None
            self._tell(_("Another look is under way."))
            return
        self._begin()

    def cancel(self) -> bool:
        """Stop what is under way; False where nothing is. No request is begun after this."""
        if not self.busy:
            return False
        self._tasks.cancel(JOB)
        self._end()
        self._tell(_("Stopped."))
        return True

    def _tell(self, text: str) -> None:
        """Say it before what the button would ask."""
        self.line.setText(f"{text} {self._said}")

    def _begin(self) -> None:
        self._since.start()
        self._watch.start()
        focused = self.button.hasFocus()
        self.stop.show()
        if focused:
            self.stop.setFocus()
        self.button.hide()
        self.working.emit(True)

    def _end(self) -> None:
        self._under_way = self._task = None
        self._watch.stop()
        focused = self.stop.hasFocus()
        self.button.show()
        if focused:
            self.button.setFocus()
        self.stop.hide()
        self.line.setText(self._said)
        self.working.emit(False)

    def _show_progress(self) -> None:
        if self._since.elapsed() < QUIET:
            return
        done, total, text = self._task.state if self._task else (0, 0, "")
        asked = labelled(_("Asking"), text) if text else _("Asking…")
        self.line.setText(breakable(f"{asked} ({done + 1}/{total})" if total > 1 and done < total else asked))

    def _give_up(self, text: str) -> None:
        """Something that nobody expected ended it."""
        if self.busy and not self._tasks.busy(JOB):
            self._end()
            self._otherwise(text)
