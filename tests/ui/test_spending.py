"""The budget for X over a real account book: the sum, the bar, the tables, and the one calm warning."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from veille import i18n
from veille.app import World, open_services
from veille.core.services import Services
from veille.core.x.costs import Line
from veille.errors import BudgetKept
from veille.model import SourceState
from veille.sources.paid import Bill, Use
from veille.store.secrets import Secrets
from veille.ui import menus
from veille.ui.dialogs.x import XWindow
from veille.ui.spending import SECTORS, WAITING, SpendingWindow, open_spending
from veille.ui.spendinglist import BROUGHT, COST, EACH, HEADS, NAME, SECTOR, SpendingModel, cell
from veille.ui.tasks import Tasks
from veille.ui.window import Window


@pytest.fixture
def services(tmp_path: Path, clock: FakeClock) -> Iterator[Services]:
    made = open_services(tmp_path / "profile", write=True, world=World(clock, Random(1), {}, Secrets(()), ""))
    made.budget.heard(clock.now())
    yield made
    made.close()


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def watch(services: Services, *names: str, sector: str | None = None) -> list[int]:
    return [services.curation.add(f"https://x.com/{name}", sector)[0].id for name in names]


def spend(services: Services, source: int, posts: int, use: Use = Use.POLL) -> None:
    """X bills so many posts that ``source`` brought."""
    number = services.budget.reserve(use, posts)
    ids = [f"{use}-{source}-{each}" for each in range(posts)]
    services.budget.settle(number, Bill({source: ids}), services.clock.now())


def opened(qtbot: QtBot, parent: QWidget, services: Services, tasks: Tasks) -> SpendingWindow:
    window = open_spending(parent, services, tasks)
    qtbot.waitUntil(lambda: bool(window.sum.text()))
    return window


def column(window: SpendingWindow, at: int = NAME) -> list[str]:
    return [cell(line, at) for line in window.model.lines]


def test_where_the_money_went(qtbot: QtBot, parent: QWidget, services: Services, tasks: Tasks) -> None:
    sector = services.curation.add_sector("Energy")[0].key
    quiet, busy = watch(services, "quiet", "busy", sector=sector)
    spend(services, quiet, 10)
    spend(services, busy, 100)
    spend(services, busy, 20, Use.RECHECK)
    window = opened(qtbot, parent, services, tasks)
    assert window.sum.text() == "$0.65 of $20.00 this month, $0.65 today."
    assert "Checks of stored posts: $0.10." in window.uses.text()
    assert "looked up" not in window.uses.text(), "nobody was"
    assert window.bar.spent == pytest.approx(0.0325)
    assert window.bar.accessibleName() == "3 % of the budget is used"
    assert column(window) == ["@busy", "@quiet"], "what cost most is above"
    assert column(window, COST) == ["$0.60", "$0.05"]
    assert column(window, SECTOR) == ["Energy", "Energy"]
    assert column(window, EACH) == ["", ""], "nothing came, so there is no price of one"
    window.views.button(SECTORS).click()
    assert column(window) == ["Energy"]
    assert window.table.isColumnHidden(SECTOR)
    assert "each of its sectors" in window.help.text()
    window.views.button(WAITING).click()
    assert window.stack.currentWidget() is window.empty
    assert window.empty.text().startswith("Nothing waits")
    assert not window.strip.isVisible()


def test_what_waits_is_listed(qtbot: QtBot, parent: QWidget, services: Services, tasks: Tasks) -> None:
    first, second = watch(services, "first", "second")
    spend(services, first, 10)
    state = SourceState(second, error=BudgetKept().pack())
    services._store.sources.put_states([state])
    window = opened(qtbot, parent, services, tasks)
    assert window.views.button(WAITING).text() == "Waiting (1)"
    window.views.button(WAITING).click()
    assert column(window) == ["@second"]
    assert "move a source up" in window.help.text()
    spoken = window.model.index(0, NAME).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "@second, waiting: no budget left"


def test_it_warns_when_little_is_left(qtbot: QtBot, parent: QWidget, services: Services, tasks: Tasks) -> None:
    services.preferences.set("x_cap", "1")
    (source,) = watch(services, "busy")
    spend(services, source, 170)
    window = opened(qtbot, parent, services, tasks)
    assert window.strip.isVisible()
    assert "85 %" in window.strip.text
    services.preferences.set("x_cap", "0")
    window.look()
    qtbot.waitUntil(lambda: "$0.00 this month" in window.sum.text())
    assert window.bar.whole == 1.0


def test_nothing_of_x_yet(qtbot: QtBot, parent: QWidget, services: Services, tasks: Tasks) -> None:
    window = opened(qtbot, parent, services, tasks)
    assert window.empty.text() == "No source on X yet."
    assert open_spending(parent, services, tasks) is window
    window.close()


def test_it_keeps_up(qtbot: QtBot, parent: QWidget, services: Services, tasks: Tasks) -> None:
    window = opened(qtbot, parent, services, tasks)
    tasks.change(lambda: services.curation.add("https://x.com/new")[1])
    qtbot.waitUntil(lambda: column(window) == ["@new"])


def test_columns_are_sorted(qtbot: QtBot) -> None:
    model = SpendingModel()
    model.show([
        Line("Éole", (), 10, 50_000, 0, 10, 5, 1), Line("<b>a</b>", (), 4, 20_000, 0, 1, 0, 0),
        Line("Zoé", (), 0, 0, 0, 0, 0, 0),
    ])  # fmt: skip
    assert [line.title for line in model.lines] == ["Éole", "<b>a</b>", "Zoé"]
    model.sort(NAME)
    assert [line.title for line in model.lines] == ["<b>a</b>", "Éole", "Zoé"]
    model.sort(EACH, Qt.SortOrder.DescendingOrder)
    assert [cell(line, EACH) for line in model.lines] == ["$0.02", "$0.005", ""]
    model.sort(BROUGHT)
    assert [cell(line, BROUGHT) for line in model.lines] == ["0", "1", "10"]
    model.sort(NAME)
    assert model.index(0, NAME).data(Qt.ItemDataRole.ToolTipRole) == "<span>&lt;b&gt;a&lt;/b&gt;</span>"


def test_a_head_sorts_when_it_is_clicked(qtbot: QtBot, parent: QWidget, services: Services, tasks: Tasks) -> None:
    for source, posts in zip(watch(services, "b", "a"), (1, 2), strict=True):
        spend(services, source, posts)
    window = opened(qtbot, parent, services, tasks)
    head = window.table.horizontalHeader()
    assert isinstance(head, QHeaderView)
    head.setSortIndicator(COST, Qt.SortOrder.AscendingOrder)
    assert column(window) == ["@b", "@a"]
    assert window.model.headerData(COST, Qt.Orientation.Horizontal) == "Cost ↑"
    assert len(HEADS) == window.model.columnCount()


def test_sums_are_written_as_the_language_has_them(services: Services) -> None:
    (source,) = watch(services, "busy")
    spend(services, source, 250)
    statement = services.budget.statement()
    i18n.use("fr")
    assert cell(statement.sources[0], COST) == "1,25\u00a0$"


# In the window ------------------------------------------------------------------------------------


def test_the_window_warns_once_until_there_is_money_again(window: Window, qtbot: QtBot) -> None:
    window.curating.budgeted.emit("85 % of the month's budget for X is used up.")
    assert window.failure.isVisible()
    assert window.failure.text.startswith("85 %")
    assert [each.text() for each in window.failure.choices] == ["See the budget"]
    window.failure.dismiss()
    window.curating.budgeted.emit("86 % of the month's budget for X is used up.")
    assert not window.failure.isVisible()
    window.curating.budgeted.emit("")
    window.curating.budgeted.emit("81 % of the month's budget for X is used up.")
    assert window.failure.text.startswith("81 %")
    window.failure.choices[0].click()
    (spending,) = window.findChildren(SpendingWindow)
    assert spending.isVisible()
    spending.close()


def test_a_failure_is_said_before_the_warning(window: Window) -> None:
    window.failure.tell("It failed.", sign="warning", warn=True)
    window.curating.budgeted.emit("85 %")
    assert window.failure.text == "It failed."
    window.failure.dismiss()
    window.curating.budgeted.emit("85 %")
    assert window.failure.text == "85 %"


def test_after_a_refresh_the_money_is_looked_at(window: Window, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.curating.budgeted, timeout=20_000) as told:
        window.curating.refresh(())
    assert told.args == [""]


def test_the_menu_leads_there(window: Window, qtbot: QtBot) -> None:
    menu = menus.whole(window)
    (entry,) = [each for each in menu.actions() if each.text() == "Budget for X…"]
    entry.trigger()
    (spending,) = window.findChildren(SpendingWindow)
    qtbot.waitUntil(lambda: bool(spending.sum.text()))
    assert not window.findChildren(XWindow)
    spending.close()
    menu.deleteLater()
