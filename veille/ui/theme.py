"""Palette, style sheet and icons: light and dark, following the system or the person's choice."""

from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from PySide6.QtCore import QByteArray, QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QKeyEvent, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from veille.resources import resource


@dataclass(frozen=True)
class Colours:
    """One scheme. ``sources`` are the colours that tell sources apart in the list."""

    page: str
    side: str
    line: str  # between panes
    rule: str  # between rows
    text: str
    muted: str
    accent: str
    on_accent: str
    chosen: str
    hover: str
    mark: str  # behind the words of a search
    warn: str
    strip: str
    sources: tuple[str, ...]


LIGHT = Colours(
    page="#FFFFFF", side="#F4F5F7", line="#E3E6EA", rule="#ECEEF1", text="#16191D", muted="#5D6673", accent="#1F5FBF",
    on_accent="#FFFFFF", chosen="#E6EFFB", hover="#EBEDF0", mark="#FFE9A8", warn="#A3500F", strip="#FBF6E9",
    sources=("#B3541E", "#8A4FBF", "#2E7D32", "#0B7A75", "#5B6B00", "#1F5FBF", "#A8326B"))  # fmt: skip

DARK = Colours(
    page="#1D2025", side="#17191D", line="#2D3138", rule="#292D33", text="#E6E9EE", muted="#9AA3AF", accent="#7DB1FF",
    on_accent="#10151C", chosen="#24364F", hover="#22262C", mark="#5A4A14", warn="#E8A65C", strip="#2A2820",
    sources=("#7DB1FF",))  # fmt: skip


def colours() -> Colours:
    """The scheme in force, told by the palette that :func:`apply` set."""
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Base).lightness() < 128 else LIGHT


def source_colour(label: str) -> QColor:
    """The colour of a source, the same each time it is seen."""
    choice = colours().sources
    return QColor(choice[crc32(label.encode()) % len(choice)])


def apply(app: QApplication, wanted: str) -> None:
    """Dress ``app``: ``wanted`` is "light", "dark" or "system"."""
    hints = app.styleHints()
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    scheme = schemes.get(wanted, Qt.ColorScheme.Unknown)
    hints.setColorScheme(scheme)
    if scheme is Qt.ColorScheme.Unknown:
        scheme = hints.colorScheme()
    chosen = DARK if scheme is Qt.ColorScheme.Dark else LIGHT
    app.setPalette(_palette(chosen))
    app.setStyleSheet(_sheet(chosen))


def set_font(app: QApplication) -> None:
    """Inter where it is installed, else the system's own; never smaller than 10 points."""
    font = app.font()
    families = font.families() or [font.family()]
    font.setFamilies(["Inter", *families])
    font.setPointSizeF(max(10.0, font.pointSizeF()))
    app.setFont(font)


def sized(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """A copy of ``font``, ``factor`` times as large."""
    other = QFont(font)
    other.setPointSizeF(font.pointSizeF() * factor)
    if bold:
        other.setWeight(QFont.Weight.DemiBold)
    return other


def _palette(c: Colours) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for roles, colour in (
        ((role.Window, role.Button, role.AlternateBase), c.side),
        ((role.Base, role.ToolTipBase), c.page),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.HighlightedText), c.text),
        ((role.PlaceholderText,), c.muted),
        ((role.Highlight,), c.chosen),
        ((role.Link, role.LinkVisited, role.Accent), c.accent),
        ((role.Mid, role.Midlight, role.Light), c.line),
    ):
        for each in roles:
            palette.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(c.muted))
    return palette


def _sheet(c: Colours) -> str:
    return f"""
QMainWindow, QSplitter {{ background: {c.page}; }}
QSplitter::handle {{ background: {c.line}; }}
#side, #status {{ background: {c.side}; }}
#side QTreeView {{ background: {c.side}; border: none; }}
#middle, #reader {{ background: {c.page}; }}
#items, #text {{ background: {c.page}; border: none; }}
#items {{ border-top: 1px solid {c.line}; }}
#head {{ border-bottom: 1px solid {c.line}; }}
#muted {{ color: {c.muted}; }}
#status {{ border-top: 1px solid {c.line}; }}
#status::item {{ border: none; }}
#strip, #banner {{ background: {c.chosen}; border: none; border-bottom: 1px solid {c.line}; }}
#strip[tone="warn"] {{ background: {c.strip}; }}
QLineEdit#search {{ border: 1px solid {c.line}; border-radius: 8px; padding: 5px 8px; background: {c.page};
    selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QLineEdit#search:focus {{ border: 1px solid {c.accent}; }}
QToolButton#icon {{ border: 1px solid transparent; border-radius: 6px; padding: 5px; background: transparent; }}
QToolButton#icon:hover, QToolButton#icon:pressed {{ background: {c.hover}; }}
QToolButton#icon:focus {{ border-color: {c.accent}; }}
QToolButton#icon::menu-indicator {{ image: none; }}
QToolButton#chip {{ border: 1px solid transparent; border-radius: 6px; padding: 6px 8px; background: transparent; }}
QToolButton#chip:hover {{ background: {c.hover}; }}
QToolButton#chip:checked {{ background: {c.chosen}; color: {c.accent}; font-weight: 600; }}
QToolButton#chip:focus {{ border-color: {c.accent}; }}
QToolButton#quiet {{ border: 1px solid transparent; border-radius: 6px; padding: 2px 6px; background: transparent;
    color: {c.muted}; }}
QToolButton#quiet:hover {{ background: {c.hover}; }}
QToolButton#quiet:checked {{ color: {c.accent}; font-weight: 600; }}
QToolButton#quiet:focus {{ border-color: {c.accent}; }}
QPushButton#act {{ border: 1px solid {c.line}; border-radius: 6px; padding: 4px 10px; background: {c.page}; }}
QPushButton#act:hover {{ border-color: {c.accent}; }}
QPushButton#act:focus {{ border-color: {c.accent}; }}
QPushButton#first {{ border: 1px solid {c.accent}; border-radius: 6px; padding: 4px 10px; background: {c.accent};
    color: {c.on_accent}; }}
QPushButton#first:focus {{ border-color: {c.text}; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {c.line}; min-height: 32px; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical:hover {{ background: {c.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QToolTip {{ background: {c.page}; color: {c.text}; border: 1px solid {c.line}; padding: 4px; }}
"""


