"""Starts the desktop face and replaces its window when another profile or language is chosen."""

import gc
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTimer, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from veille import i18n
from veille.errors import VeilleError
from veille.i18n import _
from veille.settings import Settings
from veille.ui import theme
from veille.ui.window import Window

if TYPE_CHECKING:
    from veille.core.services import Services

OpenProfile = Callable[[str], "Services"]
_PATIENCE = 200  # ms between two looks at whether a dialog is closed


class Face(QObject):
    """One window at a time, over the services of one profile."""

    indexed = Signal(int)
    window: Window

    def __init__(self, app: QApplication, first: "Services", open_profile: OpenProfile) -> None:
        super().__init__(app)
        self._app, self._open = app, open_profile
        self.services = first
        self._indexing: Services | None = None
        self.indexed.connect(lambda _count: self.window.browsing.look_after_indexing())
        self._translator: QTranslator | None = None
        values = first.preferences.values
        self._language = values.language
        self._speak()
        self._theme = theme.Repaint(app, values.theme)
        self.window = self._make()

    def _make(self) -> Window:
        window = Window(self.services, self.on_own)
        window.switch.connect(self.switch)
        window.settled.connect(self._settle)
        window.restored.connect(lambda: QTimer.singleShot(0, self.exchange))
        window.browsing.listed.connect(self._start_index)
        window.show()
        return window

    def _start_index(self) -> None:
        """Once for a profile, when its first list is there: the two would be in each other's way."""
        if self._indexing is not self.services:
            self._indexing = self.services
            self.services.indexer.start(self.indexed.emit)

    def switch(self, profile: str) -> None:
        """Show the profile "own" or "sample"; where it can't be opened, say so and stay."""
        try:
            services = self._open(profile)
        except VeilleError as error:
            self.window.failure.tell(str(error), sign="warning", warn=True)
            return
        self._replace(services)

    def on_own(self, then: Callable[[Window], None]) -> None:
        """Do ``then`` in the window of the person's own profile, opened if need be."""
        if self.services.sample:
            self.switch("own")
        if not self.services.sample:
            then(self.window)

    def close(self) -> None:
        """End: the threads of the window have stopped when this returns."""
        self.services.close()

    def exchange(self) -> None:
        """Close the profile, put the backup that was prepared in its place, and open what is there then."""
        from veille.core.keeping.restoring import kept_text

        if self._app.activeModalWidget() is not None:  # its loop runs below this call, over the window that goes
            QTimer.singleShot(_PATIENCE, self.exchange)
            return
        old, restorer = self.window, self.services.restorer
        self._app.setQuitOnLastWindowClosed(False)
        old.close()
        self.services.close()
        failed, done = "", _("Restored.")
        try:
            if kept := restorer.finish():
                done += " " + kept_text(kept)
        except VeilleError as error:
            failed = str(error)
            restorer.abandon()
        try:
            services = self._open("own")
        except VeilleError as error:
            self._app.exit(complain(str(error)))
            return
        except BaseException:  # a bug: without a window nobody could end it
            self._app.exit(1)
            raise
        self._show(services, old)
        self._app.setQuitOnLastWindowClosed(True)
        old.deleteLater()
        if failed:
            self.window.failure.tell(failed, sign="warning", warn=True)
        else:
            self.window.done.tell(done, sign="check")

    def _replace(self, services: "Services") -> None:
        old, before = self.window, self.services
        old.remember()
        self._show(services, old)
        old.close()
        old.deleteLater()
        if before is not services:
            before.close()

    def _show(self, services: "Services", old: Window) -> None:
        """A window over ``services``, where the ``old`` one is."""
        self.services = services
        self._language = services.preferences.values.language
        self._speak()
        self._theme.set(services.preferences.values.theme)
        self.window = self._make()
        self.window.setGeometry(old.geometry())

    def _settle(self, values: Settings) -> None:
        self._theme.set(values.theme)
        if values.language != self._language:
            QTimer.singleShot(0, self._speak_anew)

    def _speak_anew(self) -> None:
        """Another window in the other language, at the preferences where it was chosen."""
        self._replace(self.services)
        self.window.open_preferences()

    def _speak(self) -> None:
        """Veille's own texts, and Qt's, in the language that is wished."""
        language = i18n.use(self._language)
        QLocale.setDefault(QLocale.system() if self._language == "system" else QLocale(language))
        if self._translator is not None:
            self._app.removeTranslator(self._translator)
            self._translator = None
        if language != "en":
            self._translator = QTranslator(self._app)
            folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            if self._translator.load(f"qtbase_{language}", folder):
                self._app.installTranslator(self._translator)


def complain(text: str) -> int:
    """Say why there can be no window, on the screen and in the terminal. Gives the exit status."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QMessageBox

    print(f"veille: {text}", file=sys.stderr)
    _app = QApplication.instance() or QApplication(sys.argv[:1])
    if QApplication.platformName() not in ("offscreen", "minimal"):  # nobody could close it there
        box = QMessageBox(QMessageBox.Icon.Warning, "Veille", text)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.exec()
    return 1


def run(first: "Services", open_profile: OpenProfile, argv: Sequence[str]) -> int:
    """Show ``first`` until the person leaves; ``open_profile`` opens "own" or "sample". Gives the exit status."""
    gc.disable()  # until the first paint: what is made before it stays
    app = QApplication(list(argv))
    app.setApplicationName("veille")
    app.setApplicationDisplayName("Veille")
    app.setDesktopFileName("veille")
    app.setStyle("Fusion")
    theme.set_font(app)
    face = Face(app, first, open_profile)
    face.window.painted.connect(gc.enable)
    status = app.exec()
    face.close()
    return status
