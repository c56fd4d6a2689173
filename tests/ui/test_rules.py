"""Rules in the window: a form that reads along and shows first what it would do, the list of rules, flags."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from tests.ui.conftest import fill, item, press
from veille.core.rules.rules import Preview
from veille.core.rules.typed import language_codes, several
from veille.errors import BadRule, Cancelled
from veille.model import ItemKind, Outline, Progress
from veille.rules import Action, Condition, Rule
from veille.store import open_store
from veille.ui import menus
from veille.ui.desk.rulefields import RuleFields
from veille.ui.desk.ruleform import RuleForm
from veille.ui.desk.rules import RulesWindow, ask_rule, open_rules
from veille.ui.places import ALL, FLAGGED, HIDDEN, Place
from veille.ui.rows import HIT, _signs
from veille.ui.search.narrowing import whole
from veille.ui.tree import COUNT
from veille.ui.window import Window

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """As everywhere, with items of today: a preview looks back from now."""
    folder = fill(tmp_path / "profile", 0)
    store = open_store(folder, write=True, clock=FakeClock())
    now = datetime.now(UTC)
    sources = sorted(store.sources.outline().sources)
    items = []
    for at in range(12):
        when = now - timedelta(hours=at + 1)
        made = item(at, sources[at % 3])
        items.append(replace(made, published=when, updated=when, seen=when, at=when))
    with store.db.write():
        store.items.apply(items, [])
    store.close()
    return folder


def opened(window: Window, qtbot: QtBot) -> RulesWindow:
    """The rules window, once it knows what there is."""
    rules = open_rules(window)
    qtbot.waitUntil(lambda: rules.list.count() > 0 or bool(rules.empty.text()))
    return rules


def previewed(form: RuleForm, qtbot: QtBot) -> str:
    """What it would have done, once that is shown."""
    qtbot.waitUntil(lambda: form.preview.preview is not None and form.keep.isEnabled())
    return form.preview.text.text()


def kept(window: Window, qtbot: QtBot, rule: Rule) -> Rule:
    """``rule``, kept without the form."""
    found, changes = window.services.rules.keep(rule)
    window.tasks.changed.emit(changes)
    return found


def titles(form: RuleForm) -> list[str]:
    return [form.preview.list.topLevelItem(at).text(0) for at in range(form.preview.list.topLevelItemCount())]


HIDING = Rule(frozenset({Action.HIDE}), Condition(words=("number4",)))


# The form ----------------------------------------------------------------------------------------


def test_a_rule_reads_along_and_is_kept_once_it_was_seen(window: Window, qtbot: QtBot) -> None:
    rules = opened(window, qtbot)
    assert rules.stack.currentWidget() is rules.empty
    assert "Before you keep it, you see what it would have done." in rules.empty.text()
    assert not rules.change.isEnabled()
    form = rules.ask_new()
    assert form.sentence.text() == "Say what is to be done, and with which items."
    assert not form.keep.isEnabled()
    qtbot.keyClick(form.fields.deeds[Action.HIDE], Qt.Key.Key_Space)
    assert form.sentence.text() == "Hide everything."
    qtbot.waitUntil(lambda: "it would hide everything" in form.note.text())
    qtbot.keyClicks(form.fields.words, "number4, number7")
    assert not form.keep.isEnabled(), "what was shown is of another rule"
    assert "number4" in form.sentence.text()
    said = previewed(form, qtbot)
    assert "12" in said
    assert "2" in said
    assert titles(form) == ["Title number4 of a battery", "Summary number7 about lithium"]
    sentence = form.sentence.text()
    qtbot.mouseClick(form.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rules.list.count() == 1)
    (rule,) = window.services.rules.all()
    assert rule.actions == {Action.HIDE}
    assert rule.condition.words == ("number4", "number7")
    assert rules.stack.currentWidget() is rules.list
    assert rules.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole).startswith(sentence)
    assert len(window.services.library.listing(window.browsing.query()).ids) == 12, "only what arrives from now on"
    rules.strip.choices[0].click()
    qtbot.waitUntil(lambda: rules.list.count() == 0)
    assert not window.services.rules.all()


def test_only_what_was_shown_can_be_kept(window: Window, qtbot: QtBot) -> None:
    form = opened(window, qtbot).ask_new(Rule(frozenset({Action.FLAG})))
    previewed(form, qtbot)
    form.fields.words.setText("number1")
    qtbot.keyClick(form, Qt.Key.Key_Return, CTRL)
    assert form.isVisible()
    qtbot.keyClick(form.fields.words, Qt.Key.Key_Return)  # looks at once
    previewed(form, qtbot)
    qtbot.keyClick(form, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: len(window.services.rules.all()) == 1)
    assert window.services.rules.all()[0].condition.words == ("number1",)


@pytest.mark.parametrize(("field", "typed", "said"), [
    ("langs", "English, nonsense", "“nonsense” is no language"), ("words", "x" * 101, ""),
])  # fmt: skip
def test_what_makes_no_sense_is_said_and_nothing_is_lost(
    window: Window, qtbot: QtBot, field: str, typed: str, said: str
) -> None:
    form = opened(window, qtbot).ask_new(Rule(frozenset({Action.READ})))
    previewed(form, qtbot)
    form.fields.why.setText("because")
    getattr(form.fields, field).setText(typed)
    qtbot.waitUntil(lambda: bool(form.note.text()))
    assert said in form.note.text()
    assert not form.keep.isEnabled()
    assert form.fields.why.text() == "because"
    assert getattr(form.fields, field).text() == typed
    getattr(form.fields, field).setText("en")
    previewed(form, qtbot)
    assert not form.note.text()


def test_a_tag_needs_a_name(window: Window, qtbot: QtBot) -> None:
    form = opened(window, qtbot).ask_new()
    form.fields.deeds[Action.TAG].setChecked(True)
    assert form.sentence.text() == "Say which tags are to be given."
    qtbot.keyClicks(form.fields.tags, "grid, prices")
    previewed(form, qtbot)
    assert form.fields.rule.tags == ("grid", "prices")
    form.fields.deeds[Action.HIDE].setChecked(True)
    form.fields.deeds[Action.TAG].setChecked(False)
    assert form.fields.rule.tags == ()


def test_esc_asks_before_what_was_typed_is_lost(window: Window, qtbot: QtBot) -> None:
    form = opened(window, qtbot).ask_new()
    qtbot.keyClicks(form.fields.words, "promo")
    qtbot.keyClick(form, Qt.Key.Key_Escape)
    assert form.isVisible()
    assert "not kept yet" in form.strip.text
    with qtbot.waitSignal(form.rejected):
        qtbot.keyClick(form, Qt.Key.Key_Escape)
    untouched = opened(window, qtbot).ask_new()
    with qtbot.waitSignal(untouched.rejected):
        qtbot.keyClick(untouched, Qt.Key.Key_Escape)


class Slow:
    """Rules whose preview goes on until it is stopped, or is let go."""

    def __init__(self) -> None:
        self.go, self.asked, self.stopped = threading.Event(), [], []

    def preview(self, rule: Rule, progress: Progress) -> Preview:
        self.asked.append(rule)
        while not self.go.is_set():
            progress.step(3, 10)
            if progress.cancelled:
                self.stopped.append(rule)
                raise Cancelled
            time.sleep(0.01)
        return Preview(rule, 12, text="Of 12 items none.")


def slow_form(window: Window, qtbot: QtBot) -> tuple[RuleForm, Slow]:
    slow = Slow()
    services = SimpleNamespace(rules=slow, library=window.services.library)
    form = RuleForm(window, services, window.tasks, window.browsing.outline, Rule(frozenset({Action.HIDE})))
    form.open()
    qtbot.waitUntil(lambda: len(slow.asked) == 1)
    return form, slow


def test_a_long_look_shows_how_far_it_is_and_can_be_stopped(window: Window, qtbot: QtBot) -> None:
    form, slow = slow_form(window, qtbot)
    qtbot.waitUntil(lambda: form.preview.slow and form.preview.bar.value() == 3)
    qtbot.keyClick(form, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: form.preview.text.text().startswith("It was stopped."))
    assert form.isVisible()
    assert not form.keep.isEnabled()
    assert not form.preview.slow
    slow.go.set()
    form.preview.again.click()
    assert previewed(form, qtbot) == "Of 12 items none."
    form.done(0)


def test_a_newer_rule_takes_the_place_of_one_that_is_looked_at(window: Window, qtbot: QtBot) -> None:
    form, slow = slow_form(window, qtbot)
    form.fields.words.setText("newer")
    qtbot.waitUntil(lambda: len(slow.stopped) == 1 and len(slow.asked) == 2)
    slow.go.set()
    previewed(form, qtbot)
    assert form.preview.preview.rule.condition.words == ("newer",)
    form.done(0)


# Fields ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [
    Rule(frozenset({Action.HIDE})),
    Rule(frozenset(Action), Condition(("a b", "hydro*"), ("c",), True, ("Ada",), ("en", "fr"), ItemKind.POST, 10, 5),
         source=2, tags=("grid", "prices"), id=7, key="k", why="so", rank=3, paused=True),
    Rule(frozenset({Action.READ}), sector="s1", key="k"),
    Rule(frozenset({Action.READ}), source=99),
])  # fmt: skip
def test_the_fields_say_the_rule_that_they_were_given(window: Window, qtbot: QtBot, rule: Rule) -> None:
    fields = RuleFields(rule, window.browsing.outline)
    qtbot.addWidget(fields)
    assert fields.rule == rule


def test_a_place_is_found_by_a_part_of_its_name(window: Window, qtbot: QtBot) -> None:
    fields = RuleFields(Rule(frozenset()), window.browsing.outline)
    qtbot.addWidget(fields)
    where = fields.where
    assert where.where == ("", 0)
    where.lineEdit().setText("beta")
    where.lineEdit().editingFinished.emit()
    assert where.currentText() == "Beta"
    assert fields.rule.source == where.where[1] > 0
    where.lineEdit().setText("nowhere at all")
    where.lineEdit().editingFinished.emit()
    assert where.currentText() == "Beta"


def test_what_is_typed_is_taken_apart(window: Window) -> None:
    assert several(" Promo , sponsored  content,,promo,hydro*") == ("Promo", "sponsored content", "hydro*")
    assert several(" , ") == ()
    assert language_codes(["English", "fr", "français", "DE", "en"]) == ("en", "fr", "de")
    with pytest.raises(BadRule, match="“klingon”"):
        language_codes(["klingon"])


# The window --------------------------------------------------------------------------------------


def test_pause_remove_and_undo(window: Window, qtbot: QtBot) -> None:
    kept(window, qtbot, HIDING)
    rules = opened(window, qtbot)
    assert rules.pause.text() == "Pause"
    rules.pause.click()
    qtbot.waitUntil(lambda: rules.pause.text() == "Follow again")
    assert "Paused" in rules.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    rules.pause.click()
    qtbot.waitUntil(lambda: rules.pause.text() == "Pause")
    rules.list.setFocus()
    qtbot.keyClick(rules.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: rules.list.count() == 0)
    assert rules.strip.isVisible()
    qtbot.keyClick(rules, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: rules.list.count() == 1)
    assert not rules.strip.isVisible()


def test_a_rule_is_changed(window: Window, qtbot: QtBot) -> None:
    rule = kept(window, qtbot, HIDING)
    rules = opened(window, qtbot)
    qtbot.keyClick(rules.list, Qt.Key.Key_Return)
    (form,) = rules.findChildren(RuleForm)
    assert form.windowTitle() == "Change a rule"
    form.fields.words.setText("number5")
    previewed(form, qtbot)
    form.keep.click()
    qtbot.waitUntil(lambda: window.services.rules.all()[0].condition.words == ("number5",))
    assert [each.id for each in window.services.rules.all()] == [rule.id]


def test_rules_of_a_sector_that_was_removed_are_offered_to_be_removed(window: Window, qtbot: QtBot) -> None:
    kept(window, qtbot, HIDING)
    sector = window.services.curation.outline().sectors[0].key
    kept(window, qtbot, replace(HIDING, sector=sector))
    rules = opened(window, qtbot)
    qtbot.waitUntil(lambda: rules.list.count() == 2)
    assert not rules.strip.isVisible()
    window.tasks.changed.emit(window.services.curation.remove_sector(sector))
    qtbot.waitUntil(rules.strip.isVisible)
    assert rules.strip.text.startswith("1 rule is for a sector or a source that was removed")
    assert [each.text() for each in rules.strip.choices] == ["Remove 1 rule"]
    rules.strip.choices[0].click()
    qtbot.waitUntil(lambda: rules.list.count() == 1)
    assert rules.strip.text == "1 rule was removed."
    rules.strip.choices[0].click()
    qtbot.waitUntil(lambda: rules.list.count() == 2)


def test_a_rule_of_a_pack_can_only_be_paused(window: Window, qtbot: QtBot) -> None:
    store = window.services._store
    with store.history.recording("received"):
        store.rules.put(replace(HIDING, key="k", origin="pack:s0@3", sector="s0", added=datetime.now(UTC)))
    rules = opened(window, qtbot)
    assert "from the pack “Energy”" in rules.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert not rules.change.isEnabled()
    assert not rules.remove.isEnabled()
    assert "its curator changes it" in rules.change.toolTip()
    rules.pause.click()
    qtbot.waitUntil(lambda: rules.pause.text() == "Follow again")


def test_what_rules_hide_is_gone_from_lists_and_can_be_seen(window: Window, qtbot: QtBot) -> None:
    rules = opened(window, qtbot)
    form = rules.ask_new(HIDING)
    form.also_there.setChecked(True)
    previewed(form, qtbot)
    form.keep.click()
    qtbot.waitUntil(lambda: len(window.model.ids) == 11)
    assert rules.hidden.isVisible()
    rules.hidden.click()
    qtbot.waitUntil(lambda: len(window.model.ids) == 1)
    places = window.side.places
    assert places.place() == HIDDEN
    row = places.places.find(HIDDEN)
    assert not places.isRowHidden(row.row(), row.parent())
    window.services.rules.remove(window.services.rules.all()[0].id)
    places.go(ALL)
    qtbot.waitUntil(lambda: len(window.model.ids) == 12)
    assert places.isRowHidden(row.row(), row.parent())


def test_the_window_is_opened_once_and_from_the_menu(window: Window, qtbot: QtBot) -> None:
    menu = menus.whole(window)
    (entry,) = (each for each in menu.actions() if each.text() == "Rules…")
    entry.trigger()
    entry.trigger()
    (rules,) = window.findChildren(RulesWindow)
    assert open_rules(window) is rules
    qtbot.waitUntil(rules.isActiveWindow)
    with qtbot.waitSignal(rules.finished):
        qtbot.keyClick(rules, Qt.Key.Key_Escape)
    menu.deleteLater()


# Ways to a new rule ------------------------------------------------------------------------------


def form_of(window: Window, qtbot: QtBot, ask: Callable[[], object]) -> RuleForm:
    ask()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), RuleForm))
    form = QApplication.activeModalWidget()
    assert isinstance(form, RuleForm)
    return form


def test_a_rule_from_an_item_offers_what_the_item_is(window: Window, qtbot: QtBot) -> None:
    window.items.step(1)
    qtbot.waitUntil(lambda: window.reader.hit is not None)
    menu = menus.item(window)
    (entry,) = (each for each in menu.actions() if each.text() == "Rule from this item…")
    form = form_of(window, qtbot, entry.trigger)
    fields = form.fields
    assert fields.rule.source == window.reader.hit.item.source
    assert [each.text() for each in fields.offers] == ["By Ada", "In this language: English", "Articles alone"]
    for box in fields.offers:
        box.setChecked(True)
    assert fields.rule.condition == Condition(authors=("Ada",), langs=("en",), kind=ItemKind.ARTICLE)
    assert fields.offers[0].nextInFocusChain() is fields.offers[1]
    fields.offers[0].setChecked(False)
    assert fields.rule.condition.authors == ()
    fields.deeds[Action.READ].setChecked(True)
    previewed(form, qtbot)
    form.keep.click()
    qtbot.waitUntil(lambda: len(window.services.rules.all()) == 1)
    qtbot.waitUntil(window.done.isVisible)  # the main window offers to take it back
    menu.deleteLater()


def test_without_an_item_it_says_so(window: Window, qtbot: QtBot) -> None:
    assert ask_rule(window) is None


@pytest.mark.parametrize("place", [Place("sector", sector="s1"), Place("source", sector="s0", source=1)])
def test_a_new_rule_begins_where_its_menu_was(window: Window, qtbot: QtBot, place: Place) -> None:
    (entry,) = (each for each in window.side.menu_for(place).actions() if each.text() == "New rule here…")
    form = form_of(window, qtbot, entry.trigger)
    assert (form.fields.rule.sector, form.fields.rule.source) == (("s1", 0) if place.name == "sector" else ("", 1))
    form.done(QDialog.DialogCode.Rejected)


# Flags -------------------------------------------------------------------------------------------


def test_g_flags_and_the_sidebar_has_a_place_for_it(window: Window, qtbot: QtBot) -> None:
    places = window.side.places

    def shown() -> bool:
        row = places.places.find(FLAGGED)
        return not places.isRowHidden(row.row(), row.parent())

    assert not shown()
    window.items.setFocus()
    window.items.step(1)
    qtbot.waitUntil(lambda: window.reader.hit is not None)
    press(qtbot, window, Qt.Key.Key_G)
    qtbot.waitUntil(lambda: window.reader.hit.mark.flagged is not None)
    assert window.reader._flag.accessibleName() == "Remove the flag"
    qtbot.waitUntil(shown)
    assert places.places.find(FLAGGED).data(COUNT) == 1
    qtbot.waitUntil(lambda: bool(window.model.data(window.model.index(0, 0), HIT).mark.flagged))
    assert "flag-filled" in [name for name, _tint in _signs(window.model.data(window.model.index(0, 0), HIT))]
    assert window.model.data(window.model.index(0, 0)).endswith(", flagged")
    places.go(FLAGGED)
    qtbot.waitUntil(lambda: len(window.model.ids) == 1)
    window.items.step(1)
    qtbot.waitUntil(lambda: window.reader.hit is not None)
    window.reader._flag.click()
    qtbot.waitUntil(lambda: window.reader.hit.mark.flagged is None)
    assert shown(), "the person is still there"
    places.go(ALL)
    qtbot.waitUntil(lambda: len(window.model.ids) == 12)
    assert not shown()
    window.browsing.undo()
    qtbot.waitUntil(shown)


def test_an_empty_outline_has_no_place_for_flags(window: Window) -> None:
    window.side.places.show_outline(Outline())
    row = window.side.places.places.find(FLAGGED)
    assert window.side.places.isRowHidden(row.row(), row.parent())


def test_empty_places_say_what_would_be_there(window: Window) -> None:
    for place, title in ((FLAGGED, "Nothing is flagged"), (HIDDEN, "Nothing is hidden")):
        window.empty.explain(place.query(), nothing_watched=False)
        assert window.empty.title.text() == title


def test_a_search_can_be_kept_from_these_places() -> None:
    assert [whole("grid", place, Outline()) for place in (FLAGGED, HIDDEN)] == ["is:flagged grid", "is:hidden grid"]
