"""What is offered under the box: how to go on with what is typed, and what was searched before."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from veille.i18n import _
from veille.model import Outline
from veille.ui.search.bar import SearchBar
from veille.ui.tasks import Tasks

if TYPE_CHECKING:
    from veille.core.searching.completion import Completion
    from veille.core.services import Services
    from veille.ui.search.popup import Choice, Popup

MOST = 8  # lines of completion
BEFORE = 12  # searches of before


class Suggesting(QObject):
    """Fills the list under the box."""

    told = Signal(str)

    def __init__(self, services: "Services", tasks: Tasks, bar: SearchBar, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._tasks, self._bar = services, tasks, bar
        self.outline = Outline()
        self._recent: list[str] | None = None  # None: not known
        self._tags: tuple[str, ...] = ()  # the person's
        self._last = ""  # what was remembered last
        self._found: list[Completion] = []
        self._deeds: list[partial[None]] = []
        bar.box.typed.connect(self._complete)
        bar.box.recalled.connect(self.recall)

    # What was searched before ----------------------------------------------------------------------

    def remember(self) -> None:
        """The person goes on from a search: it was worth something."""
        text = self._bar.text.strip()
        if not text or text == self._last or not self._services.writable:
            return
        self._last = text
        if self._recent is not None:
            self._recent = [text, *(each for each in self._recent if each != text)]
        self._tasks.change(lambda: self._services.searches.remember(text))

    def recall(self) -> None:
        """Offer what was searched before; on to the list where there is nothing."""
        typed = self._bar.box.text()
        self._tasks.query("recent", self._services.searches.recent, lambda recent: self._offer_recent(recent, typed))

    def _offer_recent(self, recent: Sequence[str], typed: str) -> None:
        from veille.ui.search.popup import Choice

        self._recent = list(recent)
        if self._bar.box.text() != typed:  # the person went on meanwhile
            return
        if not recent:
            self._bar.left.emit()
            return
        shown = self._recent[:BEFORE]
        choices = [Choice(text, icon="clock") for text in shown]
        choices.append(Choice(_("Clear the history of searches"), apart=True))
        deeds = [partial(self._bar.put, text) for text in shown]
        self._open(choices, [*deeds, partial(self._clear)], entered=True)

    def _clear(self) -> None:
        def told(_none: None) -> None:
            self._recent, self._last = [], ""
            self.told.emit(_("The history of searches is empty."))

        self._tasks.change(lambda: self._services.searches.forget(), told)

    # Going on with what is typed -------------------------------------------------------------------

    def _complete(self, typed: str) -> None:
        if self._recent is None or len(typed) == 1:  # a search begins
            self._recent = self._recent or []
            self._tasks.query("known", self._look_up, self._take_known)
        if not typed.strip():
            self._bar.box.close_popup()
            return
        from veille.core.searching.completion import complete

        at = len(_points(typed, self._bar.box.cursorPosition()))
        self._found = complete(typed, at, self.outline, self._recent, self._tags)[:MOST]
        if not self._found:
            self._bar.box.close_popup()
            return
        from veille.ui.search.popup import Choice

        # Down goes in where an operator takes one of these; from plain words it goes on to the list.
        inside = any(":" in typed[each.start : each.end] for each in self._found if each.text not in self._recent)
        choices = [Choice(each.label, each.detail) for each in self._found]
        self._open(choices, [partial(self._take, typed, each) for each in self._found], entered=inside)

    def _look_up(self) -> tuple[list[str], tuple[str, ...]]:
        return self._services.searches.recent(), self._services.annotations.tags()

    def _take_known(self, known: tuple[list[str], tuple[str, ...]]) -> None:
        self._recent, self._tags = known

    def _take(self, typed: str, found: "Completion") -> None:
        """Put it in the place of what it goes on with; the box can undo that."""
        box = self._bar.box
        start, end = _units(typed[: found.start]), _units(typed[: found.end])
        box.setFocus(Qt.FocusReason.OtherFocusReason)
        box.setSelection(start, end - start)
        box.insert(found.text)

    # The list under the box ------------------------------------------------------------------------

    def _open(self, choices: "list[Choice]", deeds: "list[partial[None]]", *, entered: bool) -> None:
        self._deeds = deeds
        self._popup().open(choices, entered=entered)

    def _popup(self) -> "Popup":
        from veille.ui.search.popup import Popup

        box = self._bar.box
        if box.popup is None:
            box.popup = Popup(box)
            box.popup.taken.connect(lambda row: self._deeds[row]())
        return box.popup


def _points(text: str, units: int) -> str:
    """The beginning of ``text`` that is ``units`` of Qt's 16-bit units long."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "replace")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
