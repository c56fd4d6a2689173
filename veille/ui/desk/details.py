"""The pane beside the table: what there is to say of the source that is chosen, or of several together."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from veille.core.curating.desk import kind_in_words, often, origin_in_words, share
from veille.core.curating.findings import name
from veille.i18n import _, day, labelled, moment, ngettext, number
from veille.model import Membership
from veille.ui.desk.deeds import Deeds, ailing, button
from veille.ui.desk.table import money
from veille.ui.labels import PlainLabel
from veille.ui.layouts import down, fitting, named
from veille.ui.strips import Flow
from veille.ui.tasks import Tasks
from veille.ui.theme import colours, sized

if TYPE_CHECKING:
    from veille.core.curating.desk import DeskRow
    from veille.core.curating.findings import Finding
    from veille.core.services import Services

SLOT = "desk.habit"


class Details(QScrollArea):
    """Shows the rows that are chosen. Its page is made anew for others, and not for the same ones."""

    left = Signal()  # the button that had the keyboard is gone

    def __init__(self, services: "Services", tasks: Tasks, deeds: Deeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._tasks, self._deeds = services, tasks, deeds
        self._shown: tuple[DeskRow, ...] | None = None
        self._habit = PlainLabel()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what stands on it can be reached
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("The chosen source"))
        self._soon = QTimer(self, singleShot=True, interval=0)  # one look for a burst of arrow keys
        self._soon.timeout.connect(self._show)

    def show_chosen(self) -> None:
        """Say what there is to say of those that the deeds act on."""
        self._soon.start()

    def _show(self) -> None:
        rows = tuple(self._deeds.chosen)
        if rows == self._shown or not self.isVisibleTo(self.window()):
            return
        again = [row.source.id for row in rows] == [row.source.id for row in self._shown or ()]
        self._shown = rows
        self._tasks.forget(SLOT)
        at = self.verticalScrollBar().value() if again else 0
        before = self.widget()
        focused = before is not None and before.isAncestorOf(self.window().focusWidget() or self)
        page = fitting(QWidget())
        column = down(page, spacing=6, margins=(14, 4, 10, 8))
        if len(rows) == 1:
            self._add_source(column, rows[0])
        elif rows:
            self._add_several(column, rows)
        else:
            column.addWidget(_label(_("Choose a source to see more of it."), "muted"))
        column.addStretch(1)
        self.setWidget(page)
        self.verticalScrollBar().setValue(at)
        if focused:
            self.left.emit()

    # One ---------------------------------------------------------------------------------------------

    def _add_source(self, column: QVBoxLayout, row: "DeskRow") -> None:
        source = row.source
        title = _label(source.label)
        title.setFont(sized(self.font(), 1.15, bold=True))
        address = _label(source.address, "muted")
        address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(title)
        column.addWidget(address)
        self._habit = _label("", "muted")
        facts = [
            kind_in_words(source.kind), source.lang, _("paused") if row.paused else "",
            ", ".join(source.labels),
        ]  # fmt: skip
        column.addWidget(_label(" · ".join(filter(None, facts)), "muted"))
        for each in row.findings:
            self._add_finding(column, row, each)
        for text in _figures(row):
            column.addWidget(_label(text))
        column.addWidget(self._habit)
        self._habit.hide()
        self._ask_habit(source.id)
        if not row.members:
            column.addWidget(_label(_("It is in no sector.")))
            column.addWidget(_label(_("Added on {when}.").format(when=moment(source.added)), "muted"))
        for member, sector in zip(row.members, row.sectors, strict=True):
            self._add_member(column, row, member, sector)
        column.addSpacing(6)
        column.addWidget(
            _flow(
                button(_("Show what it gave"), self._deeds.show),
                button(_("Refresh"), self._deeds.refresh),
            )
        )

    def _add_finding(self, column: QVBoxLayout, row: "DeskRow", finding: "Finding") -> None:
        column.addSpacing(6)
        text = _label(finding.text)
        text.setFont(sized(self.font(), 1.0, bold=True))
        text.setStyleSheet(f"color: {colours().warn};")
        column.addWidget(text)
        if finding.advice:
            column.addWidget(_label(finding.advice))
        buttons = [
            button(name(cure), lambda cure=cure: self._deeds.cure(row, finding, cure))  # type: ignore[misc]
            for cure in finding.cures
        ]
        for each in buttons:
            each.setAccessibleDescription(finding.text)
        column.addWidget(_flow(*buttons))
        column.addSpacing(6)

    def _add_member(self, column: QVBoxLayout, row: "DeskRow", member: Membership, sector: str) -> None:
        column.addSpacing(6)
        title = _label(sector)
        title.setFont(sized(self.font(), 1.0, bold=True))
        column.addWidget(title)
        facts = [_("Added on {when}.").format(when=moment(member.when)), labelled(_("By"), origin_in_words(member))]
        if member.trial:
            facts.append(_("On trial until {day}.").format(day=day(member.trial)))
        column.addWidget(_label("\n".join(facts), "muted"))
        column.addWidget(_label(labelled(_("Why"), member.why or _("no reason was noted"))))
        if not member.pack:  # its curator writes the reason
            change = button(_("Change…"), lambda: self._deeds.explain(row, member))
            change.setAccessibleDescription(_("Why “{title}” is there").format(title=row.source.label))
            column.addWidget(_flow(change))

    def _ask_habit(self, source: int) -> None:
        self._tasks.query(SLOT, lambda: self._services.health.habit(source).text, self._take_habit)

    def _take_habit(self, text: str) -> None:
        self._habit.setText(labelled(_("Habit"), text))
        self._habit.setVisible(bool(text))

    # Several -----------------------------------------------------------------------------------------

    def _add_several(self, column: QVBoxLayout, rows: "tuple[DeskRow, ...]") -> None:
        count = len(rows)
        title = _label(ngettext("{n} source chosen", "{n} sources chosen", count).format(n=number(count)))
        title.setFont(sized(self.font(), 1.15, bold=True))
        column.addWidget(title)
        sick, paused = ailing(rows), sum(row.paused for row in rows)
        tried = sum(row.trial is not None for row in rows)
        lines = [
            ngettext("{n} needs attention", "{n} need attention", sick).format(n=number(sick)) if sick else "",
            ngettext("{n} paused", "{n} paused", paused).format(n=number(paused)) if paused else "",
            ngettext("{n} on trial", "{n} on trial", tried).format(n=number(tried)) if tried else "",
        ]
        if any(lines):
            column.addWidget(_label("\n".join(filter(None, lines)), "muted"))
        column.addWidget(_label(_counted(Counter(kind_in_words(row.source.kind) for row in rows))))
        sectors = Counter(sector for row in rows for sector in row.sectors or (_("In no sector"),))
        column.addWidget(_label(_counted(sectors)))

    def forget(self) -> None:
        """Drop what is under way for it."""
        self._soon.stop()
        self._tasks.forget(SLOT)


def _figures(row: "DeskRow") -> Iterable[str]:
    """What it gave lately, as lines."""
    if row.last is None:
        yield _("It has given nothing yet.")
    else:
        yield _("Last item: {when}").format(when=moment(row.last))
        yield _("{n} items a week over the last four weeks").format(n=often(row.weekly))
    if row.read is not None and row.saved is not None:
        yield _("{read} read, {saved} saved").format(read=share(row.read), saved=share(row.saved))
    if row.cost is not None:
        yield _("{cost} paid to X this month").format(cost=money(row.cost))


def _counted(counts: Counter[str]) -> str:
    """The most frequent first, a line each, some ten."""
    lines = [labelled(name, number(count)) for name, count in counts.most_common(10)]
    return "\n".join([*lines, "…"] if len(counts) > len(lines) else lines)


def _label(text: str, name: str = "") -> PlainLabel:
    label = PlainLabel(text)
    label.setWordWrap(True)
    return named(label, name) if name else label


def _flow(*widgets: QWidget) -> QWidget:
    row, flow = QWidget(), Flow()
    flow.setContentsMargins(0, 0, 0, 0)
    row.setLayout(flow)
    for each in widgets:
        flow.addWidget(each)
    return row
