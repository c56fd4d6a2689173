"""Bytes that the person asked for become pictures: a few formats, with caps, never on the window's thread."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt, QUrl
from PySide6.QtGui import QImage, QImageReader

from veille.errors import NoPicture

if TYPE_CHECKING:
    from veille.core.pictures import Picture as Came

DOTS = 25_000_000  # of a picture that is decoded at all
LARGEST = QSize(1200, 1800)  # dots that are kept
SMALLEST = 3  # dots a side: less is no picture but a mark
SCHEME = "veille"  # of addresses that mean something inside this window alone


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of an item: its address, and what came of it. ``image`` is None where ``why`` says what was wrong."""

    url: str
    image: QImage | None
    why: str = ""


def shown(came: "Came") -> Picture:
    """What came, decoded, or the reason why there is no picture."""
    image = decode(came.data) if came.data else None
    return Picture(came.url, image, "" if image else came.problem or str(NoPicture(host=QUrl(came.url).host())))


def decode(data: bytes) -> QImage | None:
    """The first frame of a PNG, JPEG, GIF or WebP, upright and at most :data:`LARGEST`; None for anything else.

    The format is told by the first bytes alone, so that no other decoder ever sees what a stranger sent.
    """
    kind = _kind(data)
    if not kind:
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind))
    reader.setDecideFormatFromContent(False)
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > DOTS or min(size.width(), size.height()) < SMALLEST:
        return None
    if size.boundedTo(LARGEST) != size:
        reader.setScaledSize(size.scaled(LARGEST, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    image = reader.read()
    return None if image.isNull() else image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _kind(data: bytes) -> bytes:
    """Qt's name for the format, b"" for one that is not shown."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return b"png"
    if data.startswith(b"\xff\xd8\xff"):
        return b"jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return b"gif"
    return b"webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else b""
