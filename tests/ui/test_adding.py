"""Adding an address or account: it says what it understood first. And the report of an import."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QRadioButton
from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from tests.internet import Internet
from tests.keyrings import TRUSTED, Fake
from tests.networks.x import TOKEN, XServer
from tests.ui.discoveries import FakeDiscovery
from veille.app import World, open_services
from veille.content.networks import Form
from veille.core.services import Services
from veille.core.transfer.exchange import ImportReport, Refusal
from veille.model import Changes, Mode, Outline, Sector, SourceKind
from veille.sources.x.fetcher import HOST
from veille.store.secrets import Secrets
from veille.ui.dialogs.adding import AddressDialog
from veille.ui.dialogs.report import ReportWindow
from veille.ui.dialogs.x import XWindow
from veille.ui.meanings import MOST
from veille.ui.tasks import Tasks

OUTLINE = Outline(sectors=(Sector("s0", "Energy"), Sector("s1", "Health")))
PERSONAL = "https://x.example/feed?token=8f3a9c0e7d2b415f9e6a11bb"


@pytest.fixture
def services(tmp_path: Path, clock: FakeClock) -> Iterator[Services]:
    made = open_services(tmp_path / "profile", write=True, world=World(clock, Random(1), {}, Secrets(TRUSTED), ""))
    made.discovery = FakeDiscovery()
    yield made
    made.close()
    Fake.reset()


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


class Opens:
    """Opens the dialogue over one profile."""

    def __init__(self, qtbot: QtBot, services: Services, tasks: Tasks) -> None:
        self._qtbot, self._services, self._tasks = qtbot, services, tasks

    def __call__(self, typed: str = "", sector: str | None = None) -> AddressDialog:
        dialog = AddressDialog(None, self._services, self._tasks, OUTLINE, sector)
        self._qtbot.addWidget(dialog)
        dialog.show()
        dialog.address.setText(typed)
        return dialog


@pytest.fixture
def opens(qtbot: QtBot, services: Services, tasks: Tasks) -> Opens:
    return Opens(qtbot, services, tasks)


def radios(dialog: AddressDialog) -> list[QRadioButton]:
    return [each for each in dialog.meanings.findChildren(QRadioButton) if each.isVisibleTo(dialog)]


def found(dialog: AddressDialog) -> tuple[Any, ...]:
    answer = dialog.found
    assert answer is not None
    return (answer.meant.kind, answer.meant.address, *answer[1:4])


# What is understood -------------------------------------------------------------------------------


def test_the_address_is_given_with_its_sector(opens: Opens) -> None:
    dialog = opens(sector="s1")
    assert not dialog._add.isEnabled()
    assert dialog.found is None
    dialog.address.setText("  https://x.example/feed ")
    assert found(dialog) == (SourceKind.FEED, "https://x.example/feed", "s1", False, False)
    assert dialog.meanings.line.text() == "The feed at https://x.example/feed"
    assert not dialog.note.isVisible()
    assert dialog._add.isEnabled()
    assert found(opens("https://x.example/feed"))[2] is None


@pytest.mark.parametrize(
    ("typed", "said", "kind"),
    [
        ("@name@mastodon.example", "The account @name@mastodon.example on Mastodon.", SourceKind.MASTODON),
        ("name.bsky.social", "The account @name.bsky.social on Bluesky.", SourceKind.BLUESKY),
        ("https://x.com/i/lists/84839422", "The list 84839422 on X.", SourceKind.X),
        ("x: hydrogen lang:fr", "The search “hydrogen lang:fr” on X.", SourceKind.X),
    ],
)
def test_one_box_takes_any_of_them_and_says_what_it_understood(
    qtbot: QtBot, opens: Opens, typed: str, said: str, kind: SourceKind
) -> None:
    dialog = opens()
    qtbot.keyClicks(dialog.address, typed)
    assert dialog.meanings.line.text() == said
    assert dialog.address.accessibleDescription() == said
    assert found(dialog)[0] is kind
    assert dialog.private.isVisible() is (kind is SourceKind.MASTODON)
    assert not radios(dialog)


def test_other_meanings_are_offered(qtbot: QtBot, opens: Opens) -> None:
    dialog = opens("@name")
    assert [each.text() for each in radios(dialog)] == [
        "The account @name on X.", "The account @name.bsky.social on Bluesky.",
    ]  # fmt: skip
    assert found(dialog)[0] is SourceKind.X
    assert dialog.price.isVisible()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: dialog.isActiveWindow() and radios(dialog)[1].y() > radios(dialog)[0].y())
    radios(dialog)[0].setFocus()
    qtbot.keyClick(radios(dialog)[0], Qt.Key.Key_Down)
    assert found(dialog)[:2] == (SourceKind.BLUESKY, "https://bsky.app/profile/name.bsky.social")
    assert not dialog.price.isVisible()
    dialog.address.setText("@name ")
    assert found(dialog)[0] is SourceKind.BLUESKY, "a choice outlives a space"
    dialog.address.setText("@other")
    assert found(dialog)[0] is SourceKind.X
    assert len(radios(dialog)) <= MOST


@pytest.mark.parametrize("typed", ["", "   ", "nonsense words", "@", "https://", "a" * 5000, "\x00\u202e"])
def test_what_is_not_understood_cannot_be_added(qtbot: QtBot, opens: Opens, typed: str) -> None:
    dialog = opens(typed)
    assert not dialog._add.isEnabled()
    assert "@name@host" in dialog.meanings.line.text()
    assert ("does not know" in dialog.meanings.line.text()) is bool(typed.strip())
    qtbot.keyClick(dialog.address, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_a_password_is_not_said_again(opens: Opens) -> None:
    dialog = opens("https://ada:s3cret@x.example/feed")
    assert "no password" in dialog.meanings.line.text()
    assert "s3cret" not in dialog.meanings.line.text()


def test_a_long_search_does_not_widen_the_window(opens: Opens) -> None:
    dialog = opens()
    width = dialog.width()
    dialog.address.setText("x: " + "hydrogen" * 50)
    assert dialog.meanings.line.text().endswith("…")
    assert dialog.width() == width


# A feed's checks ----------------------------------------------------------------------------------


def test_a_key_of_ones_own_is_flagged_while_it_is_typed(qtbot: QtBot, opens: Opens) -> None:
    dialog = opens()
    qtbot.keyClicks(dialog.address, PERSONAL)
    assert "a key of your own (token" in dialog.note.text()
    assert "8f3a9c0e7d2b415f9e6a11bb" not in dialog.note.text()
    assert dialog.note.isVisible()
    assert dialog.address.accessibleDescription() == dialog.note.text()
    assert dialog._add.isEnabled()
    assert not dialog.personal.isVisible()
    dialog.address.setText("https://x.example/feed")
    assert not dialog.note.isVisible()
    assert dialog.address.accessibleDescription() == "The feed at https://x.example/feed"


def test_strict_level_asks_before_it_is_added(opens: Opens, services: Services) -> None:
    services.discretion.set_mode(Mode.STRICT)
    dialog = opens(PERSONAL)
    assert not dialog._add.isEnabled()
    assert found(dialog)[4] is False
    dialog.personal.click()
    assert dialog._add.isEnabled()
    assert found(dialog)[4] is True
    dialog.address.setText("https://x.example/feed")
    assert dialog._add.isEnabled()
    assert found(dialog)[4] is False, "it was meant for the other address"
    dialog.address.setText("@name")
    assert dialog._add.isEnabled()


def test_a_private_address_is_allowed_where_that_says_anything(opens: Opens) -> None:
    dialog = opens("https://intranet.example/feed")
    dialog.private.click()
    assert found(dialog)[3] is True
    dialog.address.setText("@name")
    assert found(dialog)[3] is False


# X ------------------------------------------------------------------------------------------------


def test_x_is_off_and_the_page_about_it_is_a_step_away(qtbot: QtBot, opens: Opens, services: Services) -> None:
    dialog = opens("https://x.com/name")
    assert dialog.price.line.text().startswith("X is off.")
    assert dialog._add.isEnabled(), "it may be added before"
    dialog.price.page.click()
    (page,) = dialog.findChildren(XWindow)
    page.read.click()
    page.token.setText("AAAA")
    with qtbot.waitSignal(page.turned):
        page.on.click()
    page.close()
    qtbot.waitUntil(lambda: dialog.price.line.text().startswith("It will probably cost"))
    assert not dialog.price.page.isVisible()


def test_what_it_will_cost_is_said_before(qtbot: QtBot, opens: Opens, services: Services) -> None:
    services.x.turn_on("AAAA")
    dialog = opens("@name")
    account, listed = (services.budget.estimate(form).in_words for form in (Form.ACCOUNT, Form.LIST))
    assert account != listed
    qtbot.waitUntil(lambda: dialog.price.line.text() == account)
    dialog.address.setText("https://x.com/i/lists/84839422")
    qtbot.waitUntil(lambda: dialog.price.line.text() == listed)
    dialog.address.setText("https://x.example/feed")
    assert not dialog.price.isVisible()


# The report of an import --------------------------------------------------------------------------


def test_x_is_asked_first_when_the_person_wants_that(
    qtbot: QtBot, tasks: Tasks, tmp_path: Path, clock: FakeClock
) -> None:
    with Internet(clock) as internet:
        x = XServer(clock, token=TOKEN)
        internet.site(HOST, x)
        x.account("jane")
        services = open_services(
            tmp_path / "on", write=True, world=World(clock, Random(1), internet.door, x_token=TOKEN)
        )
        services.x.turn_on()
        dialog = Opens(qtbot, services, tasks)("@jane")
        assert dialog.price.ask.text() == "Ask X first ($0.01)"
        assert x.asked == []
        qtbot.mouseClick(dialog.price.ask, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "as until now" in dialog.price.line.text())
        assert not dialog.price.ask.isVisible()
        assert x.dollars == 0.01
        dialog.address.setText("@nobody")
        assert dialog.price.ask.isVisible()
        qtbot.mouseClick(dialog.price.ask, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "@nobody is not on X" in dialog.price.line.text())
        dialog.address.setText("search: hydrogen")
        assert not dialog.price.ask.isVisible()
        dialog.reject()
        tasks.close()
        services.close()


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
    assert not window.second.isVisible()


def test_the_report_shows_what_was_added_and_looks_personal(qtbot: QtBot) -> None:
    window = ReportWindow(None, report(0, 2))
    qtbot.addWidget(window)
    window.show()
    assert window.second.rowCount() == 2
    assert window.second.accessibleName() == "Addresses that look made for you"
    assert not window.table.isVisible()


def test_the_tab_key_comes_from_the_address_to_its_meanings(opens: Opens) -> None:
    dialog = opens("https://nitter.net/jane_doe")
    assert len(radios(dialog)) == 2
    assert dialog.address.nextInFocusChain() is radios(dialog)[0]
    assert radios(dialog)[0].nextInFocusChain() is radios(dialog)[1]


def test_only_what_the_person_chose_stays_chosen(opens: Opens) -> None:
    dialog = opens("@jane_doe")
    dialog.address.setText("https://nitter.net/jane_doe")
    assert found(dialog)[0] == SourceKind.FEED, "nobody chose the account"
    radios(dialog)[1].click()
    dialog.address.setText("https://nitter.net/jane_doe/media")
    assert found(dialog)[0] == SourceKind.X
