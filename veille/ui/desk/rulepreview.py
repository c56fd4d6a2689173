"""What a rule would have done over the last days: asked for while one types, shown with the titles."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from veille.errors import Cancelled, VeilleError
from veille.i18n import _, moment, ngettext, number
from veille.rules import Rule
from veille.ui.labels import PlainLabel, safe
from veille.ui.layouts import across, down, named
from veille.ui.tasks import QUIET, Task, Tasks

if TYPE_CHECKING:
    from veille.core.rules.rules import Preview
    from veille.core.services import Services
    from veille.model import Hit

SLOT = "rule preview"
TYPING = 300  # ms after the last letter
LOOK = 100  # ms between two looks at how far it is
MOST = 200  # titles that are listed
SOURCE = 120  # logical pixels of the name of a source

Found = tuple["Preview | None", "list[Hit]", str]  # and what is wrong with the rule


class RulePreview(QWidget):
    """``settled`` says that an answer came: what is wrong with the rule, "" where it is nothing that the person wrote.

    :attr:`preview` is then that of the rule :attr:`shown`, or None.
    """

    settled = Signal(str)

    def __init__(self, services: "Services", tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._tasks = services, tasks
        self.preview: Preview | None = None
        self.shown: Rule | None = None  # as it was asked about
        self._rule: Rule | None = None
        self._task: Task | None = None
        self.text = PlainLabel()
        self.text.setWordWrap(True)
        self.list = QTreeWidget()
        self.list.setAccessibleName(_("Items that this rule is for"))
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setStyleSheet("QTreeView { padding: 4px; } QTreeView::item { padding: 2px 4px; }")
        self.list.setMinimumHeight(6 * self.fontMetrics().lineSpacing())
        self.more = named(PlainLabel(), "muted")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(_("Progress"))
        self.stop = QPushButton(_("Stop"), autoDefault=False)
        self.again = QPushButton(_("Look again"), autoDefault=False)
        self._calm = QTimer(self, singleShot=True, interval=TYPING)
        self._slow = QTimer(self, singleShot=True, interval=QUIET)
        self._watch = QTimer(self, interval=LOOK)
        self._lay_out()
        self._calm.timeout.connect(self._ask)
        self._slow.timeout.connect(self._show_work)
        self._watch.timeout.connect(self._show_progress)
        self.stop.clicked.connect(self.cancel)
        self.again.clicked.connect(self._ask)
        self._rest()
        self._empty()

    def _lay_out(self) -> None:
        self._work = QWidget()
        work = across(self._work, spacing=12)
        work.addWidget(self.bar, 1)
        work.addWidget(self.stop)
        self.head = QWidget()
        head = down(self.head, spacing=8)
        row = across(spacing=12)
        row.addWidget(self.text, 1)
        row.addWidget(self.again)
        head.addLayout(row)
        head.addWidget(self._work)
        self._column = down(self, spacing=8)
        self._column.addWidget(self.list, 1)
        self._column.addWidget(self.more)
        self._column.addStretch(0)
        self.take_head()

    def take_head(self) -> None:
        """Have the sentence over the list; on a small screen it stands elsewhere, where it is always seen."""
        if self._column.indexOf(self.head) < 0:
            self._column.insertWidget(0, self.head)

    # Asking ---------------------------------------------------------------------------------------

    def ask(self, rule: Rule, *, at_once: bool = False) -> None:
        """Look what ``rule`` would have done, a moment later; only the last one that is asked about counts."""
        self.forget()
        self._rule = rule
        self.again.hide()
        self.text.setText(_("Looking what it would have done…"))
        if at_once:
            self._ask()
        else:
            self._calm.start()

    def hurry(self) -> None:
        """Look now for what was to be looked for a moment later."""
        if self._calm.isActive():
            self._ask()

    def wait(self) -> None:
        """There is no rule yet to look at."""
        self.forget()
        self._empty()
        self.text.setText(waiting())

    def forget(self) -> None:
        """Nothing that is under way counts any more."""
        self._calm.stop()
        if self._task is not None:
            self._task.cancel()
        self._tasks.forget(SLOT)
        self.preview = self.shown = self._rule = None
        self._rest()

    def cancel(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()

    @property
    def slow(self) -> bool:
        """Whether it takes so long that it can be stopped."""
        return self._work.isVisible()

    def _ask(self) -> None:
        rule = self._rule
        if rule is None:
            return
        self._calm.stop()
        self.again.hide()
        task = self._task = Task(SLOT)
        rules, library = self._services.rules, self._services.library

        def look() -> Found:
            try:
                preview = rules.preview(rule, task)
                return preview, library.hits(preview.ids[:MOST]), ""
            except Cancelled:
                return None, [], ""
            except VeilleError as error:
                return None, [], str(error)

        self._slow.start()
        self._tasks.query(SLOT, look, self._take, lambda: self._take((None, [], "")))

    # What came back -------------------------------------------------------------------------------

    def _take(self, found: Found) -> None:
        self._rest()
        self.preview, hits, problem = found
        self.shown = self._rule if self.preview else None
        self._empty()
        if self.preview:
            self.text.setText(self.preview.text)
        elif problem:
            self.text.setText(waiting())
        else:
            self.text.setText(_("It was stopped. A rule can be kept once you have seen what it would have done."))
            self.again.show()
        for hit in hits:
            title = hit.title.text or hit.excerpt.text
            source = self.fontMetrics().elidedText(hit.source, Qt.TextElideMode.ElideRight, SOURCE)
            row = QTreeWidgetItem([title, source, moment(hit.item.at)])
            for column, whole in enumerate((title, hit.source)):
                row.setToolTip(column, safe(whole))
            self.list.addTopLevelItem(row)
        self.list.setColumnHidden(1, self.preview is not None and self.preview.rule.source > 0)
        left = len(self.preview.ids) - len(hits) if self.preview else 0
        self.list.setVisible(bool(hits))
        self.more.setText(ngettext("and {n} more item", "and {n} more items", left).format(n=number(left)))
        self.more.setVisible(left > 0)
        self.settled.emit(problem)

    def _empty(self) -> None:
        self.list.clear()
        self.list.hide()
        self.more.hide()
        self.again.hide()

    def _show_work(self) -> None:
        self.bar.setRange(0, 0)
        self._work.show()
        self._watch.start()

    def _show_progress(self) -> None:
        if self._task is not None:
            done, total, _text = self._task.state
            self.bar.setRange(0, total)
            self.bar.setValue(done)

    def _rest(self) -> None:
        self._task = None
        self._slow.stop()
        self._watch.stop()
        self._work.hide()


def waiting() -> str:
    """What stands there while there is no rule."""
    return _("What it would have done is shown here once the rule is whole.")
