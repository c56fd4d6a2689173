"""The traces window over a real ledger: filters, pages, words, exports."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QDate, QModelIndex, Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from veille.contacts import Contact, Ending, Reason, Totals
from veille.core.curating.curation import Curation
from veille.core.preferences import Preferences
from veille.core.traces import Traces
from veille.errors import Unreachable
from veille.model import Changes, SourceKind
from veille.store import Store, open_store
from veille.ui import tracelist
from veille.ui.dialogs import certificate, files
from veille.ui.tasks import Tasks
from veille.ui.traces import TracesWindow, details, how_long, in_words, open_traces, what_remains

NOW = FakeClock().now()


class Profile(SimpleNamespace):
    """A store with one source, and what the window asks of services."""

    store: Store

    def trace(
        self, host: str = "example.org", ago: timedelta = timedelta(0), reason: Reason = Reason.SCHEDULED,
        source: int = 0, ending: Ending | None = None, route: str = "direct", led_by: str = "",
    ) -> int:  # fmt: skip
        at = NOW - ago
        contact = Contact(at, reason, source, "GET", f"https://{host}/feed", host, route, led_by=led_by)
        number = self.store.traces.begin(contact)
        self.store.traces.end(number, ending or Ending(at, 200, "", 200, 5000, "203.0.113.7"))
        return number


class Pages:
    """A certificate that says which period it is for."""

    def certificate(self, since: datetime, until: datetime) -> str:
        return f"<h1>{since:%Y-%m-%d %H:%M} – {until:%Y-%m-%d %H:%M}</h1>"


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    clock = FakeClock()
    store = open_store(tmp_path / "profile", write=True, clock=clock)
    with store.db.write():
        store.sources.add("feed:https://a.example/", SourceKind.FEED, "https://a.example/", "Alpha")
    yield Profile(
        clock=clock, store=store, preferences=Preferences(store), traces=Traces(store, clock),
        curation=Curation(store, clock), certificates=Pages())  # fmt: skip
    store.close()


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


def opened(qtbot: QtBot, parent: QWidget, profile: Profile, tasks: Tasks) -> TracesWindow:
    window = open_traces(parent, profile, tasks)
    qtbot.waitUntil(lambda: bool(window.totals.text()) and not window.model._asking and window.source.count() > 1)
    return window


def hosts(window: TracesWindow) -> list[str]:
    return [row.host for row in window.model.rows]


def wait_for(qtbot: QtBot, window: TracesWindow, *expected: str) -> None:
    qtbot.waitUntil(lambda: hosts(window) == list(expected))


def test_it_says_what_was_sent_and_explains_the_newest(
    qtbot: QtBot, parent: QWidget, profile: Profile, tasks: Tasks
) -> None:
    profile.trace("one.example", timedelta(hours=2), source=1)
    profile.trace(
        "two.example", timedelta(hours=1), Reason.BY_HAND, route="socks5://127.0.0.1:9050", led_by="t.example"
    )
    window = opened(qtbot, parent, profile, tasks)
    assert window.totals.text() == "2 reads of 2 hosts: 400 bytes sent, 10 kB received. Nothing was written."
    assert window.kept.text() == "Traces are kept for 90 days. The oldest is from 02 Mar 2026, 07:00."
    cells = [window.model.data(window.model.index(0, at)) for at in range(7)]
    assert cells == [
        "02 Mar 2026, 08:00", "two.example", "refresh by hand", "socks5://127.0.0.1:9050", "200 bytes", "5.0 kB",
        "answered (200)",
    ]  # fmt: skip
    assert window.details.toPlainText().startswith("GET https://two.example/feed\nt.example sent on to this address.")
    window.table.selectRow(1)
    shown = window.details.toPlainText()
    assert "For Alpha." in shown
    assert "this machine's address" in shown
    assert shown.endswith(what_remains())


def test_it_narrows_by_host_source_and_period(qtbot: QtBot, parent: QWidget, profile: Profile, tasks: Tasks) -> None:
    profile.trace("old.example", timedelta(days=40))
    profile.trace("www.one.example", timedelta(days=3), source=1)
    profile.trace("one.example", timedelta(hours=1))
    window = opened(qtbot, parent, profile, tasks)
    wait_for(qtbot, window, "one.example", "www.one.example")
    window.source.setCurrentIndex(1)
    wait_for(qtbot, window, "www.one.example")
    window.source.setCurrentIndex(0)
    window.period.list.setCurrentIndex(window.period.list.findText("All that is kept"))
    wait_for(qtbot, window, "one.example", "www.one.example", "old.example")
    qtbot.keyClicks(window.host, " Old.Example")
    wait_for(qtbot, window, "old.example")
    qtbot.waitUntil(lambda: window.totals.text().startswith("1 read of 1 host:"))
    window.host.clear()
    window.period.list.setCurrentIndex(window.period.list.findText("One day"))
    assert window.period.day.isVisible()
    wait_for(qtbot, window, "one.example")
    window.period.day.setDate(QDate(2026, 2, 27))
    wait_for(qtbot, window, "www.one.example")


def test_it_says_why_nothing_is_there(qtbot: QtBot, parent: QWidget, profile: Profile, tasks: Tasks) -> None:
    window = opened(qtbot, parent, profile, tasks)
    assert window.stack.currentWidget() is window.empty
    assert window.empty.text() == "No trace in this period: Veille contacted nobody."
    assert window.details.toPlainText() == what_remains()
    assert not window.export.isEnabled()
    window.host.setText("one")
    qtbot.waitUntil(lambda: "“one”" in window.empty.text())


def test_more_come_at_the_end_and_what_is_new_goes_above(
    qtbot: QtBot, parent: QWidget, profile: Profile, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracelist, "PAGE", 40)
    numbers = [profile.trace(f"h{at}.example", timedelta(minutes=200 - at)) for at in range(100)]
    window = opened(qtbot, parent, profile, tasks)
    model, root = window.model, QModelIndex()
    for count in (80, 100):
        assert model.canFetchMore(root)
        model.fetchMore(root)
        assert not model.canFetchMore(root), "one page at a time"
        qtbot.waitUntil(lambda count=count: model.rowCount() == count)
    assert not model.canFetchMore(root)
    assert [row.number for row in model.rows] == numbers[::-1]
    window.table.selectRow(3)
    before = window.table.current
    profile.trace("new.example")
    tasks.changed.emit(Changes())
    qtbot.waitUntil(lambda: model.rowCount() == 101)
    assert hosts(window)[0] == "new.example"
    assert window.table.current == before
    qtbot.waitUntil(lambda: window.totals.text().startswith("101 reads"))


def test_a_trace_that_ends_later_is_shown_anew(qtbot: QtBot, parent: QWidget, profile: Profile, tasks: Tasks) -> None:
    number = profile.store.traces.begin(Contact(NOW, Reason.PICTURE, 0, "GET", "https://p.example/", "p.example"))
    window = opened(qtbot, parent, profile, tasks)
    assert tracelist.failed(window.model.rows[0])
    profile.store.traces.end(number, Ending(NOW, 200, "", 1, 2))
    tasks.changed.emit(Changes())
    qtbot.waitUntil(lambda: window.model.rows[0].status == 200)
    qtbot.waitUntil(lambda: "Answered (200)." in window.details.toPlainText())


def test_what_failed_stands_out(qtbot: QtBot, parent: QWidget, profile: Profile, tasks: Tasks) -> None:
    error = Unreachable(host="<b>x</b>.example", detail="no route").pack()
    profile.trace("<b>x</b>.example", ending=Ending(NOW, error=error))
    window = opened(qtbot, parent, profile, tasks)
    outcome = window.model.index(0, tracelist.OUTCOME)
    assert outcome.data() == "<b>x</b>.example cannot be reached (no route)."
    assert outcome.data(Qt.ItemDataRole.ToolTipRole).startswith("<span>&lt;b&gt;")
    assert outcome.data(Qt.ItemDataRole.ForegroundRole) is not None
    assert "<b>x</b>" in window.details.toPlainText()


def test_it_is_exported_as_it_is_filtered(
    qtbot: QtBot, parent: QWidget, profile: Profile, tasks: Tasks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile.trace("one.example")
    profile.trace("two.example")
    path = tmp_path / "traces.csv"
    monkeypatch.setattr(files, "ask_file", lambda *_asked, **_more: str(path))
    window = opened(qtbot, parent, profile, tasks)
    window.host.setText("two.example")
    window.export.click()
    qtbot.waitUntil(lambda: window.strip.isVisible())
    assert window.strip.text == "1 trace was written to traces.csv."
    with path.open(encoding="utf-8", newline="") as file:
        assert [row["host"] for row in csv.DictReader(file)] == ["two.example"]
    path.unlink()
    path.mkdir()
    window.export.click()
    qtbot.waitUntil(lambda: "cannot write" in window.strip.text)


def test_a_certificate_is_a_page_or_a_pdf(
    qtbot: QtBot, parent: QWidget, profile: Profile, tasks: Tasks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed: list[str] = []
    path = tmp_path / "c.html"

    def ask(*_asked: object, save: str, **_more: object) -> str:
        proposed.append(save)
        return str(path)

    monkeypatch.setattr(files, "ask_file", ask)
    profile.trace(ago=timedelta(days=3))
    window = opened(qtbot, parent, profile, tasks)
    window.certify.click()
    qtbot.waitUntil(lambda: window.strip.text == "The certificate was written to c.html.")
    assert path.read_text() == "<h1>2026-02-24 00:00 – 2026-03-02 09:00</h1>"
    path = tmp_path / "c.PDF"
    window.period.list.setCurrentIndex(window.period.list.findText("All that is kept"))
    window.certify.click()
    qtbot.waitUntil(lambda: window.strip.text == "The certificate was written to c.PDF.")
    assert path.read_bytes().startswith(b"%PDF-")
    window.period.list.setCurrentIndex(window.period.list.findText("One day"))
    window.certify.click()
    assert proposed == ["veille-2026-02-24-2026-03-02", "veille-2026-02-27-2026-03-02", "veille-2026-03-02"]


def test_the_menu_asks_for_the_period_first(
    qtbot: QtBot, parent: QWidget, profile: Profile, tasks: Tasks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    path = tmp_path / "c.html"
    monkeypatch.setattr(files, "ask_file", lambda *_asked, **_more: str(path))
    monkeypatch.setattr(certificate.CertificateDialog, "exec", lambda _dialog: 0)
    certificate.open_certificate(parent, profile, tasks, told.append)
    monkeypatch.setattr(certificate.CertificateDialog, "exec", lambda _dialog: 1)
    certificate.open_certificate(parent, profile, tasks, told.append)
    qtbot.waitUntil(lambda: told == ["The certificate was written to c.html."])
    assert "2026-02-01" in path.read_text()


def test_there_is_one_and_closing_it_drops_what_is_under_way(
    qtbot: QtBot, parent: QWidget, profile: Profile, tasks: Tasks
) -> None:
    profile.trace()
    window = open_traces(parent, profile, tasks)
    assert open_traces(parent, profile, tasks) is window
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert window.isVisible()
    window._tell("late")
    with qtbot.waitSignal(window.destroyed):
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    tasks.changed.emit(Changes())
    tasks.query("other", lambda: 1, lambda _answer: None)
    assert open_traces(parent, profile, tasks) is not window


def test_the_keyboard_and_a_screen_reader_find_everything(
    qtbot: QtBot, parent: QWidget, profile: Profile, tasks: Tasks
) -> None:
    profile.trace()
    window = opened(qtbot, parent, profile, tasks)
    fields = (window.host, window.source, window.period.list, window.period.day, window.table, window.details)
    assert all(each.accessibleName() for each in fields)
    window.table.setFocus()
    reached = set()
    for _ in range(20):
        reached.add(window.focusWidget())
        window.focusNextChild()
    buttons = window.buttons.findChildren(QPushButton)
    assert {window.host, window.source, window.period.list, window.table, window.details, *buttons} <= reached


def test_what_it_says() -> None:
    some = Totals(3, 2, 999, 12_345_678, 1, by_method={"GET": 3}, by_reason={Reason.SCHEDULED: 3, Reason.BROWSER: 1})
    assert in_words(some) == (
        "3 reads of 2 hosts: 999 bytes sent, 12 MB received. 1 failed. Nothing was written. "
        "1 link was opened in the browser."
    )
    assert "1 write!" in in_words(Totals(1, 1, by_method={"POST": 1}))
    assert how_long(1, None, NOW) == "Traces are kept for 1 day. Those from before 02 Mar 2026, 09:00 were forgotten."


def test_details_leave_out_what_is_not_known(profile: Profile) -> None:
    profile.trace(reason=Reason.BROWSER, route="browser", ending=Ending(NOW))
    (row,) = profile.traces.find()
    assert details(row).splitlines()[1] == "Handed to your browser."
    assert not tracelist.failed(row)
