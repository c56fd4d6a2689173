"""Around a search: counts that narrow it, searches that are kept as lists, more like an item."""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from threading import Event
from time import monotonic, sleep

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.ui.conftest import press
from veille import i18n
from veille.model import Facets, ItemKind, Listing, Order, Query, Source, SourceKind
from veille.ui.dialogs import naming
from veille.ui.folding import NARROW
from veille.ui.places import ALL, Place
from veille.ui.search.facets import LINE, FacetsView, spoken
from veille.ui.search.narrowing import LONGEST
from veille.ui.start import Face
from veille.ui.tree import COUNT, PLACE
from veille.ui.window import Window

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier
WHEN = datetime(2026, 3, 1, tzinfo=UTC)
KINDS, MONTHS = {ItemKind.ARTICLE: 9, ItemKind.POST: 3}, {(2026, 3): 7, (2026, 2): 5}
COUNTED = Facets({"s0": 4, "s1": 4}, {1: 4, 2: 4, 3: 4}, KINDS, MONTHS)


class Answers:
    """In place of the index: every search finds the first five items; what was asked is remembered."""

    def __init__(self, window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Query] = []
        self.counted: list[Query] = []
        self.found, self.facets = 5, COUNTED
        library = window.services.library
        stored = library.listing

        def listing(query: Query) -> Listing:
            self.asked.append(query)
            if not (query.text or query.within):
                return stored(query)
            ids = stored(Query()).ids[: self.found]
            return Listing(array("q", ids), len(ids))

        def facets(query: Query) -> Facets:
            self.counted.append(query)
            return self.facets

        monkeypatch.setattr(library, "listing", listing)
        monkeypatch.setattr(library, "facets", facets)
        monkeypatch.setattr(window.services.searches, "_total", lambda query: len(listing(query).ids))


@pytest.fixture
def answers(window: Window, monkeypatch: pytest.MonkeyPatch) -> Answers:
    return Answers(window, monkeypatch)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    i18n.use("en")


def panel(window: Window) -> FacetsView | None:
    found = window.side.findChild(FacetsView)
    return found if found is not None and found.isVisible() else None


def shown(window: Window, qtbot: QtBot) -> FacetsView:
    qtbot.waitUntil(lambda: panel(window) is not None)
    found = panel(window)
    assert found is not None
    return found


def labels(view: FacetsView) -> list[str]:
    return [line.label for line in view.facets.lines]


def pick(view: FacetsView, label: str) -> None:
    view.clicked.emit(view.facets.index(labels(view).index(label)))


# Counts beside the results ------------------------------------------------------------------------


def test_counts_stand_beside_a_search_and_go_with_it(window: Window, answers: Answers, qtbot: QtBot) -> None:
    qtbot.wait(150)
    assert panel(window) is None
    assert answers.counted == []
    window.search.look_here("lithium")
    view = shown(window, qtbot)
    assert answers.counted[-1] == Query(text="lithium", order=Order.RELEVANCE)
    assert labels(view) == [
        "Sectors", "Energy", "Health", "Sources", "Alpha", "Beta", "Gamma", "Kinds", "Articles", "Posts",
        "Months", "March 2026", "February 2026"]  # fmt: skip
    assert window.side.places.height() > 60
    window.search.clear()
    qtbot.waitUntil(lambda: panel(window) is None)


def test_a_click_narrows_and_a_second_one_takes_it_out(window: Window, answers: Answers, qtbot: QtBot) -> None:
    window.search.look_here("lith")
    view = shown(window, qtbot)
    pick(view, "Health")
    assert window.search.box.text() == 'sector:"Health" lith'
    qtbot.waitUntil(lambda: view.facets.lines[1].chosen)
    assert spoken(view.facets.lines[1]) == "Health, 4 items, in force"
    pick(view, "Energy")
    assert window.search.box.text() == 'sector:"Energy" lith', "the one takes the other's place"
    pick(view, "March 2026")
    assert window.search.box.text() == 'since:2026-03 until:2026-03 sector:"Energy" lith'
    qtbot.waitUntil(lambda: sum(getattr(line, "chosen", False) for line in view.facets.lines) == 2)
    pick(view, "Energy")
    qtbot.waitUntil(lambda: answers.asked[-1].text == "since:2026-03 until:2026-03 lith")


