"""Icons, drawn from resources/icons in the colours of the theme, and the button that is only an icon."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QToolButton, QWidget

from veille.resources import resource
from veille.ui.labels import with_key
from veille.ui.theme import colours


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
        self.setToolTip(with_key(text, self._key))
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
