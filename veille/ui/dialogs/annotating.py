"""Asks for the tags of an item, and for a note on it. What was typed is never lost: a note that is not kept is a draft,
and what could not be written is asked for again."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from veille.content.text import fold
from veille.core.annotations import NOTE, TAG, TAGS, tag_names
from veille.errors import TooLong, TooMany, VeilleError
from veille.i18n import _, number
from veille.model import Changes
from veille.ui.dialogs.notes import Note
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, down, named
from veille.ui.strips import Flow
from veille.ui.theme import dress

if TYPE_CHECKING:
    from veille.core.preferences import Preferences
    from veille.ui.window import Window

OFFERED = 50  # tags at once
DRAFTS = 20  # that are remembered
CALM = 800  # ms after the last key until a draft is written down
DRAFTED = "drafts"  # where the face remembers them: JSON, the text by item


def ask_tags(window: "Window") -> None:
    """Change the tags of the item that is read."""
    if hit := window.reader.hit:
        _ask_tags(window, hit.item.id, hit.mark.tags, hit.mark.tags)
    else:
        window.say(_("Choose an item first."))


def _ask_tags(window: "Window", item: int, before: Sequence[str], tags: Sequence[str], problem: str = "") -> None:
    dialog = TagsDialog(window, tags, [name for name, _count in window.browsing.outline.tags], problem)
    chosen = dialog.tags

    def change() -> Changes | str:
        had, has = {fold(each): each for each in before}, {fold(each): each for each in chosen}
        add, remove = [has[each] for each in has if each not in had], [had[each] for each in had if each not in has]
        try:
            return window.services.annotations.tag([item], add, remove) if add or remove else Changes()
        except VeilleError as error:
            return str(error)

    def then(answer: Changes | str) -> None:
        if isinstance(answer, str):
            _ask_tags(window, item, before, chosen, answer)

    dialog.accepted.connect(lambda: window.tasks.change(change, then))
    dialog.open()


def ask_note(window: "Window") -> None:
    """Write the note on the item that is read, going on with a draft of it."""
    hit = window.reader.hit
    if hit is None:
        window.say(_("Choose an item first."))
        return
    item, note, recall = hit.item.id, hit.mark.note, window.services.preferences.recall
    window.tasks.query(DRAFTED, lambda: _drafts(recall(DRAFTED)).get(str(item)),
                       lambda draft: _ask_note(window, item, note, draft))  # fmt: skip


def _ask_note(window: "Window", item: int, note: str, draft: str | None, problem: str = "") -> None:
    services, tasks = window.services, window.tasks

    def remember(text: str | None) -> None:
        tasks.change(lambda: _remember(services.preferences, item, text))

    def keep(text: str) -> Changes | str:
        try:
            changes = services.annotations.note(item, text)
        except VeilleError as error:
            return str(error)
        _remember(services.preferences, item, None)
        return changes

    def kept() -> None:
        text = dialog.text
        tasks.change(lambda: keep(text), lambda answer: again(text, answer))

    def again(text: str, answer: Changes | str) -> None:
        if isinstance(answer, str):
            _ask_note(window, item, note, text, answer)

    dialog = NoteDialog(window, note, draft, problem)
    dialog.accepted.connect(kept)
    dialog.drafted.connect(remember)
    dialog.left.connect(lambda: window.say(_("The note was not kept; press E to go on with it.")))
    dialog.open()


def _drafts(text: str) -> dict[str, str]:
    """Notes that were begun, by item, the newest last."""
    drafts: dict[str, str] = json.loads(text) if text else {}
    return drafts


def _remember(preferences: "Preferences", item: int, draft: str | None) -> None:
    drafts = _drafts(preferences.recall(DRAFTED))
    had = drafts.pop(str(item), None)
    if draft is not None:
        drafts[str(item)] = draft
    if draft != had:
        preferences.remember(DRAFTED, json.dumps(dict([*drafts.items()][-DRAFTS:])))


class TagsDialog(QDialog):
    """A line to type tags into, those that the item has, and those that there are."""

    def __init__(self, parent: QWidget, tags: Sequence[str], known: Sequence[str], problem: str = "") -> None:
        super().__init__(parent)
        dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Tags"))
        self.tags, self._known = list(tags), list(known)
        self.line = QLineEdit(maxLength=TAG, placeholderText=_("A tag, then Enter or a comma"))
        self.line.setAccessibleName(_("Tag to add"))
        self.line.textEdited.connect(self._typed)
        self.line.installEventFilter(self)
        self.note = Note(self.line)
        self.note.tell(problem)
        self._chips, self._flow = QWidget(), Flow()
        self._chips.setLayout(self._flow)
        self._chips.setAccessibleName(_("Tags of the item"))
        self.about = named(PlainLabel(), "muted")
        self.about.setWordWrap(True)
        self.list = named(QListWidget(), "roomy")
        self.list.setAccessibleName(_("Your tags"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.itemActivated.connect(lambda item: self.add(item.text()))
        self.list.itemClicked.connect(lambda item: self.add(item.text()))
        self.list.installEventFilter(self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = down(self, spacing=10, margins=(24, 20, 24, 16))
        for part in (self.line, self.note, self._chips, self.about):
            column.addWidget(part)
        column.addWidget(self.list, 1)
        column.addWidget(buttons)
        self._show()
        self.resize(QSize(420, 400).boundedTo(self.screen().availableSize() * 0.9))

    def add(self, typed: str) -> bool:
        """Give the item the tags that were ``typed``; whether there was room for them."""
        has = {fold(each) for each in self.tags}
        known = {fold(each): each for each in self._known}
        new = [known.get(fold(each), each) for each in tag_names(typed.split(",")) if fold(each) not in has]
        if len(self.tags) + len(new) > TAGS:
            self.note.tell(str(TooMany(most=TAGS, what=_("tags on one item"))))
            return False
        self.tags += new
        self.line.clear()
        self.note.tell("")
        self._show()
        return True

    def remove(self, tag: str) -> None:
        """Take ``tag`` from the item."""
        self.tags.remove(tag)
        self.note.tell("")
        self._show()
        self.line.setFocus()

    def accept(self) -> None:
        """With what still stands in the line."""
        if self.add(self.line.text()):
            super().accept()

    def _typed(self, text: str) -> None:
        self.note.tell("")
        if "," in text:
            self.add(text)
        else:
            self._offer()

    def _show(self) -> None:
        for chip in self._chips.findChildren(QPushButton):
            self._flow.removeWidget(chip)
            chip.hide()
            chip.setParent(None)
            chip.deleteLater()
        before: QWidget = self.line
        for tag in self.tags:
            chip = named(QPushButton(f"{tag}  ×".replace("&", "&&"), autoDefault=False), "act")
            chip.setAccessibleName(_("Take away the tag {tag}").format(tag=tag))
            chip.clicked.connect(lambda _checked=False, tag=tag: self.remove(tag))
            self._flow.addWidget(chip)
            self.setTabOrder(before, chip)
            before = chip
        self.setTabOrder(before, self.list)
        self._chips.setVisible(bool(self.tags))
        self._offer()

    def _offer(self) -> None:
        """The tags that begin with what was typed, then those that hold it."""
        has, wanted = {fold(each) for each in self.tags}, fold(self.line.text()).strip().lstrip("#")
        free = [each for each in self._known if fold(each) not in has and wanted in fold(each)]
        self.list.clear()
        self.list.addItems(sorted(free, key=lambda each: not fold(each).startswith(wanted))[:OFFERED])
        self.list.setEnabled(self.list.count() > 0)
        new = bool(wanted) and wanted not in has
        self.about.setText(_("Your other tags:") if free else _("Enter makes this a new tag.") if new else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter, Down and Backspace in the line; Up and Enter in the list, which shows where the keyboard is."""
        if watched is self.list and event.type() is QEvent.Type.FocusIn:
            self.list.setCurrentRow(max(0, self.list.currentRow()))
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        key, enter = event.key(), event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if watched is self.line and enter and plain and self.line.text().strip():
            self.add(self.line.text())
        elif watched is self.line and enter:
            self.accept()
        elif watched is self.line and key == Qt.Key.Key_Down and self.list.count():
            self.list.setFocus()
            self.list.setCurrentRow(max(0, self.list.currentRow()))  # also where the desktop gives no focus
        elif watched is self.line and key == Qt.Key.Key_Backspace and not self.line.text() and self.tags:
            self.remove(self.tags[-1])
        elif watched is self.list and key == Qt.Key.Key_Up and self.list.currentRow() <= 0:
            self.line.setFocus()
        elif watched is self.list and enter and self.list.currentItem():
            self.add(self.list.currentItem().text())
            self.line.setFocus()
        else:
            return super().eventFilter(watched, event)
        return True


