"""The fields of a rule: what is done, where, and with which items."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QCompleter, QFormLayout, QLineEdit, QSpinBox, QWidget

from veille.core.annotations import TAG, tag_names
from veille.core.rules.typed import in_line, language_codes, language_name, several
from veille.i18n import _
from veille.model import Item, ItemKind, Outline
from veille.rules import LISTED, WORD, Action, Condition, Rule
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, down, fitting
from veille.ui.strips import Flow

LONGEST = LISTED * (WORD + 2)  # characters of a line of words
WORDS = 100_000  # the greatest length that can be asked for
WHY = 1000  # characters of a reason
SHORT = 22  # letters of the narrowest list
EVERYWHERE = ("", 0)  # neither a sector nor a source

Where = tuple[str, int]  # a sector's key, or a source's id


class Places(QComboBox):
    """Where a rule holds: everywhere, in a sector, for a source. One types a part of the name to find it."""

    def __init__(self, outline: Outline, where: Where) -> None:
        super().__init__(editable=True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(SHORT)
        self.addItem(_("All sources"), EVERYWHERE)
        for sector in outline.sectors:
            self.addItem(_("Sector “{title}”").format(title=sector.title), (sector.key, 0))
        often = Counter(each.label for each in outline.sources.values())
        for source in sorted(outline.sources.values(), key=lambda each: each.label.casefold()):
            label = source.label if often[source.label] == 1 else f"{source.label} ({source.address})"
            self.addItem(label, ("", source.id))
        if where not in (self.itemData(at) for at in range(self.count())):
            self.addItem(_("What was removed from your list"), where)
        self.setCurrentIndex(next(at for at in range(self.count()) if self.itemData(at) == where))
        known = QCompleter(self.model(), self)
        known.setFilterMode(Qt.MatchFlag.MatchContains)
        known.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        known.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(known)
        if line := self.lineEdit():
            line.editingFinished.connect(self._settle)

    @property
    def where(self) -> Where:
        """What is chosen."""
        sector, source = self.currentData() or EVERYWHERE
        return sector, source

    def _settle(self) -> None:
        """What was typed becomes a choice, or gives way to the one in force."""
        at = self.findText(self.currentText(), Qt.MatchFlag.MatchFixedString)
        if at >= 0:
            self.setCurrentIndex(at)
        self.setEditText(self.itemText(self.currentIndex()))


class RuleFields(QWidget):
    """``changed`` says that the rule may be another one now."""

    changed = Signal()

    def __init__(self, rule: Rule, outline: Outline, item: Item | None = None) -> None:
        super().__init__()
        self._rule = rule
        self.deeds = {
            Action.HIDE: QCheckBox(_("Hide it")), Action.READ: QCheckBox(_("Mark it as read")),
            Action.FLAG: QCheckBox(_("Flag it")), Action.SAVE: QCheckBox(_("Save it")),
            Action.TAG: QCheckBox(_("Tag it:")),
        }  # fmt: skip
        self.tags = _line(_("Several with commas between them"), LISTED * (TAG + 2))
        self.where = Places(outline, (rule.sector, rule.source))
        self.words = _line(_("For instance: promo, sponsored content, hydro*"))
        self.without = _line(_("None of these"))
        self.in_title = QCheckBox(_("Look in the title alone"))
        self.authors = _line(_("Anybody"))
        self.langs = _line(_("Any; for instance: English, fr"))
        self.kind = QComboBox()
        for text, kind in ((_("Articles and posts"), None), (_("Articles"), ItemKind.ARTICLE),
                           (_("Posts"), ItemKind.POST)):  # fmt: skip
            self.kind.addItem(text, kind)
        self.shorter, self.longer = _count(), _count()
        self.why = _line(_("A note to yourself"), WHY)
        self.offers: list[QCheckBox] = []
        for field in (self.where, self.kind, self.shorter, self.longer):
            field.setMinimumHeight(self.words.sizeHint().height())
        self._lay_out(item)
        self.fill(rule)
        self._connect()

    def _lay_out(self, item: Item | None) -> None:
        done = down(spacing=6)
        boxes = _row(box for action, box in self.deeds.items() if action is not Action.TAG)
        tagging = across(spacing=8)
        tagging.addWidget(self.deeds[Action.TAG])
        tagging.addWidget(self.tags, 1)
        done.addWidget(boxes)
        done.addLayout(tagging)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow(PlainLabel(_("What")), done)
        self.tags.setAccessibleName(_("Tags to give"))
        for name, field in (
            (_("Where"), self.where), (_("Words or phrases"), self.words), (_("But not"), self.without),
            ("", self.in_title), (_("Authors"), self.authors), (_("Languages"), self.langs), (_("Kind"), self.kind),
            (_("Fewer words than"), self.shorter), (_("More words than"), self.longer), (_("Reason"), self.why),
        ):  # fmt: skip
            form.addRow(PlainLabel(name), field)
            if name:
                field.setAccessibleName(name)
        if item is not None:
            form.insertRow(2, PlainLabel(_("Like this item")), self._offer(item))
            for before, after in pairwise((self.where, *self.offers, self.words)):
                self.setTabOrder(before, after)

    def _offer(self, item: Item) -> QWidget:
        """What ``item`` is, to be taken into the rule."""
        found: list[tuple[str, QLineEdit, str]] = []
        if item.author:
            found.append((_("By {author}").format(author=item.author), self.authors, item.author))
        if item.lang:
            name = language_name(item.lang)
            found.append((_("In this language: {language}").format(language=name), self.langs, name))
        for text, field, value in found:
            box = _plain_box(text)
            box.toggled.connect(lambda on, field=field, value=value: _put(field, value, on))
            self.offers.append(box)
        post = item.kind is ItemKind.POST
        box = QCheckBox(_("Posts alone") if post else _("Articles alone"))
        box.toggled.connect(lambda on: self.kind.setCurrentIndex(self.kind.findData(item.kind) if on else 0))
        self.offers.append(box)
        return _row(self.offers)

    def _connect(self) -> None:
        for box in (*self.deeds.values(), self.in_title):
            box.toggled.connect(self._tell)
        for line in (self.tags, self.words, self.without, self.authors, self.langs, self.why):
            line.textChanged.connect(self._tell)
        for choice in (self.where, self.kind):
            choice.currentIndexChanged.connect(self._tell)
        for count in (self.shorter, self.longer):
            count.valueChanged.connect(self._tell)
        self.tags.textEdited.connect(lambda text: self.deeds[Action.TAG].setChecked(bool(text.strip())))
        self.deeds[Action.TAG].toggled.connect(lambda on: self.tags.setFocus() if on and not self.tags.text() else None)

    def _tell(self, *_change: object) -> None:
        self.changed.emit()

    # The rule -------------------------------------------------------------------------------------

    @property
    def rule(self) -> Rule:
        """What the fields say. Raises BadRule for a language that is none."""
        sector, source = self.where.where
        actions = frozenset(action for action, box in self.deeds.items() if box.isChecked())
        condition = Condition(
            words=several(self.words.text()), without=several(self.without.text()), in_title=self.in_title.isChecked(),
            authors=several(self.authors.text()), langs=language_codes(several(self.langs.text())),
            kind=self.kind.currentData(), shorter=self.shorter.value(), longer=self.longer.value())  # fmt: skip
        tags = tuple(tag_names(self.tags.text().split(","))) if Action.TAG in actions else ()
        return replace(
            self._rule, actions=actions, condition=condition, sector=sector, source=source, tags=tags,
            why=self.why.text().strip())  # fmt: skip

    def fill(self, rule: Rule) -> None:
        """Show ``rule`` in the fields."""
        condition = rule.condition
        with QSignalBlocker(self):
            for action, box in self.deeds.items():
                box.setChecked(action in rule.actions)
            for line, some in ((self.tags, rule.tags), (self.words, condition.words),
                               (self.without, condition.without), (self.authors, condition.authors),
                               (self.langs, map(language_name, condition.langs))):  # fmt: skip
                line.setText(in_line(some))
                line.setCursorPosition(0)
            self.in_title.setChecked(condition.in_title)
            self.kind.setCurrentIndex(self.kind.findData(condition.kind))
            self.shorter.setValue(condition.shorter)
            self.longer.setValue(condition.longer)
            self.why.setText(rule.why)


def _row(boxes: Iterable[QCheckBox]) -> QWidget:
    """``boxes`` side by side, in as many rows as they need."""
    widget, flow = fitting(QWidget()), Flow()
    widget.setLayout(flow)
    for box in boxes:
        flow.addWidget(box)
    return widget


def _line(hint: str, most: int = LONGEST) -> QLineEdit:
    return QLineEdit(placeholderText=hint, maxLength=most)


def _count() -> QSpinBox:
    count = QSpinBox(maximum=WORDS, singleStep=50)
    count.setSpecialValueText(_("no matter"))
    return count


def _plain_box(text: str) -> QCheckBox:
    """A box whose text is only ever text."""
    return QCheckBox(text.replace("&", "&&"))


def _put(field: QLineEdit, value: str, there: bool) -> None:
    """Let ``value`` be among what ``field`` lists, or not."""
    value = in_line([value])
    field.setText(in_line(_with(several(field.text()), value, there)))


def _with(some: Iterable[str], value: str, there: bool) -> Iterable[str]:
    others = [each for each in some if each != value]
    return [*others, value] if there else others
