"""Adding anything: what would be asked is announced, then asked, then shown, then added; by the keyboard alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from tests.internet import Internet, pages
from tests.servers import FeedServer, Reply
from tests.ui.discoveries import FakeDiscovery, candidate, feed, items, plan
from veille.app import World, open_services
from veille.contacts import Reason
from veille.content.networks import meant
from veille.core.curating.discovery import Candidate, Found, Preview
from veille.core.services import Services
from veille.errors import LeadsElsewhere, NoProxy, Unreachable
from veille.model import Mode, Outline, Sector, SourceKind
from veille.ui.desk.finding import joined
from veille.ui.desk.lines import MARKS
from veille.ui.desk.newcomer import NEW, ONE_DAY
from veille.ui.dialogs import adding
from veille.ui.dialogs.adding import AddressDialog, NewAddress
from veille.ui.tasks import Tasks
from veille.ui.window import Window

PAGE = "https://news.example/"
MAIN = candidate("https://news.example/feed", "News", why="declared by the page")
OTHER = candidate("https://news.example/other", "Other", why="declared by the page", source=1)
TALK = candidate("https://news.example/comments", "Talk", comments=True)
DEEP = Candidate(feed("https://news.example/rss.xml"), "Deep", "at a common place", answered=True)
OUTLINE = Outline(sectors=(Sector("s0", "Energy"),))
GIVES = Preview(
    MAIN.meant, "News itself", items=items("First", "Second"), entries=2, text=("Usually 2 a day.", "In English.")
)
BROKEN = Unreachable(host="news.example", detail="no route")


@pytest.fixture
def sites() -> FakeDiscovery:
    return FakeDiscovery(
        sites={
            PAGE: Found((MAIN, OTHER, TALK), (), plan(PAGE, f"{PAGE}rss.xml"), PAGE, "The page"),
            f"{PAGE}rss.xml": Found((DEEP,), ("Nothing is at /feed.xml.",)),
        },
        gives={MAIN.meant.address: GIVES, OTHER.meant.address: BROKEN},
        pages={PAGE: {"article a": items("One", "Two", "Three"), "li a": items("One")}},
    )


@pytest.fixture
def services(tmp_path: Path, clock: FakeClock, sites: FakeDiscovery) -> Iterator[Services]:
    made = open_services(tmp_path / "profile", write=True, world=World(clock, Random(1), {}))
    made.discovery = sites  # type: ignore[assignment]
    yield made
    made.close()


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


class Opens:
    """Opens the dialogue over one profile."""

    def __init__(self, qtbot: QtBot, services: Services, tasks: Tasks) -> None:
        self._qtbot, self._services, self._tasks = qtbot, services, tasks

    def __call__(self, typed: str = "", *, planned: bool = True) -> AddressDialog:
        dialog = AddressDialog(None, self._services, self._tasks, OUTLINE, None)
        self._qtbot.addWidget(dialog)
        dialog.show()
        dialog.activateWindow()
        self._qtbot.waitUntil(dialog.isActiveWindow)
        dialog.address.setFocus()
        dialog.address.setText(typed)
        if typed and planned:
            self._qtbot.waitUntil(lambda: dialog.finding.asking.ready or dialog.finding.list.count() > 0)
        return dialog

    def waits(self, dialog: AddressDialog) -> AddressDialog:
        """It, when it is known what can be asked and what was found."""
        self._qtbot.waitUntil(lambda: not dialog.finding.busy)
        self._qtbot.waitUntil(lambda: dialog.finding.asking.ready or dialog.finding.list.count() > 0)
        return dialog

    def looked(self, typed: str = PAGE) -> AddressDialog:
        """One in which somebody looked already."""
        dialog = self(typed)
        dialog.finding.asking.button.click()
        self._qtbot.waitUntil(lambda: not dialog.finding.busy)
        return dialog


@pytest.fixture
def opens(qtbot: QtBot, services: Services, tasks: Tasks) -> Opens:
    return Opens(qtbot, services, tasks)


def rows(dialog: AddressDialog) -> list[str]:
    found = dialog.finding.list
    return [found.item(row).text() for row in range(found.count())]


def given(dialog: AddressDialog) -> NewAddress:
    answer = dialog.found
    assert answer is not None
    return answer


# Before anybody is asked --------------------------------------------------------------------------


def test_typing_asks_nobody_and_announces_what_would_be_asked(qtbot: QtBot, opens: Opens, sites: FakeDiscovery) -> None:
    dialog = opens()
    qtbot.keyClicks(dialog.address, PAGE)
    qtbot.waitUntil(lambda: dialog.finding.asking.line.text() == f"1 request: {PAGE}")
    assert dialog.finding.asking.button.text() == "Look for its feeds"
    assert dialog.finding.asking.button.accessibleDescription() == f"1 request: {PAGE}"
    assert dialog.finding.asking.button.isDefault()
    assert dialog._add.isEnabled(), "who knows that it is a feed need not look"
    assert given(dialog).meant == feed(PAGE)
    assert sites.asked == []


def test_an_account_is_understood_as_before(opens: Opens) -> None:
    dialog = opens(PAGE)
    dialog.address.setText("@name@mastodon.example")
    assert not dialog.finding.isVisible()
    assert dialog._add.isDefault()
    assert given(dialog).meant.kind is SourceKind.MASTODON


def test_nothing_is_asked_that_was_not_announced(qtbot: QtBot, opens: Opens, sites: FakeDiscovery) -> None:
    dialog = opens("https://first.example/", planned=False)
    qtbot.keyClick(dialog.address, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog = opens(PAGE)
    dialog.address.setText("https://other.example/")
    dialog.finding.asking.button.click()  # before its announcement is there
    qtbot.keyClick(dialog.address, Qt.Key.Key_Return)
    assert not dialog.finding.busy
    assert dialog.isVisible(), "nor is it added instead"
    qtbot.waitUntil(lambda: "other.example" in dialog.finding.asking.line.text())
    assert sites.asked == []


def test_what_an_address_tells_by_itself_is_listed_at_once(opens: Opens, sites: FakeDiscovery) -> None:
    sites.known["https://video.example/channel/1"] = (MAIN, OTHER)
    dialog = opens("https://video.example/channel/1")
    assert rows(dialog) == ["News", "Other"]
    assert given(dialog).meant == MAIN.meant
    assert not dialog.finding.asking.isVisible()
    assert dialog._add.isDefault()
    assert sites.asked == []
    dialog.address.setText("https://video.example/")
    assert rows(dialog) == []


def test_an_address_may_stand_there_already(qtbot: QtBot, services: Services, tasks: Tasks) -> None:
    dialog = AddressDialog(None, services, tasks, OUTLINE, "s0", PAGE)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.address.text() == PAGE
    qtbot.waitUntil(lambda: dialog.finding.asking.button.isDefault())
    assert given(dialog).sector == "s0"


def test_the_sample_has_nothing_to_ask(qtbot: QtBot, tmp_path: Path, tasks: Tasks) -> None:
    services = open_services(tmp_path / "sample", write=True, sample=True)
    dialog = AddressDialog(None, services, tasks, Outline(), None, PAGE)
    qtbot.addWidget(dialog)
    dialog.show()
    said = "The sample is invented: there is nothing to ask."
    qtbot.waitUntil(lambda: dialog.finding.asking.line.text() == said)
    assert not dialog.finding.asking.button.isVisible()
    assert not dialog.finding.leave.isVisible()
    assert given(dialog).meant == feed(PAGE)
    assert dialog._add.isDefault()
    dialog.address.setText("https://github.com/ada/engine")
    qtbot.waitUntil(lambda: dialog.finding.list.count() > 0)
    assert not dialog.finding.previewing.isVisible(), "there is nothing to ask"
    dialog.reject()
    services.close()


# Looking ------------------------------------------------------------------------------------------


def test_by_the_keyboard_alone(qtbot: QtBot, opens: Opens, sites: FakeDiscovery) -> None:
    dialog = opens()
    qtbot.keyClicks(dialog.address, PAGE)
    qtbot.waitUntil(lambda: dialog.finding.asking.ready)
    qtbot.keyClick(dialog.address, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.finding.list.hasFocus())
    assert rows(dialog) == ["News", "Other", "Talk", "Watch the page itself"]
    assert given(dialog).meant == MAIN.meant, "the likeliest is chosen"
    qtbot.keyClick(dialog.finding.list, Qt.Key.Key_Down)
    assert given(dialog).meant == OTHER.meant
    assert dialog._add.isDefault()
    qtbot.keyClick(dialog.finding.list, Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert sites.asked == [PAGE]


def test_what_was_found_is_told_whole(opens: Opens) -> None:
    dialog = opens.looked()
    found = dialog.finding.list
    assert list(found.item(1).data(MARKS)) == ["watched already"]
    assert list(found.item(2).data(MARKS)) == ["comments"]
    assert found.item(1).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "Other, https://news.example/other, declared by the page, watched already"
    )
    assert not dialog.meanings.isVisible(), "it is no feed, as is known now"


def test_a_look_further_is_announced_and_adds_to_what_was_found(
    qtbot: QtBot, opens: Opens, sites: FakeDiscovery
) -> None:
    dialog = opens.looked()
    asking = dialog.finding.asking
    assert asking.button.text() == "Look further"
    assert asking.line.text() == f"1 request: {PAGE}rss.xml"
    assert sites.asked == [PAGE]
    dialog.finding.list.setCurrentRow(1)
    asking.button.click()
    qtbot.waitUntil(lambda: not dialog.finding.busy)
    assert rows(dialog) == ["News", "Other", "Talk", "Deep", "Watch the page itself"]
    assert given(dialog).meant == OTHER.meant, "what was chosen stays chosen"
    assert dialog.finding.problems.text() == "Nothing is at /feed.xml."
    assert not asking.isVisible(), "there is nothing left to ask"
    assert sites.asked == [PAGE, f"{PAGE}rss.xml"]


def test_to_look_further_is_quiet_where_a_feed_is_there(qtbot: QtBot, opens: Opens, sites: FakeDiscovery) -> None:
    dialog = opens.looked()
    finding = dialog.finding
    assert finding.asking.button.objectName() == "link"
    assert finding.asking.y() > finding.list.y(), "it stands below what was found"
    assert _comes(finding.list, finding.previewing.asking.button, finding.asking.button, dialog.where.list)
    sites.sites[PAGE] = Found((TALK,), (), plan(PAGE, f"{PAGE}rss.xml"), PAGE)
    dialog.address.setText("https://other.example/")
    assert not finding.asking.ready
    qtbot.waitUntil(lambda: finding.asking.ready)
    assert finding.asking.button.objectName() == ""
    assert finding.asking.button.isDefault()
    dialog.address.setText(PAGE)
    qtbot.waitUntil(lambda: PAGE in finding.asking.line.text() and finding.asking.ready)
    finding.asking.button.click()
    qtbot.waitUntil(lambda: rows(dialog) == ["Talk", "Watch the page itself"])
    assert finding.asking.button.text() == "Look further"
    assert finding.asking.button.objectName() == "", "comments are not what one looks for"
    assert finding.asking.y() < finding.list.y()
    assert _comes(dialog.address, finding.asking.button, finding.list, finding.previewing.asking.button)


def _comes(*widgets: QWidget) -> bool:
    """Whether the keyboard comes to them in this order."""
    chain = [widgets[0]]
    while (following := chain[-1].nextInFocusChain()) is not widgets[0]:
        chain.append(following)
    return sorted(widgets, key=chain.index) == list(widgets)


def test_a_failure_is_said_and_it_can_be_tried_again(qtbot: QtBot, opens: Opens, sites: FakeDiscovery) -> None:
    sites.sites[PAGE], good = NoProxy(), sites.sites[PAGE]
    dialog = opens.looked()
    assert dialog.finding.note.text() == str(NoProxy())
    assert dialog.finding.asking.line.text() == f"1 request: {PAGE}"
    assert given(dialog).meant == feed(PAGE), "it may be a feed that does not answer now"
    assert dialog.finding.asking.button.isDefault()
    sites.sites[PAGE] = good
    dialog.finding.asking.button.click()
    qtbot.waitUntil(lambda: len(rows(dialog)) == 4)
    assert not dialog.finding.note.isVisible()


def test_nothing_found_is_said(opens: Opens, sites: FakeDiscovery) -> None:
    sites.sites[PAGE] = Found(page=PAGE)
    dialog = opens.looked()
    assert dialog.finding.problems.text() == "No feed was found there."
    assert rows(dialog) == ["Watch the page itself"]
    assert dialog.found is None, "a page is no feed, and nobody chose to watch it"
    assert not dialog._add.isEnabled()
    dialog.address.setText("https://other.example/")
    assert given(dialog).meant == feed("https://other.example/")


def test_escape_stops_first_and_closes_then(qtbot: QtBot, opens: Opens, sites: FakeDiscovery) -> None:
    sites.gate.clear()
    dialog = opens(PAGE)
    qtbot.keyClick(dialog.address, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sites.asked == [PAGE])
    assert dialog.finding.asking.stop.isVisible()
    assert not dialog._add.isEnabled()
    qtbot.keyClick(dialog.address, Qt.Key.Key_Return)
    assert dialog.isVisible(), "Enter waits"
    qtbot.waitUntil(lambda: dialog.finding.asking.line.text() == "Asking: news.example")
    qtbot.keyClick(dialog.address, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert not dialog.finding.busy
    assert dialog.finding.asking.line.text() == f"Stopped. 1 request: {PAGE}"
    assert dialog._add.isEnabled()
    sites.gate.set()
    dialog.finding.asking.button.click()
    qtbot.waitUntil(lambda: len(rows(dialog)) == 4)
    assert sites.asked == [PAGE, PAGE]
    qtbot.keyClick(dialog.address, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_other_words_drop_what_is_under_way(qtbot: QtBot, opens: Opens, tasks: Tasks, sites: FakeDiscovery) -> None:
    sites.gate.clear()
    dialog = opens(PAGE)
    dialog.finding.asking.button.click()
    qtbot.waitUntil(lambda: sites.asked == [PAGE])
    dialog.address.setText("https://other.example/")
    qtbot.waitUntil(lambda: not tasks._waiting)
    assert rows(dialog) == []
    assert not tasks.busy()


def test_a_window_that_closes_leaves_nothing_behind(
    qtbot: QtBot, services: Services, tasks: Tasks, sites: FakeDiscovery
) -> None:
    sites.gate.clear()
    dialog = AddressDialog(None, services, tasks, OUTLINE, None, PAGE)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.finding.asking.ready)
    dialog.finding.asking.button.click()
    qtbot.waitUntil(lambda: sites.asked == [PAGE])
    dialog.reject()
    dialog.deleteLater()
    qtbot.waitUntil(lambda: not tasks._waiting)
    assert sites.asked == [PAGE]


def test_a_bug_ends_the_wait(qtbot: QtBot, opens: Opens, sites: FakeDiscovery, capfd: pytest.CaptureFixture) -> None:
    sites.sites[PAGE] = RuntimeError("a bug")
    dialog = opens.looked()
    assert "unexpected" in dialog.finding.note.text()
    assert "a bug" in capfd.readouterr().err
    assert dialog.finding.asking.button.isVisible()


def test_strict_level_asks_about_a_key_of_ones_own(opens: Opens, services: Services, sites: FakeDiscovery) -> None:
    services.discretion.set_mode(Mode.STRICT)
    mine = candidate("https://news.example/feed?token=8f3a9c0e7d2b415f9e6a11bb", "Mine")
    sites.sites[PAGE] = Found((MAIN, mine), page=PAGE)
    dialog = opens.looked()
    assert not dialog.personal.isVisible()
    dialog.finding.list.setCurrentRow(1)
    assert dialog.personal.isVisible()
    assert not dialog._add.isEnabled()
    dialog.personal.click()
    assert given(dialog).allow_personal
    dialog.finding.list.setCurrentRow(0)
    assert not given(dialog).allow_personal
    dialog.finding.list.setCurrentRow(1)
    assert not dialog._add.isEnabled(), "it was meant for the time before"


def test_a_private_address_is_looked_at_where_that_is_allowed(qtbot: QtBot, opens: Opens, sites: FakeDiscovery) -> None:
    away = candidate("https://elsewhere.example/feed", "Away")
    sites.sites[PAGE] = Found((MAIN, away), page=PAGE)
    dialog = opens(PAGE)
    dialog.private.click()
    dialog.finding.asking.button.click()
    assert not dialog.finding.busy, "what is announced has changed"
    qtbot.waitUntil(lambda: dialog.finding.asking.ready)
    dialog.finding.asking.button.click()
    qtbot.waitUntil(lambda: len(rows(dialog)) == 3)
    assert sites.private == [True]
    assert given(dialog).allow_private
    dialog.finding.list.setCurrentRow(1)
    assert not given(dialog).allow_private, "it was said of the host that was typed"
    assert not dialog.private.isEnabled()
    dialog.finding.list.setCurrentRow(0)
    assert dialog.private.isEnabled()
    dialog.private.click()
    assert len(rows(dialog)) == 3, "what was found stays"
    assert not given(dialog).allow_private


def test_what_the_address_may_mean_besides_is_offered_once(opens: Opens, sites: FakeDiscovery) -> None:
    typed = "https://mastodon.example/@name"
    account = meant(SourceKind.MASTODON, typed)
    sites.known[typed] = (Candidate(account), replace(MAIN, declared=False))
    sites.sites[typed] = Found((OTHER, Candidate(account)))
    dialog = opens(typed, planned=False)
    assert not dialog.finding.isVisible()
    (radio,) = [each for each in dialog.meanings.findChildren(QRadioButton) if "feed" in each.text()]
    radio.click()
    dialog = opens.waits(dialog)
    assert rows(dialog) == ["News"]
    dialog.finding.asking.button.click()
    opens.waits(dialog)
    assert rows(dialog) == ["Other", "News"]
    assert given(dialog).meant == OTHER.meant, "nobody chose the other"


def test_what_cannot_be_found_is_said(qtbot: QtBot, opens: Opens, sites: FakeDiscovery) -> None:
    sites.note = "Nobody can look there."
    dialog = opens("https://nobody.example/", planned=False)
    qtbot.waitUntil(lambda: dialog.finding.asking.line.text() == "Nobody can look there.")
    assert not dialog.finding.asking.button.isVisible()
    assert dialog._add.isDefault()


def test_what_a_page_says_is_only_text(opens: Opens, sites: FakeDiscovery) -> None:
    bad = candidate("https://news.example/feed", "<img src=x>\u202e\n" + "long " * 500, why="declared")
    sites.sites[PAGE] = Found((bad,), ("<b>no</b>",))
    dialog = opens.looked()
    row = dialog.finding.list.item(0)
    assert "\u202e" not in row.text()
    assert "\n" not in row.text()
    assert "&lt;img" in row.toolTip()
    assert dialog.finding.problems.text() == "<b>no</b>"
    assert dialog.finding.problems.textFormat() is Qt.TextFormat.PlainText
    assert dialog.width() <= dialog.screen().availableSize().width()


def test_a_host_whose_name_fills_the_window_pushes_nothing_out_of_it(opens: Opens, sites: FakeDiscovery) -> None:
    page = f"https://{'.'.join(['a' * 60] * 4)}.example/"
    sites.sites[page] = Found((), (f"{page} does not answer.",), plan(page, f"{page}feed"))
    dialog = opens.looked(page)
    assert dialog.page is not None
    assert dialog.finding.problems.isVisible()
    assert dialog.page.minimumSizeHint().width() <= dialog.area.viewport().width()
    assert dialog.finding.asking.button.visibleRegion().boundingRect().size() == dialog.finding.asking.button.size()


def test_what_answered_stands_for_what_was_only_declared() -> None:
    asked = replace(MAIN, answered=True)
    assert joined((asked, DEEP), (MAIN, OTHER)) == (asked, OTHER, DEEP)
    known = Candidate(OTHER.meant, "Known")
    assert joined((MAIN, TALK), (known,)) == (MAIN, TALK, known)
    assert joined((), (MAIN,)) == (MAIN,)


# A preview ----------------------------------------------------------------------------------------


def test_a_preview_is_announced_and_asked_once(qtbot: QtBot, opens: Opens, sites: FakeDiscovery) -> None:
    dialog = opens.looked()
    previewing = dialog.finding.previewing
    qtbot.waitUntil(lambda: previewing.asking.ready)
    assert previewing.asking.line.text() == f"1 request: {MAIN.meant.address}"
    assert sites.asked == [PAGE]
    assert given(dialog).title == "News"
    previewing.asking.button.setFocus()
    qtbot.keyClick(previewing.asking.button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: previewing.gives.isVisible())
    assert sites.asked == [PAGE, MAIN.meant.address]
    assert previewing.gives.text.text() == "Usually 2 a day. In English."
    assert [previewing.gives.items.item(row).text() for row in range(2)] == ["First", "Second"]
    assert "02 Mar 2026" in previewing.gives.items.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert given(dialog).title == "News itself"
    dialog.accept()
    assert given(dialog).title == "News itself"
    dialog.show()
    assert dialog.more.name.placeholderText() == "News itself"
    dialog.finding.list.setCurrentRow(1)
    assert not previewing.gives.isVisible()
    dialog.finding.list.setCurrentRow(0)
    assert previewing.gives.isVisible()
    assert not previewing.asking.isVisible()
    assert sites.asked == [PAGE, MAIN.meant.address]


def test_a_preview_that_fails_says_why_and_it_can_be_added_all_the_same(
    qtbot: QtBot, opens: Opens, sites: FakeDiscovery
) -> None:
    dialog = opens.looked()
    dialog.finding.list.setCurrentRow(1)
    previewing = dialog.finding.previewing
    qtbot.waitUntil(lambda: OTHER.meant.address in previewing.asking.line.text() and previewing.asking.ready)
    previewing.asking.button.click()
    qtbot.waitUntil(lambda: previewing.note.text() == str(BROKEN))
    assert previewing.asking.button.isVisible()
    assert dialog._add.isEnabled()
    assert given(dialog).meant == OTHER.meant


def test_a_preview_that_leads_elsewhere_is_announced_anew(qtbot: QtBot, opens: Opens, sites: FakeDiscovery) -> None:
    dialog = opens.looked()
    previewing = dialog.finding.previewing
    qtbot.waitUntil(lambda: previewing.asking.ready)
    sites.gives[MAIN.meant.address] = LeadsElsewhere(
        host="news.example", address="away.example", to="https://away.example/feed"
    )
    previewing.asking.button.click()
    qtbot.waitUntil(lambda: "away.example" in previewing.asking.line.text())
    assert previewing.note.isVisible()
    assert sites.asked == [PAGE, MAIN.meant.address], "it is not followed unasked"
    sites.gives[MAIN.meant.address] = GIVES
    previewing.asking.button.click()
    qtbot.waitUntil(lambda: previewing.gives.isVisible())
    assert not previewing.note.isVisible()
    assert sites.asked[2:] == ["https://away.example/feed"]


def test_what_is_here_already_is_shown_at_once(qtbot: QtBot, opens: Opens, sites: FakeDiscovery) -> None:
    sites.here.add(MAIN.meant.address)
    dialog = opens.looked()
    qtbot.waitUntil(lambda: dialog.finding.previewing.gives.isVisible())
    assert sites.asked == [PAGE]


def test_escape_stops_a_preview(qtbot: QtBot, opens: Opens, sites: FakeDiscovery) -> None:
    dialog = opens.looked()
    previewing = dialog.finding.previewing
    qtbot.waitUntil(lambda: previewing.asking.ready)
    sites.gate.clear()
    previewing.asking.button.click()
    qtbot.waitUntil(lambda: len(sites.asked) == 2)
    assert not dialog.finding.asking.button.isEnabled(), "one after the other"
    assert dialog._add.isEnabled(), "who knows enough need not wait"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert not dialog.finding.busy
    assert dialog.finding.asking.button.isEnabled()


# The page itself ----------------------------------------------------------------------------------


def test_the_page_itself_is_watched_by_a_selector(qtbot: QtBot, opens: Opens, sites: FakeDiscovery) -> None:
    dialog = opens.looked()
    selecting = dialog.finding.selecting
    assert not selecting.isVisible()
    dialog.finding.list.setCurrentRow(3)
    assert selecting.isVisible()
    assert not dialog.finding.previewing.isVisible()
    qtbot.waitUntil(lambda: selecting.good)
    assert selecting.selector == "article a", "the likeliest proposal is tried"
    assert selecting.gives.items.count() == 3
    answer = given(dialog)
    assert (answer.meant.kind, answer.meant.address) == (SourceKind.PAGE, PAGE)
    assert (answer.selector, answer.title) == ("article a", "The page")
    dialog.accept()
    assert given(dialog) == answer, "it is asked for once the window is closed"
    dialog.show()
    selecting.line.selectAll()
    qtbot.keyClicks(selecting.line, "li a")
    assert dialog.found is None, "it was not tried yet"
    qtbot.waitUntil(lambda: selecting.gives.items.count() == 1)
    assert given(dialog).selector == "li a"
    selecting.line.setText("li [")
    qtbot.waitUntil(lambda: "ends too soon" in selecting.note.text())
    assert not dialog._add.isEnabled()
    selecting.line.setText("h9")
    qtbot.waitUntil(lambda: "Nothing on the page" in selecting.note.text())
    assert dialog.found is None
    selecting.line.setText("")
    qtbot.waitUntil(lambda: not selecting.note.isVisible())
    assert sites.asked == [PAGE], "nobody is asked for this"
    dialog.finding.list.setCurrentRow(0)
    assert given(dialog).selector == ""


def test_a_page_without_feeds_is_reached_by_the_keyboard(qtbot: QtBot, opens: Opens, sites: FakeDiscovery) -> None:
    sites.sites[PAGE] = Found(page=PAGE)
    dialog = opens.looked()
    for _step in range(10):
        if dialog.finding.list.hasFocus():
            break
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.finding.list.hasFocus()
    assert not dialog.finding.on_page
    qtbot.keyClick(dialog.finding.list, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: dialog._add.isEnabled())
    assert given(dialog).meant.kind is SourceKind.PAGE


# What is said of it -------------------------------------------------------------------------------


def test_what_is_said_besides_is_folded(opens: Opens) -> None:
    dialog = opens.looked()
    more, where = dialog.more, dialog.where
    assert not more.name.isVisible()
    more.fold.click()
    assert more.name.isVisible()
    assert not more.why.isEnabled(), "there is no sector in which that could be noted"
    more.name.setText("  My news ")
    more.labels.setText("energy, , press,energy")
    where.list.setCurrentIndex(where.list.findData("s0"))
    more.why.setText("It is first")
    more.trial.setCurrentIndex(1)
    answer = given(dialog)
    assert (answer.name, answer.labels, answer.sector) == ("My news", ("energy", "press"), "s0")
    assert (answer.why, answer.trial) == ("It is first", date(2026, 3, 16))
    more.trial.setCurrentIndex(more.trial.findData(ONE_DAY))
    assert more.until.isVisible()
    assert given(dialog).trial == date(2026, 5, 31)
    where.list.setCurrentIndex(0)
    assert (given(dialog).why, given(dialog).trial) == ("", None)


def test_a_new_sector_needs_a_name(opens: Opens) -> None:
    dialog = opens(PAGE)
    where = dialog.where
    assert not where.name.isVisible()
    where.list.setCurrentIndex(where.list.findData(NEW))
    assert where.name.isVisible()
    assert not dialog._add.isEnabled()
    where.name.setText(" Water ")
    assert dialog._add.isEnabled()
    assert (given(dialog).sector, given(dialog).new_sector) == (None, "Water")
    assert dialog.more.why.isEnabled()


def test_every_field_has_a_name_and_is_reached_by_tab(qtbot: QtBot, opens: Opens) -> None:
    dialog = opens.looked()
    dialog.more.fold.click()
    dialog.where.list.setCurrentIndex(dialog.where.list.findData("s0"))
    qtbot.waitUntil(lambda: dialog.finding.previewing.asking.ready)
    dialog.address.setFocus()
    reached = set()
    for _step in range(30):
        focus = dialog.focusWidget()
        reached.add(focus)
        assert focus.accessibleName() or getattr(focus, "text", str)(), focus
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    more = dialog.more
    assert reached >= {
        dialog.address, dialog.finding.asking.button, dialog.finding.list, dialog.finding.previewing.asking.button,
        dialog.where.list, dialog.private, more.fold, more.name, more.why, more.trial, more.labels, dialog._add,
    }  # fmt: skip


# From the window ----------------------------------------------------------------------------------


def test_it_is_added_and_taken_back_as_one(
    qtbot: QtBot, window: Window, sites: FakeDiscovery, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.services.discovery = sites  # type: ignore[assignment]

    def fill(dialog: AddressDialog) -> int:
        assert dialog.address.text() == PAGE
        dialog.show()
        qtbot.waitUntil(lambda: dialog.finding.asking.ready)
        dialog.finding.asking.button.click()
        qtbot.waitUntil(lambda: len(rows(dialog)) == 4)
        dialog.more.name.setText("Mine")
        dialog.where.list.setCurrentIndex(dialog.where.list.findData(NEW))
        dialog.where.name.setText("Water")
        dialog.accept()
        return dialog.result()

    monkeypatch.setattr(adding.AddressDialog, "exec", fill)
    window.curating.add_address(address=PAGE)
    qtbot.waitUntil(lambda: len(window.browsing.outline.sources) == 4)
    (new,) = [each for each in window.browsing.outline.sources.values() if each.address == MAIN.meant.address]
    assert (new.title, new.name) == ("News", "Mine")
    assert [each.title for each in window.browsing.outline.sectors] == ["Energy", "Health", "Water"]
    window.browsing.undo()
    qtbot.waitUntil(lambda: len(window.browsing.outline.sources) == 3)
    assert [each.title for each in window.browsing.outline.sectors] == ["Energy", "Health"]
    QApplication.processEvents()


# With the real one --------------------------------------------------------------------------------


RSS = b"""<rss version="2.0"><channel><title>News itself</title><link>http://news.example/</link><item>
<title>First</title><link>http://news.example/1</link><guid>1</guid><pubDate>Sun, 01 Mar 2026 09:00:00 GMT</pubDate>
<description>Words of the first</description></item></channel></rss>"""
HTML = b"""<html><head><title>The page</title><link rel="alternate" type="application/rss+xml" title="News"
href="/feed"></head><body><main><ul><li><a href="/1">The first of the headlines</a></li>
<li><a href="/2">The second of the headlines</a></li><li><a href="/3">The third of the headlines</a></li></ul></main>
</body></html>"""


def test_ones_own_network_from_the_first_letter_to_the_source(
    qtbot: QtBot, tasks: Tasks, tmp_path: Path, clock: FakeClock
) -> None:
    services = open_services(tmp_path / "on", write=True, world=World(clock, Random(1), {}))
    with FeedServer() as server:
        server.put("/", HTML, headers={"Content-Type": "text/html"})
        server.put("/feed", RSS)
        dialog = Opens(qtbot, services, tasks)(server.url("/"))
        finding = dialog.finding
        assert finding.asking.line.text().startswith(f"1 request to 127.0.0.1:{server.port}. ")
        finding.asking.button.click()
        qtbot.waitUntil(lambda: "private or local network" in finding.problems.text())
        assert finding.asking.button.text() == "Look for its feeds", "nothing further is offered"
        dialog.private.click()
        assert not finding.problems.isVisible()
        qtbot.waitUntil(lambda: finding.asking.ready)
        finding.asking.button.click()
        qtbot.waitUntil(lambda: rows(dialog) == ["News", "Watch the page itself"])
        previewing = finding.previewing
        qtbot.waitUntil(lambda: previewing.asking.ready)
        dialog.private.click()
        qtbot.waitUntil(lambda: previewing.asking.ready)
        previewing.asking.button.click()
        qtbot.waitUntil(lambda: "private or local network" in previewing.note.text())
        assert server.paths == ["/"], "what was allowed is allowed no longer"
        dialog.private.click()
        qtbot.waitUntil(lambda: previewing.asking.ready)
        previewing.asking.button.click()
        qtbot.waitUntil(lambda: previewing.gives.isVisible())
        assert server.paths == ["/", "/feed"]
        dialog.accept()
        services.adding.add(given(dialog))
        (source,) = services.curation.outline().sources.values()
        assert (source.address, source.allow_private) == (server.url("/feed"), True)
    tasks.close()
    services.close()


def test_a_window_that_closes_while_somebody_is_asked(qtbot: QtBot, tmp_path: Path, clock: FakeClock) -> None:
    """Nothing is left that waits, and the profile is free for the next program."""
    services = open_services(tmp_path / "on", write=True, world=World(clock, Random(1), {}))
    tasks = Tasks()
    with FeedServer() as server:
        server.put("/", HTML, wait=30)
        dialog = Opens(qtbot, services, tasks)(server.url("/"))
        dialog.private.click()
        qtbot.waitUntil(lambda: dialog.finding.asking.ready)
        dialog.finding.asking.button.click()
        qtbot.waitUntil(lambda: server.paths == ["/"])
        tasks.close()
        services.close()
        again = open_services(tmp_path / "on", write=True, world=World(clock, Random(1), {}))
        (row,) = again.traces.find()
        assert (row.host, row.reason) == ("127.0.0.1", Reason.FOUND)
        assert "stopped by you" in row.outcome
        again.close()
        dialog.reject()


def test_the_requests_that_leave_are_those_that_were_announced(
    qtbot: QtBot, tasks: Tasks, tmp_path: Path, clock: FakeClock
) -> None:
    with Internet(clock) as internet:
        site = {"/": Reply(200, {"Content-Type": "text/html"}, HTML), "/feed": Reply(200, {}, RSS)}
        internet.site("news.example", pages(site))
        services = open_services(tmp_path / "on", write=True, world=World(clock, Random(1), internet.door))
        opens = Opens(qtbot, services, tasks)
        dialog = opens("http://news.example/")
        assert "news.example" in dialog.finding.asking.line.text()
        assert internet.seen == []
        dialog.finding.asking.button.click()
        qtbot.waitUntil(lambda: rows(dialog) == ["News", "Watch the page itself"])
        assert [each.path for each in internet.seen] == ["/"]
        previewing = dialog.finding.previewing
        qtbot.waitUntil(lambda: previewing.asking.ready)
        previewing.asking.button.click()
        qtbot.waitUntil(lambda: previewing.gives.isVisible())
        assert previewing.gives.items.item(0).text() == "First"
        dialog.finding.list.setCurrentRow(1)
        qtbot.waitUntil(lambda: dialog.finding.selecting.good)
        assert dialog.finding.selecting.gives.items.count() == 3
        assert [each.path for each in internet.seen] == ["/", "/feed"]
        services.adding.add(given(dialog))
        (source,) = services.curation.outline().sources.values()
        assert (source.kind, source.address) == (SourceKind.PAGE, "http://news.example/")
        assert source.selector == dialog.finding.selecting.selector
        services.discretion.set_mode(Mode.STRICT)
        strict = opens("http://news.example/")
        strict.finding.asking.button.click()
        qtbot.waitUntil(lambda: strict.finding.note.text() == str(NoProxy()))
        assert len(internet.seen) == 2
        for each in (dialog, strict):
            each.reject()
        tasks.close()
        services.close()
