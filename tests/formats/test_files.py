"""What a person gives: files, ZIP files and folders, honest, damaged, and built to do harm."""

import io
import os
import random
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.archives import packed, unpacked
from veille.errors import BadFile
from veille.formats.files import LONGEST_ROW, Files, Member, opening

MEMBERS = {"data/tweets.js": b"[1]", "data/tweets-part2.js": b"[2]", "data/tweets-part10.js": b"[10]"}


def contents(path: Path) -> dict[str, bytes]:
    with opening(path) as files:
        return {member.name: read(files, member) for member in files.members}


def read(files: Files, member: Member) -> bytes:
    with files.open(member) as stream:
        parts = []
        while part := stream.read(100_000):
            stream.row()
            parts.append(part)
        return b"".join(parts)


def problem(path: Path) -> str:
    with pytest.raises(BadFile) as caught:
        contents(path)
    assert "?" not in str(caught.value)
    return str(caught.value)


# Honest ones -------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_members_of_a_zip_file_in_the_order_of_their_parts(tmp_path: Path, method: int) -> None:
    found = contents(packed(tmp_path / "a.zip", MEMBERS, method))
    assert list(found.items()) == list(MEMBERS.items())


def test_the_members_of_a_folder(tmp_path: Path) -> None:
    assert contents(unpacked(tmp_path / "a", MEMBERS)) == MEMBERS
    assert contents(unpacked(tmp_path / "deep" / "twitter-2026", MEMBERS).parent) == {
        f"twitter-2026/{name}": data for name, data in MEMBERS.items()
    }


def test_a_file_by_itself_has_no_name(tmp_path: Path) -> None:
    path = tmp_path / "whatever.zip"
    path.write_bytes(b"not packed at all")
    with opening(path) as files:
        assert files.alone
    assert contents(path) == {"": b"not packed at all"}


def test_pictures_hidden_files_and_folders_named_like_files_are_left_out(tmp_path: Path) -> None:
    more = {"data/a.jpg": b"x", "__MACOSX/data/._tweets.js": b"x", ".git/a.json": b"x", "data/odd.js/": b""}
    assert contents(packed(tmp_path / "a.zip", {**MEMBERS, **more})) == MEMBERS
    (tmp_path / "b" / "data" / "odd.js").mkdir(parents=True)
    (tmp_path / "b" / ".git").mkdir()
    (tmp_path / "b" / ".git" / "a.json").write_bytes(b"x")
    assert contents(unpacked(tmp_path / "b", MEMBERS)) == MEMBERS