def test_the_counts_are_reached_and_pressed_by_keyboard(window: Window, answers: Answers, qtbot: QtBot) -> None:
    window.search.look_here("lith")
    view = shown(window, qtbot)
    window.side.places.setFocus()
    qtbot.keyClick(window.side.places, Key.Key_Tab)
    assert view.hasFocus()
    assert view.currentIndex().data() == "Energy"
    for name in ("Health", "Alpha"):  # the heading is passed over
        qtbot.keyClick(view, Key.Key_Down)
        assert view.currentIndex().data() == name
    qtbot.keyClick(view, Key.Key_Up)
    qtbot.keyClick(view, Key.Key_Return)
    assert window.search.box.text() == 'sector:"Health" lith'
    qtbot.waitUntil(lambda: view.facets.lines[1].chosen)
    assert view.currentIndex().data() == "Health", "the keyboard stays with it"
    assert view.hasFocus()
    for row in range(len(view.facets.lines)):
        assert view.facets.index(row).data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_section_unfolds_and_folds(window: Window, answers: Answers, qtbot: QtBot) -> None:
    answers.facets = Facets(months={(2025, month): month for month in range(1, 13)}, kinds={ItemKind.POST: 78})
    window.search.look_here("lith")
    view = shown(window, qtbot)
    assert len(labels(view)) == 12
    pick(view, "More…")
    assert len(labels(view)) == 16
    assert window.search.box.text() == "lith"
    pick(view, "Fewer")
    assert len(labels(view)) == 12


def test_few_counts_take_little_room(window: Window, answers: Answers, qtbot: QtBot) -> None:
    window.search.look_here("lith")
    high = shown(window, qtbot).height()
    answers.facets = Facets({"s0": 2, "s1": 1}, kinds={ItemKind.POST: 3})
    window.search.box.insert("i")
    view = shown(window, qtbot)
    qtbot.waitUntil(lambda: view.height() < high)
    qtbot.waitUntil(lambda: view.height() + window.side.places.height() >= window.side.split.height() - 2)
    answers.facets = COUNTED
    window.search.box.insert("u")
    qtbot.waitUntil(lambda: view.height() == high)


