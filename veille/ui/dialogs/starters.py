"""The starter sectors: what each would bring, and why."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QWidget,
)

from veille.content.text import fold
from veille.i18n import _, day, ngettext, number
from veille.ui import theme
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, down, named
from veille.ui.reader import Text

if TYPE_CHECKING:
    from veille.core.packs.pack import Pack


class StartersWindow(QDialog):
    """A sector on the left is ticked to be taken; the right says what it holds."""

    def __init__(self, parent: QWidget | None, starters: "Sequence[Pack]") -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Starter sectors"))
        starters = sorted(starters, key=lambda each: fold(each.title))
        self._starters = {each.key: each for each in starters}
        self.list = named(QListWidget(), "roomy")
        self.list.setAccessibleName(_("Starter sectors"))
        self.list.setMaximumWidth(260)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        for each in starters:
            item = QListWidgetItem(each.title, self.list)
            item.setData(Qt.ItemDataRole.UserRole, each.key)
            item.setSizeHint(QSize(0, self.fontMetrics().height() + 16))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
        self.details: QTextBrowser = Text()
        self.details.setAccessibleName(_("Sources of the sector"))
        self.details.setMinimumWidth(240)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.list.currentItemChanged.connect(self._show)
        self.list.itemChanged.connect(self._count)
        theme.dress(self)
        self._lay_out()
        self.list.setCurrentRow(0)
        self._count()

    def _lay_out(self) -> None:
        intro = PlainLabel(
            _("Tick the sectors that you watch. Their sources are public feeds; each can be removed again. "
              "Nothing is asked of them before the next refresh.")
        )  # fmt: skip
        intro.setWordWrap(True)
        row = across(spacing=12)
        row.addWidget(self.list)
        row.addWidget(self.details, 1)
        column = down(self, spacing=14, margins=(24, 20, 24, 16))
        column.addWidget(intro)
        column.addLayout(row, 1)
        column.addWidget(self._buttons)
        self.resize(QSize(860, 560).boundedTo(self.screen().availableSize() * 0.9))

    @property
    def keys(self) -> tuple[str, ...]:
        """The sectors that are ticked."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return tuple(
            item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() is Qt.CheckState.Checked
        )

    def _count(self) -> None:
        keys = self.keys
        sources = sum(len(self._starters[key].sources) for key in keys)
        add = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        add.setEnabled(bool(keys))
        text = ngettext("Add {n} source", "Add {n} sources", sources).format(n=number(sources))
        add.setText(text if keys else _("Add"))

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.details.setHtml(describe(self._starters[item.data(Qt.ItemDataRole.UserRole)]))


def describe(starter: "Pack") -> str:
    """A starter sector as a page, everything escaped."""
    from html import escape

    c = theme.colours()
    parts = [f"<h3>{escape(starter.title)}</h3><p>{escape(starter.summary)}</p>"]
    for each in starter.sources:
        tried = _("answered on {date}").format(date=day(each.tried)) if each.tried else _("not tried yet")
        muted, sign = f"<span style='color:{c.muted}'>", c.muted if each.tried else c.warn
        parts.append(
            f"<p><b>{escape(each.title)}</b>{muted} · {escape(each.lang)} · </span>"
            f"<span style='color:{sign}'>{escape(tried)}</span>"
            f"<br>{escape(each.why)}<br>{muted}{escape(each.address)}</span></p>"
        )
    return "".join(parts)


def choose_starters(parent: QWidget, starters: "Sequence[Pack]") -> tuple[str, ...]:
    """The keys that the person ticked; none where they thought better of it."""
    window = StartersWindow(parent, starters)
    answer = window.keys if window.exec() else ()
    window.deleteLater()
    return answer
