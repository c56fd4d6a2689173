"""What a candidate gives, before it is added: asked for once, when the person says so."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from veille.i18n import _, moment
from veille.ui.desk.asking import Asking
from veille.ui.desk.lines import Lines
from veille.ui.dialogs.notes import Note
from veille.ui.labels import PlainLabel, breakable
from veille.ui.layouts import down
from veille.ui.tasks import Tasks

if TYPE_CHECKING:
    from veille.content.networks import Meant
    from veille.core.curating.discovery import Candidate, Discovery, Plan, Preview
    from veille.model import Item

ANNOUNCE = "discovery.announce"
ROWS = 4  # items that show at once; the list scrolls to the others
KEPT = 20  # previews of one dialogue


class Gives(QWidget):
    """Sentences about a preview, and its last items."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = PlainLabel()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.items = Lines(_("Last items"), ROWS)
        column = down(self, spacing=6)
        column.addWidget(self.text)
        column.addWidget(self.items)
        self.hide()

    def tell(self, preview: "Preview | None") -> None:
        """Show it; None for nothing."""
        self.setVisible(preview is not None)
        self.items.clear()
        self.text.setText(breakable(" ".join(preview.text)) if preview else "")
        for each in preview.items if preview else ():
            self._add(each)
        self.items.fit()

    def _add(self, item: "Item") -> None:
        title, summary = item.title or item.summary, item.summary if item.title else ""
        date = moment(item.published) if item.published else _("without a date")
        self.items.add(title or item.url, (date, summary[:200]), tip=title)


class Previewing(QWidget):
    """The preview of one candidate; ``came`` says that there is one now."""

    came = Signal()

    def __init__(
        self, discovery: "Callable[[], Discovery] | None", tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._discovery, self._tasks = discovery, tasks
        self._candidate: Candidate | None = None
        self._kept: dict[Meant, Preview] = {}
        self.asking = Asking(tasks)
        self.gives = Gives()
        self.note = Note(self.asking.button)
        column = down(self, spacing=8)
        for each in (self.asking, self.note, self.gives):
            column.addWidget(each)
        self.hide()

    @property
    def preview(self) -> "Preview | None":
        """What the candidate gives, if that was asked."""
        return self._kept.get(self._candidate.meant) if self._candidate else None

    def show_candidate(self, candidate: "Candidate | None") -> None:
        """Show what is known of it, and announce what would be asked."""
        self._candidate = candidate
        self._tasks.forget(ANNOUNCE)
        self.asking.withdraw()
        self.note.tell("")
        self.setVisible(candidate is not None and self._discovery is not None)
        self.gives.tell(self.preview)
        if self.preview is None:
            self._announce(lambda plan: self._offer(plan, at_once=not plan.steps))  # it is here already

    def forget(self) -> None:
        """Nothing is chosen; what was asked for before is asked for anew."""
        self._kept.clear()
        self.show_candidate(None)

    def close_down(self) -> None:
        """Drop what is under way."""
        self._tasks.forget(ANNOUNCE)
        self.asking.cancel()

    def _announce(self, then: "Callable[[Plan], None]") -> None:
        candidate, discovery = self._candidate, self._discovery
        if candidate is not None and discovery is not None:
            self._tasks.query(ANNOUNCE, lambda: discovery().announce(candidate), then)

    def _offer(self, plan: "Plan", *, at_once: bool = False) -> None:
        candidate, discovery = self._candidate, self._discovery
        if candidate is None or discovery is None:
            return
        self.asking.offer(
            _("Preview"), plan, lambda progress: discovery().preview(candidate, progress, plan), self._take,
            self._fail)  # fmt: skip
        if at_once:
            self.asking.line.setText("")
            self.asking.start()

    def _take(self, preview: "Preview") -> None:
        if self._candidate is None:
            return
        focused = self.asking.button.hasFocus()
        if len(self._kept) >= KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[self._candidate.meant] = preview
        self.note.tell("")
        self.asking.withdraw()
        self.gives.tell(preview)
        if focused and preview.items:
            self.gives.items.setFocus()
        self.came.emit()

    def _fail(self, problem: str) -> None:
        self.note.tell(breakable(problem))
        self._announce(self._offer)  # who was asked may have sent on to somebody else
