"""The set-up behind make: what it asks of the system, and that a failing check fails."""

import os
import re
import tomllib
from pathlib import Path

import develop
import pytest

needs_posix = pytest.mark.skipif(os.name == "nt", reason="the stand-ins for commands are shell scripts")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """A Debian without anything; the commands that would be run are collected, and apt-get then provides all."""
    commands: list[list[str]] = []
    monkeypatch.setattr(develop, "ROOT", tmp_path)
    monkeypatch.setattr(develop, "SCRIPTS", tmp_path / ".venv" / "bin")
    monkeypatch.setattr(develop, "FONT_FOLDERS", (str(tmp_path / "fonts"),))
    monkeypatch.setattr(develop.sys, "platform", "linux")
    monkeypatch.setattr(develop.importlib.util, "find_spec", lambda _name: commands[1:] or None)
    monkeypatch.setattr(develop, "loads", lambda _library: len(commands) > 1)
    monkeypatch.setattr(develop.shutil, "which", lambda name: f"/usr/bin/{name}")

    def call(command: list[str], problem: str) -> None:
        commands.append(command)
        (tmp_path / "fonts").mkdir(exist_ok=True)
        (tmp_path / "fonts" / "some.ttf").touch()

    monkeypatch.setattr(develop, "call", call)
    return commands


def test_root_installs_what_is_missing(bare: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(develop.os, "geteuid", lambda: 0, raising=False)
    develop.prepare_system()
    update, install = bare
    assert update[:2] == ["apt-get", "update"]
    assert install[:2] == ["apt-get", "install"]
    assert {"python3-venv", *develop.FONTS, *develop.QT_LIBRARIES} <= set(install)
    develop.prepare_system()
    assert len(bare) == 2, "nothing is missing any more"


def test_others_are_told_the_command(
    bare: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(develop.os, "geteuid", lambda: 1000, raising=False)
    assert develop.main(["setup"]) == 1
    said = capsys.readouterr().out
    assert "sudo apt-get update && sudo apt-get install --yes --no-install-recommends python3-venv libgl1 " in said
    assert bare == []


def test_other_linuxes_are_told_the_libraries(bare: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(develop.shutil, "which", lambda _name: None)
    with pytest.raises(develop.Stop, match=r"libGL\.so\.1, .*libX11\.so\.6"):
        develop.prepare_system()


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_windows_and_macos_lack_nothing(bare: list[list[str]], monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(develop.sys, "platform", platform)
    assert develop.missing_packages() == []


@pytest.mark.parametrize("arguments", [[], ["fly"], ["setup", "now"]])
def test_nonsense_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert develop.main(arguments) == 2
    assert "usage" in capsys.readouterr().err


def test_an_old_python_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(develop, "OLDEST_PYTHON", (99, 0))
    assert develop.main(["setup"]) == 1
    assert "99.0" in capsys.readouterr().out


def test_a_change_of_dependencies_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(develop, "ROOT", tmp_path)
    (tmp_path / "packaging").mkdir()
    for name in ("pyproject.toml", develop.CONSTRAINTS):
        (tmp_path / "pyproject.toml").write_text("one")
        (tmp_path / develop.CONSTRAINTS).write_text("one")
        before = develop.fingerprint()
        assert develop.fingerprint() == before
        (tmp_path / name).write_text("two")
        assert develop.fingerprint() != before


def test_the_constraints_name_a_version_of_all_that_is_needed() -> None:
    root = Path(develop.__file__).resolve().parents[1]
    about, *lines = (root / develop.CONSTRAINTS).read_text(encoding="utf-8").splitlines()
    assert about == develop.ABOUT_CONSTRAINTS
    assert lines == sorted(lines, key=str.lower)
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines), "names and versions, nothing else"
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert {_name(each) for each in needed} <= {_name(line) for line in lines}
    assert "veille" not in {_name(line) for line in lines}


def _name(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split("[=<>]", requirement)[0]).lower()


@needs_posix
def test_an_environment_without_pip_counts_as_none(bare: list[list[str]]) -> None:
    develop.python().parent.mkdir(parents=True)
    develop.python().write_text("#!/bin/sh\nexit 1\n")
    develop.python().chmod(0o755)
    assert "python3-venv" in develop.missing_packages()
    develop.python().write_text(f"#!/bin/sh\necho {develop.sys.version_info[0]} {develop.sys.version_info[1]}\n")
    assert "python3-venv" not in develop.missing_packages()


@needs_posix
def test_freezing_takes_the_newest_and_notes_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "packaging").mkdir()
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "python").write_text(
        f'#!/bin/sh\necho "$*" >>{tmp_path}/asked\n[ "$3" = freeze ] && printf "b==2\\nA==1\\n"\nexit 0\n'
    )
    (tmp_path / "python").chmod(0o755)
    for name, value in {"ROOT": tmp_path, "SCRIPTS": tmp_path, "STAMP": tmp_path / "stamp", "setup": int}.items():
        monkeypatch.setattr(develop, name, value)
    assert develop.main(["freeze"]) == 0
    assert "--upgrade" in (tmp_path / "asked").read_text()
    assert "--constraint" not in (tmp_path / "asked").read_text()
    assert (tmp_path / develop.CONSTRAINTS).read_text().splitlines() == [develop.ABOUT_CONSTRAINTS, "A==1", "b==2"]
    assert develop.STAMP.read_text() == develop.fingerprint()


@needs_posix
@pytest.mark.parametrize("failing", ["", "ruff", "mypy", "lint-imports", "pytest"])
def test_every_check_runs_and_one_that_fails_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str], failing: str
) -> None:
    monkeypatch.setattr(develop, "SCRIPTS", tmp_path)
    monkeypatch.setattr(develop, "setup", lambda: 0)
    for name in {check[0] for check in develop.CHECKS}:
        (tmp_path / name).write_text(f"#!/bin/sh\necho {name} ran $*\nexit {int(name == failing)}\n")
        (tmp_path / name).chmod(0o755)
    assert develop.main(["test", "-k", "some"]) == bool(failing)
    said = capfd.readouterr().out
    assert [f"{check[0]} ran" in said for check in develop.CHECKS] == [True] * 5
    assert "pytest ran -k some" in said
    assert ("FAILED" in said) == bool(failing)
