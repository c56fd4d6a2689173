"""A tag scanner that forgives, for lists of links: a stream of text becomes the tags that matter and what they hold.

Such files are no HTML that a parser would take (``<DT>`` and ``<p>`` are never closed), and hundreds of megabytes
where pictures are inside. So the few tags that matter are looked for one by one; the rest is text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape

_MARK = re.compile(r"<(?:(!--)|(/?)(a|dl|dt|dd|h[1-6]|li|ol|ul|title)(?=[\s/>]|\Z))", re.IGNORECASE)
_PART = re.compile(r"\s*(?:(/?>)|([^\s=>\"'][^\s=>]{0,100})(?:\s*=\s*(?:([\"'])|([^\s>\"'][^\s>]*))?)?|[\"'=/])")
_BROKEN = re.compile(r"\n[^\S\n]*<(?:/?(?:DT|DL|LI)\b|HR)", re.IGNORECASE)  # never within a value
_LONGEST_TAG = 2_000_000  # characters; icons are inside
_LONGEST_COMMENT = 100_000
_LONGEST_TEXT = 100_000  # characters between two tags that are kept
_LOOKED_AT = 4096  # characters that show what follows a name
_MOST_ASTRAY = 100  # comments that do not end
_SPARE = 64  # characters that may be the beginning of a tag
_KEPT = frozenset(
    (
        "href", "add_date", "time_added", "tags", "toread", "data-important",
        "personal_toolbar_folder", "unfiled_bookmarks_folder",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tag:
    """``name`` in lower case, "/" in front when it closes; ``text`` is what stands behind it, up to the next tag.

    ``attributes`` are by their names in lower case. ``cut``: the file ends within the tag.
    """

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    cut: bool = False


def tags(pieces: Iterable[str]) -> Iterator[Tag]:
    """The tags that matter, in order; a comment is one without attributes. Raises only what ``pieces`` raises."""
    source = _Source(iter(pieces))
    name, attributes, cut = "", dict[str, str](), False
    while True:
        text, mark = source.to_mark()
        if name:
            yield Tag(name, attributes, text, cut)
        if mark is None:
            return
        if mark[1]:
            source.skip_comment()
            name, attributes, cut = "!--", {}, False
        else:
            name = (mark[2] + mark[3]).lower()
            attributes, cut = source.attributes()


class _Source:
    """The text that is still to be read: what of it is there, and where the scanner stands in that."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._text = ""
        self._at = 0
        self._over = False
        self._astray = 0

    @property
    def _ahead(self) -> int:
        return len(self._text) - self._at

    def _more(self) -> bool:
        """Whether there was more text."""
        piece = "" if self._over else next(self._pieces, "")
        self._over = not piece
        if piece:
            self._text = self._text[self._at :] + piece
            self._at = 0
        return bool(piece)

    def to_mark(self) -> tuple[str, re.Match[str] | None]:
        """The text up to the next tag that matters, and that tag's beginning, or None; the scanner is behind it."""
        kept: list[str] = []
        size = 0
        while True:
            mark = _MARK.search(self._text, self._at)
            if mark and mark.end() == len(self._text) and not self._over:
                mark = None  # "<d" may become another tag
            end = len(self._text) if self._over else max(self._at, len(self._text) - _SPARE)
            stop = mark.start() if mark else end
            if size < _LONGEST_TEXT:
                kept.append(self._text[self._at : min(stop, self._at + _LONGEST_TEXT)])
                size += len(kept[-1])
            self._at = mark.end() if mark else stop
            if mark or self._over:
                return "".join(kept), mark
            self._more()

    def skip_comment(self) -> None:
        """Past a comment; one that does not end within reach is none."""
        if self._astray < _MOST_ASTRAY:
            end = self._find("-->", _LONGEST_COMMENT)
            self._astray += end < 0
            self._at = end + 3 if end >= 0 else self._at

    def attributes(self) -> tuple[dict[str, str], bool]:
        """Of the tag whose name was just read, those that matter; and whether the text ends within it."""
        found: dict[str, str] = {}
        while part := self._part():
            self._at = part.end()
            if part[1]:
                return found, False
            name = (part[2] or "").lower()
            if not part[3]:
                _keep(found, name, part[4] or "")
                continue
            end = self._find(part[3], _LONGEST_TAG)
            broken = _BROKEN.search(self._text, self._at, end if end >= 0 else len(self._text))
            if end >= 0 and not broken:
                _keep(found, name, self._text[self._at : end])
                self._at = end + 1
            elif broken or self._ahead > _LONGEST_TAG:  # nothing closes it: it is as long as its tag, or as its line
                _keep(found, name, self._unclosed(broken.start() if broken else self._at + _LOOKED_AT))
                return found, False
            else:
                break
        self._at = len(self._text)
        return found, True

    def _part(self) -> re.Match[str] | None:
        """What stands next in a tag; None when the text ends before that."""
        while self._ahead < _LOOKED_AT and self._more():
            pass
        while True:
            part = _PART.match(self._text, self._at)
            if part and part.end() < len(self._text):
                return part
            if self._ahead > _LONGEST_TAG or not self._more():
                return part if part and part[1] else None

    def _unclosed(self, end: int) -> str:
        """A value that is not closed before ``end``; the scanner is behind its tag."""
        line = self._text[self._at : end]
        value, closed, _rest = line.partition(">")
        self._at += len(value) + len(closed)
        return value.strip(" \"'")

    def _find(self, text: str, reach: int) -> int:
        """Where ``text`` is next within ``reach``; -1 for nowhere."""
        start = 0
        while True:
            end = self._text.find(text, self._at + start, self._at + reach)
            if end >= 0 or self._ahead > reach:
                return end
            start = max(0, self._ahead - len(text) + 1)
            if not self._more():
                return -1


def _keep(found: dict[str, str], name: str, value: str) -> None:
    if name in _KEPT:
        found.setdefault(name, unescape(value[:_LONGEST_TEXT]))
