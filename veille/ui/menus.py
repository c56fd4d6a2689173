"""The menus of the window: what can be done with the whole, and with one item."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from veille.i18n import _
from veille.ui.labels import key_name
from veille.ui.theme import dress

if TYPE_CHECKING:
    from veille.ui.window import Window

Entry = tuple[str, str, Callable[[], object]]  # what it says, its key, its deed
Group = tuple[str, tuple[Entry, ...]]  # what it says, and what opens beside it


def whole(window: "Window") -> QMenu:
    """What can be done with the whole."""
    browsing, curating = window.browsing, window.curating
    if window.services.sample:
        other: Entry = (_("Open my own profile"), "", lambda: window.switch.emit("own"))
    else:
        other = (_("See the sample"), "", lambda: window.switch.emit("sample"))
    exports: Group = (_("Export"), (
        (_("Export this list…"), "Ctrl+E", window.export_list),
        (_("Export the sources (OPML)…"), "", window.export),
    ))  # fmt: skip
    keeping: Group = (_("Backup and storage"), (
        (_("Back up…"), "", window.back_up),
        (_("Restore a backup…"), "", window.restore),
        (_("Storage…"), "", window.open_storage),
    ))  # fmt: skip
    return _menu(
        window,
        (_("Refresh"), "F5", lambda: curating.refresh()),
        (_("Mark all as read"), "Shift+A", browsing.mark_all_read),
        (_("Undo the last change"), "Ctrl+Z", lambda: browsing.undo()),
        (_("Save this search"), "Ctrl+S", window.searching.keep),
        None,
        (_("Choose starter sectors…"), "", lambda: window.begin("starters")),
        (_("Add an address or account…"), "", lambda: window.begin("add")),
        (_("Add a sector…"), "", curating.add_sector),
        (_("Desk…"), "Ctrl+B", window.open_desk),
        (_("Rules…"), "", window.open_rules),
        (_("Packs…"), "", window.open_packs),
        None,
        (_("Import…"), "", lambda: window.begin("import")),
        exports,
        keeping,
        None,
        (_("Mode…"), "Ctrl+D", window.glass.open_menu),
        (_("Traces…"), "Ctrl+T", window.open_traces),
        (_("X…"), "", window.open_x),
        (_("Budget for X…"), "", window.open_spending),
        None,
        other,
        (_("Preferences…"), "Ctrl+,", window.open_preferences),
        (_("Keys…"), "?", window.open_keys),
        (_("Quit"), "Ctrl+Q", window.close),
    )


def item(window: "Window") -> QMenu:
    """What can be done with the item that is read."""
    browsing, do = window.browsing, window.revealing.do
    return _menu(
        window,
        (_("Mark as read or unread"), "U", browsing.toggle_read),
        (_("Save or unsave"), "S", browsing.toggle_saved),
        (_("Flag or unflag"), "G", browsing.toggle_flagged),
        (_("Tags…"), "T", window.ask_tags),
        (_("Note…"), "E", window.ask_note),
        (_("Highlight the selected passage, or no longer"), "H", window.reader.toggle_highlight),
        (_("Rule from this item…"), "", window.ask_rule),
        None,
        (_("Copy the link"), "C", lambda: do("copy")),
        (_("More like this"), "M", window.more_like),
        None,
        (_("Show the pictures"), "P", lambda: do("pictures")),
        (_("Full article"), "F", lambda: do("article")),
        (_("Open in the browser"), "O", lambda: do("open")),
    )


def text(window: "Window", at: QPoint) -> QMenu:
    """What can be done with the text of the item, and with the passage that is selected or stands ``at`` that place."""
    page = window.reader.text
    if not page.textCursor().hasSelection():
        page.setTextCursor(page.cursorForPosition(at))
    scrolled = QPoint(page.horizontalScrollBar().value(), page.verticalScrollBar().value())
    menu = page.createStandardContextMenu(at + scrolled)
    dress(menu)
    if window.reader.hit:
        menu.addSeparator()
        _add(menu, (_("Highlight the selected passage, or no longer"), "H", window.reader.toggle_highlight))
        _add(menu, (_("Tags…"), "T", window.ask_tags))
        _add(menu, (_("Note…"), "E", window.ask_note))
    return menu


def open_at(menu: QMenu, at: QPoint) -> None:
    """Let the person choose."""
    menu.exec(at)
    menu.deleteLater()


def _menu(window: "Window", *entries: Entry | Group | None) -> QMenu:
    menu = QMenu(window)
    dress(menu)
    for entry in entries:
        if entry is None:
            menu.addSeparator()
        elif len(entry) == 2:
            text, some = entry
            beside = menu.addMenu(text)
            dress(beside)
            for each in some:
                _add(beside, each)
        else:
            _add(menu, entry)
    return menu


def _add(menu: QMenu, entry: Entry) -> None:
    text, key, deed = entry
    action = menu.addAction(f"{text}\t{key_name(key)}" if key else text)
    action.triggered.connect(lambda _checked=False: deed())
