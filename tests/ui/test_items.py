"""The list: pages fetched as they are seen, a bounded number kept, nothing asked in data()."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from threading import Event, current_thread, main_thread

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from tests.ui.conftest import item
from veille.model import Hit, Listing, Mark, Snippet
from veille.ui.items import AHEAD, KEPT, PAGE, SEEN, ItemsModel, ItemsView
from veille.ui.rows import HIT
from veille.ui.tasks import Tasks


class Shelf:
    """Gives the rows that it is asked for, and remembers what was asked; ``read`` can change in between."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.read: set[int] = set()

    def hits(self, ids: Iterable[int], words: Sequence[str] = ()) -> list[Hit]:
        assert current_thread() is not main_thread()
        ids = list(ids)
        self.asked.append(ids)
        return [self._hit(id) for id in ids]

    def _hit(self, id: int) -> Hit:
        one = replace(item(id, 1), id=id)
        return Hit(one, Mark(id, read=id in self.read), "Alpha", Snippet(one.title), Snippet(one.summary))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def model(qtbot: QtBot, shelf: Shelf) -> Iterator[ItemsModel]:
    tasks = Tasks()
    yield ItemsModel(shelf, tasks)  # type: ignore[arg-type]
    tasks.close()


def listing(count: int, *, first: int = 1) -> Listing:
    return Listing(array("q", range(first, first + count)), count)


def test_rows_come_in_pages_and_only_those_that_are_seen(model: ItemsModel, shelf: Shelf, qtbot: QtBot) -> None:
    model.show(listing(100_000))
    assert model.rowCount() == 100_000
    assert shelf.asked == []
    assert model.data(model.index(50_050, 0), HIT) is None
    qtbot.waitUntil(lambda: model.data(model.index(50_050, 0), HIT) is not None)
    first = 50_050 // PAGE * PAGE
    assert shelf.asked == [list(range(first + 1, first + PAGE + 1))]
    assert model.data(model.index(50_051, 0), HIT).item.id == 50_052


def test_rows_that_were_scrolled_past_are_not_asked_for(model: ItemsModel, shelf: Shelf, qtbot: QtBot) -> None:
    model.show(listing(100_000))
    for row in range(0, 100_000, PAGE):
        model.data(model.index(row, 0), HIT)
    qtbot.waitUntil(lambda: model.data(model.index(99_900, 0), HIT) is not None)
    qtbot.wait(50)
    assert len(shelf.asked) <= SEEN + 1


def test_the_next_rows_are_there_before_they_are_scrolled_to(model: ItemsModel, shelf: Shelf, qtbot: QtBot) -> None:
    model.show(listing(PAGE + 5))
    qtbot.waitUntil(lambda: model.hit(0) is not None)
    model.hit(AHEAD)
    qtbot.waitUntil(lambda: len(shelf.asked) == 2)
    assert shelf.asked[1] == list(range(PAGE + 1, PAGE + 6))
    qtbot.waitUntil(lambda: model.hit(PAGE + 4) is not None)
    qtbot.wait(30)
    assert len(shelf.asked) == 2


def test_a_bounded_number_of_pages_is_kept(model: ItemsModel, shelf: Shelf, qtbot: QtBot) -> None:
    model.show(listing((KEPT + 5) * PAGE))
    for page in range(KEPT + 5):
        qtbot.waitUntil(lambda page=page: model.hit(page * PAGE) is not None)
    assert model.hit(0) is None, "the page that was not looked at for longest is gone"
    qtbot.waitUntil(lambda: model.hit(0) is not None)


def test_a_list_that_goes_on_keeps_its_rows(model: ItemsModel, shelf: Shelf, qtbot: QtBot) -> None:
    model.show(listing(200))
    qtbot.waitUntil(lambda: model.hit(0) is not None)
    with qtbot.waitSignal(model.rowsInserted), qtbot.assertNotEmitted(model.modelReset):
        model.show(listing(5000))
    assert model.hit(0) is not None


