"""How a row of the list is drawn: source and date, title, two lines of text, marked words."""

from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from veille.i18n import moment
from veille.model import Hit, Snippet
from veille.ui import icons, theme

HIT = Qt.ItemDataRole.UserRole + 1
LEFT, RIGHT, GAP = 28, 14, 8
Index = QModelIndex | QPersistentModelIndex


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
    small, plain, medium, bold = _fonts("\n".join(font.families()), font.pointSizeF())
    fine, large = QFontMetrics(small), QFontMetrics(plain)
    when = moment(hit.item.at)
    painter.setFont(small)
    painter.setPen(QColor(c.muted))
    line = QRect(area.left(), area.top(), area.width(), fine.lineSpacing())
    painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, when)
    room = area.width() - fine.horizontalAdvance(when) - 12
    ratio = painter.device().devicePixelRatioF()
    if hit.mark.saved:
        room -= 18
        painter.drawPixmap(area.left() + room + 10, line.top() + 1, icons.pixmap("star-filled", c.accent, 14, ratio))
    painter.setPen(theme.source_colour(hit.source))
    label = fine.elidedText(hit.source, Qt.TextElideMode.ElideRight, room)
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)
    top = line.bottom() + 3
    if not hit.mark.read:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.accent))
        painter.drawEllipse(QPoint(area.left() - 13, top + large.lineSpacing() // 2), 4, 4)
    if hit.title.text:
        _write(painter, area.left(), top, area.width(), hit.title, plain if hit.mark.read else bold, c.text, 1)
        top += large.lineSpacing() + 2
        _write(painter, area.left(), top, area.width(), hit.excerpt, small, c.muted, 2)
    else:  # a post: its text stands where the title would
        look, colour = (plain, c.muted) if hit.mark.read else (medium, c.text)
        _write(painter, area.left(), top, area.width(), hit.excerpt, look, colour, 3)


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
