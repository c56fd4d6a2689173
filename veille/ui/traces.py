"""The traces window: every contact that was made, and what the other side could learn from it."""

import codecs
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from veille.contacts import Reason, Totals, TraceFilter
from veille.i18n import _, moment, ngettext, number, size
from veille.model import Changes, Outline
from veille.ui.dialogs import files
from veille.ui.dialogs.certificate import save_certificate
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, down, named
from veille.ui.periods import Period
from veille.ui.strips import Strip
from veille.ui.tasks import Tasks
from veille.ui.theme import colours, dress, sized
from veille.ui.tracelist import SLOT, TracesModel, TracesView

if TYPE_CHECKING:
    from veille.core.services import Services
    from veille.core.traces import TraceRow

TYPING = 250  # ms after the last letter of a host
CALM = 400  # ms between two looks while changes pour in
DAYS = 7  # that are shown at first
_TOTALS, _CHOICES = "traces.totals", "traces.choices"
READS = ("GET", "HEAD")


class TracesWindow(QDialog):
    """Filters above, the table, and the chosen trace in words below. It never asks in the face's own thread."""

    def __init__(self, parent: QWidget, services: "Services", tasks: Tasks) -> None:
        super().__init__(parent)
        self._services, self._tasks = services, tasks
        self._open = True
        self._dressed = colours()
        dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Traces"))
        self.model = TracesModel(services.traces, tasks, self)
        self._build()
        self._lay_out()
        self._connect()
        self.resize(QSize(1160, 700).boundedTo(self.screen().availableSize() * 0.9))
        self._show(None)
        self.look()
        self._ask_choices()
        self.table.setFocus()

    # Layout ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.totals = PlainLabel()
        self.totals.setFont(sized(self.font(), 1.1, bold=True))
        self.kept = named(PlainLabel(), "muted")
        self.host = QLineEdit(clearButtonEnabled=True, placeholderText=_("All hosts"), maxLength=300)
        self.host.setAccessibleName(_("Host"))
        self.host.setToolTip(_("A whole name: example.org finds www.example.org too"))
        self.source = QComboBox()
        self.source.setAccessibleName(_("Source"))
        self.source.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.source.setMinimumContentsLength(22)
        self.source.addItem(_("All sources"), None)
        self.period = Period(self._services.clock, DAYS)
        self.strip = Strip()
        self.table = TracesView(self.model)
        self.empty = named(PlainLabel(), "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.details = QPlainTextEdit(readOnly=True, tabChangesFocus=True)
        self.details.setAccessibleName(_("What the other side could learn"))
        self.details.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        for label in (self.totals, self.kept):
            label.setWordWrap(True)
        self._typing = QTimer(self, singleShot=True, interval=TYPING)
        self._calm = QTimer(self, singleShot=True, interval=CALM)

    def _lay_out(self) -> None:
        filters = across(spacing=8)
        filters.addWidget(self.host, 1)
        filters.addWidget(self.source, 1)
        filters.addWidget(self.period)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        split = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        split.addWidget(self.stack)
        split.addWidget(self.details)
        split.setStretchFactor(0, 1)
        line = self.fontMetrics().lineSpacing()
        self.stack.setMinimumHeight(7 * line)
        self.details.setMinimumHeight(4 * line)
        split.setSizes([400, 10 * line])
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        action = QDialogButtonBox.ButtonRole.ActionRole
        self.export = self.buttons.addButton(_("Export as CSV…"), action)
        self.certify = self.buttons.addButton(_("Certificate…"), action)
        self.certify.setToolTip(_("A page for this period, about all hosts and sources"))
        column = down(self, spacing=10, margins=(24, 18, 24, 16))
        for part in (self.totals, self.kept):
            column.addWidget(part)
        column.addLayout(filters)
        column.addWidget(self.strip)
        column.addWidget(split, 1)
        column.addWidget(self.buttons)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)

    def _connect(self) -> None:
        self.host.textChanged.connect(lambda _text: self._typing.start())
        self._typing.timeout.connect(self.look)
        self._calm.timeout.connect(self._look_again)
        self.source.currentIndexChanged.connect(lambda _at: self.look())
        self.period.chosen.connect(self.look)
        self.model.asked.connect(self._explain_empty)
        self.table.shown.connect(self._show)
        self.export.clicked.connect(self._export)
        self.certify.clicked.connect(self._certify)
        self.buttons.rejected.connect(self.reject)
        self._tasks.failed.connect(self._fail)
        self._tasks.changed.connect(self._take)

    # Asking ---------------------------------------------------------------------------------------

    @property
    def wanted(self) -> TraceFilter:
        """What is looked at."""
        since, until = self.period.span
        return TraceFilter(self.host.text().strip().lower(), self.source.currentData(), since, until)

    def look(self) -> None:
        """Ask for the first page and the totals."""
        self._typing.stop()
        self.model.show(self.wanted)
        self._ask_totals()

    def _look_again(self) -> None:
        self.model.refresh()
        self._ask_totals()

    def _ask_totals(self) -> None:
        traces, wanted = self._services.traces, self.wanted
        days = self._services.preferences.values.keep_traces

        def ask() -> tuple[Totals, str]:
            return traces.totals(wanted), how_long(days, traces.first, traces.kept_since)

        self._tasks.query(_TOTALS, ask, lambda answer: self._take_totals(*answer))

    def _ask_choices(self) -> None:
        services = self._services
        self._tasks.query(
            _CHOICES,
            lambda: (services.curation.outline(), services.traces.hosts()),
            lambda answer: self._take_choices(*answer),
        )

    # What came back -------------------------------------------------------------------------------

    def _take(self, _changes: Changes) -> None:
        """A pass or a deed may have made contacts."""
        if not self._calm.isActive():
            self._calm.start()

    def _take_totals(self, totals: Totals, kept: str) -> None:
        self.totals.setText(in_words(totals))
        self.kept.setText(kept)
        self.export.setEnabled(bool(totals.by_reason))

    def _take_choices(self, outline: Outline, hosts: list[str]) -> None:
        for source in sorted(outline.named.values(), key=lambda each: each.label.casefold()):
            self.source.addItem(source.label, source.id)
        known = QCompleter(hosts, self)
        known.setFilterMode(Qt.MatchFlag.MatchContains)
        known.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.host.setCompleter(known)

    def _explain_empty(self) -> None:
        wanted = self.wanted
        if wanted.host:
            text = _("No trace of “{host}” in this period. A whole name is looked for, and what is below it.")
        elif wanted.source is not None:
            text = _("No trace of this source in this period.")
        elif wanted.since is not None:
            text = _("No trace in this period: Veille contacted nobody.")
        else:
            text = _("No trace yet: Veille has contacted nobody.")
        self.empty.setText(text.format(host=wanted.host))
        self.stack.setCurrentWidget(self.table if self.model.rows else self.empty)
        if self.model.rows and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _show(self, row: "TraceRow | None") -> None:
        text = "\n\n".join((details(row), what_remains())) if row else what_remains()
        if text != self.details.toPlainText():
            self.details.setPlainText(text)

    # What is done ---------------------------------------------------------------------------------

    def _export(self) -> None:
        path = files.ask_file(self, _("Export the traces"), save="veille-traces", kinds=files.TABLE)
        if path:
            wanted = self.wanted
            self._tasks.change(lambda: self._write(wanted, Path(path)), self._tell)

    def _write(self, wanted: TraceFilter, path: Path) -> str:
        from veille.files import writing

        with writing(path) as file:
            count = self._services.traces.csv(wanted, codecs.getwriter("utf-8")(file).write)
        done = ngettext("{n} trace was written to {file}.", "{n} traces were written to {file}.", count)
        return done.format(n=number(count), file=path.name)

    def _certify(self) -> None:
        save_certificate(self, self._services, self._tasks, self.period.span, self._tell)

    def _tell(self, text: str) -> None:
        if self._open:
            self.strip.tell(text, sign="check")

    def _fail(self, text: str) -> None:
        self.strip.tell(text, sign="warning", warn=True)

    # Qt's own -------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field or in the table closes nothing."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Back here there may be more to see; and the scheme may have changed."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self._take(Changes())
        elif event.type() is QEvent.Type.PaletteChange and self._dressed is not colours():
            self._dressed = colours()
            dress(self)

    def done(self, result: int) -> None:
        """Close; what is under way for it is dropped."""
        self._open = False
        for slot in (SLOT, _TOTALS, _CHOICES):
            self._tasks.forget(slot)
        super().done(result)


