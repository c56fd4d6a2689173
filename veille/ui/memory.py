"""What the window remembers of itself from one time to the next: its place, its panes, the open sectors."""

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow, QSplitter

from veille.ui.tree import PlacesView

if TYPE_CHECKING:
    from veille.core.preferences import Preferences

_NAME = "window"


def remember(window: QMainWindow, split: QSplitter, places: PlacesView, preferences: "Preferences") -> None:
    """Note it with the profile."""
    noted = {"place": _text(window.saveGeometry()), "panes": _text(split.saveState()), "open": places.opened()}
    preferences.remember(_NAME, json.dumps(noted))


def restore(window: QMainWindow, split: QSplitter, places: PlacesView, preferences: "Preferences") -> None:
    """Go back to it; what makes no sense on this screen is passed over by Qt."""
    text = preferences.recall(_NAME)
    if text:
        noted = json.loads(text)
        window.restoreGeometry(_data(noted["place"]))
        split.restoreState(_data(noted["panes"]))
        places.open(noted["open"])


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def _data(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode("ascii"))
