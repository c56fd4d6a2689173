"""Watching a page that has no feed: a selector, and at once what it would give. Nobody is asked."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from veille.errors import VeilleError
from veille.i18n import _
from veille.ui.desk.previewing import Gives
from veille.ui.dialogs.notes import Note
from veille.ui.labels import PlainLabel, breakable
from veille.ui.layouts import down, named
from veille.ui.tasks import Tasks

if TYPE_CHECKING:
    from veille.core.curating.discovery import Discovery, Preview

SELECTORS, SELECT = "discovery.selectors", "discovery.select"
TYPING = 300  # ms after the last letter
LONGEST = 300  # letters of a selector


class Selecting(QWidget):
    """``judged`` says that the selector that stands there was tried, or that another is tried now."""

    judged = Signal()

    def __init__(self, discovery: "Callable[[], Discovery]", tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._discovery, self._tasks = discovery, tasks
        self._page = ""
        self.preview: Preview | None = None
        self.box = QComboBox(editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(20)
        self.box.setAccessibleName(_("Selector"))
        self.box.setCompleter(None)  # type: ignore[arg-type]  # it would write into what is typed
        line = self.box.lineEdit()
        assert line is not None
        self.line = line
        line.setMaxLength(LONGEST)
        line.setPlaceholderText("main article h2 a")
        line.setAccessibleName(_("Selector"))
        self.help = named(PlainLabel(), "muted")
        self.help.setWordWrap(True)
        self._explain()
        self.note = Note(line)
        self.gives = Gives()
        column = down(self, spacing=8)
        for each in (self.help, self.box, self.note, self.gives):
            column.addWidget(each)
        self._typing = QTimer(self, singleShot=True, interval=TYPING)
        self._typing.timeout.connect(self.judge)
        self.box.editTextChanged.connect(self._wait)
        self.box.activated.connect(lambda _at: self.judge())
        self.hide()

    @property
    def selector(self) -> str:
        """What stands there."""
        return self.box.currentText().strip()

    @property
    def good(self) -> bool:
        """Whether it finds something on the page."""
        return self.preview is not None and bool(self.preview.items)

    def show_page(self, page: str) -> None:
        """Propose selectors for ``page``, which was read; "" hides all of it."""
        self.setVisible(bool(page))
        discovery = self._discovery
        if page == self._page:
            return
        self.forget()
        self._page = page
        if page:
            self._tasks.query(SELECTORS, lambda: _proposals(discovery(), page), self._propose)

    def _explain(self, proposals: int = 1) -> None:
        text = _("A CSS selector finds the links on the page that are its items; below is what it would give. "
                 "Nobody is asked for this.")  # fmt: skip
        more = _("Proposals are in the list.") if proposals else _("Veille sees no list of links there to propose.")
        self.help.setText(f"{text} {more}")

    def close_down(self) -> None:
        """Drop what is under way."""
        self._typing.stop()
        for slot in (SELECTORS, SELECT):
            self._tasks.forget(slot)

    def forget(self) -> None:
        """Another page is looked at, or none."""
        self._page, self.preview = "", None
        self.close_down()
        self.box.blockSignals(True)
        self.box.clear()
        self.box.setEditText("")
        self.box.blockSignals(False)
        self._explain()
        self._show(None, "")

    def _propose(self, selectors: tuple[str, ...]) -> None:
        typed = self.box.currentText()
        self._explain(len(selectors))
        self.box.blockSignals(True)
        self.box.addItems(list(selectors))
        self.box.setEditText(typed or (selectors[0] if selectors else ""))
        self.box.blockSignals(False)
        if selectors and not typed:
            self.judge()

    def _wait(self) -> None:
        """What stands there is not known to be good."""
        self.preview = None
        self._tasks.forget(SELECT)
        self._typing.start()
        self.judged.emit()

    def judge(self) -> None:
        """Try what stands there."""
        self._typing.stop()
        discovery, page, selector = self._discovery, self._page, self.selector
        if not page or not selector:
            self._tasks.forget(SELECT)
            self._show(None, "")
            return
        self._tasks.query(SELECT, lambda: _tried(discovery(), page, selector), lambda answer: self._show(*answer))

    def _show(self, preview: "Preview | None", problem: str) -> None:
        self.preview = preview
        if preview is not None and not preview.items:
            problem = " ".join(preview.text) or _("Nothing on the page is found by this selector.")
        self.note.tell(breakable(problem))
        self.gives.tell(preview if self.good else None)
        self.judged.emit()


def _proposals(discovery: "Discovery", page: str) -> tuple[str, ...]:
    try:
        return discovery.selectors(page)
    except VeilleError:
        return ()


def _tried(discovery: "Discovery", page: str, selector: str) -> "tuple[Preview | None, str]":
    try:
        return discovery.select(page, selector), ""
    except VeilleError as error:
        return None, str(error)