def test_the_counts_can_be_hidden_and_stay_so(
    face: Face, window: Window, answers: Answers, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.search.look_here("lith")
    shown(window, qtbot)
    assert window.search.narrow.isVisible()
    assert window.search.narrow.isChecked()
    window.search.narrow.click()
    assert panel(window) is None
    window.search.box.insert("i")
    qtbot.wait(150)
    assert panel(window) is None
    window.side.panel = 0.3
    face._replace(face.services)
    again = face.window
    assert not again.searching.wanted
    assert again.side.panel == 0.3
    qtbot.waitUntil(lambda: len(again.model.ids) > 0)
    again.activateWindow()
    again.search.look_here("lith")
    assert not again.search.narrow.isChecked()
    again.search.narrow.click()
    assert shown(again, qtbot).height() < again.side.places.height()


def test_a_narrow_window_shows_the_counts_with_the_places(window: Window, answers: Answers, qtbot: QtBot) -> None:
    window.resize(NARROW - 100, 700)
    window.search.look_here("lith")
    qtbot.wait(150)
    assert not window.side.isVisible()
    assert not window.search.narrow.isChecked()
    window.search.narrow.click()
    shown(window, qtbot)
    assert window.side.isVisible()
    assert not window.reader.isVisible()
    window.search.narrow.click()
    assert not window.side.isVisible()


def test_a_list_that_is_kept_has_counts_that_narrow_it(window: Window, answers: Answers, qtbot: QtBot) -> None:
    answers.facets = Facets({"s0": 2}, {1: 2}, {ItemKind.ARTICLE: 2}, {(2026, 3): 2})  # whatever is in it
    window.side.places.go(keep(window, qtbot, "lithium"))
    view = shown(window, qtbot)
    qtbot.waitUntil(lambda: answers.counted[-1] == Query(within="lithium"))
    assert labels(view) == ["Sectors", "Energy", "Sources", "Alpha", "Kinds", "Articles", "Months", "March 2026"]
    pick(view, "Energy")
    wanted = Query(text='sector:"Energy"', within="lithium", order=Order.RELEVANCE)
    qtbot.waitUntil(lambda: answers.asked[-1] == answers.counted[-1] == wanted)
    qtbot.waitUntil(lambda: any(line.label == "Energy" and line.chosen for line in view.facets.lines))
    pick(view, "Energy")
    qtbot.waitUntil(lambda: answers.counted[-1] == Query(within="lithium"))


def test_another_search_begins_at_the_top_of_the_counts(window: Window, answers: Answers, qtbot: QtBot) -> None:
    answers.facets = replace(COUNTED, months={(2025, month): month for month in range(1, 13)})
    window.search.look_here("lith")
    view = shown(window, qtbot)
    window.side.places.setFocus()
    qtbot.keyClick(window.side.places, Key.Key_Tab)
    qtbot.keyClick(view, Key.Key_End)
    qtbot.waitUntil(lambda: view.verticalScrollBar().value() > 0)
    window.search.clear()
    qtbot.waitUntil(lambda: panel(window) is None)
    window.search.look_here("cobalt")
    assert shown(window, qtbot).verticalScrollBar().value() == 0
    assert not view.currentIndex().isValid()


def test_where_no_more_has_room_it_is_said(window: Window, answers: Answers, qtbot: QtBot) -> None:
    window.search.look_here("x" * LONGEST)
    pick(shown(window, qtbot), "Energy")
    assert window.search.box.text() == "x" * LONGEST
    assert window.status.text == "There is no room for more in the search box."


def test_many_sources_unfold(window: Window, answers: Answers, qtbot: QtBot) -> None:
    sources = {
        id: Source(id, f"feed:{id}", SourceKind.FEED, f"https://{id}.example/", f"<b>{id}", WHEN) for id in range(500)
    }
    window.browsing.outline = replace(window.browsing.outline, sources=sources)
    answers.facets = Facets({}, dict.fromkeys(sources, 3), {ItemKind.POST: 1500})
    window.search.look_here("lith")
    view = shown(window, qtbot)
    pick(view, "More…")
    assert len(labels(view)) == 500 + 4
    view.scrollToBottom()
    view.grab()
    pick(view, "<b>499")
    assert window.search.box.text() == 'source:"<b>499" lith'


def test_the_counts_wait_for_the_list(window: Window, answers: Answers, qtbot: QtBot) -> None:
    window.search.look_here()
    for letter in "lithium":
        window.search.box.insert(letter)
        qtbot.wait(30)
    shown(window, qtbot)
    assert [query.text for query in answers.counted] == ["lithium"]


# Slow answers -------------------------------------------------------------------------------------


def slowly(
    answers: Answers, window: Window, monkeypatch: pytest.MonkeyPatch, name: str, wait: Callable[[str], None]
) -> None:
    """Let what the library is asked for under ``name`` wait first."""
    at_once = getattr(window.services.library, name)

    def slow(query: Query) -> object:
        wait(query.text)
        return at_once(query)

    monkeypatch.setattr(window.services.library, name, slow)


def test_no_answer_to_an_older_question_is_shown_and_no_newer_one_is_lost(
    window: Window, answers: Answers, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, shown = Random(5), list[str]()
    slowly(answers, window, monkeypatch, "listing", lambda _text: sleep(chance.choice((0, 0.01, 0.05, 0.15))))
    slowly(answers, window, monkeypatch, "facets", lambda _text: sleep(chance.choice((0, 0.02, 0.1))))
    window.browsing.listed.connect(lambda _listing, query: shown.append(query.text))
    window.search.look_here()
    text = "battery sector:energy price"
    for letter in text:
        window.search.box.insert(letter)
        qtbot.wait(chance.choice((1, 5, 30, 80)))
    qtbot.waitUntil(lambda: shown[-1:] == [text])
    qtbot.waitUntil(lambda: answers.counted[-1].text == text)
    qtbot.wait(200)
    assert shown[-1] == text
    assert [len(each) for each in shown] == sorted({len(each) for each in shown}), "each once, in the order of the keys"
    assert window.services.library.facets(window.browsing.query()) == window.searching._facets


def test_the_first_answer_that_comes_last_is_dropped(
    window: Window, answers: Answers, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, shown = Event(), list[str]()
    slowly(answers, window, monkeypatch, "listing", lambda text: held.wait(5) and None if text == "b" else None)
    window.browsing.listed.connect(lambda _listing, query: shown.append(query.text))
    window.search.look_here()
    window.search.box.insert("b")
    qtbot.waitUntil(lambda: window.browsing._awaited)
    qtbot.wait(40)
    window.search.box.insert("atterie")
    qtbot.waitUntil(lambda: shown == ["batterie"])
    held.set()
    qtbot.wait(100)
    assert shown == ["batterie"]


def test_counts_of_another_list_are_dropped(
    window: Window, answers: Answers, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Event()
    slowly(answers, window, monkeypatch, "facets", lambda text: held.wait(5) and None if text == "lith" else None)
    taken = list[Facets]()
    monkeypatch.setattr(window.searching, "_show_facets", lambda: taken.append(window.searching._facets))
    window.search.look_here("lith")
    qtbot.waitUntil(lambda: answers.asked[-1:] == [Query(text="lith", order=Order.RELEVANCE)])
    qtbot.wait(100)
    window.search.box.setText("lithium")
    qtbot.waitUntil(lambda: answers.asked[-1].text == "lithium")
    held.set()
    qtbot.waitUntil(lambda: [query.text for query in answers.counted] == ["lith", "lithium"])
    qtbot.waitUntil(lambda: len(taken) == 1)


def test_unread_items_of_saved_searches_are_counted_one_after_the_other(
    window: Window, answers: Answers, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = keep(window, qtbot, "lithium")
    qtbot.waitUntil(lambda: window.side.places.places.find(place).data(COUNT) == 5)
    running, most = list[int](), list[int]()

    def slow() -> dict[int, int]:
        running.append(1)
        most.append(len(running))
        sleep(0.3)
        running.pop()
        return {place.search or 0: len(most)}

    monkeypatch.setattr(window.services.searches, "unread", slow)
    window.searching._later.setInterval(20)
    for _change in range(12):
        window.browsing.indexed.emit()
        qtbot.wait(25)
    window.search.look_here("cobalt")
    qtbot.waitUntil(lambda: answers.asked[-1].text == "cobalt", timeout=250)
    qtbot.waitUntil(lambda: window.side.places.places.find(place).data(COUNT) >= 2)
    qtbot.waitUntil(lambda: not window.searching._counting and not window.searching._later.isActive())
    assert set(most) == {1}
    monkeypatch.setattr(window.services.searches, "unread", lambda: 1 // 0)
    window.searching._ask_unread()
    qtbot.waitUntil(lambda: not window.searching._counting)


# Searches that are kept ---------------------------------------------------------------------------


def kept(window: Window) -> list[str]:
    rows = window.side.places.places.rows()
    return [row.text() for row in rows if row.data(PLACE).name == "search"]


def keep(window: Window, qtbot: QtBot, text: str) -> Place:
    window.search.put(text)
    qtbot.keyClick(window.search.box, Key.Key_S, Control)
    qtbot.waitUntil(lambda: text in kept(window))
    window.search.clear()
    return next(row.data(PLACE) for row in window.side.places.places.rows() if row.text() == text)


def test_a_search_is_kept_between_saved_and_the_sectors(window: Window, answers: Answers, qtbot: QtBot) -> None:
    place = keep(window, qtbot, "lithium price")
    names = [row.data(PLACE).name for row in window.side.places.places.rows()]
    assert names[:7] == ["all", "unread", "saved", "flagged", "hidden", "search", "sector"]
    assert window.done.text == "Search “lithium price” saved."
    row = window.side.places.places.find(place)
    assert "lithium price" in row.data(Qt.ItemDataRole.ToolTipRole)
    qtbot.waitUntil(lambda: window.side.places.places.find(place).data(COUNT) == 5)
    assert window.side.places.places.find(place).data(Qt.ItemDataRole.AccessibleTextRole) == "lithium price, 5 unread"
    window.browsing.undo()
    qtbot.waitUntil(lambda: kept(window) == [])


def test_what_is_kept_already_is_said(window: Window, answers: Answers, qtbot: QtBot) -> None:
    keep(window, qtbot, "lithium")
    window.search.put("lithium")
    window.searching.keep()
    qtbot.waitUntil(lambda: window.status.text == "Search “lithium” is there already.")
    window.search.clear()
    window.searching.keep()
    assert window.status.text.startswith("Type a search first")


def test_it_is_kept_as_it_was_seen(window: Window, answers: Answers, qtbot: QtBot) -> None:
    window.side.places.go(Place("sector", "s0"))
    window.search.look_here("lithium")
    window.searching.keep()
    qtbot.waitUntil(lambda: kept(window) == ['sector:"Energy" lithium'])
    window.search.scope.choose("everywhere")
    window.searching.keep()
    qtbot.waitUntil(lambda: kept(window) == ['sector:"Energy" lithium', "lithium"])


def test_a_list_of_a_search_can_be_narrowed_further(window: Window, answers: Answers, qtbot: QtBot) -> None:
    place = keep(window, qtbot, "lithium")
    window.side.places.go(place)
    qtbot.waitUntil(lambda: answers.asked[-1] == Query(within="lithium"))
    shown(window, qtbot)
    assert window.search.narrow.isVisible()
    assert not window.search.scope.isVisible()
    window.search.put("price")
    qtbot.waitUntil(lambda: answers.asked[-1] == Query(text="price", within="lithium", order=Order.RELEVANCE))
    window.search.clear()
    window.side.places.go(ALL)
    qtbot.waitUntil(lambda: answers.asked[-1] == Query())
    assert not window.search.narrow.isVisible()


HOSTILE = (
    "<b>x</b>&amp;",
    "a & b &c",
    "\u05d0\u05d1 \u200f(1)",
    "“q” «r» \\",
    "%n {text} %(prog)s",
    "🔋" * 80,
    "x" * 200,
)


def test_whatever_a_search_is_called_it_is_shown_as_it_is(
    window: Window, answers: Answers, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = keep(window, qtbot, "lithium")
    for name in HOSTILE:
        monkeypatch.setattr(naming, "ask_name", lambda *_asked, name=name: name)
        window.curating.do("rename", place, None)
        qtbot.waitUntil(lambda name=name: kept(window) == [name])
        label = window.done.findChildren(QLabel)[1]
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert name[:40] in label.text()
        window.side.places.grab()
        assert str(window.side.places.places.find(place).data(Qt.ItemDataRole.AccessibleTextRole)).startswith(name)
    window.search.put("<b>\u202e&amp;")
    window.searching.keep()
    qtbot.waitUntil(lambda: kept(window)[-1] == "<b>&amp;")
    tip = window.side.places.places.rows()[6].toolTip()
    assert tip == "<span>&lt;b&gt;&amp;amp;</span>"


def test_two_hundred_searches_are_kept_and_the_next_one_is_refused_where_the_person_looks(
    window: Window, answers: Answers, qtbot: QtBot
) -> None:
    for number in range(200):
        window.services.searches.save(f"search {number}")
    window.browsing.ask_outline()
    qtbot.waitUntil(lambda: len(kept(window)) == 200)
    window.side.places.grab()
    window.search.put("one more")
    window.searching.keep()
    qtbot.waitUntil(lambda: window.failure.isVisible())
    assert window.failure.text == "There is room for 200 saved searches."
    assert window.search.box.text() == "one more"
    window.search.clear()
    window.side.places.go(window.side.places.places.rows()[204].data(PLACE))
    qtbot.waitUntil(lambda: window._listed is not None and window._listed[1] == Query(within="search 199"))


def test_what_is_too_long_to_be_kept_is_said_and_stays(window: Window, answers: Answers, qtbot: QtBot) -> None:
    text = "lithium OR " * 400
    window.search.put(text)
    window.searching.keep()
    qtbot.waitUntil(lambda: window.failure.text == "A saved search has room for 1,000 characters.")
    assert window.search.box.text() == text
    assert kept(window) == []


def test_a_name_that_is_too_long_is_asked_for_again_with_the_reason(
    window: Window, answers: Answers, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, asked = keep(window, qtbot, "lithium"), []

    def ask(_parent: object, _title: str, name: str, problem: str = "") -> str:
        asked.append((name, problem))
        return "x" * 201 if len(asked) == 1 else "Metals"

    monkeypatch.setattr(naming, "ask_name", ask)
    window.curating.do("rename", place, None)
    qtbot.waitUntil(lambda: kept(window) == ["Metals"])
    assert asked == [("lithium", ""), ("x" * 201, "The name of a search has room for 200 characters.")]
    assert not window.failure.isVisible()


def test_four_thousand_characters_are_pasted(window: Window, qtbot: QtBot) -> None:
    window.services.indexer.drain()
    for text in ("lithium OR " * 364, '"' * 4000, "(" * 4000, "sector:x " * 444, "\u202e\u200f<b>&" * 570):
        window.search.look_here()
        window.search.box.clear()
        QApplication.clipboard().setText(text)
        began = monotonic()
        window.search.box.paste()
        assert monotonic() - began < 1
        qtbot.waitUntil(lambda text=text: window._listed is not None and window._listed[1].text == text.lstrip())
    assert not window.failure.isVisible()


def test_its_menu(window: Window, answers: Answers, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = keep(window, qtbot, "lithium"), keep(window, qtbot, "cobalt OR nickel")

    def entry(place: Place, text: str) -> QAction:
        return next(action for action in window.side.menu_for(place).actions() if action.text() == text)

    assert not entry(first, "Move up").isEnabled()
    assert not entry(second, "Move down").isEnabled()
    entry(second, "Move up").trigger()
    qtbot.waitUntil(lambda: kept(window) == ["cobalt OR nickel", "lithium"])
    monkeypatch.setattr(naming, "ask_name", lambda *_asked: "Metals")
    entry(second, "Rename…").trigger()
    qtbot.waitUntil(lambda: kept(window) == ["Metals", "lithium"])
    tip = window.side.places.places.find(second).data(Qt.ItemDataRole.ToolTipRole)
    assert "cobalt OR nickel" in tip
    window.side.places.go(second)
    entry(second, "Edit in the search box").trigger()
    assert window.side.places.place() == ALL
    assert window.search.box.text() == "cobalt OR nickel"
    window.side.places.go(second)
    entry(second, "Remove").trigger()
    qtbot.waitUntil(lambda: kept(window) == ["lithium"])
    assert window.side.places.place() == ALL
    assert window.done.isVisible()
    window.browsing.undo()
    qtbot.waitUntil(lambda: kept(window) == ["Metals", "lithium"])


def test_all_of_it_is_marked_as_read(window: Window, qtbot: QtBot) -> None:
    window.services.indexer.drain()
    place = keep(window, qtbot, "number3 OR number5")
    next(each for each in window.side.menu_for(place).actions() if each.text() == "Mark all as read").trigger()
    qtbot.waitUntil(lambda: sum(window.services.library.counts().unread.values()) == 10)


def test_without_a_kept_search_nothing_is_counted(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never() -> dict[int, int]:
        raise AssertionError

    monkeypatch.setattr(window.services.searches, "unread", never)
    window.browsing.look_after_indexing()
    qtbot.wait(700)
    assert not window.failure.isVisible()


def test_counts_follow_marks_and_the_index(window: Window, answers: Answers, qtbot: QtBot) -> None:
    place = keep(window, qtbot, "lithium")
    row = lambda: window.side.places.places.find(place)  # noqa: E731
    qtbot.waitUntil(lambda: row().data(COUNT) == 5)
    answers.found = 4
    window.items.step(1)
    window.browsing.toggle_read()
    qtbot.waitUntil(lambda: row().data(COUNT) == 4)
    answers.found = 6
    window.browsing.look_after_indexing()
    qtbot.waitUntil(lambda: row().data(COUNT) == 6)


# More like an item --------------------------------------------------------------------------------


def test_more_like_the_item_that_is_read(window: Window, answers: Answers, qtbot: QtBot) -> None:
    window.side.places.go(Place("sector", "s0"))
    window.items.setFocus()
    press(qtbot, window, Key.Key_J)
    qtbot.waitUntil(lambda: window.reader.hit is not None)
    item = window.reader.hit.item.id
    press(qtbot, window, Key.Key_M)
    qtbot.waitUntil(lambda: answers.asked[-1] == Query(text=f"like:{item}", order=Order.RELEVANCE))
    assert window.items.hasFocus()
    press(qtbot, window, Key.Key_Escape)
    qtbot.waitUntil(lambda: answers.asked[-1] == Query(sector="s0"))
    assert window.search.scope.chosen == "here"


def test_the_reader_has_a_button_for_it(window: Window, answers: Answers, qtbot: QtBot) -> None:
    assert not window.reader._like.isEnabled()
    window.items.step(1)
    qtbot.waitUntil(lambda: window.reader._like.isEnabled())
    window.reader._like.click()
    assert window.search.box.text().startswith("like:")


# History ------------------------------------------------------------------------------------------


def test_a_search_is_remembered_when_a_result_is_opened(window: Window, answers: Answers, qtbot: QtBot) -> None:
    window.search.look_here("lithium")
    qtbot.waitUntil(lambda: len(window.model.ids) == 5)
    assert window.services.searches.recent() == []
    window.items.step(1)
    qtbot.waitUntil(lambda: window.services.searches.recent() == ["lithium"])
    window.search.look_here("cobalt")
    qtbot.keyClick(window.search.box, Key.Key_Return)
    qtbot.waitUntil(lambda: window.services.searches.recent() == ["cobalt", "lithium"])


def test_escape_closes_the_list_under_the_box_first(window: Window, answers: Answers, qtbot: QtBot) -> None:
    window.search.look_here()
    qtbot.keyClicks(window.search.box, "ti")
    popup = window.search.box.popup
    assert popup is not None
    assert popup.isVisible()
    qtbot.keyClick(window.search.box, Key.Key_Escape)
    assert not popup.isVisible()
    assert window.search.box.text() == "ti"
    qtbot.keyClick(window.search.box, Key.Key_Escape)
    assert window.search.box.text() == ""


def test_enter_opens_what_was_just_typed_for(window: Window, qtbot: QtBot) -> None:
    window.services.indexer.drain()
    window.search.look_here()
    qtbot.keyClicks(window.search.box, "number7")
    qtbot.keyClick(window.search.box, Key.Key_Return)
    qtbot.waitUntil(lambda: window.reader.hit is not None)
    assert window.reader.hit.item.url == "https://example.org/7"
    assert window.items.hasFocus()
    qtbot.wait(400)
    assert sum(window.services.library.counts().unread.values()) == 11


def test_what_was_searched_before_is_a_key_away(window: Window, answers: Answers, qtbot: QtBot) -> None:
    window.services.searches.remember("lithium")
    window.items.setFocus()
    press(qtbot, window, Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: window.search.box.popup is not None and window.search.box.popup.isVisible())
    assert window.search.box.hasFocus()
    for key in (Key.Key_Down, Key.Key_Return):
        qtbot.keyClick(window.search.box, key)
    assert window.search.box.text() == "lithium"


def test_no_row_is_drawn_empty_while_the_person_types(window: Window, answers: Answers, qtbot: QtBot) -> None:
    drawn: list[bool] = []
    window.model.modelReset.connect(lambda: drawn.append(all(window.model.hit(row) for row in range(4))))
    window.search.look_here()
    for found, letter in enumerate("lithium", 5):
        answers.found = found
        window.search.box.insert(letter)
        qtbot.waitUntil(lambda found=found: len(window.model.ids) == found)
    window.side.places.go(Place("sector", "s0"))
    qtbot.waitUntil(lambda: bool(drawn))
    assert all(drawn)


def test_lines_are_found_by_their_role(window: Window, answers: Answers, qtbot: QtBot) -> None:
    window.search.look_here("lith")
    view = shown(window, qtbot)
    assert view.facets.index(1).data(LINE).count == 4
    view.grab()
