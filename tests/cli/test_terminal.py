"""What a terminal must never see, and what it is told instead."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.conftest import rss
from tests.cli.program import Program, until
from tests.servers import FeedServer, Reply
from veille.cli.terminal import Terminal
from veille.model import Snippet


def test_no_control_character_from_outside_reaches_the_terminal(
    program: Program, feeds: Path, server: FeedServer
) -> None:
    evil = "Red \x9b31m alert \u202eelif &#27;]0;owned&#7; end"
    server.put("/energy.xml", rss("energy", ["place"]).replace("place", evil).replace("The energy", "The \x9b energy"))
    program("import", feeds, "--allow-private")
    for ran in (program("refresh", status=1), program("list"), program("sources"), program("read", "1")):
        for text in (ran.out, ran.err):
            assert not [each for each in text if not each.isprintable() and each != "\n"], repr(text)
            assert "\u202e" not in text
    assert "alert" in program("list").out


def test_a_line_does_not_end_at_a_no_break_space(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    terminal = Terminal()
    for space in "\u00a0\u202f":
        text = f"{'x' * 35}  1{space}000{space}000\nitems"
        for said in (text, Snippet(text, ((37, 38),))):
            terminal.line(said)
            assert capsys.readouterr().out == f"{'x' * 35}\n1 000 000 items\n"


@pytest.mark.parametrize(
    "command",
    [
        ["nonsense"],
        ["list", "--since", "never"],
        ["save", "x"],
        ["set", "theme"],
        ["--x"],
        ["list", "--sample"],
        ["search", "--nonsense"],
    ],
)
def test_what_makes_no_sense_is_status_2(program: Program, command: list[str]) -> None:
    ran = program(*command, status=2)
    assert ran.err.startswith("usage: veille")
    assert ran.out == ""


def test_a_file_that_is_not_there_is_status_1(program: Program, tmp_path: Path) -> None:
    assert program("import", tmp_path / "no.opml", status=1).err.endswith("cannot be read: it does not exist.\n")
    assert "cannot be read" in program("import", Path(__file__), status=1).err
    program("export", tmp_path / "no" / "where.opml", status=1)
    assert program("import", "-", status=1, input=b"\xff\xd8 JFIF").err == (
        "veille: standard input cannot be read: it is not a list of feeds (OPML).\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="it takes a shell of POSIX")
def test_a_closed_standard_input_is_an_empty_file(program: Program) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *program.command("import", "-")],
        env=program.environment, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        1, "veille: standard input cannot be read: it is not a list of feeds (OPML).\n"
    )  # fmt: skip


def test_with_json_stdout_holds_objects_and_sentences_go_to_stderr(filled: Program) -> None:
    for command, said in (
        (["save", "1"], "Saved: "), (["unsave", "1"], "No longer saved: "), (["undo"], "Taken back: "),
        (["adopt", "energy"], ""),
    ):  # fmt: skip
        ran = filled(*command, "--json")
        assert ran.out == ""
        assert ran.err.startswith(said)
        assert ran.err.count("\n") == 1


def test_a_reader_that_leaves_early_is_no_error(filled: Program) -> None:
    with filled.start("list", "--limit", "0") as process:
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8", "fr_FR.UTF-8", "xx_YY.ISO-8859-1"])
def test_every_locale_gives_an_answer(filled: Program, locale: str, tmp_path: Path) -> None:
    program = Program(tmp_path / "profile", {"LC_ALL": locale})
    assert "uvre europ" in program("list").out
    assert "uvre europ" in program("search", "europeenne").out


def test_a_latin_1_terminal_gets_question_marks_at_worst(filled: Program, tmp_path: Path) -> None:
    program = Program(tmp_path / "profile", {"PYTHONIOENCODING": "latin-1"})
    assert "? Batteries" in program("list").out


def test_long_lines_are_wrapped_to_the_terminal(filled: Program, tmp_path: Path) -> None:
    narrow = Program(tmp_path / "profile", {"COLUMNS": "40"})
    lines = narrow("list").out.splitlines()
    assert max(len(line) for line in lines if "http" not in line) <= 40
    assert "         européenne" in lines


def test_ctrl_c_stops_a_refresh_and_keeps_what_came(program: Program, feeds: Path, server: FeedServer) -> None:
    slow = Reply(200, {"Content-Type": "text/xml"}, rss("retail", ["late"]).encode(), wait=30)
    server.handle("/retail.xml", lambda request: slow)
    program("import", feeds, "--allow-private")
    with program.start("refresh") as process:
        until(lambda: "/retail.xml" in server.paths and len(program("list", "--json").objects) == 3)
        begin = time.monotonic()
        os.kill(process.pid, signal.SIGINT)
        _out, errors = process.communicate(timeout=20)
    assert time.monotonic() - begin < 10
    assert process.returncode == 1
    assert errors.decode().endswith("Stopped. What had come in is kept.\n")
    assert "Traceback" not in errors.decode()
    assert len(program("list", "--json").objects) == 3


def test_french_is_spoken_throughout(filled: Program, tmp_path: Path) -> None:
    french = Program(tmp_path / "profile", {"LC_ALL": "fr_FR.UTF-8"})
    assert french("list", "--help").out.startswith("utilisation\N{NO-BREAK SPACE}: veille list")
    assert "erreur" in french("list", "--since", "never", status=2).err
    assert french("refresh", status=1).out == "3 sources interrogées, 0 nouvel élément.\n"
    assert french("save", "99", status=1).err.startswith("veille: ")
    filled("set", "language", "fr")
    assert filled("list", "nowhere", status=2).err.startswith("usage: ")  # typed wrongly before the profile is open
    assert filled("search", "zzzz").err == french("search", "zzzz").err != ""
