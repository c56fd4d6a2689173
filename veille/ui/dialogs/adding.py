"""Asks for the address of a feed, and for the sector that it goes into."""

from typing import NamedTuple

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QWidget

from veille.i18n import _
from veille.model import Outline
from veille.ui.dialogs.notes import Note
from veille.ui.labels import PlainLabel
from veille.ui.layouts import down, fitting
from veille.ui.theme import dress


class NewAddress(NamedTuple):
    """What the person gave: ``sector`` is a key, None for none."""

    address: str
    sector: str | None
    allow_private: bool
    allow_personal: bool


class AddressDialog(QDialog):
    """The address of a feed; nothing is asked of the network here.

    An address that looks made for one reader is flagged; in ``strict`` level it is added only when that is ticked.
    """

    def __init__(self, parent: QWidget | None, outline: Outline, sector: str | None, *, strict: bool = False) -> None:
        super().__init__(parent)
        dress(self)
        fitting(self)
        self._strict = strict
        self.setWindowTitle(_("Add an address"))
        self.address = QLineEdit(placeholderText="https://")
        self.address.setAccessibleName(_("Address of the feed"))
        self.note = Note(self.address)
        self.personal = QCheckBox(_("Add it all the same"))
        self.personal.hide()
        self.sector = QComboBox()
        self.sector.addItem(_("No sector"), None)
        for each in outline.sectors:
            self.sector.addItem(each.title, each.key)
        self.sector.setCurrentIndex(max(0, self.sector.findData(sector)))
        self.sector.setAccessibleName(_("Sector"))
        self.private = QCheckBox(_("Allow a private or local address for this source"))
        self.address.textChanged.connect(self._judge)
        self.personal.toggled.connect(self._allow)
        self._lay_out()

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._add = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._add.setText(_("Add"))
        self._add.setEnabled(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        line = down(spacing=6)
        for each in (self.address, self.note, self.personal):
            line.addWidget(each)
        form = QFormLayout(verticalSpacing=10, horizontalSpacing=16)
        form.addRow(PlainLabel(_("Address of the feed")), line)
        form.addRow(PlainLabel(_("Sector")), self.sector)
        form.addRow(self.private)
        column = down(self, spacing=16, margins=(24, 20, 24, 16))
        column.addLayout(form)
        column.addStretch(1)
        column.addWidget(buttons)
        self.setMinimumWidth(560)

    @property
    def found(self) -> NewAddress:
        """What stands there."""
        allowed = self.personal.isVisibleTo(self) and self.personal.isChecked()
        return NewAddress(self.address.text().strip(), self.sector.currentData(), self.private.isChecked(), allowed)

    def _judge(self) -> None:
        from veille.content.personal import token

        key = token(self.address.text().strip())
        text = _("This address holds what looks like a key of your own ({token}): the source knows you by it.")
        self.note.tell(text.format(token=key) if key else "")
        self.personal.setVisible(bool(key) and self._strict)
        self._allow()

    def _allow(self) -> None:
        held = self.personal.isVisibleTo(self) and not self.personal.isChecked()
        self._add.setEnabled(bool(self.address.text().strip()) and not held)


def ask_address(parent: QWidget, outline: Outline, sector: str | None, *, strict: bool = False) -> NewAddress | None:
    """What the person gave, None where they thought better of it."""
    dialog = AddressDialog(parent, outline, sector, strict=strict)
    answer = dialog.found if dialog.exec() else None
    dialog.deleteLater()
    return answer
