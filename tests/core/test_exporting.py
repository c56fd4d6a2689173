"""What is exported of a profile: the list as it is shown, each item whole."""

import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.core.conftest import add_source, an_item, put_items
from tests.fakes import FakeClock, FakeProgress
from tests.posted import GRACE, posted
from veille.core.library import Library
from veille.core.transfer.exporting import PAGE, Exporter, Kind, kind_of
from veille.core.transfer.importing import Importer
from veille.errors import Cancelled, ProfileUnwritable
from veille.formats import reading
from veille.formats.entry import Format
from veille.model import Article, Highlight, Membership, Query, Sector, SourceKind
from veille.posts import Fate, Media, Poll, Referred, Relation
from veille.store import Store, open_store

SAID = {"summary": "What it says", "content": "<p>What it <b>says</b></p>"}


@pytest.fixture
def exporter(store: Store, library: Library, clock: FakeClock) -> Exporter:
    return Exporter(store, library, clock)


def text_of(exporter: Exporter, kind: Kind, query: Query = Query(), progress: FakeProgress | None = None) -> str:  # noqa: B008
    file = io.BytesIO()
    exporter.write(query, kind, file, progress or FakeProgress())
    return file.getvalue().decode("utf-8")


def items_of(exporter: Exporter, query: Query = Query()) -> list[dict[str, Any]]:  # noqa: B008
    return json.loads(text_of(exporter, Kind.JSON, query))["items"]


def test_the_list_as_it_is_shown_each_item_whole(exporter: Exporter, store: Store, clock: FakeClock) -> None:
    source = add_source(store, "Wind")
    store.sources.put_sector(Sector("energy", "Energy"))
    store.sources.put_member(Membership("energy", source.id, "person", "person", clock.now()))
    first, second, _third = put_items(store, source.id, clock, "a", "b", "c")
    store.marks.set_saved([first, second], clock.now())
    store.marks.set_tags([first], ["to read"])
    store.marks.set_note(first, "A note", clock.now())
    store.highlights.put([Highlight(first, "Content a", clock.now(), "", "")])
    store.articles.put(Article(second, "<p>The whole article</p>", clock.now()))
    found = items_of(exporter, Query(saved=True))
    assert [each["uid"] for each in found] == ["a", "b"]
    one, other = found
    assert (one["content"], one["article"], one["my_tags"], one["note"]) == (
        "<p>Content a</p>", None, ["to read"], "A note"
    )  # fmt: skip
    assert one["highlights"][0]["text"] == "Content a"
    assert one["sectors"] == [{"key": "energy", "title": "Energy"}]
    assert one["source"]["title"] == "Wind"
    assert other["article"]["content"] == "<p>The whole article</p>"
    text = text_of(exporter, Kind.MARKDOWN, Query(saved=True))
    assert text.startswith("# Items from Veille\n\n2 items, exported by Veille on 02 Mar 2026, 09:00\n")
    assert "**Sectors**: Energy · **Saved on**: 02 Mar 2026, 09:00 · **My tags**: to read" in text
    assert "The whole article" in text
    assert "Content b" not in text, "the article stands in place of what the feed gave"


def test_former_versions_are_in_the_json(exporter: Exporter, store: Store, clock: FakeClock) -> None:
    source = add_source(store, "Wind")
    put_items(store, source.id, clock, "a")
    store.items.apply([], [an_item(source.id, "a", clock.now(), content="<p>Changed</p>", hash="2")])
    (found,) = items_of(exporter)
    assert found["content"] == "<p>Changed</p>"
    assert [each["content"] for each in found["versions"]] == ["<p>Content a</p>"]


def test_a_deleted_post_is_its_mark_alone(exporter: Exporter, store: Store, clock: FakeClock) -> None:
    source = store.sources.add("x:ada", SourceKind.X, "https://x.com/ada", "@ada")
    (item,) = store.items.apply(
        [posted("A secret", source=source.id, media=(Media("image", "https://p.example/"),))], []
    )
    store.marks.set_note(item, "My own words", clock.now())
    store.items.withdraw([item], Fate.DELETED)
    for kind in Kind:
        text = text_of(exporter, kind)
        assert "secret" not in text
        assert "p.example" not in text
        assert "Ada" in text
        assert "My own words" in text
    assert "This post was deleted at its network." in text_of(exporter, Kind.MARKDOWN)
    (found,) = items_of(exporter)
    assert (found["post"]["fate"], found["content"], found["media"]) == ("deleted", "", [])


def test_what_is_left_of_a_deleted_post_by_accident_is_not_exported(
    exporter: Exporter, store: Store, clock: FakeClock
) -> None:  # fmt: skip
    post = posted("A secret")
    assert post.post
    source = store.sources.add("x:ada", SourceKind.X, "https://x.com/ada", "@ada")
    gone = replace(post, source=source.id, post=replace(post.post, fate=Fate.DELETED, fated=clock.now()))
    (item,) = store.items.apply([gone], [])
    store.articles.put(Article(item, "<p>A secret</p>", clock.now()))
    assert all("secret" not in text_of(exporter, kind) for kind in Kind)


