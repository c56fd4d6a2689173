"""Pictures that the person asked for: a few formats, capped; anything else is no picture."""

import struct
import zlib

import pytest
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QColor, QImage

from veille.core.pictures import Picture as Came
from veille.ui.pictures import LARGEST, decode, shown


def encoded(kind: str, width: int = 40, height: int = 20) -> bytes:
    """A red picture, as Qt writes it."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)
    return bytes(buffer.data().data())


# A GIF of 3 by 3 dots: Qt reads GIF but does not write it.
GIF = bytes.fromhex("47494638396103000300800000ff0000ffffff2c00000000030003000002048c8f19050 03b".replace(" ", ""))


def png_of(width: int, height: int) -> bytes:
    """The beginning of a PNG that claims to be so large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", zlib.crc32(b"IHDR" + head))


@pytest.mark.parametrize(
    "data", [encoded("png"), encoded("jpeg"), encoded("webp"), GIF], ids=["png", "jpeg", "webp", "gif"]
)
def test_the_four_formats_are_shown(data: bytes) -> None:
    image = decode(data)
    assert image is not None
    assert image.pixelColor(1, 1).red() > 200


@pytest.mark.qt_log_ignore("JPEG", extend=True)  # it says what is wrong with the bytes
@pytest.mark.parametrize(
    "data",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>", encoded("bmp"),
        encoded("ppm"), encoded("ico"), encoded("png")[:40], b"\x89PNG\r\n\x1a\n", encoded("jpeg")[:30],
        encoded("png", 1, 1), encoded("png", 600, 1), png_of(30_000, 30_000), b"GIF89a" + encoded("bmp"),
        b"RIFF\0\0\0\0WEBP" + bytes(50)],
)  # fmt: skip
def test_nothing_else_is_a_picture(data: bytes) -> None:
    assert decode(data) is None


def test_a_large_picture_is_made_smaller_and_keeps_its_form() -> None:
    image = decode(encoded("jpeg", 3000, 1500))
    assert image is not None
    assert image.size() == QSize(LARGEST.width(), LARGEST.width() // 2)


def test_what_did_not_come_says_why() -> None:
    came = shown(Came("https://cdn.example/p.png", problem="cdn.example cannot be reached (no route)."))
    assert (came.image, came.why) == (None, "cdn.example cannot be reached (no route).")
    broken = shown(Came("https://cdn.example/p.png", encoded("png")[:30]))
    assert broken.why == "What cdn.example sent is not a picture that Veille can show."
    good = shown(Came("https://cdn.example/p.png", encoded("png")))
    assert (good.image is not None, good.why) == (True, "")
