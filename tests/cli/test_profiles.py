"""Which profile is meant, with a display or without, and beside a window that has it."""

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import veille
from tests.cli.program import ROOT, Program
from veille.app import open_services
from veille.core.services import Services
from veille.errors import ProfileBusy

NO_DISPLAY = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}


def test_the_version() -> None:
    assert Program(None)("--version").out == f"veille {veille.__version__}\n"


def test_a_newcomer_sees_the_sample_and_writes_their_own(tmp_path: Path) -> None:
    program = Program(None, {"XDG_DATA_HOME": str(tmp_path)})
    shown = program("list", "--json", "--limit", "0")
    assert len(shown.objects) >= 150
    assert shown.err.startswith("This is the sample profile")
    assert not (tmp_path / "veille" / "profile").exists()
    program("add", "https://example.org/feed")
    assert [each["address"] for each in program("sources", "--json").objects] == ["https://example.org/feed"]
    back = program("sectors", "--sample", "--json")
    assert len(back.objects) == 3
    assert back.err == ""
    assert program("refresh", "--sample", status=1).err.startswith("veille: ")


def test_a_profile_that_is_named_starts_empty(program: Program) -> None:
    assert program("list").err.startswith("Nothing found.\nThere are no sources yet")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")
def test_without_a_display_the_briefing_is_shown(tmp_path: Path) -> None:
    program = Program(None, {**NO_DISPLAY, "XDG_DATA_HOME": str(tmp_path)})
    ran = program()
    assert ran.err.splitlines()[0] == "veille: there is no display for the window; here is the briefing."
    assert ran.out == program("brief").out != ""


def test_a_qt_that_lacks_a_library_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6" / "__init__.py").write_text("raise ImportError('libEGL.so.1: no such file')")
    program = Program(tmp_path / "profile", {"PYTHONPATH": f"{tmp_path}:{ROOT}", "QT_QPA_PLATFORM": "offscreen"})
    assert program().err.splitlines()[0] == "veille: libEGL.so.1: no such file"


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_ctrl_c_ends_the_window(program: Program) -> None:
    with program.start() as process:
        time.sleep(2)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _out, errors = process.communicate(timeout=10)
    assert b"Traceback" not in errors
    assert process.returncode == -signal.SIGINT


@pytest.fixture
def window(filled: Program, tmp_path: Path) -> Iterator[Services]:
    """Somebody who has the profile, as an open window has it."""
    services = open_services(tmp_path / "profile", write=True)
    yield services
    services.close()


def test_beside_a_window_reading_works_and_writing_says_why_not(filled: Program, window: Services) -> None:
    assert len(filled("list", "--json").objects) == 5
    assert len(filled("search", "grid", "--json").objects) == 1
    assert filled("read", "1").status == 0
    filled("brief")
    filled("export", "-")
    for command in (["refresh"], ["save", "1"], ["set", "theme", "dark"], ["add", "http://example.org/x"], ["undo"]):
        assert filled(*command, status=1).err.startswith("veille: Another Veille window has this profile open")
    assert len(filled("list", "--unread", "--json").objects) == 5


def test_a_second_window_says_so(filled: Program, window: Services) -> None:
    ran = filled(status=1)  # offscreen
    assert ran.err.startswith("veille: Another Veille window has this profile open")


def test_a_profile_of_a_newer_veille_is_left_alone(filled: Program, tmp_path: Path) -> None:
    import sqlite3

    database = tmp_path / "profile" / "veille.db"
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()
    before = database.read_bytes()
    assert "written by a newer Veille" in filled("list", status=1).err
    assert "written by a newer Veille" in filled("refresh", status=1).err
    assert "written by a newer Veille" in filled(status=1).err
    assert database.read_bytes() == before


def test_a_window_does_not_wait_for_ever_for_a_command(window: Services, tmp_path: Path) -> None:
    with pytest.raises(ProfileBusy):
        open_services(tmp_path / "profile", write=True)
