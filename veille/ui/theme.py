"""The colours, light and dark, following the system or the person's choice; and the fonts."""

from dataclasses import dataclass
from zlib import crc32

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from veille.resources import resource
from veille.ui import sheets


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
    passage: str  # behind what the person marked
    warn: str
    strip: str
    sources: tuple[str, ...]


LIGHT = Colours(
    page="#FFFFFF", side="#F4F5F7", line="#E3E6EA", rule="#ECEEF1", text="#16191D", muted="#5D6673", accent="#1F5FBF",
    on_accent="#FFFFFF", chosen="#E6EFFB", hover="#EBEDF0", mark="#FFE9A8", passage="#CDEFD5",
    warn="#A3500F", strip="#FBF6E9",
    sources=("#B3541E", "#8A4FBF", "#2E7D32", "#0B7A75", "#5B6B00", "#1F5FBF", "#A8326B"))  # fmt: skip

DARK = Colours(
    page="#1D2025", side="#17191D", line="#2D3138", rule="#292D33", text="#E6E9EE", muted="#9AA3AF", accent="#7DB1FF",
    on_accent="#10151C", chosen="#24364F", hover="#22262C", mark="#5A4A14", passage="#1F4B36",
    warn="#E8A65C", strip="#2A2820",
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
    app.setStyleSheet(sheets.WINDOW.substitute(vars(chosen)))


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


def dress(widget: QWidget) -> None:
    """Put the sheet of menus and dialogues on ``widget``."""
    c = colours()
    tick = resource("icons", "tick-dark.svg" if c is DARK else "tick-light.svg")
    widget.setStyleSheet(sheets.DIALOGUE.substitute(vars(c), tick=tick.as_posix()))


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
