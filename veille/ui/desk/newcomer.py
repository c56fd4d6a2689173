"""Where a new source goes, and what a person may say of it: its name, why it is watched, a trial, labels."""

from datetime import date, timedelta

from PySide6.QtCore import QDate, QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QFormLayout, QLineEdit, QWidget

from veille.core.curating.curation import TITLE, WHY
from veille.core.curating.several import LABEL, LABELS
from veille.i18n import _, language
from veille.model import Clock, Outline
from veille.ui.icons import IconButton
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, down, named

NEW = "new sector"  # no key: these have no spaces
FOR_GOOD, ONE_DAY = 0, -1  # as numbers of days of a trial


class Where(QWidget):
    """The sector, which may be a new one. ``changed`` says that it is another."""

    changed = Signal()

    def __init__(self, outline: Outline, sector: str | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QComboBox()
        self.list.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.list.setMinimumContentsLength(18)
        self.list.setAccessibleName(_("Sector"))
        self.list.addItem(_("No sector"), None)
        for each in outline.sectors:
            self.list.addItem(each.title, each.key)
        self.list.addItem(_("New sector…"), NEW)
        self.list.setCurrentIndex(max(0, self.list.findData(sector)))
        self.name = QLineEdit(maxLength=TITLE)
        self.name.setPlaceholderText(_("Name of the sector"))
        self.name.setAccessibleName(_("Name of the sector"))
        self.name.hide()
        row = across(self, spacing=8)
        row.addWidget(self.list, 1)
        row.addWidget(self.name, 1)
        self.list.currentIndexChanged.connect(self._turn)
        self.list.activated.connect(self._step_on)
        self.name.textChanged.connect(lambda _text: self.changed.emit())

    @property
    def key(self) -> str | None:
        """The key of the sector, None for none and for a new one."""
        data = self.list.currentData()
        return None if data in (None, NEW) else str(data)

    @property
    def new(self) -> str:
        """The title of a new sector; "" for none."""
        return self.name.text().strip() if self.list.currentData() == NEW else ""

    @property
    def told(self) -> bool:
        """Whether it can be made: a new sector has a name."""
        return self.list.currentData() != NEW or bool(self.new)

    def _turn(self) -> None:
        self.name.setVisible(self.list.currentData() == NEW)
        self.changed.emit()

    def _step_on(self) -> None:
        if self.list.currentData() == NEW:
            self.name.setFocus()


class More(QWidget):
    """What may be said besides, folded until the person wants it."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = clock.now().astimezone().date()
        self.fold = named(IconButton("right", _("More")), "quiet")
        self.fold.setText(_("More"))
        self.fold.setCheckable(True)
        self.fold.setIconSize(QSize(12, 12))
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setAccessibleDescription(_("Name, reason, trial and labels"))
        self.name = QLineEdit(maxLength=TITLE)
        self.name.setAccessibleName(_("Name"))
        self.why = QLineEdit(maxLength=WHY)
        self.why.setAccessibleName(_("Why it is watched"))
        self.labels = QLineEdit(maxLength=(LABEL + 2) * LABELS)
        self.labels.setPlaceholderText(_("Separated by commas"))
        self.labels.setAccessibleName(_("Labels"))
        self._make_trial()
        self.hint = named(PlainLabel(_("The reason and the trial are noted where it stands in a sector.")), "muted")
        self.hint.setWordWrap(True)
        self._lay_out()
        self._turn(False)
        self.fold.toggled.connect(self._turn)

    def _make_trial(self) -> None:
        self.trial = QComboBox()
        self.trial.setAccessibleName(_("On trial"))
        for days, text in (
            (FOR_GOOD, _("No, for good")), (14, _("For two weeks")), (30, _("For a month")), (ONE_DAY, _("Until…")),
        ):  # fmt: skip
            self.trial.addItem(text, days)
        self.until = QDateEdit()
        self.until.setCalendarPopup(True)
        self.until.setDisplayFormat("dd/MM/yyyy" if language() == "fr" else "dd MMM yyyy")
        self.until.setAccessibleName(_("Last day of the trial"))
        self.until.setMinimumDate(_qdate(self._today))
        self.until.setDate(_qdate(self._today + timedelta(days=90)))
        self.until.hide()
        self.trial.currentIndexChanged.connect(lambda _at: self.until.setVisible(self.trial.currentData() == ONE_DAY))

    def _lay_out(self) -> None:
        self.body = QWidget()
        form = QFormLayout(self.body, verticalSpacing=10, horizontalSpacing=16)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        trial = across(spacing=8)
        trial.addWidget(self.trial, 1)
        trial.addWidget(self.until, 1)
        for text, field in ((_("Name"), self.name), (_("Why"), self.why), (_("On trial"), trial)):
            form.addRow(PlainLabel(text), field)
        form.addRow(self.hint)
        form.addRow(PlainLabel(_("Labels")), self.labels)
        column = down(self, spacing=8)
        column.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.body)

    def _turn(self, on: bool) -> None:
        self.body.setVisible(on)
        self.fold.show_as("down" if on else "right", _("More"), "muted")
        self.fold.setToolTip("")

    # What was said ---------------------------------------------------------------------------------

    def show_for(self, title: str, *, placed: bool) -> None:
        """``title`` is what it calls itself; ``placed``: it goes into a sector, where a reason can be noted."""
        self.name.setPlaceholderText(title or _("What it calls itself"))
        self.hint.setVisible(not placed)
        for each in (self.why, self.trial, self.until):
            each.setEnabled(placed)

    @property
    def last_day(self) -> date | None:
        """The last day of a trial, None for none."""
        days = int(self.trial.currentData())
        if days == FOR_GOOD or not self.trial.isEnabled():
            return None
        if days == ONE_DAY:
            return date(*self.until.date().getDate())
        return self._today + timedelta(days=days)

    @property
    def reason(self) -> str:
        """Why it is watched."""
        return self.why.text().strip() if self.why.isEnabled() else ""

    @property
    def labelled(self) -> tuple[str, ...]:
        """The labels, each once."""
        return tuple(dict.fromkeys(filter(None, (each.strip() for each in self.labels.text().split(",")))))


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
