"""A round badge with initials, drawn here: no avatar and no site's icon is ever asked for."""

from unicodedata import normalize

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from veille.ui import theme

SIZE = 24  # logical pixels


def initials(name: str) -> str:
    """The first letters of the first two words that begin with a letter or digit, in capitals; "" for none."""
    words = normalize("NFC", name).split()
    first = [letters[0] for word in words if (letters := word.lstrip("“”\"'«»([{#@*-–—.&"))]
    return "".join([letter for letter in first if letter.isalnum()][:2]).upper()[:2]


class Badge(QWidget):
    """The badge of whoever speaks. It says nothing to a screen reader: the name stands beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ""
        self.setFixedSize(QSize(SIZE, SIZE))

    def show_name(self, name: str) -> None:
        """Draw it for ``name``; nothing for ""."""
        self.name = name
        self.setVisible(bool(initials(name)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.source_colour(self.name))
        painter.drawEllipse(QRectF(self.rect()))
        font = theme.sized(self.font(), 0.8, bold=True)
        painter.setFont(font)
        painter.setPen(QColor(theme.colours().on_accent))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, initials(self.name))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.update()
