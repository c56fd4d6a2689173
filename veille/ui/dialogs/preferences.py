"""The preferences window, drawn from what :mod:`veille.settings` declares."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QSpinBox,
    QWidget,
)

from veille.i18n import _
from veille.settings import Setting, Settings, as_text, declared
from veille.ui.dialogs.notes import TextField
from veille.ui.labels import PlainLabel
from veille.ui.layouts import down, named, scrolling
from veille.ui.theme import colours, dress

Change = Callable[[str, str], None]


class PreferencesWindow(QDialog):
    """Each change holds at once: ``change`` is called with the setting's key and its new text."""

    def __init__(self, values: Settings, change: Change, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dressed = colours()
        dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Preferences"))
        self.fields: dict[str, QWidget] = {}
        self._told = ""  # the text that was said to be no good
        form = QFormLayout(verticalSpacing=14, horizontalSpacing=20)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for setting in declared():
            field = _field(setting, getattr(values, setting.key), change)
            field.setAccessibleName(setting.title)
            field.setAccessibleDescription(setting.help)
            self.fields[setting.key] = field
            help = named(PlainLabel(setting.help), "muted")
            help.setWordWrap(True)
            both = down(spacing=3)
            both.addWidget(field)
            if isinstance(field, TextField):
                both.addWidget(field.note)
            both.addWidget(help)
            form.addRow(PlainLabel("" if isinstance(field, QCheckBox) else setting.title), both)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = down(self, spacing=14, margins=(24, 20, 12, 16))
        column.addWidget(scrolling(form), 1)
        column.addWidget(close)
        self.fields["language"].setFocus(Qt.FocusReason.TabFocusReason)
        self.resize(QSize(600, 640).boundedTo(self.screen().availableSize() * 0.9))

    def done(self, result: int) -> None:
        """Close, unless a text is no good and the person has not been told yet: it would seem to be in force."""
        for field in self.fields.values():
            if isinstance(field, TextField) and not field.settle() and self._told != field.text():
                self._told = field.text()
                field.setFocus()
                return
        super().done(result)

    def changeEvent(self, event: QEvent) -> None:
        """The scheme may be changed right here."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._dressed is not colours():
            self._dressed = colours()
            dress(self)


def _field(setting: Setting, value: bool | int | str, change: Change) -> QWidget:
    if setting.kind is bool:
        box = QCheckBox(setting.title)
        box.setChecked(bool(value))
        box.toggled.connect(lambda on: change(setting.key, as_text(on)))
        return box
    if setting.kind is int:
        spin = QSpinBox()
        spin.setRange(setting.low, setting.high)
        spin.setSuffix(f" {setting.unit}" if setting.unit else "")
        spin.setValue(int(value))
        spin.setKeyboardTracking(False)
        spin.valueChanged.connect(lambda number: change(setting.key, as_text(number)))
        return spin
    if setting.pattern:
        line = TextField(setting.key, str(value))
        line.settled.connect(lambda text: change(setting.key, text))
        return line
    combo = QComboBox()
    for key, text in setting.choices.items():
        combo.addItem(text, key)
    combo.setCurrentIndex(combo.findData(value))
    combo.currentIndexChanged.connect(lambda at: change(setting.key, combo.itemData(at)))
    return combo