def test_a_page_that_was_asked_for_before_the_list_went_on_is_filled(
    model: ItemsModel, shelf: Shelf, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, hits = Event(), shelf.hits

    def late(ids: Iterable[int], words: Sequence[str] = ()) -> list[Hit]:
        found = hits(ids, words)
        held.wait(5)
        return found

    monkeypatch.setattr(shelf, "hits", late)
    model.show(listing(PAGE + 3))
    model.hit(PAGE)
    qtbot.waitUntil(lambda: len(shelf.asked) == 1)
    model.show(listing(PAGE + 9))
    held.set()
    qtbot.waitUntil(lambda: model.hit(PAGE + 8) is not None)


def rows(shelf: Shelf, listing: Listing) -> list[Hit]:
    return [shelf._hit(id) for id in listing.ids[:PAGE]]


def test_the_first_rows_come_with_the_list(model: ItemsModel, shelf: Shelf, qtbot: QtBot) -> None:
    for first in (1, 1000):
        found = listing(5000, first=first)
        model.show(found, rows(shelf, found))
        assert model.hit(PAGE - 1).item.id == first + PAGE - 1
    assert shelf.asked == []


def test_a_list_brings_along_what_a_window_shows_of_it(model: ItemsModel, shelf: Shelf, qtbot: QtBot) -> None:
    view = ItemsView(model)
    qtbot.addWidget(view)
    view.show()
    for height in (200, 900, 2400):
        view.resize(400, height)
        found, shelf.asked = listing(5000, first=height), []
        view.show_listing(found, [shelf._hit(id) for id in found.ids[: view.first]], top=True)
        view.grab()
        drawn = view.rowAt(view.viewport().height() - 1)
        assert drawn < view.first < drawn + 8
        qtbot.wait(20)
        assert shelf.asked == [], "and no more"
        for row in range(drawn + 30):
            qtbot.waitUntil(lambda row=row: model.hit(row) is not None)
            assert model.hit(row).item.id == height + row


def test_a_page_on_its_way_is_not_asked_for_again(model: ItemsModel, shelf: Shelf, qtbot: QtBot) -> None:
    model.show(listing(5000), rows(shelf, listing(5000)))
    for _drawn in range(5):
        model.hit(PAGE)
        qtbot.wait(2)
    qtbot.waitUntil(lambda: model.hit(PAGE) is not None)
    qtbot.wait(30)
    assert shelf.asked == [list(range(PAGE + 1, 2 * PAGE + 1))]


def test_the_first_rows_of_a_list_that_goes_on_are_the_new_ones(model: ItemsModel, shelf: Shelf, qtbot: QtBot) -> None:
    model.show(listing(5000), rows(shelf, listing(5000)))
    shelf.read.add(3)
    with qtbot.waitSignal(model.dataChanged):
        model.show(listing(5001), rows(shelf, listing(5001)))
    assert model.hit(2).mark.read
    qtbot.wait(50)
    assert shelf.asked == []


def test_rows_below_those_that_come_with_a_list_that_goes_on_stay_drawn(
    model: ItemsModel, shelf: Shelf, qtbot: QtBot
) -> None:
    model.show(listing(5000), rows(shelf, listing(5000)))
    shelf.read |= {3, 20}
    model.show(listing(5001), rows(shelf, listing(5001))[:9])
    assert model.hit(2).mark.read
    assert not model.hit(19).mark.read
    qtbot.waitUntil(lambda: model.hit(19).mark.read)


def test_rows_are_drawn_as_they_were_until_they_are_there_again(model: ItemsModel, shelf: Shelf, qtbot: QtBot) -> None:
    model.show(listing(5000))
    qtbot.waitUntil(lambda: model.hit(3000) is not None)
    model.show(listing(4990, first=11))
    shelf.read.add(3001)
    assert model.hit(2990).item.id == 3001
    assert not model.hit(2990).mark.read
    qtbot.waitUntil(lambda: model.hit(2990).mark.read)
    model.show(listing(10, first=9000))
    assert model.hit(0) is None


def test_marks_that_change_are_read_again(model: ItemsModel, shelf: Shelf, qtbot: QtBot) -> None:
    model.show(listing(300))
    qtbot.waitUntil(lambda: model.hit(7) is not None)
    shelf.read.add(8)
    model.refresh({8})
    assert model.hit(7) is not None, "what is drawn stays meanwhile"
    qtbot.waitUntil(lambda: model.hit(7).mark.read)


def test_rows_of_a_list_that_is_gone_are_dropped(model: ItemsModel, shelf: Shelf, qtbot: QtBot) -> None:
    model.show(listing(50))
    model.hit(0)
    model.show(listing(50, first=1000))
    qtbot.waitUntil(lambda: model.hit(0) is not None)
    assert model.hit(0).item.id == 1000


def test_a_screen_reader_hears_the_whole_row(model: ItemsModel, qtbot: QtBot) -> None:
    model.show(listing(4))
    qtbot.waitUntil(lambda: model.hit(0) is not None)
    spoken = model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "unread, Title number1 of a battery, Alpha, 01 Mar 2026, 11:59"
    post = model.data(model.index(2, 0), Qt.ItemDataRole.DisplayRole)
    assert "Summary number3 about lithium" in post, "a post without a title says its text"


def test_the_view_steps_and_tells_what_to_read(model: ItemsModel, qtbot: QtBot) -> None:
    view = ItemsView(model)
    qtbot.addWidget(view)
    shown: list[int] = []
    view.shown.connect(shown.append)
    view.show_listing(listing(3), top=True)
    view.step(1)
    view.step(1)
    view.step(5)
    view.step(-1)
    assert shown == [1, 2, 3, 2]


def test_a_new_list_keeps_the_current_item_and_does_not_open_it_again(model: ItemsModel, qtbot: QtBot) -> None:
    view = ItemsView(model)
    qtbot.addWidget(view)
    view.show_listing(listing(50), top=True)
    view.go(10)
    shown: list[int] = []
    view.shown.connect(shown.append)
    ids = array("q", [900, 901, *range(1, 51)])
    view.show_listing(Listing(ids, len(ids)), top=False)
    assert view.current() == 11
    assert view.currentIndex().row() == 12
    assert shown == []


def test_after_the_item_has_left_the_list_the_next_one_is_its_neighbour(model: ItemsModel, qtbot: QtBot) -> None:
    view = ItemsView(model)
    qtbot.addWidget(view)
    view.show_listing(listing(50), top=True)
    view.go(10)
    ids = array("q", [id for id in range(1, 51) if id != 11])
    view.show_listing(Listing(ids, len(ids)), top=False)
    view.setCurrentIndex(QModelIndex())
    view.step(1)
    assert view.current() == 12
