"""What narrows the table of sources: words, sector, kind, language, label, and what needs attention."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QLineEdit, QToolButton, QWidget

from veille.content.text import fold
from veille.core.curating.desk import DeskFilter, kind_in_words
from veille.i18n import _
from veille.model import Outline
from veille.ui.layouts import across, down, fitting, named
from veille.ui.strips import Flow

TYPING = 120  # ms after the last letter
BESIDE = 1080  # logical pixels of width from which on all stands in one line
FOLDED = 760  # logical pixels of width below which the choices stand behind a button
LETTERS = 11  # of a choice that is always to be read


class Filters(QWidget):
    """``changed`` says that :attr:`wanted` is another."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build()
        self._lay_out()
        self._typing = QTimer(self, singleShot=True, interval=TYPING)
        self._typing.timeout.connect(self.changed)
        self.text.textChanged.connect(lambda _text: self._typing.start())
        for box in self._boxes:
            box.currentIndexChanged.connect(lambda _at: self.changed.emit())
        for chip in self._chips:
            chip.toggled.connect(lambda _on: self.changed.emit())
        self.more.toggled.connect(self.choices.setVisible)

    def _build(self) -> None:
        self.text = QLineEdit(clearButtonEnabled=True, maxLength=300)
        self.text.setPlaceholderText(_("Names, addresses, reasons, labels"))
        self.text.setAccessibleName(_("Words to look for"))
        self.sector, self.kind = _box(_("Sector")), _box(_("Kind"))
        self.lang, self.label = _box(_("Language")), _box(_("Label"))
        self._boxes = (self.sector, self.kind, self.lang, self.label)
        self._empty = (_("All sectors"), _("All kinds"), _("All languages"), _("All labels"))
        for box, text in zip(self._boxes, self._empty, strict=True):
            box.addItem(text, None)
        self.ailing, self.paused = _chip(_("Needs attention")), _chip(_("Paused"))
        self.trial = _chip(_("On trial"))
        self._chips = (self.ailing, self.paused, self.trial)
        self.more = _chip(_("Filters"))

    def _lay_out(self) -> None:
        first = across(spacing=4)
        self.text.setMinimumWidth(160)
        first.addWidget(self.text, 1)
        for chip in (*self._chips, self.more):
            first.addWidget(chip)
        self.choices = fitting(QWidget())
        flow = Flow()
        flow.setContentsMargins(0, 0, 0, 0)
        self.choices.setLayout(flow)
        for box in self._boxes:
            flow.addWidget(box)
        self._body: QBoxLayout = down(self, spacing=6)
        self._body.addLayout(first, 1)
        self._body.addWidget(self.choices, 0, Qt.AlignmentFlag.AlignVCenter)
        self._fold()

    # What is wanted -------------------------------------------------------------------------------

    @property
    def wanted(self) -> DeskFilter:
        """What is looked at."""
        return DeskFilter(
            self.text.text(), self.sector.currentData(), self.kind.currentData() or "", self.lang.currentData() or "",
            self.label.currentData() or "", self.ailing.isChecked(), self.paused.isChecked(),
            self.trial.isChecked())  # fmt: skip

    def clear(self) -> bool:
        """Look at all sources again; False when all are looked at already."""
        if self.wanted == DeskFilter():
            return False
        widgets = (self.text, *self._boxes, *self._chips)
        for each in widgets:
            each.blockSignals(True)
        self.text.clear()
        for box in self._boxes:
            box.setCurrentIndex(0)
        for chip in self._chips:
            chip.setChecked(False)
        for each in widgets:
            each.blockSignals(False)
        self.changed.emit()
        return True

    def take_outline(self, outline: Outline) -> None:
        """What there is to choose from; what was chosen stays chosen while it is there."""
        sources = outline.sources.values()
        _fill(self.sector, [*((each.title, each.key) for each in outline.sectors), (_("In no sector"), "")])
        kinds, langs = {each.kind for each in sources}, {each.lang for each in sources if each.lang}
        _fill(self.kind, sorted((kind_in_words(each), str(each)) for each in kinds))
        _fill(self.lang, [(each, each) for each in sorted(langs)])
        labels = {fold(label): label for each in sources for label in each.labels}
        _fill(self.label, [(label, label) for _folded, label in sorted(labels.items())])

    # Room -----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """The choices stand beside the rest, or below it; where there is little room, behind a button."""
        narrow, way = self.width() < FOLDED, QBoxLayout.Direction
        self._body.setDirection(way.LeftToRight if self.width() >= BESIDE else way.TopToBottom)
        self.more.setVisible(narrow)
        self.choices.setVisible(not narrow or self.more.isChecked())


def _fill(box: QComboBox, choices: Iterable[tuple[str, str]]) -> None:
    """Below the first line, which means all."""
    new, chosen = list(choices), box.currentData()
    if new == [(box.itemText(at), box.itemData(at)) for at in range(1, box.count())]:
        return
    box.blockSignals(True)
    while box.count() > 1:
        box.removeItem(1)
    for text, data in new:
        box.addItem(text, data)
    at = box.findData(chosen) if chosen is not None else 0
    box.setCurrentIndex(max(at, 0))
    box.blockSignals(False)
    if at < 0:
        box.currentIndexChanged.emit(0)


def _box(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(LETTERS)
    return box


def _chip(text: str) -> QToolButton:
    chip = named(QToolButton(), "chip")
    chip.setText(text)
    chip.setCheckable(True)
    chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    chip.setCursor(Qt.CursorShape.PointingHandCursor)
    return chip
