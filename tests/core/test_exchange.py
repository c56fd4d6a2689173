import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.core.conftest import add_source
from tests.corpora import corpus
from tests.fakes import FakeClock, FakeProgress
from veille.core.curating.curation import Curation
from veille.core.history import History
from veille.core.transfer.exchange import BATCH, Exchange, ImportReport
from veille.errors import BadFile, ProfileUnwritable
from veille.formats import opml
from veille.model import SourceKind
from veille.store import Store, open_store

NESTED = b"""<opml version="1.0"><body>
<outline text="News">
  <outline text="A" xmlUrl="https://a.example/feed" htmlUrl="https://a.example/"/>
  <outline text="France"><outline text="B & co" xmlUrl="https://b.example/feed" description="the best"/></outline>
</outline>
<outline text="Loose" xmlUrl="https://c.example/feed" htmlUrl="javascript:alert(1)"/>
<outline text="A twice" xmlUrl="HTTPS://A.example/feed"/>
<outline text="Mail" xmlUrl="mailto:x@example.org"/>
<outline text="Nothing"/>
</body></opml>"""


def test_an_import_wakes_no_source_that_is_paused(store: Store, exchange: Exchange, clock: FakeClock):
    curation = Curation(store, clock)
    curation.add_sector("Mine")
    source, _changes = curation.add_feed("https://a.example/feed", "mine")
    curation.pause(source.id)
    exchange.import_opml(NESTED, "a")
    assert [each.source for each in store.sources.outline().members["news"]] == [source.id]
    assert store.sources.outline().paused == {source.id}


def test_an_import_is_told_in_one_sentence(exchange: Exchange):
    assert exchange.import_opml(NESTED, "a").text == "3 sources added, 1 known already, 2 could not be used."


def test_an_address_with_a_password_is_a_row_with_a_reason(exchange: Exchange):
    report = exchange.import_opml(b'<opml><outline text="A" xmlUrl="https://a:secret@a.example/feed"/></opml>', "a")
    assert (report.added, len(report.refused)) == (0, 1)
    assert report.refused[0].reason.endswith("take them out of the address at a.example.")


OWN = b"""<opml version="1.0"><body>
<outline text="A" xmlUrl="https://a.example/feed"/>
<outline text="Mine" xmlUrl="https://b.example/feed?token=0123456789abcdef0123456789abcdef"/>
</body></opml>"""


def test_an_address_that_looks_made_for_the_person_is_flagged(exchange: Exchange):
    report = exchange.import_opml(OWN, "a")
    assert (report.added, report.known, report.refused) == (2, 0, ())
    (flagged,) = report.personal
    assert (flagged.line, flagged.title) == (3, "Mine")
    assert "key of your own" in flagged.reason
    assert report.text == "2 sources added, 0 known already, 0 could not be used, 1 looks made for you alone."
    assert exchange.import_opml(OWN, "a").personal == ()


def test_strict_refuses_such_an_address_with_the_reason(store: Store, clock: FakeClock):
    report = Exchange(store, clock, strict=lambda: True).import_opml(OWN, "a")
    assert (report.added, report.personal) == (1, ())
    (refused,) = report.refused
    assert "key of your own" in refused.reason
    assert [each.title for each in store.sources.all()] == ["A"]


def test_what_is_imported_after_a_removal_comes_last(store: Store, exchange: Exchange, clock: FakeClock):
    curation = Curation(store, clock)
    curation.add_sector("News")
    ids = [curation.add_feed(f"https://{name}.example/", "news")[0].id for name in "xyz"]
    curation.move(ids[0], None, "news")
    exchange.import_opml(NESTED, "a")
    exchange.import_opml(NESTED.replace(b"a.example", b"d.example").replace(b"A.ex", b"d.ex"), "a")
    ranks = [each.rank for each in store.sources.outline().members["news"]]
    assert len(ranks) == len(set(ranks)) == 4


@pytest.fixture
def exchange(store: Store, clock: FakeClock) -> Exchange:
    return Exchange(store, clock)


def whole(report: ImportReport) -> bool:
    return report.added + report.known + len(report.refused) == report.rows


