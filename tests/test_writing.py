"""A file that the person chose is written whole, or stays as it was."""

import os
import resource
from pathlib import Path

import pytest

from veille.errors import ProfileUnwritable
from veille.files import writing


def write(path: Path, data: bytes) -> None:
    with writing(path) as file:
        file.write(data)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_who_may_read_it_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"before")
    (tmp_path / "mine").chmod(0o600)
    write(tmp_path / "mine", b"after")
    assert (tmp_path / "mine").read_bytes() == b"after"
    assert (tmp_path / "mine").stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == ["mine"]


def test_a_link_that_waits_beside_it_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(b"theirs")
    (tmp_path / ".mine.partial").symlink_to(tmp_path / "theirs")
    write(tmp_path / "mine", b"mine")
    assert (tmp_path / "theirs").read_bytes() == b"theirs"
    assert (tmp_path / "mine").read_bytes() == b"mine"
    assert names(tmp_path) == ["mine", "theirs"]


def test_links_in_a_circle_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    write(tmp_path / "a", b"mine")
    assert (tmp_path / "a").read_bytes() == b"mine"


def test_a_disk_that_fills_up_leaves_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"before")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(ProfileUnwritable):
            write(tmp_path / "mine", bytes(20_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (tmp_path / "mine").read_bytes() == b"before"
    assert names(tmp_path) == ["mine"]


def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write(tmp_path / "pipe", b"mine")
    assert os.read(reader, 10) == b"mine"
    os.close(reader)
    assert (tmp_path / "pipe").is_fifo()
