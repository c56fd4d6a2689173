"""Asks for the address of a feed, and for the sector that it goes into."""

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QWidget

from veille.i18n import _
from veille.model import Outline
from veille.ui.labels import PlainLabel
from veille.ui.layouts import down
from veille.ui.theme import dress


class AddressDialog(QDialog):
    """The address of a feed; nothing is asked of the network here."""

    def __init__(self, parent: QWidget, outline: Outline, sector: str | None) -> None:
        super().__init__(parent)
        dress(self)
        self.setWindowTitle(_("Add an address"))
        self.address = QLineEdit(placeholderText="https://")
        self.address.setAccessibleName(_("Address of the feed"))
        self.sector = QComboBox()
        self.sector.addItem(_("No sector"), None)
        for each in outline.sectors:
            self.sector.addItem(each.title, each.key)
        self.sector.setCurrentIndex(max(0, self.sector.findData(sector)))
        self.private = QCheckBox(_("Allow a private or local address for this source"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._add = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._add.setText(_("Add"))
        self._add.setEnabled(False)
        self.address.textChanged.connect(lambda text: self._add.setEnabled(bool(text.strip())))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(verticalSpacing=10, horizontalSpacing=16)
        form.addRow(PlainLabel(_("Address of the feed")), self.address)
        form.addRow(PlainLabel(_("Sector")), self.sector)
        form.addRow(self.private)
        column = down(self, spacing=16, margins=(24, 20, 24, 16))
        column.addLayout(form)
        column.addWidget(buttons)
        self.setMinimumWidth(520)

    @property
    def found(self) -> tuple[str, str | None, bool]:
        """Address, sector's key, whether a private address is allowed."""
        return self.address.text().strip(), self.sector.currentData(), self.private.isChecked()


def ask_address(parent: QWidget, outline: Outline, sector: str | None) -> tuple[str, str | None, bool] | None:
    """What the person gave, None where they thought better of it."""
    dialog = AddressDialog(parent, outline, sector)
    answer = dialog.found if dialog.exec() else None
    dialog.deleteLater()
    return answer
