from pathlib import Path

from tests.formats.given import day, entries, entry, read, refusal, rows, zipped
from veille.formats import reading
from veille.formats.entry import Collection, Format

_PART = """title,url,time_added,tags,status
Prix de l'eau,https://a.example/eau?utm_source=pocket,1655000002,eau|À lire,unread
"A ""quoted"", title",https://b.example/,1655000003,,archive
https://c.example/,https://c.example/,,,unread
No address,,1655000004,,archive
"""
_ANNOTATIONS = """[{"url": "https://a.example/eau", "title": "Prix de l'eau", "highlights": [
  {"quote": "Un passage\\nsur deux lignes", "created_at": 1655000100}, {"quote": "Un autre", "created_at": 1}]},
  {"url": "mailto:x@y.example", "title": "A mail", "highlights": []}, 7]"""


def test_the_table_of_the_last_export(tmp_path: Path):
    first, second, third, fourth = rows(tmp_path / "part_000000.csv", _PART)
    assert entry(first).collection is Collection.POCKET
    assert (entry(first).item.url, entry(first).item.title) == ("https://a.example/eau", "Prix de l'eau")
    assert (entry(first).saved, entry(first).read) == (day(2022, 6, 12, 2, 13, 22), False)
    assert entry(first).tags == ("eau", "À lire")
    assert (entry(second).item.title, entry(second).read) == ('A "quoted", title', True)
    assert entry(third).saved is None
    assert (refusal(fourth).title, refusal(fourth).reason) == ("No address", "It has no address.")


def test_the_archive_with_its_parts_and_annotations(tmp_path: Path):
    archive = zipped(tmp_path / "pocket.zip", {
        "part_000000.csv": _PART, "part_000001.csv": "title,url,time_added,tags,status\nD,https://d.example/,1,,unread\n",
        "part_000010.csv": "", "part_000002.csv": "title;address\n", "annotations/part_000000.json": _ANNOTATIONS,
    })  # fmt: skip
    assert reading.recognise(archive) is Format.POCKET
    found = read(archive)
    assert [(row.place, row.row) for row in found] == [
        *[("part_000000.csv", n) for n in (1, 2, 3, 4)], ("part_000001.csv", 1), ("part_000002.csv", 1),
        *[("annotations/part_000000.json", n) for n in (1, 2, 3)],
    ]  # fmt: skip
    marked = entry(found[6])
    assert marked.item.uid == entry(found[0]).item.uid == "https://a.example/eau"
    assert marked.highlights == ("Un passage sur deux lignes", "Un autre")
    assert refusal(found[7]).title == "A mail"
    assert refusal(found[8]).reason == "It does not look like an entry."
    assert refusal(found[5]).reason == "Veille does not know what this file is."


def test_the_unpacked_archive(tmp_path: Path):
    (tmp_path / "pocket" / "annotations").mkdir(parents=True)
    (tmp_path / "pocket" / "part_000000.csv").write_text(_PART, "utf-8")
    (tmp_path / "pocket" / "annotations" / "part_000000.json").write_text(_ANNOTATIONS, "utf-8")
    assert reading.recognise(tmp_path / "pocket") is Format.POCKET
    assert len(read(tmp_path / "pocket")) == 7


def test_the_page_of_the_years_before(tmp_path: Path):
    text = """<!DOCTYPE html>
<html>
\t<!--So long and thanks for all the fish-->
\t<head>
\t\t<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
\t\t<title>Pocket Export</title>
\t</head>
\t<body>
\t\t<h1>Unread</h1>
\t\t<ul>
\t\t\t<li><a href="https://a.example/?x=1&amp;y=2" time_added="1655000002" tags="eau,wind">Eau &amp; vent</a></li>
\t\t\t<li><a href="javascript:alert(1)" time_added="1655000002" tags="">Bad</a></li>
\t\t</ul>

\t\t<h1>Read Archive</h1>
\t\t<ul>
\t\t\t<li><a href="https://b.example/" time_added="1655000003" tags="">https://b.example/</a></li>
\t\t</ul>
\t</body>
</html>
"""
    first, bad, second = rows(tmp_path / "ril_export.html", text)
    assert reading.recognise(tmp_path / "ril_export.html") is Format.POCKET
    assert (entry(first).item.url, entry(first).item.title) == ("https://a.example/?x=1&y=2", "Eau & vent")
    assert (entry(first).tags, entry(first).read) == (("eau", "wind"), False)
    assert refusal(bad).title == "Bad"
    assert (entry(second).read, entry(second).saved) == (True, day(2022, 6, 12, 2, 13, 23))
    whole = entries([first, second])
    assert all(each.collection is Collection.POCKET for each in whole)
