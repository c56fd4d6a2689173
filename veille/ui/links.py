"""The way out to the browser, written down before it is taken; and the clipboard, for cleaned addresses."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from veille.i18n import _
from veille.ui.tasks import Tasks

if TYPE_CHECKING:
    from veille.core.services import Services

WEB = ("http", "https")


class Links(QObject):
    """Opens and copies addresses. Whether it may is asked in :mod:`veille.ui.revealing`."""

    told = Signal(str)  # a short sentence about what was done
    opened = Signal()  # one more contact was written down

    def __init__(self, services: "Services", tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._tasks = services, tasks

    def open(self, address: str, source: int = 0) -> None:
        """Open ``address`` of ``source`` (0: none) in the browser; nothing but http, https and mailto.

        Browser contacts are written down first: what cannot be written down is not opened.
        """
        if is_web(address):
            self._tasks.change(
                lambda: self._services.traces.opened(address, source), lambda _none: self._hand_over(address)
            )
        elif is_mail(address):
            self._hand_over(address)

    def _hand_over(self, address: str) -> None:
        if QDesktopServices.openUrl(QUrl(address)):
            self.told.emit(_("Opened in your browser.") if is_web(address) else _("Opened in your mail program."))
        else:
            self.told.emit(_("No program was found that opens {address}.").format(address=address))
        self.opened.emit()

    def copy_whole(self, address: str) -> None:
        """Put the ``address`` of a source on the clipboard as it is: it may need all its parts."""
        QGuiApplication.clipboard().setText(address)
        self.told.emit(_("Address copied."))

    def copy(self, address: str) -> None:
        """Put ``address`` on the clipboard, cleaned, and say what was taken out."""
        from veille.content.cleaning import explain

        if not address:
            self.told.emit(_("This item has no link."))
            return
        clean, without = explain(address)
        QGuiApplication.clipboard().setText(clean)
        if without:
            self.told.emit(_("Link copied, without {parts}.").format(parts=", ".join(without)))
        else:
            self.told.emit(_("Link copied."))


def is_web(address: str) -> bool:
    """Whether a browser is what opens ``address``."""
    return QUrl(address).scheme().lower() in WEB


def is_mail(address: str) -> bool:
    """Whether ``address`` begins a letter, which shows nothing until it is sent."""
    return QUrl(address).scheme().lower() == "mailto"


def host(address: str) -> str:
    """The part of ``address`` that a person recognises."""
    return QUrl(address).host() or address
