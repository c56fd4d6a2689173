"""Tags, a note and highlights in the window: by keys, in the page, in the sidebar, taken back."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import press
from veille.errors import ProfileUnwritable
from veille.model import Article, Changes, SourceKind
from veille.ui import menus, theme
from veille.ui.dialogs.annotating import DRAFTED, NoteDialog, TagsDialog
from veille.ui.places import SAVED, place_of_tag
from veille.ui.rows import HIT
from veille.ui.tree import COUNT, ICON, PLACE
from veille.ui.window import Window

CONTENT = "<p>Green hydrogen is made here.</p><ul><li>One 😀 pipe</li><li>Two</li></ul><p>Green hydrogen sells.</p>"
NONE = Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def item(window: Window, qtbot: QtBot) -> int:
    """The first item, with a text to mark in, in the reader."""
    window.services.preferences.set("read_on_open", "no")
    store, id = window.services._store, window.model.ids[0]
    store.items.apply([], [replace(store.items.whole([id])[0], content=CONTENT, hash="new")])
    window.items.setFocus()
    window.items.step(1)
    qtbot.waitUntil(lambda: "One 😀 pipe" in said(window))
    return id


def said(window: Window) -> str:
    return window.reader.text.toPlainText()


def select(window: Window, words: str) -> None:
    document = window.reader.text.document()
    window.reader.text.setTextCursor(document.find(words, 0))


def marked(window: Window) -> list[str]:
    """What is tinted as marked."""
    tint = theme.colours().passage.lower()
    looks = window.reader.text.extraSelections()
    return [each.cursor.selectedText() for each in looks if each.format.background().color().name() == tint]


def dialog(qtbot: QtBot) -> TagsDialog | NoteDialog:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), TagsDialog | NoteDialog))
    found = QApplication.activeModalWidget()
    assert isinstance(found, TagsDialog | NoteDialog)
    return found


def key(qtbot: QtBot, window: Window, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    """After a dialogue; here nobody gives the window the keyboard back."""
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    press(qtbot, window, key, modifier)


def tags_of(window: Window) -> tuple[str, ...]:
    hit = window.reader.hit
    assert hit
    return hit.mark.tags


# Highlights -----------------------------------------------------------------------------------------------


def test_h_marks_what_is_selected_and_takes_it_away(window: Window, qtbot: QtBot, item: int) -> None:
    select(window, "Green hydrogen sells")
    key(qtbot, window, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: marked(window) == ["Green hydrogen sells"])
    assert window.done.text == "The passage was highlighted."
    assert not window.reader.text.textCursor().hasSelection()
    (kept,) = window.services.annotations.highlights(item)
    assert kept.before.endswith("pipe Two")
    cursor = window.reader.text.document().find("sells", 0)
    cursor.clearSelection()
    window.reader.text.setTextCursor(cursor)
    key(qtbot, window, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: marked(window) == [])
    window.done.choices[0].click()
    qtbot.waitUntil(lambda: marked(window) == ["Green hydrogen sells"])


def test_a_passage_is_selected_and_marked_with_the_keyboard_alone(window: Window, qtbot: QtBot, item: int) -> None:
    text = window.reader.text
    text.setFocus()
    start = text.document().find("One", 0).selectionStart()
    while text.textCursor().position() < start:
        qtbot.keyClick(text, Qt.Key.Key_Right)
    for _letter in range(4):
        qtbot.keyClick(text, Qt.Key.Key_Right, CTRL | SHIFT)
    key(qtbot, window, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: len(marked(window)) == 1)
    (kept,) = window.services.annotations.highlights(item)
    assert kept.text.startswith("One 😀 pipe")
    assert marked(window)[0].startswith("One 😀 pipe")
    assert text.textCursor().position() >= start, "the person stays where they are"
    key(qtbot, window, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: window.items.currentIndex().row() == 1)


def test_the_cursor_goes_on_from_what_is_seen(window: Window, qtbot: QtBot, item: int) -> None:
    store, text = window.services._store, window.reader.text
    store.items.apply([], [replace(store.items.whole([item])[0], content=CONTENT * 40, hash="long")])
    window.tasks.changed.emit(Changes(items=frozenset({item})))
    bar = text.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 2000)
    bar.setValue(1500)
    qtbot.keyClick(text, Qt.Key.Key_Down)
    assert 1400 < bar.value() < 1700
    assert text.textCursor().position() > 500


def test_the_menu_of_the_text_has_what_can_be_done_with_a_passage(window: Window, qtbot: QtBot, item: int) -> None:
    text, found = window.reader.text, window.reader.text.document().find("pipe", 0)
    window.services.annotations.highlight(item, "One 😀 pipe", "", "")
    window.tasks.changed.emit(Changes(items=frozenset({item})))
    qtbot.waitUntil(lambda: marked(window) == ["One 😀 pipe"])
    menu = menus.text(window, text.cursorRect(found).center())
    actions = {each.text().partition("\t")[0]: each for each in menu.actions()}
    actions["Highlight the selected passage, or no longer"].trigger()
    qtbot.waitUntil(lambda: marked(window) == [])
    actions["Note…"].trigger()
    assert isinstance(dialog(qtbot), NoteDialog)
    dialog(qtbot).reject()
    menu.deleteLater()


def test_it_says_so_when_nothing_is_selected(window: Window, qtbot: QtBot, item: int) -> None:
    key(qtbot, window, Qt.Key.Key_H)
    assert window.status._text.accessibleName().startswith("Select a passage first")
    assert window.services.annotations.highlights(item) == ()


def test_what_is_no_text_of_the_item_cannot_be_marked(window: Window, qtbot: QtBot, item: int) -> None:
    window.services.annotations.note(item, "only mine")
    window.tasks.changed.emit(Changes(items=frozenset({item})))
    qtbot.waitUntil(lambda: "only mine" in said(window))
    select(window, "only mine")
    key(qtbot, window, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: window.failure.isVisible())
    assert "is not in the text" in window.failure.text


def test_a_highlight_is_found_again_in_the_article_and_one_that_is_lost_is_told(
    window: Window, qtbot: QtBot, item: int
) -> None:
    services = window.services
    services._store.articles.put(Article(item, f"{CONTENT}<p>The whole of it.</p>", services.clock.now()))
    services.annotations.highlight(item, "hydrogen is made here. One")
    services.annotations.highlight(item, "The whole of it.")
    services.annotations.note(item, "Green hydrogen sells?")
    window.tasks.changed.emit(Changes(items=frozenset({item})))
    qtbot.waitUntil(lambda: marked(window) == ["hydrogen is made here.\u2029One"])
    window.reader.toggle_article()
    assert marked(window) == ["hydrogen is made here.\u2029One", "The whole of it."]
    services._store.items.apply([], [replace(services._store.items.whole([item])[0], content="<p>No</p>", hash="x")])
    services._store.articles.put(Article(item, "<p>The whole of it.</p>", services.clock.now()))
    window.tasks.changed.emit(Changes(items=frozenset({item})))
    qtbot.waitUntil(lambda: "no longer in the text:\n“hydrogen is made here. One”" in said(window))
    assert "“The whole of it.”" not in said(window)
    window.reader.text.anchorClicked.emit(QUrl("veille:unmark?0"))
    qtbot.waitUntil(lambda: "no longer in the text" not in said(window))
    assert [each.text for each in services.annotations.highlights(item)] == ["The whole of it."]
    window.reader.text.anchorClicked.emit(QUrl("veille:unmark?7"))
    window.reader.text.anchorClicked.emit(QUrl("veille:unmark?x"))
    assert len(services.annotations.highlights(item)) == 1


# Tags -----------------------------------------------------------------------------------------------------


def test_t_gives_and_takes_tags(window: Window, qtbot: QtBot, item: int) -> None:
    window.services.annotations.tag([window.model.ids[3]], ["Énergie", "5G"])
    window.tasks.changed.emit(Changes(tags=True))
    qtbot.waitUntil(lambda: len(window.browsing.outline.tags) == 2)
    key(qtbot, window, Qt.Key.Key_T)
    tags = dialog(qtbot)
    assert isinstance(tags, TagsDialog)
    assert [tags.list.item(at).text() for at in range(tags.list.count())] == ["5G", "Énergie"]
    qtbot.keyClicks(tags.line, "ener")
    assert [tags.list.item(at).text() for at in range(tags.list.count())] == ["Énergie"]
    qtbot.keyClick(tags.line, Qt.Key.Key_Down)
    qtbot.keyClick(tags.list, Qt.Key.Key_Return)
    qtbot.keyClicks(tags.line, '#to read, a "quoted" one,5g')
    qtbot.keyClick(tags.line, Qt.Key.Key_Return)
    assert tags.tags == ["Énergie", "to read", "a 'quoted' one", "5G"]
    qtbot.keyClick(tags.line, Qt.Key.Key_Backspace)
    chips = {each.accessibleName(): each for each in tags.findChildren(QPushButton)}
    chips["Take away the tag to read"].click()
    qtbot.keyClicks(tags.line, "last")
    tags.accept()
    qtbot.waitUntil(lambda: tags_of(window) == ("a 'quoted' one", "Énergie", "last"))
    assert "#a\u00a0'quoted'\u00a0one" in said(window).replace(" ", "\u00a0")
    qtbot.waitUntil(lambda: len(window.browsing.outline.tags) == 4)
    key(qtbot, window, Qt.Key.Key_T)
    tags = dialog(qtbot)
    assert isinstance(tags, TagsDialog)
    tags.remove("last")
    qtbot.keyClick(tags.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: tags_of(window) == ("a 'quoted' one", "Énergie"))
    window.done.choices[0].click()
    qtbot.waitUntil(lambda: "last" in tags_of(window))


def test_no_more_tags_than_there_is_room_for(window: Window, qtbot: QtBot, item: int) -> None:
    key(qtbot, window, Qt.Key.Key_T)
    tags = dialog(qtbot)
    assert isinstance(tags, TagsDialog)
    assert not tags.add(",".join(f"t{n}" for n in range(51)))
    assert tags.note.text() == "There is room for 50 tags on one item."
    assert tags.add(" , #, ")
    tags.reject()
    assert tags_of(window) == ()


def test_a_tag_of_the_page_lists_what_has_it(window: Window, qtbot: QtBot, item: int) -> None:
    window.services.annotations.tag([item, window.model.ids[2]], ["à lire"])
    window.tasks.changed.emit(Changes(items=frozenset({item}), tags=True))
    qtbot.waitUntil(lambda: "#à\u00a0lire" in said(window).replace(" ", "\u00a0"))
    window.services.indexer.drain()
    window.reader.text.anchorClicked.emit(QUrl("veille:tag?%C3%A0%20lire"))
    assert window.search.box.text() == 'tag:"à lire"'
    qtbot.waitUntil(lambda: len(window.model.ids) == 2)
    assert window.model.data(window.model.index(0, 0), HIT).mark.tags == ("à lire",)


# Notes ----------------------------------------------------------------------------------------------------


def test_e_writes_a_note_that_is_shown_with_its_lines(window: Window, qtbot: QtBot, item: int) -> None:
    key(qtbot, window, Qt.Key.Key_E)
    note = dialog(qtbot)
    assert isinstance(note, NoteDialog)
    note.field.setPlainText("Ask <Ada>\nabout it")
    qtbot.keyClick(note.field, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: "Ask <Ada>\nabout it" in said(window))
    assert window.done.text == "The note was kept."
    window.reader.text.anchorClicked.emit(QUrl("veille:note"))
    note = dialog(qtbot)
    assert isinstance(note, NoteDialog)
    assert note.text == "Ask <Ada>\nabout it"
    note.field.clear()
    note.accept()
    qtbot.waitUntil(lambda: "Ada>" not in said(window))
    key(qtbot, window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: "Ask <Ada>\nabout it" in said(window))


def test_what_was_typed_and_not_kept_is_there_again(window: Window, qtbot: QtBot, item: int) -> None:
    key(qtbot, window, Qt.Key.Key_E)
    note = dialog(qtbot)
    assert isinstance(note, NoteDialog)
    qtbot.keyClicks(note.field, "begun")
    qtbot.keyClick(note, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "begun" in window.services.preferences.recall(DRAFTED))
    assert window.reader.hit is not None
    assert window.reader.hit.mark.note == ""
    key(qtbot, window, Qt.Key.Key_E)
    note = dialog(qtbot)
    assert isinstance(note, NoteDialog)
    assert note.text == "begun"
    note.accept()
    qtbot.waitUntil(lambda: "begun" in said(window))
    qtbot.waitUntil(lambda: "begun" not in window.services.preferences.recall(DRAFTED))
    key(qtbot, window, Qt.Key.Key_E)
    dialog(qtbot).reject()
    assert "begun" not in window.services.preferences.recall(DRAFTED), "nothing was changed"


def test_a_draft_that_was_given_up_comes_back_with_undo(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    note = NoteDialog(parent, "kept", "kept, and more")
    (back,) = [each for each in note.findChildren(QPushButton) if each.text() == "Back to what was kept"]
    back.click()
    assert note.text == "kept"
    note.field.undo()
    assert note.text == "kept, and more"


def test_the_tags_dialogue_says_what_enter_would_do(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    tags = TagsDialog(parent, ["one"], ["one", "two"])
    assert tags.about.text() == "Your other tags:"
    for typed, about in (("tw", "Your other tags:"), ("three", "Enter makes this a new tag."), ("#One", "")):
        tags.line.setText(typed)
        tags.line.textEdited.emit(typed)
        assert tags.about.text() == about


def test_the_tab_key_goes_from_the_line_to_the_tags_the_list_and_the_buttons(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    tags = TagsDialog(parent, ["one", "two"], ["one", "two", "three", "four"])
    tags.show()
    tags.add("three")
    qtbot.waitUntil(lambda: all(each.isVisible() for each in tags.findChildren(QPushButton)))
    tags.line.setFocus()
    names = []
    for _tab in range(5):
        focused = tags.focusWidget()
        assert focused
        names.append(focused.text() if isinstance(focused, QPushButton) else focused.accessibleName())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert names == ["Tag to add", "one  ×", "two  ×", "three  ×", "Your tags"]
    assert tags.list.selectedItems()[0].text() == "four"
    assert isinstance(tags.focusWidget(), QPushButton)


def test_a_note_that_cannot_be_written_is_asked_for_again(window: Window, qtbot: QtBot, item: int) -> None:
    def full(_id: int, _text: str) -> Changes:
        raise ProfileUnwritable(path="x", detail="the disk is full")

    window.services.annotations.note = full  # type: ignore[method-assign]
    key(qtbot, window, Qt.Key.Key_E)
    note = dialog(qtbot)
    assert isinstance(note, NoteDialog)
    note.field.setPlainText("x" * 20_001)
    note.accept()
    assert note.note.text() == "A note has room for 20,000 characters."
    note.field.setPlainText("mine")
    note.accept()
    qtbot.waitUntil(lambda: dialog(qtbot) is not note)
    again = dialog(qtbot)
    assert isinstance(again, NoteDialog)
    assert (again.text, "the disk is full" in again.note.text()) == ("mine", True)
    again.reject()
    qtbot.waitUntil(lambda: "mine" in window.services.preferences.recall(DRAFTED))


# The sidebar ----------------------------------------------------------------------------------------------


def test_collections_and_tags_stand_under_what_was_saved(window: Window, qtbot: QtBot, item: int) -> None:
    services = window.services
    services._store.sources.add("collection:Pocket", SourceKind.COLLECTION, "collection:Pocket", "Pocket")
    services.annotations.tag([item, window.model.ids[1]], ["H2"])
    services.annotations.tag([item], ["and OR"])
    window.tasks.changed.emit(Changes(outline=True, tags=True))
    view = window.side.places
    saved = lambda: view.places.itemFromIndex(view.places.find(SAVED))  # noqa: E731
    qtbot.waitUntil(lambda: saved().rowCount() == 3)
    rows = [saved().child(at) for at in range(3)]
    assert [(row.text(), row.data(ICON), row.data(COUNT)) for row in rows] == [
        ("Pocket", "box", 0), ("and OR", "tag", 1), ("H2", "tag", 2)]  # fmt: skip
    assert rows[2].data(Qt.ItemDataRole.AccessibleTextRole) == "H2, 2 items"
    assert view.isExpanded(saved().index())
    assert view.opened() == ["s0"]
    services.indexer.drain()
    for at, expected in ((1, 1), (2, 2)):
        view.go(rows[at].data(PLACE))
        qtbot.waitUntil(lambda expected=expected: len(window.model.ids) == expected)
    view.go(SAVED)
    view.setExpanded(saved().index(), False)
    services.annotations.tag([item], ["new"])
    window.tasks.changed.emit(Changes(tags=True))
    qtbot.waitUntil(lambda: saved().rowCount() == 4)
    assert not view.isExpanded(saved().index()), "what was closed stays closed"
    assert view.saved_open is False


def test_a_tag_is_renamed_and_removed_by_its_menu(
    window: Window, qtbot: QtBot, item: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, place = window.services, place_of_tag("H2")
    services.annotations.tag([item], ["H2"])
    window.tasks.changed.emit(Changes(tags=True))
    qtbot.waitUntil(lambda: window.side.places.places.find(place).isValid())
    menu = window.side.menu_for(place)
    actions = {each.text(): each for each in menu.actions()}
    assert [name for name in actions if name] == ["Mark all as read", "Rename…", "Remove from all items"]
    answers = iter(["x" * 61, "Hydrogen"])
    monkeypatch.setattr("veille.ui.dialogs.naming.ask_name", lambda *_asked: next(answers))
    actions["Rename…"].trigger()
    qtbot.waitUntil(lambda: services.annotations.tags() == ("Hydrogen",))
    qtbot.waitUntil(lambda: window.side.places.places.find(place_of_tag("Hydrogen")).isValid())
    window.side.wanted.emit("remove", place_of_tag("Hydrogen"), None)
    qtbot.waitUntil(lambda: "was taken from" in window.done.text)  # the rename stood there before
    assert services.annotations.tags() == ()
    window.done.choices[0].click()
    qtbot.waitUntil(lambda: services.annotations.tags() == ("Hydrogen",))


def test_with_many_tags_what_was_saved_is_closed_at_first(window: Window, qtbot: QtBot, item: int) -> None:
    window.services.annotations.tag([item], [f"t{n}" for n in range(9)])
    window.tasks.changed.emit(Changes(tags=True))
    view = window.side.places
    qtbot.waitUntil(lambda: view.places.rowCount(view.places.find(SAVED)) == 9)
    assert not view.isExpanded(view.places.find(SAVED))
