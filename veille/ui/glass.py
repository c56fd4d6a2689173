"""The mode: which one is in force, in words, with what left this machine today; and the way to another."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QActionGroup, QKeyEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from veille.contacts import Reason, Totals
from veille.i18n import N_, _, ngettext, number
from veille.model import Mode, Outline
from veille.ui.icons import icon
from veille.ui.labels import safe
from veille.ui.strips import Strip
from veille.ui.tasks import Tasks
from veille.ui.theme import colours, dress

if TYPE_CHECKING:
    from veille.core.services import Services

CALM = 1000  # ms between two looks at the traces while they grow
READING = ("GET", "HEAD")
SIGNS = {Mode.DISCREET: "lock", Mode.STRICT: "shield", Mode.OPEN: "eye"}
NAMES = {
    Mode.DISCREET: N_("Discreet – asks before anything shows you"),
    Mode.STRICT: N_("Strict – through a proxy alone, at fixed times, no pictures"),
    Mode.OPEN: N_("Open – asks fewer questions…"),
}


class ModeButton(QToolButton):
    """The words in the bottom line, as long as there is room for them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("quiet")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(15, 15))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._parts: list[str] = []
        self._sign = ""
        self._room = 0

    def say(self, parts: list[str], sign: str) -> None:
        """Show ``parts``, the first ones where there is no room for all, beside the icon ``sign``."""
        self._parts, self._sign = parts, sign
        self.setAccessibleName(_("Mode: {text}").format(text=", ".join(parts)))
        self._draw()
        self.fit(self._room)

    def fit(self, room: int) -> None:
        """Use at most ``room`` logical pixels, if the first part allows."""
        self._room = room
        texts = [" · ".join(self._parts[:count]) for count in range(len(self._parts), 0, -1)]
        least = self.iconSize().width() + 24
        fitting = [text for text in texts if self.fontMetrics().horizontalAdvance(text) + least <= room]
        self.setText((fitting or texts[-1:] or [""])[0])

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
        if self._sign:
            self.setIcon(icon(self._sign, colours().muted, 15))


