"""What became of an import: every line that could not be used, with its reason."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from veille.i18n import _
from veille.ui.labels import PlainLabel, safe
from veille.ui.layouts import down
from veille.ui.theme import dress

if TYPE_CHECKING:
    from veille.core.exchange import ImportReport


class ReportWindow(QDialog):
    """Lists the refused lines."""

    def __init__(self, parent: QWidget | None, report: "ImportReport") -> None:
        super().__init__(parent)
        dress(self)
        self.setWindowTitle(_("Import"))
        summary = PlainLabel(report.text)
        summary.setWordWrap(True)
        self.table = _table(report)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = down(self, spacing=14, margins=(24, 20, 24, 16))
        column.addWidget(summary)
        column.addWidget(PlainLabel(_("These lines could not be used:")))
        column.addWidget(self.table, 1)
        column.addWidget(close)
        self.resize(QSize(820, 480).boundedTo(self.screen().availableSize() * 0.9))


def _table(report: "ImportReport") -> QTableWidget:
    heads = [_("Line"), _("Title"), _("Address"), _("Reason")]
    table = QTableWidget(len(report.refused), len(heads))
    table.setHorizontalHeaderLabels(heads)
    table.verticalHeader().hide()
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setAccessibleName(_("Refused lines"))
    for row, refusal in enumerate(report.refused):
        for column, text in enumerate((str(refusal.line), refusal.title, refusal.address, refusal.reason)):
            item = QTableWidgetItem(text)
            item.setToolTip(safe(text))
            table.setItem(row, column, item)
    head = table.horizontalHeader()
    head.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    head.setStretchLastSection(True)
    for column, width in ((1, 170), (2, 230)):
        head.resizeSection(column, width)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return table


def show_report(parent: QWidget, report: "ImportReport") -> None:
    """Open the list beside the window, which stays usable."""
    window = ReportWindow(parent, report)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window.show()
