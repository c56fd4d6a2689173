"""Exporting the list: what is shown, into the file that was asked for, beside the window."""

import json
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import press
from veille.core.transfer.exporting import Kind
from veille.errors import Cancelled
from veille.ui.dialogs import exporting, files
from veille.ui.places import SAVED, UNREAD
from veille.ui.window import Window


@pytest.fixture
def said(window: Window, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the bottom line was told."""
    told: list[str] = []
    monkeypatch.setattr(window, "say", lambda text, *_for: told.append(text))
    return told


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was asked of the person, who thinks better of it."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(files, "ask_kind", lambda _parent, _title, **more: found.append(more))
    return found


def choose(monkeypatch: pytest.MonkeyPatch, path: Path, kind: int = 0) -> None:
    monkeypatch.setattr(files, "ask_kind", lambda *_asked, **_more: (str(path), kind))


def test_what_is_listed_is_written(
    window: Window, qtbot: QtBot, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list.json"
    choose(monkeypatch, path)
    press(qtbot, window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "12 items exported to list.json." in said)
    found = json.loads(path.read_bytes())["items"]
    assert [each["id"] for each in found] == list(window.model.ids)
    window.search.put("source:alpha ")
    window.export_list()  # the list is on its way: it is waited for
    qtbot.waitUntil(lambda: "4 items exported to list.json." in said)
    assert {each["source"]["title"] for each in json.loads(path.read_bytes())["items"]} == {"Alpha"}


def test_what_was_just_read_is_still_listed(
    window: Window, qtbot: QtBot, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.browsing.go(UNREAD)
    qtbot.waitUntil(lambda: len(window.model.ids) == 12)
    window.services.library.mark_read([window.model.ids[0]])
    choose(monkeypatch, tmp_path / "list.json")
    window.export_list()
    qtbot.waitUntil(lambda: "12 items exported to list.json." in said)


def test_an_empty_list_says_so(window: Window, qtbot: QtBot, said: list[str], asked: list[dict[str, Any]]) -> None:
    window.browsing.go(SAVED)
    window.export_list()
    qtbot.waitUntil(lambda: said == ["This list is empty: there is nothing to export."])
    assert not asked


def test_a_name_and_six_kinds_are_proposed(window: Window, qtbot: QtBot, asked: list[dict[str, Any]]) -> None:
    window.browsing.go(UNREAD)
    window.export_list()
    qtbot.waitUntil(lambda: bool(asked))
    assert asked[0]["save"] == "veille-unread"
    assert asked[0]["kinds"] == (
        "Markdown (*.md);;Web page (*.html);;Table (CSV) (*.csv);;JSON (*.json);;BibTeX (*.bib);;CSL JSON (*.csl.json)"
    )


@pytest.mark.parametrize(
    ("name", "at", "kind"),
    [("a.csv", 0, Kind.CSV), ("a.csl.json", 3, Kind.CSL), ("my.notes", 4, Kind.BIBTEX), ("plain", 1, Kind.HTML)],
)
def test_the_name_says_the_kind_else_what_was_chosen(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, at: int, kind: Kind
) -> None:
    kinds: list[Kind] = []
    monkeypatch.setattr(window.services.exporter, "write_file", lambda _ids, kind, *_more: kinds.append(kind) or 12)
    choose(monkeypatch, tmp_path / name, at)
    window.export_list()
    qtbot.waitUntil(lambda: kinds == [kind])


def test_it_can_be_stopped_and_a_failure_is_said(
    window: Window, qtbot: QtBot, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = Event()

    def write(_ids: Any, _kind: Kind, _path: Path, progress: Any, _title: str) -> int:
        begun.set()
        while not progress.cancelled:
            Event().wait(0.01)
        raise Cancelled

    choose(monkeypatch, tmp_path / "no" / "where.md")
    with monkeypatch.context() as patched:
        patched.setattr(window.services.exporter, "write_file", write)
        window.export_list()
        qtbot.waitUntil(begun.is_set)
        window.export_list()
        assert said == ["An export is under way; it can be stopped below."]
        window.tasks.cancel()
        qtbot.waitUntil(lambda: said[-1] == "Stopped. Nothing was exported.")
    window.export_list()
    qtbot.waitUntil(window.failure.isVisible)
    assert "cannot write to" in window.failure.text


def test_the_kind_that_is_chosen_gives_the_ending(qtbot: QtBot, tmp_path: Path) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    kinds = exporting._kinds()

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        dialog.setDirectory(str(tmp_path))
        dialog.selectNameFilter(dialog.nameFilters()[5])
        dialog.filterSelected.emit(dialog.nameFilters()[5])
        dialog.accept()

    QTimer.singleShot(0, answer)
    assert files.ask_kind(parent, "Export", save="veille-all", kinds=kinds) == (
        str(tmp_path / "veille-all.csl.json"),
        5,
    )
