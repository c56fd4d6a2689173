"""The one way in: what a file is, what its batches are, what becomes of damaged ones."""

from pathlib import Path

import pytest

from tests.formats.given import NOW, entries, entry, read, refusal, rows, zipped
from veille import i18n
from veille.errors import BadFile
from veille.formats import reading
from veille.formats.entry import Collection, Format
from veille.formats.items import Said, address, row

_HEADER = "title,url,time_added,tags,status\n"


def _line(number: int) -> str:
    return f"T{number},https://a.example/{number},1655000002,,unread\n"


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ('<?xml version="1.0"?><opml version="2.0"><body/></opml>', Format.OPML),
        ("<outline xmlUrl='https://a.example/'/>", Format.OPML),
        ('window.YTD.tweets.part0 = [ {"tweet": {"id": "1"}} ]', Format.X),
        ("<!DOCTYPE NETSCAPE-Bookmark-file-1><DL></DL>", Format.BOOKMARKS),
        ("\n <html><dl><dt><a href='https://a.example/'>A</a></dl>", Format.BOOKMARKS),
        ('{"veille": 1, "items": []}', Format.VEILLE), ('{ "veille" : 1 }', Format.VEILLE),
        ('[{"type": "entry-encyclopedia", "title": "A"}]', Format.CSL), ("\n\nTY  - JOUR\nER  - ", Format.RIS),
    ],
)  # fmt: skip
def test_a_file_is_known_by_what_it_holds(text: str, format: Format, tmp_path: Path):
    for name in ("file.zip", "file.csv", "x"):
        (tmp_path / name).write_text(text, "utf-8")
        assert reading.recognise(tmp_path / name) is format


@pytest.mark.parametrize(
    "text", ["[]", "{}", "hello", "a,b\n1,2\n", "<p>x</p>", "\0\0\0", '{"items": []}', "PK", "%PDF-1.7"]
)
def test_what_veille_does_not_know_is_said_with_what_it_knows(text: str, tmp_path: Path):
    (tmp_path / "x").write_text(text, "utf-8")
    with pytest.raises(BadFile, match=r"x cannot be read: it is none .*OPML, X archive, Browser bookmarks, .*Veille"):
        reading.recognise(tmp_path / "x")


def test_what_is_not_there_at_all(tmp_path: Path):
    with pytest.raises(BadFile, match="it does not exist"):
        reading.recognise(tmp_path / "x")
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(BadFile, match="there is nothing in it"):
        reading.recognise(tmp_path / "empty")
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadFile, match="there is nothing in it"):
        reading.recognise(tmp_path / "folder")


def test_a_list_of_feeds_in_an_archive_is_not_taken_for_it(tmp_path: Path):
    members = {"a.opml": "<opml/>", "b.ris": "TY  - WEB\nTI  - A\nUR  - https://a.example/\nER  - \n", "c.ris": "x"}
    archive = zipped(tmp_path / "all.zip", members)
    assert reading.recognise(archive) is Format.RIS
    found, unknown = read(archive)
    assert (entry(found).place, entry(found).item.title) == ("b.ris", "A")
    assert (refusal(unknown).place, refusal(unknown).reason) == ("c.ris", "Veille does not know what this file is.")


def test_batches_are_in_order_and_say_how_far_they_are(tmp_path: Path):
    path = tmp_path / "part_000000.csv"
    path.write_text(_HEADER + "".join(map(_line, range(1234))), "utf-8")
    batches = list(reading.read(str(path), Format.POCKET, NOW))
    assert [len(batch.rows) for batch in batches] == [500, 500, 234]
    assert [row.row for batch in batches for row in batch.rows] == list(range(1, 1235))
    assert {batch.total for batch in batches} == {path.stat().st_size}
    assert batches[-1].done == batches[-1].total
    assert len(list(reading.read(str(path), Format.POCKET, NOW))) == 3  # again, the same


def test_a_file_without_rows_is_one_empty_batch(tmp_path: Path):
    (tmp_path / "x").write_text(_HEADER, "utf-8")
    assert [batch.rows for batch in reading.read(str(tmp_path / "x"), Format.POCKET, NOW)] == [()]


def test_another_format_than_it_is_is_refused(tmp_path: Path):
    with pytest.raises(BadFile, match=r"x cannot be read: it is no file of this kind: Raindrop\."):
        rows(tmp_path / "x", _HEADER, Format.RAINDROP)


def test_a_damaged_archive_gives_what_is_whole(tmp_path: Path):
    parts = {f"part_00000{n}.csv": _HEADER + "".join(map(_line, range(n * 100, n * 100 + 100))) for n in range(3)}
    archive = zipped(tmp_path / "pocket.zip", parts)
    data = bytearray(archive.read_bytes())
    at = data.index(b"part_000001.csv") + 200
    data[at : at + 20] = b"\xff" * 20
    archive.write_bytes(data)
    found = read(archive)
    assert len(entries([row for row in found if row.place != "part_000001.csv"])) == 200
    damaged = [row for row in found if row.place == "part_000001.csv"]
    assert "part_000001.csv cannot be read: it is damaged" in refusal(damaged[-1]).reason
    archive.write_bytes(data[:-100])
    with pytest.raises(BadFile, match="damaged"):
        read(archive, Format.POCKET)


def test_reasons_are_in_the_persons_language(tmp_path: Path):
    i18n.use("fr")
    try:
        assert refusal(rows(tmp_path / "x", _HEADER + "A,,1,,unread\n")[0]).reason
    finally:
        i18n.use("en")


# Rows --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "It has no address."), ("  ", "It has no address."), ("example.com", "Its address is no web address"),
        ("https://", "Its address is no web address"), ("http://[::1", "Its address is no web address"),
        ("javascript:x", "begins with “javascript:”"), ("ABOUT:blank", "begins with “about:”"),
        ("https://me:pass@a.example/", "take them out of the address at a.example"),
        ("https://" + "a" * 5000, "no web"),
        ("http://\ud800/", "no web"),
    ],
)  # fmt: skip
def test_why_an_address_is_not_kept(url: str, problem: str):
    assert address(url)[:2] == ("", "")
    assert problem in address(url).problem


def test_addresses_are_cleaned_and_have_one_spelling():
    found = address(" HTTPS://Été.example:443/a b?utm_source=x&q=é#part ")
    assert found == ("https://xn--t-9fab.example/a%20b?q=%C3%A9", "https://xn--t-9fab.example/a%20b?q=%C3%A9", "")
    assert address("HTTP://A.example/?utm_source=x#p") == ("HTTP://A.example/#p", "http://a.example/", "")


def test_what_is_absurd_is_left_out():
    early, late = NOW.replace(year=1980), NOW.replace(year=2027)
    for when in (early, late):
        assert entry(row(1, Collection.POCKET, Said(url="https://a.example/", saved=when), NOW)).saved is None
    found = entry(row(1, Collection.POCKET, Said(url="https://a.example/", published=late, saved=NOW), NOW))
    assert (found.item.published, found.item.at) == (late, NOW)
