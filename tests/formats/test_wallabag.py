import json
from pathlib import Path

import pytest

from tests.formats.given import day, entries, entry, refusal, rows
from veille.errors import BadFile
from veille.formats import reading
from veille.formats.entry import Collection, Format
from veille.posts import Media

_ENTRY = {
    "is_archived": 0, "is_starred": 1, "tags": ["eau", "À lire"], "id": 3, "title": "Eau &amp; vent",
    "url": "https://a.example/eau?utm_medium=x", "given_url": "https://a.example/eau?utm_medium=x", "hashed_url": "0f",
    "content": '<h2>Un titre</h2><p onclick="x()">Du texte avec des mots, pour les lecteurs de la veille.'
    '<img src="/p.png" alt="A plant"><script>x</script></p>',
    "created_at": "2022-06-12T04:13:22+0200", "updated_at": "2022-06-12T04:13:22+0200",
    "published_at": "2022-06-10T10:00:00+0000", "published_by": ["Jane Doe", None, "J. Roe"], "starred_at": None,
    "annotations": [
        {"id": 5, "text": "What I think", "quote": "Du texte\navec", "ranges": [{"start": "/p[1]"}]},
        {"id": 6, "text": "", "quote": "des mots"}, {"text": "Only this"}, "odd",
    ],
    "mimetype": "text/html", "language": "fr_FR", "reading_time": 1, "domain_name": "a.example",
    "preview_picture": "https://a.example/cover.jpg", "http_status": "200", "headers": {"x": "y"},
}  # fmt: skip


def test_an_entry_with_all_that_it_may_say(tmp_path: Path):
    (found,) = entries(rows(tmp_path / "All articles.json", json.dumps([_ENTRY], indent=2)))
    item = found.item
    assert found.collection is Collection.WALLABAG
    assert (item.url, item.title, item.author) == ("https://a.example/eau", "Eau & vent", "Jane Doe, J. Roe")
    assert item.content == "<h2>Un titre</h2><p>Du texte avec des mots, pour les lecteurs de la veille.</p>"
    assert item.summary == "Un titre Du texte avec des mots, pour les lecteurs de la veille."
    assert item.lang == "fr"
    assert item.media == (
        Media("image", "https://a.example/cover.jpg"), Media("image", "https://a.example/p.png", "A plant"),
    )  # fmt: skip
    assert (item.published, found.saved) == (day(2022, 6, 10, 10), day(2022, 6, 12, 2, 13, 22))
    assert item.at == item.published
    assert not found.read
    assert found.tags == ("eau", "À lire", "starred")
    assert found.highlights == ("Du texte avec", "des mots")
    assert found.note == "“Du texte avec”: What I think\n\nOnly this"


def test_other_shapes_of_the_same(tmp_path: Path):
    said = [
        {"id": "1", "title": "A", "url": "https://a.example/", "is_read": "1", "is_fav": "0", "tags": "x,y"},
        {"title": None, "url": "https://b.example/", "is_archived": True, "tags": [{"label": "L", "slug": "l"}, 5]},
        {"title": ["?"], "url": {"x": 1}, "is_archived": [], "tags": {"a": 1}, "content": 4, "annotations": "?"},
        "nothing", None, [], {},
    ]  # fmt: skip
    found = rows(tmp_path / "w.json", json.dumps(said))
    assert (entry(found[0]).tags, entry(found[0]).read) == (("x", "y"), True)
    assert (entry(found[1]).tags, entry(found[1]).read) == (("L", "5"), True)
    assert [refusal(row).row for row in found[2:]] == [3, 4, 5, 6, 7]


def test_what_is_cut_short_says_so(tmp_path: Path):
    text = json.dumps([_ENTRY, _ENTRY])
    found = rows(tmp_path / "w.json", text[:-100])
    assert len(found) == 2
    assert entry(found[0]).row == 1
    assert "it ends too early, after 1 entry" in refusal(found[1]).reason
    with pytest.raises(BadFile, match="it ends too early"):
        rows(tmp_path / "w.json", text[:500], Format.WALLABAG)


def test_the_table(tmp_path: Path):
    text = (
        'Title;URL;Content;Tags;"MIME Type";Language;"Creation date"\n'
        '"Eau; vent";https://a.example/;"<p>Du ""texte""\nsur deux lignes</p>";"eau, À lire";text/html;fr;'
        '"12/06/2022 04:13:22"\n'
    )
    (found,) = entries(rows(tmp_path / "All articles.csv", text))
    assert reading.recognise(tmp_path / "All articles.csv") is Format.WALLABAG
    assert (found.item.title, found.tags, found.item.lang) == ("Eau; vent", ("eau", "À lire"), "fr")
    assert found.item.content == '<p>Du "texte"\nsur deux lignes</p>'
    assert found.saved == day(2022, 6, 12, 4, 13, 22)
