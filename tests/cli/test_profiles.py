"""Which profile is meant, with a display or without, and beside a window that has it."""

import signal
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import BaseRequestHandler, TCPServer
from threading import Thread

import pytest

import veille
from tests.cli.program import ROOT, Program, until
from veille import app
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


def test_what_only_looks_or_marks_begins_no_profile(tmp_path: Path) -> None:
    program = Program(None, {"XDG_DATA_HOME": str(tmp_path)})
    assert "Saved: " in program("save", "1").out
    assert [each["id"] for each in program("list", "--saved", "--json").objects] == [1]
    assert "1 item saved." in program("undo").out
    program("unsave", "1")
    program("read", "1")
    assert "invented" in program("refresh", status=1).err
    assert not (tmp_path / "veille" / "profile").exists()


@pytest.mark.parametrize("command", [["import", "nowhere.opml"], ["import", "-"], ["add", "nonsense"]])
def test_what_cannot_be_used_begins_no_profile(tmp_path: Path, command: list[str]) -> None:
    Program(None, {"XDG_DATA_HOME": str(tmp_path)})(*command, status=1)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_and_the_sample_are_not_meant_together(tmp_path: Path) -> None:
    program = Program(tmp_path / "profile")
    assert "argument --sample: not allowed with argument --profile" in program("--sample", status=2).err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")
@pytest.mark.parametrize("display", ["", ":77", "nonsense"])
def test_without_a_display_the_briefing_is_shown(tmp_path: Path, display: str) -> None:
    program = Program(None, {**NO_DISPLAY, "DISPLAY": display, "XDG_DATA_HOME": str(tmp_path)})
    ran = program()
    assert ran.err.splitlines()[0] == "veille: there is no display for the window; here is the briefing."
    assert ran.out == program("brief").out != ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 is asked on Linux alone")
@pytest.mark.parametrize("lets_in", [True, False])
def test_an_x_server_is_asked_whether_it_lets_us_in(monkeypatch: pytest.MonkeyPatch, lets_in: bool) -> None:
    more = struct.pack("<IIII", 0, 0, 0x1FFFFF, 0) + bytes(16)  # the third is the mask of the numbers it gives out
    answer = struct.pack("<BBHHH", lets_in, 0, 11, 0, len(more) // 4) + more
    with _x_server(answer) as display:
        for name in NO_DISPLAY:
            monkeypatch.setenv(name, "")
        monkeypatch.setenv("DISPLAY", display)
        assert app._can_show() == lets_in


@contextmanager
def _x_server(answer: bytes) -> Iterator[str]:
    """Gives every client ``answer``; yields what DISPLAY calls it."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1024)
            self.request.sendall(answer)
            self.request.recv(1024)

    for number in range(90, 190):
        with suppress(OSError):
            server = TCPServer(("127.0.0.1", 6000 + number), Handler)
            break
    with server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{number}"
        server.shutdown()


def test_a_qt_that_lacks_a_library_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6" / "__init__.py").write_text("raise ImportError('libEGL.so.1: no such file')")
    program = Program(tmp_path / "profile", {"PYTHONPATH": f"{tmp_path}:{ROOT}", "QT_QPA_PLATFORM": "offscreen"})
    assert program().err.splitlines()[0] == "veille: libEGL.so.1: no such file"


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_ctrl_c_ends_the_window(program: Program, tmp_path: Path) -> None:
    with program.start() as process:
        until((tmp_path / "profile" / "index").exists)  # made after the first paint
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
    assert len(filled("traces", "--json").objects) == 3
    assert "127.0.0.1" in filled("certificate", "-").out
    filled("mode")
    filled("route", "1")
    for command in (
        ["refresh"], ["save", "1"], ["set", "theme", "dark"], ["add", "http://example.org/x"], ["undo"],
        ["mode", "strict"], ["route", "1", "direct"], ["allow", "1", "open"], ["article", "1", "--yes"],
    ):  # fmt: skip
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