def places(store: Store) -> dict[str, list[str]]:
    """Titles of sectors, with the labels of their sources; "" for those in none."""
    outline = store.sources.outline()
    found = {
        each.title: [outline.sources[member.source].label for member in outline.members[each.key]]
        for each in outline.sectors
    }
    return {**found, "": [source.label for source in outline.loose]}


def test_folders_become_sectors_and_every_row_is_accounted_for(store: Store, exchange: Exchange):
    report = exchange.import_opml(NESTED, "mine.opml")
    assert places(store) == {"News": ["A"], "News / France": ["B & co"], "": ["Loose"]}
    assert (report.added, report.known, report.sectors, report.rows) == (3, 1, 2, 6)
    assert whole(report)
    assert [(each.line, each.title) for each in report.refused] == [(8, "Mail"), (9, "Nothing")]
    assert "mailto:x@example.org" in report.refused[0].reason
    assert report.refused[1].reason == "It has no address."
    outline = store.sources.outline()
    (member,) = outline.members["news-france"]
    assert (member.origin, member.why) == ("opml:mine.opml", "the best")
    assert [source.site for source in outline.sources.values()] == ["https://a.example/", "", ""]


def test_one_folder_around_everything_is_left_out(store: Store, exchange: Exchange):
    data = b"""<opml><body><outline text="All"><outline text="Mine">
      <outline text="One"><outline text="A" xmlUrl="https://a.example/feed"/></outline>
      <outline text="Two"><outline text="B" xmlUrl="https://b.example/feed"/></outline>
    </outline></outline></body></opml>"""
    exchange.import_opml(data, "x")
    assert places(store) == {"One": ["A"], "Two": ["B"], "": []}


def test_one_folder_with_everything_is_a_sector(store: Store, exchange: Exchange):
    data = b"""<opml><body><outline text="One"><outline text="A" xmlUrl="https://a.example/feed"/></outline></body></opml>"""
    exchange.import_opml(data, "x")
    assert places(store) == {"One": ["A"], "": []}


def test_importing_again_adds_nothing(store: Store, exchange: Exchange):
    exchange.import_opml(NESTED, "mine.opml")
    before = store.sources.outline()
    report = exchange.import_opml(NESTED, "mine.opml")
    assert (report.added, report.known, report.sectors) == (0, 4, 0)
    assert report.changes.undo is None
    assert whole(report)
    assert store.sources.outline() == before


def test_a_source_that_is_there_is_put_into_the_sectors_of_the_file_too(
    store: Store, exchange: Exchange, clock: FakeClock
):
    curation = Curation(store, clock)
    curation.add_sector("NEWS")
    source, _changes = curation.add_feed("https://a.example/feed", title="My A")
    report = exchange.import_opml(NESTED, "mine.opml")
    assert (report.added, report.known) == (2, 2)
    assert places(store)["NEWS"] == ["My A"]  # a sector is known by its title, whatever the case
    assert report.sectors == 1
    assert source.id in report.changes.sources


def test_what_was_removed_comes_back_as_added(store: Store, exchange: Exchange):
    source = add_source(store, "a")
    store.sources.remove(source.id)
    report = exchange.import_opml(NESTED, "mine.opml")
    assert (report.added, report.known) == (3, 1)
    assert source.id in store.sources.outline().sources


def test_an_import_is_one_change_that_can_be_undone(store: Store, exchange: Exchange):
    report = exchange.import_opml(NESTED, "mine.opml")
    undone = History(store).undo(report.changes.undo)
    assert undone.text == "“mine.opml” was imported."
    assert not store.sources.outline().sources
    assert store.sources.outline().sectors == ()


def test_private_addresses_are_allowed_for_the_sources_of_the_file_alone(store: Store, exchange: Exchange):
    other = add_source(store, "other")
    known = add_source(store, "b")
    exchange.import_opml(NESTED, "mine.opml", allow_private=True)
    sources = store.sources.outline().sources
    assert {source.id for source in sources.values() if source.allow_private} == set(sources) - {other.id}
    assert sources[known.id].allow_private


def test_without_being_allowed_none_is(store: Store, exchange: Exchange):
    exchange.import_opml(NESTED, "mine.opml")
    assert not any(source.allow_private for source in store.sources.all())


def many(count: int) -> bytes:
    rows = "".join(f'<outline text="S{n}" xmlUrl="https://s{n}.example/"/>' for n in range(count))
    return f"<opml><body>{rows}</body></opml>".encode()


