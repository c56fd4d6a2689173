"""The keys, declared once, and bound to what they do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from veille.i18n import N_


@dataclass(frozen=True)
class Key:
    """A deed, the keys that do it, and what it is called (to be translated)."""

    deed: str
    keys: tuple[str, ...]
    text: str


# Single letters are left to a field in which the person types: Qt gives it each letter first.
KEYS = (
    Key("next", ("J",), N_("Next item")),
    Key("previous", ("K",), N_("Previous item")),
    Key("next-unread", ("N",), N_("Next unread item")),
    Key("page", ("Space",), N_("Read on, then go to the next unread item")),
    Key("save", ("S",), N_("Save or unsave")),
    Key("flag", ("G",), N_("Flag or unflag")),
    Key("tags", ("T",), N_("Tags of the item")),
    Key("note", ("E",), N_("Note on the item")),
    Key("highlight", ("H",), N_("Highlight the selected passage, or no longer")),
    Key("read", ("U",), N_("Mark as read or unread")),
    Key("open", ("O",), N_("Open in the browser")),
    Key("copy", ("C",), N_("Copy the link")),
    Key("pictures", ("P",), N_("Show the pictures of the item")),
    Key("article", ("F",), N_("Fetch the full article, or show it again")),
    Key("all-read", ("Shift+A",), N_("Mark all as read")),
    Key("undo", ("Ctrl+Z",), N_("Undo the last change")),
    Key("search", ("/", "Ctrl+F"), N_("Search")),
    Key("recent-searches", ("Alt+Down",), N_("Recent searches")),
    Key("keep-search", ("Ctrl+S",), N_("Save this search as a list")),
    Key("like", ("M",), N_("More like this item")),
    Key("export-list", ("Ctrl+E",), N_("Export this list")),
    Key("refresh", ("F5", "Ctrl+R"), N_("Refresh")),
    Key("places", ("F9",), N_("Sectors and sources")),
    Key("mode", ("Ctrl+D",), N_("Mode: discreet, strict, open")),
    Key("traces", ("Ctrl+T",), N_("Traces: what left this machine")),
    Key("desk", ("Ctrl+B",), N_("Desk: all sources in a table")),
    Key("menu", ("F10",), N_("Menu")),
    Key("preferences", ("Ctrl+,",), N_("Preferences")),
    Key("keys", ("?", "F1"), N_("This list of keys")),
    Key("back", ("Esc",), N_("Leave the search, close a message, or stop the work under way")),
    Key("quit", ("Ctrl+Q",), N_("Quit")),
)


def bind(window: QWidget, deeds: Mapping[str, Callable[[], object]]) -> list[QShortcut]:
    """Let the keys do ``deeds`` in ``window``."""
    made = []
    for each in KEYS:
        for keys in each.keys:
            shortcut = QShortcut(QKeySequence(keys), window)
            shortcut.activated.connect(deeds[each.deed])
            made.append(shortcut)
    return made
