"""Packs in the window: published, noticed, taken over in part, undone; two curators; a share that is gone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.fakes import FakeClock
from veille.core.curating.curation import Curation
from veille.core.packs.merging import Side
from veille.core.packs.offers import Offers
from veille.core.packs.publishing import Publishing
from veille.model import Changes
from veille.store import Store, open_store
from veille.ui.desk.packs import PacksWindow, open_packs
from veille.ui.desk.publishing import PublishDialog
from veille.ui.desk.review import ReviewDialog
from veille.ui.window import Window

SECTOR = "s0"  # "Energy", of the window's profile


class Curator:
    """Another person's profile, with a sector "Energy" of the key ``key``."""

    def __init__(self, folder: Path, key: str = "energy") -> None:
        self.clock = FakeClock()
        self.store: Store = open_store(folder, write=True, clock=self.clock)
        self.curation = Curation(self.store, self.clock)
        self.publishing = Publishing(self.store, self.clock, lambda: "Claire")
        self.offers = Offers(self.store, self.clock)
        sector, _changes = self.curation.add_sector("Energy")
        self.key = sector.key

    def add(self, name: str, why: str = "") -> int:
        return self.curation.add_feed(f"https://{name}.example/feed", self.key, name.title(), why=why)[0].id

    def publish(self, folder: Path, **more: object) -> None:
        self.publishing.publish(self.key, folder, **more)  # type: ignore[arg-type]


@pytest.fixture
def curator(tmp_path: Path):
    made = Curator(tmp_path / "claire")
    yield made
    made.store.close()


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


def packs(window: Window, qtbot: QtBot) -> PacksWindow:
    found = open_packs(window)
    qtbot.waitUntil(lambda: found.stack.currentWidget() is not None and not window.tasks._looking)
    return found


def button(holder: object, text: str) -> QPushButton:
    return next(each for each in holder.findChildren(QPushButton) if each.text() == text)  # type: ignore[attr-defined]


def dialog(holder: PacksWindow, kind: type, qtbot: QtBot):
    qtbot.waitUntil(lambda: any(each.isVisible() for each in holder.findChildren(kind)))
    return next(each for each in holder.findChildren(kind) if each.isVisible())


def until(qtbot: QtBot, holds: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(holds()), timeout=10_000)


def closed(dialog: QDialog) -> bool:
    """It may be deleted by now."""
    return not isValid(dialog) or not dialog.isVisible()


def titles(window: Window, key: str) -> list[str]:
    outline = window.services.curation.outline()
    return sorted(outline.sources[each.source].label for each in outline.members.get(key, ()))


def test_a_folder_is_followed_and_part_of_it_taken_over(
    window: Window, qtbot: QtBot, curator: Curator, share: Path
) -> None:
    curator.add("one", "The regulator’s own words.")
    curator.add("two")
    curator.publish(share, note="Hello")
    shown = packs(window, qtbot)
    assert shown.stack.currentWidget() is shown.empty
    shown.follow_place(share)
    review = dialog(shown, ReviewDialog, qtbot)
    assert "Hello" in review.note.text()
    texts = [review.list.item(at).text() for at in range(review.list.count())]
    assert any("Why: The regulator’s own words." in text for text in texts)
    for at, text in enumerate(texts):
        if "Two" in text:
            review.list.item(at).setCheckState(Qt.CheckState.Unchecked)
    assert review.all.checkState() is Qt.CheckState.PartiallyChecked
    assert review.accept_button.text() == "Take over what is chosen"
    review.accept_button.click()
    until(qtbot, lambda: titles(window, "energy") == ["One"])
    until(qtbot, lambda: shown.strip.isVisible())
    button(shown.strip, "Undo").click()
    until(qtbot, lambda: titles(window, "energy") == [])


def test_a_new_edition_is_noticed_and_said_once(window: Window, qtbot: QtBot, curator: Curator, share: Path) -> None:
    curator.add("one")
    curator.publish(share)
    offers = window.services.offers
    offers.accept(offers.follow(share)[0])
    until(qtbot, lambda: not window.tasks._looking)
    window.noticing.look()
    until(qtbot, lambda: not window.tasks._looking)
    assert not window.news.isVisible()
    curator.add("two", "New and good")
    curator.clock.advance(days=1)
    curator.publish(share)
    window.noticing.look()
    until(qtbot, window.news.isVisible)
    assert "2" in window.news.text
    window.news.choices[0].click()
    review = dialog(open_packs(window), ReviewDialog, qtbot)
    assert review.list.count() == 1
    review.accept_button.click()
    until(qtbot, lambda: titles(window, "energy") == ["One", "Two"])
    window.news.dismiss()
    window.noticing.look()
    until(qtbot, lambda: not window.tasks._looking)
    assert not window.news.isVisible() or "brings" not in window.news.text


