"""What became of an import: every row that could not be used or needs a look, with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

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

from veille.core.transfer.exchange import ImportReport
from veille.i18n import _, number
from veille.ui.labels import PlainLabel, safe
from veille.ui.layouts import down
from veille.ui.theme import dress

if TYPE_CHECKING:
    from veille.core.transfer.importing import Report


class _Row(Protocol):
    """What both kinds of import say of a row."""

    @property
    def title(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True)
class _Part:
    """A table: its ``name``, what stands above it, each row with its number and where in an archive it is, and what
    the ``number`` is of."""

    name: str
    text: str
    rows: Sequence[tuple[int, str, _Row]]
    number: str


class ReportWindow(QDialog):
    """Lists what was refused in ``table``, and below it, in ``second``, what was taken but needs a look."""

    def __init__(self, parent: QWidget | None, report: "ImportReport | Report") -> None:
        super().__init__(parent)
        dress(self)
        self.setWindowTitle(_("Import"))
        summary = PlainLabel(report.text)
        summary.setWordWrap(True)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = down(self, spacing=14, margins=(24, 20, 24, 16))
        column.addWidget(summary)
        parts = _parts(report)
        self.table, self.second = (_table(part) for part in parts)
        for part, table in zip(parts, (self.table, self.second), strict=True):
            if part.rows:
                label = PlainLabel(part.text)
                label.setWordWrap(True)
                column.addWidget(label)
                column.addWidget(table, 1)
            else:
                table.setParent(self)
                table.hide()
        column.addWidget(close)
        self.resize(QSize(820, 480).boundedTo(self.screen().availableSize() * 0.9))

    @staticmethod
    def worthwhile(report: "ImportReport | Report") -> bool:
        """Whether there is anything to list."""
        return any(part.rows for part in _parts(report))


def _parts(report: "ImportReport | Report") -> tuple[_Part, _Part]:
    if isinstance(report, ImportReport):
        personal = _("These were added, but look made for you alone: their sources know you by them.")
        lines = [[(each.line, "", each) for each in rows] for rows in (report.refused, report.personal)]
        return (
            _Part(_("Refused lines"), _("These lines could not be used:"), lines[0], _("Line")),
            _Part(_("Addresses that look made for you"), personal, lines[1], _("Line")),
        )
    refused, losses = ([(each.row, each.place, each) for each in rows] for rows in (report.refusals, report.losses))
    more = _("These could not be used, and {n} more:").format(n=number(report.refused - len(refused)))
    above = more if report.refused > len(refused) else _("These could not be used:")
    cut = _("These were kept, but not whole:")
    return (
        _Part(_("Refused rows"), above, refused, _("Row")),
        _Part(_("Rows that were not kept whole"), cut, losses, _("Row")),
    )


def _table(part: _Part) -> QTableWidget:
    placed = any(place for _line, place, _row in part.rows)
    heads = [part.number, _("Title"), _("Address"), _("Reason"), *([_("File")] if placed else [])]
    table = QTableWidget(len(part.rows), len(heads))
    table.setHorizontalHeaderLabels(heads)
    table.verticalHeader().hide()
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setAccessibleName(part.name)
    table.setTabKeyNavigation(False)  # Tab goes on; arrows move in it
    for row, (line, place, each) in enumerate(part.rows):
        for column, text in enumerate((str(line), each.title, each.address, each.reason, place)[: len(heads)]):
            item = QTableWidgetItem(text)
            item.setToolTip(safe(text))
            table.setItem(row, column, item)
    head = table.horizontalHeader()
    head.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    head.setStretchLastSection(True)
    said = [any(row.title for *_at, row in part.rows), any(row.address for *_at, row in part.rows)]
    for column, there in enumerate(said, 1):  # posts have neither
        table.setColumnHidden(column, not there)
    for column, width in ((1, 150), (2, 190), (3, 250 if any(said) else 560)) if placed else ((1, 170), (2, 230)):
        head.resizeSection(column, width)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return table


def show_report(parent: QWidget, report: "ImportReport | Report") -> None:
    """Open the list beside the window, which stays usable."""
    window = ReportWindow(parent, report)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window.show()
