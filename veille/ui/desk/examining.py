"""A thorough look at all sources, and how far it is: it takes a while, and can be stopped."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from veille.i18n import _, ngettext, number
from veille.ui.desk.deeds import button
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across
from veille.ui.tasks import Task, Tasks

if TYPE_CHECKING:
    from veille.core.services import Services

JOB = "examine"


class Examining(QWidget):
    """Hidden until :meth:`begin`. ``ended`` says what came of it."""

    ended = Signal(str)

    def __init__(self, services: "Services", tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._tasks = services, tasks
        self._open = True
        self._said, self._bar = PlainLabel(), QProgressBar(textVisible=False)
        self._bar.setFixedHeight(6)
        row = across(self, spacing=8)
        row.addWidget(self._said, 1)
        row.addWidget(self._bar, 1)
        row.addWidget(button(_("Stop"), lambda: tasks.cancel(JOB)))
        self.hide()
        tasks.progress.connect(self._show)
        tasks.idle.connect(self.hide)

    def begin(self) -> None:
        """Compare what sources give with each other and with what they gave before."""
        if self._tasks.job(JOB, self._work, self._end):
            self._show(0, 0, "")

    def _work(self, task: Task) -> str:
        from veille.errors import Cancelled

        try:
            found = self._services.health.examine(task)
        except Cancelled as stopped:
            return str(stopped)
        if not found:
            return _("Nothing else was found to be wrong.")
        return ngettext("{n} thing was found.", "{n} things were found.", found).format(n=number(found))

    def _end(self, text: str) -> None:
        if self._open:
            self.hide()
            self.ended.emit(text)

    def forget(self) -> None:
        """Nobody looks any more; the work goes on, since its findings last."""
        self._open = False

    def _show(self, done: int, total: int, text: str) -> None:
        if self._tasks.busy(JOB):
            self._said.setText(text or _("Sources are compared with each other …"))
            self._bar.setRange(0, total)
            self._bar.setValue(done)
            self.show()
