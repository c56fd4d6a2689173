import json
from dataclasses import replace
from pathlib import Path

from tests.formats.given import NOW, day, entry, refusal, rows
from veille.formats import reading
from veille.formats.entry import Collection, Format
from veille.formats.items import item
from veille.formats.writers import json as writer
from veille.formats.writers.record import About, Record
from veille.model import Article, Highlight, Item, ItemKind, Mark, Source, SourceKind
from veille.posts import Fate, Figures, Media, Network, Person, Poll, Post, Referred, Relation

_ABOUT = About("Mine", "", NOW, "en", "", "", "", "")
_SOURCE = Source(3, "feed:https://a.example/feed", SourceKind.FEED, "https://a.example/feed", "A", NOW)
_POST = Post(
    Network.X, "123", Person("@jane", "Jane", "https://x.com/jane", "9"), continues="122",
    referred=(Referred(Relation.QUOTED, "5", Person("@roe"), "https://x.com/roe/status/5", "<p>Old</p>", day(2020),
                       (Media("image", "https://a.example/p.jpg", "P"),)),),
    poll=Poll((("Yes", 3), ("No", None)), 3, day(2026, 1, 2)), figures=Figures(1, 2, 3, None, 5),
    mentions=(Person("@x"),), warning="Careful", withheld=("FR",), fate=Fate.DELETED, fated=day(2026, 1, 3),
)  # fmt: skip


def _written(*records: Record) -> str:
    return "".join(writer.write(_ABOUT, records))


def _record(made: Item, **facts) -> Record:
    return Record(made, facts.pop("mark", Mark(made.id)), _SOURCE, made.title, **facts)


def test_what_veille_writes_comes_back(tmp_path: Path):
    made = item(
        uid="guid-1", url="https://a.example/1", title="Énergie", author="Jane", content="<p>Du <b>texte</b></p>",
        lang="fr", published=day(2026, 1, 2, 3, 4, 5), updated=day(2026, 1, 3), seen=day(2026, 2, 1),
        media=[Media("image", "https://a.example/p.png", "A plant", "image/png")], tags=["news"],
    )  # fmt: skip
    mark = Mark(0, read=False, saved=day(2026, 2, 2, 1, 1, 1), tags=("Eau", "à lire"), note="One\n\nTwo",
        flagged=day(2026, 2, 1, 5))  # fmt: skip
    highlight = Highlight(0, "Du texte", day(2026, 2, 3), "before ", " after")
    found = entry(rows(tmp_path / "v.json", _written(_record(made, mark=mark, highlights=(highlight,))))[0])
    assert reading.recognise(tmp_path / "v.json") is Format.VEILLE
    assert found.collection is Collection.VEILLE
    assert replace(found.item, seen=made.seen) == replace(made, uid="https://a.example/1")
    assert (found.saved, found.read, found.tags, found.note) == (mark.saved, False, mark.tags, mark.note)
    assert found.flagged == mark.flagged
    assert found.passages == (highlight,)
    assert found.origin == (_SOURCE.key, "guid-1")


def test_an_article_that_was_fetched_stands_beside_what_the_source_gave(tmp_path: Path):
    made = item(uid="g", url="https://a.example/1", title="T", content="<p>Short</p>", seen=NOW)
    article = Article(
        0, "<p>The whole text</p>", day(2026, 3), "Longer", "Roe", "A site", day(2025),
        (Media("image", "https://a.example/p.png", "P"),))  # fmt: skip
    found = entry(rows(tmp_path / "v.json", _written(_record(made, article=article)))[0])
    assert found.article == article
    assert found.item == replace(made, uid="https://a.example/1")


def test_what_two_sources_call_alike_is_two_and_keeps_its_name_each_time(tmp_path: Path):
    made = item(uid="5", title="T", content="<p>Text</p>", seen=NOW)
    other = replace(_SOURCE, key="feed:https://b.example/feed")
    first = rows(tmp_path / "1.json", _written(_record(made), replace(_record(made), source=other)))
    names = [entry(row).item.uid for row in first]
    assert names == [f"{_SOURCE.key}:5", f"{other.key}:5"]
    own = replace(_SOURCE, key="collection:veille", kind=SourceKind.COLLECTION)
    again = rows(tmp_path / "2.json", _written(*(replace(_record(entry(row).item), source=own) for row in first)))
    assert [entry(row).item.uid for row in again] == names


def test_a_post_comes_back_whole(tmp_path: Path):
    made = item(
        uid="123",
        url="https://x.com/jane/status/123",
        content="<p>Hello</p>",
        published=day(2026),
        seen=NOW,
        post=_POST,
    )
    found = entry(rows(tmp_path / "v.json", _written(_record(made)))[0])
    assert found.item == made


def test_a_post_of_a_feed_has_no_title(tmp_path: Path):
    made = item(uid="g", url="https://a.example/1", content="<p>Hello</p>", kind=ItemKind.POST, author="Jane", seen=NOW)
    assert entry(rows(tmp_path / "v.json", _written(_record(made)))[0]).item == replace(made, uid="https://a.example/1")


def test_what_somebody_else_wrote_is_made_harmless(tmp_path: Path):
    said = [
        {"url": "https://a.example/", "title": "<script>x</script>\u202e", "content": "<img src=x onerror=y><p>T</p>"},
        {"url": "", "uid": "mine", "title": "No address"}, {"url": "javascript:x", "uid": "g"}, 5,
        {"url": "https://x.com/a/status/1", "uid": "1", "kind": "post", "post": {
            "network": "x", "id": 5, "author": "?", "poll": [], "figures": {"likes": -1}, "fate": "x", "referred": [
                7, {"relation": "quoted", "html": "<script>x", "url": "javascript:x", "author": {"url": "data:x"}}]}},
        {"url": "https://b.example/", "kind": "odd", "post": {"network": "elsewhere"}, "media": [{"kind": "x"}, 4],
         "published": "2026-13-45T00:00:00Z", "tags": "x", "my_tags": [None, "a", "A"], "highlights": {"text": "x"}},
        {"url": "https://c.example/", "article": {"content": "<script>x</script><p onclick=x>T</p>", "title": "\u202eT",
         "fetched": "9999-01-01T00:00:00Z", "media": [{"kind": "image", "url": "javascript:x"}]},
         "highlights": [{"text": "\u202ea\nb", "made": "9999-01-01T00:00:00Z", "before": 5, "after": "\u202e"}, {}]},
        {"url": "https://d.example/", "article": {"content": "<script>x</script>"}, "source": 5},
    ]  # fmt: skip
    found = rows(tmp_path / "v.json", json.dumps({"veille": 1, "exported": None, "items": said}))
    assert entry(found[0]).item.title == "<script>x</script>"
    assert entry(found[0]).item.content == "<p>T</p>"
    assert (entry(found[1]).item.uid, entry(found[1]).item.url) == ("veille:mine", "")
    assert refusal(found[2]).reason == "An address that begins with “javascript:” is no page on the web."
    assert refusal(found[3]).reason == "It does not look like an entry."
    post = entry(found[4]).item.post
    assert post is not None
    assert (post.fate, post.figures.likes, post.poll) == (Fate.THERE, None, None)
    assert [(each.html, each.url) for each in post.referred] == [("", "")]
    assert entry(found[5]).item.kind is ItemKind.ARTICLE
    assert entry(found[5]).tags == ("a",)
    assert entry(found[6]).article == Article(0, "<p>T</p>", NOW, "T")
    assert entry(found[6]).passages == (Highlight(0, "a b", NOW),)
    assert (entry(found[7]).article, entry(found[7]).origin) == (None, ("", ""))
