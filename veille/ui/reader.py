"""The reader: what an item says, and nothing from outside. No address is ever loaded by what is shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit, QWidget

from veille.core.telling import author
from veille.i18n import _, moment
from veille.model import Article, Highlight, Hit, Item, ItemKind
from veille.ui import theme
from veille.ui.cards import ALONE, CHOSEN, Around
from veille.ui.icons import IconButton
from veille.ui.initials import Badge
from veille.ui.labels import Elided
from veille.ui.layouts import across, down, named
from veille.ui.passages import Place, places, selected, under
from veille.ui.pictures import SCHEME, Picture
from veille.ui.strips import Strip

MEASURE = 760  # logical pixels: longer lines tire
LINE_HEIGHT = 155  # per cent
MARKED = 20_000  # characters in which the words of a search are marked: more would be felt


ASKED = ("pictures", "article")  # what links of our own in a page ask for
MOVING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
NARROW = "\u202f"  # French has it in numbers and before ? and !; Qt takes it for a blank at which a line may end
PICTURE = "\ufffc"  # what Qt writes where a picture stands


class Text(QTextBrowser):
    """Shows sanitised HTML and refuses every resource: files, shares, data, and pictures but those it was given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("text")
        self.setAccessibleName(_("Text of the item"))
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setAcceptDrops(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(self.textInteractionFlags() | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMinimumHeight(1)  # on a small screen a question needs the room
        self.document().setDocumentMargin(0)
        self._blank = QImage(1, 1, QImage.Format.Format_ARGB32)
        self._blank.fill(Qt.GlobalColor.transparent)
        self._pictures: Mapping[str, QImage] = {}
        self.passages: list[Place] = []  # that the person marked

    def give(self, pictures: Mapping[str, QImage]) -> None:
        """The pictures in memory that the next page may show, by their private names."""
        self._pictures = pictures

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """What :meth:`give` gave; else nothing, whatever is asked.

        Not null, and for a picture a real one without a dot: Qt would otherwise look for a file of that name itself.
        """
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return QByteArray(b" ")
        return self._pictures.get(name.toString() if isinstance(name, QUrl) else name, self._blank)

    def resizeEvent(self, event: QResizeEvent) -> None:
        side = max(28, (self.width() - MEASURE) // 2)
        self.setViewportMargins(side, 28, 28, 0)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The cursor goes on from what is seen: a page that was scrolled does not jump back to it."""
        cursor, seen = self.textCursor(), self.viewport().rect()
        if event.key() in MOVING and not cursor.hasSelection() and not seen.intersects(self.cursorRect()):
            self.setTextCursor(self.cursorForPosition(QPoint(0, 4)))
        super().keyPressEvent(event)

    def mark(self, words: tuple[str, ...], highlights: Sequence[Highlight] = ()) -> None:
        """Tint the ``words`` of a search, by the index's own rules of what matches, and the passages that the person
        marked; () for none."""
        self.passages = places(self.document(), highlights)
        looks = [self._look(each.start, each.end, theme.colours().passage) for each in self.passages]
        if words:
            from veille.search.snippets import mark
            from veille.ui.rows import in_units

            for start, end in in_units(mark(self.document().toPlainText()[:MARKED], words)).marks:
                looks.append(self._look(start, end, theme.colours().mark))
        self.setExtraSelections(looks)

    def _look(self, start: int, end: int, colour: str) -> QTextEdit.ExtraSelection:
        look = QTextEdit.ExtraSelection()
        look.cursor = QTextCursor(self.document())
        look.cursor.setPosition(start)
        look.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        look.format.setBackground(QColor(colour))
        return look


class Reader(QWidget):
    """The pane on the right.

    ``wanted`` tells what the person asks for: "read", "save", "flag", "like", "copy", "open" (with an address: "" for
    that of the item), "pictures", "article", "note", "search" (with what is to be looked for here). ``marked`` tells
    what is to be marked, ``unmarked`` what no longer is.
    """

    wanted = Signal(str, str)
    marked = Signal(object)  # Passage
    unmarked = Signal(object)  # Highlight
    told = Signal(str)  # why nothing was done
    pointed = Signal(str)  # the address under the pointer, "" for none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reader")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._percent = 100
        self._words: tuple[str, ...] = ()
        self.hit: Hit | None = None
        self.article: Article | None = None  # the one that is stored
        self.around = ALONE
        self._whole = False  # it stands in place of what the feed gave
        self._former = False  # what it said before is shown
        self._pictures: tuple[Picture, ...] = ()
        self.text = Text()
        self.text.anchorClicked.connect(self._follow)
        self.text.highlighted.connect(self._point)
        self.strip = Strip()
        column = down(self)
        column.addWidget(self._head())
        column.addWidget(self.strip)
        column.addWidget(self.text, 1)
        self.show_mark()

    def _head(self) -> QWidget:
        head = named(QWidget(), "head")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._badge = Badge()
        self._about = named(Elided(), "muted")
        self._read = IconButton("check", _("Mark as unread"), "U")
        self._save = IconButton("star", _("Save"), "S")
        self._flag = IconButton("flag", _("Flag"), "G")
        self._like = IconButton("alike", _("More like this"), "M")
        self._copy = IconButton("copy", _("Copy the link"), "C")
        self._open = IconButton("external", _("Open in the browser"), "O")
        row = across(head, spacing=8, margins=(24, 8, 18, 8))
        row.addWidget(self._badge)
        row.addWidget(self._about, 1)
        buttons = across(spacing=2)  # beside six of them there must be room for a name
        row.addLayout(buttons)
        for button, deed in (
            (self._read, "read"), (self._save, "save"), (self._flag, "flag"), (self._like, "like"),
            (self._copy, "copy"), (self._open, "open"),
        ):  # fmt: skip
            button.clicked.connect(lambda _checked=False, deed=deed: self.wanted.emit(deed, ""))
            buttons.addWidget(button)
        return head

    @property
    def address(self) -> str:
        """The link of the item that is shown."""
        return self.hit.item.url if self.hit else ""

    @property
    def items(self) -> tuple[Item, ...]:
        """What is shown: the item, or all posts of its thread."""
        thread = self.around.thread
        return thread if len(thread) > 1 else (self.hit.item,) if self.hit else ()

    @property
    def whole(self) -> Article | None:
        """The full article, where that is what is shown."""
        return self.article if self._whole else None

    def set_size(self, percent: int) -> None:
        """Text size of the page, in per cent of the window's."""
        self._percent = percent
        self._write_again()

    def set_words(self, words: tuple[str, ...]) -> None:
        """The words of the search, to be marked in what is shown."""
        if words != self._words:
            self._words = words
            self._tint()

    def show_hit(self, hit: Hit | None, article: Article | None = None, around: Around = ALONE) -> None:
        """Show an item from its beginning, its stored ``article`` a key away; None shows how to begin.

        Of a thread, the post that was chosen is what is seen first.
        """
        old, had = (self.hit, self.around), self.article
        stays = hit is not None and self.hit is not None and hit.item.id == self.hit.item.id
        self.hit, self.around, self.article = hit, around, article or (had if stays else None)
        self.show_mark()
        if not stays:
            self._whole, self._former, self._pictures = False, False, ()
            self.strip.dismiss()
        if not _same((hit, around), old) or self.article != had:
            self._write(stay=stays)
        elif around.highlights != old[1].highlights:
            self._tint()

    def show_pictures(self, pictures: tuple[Picture, ...]) -> None:
        """Show ``pictures`` of the item among what it says."""
        self._pictures = pictures
        self._write(stay=True)

    def show_article(self, article: Article) -> None:
        """Show the full article, from its beginning."""
        self.article, self._whole = article, True
        self._write()

    def toggle_article(self) -> None:
        """The stored article in place of what the feed gave, or back."""
        self._whole = not self._whole
        self._write()

    def toggle_highlight(self) -> None:
        """Mark the passage that is selected; where the cursor is in one that is marked, mark that no longer."""
        cursor = self.text.textCursor()
        passage, old = selected(cursor), under(cursor, self.text.passages)
        if old:
            self.unmarked.emit(old)
        elif passage and self.hit:
            self.marked.emit(passage)
        else:
            self.told.emit(_("Select a passage first: with the mouse, or in the text with Shift and the arrow keys."))
            return
        cursor.clearSelection()
        self.text.setTextCursor(cursor)

    def _tint(self) -> None:
        self.text.mark(*((self._words, self.around.highlights) if self.hit else ((),)))

    def show_mark(self) -> None:
        """Draw the head anew: read, saved and flagged may have changed."""
        hit = self.hit
        for button in (self._read, self._save, self._flag, self._like, self._copy, self._open):
            button.setEnabled(hit is not None)
        self._badge.show_name(_speaker(hit) if hit else "")
        if hit is None:
            self._about.say("")
            return
        # Where there is no room for both, a post says below when it was written.
        self._about.say(f"{hit.source}  ·  {moment(hit.item.at)}", hit.source if hit.item.post else "")
        if hit.mark.read:
            self._read.show_as("check", _("Mark as unread"), "accent")
        else:
            self._read.show_as("check", _("Mark as read"))
        if hit.mark.saved:
            self._save.show_as("star-filled", _("Remove from saved"), "accent")
        else:
            self._save.show_as("star", _("Save"))
        if hit.mark.flagged:
            self._flag.show_as("flag-filled", _("Remove the flag"), "warn")
        else:
            self._flag.show_as("flag", _("Flag"))

    def page_down(self) -> bool:
        """Scroll on by a page; False at the end."""
        bar = self.text.verticalScrollBar()
        before = bar.value()
        bar.setValue(before + bar.pageStep() - 40)
        return bar.value() != before

    def _write_again(self) -> None:
        if not self.text.document().isEmpty():  # nothing is written before the window's first paint
            self._write(stay=True)

    def _write(self, *, stay: bool = False) -> None:
        """Write the page anew, from its beginning, or with ``stay`` where the person is."""
        from veille.ui.media import picture_name
        from veille.ui.page import Extras, blank, page, sheet

        c = theme.colours()
        document, bar = self.text.document(), self.text.verticalScrollBar()
        at, cursor = (bar.value(), self.text.textCursor().position()) if stay else (0, 0)
        document.setDefaultStyleSheet(sheet(c))
        document.setDefaultFont(theme.sized(self.font(), 1.13 * self._percent / 100))
        extras = Extras(self.article, self._whole, self._pictures, self.around, self._former)
        self.text.give({picture_name(n): each.image for n, each in enumerate(self._pictures) if each.image})
        html = page(self.hit, c, extras) if self.hit else blank(c)
        self.text.setHtml(html.replace(NARROW, "\u00a0"))
        self._set_lines()
        self._tint()
        place = QTextCursor(document)
        place.setPosition(min(cursor, document.characterCount() - 1))
        self.text.setTextCursor(place)
        bar.setValue(at)
        if not stay:
            self.text.scrollToAnchor(CHOSEN)

    def _set_lines(self) -> None:
        """Generous lines, closer ones in the title, which is also larger."""
        cursor = QTextCursor(self.text.document())
        cursor.select(QTextCursor.SelectionType.Document)
        high = QTextBlockFormat()
        proportional = int(QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        high.setLineHeight(LINE_HEIGHT, proportional)
        cursor.mergeBlockFormat(high)
        self._set_pictures()
        if self.hit and self.hit.item.title:
            cursor.movePosition(QTextCursor.MoveOperation.Start)
            high.setLineHeight(115, proportional)
            high.setBottomMargin(10)
            cursor.mergeBlockFormat(high)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            look = cursor.charFormat()
            look.setFont(theme.sized(self.text.document().defaultFont(), 1.36, bold=True))
            cursor.setCharFormat(look)

    def _set_pictures(self) -> None:
        """Lines are generous for text alone: a picture would get half its own height on top."""
        close = QTextBlockFormat()
        close.setLineHeight(100, int(QTextBlockFormat.LineHeightTypes.ProportionalHeight.value))
        block = self.text.document().begin() if self._pictures else QTextBlock()
        while block.isValid():
            if PICTURE in block.text():
                QTextCursor(block).mergeBlockFormat(close)
            block = block.next()

    def _follow(self, url: QUrl) -> None:
        """A link of the page was pressed."""
        if url.scheme() != SCHEME:
            self.wanted.emit("open", url.toString())
        elif sought := _sought(url):
            self.wanted.emit("search", sought)
        elif url.path() == "note":
            self.wanted.emit("note", "")
        elif url.path() == "unmark" and url.query().isdigit() and int(url.query()) < len(self.around.lost):
            self.unmarked.emit(self.around.lost[int(url.query())])
        elif url.path() == "former":
            self._former = not self._former
            self._write(stay=True)
        elif url.path() in ASKED:
            self.wanted.emit(url.path(), "")

    def _point(self, url: QUrl) -> None:
        if url.scheme() != SCHEME:
            self.pointed.emit(url.toString())
        else:
            sought = _sought(url)
            self.pointed.emit(_("Search for {what} in Veille").format(what=sought) if sought else "")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "text"):
            self._write_again()


def _same(one: tuple[Hit | None, Around], other: tuple[Hit | None, Around]) -> bool:
    """Whether both would be written alike."""
    (hit, around), (before, then) = one, other
    if hit is None or before is None:
        return False
    return (hit.item.id, hit.item.hash, hit.item.title, hit.mark.tags, hit.mark.note, around) == (
        before.item.id, before.item.hash, before.item.title, before.mark.tags, before.mark.note, then)  # fmt: skip


def _sought(url: QUrl) -> str:
    """What a link of our own looks for, a hashtag or a tag; "" where it means something else."""
    said = url.query(QUrl.ComponentFormattingOption.FullyDecoded)
    if url.path() == "tag" and said:
        from veille.ui.search.narrowing import tag_text

        return tag_text(said)
    return f"#{said}" if url.path() == "search" and said else ""


def _speaker(hit: Hit) -> str:
    """Whose initials stand over the text: the author of a post, the source of an article."""
    return (author(hit.item).label or hit.source) if hit.item.kind is ItemKind.POST else hit.source
