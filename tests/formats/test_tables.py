from pathlib import Path

import pytest

from tests.formats.given import entries, entry, refusal, rows
from veille.errors import BadFile
from veille.formats import tables
from veille.formats.entry import Entry, Format
from veille.formats.files import opening
from veille.formats.tables import Record

_HEADER = "title,url,time_added,tags,status\n"


def _records(path: Path, data: bytes | str, *needed: str) -> list[Record]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    with opening(path) as files, files.open(files.members[0]) as stream:
        return list(tables.records(stream, *needed))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_programs_call_csv(encoding: str, separator: str, end: str, tmp_path: Path):
    lines = [separator.join(cells) for cells in (["Title", "URL"], ["«Été» – “prix”", "x"], ["B", '"y\nz"'], [])]
    (first, second) = _records(tmp_path / "t", end.join(lines).encode(encoding), "title", "url")
    assert first == Record(1, {"title": "«Été» – “prix”", "url": "x"})
    assert (second.number, second["url"], second["missing"]) == (2, "y\nz", "")


def test_the_separator_may_be_declared(tmp_path: Path):
    assert _records(tmp_path / "t", "sep=;\na;b,b\n1;2,2\n", "a")[0].values == {"a": "1", "b,b": "2,2"}


def test_empty_lines_are_no_records(tmp_path: Path):
    found = _records(tmp_path / "t", "a,b\n\n1,2\n\r\n\n3,4", "a")
    assert [(each.number, each["a"]) for each in found] == [(1, "1"), (2, "3")]


def test_a_column_that_is_missing_is_named(tmp_path: Path):
    with pytest.raises(BadFile, match="it has no column “url”"):
        _records(tmp_path / "t", "title,link\nA,B\n", "title", "url")
    with pytest.raises(BadFile, match="it has no column “url”"):
        _records(tmp_path / "t", "", "url")


def test_a_quotation_mark_that_nothing_closes_costs_its_own_record(tmp_path: Path):
    text = _HEADER + "\n".join(f"T{n},https://a.example/{n},1,,unread" for n in range(2000))
    text = text.replace("T7,", '"T7,')
    found = rows(tmp_path / "t", text)
    assert len(found) == 2000
    assert (refusal(found[7]).title, refusal(found[7]).address) == ("T7", "https://a.example/7")
    assert refusal(found[7]).reason == "A quotation mark in it is not closed."
    assert len(entries(found[:7] + found[8:])) == 1999


def test_a_quotation_mark_is_not_closed_by_one_that_opens(tmp_path: Path):
    lines = [f"T{n},https://a.example/{n},1,,unread" for n in range(60)]
    lines[7] = '"' + lines[7]
    lines[50] = '"A title, with marks",https://a.example/50,1,"x|y",unread'
    found = rows(tmp_path / "t", _HEADER + "\n".join(lines))
    assert [row.row for row in found if not isinstance(row, Entry)] == [8]
    assert (len(found), entry(found[50]).item.title) == (60, "A title, with marks")


def test_marks_that_are_out_of_place_on_one_line_are_put_up_with(tmp_path: Path):
    text = _HEADER + '"A "title" here",https://a.example/1,1,,unread\n5" disk,https://a.example/2,1,,unread\n'
    first, second = entries(rows(tmp_path / "t", text))
    assert (first.item.title, second.item.title) == ('A title" here"', '5" disk')


def test_quotation_marks_that_nothing_closes_never_take_long(tmp_path: Path):
    found = rows(
        tmp_path / "t", _HEADER + 'x","\n' * 400_000, Format.POCKET
    )  # within quotation marks, read from anywhere
    assert 0 < len(found) < 100
    assert not [row for row in found if not refusal(row)]


@pytest.mark.parametrize("last", ['B,https://b.example/,1,,"unre', 'B,https://b.example/,1,"a\nb', "B,https://b.exam"])
def test_a_table_that_is_cut_short_says_so(last: str, tmp_path: Path):
    first, second = rows(tmp_path / "t", _HEADER + "A,https://a.example/,1,,unread\n" + last)
    assert entry(first).item.title == "A"
    assert (refusal(second).title, refusal(second).reason) == ("B", "The file ends in the middle of it.")


def test_a_record_that_is_far_too_long_costs_itself(tmp_path: Path):
    long = f"L,https://l.example/,1,{'x' * 3_000_000},unread\n"
    quoted = f'Q,https://q.example/,1,"{("y" * 99 + chr(10)) * 30_000}",unread\n'
    found = rows(
        tmp_path / "t", f"{_HEADER}{long}A,https://a.example/,1,,unread\n{quoted}B,https://b.example/,1,,unread\n"
    )
    assert refusal(found[0]).reason == "It is far too long."
    assert refusal(found[0]).address == "https://l.example/"
    assert entry(found[1]).item.title == "A"
    assert refusal(found[2]).title == "Q"
    assert entry(found[-1]).item.title == "B"


def test_more_cells_than_columns_are_left_alone(tmp_path: Path):
    assert _records(tmp_path / "t", "a,b\n1,2,3\n", "a")[0].values == {"a": "1", "b": "2"}
