"""``veille export``: the sources as OPML, items in six formats, narrowed as lists are."""

import csv
import io
import json
import subprocess
from pathlib import Path

from tests.cli.conftest import TITLES
from tests.cli.program import Program

ALL = TITLES["energy"] + TITLES["retail"]


FORMATS = {
    "x.md": "## ", "x.html": "<article ", "x.csv": "\ufeffid,kind,title", "x.json": '{"veille": 1', "x.bib": "@online{",
    "x.csl.json": '"type": "webpage"',
}  # fmt: skip


def test_the_ending_says_the_format(filled: Program, tmp_path: Path) -> None:
    for name, says in FORMATS.items():
        ran = filled("export", tmp_path / name)
        assert ran.out == ""
        assert ran.err == f"5 items were written to {tmp_path / name}.\n"
        assert says in (tmp_path / name).read_text(encoding="utf-8")


def test_what_is_written_is_narrowed_as_lists_are(filled: Program, tmp_path: Path) -> None:
    def titles(*options: str) -> list[str]:
        path = tmp_path / "x.json"
        answer = filled("export", path, "--json", *options).objects
        found = [each["title"] for each in json.loads(path.read_bytes())["items"]]
        assert answer == [{"format": "json", "file": str(path), "items": len(found), "sources": None}]
        return found

    first = filled("list", "--json", "--limit", "1").objects[0]
    assert titles("--limit", "1") == [first["title"]]
    assert titles("--sector", "energie") == TITLES["energy"]
    assert titles("--source", "Retail news") == TITLES["retail"]
    filled("save", str(first["id"]))
    assert titles("--saved") == [first["title"]]
    assert sorted(titles("-storage", "words")) == sorted(set(ALL) - {"Grid operators order storage"})
    filled("keep", "storage", "--name", "Stored")
    assert titles("--search", "stored") == ["Grid operators order storage"]
    assert "There is no" in filled("export", tmp_path / "y.md", "--search", "nothing", status=1).err
    ran = filled("export", tmp_path / "x.md", "sector:nowhere")
    assert "There is no sector “nowhere”; it was ignored." in ran.err
    assert "unrecognized arguments: --nowhere" in filled("export", tmp_path / "y.md", "--nowhere", status=2).err


def test_without_an_ending_the_sources_are_written(filled: Program, tmp_path: Path) -> None:
    for name in ("x.opml", "x.xml", "x"):
        ran = filled("export", tmp_path / name, "--json")
        assert b"<opml" in (tmp_path / name).read_bytes()
        assert ran.err == f"3 sources were written to {tmp_path / name}.\n"
        assert ran.objects == [{"format": "opml", "file": str(tmp_path / name), "items": None, "sources": 3}]
    assert filled("export", "-").out.startswith("<?xml")
    assert filled("export", tmp_path / "x.md", "--as", "opml").status == 0
    assert b"<opml" in (tmp_path / "x.md").read_bytes()


def test_opml_holds_no_items_and_a_search_needs_a_format(program: Program, tmp_path: Path) -> None:
    program("adopt", "energy")

    path = tmp_path / "kept.opml"
    path.write_bytes(b"before")
    for options in (["wind"], ["--as", "opml", "--unread"]):
        assert "OPML holds sources, not items" in program("export", path, *options, status=1).err
    assert path.read_bytes() == b"before"
    for name in ("x.txt", "-"):
        ran = program("export", name, "wind", status=1)
        assert f"“{name}” does not say which format to write" in ran.err
        assert ".md, .html, .csv, .json, .bib, .csl.json" in ran.err
    ran = program("export", tmp_path / "x.foo", status=1)
    assert "x.foo” does not say which format to write: end it in one of .opml, .md, .html" in ran.err
    assert not (tmp_path / "x.foo").exists()


def test_standard_output_takes_the_file_alone(filled: Program) -> None:
    ran = filled("export", "-", "--as", "csv", "--json", "--saved")
    assert ran.err == "0 items were written to standard output.\n"
    assert next(csv.reader(io.StringIO(ran.out.lstrip("\ufeff"))))[:3] == ["id", "kind", "title"]
    assert len(json.loads(filled("export", "-", "--as", "json").out)["items"]) == 5


def test_whoever_reads_may_leave_and_what_cannot_be_written_is_said(filled: Program, tmp_path: Path) -> None:
    command = filled.command("export", "-", "--as", "html")
    with subprocess.Popen(
        command, env=filled.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:  # fmt: skip
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        assert running.stderr.read() in (b"", b"5 items were written to standard output.\n")
        assert running.wait() == 0
    ran = filled("export", tmp_path / "no" / "where.md", status=1)
    assert ran.err.startswith("veille: Veille cannot write to ")
