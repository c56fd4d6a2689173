"""Asks by which way a source is asked: the profile's, direct, or a proxy of its own."""

from PySide6.QtWidgets import QButtonGroup, QDialog, QDialogButtonBox, QRadioButton, QWidget

from veille.i18n import _
from veille.ui.dialogs.notes import TextField
from veille.ui.labels import PlainLabel
from veille.ui.layouts import down, fitting, named
from veille.ui.theme import dress

PROFILE, DIRECT, OWN = range(3)


class RouteDialog(QDialog):
    """``route`` is as in :attr:`veille.model.Source.route`."""

    def __init__(self, parent: QWidget | None, label: str, route: str) -> None:
        super().__init__(parent)
        dress(self)
        fitting(self)
        self.setWindowTitle(_("Route"))
        self.ways = QButtonGroup(self)
        column = down(self, spacing=10, margins=(24, 20, 24, 16))
        head = PlainLabel(_("“{title}” is asked:").format(title=label))
        head.setWordWrap(True)
        column.addWidget(head)
        texts = (_("as the preferences say"), _("direct, without a proxy"), _("through a proxy of its own:"))
        for at, text in enumerate(texts):
            way = QRadioButton(text)
            self.ways.addButton(way, at)
            column.addWidget(way)
        self.proxy = TextField("proxy", route if route != "direct" else "")
        self.proxy.setPlaceholderText("socks5://127.0.0.1:9050")
        self.proxy.setAccessibleName(_("Address of the proxy"))
        help = named(PlainLabel(_("In strict level, a source that is asked direct is not asked at all.")), "muted")
        help.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for each in (self.proxy, self.proxy.note, help):
            column.addWidget(each)
        column.addStretch(1)
        column.addWidget(buttons)
        self.ways.button({"": PROFILE, "direct": DIRECT}.get(route, OWN)).setChecked(True)
        self.ways.idToggled.connect(lambda _way, _on: self.proxy.note.tell(""))
        self.proxy.textEdited.connect(lambda _text: self.ways.button(OWN).setChecked(True))
        self.proxy.returnPressed.connect(self.accept)
        self.setMinimumWidth(480)

    @property
    def route(self) -> str:
        """The way that was chosen."""
        return {PROFILE: "", DIRECT: "direct"}.get(self.ways.checkedId(), self.proxy.value)

    def accept(self) -> None:
        """Close, unless the proxy's address is no good."""
        own = self.ways.checkedId() == OWN
        if own and not self.proxy.settle():
            self.proxy.setFocus()
        elif own and not self.proxy.value:
            self.proxy.note.tell(_("Which one? An address such as socks5://127.0.0.1:9050 goes here."))
            self.proxy.setFocus()
        else:
            super().accept()


def ask_route(parent: QWidget, label: str, route: str) -> str | None:
    """The route that was chosen, None where the person thought better of it."""
    dialog = RouteDialog(parent, label, route)
    answer = dialog.route if dialog.exec() else None
    dialog.deleteLater()
    return answer
