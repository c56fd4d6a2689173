"""The reader: what an item says, and nothing from outside. No address is ever loaded."""

from typing import Any

from PySide6.QtCore import QByteArray, QEvent, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QImage, QResizeEvent, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit, QWidget

from veille.i18n import _, moment
from veille.model import Hit
from veille.ui import theme
from veille.ui.icons import IconButton
from veille.ui.labels import Elided
from veille.ui.layouts import across, down, named
from veille.ui.links import Links, host
from veille.ui.strips import Strip

MEASURE = 760  # logical pixels: longer lines tire
LINE_HEIGHT = 155  # per cent
MARKED = 20_000  # characters in which the words of a search are marked: more would be felt


class Text(QTextBrowser):
    """Shows sanitised HTML and refuses every resource: pictures, files, shares, data."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("text")
        self.setAccessibleName(_("Text of the item"))
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setAcceptDrops(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUndoRedoEnabled(False)
        self.document().setDocumentMargin(0)
        self._blank = QImage(1, 1, QImage.Format.Format_ARGB32)
        self._blank.fill(Qt.GlobalColor.transparent)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: ARG002 - Qt's signature
        """Nothing, whatever is asked.

        Not null, and for a picture a real one without a dot: Qt would otherwise look for a file of that name itself.
        """
        return self._blank if kind == QTextDocument.ResourceType.ImageResource.value else QByteArray(b" ")

    def resizeEvent(self, event: QResizeEvent) -> None:
        side = max(28, (self.width() - MEASURE) // 2)
        self.setViewportMargins(side, 28, 28, 0)
        super().resizeEvent(event)

    def mark(self, words: tuple[str, ...]) -> None:
        """Tint the ``words`` of a search, by the index's own rules of what matches; () for none."""
        looks = []
        if words:
            from veille.search.snippets import mark
            from veille.ui.rows import in_units

            for start, end in in_units(mark(self.document().toPlainText()[:MARKED], words)).marks:
                look = QTextEdit.ExtraSelection()
                look.cursor = QTextCursor(self.document())
                look.cursor.setPosition(start)
                look.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                look.format.setBackground(QColor(theme.colours().mark))
                looks.append(look)
        self.setExtraSelections(looks)


class Reader(QWidget):
    """The pane on the right. ``wanted`` tells what the person asks for: "read", "save"."""

    wanted = Signal(str)
    pointed = Signal(str)  # the address under the pointer, "" for none

    def __init__(self, links: Links, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reader")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._links = links
        self._percent = 100
        self._words: tuple[str, ...] = ()
        self.hit: Hit | None = None
        self.text = Text()
        self.text.anchorClicked.connect(lambda url: links.open(url.toString()))
        self.text.highlighted.connect(lambda url: self.pointed.emit(url.toString()))
        self.strip = Strip()
        links.asked.connect(self._ask)
        column = down(self)
        column.addWidget(self._head())
        column.addWidget(self.strip)
        column.addWidget(self.text, 1)
        self.show_mark()

    def _head(self) -> QWidget:
        head = named(QWidget(), "head")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._about = Elided()
        self._about.setObjectName("muted")
        self._read = IconButton("check", _("Mark as unread"), "U")
        self._save = IconButton("star", _("Save"), "S")
        self._copy = IconButton("copy", _("Copy the link"), "C")
        self._open = IconButton("external", _("Open in the browser"), "O")
        self._read.clicked.connect(lambda: self.wanted.emit("read"))
        self._save.clicked.connect(lambda: self.wanted.emit("save"))
        self._copy.clicked.connect(lambda: self._links.copy(self.address))
        self._open.clicked.connect(lambda: self._links.open(self.address))
        row = across(head, spacing=8, margins=(24, 8, 18, 8))
        row.addWidget(self._about, 1)
        for button in (self._read, self._save, self._copy, self._open):
            row.addWidget(button)
        return head

    @property
    def address(self) -> str:
        """The link of the item that is shown."""
        return self.hit.item.url if self.hit else ""

    def set_size(self, percent: int) -> None:
        """Text size of the page, in per cent of the window's."""
        self._percent = percent
        self._write_again()

    def set_words(self, words: tuple[str, ...]) -> None:
        """The words of the search, to be marked in what is shown."""
        if words != self._words:
            self._words = words
            self.text.mark(words if self.hit else ())

    def show_hit(self, hit: Hit | None) -> None:
        """Show an item from its beginning; None shows how to begin."""
        same = hit is not None and self.hit is not None and _same(hit, self.hit)
        self.hit = hit
        self.show_mark()
        if not same:
            self.strip.dismiss()
            self._write()

    def show_mark(self) -> None:
        """Draw the head anew: read and saved may have changed."""
        hit = self.hit
        for button in (self._read, self._save, self._copy, self._open):
            button.setEnabled(hit is not None)
        if hit is None:
            self._about.say("")
            return
        self._about.say(f"{hit.source}  ·  {moment(hit.item.at)}")
        if hit.mark.read:
            self._read.show_as("check", _("Mark as unread"), "accent")
        else:
            self._read.show_as("check", _("Mark as read"))
        if hit.mark.saved:
            self._save.show_as("star-filled", _("Remove from saved"), "accent")
        else:
            self._save.show_as("star", _("Save"))

    def page_down(self) -> bool:
        """Scroll on by a page; False at the end."""
        bar = self.text.verticalScrollBar()
        before = bar.value()
        bar.setValue(before + bar.pageStep() - 40)
        return bar.value() != before

    def _write_again(self) -> None:
        if not self.text.document().isEmpty():  # nothing is written before the window's first paint
            self._write()

    def _write(self) -> None:
        from veille.ui.page import blank, page, sheet

        c = theme.colours()
        document = self.text.document()
        document.setDefaultStyleSheet(sheet(c))
        document.setDefaultFont(theme.sized(self.font(), 1.13 * self._percent / 100))
        self.text.setHtml(page(self.hit, c) if self.hit else blank(c))
        self._set_lines()
        self.text.mark(self._words if self.hit else ())
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self.text.verticalScrollBar().setValue(0)

    def _set_lines(self) -> None:
        """Generous lines, closer ones in the title, which is also larger."""
        cursor = QTextCursor(self.text.document())
        cursor.select(QTextCursor.SelectionType.Document)
        high = QTextBlockFormat()
        proportional = int(QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        high.setLineHeight(LINE_HEIGHT, proportional)
        cursor.mergeBlockFormat(high)
        if self.hit and self.hit.item.title:
            cursor.movePosition(QTextCursor.MoveOperation.Start)
            high.setLineHeight(115, proportional)
            high.setBottomMargin(10)
            cursor.mergeBlockFormat(high)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            look = cursor.charFormat()
            look.setFont(theme.sized(self.text.document().defaultFont(), 1.36, bold=True))
            cursor.setCharFormat(look)

    def _ask(self, address: str) -> None:
        """Read-only mode: a question in place of an open browser."""
        self.strip.tell(
            _("Read-only mode: {host} would see your visit.").format(host=host(address)),
            (_("Copy the link"), lambda: self._links.copy(address)),
            (_("Open all the same"), lambda: self._links.open_now(address)),
            sign="lock",
        )
        self.strip.take_focus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "text"):
            self._write_again()


def _same(one: Hit, other: Hit) -> bool:
    return (one.item.id, one.item.hash, one.item.title) == (other.item.id, other.item.hash, other.item.title)