class NoteDialog(QDialog):
    """Several lines. Ctrl+Enter keeps them; closed otherwise, what was changed is a draft.

    ``drafted`` tells what is to be remembered (None: nothing more), ``left`` that it was closed with a draft.
    """

    drafted = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget, note: str, draft: str | None, problem: str = "") -> None:
        super().__init__(parent)
        dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Note"))
        self._note = note
        self.field = named(QPlainTextEdit(note if draft is None else draft), "lines")
        self.field.setAccessibleName(_("Your note on the item"))
        self.field.setTabChangesFocus(True)
        self.field.moveCursor(self.field.textCursor().MoveOperation.End)
        self.note = Note(self.field)
        self.note.tell(problem)
        self._saved = QTimer(self, singleShot=True, interval=CALM)
        self._saved.timeout.connect(self._remember)
        self.field.textChanged.connect(self._typed)
        column = down(self, spacing=10, margins=(24, 20, 24, 16))
        if draft is not None and draft != note and not problem:
            column.addLayout(self._about_draft())
        column.addWidget(self.field, 1)
        column.addWidget(self.note)
        hint = named(PlainLabel(_("Ctrl+Enter keeps the note. Esc closes; what you typed stays as a draft.")), "muted")
        hint.setWordWrap(True)
        column.addWidget(hint)
        column.addWidget(self._choices())
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.accept)
        self.resize(QSize(520, 380).boundedTo(self.screen().availableSize() * 0.9))
        self.field.setFocus()

    def _about_draft(self) -> QHBoxLayout:
        row = across(spacing=8)
        said = PlainLabel(_("This is a draft, which was not kept yet."))
        said.setWordWrap(True)
        back = named(QPushButton(_("Back to what was kept"), autoDefault=False), "act")
        back.clicked.connect(self._go_back)
        row.addWidget(said, 1)
        row.addWidget(back)
        return row

    def _go_back(self) -> None:
        """As if it were typed: Ctrl+Z brings the draft again."""
        cursor = self.field.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(self._note)
        self.field.setFocus()

    def _choices(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self._keep = buttons.button(QDialogButtonBox.StandardButton.Save)
        self._keep.setText(_("Keep the note"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    @property
    def text(self) -> str:
        """What stands there."""
        return self.field.toPlainText()

    def accept(self) -> None:
        """Keep it, unless it is too long."""
        if len(self.text) > NOTE:
            self.note.tell(str(TooLong(what=_("A note"), most=number(NOTE))))
            return
        self._saved.stop()
        super().accept()

    def reject(self) -> None:
        """Close it; Esc and the cross come here, too."""
        self._saved.stop()
        self._remember()
        if self.text.strip() != self._note:
            self.left.emit()
        super().reject()

    def _typed(self) -> None:
        self.note.tell("")
        self._saved.start()

    def _remember(self) -> None:
        self.drafted.emit(None if self.text.strip() == self._note else self.text)
