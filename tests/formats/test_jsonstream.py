"""The entries of JSON that is never there as a whole: every layout, encoding and damage."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veille.errors import BadFile
from veille.formats.files import opening
from veille.formats.jsonstream import TOO_LARGE, entries

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("json") / "a.json"


def read(path: Path, data: bytes, key: str = "") -> list[Any]:
    path.write_bytes(data)
    with opening(path) as files, files.open(files.members[0]) as stream:
        return list(entries(stream, key))


def broken(path: Path, data: bytes) -> tuple[list[Any], str]:
    """What came before the damage, and what is said of it."""
    path.write_bytes(data)
    given = list[Any]()
    with pytest.raises(BadFile) as caught, opening(path) as files, files.open(files.members[0]) as stream:
        given.extend(entries(stream))
    assert str(caught.value).startswith("a.json cannot be read: ")
    return given, str(caught.value).removeprefix("a.json cannot be read: ")


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1}, 2]', ' \n[{"a":1},2] \n', 'window.YTD.like.part0 = [ {"a": 1},\n2 ]', 'YTD.x = [{"a":1},2];\n',
        'window["x"]["part0"]=[{"a":1},2];', '[{"a": 1}, 2] and more',
    ],
)  # fmt: skip
def test_an_array_in_whatever_surrounds_it(path: Path, text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        assert read(path, text.encode(encoding)) == [{"a": 1}, 2]


def test_an_array_inside_an_object_is_found_by_its_key(path: Path) -> None:
    text = b'{"v": 1, "other": {"items": [3]}, "list": ["items"], "items": [{"a": [1]}, 2], "after": [[]]}'
    assert read(path, text, "items") == [{"a": [1]}, 2]
    assert read(path, b'{"v": 1}', "items") == []
    assert read(path, b'{"items": {"a": 1}}', "items") == []
    assert read(path, b"{}", "items") == []
    assert read(path, b'{"v": [1]}') == [{"v": [1]}]


@settings(deadline=None, max_examples=60)
@given(st.lists(JSON, max_size=5), st.booleans(), st.sampled_from([None, 0, 2]))
def test_whatever_json_says(path: Path, values: list[Any], ascii: bool, indent: int | None) -> None:
    text = json.dumps(values, ensure_ascii=ascii, indent=indent)
    assert read(path, text.encode("utf-8", "surrogatepass")) == json.loads(text)


def test_entries_that_lie_across_pieces(path: Path) -> None:
    values = [{"text": "é" * length, "n": length} for length in range(60_000, 70_000, 777)]
    values += [{"text": "x" * 3_000_000}, {"n": [[number] for number in range(100_000)]}, {"text": ' ;;"' * 50_000}]
    assert read(path, json.dumps(values, ensure_ascii=False).encode()) == values
    numbers = list(range(100_000, 200_000))
    assert read(path, json.dumps(numbers).encode()) == numbers


def test_bytes_of_another_encoding_are_read_as_windows_does(path: Path) -> None:
    assert read(path, '["déjà 12 € “x”"]'.encode("cp1252")) == ["déjà 12 € “x”"]
    assert read(path, b'["\x81\xff", "\xc3\xa9"]') == ["\ufffd\xff", "é"]


def test_control_characters_and_numbers_beyond_measure(path: Path) -> None:
    text = b'["\x01\n", 12345678901234567890, 1e999, -0.5, NaN, ' + b"9" * 5000 + b"]"
    found = read(path, text)
    assert found[:4] == ["\x01\n", 12345678901234567890, float("inf"), -0.5]
    assert found[5] == float("inf")


@pytest.mark.parametrize(
    ("data", "given", "said"),
    [
        (b"", 0, "it is not JSON."),
        (b"PK", 0, "it is not JSON."),
        (b"<html>[1]</html>", 0, "it is not JSON."),
        (b"\0" * 100_000, 0, "it is not JSON."),
        (b"[", 0, "it ends too early, after 0 entries."),
        (b'[{"a": 1}', 1, "it ends too early, after 1 entry."),
        (b'[{"a": 1}, {"b": 2}, {"c": "unt', 2, "it ends too early, after 2 entries."),
        (b'[{"a": 1}, {"b": nope}, {"c": "some more of it"}]', 1, "it is damaged after 1 entry."),
        (b'[{"a": 1} {"b": 2}]', 1, "it is damaged after 1 entry."),
        (b"[" * 5_000_000, 0, "it is built to do harm: its parts lie far too deep in one another."),
        (b'["' + b"a" * 9_000_000, 0, "it ends too early, after 0 entries."),
        (b"[1" + b" " * 9_000_000, 1, "one entry in it is far too large."),
    ],
)
def test_what_is_damaged_gives_what_came_before(path: Path, data: bytes, given: int, said: str) -> None:
    entries, words = broken(path, data)
    assert (len(entries), words) == (given, said)


@pytest.mark.parametrize(
    "large",
    [
        b'"' + b"a" * 8_500_000 + b'"', b'"' + b'\\\\\\"' * 2_200_000 + b'"', b'"' + "é".encode() * 4_500_000 + b'"',
        b"[" + b"[]," * 450_000 + b'"]"]', b'{"a": {"b": "' + b"}" * 8_500_000 + b'"}}',
    ],
    ids=["long", "escaped", "accents", "many", "deep"],
)  # fmt: skip
def test_one_that_is_too_large_is_passed_over(path: Path, large: bytes) -> None:
    assert read(path, b'[{"a": 1}, ' + large + b' , "b"]') == [{"a": 1}, TOO_LARGE, "b"]
    assert read(path, b'{"x": ' + large + b', "items": [1]}', "items") == [1]


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200), st.lists(JSON, min_size=1, max_size=3), st.floats(0, 1))
def test_no_bytes_raise_anything_else(path: Path, junk: bytes, values: list[Any], at: float) -> None:
    whole = json.dumps(values).encode()
    cut = int(at * len(whole))
    for data in (junk, b"[" + junk, whole[:cut] + junk + whole[cut:], whole[:cut], junk + whole):
        with suppress(BadFile):
            read(path, data)
