"""A page on paper: a PDF that is whole, loads nothing, and needs neither a display nor the face's own thread."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from PySide6.QtWidgets import QApplication

from veille.errors import ProfileUnwritable
from veille.ui import paper

ROWS = "".join(f"<tr><td>host{at}.example</td><td>{at}</td></tr>" for at in range(300))
HTML = f"<html><head><title>Été</title></head><body><h1>Été</h1><table width='100%'>{ROWS}</table></body></html>"


def pages(data: bytes) -> int:
    return data.count(b"/Type /Page\n") + data.count(b"/Type /Page ")


def test_a_long_page_takes_several_sheets(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "c.pdf"
    paper.print_pdf(HTML, path)
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    assert 3 < pages(data) < 12
    assert pages(paper.pdf("<p>short</p>")) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_it_may_be_printed_in_any_thread(qapp: QApplication, tmp_path: Path) -> None:
    thread = Thread(target=paper.print_pdf, args=(HTML, tmp_path / "c.pdf"))
    thread.start()
    thread.join()
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF-")


def test_it_needs_no_display(tmp_path: Path) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    code = (
        "import sys, pathlib; from veille.ui.paper import print_pdf; print_pdf('<p>x</p>', pathlib.Path(sys.argv[1]))"
    )
    path = tmp_path / "c.pdf"
    ran = subprocess.run(
        [sys.executable, "-c", code, str(path)], env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert path.read_bytes().startswith(b"%PDF-")


def test_nothing_is_loaded(qapp: QApplication, tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("p { font-size: 900pt }")
    plain = "<p>text</p>"
    for trick in (
        f"<link rel='stylesheet' href='file://{secret}'>", f"<img src='{secret}'>", "<img src='https://a.example/p.png'>",
        "<img src='//a.example/share/p.png'>", f"<p style=\"background: url('file://{secret}')\"></p>",
    ):  # fmt: skip
        assert pages(paper.pdf(trick + plain)) == 1


def test_a_file_that_cannot_be_written_says_so_and_leaves_nothing(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "none" / "c.pdf", tmp_path / "folder"):
        with pytest.raises(ProfileUnwritable, match="cannot write"):
            paper.print_pdf("<p>x</p>", path)
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]


def test_a_file_that_is_there_is_replaced_whole_and_a_device_is_not(qapp: QApplication, tmp_path: Path) -> None:
    path, link = tmp_path / "c.pdf", tmp_path / "link.pdf"
    path.write_text("old")
    link.symlink_to(path)
    paper.print_pdf("<p>x</p>", link)
    assert link.is_symlink()
    assert path.read_bytes().startswith(b"%PDF-")
    paper.print_pdf("<p>x</p>", Path(os.devnull))
    assert not Path(os.devnull).is_file()
