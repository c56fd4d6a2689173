"""Plain text: folding for comparison, one clean line, an excerpt."""

import re
import unicodedata

# Letters that Unicode does not take apart.
_LETTERS = str.maketrans({
    "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    "’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'",
})  # fmt: skip
_ACCENTS = re.compile("[\u0300-\u036f]+")

# Control characters, bidirectional embeddings, overrides and isolates, byte order marks, halves of
# surrogate pairs, interlinear annotations: none is text, and some make a text look like another.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb]+"
)


def fold(text: str) -> str:
    """``text`` for comparison: lower case, no accents, œ as oe, æ as ae, ß as ss, ’ as '."""
    if text.isascii():
        return text.lower().replace("`", "'")
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", text).translate(_LETTERS))


def printable(text: str) -> str:
    """``text`` without control characters and bidirectional overrides; line ends stay."""
    return text if text.isprintable() else _UNPRINTABLE.sub("", text)  # what is taken out never is


def plain(text: str) -> str:
    """``text`` on one line: spaces folded, no control characters, no bidirectional overrides."""
    return " ".join(printable(text).split())


def paragraphs(text: str) -> str:
    """As :func:`plain`, line by line: line ends stay, of several blank lines one."""
    lines = "\n".join(map(plain, text.splitlines()))
    while "\n\n\n" in lines:
        lines = lines.replace("\n\n\n", "\n\n")
    return lines.strip()


def excerpt(text: str, length: int = 300) -> str:
    """At most ``length`` characters of ``text``, on one line, cut between words and ended with an ellipsis."""
    line = plain(text[: length * 8])
    if len(line) <= length and len(text) <= length * 8:
        return line
    head = line[: length - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > length // 2 else head).rstrip(" ,;:.–—-") + "…"