class Glass(QObject):
    """Keeps the button true, opens its menu, and asks before discreet mode is left."""

    wanted = Signal(str)  # "traces", "certificate" or "preferences"

    def __init__(
        self, services: "Services", tasks: Tasks, button: ModeButton, strip: Strip, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services, self._tasks = services, tasks
        self._button, self._strip = button, strip
        self._totals: Totals | None = None
        self._outline = Outline()
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._calm.timeout.connect(self.count)
        button.clicked.connect(self.open_menu)
        tasks.idle.connect(self.count)
        tasks.progress.connect(self._count_soon)
        self.show()

    # What is shown --------------------------------------------------------------------------------

    def show(self) -> None:
        """The mode in force, which may have ended by itself, and what is known of today."""
        discretion = self._services.discretion
        mode, words = discretion.mode, discretion.in_words
        if mode is Mode.STRICT and not self._has_way():
            parts = [words, _("no proxy: nothing is asked")]
        else:
            parts = [words, *_today(self._totals)] if self._totals else [words]
        self._button.say(parts, SIGNS[mode])
        name = f"{_(NAMES[mode]).rstrip('…')} (Ctrl+D)."
        self._button.setToolTip(safe(" ".join(filter(None, (name, _opened(self._totals))))))

    def take_outline(self, outline: Outline) -> None:
        """Sources may have ways of their own."""
        self._outline = outline
        self.show()

    def count(self) -> None:
        """Look at the traces of today."""
        self._tasks.query("today", self._services.traces.today, self._take)

    def _count_soon(self, *_progress: object) -> None:
        if not self._calm.isActive():
            self._calm.start()

    def _take(self, totals: Totals) -> None:
        self._totals = totals
        self.show()

    def _has_way(self) -> bool:
        """Whether strict level leaves any way out."""
        proxied = any(each.route not in ("", "direct") for each in self._outline.sources.values())
        return proxied or bool(self._services.preferences.values.proxy)

    # Another mode ---------------------------------------------------------------------------------

    def menu(self) -> QMenu:
        """The modes, and where to see what they did."""
        menu = QMenu(self._button)
        dress(menu)
        modes = QActionGroup(menu)
        for mode, name in NAMES.items():
            action = menu.addAction(_(name))
            action.setCheckable(True)
            action.setChecked(mode is self._services.discretion.mode)
            action.triggered.connect(lambda _checked=False, mode=mode: self.choose(mode))
            modes.addAction(action)
        menu.addSeparator()
        for text, what in ((_("Traces…") + "\tCtrl+T", "traces"), (_("Certificate…"), "certificate")):
            menu.addAction(text).triggered.connect(lambda _checked=False, what=what: self.wanted.emit(what))
        return menu

    def open_menu(self) -> None:
        """Let the person choose, over the button."""
        menu = self.menu()
        menu.adjustSize()
        menu.setActiveAction(menu.actions()[0])
        menu.exec(self._button.mapToGlobal(QPoint(0, -menu.sizeHint().height() - 10)))
        menu.deleteLater()

    def choose(self, mode: Mode) -> None:
        """Go over to ``mode``; open is asked about first."""
        if mode is Mode.OPEN:
            self._ask()
        else:
            self._set(mode)

    def _ask(self) -> None:
        lasting = self._lasting()
        if self._services.discretion.mode is Mode.OPEN:
            back = _("Back to strict") if lasting is Mode.STRICT else _("Back to discreet")
        else:
            back = _("Stay strict") if lasting is Mode.STRICT else _("Stay discreet")
        self._strip.tell(
            _(
                "Open mode asks fewer questions: links open in your browser, articles and pictures load when you want "
                "them, so their hosts can learn what you read, and when. Veille itself still only reads."
            ),
            (back, lambda: self._set(lasting)),
            (_("Open until tonight"), lambda: self._set(Mode.OPEN)),
            (_("Open until I say otherwise"), lambda: self._set(Mode.OPEN, stay=True)),
            sign="eye",
        )
        self._strip.take_focus()

    def _lasting(self) -> Mode:
        """The mode that is in force when open mode is not."""
        return Mode.STRICT if self._services.preferences.values.strict else Mode.DISCREET

    def _set(self, mode: Mode, *, stay: bool = False) -> None:
        discretion = self._services.discretion

        def set_it() -> Mode:
            discretion.set_mode(mode, stay=stay)
            return discretion.mode

        self._tasks.change(set_it, self._settled)

    def _settled(self, mode: Mode) -> None:
        self.show()
        if mode is Mode.STRICT and not self._has_way():
            self._strip.tell(
                _("Strict level lets nothing out without a proxy, and none is set: no source is asked."),
                (_("Set a proxy…"), lambda: self.wanted.emit("preferences")),
                (_("Back to discreet"), lambda: self._set(Mode.DISCREET)),
                sign="shield",
            )
            self._strip.take_focus()
        else:
            self._strip.dismiss()


def _today(totals: Totals) -> list[str]:
    """What left this machine today, in a few words."""
    if not totals.reads:
        return [_("nothing asked today")]
    written = sum(count for method, count in totals.by_method.items() if method not in READING)
    return [
        ngettext("{n} read", "{n} reads", totals.reads).format(n=number(totals.reads)),
        ngettext("{n} host", "{n} hosts", totals.hosts).format(n=number(totals.hosts)),
        ngettext("{n} written", "{n} written", written).format(n=number(written)) if written else _("nothing written"),
    ]


def _opened(totals: Totals | None) -> str:
    """What the person's browser was given today, which Veille counts apart."""
    links = totals.by_reason.get(Reason.BROWSER, 0) if totals else 0
    text = ngettext("{n} link was opened in your browser today.", "{n} links were opened in your browser today.", links)
    return text.format(n=number(links)) if links else ""