def test_nor_is_what_is_inside_it_or_was_deleted_inside_another(exporter: Exporter, store: Store) -> None:
    source = store.sources.add("x:ada", SourceKind.X, "https://x.com/ada", "@ada")
    inside = Referred(Relation.QUOTED, "9", GRACE, "https://x.com/grace/status/9", "<p>A secret</p>",
                      media=(Media("image", "https://secret.example/"),))  # fmt: skip
    gone = posted(
        "A secret", source=source.id, id="1", referred=(inside,), warning="A secret", poll=Poll((("secret", 3),), 3)
    )
    around = posted("Ada's own", source=source.id, id="2", referred=(replace(inside, fate=Fate.DELETED),))
    assert gone.post
    store.items.apply([replace(gone, title="A secret", post=replace(gone.post, fate=Fate.DELETED)), around], [])
    for kind in Kind:
        text = text_of(exporter, kind)
        assert "secret" not in text, kind
        assert "own" in text
    assert "This post was deleted." in text_of(exporter, Kind.MARKDOWN)


def test_what_is_inside_a_post_is_told(exporter: Exporter, store: Store) -> None:
    source = store.sources.add("x:ada", SourceKind.X, "https://x.com/ada", "@ada")
    inside = Referred(Relation.QUOTED, "9", GRACE, "https://x.com/grace/status/9", "<p>What Grace said</p>")
    post = posted(
        "What Ada said", source=source.id, referred=(inside,), warning="Spoiler", poll=Poll((("yes", 3), ("no", 1)), 4),
        media=(Media("image", "https://cdn.example.org/p.png", "A plant"),))  # fmt: skip
    store.items.apply([post], [])
    text = text_of(exporter, Kind.MARKDOWN)
    for said in (
        "## Ada Lovelace: ⚠ Spoiler · What Ada said", "What Ada said", "> What Grace said", "yes – 3 votes · 75 %",
        "[Quoting Grace Hopper @grace](https://x.com/grace/status/9)",
        "- [Picture: A plant (cdn.example.org)](https://cdn.example.org/p.png)",
    ):  # fmt: skip
        assert said in text, text
    page = text_of(exporter, Kind.HTML)
    assert '<a href="https://cdn.example.org/p.png">Picture: A plant (cdn.example.org)</a>' in page
    assert "<img" not in page


def test_threads_are_exported_whole_and_each_post_once(exporter: Exporter, store: Store, clock: FakeClock) -> None:
    source = store.sources.add("x:ada", SourceKind.X, "https://x.com/ada", "@ada")
    store.items.apply([
        posted("One", id="1", minutes=30, source=source.id),
        posted("Two", id="2", minutes=20, source=source.id, continues="1"),
        posted("Three", id="3", minutes=10, source=source.id, continues="2"),
        posted("Newer", id="4", minutes=5, source=source.id),
    ], [])  # fmt: skip
    file = io.BytesIO()
    assert exporter.write(Query(), Kind.JSON, file, FakeProgress()) == 4
    assert [each["uid"] for each in json.loads(file.getvalue())["items"]] == ["4", "1", "2", "3"]
    assert "4 items, exported" in text_of(exporter, Kind.MARKDOWN)
    assert len(items_of(exporter, Query(limit=1))) == 1


def test_ids_can_be_given_and_what_is_gone_is_left_out(exporter: Exporter, store: Store, clock: FakeClock) -> None:
    first, second, third = put_items(store, add_source(store, "Wind").id, clock, "a", "b", "c")
    store.items.remove([second])
    file = io.BytesIO()
    assert exporter.write([third, second, first], Kind.JSON, file, FakeProgress()) == 2
    assert [each["uid"] for each in json.loads(file.getvalue())["items"]] == ["c", "a"]


def test_items_of_a_source_that_was_set_aside(exporter: Exporter, store: Store, clock: FakeClock) -> None:
    source = add_source(store, "Wind")
    (item,) = put_items(store, source.id, clock, "a")
    store.marks.set_saved([item], clock.now())
    store.sources.replace(replace(source, removed=clock.now()))
    assert [each["source"]["title"] for each in items_of(exporter)] == ["Wind"]


def test_a_table_of_contents_leads_to_each_item(exporter: Exporter, store: Store, clock: FakeClock) -> None:
    ids = put_items(store, add_source(store, "Wind").id, clock, "a", "b")
    page = text_of(exporter, Kind.HTML)
    for item, title in zip(ids, ("Title a", "Title b"), strict=True):
        assert f'<li><a href="#i{item}" lang="en" dir="auto">{title}</a></li>' in page
        assert f'<article id="i{item}" lang="en">' in page


