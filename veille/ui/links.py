"""The only way out: opening a link in the browser, asked for first in read-only mode; and copying."""

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from veille.i18n import _

SCHEMES = ("http", "https", "mailto")


class Links(QObject):
    """Opens and copies addresses. ``asked`` carries an address that waits for the person's word."""

    asked = Signal(str)
    told = Signal(str)  # a short sentence about what was done

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.read_only = True

    def open(self, address: str) -> None:
        """Open ``address``, after a question in read-only mode; nothing but http, https and mailto."""
        if not address:
            self.told.emit(_("This item has no link."))
        elif not allowed(address):
            self.told.emit(_("Veille does not open {address}.").format(address=address))
        elif self.read_only:
            self.asked.emit(address)
        else:
            self.open_now(address)

    def open_now(self, address: str) -> None:
        """Open ``address`` in the browser: the person said so."""
        if allowed(address):
            QDesktopServices.openUrl(QUrl(address))
            self.told.emit(_("Opened in your browser."))

    def copy(self, address: str) -> None:
        """Put ``address`` on the clipboard."""
        if address:
            QGuiApplication.clipboard().setText(address)
            self.told.emit(_("Link copied."))
        else:
            self.told.emit(_("This item has no link."))


def allowed(address: str) -> bool:
    """Whether the address is one that may leave Veille at all."""
    return QUrl(address).scheme().lower() in SCHEMES


def host(address: str) -> str:
    """The part of ``address`` that a person recognises."""
    return QUrl(address).host() or address
