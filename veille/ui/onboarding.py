"""The ways from the sample, or an empty profile, to a list of one's own: starter sectors, a file, an address."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from veille.errors import VeilleError
from veille.i18n import _
from veille.model import Outline
from veille.ui.dialogs import files
from veille.ui.dialogs.adding import ask_address
from veille.ui.dialogs.starters import choose_starters

if TYPE_CHECKING:
    from veille.formats.entry import Format
    from veille.ui.window import Window


def begin(window: "Window", way: str) -> None:
    """Go the ``way`` "starters", "import" or "add"; nothing happens when the person thinks better of it."""
    {"starters": _adopt, "import": _import, "add": _add}[way](window)


def _adopt(window: "Window") -> None:
    try:
        starters = window.services.starters.starter_sectors()
    except VeilleError as error:
        window.failure.tell(str(error), sign="warning", warn=True)
        return
    if keys := choose_starters(window, starters):
        window.own(lambda own: own.curating.adopt(keys))


def _import(window: "Window") -> None:
    """A file that cannot be used begins no profile."""
    from veille.ui.curating import whole_archive

    chosen = files.ask_file(window, _("Import"), kinds=files.IMPORT)
    if not chosen:
        return
    path = str(whole_archive(Path(chosen)))

    def recognise() -> "Format":
        from veille.formats.reading import recognise

        return recognise(Path(path))

    def bring(own: "Window") -> None:
        own.done.dismiss()  # what it says of an earlier import would be taken for this one
        own.curating.import_file(path)

    window.tasks.query("recognise", recognise, lambda _found: window.own(bring))


def _add(window: "Window") -> None:
    outline = Outline() if window.services.sample else window.browsing.outline

    def leave(typed: str) -> None:
        window.own(lambda own: _once_outlined(own, lambda: own.curating.add_address(address=typed)))

    if found := ask_address(window, window.services, window.tasks, outline, None, leave=leave):
        window.own(lambda own: own.curating.add(found))


def _once_outlined(window: "Window", then: Callable[[], None]) -> None:
    """Do ``then`` when its sectors are known, for which a window that was just made waits."""

    def go(_outline: object) -> None:
        window.browsing.outlined.disconnect(go)
        QTimer.singleShot(0, window, then)

    window.browsing.outlined.connect(go)
