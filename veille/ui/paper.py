"""A page of HTML on paper: a PDF file, with or without a display."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QThread, QUrl
from PySide6.QtGui import QFont, QGuiApplication, QImage, QPageLayout, QPageSize, QPdfWriter, QTextDocument

POINTS = 9.5  # size of plain text
A4 = QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF())  # Qt adds 2 cm


def print_pdf(html: str, path: Path) -> None:
    """Write ``html`` to ``path`` as a PDF on A4, its pages numbered; nothing that it refers to is loaded.

    May be called from any thread once there is an application, else from the first. Raises ProfileUnwritable.
    """
    from veille.files import writing

    data = pdf(html)
    with writing(path) as file:
        file.write(data)


def pdf(html: str) -> bytes:
    """The bytes that :func:`print_pdf` writes."""
    app = QGuiApplication.instance() or QGuiApplication(["veille", "-platform", "offscreen"])  # fonts need one
    printer = _Printer(html)
    printer.start()
    printer.wait()
    del app
    if not printer.data:
        raise RuntimeError("the page was not printed")  # why stands in the terminal
    return printer.data


class _Printer(QThread):
    """A thread of Qt's own: laying out a page takes a timer, which other threads have not."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._html = html
        self.data = b""

    def run(self) -> None:
        """Print."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        _print(self._html, buffer)
        self.data = bytes(buffer.data().data())


def _print(html: str, to: QBuffer) -> None:
    page = _Page()
    page.setDefaultFont(_font())
    page.setHtml(html)
    writer = QPdfWriter(to)  # complete when it is gone
    writer.setCreator("Veille")
    writer.setTitle(page.metaInformation(QTextDocument.MetaInformation.DocumentTitle))
    writer.setPageLayout(A4)
    page.print_(writer)


def _font() -> QFont:
    font = QFont(["Inter", "Noto Sans", "DejaVu Sans", "Segoe UI", "Helvetica", "Arial"])
    font.setPointSizeF(POINTS)
    return font


class _Page(QTextDocument):
    """Loads nothing, whatever it refers to."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: ARG002 - Qt's signature
        """Not null, and for a picture a real one: Qt would otherwise look for a file of that name itself."""
        if kind == QTextDocument.ResourceType.ImageResource.value:
            blank = QImage(1, 1, QImage.Format.Format_ARGB32)
            blank.fill(0)
            return blank
        return QByteArray(b" ")