def open_traces(window: QWidget, services: "Services", tasks: Tasks) -> TracesWindow:
    """Open the traces beside ``window``, which stays usable; once."""
    there = [each for each in window.findChildren(TracesWindow) if each.isVisible()]
    traces = there[0] if there else TracesWindow(window, services, tasks)
    traces.show()
    traces.activateWindow()
    return traces


# In words ----------------------------------------------------------------------------------------


def in_words(totals: Totals) -> str:
    """What they add up to, in a sentence or three."""
    reads = ngettext("{n} read", "{n} reads", totals.reads).format(n=number(totals.reads))
    hosts = ngettext("of {n} host", "of {n} hosts", totals.hosts).format(n=number(totals.hosts))
    parts = [
        _("{reads} {of_hosts}: {sent} sent, {received} received.").format(
            reads=reads, of_hosts=hosts, sent=size(totals.sent), received=size(totals.received)
        )
    ]
    if totals.failed:
        parts.append(ngettext("{n} failed.", "{n} failed.", totals.failed).format(n=number(totals.failed)))
    written = sum(count for method, count in totals.by_method.items() if method not in READS)
    if written:
        parts.append(ngettext("{n} write!", "{n} writes!", written).format(n=number(written)))
    else:
        parts.append(_("Nothing was written."))
    if opened := totals.by_reason.get(Reason.BROWSER, 0):
        text = ngettext("{n} link was opened in the browser.", "{n} links were opened in the browser.", opened)
        parts.append(text.format(n=number(opened)))
    return " ".join(parts)


def how_long(days: int, first: datetime | None, forgotten: datetime | None) -> str:
    """For how many ``days`` traces are kept, which is the oldest, and up to when they were forgotten."""
    parts = [ngettext("Traces are kept for {n} day.", "Traces are kept for {n} days.", days).format(n=number(days))]
    if first:
        parts.append(_("The oldest is from {when}.").format(when=moment(first)))
    if forgotten:
        parts.append(_("Those from before {when} were forgotten.").format(when=moment(forgotten)))
    return " ".join(parts)


def details(row: "TraceRow") -> str:
    """A trace at length, as plain text."""
    facts = [
        row.source and _("For {source}.").format(source=row.source),
        row.redirected_by and _("{host} sent on to this address.").format(host=row.redirected_by),
        row.ip and _("Connected to {ip}.").format(ip=row.ip),
        f"{row.outcome[:1].upper()}{row.outcome[1:]}".rstrip(".") + ".",
    ]
    head = _("What the other side could learn:")
    return "\n".join((f"{row.method} {row.address}", " ".join(filter(None, facts)), head, row.learnt))


def what_remains() -> str:
    """What no reader can hide."""
    return _(
        "What always shows: the address of this machine, or of the proxy; the way of speaking TLS, which tells what "
        "kind of software asks. Name servers and a proxy's operator know which hosts are asked."
    )
