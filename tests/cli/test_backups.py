"""``backup`` and ``restore``, end to end."""

import os
import pty
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import rss
from tests.cli.program import Program, until
from tests.servers import FeedServer, Recorded, Reply
from veille.app import open_services
from veille.cli.terminal import TerminalProgress


def ids(program: Program) -> list[int]:
    return [each["id"] for each in program("list", "--json", "--limit", "0").objects]


@pytest.fixture
def backup(filled: Program, tmp_path: Path) -> Path:
    """A backup of a profile with five items, of which one is saved, tagged and noted."""
    path = tmp_path / "backup.zip"
    with closing(open_services(tmp_path / "profile", write=True)) as services:
        services.library.save([1])
        services.annotations.tag([1], ["mine"])
        services.annotations.note(1, "An unmistakable word")
        services.preferences.set("theme", "dark")
        services.backups.write(path, TerminalProgress())
    return path


def test_a_backup_is_told_and_restored_elsewhere(filled: Program, backup: Path, tmp_path: Path) -> None:
    (told,) = filled("backup", backup, "--json").objects
    assert told["file"] == str(backup)
    assert [told[key] for key in ("items", "saved", "tagged", "noted", "sources", "traces")] == [5, 1, 1, 1, 3, True]
    assert told["size"] == backup.stat().st_size
    other = Program(tmp_path / "other" / "profile")
    said = other("restore", backup)
    assert "It holds 3 sources, 5 items, 1 saved, 1 tagged, 1 with a note." in said.out.replace("\n", " ")
    assert "kept" not in said.out
    for command in (["list", "--limit", "0"], ["search", "unmistakable"], ["sources"], ["traces", "--limit", "0"]):
        assert other(*command, "--json").objects == filled(*command, "--json").objects, command
    assert [each["value"] for each in other("settings", "--json").objects if each["key"] == "theme"] == ["dark"]


def test_what_is_there_is_not_exchanged_unasked(filled: Program, backup: Path, tmp_path: Path) -> None:
    filled("unsave", "1")
    said = filled("restore", backup, status=1)
    assert "It takes the place of your profile, which holds 3 sources, 5 items" in said.err
    assert "Nothing was done. With --yes it is done without this question." in said.err
    assert [path.name for path in tmp_path.iterdir() if "before" in path.name] == []
    assert filled("list", "--saved", "--json").objects == []
    (told,) = filled("restore", backup, "--yes", "--json").objects
    assert len(filled("list", "--saved", "--json").objects) == 1
    former = Program(Path(told["kept"]))
    assert former("list", "--saved", "--json").objects == []
    assert len(ids(former)) == 5
    assert told["kept_bytes"] > 50_000
    assert filled("search", "unmistakable", "--json").objects  # the index is that of what is there now


@pytest.mark.skipif(os.name != "posix", reason="no terminal to answer in")
@pytest.mark.parametrize(("answer", "status"), [("n", 1), ("", 1), ("y", 0)])
def test_the_question_is_answered_at_the_terminal(filled: Program, backup: Path, answer: str, status: int) -> None:
    filled("unsave", "1")
    here, there = pty.openpty()
    process = filled.start("restore", backup, stdin=there)
    os.close(there)
    os.write(here, f"{answer}\n".encode())
    _out, errors = process.communicate(timeout=30)
    os.close(here)
    assert b"Do it?" in errors
    assert process.returncode == status
    assert len(filled("list", "--saved", "--json").objects) == (0 if status else 1)


def test_a_damaged_one_leaves_the_profile_as_it_is(filled: Program, backup: Path, tmp_path: Path) -> None:
    before = {each: each.read_bytes() for each in (tmp_path / "profile").rglob("*") if each.is_file()}
    data = bytearray(backup.read_bytes())
    data[len(data) // 2] ^= 1
    backup.write_bytes(data)
    assert "Your profile was left untouched." in filled("restore", backup, "--yes", status=1).err
    assert "it does not exist" in filled("restore", tmp_path / "none.zip", "--yes", status=1).err
    assert {each: each.read_bytes() for each in (tmp_path / "profile").rglob("*") if each.is_file()} == before


def test_a_wrecked_profile_is_brought_back(filled: Program, backup: Path, tmp_path: Path) -> None:
    (tmp_path / "profile" / "veille.db").write_bytes(b"\xa5" * 9000)
    filled("list", status=1)
    assert "which this Veille cannot read" in filled("restore", backup, "--yes").err
    assert len(ids(filled)) == 5


def test_a_newcomer_restores_their_own(backup: Path, tmp_path: Path) -> None:
    program = Program(None, {"XDG_DATA_HOME": str(tmp_path / "data")})
    assert "sample" in program("backup", tmp_path / "sample.zip", status=1).err
    assert not (tmp_path / "sample.zip").exists()
    assert "not of the sample" in program("restore", backup, "--sample", status=1).err
    program("restore", tmp_path / "none.zip", status=1)
    assert not (tmp_path / "data" / "veille" / "profile").exists()
    program("restore", backup)
    assert len(ids(program)) == 5


def test_beside_a_window_a_backup_is_made_and_nothing_restored(filled: Program, backup: Path, tmp_path: Path) -> None:
    with closing(open_services(tmp_path / "profile", write=True)):
        assert filled("backup", tmp_path / "beside.zip", "--json").objects[0]["items"] == 5
        assert filled("restore", backup, "--yes", status=1).err.startswith("veille: Another Veille window has")


def test_a_backup_during_a_refresh_is_of_one_moment(program: Program, tmp_path: Path) -> None:
    """Twenty slow feeds come in while another command backs up, again and again: each backup can be restored, holds
    whole feeds, and with each its traces; and the refresh goes on to its end."""
    with FeedServer() as server:

        def slow(request: Recorded) -> Reply:
            time.sleep(0.15)
            name = request.path.strip("/")
            return Reply(body=rss(name, [f"{name} {n}" for n in range(30)]).encode())

        outline = []
        for n in range(20):
            server.handle(f"/feed{n}", slow)
            outline.append(f'<outline xmlUrl="{server.url(f"/feed{n}")}"/>')
        opml = tmp_path / "list.opml"
        opml.write_text(f"<opml><body>{''.join(outline)}</body></opml>")
        program("import", "--allow-private", opml)
        with program.start("refresh") as refresh:
            until(lambda: server.requests)
            made = 0
            while refresh.poll() is None and made < 4:
                program("backup", tmp_path / f"backup{made}.zip")
                made += 1
            refresh.communicate(timeout=60)
        assert refresh.returncode == 0
        assert len(ids(program)) == 600
        assert made
        for n in range(made):
            other = Program(tmp_path / f"other{n}")
            other("restore", tmp_path / f"backup{n}.zip")
            items = other("list", "--json", "--limit", "0").objects
            assert len(items) % 30 == 0
            asked = {each["source_id"] for each in other("traces", "--json", "--limit", "0").objects}
            assert {each["source_id"] for each in items} <= asked


@pytest.mark.skipif(os.name != "posix", reason="no signals")
def test_killed_it_leaves_nothing_that_is_taken_for_a_backup(filled: Program, backup: Path, tmp_path: Path) -> None:
    before = backup.read_bytes()
    for pause in (0.25, 0.35, 0.45, 0.55):
        with filled.start("backup", backup, stdin=subprocess.DEVNULL) as process:
            time.sleep(pause)
            process.kill()
        if backup.read_bytes() != before:  # it was done
            before = backup.read_bytes()
    filled("backup", backup)
    assert [each.name for each in tmp_path.iterdir() if "partial" in each.name] == []
    Program(tmp_path / "other")("restore", backup)
