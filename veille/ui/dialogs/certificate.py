"""Saves a certificate: a page that states what was sent in a period, to whom, and that nothing was written."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QWidget

from veille.i18n import _
from veille.ui.dialogs import files
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, down
from veille.ui.periods import Period, Span
from veille.ui.tasks import Tasks
from veille.ui.theme import dress

if TYPE_CHECKING:
    from veille.core.services import Services

USUAL = 30  # days


class CertificateDialog(QDialog):
    """Asks for the period."""

    def __init__(self, parent: QWidget, services: "Services") -> None:
        super().__init__(parent)
        dress(self)
        self.setWindowTitle(_("Certificate"))
        about = PlainLabel(
            _("A page that states what Veille sent in a period, to whom, and that nothing was written, "
              "with the totals that support it.")
        )  # fmt: skip
        about.setWordWrap(True)
        self.period = Period(services.clock, USUAL)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Save).setText(_("Save as…"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        row = across(spacing=12)
        row.addWidget(PlainLabel(_("Period")))
        row.addWidget(self.period, 1)
        column = down(self, spacing=16, margins=(24, 20, 24, 16))
        column.addWidget(about)
        column.addLayout(row)
        column.addStretch(1)
        column.addWidget(buttons)
        self.setMinimumWidth(460)


def open_certificate(window: QWidget, services: "Services", tasks: Tasks, told: Callable[[str], None]) -> None:
    """Ask for a period and a file; ``told`` says what was written, ``tasks.failed`` what went wrong."""
    dialog = CertificateDialog(window, services)
    span = dialog.period.span if dialog.exec() else None
    dialog.deleteLater()
    if span:
        save_certificate(window, services, tasks, span, told)


def save_certificate(
    parent: QWidget, services: "Services", tasks: Tasks, span: Span, told: Callable[[str], None]
) -> None:
    """Ask for a file, and write the certificate of ``span`` to it: PDF or HTML, by its ending."""
    since, until = _closed(services, span)
    path = files.ask_file(parent, _("Save the certificate"), save=_name(since, until), kinds=files.PAGE)
    if path:
        tasks.change(lambda: _save(services, since, until, Path(path)), told)


def _save(services: "Services", since: datetime, until: datetime, path: Path) -> str:
    from veille.files import writing
    from veille.ui.paper import print_pdf

    html = services.certificates.certificate(since, until)
    if path.suffix.lower() == ".pdf":
        print_pdf(html, path)
    else:
        with writing(path) as file:
            file.write(html.encode())
    return _("The certificate was written to {file}.").format(file=path.name)


def _closed(services: "Services", span: Span) -> tuple[datetime, datetime]:
    """``span`` with its two ends; one that is open goes from the first trace that is kept to now."""
    now = services.clock.now()
    return span[0] or services.traces.first or now, min(span[1] or now, now)


def _name(since: datetime, until: datetime) -> str:
    """A name for the file, by the days that it covers."""
    first = since.astimezone().date()
    last = max(first, (until - timedelta(microseconds=1)).astimezone().date())
    return f"veille-{first}" if first == last else f"veille-{first}-{last}"
