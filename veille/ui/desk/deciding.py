"""What is asked before a pack is published: whose change is taken, and why sources were removed."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGroupBox, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from veille.core.packs.merging import Conflict, Side
from veille.i18n import _
from veille.ui.labels import PlainLabel
from veille.ui.layouts import down, fitting

REASON = 300  # characters


class _Box(QGroupBox):
    """Hidden while there is nothing to ask."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.column: QVBoxLayout = down(self, spacing=8, margins=(12, 8, 12, 8))
        fitting(self)
        self.hide()

    def _say(self, text: str) -> None:
        label = PlainLabel(text)
        label.setWordWrap(True)
        self.column.addWidget(label)

    def _clear(self) -> None:
        while (item := self.column.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()


class ConflictBox(_Box):
    """Each conflict with what either side says; ``sides`` is what was chosen, by the conflict's name. What was chosen
    stays to be seen, and can be chosen anew."""

    settled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Another curator made something else of it: whose is taken?"), parent)
        self._shown: dict[str, Conflict] = {}
        self.sides: dict[str, Side] = {}

    def forget(self) -> None:
        """Another sector, or another place."""
        self._shown, self.sides = {}, {}
        self._clear()
        self.hide()

    def ask(self, conflicts: Sequence[Conflict]) -> None:
        """Ask about ``conflicts``, beside those that were settled before."""
        new = [each for each in conflicts if each.name not in self._shown]
        for each in new:
            self._shown[each.name] = each
            self._ask(each)
        self.setVisible(bool(self._shown))

    def _ask(self, each: Conflict) -> None:
        text = f"{each.title} – {each.field}" if each.field else each.title
        self._say(text)
        group = QButtonGroup(self)
        sides = ((Side.MINE, _("Mine: {text}"), each.mine), (Side.THEIRS, _("Theirs: {text}"), each.theirs))
        for side, said, what in sides:
            button = QRadioButton(said.format(text=what or _("removed")).replace("&", "&&"))
            button.setAccessibleName(f"{text}. {button.text()}")
            group.addButton(button)
            button.clicked.connect(lambda _on=True, side=side: self._settle(each.name, side))
            self.column.addWidget(button)

    def _settle(self, name: str, side: Side) -> None:
        self.sides[name] = side
        self.settled.emit()


class ReasonBox(_Box):
    """A line for each source that was removed. What was typed stays while its source is asked about."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Why they were removed (readers see it)"), parent)
        self.lines: dict[str, QLineEdit] = {}

    def ask(self, gone: Mapping[str, str], said: Mapping[str, str]) -> None:
        """Ask about ``gone``, titles by key; ``said`` are reasons that are known."""
        if list(gone) != list(self.lines):
            typed = {key: line.text() for key, line in self.lines.items()}
            self._clear()
            self.lines = {}
            for key, title in gone.items():
                line = QLineEdit(typed.get(key, said.get(key, "")), maxLength=REASON)
                line.setPlaceholderText(_("For instance: no longer maintained"))
                line.setAccessibleName(title)
                self.lines[key] = line
                self._say(title)
                self.column.addWidget(line)
        self.setVisible(bool(gone))

    @property
    def reasons(self) -> Mapping[str, str]:
        """What was typed, by key."""
        return {key: text for key, line in self.lines.items() if (text := line.text().strip())}