def test_a_zip_file_written_by_a_program_that_did_not_know_its_sizes(tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self, file: io.BufferedWriter) -> None:
            self.file = file

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            return self.file.write(data)  # type: ignore[call-overload,no-any-return]

    path = tmp_path / "a.zip"
    with path.open("wb") as file, zipfile.ZipFile(Pipe(file), "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[type-var]
        for name, data in MEMBERS.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(data)
    assert contents(path) == MEMBERS


def test_something_in_front_of_a_zip_file_moves_it(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", MEMBERS)
    path.write_bytes(b"PK\x03\x04 something" + path.read_bytes())
    assert contents(path) == MEMBERS


def test_the_directory_of_a_large_zip_file(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", MEMBERS)
    whole = path.read_bytes()
    end = whole.index(b"PK\x05\x06")
    size, start = struct.unpack_from("<2L", whole, end + 12)
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 3, 3, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    short = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0)
    path.write_bytes(whole[:end] + large + locator + short)
    assert contents(path) == MEMBERS
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == list(MEMBERS)


def test_bytes_are_counted_as_they_are_read(tmp_path: Path) -> None:
    data = random.Random(1).randbytes(300_000)
    for path in (packed(tmp_path / "a.zip", {"a.js": data, "b.js": data}), unpacked(tmp_path / "a", {"a.js": data})):
        with opening(path) as files:
            assert files.done == 0
            assert files.total == sum(each.size for each in files.members) >= 300_000
            assert data.startswith(files.head(files.members[0]))
            assert files.done == 0
            with files.open(files.members[0]) as stream:
                stream.read(10)
                assert 0 < files.done < 200_000
            assert files.done == files.members[0].size
            for member in files.members[1:]:
                read(files, member)
            assert files.done == files.total


# Damaged ones ------------------------------------------------------------------------------------


def test_what_is_not_there_or_no_file(tmp_path: Path) -> None:
    assert "it does not exist" in problem(tmp_path / "none")
    os.mkfifo(tmp_path / "pipe")
    assert "it is not a file" in problem(tmp_path / "pipe")


def test_a_zip_file_that_was_cut_short(tmp_path: Path) -> None:
    whole = packed(tmp_path / "a.zip", MEMBERS).read_bytes()
    path = tmp_path / "b.zip"
    for length in range(4, len(whole), 7):
        path.write_bytes(whole[:length])
        assert "only part of it is there" in problem(path)


def test_a_changed_byte_is_noticed_and_the_other_members_are_read(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.js": b"[aaaa]", "b.js": b"[bbbb]"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"[aaaa]", b"[axaa]"))
    with opening(path) as files:
        with pytest.raises(BadFile, match="checksum"):
            read(files, files.members[0])
        assert read(files, files.members[1]) == b"[bbbb]"


def test_members_that_cannot_be_unpacked_say_why(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.js": b"[]"})
    whole = bytearray(path.read_bytes())
    at = whole.index(b"PK\x01\x02")
    whole[at + 8] |= 1
    path.write_bytes(whole)
    assert "password" in problem(path)
    path = packed(tmp_path / "b.zip", {"a.js": b"[]"}, zipfile.ZIP_LZMA)
    assert "in a way that Veille does not know" in problem(path)


# Hostile ones ------------------------------------------------------------------------------------


def zeros(path: Path, size: int, name: str = "data/tweets.js", members: int = 1) -> Path:
    """A ZIP file whose ``members`` have ``size`` zeros each."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(members):
            with archive.open(f"{number}/{name}", "w", force_zip64=True) as member:
                left = size
                while left:
                    left -= member.write(bytes(min(left, 1_000_000)))
    return path


def test_a_bomb_is_left_early(tmp_path: Path) -> None:
    path = zeros(tmp_path / "a.zip", 100_000_000)
    assert path.stat().st_size < 1_000_000
    assert "far too large" in problem(path)  # the rows come out here, and yet


def test_a_bomb_of_many_members_is_one(tmp_path: Path) -> None:
    with opening(zeros(tmp_path / "a.zip", 3_000_000, members=40)) as files:
        with pytest.raises(BadFile, match="what is packed in it is far too large"):
            sum(len(read(files, member)) for member in files.members)
        assert files.done < files.total


def test_one_value_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.truncate(5_000_000_000)  # a hole: nothing is on the disk
    with opening(path) as files, files.open(files.members[0]) as stream:
        with pytest.raises(BadFile, match="one entry in it is far too large"):
            all(iter(lambda: stream.read(1_000_000), b""))
        assert files.done < LONGEST_ROW + 1_000_000


def test_names_lead_nowhere(tmp_path: Path) -> None:
    names = ["../../etc/passwd.js", "/etc/passwd.js", "C:\\Windows\\a.js", "..\\a.js", "a\0b.js", "\u202eevil.js"]
    (tmp_path / "in").mkdir()
    path = packed(tmp_path / "in" / "a.zip", dict.fromkeys(names, b"inside"))
    before = sorted(tmp_path.rglob("*"))
    found = contents(path)
    assert found == dict.fromkeys(["/etc/passwd.js", "C:/Windows/a.js", "evil.js"], b"inside")
    assert sorted(tmp_path.rglob("*")) == before


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.js").write_bytes(b"secret")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "b.js").write_bytes(b"secret")
    folder = unpacked(tmp_path / "a", {"data/tweets.js": b"mine"})
    (folder / "data" / "like.js").symlink_to(tmp_path / "secret.js")
    (folder / "more").symlink_to(tmp_path / "other")
    (folder / "loop").symlink_to(folder)
    assert contents(folder) == {"data/tweets.js": b"mine"}


def test_members_that_lie_one_over_the_other_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.js": b"[aaaaaaaa]", "b.js": b"[b]"}, zipfile.ZIP_STORED)
    whole = path.read_bytes()
    second = whole.index(b"PK\x01\x02", whole.index(b"PK\x01\x02") + 4)
    path.write_bytes(whole[: second + 42] + struct.pack("<L", 0) + whole[second + 46 :])
    assert "one over the other" in problem(path)


def test_a_zip_file_in_a_zip_file_is_said_to_be_one(tmp_path: Path) -> None:
    inner = packed(tmp_path / "a.zip", MEMBERS)
    outer = packed(tmp_path / "b.zip", {"twitter.zip": inner.read_bytes(), "picture.jpg": b"x"})
    assert "another ZIP file" in problem(outer)


def test_far_too_many_files(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(10_001):
            archive.writestr(zipfile.ZipInfo(f"{number}.js"), b"")
    assert "far too many files" in problem(path)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged") / "a.zip"


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.binary(max_size=4)), max_size=4))
def test_no_bytes_raise_anything_else(place: Path, changes: list[tuple[float, int, bytes]]) -> None:
    whole = bytearray(packed(place, MEMBERS).read_bytes())
    for at, length, data in changes:
        start = int(at * len(whole))
        whole[start : start + length] = data
    place.write_bytes(whole)
    with suppress(BadFile), opening(place) as files:
        for member in files.members:
            with suppress(BadFile):
                read(files, member)