def test_several_new_packs_are_told_together(window: Window, qtbot: QtBot, curator: Curator, share: Path) -> None:
    until(qtbot, lambda: not window.tasks._looking)
    curator.add("one")
    curator.publish(share)
    (file,) = share.iterdir()
    other = file.read_text().replace('key = "energy"', 'key = "water"').replace("Energy", "Water")
    (share / "water.veille.toml").write_text(other)
    window.services.offers.follow(share)
    window.noticing.look()
    until(qtbot, window.news.isVisible)
    assert window.news.text == "2 packs bring something new."
    window.news.choices[0].click()
    until(qtbot, lambda: [each for each in window.findChildren(PacksWindow) if each.isVisible()])


def test_what_is_signed_by_another_is_shown_as_such(
    window: Window, qtbot: QtBot, curator: Curator, share: Path, tmp_path: Path
) -> None:
    curator.add("one")
    curator.publish(share, sign=True)
    offers = window.services.offers
    offers.accept(offers.follow(share)[0])
    (file,) = share.iterdir()
    file.write_text(file.read_text().replace("One", "Won"))
    window.noticing.look()
    until(qtbot, lambda: window.noticing.last is not None and not window.tasks._looking)
    shown = packs(window, qtbot)
    shown.open_file(file)
    review = dialog(shown, ReviewDialog, qtbot)
    assert "changed after it was signed" in review.author.text()
    assert not review.accept_button.isEnabled()
    assert review.insist.isVisible()
    review.insist.setChecked(True)
    assert review.accept_button.isEnabled()
    review.decline.click()
    until(qtbot, lambda: closed(review))
    assert titles(window, "energy") == ["One"]


def test_accepting_without_asking_needs_a_signature(
    window: Window, qtbot: QtBot, curator: Curator, share: Path
) -> None:
    curator.add("one")
    curator.publish(share)
    offers = window.services.offers
    offers.accept(offers.follow(share)[0])
    shown = packs(window, qtbot)
    until(qtbot, lambda: shown.list.count() == 2)
    shown.list.setCurrentRow(0)
    assert not shown.automatic.isEnabled()
    curator.publish(share, sign=True)
    window.noticing.look()
    until(qtbot, lambda: shown.review.isVisible())
    shown.review.click()
    dialog(shown, ReviewDialog, qtbot).accept_button.click()
    until(qtbot, lambda: shown.automatic.isEnabled())
    shown.automatic.click()
    until(qtbot, lambda: window.services.offers.all()[0].automatic)
    curator.add("two")
    curator.publish(share)
    window.noticing.look()
    until(qtbot, lambda: titles(window, "energy") == ["One", "Two"])
    until(qtbot, window.done.isVisible)
    assert button(window.done, "Undo")


def test_a_sector_is_published(window: Window, qtbot: QtBot, share: Path) -> None:
    shown = packs(window, qtbot)
    shown.publish.click()
    ask: PublishDialog = dialog(shown, PublishDialog, qtbot)
    until(qtbot, lambda: ask.sum.text())
    assert ask.sum.text() == "A first edition with 1 source."
    assert not ask.go.isEnabled()
    ask.place.setText(str(share))
    ask.curator.setText("Ann")
    ask.note.setPlainText("First words")
    until(qtbot, ask.go.isEnabled)
    ask.go.click()
    until(qtbot, lambda: list(share.iterdir()))
    until(qtbot, lambda: closed(ask))
    (file,) = share.iterdir()
    text = file.read_text()
    assert 'by = "Ann"' in text
    assert "First words" in text
    assert window.services.preferences.values.curator == "Ann"
    until(qtbot, lambda: shown.list.count() == 1)
    assert shown.publish.text() == "Publish…"


def test_what_is_being_typed_may_be_no_place(window: Window, qtbot: QtBot, share: Path) -> None:
    shown = packs(window, qtbot)
    shown.publish.click()
    ask: PublishDialog = dialog(shown, PublishDialog, qtbot)
    until(qtbot, ask.sum.text)
    for text in ("~", "~nobody-is-called-so", "a" * 5000):
        ask.place.setText(text)
        ask.look()
    until(qtbot, ask.problem.isVisible)
    assert not ask.go.isEnabled()
    ask.place.setText(str(share))
    until(qtbot, ask.go.isEnabled)


