"""The passages that the person marked, in the page that is shown: where they stand, and what of it is selected."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument

from veille.content.passages import Text, bare
from veille.model import Highlight

OWN = "own"  # the place in the page of the last paragraph that the person wrote: below it begins what the item says
AROUND = 150  # characters before and after a selection that tell it from another that says the same


@dataclass(frozen=True, slots=True)
class Place:
    """Where a highlight stands, in Qt's 16-bit units."""

    start: int
    end: int
    highlight: Highlight


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the page, and what stands around it."""

    text: str
    before: str
    after: str


def places(document: QTextDocument, highlights: Sequence[Highlight]) -> list[Place]:
    """Where ``highlights`` stand in what the item says, or in its title; those that are nowhere are left out."""
    if not highlights:
        return []
    page = document.toPlainText()
    begins = _points(page, _begins(document))
    parts = [(begins, Text(page[begins:])), (0, Text(page[:begins].split("\n", 1)[0]))]
    found = []
    for each in highlights:
        for shift, text in parts:
            if place := text.find(each.text, each.before, each.after):
                start, end = (_units(page, shift + at) for at in place)
                found.append(Place(start, end, each))
                break
    return found


def selected(cursor: QTextCursor) -> Passage | None:
    """What ``cursor`` has selected; None for nothing but blanks."""
    text = cursor.selectedText()
    if not bare(text):
        return None
    start, end, last = cursor.selectionStart(), cursor.selectionEnd(), cursor.document().characterCount() - 1
    before, after = QTextCursor(cursor.document()), QTextCursor(cursor.document())
    before.setPosition(max(0, start - AROUND))
    before.setPosition(start, QTextCursor.MoveMode.KeepAnchor)
    after.setPosition(end)
    after.setPosition(min(last, end + AROUND), QTextCursor.MoveMode.KeepAnchor)
    return Passage(text, before.selectedText(), after.selectedText())


def under(cursor: QTextCursor, some: Sequence[Place]) -> Highlight | None:
    """The highlight that holds all that ``cursor`` has selected, or in which it stands."""
    start, end = cursor.selectionStart(), cursor.selectionEnd()
    holding = (each for each in some if each.start <= start and end <= each.end)
    return next((each.highlight for each in holding), None)


def _begins(document: QTextDocument) -> int:
    """Where the paragraph with the anchor :data:`OWN` ends; 0 where there is none."""
    block: QTextBlock = document.begin()
    while block.isValid():
        fragments = block.begin()
        while not fragments.atEnd():
            if OWN in fragments.fragment().charFormat().anchorNames():
                return block.position() + block.length()
            fragments += 1
        block = block.next()
    return 0


def _units(text: str, points: int) -> int:
    """How many of Qt's units the first ``points`` characters of ``text`` are."""
    return points if text.isascii() else len(text[:points].encode("utf-16-le", "surrogatepass")) // 2


def _points(text: str, units: int) -> int:
    if text.isascii():
        return units
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "replace"))
