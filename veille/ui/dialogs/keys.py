"""The sheet that lists the keys."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QWidget

from veille.i18n import _
from veille.ui.labels import PlainLabel, key_name
from veille.ui.layouts import down, scrolling
from veille.ui.shortcuts import KEYS
from veille.ui.theme import dress


class KeySheet(QDialog):
    """Lists the keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Keys"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(8)
        for row, each in enumerate(KEYS):
            keys = PlainLabel("   ".join(map(key_name, each.keys)))
            keys.setObjectName("muted")
            grid.addWidget(keys, row, 0)
            grid.addWidget(PlainLabel(_(each.text)), row, 1)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = down(self, spacing=18, margins=(24, 20, 12, 16))
        column.addWidget(scrolling(grid), 1)
        column.addWidget(close)
        whole = grid.sizeHint() + QSize(48, 60 + close.sizeHint().height())
        self.resize(whole.boundedTo(self.screen().availableSize() * 0.9))