def test_a_removed_source_is_explained_and_a_conflict_settled(
    window: Window, qtbot: QtBot, curator: Curator, share: Path
) -> None:
    services = window.services
    sector = services.curation.add_sector("Energy pack")[0].key
    for name in ("one", "two"):
        services.curation.add_feed(f"https://{name}.example/feed", sector, name.title(), why="good")
    services.publishing.publish(sector, share)
    other = curator.offers
    other.accept(other.follow(share)[0])
    # the other curator becomes one of this pack, too
    other.leave(sector)
    theirs = curator.store.sources.outline()
    one = next(each for each in theirs.sources.values() if each.label == "One")
    curator.curation.rename_source(one.id, "One, renamed")
    conflicts = curator.publishing.draft(sector, share).conflicts  # they had nothing in common
    curator.publishing.publish(sector, share, choices={each.name: Side.MINE for each in conflicts})
    outline = services.curation.outline()
    mine = {each.label: each.id for each in outline.sources.values()}
    services.curation.rename_source(mine["One"], "One and only")
    services.curation.remove_source(mine["Two"])
    window.tasks.changed.emit(Changes(outline=True))
    until(qtbot, lambda: any(each.key == sector for each in window.browsing.outline.sectors))
    shown = packs(window, qtbot)
    until(qtbot, lambda: shown.list.count() == 1)
    shown.publish.click()
    ask: PublishDialog = dialog(shown, PublishDialog, qtbot)
    until(qtbot, lambda: ask.conflicts.isVisible())
    assert not ask.go.isEnabled()
    (line,) = ask.removals.lines.values()
    line.setText("Too many repeats")
    choice = next(each for each in ask.conflicts.findChildren(QRadioButton) if "One, renamed" in each.text())
    choice.click()
    until(qtbot, ask.go.isEnabled)
    assert ask.conflicts.isVisible()  # what was chosen can be chosen anew
    ask.go.click()
    until(qtbot, lambda: closed(ask))
    (file,) = share.iterdir()
    text = file.read_text()
    assert "One, renamed" in text
    assert "Too many repeats" in text


def test_a_pack_is_written_to_a_file(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    shown = packs(window, qtbot)
    shown.publish.click()
    ask: PublishDialog = dialog(shown, PublishDialog, qtbot)
    until(qtbot, ask.send.isEnabled)
    ask.send_to(tmp_path / "energy.veille.toml")
    until(qtbot, lambda: closed(ask))
    assert (tmp_path / "energy.veille.toml").read_text().rstrip().splitlines()[-1].startswith("version")
    ask = shown._publish()
    until(qtbot, ask.send.isEnabled)
    ask.send_to(tmp_path / "absent" / "energy.veille.toml")
    until(qtbot, ask.problem.isVisible)
    ask.look()  # it is said until something else is chosen
    qtbot.wait(300)
    assert ask.problem.isVisible()
    ask.reject()


def test_a_share_that_is_gone_is_said_calmly(window: Window, qtbot: QtBot, curator: Curator, share: Path) -> None:
    curator.add("one")
    curator.publish(share)
    offers = window.services.offers
    offers.accept(offers.follow(share)[0])
    share.rename(share.with_name("elsewhere"))
    shown = packs(window, qtbot)
    window.noticing.look()
    until(qtbot, lambda: shown.list.count() and "cannot be reached" in shown.state.text())
    assert titles(window, "energy") == ["One"]
    share.with_name("elsewhere").rename(share)
    window.noticing.look()
    until(qtbot, lambda: "newest edition" in shown.state.text())


def test_a_pack_is_left_and_is_ones_own(window: Window, qtbot: QtBot, curator: Curator, share: Path) -> None:
    curator.add("one")
    curator.publish(share)
    offers = window.services.offers
    offers.accept(offers.follow(share)[0])
    shown = packs(window, qtbot)
    until(qtbot, lambda: shown.list.count() == 2)
    shown.list.setCurrentRow(0)
    shown.leave.click()
    until(qtbot, lambda: not window.services.offers.all())
    assert titles(window, "energy") == ["One"]
    assert not window.services.curation.outline().members["energy"][0].pack


def test_elsewhere_nobody_waits_for_a_place_that_hangs(qtbot: QtBot) -> None:
    from threading import Event

    from veille.ui.tasks import Tasks

    tasks, gone = Tasks(), Event()
    answers: list[str] = []
    assert tasks.aside("draft", lambda _task: str(gone.wait(20)), answers.append)
    tasks.forget("draft")
    assert tasks.aside("draft", lambda _task: "elsewhere", answers.append)
    until(qtbot, lambda: answers)
    gone.set()
    tasks.query("after", lambda: "after", answers.append)
    until(qtbot, lambda: len(answers) == 2)
    assert answers == ["elsewhere", "after"]
    tasks.close()


def test_closing_does_not_wait_for_a_place_that_hangs(qtbot: QtBot) -> None:
    from threading import Event

    from veille.ui import tasks as module

    tasks, begun, gone = module.Tasks(), Event(), Event()

    def hang(_task: module.Task) -> None:
        begun.set()
        gone.wait(20)

    assert tasks.aside("share", hang, lambda _answer: None)
    assert not tasks.aside("share", hang, lambda _answer: None)
    assert begun.wait(5)
    tasks.close()
    assert not gone.is_set()
    gone.set()