def dress(widget: QWidget) -> None:
    """What a menu or a dialogue wears besides; kept out of the window's sheet, which is read before the first paint."""
    c = colours()
    tick = resource("icons", "tick-dark.svg" if c is DARK else "tick-light.svg").as_posix()
    widget.setStyleSheet(f"""
QListWidget#roomy {{ background: {c.page}; padding: 6px; }}
QListWidget#roomy::item {{ border-radius: 6px; color: {c.text}; }}
QListWidget#roomy::item:selected {{ background: {c.chosen}; }}
QCheckBox::indicator, QListWidget::indicator, QMenu::indicator {{ width: 13px; height: 13px; border-radius: 3px;
    border: 1px solid {c.muted}; background: {c.page}; }}
QCheckBox::indicator:checked, QListWidget::indicator:checked, QMenu::indicator:checked {{ background: {c.accent};
    border-color: {c.accent}; image: url("{tick}"); }}
QCheckBox::indicator:focus {{ border-color: {c.accent}; }}
QComboBox, QSpinBox, QDialog QLineEdit {{ selection-background-color: {c.accent};  /* and the ring of the keyboard */
    selection-color: {c.on_accent}; }}
QDialog QLineEdit {{ border: 1px solid {c.line}; border-radius: 6px; padding: 5px 8px; background: {c.page}; }}
QDialog QLineEdit:focus {{ border-color: {c.accent}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; }}
QMenu {{ background: {c.page}; border: 1px solid {c.line}; padding: 5px; }}
QMenu::item {{ padding: 6px 26px 6px 26px; border-radius: 5px; }}
QMenu::item:selected {{ background: {c.chosen}; }}
QMenu::item:disabled {{ color: {c.muted}; }}
QMenu::separator {{ height: 1px; background: {c.line}; margin: 5px 8px; }}
QMenu::indicator {{ left: 7px; }}
QDialog QPushButton {{ border: 1px solid {c.line}; border-radius: 6px; padding: 5px 14px; background: {c.page}; }}
QDialog QPushButton:hover, QDialog QPushButton:focus {{ border-color: {c.accent}; }}
QDialog QPushButton:default {{ background: {c.accent}; color: {c.on_accent}; border-color: {c.accent}; }}
QDialog QPushButton:disabled {{ background: {c.side}; color: {c.muted}; border-color: {c.line}; }}
""")


# Icons -------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _drawing(name: str) -> bytes:
    return resource("icons", f"{name}.svg").read_bytes()


@lru_cache(maxsize=256)
def pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    """The icon ``name`` drawn in ``colour``, ``size`` logical pixels wide, sharp on a screen of ``ratio``."""
    from PySide6.QtSvg import QSvgRenderer

    drawing = QSvgRenderer(QByteArray(_drawing(name).replace(b"currentColor", colour.encode())))
    picture = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    drawing.render(painter, QRectF(0, 0, size * ratio, size * ratio))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def icon(name: str, colour: str = "", size: int = 18) -> QIcon:
    """The icon ``name`` in ``colour`` (the scheme's text unless told)."""
    app = QGuiApplication.instance()
    ratio = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
    return QIcon(pixmap(name, colour or colours().text, size, ratio))


class IconButton(QToolButton):
    """A button that is only an icon, with a name for screen readers and a tooltip that tells its key."""

    def __init__(self, name: str, text: str, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("icon")
        self.setIconSize(QSize(18, 18))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._key = key
        self._colour = ""
        self._name = name
        self.show_as(name, text)

    def show_as(self, name: str, text: str, colour: str = "") -> None:
        """Change the icon and what it says; ``colour`` names a field of :class:`Colours`."""
        self._name, self._colour = name, colour
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({self._key})" if self._key else text)
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        self.setIcon(icon(self._name, getattr(colours(), self._colour) if self._colour else ""))


class Repaint(QObject):
    """Dresses the application again when the system changes between light and dark."""

    def __init__(self, app: QApplication, wanted: str) -> None:
        super().__init__(app)
        self._app, self._wanted = app, wanted
        apply(app, wanted)
        app.styleHints().colorSchemeChanged.connect(self._follow)

    def set(self, wanted: str) -> None:
        """Take another wish: "light", "dark" or "system"."""
        if wanted != self._wanted:
            self._wanted = wanted
            apply(self._app, wanted)

    def _follow(self) -> None:
        if self._wanted == "system":
            apply(self._app, "system")
