"""Adding an address, and the report of an import: what looks made for one reader is flagged."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from veille.core.exchange import ImportReport, Refusal
from veille.model import Changes, Outline, Sector
from veille.ui.dialogs.adding import AddressDialog
from veille.ui.dialogs.report import ReportWindow

OUTLINE = Outline(sectors=(Sector("s0", "Energy"), Sector("s1", "Health")))
PERSONAL = "https://x.example/feed?token=8f3a9c0e7d2b415f9e6a11bb"


def dialog_for(qtbot: QtBot, sector: str | None = None, *, strict: bool = False) -> AddressDialog:
    dialog = AddressDialog(None, OUTLINE, sector, strict=strict)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_the_address_is_given_with_its_sector(qtbot: QtBot) -> None:
    dialog = dialog_for(qtbot, "s1")
    assert not dialog._add.isEnabled()
    dialog.address.setText("  https://x.example/feed ")
    assert dialog.found == ("https://x.example/feed", "s1", False, False)
    assert not dialog.note.isVisible()
    assert dialog._add.isEnabled()
    assert dialog_for(qtbot).found.sector is None


def test_a_key_of_ones_own_is_flagged_while_it_is_typed(qtbot: QtBot) -> None:
    dialog = dialog_for(qtbot)
    qtbot.keyClicks(dialog.address, PERSONAL)
    assert "a key of your own (token" in dialog.note.text()
    assert "8f3a9c0e7d2b415f9e6a11bb" not in dialog.note.text()
    assert dialog.note.isVisible()
    assert dialog.address.accessibleDescription() == dialog.note.text()
    assert dialog._add.isEnabled()
    assert not dialog.personal.isVisible()
    dialog.address.setText("https://x.example/feed")
    assert not dialog.note.isVisible()
    assert dialog.address.accessibleDescription() == ""


def test_strict_level_asks_before_it_is_added(qtbot: QtBot) -> None:
    dialog = dialog_for(qtbot, strict=True)
    dialog.address.setText(PERSONAL)
    assert not dialog._add.isEnabled()
    assert not dialog.found.allow_personal
    dialog.personal.click()
    assert dialog._add.isEnabled()
    assert dialog.found.allow_personal
    dialog.address.setText("https://x.example/feed")
    assert dialog._add.isEnabled()
    assert not dialog.found.allow_personal, "it was meant for the other address"


def report(refused: int, personal: int) -> ImportReport:
    lines = tuple(Refusal(at, f"<b>T{at}</b>", f"gopher://{at}", "why") for at in range(max(refused, personal)))
    return ImportReport(5, 2, lines[:refused], 1, Changes(), 7 + refused, personal=lines[:personal])


def test_the_report_leaves_no_line_out(qtbot: QtBot) -> None:
    window = ReportWindow(None, report(30, 0))
    qtbot.addWidget(window)
    window.show()
    assert window.table.rowCount() == 30
    assert window.table.item(29, 3).text() == "why"
    assert window.table.item(29, 1).data(Qt.ItemDataRole.ToolTipRole) == "<span>&lt;b&gt;T29&lt;/b&gt;</span>"
    assert not window.personal.isVisible()


def test_the_report_shows_what_was_added_and_looks_personal(qtbot: QtBot) -> None:
    window = ReportWindow(None, report(0, 2))
    qtbot.addWidget(window)
    window.show()
    assert window.personal.rowCount() == 2
    assert window.personal.accessibleName() == "Addresses that look made for you"
    assert not window.table.isVisible()
