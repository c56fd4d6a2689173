"""How a row of the list is drawn: source and date, title, two lines of text, marked words.

A post has its author in place of the source, and its text in place of title and text.
"""

from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from veille.content.text import plain
from veille.core import telling
from veille.i18n import moment, ngettext, number
from veille.model import Hit, ItemKind, Snippet
from veille.ui import icons, theme

HIT = Qt.ItemDataRole.UserRole + 1
LEFT, RIGHT, GAP = 28, 14, 8
LEAST = 44  # logical pixels in which a name can be begun
Index = QModelIndex | QPersistentModelIndex
_ANYWHERE = QTextOption()  # a word may be longer than a row
_ANYWHERE.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)


@lru_cache(maxsize=8)
def _fonts(family: str, size: float) -> tuple[QFont, QFont, QFont, QFont]:
    """Small, plain, medium and bold."""
    font = QFont(family.split("\n"))
    font.setPointSizeF(size)
    medium = theme.sized(font, 1.04)
    medium.setWeight(QFont.Weight.Medium)
    return theme.sized(font, 0.92), theme.sized(font, 1.04), medium, theme.sized(font, 1.04, bold=True)


class RowDelegate(QStyledItemDelegate):
    """Draws a :class:`Hit`; a row that is still being fetched shows calm bars in its place."""

    def height(self, font: QFont) -> int:
        """Height of every row in logical pixels."""
        small, plain, _medium, _bold = _fonts("\n".join(font.families()), font.pointSizeF())
        return 3 * QFontMetrics(small).lineSpacing() + QFontMetrics(plain).lineSpacing() + 2 * GAP + 6

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(200, self.height(option.font))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        c = theme.colours()
        area = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hit: Hit | None = index.data(HIT)
        painter.save()
        painter.setClipRect(area)  # marks piled on a letter stand as high as somebody likes
        if chosen:
            painter.fillRect(area, QColor(c.chosen))
            focused = option.widget is not None and option.widget.hasFocus()
            painter.fillRect(QRect(area.topLeft(), QSize(3, area.height())), QColor(c.accent if focused else c.muted))
        else:
            painter.fillRect(area.left() + LEFT, area.bottom(), area.width() - LEFT - RIGHT, 1, QColor(c.rule))
        inner = area.adjusted(LEFT, GAP, -RIGHT, -GAP)
        if hit is None:
            _bars(painter, inner)
        else:
            _draw(painter, inner, hit, option.font)
        painter.restore()


