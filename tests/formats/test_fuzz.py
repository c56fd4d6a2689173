"""Whatever a file holds, it gives rows, each exactly once and in order, or is a bad file: never another error.

In short here; ``VEILLE_FUZZ=N`` draws N examples for each format in place of twenty, so

    VEILLE_FUZZ=20000 .venv/bin/python -m pytest tests/formats/test_fuzz.py --timeout=0
"""

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.formats import written
from tests.formats.given import entries, read, rows
from tests.formats.written import FORMS, Form, Kept
from veille.errors import BadFile
from veille.formats import reading
from veille.formats.entry import Entry, Format, Refused

_EXAMPLES = int(os.environ.get("VEILLE_FUZZ", "20"))
_fuzz = settings(
    max_examples=_EXAMPLES, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
_every_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.format.value)
_PIECES = [
    b'"', b"'", b"\n", b"\r", b",", b";", b"<", b">", b"[", b"{", b"}", b"]", b"\\", b"\\ud800", b"\0", b":", b"null",
    b"true", b"1e999", b"-1", b"9" * 40, b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xe2\x80\xa8", b"&#0;", b"http://",
    b"javascript:", b"<a href=", b'<DT><A HREF="', b"</DL>", b"<DD>", b"<H3>", b"<!--", b"-->", b"TY  - JOUR\n",
    b"ER  - ", b"AU  - ",
]  # fmt: skip


@_every_form
@_fuzz
@given(kept=written.kept(least=1))
def test_every_row_of_a_file_comes_out_once(form: Form, kept: list[Kept], tmp_path: Path):
    said = "".join(each.title + each.note for each in kept)  # where text and marks are told apart by how they look
    assume("&" not in said or form.format in (Format.BOOKMARKS, Format.VEILLE))
    assume("<" not in said or form.format not in (Format.RIS, Format.CSL))
    found = rows(tmp_path / "file", form.write(kept), form.format)
    assert len(found) == len(kept)
    for row, given_row in zip(entries(found), kept, strict=True):
        assert row.item.url == given_row.url
        assert row.item.title == (given_row.title or given_row.url)
        assert row.tags == given_row.tags
        assert row.saved is not None
        assert int(row.saved.timestamp()) == given_row.saved
        assert row.read is (given_row.read or form.format in (Format.RAINDROP, Format.RIS, Format.CSL))
        said = " ".join((*row.highlights, *(each.text for each in row.passages), row.note))
        assert said.split() == ([] if form.format is Format.POCKET else given_row.note.split())


@_every_form
@_fuzz
@given(kept=written.kept(least=1))
def test_a_file_is_recognised_by_what_it_holds(form: Form, kept: list[Kept], tmp_path: Path):
    (tmp_path / "file").write_text(form.write(kept), "utf-8")
    assert reading.recognise(tmp_path / "file") is form.format


@_every_form
@_fuzz
@given(kept=written.kept(least=1), data=st.data())
def test_a_file_that_is_cut_short_gives_what_came_before_and_says_so(
    form: Form, kept: list[Kept], data: st.DataObject, tmp_path: Path
):
    whole = form.write(kept).encode()
    everything = rows(tmp_path / "whole", whole, form.format)
    cut = data.draw(st.integers(0, len(whole) - 1))
    try:
        found = rows(tmp_path / "cut", whole[:cut], form.format)
    except BadFile:
        return
    good = [row for row in found if isinstance(row, Entry)]
    assert all(isinstance(row, Entry) for row in found[:-1])
    for row, original in zip(good, entries(everything), strict=False):
        assert row.item.url == original.item.url
        assert row.item.title == original.item.title
    if form.tells:
        assert isinstance(found[-1], Refused) or len(good) == len(everything)
    # A table does not say where it ends; what lacks a column does.
    assert good[:-1] == everything[: len(good[:-1])]


@_every_form
@_fuzz
@given(kept=written.kept(), data=st.data())
def test_a_file_with_anything_in_it_gives_rows_or_is_a_bad_file(
    form: Form, kept: list[Kept], data: st.DataObject, tmp_path: Path
):
    changed = bytearray(form.write(kept).encode())
    for _each in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(changed)))
        gone = data.draw(st.sampled_from([0, 0, 1, 3, 20, 200]))
        changed[at : at + gone] = data.draw(st.sampled_from(_PIECES) | st.binary(max_size=10))
    with suppress(BadFile):
        rows(tmp_path / "file", bytes(changed), form.format)
    with suppress(BadFile):
        reading.recognise(tmp_path / "file")


@_every_form
@_fuzz
@given(data=st.binary(max_size=200) | st.lists(st.sampled_from(_PIECES), max_size=40).map(b"".join))
def test_any_bytes_give_rows_or_are_a_bad_file(form: Form, data: bytes, tmp_path: Path):
    beginning = form.write([]).encode()
    for content in (data, beginning + data):
        with suppress(BadFile):
            rows(tmp_path / "file", content, form.format)
    with suppress(BadFile):
        read(tmp_path / "file")


@_every_form
@_fuzz
@given(kept=written.kept(least=1), encoding=st.sampled_from(["utf-8-sig", "utf-16", "cp1252"]))
def test_encodings_are_told_by_the_bytes(form: Form, kept: list[Kept], encoding: str, tmp_path: Path):
    text = form.write(kept)
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        assume(False)
    assume(encoding != "cp1252" or not _also_utf_8(data))
    found, expected = rows(tmp_path / "file", data, form.format), rows(tmp_path / "plain", text, form.format)
    assert [row.item.title for row in entries(found)] == [row.item.title for row in entries(expected)]


def _also_utf_8(data: bytes) -> bool:
    """Whether some of the accented letters of ``data`` would be one letter in UTF-8."""
    return data.decode("utf-8", "ignore").isascii() is False
