"""What became of an import: every line that could not be used or needs a look, with its reason."""

from collections.abc import Sequence
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
    from veille.core.exchange import ImportReport, Refusal


class ReportWindow(QDialog):
    """Lists the refused lines, and the addresses that look made for the person alone."""

    def __init__(self, parent: QWidget | None, report: "ImportReport") -> None:
        super().__init__(parent)
        dress(self)
        self.setWindowTitle(_("Import"))
        summary = PlainLabel(report.text)
        summary.setWordWrap(True)
        self.table = _table(_("Refused lines"), report.refused)
        self.personal = _table(_("Addresses that look made for you"), report.personal)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = down(self, spacing=14, margins=(24, 20, 24, 16))
        column.addWidget(summary)
        for text, table in (
            (_("These lines could not be used:"), self.table),
            (_("These were added, but look made for you alone: their sources know you by them."), self.personal),
        ):
            if table.rowCount():
                label = PlainLabel(text)
                label.setWordWrap(True)
                column.addWidget(label)
                column.addWidget(table, 1)
            else:
                table.setParent(self)
                table.hide()
        column.addWidget(close)
        self.resize(QSize(820, 480).boundedTo(self.screen().availableSize() * 0.9))


def _table(name: str, lines: "Sequence[Refusal]") -> QTableWidget:
    heads = [_("Line"), _("Title"), _("Address"), _("Reason")]
    table = QTableWidget(len(lines), len(heads))
    table.setHorizontalHeaderLabels(heads)
    table.verticalHeader().hide()
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setAccessibleName(name)
    for row, line in enumerate(lines):
        for column, text in enumerate((str(line.line), line.title, line.address, line.reason)):
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
