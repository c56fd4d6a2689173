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


def whole(window: "Window") -> QMenu:
    """What can be done with the whole."""
    browsing, curating = window.browsing, window.curating
    if window.services.sample:
        other: Entry = (_("Open my own profile"), "", lambda: window.switch.emit("own"))
    else:
        other = (_("See the sample"), "", lambda: window.switch.emit("sample"))
    return _menu(
        window,
        (_("Refresh"), "F5", lambda: curating.refresh()),
        (_("Mark all as read"), "Shift+A", browsing.mark_all_read),
        (_("Undo the last change"), "Ctrl+Z", lambda: browsing.undo()),
        (_("Save this search"), "Ctrl+S", window.searching.keep),
        None,
        (_("Choose starter sectors…"), "", lambda: window.begin("starters")),
        (_("Import an OPML file…"), "", lambda: window.begin("import")),
        (_("Add an address or account…"), "", lambda: window.begin("add")),
        (_("Add a sector…"), "", curating.add_sector),
        (_("Export to OPML…"), "", window.export),
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
        (_("Copy the link"), "C", lambda: do("copy")),
        (_("More like this"), "M", window.more_like),
        None,
        (_("Show the pictures"), "P", lambda: do("pictures")),
        (_("Full article"), "F", lambda: do("article")),
        (_("Open in the browser"), "O", lambda: do("open")),
    )


def open_at(menu: QMenu, at: QPoint) -> None:
    """Let the person choose."""
    menu.exec(at)
    menu.deleteLater()


def _menu(window: "Window", *entries: Entry | None) -> QMenu:
    menu = QMenu(window)
    dress(menu)
    for entry in entries:
        if entry is None:
            menu.addSeparator()
            continue
        text, key, deed = entry
        action = menu.addAction(f"{text}\t{key_name(key)}" if key else text)
        action.triggered.connect(lambda _checked=False, deed=deed: deed())
    return menu