def test_cancelling_keeps_what_came(store: Store, exchange: Exchange):
    progress = FakeProgress(stop_after=2)
    report = exchange.import_opml(many(3 * BATCH), "long.opml", progress=progress)
    assert report.cancelled
    assert report.added == 2 * BATCH == len(store.sources.all())
    assert [step[:2] for step in progress.steps] == [(BATCH, 3 * BATCH), (2 * BATCH, 3 * BATCH)]
    History(store).undo(report.changes.undo)
    assert store.sources.all() == []


def test_progress_reaches_the_end(exchange: Exchange):
    progress = FakeProgress()
    report = exchange.import_opml(many(BATCH + 1), "long.opml", progress=progress)
    assert not report.cancelled
    assert progress.steps[-1][:2] == (BATCH + 1, BATCH + 1)


def test_what_is_no_opml_is_refused(store: Store, exchange: Exchange):
    with pytest.raises(BadFile, match=r"photo\.jpg"):
        exchange.import_opml(b"\xff\xd8\xff\xe0 JFIF", "photo.jpg")
    assert History(store).last() is None


def test_export_then_import_gives_the_same(store: Store, exchange: Exchange, clock: FakeClock, tmp_path):
    exchange.import_opml(NESTED, "mine.opml")
    curation = Curation(store, clock)
    curation.add_sector("Été <&> “x”")
    first = next(iter(store.sources.outline().sources))
    curation.move(first, "ete-x")
    curation.rename_source(first, 'A "new" name')
    exported = exchange.export_opml()
    copy = open_store(tmp_path / "copy", write=True, clock=clock)
    try:
        report = Exchange(copy, clock).import_opml(exported, "copy.opml")
        assert whole(report)
        assert report.refused == ()
        assert places(copy) == places(store)
        assert [each.address for each in copy.sources.all()] == [each.address for each in store.sources.all()]
        outline = copy.sources.outline()
        assert [each.why for each in outline.members["news-france"]] == ["the best"]
        assert Exchange(copy, clock).export_opml() == exported
    finally:
        copy.close()


ANYTHING = [
    "@GridMoor", "https://x.com/i/lists/84839422", "x: hydrogen “green”", "@name.example.com", "@user@piaille.fr",
    "did:plc:7iza6de2dwap2sbkpav7c6c6", "#Hydrogène@piaille.fr", "http://pi.lan:3000/@user", "https://nitter.net/gridmoor",
    "feed:https://piaille.fr/@user.rss", "feed:https://bsky.app/profile/name.example.com/rss", "https://a.example/feed",
    "feed:https://x.com/gridmoor",
]  # fmt: skip


def test_every_kind_of_source_comes_back_as_it_was(store: Store, exchange: Exchange, clock: FakeClock, tmp_path: Path):
    curation = Curation(store, clock)
    sector, _changes = curation.add_sector("Énergie")
    for text in ANYTHING:
        curation.add(text, sector.key)
    exported = exchange.export_opml()
    copy = open_store(tmp_path / "copy", write=True, clock=clock)
    try:
        report = Exchange(copy, clock).import_opml(exported, "copy.opml")
        assert (report.added, report.refused) == (len(ANYTHING), ())
        for mine, theirs in zip(store.sources.all(), copy.sources.all(), strict=True):
            assert (theirs.key, theirs.kind, theirs.address) == (mine.key, mine.kind, mine.address)
            assert (theirs.label, theirs.site) == (mine.label, mine.site)
            assert mine.kind is SourceKind.FEED or theirs.name == ""
        assert Exchange(copy, clock).export_opml() == exported
    finally:
        copy.close()


def test_other_readers_are_given_what_they_can_read(store: Store, exchange: Exchange, clock: FakeClock):
    for text in ("@user@piaille.fr", "#h2@piaille.fr", "@name.example.com", "@gridmoor"):
        Curation(store, clock).add(text)
    assert [(row.address, row.title, row.site) for row in opml.read(exchange.export_opml()).rows] == [
        ("https://piaille.fr/@user.rss", "@user@piaille.fr", "https://piaille.fr/@user"),
        ("https://piaille.fr/tags/h2.rss", "#h2", "https://piaille.fr/tags/h2"),
        ("https://bsky.app/profile/name.example.com/rss", "@name.example.com",
         "https://bsky.app/profile/name.example.com"),
        ("https://x.com/gridmoor", "@gridmoor", "https://x.com/gridmoor"),
    ]  # fmt: skip


