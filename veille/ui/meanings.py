"""What Veille understood of an address or account that is typed: one sentence, or several to choose from."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from veille.content.addresses import normalise
from veille.content.networks import Meant, in_words, understand
from veille.errors import BadAddress, LoginAddress
from veille.i18n import _
from veille.ui.labels import PlainLabel, safe
from veille.ui.layouts import down, named

MOST = 6  # meanings that are offered
LONGEST = 90  # letters of one: a search may have hundreds


class Meanings(QWidget):
    """``chosen`` says that another meaning counts now. Asks nobody. The Tab key comes to it from ``field``."""

    chosen = Signal()

    def __init__(self, field: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self.found: tuple[Meant, ...] = ()
        self._picked: Meant | None = None  # by the person, among several
        self.line = named(PlainLabel(), "muted")
        self.line.setWordWrap(True)
        self.group = QButtonGroup(self)
        self._column = down(self, spacing=6)
        self._column.addWidget(self.line)
        self.group.idToggled.connect(self._choose)
        self.read("")

    @property
    def meant(self) -> Meant | None:
        """What counts; None where nothing is understood."""
        at = max(0, self.group.checkedId())
        return self.found[at] if self.found else None

    @property
    def text(self) -> str:
        """What is said of it."""
        return self.line.text() if len(self.found) != 1 else in_words(self.found[0])

    def read(self, typed: str) -> None:
        """Say what ``typed`` may mean. What the person chose stays chosen while it is among it."""
        before, typed = self.meant, typed.strip()
        self.found = understand(typed)[:MOST] if typed else ()
        self._offer(self.found.index(self._picked) if self._picked in self.found else 0)
        if len(self.found) == 1:
            self.line.setText(_short(in_words(self.found[0])))
        elif self.found:
            self.line.setText(_("This may be:"))
        else:
            self.line.setText(_unknown(typed))
        if self.meant != before:
            self.chosen.emit()

    def _offer(self, at: int) -> None:
        """A button for each where there are several."""
        self.group.blockSignals(True)
        for button in self.group.buttons():
            self.group.removeButton(button)
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        before = self._field
        for number, each in enumerate(self.found if len(self.found) > 1 else ()):
            text = in_words(each)
            button = QRadioButton(_short(text).replace("&", "&&"))
            button.setAccessibleName(text)
            button.setToolTip(safe(each.address))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.group.addButton(button, number)
            self._column.addWidget(button)
            button.setChecked(number == at)
            button.show()
            self.setTabOrder(before, button)  # not after all that was there before
            before = button
        self.group.blockSignals(False)

    def _choose(self, _number: int, on: bool) -> None:
        if on:
            self._picked = self.meant
            self.chosen.emit()


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def _unknown(typed: str) -> str:
    """What can be typed; before it, why what stands there will not do."""
    takes = _(
        "The address of a feed or of a page, or an account: @name (X), @name@host (Mastodon), name.bsky.social "
        "(Bluesky). A search on X is written “x: words”; lists and hashtags are taken by their address."
    )
    try:
        normalise(typed)
    except LoginAddress as error:
        return str(error)
    except BadAddress:
        pass
    return _("Veille does not know what this is.") + " " + takes if typed else takes
