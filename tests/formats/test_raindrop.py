from pathlib import Path

from tests.formats.given import day, entries, rows
from veille.formats import reading
from veille.formats.entry import Collection, Format
from veille.posts import Media

_BACKUP = """id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite
1,"Pâtes, les meilleures","Ma note
sur deux lignes","What the <page> says
of itself",https://a.example/p?utm_source=x,Cuisine / Pâtes/Riz,"dîner, À lire",2024-01-02T03:04:05.678Z,\
https://a.example/c.jpg,"Highlight:First passage
goes on
Note:What I think

Highlight:Second passage",true
2,B,,,https://b.example/,Unsorted,,1704164645,,,false
3,C,Mine,,https://c.example/,Learning/Rust,,not a date,,"One passage
Another",
"""


def test_a_backup(tmp_path: Path):
    first, second, third = entries(rows(tmp_path / "raindrop.csv", _BACKUP))
    assert first.collection is Collection.RAINDROP
    assert (first.item.url, first.item.title) == ("https://a.example/p", "Pâtes, les meilleures")
    assert first.item.content == "<p>What the &lt;page&gt; says<br>of itself</p>"
    assert first.item.summary == "What the <page> says of itself"
    assert first.tags == ("Cuisine", "Pâtes/Riz", "dîner", "À lire", "favorite")
    assert first.note == "Ma note\nsur deux lignes\n\nWhat I think"
    assert first.highlights == ("First passage goes on", "Second passage")
    assert first.item.media == (Media("image", "https://a.example/c.jpg"),)
    assert first.saved is not None
    assert first.saved.replace(microsecond=0) == day(2024, 1, 2, 3, 4, 5)
    assert (second.tags, second.saved) == ((), day(2024, 1, 2, 3, 4, 5))
    assert (third.tags, third.saved, third.highlights) == (("Learning", "Rust"), None, ("One passage", "Another"))


def test_the_table_that_it_imports(tmp_path: Path):
    text = '\ufeffurl,folder,title,note,tags,created\r\nhttps://a.example/,A/B,T,N,"x, y",2024-01-02\r\n'
    (found,) = entries(rows(tmp_path / "bookmarks.csv", text))
    assert reading.recognise(tmp_path / "bookmarks.csv") is Format.RAINDROP
    assert (found.tags, found.note, found.saved) == (("A", "B", "x", "y"), "N", day(2024, 1, 2))