FOREIGN = b"""<opml version="2.0"><body>
<outline text="Grid" xmlUrl="https://twitter.com/GridMoor"/>
<outline text="Name" xmlUrl="https://bsky.app/profile/Name.Example.com"/>
<outline text="Its feed" xmlUrl="https://bsky.app/profile/name.example.com/rss"/>
<outline text="Une plume" xmlUrl="https://piaille.fr/@user.rss"/>
<outline text="Mirror" xmlUrl="https://nitter.net/GridMoor/rss"/>
<outline text="Home" xmlUrl="https://x.com/home"/>
<outline text="Wrong kind" xmlUrl="https://b.example/feed" veille:kind="mastodon"/>
<outline text="No kind" xmlUrl="https://c.example/feed" veille:kind="&lt;x&gt;"/>
</body></opml>"""


def test_other_readers_lists_are_of_feeds_but_for_pages_that_are_none(store: Store, exchange: Exchange):
    assert exchange.import_opml(FOREIGN, "a").added == 8
    assert [each.key for each in store.sources.all()] == [
        "x:https://x.com/gridmoor", "bluesky:https://bsky.app/profile/name.example.com",
        "feed:https://bsky.app/profile/name.example.com/rss", "feed:https://piaille.fr/@user.rss",
        "feed:https://nitter.net/GridMoor/rss", "feed:https://x.com/home", "feed:https://b.example/feed",
        "feed:https://c.example/feed",
    ]  # fmt: skip
    first = store.sources.all()[0]
    assert (first.label, first.title) == ("Grid", "@gridmoor")


def files() -> list:
    return sorted(path for path in corpus("B_opml").rglob("*") if path.suffix in (".opml", ".xml"))


def test_every_list_found_in_the_wild_is_accounted_for(store: Store, exchange: Exchange):
    reports = []
    for path in files():
        try:
            reports.append(exchange.import_opml(path.read_bytes(), path.name))
        except BadFile:
            continue
    assert len(reports) > 90
    assert all(whole(report) for report in reports)
    assert all(each.reason for report in reports for each in report.refused)
    assert sum(report.added for report in reports) == len(store.sources.all())


def test_the_awesome_lists_give_all_their_feeds(store: Store, exchange: Exchange):
    rows, addresses = 0, Counter()
    for path in sorted(corpus("B_opml", "awesome-rss-feeds").rglob("*.opml")):
        data = path.read_bytes()
        addresses.update(row.address for row in opml.read(data).rows if not row.problem)
        report = exchange.import_opml(data, path.name)
        rows += report.rows
        assert whole(report)
    assert rows == 1566
    assert len(addresses) == 778
    assert len(store.sources.all()) <= 778


def test_the_name_of_a_file_is_one_line(store: Store, exchange: Exchange):
    report = exchange.import_opml(b'<opml><outline text="A" xmlUrl="https://a.example/"/></opml>', "a\n\x1b[31mb\udcff")
    assert report.changes.text == "“a [31mb” was imported."
    with pytest.raises(BadFile) as caught:
        exchange.import_opml(b"", "a\n\x1b[31mb\udcff")
    assert str(caught.value).startswith("a [31mb cannot")


def test_a_file_is_replaced_whole_a_link_followed_and_a_pipe_written_to(store: Store, clock: FakeClock, tmp_path: Path):
    exchange = Exchange(store, clock)
    target, link, pipe = tmp_path / "list.opml", tmp_path / "link.opml", tmp_path / "pipe"
    target.write_text("before")
    link.symlink_to(target)
    exchange.export_file(link)
    assert link.is_symlink()
    assert target.read_bytes() == exchange.export_opml()
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)
    exchange.export_file(pipe)
    assert reader.communicate()[0] == exchange.export_opml()
    assert pipe.is_fifo()
    with pytest.raises(ProfileUnwritable):
        exchange.export_file(tmp_path / "no" / "where.opml")
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["link.opml", "list.opml"]