@pytest.mark.parametrize("kind", Kind)
def test_a_stop_or_a_failure_leaves_the_file_that_was_there(
    kind: Kind, exporter: Exporter, store: Store, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_items(store, add_source(store, "Wind").id, clock, *map(str, range(PAGE + 1)))
    path = tmp_path / "kept"
    path.write_bytes(b"before")
    with pytest.raises(Cancelled):
        exporter.write_file(Query(), kind, path, FakeProgress(stop_after=1))
    with pytest.raises(ProfileUnwritable):
        exporter.write_file(Query(), kind, tmp_path / "no" / "where", FakeProgress())
    assert path.read_bytes() == b"before"
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["kept"]
    progress = FakeProgress()
    assert exporter.write_file(Query(), kind, path, progress) == PAGE + 1
    assert [(done, total) for done, total, _text in progress.steps] == [(0, PAGE + 1), (PAGE, PAGE + 1)]
    assert path.read_bytes() != b"before"


def test_an_empty_list_is_a_sound_file(exporter: Exporter) -> None:
    for kind in Kind:
        assert text_of(exporter, kind)
    assert items_of(exporter) == []
    assert json.loads(text_of(exporter, Kind.CSL)) == []


def test_the_name_of_a_file_says_its_kind() -> None:
    assert [kind_of(f"A.b{each.ending}".upper()) for each in Kind] == list(Kind)
    assert [kind_of(name) for name in ("x", "x.txt", "x.opml", "csl", "x.md.zip")] == [None] * 5


def test_export_import_export_is_equal(exporter: Exporter, store: Store, clock: FakeClock, tmp_path: Path) -> None:
    """But for ids, the source, and when it came: no row of one's own library is lost on the way to another profile."""
    source = add_source(store, "Wind")
    media = (Media("image", "https://cdn.example.org/p.png", "A plant", "image/png"),)
    ids = put_items(store, source.id, clock, "a", "b", media=media, tags=("news",), author="Jane Doe", **SAID)
    ids += put_items(store, source.id, clock, "c", url="", **SAID)
    account = store.sources.add("x:ada", SourceKind.X, "https://x.com/ada", "@ada")
    inside = Referred(Relation.QUOTED, "9", GRACE, "https://x.com/grace/status/9", "<p>What Grace said</p>")
    ids += store.items.apply([
        posted(
            "A post #tag @grace", source=account.id, id="1", minutes=9, referred=(inside,), warning="W", media=media),
        posted("Goes on", source=account.id, id="2", minutes=5, continues="1"),
    ], [])  # fmt: skip
    store.marks.set_saved(ids, clock.now() - timedelta(days=3))
    store.marks.set_read(ids[:1])
    store.marks.set_tags(ids, ["wind", "à lire"])
    store.marks.set_note(ids[0], "A note\n\nof three lines", clock.now())
    store.highlights.put([Highlight(ids[1], "it says", clock.now())])
    first, second, third = tmp_path / "1.json", tmp_path / "2.json", tmp_path / "3.json"
    exporter.write_file(Query(), Kind.JSON, first, FakeProgress())
    assert _copied(first, second, tmp_path / "one", clock) == 5
    assert _copied(second, third, tmp_path / "two", clock) == 5
    before, after, again = (_told(path) for path in (first, second, third))
    assert after == before
    assert again == before


def _copied(path: Path, to: Path, folder: Path, clock: FakeClock) -> int:
    """Import ``path`` into an empty profile, and export that."""
    copy = open_store(folder, write=True, clock=clock)
    try:

        def read(given: Path, format: Format) -> Any:
            return reading.read(str(given), format, clock.now())

        report = Importer(copy, clock, read, lambda: None).run(path, Format.VEILLE, FakeProgress())
        assert (report.refused, report.rows) == (0, report.added)
        library = Library(copy, lambda: pytest.fail("no index"), clock)
        Exporter(copy, library, clock).write_file(Query(), Kind.JSON, to, FakeProgress())
        return report.added
    finally:
        copy.close()


def _told(path: Path) -> list[dict[str, Any]]:
    found = json.loads(path.read_bytes())["items"]
    for each in found:
        for name in ("id", "uid", "seen", "source", "sectors"):
            del each[name]
        each["highlights"] = [one["text"] for one in each["highlights"]]
    return sorted(found, key=lambda each: (each["url"], each["title"]))


def test_times_are_told_to_the_microsecond(exporter: Exporter, store: Store, clock: FakeClock) -> None:
    clock.advance(microseconds=7)
    put_items(store, add_source(store, "Wind").id, clock, "a")
    (found,) = items_of(exporter)
    assert found["seen"] == "2026-03-02T09:00:00.000007Z"
    assert datetime.fromisoformat(found["seen"]) == clock.now()
