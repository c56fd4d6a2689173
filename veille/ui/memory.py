"""What the window remembers of itself from one time to the next: its place, its panes, the open sectors."""

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray

if TYPE_CHECKING:
    from veille.ui.window import Window

_NAME = "window"


def remember(window: "Window") -> None:
    """Note it with the profile."""
    noted = {
        "place": _text(window.saveGeometry()),
        "panes": _text(window.split.saveState()),
        "open": window.side.places.opened(),
        "saved": window.side.places.saved_open,
        "counts": [window.searching.wanted, window.side.panel],
    }
    window.services.preferences.remember(_NAME, json.dumps(noted))


def restore(window: "Window") -> None:
    """Go back to it; what makes no sense on this screen is passed over by Qt."""
    text = window.services.preferences.recall(_NAME)
    if text:
        noted = json.loads(text)
        window.restoreGeometry(_data(noted["place"]))
        window.split.restoreState(_data(noted["panes"]))
        window.side.places.open(noted["open"])
        window.side.places.open_saved(noted.get("saved"))
        if counts := noted.get("counts"):
            window.searching.wanted, window.side.panel = counts


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def _data(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode("ascii"))
