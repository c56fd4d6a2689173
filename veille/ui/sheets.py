"""Qt style sheets, with a $name for each colour of :class:`veille.ui.theme.Colours`."""

from string import Template

WINDOW = Template("""\
QMainWindow, QSplitter { background: $page; }
QSplitter::handle { background: $line; }
#side, #side QSplitter, #status { background: $side; }
#side QTreeView, #facets { background: $side; border: none; }
#popup { background: $page; border: 1px solid $line; border-radius: 8px; padding: 5px; outline: none; }
#middle, #reader { background: $page; }
#items, #text { background: $page; border: none; }
#items { border-top: 1px solid $line; }
#head { border-bottom: 1px solid $line; }
#muted { color: $muted; }
#status { border-top: 1px solid $line; }
#status::item { border: none; }
#strip, #banner { background: $chosen; border: none; border-bottom: 1px solid $line; }
#strip[tone="warn"] { background: $strip; }
QLineEdit#search { border: 1px solid $line; border-radius: 8px; padding: 5px 8px; background: $page;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit#search:focus { border: 1px solid $accent; }
QToolButton#icon, QToolButton#chip, QToolButton#quiet { border: 1px solid transparent; border-radius: 6px;
    background: transparent; }
QToolButton#icon { padding: 5px; }
QToolButton#chip { padding: 6px 5px; }
QToolButton#quiet { padding: 2px 5px; color: $muted; }
QToolButton#icon:hover, QToolButton#icon:pressed, QToolButton#chip:hover, QToolButton#quiet:hover {
    background: $hover; }
QToolButton#chip:checked { background: $chosen; color: $accent; font-weight: 600; }
QToolButton#quiet:checked { color: $accent; font-weight: 600; }
QToolButton#icon:focus, QToolButton#chip:focus, QToolButton#quiet:focus { border-color: $accent; }
QToolButton#icon:checked { background: $chosen; }
QPushButton#link { border: 1px solid transparent; border-radius: 6px; padding: 1px 4px; background: transparent;
    color: $accent; text-align: left; }
QPushButton#link:hover { background: $hover; }
QPushButton#link:focus { border-color: $accent; }
QToolButton#icon::menu-indicator { image: none; }
QPushButton#act, QPushButton#first { border: 1px solid $line; border-radius: 6px; padding: 4px 10px;
    background: $page; }
QPushButton#act:hover, QPushButton#act:focus { border-color: $accent; }
QPushButton#first { border-color: $accent; background: $accent; color: $on_accent; }
QPushButton#first:focus { border-color: $text; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $line; min-height: 32px; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QProgressBar { border: none; border-radius: 3px; background: $line; }
QProgressBar::chunk { border-radius: 3px; background: $accent; }
QToolTip { background: $page; color: $text; border: 1px solid $line; padding: 4px; }
""")

# What a menu or a dialogue wears besides; kept out of the window's sheet, which is read before the first paint.
DIALOGUE = Template("""\
QListWidget#roomy { background: $page; padding: 6px; }
QListWidget#roomy::item { border-radius: 6px; color: $text; }
QListWidget#roomy::item:selected { background: $chosen; }
QCheckBox::indicator, QListWidget::indicator, QMenu::indicator { width: 13px; height: 13px; border-radius: 3px;
    border: 1px solid $muted; background: $page; }
QCheckBox::indicator:checked, QListWidget::indicator:checked, QMenu::indicator:checked { background: $accent;
    border-color: $accent; image: url("$tick"); }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $accent; }
QRadioButton::indicator { width: 12px; height: 12px; border-radius: 7px; border: 1px solid $muted; background: $page; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border-width: 4px; border-color: $accent; }
QComboBox, QSpinBox, QDialog QLineEdit, QPlainTextEdit#lines {
    selection-background-color: $accent;  /* and the ring of the keyboard */
    selection-color: $on_accent; }
QDialog QLineEdit { border: 1px solid $line; border-radius: 6px; padding: 5px 8px; background: $page; }
QDialog QLineEdit:focus, QPlainTextEdit#lines:focus { border-color: $accent; }
QPlainTextEdit#lines { border: 1px solid $line; border-radius: 6px; padding: 4px 6px; background: $page; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: $line; min-width: 32px; border-radius: 3px; margin: 2px; }
QScrollBar::handle:horizontal:hover { background: $muted; }
QMenu { background: $page; border: 1px solid $line; padding: 5px; }
QMenu::item { padding: 6px 26px 6px 26px; border-radius: 5px; }
QMenu::item:selected { background: $chosen; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $line; margin: 5px 8px; }
QMenu::indicator { left: 7px; }
QMenu::indicator:exclusive { border-radius: 7px; }
QDialog QPushButton { border: 1px solid $line; border-radius: 6px; padding: 5px 14px; background: $page; }
QDialog QPushButton:hover, QDialog QPushButton:focus { border-color: $accent; }
QDialog QPushButton:default { background: $accent; color: $on_accent; border-color: $accent; }
QDialog QPushButton:disabled { background: $side; color: $muted; border-color: $line; }
QDialog QPushButton#link { padding: 3px 8px; background: transparent; border-color: transparent; color: $accent; }
QDialog QPushButton#link:hover { background: $hover; }
QDialog QPushButton#link:focus { border-color: $accent; }
QDialog QPushButton#link:disabled { color: $muted; }
""")
