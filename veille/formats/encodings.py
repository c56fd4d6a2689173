"""Text of any encoding, streamed: what its first bytes say, else UTF-8, and where it is not that, Windows-1252."""

import codecs
from collections.abc import Iterator

from veille.formats.files import Stream

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_LEGACY = "veille-windows-1252"


def encoding(head: bytes) -> str:
    """The name of the encoding of a text that begins with ``head``: by its mark, or by its zero bytes."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if head[1:2] == b"\0" != head[:1]:
        return "utf-16-le"
    return "utf-16-be" if head[:1] == b"\0" != head[1:2] else "utf-8"


def texts(stream: Stream) -> Iterator[str]:
    """What ``stream`` says, in pieces that are not empty. No bytes raise anything; BadFile as the stream does.

    Bytes that are no UTF-8 are read as Windows-1252, which is what they nearly always are.
    """
    head = stream.chunk()
    name = encoding(head)
    decoder = codecs.getincrementaldecoder(name)(_LEGACY if name.startswith("utf-8") else "replace")
    chunk = head
    while chunk:
        if text := decoder.decode(chunk):
            yield text
        chunk = stream.chunk()
    if text := decoder.decode(b"", True):
        yield text


def _as_legacy(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", "replace"), error.end


codecs.register_error(_LEGACY, _as_legacy)