def _draw(painter: QPainter, area: QRect, hit: Hit, font: QFont) -> None:
    c = theme.colours()
    fonts = _fonts("\n".join(font.families()), font.pointSizeF())
    fine, large = QFontMetrics(fonts[0]), QFontMetrics(fonts[1])
    line = QRect(area.left(), area.top(), area.width(), fine.lineSpacing())
    _first_line(painter, line, hit, fonts[0])
    top = line.bottom() + 3
    if not hit.mark.read:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.accent))
        painter.drawEllipse(QPoint(area.left() - 13, top + large.lineSpacing() // 2), 4, 4)
    rest = QRect(area.left(), top, area.width(), area.bottom() - top)
    if hit.title.text:
        _draw_article(painter, rest, hit, fonts)
    else:
        _draw_post(painter, rest, hit, fonts)


def _first_line(painter: QPainter, line: QRect, hit: Hit, small: QFont) -> None:
    """Who says it, and at the right when, where, and whether it was saved, flagged, tagged or noted."""
    c, fine = theme.colours(), QFontMetrics(small)
    post = hit.item.post
    when = f"{telling.NAMES[post.network]} · {moment(hit.item.at)}" if post else moment(hit.item.at)
    painter.setFont(small)
    painter.setPen(QColor(c.muted))
    painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, when)
    room = line.width() - fine.horizontalAdvance(when) - 12
    ratio = painter.device().devicePixelRatioF()
    for sign, tint in _signs(hit):
        if room < LEAST:
            break
        room -= 18
        painter.drawPixmap(line.left() + room + 10, line.top() + 1, icons.pixmap(sign, tint, 14, ratio))
    for words, colour in names(hit):
        if room < LEAST:
            break
        painter.setPen(colour)
        label = fine.elidedText(words, Qt.TextElideMode.ElideRight, room)
        place = QRect(line.left(), line.top(), room, line.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)
        used = fine.horizontalAdvance(label) + GAP
        line, room = line.adjusted(used, 0, 0, 0), room - used


def _signs(hit: Hit) -> list[tuple[str, str]]:
    """What the person or their rules did with it, from the right: saved, flagged, tagged, then noted."""
    c, mark = theme.colours(), hit.mark
    signs = (
        ("star-filled", c.accent, mark.saved), ("flag-filled", c.warn, mark.flagged), ("tag", c.muted, mark.tags),
        ("note", c.muted, mark.note),
    )  # fmt: skip
    return [(name, colour) for name, colour, there in signs if there]


def names(hit: Hit) -> list[tuple[str, QColor]]:
    """Who says it, the most important first: the source, or of a post its author, who passed it on, and the source
    where it is neither of them."""
    if hit.item.kind is not ItemKind.POST:
        return [(hit.source, theme.source_colour(hit.source))]
    muted, author = QColor(theme.colours().muted), telling.author(hit.item)
    name = plain(author.label) or hit.source
    found = [(name, theme.source_colour(name))]
    by = hit.item.post.reposted_by if hit.item.post else None
    others = [f"↻ {plain(by.label)}" if by else "", plain(author.handle) if author.name else ""]
    others += [] if telling.stands_for(hit) or name == hit.source else [f"· {hit.source}"]
    return found + [(words, muted) for words in others if words]


def _draw_article(painter: QPainter, area: QRect, hit: Hit, fonts: tuple[QFont, QFont, QFont, QFont]) -> None:
    c = theme.colours()
    small, plain_font, _medium, bold = fonts
    title = plain_font if hit.mark.read else bold
    _write(painter, area.left(), area.top(), area.width(), hit.title, title, c.text, 1)
    top = area.top() + QFontMetrics(plain_font).lineSpacing() + 2
    _write(painter, area.left(), top, area.width(), hit.excerpt, small, c.muted, 2)


def _draw_post(painter: QPainter, area: QRect, hit: Hit, fonts: tuple[QFont, QFont, QFont, QFont]) -> None:
    """Its text, and how many posts of its thread stand under it."""
    c = theme.colours()
    small, plain_font, medium, _bold = fonts
    look, colour = (plain_font, c.muted) if hit.mark.read else (medium, c.text)
    if not telling.is_there(hit.item):
        look, colour = QFont(look), c.muted
        look.setItalic(True)
    lines = 2 if hit.more else 3
    _write(painter, area.left(), area.top(), area.width(), telling.shown(hit), look, colour, lines)
    if hit.more:
        text = ngettext("+ {n} post of this thread", "+ {n} posts of this thread", hit.more)
        top = area.top() + 2 * QFontMetrics(look).lineSpacing() + 1
        said = Snippet(text.format(n=number(hit.more)))
        _write(painter, area.left(), top, area.width(), said, small, c.accent, 1)


def _write(
    painter: QPainter, left: int, top: int, width: int, snippet: Snippet, font: QFont, colour: str, lines: int
) -> None:
    """Draw ``snippet`` in at most ``lines`` lines, … at the end of the last, marked words on a tint."""
    most = lines * width // 3  # letters for which there could be room: the rest needs no shaping
    snippet = in_units(Snippet(snippet.text[:most], tuple(mark for mark in snippet.marks if mark[1] <= most)))
    if lines == 1 and not snippet.marks:
        fine = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        text = fine.elidedText(snippet.text, Qt.TextElideMode.ElideRight, width)
        painter.drawText(left, top + fine.ascent(), text)
        return
    layout = QTextLayout(snippet.text, font)
    layout.setTextOption(_ANYWHERE)
    tint = QTextCharFormat()
    tint.setBackground(QBrush(QColor(theme.colours().mark)))
    painter.setPen(QColor(colour))
    layout.setFormats([_stretch(a, b - a, tint) for a, b in snippet.marks])
    layout.beginLayout()
    drawn, start = 0, 0
    while drawn < lines:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        if drawn == lines - 1 and start + line.textLength() < len(snippet.text.rstrip()):
            break
        line.setPosition(QPointF(0, drawn * QFontMetrics(font).lineSpacing()))
        start += line.textLength()
        drawn += 1
    layout.endLayout()
    metrics = QFontMetrics(font)
    for at in range(drawn):
        layout.lineAt(at).draw(painter, QPointF(left, top))
    if drawn < lines and start < len(snippet.text):
        rest = metrics.elidedText(snippet.text[start : start + 400], Qt.TextElideMode.ElideRight, width)
        marks = tuple((a - start, min(b - start, len(rest))) for a, b in snippet.marks if a >= start)
        last = Snippet(rest, tuple((a, b) for a, b in marks if a < b))
        _line(painter, QPointF(left, top + drawn * metrics.lineSpacing()), last, font, tint)


def in_units(snippet: Snippet) -> Snippet:
    """``snippet`` with one character for each of Qt's 16-bit units, so that positions are the same in both."""
    if snippet.text.isascii() or max(snippet.text) <= "\uffff":
        return snippet
    at = [0]
    for letter in snippet.text:
        at.append(at[-1] + (2 if letter > "\uffff" else 1))
    units = snippet.text.encode("utf-16-le", "surrogatepass")
    text = "".join(chr(int.from_bytes(units[i : i + 2], "little")) for i in range(0, len(units), 2))
    return Snippet(text, tuple((at[a], at[b]) for a, b in snippet.marks))


def _line(painter: QPainter, at: QPointF, snippet: Snippet, font: QFont, tint: QTextCharFormat) -> None:
    layout = QTextLayout(snippet.text, font)
    layout.setFormats([_stretch(start, end - start, tint) for start, end in snippet.marks])
    layout.beginLayout()
    layout.createLine().setLineWidth(1e6)
    layout.endLayout()
    layout.lineAt(0).draw(painter, at)


def _stretch(start: int, length: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
    stretch = QTextLayout.FormatRange()
    stretch.start, stretch.length, stretch.format = start, length, look
    return stretch


def _bars(painter: QPainter, area: QRect) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.colours().rule))
    for at, share in enumerate((0.3, 0.9, 0.7)):
        painter.drawRoundedRect(area.left(), area.top() + 4 + at * 22, int(area.width() * share), 9, 4, 4)
