from pathlib import Path

from tests.formats.given import day, entries, rows
from veille.formats import reading
from veille.formats.entry import Collection, Format

_TABLE = """URL,Title,Selection,Folder,Timestamp,Tags
https://a.example/,"Cours d'assises : «On efface le peuple»",,Unread,1655000002,[]
https://b.example/,B &amp; b,What was selected,Archive,1655000003,"[""react"",""À lire""]"
https://c.example/,C,,Starred,1655000004,"[{""name"": ""x""}]"
https://d.example/,D,,Énergie,,not json
"""


def test_the_table(tmp_path: Path):
    first, second, third, fourth = entries(rows(tmp_path / "instapaper-export.csv", _TABLE))
    assert first.collection is Collection.INSTAPAPER
    assert (first.item.title, first.read, first.tags) == ("Cours d'assises : «On efface le peuple»", False, ())
    assert (second.item.title, second.read, second.tags) == ("B & b", True, ("react", "À lire"))
    assert second.highlights == ("What was selected",)
    assert second.saved == day(2022, 6, 12, 2, 13, 23)
    assert third.tags == ("Starred", "x")
    assert (fourth.tags, fourth.saved) == (("Énergie", "not json"), None)


def test_the_table_of_the_years_before_had_no_tags(tmp_path: Path):
    old = "\n".join(
        line.rsplit(",", 1)[0] for line in ["URL,Title,Selection,Folder,Timestamp,T", "https://a.example/,A,,Unread,1,"]
    )
    (found,) = entries(rows(tmp_path / "instapaper-export.csv", old))
    assert (found.item.title, found.tags, found.saved) == ("A", (), None)


def test_the_page_of_the_years_before(tmp_path: Path):
    text = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Instapaper: Export</title></head>
<body>
<h1>Unread</h1>
<ol><li><a href="https://a.example/">A</a></ol>
<h1>Archive</h1>
<ol><li><a href="https://b.example/">B</a></ol>
<h1>Énergie</h1>
<ol><li><a href="https://c.example/">C</a></ol>
</body></html>"""
    first, second, third = entries(rows(tmp_path / "instapaper-export.html", text))
    assert reading.recognise(tmp_path / "instapaper-export.html") is Format.INSTAPAPER
    assert [(each.item.title, each.read, each.tags) for each in (first, second, third)] == [
        ("A", False, ()), ("B", True, ()), ("C", True, ("Énergie",)),
    ]  # fmt: skip
