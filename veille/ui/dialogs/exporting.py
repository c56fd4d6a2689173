"""Takes the list along: asks for a file, and writes it beside the window."""

from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from veille.core.naming import slug
from veille.core.transfer.exporting import Kind, kind_of
from veille.errors import Cancelled
from veille.i18n import _, ngettext, number
from veille.ui.dialogs import files

if TYPE_CHECKING:
    from veille.ui.tasks import Task
    from veille.ui.window import Window

JOB = "export"


def export_list(window: "Window") -> None:
    """What is listed, into a file that the person chooses; a list that is on its way is waited for."""
    window.browsing.then(lambda: _export(window))


def _export(window: "Window") -> None:
    ids = array("q", window.model.ids)  # what was just read stays listed, though a list of unread items has it no more
    if not ids:
        window.say(_("This list is empty: there is nothing to export."))
        return
    if window.tasks.busy(JOB):
        window.say(_("An export is under way; it can be stopped below."))
        return
    title = _title(window)
    chosen = files.ask_kind(window, _("Export this list"), save=slug(f"veille {title}"), kinds=_kinds())
    if chosen is None:
        return
    path, at = Path(chosen[0]), chosen[1]
    kind = kind_of(path.name) or list(Kind)[at]

    def work(task: "Task") -> str:
        return _write(window, ids, kind, path, title, task)

    window.tasks.job(JOB, work, window.say)


def _write(window: "Window", ids: Sequence[int], kind: Kind, path: Path, title: str, task: "Task") -> str:
    try:
        count = window.services.exporter.write_file(ids, kind, path, task, title)
    except Cancelled:
        return _("Stopped. Nothing was exported.")
    text = ngettext("{n} item exported to {name}.", "{n} items exported to {name}.", count)
    return text.format(n=number(count), name=path.name)


def _kinds() -> str:
    """As :class:`QFileDialog` takes them."""
    return ";;".join(f"{_(kind.label)} (*{kind.ending})" for kind in Kind)


def _title(window: "Window") -> str:
    """What the list is called: the place, where that plays a part, and what was searched for."""
    place, text = window.side.places.place(), window.search.text.strip()
    name = window.side.places.currentIndex().data() if window.search.within(place) else None
    return " · ".join(filter(None, (str(name or ""), text)))
