"""The bottom line: the mode, how many sources, when they were last asked, and long work with its Cancel."""

from datetime import datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QProgressBar, QPushButton, QSizePolicy, QStatusBar, QWidget

from veille.i18n import _, moment, ngettext, number
from veille.model import Clock, Outline
from veille.ui.glass import ModeButton
from veille.ui.labels import Elided
from veille.ui.layouts import across, named

SHARE = 0.6  # of the line that the mode may take


class StatusBar(QStatusBar):
    """``cancel`` is the person's wish to stop the work that is shown."""

    cancel = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setSizeGripEnabled(False)
        self.mode = ModeButton()
        self._text = named(Elided(), "muted")
        self._state = ""
        self._passing = QTimer(self, singleShot=True)
        self._passing.timeout.connect(lambda: self.say(""))
        line = QWidget()
        row = across(line, spacing=8, margins=(6, 2, 0, 2))
        row.addWidget(self.mode)
        row.addWidget(self._text, 1)
        self.addWidget(line, 1)
        self._work = QWidget()
        row = across(self._work, spacing=8, margins=(0, 0, 8, 0))
        self._what = named(Elided(), "muted")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName(_("Progress"))
        self.stop = named(QPushButton(_("Cancel"), autoDefault=True), "act")
        self.stop.clicked.connect(self.cancel)
        self.stop.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row.addWidget(self._what, 1)
        row.addWidget(self._bar)
        row.addWidget(self.stop)
        self._work.hide()
        self.addPermanentWidget(self._work)

    def show_state(self, outline: Outline, *, sample: bool, clock: Clock) -> None:
        """The quiet line."""
        parts = [ngettext("{n} source", "{n} sources", len(outline.sources)).format(n=number(len(outline.sources)))]
        if sample:
            parts.append(_("invented sample, never asked"))
        else:
            times = [state.checked for state in outline.states.values() if state.checked]
            parts.append(_last(max(times), clock.now()) if times else _("not refreshed yet"))
        self._state = "  ·  ".join(parts)
        if not self._passing.isActive():
            self._text.say(self._state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is little room, long work gets its part of it: its Cancel is never cut off."""
        width = self.width()
        self.mode.fit(int(width * (SHARE if self._work.isHidden() else SHARE / 2)))
        self._what.setMinimumWidth(min(240, width // 5))
        self._bar.setFixedWidth(min(140, width // 9))

    @property
    def text(self) -> str:
        """What the line says."""
        return self._text.accessibleName()

    def say(self, text: str, milliseconds: int = 0) -> None:
        """A passing word in place of the quiet line, which comes back after ``milliseconds`` (0: with "")."""
        self._passing.stop()
        self._text.say(text or self._state)
        if text and milliseconds:
            self._passing.start(milliseconds)

    def show_progress(self, done: int, total: int, text: str) -> None:
        """Long work goes on."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._what.say(text or _("Working…"))
        if self._work.isHidden():
            self._work.show()
            self._fit()

    def end_progress(self) -> None:
        """It ended."""
        self._work.hide()
        self._fit()


def _last(when: datetime, now: datetime) -> str:
    local = when.astimezone()
    same_day = local.date() == now.astimezone().date()
    return _("last refresh {when}").format(when=local.strftime("%H:%M") if same_day else moment(when))
