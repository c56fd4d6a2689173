"""A stretch of days, chosen from a list: today, the last week, the last month, one day, or all."""

from datetime import date, datetime

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QWidget

from veille.core.discretion import day_begins
from veille.i18n import _, language
from veille.model import Clock
from veille.ui.layouts import across

ALL, ONE = 0, -1  # as numbers of days: from the beginning, and the day that stands beside
Span = tuple[datetime | None, datetime | None]  # UTC; the end is not included, None is open


class Period(QWidget):
    """``chosen`` says that it is another one now. Days are those of this machine's clock."""

    chosen = Signal()

    def __init__(self, clock: Clock, days: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self.list = QComboBox()
        self.list.setAccessibleName(_("Period"))
        for count, text in (
            (1, _("Today")), (7, _("Last 7 days")), (30, _("Last 30 days")), (ALL, _("All that is kept")),
            (ONE, _("One day")),
        ):  # fmt: skip
            self.list.addItem(text, count)
        self.list.setCurrentIndex(self.list.findData(days))
        self.day = QDateEdit()
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("dd/MM/yyyy" if language() == "fr" else "dd MMM yyyy")
        self.day.setAccessibleName(_("Day"))
        today = clock.now().astimezone().date()
        self.day.setDate(QDate(today.year, today.month, today.day))
        self.day.hide()
        self.list.currentIndexChanged.connect(self._choose)
        self.day.dateChanged.connect(lambda _day: self.chosen.emit())
        row = across(self, spacing=8)
        row.addWidget(self.list)
        row.addWidget(self.day)

    @property
    def span(self) -> Span:
        """From when to when."""
        days, now = self.list.currentData(), self._clock.now()
        if days == ALL:
            return None, None
        if days == ONE:
            day = date(*self.day.date().getDate())
            later = (day - now.astimezone().date()).days
            return day_begins(now, later), day_begins(now, later + 1)
        return day_begins(now, 1 - days), None

    def _choose(self) -> None:
        self.day.setVisible(self.list.currentData() == ONE)
        self.chosen.emit()
